"""The form of the blueprint editor: what is stored, what is refused, and a conflict."""

from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from exam.forms.blueprint_parts import initial_of, misfit
from exam.forms.shares import read_share
from exam.models import Blueprint, Scale
from exam.selectors.blueprints.blueprints import as_percent, rules_of
from exam.selectors.blueprints.pool import current_equating
from exam.services.blueprints.blueprint_editing import change_blueprint
from questions.models import Bank
from tests.exam.blueprints.blueprint_pages import HTMX, POSTS, post, typed, words_of
from tests.factories import InstructorFactory


def in_hundredths(count: int) -> Fraction:
    return Fraction(count, 10_000)


@given(st.fractions(0, 1, max_denominator=9999) | st.integers(0, 10_000).map(in_hundredths))
def test_a_share_is_read_as_it_was_written(share: Fraction) -> None:
    assert read_share(as_percent(share)) == share


def test_what_is_shown_can_be_saved_as_it_is(desk: Client, blueprint: Blueprint) -> None:
    answer = post(desk, "blueprint", typed(blueprint), follow=True)
    assert "Nothing was different, so no version was added." in words_of(answer)
    assert Blueprint.objects.count() == 1


def test_every_field_is_stored(desk: Client, blueprint: Blueprint, editor: User) -> None:
    data = typed(
        blueprint,
        title="Kitchen finals",
        is_open=None,
        facts="Breaks: none\n\n Aids:  a pan: one ",
        scored="5",
        pilots="0",
        minutes="12",
        grace_seconds="90",
        subdomain_minimum="0",
        weight_1="1/3",
        weight_2="2/3",
        area_craft="62,5 %",
        area_science="37.5",
        scale_minimum="10",
        scale_cut="60",
        scale_maximum="90",
    )
    answer = post(desk, "blueprint", data, follow=True)
    assert "Version 2 is saved. Exams that run now keep theirs." in words_of(answer)
    made = Blueprint.objects.get(slug="tiny", is_current=True)
    assert rules_of(made) == {
        "title": "Kitchen finals",
        "is_open": False,
        "report": "scaled",
        "scored": 5,
        "length": 5,
        "minutes": 12,
        "grace_seconds": 90,
        "weights": {"1": "1/3", "2": "2/3"},
        "subdomain_minimum": 0,
        "areas": {"craft": "5/8", "science": "3/8"},
        "scale_minimum": 10,
        "scale_cut": 60,
        "scale_maximum": 90,
        "facts": [{"label": "Breaks", "value": "none"}, {"label": "Aids", "value": "a pan: one"}],
    }
    assert (made.created_by, current_equating(made).scale.number) == (editor, 1)
    assert initial_of(made)["weight_1"] == "1/3"
    assert post(desk, "blueprint", typed(made), follow=True).status_code == 200
    assert Blueprint.objects.count() == 2


def test_a_domain_left_empty_is_left_out(desk: Client, blueprint: Blueprint) -> None:
    data = typed(blueprint, weight_1="100", weight_2="", area_craft="", area_science="")
    assert post(desk, "blueprint", data).status_code == 302
    made = Blueprint.objects.get(slug="tiny", is_current=True)
    assert (made.weights, made.areas) == ({"1": "1"}, {})


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": ""}, "title", "Give the exam a title."),
        ({"scored": ""}, "scored", "Enter a whole number from 1 to 500."),
        ({"scored": "0"}, "scored", "Enter a whole number from 1 to 500."),
        ({"scored": "4.5"}, "scored", "Enter a whole number from 1 to 500."),
        ({"pilots": "-1"}, "pilots", "Enter a whole number from 0 to 499."),
        ({"scored": "500", "pilots": "1"}, "pilots", "At most 500 questions in all."),
        ({"minutes": "1441"}, "minutes", "Enter a whole number from 1 to 1440."),
        ({"grace_seconds": "59"}, "grace_seconds", "Enter a whole number from 60 to 3600."),
        ({"subdomain_minimum": "-1"}, "subdomain_minimum", "Enter a whole number from 0 to 20."),
        (
            {"subdomain_minimum": "2"},
            "subdomain_minimum",
            "Domain 1 gets 3 questions, but its 2 sub-domains would need 4.",
        ),
        ({"weight_1": "45"}, "weight_1", "The weights together are 95 %, not 100 %."),
        ({"weight_1": "49.99"}, "weight_1", "The weights together are 99.99 %, not 100 %."),
        ({"weight_1": "1/3"}, "weight_1", "The weights together are 5/6, not 100 %."),
        ({"weight_1": "", "weight_2": ""}, "weight_1", "The weights together are 0 %, not 100 %."),
        (
            {"weight_1": "half"},
            "weight_1",
            "Enter a percentage such as 20 or 12.5, or a fraction such as 1/3.",
        ),
        ({"weight_1": "150"}, "weight_1", "Enter a share from 0 to 100 percent."),
        (
            {"weight_1": "-5"},
            "weight_1",
            "Enter a percentage such as 20 or 12.5, or a fraction such as 1/3.",
        ),
        (
            {"weight_1": "1/0"},
            "weight_1",
            "Enter a percentage such as 20 or 12.5, or a fraction such as 1/3.",
        ),
        ({"area_craft": "60"}, "area_craft", "The shares together are 110 %, not 100 %."),
        ({"scale_maximum": "0"}, "scale_maximum", "It must be above the lowest score."),
        (
            {"scale_cut": "500"},
            "scale_cut",
            "It must lie between the lowest and the highest score.",
        ),
        ({"scale_cut": "x"}, "scale_cut", "Enter a whole number from 0 to 30000."),
        (
            {"facts": "no colon"},
            "facts",
            "Each line needs a word, a colon and the note: “Breaks: none”.",
        ),
        ({"facts": "a: b\n" * 31}, "facts", "At most 30 lines, please."),
        (
            {"facts": "a: " + "b" * 501},
            "facts",
            "A line is too long: at most 200 letters, a colon, and 500 more.",
        ),
        (
            {"cut_by": "share", "share": "100", "rationale": "x"},
            "share",
            "Enter a share from 1 to 99 percent.",
        ),
        (
            {"cut_by": "share", "share": "", "rationale": "x"},
            "share",
            "Enter a share from 1 to 99 percent.",
        ),
        (
            {"cut_by": "share", "share": "55", "rationale": " "},
            "rationale",
            "Say in a sentence how the cut was judged.",
        ),
        (
            {"cut_by": "panel", "panel": "1 50\n2 60"},
            "rationale",
            "Say in a sentence how the cut was judged.",
        ),
    ],
)
def test_each_wrong_field_gets_one_sentence_and_nothing_changes(
    desk: Client, blueprint: Blueprint, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = post(desk, "blueprint", typed(blueprint, **changes))
    assert answer.context["form"].errors == {field: [sentence]}
    assert words_of(answer).count(sentence) >= 1
    assert (answer.status_code, Blueprint.objects.count(), Scale.objects.count()) == (200, 1, 1)
    assert rules_of(Blueprint.objects.get()) == rules_of(blueprint)


def test_more_questions_that_count_than_questions_are_refused(blueprint: Blueprint) -> None:
    # Hamilton's method can give a domain fewer questions of a longer form.
    domain = blueprint.bank.domains.get(number=1)
    assert misfit(domain, total=3, scored=4, minimum=0) == (
        "pilots",
        "Domain 1 would get 4 questions that count among only 3. Change one of the numbers by one.",
    )
    assert misfit(domain, total=4, scored=4, minimum=2) is None


@pytest.mark.parametrize("data", [{}, {"base": "x"}, {"title": "\x00", "weight_1": "\x00"}])
def test_rubbish_is_answered_with_the_form(
    desk: Client, blueprint: Blueprint, data: dict[str, str]
) -> None:
    for name in ("blueprint", "new_blueprint"):
        assert post(desk, name, data).status_code == 200
    for name, args in POSTS:
        assert post(desk, name, data, *args).status_code == 200
        assert post(desk, name, data, *args, **HTMX).status_code == 200
    assert Blueprint.objects.count() == 1


def test_a_share_of_right_answers_needs_no_scale(desk: Client, blueprint: Blueprint) -> None:
    data = typed(blueprint, report="percent", scale_cut="", scale_minimum="x", scale_maximum="1")
    assert post(desk, "blueprint", data).status_code == 302
    made = Blueprint.objects.get(slug="tiny", is_current=True)
    assert (made.report, made.scale_minimum, made.scale_cut, made.scale_maximum) == (
        "percent",
        0,
        300,
        500,
    )


def test_two_editors_at_once_see_both_texts(
    desk: Client, blueprint: Blueprint, editor: User
) -> None:
    mine = typed(blueprint, title="Mine <b>", minutes="30")
    other = InstructorFactory(display_name="Mary", password=None)
    rules = rules_of(blueprint) | {"minutes": 45, "title": "Hers & his"}
    change_blueprint("tiny", rules, None, base=1, by=other)
    answer = post(desk, "blueprint", mine)
    words = words_of(answer)
    assert (answer.status_code, Blueprint.objects.count()) == (409, 2)
    assert "Version 2 was saved while you were writing." in words
    assert "by Mary" in words
    assert "Minutes: 10 became 45" in words
    assert "Title: Kitchen Basics exam became Hers &amp; his" in words
    form = answer.context["form"]
    assert (form["title"].value(), form["minutes"].value()) == ("Mine <b>", "30")
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    assert post(desk, "blueprint", again).status_code == 302
    last = Blueprint.objects.get(slug="tiny", is_current=True)
    assert (last.version, last.title, last.minutes) == (3, "Mine <b>", 30)


def test_an_earlier_version_can_be_started_from(
    desk: Client, blueprint: Blueprint, editor: User
) -> None:
    data = typed(blueprint, minutes="30", cut_by="share", share="50", rationale="Two judges.")
    post(desk, "blueprint", data)
    form = desk.get(reverse("exam:blueprint", args=["tiny"]), {"version": "1"}).context["form"]
    shown = {name: form[name].value() for name in ("base", "minutes", "cut_by", "share")}
    assert shown == {"base": 2, "minutes": 10, "cut_by": "share", "share": "60"}
    for asked in ("7", "-1", "x", "²", "9" * 400, ""):
        page = desk.get(reverse("exam:blueprint", args=["tiny"]), {"version": asked})
        assert page.context["form"]["minutes"].value() == 30


def test_a_new_exam_starts_like_the_banks_longest(desk: Client, blueprint: Blueprint) -> None:
    form = desk.get(reverse("exam:new_blueprint", args=["tiny"])).context["form"]
    assert form.initial == initial_of(blueprint) | {"title": "", "is_open": False}
    data = typed(blueprint, title="Quick look", is_open=None, scored="2", pilots="1")
    answer = post(desk, "new_blueprint", data)
    made = Blueprint.objects.get(slug="quick-look")
    assert answer["Location"] == reverse("exam:blueprint", args=["quick-look"])
    assert (made.length, made.scored, made.is_open) == (3, 2, False)


def test_a_bank_without_domains_says_so(desk: Client, db: None) -> None:
    Bank.objects.create(slug="bare", title="A bare bank")
    address = reverse("exam:new_blueprint", args=["bare"])
    assert "This bank has no domain yet." in words_of(desk.get(address))
    data = {"title": "Bare", "report": "percent", "cut_by": "keep", "scored": "1", "pilots": "0"}
    data |= {"minutes": "5", "grace_seconds": "60", "subdomain_minimum": "0"}
    assert "This bank has no domain yet." in words_of(desk.post(address, data))
    assert not Blueprint.objects.filter(bank__slug="bare").exists()
