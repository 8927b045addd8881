"""Calibration and statistics of a bank from answers in PostgreSQL, end to end.

python -m tests.benchmarks.calibration_database [--attempts 153847]

The packaged bank is answered by simulated people, three exams each, no question twice. Each row is
a process of its own with one thread; its memory is the most it ever had, Django included.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LENGTH, EACH = 65, 3  # questions of a form, exams of a person
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR")}
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ROW = "{:<34}{:>11}{:>9}{:>9}{:>8}"
POSTGRES = ("-c", "shared_buffers=512MB", "-c", "max_wal_size=8GB")


def set_up() -> None:
    """A PostgreSQL with the packaged bank; this process and its children use it."""
    import django

    from tests.servers import start_postgres, start_valkey, temporary_folder

    os.environ |= ONE_THREAD | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": start_postgres(*POSTGRES),
        "REDIS_URL": start_valkey(),
        "CUTSCORE_DATA_DIR": str(temporary_folder()),
        "SECRET_KEY": "only-for-measuring-" + "x" * 50,
    }
    command = [sys.executable, str(ROOT / "manage.py"), "prepare"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    django.setup()


# ------------------------------------------------------------------ filling
def fill(attempts: int) -> None:
    """So many exams, written by COPY: people, forms, attempts, answers."""
    import numpy as np

    from accounts.models import User
    from exam.models import Attempt, ExamForm, Response

    chance = np.random.default_rng(attempts)
    people = -(-attempts // EACH)
    versions, keys, blueprint, equating = bank()
    b = chance.normal(0, 1, len(versions))
    users = ((n, f"{n}@example.org", f"Person {n}") for n in range(1, people + 1))
    copy(User, ("id", "email", "display_name"), users)
    forms = np.array(
        [
            chance.permutation(len(versions))[: LENGTH * EACH].reshape(EACH, LENGTH)
            for _ in range(people)
        ]
    ).reshape(-1, LENGTH)[:attempts]
    drawn = {
        "blueprint_id": blueprint.pk,
        "calibration_id": equating.calibration_id,
        "scale_id": equating.scale_id,
        "seed": 1,
    }
    rows = ((n, json.dumps(versions[form].tolist())) for n, form in enumerate(forms, 1))
    copy(ExamForm, ("id", "version_ids"), rows, drawn)
    copy(
        Attempt,
        ("id", "exam_form_id", "candidate_id", "number"),
        sat(attempts),
        {
            "blueprint_id": blueprint.pk,
            "state": "submitted",
            "option_orders": json.dumps(["0123"] * LENGTH),
            "started_at": BEGAN,
            "deadline": BEGAN + timedelta(hours=3),
            "ended_at": BEGAN + timedelta(hours=2),
        },
    )
    theta = np.repeat(chance.normal(0, 1, people), EACH)[:attempts]
    theta += 0.25 * (np.arange(attempts) % EACH)
    columns = ("attempt_id", "position", "seq", "selected", "spent_ms", "path")
    copy(Response, columns, answers(forms, theta, b, keys, chance))


def bank():
    """Versions, their keys, the exam and what it is equated by."""
    import numpy as np

    from exam.models import Blueprint
    from exam.selectors.blueprints.pool import current_equating
    from exam.selectors.results.answers import keys_of
    from questions.models import QuestionVersion

    blueprint = Blueprint.objects.filter(is_current=True).order_by("-length").first()
    ids = list(
        QuestionVersion.objects.filter(question__bank=blueprint.bank)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    keys = keys_of(set(ids))
    return np.array(ids), np.array([keys[pk] for pk in ids]), blueprint, current_equating(blueprint)


def sat(attempts: int) -> Iterator[tuple[int, int, int, int]]:
    """Attempt, its form, who sat it, and which of theirs it was."""
    for n in range(attempts):
        yield n + 1, n + 1, n // EACH + 1, n % EACH + 1


def answers(forms, theta, b, keys, chance) -> Iterator[tuple[int, int, int, int, int, str]]:
    """Every fourth answer was changed once or built from several options."""
    import numpy as np

    for attempt, form in enumerate(forms):
        odds = np.exp(theta[attempt] - b[form])
        right = chance.random(LENGTH) < odds / (1 + odds)
        selected = np.where(right, keys[form], np.where(keys[form] == 1 << 3, 1, 1 << 3)).tolist()
        spent = chance.integers(20_000, 200_000, LENGTH).tolist()
        changed = (chance.random(LENGTH) < 0.25).tolist()
        for place, mask in enumerate(selected):
            path = f"{1000 * place}:{mask}"
            if changed[place]:
                path = f"{1000 * place}:2,{1000 * place + 500}:{mask}"
            yield attempt + 1, place + 1, 1, mask, spent[place], path


def copy(model, names, rows, same=None) -> None:
    """Rows of some columns by COPY; `same` for all of them, the other columns by their defaults."""
    from django.db import connection
    from psycopg import sql

    same, table = {"password": ""} | (same or {}), model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # nothing looks for keys of others
        for field in model._meta.local_concrete_fields:
            is_given = field.column in (*names, "id")
            if not is_given and (field.column in same or not field.null):
                value = same.get(field.column)
                if value is None:
                    value = field.get_db_prep_save(field.get_default(), connection)
                given = BEGAN if getattr(field, "auto_now_add", False) else value
                text = sql.Literal(getattr(given, "obj", given))
                setting = sql.SQL("ALTER TABLE {} ALTER {} SET DEFAULT {}")
                column = sql.Identifier(field.column)
                cursor.execute(setting.format(sql.Identifier(table), column, text))
        with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as writer:
            for row in rows:
                writer.write_row(row)
        cursor.execute(f"ANALYZE {table}")


# ------------------------------------------------------------------ measuring
def measure(what: str) -> dict[str, float]:
    """One of the works, in this process."""
    import django

    django.setup()
    from django.utils import timezone

    from exam.models import JobKind
    from exam.selectors.measurement.answer_arrays import answer_arrays
    from exam.services import jobs
    from exam.tasks.long import WORK
    from questions.models import Bank

    bank = Bank.objects.get()
    before, used = time.perf_counter(), time.process_time()
    if what == "arrays":
        answers = answer_arrays(bank).responses
    else:
        job = jobs.ask(bank, JobKind(what), at=timezone.now())
        jobs.run(job.pk, WORK, clock=timezone.now)
        job.refresh_from_db()
        if job.state != "done":
            raise RuntimeError(job.problem or "It failed.")
        answers = 0
    return {
        "seconds": time.perf_counter() - before,
        "cpu": time.process_time() - used,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "answers": answers,
    }


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=153_847)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure)))
        return
    set_up()
    before = time.perf_counter()
    fill(asked.attempts)
    total = asked.attempts * LENGTH
    print(f"{platform.machine()}, {total:,} answers of {asked.attempts:,} exams, one thread")
    print(f"filled in {time.perf_counter() - before:.0f} s", flush=True)
    print(ROW.format("", "answers/s", "s", "CPU s", "MB"))
    for name, what in WORKS.items():
        told = json.loads(child(what))
        rate = f"{total / told['seconds']:,.0f}"
        figures = (f"{told[part]:.1f}" for part in ("seconds", "cpu", "megabytes"))
        print(ROW.format(name, rate, *figures), flush=True)


WORKS = {
    "read into arrays": "arrays",
    "calibration, read to published": "calibration",
    "figures of all questions": "statistics",
}


def child(what: str) -> str:
    """What a process of its own measures."""
    command = [sys.executable, "-m", "tests.benchmarks.calibration_database", "--measure", what]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout


if __name__ == "__main__":
    main()
