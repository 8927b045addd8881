"""Pilot questions: proposals from their figures, deciding, and waves."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exam.engine.items.pilots import Proposal
from exam.models import Blueprint, ItemStatistics, Wave
from exam.selectors.blueprints.pool import drawing_for
from exam.selectors.measurement.pilots import next_wave, progress_of, proposal_counts
from exam.services.measurement import waves
from questions.models import Bank, Question, QuestionStatus
from questions.services.errors import NotPossible
from questions.services.standing import set_status
from tests.exam.builders import sit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(blueprint: Blueprint) -> Bank:
    """Five pilot questions besides enough active ones."""
    bank = blueprint.bank
    codes = ["tiny-1.1-001", "tiny-1.2-001", "tiny-2.1-001"]
    ids = list(bank.questions.filter(code__in=codes).values_list("pk", flat=True))
    set_status(ids, QuestionStatus.PILOT, by=None, at=timezone.now())
    return bank


def pilot_questions(bank: Bank) -> list[Question]:
    found = bank.questions.filter(status=QuestionStatus.PILOT).select_related("current")
    return list(found.order_by("code"))


def judged(question: Question, proposal: Proposal, **figures: Any) -> ItemStatistics:
    return ItemStatistics.objects.create(
        version=question.current,
        proposal=proposal.value,
        **{"responses": 120, "facility": 0.6, "discrimination": 0.3, **figures},
        computed_at=timezone.now(),
    )


def served(bank: Bank) -> set[int]:
    """Pilot questions that exams draw from now."""
    pool = drawing_for(bank.blueprints.get(slug="tiny")).pool
    ids = pool.ids[pool.is_pilot_status].tolist()
    return set(Question.objects.filter(current__in=ids).values_list("pk", flat=True))


def opened(bank: Bank, size: int, by: User) -> Wave:
    bank.refresh_from_db()
    number = next_wave(bank, timezone.now()).number
    return waves.open_next(bank, number=number, size=size, by=by, at=timezone.now())


# ------------------------------------------------------------------ proposals
def test_pilot_questions_are_counted_by_what_they_propose(bank: Bank):
    ready, doubtful, *_rest = pilot_questions(bank)
    judged(ready, Proposal.ACTIVATE)
    judged(doubtful, Proposal.REJECT, concerns=[{"code": "negative"}], concern_weight=80)
    assert proposal_counts(bank) == {
        Proposal.WAIT: 3,
        Proposal.ACTIVATE: 1,
        Proposal.LOOK: 0,
        Proposal.REJECT: 1,
    }


def test_what_is_ticked_becomes_active_and_says_so_in_its_history(bank: Bank, desk: Client):
    ready, other, *_rest = pilot_questions(bank)
    judged(ready, Proposal.ACTIVATE)
    judged(other, Proposal.ACTIVATE)
    page = desk.get(reverse("measurement:pilots", args=[bank.slug]))
    assert [line.row.version.question for line in page.context["lines"]] == [ready, other]
    decided = desk.post(
        reverse("measurement:decide_pilots", args=[bank.slug]),
        {"questions": [ready.pk], "to": "active", "show": "activate"},
        follow=True,
    )
    assert "1 question is active now." in decided.text
    ready.refresh_from_db()
    other.refresh_from_db()
    assert (ready.status, other.status) == (QuestionStatus.ACTIVE, QuestionStatus.PILOT)
    assert ready.events.first().note == "pilot active by its figures as a pilot question"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"to": "active"}, "Tick at least one question first."),
        ({"to": "draft", "questions": ["pilot"]}, "Select a valid choice"),
        ({"questions": ["pilot"]}, "Choose what is to become of them."),
        ({"to": "active", "questions": ["active"]}, "no pilot questions any more"),
    ],
)
def test_odd_decisions_change_nothing(bank: Bank, desk: Client, fields: Any, words: str):
    ids = {
        "pilot": pilot_questions(bank)[0].pk,
        "active": bank.questions.filter(status=QuestionStatus.ACTIVE).first().pk,
    }
    fields = fields | {"questions": [ids[name] for name in fields.get("questions", [])]}
    before = set(bank.questions.values_list("pk", "status"))
    answer = desk.post(reverse("measurement:decide_pilots", args=[bank.slug]), fields, follow=True)
    assert words in answer.text
    assert set(bank.questions.values_list("pk", "status")) == before


def test_the_page_costs_the_same_for_one_question_and_for_three(bank: Bank, desk: Client):
    address = reverse("measurement:pilots", args=[bank.slug])
    pilots = pilot_questions(bank)
    judged(pilots[0], Proposal.ACTIVATE)
    desk.get(address)
    with CaptureQueriesContext(connection) as one:
        desk.get(address)
    for question in pilots[1:3]:
        judged(question, Proposal.ACTIVATE)
    with CaptureQueriesContext(connection) as three:
        desk.get(address)
    assert len(three) == len(one)


# ------------------------------------------------------------------ waves
def test_without_a_wave_every_pilot_question_is_served(bank: Bank):
    assert served(bank) == {question.pk for question in pilot_questions(bank)}
    assert progress_of(bank) is None


def test_an_open_wave_alone_is_served_and_the_others_wait(bank: Bank, editor: User):
    wave = opened(bank, 2, editor)
    chosen = set(wave.questions.values_list("pk", flat=True))
    assert len(chosen) == 2
    assert served(bank) == chosen
    waves.close(bank, at=timezone.now())
    assert len(served(bank)) == 5


def test_the_next_wave_takes_others_and_ends_the_one_before(bank: Bank, editor: User):
    first = opened(bank, 2, editor)
    before = set(first.questions.values_list("pk", flat=True))
    second = opened(bank, 3, editor)
    first.refresh_from_db()
    assert first.closed_at is not None
    assert second.number == first.number + 1
    assert set(second.questions.values_list("pk", flat=True)).isdisjoint(before)


def test_a_wave_tells_how_far_it_is(bank: Bank, editor: User, blueprint: Blueprint):
    wave = opened(bank, 2, editor)
    one, other = wave.questions.order_by("code")
    sit(UserFactory(), blueprint, at=timezone.now(), right=[1, 2])
    judged(one, Proposal.ACTIVATE)
    set_status([one.pk], QuestionStatus.ACTIVE, by=editor, at=timezone.now())
    found = progress_of(bank)
    assert (found.size, found.activated, found.on_trial, found.undecided) == (2, 1, 1, 1)
    assert not found.is_over
    judged(other, Proposal.REJECT)
    assert progress_of(bank).is_over


def test_a_wave_opened_meanwhile_is_not_opened_twice(bank: Bank, editor: User):
    number = next_wave(bank, timezone.now()).number
    opened(bank, 2, editor)
    with pytest.raises(NotPossible, match="Somebody else opened a wave meanwhile"):
        waves.open_next(bank, number=number, size=1, by=editor, at=timezone.now())
    assert Wave.objects.count() == 1


@pytest.mark.parametrize("size", ["0", "6", "-1", "x", ""])
def test_an_impossible_size_opens_nothing(bank: Bank, desk: Client, size: str):
    answer = desk.post(
        reverse("measurement:open_wave", args=[bank.slug]), {"number": 1, "size": size}, follow=True
    )
    assert answer.status_code == 200
    assert len(list(answer.context["messages"])) == 1
    assert not Wave.objects.exists()


def test_from_the_page_a_wave_is_opened_and_closed(bank: Bank, desk: Client):
    address = reverse("measurement:pilots", args=[bank.slug])
    assert "5 questions wait for a wave." in desk.get(address).text
    desk.post(reverse("measurement:open_wave", args=[bank.slug]), {"number": 1, "size": 2})
    assert "Wave 1 is tried out" in desk.get(address).text
    desk.post(reverse("measurement:close_wave", args=[bank.slug]))
    assert "All pilot questions are tried out at once" in desk.get(address).text


def test_a_bank_without_pilot_questions_has_nothing_to_propose(blueprint: Blueprint, desk: Client):
    bank = blueprint.bank
    ids = [question.pk for question in pilot_questions(bank)]
    set_status(ids, QuestionStatus.RETIRED, by=None, at=timezone.now())
    page = desk.get(reverse("measurement:pilots", args=[bank.slug]))
    assert "Nothing to decide here now." in page.text
    assert page.context["coming"] is None
