"""The answer review: which questions a filter shows, and how many the others would."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exam.models import Attempt
from exam.selectors.blueprints.names import Names, names_of
from exam.selectors.results.answers import Answer, answers_of
from exam.selectors.sitting.forms import first_words_of
from questions.models import QuestionVersion


class Show(TextChoices):
    """Which answers to look at."""

    ALL = "all", gettext_lazy("All")
    WRONG = "wrong", gettext_lazy("Wrong")
    FLAGGED = "flagged", gettext_lazy("Flagged")
    UNANSWERED = "unanswered", gettext_lazy("Unanswered")
    CHANGED = "changed", gettext_lazy("Right to wrong")


_TESTS = {
    Show.ALL: lambda answer: True,
    Show.WRONG: lambda answer: answer.outcome == "wrong",
    Show.FLAGGED: lambda answer: answer.flagged,
    Show.UNANSWERED: lambda answer: not answer.is_answered,
    Show.CHANGED: lambda answer: answer.is_right_to_wrong,
}


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """A kind of answers, within a domain ("3"), a sub-domain ("3.5"), or everywhere ("")."""

    show: Show = Show.ALL
    part: str = ""

    def matches(self, answer: Answer) -> bool:
        """Whether this answer is shown."""
        here = not self.part or self.part in (str(answer.domain), answer.subdomain)
        return here and _TESTS[self.show](answer)

    @property
    def query(self) -> str:
        """The filter as the end of an address."""
        chosen = {"show": self.show.value} if self.show != Show.ALL else {}
        if self.part:
            chosen["part"] = self.part
        return f"?{urlencode(chosen)}" if chosen else ""


@dataclass(frozen=True, slots=True)
class FilterLink:
    """One value of a filter: its name, how many it shows, and the end of its address."""

    code: str
    name: str
    count: int
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Review:
    """The questions a filter shows, and what the other filters would show."""

    chosen: ReviewFilter
    shown: tuple[Answer, ...]
    total: int
    shows: tuple[FilterLink, ...]
    domains: tuple[FilterLink, ...]
    subdomains: tuple[FilterLink, ...]
    part_name: str
    names: Names

    def neighbours(self, position: int) -> tuple[int | None, int | None]:
        """The positions before and after this one among those shown."""
        places = [answer.position for answer in self.shown]
        before = [place for place in places if place < position]
        after = [place for place in places if place > position]
        return (before[-1] if before else None, after[0] if after else None)

    def place(self, position: int) -> int | None:
        """Which of those shown this one is, counted from 1."""
        places = [answer.position for answer in self.shown]
        return places.index(position) + 1 if position in places else None


def review_of(attempt: Attempt, chosen: ReviewFilter) -> Review:
    """The review of a closed attempt under a filter (six statements)."""
    names, answers = names_of(attempt.blueprint.bank_id), answers_of(attempt)
    domain = names.domain_of.get(chosen.part, chosen.part)

    def link(own: ReviewFilter, name: str, is_current: bool) -> FilterLink:
        count = sum(map(own.matches, answers))
        return FilterLink(own.part, name, count, own.query, is_current)

    def part(code: str, name: str, is_current: bool) -> FilterLink:
        return link(replace(chosen, part=code), name, is_current)

    return Review(
        chosen=chosen,
        shown=tuple(filter(chosen.matches, answers)),
        total=len(answers),
        shows=tuple(
            link(replace(chosen, show=show), str(show.label), show == chosen.show) for show in Show
        ),
        domains=(
            part("", _("All domains"), not chosen.part),
            *(part(str(n), name, str(n) == str(domain)) for n, name in names.domains.items()),
        ),
        subdomains=tuple(
            part(code, name, code == chosen.part)
            for code, name in names.subdomains.items()
            if str(names.domain_of[code]) == str(domain)
        ),
        part_name=names.part(chosen.part),
        names=names,
    )


def first_words(answers: Sequence[Answer]) -> dict[int, str]:
    """How the question at each of these positions begins (one statement)."""
    stems = dict(
        QuestionVersion.objects.filter(pk__in={answer.version_id for answer in answers})
        .order_by()
        .values_list("pk", "stem_html")
    )
    return {answer.position: first_words_of(stems[answer.version_id]) for answer in answers}
