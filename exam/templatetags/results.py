"""How scores and times are written."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

from exam import charts
from exam.models import Score
from exam.selectors.results.readings import Reading, read_score

register = template.Library()


@register.filter
def reading(score: Score) -> Reading:
    """The score in words and figures."""
    return read_score(score)


@register.filter
def duration(time: timedelta) -> str:
    """Hours and minutes, such as "2 h 48 min", a begun minute not counted."""
    minutes = int(time.total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    if not minutes:
        return _("under 1 min")
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def clock(ms: int) -> str:
    """Minutes and seconds, such as "3:10", with hours where there are any."""
    minutes, seconds = divmod(int(ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def dots(in_twenty: int) -> tuple[charts.Dot, ...]:
    """The dots that show a chance."""
    return charts.chance_dots(in_twenty)


@register.filter
def in_twenty(count: int) -> str:
    """So many in twenty; certainty either way is never claimed."""
    if count == 0:
        return _("Under 1 in 20")
    if count == charts.DOTS:
        return _("Over 19 in 20")
    return _("%(count)d in %(all)d") % {"count": count, "all": charts.DOTS}


@register.filter
def chance_words(chance: float) -> str:
    """A chance from 0 to 1 as so many in twenty."""
    return in_twenty(charts.chance_in_twenty(chance))


@register.filter
def times(share: float, count: int) -> int:
    """A share of a count as a whole number."""
    return round(share * count)
