"""What a flow may do: say, choose, ask, confirm. A flow runs again from its first line at every message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from flows.conversation import Frame
from flows.desk import Desk
from flows.offers import NothingOnOfferError, Offered, Offers
from flows.profile import Profile
from flows.questions import Answer, Question, UnreadableError, Waiting
from flows.sayings import Document, Option, Place, Saying
from locales.text import Text, Words, _

T = TypeVar("T")
Item = TypeVar("Item", bound=Offered)


class Talk:
    """One replay of a flow: answered questions return at once, the first open one raises `Waiting`."""

    def __init__(self, frame: Frame, profile: Profile, desk: Desk, answer: Answer | None) -> None:
        self.frame, self.profile, self.desk = frame, profile, desk
        self.heard: Mapping[str, str] = frame.heard  # what was understood at the start: city, day, time, argument
        self.said: list[Saying] = []
        self._answer = answer
        self._asked: set[str] = set()
        self._starting_over = False

    def say(
        self, text: Words, *, suggest: tuple[Option, ...] = (), place: Place | None = None, file: Document | None = None
    ) -> None:
        """Say one thing; said again only if the person has not seen it yet."""
        self.said.append(Saying(text, suggest, place, file))

    # fmt: off
    async def choose(  # noqa: C901, PLR0913, a question can end in so many ways
        self, step: str, text: Words, offers: Offers[Item], *, heard: str | None = None, single: bool = False,
        wants_location: bool = False, unfound: Callable[[Answer], Text | None] = lambda _answer: None,
    ) -> Item:
        # fmt: on
        """One of the offers. `heard` is tried first; `single`: the only one is taken. Raises NothingOnOfferError."""
        answers, answer = self.frame.answers, self._reach(step)
        if answer is not None:
            self.frame.heard.update(answer.heard)
            for key in filter(None, (answer.key, *answer.heard.values(), answer.words)):
                if (item := await offers.find(key)) is not None:
                    return self._keep(step, item.key, item)
        elif step in answers and (item := await offers.find(answers[step])) is not None:
            return self._keep(step, item.key, item)
        if answers.pop(step, None) is not None or (answer is not None and answer.key is not None):
            self.say(_("I am sorry, what you chose is no longer available. Please choose again."))
        elif answer is not None:
            self.say(unfound(answer) or _("Sorry, I did not find that. Please choose one of these."))
        elif heard is not None:
            if (item := await offers.find(heard)) is not None:
                answers[step] = item.key
                return item
            if step != self.frame.waiting_for and (why := unfound(Answer(heard=self.heard))) is not None:
                self.say(why)
        if not (everything := await offers.all()):
            raise NothingOnOfferError(step)
        if single and len(everything) == 1 and answer is None:
            answers[step] = self.frame.done[step] = everything[0].key
            return everything[0]
        raise self._open(Question(step, text, tuple(map(Option.of, everything)), wants_location=wants_location))

    async def ask(self, step: str, text: Words, *, read: Callable[[str], T]) -> T:
        """The person's own words, as `read` understands them; asked again with its hint when it cannot."""
        words = answer.words if (answer := self._reach(step)) is not None else self.frame.answers.get(step)
        if words is not None:
            try:
                return self._keep(step, words, read(words))
            except UnreadableError as problem:
                self.frame.answers.pop(step, None)
                self.say(problem.hint)
        raise self._open(Question(step, text, typed=True))

    async def confirm(self, step: str, text: Words, *, yes: Words | None = None, no: Words | None = None) -> bool:
        """A yes or a no to exactly this text; forgotten when anything before it is asked again."""
        agreed, answer = self.frame.agreed, self._reach(step)
        if answer is not None:
            if answer.key in {"yes", "no"}:
                agreed[step] = answer.key == "yes"
            else:
                self.say(_("Please answer yes or no."))
        if step in agreed:
            self.said.clear()
            return agreed[step]
        raise self._open(Question(step, text, (Option("yes", yes or _("Yes")), Option("no", no or _("No")))))

    def forget(self, *steps: str, again: tuple[str, ...] = ()) -> None:
        """Drop answers that no longer hold: they are asked again by themselves; those to `again` are kept."""
        for step in steps:
            self.frame.answers.pop(step, None)
            self.frame.agreed.pop(step, None)
        self._asked -= {*steps, *again}
        self._starting_over = True

    def _keep(self, step: str, answer: str, value: T) -> T:
        """Save an answer; what was said before it was asked for need not be said again."""
        self.frame.answers[step] = answer
        if not self._starting_over:
            self.said.clear()
        return value

    def _reach(self, step: str) -> Answer | None:
        """The answer that has just come in for this step, if it is the one that was open."""
        if step in self._asked:
            raise ValueError(f"two questions of {self.frame.flow} are named {step!r}")
        self._asked.add(step)
        if step != self.frame.waiting_for:
            return None
        answer, self._answer = self._answer, None
        return answer

    def _open(self, question: Question) -> Waiting:
        self.frame.waiting_for = question.step
        # What was agreed to holds only for what was shown: a yes given further on is asked for again.
        for step in self.frame.agreed.keys() - (self._asked - {question.step}):
            del self.frame.agreed[step]
        return Waiting(question)
