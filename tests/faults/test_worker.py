"""The background is killed: the worker that scores, and the clock that wakes the sweep."""

from tests.faults.proof import Proof
from tests.faults.room import Room
from tests.faults.stack import Stack, kill, restarted
from tests.processes.process_tree import wait_for


def test_what_a_killed_worker_left_half_scored_is_scored_once(
    small_room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("worker killed in mid-scoring", small_room) as fault:
        with stack.database.holding("LOCK TABLE exam_score IN SHARE MODE"):
            small_room.hand_in()
            assert wait_for(lambda: stack.database.waits_for_lock('INSERT INTO "exam_score"'))
            scorer = stack.scorer()
            kill(scorer)
            small_room.until_handed_in()
        assert wait_for(restarted(stack.scorer, scorer))
        fault.over_now()


def test_who_is_overdue_is_handed_in_after_the_clock_was_killed(
    small_room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("beat killed, exams overdue", small_room) as fault:
        small_room.rest()
        assert wait_for(small_room.is_clear)
        beat = stack.beat()
        kill(beat)
        fault.deadlines = proof.make_overdue(small_room)
        assert wait_for(restarted(stack.beat, beat))
        fault.over_now()
        assert wait_for(lambda: proof.ends(small_room) == {"clock"}, 60)
