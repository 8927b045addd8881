"""The life of an attempt: start, claim, the end, added minutes."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from exam.engine.forms.assembly import BankTooSmall
from exam.engine.sitting.batch import parse_batch
from exam.engine.sitting.lifecycle import EndedBy, IllegalMove
from exam.models import Attempt, Blueprint, ExamForm, Response, Score, TimeGrant
from exam.selectors.sitting.attempts import attempts_for
from exam.services.blueprints.blueprints import refresh_parameters
from exam.services.sitting import attempts, interventions
from exam.tasks import sweep, sweep_all
from questions.models import Bank, Question, QuestionStatus, QuestionVersion
from tests.exam.conftest import NOON, batch, change, start

LATER = NOON + timedelta(minutes=1)
MINUTE = timedelta(minutes=1)


def test_a_start_fixes_the_form_the_order_and_the_deadline(
    blueprint: Blueprint, candidate: User
) -> None:
    attempt = start(candidate, blueprint, at=NOON)
    exam_form = attempt.exam_form
    assert len(set(exam_form.version_ids)) == blueprint.length
    assert len(exam_form.pilot_positions) == blueprint.length - blueprint.scored
    assert attempt.deadline == NOON + blueprint.minutes * MINUTE
    assert (attempt.number, attempt.state, attempt.sitting) == (1, "in_progress", 0)
    assert Response.objects.filter(attempt=attempt).count() == blueprint.length
    counts = [QuestionVersion.objects.get(pk=pk).options.count() for pk in exam_form.version_ids]
    assert [sorted(order) for order in attempt.option_orders] == [
        [str(ordinal) for ordinal in range(count)] for count in counts
    ]


def test_the_same_seed_draws_the_same_form(blueprint: Blueprint, candidate: User) -> None:
    other = User.objects.create_user("bob@example.org")
    one, two = start(candidate, blueprint, at=NOON), start(other, blueprint, at=NOON)
    assert one.exam_form.version_ids == two.exam_form.version_ids
    assert one.option_orders == two.option_orders


def test_a_question_that_keeps_its_order_is_not_shuffled(
    blueprint: Blueprint, candidate: User
) -> None:
    QuestionVersion.objects.update(shuffle=False)
    attempt = start(candidate, blueprint, at=NOON)
    assert all(order == "".join(sorted(order)) for order in attempt.option_orders)


def test_extra_time_of_the_profile_is_in_the_deadline(
    blueprint: Blueprint, candidate: User
) -> None:
    candidate.extra_minutes, candidate.extra_percent = 30, 50
    attempt = start(candidate, blueprint, at=NOON)
    expected = blueprint.minutes * 3 // 2 + 30
    assert attempt.deadline == NOON + expected * MINUTE
    assert attempt.extra_minutes == expected - blueprint.minutes


def test_a_second_start_returns_the_open_attempt(blueprint: Blueprint, candidate: User) -> None:
    assert start(candidate, blueprint, at=NOON) == start(candidate, blueprint, at=LATER, seed=8)


def test_the_next_form_holds_no_question_seen_while_unseen_ones_suffice(
    blueprint: Blueprint, candidate: User
) -> None:
    first = start(candidate, blueprint, at=NOON)
    attempts.submit(first.pk, by=EndedBy.CANDIDATE, at=LATER)
    second = start(candidate, blueprint, at=LATER, seed=8)
    assert not set(first.exam_form.version_ids) & set(second.exam_form.version_ids)
    assert (second.number, second.exam_form.reused_positions) == (2, [])


def test_a_new_version_of_a_question_counts_as_seen(blueprint: Blueprint, candidate: User) -> None:
    first = start(candidate, blueprint, at=NOON)
    attempts.submit(first.pk, by=EndedBy.CANDIDATE, at=LATER)
    for question in Question.objects.filter(current_id__in=first.exam_form.version_ids):
        _reword(question)
    refresh_parameters(blueprint.bank)
    second = start(candidate, blueprint, at=LATER, seed=8)
    questions = QuestionVersion.objects.filter(pk__in=first.exam_form.version_ids)
    again = QuestionVersion.objects.filter(pk__in=second.exam_form.version_ids)
    assert not {v.question_id for v in questions} & {v.question_id for v in again}


def _reword(question: Question) -> None:
    options = list(question.current.options.all())
    version = question.current
    version.pk, version.number = None, version.number + 1
    version.save()
    for option in options:
        option.pk, option.version = None, version
        option.save()
    question.current = version
    question.save()
    Bank.objects.update(revision=F("revision") + 1)


def test_a_bank_that_is_too_small_names_what_is_short(
    blueprint: Blueprint, candidate: User
) -> None:
    Question.objects.filter(current__subdomain__code="2.1").update(status=QuestionStatus.RETIRED)
    blueprint.bank.revision += 1
    blueprint.bank.save()
    with pytest.raises(BankTooSmall, match=r"2\.1"):
        start(candidate, blueprint, at=NOON)
    assert not Attempt.objects.exists()


def test_only_so_many_starts_a_day(blueprint: Blueprint, candidate: User) -> None:
    for hour in range(2):
        at = NOON + timedelta(hours=hour)
        attempt = attempts.start(candidate, blueprint, at=at, seed=hour, starts_per_day=2)
        attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=at + MINUTE)
    with pytest.raises(attempts.NotPossible, match="2 exams in the last 24 hours"):
        attempts.start(
            candidate, blueprint, at=NOON + timedelta(hours=23), seed=3, starts_per_day=2
        )
    tomorrow = NOON + timedelta(hours=25)
    assert attempts.start(candidate, blueprint, at=tomorrow, seed=4, starts_per_day=2).is_open


# ------------------------------------------------------------------ claim
def test_every_claim_raises_the_sitting(attempt: Attempt, candidate: User) -> None:
    again = attempts.claim(attempt.pk, candidate, previous=1, take_over=False, at=LATER)
    assert again.sitting == 2


def test_a_live_page_elsewhere_must_be_taken_over_knowingly(
    attempt: Attempt, candidate: User
) -> None:
    with pytest.raises(attempts.OpenElsewhere) as live:
        attempts.claim(attempt.pk, candidate, previous=None, take_over=False, at=LATER)
    assert live.value.since == NOON
    taken = attempts.claim(attempt.pk, candidate, previous=None, take_over=True, at=LATER)
    assert taken.sitting == 2


def test_a_page_not_seen_for_long_does_not_stand_in_the_way(
    attempt: Attempt, candidate: User
) -> None:
    at = NOON + timedelta(seconds=91)
    assert attempts.claim(attempt.pk, candidate, previous=None, take_over=False, at=at).sitting == 2


def test_a_claim_that_comes_again_is_given_the_same_sitting(
    attempt: Attempt, candidate: User
) -> None:
    asked = {"previous": 1, "take_over": False, "at": LATER}
    for _time in range(2):
        assert attempts.claim(attempt.pk, candidate, **asked, token="one").sitting == 2
    with pytest.raises(attempts.OpenElsewhere):
        attempts.claim(attempt.pk, candidate, **asked, token="two")


@pytest.mark.parametrize("token", ["", "other"])
def test_a_claim_that_comes_again_after_another_page_took_over_is_not_known(
    attempt: Attempt, candidate: User, token: str
) -> None:
    asked = {"previous": 1, "take_over": False, "at": LATER}
    attempts.claim(attempt.pk, candidate, **asked, token="one")
    taken = {"previous": None, "take_over": True, "at": LATER}
    attempts.claim(attempt.pk, candidate, **taken, token=token)
    with pytest.raises(attempts.OpenElsewhere):
        attempts.claim(attempt.pk, candidate, **asked, token="one")


def test_a_token_counts_for_the_sitting_it_began_alone(attempt: Attempt, candidate: User) -> None:
    asked = {"previous": 1, "take_over": False, "at": LATER}
    attempts.claim(attempt.pk, candidate, **asked, token="one")
    # What a release that knows no tokens does, and a restore.
    Attempt.objects.filter(pk=attempt.pk).update(sitting=3)
    with pytest.raises(attempts.OpenElsewhere):
        attempts.claim(attempt.pk, candidate, **asked, token="one")
    Attempt.objects.filter(pk=attempt.pk).update(sitting=0, seen_at=None)
    assert attempts.claim(attempt.pk, candidate, **asked, token="one").sitting == 2


def test_a_closed_attempt_cannot_be_claimed(attempt: Attempt, candidate: User) -> None:
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=LATER)
    with pytest.raises(attempts.Closed):
        attempts.claim(attempt.pk, candidate, previous=1, take_over=True, at=LATER)


# ------------------------------------------------------------------ the end
def test_a_submit_applies_the_changes_that_come_along(attempt: Attempt, candidate: User) -> None:
    last = parse_batch(batch(1, change(1, 1, [1])))
    ended = attempts.submit(
        attempt.pk, by=EndedBy.CANDIDATE, at=LATER, candidate=candidate, batch=last
    )
    assert (ended.attempt.state, ended.attempt.ended_by) == ("submitted", "candidate")
    assert ended.saved.stored == {1: 1}
    assert len(ended.attempt.receipt) == 8


def test_only_the_first_end_counts(attempt: Attempt) -> None:
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=LATER)
    again = attempts.submit(attempt.pk, by=EndedBy.INSTRUCTOR, at=LATER + MINUTE)
    assert (again.attempt.ended_by, again.attempt.ended_at) == ("candidate", LATER)


def test_a_stale_page_cannot_end_the_exam(attempt: Attempt, candidate: User) -> None:
    attempts.claim(attempt.pk, candidate, previous=1, take_over=False, at=LATER)
    stale = parse_batch(batch(1))
    ended = attempts.submit(
        attempt.pk, by=EndedBy.CANDIDATE, at=LATER, candidate=candidate, batch=stale
    )
    assert ended.attempt.is_open


def test_the_sweep_ends_what_is_overdue_and_only_that(
    attempt: Attempt, blueprint: Blueprint
) -> None:
    other = start(User.objects.create_user("bob@example.org"), blueprint, at=NOON + 5 * MINUTE)
    over = attempt.deadline + timedelta(seconds=blueprint.grace_seconds)
    assert attempts.sweep(at=over) == 0
    assert attempts.sweep(at=over + timedelta(seconds=1)) == 1
    attempt.refresh_from_db()
    other.refresh_from_db()
    assert (attempt.state, attempt.ended_by) == ("submitted", "clock")
    assert attempt.ended_at == attempt.deadline
    assert other.is_open


# ------------------------------------------------------------------ added minutes
def test_added_minutes_move_the_deadline_and_are_recorded(attempt: Attempt) -> None:
    teacher = User.objects.create_user("t@example.org")
    before = attempt.deadline
    longer = interventions.add_minutes(attempt.pk, 10, by=teacher, at=LATER, reason="fire alarm")
    assert longer.deadline == before + 10 * MINUTE
    assert list(TimeGrant.objects.values_list("attempt", "minutes", "reason", "granted_by")) == [
        (attempt.pk, 10, "fire alarm", teacher.pk)
    ]


def test_no_minutes_for_an_exam_that_is_over(attempt: Attempt) -> None:
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=LATER)
    with pytest.raises(attempts.NotPossible):
        interventions.add_minutes(attempt.pk, 10, by=attempt.candidate, at=LATER)


def test_added_minutes_have_an_end(attempt: Attempt) -> None:
    """The columns have one; many grants must not run into it."""
    teacher = User.objects.create_user("t@example.org")
    most = interventions.MOST_EXTRA_MINUTES
    Attempt.objects.filter(pk=attempt.pk).update(extra_minutes=most - 10)
    assert interventions.add_minutes(attempt.pk, 10, by=teacher, at=LATER).extra_minutes == most
    with pytest.raises(attempts.NotPossible, match="cannot have more"):
        interventions.add_minutes(attempt.pk, 1, by=teacher, at=LATER)


def test_a_void_attempt_stays_void(attempt: Attempt) -> None:
    interventions.void(attempt.pk, reason="test run", at=LATER)
    with pytest.raises(IllegalMove):
        interventions.void(attempt.pk, reason="again", at=LATER)


def test_an_administrator_voids_an_attempt_with_a_reason(attempt: Attempt, candidate: User) -> None:
    call_command("void_attempt", str(attempt.pk), "--reason", "fire alarm", stdout=StringIO())
    attempt.refresh_from_db()
    assert (attempt.state, attempt.void_reason) == ("void", "fire alarm")
    assert not attempts_for(candidate).exists()
    with pytest.raises(CommandError, match="cannot become void"):
        call_command("void_attempt", str(attempt.pk), "--reason", "again")
    with pytest.raises(CommandError, match="There is no attempt 0"):
        call_command("void_attempt", "0", "--reason", "none")


def test_an_attempt_that_cannot_be_scored_does_not_hold_up_the_others(
    attempt: Attempt, blueprint: Blueprint
) -> None:
    bob = User.objects.create_user("bob@example.org")
    other = start(bob, blueprint, at=NOON, seed=8)
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=LATER)
    attempts.submit(other.pk, by=EndedBy.CANDIDATE, at=LATER + MINUTE)
    ExamForm.objects.filter(pk=attempt.exam_form_id).update(version_ids=[0])
    sweep_all()
    assert list(Score.objects.values_list("attempt", flat=True)) == [other.pk]


def test_what_ended_today_is_found_within_seconds_and_what_is_older_within_the_hour(
    attempt: Attempt, blueprint: Blueprint
) -> None:
    now = timezone.now()
    bob = User.objects.create_user("bob@example.org")
    recent = start(bob, blueprint, at=now - 3 * MINUTE, seed=8)
    attempts.submit(recent.pk, by=EndedBy.CANDIDATE, at=now - MINUTE)
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=LATER)
    sweep()
    assert list(Score.objects.values_list("attempt", flat=True)) == [recent.pk]
    sweep_all()
    assert set(Score.objects.values_list("attempt", flat=True)) == {recent.pk, attempt.pk}
