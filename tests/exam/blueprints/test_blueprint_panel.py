"""A panel's ratings typed into the blueprint editor, and the cut that comes of them."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from exam.forms.shares import read_panel
from exam.models import Blueprint, Scale
from exam.selectors.blueprints.pool import current_equating
from questions.models import Question
from tests.exam.blueprints.blueprint_pages import post, typed


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
