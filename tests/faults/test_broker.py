"""Valkey goes away or stands still: nobody who sits an exam notices."""

from tests.faults.proof import Proof
from tests.faults.room import Room
from tests.faults.stack import Stack


def test_saving_goes_on_while_valkey_is_killed(room: Room, stack: Stack, proof: Proof) -> None:
    with proof.through("Valkey killed, started later", room) as fault:
        with stack.broker.away():
            fault.saves_go_on()
        fault.is_over()
        assert not fault.was_felt()


def test_saving_goes_on_while_valkey_stands_still(room: Room, stack: Stack, proof: Proof) -> None:
    with proof.through("Valkey frozen", room) as fault:
        with stack.broker.frozen():
            fault.saves_go_on()
        fault.is_over()
        assert not fault.was_felt()


def test_an_exam_is_handed_in_without_valkey_and_scored_when_it_is_back(
    small_room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("Valkey away at hand-in", small_room), stack.broker.away():
        small_room.hand_in()
        small_room.until_handed_in()


def test_an_exam_is_handed_in_while_valkey_stands_still(
    small_room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("Valkey frozen at hand-in", small_room), stack.broker.frozen():
        small_room.hand_in()
        small_room.until_handed_in()
