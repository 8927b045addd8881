"""The live report of the blueprint editor: what a bank lacks for the rules typed."""

import re

from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.models import Blueprint
from exam.selectors.blueprints.blueprints import rules_of
from exam.services.blueprints.blueprint_editing import create_blueprint
from questions.models import Bank, Question, QuestionStatus
from tests.exam.blueprints.blueprint_pages import HTMX, post, typed, words_of


def test_the_report_follows_what_is_typed(desk: Client, blueprint: Blueprint) -> None:
    easy = typed(blueprint, scored="3", pilots="0", area_craft="", area_science="")
    answer = post(desk, "check_blueprint", easy, **HTMX)
    report = answer.context["gaps"]
    assert report.headline in words_of(answer)
    assert "HX-Request" in answer["Vary"]
    assert "<html" not in answer.content.decode()
    rows = [(row.code, row.needed, row.active, row.on_trial, row.forms) for row in report.rows]
    assert rows == [
        ("1", 2, 11, 1, 5),
        ("1.1", 1, 6, 0, 6),
        ("1.2", 1, 5, 1, 6),
        ("2", 1, 5, 1, 5),
        ("2.1", 1, 5, 1, 6),
    ]


def test_the_report_names_what_is_short(desk: Client, blueprint: Blueprint) -> None:
    lots = typed(blueprint, scored="20", pilots="0", weight_1="30", weight_2="70")
    report = post(desk, "check_blueprint", lots, **HTMX).context["gaps"]
    assert report.headline == (
        "This bank cannot fill this exam: Domain 2 is short of 9 active questions."
    )
    Question.objects.filter(code__startswith="tiny-1.2").update(status=QuestionStatus.PILOT)
    Bank.objects.filter(slug="tiny").update(revision=99)
    lots = typed(blueprint, scored="12", pilots="0", subdomain_minimum="3")
    report = post(desk, "check_blueprint", lots, **HTMX).context["gaps"]
    assert report.lacking == (
        "1.2 is short of 3 active questions",
        "Domain 2 is short of 1 active question",
    )
    assert [row.on_trial for row in report.rows if row.code == "1.2"] == [6]


def test_the_report_waits_until_the_rules_fit_and_says_what_does_not(
    desk: Client, blueprint: Blueprint
) -> None:
    wrong = typed(blueprint, title="", weight_1="45", minutes="x")
    answer = post(desk, "check_blueprint", wrong, **HTMX)
    assert answer.context["gaps"] is None
    assert answer.context["gap_errors"] == ["1 Heat: The weights together are 95 %, not 100 %."]
    assert "1 Heat: The weights together are 95 %, not 100 %." in words_of(answer)
    # What has nothing to do with drawing a form does not stop the count.
    right = typed(blueprint, title="", minutes="x", rationale="")
    assert post(desk, "check_blueprint", right, **HTMX).context["gaps"] is not None


def test_without_scripts_the_same_address_gives_the_whole_form_back(
    desk: Client, blueprint: Blueprint
) -> None:
    answer = post(desk, "check_blueprint", typed(blueprint, title="Still typing"))
    assert answer.context["form"]["title"].value() == "Still typing"
    assert answer.context["gaps"].headline in words_of(answer)
    assert Blueprint.objects.count() == 1


def test_the_list_counts_forms_for_each_exam(
    desk: Client, blueprint: Blueprint, editor: User
) -> None:
    rules = rules_of(blueprint) | {"length": 1, "scored": 1, "weights": {"1": "1"}, "areas": {}}
    create_blueprint(
        blueprint.bank, rules | {"title": "One", "subdomain_minimum": 0}, None, by=editor
    )
    answer = desk.get(reverse("exam:blueprint_forms", args=["one"]))
    words = rb"\d+ forms?( or more)?|forms, not equally hard"
    assert re.fullmatch(words, answer.content)
    Question.objects.update(status=QuestionStatus.RETIRED)
    Bank.objects.filter(slug="tiny").update(revision=98)
    answer = desk.get(reverse("exam:blueprint_forms", args=["one"]))
    assert answer.content == b"no form"
