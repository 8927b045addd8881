"""Which bank the tabs of the bank's pages lead to."""

from django import template

from questions.models import Bank

register = template.Library()


@register.simple_tag
def bank_at_hand(bank: Bank | str | None) -> Bank | None:
    """The bank of the page, or the first one there is; none before any was loaded."""
    return bank or Bank.objects.order_by("pk").first()
