"""How somebody sits exams: words that decide, answers that were changed, time."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exam.engine.sitting.batch import Miss
from exam.engine.sitting.lifecycle import AttemptState
from exam.engine.sitting.pacing import Pacing, Timed, pacing
from exam.engine.sitting.wording import (
    AgainstOwnLevel,
    Deciding,
    against_own_level,
    deciding,
    speaks_of,
)
from exam.models import Attempt, Response
from exam.selectors.results.answers import Answer
from exam.selectors.results.complete_answers import CompleteAnswers, Given
from exam.selectors.results.report import allowed_time, used_time
from questions.models import Option, QuestionVersion

SHOWN_MISSES = 5
MILLISECOND = timedelta(milliseconds=1)
KINDS = {
    Deciding.LEAST: _("LEAST, LOWEST, FEWEST and the like"),
    Deciding.MOST: _("MOST, BEST, HIGHEST and the like"),
    Deciding.NEGATIVE: _("NOT, EXCEPT"),
    Deciding.ORDER: _("FIRST, NEXT and the like"),
    Deciding.OTHER: _("Other words that decide"),
    Deciding.SEVERAL: _("Select TWO, or more"),
    Deciding.NOTHING: _("No such words"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """Answers to questions with one kind of deciding words."""

    name: str
    level: AgainstOwnLevel


@dataclass(frozen=True, slots=True)
class Overlooked:
    """A wrong answer whose option fails by the very words that decide."""

    attempt: Attempt
    position: int
    qualifier: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that decide, over all complete exams."""

    kinds: tuple[Kind, ...]
    wrong: int  # wrong answers where words decided
    overlooked: int
    newest: tuple[Overlooked, ...]
    misread: int  # by the person's own account, in exams and practice
    reasons: int  # how often any account was given


@dataclass(frozen=True, slots=True)
class Paced:
    """The times of one exam."""

    attempt: Attempt
    used: timedelta
    allowed: timedelta
    pacing: Pacing

    @property
    def left(self) -> timedelta:
        """What was left of the time."""
        return max(self.allowed - self.used, timedelta())


def wording_of(candidate: User, bank_id: int, found: CompleteAnswers) -> Wording:
    """How questions with deciding words go (four statements)."""
    asked = _asked(found.given)
    by_kind: dict[Deciding, list[Given]] = defaultdict(list)
    for item in found.given:
        by_kind[deciding(*asked[item.answer.version_id])].append(item)
    wrong = [
        item
        for item in found.given
        if item.answer.outcome == "wrong" and asked[item.answer.version_id][0]
    ]
    overlooked = _overlooked(wrong, asked)
    said = _said(candidate, bank_id)
    return Wording(
        kinds=tuple(
            Kind(str(name), _level(by_kind[kind])) for kind, name in KINDS.items() if by_kind[kind]
        ),
        wrong=len(wrong),
        overlooked=len(overlooked),
        newest=tuple(overlooked[:SHOWN_MISSES]),
        misread=said[Miss.MISREAD.value],
        reasons=said.total(),
    )


def paces_of(found: CompleteAnswers) -> list[Paced]:
    """The times of each complete exam, the newest first (no statement)."""
    return [pace_of(attempt, found.answers[attempt.pk]) for attempt in found.attempts]


def pace_of(attempt: Attempt, answers: Sequence[Answer]) -> Paced:
    """The times of one exam."""
    used, allowed = used_time(attempt), allowed_time(attempt)
    read = pacing(
        [_timed(answer) for answer in answers],
        allowed_ms=allowed // MILLISECOND,
        used_ms=used // MILLISECOND,
    )
    return Paced(attempt, used, allowed, read)


def _timed(answer: Answer) -> Timed:
    first, last = answer.path.first, answer.path.last
    return Timed(
        position=answer.position,
        first_ms=first.at_ms if first else None,
        last_ms=last.at_ms if last else None,
        spent_ms=answer.spent_ms,
        right=answer.is_right,
        answered=answer.is_answered,
        changed=answer.path.changes > 0,
    )


def _asked(given: Sequence[Given]) -> dict[int, tuple[str, int]]:
    """The deciding words of each version, and how many options it asks for."""
    rows = QuestionVersion.objects.filter(pk__in={item.answer.version_id for item in given})
    return {
        pk: (qualifier, select)
        for pk, qualifier, select in rows.order_by().values_list("pk", "qualifier", "select")
    }


def _level(given: Sequence[Given]) -> AgainstOwnLevel:
    return against_own_level(
        [item.answer.is_right for item in given], [item.chance for item in given]
    )


def _overlooked(wrong: Sequence[Given], asked: Mapping[int, tuple[str, int]]) -> list[Overlooked]:
    """Where the reason against what was chosen names what the words are about; newest first."""
    rationales = {
        (version_id, ordinal): rationale
        for version_id, ordinal, rationale in Option.objects.filter(
            version_id__in={item.answer.version_id for item in wrong}, is_key=False
        )
        .order_by()
        .values_list("version_id", "ordinal", "rationale")
    }
    found = []
    for item in wrong:
        answer, qualifier = item.answer, asked[item.answer.version_id][0]
        chosen = [
            rationale
            for (version_id, ordinal), rationale in rationales.items()
            if version_id == answer.version_id and answer.selected >> ordinal & 1
        ]
        if any(speaks_of(qualifier, rationale) for rationale in chosen):
            found.append(Overlooked(item.attempt, answer.position, qualifier))
    return found


def _said(candidate: User, bank_id: int) -> Counter[str]:
    """Reasons this person gave for wrong answers."""
    rows = (
        Response.objects.filter(attempt__candidate=candidate, attempt__blueprint__bank=bank_id)
        .exclude(miss=Miss.UNSAID.value)
        .exclude(attempt__state=AttemptState.VOID)
    )
    return Counter(rows.values_list("miss", flat=True))
