"""People, their cohorts, and invitations."""

import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
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
    # Leaving: asked for; then nothing is left but a number that holds anonymous answers together.
    deletion_asked_at = models.DateTimeField(null=True, blank=True)
    unused_warned_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    # Of a deleted person: a hash by which the same account is known again in an older backup.
    erased_mark = models.CharField(max_length=128, blank=True, default="", db_default="")

    # Another one ends every session the person has; empty until that is asked for first.
    session_salt = models.CharField(max_length=32, blank=True, default="", db_default="")

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

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must hold to be this person's: the password's hash, and the salt's."""
        own: str = super()._get_session_auth_hash(secret)
        if not self.session_salt:
            return own
        value = f"{own}{self.session_salt}"
        return salted_hmac("accounts.User", value, secret=secret, algorithm="sha256").hexdigest()

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


class Action(models.TextChoices):
    """What the audit log tells of; a new one needs a line here and nothing in the database."""

    ROLE_CHANGED = "role_changed", _("Changed a role")
    ADMINISTRATOR_MADE = "administrator_made", _("Made an administrator by command")
    EXTRA_TIME = "extra_time", _("Granted extra time")
    MINUTES_ADDED = "minutes_added", _("Added minutes to a running exam")
    PASSWORD_LINK = "password_link", _("Made a link to a new password")
    PASSWORD_CHANGED = "password_changed", _("Changed a password")
    EMAIL_CHANGED = "email_changed", _("Changed an e-mail address")
    SECOND_FACTOR_ON = "second_factor_on", _("Switched a second step on")
    SECOND_FACTOR_OFF = "second_factor_off", _("Switched a second step off")
    SESSIONS_ENDED = "sessions_ended", _("Ended sessions")
    LOCKED_OUT = "locked_out", _("Sign-in was locked")
    INVITED = "invited", _("Invited people")
    MEMBER_ADDED = "member_added", _("Put somebody into a cohort unasked")
    INSTRUCTOR_ADDED = "instructor_added", _("Gave a cohort a further instructor")
    MEMBER_REMOVED = "member_removed", _("Took somebody out of a cohort")
    PERSON_EXPORTED = "person_exported", _("Exported a person's data")
    PERSON_DELETED = "person_deleted", _("Deleted a person")
    RETENTION = "retention", _("Deleted by the rules of retention")
    ATTEMPT_VOIDED = "attempt_voided", _("Made an attempt void")
    KEY_CHANGED = "key_changed", _("Corrected a key or dropped a question")
    BLUEPRINT_CHANGED = "blueprint_changed", _("Changed a blueprint")
    CUT_CHANGED = "cut_changed", _("Changed a cut score")
    QUESTION_DECIDED = "question_decided", _("Decided on a question")
    QUESTION_STATUS = "question_status", _("Changed the status of questions")
    IMPORTED = "imported", _("Imported questions")
    BANK_EXPORTED = "bank_exported", _("Exported a bank")
    DATA_EXPORTED = "data_exported", _("Exported data for research")
    BACKED_UP = "backed_up", _("Made a backup")
    RESTORED = "restored", _("Restored a backup")


class AppendOnly(models.QuerySet["AuditEntry"]):
    """Reads and adds; what was written is neither changed nor deleted."""

    def update(self, **_values: Any) -> int:
        """Refuses."""
        raise TypeError("An entry of the audit log is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuses."""
        raise TypeError("An entry of the audit log is never deleted.")


class AuditEntry(models.Model):
    """What somebody with a right did, to what, when and from where; never with answers or keys."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    action = models.CharField(max_length=32)  # of Action
    actor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # As they were called then: a person or a thing may be gone later.
    actor_words = models.CharField(max_length=340, blank=True)
    subject_kind = models.CharField(max_length=32, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject_words = models.CharField(max_length=340, blank=True)
    details = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_words}"

    @property
    def action_words(self) -> str:
        """What was done, in words."""
        return str(Action(self.action).label) if self.action in Action else self.action

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds; an entry that is there already is refused."""
        if not self._state.adding:
            raise TypeError("An entry of the audit log is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuses."""
        raise TypeError("An entry of the audit log is never deleted.")


class Refusal(models.Model):
    """A kind of thing that browsers refused to load or run on our pages, and how often."""

    MOST = 300

    directive = models.CharField(max_length=40)
    blocked = models.CharField(max_length=120)  # an origin or a word, never a whole address
    page = models.CharField(max_length=120)  # the pattern of our address, without numbers in it
    times = models.PositiveIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["-last_seen", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["directive", "blocked", "page"], name="one_row_for_each_kind_of_refusal"
            )
        ]

    def __str__(self) -> str:
        return f"{self.directive}: {self.blocked}"
