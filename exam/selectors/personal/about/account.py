"""The account, and what was done to it."""

from django.db.models import Q

from accounts.models import User
from exam.selectors.personal.about.table import Table, left


def _log(person: User) -> Q:
    attempts = [str(pk) for pk in person.attempts.values_list("pk", flat=True)]
    own = Q(subject_kind="user", subject_id=str(person.pk))
    return own | Q(subject_kind="attempt", subject_id__in=attempts)


ACCOUNT = (
    Table(
        "account",
        "accounts.User",
        ("pk",),
        (
            *("id", "email", "display_name", "role", "time_zone", "theme", "exam_date"),
            *("extra_minutes", "extra_percent", "extra_reason", "extra_granted_by"),
            *("date_joined", "last_login", "is_active", "is_staff", "is_superuser"),
            *("deletion_asked_at", "unused_warned_at", "erased_at"),
        ),
        left_out=left(secret="password session_salt", inner="erased_mark"),
    ),
    Table(
        "addresses",
        "account.EmailAddress",
        ("user",),
        ("email", "verified", "primary"),
        left_out=left(inner="id", told="user"),
    ),
    Table(
        "address-confirmations",
        "account.EmailConfirmation",
        ("email_address__user",),
        ("created", "sent"),
        {"email": "email_address__email"},
        left(inner="id", told="email_address", secret="key"),
    ),
    Table(
        "second-factors",
        "mfa.Authenticator",
        ("user",),
        ("type", "created_at", "last_used_at"),
        left_out=left(inner="id", told="user", secret="data"),
    ),
    Table(
        "signed-in",
        "accounts.SignIn",
        ("person",),
        ("at", "used_at", "address", "browser", "system"),
        left_out=left(inner="id", told="person", secret="session_key"),
    ),
    Table(
        "cohorts",
        "accounts.Cohort_members",
        ("user",),
        (),
        {"cohort": "cohort__name"},
        left(inner="id", told="user cohort"),
    ),
    Table(
        "cohorts-taught",
        "accounts.Cohort_instructors",
        ("user",),
        (),
        {"cohort": "cohort__name"},
        left(inner="id", told="user cohort"),
    ),
    Table(
        "invitations",
        "accounts.Invitation",
        ("used_by",),
        (
            *("email", "name", "extra_minutes", "extra_percent", "invited_by", "used_by"),
            *("used_at", "declined_at", "expires_at", "created_at"),
        ),
        {"cohort": "cohort__name"},
        left(inner="id", secret="token", told="cohort", others="places taken"),
        also=lambda person: Q(email=person.email),
    ),
    Table(
        "invitations-written",
        "accounts.Invitation",
        ("invited_by",),
        ("places", "taken", "used_at", "declined_at", "expires_at", "created_at"),
        {"cohort": "cohort__name"},
        left(others="email name extra_minutes extra_percent used_by"),
    ),
    Table(
        "log",
        "accounts.AuditEntry",
        ("actor",),
        ("at", "action", "actor", "subject_kind", "subject_id", "details", "address"),
        left_out=left(inner="id", others="actor_words subject_words"),
        also=_log,
    ),
    *(
        Table(
            name,
            f"axes.{model}",
            (),
            ("username", "attempt_time", "ip_address", "user_agent", *more),
            left_out=left(inner=f"id http_accept path_info {inner}"),
            also=lambda person: Q(username=person.email),
        )
        for name, model, more, inner in (
            ("sign-in-failures", "AccessAttempt", ("failures_since_start",), "get_data post_data"),
            ("sign-in-failures-each", "AccessFailureLog", ("locked_out",), ""),
            ("sign-ins", "AccessLog", ("logout_time",), "session_hash"),
        )
    ),
    Table(
        "copies",
        "exam.DataCopy",
        ("person",),
        ("asked_by", "asked_at", "ready_at", "failed_at", "size"),
        left_out=left(inner="id runs touched_at", told="person data"),
    ),
)
