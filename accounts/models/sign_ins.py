"""Where people are signed in."""

from typing import ClassVar

from django.db import models

from .people import User


class SignIn(models.Model):
    """A browser in which somebody is signed in; it counts as long as its session lasts."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    # No foreign key: a session gets another key with a new password, and the row stays.
    session_key = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
    used_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True, blank=True)
    # In words, such as "Firefox" and "Windows"; empty where the browser did not say.
    browser = models.CharField(max_length=24, blank=True)
    system = models.CharField(max_length=24, blank=True)

    class Meta:
        ordering: ClassVar = ["-used_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.browser}, {self.system}"
