"""What the editor shows beside the text: checks, the preview, pictures."""

import io

import pytest
from django.db import connection
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import User
from questions.formats.record import EMPTY
from questions.forms.manuscript import Manuscript
from questions.models import Bank, Draft, Picture, Question
from questions.services.drafting import create_question
from questions.services.reviewing import send_to_review
from tests.factories import InstructorFactory
from tests.questions.editing import at, look, sent
from tests.questions.pages import browser as signed_in
from tests.questions.proposals import WORDS

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ checks and preview
def test_the_preview_shows_markdown_code_and_formulas_and_no_script(
    desk: Client, question: Question
):
    stem = "Use `fit()` and $x^2$.\n\n<script>alert(1)</script> What is it?"
    page = look(desk, question, stem=stem)
    assert "<code>fit()</code>" in page
    assert "<math" in page
    assert "<script" not in page
    assert Draft.objects.get(question=question).revision == 1  # looking stores nothing


def test_every_finding_names_its_field_its_words_and_its_source(desk: Client, question: Question):
    page = desk.post(at("look", question), sent(EMPTY | WORDS, 1, stem="", subdomain=""))
    found = {(f["slot"], f["level"].value, f["message"]) for f in page.context["findings"]}
    assert ("stem", "block", "There is no stem.") in found
    assert ("subdomain", "block", "No sub-domain is chosen.") in found
    assert all(f["source"] for f in page.context["findings"])
    assert 'href="#findings-stem"' in page.content.decode()


def test_a_finding_on_an_option_points_at_its_row_wherever_that_moved(
    desk: Client, question: Question
):
    data = sent(EMPTY | WORDS, 1, option=["3", "2", "1", "0"], **{"option-2-text": ""})
    found = desk.post(at("look", question), data).context["findings"]
    assert "option-2-text" in [finding["slot"] for finding in found]


def test_a_question_that_asks_nearly_the_same_is_named(
    desk: Client, bank: Bank, question: Question
):
    other = create_question(bank, by=None, at=timezone.now(), content=WORDS)
    assert other.code in look(desk, question)


def test_a_chart_that_reaches_out_is_refused_in_words(desk: Client, question: Question):
    chart = '{"data": {"url": "https://example.org/x.csv"}, "mark": "bar", "encoding": {}}'
    page = look(desk, question, exhibit="chart", chart=chart)
    assert "The exhibit cannot be shown." in page
    assert "<svg" not in page.split("look-seen")[1].split("<fieldset")[0]


def test_looking_takes_at_most_ten_statements(desk: Client, question: Question):
    look(desk, question)
    with CaptureQueriesContext(connection) as captured:
        look(desk, question)
    assert len(captured) <= 10


def test_what_is_not_written_yet_is_told_from_what_is_wrong(desk: Client, question: Question):
    wrong = {"reference-0-url": "example.org", "explanation": ""}
    page = desk.post(at("look", question), sent(EMPTY | WORDS, 1, **wrong))
    told = {finding["field"]: finding["is_missing"] for finding in page.context["findings"]}
    assert told == {"explanation": True, "references": False}


def test_the_preview_the_review_and_the_exam_share_one_markup(
    desk: Client, question: Question, author: User
):
    looked = desk.post(at("look", question), sent(EMPTY | WORDS, 1))
    send_to_review(question.pk, by=author, at=timezone.now())
    reviewed = signed_in(InstructorFactory()).get(at("review", question))
    asked = [
        [template.name for template in page.templates].count("exam/_asked.html")
        for page in (looked, reviewed)
    ]
    assert asked == [1, 1]
    assert 'include "exam/_asked.html"' in get_template("exam/_question.html").template.source


def test_hostile_numbers_of_rows_are_bounded(bank: Bank, question: Question, desk: Client):
    numbers = [str(n) for n in range(5000)] + ["٣", "-1", "x"]
    page = desk.post(at("look", question), {"revision": 1, "option": numbers, "stem": "?"})
    assert page.status_code in (200, 400)
    written = Manuscript.sent(bank, page.wsgi_request.POST) if page.status_code == 200 else None
    assert written is None or len(written.options) == 10


# ------------------------------------------------------------------ pictures
def picture(kind: str = "PNG") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, kind)
    out.seek(0)
    out.name = "picture.png"
    return out


def test_a_picture_is_stored_and_shown_in_the_preview(desk: Client, question: Question):
    name = desk.post(reverse("questions:upload"), {"picture": picture()}).json()["name"]
    assert name == Picture.objects.get().name
    page = look(desk, question, exhibit="picture", picture=name, exhibit_alt="A red square")
    assert f'src="/pictures/{name}"' in page


def test_what_is_no_picture_is_refused(desk: Client):
    file = io.BytesIO(b"<svg onload=alert(1)>")
    file.name = "x.png"
    answer = desk.post(reverse("questions:upload"), {"picture": file})
    assert (answer.status_code, "not a PNG" in answer.json()["words"]) == (422, True)
    assert desk.post(reverse("questions:upload")).status_code == 422
    assert not Picture.objects.exists()
