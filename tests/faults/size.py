"""How large a run is: FAULTS=long makes more of everything."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much is done."""

    browsers: int  # in the room that sits through most faults
    small: int  # in a room that hands in
    rounds: int
    refusals: int  # how often everybody is refused before the database comes back
    people: int
    web_workers: int


LONG = os.environ.get("FAULTS") == "long"
SIZE = Size(50, 30, 3, 12, 600, 4) if LONG else Size(20, 10, 1, 2, 150, 2)
