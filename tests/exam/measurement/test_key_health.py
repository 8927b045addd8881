"""The key-health board: order, narrowing, what a reviewer may not see yet, files, statements."""

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exam.engine.items.concerns import Code
from exam.models import Blueprint, Comparison, Job
from exam.selectors.measurement.evidence import LABELS, MEANINGS, sentence_of
from questions.models import Bank, KeyChange, Question
from questions.selectors.editor import opened
from questions.services.drafting import save_draft
from questions.services.reviewing import send_to_review
from tests.factories import InstructorFactory
from tests.visitors import text_of

from .figures import AT, FIGURES, current, figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(blueprint: Blueprint) -> Bank:
    return blueprint.bank


def board(bank: Bank, **asked: str) -> str:
    return reverse("measurement:keys", args=[bank.slug], query=asked or None)


def places(text: str, *codes: str) -> list[int]:
    return [text.find(f">{code}<") for code in codes]


@pytest.mark.parametrize("code", Code)
def test_every_concern_has_words_and_says_its_figures(code: Code):
    sentence = sentence_of({"code": code.value, **FIGURES[code]}, {0: "Newcomers"})
    assert sentence.endswith(".")
    assert any(sign.isdigit() for sign in sentence)
    assert "%(" not in sentence
    assert str(LABELS[code])
    assert str(MEANINGS[code]).endswith(".")


def test_the_sentence_of_a_distractor_names_options_and_both_groups():
    assert sentence_of({"code": "distractor", **FIGURES[Code.DISTRACTOR]}, {}) == (
        "B is chosen by better candidates than the key A: they have 71 % of the other questions "
        "right, against 60 % (40 and 50 answers)."
    )


def test_the_most_certain_comes_first_and_what_is_sound_not_at_all(desk: Client, bank: Bank):
    a, b, c, d = current(bank)[:4]
    figures(a, Code.REPORTS, weight=300)
    figures(b, Code.DISTRACTOR, Code.NEGATIVE, weight=880)
    figures(c, Code.NEGATIVE, weight=500)
    figures(d)
    text = text_of(desk, board(bank))
    first, second, third = places(text, b.question.code, c.question.code, a.question.code)
    assert 0 < first < second < third
    assert d.question.code not in text
    assert "3 questions" in text
    assert reverse("measurement:item", args=[b.pk]) in text


def test_of_many_concerns_the_list_names_three(desk: Client, bank: Bank):
    figures(current(bank)[0], Code.DISTRACTOR, Code.NEGATIVE, Code.REPORTS, Code.MISFIT, Code.DRIFT)
    text = text_of(desk, board(bank))
    assert "2 reports of candidates wait" in text
    assert "And 2 things more." in text
    assert "infit 1.31" not in text


def test_it_can_be_narrowed_to_a_concern_and_a_status(desk: Client, bank: Bank):
    a, b = current(bank)[:2]
    figures(a, Code.REPORTS)
    figures(b, Code.MISFIT)
    Question.objects.filter(pk=b.question_id).update(status="retired")
    assert b.question.code not in text_of(desk, board(bank))
    assert a.question.code not in text_of(desk, board(bank, status="retired"))
    assert b.question.code in text_of(desk, board(bank, status="retired", concern="misfit"))
    both = text_of(desk, board(bank, status="any"))
    assert a.question.code in both and b.question.code in both
    assert "Misfit (1)" in both
    assert "No question fits." in text_of(desk, board(bank, concern="drift"))
    assert a.question.code in text_of(desk, board(bank, concern="nonsense", page="x"))


def test_a_version_that_is_replaced_or_out_of_scoring_is_not_on_it(desk: Client, bank: Bank):
    a, b = current(bank)[:2]
    figures(a, Code.NEGATIVE)
    figures(b, Code.NEGATIVE)
    type(a).objects.filter(pk=a.pk).update(is_dropped=True)
    Question.objects.filter(pk=b.question_id).update(current=None)
    assert "0 questions" in text_of(desk, board(bank, status="any"))


def test_before_the_first_count_it_says_so_and_offers_one(desk: Client, bank: Bank):
    text = text_of(desk, board(bank))
    assert "Nothing has been counted yet." in text
    back = desk.post(reverse("measurement:count", args=[bank.slug]), {"back": board(bank)})
    assert back.url == board(bank)
    assert Job.objects.get().kind == "statistics"
    assert "It begins in a moment." in text_of(desk, board(bank))
    away = desk.post(reverse("measurement:count", args=[bank.slug]), {"back": "//evil.example"})
    assert away.url == board(bank)


def test_a_key_changed_since_the_count_is_told(desk: Client, bank: Bank):
    a = current(bank)[0]
    figures(a, Code.NEGATIVE)
    KeyChange.objects.create(version=a, before=1, after=2, reason="Wrong.", made_at=timezone.now())
    assert "Key changed since" in text_of(desk, board(bank))
    assert "Key changed since" in text_of(desk, reverse("measurement:item", args=[a.pk]))


# ------------------------------------------------------------------ whoever has to answer first
def test_who_is_to_answer_a_change_blind_sees_no_evidence_and_its_author_does(
    desk: Client, bank: Bank, editor: User
):
    version, author = current(bank)[0], InstructorFactory()
    question = version.question
    figures(version, Code.DISTRACTOR)
    content = opened(question).content | {"stem": "Which one is it now?"}
    save_draft(question.pk, content, revision=0, by=author, at=timezone.now())
    send_to_review(question.pk, by=author, at=timezone.now())
    text = text_of(desk, board(bank))
    assert question.code in text
    assert "better candidates" not in text
    assert "Answer it first" in text
    table = desk.get(reverse("measurement:keys_table", args=[bank.slug, "csv"])).getvalue().decode()
    assert question.code in table and "better candidates" not in table
    page = desk.get(reverse("measurement:item", args=[version.pk]))
    assert page.url == reverse("questions:review", args=[question.pk])
    desk.force_login(author, backend="accounts.backends.PasswordBackend")
    assert "better candidates" in text_of(desk, board(bank))
    assert "better candidates" in text_of(desk, reverse("measurement:item", args=[version.pk]))


# ------------------------------------------------------------------ files and statements
def test_the_file_has_a_line_for_each_concern(desk: Client, bank: Bank):
    a, b = current(bank)[:2]
    comparison = Comparison.objects.create(bank=bank, name="Newcomers", created_at=AT)
    row = figures(a, Code.FUNCTIONING, Code.REPORTS, weight=700)
    row.concerns[0]["comparison"] = comparison.pk
    row.save()
    figures(b, Code.TOO_EASY, weight=90)
    address = reverse("measurement:keys_table", args=[bank.slug, "csv"])
    lines = list(csv.DictReader(StringIO(desk.get(address).getvalue().decode("utf-8-sig"))))
    assert [(line["rank"], line["code"], line["concern"]) for line in lines] == [
        ("1", a.question.code, "Harder for one group"),
        ("1", a.question.code, "Reports of candidates"),
        ("2", b.question.code, "Too easy"),
    ]
    assert lines[0]["evidence"].startswith("Newcomers: much harder")
    only = desk.get(address, {"concern": "too_easy"}).getvalue().decode()
    assert only.count("\n") == 2
    book = desk.get(reverse("measurement:keys_table", args=[bank.slug, "xlsx"]))
    assert book.getvalue()[:2] == b"PK"


def test_the_board_takes_as_many_statements_for_three_as_for_one(desk: Client, bank: Bank):
    def taken() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(desk, board(bank))
        return len(captured)

    a, b, c = current(bank)[:3]
    figures(a, Code.REPORTS, Code.FUNCTIONING)
    one = taken()
    figures(b, Code.NEGATIVE)
    figures(c, Code.FUNCTIONING)
    assert taken() == one <= 12
