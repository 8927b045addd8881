"""Signing up: open, by invitation, with and without mail."""

from datetime import timedelta

import pytest
from allauth.account import app_settings as allauth_settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.factories import PASSWORD, CohortFactory, InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db
SIGN_UP = "/account/signup/"


@pytest.fixture
def by_invitation(settings) -> None:
    settings.SIGN_UP = "invitation"


@pytest.fixture
def with_mail(settings) -> None:
    settings.HAS_MAIL = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def sign_up(client: Client, email: str = "new@example.org", password: str = PASSWORD):
    return client.post(SIGN_UP, {"email": email, "password1": password})


def follow(client: Client, invitation) -> None:
    client.get(reverse("accounts:join", args=[invitation.token]))


def test_anybody_signs_up_where_it_is_open(client: Client) -> None:
    response = sign_up(client, "New@Example.org")
    assert response.status_code == 302
    assert response.url == "/"
    person = User.objects.get()
    assert (person.email, person.role) == ("new@example.org", "candidate")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_common_or_short_password_is_refused_at_its_field(client: Client) -> None:
    page = sign_up(client, password="password").content.decode()
    assert "There is a problem" in page
    assert 'href="#id_password1"' in page
    assert 'aria-invalid="true"' in page
    assert not User.objects.exists()


@pytest.mark.parametrize("entrance", [SIGN_UP, "/account/login/", "/account/password/reset/"])
def test_an_address_left_out_is_called_as_its_field_is(
    client: Client, with_mail: None, entrance: str
) -> None:
    page = client.post(entrance, {}).content.decode()
    assert page.count("E-mail address") == 2
    assert "Email" not in page


def test_an_address_signs_up_once_in_whatever_spelling(client: Client) -> None:
    UserFactory(email="ada@example.org")
    response = sign_up(client, "ADA@example.org")
    assert "There is a problem" in response.content.decode()
    assert User.objects.count() == 1


def test_without_an_invitation_nobody_signs_up(client: Client, by_invitation: None) -> None:
    assert "Sign-up is by invitation" in client.get(SIGN_UP).content.decode()
    assert "Sign-up is by invitation" in sign_up(client).content.decode()
    assert not User.objects.exists()


def test_an_invitation_opens_sign_up_once_and_leads_into_its_cohort(by_invitation: None) -> None:
    cohort = CohortFactory()
    invitation = InvitationFactory(cohort=cohort)
    first, second = Client(), Client()
    for client in (first, second):
        follow(client, invitation)
    assert sign_up(first).status_code == 302
    assert [person.email for person in cohort.members.all()] == ["new@example.org"]
    invitation.refresh_from_db()
    assert invitation.used_by.email == "new@example.org"
    assert "by invitation" in sign_up(second, "other@example.org").content.decode()
    assert not User.objects.filter(email="other@example.org").exists()


def test_an_invitation_also_leads_into_its_cohort_where_sign_up_is_open(client: Client) -> None:
    cohort = CohortFactory()
    follow(client, InvitationFactory(cohort=cohort))
    sign_up(client)
    assert cohort.members.count() == 1


def test_an_invitation_to_an_address_is_for_that_address(
    client: Client, by_invitation: None
) -> None:
    follow(client, InvitationFactory(email="Ada@example.org"))
    assert "This invitation is for Ada@example.org." in sign_up(client).content.decode()
    assert sign_up(client, "ada@example.org").status_code == 302


def test_an_expired_or_invented_invitation_opens_nothing(
    client: Client, by_invitation: None
) -> None:
    expired = InvitationFactory(expires_at=timezone.now() - timedelta(seconds=1))
    for token in (expired.token, "invented"):
        response = client.get(reverse("accounts:join", args=[token]))
        assert response.status_code == 404
        assert "no longer works" in response.content.decode()
    assert "by invitation" in client.get(SIGN_UP).content.decode()


def test_somebody_signed_in_joins_by_a_button(browser, candidate: User) -> None:
    cohort = CohortFactory()
    address = reverse("accounts:join", args=[InvitationFactory(cohort=cohort).token])
    page = browser(candidate)
    assert page.get(address).status_code == 200
    assert not cohort.members.exists()
    assert page.post(address).status_code == 302
    assert list(cohort.members.all()) == [candidate]
    assert page.post(address).status_code == 404


def test_with_mail_an_address_is_verified_before_the_first_sign_in(
    client: Client, with_mail: None
) -> None:
    assert allauth_settings.EMAIL_VERIFICATION == "mandatory"
    assert sign_up(client).url == "/account/confirm-email/"
    assert "_auth_user_id" not in client.session
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    address = next(line for line in message.body.splitlines() if "/account/confirm-email/" in line)
    page = client.get(address)
    assert "Is this your address?" in page.content.decode()
    client.post(address)
    client.post("/account/login/", {"login": "new@example.org", "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_with_mail_nobody_learns_who_has_an_account(client: Client, with_mail: None) -> None:
    UserFactory(email="ada@example.org")
    assert sign_up(client, "ada@example.org").url == "/account/confirm-email/"
    (message,) = mail.outbox
    assert message.subject == "You have an account already"
    assert User.objects.count() == 1


def test_an_invitation_says_who_invites_where(client: Client) -> None:
    invitation = InvitationFactory(email="ada+1@example.org", cohort=CohortFactory(name="Autumn"))
    page = client.get(reverse("accounts:join", args=[invitation.token])).content.decode()
    assert "Join Autumn" in page
    assert f"{invitation.invited_by} invites you" in page
    assert 'href="/account/signup/?email=ada%2B1%40example.org"' in page
    assert (
        'value="ada+1@example.org"'
        in client.get("/account/signup/?email=ada%2B1%40example.org").content.decode()
    )
