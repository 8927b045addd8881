"""The blueprint editor as an instructor meets it: forms, report, conflict, preview."""

import re
from fractions import Fraction
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from exam.forms.blueprint_parts import initial_of, misfit
from exam.forms.shares import read_panel, read_share
from exam.models import Blueprint, ExamForm, Scale
from exam.selectors.blueprints import as_percent, rules_of
from exam.selectors.pool import current_equating
from exam.services.blueprint_editing import change_blueprint, create_blueprint
from questions.models import Bank, Question, QuestionStatus
from tests.factories import InstructorFactory

HTMX = {"HTTP_HX_REQUEST": "true"}
PAGES = [
    ("blueprints", []),
    ("blueprint", ["tiny"]),
    ("blueprint_forms", ["tiny"]),
    ("preview_blueprint", ["tiny"]),
    ("new_blueprint", ["tiny"]),
]
POSTS = [
    ("check_blueprint", ["tiny"]),
    ("preview_typed", ["tiny"]),
    ("check_new_blueprint", ["tiny"]),
    ("preview_new_blueprint", ["tiny"]),
]


@pytest.fixture
def editor(db: None) -> User:
    return InstructorFactory(display_name="Grace", password=None)


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    """An instructor's browser, signed in."""
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(blueprint: Blueprint, **changes: Any) -> dict[str, Any]:
    """The form as it is shown, with some fields changed; None leaves one out."""
    shown = initial_of(blueprint) | {"base": blueprint.version} | changes
    return {
        name: value for name, value in shown.items() if value is not None and value is not False
    }


def in_hundredths(count: int) -> Fraction:
    return Fraction(count, 10_000)


def post(desk: Client, name: str, data: dict[str, Any], *args: str, **extra: Any) -> HttpResponse:
    return desk.post(reverse(f"exam:{name}", args=args or ["tiny"]), data, **extra)


def words_of(response: HttpResponse) -> str:
    """What a page says, without its markup."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


# ------------------------------------------------------------------ who and where
def test_only_instructors_come_in(page: Client, blueprint: Blueprint) -> None:
    for name, args in PAGES:
        assert page.get(reverse(f"exam:{name}", args=args)).status_code == 403
    for name, args in POSTS:
        assert page.post(reverse(f"exam:{name}", args=args)).status_code == 403


def test_an_address_of_nothing_is_a_404(desk: Client, blueprint: Blueprint) -> None:
    for name, args in PAGES[1:]:
        none = ["none" for _arg in args]
        assert desk.get(reverse(f"exam:{name}", args=none)).status_code == 404
    for name, args in POSTS:
        none = ["none" for _arg in args]
        assert desk.post(reverse(f"exam:{name}", args=none)).status_code == 404


def test_the_list_says_what_each_exam_is(desk: Client, blueprint: Blueprint) -> None:
    Bank.objects.create(slug="bare", title="A bare bank")
    words = words_of(desk.get(reverse("exam:blueprints")))
    assert "A bare bank New exam A bare bank This bank has no exam yet." in words
    assert "Kitchen Basics exam Version 1, from the bank’s files Open 6, of which 4 count 10" in (
        words
    )


def test_the_list_takes_as_many_statements_with_three_exams_as_with_one(
    desk: Client, blueprint: Blueprint, editor: User
) -> None:
    taken = []
    for made in (0, 2):
        for turn in range(made):
            rules = rules_of(blueprint) | {"minutes": 20 + turn}
            create_blueprint(blueprint.bank, rules, None, by=editor)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(reverse("exam:blueprints")).status_code == 200
        taken.append(len(captured))
    assert taken[0] == taken[1] <= 5


def test_the_editor_takes_as_many_statements_with_three_versions_as_with_one(
    desk: Client, blueprint: Blueprint, editor: User
) -> None:
    desk.get(reverse("exam:blueprint", args=["tiny"]))  # fills the process's pool
    taken = []
    for minutes in ((), (20, 30)):
        for n in minutes:
            current = Blueprint.objects.get(slug="tiny", is_current=True)
            rules = rules_of(current) | {"minutes": n}
            change_blueprint("tiny", rules, None, base=current.version, by=editor)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(reverse("exam:blueprint", args=["tiny"])).status_code == 200
        taken.append(len(captured))
    assert taken[0] == taken[1] <= 20


def test_who_comes_back_to_an_address_of_the_form_gets_the_form(
    desk: Client, blueprint: Blueprint
) -> None:
    for name, args in POSTS:
        form = "new_blueprint" if "new" in name else "blueprint"
        answer = desk.get(reverse(f"exam:{name}", args=args))
        assert answer["Location"] == reverse(f"exam:{form}", args=args)


@given(st.fractions(0, 1, max_denominator=9999) | st.integers(0, 10_000).map(in_hundredths))
def test_a_share_is_read_as_it_was_written(share: Fraction) -> None:
    assert read_share(as_percent(share)) == share


# ------------------------------------------------------------------ saving
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


# ------------------------------------------------------------------ the panel
def test_a_panels_ratings_set_the_cut_and_stay_in_its_rationale(
    desk: Client, blueprint: Blueprint
) -> None:
    questions = Question.objects.filter(code__startswith="tiny-1")
    codes = list(questions.values_list("code", flat=True)[:2])
    panel = f"{codes[0]}  60 70\n{codes[1]}; 40; 50 %\n2: 45.4, 72,6"
    data = typed(blueprint, cut_by="panel", panel=panel, rationale="Ada and Grace.")
    assert post(desk, "blueprint", data).status_code == 302
    scale = current_equating(Blueprint.objects.get(slug="tiny", is_current=True)).scale
    # Ada: (50 + 45.4)/2 = 47.7; Grace: (60 + 72.6)/2 = 66.3; their mean is 57.
    assert scale.cut_share == "57/100"
    assert scale.rationale.splitlines()[:3] == [
        "Ada and Grace.",
        "",
        "2 judges: 47.7 %, 66.3 %. Mean 57 %, standard error 9.3 %.",
    ]
    assert scale.rationale.endswith("2: 45.4, 72,6")


@pytest.mark.parametrize(
    ("panel", "sentence"),
    [
        ("", "Enter the panel’s ratings, or set the cut in another way."),
        ("1 50", "Domain 2 has no rating."),
        ("1 50\n2 60 70", "Line 2 has 2 ratings, the first line has 1."),
        ("1 50\n\n2 sixty", "Line 3: “sixty” is not a percentage from 0 to 100."),
        ("1 50\n2 101", "Line 2: “101” is not a percentage from 0 to 100."),
        ("1 50\n2", "Line 2 has no rating."),
        ("1,,\n2", "Line 1 has no rating."),
        ("1 50\n2 50\n9 50", "Line 3: the bank has no domain and no question “9”."),
        ("1 0.5\n2 0.6", "Enter the ratings in percent, such as 65, not as 0.65."),
        ("1 50\n" * 2001, "At most 2000 lines with the ratings of 50 judges fit here."),
        ("1 " + "50 " * 51, "At most 2000 lines with the ratings of 50 judges fit here."),
    ],
)
def test_ratings_that_cannot_be_read_are_named_by_their_line(
    blueprint: Blueprint, panel: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        read_panel(panel, blueprint.bank, {1: 0.5, 2: 0.5})
    assert refused.value.messages == [sentence]


def test_a_panel_that_cannot_be_read_changes_nothing(desk: Client, blueprint: Blueprint) -> None:
    for panel, sentence in (
        ("1 50", "Domain 2 has no rating."),
        ("1 100\n2 100", "The cut must come out from 1 to 99 percent."),
    ):
        data = typed(blueprint, cut_by="panel", panel=panel, rationale="Two judges.")
        assert post(desk, "blueprint", data).context["form"].errors == {"panel": [sentence]}
    assert Scale.objects.count() == 1


# ------------------------------------------------------------------ the live report
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


# ------------------------------------------------------------------ the preview
def test_a_preview_shows_a_whole_form_and_stores_nothing(
    desk: Client, blueprint: Blueprint
) -> None:
    address = reverse("exam:preview_blueprint", args=["tiny"])
    answer = desk.get(address)
    shown = answer.context["preview"]
    codes = [question.code for question in shown.questions]
    assert len(set(codes)) == 6
    assert sum(question.is_pilot for question in shown.questions) == 2
    assert all(code in words_of(answer) for code in codes)
    assert [aim.name for aim in shown.aims][4:] == ["Craft", "Science"]
    assert sum(aim.actual for aim in shown.aims[4:]) == 6
    assert desk.get(address).context["preview"] == shown
    others = {
        tuple(q.code for q in desk.get(address, {"seed": n}).context["preview"].questions)
        for n in range(2, 6)
    }
    assert len(others | {tuple(codes)}) > 1
    assert not ExamForm.objects.exists()


def test_the_aims_of_a_preview_are_the_sums_of_its_questions(
    desk: Client, blueprint: Blueprint
) -> None:
    shown = desk.get(reverse("exam:preview_blueprint", args=["tiny"])).context["preview"]
    chances = [q.chance / 100 for q in shown.questions if not q.is_pilot]
    assert shown.aims[1].actual == pytest.approx(sum(chances), abs=0.02)
    information = sum(p * (1 - p) for p in chances)
    assert shown.aims[3].actual == pytest.approx(information, abs=0.02)
    assert shown.aims[0].actual < shown.aims[1].actual < shown.aims[2].actual
    curve = dict(shown.curve)
    for distance, aim in zip((-1.0, 0.0, 1.0), shown.aims, strict=False):
        assert curve[distance] == pytest.approx(aim.actual)
        assert (distance, aim.wanted) in shown.wanted


@pytest.mark.parametrize("seed", ["", "x", "-3", "²", "9" * 300, "1.5"])
def test_any_seed_gives_a_preview(desk: Client, blueprint: Blueprint, seed: str) -> None:
    answer = desk.get(reverse("exam:preview_blueprint", args=["tiny"]), {"seed": seed})
    assert answer.context["preview"].seed == 1


def test_what_is_typed_can_be_previewed_and_gone_on_with(
    desk: Client, blueprint: Blueprint
) -> None:
    data = typed(blueprint, scored="2", pilots="1", title="Not saved")
    answer = post(desk, "preview_typed", data)
    assert len(answer.context["preview"].questions) == 3
    kept = dict(answer.context["typed"])
    another = post(desk, "preview_typed", kept | {"seed": "2"})
    assert another.context["preview"].seed == 2
    back = post(desk, "check_blueprint", kept)
    assert back.context["form"]["title"].value() == "Not saved"
    assert len(post(desk, "preview_new_blueprint", data).context["preview"].questions) == 3
    assert (Blueprint.objects.count(), ExamForm.objects.count()) == (1, 0)


def test_a_preview_of_wrong_rules_is_the_form_with_its_errors(
    desk: Client, blueprint: Blueprint
) -> None:
    answer = post(desk, "preview_typed", typed(blueprint, weight_1="45"))
    assert answer.context["form"].errors == {
        "weight_1": ["The weights together are 95 %, not 100 %."]
    }


def test_a_bank_that_is_too_small_for_a_preview_says_what_is_short(
    desk: Client, blueprint: Blueprint
) -> None:
    answer = post(desk, "preview_typed", typed(blueprint, scored="30", pilots="0"))
    assert "No form can be drawn. Domain 1 is short of 4 scored questions" in words_of(answer)
