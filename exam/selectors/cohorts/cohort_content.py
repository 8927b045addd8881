"""What a cohort finds hard in one exam: sub-domains against everybody, and single questions."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F, FloatField, Q, QuerySet, Sum

from accounts.models import Cohort
from accounts.selectors import members_of
from exam.engine.scores.shares import percent_band
from exam.models import Score
from exam.selectors.cohorts.cohort_exams import Exam, SatExam, complete, sat_exams
from exam.selectors.sitting.forms import first_words_of
from questions.models import QuestionVersion, Subdomain

NEWEST = 2000  # exams whose questions are looked at
ASKED = 5  # answers from which on a question is named
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Share:
    """Right answers of so many; shares and the band that holds two times in three, in percent."""

    right: int
    count: int
    low: int
    high: int

    @property
    def percent(self) -> int:
        """The share of right answers."""
        return round(100 * self.right / self.count)


@dataclass(frozen=True, slots=True)
class CohortPart:
    """A sub-domain over the last complete exam of each; `everybody` is None without figures."""

    code: str
    name: str
    domain: int
    share: Share
    everybody: int | None  # percent right in all exams, of everybody

    @property
    def behind(self) -> int:
        """How many percent fewer are right here than with everybody."""
        return 0 if self.everybody is None else self.everybody - self.share.percent


@dataclass(frozen=True, slots=True)
class MissedQuestion:
    """A question over the cohort's exams; a blank is a miss."""

    question_id: int
    code: str
    words: str
    subdomain: str
    share: Share
    everybody: int | None


@dataclass(frozen=True, slots=True)
class CohortContent:
    """The parts, the weakest first, and the questions missed most surely."""

    parts: tuple[CohortPart, ...]
    people: int  # with a complete exam
    questions: tuple[MissedQuestion, ...]
    exams: int  # whose questions were looked at


def content_of_cohort(cohort: Cohort, exam: Exam) -> CohortContent:
    """Parts and questions (seven statements)."""
    people = list(members_of(cohort).order_by().values_list("pk", flat=True))
    sat_by_person = sat_exams(people, exam.blueprint.slug)
    counted = [own for own in map(complete, sat_by_person.values()) if own]
    sat = sorted((entry for own in counted for entry in own), key=lambda entry: entry.started_at)
    newest = [entry.attempt_id for entry in sat[-NEWEST:]]
    return CohortContent(
        parts=_parts([own[-1] for own in counted], exam.blueprint.bank_id),
        people=len(counted),
        questions=_questions(newest),
        exams=len(newest),
    )


def _parts(latest: Sequence[SatExam], bank_id: int) -> tuple[CohortPart, ...]:
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    scores = Score.objects.filter(attempt__in=[s.attempt_id for s in latest], is_current=True)
    for groups in scores.order_by().values_list("subdomains", flat=True):
        for group in groups:
            right[group["code"]] += group["right"]
            count[group["code"]] += group["count"]
    found = [
        CohortPart(
            part.code,
            part.name,
            part.domain.number,
            _share(right[part.code], count[part.code]),
            round(100 * part.right / part.count) if part.count else None,
        )
        for part in _with_everybody(bank_id)
        if count[part.code]
    ]
    return tuple(sorted(found, key=lambda part: (part.share.high, part.share.percent, part.code)))


def _with_everybody(bank_id: int) -> QuerySet[Subdomain]:
    """Sub-domains with `right` of `count` answers over everybody's exams, as of the last count."""
    figures = "versions__statistics__"
    known = Q(versions__statistics__facility__isnull=False, versions__is_dropped=False)
    answers = F(f"{figures}facility") * F(f"{figures}responses")
    return (
        Subdomain.objects.filter(domain__bank=bank_id)
        .select_related("domain")
        .annotate(
            right=Sum(answers, filter=known, output_field=FloatField()),
            count=Sum(f"{figures}responses", filter=known),
        )
    )


def _questions(attempts: Collection[int]) -> tuple[MissedQuestion, ...]:
    asked, right = _counted(attempts)
    versions = {
        pk: question
        for pk, question, is_dropped in QuestionVersion.objects.filter(pk__in=asked)
        .order_by()
        .values_list("pk", "question_id", "is_dropped")
        if not is_dropped
    }
    asked_of, right_of = Counter[int](), Counter[int]()
    for pk, question in versions.items():
        asked_of[question] += asked[pk]
        right_of[question] += right[pk]
    shares = {
        question: _share(right_of[question], count)
        for question, count in asked_of.items()
        if count >= ASKED and right_of[question] < count
    }
    worst = sorted(shares, key=lambda q: (shares[q].high, shares[q].percent, q))[:SHOWN]
    return _named(worst, shares)


def _counted(attempts: Collection[int]) -> tuple[Counter[int], Counter[int]]:
    """How often each version was asked where it counted, and how often it was right."""
    asked, right = Counter[int](), Counter[int]()
    rows = Score.objects.filter(attempt__in=attempts, is_current=True).order_by()
    for versions, pilots, correct in rows.values_list(
        "attempt__exam_form__version_ids",
        "attempt__exam_form__pilot_positions",
        "correct_positions",
    ):
        counts = set(range(1, len(versions) + 1)).difference(pilots)
        asked.update(versions[n - 1] for n in counts)
        right.update(versions[n - 1] for n in counts.intersection(correct))
    return asked, right


def _named(questions: Collection[int], shares: dict[int, Share]) -> tuple[MissedQuestion, ...]:
    found = {
        version.question_id: version
        for version in QuestionVersion.objects.filter(
            question__in=questions, question__current=F("pk")
        )
        .select_related("question", "subdomain", "statistics")
        .order_by()
    }
    return tuple(
        MissedQuestion(
            question_id=pk,
            code=found[pk].question.code,
            words=first_words_of(found[pk].stem_html),
            subdomain=found[pk].subdomain.code,
            share=shares[pk],
            everybody=_facility(found[pk]),
        )
        for pk in questions
        if pk in found
    )


def _facility(version: QuestionVersion) -> int | None:
    figures = getattr(version, "statistics", None)
    if figures is None or figures.facility is None:
        return None
    return round(100 * figures.facility)


def _share(right: int, count: int) -> Share:
    low, _percent, high = percent_band(right, count)
    return Share(right, count, low, high)
