"""The list of figures and the page of one question, as an instructor uses them."""

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exam.engine.items.concerns import Code
from exam.models import Blueprint, Calibration, ItemParameter
from exam.services.results.reports import report_question
from questions.models import Bank, Question, QuestionVersion, Review
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.factories import InstructorFactory, UserFactory
from tests.visitors import text_of

from .figures import current, figures

pytestmark = pytest.mark.django_db
GROUPS = [
    {"ability": -1.2, "responses": 40, "right": 0.4, "expected": 0.35},
    {"ability": 0.3, "responses": 40, "right": 0.6, "expected": 0.7},
    {"ability": 1.4, "responses": 40, "right": 0.95, "expected": 0.85},
]


@pytest.fixture
def bank(blueprint: Blueprint) -> Bank:
    return blueprint.bank


def listed(bank: Bank, **asked: str) -> str:
    return reverse("measurement:items", args=[bank.slug], query=asked or None)


def order(text: str, versions: list[QuestionVersion]) -> list[int]:
    """Which of them stands where: 0 first."""
    found = [text.find(f">{version.question.code}<") for version in versions]
    assert min(found) > 0
    return sorted(range(len(found)), key=found.__getitem__)


def test_it_is_put_in_order_by_every_column_and_what_is_not_known_comes_last(
    desk: Client, bank: Bank
):
    a, b, c = versions = current(bank)[:3]
    figures(a, facility=0.5, discrimination=0.1, infit=1.1, responses=3)
    figures(b, facility=0.9, discrimination=None, infit=None, responses=2)
    figures(c, facility=0.1, discrimination=0.4, infit=0.9, responses=9)
    assert order(text_of(desk, listed(bank)), versions) == [0, 1, 2]
    wanted = {
        "facility": [2, 0, 1],
        "-facility": [1, 0, 2],
        "discrimination": [0, 2, 1],
        "-discrimination": [2, 0, 1],
        "infit": [2, 0, 1],
        "-responses": [2, 0, 1],
        "nonsense": [0, 1, 2],
    }
    found = {sort: order(text_of(desk, listed(bank, sort=sort)), versions) for sort in wanted}
    assert found == wanted
    text = text_of(desk, listed(bank, sort="facility"))
    assert 'aria-sort="ascending"' in text
    assert "sort=-facility" in text


def test_it_can_be_narrowed_to_a_domain_and_a_status(desk: Client, bank: Bank):
    rows = {version: figures(version).pk for version in current(bank)}
    first = next(v for v in rows if v.subdomain.domain.number == 1)
    other = next(v for v in rows if v.subdomain.domain.number != 1)
    text = text_of(desk, listed(bank, domain="1"))
    assert first.question.code in text
    assert f">{other.question.code}<" not in text
    Question.objects.filter(pk=first.question_id).update(status="retired")
    assert f">{first.question.code}<" not in text_of(desk, listed(bank))
    assert f">{first.question.code}<" in text_of(desk, listed(bank, status="retired"))
    assert "No question fits." in text_of(desk, listed(bank, domain="1", status="in_review"))
    assert text_of(desk, listed(bank, domain="99", page="1000"))


def test_the_file_has_every_row_in_the_same_order(desk: Client, bank: Bank):
    a, b = current(bank)[:2]
    figures(a, facility=0.25, infit=None)
    figures(b, facility=0.75)
    address = reverse("measurement:items_table", args=[bank.slug, "csv"])
    file = desk.get(address, {"sort": "-facility"}).getvalue().decode("utf-8-sig")
    lines = list(csv.DictReader(StringIO(file)))
    assert [(line["code"], line["facility"], line["infit"]) for line in lines] == [
        (b.question.code, "0.75", ""),
        (a.question.code, "0.25", ""),
    ]
    assert desk.get(reverse("measurement:items_table", args=[bank.slug, "xlsx"])).status_code == 200


def test_the_list_takes_at_most_eight_statements_however_long(desk: Client, bank: Bank):
    def taken() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(desk, listed(bank))
        return len(captured)

    versions = current(bank)
    figures(versions[0])
    one = taken()
    for version in versions[1:4]:
        figures(version, Code.REPORTS)
    assert taken() == one <= 8


# ------------------------------------------------------------------ one question
def test_a_question_shows_its_evidence_figures_curve_and_what_people_said(
    desk: Client, blueprint: Blueprint
):
    attempt = sit(UserFactory(), blueprint, at=NOON, right=[1])
    version = QuestionVersion.objects.get(pk=attempt.exam_form.version_ids[0])
    report_question(attempt, 1, "Both are right, I think.")
    reviewer = InstructorFactory(display_name="Hedy")
    Review.objects.create(version=version, reviewer=reviewer, answer=0, decision="returned")
    for number, difficulty in enumerate((0.0, 0.61, 0.52)):
        made, _new = Calibration.objects.get_or_create(
            bank=blueprint.bank, number=number, defaults={"engine_version": "1"}
        )
        ItemParameter.objects.update_or_create(
            calibration=made,
            version=version,
            defaults={"difficulty": difficulty, "variance": 0.04},
        )
    figures(
        version,
        Code.DISTRACTOR,
        difficulty=0.52,
        infit=1.3,
        outfit=1.6,
        groups=GROUPS,
        right_to_wrong=7,
        wrong_to_right=5,
    )
    text = text_of(desk, reverse("measurement:item", args=[version.pk]))
    for words in (
        "One thing speaks against it",
        "B is chosen by better candidates than the key A",
        "Both are right, I think.",
        "Hedy",
        "Not the key",
        "0.13 and 0.91",
        "5 from wrong to right, 7 from right to wrong.",
        'class="curve"',
        "95 %",
    ):
        assert words in text, words
    assert reverse("questions:edit", args=[version.question_id]) in text
    assert f"/measurement/versions/{version.pk}/key/" in text


def test_with_few_answers_it_says_that_they_say_little(desk: Client, bank: Bank):
    version = current(bank)[0]
    figures(version, responses=12, infit=1.0, outfit=1.0)
    text = text_of(desk, reverse("measurement:item", args=[version.pk]))
    assert "Too few answers to say much: 12 of 50." in text
    assert "Too few to judge: 12 of 100." in text


def test_a_question_without_figures_says_when_they_come(desk: Client, bank: Bank):
    version = current(bank)[0]
    text = text_of(desk, reverse("measurement:item", args=[version.pk]))
    assert "Not counted yet" in text
    figures(version, responses=0, facility=None, discrimination=None, options=[])
    text = text_of(desk, reverse("measurement:item", args=[version.pk]))
    assert "Too few answers to say much: 0 of 50." in text
    assert desk.get(reverse("measurement:item", args=[999999])).status_code == 404


def test_the_figures_on_the_bank_page_lead_to_it(desk: Client, bank: Bank):
    version = current(bank)[0]
    address = reverse("exam:question_figures", args=[version.question_id])
    text = desk.get(address, headers={"HX-Request": "true"}).content.decode()
    assert reverse("measurement:item", args=[version.pk]) in text


def test_candidates_see_none_of_it(page: Client, bank: Bank):
    version = current(bank)[0]
    addresses = [
        listed(bank),
        reverse("measurement:keys", args=[bank.slug]),
        reverse("measurement:item", args=[version.pk]),
        reverse("measurement:items_table", args=[bank.slug, "csv"]),
        reverse("measurement:comparisons", args=[bank.slug]),
    ]
    assert {page.get(address).status_code for address in addresses} == {403}
