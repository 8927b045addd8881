"""The open exam page after a deploy of another protocol, and after a restore to an older state."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from exam.engine.sitting.batch import OLDEST_VERSION, PROTOCOL_VERSION
from exam.models import Attempt
from exam.services.sitting import attempts
from exam.services.sitting.sittings import ask_everybody_to_claim
from tests.exam.conftest import batch, change
from tests.exam.sitting.test_sync import post

CLAIM: dict[str, Any] = {"v": 1, "previous": None, "take_over": False}


@pytest.mark.parametrize("version", [OLDEST_VERSION - 1, PROTOCOL_VERSION + 1])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("claim", {"previous": 1, "take_over": False}),
        ("sync", {"sitting": 1, "changes": [change(1, 1, [1])]}),
        ("submit", {"sitting": 1, "changes": [change(1, 1, [1])]}),
    ],
)
def test_a_page_of_a_version_that_is_not_spoken_is_told_so_and_changes_nothing(
    page: Client, running: Attempt, name: str, data: dict[str, Any], version: int
) -> None:
    refused = post(page, running, name, {"v": version, **data})
    assert (refused.status_code, refused.json()) == (
        426,
        {
            "error": "outdated",
            "detail": "There is a new version of this page; load it again.",
            "oldest": OLDEST_VERSION,
            "newest": PROTOCOL_VERSION,
        },
    )
    running.refresh_from_db()
    assert (running.sitting, running.is_open) == (1, True)
    assert not running.responses.filter(seq__gt=0).exists()


@pytest.mark.parametrize("version", range(OLDEST_VERSION, PROTOCOL_VERSION + 1))
def test_a_page_of_every_version_that_is_spoken_goes_on(
    page: Client, running: Attempt, version: int
) -> None:
    saved = post(page, running, "sync", {**batch(1, change(1, 1, [1])), "v": version})
    assert saved.json()["acked"] == {"1": 1}


@pytest.mark.parametrize("name", ["sync", "submit"])
def test_a_restored_server_says_that_it_has_forgotten_instead_of_calling_the_page_stale(
    page: Client, running: Attempt, name: str
) -> None:
    for _claim in range(3):
        post(page, running, "claim", {**CLAIM, "take_over": True})
    ask_everybody_to_claim()
    forgotten = post(page, running, name, batch(4, change(1, 9, [1])))
    assert (forgotten.status_code, forgotten.json()["error"]) == (409, "forgotten")

    claimed = post(page, running, "claim", {**CLAIM, "previous": 4}).json()
    assert claimed["sitting"] == 5  # one more than the page's own: nobody sat in between
    assert claimed["responses"]["1"]["seq"] == 0
    assert post(page, running, name, batch(5, change(1, 9, [1]))).json()["acked"] == {"1": 9}


def test_after_a_restore_another_window_that_sits_is_not_pushed_away(
    page: Client, running: Attempt
) -> None:
    ask_everybody_to_claim()
    assert post(page, running, "claim", CLAIM).json()["sitting"] == 1
    assert post(page, running, "sync", batch(4)).json()["error"] == "forgotten"
    assert post(page, running, "claim", {**CLAIM, "previous": 4}).json()["error"] == "live"


@pytest.mark.parametrize(("previous", "sitting"), [(10**9, 10**6 + 1), (-5, 1), (2**40, 10**6 + 1)])
def test_no_number_that_a_page_names_breaks_the_next_claims(
    candidate: User, running: Attempt, previous: int, sitting: int
) -> None:
    ask_everybody_to_claim()
    claimed = attempts.claim(
        running.pk, candidate, previous=previous, take_over=False, at=running.started_at
    )
    assert claimed.sitting == sitting


def test_only_open_attempts_are_to_be_claimed_anew(page: Client, running: Attempt) -> None:
    post(page, running, "submit", batch(1))
    assert ask_everybody_to_claim() == 0
