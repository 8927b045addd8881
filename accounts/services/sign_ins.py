"""Where somebody is signed in: noted when it begins, now and then while it is used, and ended."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import Action, SignIn, User
from accounts.services.audit import asked_from_address, record
from accounts.services.browsers import words_of


def begin(person: User, session_key: str, *, user_agent: str, at: datetime) -> SignIn:
    """Notes a new sign-in; where from is known to whoever asks for it."""
    facts = _facts(user_agent) | {"at": at, "used_at": at}
    sign_in, _new = SignIn.objects.update_or_create(
        session_key=session_key, defaults=facts | {"person": person}
    )
    return sign_in


def use(sign_in_id: int, person: User, session_key: str, *, user_agent: str, at: datetime) -> bool:
    """Notes that it was used, by which key it is known now, and where; False if it is not there."""
    own = SignIn.objects.filter(pk=sign_in_id, person=person)
    return bool(own.update(session_key=session_key, used_at=at, **_facts(user_agent)))


def _facts(user_agent: str) -> dict[str, str | None]:
    browser, system = words_of(user_agent)
    return {"address": asked_from_address(), "browser": browser, "system": system}


def forget(sign_in_id: int, person: User) -> None:
    """Takes the note away, when its session ends in another way."""
    SignIn.objects.filter(pk=sign_in_id, person=person).delete()


def end(sign_in: SignIn, *, by: User) -> None:
    """Signs that one browser out, at its next request."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=sign_in.person_id)  # as whoever ends all of them
        Session.objects.filter(session_key=sign_in.session_key).delete()
        SignIn.objects.filter(pk=sign_in.pk).delete()
        record(Action.SESSIONS_ENDED, by=by, on=sign_in.person, details={"browsers": 1})
