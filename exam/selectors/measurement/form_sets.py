"""Sets of parallel forms: what they consist of, how alike they are, who has sat which."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from exam.engine.forms.assembly import RELAXATIONS
from exam.engine.forms.pool import FloatArray
from exam.engine.scores.rasch import probability
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Assignment, Blueprint, ExamForm, FormSet, Job, JobKind
from exam.selectors.blueprints.gaps import aims_in_words
from exam.selectors.blueprints.names import Names
from exam.selectors.blueprints.pool import SERVED, parameters_of
from exam.selectors.cohorts.assignments import assignments_taught_by
from exam.selectors.measurement.form_use import first_forms, times_used
from questions.models import Bank, QuestionStatus, QuestionVersion

FROM_CUT = np.linspace(-3.0, 3.0, 25)  # logits


@dataclass(frozen=True, slots=True)
class Changed:
    """A question of a fixed form that has changed since the form was made."""

    number: int
    position: int
    question_id: int
    code: str
    what: str


@dataclass(frozen=True, slots=True)
class FormRow:
    """One form of a set in figures: right answers expected one logit below, at and above the cut.

    `off` is by how many right answers it differs from what was wanted at the cut.
    """

    number: int
    expected: tuple[float, float, float]
    information: float
    off: float
    areas: tuple[tuple[str, int], ...]
    missed: tuple[str, ...]
    used: int


@dataclass(frozen=True, slots=True)
class Curves:
    """Right answers expected (forms, abilities) and information (forms, abilities)."""

    expected: FloatArray
    information: FloatArray

    @property
    def widest(self) -> float:
        """By how many right answers two forms differ at most, over all abilities."""
        return float(np.ptp(self.expected, axis=0).max())


@dataclass(frozen=True, slots=True)
class Extent:
    """What an exact check found out: how many forms there are at least and at most.

    `then` names what can be given up, and how many forms there are at most without it;
    `by_number` how many forms the mere number of questions in a domain is enough for.
    """

    job: Job
    made: int
    most: int
    is_many: bool
    then: tuple[tuple[str, int], ...]
    by_number: tuple[tuple[int, str, int], ...]  # a domain's number, its name, forms

    @property
    def is_proven(self) -> bool:
        """Whether there cannot be one more than were made."""
        return self.made == self.most

    @property
    def is_by_number(self) -> bool:
        """Whether giving up aims would change nothing: the questions are too few."""
        return all(most == self.most for _aim, most in self.then)


# ------------------------------------------------------------------ lists
def form_sets_of(bank: Bank) -> QuerySet[FormSet]:
    """The sets of a bank, the newest first, with the counts their lists show."""
    sat = Q(exam_forms__attempts__isnull=False) & ~Q(exam_forms__attempts__state=AttemptState.VOID)
    return (
        FormSet.objects.filter(blueprint__bank=bank)
        .select_related("blueprint", "created_by")
        .annotate(
            forms=Count("exam_forms__number", distinct=True),
            sat=Count("exam_forms__attempts", filter=sat, distinct=True),
            cohorts=Count("assignments__cohort", distinct=True),
        )
        .order_by("-created_at", "-pk")
    )


def sets_to_assign() -> QuerySet[FormSet]:
    """Sets that can be assigned: of exams that still exist in any version."""
    current = Blueprint.objects.filter(is_current=True).values("slug")
    found = FormSet.objects.filter(blueprint__slug__in=current).select_related("blueprint")
    return found.annotate(forms=Count("exam_forms__number", distinct=True)).order_by(
        "blueprint__title", "-created_at"
    )


def open_jobs(bank: Bank) -> list[Job]:
    """Forms being made and checks under way, and the last that failed since the last set."""
    kinds = [JobKind.FORMS, JobKind.PROOF]
    newest: dict[tuple[str, str], Job] = {}
    for job in Job.objects.filter(bank=bank, kind__in=kinds).order_by("-pk")[:20]:
        newest.setdefault((job.kind, job.subject), job)
    return [job for job in newest.values() if job.is_open or job.state == "failed"]


def extents(bank: Bank, names: Names) -> list[tuple[Blueprint, Extent]]:
    """The last exact check of each current exam of a bank."""
    checks = Job.objects.filter(bank=bank, kind=JobKind.PROOF, state="done").order_by("-pk")
    newest: dict[int, Job] = {}
    for job in checks[:50]:
        newest.setdefault(job.result["blueprint"], job)
    current = Blueprint.objects.filter(pk__in=newest, is_current=True).order_by("-length", "slug")
    return [(blueprint, _extent(newest[blueprint.pk], names)) for blueprint in current]


def _extent(job: Job, names: Names) -> Extent:
    result = job.result
    aims = aims_in_words(RELAXATIONS[:-1], names)
    return Extent(
        job=job,
        made=result["made"],
        most=result["most"],
        is_many=result["made"] >= result["limit"],
        then=tuple(zip(aims, result["if_given_up"], strict=True)),
        by_number=tuple((n, names.domains.get(n, ""), forms) for n, forms in result["by_number"]),
    )


# ------------------------------------------------------------------ one set
def form_rows(form_set: FormSet, names: Names) -> list[FormRow]:
    """The figures of a set as they were when it was made."""
    report, used = form_set.report, times_used(form_set)
    wanted = report["target"][1]
    return [
        FormRow(
            number=number,
            expected=tuple(form["totals"][:3]),
            information=form["totals"][3],
            off=form["totals"][1] - wanted,
            areas=tuple((names.areas.get(c, c), count) for c, count in form["areas"].items()),
            missed=aims_in_words((c for c in RELAXATIONS if c in form["missed"]), names),
            used=used[number],
        )
        for number, form in enumerate(report["forms"], 1)
    ]


def figure_rows(form_set: FormSet, names: Names) -> Iterator[dict[str, Any]]:
    """The same for a spreadsheet; a column for each area."""
    for row in form_rows(form_set, names):
        names_of_figures = ("well_below", "at_the_cut", "well_above", "information")
        yield {
            "form": row.number,
            **dict(zip(names_of_figures, (*row.expected, row.information), strict=True)),
            "given_up": "; ".join(row.missed),
            "times_sat": row.used,
            **{f"area_{name}": count for name, count in row.areas},
        }


def curves_of(form_set: FormSet, forms: list[ExamForm]) -> Curves:
    """The curves of a set's forms under the calibration they were made with."""
    theta = form_set.report["theta_cut"] + FROM_CUT
    difficulty = difficulties_of(forms)
    chances = [
        probability(
            theta,
            np.array([difficulty[pk] for pk in scored_versions(exam_form)]),
        )
        for exam_form in forms
    ]
    return Curves(
        expected=np.array([p.sum(axis=1) for p in chances]),
        information=np.array([(p * (1 - p)).sum(axis=1) for p in chances]),
    )


def difficulties_of(forms: list[ExamForm]) -> dict[int, float]:
    """The difficulty of every version on these forms, in logits."""
    ids = sorted({pk for exam_form in forms for pk in exam_form.version_ids})
    values = parameters_of(forms[0].calibration_id, ids)[0]
    return dict(zip(ids, values.tolist(), strict=True))


def scored_versions(exam_form: ExamForm) -> list[int]:
    """The versions that count on a form."""
    pilots = set(exam_form.pilot_positions)
    return [pk for position, pk in enumerate(exam_form.version_ids, 1) if position not in pilots]


def changed_questions(form_set: FormSet) -> list[Changed]:
    """What has happened to its questions since the forms were made (two statements)."""
    forms = first_forms(form_set)
    ids = {pk for exam_form in forms for pk in exam_form.version_ids}
    words = {
        version.pk: (version, what)
        for version in QuestionVersion.objects.filter(pk__in=ids).select_related("question")
        if (what := _what_happened(version))
    }
    return [
        Changed(exam_form.number, position, version.question_id, version.question.code, what)
        for exam_form in forms
        for position, pk in enumerate(exam_form.version_ids, 1)
        if pk in words
        for version, what in [words[pk]]
    ]


def curve_table(curves: Curves) -> list[tuple[float, list[tuple[float, float]]]]:
    """For whole logits from the cut, each form's right answers and information."""
    return [
        (
            float(FROM_CUT[at]),
            list(
                zip(
                    curves.expected[:, at].tolist(), curves.information[:, at].tolist(), strict=True
                )
            ),
        )
        for at in range(0, FROM_CUT.size, 4)
    ]


def questions_by_form(form_set: FormSet) -> list[tuple[int, list[dict[str, Any]]]]:
    """The questions of each form, in order."""
    rows = question_rows(form_set)
    return [(number, list(own)) for number, own in groupby(rows, key=itemgetter("form"))]


def assignments_of(form_set: FormSet, instructor: User) -> QuerySet[Assignment]:
    """To which of the instructor's own cohorts a set is assigned."""
    return assignments_taught_by(instructor).filter(form_set=form_set)


def _what_happened(version: QuestionVersion) -> str:
    if version.is_dropped:
        return _("taken out of scoring: it is still asked, and counts for nobody")
    if version.question.status not in SERVED:
        return _("not in use any more: this form still asks it, and it counts")
    if version.question.current_id != version.pk:
        return _("there is a newer version: this form still asks the old one, and it counts")
    return ""


def question_rows(form_set: FormSet) -> Iterator[dict[str, Any]]:
    """Every question of every form in the order it is asked."""
    forms = first_forms(form_set)
    difficulty = difficulties_of(forms)
    versions = (
        QuestionVersion.objects.filter(pk__in=difficulty)
        .select_related("question", "subdomain__domain")
        .in_bulk()
    )
    cut = form_set.report["theta_cut"]
    for exam_form in forms:
        pilots = set(exam_form.pilot_positions)
        for position, pk in enumerate(exam_form.version_ids, 1):
            version = versions[pk]
            chance = float(probability(cut, difficulty[pk]))
            yield {
                "form": exam_form.number,
                "position": position,
                "question": version.question.code,
                "question_id": version.question_id,
                "version": version.number,
                "title": version.question.title,
                "domain": version.subdomain.domain.number,
                "subdomain": version.subdomain.code,
                "area": version.area,
                "counts": "no" if position in pilots else "yes",
                "difficulty": round(difficulty[pk], 4),
                "at_the_cut": round(chance, 3),
                "chance": round(100 * chance),
                "status": str(QuestionStatus(version.question.status).label),
            }
