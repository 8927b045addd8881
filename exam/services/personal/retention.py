"""How long things are kept: each rule with its setting, what it would take, and the taking.

Every rule works in small steps, each a transaction of its own, and may be killed and repeated.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Action, AuditEntry, Invitation, Refusal, SignIn
from accounts.services.audit import record
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Attempt, DataCopy, QuestionReport, ReportOutcome, Response
from exam.services.personal import copying, leaving
from exam.services.personal.erasing import GONE, erase_all
from exam.services.personal.unused import to_erase, to_warn, warn

log = logging.getLogger(__name__)

STEP = 500
REFUSALS_KEPT = timedelta(days=90)

Found = Callable[[datetime], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is not kept for ever."""

    name: str
    words: Any
    setting: str  # by which it is set; empty: fixed
    found: Callable[[datetime], int]  # how many would go
    take: Callable[[datetime], int]  # takes them away; how many went
    told: Any = ""  # in the words of the privacy page; empty: not a matter of a setting there


def run(*, at: datetime) -> dict[str, int]:
    """Applies every rule; how many each took. One that fails does not hold up the others."""
    taken = {}
    for rule in RULES:
        try:
            taken[rule.name] = rule.take(at)
        except Exception:
            log.exception("The rule %s fails.", rule.name)
    if any(taken.values()):
        record(Action.RETENTION, by=None, at=at, details={k: n for k, n in taken.items() if n})
    return taken


def look(*, at: datetime) -> dict[str, int]:
    """How many each rule would take now."""
    return {rule.name: rule.found(at) for rule in RULES}


def before(at: datetime, setting: str) -> datetime | None:
    """What is older goes; None keeps everything. The setting's name tells days from months."""
    number: int = getattr(settings, setting)
    if number <= 0:
        return None
    if setting.endswith("_DAYS"):
        return at - timedelta(days=number)
    years, month = divmod(at.year * 12 + at.month - 1 - number, 12)
    return at.replace(year=years, month=month + 1, day=min(at.day, 28))


# ------------------------------------------------------------------ rules that delete rows
def _deleting(name: str, words: Any, setting: str, *found: Found) -> Rule:
    return Rule(
        name,
        words,
        setting,
        lambda at: sum(rows(at).count() for rows in found),
        lambda at: sum(_deleted(rows(at)) for rows in found),
        words if setting else "",
    )


def _deleted(rows: "QuerySet[Any]") -> int:
    gone = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:STEP]):
        rows.model._base_manager.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone


def _sessions(at: datetime) -> QuerySet[Any]:
    return Session.objects.filter(expire_date__lt=at)


def _signed_out(at: datetime) -> QuerySet[Any]:
    """Where people were signed in, when the session is no more."""
    session = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gte=at)
    return SignIn.objects.exclude(Exists(session))


def _sign_ins(model: Any) -> Found:
    return lambda at: model.objects.filter(_older("attempt_time", at, "KEEP_SIGN_INS_DAYS"))


def _invitations(at: datetime) -> QuerySet[Any]:
    """Those that expired, were taken or declined so long ago."""
    old = (_older(name, at, "KEEP_INVITATIONS_DAYS") for name in ("expires_at", "used_at"))
    return Invitation.objects.filter(Q(*old, _connector=Q.OR))


def _copies(at: datetime) -> QuerySet[Any]:
    return DataCopy.objects.filter(asked_at__lte=at - copying.KEPT)


def _refusals(at: datetime) -> QuerySet[Any]:
    return Refusal.objects.filter(last_seen__lt=at - REFUSALS_KEPT)


def _older(name: str, at: datetime, setting: str) -> Q:
    moment = before(at, setting)
    return Q(**{f"{name}__lt": moment}) if moment else Q(pk__in=[])


# ------------------------------------------------------------------ rules that empty columns
def _network_addresses(at: datetime) -> QuerySet[Any]:
    # The log refuses changes through its own manager.
    log_entries = AuditEntry._base_manager.filter(address__isnull=False)
    return log_entries.filter(_older("at", at, "KEEP_NETWORK_ADDRESSES_DAYS"))


def _take_addresses(at: datetime) -> int:
    return _emptied(_network_addresses(at), address=None)


def _remarks(at: datetime) -> QuerySet[Any]:
    closed = QuestionReport.objects.exclude(outcome=ReportOutcome.OPEN).exclude(text=GONE)
    return closed.filter(_older("answered_at", at, "KEEP_REMARKS_MONTHS"))


def _take_remarks(at: datetime) -> int:
    return _emptied(_remarks(at), text=GONE, answer=GONE)


def _emptied(rows: "QuerySet[Any]", **values: Any) -> int:
    changed = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:STEP]):
        changed += rows.model._base_manager.filter(pk__in=ids).update(**values)
    return changed


def _tracked(at: datetime) -> QuerySet[Any]:
    """Ended attempts that still have notes, marks or paths."""
    tracks = Response.objects.filter(attempt=OuterRef("pk")).exclude(
        note="", highlights=[], path=""
    )
    ended = Attempt.objects.filter(Q(learned_at__isnull=False) | Q(state=AttemptState.VOID))
    return (
        ended.filter(ended_at__isnull=False)
        .filter(_older("ended_at", at, "KEEP_TRACKS_MONTHS"))
        .filter(Exists(tracks))
    )


def _take_tracks(at: datetime) -> int:
    taken = 0
    while ids := list(_tracked(at).order_by("pk").values_list("pk", flat=True)[: STEP // 10]):
        tracks = Response.objects.filter(attempt__in=ids)
        tracks.update(note="", highlights=[], path=[])
        taken += len(ids)
    return taken


# ------------------------------------------------------------------ rules about people
def _unused(at: datetime) -> list[int]:
    moment = before(at, "KEEP_UNUSED_ACCOUNTS_MONTHS")
    return to_erase(moment, at) if moment else []


def _warned(at: datetime) -> list[int]:
    moment = before(at, "KEEP_UNUSED_ACCOUNTS_MONTHS")
    return to_warn(moment, at) if moment else []


RULES = (
    Rule(
        "people",
        _("Accounts whose owners asked for it"),
        "DELETION_DAYS",
        lambda at: len(leaving.due(at)),
        lambda at: erase_all(leaving.due(at), at=at),
    ),
    Rule(
        "unused",
        _("Accounts that nobody uses"),
        "KEEP_UNUSED_ACCOUNTS_MONTHS",
        lambda at: len(_unused(at)),
        lambda at: erase_all(_unused(at), at=at, reason="unused"),
        _("Accounts without a sign-in or an exam; a mail comes a month before"),
    ),
    Rule(
        "warnings",
        _("Owners of unused accounts who are warned"),
        "KEEP_UNUSED_ACCOUNTS_MONTHS",
        lambda at: len(_warned(at)),
        lambda at: warn(_warned(at), at=at),
    ),
    _deleting("sessions", _("Sessions that ran out"), "", _sessions, _signed_out),
    _deleting(
        "sign-ins",
        _("Failed sign-ins, with network addresses"),
        "KEEP_SIGN_INS_DAYS",
        *(_sign_ins(model) for model in (AccessAttempt, AccessFailureLog, AccessLog)),
    ),
    _deleting(
        "invitations",
        _("Invitations that were used or ran out"),
        "KEEP_INVITATIONS_DAYS",
        _invitations,
    ),
    _deleting("copies", _("Copies of people's data"), "", _copies),
    _deleting("refusals", _("What browsers refused to load, last seen long ago"), "", _refusals),
    Rule(
        "addresses",
        _("Network addresses in the audit log"),
        "KEEP_NETWORK_ADDRESSES_DAYS",
        lambda at: _network_addresses(at).count(),
        _take_addresses,
        _("Network addresses in the log of what administrators and instructors do"),
    ),
    Rule(
        "remarks",
        _("The words of answered remarks on questions"),
        "KEEP_REMARKS_MONTHS",
        lambda at: _remarks(at).count(),
        _take_remarks,
        _("The words of remarks on questions, after they were answered"),
    ),
    Rule(
        "tracks",
        _("Notes, highlights and the way to each answer, of ended exams"),
        "KEEP_TRACKS_MONTHS",
        lambda at: _tracked(at).count(),
        _take_tracks,
        _("Notes, highlights and the way to each answer, after an exam has ended"),
    ),
)


def kept() -> list[tuple[str, int, str]]:
    """What is not kept for ever by these settings: in words, how many, and of which unit."""
    found = []
    for rule in RULES:
        number = getattr(settings, rule.setting) if rule.setting else 0
        if rule.told and number > 0:
            unit = "days" if rule.setting.endswith("_DAYS") else "months"
            found.append((str(rule.told), number, unit))
    return found
