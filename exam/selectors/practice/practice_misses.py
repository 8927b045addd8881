"""What an instructor's people miss most in practice, and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import Cohort, User
from exam.engine.sitting.batch import Confidence
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Attempt, MissReason, Response
from exam.selectors.results.answers import keys_of
from exam.selectors.sitting.forms import first_words_of
from questions.models import QuestionVersion

LOOK_BACK = timedelta(days=180)
SHOWN = 50


@dataclass(frozen=True, slots=True)
class MissedQuestion:
    """One question over the practice of a cohort; `people` answered it at least once."""

    code: str
    subdomain: str
    words: str
    answered: int
    missed: int
    people: int
    sure: int  # missed although the person was sure
    reasons: tuple[tuple[str, int], ...]  # as the people said it, the most frequent first

    @property
    def share(self) -> int:
        """Missed answers in percent."""
        return round(100 * self.missed / self.answered)


@dataclass(frozen=True, slots=True)
class PracticeMisses:
    """The most missed questions, and what all misses together were put down to."""

    questions: tuple[MissedQuestion, ...]
    reasons: tuple[tuple[str, int], ...]
    answered: int
    missed: int
    people: int


@dataclass(frozen=True, slots=True)
class _Given:
    question: int
    person: int
    right: bool
    sure: bool
    miss: str


def cohorts_of(instructor: User) -> list[Cohort]:
    """The cohorts whose practice this person may see, by name."""
    cohorts = Cohort.objects.order_by("name")
    return list(cohorts if instructor.is_administrator else cohorts.filter(instructors=instructor))


def practice_misses(cohorts: Iterable[Cohort], at: datetime) -> PracticeMisses:
    """Practice of the members in the last half year (six statements)."""
    given = _given(
        User.objects.filter(cohorts__in=list(cohorts)).values_list("pk", flat=True), at - LOOK_BACK
    )
    by_question: dict[int, list[_Given]] = defaultdict(list)
    for answer in given:
        by_question[answer.question].append(answer)
    missed = {q: sum(not answer.right for answer in group) for q, group in by_question.items()}
    worst = sorted((q for q, count in missed.items() if count), key=lambda q: (-missed[q], q))[
        :SHOWN
    ]
    return PracticeMisses(
        questions=_described(worst, by_question),
        reasons=_reasons(given),
        answered=len(given),
        missed=sum(missed.values()),
        people=len({answer.person for answer in given}),
    )


def _given(people: Iterable[int], since: datetime) -> list[_Given]:
    """Every practice answer of these people that was looked up or handed in."""
    attempts = {
        pk: (person, version_ids)
        for pk, person, version_ids in Attempt.objects.filter(
            candidate_id__in=set(people), purpose=Purpose.PRACTICE, started_at__gte=since
        )
        .exclude(state=AttemptState.VOID)
        .values_list("pk", "candidate_id", "exam_form__version_ids")
    }
    versions = {pk for _person, version_ids in attempts.values() for pk in version_ids}
    keys = keys_of(versions)
    question_of = dict(
        QuestionVersion.objects.filter(pk__in=versions).values_list("pk", "question_id")
    )
    rows = Response.objects.filter(attempt_id__in=attempts, selected__gt=0).filter(
        Q(checked=True) | Q(attempt__state=AttemptState.SUBMITTED, attempt__practice__at_once=False)
    )
    found = []
    for pk, position, selected, confidence, miss in rows.values_list(
        "attempt_id", "position", "selected", "confidence", "miss"
    ):
        person, version_ids = attempts[pk]
        version = version_ids[position - 1]
        right = selected == keys[version]
        sure = confidence == Confidence.SURE
        found.append(_Given(question_of[version], person, right, sure, "" if right else miss))
    return found


def _described(questions: list[int], groups: dict[int, list[_Given]]) -> tuple[MissedQuestion, ...]:
    current = {
        version.question_id: version
        for version in QuestionVersion.objects.filter(question__in=questions)
        .select_related("question", "subdomain")
        .order_by("number")
    }
    return tuple(
        MissedQuestion(
            code=current[q].question.code,
            subdomain=current[q].subdomain.code,
            words=first_words_of(current[q].stem_html),
            answered=len(groups[q]),
            missed=sum(not answer.right for answer in groups[q]),
            people=len({answer.person for answer in groups[q]}),
            sure=sum(answer.sure and not answer.right for answer in groups[q]),
            reasons=_reasons(groups[q]),
        )
        for q in questions
    )


def _reasons(given: Iterable[_Given]) -> tuple[tuple[str, int], ...]:
    counts = Counter(answer.miss for answer in given if answer.miss)
    return tuple((str(MissReason(miss).label), n) for miss, n in counts.most_common())
