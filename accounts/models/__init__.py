"""People, their cohorts, invitations and sign-ins, and what is noted about all of it."""

from .people import (
    Action,
    AppendOnly,
    AuditEntry,
    Cohort,
    ExtraTimeReason,
    Invitation,
    Refusal,
    Role,
    Theme,
    User,
    UserManager,
    invitation_token,
)
from .sign_ins import SignIn

__all__ = [
    "Action",
    "AppendOnly",
    "AuditEntry",
    "Cohort",
    "ExtraTimeReason",
    "Invitation",
    "Refusal",
    "Role",
    "SignIn",
    "Theme",
    "User",
    "UserManager",
    "invitation_token",
]
