"""The cache that may go away, and what is counted in it."""

from typing import Any

from django.core.cache import cache


def test_each_name_is_counted_on_its_own_and_forgotten_in_time() -> None:
    assert [cache.count(name, seconds=90) for name in ("a", "a", "b", "a")] == [1, 2, 1, 3]
    assert 0 < cache._counter.ttl(cache.make_key("a")) <= 90


def test_without_redis_everything_counts_as_the_first(settings: Any) -> None:
    nowhere = {"LOCATION": "unix:///nowhere/valkey.sock?db=0"}
    settings.CACHES = {"default": settings.CACHES["default"] | nowhere}
    assert [cache.count("a", seconds=90) for _ in range(2)] == [1, 1]
