"""The network between browser and server loses requests, or their answers."""

from collections.abc import Callable

import pytest

from tests.faults.proof import Proof
from tests.faults.proxy import Cut, Proxy
from tests.faults.room import Loop, Room
from tests.faults.size import SIZE
from tests.faults.stack import Stack


@pytest.fixture(scope="module")
def proxy(stack: Stack, loop: Loop) -> Proxy:
    """The network."""
    proxy = Proxy(stack.port)
    loop.do(proxy.listen())
    return proxy


@pytest.fixture(scope="module")
def remote_room(stack: Stack, loop: Loop, proxy: Proxy) -> Room:
    """A room behind that network."""
    return Room(loop, stack.people(SIZE.small), proxy.port)


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("network cut before the server", Cut.BEFORE),
        ("answers lost after the commit, sent again", Cut.AFTER),
    ],
)
def test_what_was_lost_on_the_way_there_or_back_is_sent_again_and_stored_once(
    remote_room: Room, proxy: Proxy, proof: Proof, name: str, cut: Cut
) -> None:
    with proof.through(name, remote_room) as fault:
        proxy.cut = cut
        remote_room.until_everybody_was_refused(2)
        proxy.cut = Cut.NOWHERE
        fault.is_over()


def test_a_page_loaded_again_sends_what_was_not_acknowledged(
    remote_room: Room, proxy: Proxy, proof: Proof
) -> None:
    with proof.through("page loaded again with unsaved answers", remote_room) as fault:
        proxy.cut = Cut.AFTER
        remote_room.until_everybody_was_refused()
        remote_room.close_pages()
        proxy.cut = Cut.NOWHERE
        remote_room.load_pages()
        remote_room.show_pages()
        fault.is_over()


def test_nobody_is_asked_who_reloads_a_page_that_lost_the_answer_to_its_claim(
    remote_room: Room, proxy: Proxy, proof: Proof
) -> None:
    with proof.through("answer to the claim lost, then a reload", remote_room) as fault:
        remote_room.close_pages()
        remote_room.load_pages()
        proxy.cut = Cut.AFTER
        remote_room.show_pages()
        remote_room.until_everybody_was_refused()
        remote_room.close_pages()
        proxy.cut = Cut.NOWHERE
        remote_room.load_pages()
        remote_room.show_pages()
        fault.is_over()
        assert [browser.conflict for browser in remote_room.browsers if browser.conflict] == []


def test_an_exam_whose_receipt_was_lost_is_handed_in_once(
    remote_room: Room, proxy: Proxy, proof: Proof
) -> None:
    with proof.through("receipt of the hand-in lost, sent again", remote_room) as fault:
        proxy.cut = Cut.AFTER
        remote_room.hand_in()
        remote_room.until_everybody_was_refused()
        assert proof.ends(remote_room) == {"candidate"}
        proxy.cut = Cut.NOWHERE
        fault.over_now()
        remote_room.until_handed_in()


def test_a_clock_hours_off_changes_no_deadline_and_loses_no_answer(
    new_room: Callable[[int], Room], proof: Proof
) -> None:
    room = new_room(SIZE.small)
    with proof.through("device clocks five hours off", room) as fault:
        room.shift_clocks(hours=5)
        fault.is_over()
