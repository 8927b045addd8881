"""What correcting keys changes and has changed, as an instructor may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.selectors import cohorts_for
from exam.models import Attempt, Job, JobKind
from exam.selectors.sitting.attempts import attempts_taught_by
from exam.selectors.sitting.forms import LETTERS
from questions.models import Bank, KeyChange
from questions.selectors.reviews import to_answer_first

TOGETHER = 50  # versions of one question that are alike, at most


@dataclass(frozen=True, slots=True)
class Side:
    """An exam that comes to the cut, or drops below it."""

    attempt: Attempt
    before: int
    after: int

    @property
    def passes(self) -> bool:
        """Whether it comes to the cut."""
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of a key does to exams; only this instructor's own people by name."""

    tally: dict[str, Any]
    cohorts: tuple[tuple[str, int], ...]  # their names, and how many exams change there
    sides: tuple[Side, ...]  # those that drop first
    others: int  # that change sides too, of people who are not this instructor's

    @property
    def unchanged(self) -> int:
        """Exams with the question whose result stays."""
        return self.tally["attempts"] - self.tally["changed"]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of a key, and the job that scored its exams again.

    Neither key nor reason is told to somebody who has yet to answer the question.
    """

    change: KeyChange
    before: str
    after: str
    job: Job | None
    is_blind: bool


def effect_of(job: Job, reader: User) -> Effect | None:
    """What a job has foreseen, or done; None while it is at work (three statements)."""
    tally = job.result
    if "changed" not in tally:
        return None
    own = {cohort.pk: cohort.name for cohort in cohorts_for(reader).order_by("name")}
    counts = {int(pk): count for pk, count in tally["cohorts"].items()}
    moved = {pk: (before, after) for pk, before, after in tally["sides"]}
    attempts = attempts_taught_by(reader).filter(pk__in=moved).order_by("candidate__display_name")
    sides = [Side(attempt, *moved[attempt.pk]) for attempt in attempts]
    return Effect(
        tally=tally,
        cohorts=tuple((name, counts[pk]) for pk, name in own.items() if pk in counts),
        sides=tuple(sorted(sides, key=lambda side: side.passes)),
        others=tally["to_pass"] + tally["to_below"] - len(sides),
    )


def key_changes_of(bank: Bank) -> QuerySet[KeyChange]:
    """Every change of a key in a bank, the newest first."""
    changes = KeyChange.objects.filter(version__question__bank=bank).order_by("-pk")
    return changes.select_related("version__question", "made_by")


def made_from(preview: Job, by: User) -> KeyChange | None:
    """The change that this person made after looking ahead, if it was made."""
    params = preview.params
    same = KeyChange.objects.filter(
        version=params["version"],
        drops=params["drops"],
        reason=params["reason"],
        made_by=by,
        made_at__gte=preview.created_at,
    )
    return (same if params["drops"] else same.filter(after=params["key"])).last()


def change_lines(changes: Sequence[KeyChange], reader: User) -> list[ChangeLine]:
    """The changes with their jobs, for this reader (two statements)."""
    if not changes:
        return []
    keys = [change.pk for change in changes]
    # A job is named after the last of the changes that were made together.
    subjects = [f"key {pk}" for pk in range(min(keys), max(keys) + TOGETHER)]
    jobs = Job.objects.filter(kind=JobKind.RESCORING, subject__in=subjects).order_by("pk")
    of_change = {pk: job for job in jobs for pk in job.params["changes"]}
    questions = sorted({change.version.question_id for change in changes})
    blind = set(to_answer_first(reader, questions).values_list("pk", flat=True))
    return [
        _line(change, of_change.get(change.pk), change.version.question_id in blind)
        for change in changes
    ]


def letters_of(mask: int) -> str:
    """A key in letters, in the order of the bank."""
    return ", ".join(letter for place, letter in enumerate(LETTERS) if mask >> place & 1)


def _line(change: KeyChange, job: Job | None, is_blind: bool) -> ChangeLine:
    before, after = ("", "") if is_blind else (letters_of(change.before), letters_of(change.after))
    return ChangeLine(change, before, after, job, is_blind)
