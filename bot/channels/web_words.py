"""The words of the web chat's own page: its buttons, labels and small notices. Served by `GET /chat/words`."""

from __future__ import annotations

from locales.text import Text, _

WORDS: dict[str, Text] = {
    "title": _("Sportello: help in your language"),
    "automatic": _("Automatic answers"),
    "messages": _("Messages"),
    "write": _("Write here"),
    "send": _("Send"),
    "you": _("You"),
    "typing": _("Sportello is writing"),
    "new_message": _("New message"),
    "choose": _("Choose an answer"),
    "send_location": _("Send my location"),
    "finding_location": _("Looking for your location"),
    "location": _("My location"),
    "no_location": _("Your phone did not give your location. You can write the place here."),
    "map": _("See it on the map"),
    "map_app": _("Open in the maps app"),
    "link": _("Open the web page"),
    "download": _("Download"),
    "opening": _("The connection is weak. Please wait, or try again."),
    "weak": _("The connection is weak. Your message is not lost: I will send it as soon as I can."),
    "busy": _("Many messages came at the same time. Please wait: I will send yours soon."),
    "again": _("Try again"),
    "not_sent": _("Not sent"),
    "refused": _("This message was not sent. You can change it and send it again."),
    "new_conversation": _("New conversation"),
    "restart_question": _("Start a new conversation?"),
    "restart_warning": _("These messages will be gone. Appointments stay booked, but only this chat can change them."),
    "restart_yes": _("Yes, start again"),
    "restart_no": _("No, go back"),
}
"""The page's words by the name under which the page asks for them; `page/*.js` and `index.html` use those names."""
