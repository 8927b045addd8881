"""Reports of browsers about what the Content-Security-Policy made them refuse.

They come from whoever likes to send them, so nothing of them is kept but a few words that are
checked: which rule, which origin, and the pattern of which of our addresses.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.urls import Resolver404, resolve

from accounts.models import Refusal

MOST_BYTES: Final = 16_384
MOST_AT_ONCE: Final = 20
DIRECTIVE = re.compile(r"[a-z][a-z-]{2,39}").fullmatch
WORD = re.compile(r"[a-z][a-z-]{0,29}").fullmatch
HOST = re.compile(r"[a-z0-9._-]{1,80}(:[0-9]{1,5})?|\[[0-9a-f:]{2,45}\](:[0-9]{1,5})?").fullmatch
WEB = {"http", "https", "ws", "wss"}
# What the person's own extensions put into our pages says nothing about our pages.
OF_THE_BROWSER = ("-extension", "about", "chrome", "moz", "safari", "edge", "resource", "file")


class BadReport(Exception):
    """Not a report; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What one report comes down to."""

    directive: str
    blocked: str
    page: str


def parse(body: bytes, host: str) -> list[Refused]:
    """What browsers refused on pages of this host, in either of the two formats there are.

    Raises:
        BadReport: it is too long, or no report at all.
    """
    if len(body) > MOST_BYTES:
        raise BadReport("The report is too long.")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadReport("The report is not JSON.") from None
    found = (_refused(report, host) for report in _reports(data)[:MOST_AT_ONCE])
    return [refused for refused in found if refused]


def _reports(data: Any) -> list[tuple[Any, Any, Any, Any]]:
    """Directive, what was blocked, by which file, on which page, of each."""
    if isinstance(data, dict) and isinstance(old := data.get("csp-report"), dict):
        directive = old.get("effective-directive") or old.get("violated-directive")
        facts = (old.get("blocked-uri"), old.get("source-file"), old.get("document-uri"))
        return [(directive, *facts)]
    if not isinstance(data, list):
        raise BadReport("The report has neither of the formats that browsers send.")
    bodies = [
        entry["body"]
        for entry in data
        if isinstance(entry, dict)
        and entry.get("type") == "csp-violation"
        and isinstance(entry.get("body"), dict)
    ]
    names = ("effectiveDirective", "blockedURL", "sourceFile", "documentURL")
    return [tuple(body.get(name) for name in names) for body in bodies]  # type: ignore[misc]


def _refused(report: tuple[Any, Any, Any, Any], host: str) -> Refused | None:
    directive, blocked, source, page = (value if isinstance(value, str) else "" for value in report)
    directive = directive.partition(" ")[0].lower()
    origin, where = _origin(blocked), _pattern(page, host)
    if not DIRECTIVE(directive) or not origin or not where or _is_browsers(source):
        return None
    return Refused(directive, origin, where)


def _origin(blocked: str) -> str:
    """A keyword such as "inline", a scheme, or an origin; empty for anything else."""
    word = blocked.lower()
    if not word or _is_browsers(blocked):
        return ""
    if WORD(word):
        return word
    parts = _split(word)
    if parts is None or not WORD(parts.scheme):
        return ""
    if parts.scheme not in WEB:
        return f"{parts.scheme}:"
    place = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{place}" if HOST(place) else ""


def _is_browsers(address: str) -> bool:
    scheme = address.lower().partition(":")[0]
    return any(scheme.endswith(ending) for ending in OF_THE_BROWSER)


def _pattern(address: str, host: str) -> str:
    """The pattern of a page of ours, so that no number, token or query is kept."""
    parts = _split(address)
    if parts is None or parts.netloc.lower() != host.lower():
        return ""
    try:
        return f"/{resolve(parts.path or '/').route}"[:120]
    except (Resolver404, ValueError):
        return "?"


def _split(address: str) -> Any:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def keep(refused: Iterable[Refused], *, at: datetime) -> None:
    """Counts them; beyond the bound of kinds, the one not seen for longest makes room."""
    for kind in sorted(set(refused), key=lambda kind: (kind.directive, kind.blocked, kind.page)):
        facts = {"directive": kind.directive, "blocked": kind.blocked, "page": kind.page}
        with transaction.atomic():
            row, _made = Refusal.objects.get_or_create(
                **facts, defaults={"first_seen": at, "last_seen": at}
            )
            Refusal.objects.filter(pk=row.pk).update(times=F("times") + 1, last_seen=at)
    beyond = Refusal.objects.values_list("pk", flat=True)[Refusal.MOST :]
    if pks := list(beyond):
        Refusal.objects.filter(pk__in=pks).delete()


def forget_all() -> None:
    """Takes all of them away, after what they told of was put right."""
    Refusal.objects.all().delete()
