"""What tells whether the installation runs as it should."""

from django.db import models


class Stamp(models.Model):
    """When something that must happen again and again was last done: the sweep, a backup."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
