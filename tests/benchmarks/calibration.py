"""CPU time, memory and error of calibration, with girth beside it on the same data in one run.

python -m tests.benchmarks.calibration [--attempts 1000 10000 100000] [--items 1000]

girth is used where it is installed (`pip install girth`); each row is a process of its own with one
thread. The bank is simulated: 65 questions an attempt, difficulties and abilities normal.
"""

import argparse
import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import time

LENGTH = 65
ROW = "{:>9}  {:<8}  {:>8}  {:>8}  {:>9}  {:>8}  {:>8}"
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR")}


def measure(method: str, attempts: int, items: int) -> dict[str, float | str]:
    """One calibration in this process."""
    import numpy as np

    from exam.engine.calibration import Answers, calibrate

    chance = np.random.default_rng(attempts)
    b, theta = chance.normal(0, 1, items), chance.normal(0, 1, attempts)
    forms = np.empty((attempts, LENGTH), np.int32)
    for first in range(0, attempts, 1000):
        rows = chance.random((min(1000, attempts - first), items), dtype=np.float32)
        forms[first : first + 1000] = np.argpartition(rows, LENGTH, axis=1)[:, :LENGTH]
    right = chance.random(forms.shape, dtype=np.float32) < 1 / (
        1 + np.exp(b[forms] - theta[:, None])
    )
    rating = np.clip(np.rint(3 + 1.1 * (0.6 * b + 0.8 * chance.normal(0, 1, items))), 1, 5)
    ratings = (rating - 3) / 1.1
    before = time.process_time()
    if method == "ours":
        answers = Answers(
            np.arange(attempts + 1) * LENGTH,
            forms.ravel(),
            right.ravel(),
            np.zeros(attempts, np.int64),
            items,
        )
        del rows
        before = time.process_time()
        found = calibrate(answers, ratings)
        estimate, cover = found.b, float(np.mean(np.abs(found.b - b) < 1.96 * np.sqrt(found.v)))
    else:
        estimate, before = with_girth(forms, right, items)
        cover = float("nan")
    return {
        "seconds": time.process_time() - before,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "error": float(np.sqrt(np.mean((estimate - b) ** 2))),
        "bias": float(np.mean(estimate - b)),
        "cover": cover,
    }


def with_girth(forms, right, items: int):
    """girth's Rasch model by marginal maximum likelihood; it wants items by people."""
    import numpy as np
    from girth import INVALID_RESPONSE, rasch_mml

    data = np.full((items, forms.shape[0]), INVALID_RESPONSE, np.int32)
    np.put_along_axis(data.T, forms, right.astype(np.int32), axis=1)
    before = time.process_time()
    return rasch_mml(data)["Difficulty"], before


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--items", type=int, default=1_000)
    parser.add_argument("--method", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.method:
        print(json.dumps(measure(asked.method, asked.attempts[0], asked.items)))
        return
    methods = ["ours", *(["girth"] if importlib.util.find_spec("girth") else [])]
    print(f"{platform.processor() or platform.machine()}, {asked.items} questions, one thread")
    print(ROW.format("attempts", "by", "CPU s", "MB", "RMSE b", "bias", "in 95 %"))
    for attempts in asked.attempts:
        for method in methods:
            told = json.loads(child(method, attempts, asked.items))
            figures = [f"{told[name]:.{n}f}" for name, n in FIGURES]
            print(ROW.format(attempts, method, *figures), flush=True)


FIGURES = (("seconds", 2), ("megabytes", 0), ("error", 4), ("bias", 4), ("cover", 3))


def child(method: str, attempts: int, items: int) -> str:
    """What a process of its own measures."""
    command = [sys.executable, "-m", "tests.benchmarks.calibration", "--method", method]
    command += ["--attempts", str(attempts), "--items", str(items)]
    done = subprocess.run(
        command, env=os.environ | ONE_THREAD, capture_output=True, check=True, text=True
    )
    return done.stdout


if __name__ == "__main__":
    main()
