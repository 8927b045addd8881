"""The web server is killed while they sit."""

from tests.faults.proof import Proof
from tests.faults.room import Room
from tests.faults.stack import Stack, kill


def test_nothing_is_lost_when_every_web_worker_is_killed(
    room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("kill -9 of all web workers", room) as fault:
        kill(*stack.web_workers())
        fault.is_over(stack.web_answers)
        assert fault.was_felt()


def test_nothing_is_lost_when_the_whole_web_server_is_killed(
    room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("kill -9 of the web server", room) as fault:
        kill(stack.web(), *stack.web_workers())
        fault.is_over(stack.web_answers)
        assert fault.was_felt()
