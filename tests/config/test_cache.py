"""The cache that may go away, and what is counted in it."""

import socket
from contextlib import suppress
from typing import Any

from django.core.cache import cache


def test_each_name_is_counted_on_its_own_from_its_first_time_on() -> None:
    waits = [cache.seconds_to_wait(name, times=2, seconds=90) for name in ("a", "a", "b", "a")]
    assert waits[:3] == [0, 0, 0]
    assert 0 < waits[3] <= 90
    assert 0 < cache._counter.ttl(cache.make_key("b")) <= 90
    cache._counter.expire(cache.make_key("a"), 0)
    assert cache.seconds_to_wait("a", times=2, seconds=90) == 0


def test_a_count_that_lost_its_end_gets_a_new_one() -> None:
    cache._counter.set(cache.make_key("a"), 2)
    assert cache.seconds_to_wait("a", times=2, seconds=90) == 90
    assert 0 < cache._counter.ttl(cache.make_key("a")) <= 90


def test_without_redis_everything_is_within_its_limit(settings: Any) -> None:
    nowhere = {"LOCATION": "unix:///nowhere/valkey.sock?db=0"}
    settings.CACHES = {"default": settings.CACHES["default"] | nowhere}
    assert [cache.seconds_to_wait("a", times=0, seconds=90) for _ in range(2)] == [0, 0]


def test_a_frozen_redis_is_asked_once_and_then_left_alone_for_a_while(settings: Any) -> None:
    with socket.socket() as frozen:  # takes connections and never answers
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        frozen.setblocking(False)
        options = {"socket_timeout": 0.05, "socket_connect_timeout": 0.05}
        address = f"redis://127.0.0.1:{frozen.getsockname()[1]}/0"
        there = {"LOCATION": address, "OPTIONS": options}
        settings.CACHES = {"default": settings.CACHES["default"] | there}
        assert [cache.get("a", "none"), cache.get("b")] == ["none", None]
        assert cache.seconds_to_wait("a", times=0, seconds=90) == 0
        assert [frozen.accept()[0].close(), connections_waiting(frozen)] == [None, 0]


def connections_waiting(listener: socket.socket) -> int:
    """How many nobody has taken yet."""
    number = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            number += 1
    return number
