"""Near-duplicate texts, exactly and fast: a set-similarity join with prefix filtering."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
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
        rare = sorted(found, key=lambda shingle: (frequency[shingle], shingle))
        prefix = rare[: len(rare) - ceil(at_least * len(rare)) + 1]
        for i in sorted({i for shingle in prefix for i in index[shingle]}):
            common = len(sets[i] & found)
            union = len(sets[i]) + len(found) - common
            if common >= at_least * union:
                yield i, j, common / union
        for shingle in prefix:
            index[shingle].append(j)


def _shingles(stem: str) -> frozenset[str]:
    tokens = normalised(stem).split()
    last = max(len(tokens) - SHINGLE + 1, 1)
    return frozenset(" ".join(tokens[start : start + SHINGLE]) for start in range(last))
