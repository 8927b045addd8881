"""Accounts that nobody uses: their owners are told, and a month later they are deleted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import Role, User
from exam.models import Attempt

NOTICE = timedelta(days=30)


def to_warn(since: datetime, at: datetime) -> list[int]:
    """Who will not have used the account since then when the notice is over."""
    unused = _unused(since + NOTICE).filter(_not_warned())
    return list(unused.order_by("pk").values_list("pk", flat=True))


def to_erase(since: datetime, at: datetime) -> list[int]:
    """Who has not used the account since then, and was told so long enough ago."""
    told = _unused(since).exclude(_not_warned()).filter(unused_warned_at__lte=at - NOTICE)
    return list(told.order_by("pk").values_list("pk", flat=True))


def warn(person_ids: Sequence[int], *, at: datetime) -> int:
    """Tells each of them once, by mail where there is mail; how many."""
    told = 0
    for person in User.objects.filter(pk__in=person_ids):
        # Noted first: rather no mail than two, and a month passes from here in any case.
        told += User.objects.filter(_not_warned(), pk=person.pk).update(unused_warned_at=at)
        if settings.HAS_MAIL:
            _mail(person, at)
    return told


def _mail(person: User, at: datetime) -> None:
    context = {"person": person, "day": at + NOTICE, "address": settings.SITE_URL}
    text = render_to_string("personal/unused.txt", context)
    send_mail(_("Do you still need your account?"), text, None, [person.email])


def _unused(since: datetime) -> QuerySet[User]:
    """People without a sign-in or an exam since then; administrators always stay."""
    people = User.objects.filter(erased_at=None, date_joined__lt=since)
    people = people.exclude(role=Role.ADMINISTRATOR).exclude(last_login__gte=since)
    return people.exclude(
        Exists(Attempt.objects.filter(candidate=OuterRef("pk"), started_at__gte=since))
    )


def _not_warned() -> Q:
    """A sign-in after the warning takes it back."""
    return Q(unused_warned_at=None) | Q(last_login__gt=F("unused_warned_at"))
