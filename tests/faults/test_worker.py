"""The background is killed or stopped: the worker that scores, the clock of the sweep."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.proof import Proof
from tests.faults.room import Room
from tests.faults.services import send
from tests.faults.size import LONG
from tests.faults.stack import Stack, kill, restarted
from tests.processes.process_tree import is_running, wait_for

STOP_SECONDS = 60  # what the whole product may take to end, on a crowded machine


@contextmanager
def in_mid_scoring(room: Room, stack: Stack) -> Iterator[None]:
    """The room has handed in, and the worker cannot store the scores that it is at."""
    with stack.database.holding("LOCK TABLE exam_score IN SHARE MODE"):
        room.hand_in()
        assert wait_for(lambda: scores_under_way(stack))
        room.until_handed_in()
        yield


def scores_under_way(stack: Stack) -> int:
    return stack.database.waits_for_lock('INSERT INTO "exam_score"')


def test_what_a_killed_worker_left_half_scored_is_scored_once(
    small_room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("worker killed in mid-scoring", small_room) as fault:
        with in_mid_scoring(small_room, stack):
            scorer = stack.scorer()
            kill(scorer)
        assert wait_for(restarted(stack.scorer, scorer))
        fault.over_now()


def test_a_worker_that_is_asked_to_stop_finishes_what_it_is_scoring(
    small_room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("worker stopped in mid-scoring", small_room) as fault:
        stops = stack.warm_stops()
        with in_mid_scoring(small_room, stack):
            scorer = stack.scorer()
            send(scorer, signal.SIGTERM)
            assert wait_for(lambda: stack.warm_stops() > stops)
            begun = scores_under_way(stack)
        assert wait_for(lambda: not is_running(scorer))
        assert proof.scored(small_room) >= begun > 0
        assert stack.product.line_with("worker stopped unexpectedly (exit code 0)")
        assert wait_for(restarted(stack.scorer, scorer))
        fault.over_now()


def test_ctrl_c_finishes_what_is_being_scored(small_room: Room, stack: Stack, proof: Proof) -> None:
    with proof.through("Ctrl-C in mid-scoring, then a start", small_room) as fault:
        stops = stack.warm_stops()
        with in_mid_scoring(small_room, stack):
            stack.product.process.send_signal(signal.SIGINT)
            assert wait_for(lambda: stack.warm_stops() > stops, STOP_SECONDS)
            begun = scores_under_way(stack)
        stack.product.process.communicate(timeout=STOP_SECONDS)
        assert stack.product.process.returncode == 0
        assert proof.scored(small_room) >= begun > 0
        stack.start(stack.product.home)
        fault.over_now()


@pytest.mark.skipif(not LONG, reason="waits for a stop to lose its patience: --faults=long")
def test_what_cannot_be_finished_at_a_stop_is_scored_after_the_next_start(
    small_room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("stopped while a score does not end, then a start", small_room) as fault:
        with in_mid_scoring(small_room, stack):
            stack.product.process.send_signal(signal.SIGTERM)
            stack.product.process.communicate(timeout=STOP_SECONDS)
            assert stack.product.process.returncode == 0
            assert proof.scored(small_room) == 0
        stack.start(stack.product.home)
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
