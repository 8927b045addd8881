"""One stack for all faults, and a room of candidates who sit through them.

`./dev test --faults` runs this suite; FAULTS=long makes it a larger room and longer rounds.
"""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.faults.proof import TABLE, Proof, table
from tests.faults.room import Loop, Room
from tests.faults.size import SIZE
from tests.faults.stack import Stack


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """The cache of the product under test is its own: there is nothing to empty here."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of this run."""
    if TABLE:
        terminalreporter.section("faults")
        for line in table():
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The product on PostgreSQL and Valkey."""
    with closing(Stack(SIZE.people, SIZE.web_workers)) as running:
        yield running


@pytest.fixture(scope="session")
def loop() -> Loop:
    """Where the browsers live."""
    return Loop()


@pytest.fixture(scope="session")
def new_room(stack: Stack, loop: Loop) -> Callable[[int], Room]:
    """Candidates who begin an exam now."""
    return lambda count: Room(loop, stack.people(count), stack.port)


@pytest.fixture(scope="session")
def room(new_room: Callable[[int], Room]) -> Room:
    """The room that sits through one fault after the other, and never hands in."""
    return new_room(SIZE.browsers)


@pytest.fixture
def small_room(new_room: Callable[[int], Room]) -> Room:
    """A room that may hand in."""
    return new_room(SIZE.small)


@pytest.fixture(scope="session")
def proof(stack: Stack) -> Proof:
    """What must hold."""
    return Proof(stack.database)
