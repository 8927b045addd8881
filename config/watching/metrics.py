"""What is counted of requests and tasks, and how all processes of a machine tell it together.

Where PROMETHEUS_MULTIPROC_DIR is set, every process counts in a file of its own there, and whoever
is asked adds them up. The folder has to lie in memory: on a full disk a counter would end its
process.
"""

import json
import os
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(folder).mkdir(parents=True, exist_ok=True)

SYNC = "exam:sync"
NO_VIEW = "none"  # an address that does not exist
# The words of the save protocol; anything else is not ours to put into a label.
REASONS = {
    *("signed_out", "csrf", "not_found", "taken_over", "closed", "too_large", "too_many"),
    *("invalid", "busy"),
}

REQUESTS = Counter("cutscore_requests", "Answered requests.", ["view", "status"])
REQUEST_SECONDS = Histogram(
    "cutscore_request_seconds",
    "Time to answer a request, by view; saves have a histogram of their own.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
SAVES = Counter("cutscore_saves", "Answered saves of exam pages.", ["status", "reason"])
SAVE_SECONDS = Histogram(
    "cutscore_save_seconds",
    "Time to answer a save.",
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
LOST_MAILS = Counter(
    "cutscore_mails_lost", "Mails written by a web process that could not be sent."
)
EXCEPTIONS = Counter(
    "cutscore_exceptions", "Requests that ended in an unforeseen exception.", ["view", "type"]
)
TASK_SECONDS = Histogram(
    "cutscore_task_seconds",
    "Time of a background task, by outcome.",
    ["task", "outcome"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0),
)

# What a metric gives for the same labels, kept: looking it up takes longer than counting.
_requests = cache(REQUESTS.labels)
_seconds = cache(REQUEST_SECONDS.labels)
_saves = cache(SAVES.labels)


def registry() -> CollectorRegistry:
    """What is to be shown: of all that share the folder; of this process where there is none."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder or not Path(folder).is_dir():  # some systems clear memory when a person logs out
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together


def view_of(request: HttpRequest) -> str:
    """The name of the view that a request found; what was typed as an address is nobody's."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else NO_VIEW


def count_request(view: str, response: HttpResponse, seconds: float) -> None:
    """Counts an answered request."""
    status = response.status_code
    _requests(view, status).inc()
    if view == SYNC:
        _saves(status, "" if status == 200 else _reason(response)).inc()
        SAVE_SECONDS.observe(seconds)
    else:
        _seconds(view).observe(seconds)


def _reason(response: HttpResponse) -> str:
    """Why a save was refused, in the protocol's word."""
    try:
        reason = json.loads(response.content)["error"]
    except (ValueError, KeyError, TypeError):
        return ""
    return reason if reason in REASONS else ""
