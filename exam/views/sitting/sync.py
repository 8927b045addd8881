"""The save protocol: JSON in, JSON with a status out, never a redirect."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from exam.engine.sitting.batch import (
    OLDEST_VERSION,
    PROTOCOL_VERSION,
    Batch,
    BatchError,
    Outdated,
    check_version,
    parse_batch,
)
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt
from exam.selectors.sitting.attempts import attempts_for, stored_responses
from exam.services.counters import CHANGES
from exam.services.queue import enqueue_learning
from exam.services.sitting import attempts
from exam.services.sitting.saving import save
from exam.views.sitting.sync_shapes import handed_in, iso, page_state, receipt

MAX_BODY = 64 * 1024
TOKEN = re.compile(r"[0-9A-Za-z]{0,32}")
# For whoever reads the answer itself; the page has words of its own for each.
SENTENCES = {
    "signed_out": "You are signed out.",
    "too_large": f"A request may have {MAX_BODY // 1024} kB.",
    "too_many": "That was too often; wait a moment.",
    "busy": "The database is busy; try again.",
    "not_found": "You have no such attempt.",
    "live": "This exam is open in another window.",
    "taken_over": "Another window has taken over this exam.",
    "closed": "This exam is over.",
    "outdated": "There is a new version of this page; load it again.",
}


def json_view(view: Callable[..., JsonResponse]) -> Callable[..., HttpResponse]:
    """Signed in, a body of bounded size, JSON; and a busy data base is a 503, not a 500."""

    @wraps(view)
    @require_POST
    def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.is_authenticated:
            return _refused(401, "signed_out")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return _refused(422, "invalid", detail="The length of the request is not a number.")
        if int(length) > MAX_BODY:
            return _refused(413, "too_large")
        if _too_many(request.user.pk):
            return _wait(429, "too_many")
        if request.content_type != "application/json":  # of a form the body is read already
            return _refused(422, "invalid", detail="The request is not JSON.")
        try:
            return view(request, pk, _decoded(request.body))
        except Outdated:
            return _refused(426, "outdated", oldest=OLDEST_VERSION, newest=PROTOCOL_VERSION)
        except BatchError as error:
            return _refused(422, "invalid", detail=str(error))
        except OperationalError:
            return _wait(503, "busy")

    return wrapped


def _decoded(body: bytes) -> Any:
    """What the body says in JSON.

    Raises:
        BatchError: it is not JSON, holds a number that is none, or is nested too deeply.
    """
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BatchError("The request is not JSON.") from None


def _no_number(name: str) -> None:
    raise ValueError(name)


def _too_many(user_id: int) -> bool:
    """Counts a person's requests, minute by minute."""
    return cache.seconds_to_wait(f"sync:{user_id}", settings.SAVES_PER_MINUTE, 60) > 0


def _wait(status: int, error: str) -> JsonResponse:
    response = _refused(status, error)
    response["Retry-After"] = "2"
    return response


@json_view
def claim(request: HttpRequest, pk: int, data: Any) -> JsonResponse:
    """Makes this page the one that sits the exam."""
    if not isinstance(data, dict):
        raise BatchError("The request is not an object.")
    check_version({"v": PROTOCOL_VERSION, **data})
    asked, now = _asked(data), timezone.now()
    try:
        attempt = attempts.claim(pk, request.user, at=now, **asked)
    except attempts.OpenElsewhere as live:
        return _refused(409, "live", since=live.since.isoformat())
    except attempts.Closed:
        return _closed(request, pk, now)
    if attempt is None:
        return _refused(404, "not_found")
    return JsonResponse(page_state(attempt, at=now, sitting=attempt.sitting))


def _asked(data: dict[str, Any]) -> dict[str, Any]:
    previous, take_over = data.get("previous"), data.get("take_over", False)
    token = data.get("token", "")
    if previous is not None and type(previous) is not int:
        raise BatchError("previous must be a whole number or null.")
    if type(take_over) is not bool:
        raise BatchError("take_over must be true or false.")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise BatchError("token must be up to 32 letters and digits.")
    return {"previous": previous, "take_over": take_over, "token": token}


@json_view
def sync(request: HttpRequest, pk: int, data: Any) -> JsonResponse:
    """Stores a batch of changes; an empty one asks for the time and the state."""
    batch, now = parse_batch(data), timezone.now()
    saved = save(pk, request.user.pk, batch, at=now)
    if saved is None:
        return _refused(404, "not_found")
    if saved.accepted:
        CHANGES.inc(len(saved.stored))
        if any(change.checked for change in batch.changes):
            enqueue_learning(pk)
        return JsonResponse(receipt(saved, batch, now))
    if saved.state == "in_progress" and saved.sitting != batch.sitting:
        attempt = attempts_for(request.user).get(pk=pk)
        return _other_sitting(attempt, saved.sitting, saved.seen_at, batch)
    return _closed(request, pk, now)


@json_view
def submit(request: HttpRequest, pk: int, data: Any) -> JsonResponse:
    """Ends the exam; what was not saved yet comes along."""
    batch, now = parse_batch(data), timezone.now()
    ended = attempts.submit(pk, by=EndedBy.CANDIDATE, at=now, candidate=request.user, batch=batch)
    if ended is None:
        return _refused(404, "not_found")
    attempt = ended.attempt
    if attempt.is_open:
        return _other_sitting(attempt, attempt.sitting, attempt.seen_at, batch)
    return JsonResponse(handed_in(attempt, ended.saved, batch, now))


def _other_sitting(
    attempt: Attempt, sitting: int, seen_at: datetime | None, batch: Batch
) -> JsonResponse:
    """Another page sits; or, after a restore, the server knows less than it told this one."""
    return _refused(
        409,
        "taken_over" if sitting > batch.sitting else "forgotten",
        sitting=sitting,
        since=iso(seen_at),
        responses=stored_responses(attempt),
    )


def _closed(request: HttpRequest, pk: int, at: datetime) -> JsonResponse:
    attempts.submit_if_overdue(pk, at=at)
    attempt = attempts_for(request.user).filter(pk=pk).first()
    if attempt is None:
        return _refused(404, "not_found")
    return _refused(
        409,
        "closed",
        state=attempt.state,
        receipt=attempt.receipt,
        redirect=reverse("exam:result", kwargs={"pk": pk}),
        responses=stored_responses(attempt),
    )


def _refused(status: int, error: str, **details: Any) -> JsonResponse:
    sentence = {"detail": SENTENCES[error]} if error in SENTENCES else {}
    return JsonResponse({"error": error, **sentence, **details}, status=status)
