"""How often something may be asked for: each limit of the table in docs/security.md."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.services import invitations
from accounts.services.limits import LIMITS, TooOften, is_within, use
from tests.accounts.test_sign_in import sign_in
from tests.factories import PASSWORD, CohortFactory

pytestmark = pytest.mark.django_db
RESET, SIGN_UP = "/account/password/reset/", "/account/signup/"
ADA = "ada@example.org"


def asked(address: str, times: int, data: dict[str, str] | None = None, **extra: str) -> set[int]:
    return {Client().post(address, data or {}, **extra).status_code for _time in range(times)}


def assert_refused(address: str, data: dict[str, str] | None = None, **extra: str) -> None:
    """A kind page, and the time to wait for the browser."""
    refused = Client().post(address, data or {}, **extra)
    assert refused.status_code == 429
    assert "This was asked for too often in a short time." in refused.content.decode()
    assert int(refused["Retry-After"]) > 0


def test_signing_up_is_limited_by_where_it_comes_from() -> None:
    assert asked(SIGN_UP, 60) == {200}
    assert_refused(SIGN_UP)
    assert asked(SIGN_UP, 1, REMOTE_ADDR="192.0.2.1") == {200}


def test_mails_for_a_new_password_are_few_for_one_address(candidate: User, settings) -> None:
    settings.HAS_MAIL = True
    assert asked(RESET, 5, {"email": ADA}) == {302}
    assert_refused(RESET, {"email": ADA})
    assert_refused(RESET, {"email": "ADA@example.org"}, REMOTE_ADDR="192.0.2.1")
    assert len(mail.outbox) == 5, "all of them hold a link that works: nobody is kept from it"
    assert asked(RESET, 1, {"email": "other@example.org"}) == {302}


def test_the_mail_that_confirms_an_address_is_not_sent_at_every_sign_in(db: None, settings) -> None:
    settings.HAS_MAIL, settings.ACCOUNT_EMAIL_VERIFICATION = True, "mandatory"
    Client().post(SIGN_UP, {"email": ADA, "password1": PASSWORD})
    for _time in range(3):
        assert "confirm-email" in sign_in(Client()).url
    assert [sent.to for sent in mail.outbox] == [[ADA]]


def test_nobody_is_told_of_their_account_without_end(candidate: User, settings) -> None:
    settings.HAS_MAIL, settings.ACCOUNT_EMAIL_VERIFICATION = True, "mandatory"
    EmailAddress.objects.create(user=candidate, email=ADA, verified=True, primary=True)
    asked(SIGN_UP, 6, {"email": ADA, "password1": PASSWORD})
    assert len(mail.outbox) == 1


def test_invitations_end_at_a_thousand_a_day(instructor: User, browser) -> None:
    now, cohort = timezone.now(), CohortFactory(instructors=[instructor])
    Invitation.objects.bulk_create(
        Invitation(token=f"t{n}", email=f"p{n}@x.org", invited_by=instructor, expires_at=now)
        for n in range(invitations.INVITATIONS_A_DAY - 1)
    )
    page, one = browser(instructor), f"/cohorts/{cohort.pk}/candidates/one"
    assert page.post(one, {"one-email": "last@example.org"}).status_code == 302
    refused = page.post(one, {"one-email": "more@example.org"}, follow=True).content.decode()
    assert "At most 1000 people can be invited within a day." in refused
    refused = page.post("/invitations/", {"email": "more@example.org"}).content.decode()
    assert "At most 1000 people can be invited within a day." in refused
    assert not Invitation.objects.filter(email="more@example.org").exists()
    Invitation.objects.update(created_at=now - timedelta(days=1, minutes=1))
    assert page.post(one, {"one-email": "more@example.org"}).status_code == 302


def test_behind_a_proxy_it_is_counted_by_the_visitor(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert asked(SIGN_UP, 60, HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.1") == {200}
    assert_refused(SIGN_UP, HTTP_X_FORWARDED_FOR="198.51.100.7, 192.0.2.1")
    assert asked(SIGN_UP, 1, HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.2") == {200}


def test_without_the_cache_people_are_let_through_but_wrong_passwords_count(
    candidate: User, settings
) -> None:
    nowhere = {"LOCATION": "unix:///nowhere/valkey.sock?db=0"}
    settings.CACHES = {"default": settings.CACHES["default"] | nowhere}
    settings.HAS_MAIL = True
    assert asked(SIGN_UP, 61) == {200}
    assert asked(RESET, 6, {"email": ADA}) == {302}
    for _try in range(5):
        answer = sign_in(Client(), "wrong")
    assert answer.status_code == 429


def test_a_limit_counts_for_each_by_itself_and_says_when_it_ends() -> None:
    most = LIMITS["notice"].times
    assert [is_within("notice", "a") for _time in range(most + 1)] == [True] * most + [False]
    assert is_within("notice", "b")
    with pytest.raises(TooOften) as refused:
        use("notice", "a")
    assert 0 < refused.value.seconds <= LIMITS["notice"].seconds
