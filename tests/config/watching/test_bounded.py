"""Asking what may never answer."""

from threading import Event, Thread

import pytest

from config.watching.bounded import Bounded

LONG = 60.0


def test_who_asks_something_that_hangs_waits_so_long_and_no_longer() -> None:
    free = Event()
    hanging = Bounded(lambda: free.wait(LONG), seconds=0.01)
    for _again in range(2):
        with pytest.raises(TimeoutError):
            hanging()
    free.set()


def test_what_hangs_is_not_begun_again_and_is_asked_anew_once_it_answered() -> None:
    begun: list[int] = []
    free = Event()

    def ask() -> int:
        begun.append(1)
        free.wait(LONG)
        return len(begun)

    slow = Bounded(ask, seconds=0.01)
    for _again in range(3):
        with pytest.raises(TimeoutError):
            slow()
    assert len(begun) == 1
    free.set()
    slow._asked.result(LONG)
    slow.seconds = LONG
    assert slow() == 2


def test_many_who_ask_at_once_are_given_one_answer() -> None:
    begun: list[int] = []
    free = Event()

    def ask() -> int:
        begun.append(1)
        free.wait(LONG)
        return len(begun)

    asked = Bounded(ask, seconds=LONG, keep=LONG)
    answers: list[int] = []
    threads = [Thread(target=lambda: answers.append(asked())) for _each in range(5)]
    for thread in threads:
        thread.start()
    free.set()
    for thread in threads:
        thread.join(LONG)
    assert answers == [1] * 5


def test_a_fresh_answer_is_given_again_and_a_failure_is_raised() -> None:
    count = iter(range(10))
    kept = Bounded(lambda: next(count), seconds=LONG, keep=LONG)
    assert [kept(), kept()] == [0, 0]
    with pytest.raises(ZeroDivisionError):
        Bounded(lambda: 1 // 0, seconds=LONG)()
