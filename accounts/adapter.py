"""How allauth asks the product: who may sign up, who is signing in, what they are told."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.selectors import open_invitation
from accounts.services.invitations import accept
from accounts.services.people import NotPossible

INVITATION = "invitation"  # the session keeps the token from the invitation's page to sign-up


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up by the SIGN_UP setting; lock-outs are left to axes."""

    def invitation(self, request: HttpRequest) -> Invitation | None:
        """The usable invitation this visitor came with."""
        return open_invitation(request.session.get(INVITATION), timezone.now())

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Open to everybody, or to those with an invitation."""
        return settings.SIGN_UP == "open" or self.invitation(request) is not None

    def clean_email(self, email: str) -> str:
        """Stored in lower case; an invitation to an address is for that address."""
        email = email.lower()
        request: HttpRequest = self.request
        invitation = None if request.user.is_authenticated else self.invitation(request)
        if invitation and invitation.email and invitation.email.lower() != email:
            words = _("This invitation is for %(email)s.") % {"email": invitation.email}
            raise ValidationError(words)
        return email

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Saves the person and uses up the invitation, both or neither."""
        try:
            with transaction.atomic():
                user = super().save_user(request, user, form, commit)
                self._use_invitation(request, user)
        except NotPossible as reason:
            raise _elsewhere(request, "account_signup", str(reason)) from None
        except IntegrityError:  # the form was sent twice at once
            words = _("There is an account with this address now. Sign in.")
            raise _elsewhere(request, "account_login", words) from None
        return user

    def _use_invitation(self, request: HttpRequest, user: User) -> None:
        now, token = timezone.now(), request.session.get(INVITATION, "")
        if settings.SIGN_UP != "open" or open_invitation(token, now):
            invitation = accept(token, user, now)
            if invitation.name and not user.display_name:
                user.display_name = invitation.name
                user.save(update_fields=["display_name"])
        request.session.pop(INVITATION, None)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes alone; second-factor codes keep their own limit."""


def _elsewhere(request: HttpRequest, name: str, words: str) -> ImmediateHttpResponse:
    messages.error(request, words)
    return ImmediateHttpResponse(redirect(name))
