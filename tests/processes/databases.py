"""Databases of their own for processes under test: a file, or one on the server of the tests."""

import itertools
import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg
import pytest

_number = itertools.count()
# What `up` starts of itself is on SQLite, whatever the tests run on: once is enough.
once = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="runs with those on PostgreSQL")


def new_database(folder: Path) -> str:
    """An empty database of the kind that the tests run on; its address as DATABASE_URL wants it."""
    name = f"apart_{os.getpid()}_{next(_number)}"
    url = os.environ.get("DATABASE_URL")
    if not url:
        return new_file(folder)
    execute(url, f"CREATE DATABASE {name}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def new_file(folder: Path) -> str:
    """SQLite, whatever the tests run on."""
    return f"sqlite:///{folder / f'apart-{next(_number)}.sqlite3'}"


def execute(url: str, statement: str) -> None:
    """One statement on a PostgreSQL."""
    with connect(url) as connection:
        connection.execute(statement)


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the test's own to a PostgreSQL."""
    server = environ.Env.db_url_config(url)
    return psycopg.connect(
        host=server["HOST"] or server["OPTIONS"]["host"],
        port=server["PORT"] or None,
        user=server["USER"],
        password=server["PASSWORD"] or None,
        dbname=server["NAME"],
        autocommit=True,
    )
