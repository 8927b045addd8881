"""People, their cohorts, and invitations."""

import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do; each role includes the ones above it."""

    CANDIDATE = "candidate", _("Candidate")
    INSTRUCTOR = "instructor", _("Instructor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Theme(models.TextChoices):
    """The colours a person chose."""

    SYSTEM = "system", _("As my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class ExtraTimeReason(models.TextChoices):
    """Where a person's extra time comes from."""

    NONE = "none", _("No extra time")
    NON_NATIVE = "non_native", _("Non-native English speaker, 30 minutes")
    GRANTED = "granted", _("Granted by an instructor")


class UserManager(BaseUserManager["User"]):
    """Makes people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password the account cannot be signed in to by one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator."""
        return self.create_user(email, password, role=Role.ADMINISTRATOR, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address, in small letters or capitals.

        Stored in lower case, and compared exactly: a database that compares without regard to
        case takes "ſ" for "s", and one person's address for another's.
        """
        return self.get(email=(username or "").lower())


class User(AbstractUser):
    """A person; the e-mail address is the name to sign in with."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    display_name = models.CharField(_("display name"), max_length=80, blank=True)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.CANDIDATE)
    # Empty: as the device says.
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    theme = models.CharField(
        _("colours"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM
    )
    # The day of the real exam; practice sees to it that everything comes back before.
    exam_date = models.DateField(_("exam date"), null=True, blank=True)
    extra_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(600)])
    extra_percent = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(200)])
    extra_reason = models.CharField(
        max_length=16, choices=ExtraTimeReason.choices, default=ExtraTimeReason.NONE
    )
    extra_granted_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc,assignment]

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def is_instructor(self) -> bool:
        """Whether instructors' pages are open to this person."""
        return self.role in (Role.INSTRUCTOR, Role.ADMINISTRATOR)

    @property
    def is_administrator(self) -> bool:
        """Whether the pages about people are open to this person."""
        return self.role == Role.ADMINISTRATOR

    def get_full_name(self) -> str:
        """What to call the person."""
        return str(self)


class Cohort(models.Model):
    """A group of candidates and the instructors who look after them."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    instructors = models.ManyToManyField(User, related_name="cohorts_taught", blank=True)
    members = models.ManyToManyField(User, related_name="cohorts", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


def invitation_token() -> str:
    """An unguessable word for an invitation's address."""
    return secrets.token_urlsafe(24)


class Invitation(models.Model):
    """A link to sign up or to join by: for one address, for one person, or for several people.

    It is open until every place is taken, somebody declined it, or it expires. One to an address
    is also offered on that person's home page. Whether the address has an account is not in it.
    """

    LIFETIME = timedelta(days=14)
    MOST_DAYS = 90
    MOST_PLACES = 500

    token = models.CharField(max_length=64, unique=True, default=invitation_token)
    email = models.EmailField(blank=True)
    # The name of the account that may come of it, and extra time to be granted on joining.
    name = models.CharField(max_length=80, blank=True)
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    extra_percent = models.PositiveSmallIntegerField(default=0)
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.SET_NULL)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    places = models.PositiveSmallIntegerField(default=1)
    taken = models.PositiveSmallIntegerField(default=0)
    used_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    used_at = models.DateTimeField(null=True, blank=True)  # when its last place was taken
    declined_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")), name="no_more_taken_than_places"
            )
        ]

    def __str__(self) -> str:
        return self.email or self.token[:6]
