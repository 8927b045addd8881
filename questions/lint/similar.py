"""Near-duplicate texts, exactly and fast: a set-similarity join with prefix filtering."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil

from .text import normalised

SHINGLE = 3
LIKENESS = Fraction(8, 10)


def similar_stems(
    stems: Sequence[str], at_least: Fraction = LIKENESS
) -> Iterator[tuple[int, int, float]]:
    """Pairs (i, j, Jaccard similarity of word shingles) with i < j and similarity ≥ `at_least`.

    Two sets that are alike share a shingle among the rarest few of each, so only those few are
    indexed and most pairs are never looked at (Chaudhuri, Ganti & Kaushik 2006; Bayardo, Ma &
    Srikant 2007). Nothing is missed.
    """
    sets = [_shingles(stem) for stem in stems]
    frequency = Counter(shingle for found in sets for shingle in found)
    index: dict[str, list[int]] = defaultdict(list)
    for j, found in enumerate(sets):
        prefix = _rarest(found, frequency, at_least)
        for i in sorted({i for shingle in prefix for i in index[shingle]}):
            common = len(sets[i] & found)
            union = len(sets[i]) + len(found) - common
            if common >= at_least * union:
                yield i, j, common / union
        for shingle in prefix:
            index[shingle].append(j)


def similar_between(
    known: Iterable[str], new: Sequence[str], at_least: Fraction = LIKENESS
) -> Iterator[tuple[int, int, float]]:
    """Pairs (i in known, j in new, similarity) with similarity ≥ `at_least`.

    `known` may be a whole bank: it is gone through once, and only `new` is held in memory.
    """
    sets = [_shingles(stem) for stem in new]
    frequency = Counter(shingle for found in sets for shingle in found)
    index: dict[str, list[int]] = defaultdict(list)
    for j, found in enumerate(sets):
        for shingle in _rarest(found, frequency, at_least):
            index[shingle].append(j)
    for i, stem in enumerate(known):
        found = _shingles(stem)
        prefix = _rarest(found, frequency, at_least)
        for j in sorted({j for shingle in prefix for j in index.get(shingle, ())}):
            common = len(sets[j] & found)
            union = len(sets[j]) + len(found) - common
            if common >= at_least * union:
                yield i, j, common / union


def _rarest(found: frozenset[str], frequency: Counter[str], at_least: Fraction) -> list[str]:
    """So few that two sets that are alike share one of them."""
    rare = sorted(found, key=lambda shingle: (frequency[shingle], shingle))
    return rare[: len(rare) - ceil(at_least * len(rare)) + 1]


def _shingles(stem: str) -> frozenset[str]:
    tokens = normalised(stem).split()
    last = max(len(tokens) - SHINGLE + 1, 1)
    return frozenset(" ".join(tokens[start : start + SHINGLE]) for start in range(last))


def most_alike(
    stem: str, others: Mapping[int, str], *, at_least: float, most: int
) -> dict[int, float]:
    """The others whose stems are alike by at least this share, the most alike first.

    Stems that share too few words cannot share runs of words; they are left out before the dear
    part. The share is the Jaccard similarity of word shingles, as in `similar_stems`.
    """
    own, own_words = _shingles(stem), set(stem.casefold().split())
    if not own_words:
        return {}
    found = {}
    for key, other in others.items():
        if len(own_words.intersection(other.casefold().split())) < at_least * len(own_words) / 2:
            continue
        shingles = _shingles(other)
        share = len(own & shingles) / len(own | shingles)
        if share >= at_least:
            found[key] = share
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:most])
