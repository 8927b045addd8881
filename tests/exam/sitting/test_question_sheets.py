"""Questions that were rendered before and put together are byte for byte those rendered anew."""

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from exam.models import Attempt
from exam.selectors.sitting.forms import displayed_questions
from exam.views.sitting import question_sheets
from exam.views.sitting.question_sheets import sheets_of
from questions.models import Option, QuestionVersion

pytestmark = pytest.mark.django_db


def put_together(attempt: Attempt) -> list[str]:
    return "".join(sheet.html for sheet in sheets_of(attempt)).split()


def rendered(attempt: Attempt) -> list[str]:
    """The words of the page, because the space between two questions means nothing."""
    context = {"questions": displayed_questions(attempt), "total": attempt.length}
    return render_to_string("exam/_questions.html", context).split()


def test_put_together_they_are_what_rendering_gives(running: Attempt) -> None:
    assert put_together(running) == rendered(running)


def test_kept_ones_serve_another_order_and_other_positions(running: Attempt) -> None:
    before = put_together(running)
    form = running.exam_form
    form.version_ids = form.version_ids[::-1]
    running.option_orders = [order[::-1] for order in running.option_orders[::-1]]

    assert put_together(running) == rendered(running) != before


def test_once_all_are_kept_one_statement_is_enough(running: Attempt) -> None:
    sheets_of(running)
    with CaptureQueriesContext(connection) as captured:
        sheets_of(running)
    assert len(captured) == 1


def test_where_few_can_be_kept_the_page_stays_whole(
    running: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_sheets, "MOST_KEPT", 1)
    assert put_together(running) == rendered(running)
    assert put_together(running) == rendered(running)


def test_other_content_under_the_same_number_is_rendered_anew(running: Attempt) -> None:
    """As after a restore of another database under a running process."""
    sheets_of(running)
    first = running.exam_form.version_ids[0]
    QuestionVersion.objects.filter(pk=first).update(
        stem_html="<p>Quite another question</p>", content_hash="another"
    )
    assert put_together(running) == rendered(running)


def test_what_a_question_says_is_never_taken_for_a_place(running: Attempt) -> None:
    first = running.exam_form.version_ids[0]
    hostile = "[0] [position] \\1 {0} %(position)s [x:0]"
    QuestionVersion.objects.filter(pk=first).update(stem_html=hostile, content_hash="hostile")
    Option.objects.filter(version_id=first).update(html=hostile)
    assert put_together(running) == rendered(running)
