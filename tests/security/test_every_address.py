"""Who may do what at which address: one line for each, and a new address without one fails."""

import itertools
import json
from copy import copy

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from tests.exam.conftest import batch, change

from .addresses import (
    ADDRESSES,
    ADMINISTRATORS,
    ANYBODY,
    NOBODY,
    OWN_ATTEMPT,
    OWN_COHORT,
    OWN_FILE,
    SIGNED_IN,
    Line,
    lines,
)
from .conftest import World

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/login/?next="
# Whoever was deactivated is a visitor again, at once and in every open browser.
VISITORS = ("", "deactivated", "candidate", "stranger", "instructor", "administrator")
REFUSED_SOMEWHERE = VISITORS[:4]  # for them pages that ask in pieces (htmx) are tried as well
# They answer in JSON to scripts of the exam page: a status, never a page.
PROTOCOL = {"exam:claim", "exam:sync", "exam:submit"}
SAVE = json.dumps(batch(1, change(1, 9, [1])) | {"previous": 1})
ALLAUTH = ("account_", "mfa_")
NOT_THERE_FOR_ANYBODY = (
    "get exam:practice_done",  # the finished exam is no practice
    "post accounts:decline_invitation",  # but for its candidate: nobody else was asked to join
)
# That a report or the answer to a remark was seen is noted: Home does not announce it again.
NOTES_THAT_IT_WAS_SEEN = {"exam:report", "exam:review_question"}
# Allauth's own list of addresses is begun when somebody first looks at it.
NOTES_THAT_IT_WAS_SEEN |= {"account_email", "account_reset_password_from_key"}


def visitor(world: World, name: str) -> User | None:
    return getattr(world, name) if name else None


def asked(client: Client, line: Line, method: str, **headers: str) -> HttpResponse:
    """What is changed by asking is taken back; whoever signed out by it is signed in again."""
    cookies = copy(client.cookies)
    body = (
        {"data": SAVE, "content_type": "application/json"}
        if line.name in PROTOCOL and method == "post"
        else {}
    )
    with transaction.atomic():
        answer = getattr(client, method)(line.address, headers=headers, **body)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def named(resolver: URLResolver, space: str = "") -> set[str]:
    found = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            found.add(f"{space}{entry.name}")
        else:
            found |= named(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
    return found


def test_every_address_has_a_line() -> None:
    assert named(get_resolver()) == set(ADDRESSES)


def expected(line: Line, name: str) -> int | str:
    """A status, a sign-in page, or "opened"."""
    if line.whose in (ANYBODY, NOBODY):
        return "opened" if line.whose == ANYBODY else 404
    if name in ("", "deactivated"):
        return 401 if line.name in PROTOCOL else "sign-in"
    if line.whose == SIGNED_IN:
        return "opened"
    if line.whose == OWN_ATTEMPT:
        return "opened" if name == "candidate" else 404
    if name == "candidate" or (line.whose == ADMINISTRATORS and name != "administrator"):
        return 403
    if line.whose == OWN_FILE and name != "administrator":  # who asked for it
        return 404
    return 404 if line.whose == OWN_COHORT and name == "stranger" else "opened"


def seen(answer: HttpResponse) -> int | str:
    to = answer.get("Location") or answer.get("HX-Redirect") or ""
    if to.startswith(SIGN_IN):
        return "sign-in"
    return answer.status_code if answer.status_code in (401, 403, 405) else "opened"


@pytest.mark.parametrize("name", VISITORS)
def test_each_visitor_opens_what_is_theirs_and_nothing_else(world: World, name: str) -> None:
    client = world.browser(visitor(world, name))
    found, wanted, wrote = {}, {}, {}
    for line in lines(world):
        for method, in_pieces in itertools.product(
            line.methods, (False, True) if name in REFUSED_SOMEWHERE else (False,)
        ):
            headers = {"HX-Request": "true"} if in_pieces else {}
            with CaptureQueriesContext(connection) as queries:
                answer = asked(client, line, method, **headers)
            place = f"{method} {line.name}{' in pieces' * in_pieces}"
            wanted[place] = expected(line, name)
            # What is there answers in many ways; what is not answers in one.
            found[place] = answer.status_code if wanted[place] == 404 else seen(answer)
            if wanted[place] == "opened" == found[place] and is_missed(line, answer):
                found[place] = "404, but it is theirs"
            assert answer.status_code < 500, place
            if wanted[place] != "opened":
                wrote[place] = written(queries)
    for place in NOT_THERE_FOR_ANYBODY:
        for pieces in (place, f"{place} in pieces"):
            found.pop(pieces, None), wanted.pop(pieces, None)
    assert found == wanted
    assert {place: sql for place, sql in wrote.items() if sql} == {}


def is_missed(line: Line, answer: HttpResponse) -> bool:
    """Whether it is not there though it should be; of allauth's pages some come only in turn."""
    return answer.status_code == 404 and not line.name.startswith(ALLAUTH)


def written(queries: CaptureQueriesContext) -> list[str]:
    """What was changed, but for the note that the session was used."""
    return [
        query["sql"]
        for query in queries
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
        and "django_session" not in query["sql"]
    ]


def test_a_method_that_is_not_meant_changes_nothing_and_is_refused(world: World) -> None:
    allowed = {}
    methods = {"get", "head", "post", "put", "patch", "delete", "options", "trace"}
    for line in lines(world):
        person = world.candidate if line.whose == OWN_ATTEMPT else world.administrator
        client = world.browser(person)
        others = methods - line.methods - ({"head"} if "get" in line.methods else set())
        # Allauth's views answer OPTIONS, take PUT for POST, and lead elsewhere before they look.
        if line.whose != NOBODY and not line.name.startswith(ALLAUTH):
            allowed[line.name] = {m for m in others if asked(client, line, m).status_code != 405}
    assert {name: methods for name, methods in allowed.items() if methods} == {}


def test_the_head_of_a_page_tells_no_more_than_the_page(world: World) -> None:
    for line in lines(world):
        if "get" in line.methods and line.whose != NOBODY:
            for person in (world.candidate, world.stranger):
                client = world.browser(person)
                heads = asked(client, line, "head")
                assert heads.status_code in (405, asked(client, line, "get").status_code), line.name
                assert body_of(heads) == b"", line.name


def body_of(answer: HttpResponse) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def test_without_the_token_of_our_own_pages_nothing_is_sent(world: World) -> None:
    let_in = [
        line.name
        for line in lines(world)
        if "post" in line.methods
        for person in [world.candidate if line.whose == OWN_ATTEMPT else world.administrator]
        if asked(world.browser(person, enforce_csrf_checks=True), line, "post").status_code != 403
    ]
    assert let_in == ["accounts:csp_report"], "browsers send it by themselves"


def test_looking_changes_nothing(world: World) -> None:
    wrote = {}
    for line in lines(world):
        person = world.candidate if line.whose == OWN_ATTEMPT else world.administrator
        client = world.browser(person)
        if "get" in line.methods and line.name not in NOTES_THAT_IT_WAS_SEEN:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                asked(client, line, "get")
            wrote[line.name] = written(queries)
    assert {name: sql for name, sql in wrote.items() if sql} == {}


def test_every_page_keeps_strangers_scripts_out(world: World) -> None:
    for line in lines(world):
        person = world.candidate if line.whose == OWN_ATTEMPT else world.administrator
        if "get" not in line.methods:
            continue
        answer = asked(world.browser(person), line, "get")
        policy = set(answer["Content-Security-Policy"].split("; "))
        assert {"script-src 'self'", "style-src 'self'", "default-src 'none'"} <= policy, line.name
        assert answer["X-Content-Type-Options"] == "nosniff", line.name
        kept = line.name in {"questions:picture", "service_worker"}
        assert kept or "no-store" in answer["Cache-Control"], line.name
        body = body_of(answer)
        for sign in (b"<script>", b" style=", b"<style", b" onclick=", b"javascript:"):
            assert sign not in body, (line.name, sign)
