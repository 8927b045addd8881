"""Opening an attempt at a form that was drawn, for an exam or for practice."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from exam.engine.forms.assembly import option_order
from exam.models import Attempt, ExamForm, Response
from questions.models import QuestionVersion


def open_attempt(exam_form: ExamForm, **facts: Any) -> Attempt:
    """An attempt at a form with an empty response for each position, options in order of show."""
    options = option_facts(exam_form.version_ids)
    orders = option_orders(exam_form.version_ids, exam_form.seed, options)
    attempt = Attempt.objects.create(
        exam_form=exam_form, blueprint=exam_form.blueprint, option_orders=orders, **facts
    )
    Response.objects.bulk_create(
        Response(attempt=attempt, position=position) for position in range(1, len(orders) + 1)
    )
    return attempt


def option_facts(version_ids: Sequence[int]) -> dict[int, tuple[int, bool]]:
    """How many options each version has, and whether they are shuffled."""
    return {
        pk: (count, shuffle)
        for pk, shuffle, count in QuestionVersion.objects.filter(pk__in=version_ids)
        .annotate(option_count=Count("options"))
        .values_list("pk", "shuffle", "option_count")
    }


def option_orders(
    version_ids: Sequence[int], seed: int, options: Mapping[int, tuple[int, bool]]
) -> list[str]:
    """For each position the options' ordinals as they are displayed, such as "2031"."""
    return [
        "".join(map(str, option_order(count, seed=seed, position=position, shuffle=shuffle)))
        for position, (count, shuffle) in enumerate((options[pk] for pk in version_ids), 1)
    ]
