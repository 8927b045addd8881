"""A cache that may go away: what it holds is never needed, only quicker."""

from typing import Any

from django.core.cache.backends.redis import RedisCache
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

    def incr(self, *args: Any, **kwargs: Any) -> int:
        """Counts; what cannot be counted counts as the first."""
        try:
            return super().incr(*args, **kwargs)
        except (RedisError, ValueError):
            return 1

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return super().delete(*args, **kwargs)
        except RedisError:
            return False
