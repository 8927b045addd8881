"""Two at once: starts, windows, hand-ins, and the sweep."""

from collections.abc import Callable

from tests.faults.browsers import Browser
from tests.faults.proof import Proof
from tests.faults.room import EXAM, Loop, Room
from tests.faults.size import SIZE
from tests.faults.stack import Stack
from tests.processes.process_tree import wait_for

CONNECTIONS = 10


def test_ten_starts_at_once_begin_one_exam(stack: Stack, loop: Loop, proof: Proof) -> None:
    for person in stack.people(SIZE.rounds):
        pages = [Browser(person, stack.port) for _ in range(CONNECTIONS)]
        begun = set(loop.together(page.start(EXAM) for page in pages))
        assert len(begun) == 1 and begun != {0}
        assert stack.database.sql(
            "SELECT count(*) FROM exam_attempt WHERE candidate_id = %s", person.pk
        ) == [(1,)]
    assert proof.open_twice() == []


def test_the_same_exam_handed_in_over_two_connections_ends_once(
    small_room: Room, loop: Loop, proof: Proof
) -> None:
    with proof.through("hand-in from two connections at once", small_room):
        small_room.rest()
        assert wait_for(small_room.is_clear)
        small_room.close_pages()
        pages = [small_room.twin(page) for page in small_room.browsers for _connection in (1, 2)]
        told = loop.together(page.post("submit", page.letter([])) for page in pages)
        assert [status for status, _body, _wait in told] == [200] * len(pages)
        receipts = [body["receipt"] for _status, body, _wait in told]
        assert receipts[::2] == receipts[1::2]
    assert proof.ends(small_room) == {"candidate"}


def test_the_sweep_and_the_candidate_end_an_exam_once(
    small_room: Room, stack: Stack, proof: Proof
) -> None:
    with proof.through("sweep against hand-in", small_room) as fault:
        small_room.rest()
        assert wait_for(small_room.is_clear)
        fault.deadlines = proof.make_overdue(small_room)
        for _ in range(CONNECTIONS):
            stack.sweep()
        small_room.hand_in()
        small_room.until_handed_in()
    assert proof.ends(small_room) <= {"candidate", "clock"}


def test_only_the_window_that_took_over_may_write(
    new_room: Callable[[int], Room], proof: Proof
) -> None:
    room = new_room(SIZE.small)
    with proof.through("taken over in a second window", room):
        first = list(room.browsers)
        second = room.open_elsewhere()
        assert wait_for(lambda: all(page.conflict.get("error") == "live" for page in second))
        room.take_over(second)
        assert wait_for(lambda: all(page.stopped for page in first))
        assert wait_for(lambda: all(page.ackings for page in second))
        told = {(page.conflict["error"], len(page.conflict["responses"])) for page in first}
        assert told == {("taken_over", first[0].length)}
