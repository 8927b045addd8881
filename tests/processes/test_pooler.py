"""The product behind a real PgBouncer that lends each connection for one transaction."""

import os
import subprocess
import sys

import pytest

from tests.benchmarks.proxies import find, start_pgbouncer
from tests.running import ROOT
from tests.servers import start_postgres

# What a request does with its statements, on more clients than the pooler has connections.
SAVES = """
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from django.db import connection
from accounts.prepared import cursor_that_prepares

def save(number):
    with cursor_that_prepares(connection) as cursor:
        cursor.execute("SELECT %s::int + 1", [number])
        row = cursor.fetchone()
    connection.close()
    return row[0]

def listed(number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT generate_series(1, %s)", [number])
        rows = len(cursor.fetchall())
    connection.close()
    return rows

with ThreadPoolExecutor(12) as threads:
    assert list(threads.map(save, range(400))) == list(range(1, 401))
    assert list(threads.map(listed, range(100))) == list(range(100))
"""


@pytest.mark.skipif(find("pgbouncer") is None, reason="PgBouncer is not installed on this machine.")
def test_nothing_is_prepared_where_a_pooler_could_lose_it() -> None:
    url, _pid = start_pgbouncer(start_postgres(), size=3, user="postgres")
    behind = os.environ | {
        "DATABASE_URL": url,
        "DATABASE_PREPARE": "False",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only for this test " + "x" * 50,
    }
    done = subprocess.run(
        [sys.executable, "-c", SAVES],
        cwd=ROOT,
        env=behind,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
