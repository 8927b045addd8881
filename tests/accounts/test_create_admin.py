"""The command that makes the first administrator."""

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREATE_ADMIN_PASSWORD", PASSWORD)


def test_it_makes_an_administrator_whose_address_counts_as_verified(
    password: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("create_admin", email="Olga@Example.org")
    person = User.objects.get()
    assert (person.email, person.is_administrator) == ("olga@example.org", True)
    assert person.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=person, primary=True).verified
    assert "olga@example.org is an administrator now." in capsys.readouterr().out


def test_somebody_who_exists_is_promoted_and_keeps_the_password(
    password: None, candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREATE_ADMIN_PASSWORD", "something else entirely")
    call_command("create_admin", email="ADA@example.org", verbosity=0)
    candidate.refresh_from_db()
    assert candidate.is_administrator
    assert candidate.check_password(PASSWORD)


@pytest.mark.parametrize("email", ["", "nobody", "a@b"])
def test_a_bad_address_is_one_sentence(
    password: None, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: email)
    with pytest.raises(CommandError, match="valid email address"):
        call_command("create_admin", email=email)
    assert not User.objects.exists()


def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREATE_ADMIN_PASSWORD", "password")
    with pytest.raises(CommandError, match="too short"):
        call_command("create_admin", email="olga@example.org")
    assert not User.objects.exists()


@pytest.mark.parametrize(("second", "made"), [(PASSWORD, True), ("mistyped", False)])
def test_the_password_is_asked_for_twice(
    second: str, made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREATE_ADMIN_PASSWORD", raising=False)
    typed = iter([PASSWORD, second])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    if made:
        call_command("create_admin", email="olga@example.org", verbosity=0)
    else:
        with pytest.raises(CommandError, match="differ"):
            call_command("create_admin", email="olga@example.org")
    assert User.objects.exists() is made
