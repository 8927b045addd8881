"""Practice through its pages: the choices, the answers as they come, the summary."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.engine.practice.choosing import Mode
from exam.models import Blueprint, Practice, Response
from exam.selectors.practice.practice import practice_items, practices_for
from exam.selectors.practice.practice_done import Line, practice_done
from exam.selectors.practice.practice_screen import practice_screen
from tests.exam.builders import ALL, choices, met_questions, practise, sit
from tests.exam.conftest import NOON, batch, change


# ------------------------------------------------------------------ the summary
def test_the_summary_counts_what_was_answered(blueprint: Blueprint, candidate: User) -> None:
    done = practise(
        candidate,
        blueprint,
        at=NOON,
        right=[1, 2],
        left=range(5, 17),
        sure=[1, 3],
        miss={3: "slip"},
    )
    found = practice_done(done)
    assert (found.right, found.wrong, found.left) == (2, 2, 12)
    assert (found.sure_wrong, found.unsaid) == (1, 1)
    assert sum(line.count for line in found.lines) == 4
    assert all(isinstance(line, Line) and line.right <= line.count for line in found.lines)


# ------------------------------------------------------------------ through the pages
def test_the_screen_says_how_many_questions_each_choice_has(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    practise(candidate, blueprint, at=datetime.now(UTC) - timedelta(hours=1), right=range(1, 15))
    screen = practice_screen(candidate, blueprint, datetime.now(UTC))
    assert (screen.total, screen.counts[Mode.MISSED], screen.counts[Mode.UNSEEN]) == (16, 2, 0)
    assert [(part.code, part.total) for part in screen.subdomains] == [
        ("1.1", 6),
        ("1.2", 5),
        ("2.1", 5),
    ]
    html = page.get(reverse("exam:practice")).content.decode()
    assert html.count('value="missed"') == 2  # the list, and the mix's "only missed"
    assert 'value="changed"' not in html


def test_choosing_a_drill_opens_it_on_the_page_of_the_exam(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    answer = page.post(
        reverse("exam:practice_start"), {"mode": "drill", "parts": "2.1", "bank": "tiny"}
    )
    begun = practices_for(candidate).get()
    assert answer["Location"] == reverse("exam:sitting", kwargs={"pk": begun.pk})
    assert begun.practice.title == "Drill: 2.1 Weigh and scale"
    html = page.get(answer["Location"]).content.decode()
    assert html.count('class="answer"') == html.count('class="question"') == 5
    assert "Finish practice" in html


def test_answers_that_come_at_the_end_are_not_on_the_page(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    page.post(reverse("exam:practice_start"), {"mode": "mix", "count": "3", "show": "at_end"})
    begun = practices_for(candidate).get()
    html = page.get(reverse("exam:sitting", kwargs={"pk": begun.pk})).content.decode()
    assert begun.length == 3
    assert "zz-sentinel-rationale" not in html
    assert "data-key" not in html


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"count": "0"}, "Choose at least one question."),
        ({"count": "101"}, "At most 100 questions at a time."),
        ({"count": "ten"}, "Enter a whole number."),
        ({"timed": "on"}, "With a clock the answers come at the end."),
        ({"parts": "9.9"}, "9.9 is not one of the available choices"),
        ({"mode": "cram"}, "cram is not one of the available choices"),
    ],
)
def test_a_wrong_wish_is_one_sentence_and_starts_nothing(
    page: Client, blueprint: Blueprint, sent: dict, sentence: str
) -> None:
    answer = page.post(reverse("exam:practice_start"), {"mode": "mix", "count": "5"} | sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Practice.objects.exists()


def test_a_whole_domain_can_be_drilled(page: Client, candidate: User, blueprint: Blueprint) -> None:
    html = page.get(reverse("exam:practice")).content.decode()
    assert 'name="parts" value="1"' in html
    page.post(reverse("exam:practice_start"), {"mode": "drill", "parts": "1"})
    assert practices_for(candidate).get().length == 11


@pytest.mark.parametrize("bank", ["nowhere", "\0", "a" * 99, "'"])
def test_a_bank_that_is_not_there_has_no_practice(
    page: Client, blueprint: Blueprint, bank: str
) -> None:
    text = page.get(reverse("exam:practice"), {"bank": bank}).content.decode()
    assert "There is nothing to practise yet." in text
    assert page.post(reverse("exam:practice_start"), {"bank": bank}).status_code == 302


def test_without_a_question_for_a_choice_the_screen_says_so(
    page: Client, blueprint: Blueprint
) -> None:
    answer = page.post(reverse("exam:practice_start"), {"mode": "due"}, follow=True)
    assert "No question fits this choice right now." in answer.content.decode()


def test_a_finished_practice_shows_its_summary_and_its_review(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    done = practise(candidate, blueprint, at=NOON, right=[1], left=range(3, 17))
    result = reverse("exam:result", kwargs={"pk": done.pk})
    summary = page.get(result, follow=True).content.decode()
    assert "1 of 2 right" in summary
    review = page.get(reverse("exam:review", kwargs={"pk": done.pk})).content.decode()
    assert "Study" in review
    assert page.get(reverse("exam:report", kwargs={"pk": done.pk})).status_code == 404


def test_an_open_practice_leads_back_to_its_page(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    begun = practise(candidate, blueprint, at=datetime.now(UTC), ended=False, count=2)
    sitting = reverse("exam:sitting", kwargs={"pk": begun.pk})
    assert page.get(reverse("exam:practice_done", kwargs={"pk": begun.pk}))["Location"] == sitting
    assert sitting in page.get(reverse("exam:practice")).content.decode()


def test_nobody_sees_the_practice_of_somebody_else(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    other = User.objects.create_user("eve@example.org")
    done = practise(other, blueprint, at=NOON)
    for name in ("practice_done", "sitting", "review"):
        assert page.get(reverse(f"exam:{name}", kwargs={"pk": done.pk})).status_code == 404


def test_a_reason_is_stored_with_one_tap_and_taken_back_with_another(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    exam = sit(candidate, blueprint, at=NOON, right=[1])
    address = reverse("exam:classify_miss", kwargs={"pk": exam.pk, "position": 2})
    for sent, stored in (("misread", "misread"), ("nonsense", "misread"), ("", "")):
        answer = page.post(f"{address}?show=wrong", {"miss": sent})
        assert answer["Location"].endswith(f"/attempts/{exam.pk}/review/2/?show=wrong")
        assert Response.objects.get(attempt=exam, position=2).miss == stored
    right = reverse("exam:classify_miss", kwargs={"pk": exam.pk, "position": 1})
    page.post(right, {"miss": "slip"})
    assert Response.objects.get(attempt=exam, position=1).miss == ""


def test_a_looked_up_answer_is_learnt_from_at_once(
    page: Client, candidate: User, blueprint: Blueprint, django_capture_on_commit_callbacks
) -> None:
    begun = practise(
        candidate, blueprint, at=datetime.now(UTC), ended=False, learned=False, left=ALL
    )
    _key, wrong = choices(begun)[0]
    answer = page.post(
        reverse("exam:sync", kwargs={"pk": begun.pk}),
        json.dumps(batch(1, change(1, 1, wrong, at_ms=5, checked=True))),
        content_type="application/json",
    )
    assert answer.json()["acked"] == {"1": 1}
    items = {item.question: item for item in practice_items(candidate, blueprint.bank)}
    assert not items[met_questions(begun)[0]].met.right
