"""A cache that may go away: what it holds is never needed, only quicker."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache
from django.utils.functional import cached_property
from redis import Redis
from redis.exceptions import RedisError

T = TypeVar("T")

# After a failure nobody asks for so long: with a frozen Redis each question costs its time limit.
PAUSE_SECONDS = 3.0
_away_until: dict[str, float] = {}  # by address, for all threads of the process


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache; while Redis is away a look-up misses and a write is dropped."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        inherited = super().get
        return self._asked(lambda: inherited(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        inherited = super().set
        self._asked(lambda: inherited(*args, **kwargs), None)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        inherited = super().add
        return self._asked(lambda: inherited(*args, **kwargs), True)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        inherited = super().delete
        return self._asked(lambda: inherited(*args, **kwargs), False)

    def seconds_to_wait(self, key: str, times: int, seconds: int) -> int:
        """Counts one more of these; 0 while they are at most `times` in so many seconds.

        Counting begins with the first of them, so no clock is asked and none can differ. What
        cannot be counted is within the limit.
        """
        name = self.make_and_validate_key(key)
        return self._asked(lambda: self._counted(name, times, seconds), 0)

    def _counted(self, name: str, times: int, seconds: int) -> int:
        """In one round trip for most."""
        number: int = self._counter.incr(name)
        if number == 1:
            self._counter.expire(name, seconds)
        if number <= times:
            return 0
        left: int = self._counter.ttl(name)
        if left < 0:  # its end was lost between the two steps above: nobody is shut out for good
            self._counter.expire(name, seconds)
            return seconds
        return max(left, 1)

    def _asked(self, ask: Callable[[], T], otherwise: T) -> T:
        """What Redis says; `otherwise` while it is away."""
        address = self._servers[0]
        if time.monotonic() < _away_until.get(address, 0):
            return otherwise
        try:
            return ask()
        except RedisError:
            _away_until[address] = time.monotonic() + PAUSE_SECONDS
            return otherwise

    @cached_property
    def _counter(self) -> Redis:
        """Kept, because making one takes longer than counting."""
        return self._cache.get_client(write=True)
