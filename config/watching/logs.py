"""Log lines for machines and people: whose request, which attempt, how long; never what was said.

Answers, notes, keys, addresses and passwords travel in requests, and stand in messages of
exceptions. So no line carries a path, a body or a query, and of an exception the message is left
out unless only the machine can have written it.
"""

import re
import traceback
from contextvars import ContextVar
from logging import LogRecord
from typing import Any

import structlog
from django.db import IntegrityError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse

SLOW_SECONDS = 1.0
# What lines of ours may carry besides.
FIELDS = ("status", "ms", "task", "outcome", "job", "person")
# Whose messages name code or machines only. Of databases the first line: the next ones show rows.
SPEAKING = (
    *(AttributeError, ImportError, NameError, OSError, TypeError),
    *(IntegrityError, OperationalError, ProgrammingError),
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
LEFT_OUT = "(message left out)"
MAIL = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
SECRET_IN_PATH = re.compile(r"/(join|demo|key|confirm-email|reset)/[^\s'\"]+")

current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)
Line = dict[str, Any]


def who_and_where(_logger: Any, _name: str, line: Line) -> Line:
    """Adds the request in whose course a line was written: numbers and names of ours only."""
    request = current_request.get()
    if request is None:
        return line
    match = getattr(request, "resolver_match", None)
    user = getattr(request, "_cached_user", None)
    found = {
        "request": getattr(request, "id", None),
        "method": request.method if request.method in METHODS else None,
        "view": match.view_name if match else None,
        "attempt": match.kwargs.get("pk")
        if match and match.route.startswith("attempts/")
        else None,
        "person": user.pk if user else None,
    }
    line.update((name, value) for name, value in found.items() if value is not None)
    return line


def without_paths(_logger: Any, _name: str, line: Line) -> Line:
    """Takes the path out of what Django says of a request; the view's name stands beside it."""
    record: LogRecord = line["_record"]
    if record.name.startswith("django.request"):
        line["event"] = line["event"].partition(":")[0]
    elif record.name.startswith("django.security"):
        line["event"] = f"Refused as {record.name.rpartition('.')[2]}"
        # Anybody can have requests refused, and a traceback for each would fill the log.
        line.pop("exc_info", None)
    return line


def without_secrets(_logger: Any, _name: str, line: Line) -> Line:
    """Masks addresses of people, and what opens something to whoever has it."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = SECRET_IN_PATH.sub(r"/\1/…", MAIL.sub("…@…", value))
    return line


def told(error: BaseException, depth: int = 10) -> str:
    """A traceback with those behind it: files, lines and functions, no values."""
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{told(behind, depth - 1)}\n\nwhich led to\n\n" if behind and depth else ""
    where = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}{where}{type(error).__qualname__}: {_message(error)}".removesuffix(": ")


def _message(error: BaseException) -> str:
    text = str(error)
    return text.partition("\n")[0] if isinstance(error, SPEAKING) else text and LEFT_OUT


def without_values(_logger: Any, _name: str, line: Line) -> Line:
    """Writes down the traceback of a line that has one, and takes its message out of the line."""
    exc_info = line.pop("exc_info", None)
    if not exc_info or exc_info[1] is None:
        return line
    record: LogRecord = line["_record"]
    if record.name == "celery.app.trace":  # it writes the whole traceback into its sentence
        line["event"] = "task raised"
    else:
        for text in filter(None, (repr(exc_info[1]), str(exc_info[1]))):
            line["event"] = line["event"].replace(text, LEFT_OUT)
    line["exception"] = told(exc_info[1])
    return line


BEFORE = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.ExtraAdder(allow=FIELDS),
    who_and_where,
    without_paths,
    without_values,
    without_secrets,
]
SHOWN = {
    "json": structlog.processors.JSONRenderer(ensure_ascii=False),
    "lines": structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False),
}


def formatter(shown: str) -> structlog.stdlib.ProcessorFormatter:
    """The formatter of every line: `json` for machines, `lines` for people."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=BEFORE,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, SHOWN[shown]],
    )


def log_request(log: Any, response: HttpResponse, seconds: float) -> None:
    """One line for a request; those that failed or took long stand out."""
    stands_out = response.status_code >= 500 or seconds >= SLOW_SECONDS
    level = 30 if stands_out else 20
    if log.isEnabledFor(level):
        fields = {"status": response.status_code, "ms": round(seconds * 1000, 1)}
        log.log(level, "request", extra=fields)


def config(level: str, shown: str) -> dict[str, Any]:
    """LOGGING for the settings."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "config.watching.logs.formatter", "shown": shown}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Who signed in, who failed to, and who was refused, is told whatever LOG_LEVEL says.
            "cutscore.sign_ins": {"level": "INFO"},
            # No mails with a request's fields in them, and refusals have a line of our own.
            "django": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},
            # These would write down statements with their values, templates with theirs.
            "django.db.backends": {"level": "WARNING"},
            "django.template": {"level": "WARNING"},
            # What came of a task has a line of ours.
            "celery.app.trace": {"level": "ERROR"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }
