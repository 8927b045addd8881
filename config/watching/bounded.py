"""Asking what may never answer: one question at a time, and a limit on how long anybody waits."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Bounded(Generic[T]):
    """A function that runs in a thread of its own; who calls it waits so many seconds at most.

    However many call at once, it runs once for all of them, and while it hangs it is not begun
    again: a database that does not answer costs one thread and one connection.
    """

    def __init__(self, function: Callable[[], T], *, seconds: float, keep: float = 0.0) -> None:
        """An answer not older than `keep` seconds is given again."""
        self.function = function
        self.seconds = seconds
        self.keep = keep
        self._lock = Lock()
        self._asked: Future[T] | None = None
        self._at = 0.0

    def __call__(self) -> T:
        """The answer. Raises TimeoutError, or what the function raises."""
        with self._lock:
            now = time.monotonic()
            if self._asked is None or (self._asked.done() and now - self._at >= self.keep):
                self._asked, self._at = Future(), now
                Thread(target=self._answer, args=(self._asked,), daemon=True).start()
            asked, left = self._asked, self._at + self.seconds - now
        return asked.result(max(left, 0.0))

    def or_else(self, otherwise: U) -> T | U:
        """The answer, or this one if none came in time."""
        try:
            return self()
        except TimeoutError:
            return otherwise

    def _answer(self, asked: "Future[T]") -> None:
        try:
            asked.set_result(self.function())
        except BaseException as error:
            asked.set_exception(error)
