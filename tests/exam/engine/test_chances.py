"""Chances of passing against brute force and simulation; readiness over attempts."""

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam.engine.forms.assembly import expected_range
from exam.engine.forms.blueprint import domain_counts
from exam.engine.scores.chances import (
    OFFSETS,
    Readiness,
    ahead,
    chance_at_standard,
    chance_from_belief,
    chance_of_passing,
    classification,
    kalman_readiness,
    pass_curve,
    updated,
)
from exam.engine.scores.rasch import lord_wingersky, probability, raw_cut
from exam.engine.scores.scoring import solve_cut

from .banks import MLS, TAU_CUT, draw, make_pool, reference_of, scored_difficulty

COUNTS = {number: counts.scored for number, counts in domain_counts(MLS).items()}


@pytest.fixture(scope="module")
def bank():
    pool = make_pool(400, seed=6)
    return {number: pool.difficulty[pool.domain == number] for number in COUNTS}


@pytest.fixture(scope="module")
def cut():
    return solve_cut(reference_of(make_pool(400, seed=6)), TAU_CUT)


@pytest.fixture(scope="module")
def curve(bank, cut):
    return pass_curve(bank, COUNTS, cut, seed=1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_lord_wingersky_equals_counting_every_pattern(chances):
    expected = [0.0] * (len(chances) + 1)
    for pattern in product([0, 1], repeat=len(chances)):
        weight = prod(p if hit else 1 - p for p, hit in zip(chances, pattern, strict=True))
        expected[sum(pattern)] += weight
    assert lord_wingersky(np.array(chances)) == pytest.approx(expected, abs=1e-12)


def test_lord_wingersky_of_equal_items_is_binomial_at_every_ability():
    p = np.repeat([[0.2], [0.5], [0.9]], 3, axis=1)
    assert lord_wingersky(p)[1] == pytest.approx([1 / 8, 3 / 8, 3 / 8, 1 / 8])
    assert lord_wingersky(p)[:, 3] == pytest.approx([0.008, 0.125, 0.729])


def test_the_pass_curve_rises_from_nothing_to_certainty(curve):
    assert curve.shape == OFFSETS.shape == (641,)
    assert np.all(np.diff(curve) >= -1e-12)
    assert curve[0] < 1e-6
    assert curve[-1] > 1 - 1e-6
    assert 0.4 < curve[320] < 0.6


def test_the_pass_curve_is_that_of_forms_as_they_are_assembled(bank, cut):
    pool = make_pool(400, seed=6)
    passing = []
    for seed in range(12):
        b = scored_difficulty(pool, draw(pool, seed=seed))
        scores = lord_wingersky(probability(cut + OFFSETS[::40], b))
        passing.append(scores[:, raw_cut(b, cut) :].sum(axis=1))
    curve = pass_curve(bank, COUNTS, cut, seed=1, expected=expected_range(50, TAU_CUT))
    assert curve[::40] == pytest.approx(np.mean(passing, axis=0), abs=0.01)
    # 36.1 right are expected at the cut and 37 needed; a form by lot needs half an answer more
    # than is expected on it, on average.
    assert pass_curve(bank, COUNTS, cut, seed=1)[320] > curve[320] + 0.02


def test_the_pass_curve_is_reproducible_and_depends_on_its_seed(bank, cut, curve):
    assert np.array_equal(curve, pass_curve(bank, COUNTS, cut, seed=1))
    other = pass_curve(bank, COUNTS, cut, seed=2)
    assert 0 < np.max(np.abs(curve - other)) < 0.05


def test_the_pass_curve_exists_for_a_small_bank_but_not_without_a_domain(cut):
    few = {number: np.zeros(2) for number in COUNTS}
    assert pass_curve(few, COUNTS, cut, seed=1)[-1] > 0.99
    with pytest.raises(ValueError, match="Domain 3 has no question"):
        pass_curve({1: np.zeros(9), 2: np.zeros(9), 4: np.zeros(9)}, COUNTS, cut, seed=1)


def simulated(cut, variance, seed=5, people=60_000):
    """Raw scores, and whether a second form is passed, when true difficulties differ from b."""
    rng = np.random.default_rng(seed)
    b, other = rng.normal(0, 0.7, (2, 50))
    theta = rng.normal(cut, 1, people)

    def right(difficulties):
        true = difficulties + rng.normal(0, variance**0.5, (people, 50))
        return (rng.random((people, 50)) < 1 / (1 + np.exp(true - theta[:, None]))).sum(axis=1)

    return b, other, right(b), right(other) >= raw_cut(other, cut), theta


@pytest.mark.parametrize("variance", [0.0, 0.1])
def test_the_chance_of_passing_comes_true(cut, variance):
    b, other, raw, passed, _ = simulated(cut, variance)
    curve = pass_curve({1: other}, {1: 50}, cut, seed=1)
    chance = chance_of_passing(b, np.full(50, variance), curve, cut)[raw]
    for low in np.arange(0, 1, 0.1):
        inside = (chance >= low) & (chance < low + 0.1)
        assert inside.sum() > 300
        assert chance[inside].mean() == pytest.approx(passed[inside].mean(), abs=0.03)


def test_the_chance_of_being_at_the_standard_comes_true(cut):
    b, _, raw, _, theta = simulated(cut, 0.0)
    chance = chance_at_standard(b, np.zeros(50), cut)[raw]
    for low in np.arange(0, 1, 0.2):
        inside = (chance >= low) & (chance < low + 0.2)
        assert inside.sum() > 100
        assert chance[inside].mean() == pytest.approx((theta[inside] >= cut).mean(), abs=0.04)


def test_chances_rise_with_the_raw_score_and_uncertainty_pulls_them_to_the_middle(curve, cut):
    b = np.random.default_rng(2).normal(0, 1, 50)
    sure, unsure = (chance_of_passing(b, np.full(50, v), curve, cut) for v in (0.0, 5.0))
    for chances in (sure, unsure):
        assert chances.shape == (51,)
        assert np.all(np.diff(chances) >= 0)
        assert 0 <= chances[0] < 0.01
        assert 0.99 < chances[-1] <= 1
    assert unsure[30] > sure[30]
    assert unsure[45] < sure[45]


def test_one_more_right_answer_never_lowers_the_chance(curve, cut):
    dented = np.where(OFFSETS < 1, curve, 0.0)
    chances = chance_of_passing(np.zeros(50), np.zeros(50), dented, cut)
    assert np.all(np.diff(chances) >= 0)


def test_a_prior_that_knows_better_moves_the_chance(curve, cut):
    b, v = np.zeros(50), np.zeros(50)
    weak, strong = (chance_of_passing(b, v, curve, cut, mean=cut + m, sd=0.5) for m in (-1, 1))
    assert np.all(weak[5:45] < strong[5:45])


def test_a_belief_on_the_cut_gives_an_even_chance(curve, cut):
    assert chance_from_belief(Readiness(cut, 0.1), curve, cut) == pytest.approx(0.5, abs=0.06)
    assert chance_from_belief(Readiness(cut + 3, 0.1), curve, cut) > 0.99
    narrow = chance_from_belief(Readiness(cut + 0.5, 1e-4), curve, cut)
    assert narrow == pytest.approx(float(np.interp(0.5, OFFSETS, curve)), abs=1e-3)


def test_readiness_weighs_a_new_score_by_what_it_is_worth():
    first, second = kalman_readiness([(0.0, 1.0), (1.0, 0.56)], mean=1.0)
    assert first == Readiness(pytest.approx(0.5), pytest.approx(0.5))
    # (.5 + .25, .5 + .06) meets 1 with an equal variance: half way, half the variance.
    assert second == Readiness(pytest.approx(0.875), pytest.approx(0.28))
    assert kalman_readiness([], mean=1.0) == ()


def test_readiness_beats_the_last_score_and_the_mean_of_all():
    rng = np.random.default_rng(9)
    growth = rng.normal(0.25, 0.06**0.5, (2000, 6))
    growth[:, 0] = rng.normal(0, 1, 2000)
    ability = growth.cumsum(axis=1)
    seen = ability + rng.normal(0, 0.33, ability.shape)
    belief = [
        kalman_readiness([(x, 0.33**2) for x in row], mean=0.0)[-1].mean for row in seen.tolist()
    ]
    guesses = (np.array(belief), seen[:, -1], seen.mean(axis=1))
    kalman, last, mean = (np.sqrt(np.mean((g - ability[:, -1]) ** 2)) for g in guesses)
    assert kalman < last < mean


def test_accuracy_and_consistency_are_those_of_a_simulation(cut):
    rng = np.random.default_rng(11)
    b, theta = rng.normal(0, 1, 50), rng.normal(cut, 1, 40_000)
    chances = probability(theta, b)
    once, again = ((rng.random(chances.shape) < chances).sum(axis=1) for _ in range(2))
    passed, passed_again = once >= raw_cut(b, cut), again >= raw_cut(b, cut)
    form = classification(b, cut)
    assert form.accuracy == pytest.approx(np.mean(passed == (theta >= cut)), abs=0.006)
    assert form.consistency == pytest.approx(np.mean(passed == passed_again), abs=0.006)


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_accuracy_is_that_of_a_finer_grid_for_the_cut_is_the_end_of_two_stretches(shift):
    """With the whole stretch around the cut above, the sum would be off by half of what it has."""
    b, cut = np.random.default_rng(3).normal(0, 1, 6), 0.2
    theta = cut + np.linspace(-8, 8, 64_000, endpoint=False) + 8 / 64_000
    weight = np.exp(-((theta - cut - shift) ** 2) / 2)
    passing = lord_wingersky(probability(theta, b))[:, raw_cut(b, cut) :].sum(axis=1)
    right = np.where(theta >= cut, passing, 1 - passing) @ weight / weight.sum()
    assert classification(b, cut, mean=cut + shift).accuracy == pytest.approx(right, abs=2e-5)


@given(st.floats(-3, 3), st.lists(st.tuples(st.floats(-4, 4), st.floats(0.05, 1)), max_size=9))
def test_what_is_known_of_ability_depends_on_where_it_began_and_on_no_later_cut(cut, seen):
    """Exams sat at one cut and then at another: the same as all of them at the first."""
    whole = kalman_readiness(seen, mean=cut)
    for place in range(1, len(seen)):
        before = kalman_readiness(seen[:place], mean=cut)
        assert whole[:place] == before
        after = before[-1]
        for theta, error in seen[place:]:
            after = updated(ahead(after), theta, error)
        assert after == whole[-1]
