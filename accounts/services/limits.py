"""How often something may be asked for: one table, counted in the cache.

While the cache is away nothing is counted here. Wrong passwords are counted elsewhere, in the
database (accounts/lockout.py); how often files and invitations come, too.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in so many seconds, counted from the first of them."""

    times: int
    seconds: int


LIMITS: Final = {
    # Sign-in codes for one account: asked from one network address, and from everywhere.
    "code_here": Limit(5, 3600),
    "code_anywhere": Limit(20, 3600),
    # Sign-in codes for whatever account, from one network address: a class room behind one.
    "code_network": Limit(60, 60),
    # Mails that tell an address something it did not ask for itself.
    "notice": Limit(3, 3600),
    # Reports of browsers: from one network address, and from all of them.
    "refusals_here": Limit(60, 60),
    "refusals_anywhere": Limit(600, 60),
}


class TooOften(Exception):
    """Asked for too often; `seconds` says when it may be asked for again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def use(name: str, *who: str) -> None:
    """Counts one more of these by whom; beyond the limit it is refused.

    Raises:
        TooOften: the limit is reached.
    """
    limit = LIMITS[name]
    whose = hashlib.sha256("|".join(who).encode()).hexdigest()[:32]
    if seconds := cache.seconds_to_wait(f"limit:{name}:{whose}", limit.times, limit.seconds):
        raise TooOften(seconds)


def is_within(name: str, *who: str) -> bool:
    """Counts one more; whether it is within the limit."""
    try:
        use(name, *who)
    except TooOften:
        return False
    return True
