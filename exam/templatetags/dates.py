"""How moments are written: near ones by their day of the week."""

from datetime import datetime, timedelta

from django import template
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

register = template.Library()

NEAR = timedelta(days=6)


@register.filter
def moment(at: datetime, now: datetime) -> str:
    """Such as "today 18:00", "Friday 18:00", or "6 March 2026, 18:00" from a week away."""
    at, now = localtime(at), localtime(now)
    time = date_format(at, "H:i")
    if at.date() == now.date():
        return _("today %(time)s") % {"time": time}
    if abs(at - now) < NEAR:
        return _("%(day)s %(time)s") % {"day": date_format(at, "l"), "time": time}
    return date_format(at, "j F Y, H:i")
