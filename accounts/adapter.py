"""How allauth asks the product: who may sign up, who is signing in, what they are told."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sessions
from accounts.access import ask_for_second_step, lacks_second_step
from accounts.lockout import remember
from accounts.models import Action, Invitation, User
from accounts.selectors import open_invitation
from accounts.services.audit import record
from accounts.services.invitations import accept
from accounts.services.limits import is_within
from accounts.services.people import NotPossible

NOTICES = {"account/email/account_already_exists", "account/email/unknown_account"}
CHANGES = {
    "account/email/password_changed": Action.PASSWORD_CHANGED,
    "account/email/password_reset": Action.PASSWORD_CHANGED,
    "account/email/password_set": Action.PASSWORD_CHANGED,
    "account/email/email_changed": Action.EMAIL_CHANGED,
    "mfa/email/totp_activated": Action.SECOND_FACTOR_ON,
    "mfa/email/totp_deactivated": Action.SECOND_FACTOR_OFF,
}
WORDS = {
    "duplicate_email": gettext_lazy("That is your address already."),
    "email_password_mismatch": gettext_lazy("The e-mail address or the password is not right."),
    "email_taken": gettext_lazy("There is an account with this address already. Sign in."),
    "incorrect_code": gettext_lazy("That is not the code."),
    "incorrect_password": gettext_lazy("That is not the password."),
    "rate_limited": gettext_lazy("That was often in a short time. Wait a little, then try again."),
    "unknown_email": gettext_lazy("There is no account with this address."),
}
INVITATION = "invitation"  # the session keeps the token from the invitation's page to sign-up


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up by the SIGN_UP setting; lock-outs are left to axes."""

    error_messages = DefaultAccountAdapter.error_messages | WORDS

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

    def login(self, request: HttpRequest, user: User) -> None:
        """Every way in but the demo links comes by here."""
        super().login(request, user)
        sessions.begin(request, user)

    def logout(self, request: HttpRequest) -> None:
        """The way out."""
        sessions.leave(request)
        super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Home; first the second step, for whose role must have one. Asked-for pages go before."""
        if first := lacks_second_step(request):
            ask_for_second_step(request)
        return first or super().get_login_redirect_url(request)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Marks the browser as one of this person's: strangers cannot shut it any more."""
        response = super().post_login(request, user, **kwargs)
        remember(request, response, user)
        return response

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **kwargs: Any
    ) -> None:
        """Each change of how a person signs in comes by here, whether or not it is mailed."""
        if action := CHANGES.get(template_prefix):
            record(action, by=user, on=user)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails; what an address did not ask for itself only a few times an hour."""
        if template_prefix in NOTICES and not is_within("notice", email.lower()):
            return
        if template_prefix == "account/email/login_code":
            context = context | {"link": self._code_link(context["code"])}
        super().send_mail(template_prefix, email, context)

    def _code_link(self, code: str) -> str:
        query = {"code": code}
        if goal := get_next_redirect_url(self.request):
            query["next"] = goal
        path = reverse("account_confirm_login_code")
        return self.request.build_absolute_uri(f"{path}?{urlencode(query)}")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes alone; second-factor codes keep their own limit."""


def _elsewhere(request: HttpRequest, name: str, words: str) -> ImmediateHttpResponse:
    messages.error(request, words)
    return ImmediateHttpResponse(redirect(name))
