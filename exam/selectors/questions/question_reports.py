"""Candidates' remarks on questions: the queue, one question with all of them, and the answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q, QuerySet

from accounts.models import User
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import QuestionReport, ReportOutcome, Response
from exam.selectors.questions.question_statistics import VersionStatistics, statistics_of
from exam.selectors.sitting.forms import LETTERS, ReviewedOption, letters_of
from questions.models import Question, QuestionVersion

OPEN = Q(versions__reports__outcome=ReportOutcome.OPEN)


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark, and what its candidate had answered; letters in the order of the bank."""

    report: QuestionReport
    chosen: tuple[str, ...]
    is_right: bool


@dataclass(frozen=True, slots=True)
class ReportedVersion:
    """A version with its options, what was answered to it, and whether exams use it now."""

    version: QuestionVersion
    options: tuple[ReviewedOption, ...]
    statistics: VersionStatistics
    is_current: bool

    @property
    def counted(self) -> list[tuple[ReviewedOption, int, int]]:
        """Each option with how many chose it and their share in percent."""
        figures = self.statistics
        return list(zip(self.options, figures.chosen, figures.shares, strict=True))


@dataclass(frozen=True, slots=True)
class ReportedQuestion:
    """All there is to judge the remarks on one question by."""

    question: Question
    versions: tuple[ReportedVersion, ...]  # the newest first
    open: tuple[Remark, ...]
    answered: tuple[Remark, ...]


def reported_questions(*, is_open: bool, bank: str = "") -> QuerySet[Question]:
    """Questions with remarks that wait (the longest wait first), or that are all answered."""
    questions = Question.objects.filter(versions__reports__isnull=False)
    if bank:
        questions = questions.filter(bank__slug=bank)
    questions = questions.select_related("bank", "subdomain").annotate(
        waiting=Count("versions__reports", filter=OPEN),
        remarks=Count("versions__reports"),
        first_at=Min("versions__reports__created_at", filter=OPEN),
        last_at=Max("versions__reports__answered_at"),
    )
    if is_open:
        return questions.filter(waiting__gt=0).order_by("first_at", "pk")
    return questions.filter(waiting=0).order_by("-last_at", "pk")


def first_remarks(questions: Sequence[Question], *, is_open: bool) -> dict[int, QuestionReport]:
    """By question the remark that has waited longest, or the one answered last."""
    reports = QuestionReport.objects.filter(version__question__in=questions)
    if is_open:
        reports = reports.filter(outcome=ReportOutcome.OPEN).order_by("-created_at", "-pk")
    else:
        reports = reports.order_by("answered_at", "pk")
    reports = reports.select_related("version")
    return {report.version.question_id: report for report in reports}


def waiting_count() -> int:
    """Questions with a remark nobody has answered."""
    reports = QuestionReport.objects.filter(outcome=ReportOutcome.OPEN)
    return reports.order_by().values("version__question").distinct().count()


def reported_question(question: Question) -> ReportedQuestion:
    """One question with its versions, their figures, and its remarks (ten statements)."""
    versions = list(
        QuestionVersion.objects.filter(question=question)
        .select_related("exhibit__picture", "subdomain")
        .defer("exhibit__picture__data")
        .prefetch_related("options")
        .order_by("-number")
    )
    figures = statistics_of({version.pk: len(version.options.all()) for version in versions})
    remarks = _remarks(versions)
    return ReportedQuestion(
        question=question,
        versions=tuple(
            ReportedVersion(
                version, _options(version), figures[version.pk], version.pk == question.current_id
            )
            for version in versions
        ),
        open=tuple(r for r in remarks if r.report.outcome == ReportOutcome.OPEN),
        answered=tuple(r for r in reversed(remarks) if r.report.outcome != ReportOutcome.OPEN),
    )


def unread_answers(candidate: User) -> list[tuple[QuestionReport, int]]:
    """Answers this person has not seen yet, each with the position of its question."""
    reports = (
        QuestionReport.objects.filter(
            attempt__candidate=candidate, answered_at__isnull=False, answer_read_at=None
        )
        .exclude(outcome=ReportOutcome.OPEN)
        .exclude(attempt__state=AttemptState.VOID)
        .select_related("attempt__exam_form", "attempt__blueprint", "attempt__practice")
        .order_by("answered_at", "pk")
    )
    return [(report, position_of(report)) for report in reports]


def position_of(report: QuestionReport) -> int:
    """Where the question stood on the form."""
    return report.attempt.exam_form.version_ids.index(report.version_id) + 1


def _remarks(versions: Sequence[QuestionVersion]) -> list[Remark]:
    reports = list(
        QuestionReport.objects.filter(version__in=versions)
        .select_related("version", "attempt__exam_form", "attempt__blueprint", "answered_by")
        .order_by("created_at", "pk")
    )
    rows = Response.objects.filter(attempt__in=[report.attempt_id for report in reports])
    selected = {
        (attempt, position): mask
        for attempt, position, mask in rows.filter(
            position__in={position_of(report) for report in reports}
        ).values_list("attempt_id", "position", "selected")
    }
    by_pk = {version.pk: version for version in versions}
    return [
        _remark(report, by_pk[report.version_id], selected.get(_place(report), 0))
        for report in reports
    ]


def _place(report: QuestionReport) -> tuple[int, int]:
    return report.attempt_id, position_of(report)


def _remark(report: QuestionReport, version: QuestionVersion, mask: int) -> Remark:
    options = version.options.all()
    key = sum(1 << option.ordinal for option in options if option.is_key)
    order = "".join(str(option.ordinal) for option in options)
    return Remark(report, letters_of(mask, order), mask == key)


def _options(version: QuestionVersion) -> tuple[ReviewedOption, ...]:
    return tuple(
        ReviewedOption(
            letter=LETTERS[place],
            html=option.html,
            rationale_html=option.rationale_html,
            is_key=option.is_key,
            is_chosen=False,
            is_first_choice=False,
            is_struck=False,
        )
        for place, option in enumerate(version.options.all())
    )
