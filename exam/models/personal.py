"""Copies of everything stored about a person, made for that person."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class DataCopy(models.Model):
    """One file with all that is known about a person, for whoever asked for it; gone after a week.

    It is being made as long as it is neither ready nor failed.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_copies"
    )
    # The person, or an administrator to whom the person wrote.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    asked_at = models.DateTimeField()
    runs = models.PositiveSmallIntegerField(default=0)  # how often somebody began to make it
    touched_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(default=0)
    data = models.BinaryField(null=True)

    class Meta:
        verbose_name_plural = "data copies"
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"Copy {self.pk}"

    @property
    def is_being_made(self) -> bool:
        """Whether it is still to come."""
        return self.ready_at is None and self.failed_at is None
