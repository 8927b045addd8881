"""Time, evenness and faults of form assembly against a naive stratified draw, in one run.

python -m tests.benchmarks.assembly [--forms 200] [--banks 160 1000 10000 100000]
"""

import argparse
import platform
import time
from collections.abc import Callable
from functools import partial
from statistics import median, quantiles

import numpy as np

from exam.engine.assembly import AssembledForm, assemble
from exam.engine.blueprint import domain_counts
from exam.engine.pool import ItemPool
from tests.exam.engine.banks import MLS, broken_rules, goal_of, make_pool, missed_aims

ROW = "{:>7}  {:<9}  {:>9}  {:>6}  {:>7}  {:>8}  {:>8}"


def naive(pool: ItemPool, seed: int) -> AssembledForm:
    """What simulators usually do: draw each domain's count, mark the first ones as pilots."""
    rng = np.random.default_rng(seed)
    drawn, pilots = [], []
    for number, counts in domain_counts(MLS).items():
        inside = np.flatnonzero(pool.domain == number)
        drawn += rng.choice(inside, counts.total, replace=False).tolist()
        pilots += [True] * counts.pilot + [False] * counts.scored
    order = rng.permutation(len(drawn))
    return AssembledForm(
        item_ids=tuple(int(pool.ids[drawn[i]]) for i in order),
        is_pilot=tuple(pilots[i] for i in order),
        relaxations=(),
        reused_ids=(),
        seed=seed,
        tcc_deviation=0.0,
        information_deviation=0.0,
    )


def measure(pool: ItemPool, forms: int, method: Callable[[int], AssembledForm]) -> list[str]:
    """Median and 95th percentile in ms, sd of the expected raw score, forms with any fault."""
    cut, target = goal_of(pool)
    times, expected, faulty, relaxed = [], [], 0, 0
    for seed in range(forms):
        begun = time.perf_counter()
        found = method(seed)
        times.append((time.perf_counter() - begun) * 1000)
        scored = [i for i, p in zip(found.item_ids, found.is_pilot, strict=True) if not p]
        b = pool.difficulty[pool.locate(scored)]
        expected.append(float((1 / (1 + np.exp(b - cut))).sum()))
        missed = set(missed_aims(pool, MLS, found, cut, target)) - set(found.relaxations)
        faulty += bool(broken_rules(pool, MLS, found) or missed)
        relaxed += bool(found.relaxations)
    return [
        f"{median(times):.2f}",
        f"{quantiles(times, n=20)[-1]:.2f}",
        f"{np.std(expected):.3f}",
        f"{faulty / forms:.1%}",
        f"{relaxed / forms:.1%}",
    ]


def ours(pool: ItemPool) -> Callable[[int], AssembledForm]:
    """The engine, with exposure counted from form to form as in service."""
    cut, target = goal_of(pool)
    exposure = np.zeros(len(pool), np.int64)

    def method(seed: int) -> AssembledForm:
        found = assemble(pool, MLS, cut_theta=cut, target=target, seed=seed, exposure=exposure)
        exposure[pool.locate(found.item_ids)] += 1
        return found

    return method


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forms", type=int, default=200)
    parser.add_argument("--banks", type=int, nargs="+", default=[160, 330, 1000, 10_000, 100_000])
    arguments = parser.parse_args()
    print(
        f"{arguments.forms} forms each; Python {platform.python_version()}, numpy {np.__version__}"
    )
    print(ROW.format("bank", "method", "median ms", "p95 ms", "form sd", "faulty", "relaxed"))
    for size in arguments.banks:
        enemies = np.random.default_rng(size).integers(1, size + 1, (size // 20, 2)).tolist()
        pool = make_pool(size, enemies=enemies)
        for name, method in (("naive", partial(naive, pool)), ("assemble", ours(pool))):
            print(ROW.format(size, name, *measure(pool, arguments.forms, method)), flush=True)


if __name__ == "__main__":
    main()
