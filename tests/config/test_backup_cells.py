"""Rows as lines: whatever a column holds comes back, and one row stays one line."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.backup.cells import READERS, WRITERS, line, values
from config.backup.snapshot import columns_of_tables

TEXTS = st.none() | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1))
ROWS = {
    "text": TEXTS,
    "number": st.none() | st.integers(-(2**63), 2**63 - 1),
    "real": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.none() | st.booleans(),
    "instant": st.none() | MOMENTS.map(str),
    "bytes": st.none() | st.binary(),
    "uuid": st.none() | st.uuids().map(lambda value: value.hex),
}


@given(st.tuples(*ROWS.values()))
def test_a_row_comes_back_as_it_was(row: tuple[Any, ...]) -> None:
    written = line(row, [WRITERS[kind] for kind in ROWS]).encode()
    assert written.count(b"\n") == 1
    assert values(written, [READERS[kind] for kind in ROWS]) == list(row)


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("text", b"a\\tb\\\\N", "a\tb\\N"),
        ("text", b"", ""),
        ("text", b"\\N", None),
        ("boolean", b"t", True),
        ("boolean", b"f", False),
        ("real", b"1e-300", 1e-300),
        ("instant", b"2026-11-22 14:00:00.12+00", "2026-11-22 14:00:00.120000"),
        ("instant", b"2026-11-22 14:00:00+00", "2026-11-22 14:00:00"),
        ("bytes", b"\\\\x00ff5c", b"\x00\xff\\"),
        ("uuid", b"12345678-1234-5678-1234-567812345678", "12345678123456781234567812345678"),
    ],
)
def test_what_postgresql_writes_is_read_as_sqlite_keeps_it(
    kind: str, written: bytes, value: object
) -> None:
    assert values(written + b"\n", [READERS[kind]]) == [value]


def test_moments_of_any_precision_keep_their_order_as_text() -> None:
    texts = ["2026-11-22 14:00:00.1+00", "2026-11-22 14:00:00.12+00", "2026-11-22 14:00:00.2+00"]
    read = [READERS["instant"](text) for text in texts]
    assert read == sorted(read)
    assert datetime.fromisoformat(read[0]).replace(tzinfo=UTC).microsecond == 100_000


def test_every_column_of_the_product_is_of_a_kind_that_is_known() -> None:
    tables = columns_of_tables()
    assert {"exam_response", "exam_attempt", "accounts_user", "django_session"} <= set(tables)
    kinds = {kind for columns in tables.values() for _name, kind in columns}
    assert kinds <= set(WRITERS) & set(READERS)
