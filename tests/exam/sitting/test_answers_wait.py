"""While an exam is being sat, nothing else shows the answers to its questions."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Blueprint, QuestionReport
from exam.services.sitting import attempts
from questions.models import QuestionVersion
from tests.exam.builders import practise, sit

SENTINEL = "zz-sentinel-rationale"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def questions(attempt: Attempt) -> set[int]:
    versions = QuestionVersion.objects.filter(pk__in=attempt.exam_form.version_ids)
    return set(versions.values_list("question_id", flat=True))


@pytest.fixture
def sat(candidate: User, blueprint: Blueprint, now: datetime) -> list[Attempt]:
    """So many exams that the bank has nothing new left; the last one is being sat."""
    begun = [now - timedelta(hours=hours) for hours in (5, 4, 3)]
    ended = [sit(candidate, blueprint, at=at, seed=seed) for seed, at in enumerate(begun)]
    running = sit(candidate, blueprint, at=now - timedelta(minutes=6), seed=9, ended=False)
    return [*ended, running]


def closed(page: Client, attempt: Attempt) -> dict[str, bool]:
    """For each way to an answer of an ended exam whether it leads to the report instead."""
    ways = {
        "list": ("get", "review", [], {}),
        "question": ("get", "review_question", [1], {}),
        "replay": ("get", "replay", [], {}),
        "empty remark": ("post", "report_question", [1], {"text": ""}),
        "remark": ("post", "report_question", [1], {"text": "Is this right?"}),
        "why it went wrong": ("post", "classify_miss", [1], {"miss": "slip"}),
    }
    found = {}
    for way, (method, name, args, data) in ways.items():
        answer = getattr(page, method)(reverse(f"exam:{name}", args=[attempt.pk, *args]), data)
        found[way] = answer.get("Location") == reverse("exam:report", args=[attempt.pk])
        assert found[way] != (SENTINEL in answer.content.decode()) or name != "review_question"
    return found


def test_an_earlier_exam_with_a_question_of_this_one_waits(
    page: Client, sat: list[Attempt]
) -> None:
    *ended, running = sat
    shared = [attempt for attempt in ended if questions(attempt) & questions(running)]
    assert shared
    for attempt in shared:
        assert set(closed(page, attempt).values()) == {True}
    assert not QuestionReport.objects.exists()
    html = page.get(reverse("exam:report", args=[shared[0].pk])).content.decode()
    assert "asks some of these questions" in html


def test_in_pieces_it_leads_there_as_a_whole_page(page: Client, sat: list[Attempt]) -> None:
    address = reverse("exam:replay", args=[shared_with_last(sat).pk])
    answer = page.get(address, {"step": "2"}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("exam:report", args=[shared_with_last(sat).pk])


def test_one_that_asks_nothing_of_it_stays_open(
    page: Client, candidate: User, blueprint: Blueprint, now: datetime
) -> None:
    ended = sit(candidate, blueprint, at=now - timedelta(hours=3))
    running = sit(candidate, blueprint, at=now - timedelta(minutes=6), seed=8, ended=False)
    assert not questions(ended) & questions(running)
    assert set(closed(page, ended).values()) == {False}


def test_the_exam_itself_waits_for_nothing(page: Client, sat: list[Attempt]) -> None:
    answer = page.get(reverse("exam:sitting", args=[sat[-1].pk]))
    assert answer.status_code == 200


def test_when_it_is_over_everything_can_be_looked_at_again(
    page: Client, candidate: User, sat: list[Attempt], now: datetime
) -> None:
    attempts.submit(sat[-1].pk, by=EndedBy.CANDIDATE, at=now, candidate=candidate)
    assert set(closed(page, shared_with_last(sat)).values()) == {False}


def test_an_empty_remark_shows_nothing_of_a_practice_that_waits(
    page: Client, candidate: User, blueprint: Blueprint, now: datetime
) -> None:
    done = practise(candidate, blueprint, at=now - timedelta(hours=3), right=[1])
    sit(candidate, blueprint, at=now - timedelta(minutes=6), ended=False)
    answer = page.post(reverse("exam:report_question", args=[done.pk, 1]), {"text": ""})
    assert answer["Location"] == reverse("exam:practice")


def shared_with_last(sat: list[Attempt]) -> Attempt:
    *ended, running = sat
    return next(attempt for attempt in ended if questions(attempt) & questions(running))


def test_the_exam_that_is_being_sat_opens(page: Client, sat: list[Attempt]) -> None:
    answer = page.get(reverse("exam:sitting", args=[sat[-1].pk]))
    assert answer.status_code == 200
    assert b"sitting-state" in answer.content
