"""What pages about people need to know of the settings."""

from datetime import datetime, timedelta

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def has_mail() -> bool:
    """Whether messages can be sent."""
    return settings.HAS_MAIL


@register.simple_tag
def sign_up_is_open() -> bool:
    """Whether anybody may sign up."""
    return settings.SIGN_UP == "open"


@register.filter
def deletion_day(asked_at: datetime) -> datetime:
    """When an account is deleted whose owner asked for it then."""
    return asked_at + timedelta(days=settings.DELETION_DAYS)
