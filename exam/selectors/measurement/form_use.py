"""Which forms of a set there are, and who has sat which."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Count

from accounts.models import User
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Attempt, ExamForm, FormSet
from exam.selectors.blueprints.pool import seen_version_ids
from questions.models import QuestionVersion


def first_forms(form_set: FormSet) -> list[ExamForm]:
    """The forms of a set by number, as they were made."""
    first: dict[int, ExamForm] = {}
    for exam_form in form_set.exam_forms.select_related("blueprint").order_by("number", "pk"):
        first.setdefault(exam_form.number, exam_form)
    return list(first.values())


def times_used(form_set: FormSet) -> Counter[int]:
    """How many attempts were begun at each form; voided ones do not count."""
    begun = Attempt.objects.filter(exam_form__form_set=form_set).exclude(state=AttemptState.VOID)
    counts = begun.order_by().values_list("exam_form__number").annotate(Count("pk"))
    return Counter(dict(counts))


def sat_numbers(candidate: User, form_set: FormSet) -> set[int]:
    """Which forms of a set this person has begun; one that was voided was seen as well."""
    begun = Attempt.objects.filter(candidate=candidate, exam_form__form_set=form_set)
    return set(begun.values_list("exam_form__number", flat=True))


def met_positions(candidate: User, forms: Sequence[ExamForm]) -> dict[int, list[int]]:
    """For each form the positions whose question this person has met in any version."""
    met = set(seen_version_ids(candidate, forms[0].blueprint.bank_id)) if forms else set()
    ids = {pk for exam_form in forms for pk in exam_form.version_ids}
    versions = QuestionVersion.objects.filter(pk__in=ids if met else [])
    current = dict(versions.values_list("pk", "question__current_id"))
    return {
        exam_form.pk: [
            position
            for position, pk in enumerate(exam_form.version_ids, 1)
            if met and current[pk] in met
        ]
        for exam_form in forms
    }


def forms_left(candidate: User, set_ids: Iterable[int | None]) -> dict[int, int]:
    """How many forms of each of these sets this person can still sit (two statements, or none)."""
    ids = {pk for pk in set_ids if pk}
    if not ids:
        return {}
    forms = ExamForm.objects.filter(form_set__in=ids).order_by()
    there = set(forms.values_list("form_set", "number"))
    begun = Attempt.objects.filter(candidate=candidate, exam_form__form_set__in=ids).order_by()
    sat = set(begun.values_list("exam_form__form_set", "exam_form__number"))
    left = Counter(pk for pk, _number in there - sat)
    return {pk: left[pk] for pk in ids}
