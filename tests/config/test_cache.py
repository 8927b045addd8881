"""The cache that may go away, and what is counted in it."""

import socket
from contextlib import suppress
from typing import Any

from django.core.cache import cache


def test_each_name_is_counted_on_its_own_and_forgotten_in_time() -> None:
    assert [cache.count(name, seconds=90) for name in ("a", "a", "b", "a")] == [1, 2, 1, 3]
    assert 0 < cache._counter.ttl(cache.make_key("a")) <= 90


def test_without_redis_everything_counts_as_the_first(settings: Any) -> None:
    nowhere = {"LOCATION": "unix:///nowhere/valkey.sock?db=0"}
    settings.CACHES = {"default": settings.CACHES["default"] | nowhere}
    assert [cache.count("a", seconds=90) for _ in range(2)] == [1, 1]


def test_a_frozen_redis_is_asked_once_and_then_left_alone_for_a_while(settings: Any) -> None:
    with socket.socket() as frozen:  # takes connections and never answers
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        frozen.setblocking(False)
        options = {"socket_timeout": 0.05, "socket_connect_timeout": 0.05}
        address = f"redis://127.0.0.1:{frozen.getsockname()[1]}/0"
        there = {"LOCATION": address, "OPTIONS": options}
        settings.CACHES = {"default": settings.CACHES["default"] | there}
        assert [cache.get("a", "none"), cache.count("a", 90), cache.get("b")] == ["none", 1, None]
        assert [frozen.accept()[0].close(), connections_waiting(frozen)] == [None, 0]


def connections_waiting(listener: socket.socket) -> int:
    """How many nobody has taken yet."""
    number = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            number += 1
    return number
