"""The save contract, on whichever data base the suite runs."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from exam.engine.sitting.batch import BatchError, parse_batch, to_ordinals
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Response
from exam.services.sitting import attempts
from exam.services.sitting.saving import Saved, save
from tests.exam.conftest import NOON, batch, change

LATER = NOON + timedelta(minutes=1)


def send(attempt: Attempt, *changes: dict, sitting: int = 1, at=LATER) -> Saved | None:
    return save(attempt.pk, attempt.candidate_id, parse_batch(batch(sitting, *changes)), at=at)


def response(attempt: Attempt, position: int) -> Response:
    return Response.objects.get(attempt_id=attempt.pk, position=position)


def ordinals(attempt: Attempt, position: int, *places: int) -> int:
    mask = sum(1 << (place - 1) for place in places)
    return to_ordinals(mask, attempt.option_orders[position - 1])


def test_a_change_is_stored_under_the_identity_of_the_option(attempt: Attempt) -> None:
    saved = send(attempt, change(2, 1, [3], eliminated=[1], flagged=True, note="π", spent_ms=900))
    assert saved == Saved(
        attempt_id=attempt.pk,
        state="in_progress",
        sitting=1,
        seen_at=NOON,
        started_at=NOON,
        deadline=attempt.deadline,
        accepted=True,
        stored={2: 1},
        late=[],
        answered=1,
    )
    stored = response(attempt, 2)
    assert (stored.seq, stored.flagged, stored.note, stored.spent_ms) == (1, True, "π", 900)
    assert stored.selected == ordinals(attempt, 2, 3)
    assert stored.eliminated == ordinals(attempt, 2, 1)
    assert stored.path == [[1000, ordinals(attempt, 2, 3)]]


def test_the_same_batch_twice_changes_nothing(attempt: Attempt) -> None:
    changes = change(1, 1, [1]), change(1, 2, [2]), change(3, 3, [1])
    first = send(attempt, *changes)
    before = list(Response.objects.filter(attempt=attempt).order_by("position").values())
    again = send(attempt, *changes)
    assert again.stored == first.stored == {1: 2, 3: 3}
    assert list(Response.objects.filter(attempt=attempt).order_by("position").values()) == before


def test_an_older_change_does_not_overwrite_a_newer_one(attempt: Attempt) -> None:
    send(attempt, change(1, 5, [2]))
    saved = send(attempt, change(1, 4, [3]))
    assert saved.stored == {1: 5}
    assert response(attempt, 1).selected == ordinals(attempt, 1, 2)


def test_of_several_changes_to_a_position_the_last_counts_and_all_are_remembered(
    attempt: Attempt,
) -> None:
    send(attempt, change(1, 3, [1]), change(1, 1, [1]), change(1, 2, [2]), change(1, 4, [1]))
    stored = response(attempt, 1)
    assert (stored.seq, stored.selected) == (4, ordinals(attempt, 1, 1))
    assert stored.path == [
        [1000, ordinals(attempt, 1, 1)],
        [2000, ordinals(attempt, 1, 2)],
        [3000, ordinals(attempt, 1, 1)],
    ]


def test_the_path_grows_over_batches_and_is_bounded(attempt: Attempt) -> None:
    for seq in range(1, 121):
        send(attempt, change(1, seq, [1 + seq % 2], at_ms=seq))
    stored = response(attempt, 1)
    assert len(stored.path) == 100
    assert stored.path[0] == [1, ordinals(attempt, 1, 2)]
    assert stored.selected == ordinals(attempt, 1, 1)


def test_a_flag_alone_leaves_no_step_in_the_path(attempt: Attempt) -> None:
    send(attempt, change(1, 1, [2]))
    send(attempt, change(1, 2, [2], flagged=True))
    assert response(attempt, 1).path == [[1000, ordinals(attempt, 1, 2)]]


def test_clearing_an_answer_is_an_answer_too(attempt: Attempt) -> None:
    send(attempt, change(1, 1, [2]))
    saved = send(attempt, change(1, 2, []))
    assert saved.answered == 0
    assert response(attempt, 1).path[-1] == [2000, 0]


def test_an_empty_batch_asks_for_the_time_and_writes_nothing(attempt: Attempt) -> None:
    saved = send(attempt)
    assert (saved.accepted, saved.stored, saved.answered) == (True, {}, 0)


def test_a_batch_of_an_older_sitting_changes_nothing(attempt: Attempt, candidate: User) -> None:
    attempts.claim(attempt.pk, candidate, previous=1, take_over=False, at=LATER)
    saved = send(attempt, change(1, 1, [1]), sitting=1)
    assert (saved.accepted, saved.sitting, saved.stored) == (False, 2, {})
    assert response(attempt, 1).seq == 0


def test_another_persons_attempt_does_not_exist(attempt: Attempt) -> None:
    stranger = User.objects.create_user("eve@example.org")
    assert save(attempt.pk, stranger.pk, parse_batch(batch(1)), at=LATER) is None


def test_a_change_made_after_the_deadline_is_refused_and_named(attempt: Attempt) -> None:
    limit = round((attempt.deadline - attempt.started_at) / timedelta(milliseconds=1))
    saved = send(
        attempt,
        change(1, 1, [1], at_ms=limit),
        change(1, 2, [2], at_ms=limit + 1),
        change(2, 3, [1], at_ms=limit + 1),
        at=attempt.deadline + timedelta(seconds=30),
    )
    assert (saved.stored, saved.late) == ({1: 1, 2: 0}, [1, 2])
    assert response(attempt, 1).selected == ordinals(attempt, 1, 1)
    assert response(attempt, 2).seq == 0


def test_answers_given_in_time_are_taken_within_the_grace_and_not_after(attempt: Attempt) -> None:
    grace = timedelta(seconds=attempt.blueprint.grace_seconds)
    assert send(attempt, change(1, 1, [1]), at=attempt.deadline + grace).accepted
    late = attempt.deadline + grace + timedelta(milliseconds=1)
    assert not send(attempt, change(1, 2, [2]), at=late).accepted
    assert response(attempt, 1).seq == 1


def test_nothing_is_accepted_after_the_end(attempt: Attempt) -> None:
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=LATER)
    saved = send(attempt, change(1, 1, [1]))
    assert (saved.accepted, saved.state) == (False, "submitted")
    assert response(attempt, 1).seq == 0


@pytest.mark.parametrize(
    "misfit", [change(999, 2, [1]), change(2, 2, [1, 10]), change(2, 2, [], eliminated=[10])]
)
def test_what_the_exam_does_not_have_is_refused_with_all_that_came_along(
    attempt: Attempt, misfit: dict[str, Any]
) -> None:
    with pytest.raises(BatchError):
        send(attempt, change(1, 1, [1]), misfit)
    before = attempt.seen_at
    attempt.refresh_from_db()
    assert (attempt.seen_at, response(attempt, 1).seq) == (before, 0)


@pytest.mark.parametrize("seconds", [29, 31])
def test_the_page_counts_as_seen_about_twice_a_minute(attempt: Attempt, seconds: int) -> None:
    send(attempt, at=NOON + timedelta(seconds=seconds))
    attempt.refresh_from_db()
    assert attempt.seen_at == (NOON if seconds < 30 else NOON + timedelta(seconds=seconds))
