"""Background tasks, counted and written down, each with the id of the request that asked for it.

Celery calls these at the turns of a task's life.
"""

import logging
import time
from typing import Any

import structlog
from celery import signals
from django.conf import settings
from prometheus_client import start_http_server

from config.watching import metrics
from config.watching.logs import current_request

log = logging.getLogger("cutscore.tasks")


def connect() -> None:
    """Has Celery call what is below."""
    signals.setup_logging.connect(leave_logging_alone)
    signals.before_task_publish.connect(carry_request)
    signals.task_prerun.connect(begin)
    signals.task_postrun.connect(end)
    signals.worker_init.connect(show_metrics)


def leave_logging_alone(**_facts: Any) -> None:
    """The settings say how lines look and which are written, in workers as elsewhere."""


def carry_request(headers: dict[str, Any], **_facts: Any) -> None:
    """Sends the request's id along."""
    request = current_request.get()
    if request is not None:
        headers["request_id"] = getattr(request, "id", None)


def begin(task_id: str, task: Any, **_facts: Any) -> None:
    """From here on every line says whose it is."""
    task.request.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    names = {"task_id": task_id, "request": getattr(task.request, "request_id", None)}
    structlog.contextvars.bind_contextvars(**{name: v for name, v in names.items() if v})


def end(task: Any, state: str | None = None, **_facts: Any) -> None:
    """Counts it, writes one line; one that failed stands out."""
    outcome = (state or "unknown").lower()
    seconds = time.perf_counter() - task.request.began
    metrics.TASK_SECONDS.labels(task.name, outcome).observe(seconds)
    level = logging.INFO if outcome == "success" else logging.WARNING
    fields = {"task": task.name, "outcome": outcome, "ms": round(seconds * 1000, 1)}
    log.log(level, "task", extra=fields)
    structlog.contextvars.clear_contextvars()


def show_metrics(**_facts: Any) -> None:
    """A worker on a machine of its own shows its own figures, on a port of its own."""
    if settings.METRICS_PORT:
        start_http_server(settings.METRICS_PORT, registry=metrics.registry())
