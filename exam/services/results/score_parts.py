"""What a score says about the parts of its form: domains, areas, sub-domains."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from exam.engine.scores.domains import domain_bands, domain_estimates
from exam.models import Score
from exam.services.results.score_tables import Standard

AT_ONCE = 2000  # groups, so that memory stays small


@dataclass(frozen=True, slots=True)
class Item:
    """One position of a form, answered; `counts` if it is scored and was not taken out."""

    position: int
    domain: int
    subdomain: str
    area: str
    difficulty: float
    variance: float
    counts: bool
    right: bool


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A score and the items that it is the sum of, those on trial too."""

    score: Score
    standard: Standard
    items: list[Item]


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    marked: Marked
    part: str  # the field of the score
    code: Any
    members: list[Item]


_PARTS: dict[str, tuple[Callable[[Item], Any], bool]] = {
    # Whether only items that count are in it.
    "domains": (lambda item: item.domain, True),
    "areas": (lambda item: item.area, True),
    "subdomains": (lambda item: item.subdomain, False),
}


def fill_parts(marked: Sequence[Marked]) -> None:
    """Writes the estimate of every part into the scores."""
    for one in marked:
        one.score.domains, one.score.areas, one.score.subdomains = [], [], []
    groups = [group for one in marked for group in _groups(one)]
    groups.sort(key=lambda group: id(group.marked.standard))
    for _standard, own in groupby(groups, key=lambda group: id(group.marked.standard)):
        same = list(own)
        for start in range(0, len(same), AT_ONCE):
            _fill(same[start : start + AT_ONCE])


def _groups(marked: Marked) -> Iterator[_Group]:
    for part, (code_of, only_counted) in _PARTS.items():
        found: dict[Any, list[Item]] = {}
        for item in marked.items:
            if item.counts or not only_counted:
                found.setdefault(code_of(item), []).append(item)
        for code, members in sorted(found.items()):
            yield _Group(marked, part, code, members)


def _fill(groups: Sequence[_Group]) -> None:
    standard = groups[0].marked.standard
    rights = [sum(item.right for item in group.members) for group in groups]
    estimate, error = domain_estimates(
        np.array([item.difficulty for group in groups for item in group.members]),
        np.array([item.variance for group in groups for item in group.members]),
        [len(group.members) for group in groups],
        rights,
        [group.marked.score.theta for group in groups],
    )
    bands = domain_bands(estimate, error, standard.reference, standard.cut_share, standard.scale)
    for group, right, (low, score, high) in zip(groups, rights, bands.tolist(), strict=True):
        entry = {
            "code": group.code,
            "right": right,
            "count": len(group.members),
            "score": score,
            "low": low,
            "high": high,
        }
        getattr(group.marked.score, group.part).append(entry)
