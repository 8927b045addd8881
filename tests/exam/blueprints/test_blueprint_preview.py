"""The preview of the blueprint editor: a whole form, drawn and not stored."""

import pytest
from django.test import Client
from django.urls import reverse

from exam.models import Blueprint, ExamForm
from tests.exam.blueprints.blueprint_pages import post, typed, words_of


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
