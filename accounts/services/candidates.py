"""Candidates whom an instructor brings into a cohort: each gets an invitation of their own.

Nobody becomes a member unasked, and no answer tells whether an address has an account: the link
lets somebody new choose a first password, and somebody known accept.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import Action, Cohort, Invitation, User
from accounts.selectors import Standing, standing_of
from accounts.services.audit import record
from accounts.services.invitations import refuse_flood, send
from accounts.services.roster import Entry


def invite_candidates(
    cohort: Cohort,
    entries: Sequence[Entry],
    *,
    by: User,
    at: datetime,
    address: str,
    minutes: int = 0,
    percent: int = 0,
) -> dict[str, Standing]:
    """Invites those who are new to the cohort; how each address stood before.

    `address` is where invitations are opened, with "TOKEN" in place of the token. They are mailed
    where mail is configured. `minutes` and `percent` are extra time, granted when they join.

    Raises:
        NotPossible: this person has invited too many within a day.
    """
    refuse_flood(by, len(entries), at)
    with transaction.atomic():
        Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)  # two presses invite once
        standing = standing_of(cohort, [entry.email for entry in entries], at)
        made = Invitation.objects.bulk_create(
            Invitation(
                email=entry.email,
                name=entry.name,
                cohort=cohort,
                extra_minutes=minutes,
                extra_percent=percent,
                invited_by=by,
                expires_at=at + Invitation.LIFETIME,
            )
            for entry in entries
            if standing[entry.email] is Standing.NEW
        )
        if made:
            details = {"people": len(made), "minutes": minutes, "percent": percent}
            record(Action.INVITED, by=by, on=cohort, at=at, details=details)
        if settings.HAS_MAIL:
            transaction.on_commit(lambda: send(made, address, at), robust=True)
    return standing
