"""The next release comes while they sit: with a migration, other files, another protocol."""

from pathlib import Path

from tests.faults.browsers import Browser
from tests.faults.next_release import make_next_release
from tests.faults.proof import Proof
from tests.faults.room import Loop, Room
from tests.faults.stack import Stack


def test_nothing_is_lost_when_the_next_release_comes_in_mid_exam(
    room: Room, stack: Stack, proof: Proof, tmp_path: Path
) -> None:
    home = make_next_release(tmp_path / "next")
    with proof.through("next release migrated and started in mid-exam", room) as fault:
        stack.prepare(home)
        fault.saves_go_on()
        assert not fault.was_felt()
        fault.begins_now()
        stack.restart(home)
        fault.is_over(stack.web_answers)
    assert stack.database.sql("SELECT DISTINCT of_next_release FROM exam_attempt") == [(None,)]


def test_a_page_of_the_previous_release_still_gets_its_files(room: Room, loop: Loop) -> None:
    old = room.browsers[0]
    new = Browser(old.person, old.wire.port)
    new.attempt = old.attempt
    assert loop.do(new.open())
    changed = set(old.assets) - set(new.assets)
    assert {name.rpartition("/")[2].partition(".")[0] for name in changed} == {"main", "record"}
    answers = loop.together(Browser(old.person, old.wire.port).page(name) for name in old.assets)
    assert {answer.status for answer in answers} == {200}
