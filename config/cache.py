"""A cache that may go away: what it holds is never needed, only quicker."""

from typing import Any

from django.core.cache.backends.redis import RedisCache
from django.utils.functional import cached_property
from redis import Redis
from redis.exceptions import RedisError


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache; while Redis is away a look-up misses and a write is dropped."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError:
            return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(*args, **kwargs)
        except RedisError:
            return

    def add(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return super().add(*args, **kwargs)
        except RedisError:
            return True

    def count(self, key: str, seconds: int) -> int:
        """How often this was asked in the last so many seconds, in one round trip for most.

        What cannot be counted counts as the first.
        """
        name = self.make_and_validate_key(key)
        try:
            number: int = self._counter.incr(name)
            if number == 1:
                self._counter.expire(name, seconds)
        except RedisError:
            return 1
        return number

    @cached_property
    def _counter(self) -> Redis:
        """Kept, because making one takes longer than counting."""
        return self._cache.get_client(write=True)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return super().delete(*args, **kwargs)
        except RedisError:
            return False
