"""What can be chosen in a form, in the words of who fills it in: topics, groups, offices, languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from locales.dates import language_name, weekday_names
from locales.languages import SPOKEN
from locales.names import GROUPS, NAMES
from locales.rendering import render
from locales.text import Value
from services_directory.console.inputs import Options
from services_directory.console.staff_words import AUDIENCES, OFFICE_KINDS, in_language
from services_directory.console.week import DAYS
from services_directory.desk.directory import Directory
from services_directory.taxonomy import GROUPS as TOPIC_GROUPS
from services_directory.taxonomy import TERMS


class Choices:
    """For a record of a city (None: of the whole country), in a language of the staff."""

    def __init__(self, directory: Directory, city: str | None, language: str) -> None:
        self.directory, self.city, self.language = directory, city, language
        self._made: dict[str, Options] = {}

    def of(self, name: str) -> Options:
        """The values under that name, each with its words."""
        if name not in self._made:
            self._made[name] = _MADE[name](self)
        return self._made[name]

    def offices(self) -> Options:
        """The published offices of the city."""
        return self._labels({one.key: one.label for one in self.directory.offices(self.city or "")})

    def organizations(self) -> Options:
        """Those of the city, and those of the whole country."""
        here = (one for one in self.directory.organizations() if one.city in {None, self.city})
        return sorted(((one.key, one.name) for one in here), key=lambda pair: pair[1].casefold())

    def services(self) -> Options:
        """What the city's counters can serve."""
        here = (one for one in self.directory.offers() if one.city == self.city and not one.retired)
        return self._labels({one.key: one.label for one in here if self.directory.service(one.key)})

    def contacts(self) -> Options:
        """The national telephone numbers."""
        return self._labels({one.key: one.label for one in self.directory.contacts()})

    def topics(self) -> Options:
        """What services, activities and guides answer, group by group."""
        return [(code, render(NAMES[code], self.language) if code in NAMES else term.name) for code, term in _TOPICS]

    def languages(self) -> Options:
        """Those of the house, by their names in the reader's language."""
        found = ((code, language_name(code, self.language)) for code in SPOKEN)
        return sorted(found, key=lambda pair: pair[1].casefold())

    def weekdays(self) -> Options:
        """Monday first."""
        return list(zip(DAYS, weekday_names(self.language), strict=True))

    def yes_or_no(self) -> Options:
        """Of what may be unknown."""
        words = in_language(self.language)
        return [("yes", words["yes"]), ("no", words["no"])]

    def _labels(self, labels: Mapping[str, Value]) -> Options:
        found = ((key, render(label, self.language)) for key, label in labels.items())
        return sorted(found, key=lambda pair: pair[1].casefold())


_GROUPS = list(GROUPS)
_TOPICS = sorted(
    ((code, term) for code, term in TERMS.items() if term.group != "appointments"),
    key=lambda pair: _GROUPS.index(pair[1].group or ""),
)
_MADE: Mapping[str, Callable[[Choices], Options]] = {
    "offices": Choices.offices,
    "organizations": Choices.organizations,
    "services": Choices.services,
    "contacts": Choices.contacts,
    "topics": Choices.topics,
    "languages": Choices.languages,
    "weekdays": Choices.weekdays,
    "yes_or_no": Choices.yes_or_no,
    "audience": lambda self: [(one.value, render(words, self.language)) for one, words in AUDIENCES.items()],
    "office_kinds": lambda self: [(one.value, render(words, self.language)) for one, words in OFFICE_KINDS.items()],
    "groups": lambda self: [
        (code, render(words, self.language)) for code, words in GROUPS.items() if code in TOPIC_GROUPS
    ],
}
