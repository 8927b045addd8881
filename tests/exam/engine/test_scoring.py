"""Scores: monotone, bounded, pass exactly at the cut, equal to a slow computation."""

from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam.engine.scores.rasch import ability, expected_raw
from exam.engine.scores.scoring import (
    Leaning,
    Measured,
    Reference,
    Scale,
    domain_band,
    domain_estimate,
    is_provisional,
    leaning,
    placed,
    prior_difficulty,
    provisional_points,
    raw_cut,
    reported,
    scaled,
    score_responses,
    score_table,
    solve_cut,
    true_share,
)

from .banks import TAU_CUT, make_pool, reference_of

SCALE = Scale()


def sigmoid(x):
    return 1 / (1 + exp(-x))


def slow_root(function, low=-60.0, high=60.0):
    """Bisection in plain Python for an increasing function."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return middle


def form_and_reference(rng, n, k=None):
    b = rng.normal(rng.normal(0, 0.5), rng.uniform(0.05, 2), n)
    v = rng.uniform(0, 1, n)
    size = k or int(rng.integers(5, 60))
    weights = rng.uniform(0.1, 1, size)
    reference = Reference(rng.normal(0, 1, size), np.zeros(size), weights / weights.sum())
    return b, v, reference


def test_tables_are_monotone_bounded_and_pass_exactly_at_the_cut_on_thousands_of_forms():
    rng = np.random.default_rng(20)
    for _ in range(2000):
        b, v, reference = form_and_reference(rng, int(rng.integers(1, 51)))
        tau_cut = rng.uniform(0.3, 0.95)
        theta_cut = solve_cut(reference, tau_cut)
        table = score_table(b, v, reference, theta_cut, tau_cut, SCALE)
        n = b.size
        assert table.scaled.shape == (n + 1,)
        assert np.all(np.diff(table.scaled) >= 0)
        assert np.array_equal(table.passed, table.scaled >= SCALE.cut)
        assert np.array_equal(table.passed[1:n], table.theta[1:n] >= theta_cut - 1e-9)
        assert (table.scaled[0], table.scaled[n]) == (100, 1000)
        assert np.all((table.low95 <= table.low) & (table.low <= table.scaled))
        assert np.all((table.scaled <= table.high) & (table.high <= table.high95))
        assert table.low95.min() >= 100
        assert table.high95.max() <= 1000
        assert np.all(table.se_form <= table.se)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 50))
def test_a_table_equals_a_slow_computation(seed, n):
    rng = np.random.default_rng(seed)
    b, v, reference = form_and_reference(rng, n, k=12)
    theta_cut = solve_cut(reference, TAU_CUT)
    table = score_table(b, v, reference, theta_cut, TAU_CUT, SCALE)
    items, raw = b.tolist(), int(rng.integers(1, n))
    theta = slow_root(lambda t: sum(sigmoid(t - x) for x in items) - raw)
    info = sum(sigmoid(theta - x) * sigmoid(x - theta) for x in items)
    form = sum(
        (sigmoid(theta - x) * sigmoid(x - theta)) ** 2 * var
        for x, var in zip(items, v.tolist(), strict=True)
    )

    def exact(t):
        tau = sum(
            w * sigmoid(t - x)
            for w, x in zip(reference.weights.tolist(), reference.b.tolist(), strict=True)
        )
        if tau <= TAU_CUT:
            return 100 + 650 * tau / TAU_CUT
        return 750 + 250 * (tau - TAU_CUT) / (1 - TAU_CUT)

    row = table.row(raw)
    se = sqrt(1 / info + form / info**2)
    assert row.theta == pytest.approx(theta, abs=1e-9)
    assert row.se == pytest.approx(se, abs=1e-9)
    assert row.se_form == pytest.approx(sqrt(form) / info, abs=1e-9)
    assert abs(row.scaled - exact(theta)) <= 1
    assert abs(row.low - min(row.scaled, exact(theta - 0.994 * se))) <= 1
    assert abs(row.high - max(row.scaled, exact(theta + 0.994 * se))) <= 1
    slope = (exact(theta + 1e-5) - exact(theta - 1e-5)) / 2e-5
    assert provisional_points(row) == pytest.approx(slope * row.se_form, rel=0.01)


def stored(table, raw):
    """What is kept of a score, with the decimals in which it is."""
    return Measured(
        round(float(table.theta[raw]), 4), round(float(table.se[raw]), 4), raw, table.theta.size - 1
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 50), st.floats(0.3, 0.95))
def test_an_exam_lies_on_any_scale_where_a_table_made_for_it_has_it(seed, n, tau_cut):
    rng = np.random.default_rng(seed)
    b, v, reference = form_and_reference(rng, n)
    theta_cut = round(solve_cut(reference, tau_cut), 6)
    table = score_table(b, v, reference, theta_cut, tau_cut, SCALE)
    for raw in range(n + 1):
        place = placed(stored(table, raw), reference, theta_cut, tau_cut, SCALE)
        assert place.passed == table.passed[raw]
        assert (place.score >= SCALE.cut) == place.passed
        assert place.low <= place.score <= place.high
        found = (place.score, place.low, place.high)
        wanted = (table.scaled[raw], table.low[raw], table.high[raw])
        assert all(abs(one - other) <= 1 for one, other in zip(found, wanted, strict=True))


def test_just_below_the_cut_is_one_point_below_and_at_the_cut_is_the_cut():
    """A grid of abilities around the cut, on scales whose cut was rounded either way."""
    steps = [-0.1, -1e-3, -1e-4, 0.0, 1e-4, 1e-3, 0.1]
    for seed in range(200):
        _b, _v, reference = form_and_reference(np.random.default_rng(seed), 2, k=20)
        theta_cut = round(solve_cut(reference, TAU_CUT), 6)
        at_cut = round(theta_cut, 4)
        for step in steps:
            exam = Measured(round(at_cut + step, 4), 0.3, 36, 50)
            place = placed(exam, reference, theta_cut, TAU_CUT, SCALE)
            assert place.passed == (step >= 0)
            assert (place.score >= 750) == place.passed
            if abs(step) <= 1e-4:
                assert place.score == (750 if place.passed else 749)


def test_on_a_form_like_the_reference_exam_the_right_answers_of_the_cut_pass_wherever_it_lies():
    # All items alike: Σ P(θ_c) is the cut's number of right answers exactly, whatever is rounded.
    for b in np.linspace(-2.5, 2.5, 41):
        items, zeros = np.full(18, b), np.zeros(18)
        reference = Reference(items, zeros, np.full(18, 1 / 18))
        exact = solve_cut(reference, 13 / 18)
        table = score_table(items, zeros, reference, exact, 13 / 18, SCALE)
        assert (table.scaled[12], table.scaled[13]) == (700, 750)
        assert table.passed.tolist() == [False] * 13 + [True] * 6
        for raw in (12, 13):
            place = placed(stored(table, raw), reference, round(exact, 6), 13 / 18, SCALE)
            assert (place.score, place.passed) == (int(table.scaled[raw]), raw == 13)


def test_on_the_reference_exam_the_score_is_a_straight_line_of_the_raw_score():
    # 39 of 54 is 13/18 exactly: it meets the cut and passes, whatever the rounding.
    for seed in range(40):
        b = np.random.default_rng(seed).normal(0, 1, 54)
        reference = Reference(b, np.zeros(54), np.full(54, 1 / 54))
        cut = solve_cut(reference, 13 / 18)
        table = score_table(b, np.zeros(54), reference, cut, 13 / 18, SCALE)
        straight = [100 + 900 * raw / 54 for raw in range(55)]
        assert np.max(np.abs(table.scaled - straight)) <= 0.5 + 1e-6
        assert (table.scaled[39], table.passed[39], table.passed[38]) == (750, True, False)


def test_the_origin_of_ability_cancels():
    rng = np.random.default_rng(8)
    b, v, reference = form_and_reference(rng, 50)
    moved = Reference(reference.b + 3, reference.v, reference.weights)
    here = score_table(b, v, reference, solve_cut(reference, TAU_CUT), TAU_CUT, SCALE)
    there = score_table(b + 3, v, moved, solve_cut(moved, TAU_CUT), TAU_CUT, SCALE)
    assert np.array_equal(here.scaled, there.scaled)


def test_a_form_hit_by_a_dropped_item_has_one_row_less():
    pool = make_pool(200)
    reference = reference_of(pool)
    b, cut = pool.difficulty[:50], solve_cut(reference, TAU_CUT)
    table = score_table(b[:49], np.zeros(49), reference, cut, TAU_CUT, SCALE)
    assert (table.scaled.size, table.row(49).scaled) == (50, 1000)
    with pytest.raises(ValueError, match="raw score of 50 is impossible"):
        table.row(50)


def test_extreme_forms_keep_their_ends():
    reference = Reference(np.zeros(10), np.zeros(10), np.full(10, 0.1))
    cut = solve_cut(reference, TAU_CUT)
    for b in (
        np.full(20, 8.0),
        np.full(20, -8.0),
        np.full(20, 60.0),
        np.array([-30.0, 30.0]),
        np.array([0.0]),
    ):
        table = score_table(b, np.ones(b.size), reference, cut, TAU_CUT, SCALE)
        assert (table.scaled[0], table.passed[0]) == (100, False)
        assert (table.scaled[-1], table.passed[-1]) == (1000, True)
        assert np.all(np.diff(table.scaled) >= 0)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 0.95))
def test_the_scale_rises_with_the_share_and_meets_its_fixed_points(one, other, tau_cut):
    low, high = sorted([one, other])
    assert scaled(low, tau_cut, SCALE) <= scaled(high, tau_cut, SCALE)
    assert scaled([0, tau_cut, 1], tau_cut, SCALE).tolist() == [100, 750, 1000]


@pytest.mark.parametrize(
    ("score", "shown"),
    [
        (749.49, 749),
        (749.5, 749),
        (749.999999, 749),
        (750, 750),
        (750.5, 751),
        (99, 100),
        (1e4, 1000),
    ],
)
def test_less_than_the_cut_is_never_shown_as_the_cut(score, shown):
    assert reported(score, SCALE) == shown


def test_another_scale_is_data():
    scale = Scale(minimum=0, maximum=100, cut=70)
    assert scaled([0, 0.25, 0.5, 0.75, 1], 0.5, scale).tolist() == [0, 35, 70, 85, 100]
    assert reported(69.9, scale) == 69


@pytest.mark.parametrize("cut", [100, 1000, 1200])
def test_a_cut_outside_the_scale_is_refused(cut):
    with pytest.raises(ValueError):
        Scale(cut=cut)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 0.99))
def test_the_cut_solves_its_equation(seed, tau_cut):
    _, _, reference = form_and_reference(np.random.default_rng(seed), 5)
    assert float(true_share(solve_cut(reference, tau_cut), reference)) == pytest.approx(
        tau_cut, abs=1e-12
    )


@pytest.mark.parametrize("tau_cut", [0.0, 1.0, -1.0])
def test_a_cut_that_everybody_or_nobody_meets_is_refused(tau_cut):
    with pytest.raises(ValueError):
        solve_cut(reference_of(make_pool(160)), tau_cut)


@pytest.mark.parametrize("weights", [[0.5, 0.4], [1.0]])
def test_a_reference_without_whole_weights_is_refused(weights):
    with pytest.raises(ValueError):
        Reference(np.zeros(2), np.zeros(2), np.array(weights))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(-25, 25), min_size=1, max_size=40),
    st.floats(0.001, 0.999),
)
def test_ability_gives_back_the_raw_score(difficulties, share):
    b = np.array(difficulties)
    raw = share * b.size
    assert float(expected_raw(ability(raw, b), b)) == pytest.approx(raw, abs=1e-8)


@pytest.mark.parametrize("raw", [0, 3, -1])
def test_no_ability_belongs_to_nothing_or_everything_right(raw):
    with pytest.raises(ValueError):
        ability(raw, np.zeros(3))


def test_the_raw_cut_is_the_first_score_whose_ability_reaches_the_cut():
    b = np.random.default_rng(4).normal(0, 1, 50)
    first = raw_cut(b, 0.9)
    assert float(ability(first, b)) >= 0.9 > float(ability(first - 1, b))


@pytest.mark.parametrize(
    ("rating", "prior"),
    [(1, (-0.9091, 0.75)), (3, (0.0, 0.75)), (4, (0.4545, 0.75)), (None, (0.0, 1.0))],
)
def test_the_prior_of_an_item_follows_its_rating(rating, prior):
    assert prior_difficulty(rating) == prior


def test_credit_is_all_or_nothing_and_a_blank_is_wrong():
    keys = [0b0001, 0b0110, 0b0110, 0b0110, 0b1000, 0]
    selected = [0b0001, 0b0110, 0b0100, 0b0111, 0, 0]
    assert score_responses(selected, keys).tolist() == [True, True, False, False, False, False]
    with pytest.raises(ValueError):
        score_responses([1], [1, 2])


def test_a_score_is_provisional_while_the_items_are_unsettled():
    reference = reference_of(make_pool(400))
    cut = solve_cut(reference, TAU_CUT)
    marks = [
        is_provisional(
            score_table(
                reference.b[:50], np.full(50, variance), reference, cut, TAU_CUT, SCALE
            ).row(36)
        )
        for variance in (0.75, 0.02)
    ]
    assert marks == [True, False]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 20), st.floats(-3, 3))
def test_a_domain_estimate_equals_a_slow_computation(seed, n, theta_hat):
    rng = np.random.default_rng(seed)
    b, v, right = rng.normal(0, 1, n), rng.uniform(0, 1, n), int(rng.integers(0, n + 1))
    theta, se = domain_estimate(b, v, right, theta_hat)
    expected = slow_root(
        lambda t: sum(sigmoid(t - x) for x in b.tolist()) + (t - theta_hat) / 0.25 - right
    )
    weights = [sigmoid(theta - x) * sigmoid(x - theta) for x in b.tolist()]
    precision = sum(weights) + 4
    form = sum(w * w * var for w, var in zip(weights, v.tolist(), strict=True))
    assert theta == pytest.approx(expected, abs=1e-9)
    assert se == pytest.approx(sqrt(1 / precision + form / precision**2), abs=1e-9)


def test_a_domain_leans_to_a_side_only_if_its_whole_band_does():
    reference = reference_of(make_pool(300))
    cut = solve_cut(reference, TAU_CUT)
    bands = [domain_band(cut + d, 0.3, reference, TAU_CUT, SCALE) for d in (-1, 0, 1)]
    assert all(low <= score <= high for low, score, high in bands)
    assert bands[1][1] == 750
    leanings = [leaning(low, high, SCALE) for low, _, high in bands]
    assert leanings == [Leaning.BELOW, Leaning.AROUND, Leaning.ABOVE]


def test_a_domain_cannot_have_more_right_than_questions():
    with pytest.raises(ValueError):
        domain_estimate(np.zeros(3), np.zeros(3), 4, 0.0)
