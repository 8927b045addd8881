"""Every form keeps the hard constraints, and says what else it could not meet."""

import time
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exam.engine.assembly import (
    RELAXATIONS,
    BankTooSmall,
    FormTarget,
    ItemPool,
    assemble,
    disjoint_forms,
    option_order,
    target_from_reference,
)
from exam.engine.blueprint import BlueprintSpec, DomainSpec

from .banks import (
    MLS,
    SHORT,
    TINY,
    broken_rules,
    goal_of,
    make_pool,
    missed_aims,
    reference_of,
    scored_difficulty,
)

SMALLEST = (32, 39, 57, 32)
SPECS = [MLS, SHORT, TINY, replace(MLS, slug="bare", areas=(), subdomain_minimum=0)]


def draw(pool, spec=MLS, *, seed=1, seen=(), exposure=None):
    cut, target = goal_of(pool, spec)
    counts = np.zeros(len(pool), np.int64) if exposure is None else exposure
    return assemble(pool, spec, cut_theta=cut, target=target, seed=seed, exposure=counts, seen=seen)


def random_pairs(size, count, seed):
    pairs = np.random.default_rng(seed).integers(1, size + 1, (count, 2))
    return [(int(one), int(other)) for one, other in pairs]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(SPECS),
    st.integers(150, 500),
    st.integers(0, 10**6),
    st.sampled_from([0.0, 0.1, 0.3]),
    st.integers(0, 60),
)
def test_every_form_keeps_the_hard_constraints(spec, size, seed, pilot_share, enemies):
    pool = make_pool(
        size,
        spec=spec,
        seed=seed,
        pilot_share=pilot_share,
        enemies=random_pairs(size, enemies, seed),
    )
    found = draw(pool, spec, seed=seed)
    assert broken_rules(pool, spec, found) == []
    assert found.reused_ids == ()
    assert "seen" not in found.relaxations


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(SPECS), st.integers(160, 400), st.integers(0, 10**6))
def test_relaxations_name_exactly_the_aims_that_are_missed(spec, size, seed):
    pool = make_pool(size, spec=spec, seed=seed)
    cut, target = goal_of(pool, spec)
    # A target shifted at random is out of reach for some pools and within reach of others.
    shift = np.random.default_rng(seed).normal(0, 2.0)
    moved = FormTarget((target.expected[0], target.expected[1] + shift, target.expected[2]), 5.0)
    exposure = np.zeros(len(pool), np.int64)
    found = assemble(pool, spec, cut_theta=cut, target=moved, seed=seed, exposure=exposure)
    assert list(found.relaxations) == missed_aims(pool, spec, found, cut, moved)
    assert broken_rules(pool, spec, found) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(160, 1000), st.integers(0, 10**6))
def test_an_ordinary_bank_meets_every_aim(size, seed):
    pool = make_pool(size, seed=seed)
    found = draw(pool, seed=seed)
    assert found.relaxations == ()
    assert missed_aims(pool, MLS, found, *goal_of(pool)) == []


def test_information_is_given_up_before_difficulty():
    pool = make_pool(400)
    cut, target = goal_of(pool)
    unreachable = replace(target, information=target.information - 5)
    exposure = np.zeros(len(pool), np.int64)
    for seed in range(10):
        found = assemble(pool, MLS, cut_theta=cut, target=unreachable, seed=seed, exposure=exposure)
        assert found.relaxations == ("information",)


def test_the_deviations_reported_are_those_of_the_form():
    pool = make_pool(300)
    cut, target = goal_of(pool)
    found = draw(pool)
    p = 1 / (1 + np.exp(scored_difficulty(pool, found) - cut))
    assert found.tcc_deviation == pytest.approx(p.sum() - target.expected[1])
    assert found.information_deviation == pytest.approx((p * (1 - p)).sum() - target.information)


def test_the_same_seed_gives_the_same_form_and_another_seed_another():
    pool = make_pool(400, enemies=random_pairs(400, 40, 3))
    assert draw(pool, seed=7) == draw(pool, seed=7)
    assert draw(pool, seed=7).item_ids != draw(pool, seed=8).item_ids


def test_a_pool_does_not_depend_on_the_order_of_its_rows():
    pool = make_pool(200, seed=4)
    order = np.random.default_rng(0).permutation(len(pool))
    shuffled = pool.from_columns(
        ids=pool.ids[order],
        domains=pool.domain[order],
        subdomains=[pool.subdomain_codes[pool.subdomain[i]] for i in order],
        areas=[pool.area_codes[pool.area[i]] for i in order],
        difficulty=pool.difficulty[order],
        is_pilot_status=pool.is_pilot_status[order],
        responses=pool.responses[order],
    )
    assert draw(shuffled) == draw(pool)


def test_questions_are_presented_in_no_order_of_domains_or_pilots():
    found = draw(make_pool(400))
    assert list(found.item_ids) != sorted(found.item_ids)
    assert 0 < sum(found.is_pilot[:33]) < 15


def test_pilot_slots_take_pilot_items_first_then_those_with_the_fewest_responses():
    pool = make_pool(300, seed=2)
    status = np.zeros(len(pool), np.bool_)
    new = {d: np.flatnonzero(pool.domain == d)[:2] for d in (1, 2, 3, 4)}
    status[np.concatenate(list(new.values()))] = True
    pool = replace(pool, is_pilot_status=status, responses=np.arange(len(pool))[::-1].copy())
    found = draw(pool)
    pilots = pool.locate(
        i for i, pilot in zip(found.item_ids, found.is_pilot, strict=True) if pilot
    )
    for number, count in ((1, 3), (2, 4), (3, 5), (4, 3)):
        inside = np.flatnonzero(pool.domain == number)
        # Responses fall with the index here, so the fewest stand last in each domain.
        expected = {*new[number].tolist(), *inside[-(count - 2) :].tolist()}
        assert {i for i in pilots if pool.domain[i] == number} == expected


def test_items_in_pilot_status_alone_cannot_fill_the_scored_slots():
    pool = make_pool(300)
    pool = replace(pool, is_pilot_status=pool.domain == 4)
    with pytest.raises(BankTooSmall, match="Domain 4 is short of 10 scored questions"):
        draw(pool)


def test_a_sub_domain_with_pilot_items_only_is_covered_by_pilot_slots():
    pool = make_pool(300)
    pool = replace(pool, is_pilot_status=pool.subdomain == pool.subdomain_codes.index("3.4"))
    for seed in range(10):
        assert broken_rules(pool, MLS, draw(pool, seed=seed)) == []


def test_pilot_slots_leave_room_for_a_sub_domain_that_only_they_can_cover():
    spec = BlueprintSpec("pair", (DomainSpec(1, Fraction(1), ("a", "b")),), 4, 2, 2)
    pool = ItemPool.from_columns(
        ids=range(1, 11),
        domains=[1] * 10,
        subdomains=["a", "a", *"bbbbbbbb"],
        areas=["any"] * 10,
        difficulty=[0.0] * 10,
        is_pilot_status=[True] * 5 + [False] * 5,
        responses=[50, 50, *[0] * 8],
    )
    for seed in range(5):
        found = draw(pool, spec, seed=seed)
        assert {1, 2} == {
            i for i, pilot in zip(found.item_ids, found.is_pilot, strict=True) if pilot
        }


def test_a_seen_pilot_item_does_not_return_for_a_scored_slot():
    spec = BlueprintSpec("lack", (DomainSpec(1, Fraction(1), ("a",)),), 3, 2, 0)
    pool = ItemPool.from_columns(
        ids=[1, 2, 3, 4],
        domains=[1] * 4,
        subdomains=["a"] * 4,
        areas=["any"] * 4,
        difficulty=[0.0] * 4,
        is_pilot_status=[False, True, True, False],
        responses=[9, 9, 0, 9],
    )
    assert draw(pool, spec, seen=[3, 4]).reused_ids == (4,)


def test_sub_domains_are_drawn_in_proportion_to_their_stock():
    spec = BlueprintSpec("uneven", (DomainSpec(1, Fraction(1), ("a", "b", "c")),), 12, 12, 1)
    size = {"a": 60, "b": 20, "c": 40}
    codes = [code for code, count in size.items() for _ in range(count)]
    pool = ItemPool.from_columns(
        ids=range(120),
        domains=[1] * 120,
        subdomains=codes,
        areas=["any"] * 120,
        difficulty=np.random.default_rng(0).normal(0, 1, 120),
        is_pilot_status=[False] * 120,
        responses=[0] * 120,
    )
    drawn = Counter(codes[i] for seed in range(100) for i in draw(pool, spec, seed=seed).item_ids)
    assert {code: round(drawn[code] / 100) for code in size} == {"a": 6, "b": 2, "c": 4}


def test_unseen_questions_come_first():
    pool = make_pool(330)
    seen: list[int] = []
    for seed in range(4):
        found = draw(pool, seed=seed, seen=seen)
        assert (found.relaxations, set(found.item_ids) & set(seen)) == ((), set())
        seen += found.item_ids


def test_only_when_unseen_questions_run_out_the_oldest_seen_return():
    pool = make_pool(SMALLEST)
    first = draw(pool, seed=1)
    second = draw(pool, seed=2, seen=first.item_ids)
    seen = [*first.item_ids, *second.item_ids]
    third = draw(pool, seed=3, seen=seen)
    assert broken_rules(pool, MLS, third) == []
    assert third.relaxations[-1] == "seen"
    assert len(third.reused_ids) == 65 - (160 - 130)
    assert set(third.reused_ids) <= set(first.item_ids)


def test_a_question_met_twice_counts_by_its_last_meeting():
    spec = BlueprintSpec("one", (DomainSpec(1, Fraction(1), ("a",)),), 2, 2, 0)
    pool = make_pool((3,), spec=spec)
    assert set(draw(pool, spec, seen=[1, 2, 3, 1]).item_ids) == {2, 3}
    assert set(draw(pool, spec, seen=[3, 1, 2, 99]).item_ids) == {3, 1}


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_the_smallest_bank_gives_two_disjoint_forms_under_every_constraint(seed):
    pool = make_pool(SMALLEST, seed=seed)
    cut, target = goal_of(pool)
    assert disjoint_forms(pool, MLS, cut_theta=cut, target=target, seed=seed) == 2


def test_disjoint_forms_stop_at_the_limit_and_at_an_empty_bank():
    pool = make_pool(600)
    cut, target = goal_of(pool)
    assert disjoint_forms(pool, MLS, cut_theta=cut, target=target, seed=1, limit=3) == 3
    assert disjoint_forms(make_pool(60), MLS, cut_theta=cut, target=target, seed=1) == 0


def test_a_candidate_may_sit_form_after_form():
    pool = make_pool(SMALLEST, enemies=random_pairs(160, 10, 5), pilot_share=0.05)
    seen: list[int] = []
    for seed in range(25):
        found = draw(pool, seed=seed, seen=seen)
        assert broken_rules(pool, MLS, found) == []
        assert set(found.reused_ids) == set(found.item_ids) & set(seen)
        seen += found.item_ids


def test_questions_are_used_evenly():
    pool = replace(make_pool(400), responses=np.zeros(400, np.int64))
    exposure = np.zeros(len(pool), np.int64)
    for seed in range(60):
        found = draw(pool, seed=seed, exposure=exposure)
        exposure[pool.locate(found.item_ids)] += 1
    assert exposure.sum() == 60 * 65
    assert exposure.std() < 0.75
    assert exposure.max() - exposure.min() <= 4


def test_a_bank_that_is_too_small_says_what_is_missing():
    pool = make_pool((20, 20, 40, 20))
    keep = ~np.isin(pool.subdomain, [pool.subdomain_codes.index(c) for c in ("1.2", "3.4")])
    keep[np.flatnonzero(~keep)[0]] = True
    small = pool.from_columns(
        ids=pool.ids[keep],
        domains=pool.domain[keep],
        subdomains=[pool.subdomain_codes[s] for s in pool.subdomain[keep]],
        areas=[pool.area_codes[a] for a in pool.area[keep]],
        difficulty=pool.difficulty[keep],
        is_pilot_status=pool.is_pilot_status[keep],
        responses=pool.responses[keep],
    )
    with pytest.raises(BankTooSmall) as caught:
        draw(small, seen=[int(i) for i in small.ids[:50]])
    assert [(lack.code, lack.needed, lack.available) for lack in caught.value.shortfalls] == [
        ("1.2", 2, 1),
        ("3.4", 2, 0),
    ]
    assert str(caught.value) == "1.2 is short of 1 question; 3.4 is short of 2 questions."


def test_a_domain_that_is_too_small_is_named():
    with pytest.raises(BankTooSmall, match=r"^Domain 2 is short of 4 questions\.$"):
        draw(make_pool((20, 12, 40, 20)))


def test_enemies_that_leave_too_few_questions_are_reported():
    pool = make_pool((13, 40, 60, 40), enemies=[(1, 2)])
    with pytest.raises(BankTooSmall, match=r"^Domain 1 is short of 1 question\.$"):
        draw(pool)


def test_enemies_are_kept_apart_even_where_they_force_the_choice():
    # Domain 1 needs 13 of 14; one item is everybody's enemy and must stay out.
    hermit = [(1, other) for other in range(2, 15)]
    pool = make_pool((14, 40, 60, 40), enemies=hermit)
    for seed in range(10):
        found = draw(pool, seed=seed)
        assert broken_rules(pool, MLS, found) == []
        assert 1 not in found.item_ids


def test_enemies_among_the_unseen_let_the_oldest_seen_question_help():
    pool = make_pool((15, 40, 60, 40), enemies=[(1, 2)])
    found = draw(pool, seen=[15, 14])
    assert broken_rules(pool, MLS, found) == []
    assert found.reused_ids == (15,)


def test_many_enemies_with_a_single_solution_are_solved():
    # Twelve hubs, each the enemy of three leaves: only the 36 leaves together fill the form.
    spec = BlueprintSpec("stars", (DomainSpec(1, Fraction(1), ("a",)),), 36, 36, 0)
    stars = [(hub, 12 + 3 * (hub - 1) + leaf) for hub in range(1, 13) for leaf in (1, 2, 3)]
    pool = make_pool((48,), spec=spec, enemies=stars)
    for seed in range(5):
        assert sorted(draw(pool, spec, seed=seed).item_ids) == list(range(13, 49))


def test_a_pool_with_nothing_left_to_swap_is_ordinary():
    pool = make_pool((13, 16, 23, 13))
    found = draw(pool)
    assert sorted(found.item_ids) == pool.ids.tolist()
    assert broken_rules(pool, MLS, found) == []
    assert set(found.relaxations) <= set(RELAXATIONS[:-1])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_blueprint_is_filled_or_its_shortage_is_named(data):
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    shares = data.draw(st.lists(st.integers(1, 9), min_size=len(sizes), max_size=len(sizes)))
    domains = tuple(
        DomainSpec(d, Fraction(share, sum(shares)), tuple(f"{d}.{s}" for s in range(size)))
        for d, (size, share) in enumerate(zip(sizes, shares, strict=True), start=1)
    )
    length = data.draw(st.integers(1, 30))
    scored = data.draw(st.integers(1, length))
    try:
        spec = BlueprintSpec("any", domains, length, scored, data.draw(st.integers(0, 2)))
    except ValueError:
        assume(False)
    counts = data.draw(st.lists(st.integers(1, 30), min_size=len(sizes), max_size=len(sizes)))
    seed = data.draw(st.integers(0, 10**6))
    pool = make_pool(counts, spec=spec, seed=seed, pilot_share=0.2)
    seen = data.draw(st.lists(st.sampled_from(pool.ids.tolist()), max_size=20))
    try:
        found = draw(pool, spec, seed=seed, seen=seen)
    except BankTooSmall as small:
        assert small.shortfalls
        assert all(lack.needed > lack.available for lack in small.shortfalls)
    else:
        assert broken_rules(pool, spec, found) == []


def test_exposure_must_match_the_pool():
    with pytest.raises(ValueError, match="one count for each item"):
        draw(make_pool(200), exposure=np.zeros(3, np.int64))


def test_a_pool_refuses_columns_that_do_not_fit():
    columns = {
        "domains": [1, 1],
        "subdomains": ["a", "a"],
        "areas": ["x", "x"],
        "difficulty": [0.0, 0.0],
        "is_pilot_status": [False, False],
        "responses": [0, 0],
    }
    pool = make_pool(160)
    with pytest.raises(ValueError, match="stands twice"):
        pool.from_columns(ids=[5, 5], **columns)
    with pytest.raises(ValueError, match="differ in length"):
        pool.from_columns(ids=[5, 6, 7], **columns)


def test_the_target_is_what_the_reference_itself_adds_up_to():
    pool = make_pool(300)
    reference = reference_of(pool)
    target = target_from_reference(reference.b, reference.weights, 1.0, 50)
    p = 1 / (1 + np.exp(reference.b - 1.0))
    assert target.expected[1] == pytest.approx(50 * (reference.weights * p).sum())
    assert target.information == pytest.approx(50 * (reference.weights * p * (1 - p)).sum())
    assert target.expected[0] < target.expected[1] < target.expected[2]


def test_options_are_shuffled_evenly_and_reproducibly():
    orders = [option_order(4, seed=s, position=p, shuffle=True) for s in range(50) for p in (1, 2)]
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert orders[0] == option_order(4, seed=0, position=1, shuffle=True)
    firsts = Counter(order[0] for order in orders)
    assert min(firsts.values()) >= 10
    assert len(set(orders)) > 20


def test_an_order_that_means_something_is_kept():
    assert option_order(5, seed=9, position=3, shuffle=False) == (0, 1, 2, 3, 4)


def test_a_form_is_assembled_within_milliseconds():
    pool = make_pool(10_000)
    cut, target = goal_of(pool)
    exposure = np.zeros(len(pool), np.int64)
    times = []
    for seed in range(15):
        begun = time.perf_counter()
        assemble(pool, MLS, cut_theta=cut, target=target, seed=seed, exposure=exposure)
        times.append(time.perf_counter() - begun)
    # The median is about 2 ms; the bound leaves room for a busy machine.
    assert sorted(times)[7] < 0.03
