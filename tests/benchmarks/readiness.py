"""Whether readiness tells the truth: made-up people, what they are told, and how they go on.

`.venv/bin/python -m tests.benchmarks.readiness` prints, for each group of chances that were told,
how many next exams the model expected to be passed and how many were: once while difficulties rest
on the authors' ratings (v = .75), once when they are known. The docs and the readiness page quote
it.

Then the same people sit the last two of five exams after the pass mark was set anew: how far
readiness lies from the truth, and how far told chances are from what came true, if it goes on over
all exams, and if it began anew with the new scale, beside the same without any change.
"""

from dataclasses import dataclass, replace

import numpy as np

from exam.engine.forms.blueprint import domain_counts
from exam.engine.forms.pool import FloatArray
from exam.engine.scores.chances import (
    GROWTH,
    GROWTH_VARIANCE,
    ahead,
    chance_from_belief,
    kalman_readiness,
    pass_curve,
)
from exam.engine.scores.forecasts import TWENTY, Forecast, grouped
from exam.engine.scores.rasch import probability
from exam.engine.scores.scoring import Reference, Scale, ScoreTable, score_table, solve_cut
from tests.exam.engine.banks import MLS, TAU_CUT, make_pool

BANK, FORMS, PEOPLE, EXAMS = 360, 60, 6000, 5
EDITED_AFTER, LATER_CUT = 3, 0.78
COUNTS = {number: counts.scored for number, counts in domain_counts(MLS).items()}


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """A pass mark: its cut in logits, its curve, and the table of each form."""

    cut: float
    curve: FloatArray
    tables: list[ScoreTable]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Questions with their true difficulties, forms of them, and the standards in force."""

    truth: FloatArray
    forms: list[np.ndarray]
    standards: list[Standard]  # for each exam
    begins_anew: bool = False  # what is known, when the standard changes


@dataclass(frozen=True, slots=True)
class Seen:
    """What was told to one person after one exam, and what was true."""

    exam: int
    forecast: Forecast | None  # None after the last exam
    known: float
    ability: float


def forecasts(variance: float, seed: int) -> list[Forecast]:
    """What was told to everybody after each exam but the last, and how the next one went."""
    return [seen.forecast for seen in everybody(variance, seed) if seen.forecast]


def everybody(
    variance: float, seed: int, *, later_cut: float = TAU_CUT, begins_anew: bool = False
) -> list[Seen]:
    """Everybody after each exam; from the fourth on the cut is the later one."""
    rng = np.random.default_rng(seed)
    pool = make_pool(BANK, seed=seed)
    b, v = pool.difficulty, np.full(BANK, variance)
    truth = b + np.sqrt(variance) * rng.standard_normal(BANK)
    bank = {number: b[pool.domain == number] for number in COUNTS}
    weights = np.array([COUNTS[int(d)] / 50 / (pool.domain == d).sum() for d in pool.domain])
    reference = Reference(b, v, weights)
    forms = [_form(pool.domain, rng) for _ in range(FORMS)]

    def standard(tau_cut: float) -> Standard:
        cut = solve_cut(reference, tau_cut)
        curve = pass_curve(bank, COUNTS, cut, seed=seed)
        tables = [score_table(b[form], v[form], reference, cut, tau_cut, Scale()) for form in forms]
        return Standard(cut, curve, tables)

    first, later = standard(TAU_CUT), standard(later_cut)
    standards = [first] * EDITED_AFTER + [later] * (EXAMS - EDITED_AFTER)
    world = World(truth, forms, standards, begins_anew)
    return [seen for person in range(PEOPLE) for seen in _person(person, world, rng)]


def _form(domains: FloatArray, rng: np.random.Generator) -> np.ndarray:
    drawn = [
        rng.choice(np.flatnonzero(domains == domain), count, replace=False)
        for domain, count in COUNTS.items()
    ]
    return np.concatenate(drawn)


def _person(person: int, world: World, rng: np.random.Generator) -> list[Seen]:
    ability = world.standards[0].cut + rng.standard_normal()
    shown: list[tuple[float, float]] = []
    start, found = world.standards[0].cut, []
    told: tuple[float, float] | None = None
    for exam, standard in enumerate(world.standards):
        if world.begins_anew and exam == EDITED_AFTER:
            shown, start = [], standard.cut
        place = rng.integers(FORMS)
        table = standard.tables[place]
        right = int((rng.random(50) < probability(ability, world.truth[world.forms[place]])).sum())
        if told:
            made = Forecast(person, *told, bool(table.passed[right]))
            found[-1] = replace(found[-1], forecast=made)
        shown.append((float(table.theta[right]), float(table.se[right]) ** 2))
        belief = kalman_readiness(shown, mean=start)[-1]
        following = world.standards[min(exam + 1, EXAMS - 1)]  # as the page has it by then
        told = (
            chance_from_belief(belief, following.curve, following.cut),
            chance_from_belief(ahead(belief), following.curve, following.cut),
        )
        found.append(Seen(exam, None, belief.mean, ability))
        ability += GROWTH + np.sqrt(GROWTH_VARIANCE) * rng.standard_normal()
    return found


def off_by(seen: list[Seen]) -> float:
    """How far told chances are from what came true, over all groups by their size."""
    groups = grouped(one.forecast for one in seen if one.forecast)
    total = sum(group.exams for group in groups)
    return sum(abs(g.passed - g.exams * g.expected) for g in groups) / total


def main() -> None:
    """Prints all tables."""
    for variance, name in ((0.75, "ratings alone"), (0.01, "difficulties known")):
        found = forecasts(variance, seed=5)
        print(f"\n{name}: {len(found):,} next exams of {PEOPLE:,} people")
        print("told today | next exams | told | expected | passed, all in 20")
        for group in grouped(found):
            told, expected = TWENTY * group.told, TWENTY * group.expected
            passed = TWENTY * group.passed / group.exams
            print(
                f"{group.low:>4} to {group.high:<2} | {group.exams:>10,} | {told:4.1f} | "
                f"{expected:8.1f} | {passed:6.1f}"
            )
    edited()


def edited() -> None:
    """Prints what a pass mark set anew after the third exam does to readiness."""
    print(f"\npass mark {TAU_CUT:.3f}, then {LATER_CUT:.3f}, difficulties known")
    print("                        | error of ability after exam 4, 5 | chances off, exams 4 and 5")
    for name, later, anew in (
        ("not changed", TAU_CUT, False),
        ("changed, all exams count", LATER_CUT, False),
        ("changed, begun anew", LATER_CUT, True),
    ):
        found = everybody(0.01, seed=5, later_cut=later, begins_anew=anew)
        errors = [
            np.sqrt(np.mean([(s.known - s.ability) ** 2 for s in found if s.exam == exam]))
            for exam in (3, 4)
        ]
        chances = off_by([s for s in found if s.exam in (2, 3)])
        print(f"{name:>24} | {errors[0]:14.3f} {errors[1]:17.3f} | {chances:.4f}")


if __name__ == "__main__":
    main()
