"""The save protocol fuzzed: what is no batch is refused in a sentence and changes nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from exam.models import Attempt, Response
from exam.views.sitting.sync import MAX_BODY
from tests.exam.conftest import batch, change

from .conftest import World
from .fuzzing import (
    ANYTHING,
    FAR,
    NOT_A_NUMBER,
    SCALARS,
    as_json,
    snapshot,
    valid_changes,
    wrong_fields,
)

pytestmark = pytest.mark.django_db
NAMES = ("claim", "sync", "submit")
Send = Callable[..., HttpResponse]


@pytest.fixture
def attempt(world: World, settings: Settings) -> Attempt:
    settings.SAVES_PER_MINUTE = 10**9
    return world.running


@pytest.fixture
def send(world: World, attempt: Attempt) -> Send:
    """Sends to the running attempt as its candidate."""
    client = world.browser(world.candidate)

    def posted(name: str, data: Any, **extra: Any) -> HttpResponse:
        return sent(client, attempt, name, data, **extra)

    return posted


def sent(client: Client, attempt: Attempt, name: str, data: Any, **extra: Any) -> HttpResponse:
    kind = extra.pop("content_type", "application/json")
    return client.generic(
        "POST", reverse(f"exam:{name}", args=[attempt.pk]), as_json(data), kind, **extra
    )


def is_a_sentence(answer: HttpResponse) -> bool:
    """One for people: nothing of Python's or the database's own words."""
    words = answer.json()["detail"]
    strange = ("Traceback", "Error", "column", "line 1", "codec", "int_max", "psycopg")
    return " " in words and words[-1] == "." and not any(part in words for part in strange)


def refused(answer: HttpResponse, *codes: int) -> None:
    # 426: a page of a version that this server does not speak.
    assert answer.status_code in (codes or (422, 426)), answer.content
    assert is_a_sentence(answer), answer.content


def rows() -> Any:
    return snapshot(Attempt, Response)


def test_what_is_no_batch_is_refused_and_changes_nothing(send: Send) -> None:
    before = snapshot()

    @given(
        st.sampled_from(("sync", "submit")),
        ANYTHING | st.fixed_dictionaries({}, optional={"v": SCALARS, "sitting": SCALARS}),
    )
    def tried(name: str, data: Any) -> None:
        refused(send(name, data))
        assert rows() == {name: before[name] for name in rows()}

    tried()
    assert snapshot() == before


def test_one_wrong_field_refuses_the_whole_batch(attempt: Attempt, send: Send) -> None:
    before, wrong = snapshot(), wrong_fields(attempt)

    @given(st.data())
    def tried(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(wrong)))
        good = data.draw(valid_changes(attempt, st.integers(1, 9)))
        changes = [good, good | {name: data.draw(wrong[name])}]
        place = data.draw(st.sampled_from(("sync", "submit")))
        refused(send(place, batch(1, *data.draw(st.permutations(changes)))))
        assert rows() == {name: before[name] for name in rows()}

    tried()
    assert snapshot() == before


def test_a_missing_field_refuses_the_batch_unless_it_says_nothing(
    attempt: Attempt, send: Send
) -> None:
    before, whole = rows(), change(1, 1, [1])
    for name in ("position", "seq", "at_ms", "spent_ms"):
        refused(send("sync", batch(1, {key: whole[key] for key in whole if key != name})))
    for name in ("v", "sitting", "changes"):
        there = batch(1, whole)
        refused(send("sync", {key: there[key] for key in there if key != name}))
    assert rows() == before
    least = {"position": 1, "seq": 1, "at_ms": 1, "spent_ms": 1}
    assert send("sync", batch(1, least)).json()["acked"] == {"1": 1}


def test_what_goes_round_a_batch_is_checked_as_well(send: Send) -> None:
    before = snapshot()

    @given(
        st.sampled_from(("sync", "submit")),
        st.fixed_dictionaries(
            {
                "v": st.sampled_from([0, 2, -1, True, 1.0, "1", None]) | FAR,
                "sitting": st.just(1),
                "changes": st.just([]),
            }
        )
        | st.fixed_dictionaries(
            {"v": st.just(1), "sitting": FAR | NOT_A_NUMBER, "changes": st.just([])}
        )
        | st.fixed_dictionaries(
            {
                "v": st.just(1),
                "sitting": st.just(1),
                "changes": SCALARS
                | st.lists(SCALARS, min_size=1)
                | st.just({"0": change(1, 1, [1])})
                | st.just([change(1, 1, [1])] * 501),
            }
        ),
    )
    def tried(name: str, data: Any) -> None:
        refused(send(name, data), *((413,) if len(as_json(data)) > MAX_BODY else ()))
        assert rows() == {name: before[name] for name in rows()}

    tried()
    assert snapshot() == before


def test_a_claim_of_another_shape_changes_nothing(attempt: Attempt, send: Send) -> None:
    # Seen for as long as this takes, so that no other page may claim it unasked.
    Attempt.objects.filter(pk=attempt.pk).update(seen_at=timezone.now() + timedelta(days=1))
    before = snapshot()
    no_object = ANYTHING.filter(lambda data: not isinstance(data, dict))
    wrong = st.sampled_from(
        [
            *({"v": 2}, {"v": True}, {"v": None}, {"previous": "1"}, {"previous": 1.0}),
            *({"previous": True}, {"take_over": 1}, {"take_over": "yes"}, {"take_over": None}),
            *(
                {"token": 1},
                {"token": None},
                {"token": "\0"},
                {"token": "a b"},
                {"token": "a" * 33},
            ),
        ]
    )

    @given(no_object | wrong)
    def tried(data: Any) -> None:
        refused(send("claim", data))

    @given(st.integers().filter(lambda number: number != 1))
    def guessed(number: int) -> None:
        refused(send("claim", {"v": 1, "previous": number, "x": 1}), 409)

    tried()
    guessed()
    assert snapshot() == before


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{not json",
    "two values": b"{} {}",
    "not UTF-8": b'{"v": "\xff\xfe\xfa"}',
    "half a character, raw": b'{"v": 1, "note": "\xed\xa0\x80"}',
    "compressed": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "a form": b"v=1&sitting=1&changes=[]",
    "XML": b"<batch/>",
    "nested lists": b"[" * 60_000,
    "nested and closed": b"[" * 20_000 + b"]" * 20_000,
    "nested objects": b'{"v":' * 12_000,
    "a number of 60,000 digits": b'{"v": 1, "sitting": ' + b"9" * 60_000 + b"}",
    "a power beyond floats": b'{"v": 1, "sitting": 1e999, "changes": []}',
    "NaN": b'{"v": 1, "sitting": NaN, "changes": []}',
    "infinity beside it": b'{"v": 1, "sitting": 1, "changes": [], "x": -Infinity}',
    "the wrong of two keys": b'{"v": 1, "sitting": 1, "changes": [], "changes": 1}',
    "a trailing comma": b'{"v": 1, "sitting": 1, "changes": [],}',
    "a comment": b'{"v": 1, "sitting": 1, "changes": [] /* x */}',
    "a zero byte after it": b'{"v": 1, "sitting": 1, "changes": []}\0',
    "many empty objects": b'{"v": 1, "sitting": 1, "changes": [' + b"{}," * 499 + b"{}]}",
}


def test_a_body_that_is_no_batch_is_refused(send: Send) -> None:
    before = snapshot()
    for body in BODIES.values():
        for name in NAMES:
            # A claim is small: what lies beside its own two fields it does not read.
            refused(send(name, body), *((409, 422) if name == "claim" else (422,)))
    assert snapshot() == before


KINDS = ("text/plain", "text/html", "application/x-www-form-urlencoded", "application/xml", "")
KINDS += ("multipart/form-data; boundary=x", "application/jsonp", "a/b;" * 200, "application/JSONx")


def test_another_content_type_is_refused(send: Send) -> None:
    before, good = snapshot(), as_json(batch(1, change(1, 1, [1])))
    for kind in KINDS:
        for name in NAMES:
            refused(send(name, good, content_type=kind))
    assert snapshot() == before


def test_every_encoding_json_knows_is_read(send: Send) -> None:
    for seq, encoding in enumerate(("utf-8", "utf-8-sig", "utf-16", "utf-32-le"), 1):
        body = as_json(batch(1, change(1, seq, [1], note="é"))).decode().encode(encoding)
        assert send("sync", body).json()["acked"] == {"1": seq}


def test_a_body_may_be_exactly_as_long_as_it_may(send: Send) -> None:
    before, text = rows(), as_json(batch(1, change(1, 99, [1])))
    refused(send("sync", text.ljust(MAX_BODY + 1)), 413)
    assert rows() == before
    for length in (MAX_BODY, MAX_BODY - 1):
        assert send("sync", text.ljust(length)).json()["acked"] == {"1": 99}


LENGTHS = ["", "0", "-1", "-99999", "5", "1e3", "abc", "٣", "0x10", "12345678901234567890"]


def test_a_wrong_length_stores_nothing(send: Send) -> None:
    before, body = snapshot(), as_json(batch(1, change(1, 1, [1])))
    for length in LENGTHS:
        for name in ("sync", "submit"):
            told = {"CONTENT_LENGTH": length, "wsgi.input": BytesIO(body)}
            refused(send(name, body, **told), 413 if len(length) > 9 else 422)
    assert snapshot() == before


def test_a_body_of_two_keys_of_a_name_counts_the_last(send: Send) -> None:
    good = json.dumps([change(1, 3, [1])])
    answer = send("sync", f'{{"v":2,"v":1,"sitting":1,"changes":7,"changes":{good}}}'.encode())
    assert answer.json()["acked"] == {"1": 3}


def test_another_persons_attempt_is_not_there_whatever_is_sent(
    world: World, attempt: Attempt
) -> None:
    stranger = world.browser(world.stranger)
    before = snapshot()

    @given(st.sampled_from(("sync", "submit")), valid_changes(attempt, st.integers(1, 9)))
    def tried(name: str, changed: Any) -> None:
        refused(sent(stranger, attempt, name, batch(1, changed)), 404)
        refused(sent(world.browser(None), attempt, name, batch(1, changed)), 401)

    tried()
    refused(sent(stranger, attempt, "claim", {"v": 1, "take_over": True}), 404)
    assert snapshot() == before
