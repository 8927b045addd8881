"""What the literature worked out by hand comes out of the engine."""

from itertools import product
from math import log, prod

import numpy as np
import pytest

from exam.engine.items.classical import Functioning, Responses, differential_functioning
from exam.engine.scores.chances import OFFSETS, classification
from exam.engine.scores.rasch import lord_wingersky, probability, raw_cut


def test_the_recursion_gives_the_distribution_of_kolen_and_brennan():
    # Kolen & Brennan, Test Equating, Scaling, and Linking, ch. 6: their three items (a, b, c) at an
    # ability of −2, and the recursion with the chances rounded as they print them.
    a, b, c = np.array([1.3, 0.6, 1.7]), np.array([-1.3, -0.1, 0.9]), np.array([0.1, 0.17, 0.18])
    chances = np.round(c + (1 - c) / (1 + np.exp(-1.7 * a * (-2 - b))), 2)
    assert chances.tolist() == [0.26, 0.27, 0.18]
    assert np.round(lord_wingersky(chances), 4).tolist() == [0.4430, 0.4167, 0.1277, 0.0126]


STRATA = 5  # items beside the one that is looked at: they tell up to six strata apart


def in_strata(tables: list[tuple[int, int, int, int]]) -> Functioning:
    """Differential functioning of an item with these counts in each stratum.

    Reference right and wrong, focal right and wrong; somebody of stratum k has k other items right.
    """
    kinds = [(1, 0), (0, 0), (1, 1), (0, 1)]
    people = [
        (right, stratum, focal)
        for stratum, counts in enumerate(tables)
        for (right, focal), count in zip(kinds, counts, strict=True)
        for _ in range(count)
    ]
    right = np.array([[hit, *(place < k for place in range(STRATA))] for hit, k, _ in people], bool)
    length = STRATA + 1
    responses = Responses(
        starts=np.arange(len(people) + 1) * length,
        items=np.tile(np.arange(length, dtype=np.int32), len(people)),
        selected=np.where(right, 1, 2).ravel().astype(np.uint16),
        keys=np.ones(length, np.uint16),
        seconds=np.full(right.size, 60.0),
        changes=np.zeros(right.size, np.int8),
    )
    return differential_functioning(responses, np.array([focal for _, _, focal in people], bool))


def test_the_rabbits_of_mantel_and_haenszel_have_an_odds_ratio_of_seven():
    # Penicillin at once or after 90 minutes, five doses: Agresti, Categorical Data Analysis (1990),
    # pages 231 to 237; with continuity correction χ² = 3.93, p = .047.
    found = in_strata([(0, 6, 0, 5), (3, 3, 0, 6), (6, 0, 2, 4), (5, 1, 6, 0), (2, 0, 5, 0)])
    assert found.delta[0] == pytest.approx(-2.35 * log(7))
    assert found.chi_square[0] == pytest.approx(3.9286, abs=5e-5)


def test_admissions_to_berkeley_do_not_differ_within_departments():
    # Bickel, Hammel & O'Connell 1975 (Science 187): men admitted and rejected, women likewise, in
    # the six largest departments; the common odds ratio is .905, χ² = 1.43, p = .23.
    admissions = [
        *((512, 313, 89, 19), (353, 207, 17, 8), (120, 205, 202, 391)),
        *((138, 279, 131, 244), (53, 138, 94, 299), (22, 351, 24, 317)),
    ]
    found = in_strata(admissions)
    assert found.delta[0] == pytest.approx(-2.35 * log(0.9046968), abs=1e-6)
    assert found.chi_square[0] == pytest.approx(1.4269, abs=5e-5)
    assert found.category[0] == "A"


def test_accuracy_and_consistency_of_lee_are_those_of_counting_every_pattern():
    # Lee 2010 (Journal of Educational Measurement 47), with every pattern of answers instead of the
    # recursion: who passes, on which side of the standard they are, and what a second form says.
    b, cut = np.array([-1.1, -0.4, 0.0, 0.3, 0.9, 1.6]), 0.35
    needed, theta = raw_cut(b, cut), cut + OFFSETS
    p = probability(theta, b)
    passing = np.zeros(theta.size)
    for pattern in product([True, False], repeat=b.size):
        if sum(pattern) >= needed:
            passing += prod(p[:, i] if hit else 1 - p[:, i] for i, hit in enumerate(pattern))
    weight = np.exp(-((theta - 0.1) ** 2) / (2 * 0.8**2))
    weight /= weight.sum()
    found = classification(b, cut, mean=0.1, sd=0.8)
    above = np.where(OFFSETS == 0, 0.5, OFFSETS > 0)  # half of the stretch around the cut
    assert found.accuracy == pytest.approx(weight @ (above * passing + (1 - above) * (1 - passing)))
    assert found.consistency == pytest.approx(weight @ (passing**2 + (1 - passing) ** 2))
