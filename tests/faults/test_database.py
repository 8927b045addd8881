"""PostgreSQL goes away, stands still, or has no room left, while they sit."""

import pytest

from tests.faults.proof import Proof
from tests.faults.room import Room
from tests.faults.size import SIZE
from tests.faults.stack import Stack


def test_nothing_is_lost_when_postgresql_is_killed(room: Room, stack: Stack, proof: Proof) -> None:
    with proof.through("PostgreSQL killed, started later", room) as fault:
        stack.database.kill()
        room.until_everybody_was_refused(SIZE.refusals)
        stack.database.start()
        fault.is_over()
        assert fault.was_felt()


def test_nothing_is_lost_when_postgresql_stops_at_once(
    room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("immediate stop of PostgreSQL, then a start", room) as fault:
        stack.database.stop_at_once()
        room.until_everybody_waits()
        stack.database.start()
        fault.is_over()


def test_nothing_is_lost_when_the_disk_of_postgresql_is_full(
    room: Room, stack: Stack, proof: Proof
) -> None:
    if stack.database.no_disk:
        pytest.skip(f"no full disk: {stack.database.no_disk}")
    with proof.through("no byte left on PostgreSQL's disk", room) as fault:
        with stack.database.full_disk():
            room.until_everybody_was_refused(SIZE.refusals)
        stack.database.revive()
        fault.is_over()
        assert fault.was_felt()


def test_nothing_is_lost_when_postgresql_stands_still(
    room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("PostgreSQL frozen", room) as fault:
        with stack.database.frozen():
            room.until_everybody_waits()
        fault.is_over()


def test_saving_goes_on_while_postgresql_is_slow(room: Room, stack: Stack, proof: Proof) -> None:
    with proof.through("every save half a second slower", room) as fault:
        with stack.database.slow():
            fault.saves_go_on()
        fault.is_over()
        assert not fault.was_felt()


def test_nothing_is_lost_while_somebody_holds_the_rows(
    room: Room, stack: Stack, proof: Proof
) -> None:
    rows = "SELECT 1 FROM exam_attempt WHERE id = ANY(%s) FOR UPDATE"
    with proof.through("every attempt's row locked by somebody", room) as fault:
        with stack.database.holding(rows, room.attempts):
            room.until_everybody_waits()
        fault.is_over()
