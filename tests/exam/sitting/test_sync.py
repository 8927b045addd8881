"""The save protocol over HTTP: JSON with a status for everything, never a redirect."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import User
from exam.models import Attempt
from exam.services.results import scoring
from exam.views.sitting.sync import MAX_BODY
from tests.exam.conftest import batch, change


def post(client: Client, attempt: Attempt, name: str, data: Any) -> HttpResponse:
    return client.post(
        reverse(f"exam:{name}", kwargs={"pk": attempt.pk}),
        data if isinstance(data, str) else json.dumps(data),
        content_type="application/json",
    )


def test_a_save_is_acknowledged_with_its_seq_and_the_time(page: Client, running: Attempt) -> None:
    answer = post(page, running, "sync", batch(1, change(2, 4, [1], at_ms=100))).json()
    server_time, elapsed = answer.pop("server_time"), answer.pop("elapsed_ms")
    assert server_time > running.started_at.isoformat()
    assert 60_000 <= elapsed < 120_000
    assert answer == {
        "v": 1,
        "acked": {"2": 4},
        "newer": {},
        "late": [],
        "state": "in_progress",
        "deadline": running.deadline.isoformat(),
        "deadline_ms": 600_000,
        "answered": 1,
        "sitting": 1,
    }


def test_what_is_newer_on_the_server_comes_back_whole(page: Client, running: Attempt) -> None:
    stored = change(1, 9, [2], at_ms=5, eliminated=[1], flagged=True, note="n", spent_ms=7)
    post(page, running, "sync", batch(1, stored | {"highlights": [[1, 3]]}))
    answer = post(page, running, "sync", batch(1, change(1, 3, [1], at_ms=1))).json()
    assert answer["acked"] == {"1": 9}
    assert answer["newer"] == {
        "1": {
            "seq": 9,
            "selected": [2],
            "eliminated": [1],
            "flagged": True,
            "note": "n",
            "highlights": [[1, 3]],
            "spent_ms": 7,
        }
    }


def test_what_came_after_the_deadline_is_named_and_what_came_before_is_kept(
    page: Client, running: Attempt
) -> None:
    changes = change(1, 1, [1], at_ms=1), change(1, 2, [2], at_ms=600_001)
    answer = post(page, running, "sync", batch(1, *changes, change(2, 3, [1], at_ms=600_001)))
    assert (answer.json()["acked"], answer.json()["late"]) == ({"1": 1}, [1, 2])


def test_a_stale_page_learns_that_another_has_taken_over(page: Client, running: Attempt) -> None:
    taken = post(page, running, "claim", {"v": 1, "previous": None, "take_over": True})
    assert (taken.status_code, taken.json()["sitting"]) == (200, 2)
    refused = post(page, running, "sync", batch(1, change(1, 1, [1])))
    assert refused.status_code == 409
    assert refused.json()["error"] == "taken_over"
    assert refused.json()["responses"]["1"]["selected"] == []
    assert post(page, running, "submit", batch(1)).json()["error"] == "taken_over"


def test_a_second_page_is_asked_before_it_takes_over(page: Client, running: Attempt) -> None:
    refused = post(page, running, "claim", {"v": 1, "previous": None, "take_over": False})
    assert (refused.status_code, refused.json()["error"]) == (409, "live")


def test_a_reload_in_the_same_browser_is_not_asked(page: Client, running: Attempt) -> None:
    assert post(page, running, "claim", {"v": 1, "previous": 1, "take_over": False}).json()[
        "sitting"
    ] == (2)


def test_a_page_whose_claim_was_not_answered_is_not_taken_for_another_one(
    page: Client, running: Attempt
) -> None:
    claim = {"v": 1, "previous": 1, "take_over": False, "token": "0" * 32}
    assert [post(page, running, "claim", claim).json()["sitting"] for _ in range(2)] == [2, 2]


def test_the_end_carries_the_last_changes_and_gives_a_receipt(
    page: Client, running: Attempt
) -> None:
    ended = post(page, running, "submit", batch(1, change(1, 1, [1], at_ms=10))).json()
    running.refresh_from_db()
    assert ended["acked"] == {"1": 1}
    assert (ended["state"], ended["receipt"]) == ("submitted", running.receipt)
    assert ended["redirect"] == reverse("exam:result", kwargs={"pk": running.pk})


def test_the_end_can_be_repeated_and_names_what_came_after(page: Client, running: Attempt) -> None:
    first = post(page, running, "submit", batch(1, change(1, 1, [1], at_ms=10))).json()
    again = post(page, running, "submit", batch(1, change(1, 1, [1]), change(2, 2, [1]))).json()
    assert (again["receipt"], again["late"]) == (first["receipt"], [2])


def test_a_hand_in_that_comes_again_is_told_what_the_first_one_stored(
    page: Client, running: Attempt
) -> None:
    last = batch(1, change(1, 1, [1], at_ms=10), change(2, 2, [2], at_ms=20))
    post(page, running, "submit", last)
    again = post(page, running, "submit", last).json()
    assert (again["acked"], again["late"]) == ({"1": 1, "2": 2}, [])


def test_a_stale_page_that_hands_in_again_is_told_of_nothing_stored(
    page: Client, running: Attempt
) -> None:
    post(page, running, "submit", batch(1, change(1, 5, [1], at_ms=10)))
    stale = post(page, running, "submit", batch(0, change(1, 1, [2], at_ms=5))).json()
    assert stale["acked"] == {}


def test_a_save_after_the_end_says_that_it_is_closed(page: Client, running: Attempt) -> None:
    post(page, running, "submit", batch(1))
    refused = post(page, running, "sync", batch(1, change(1, 1, [1])))
    assert refused.status_code == 409
    assert refused.json()["error"] == "closed"


def test_a_save_after_the_grace_ends_the_attempt(page: Client, running: Attempt) -> None:
    Attempt.objects.filter(pk=running.pk).update(
        started_at=running.started_at - timedelta(hours=1),
        deadline=running.deadline - timedelta(hours=1),
    )
    refused = post(page, running, "sync", batch(1, change(1, 1, [1])))
    assert (refused.status_code, refused.json()["state"]) == (409, "submitted")


def test_signed_out_is_401(client: Client, running: Attempt) -> None:
    for name in ("claim", "sync", "submit"):
        refused = post(client, running, name, batch(1))
        assert (refused.status_code, refused.json()["error"]) == (401, "signed_out")


def test_another_candidates_attempt_is_404(client: Client, running: Attempt) -> None:
    client.force_login(
        User.objects.create_user("eve@example.org"),
        backend="accounts.backends.PasswordBackend",
    )
    for name, data in (
        ("claim", {"previous": None}),
        ("sync", batch(1)),
        ("submit", batch(1)),
    ):
        refused = post(client, running, name, data)
        assert (refused.status_code, refused.json()["error"]) == (404, "not_found")


def test_without_a_csrf_token_it_is_403(candidate: User, running: Attempt) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(candidate, backend="accounts.backends.PasswordBackend")
    refused = post(strict, running, "sync", batch(1))
    assert (refused.status_code, refused.json()["error"]) == (403, "csrf")


def test_a_body_too_large_is_413(page: Client, running: Attempt) -> None:
    refused = post(page, running, "sync", "[" + " " * MAX_BODY + "]")
    assert (refused.status_code, refused.json()["error"]) == (413, "too_large")


def test_a_page_that_has_run_wild_is_asked_to_wait(
    page: Client, running: Attempt, settings: Any
) -> None:
    settings.SAVES_PER_MINUTE = 0
    refused = post(page, running, "sync", batch(1))
    assert (refused.status_code, refused["Retry-After"]) == (429, "2")


def test_a_missing_redis_stands_in_nobodys_way(
    page: Client, running: Attempt, settings: Any
) -> None:
    nowhere = {"LOCATION": "unix:///nowhere/valkey.sock?db=0"}
    settings.CACHES = {"default": settings.CACHES["default"] | nowhere}
    assert post(page, running, "sync", batch(1, change(1, 1, [1]))).status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        "{not json",
        "[]",
        "null",
        {"sitting": 1, "changes": []},
        {"v": "1", "sitting": 1, "changes": []},
        {"v": 1, "sitting": "1", "changes": []},
        {"v": 1, "sitting": True, "changes": []},
        {"v": 1, "sitting": 1, "changes": {}},
        batch(1, *[{}] * 501),
        batch(1, change(0, 1, [1])),
        batch(1, change(1, 0, [1])),
        batch(1, change(1, 2**31, [1])),
        batch(1, change(1, 1, [0])),
        batch(1, change(1, 1, [11])),
        batch(1, change(1, 1, [True])),
        batch(1, change(1, 1, [1]), change(2, 2, [10])),
        batch(1, change(1, 1, [1]), change(2, 2, [1], eliminated=[10])),
        batch(1, change(1, 1, [1]), change(66, 2, [1])),
        {"v": True, "sitting": 1, "changes": []},
        {"v": 1.0, "sitting": 1, "changes": []},
        batch(1, change(1, 1, "1")),
        batch(1, change(1, 1, [1], note="x" * 501)),
        batch(1, change(1, 1, [1], note="\x00")),
        batch(1, change(1, 1, [1], highlights=[[0, 1]] * 21)),
        batch(1, change(1, 1, [1], highlights=[[3, 1]])),
        batch(1, change(1, 1, [1], flagged="yes")),
        batch(1, change(1, 1, [1], at_ms=-1)),
        {"v": 1, "sitting": 1, "changes": [7]},
    ],
)
def test_a_batch_of_another_shape_is_422_and_changes_nothing(
    page: Client, running: Attempt, data: Any
) -> None:
    before = list(running.responses.order_by("position").values())
    refused = post(page, running, "sync", data)
    assert (refused.status_code, refused.json()["error"]) == (422, "invalid")
    assert list(running.responses.order_by("position").values()) == before


def test_its_address_is_tried_before_all_others() -> None:
    """Trying the others took a tenth of a save."""
    pattern = get_resolver()
    while hasattr(pattern, "url_patterns"):
        pattern = pattern.url_patterns[0]
    assert pattern.name == "sync"


def test_a_get_is_refused(page: Client, running: Attempt) -> None:
    for name in ("claim", "sync", "submit"):
        assert page.get(reverse(f"exam:{name}", kwargs={"pk": running.pk})).status_code == 405


def test_nothing_of_it_is_cached(page: Client, running: Attempt) -> None:
    assert "no-store" in post(page, running, "sync", batch(1))["Cache-Control"]
    sitting = page.get(reverse("exam:sitting", kwargs={"pk": running.pk}))
    assert "no-store" in sitting["Cache-Control"]


@pytest.mark.parametrize("name", ["claim", "sync", "submit"])
def test_what_is_nested_too_deeply_is_invalid(page: Client, running: Attempt, name: str) -> None:
    for text in ("[" * 60_000, '{"v":' * 12_000):
        assert post(page, running, name, text).status_code == 422


def test_only_json_is_read(page: Client, running: Attempt) -> None:
    address = reverse("exam:sync", kwargs={"pk": running.pk})
    assert page.post(address, {"v": 1}).status_code == 422
    text = json.dumps(batch(1, change(1, 1, [1])))
    assert page.post(address, text, content_type="text/plain").status_code == 422


def test_half_an_emoji_at_the_end_of_a_note_loses_no_answer(page: Client, running: Attempt) -> None:
    """A browser that cuts a note at its limit may cut a character of two units in the middle."""
    text = json.dumps(batch(1, change(1, 1, [1], note="ab \ud83d")))
    assert "\\ud83d" in text
    assert post(page, running, "sync", text).json()["acked"] == {"1": 1}
    stored = running.responses.get(position=1)
    assert (bool(stored.selected), stored.note) == (True, "ab ?")


def test_the_largest_numbers_a_page_may_send_break_no_page(page: Client, running: Attempt) -> None:
    most = 2**31 - 1
    far = change(1, most, [1], at_ms=0, spent_ms=most, highlights=[[0, most]], note="\U0001f600")
    assert post(page, running, "sync", batch(1, far)).json()["acked"] == {"1": most}
    assert post(page, running, "submit", batch(1)).status_code == 200
    scoring.score(running.pk, at=running.deadline)
    for name in ("result", "report", "review"):
        assert page.get(reverse(f"exam:{name}", kwargs={"pk": running.pk})).status_code == 200
    assert page.get(f"/attempts/{running.pk}/review/1/").status_code == 200
    for path in ("/", "/history/", "/history.csv"):
        assert page.get(path).status_code == 200
