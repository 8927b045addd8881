"""Two people at once, on real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, SignIn, User
from accounts.services.candidates import invite_candidates
from accounts.services.invitations import accept
from accounts.services.people import NotPossible, end_sessions, set_role
from accounts.services.roster import Entry
from accounts.services.sign_ins import begin, end
from tests.factories import (
    PASSWORD,
    AdministratorFactory,
    CohortFactory,
    InvitationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(task: Callable[[Any], object], arguments: list[Any]) -> list[object]:
    """Runs the task with each argument in a thread of its own, all from the same moment."""
    barrier = Barrier(len(arguments))

    def run(argument: Any) -> object:
        barrier.wait()
        try:
            return task(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as threads:
        return list(threads.map(run, arguments))


def test_of_four_who_share_an_invitation_one_signs_up(settings) -> None:
    settings.SIGN_UP = "invitation"
    cohort = CohortFactory()
    invitation = InvitationFactory(cohort=cohort)

    def sign_up(number: int) -> int:
        client = clients[number]
        data = {"email": f"new{number}@example.org", "password1": PASSWORD}
        return client.post("/account/signup/", data).status_code

    clients = [Client() for _person in range(4)]
    for client in clients:
        client.get(reverse("accounts:join", args=[invitation.token]))
    statuses = at_once(sign_up, list(range(4)))
    assert set(statuses) <= {200, 302}, "the others are told, not shown an error"
    assert User.objects.filter(email__startswith="new").count() == 1
    assert cohort.members.count() == 1


def test_two_administrators_cannot_demote_each_other() -> None:
    people = [AdministratorFactory(), AdministratorFactory()]

    def demote(person: User) -> bool:
        try:
            set_role(person.pk, Role.CANDIDATE)
        except NotPossible:
            return False
        return True

    assert sorted(at_once(demote, people)) == [False, True]
    assert User.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_a_double_click_on_sign_up_makes_one_account() -> None:
    def sign_up(client: Client) -> int:
        data = {"email": "new@example.org", "password1": PASSWORD}
        return client.post("/account/signup/", data).status_code

    statuses = at_once(sign_up, [Client(), Client()])
    assert User.objects.count() == 1
    assert set(statuses) <= {200, 302}


def test_of_four_who_follow_a_link_with_two_places_two_join() -> None:
    cohort = CohortFactory()
    link = InvitationFactory(cohort=cohort, places=2)
    people = [UserFactory() for _person in range(4)]

    def join(person: User) -> bool:
        try:
            accept(link.token, person, link.created_at)
        except NotPossible:
            return False
        return True

    assert sorted(at_once(join, people)) == [False, False, True, True]
    link.refresh_from_db()
    assert (link.taken, cohort.members.count()) == (2, 2)


def test_a_list_sent_twice_at_once_invites_once() -> None:
    cohort, by = CohortFactory(), AdministratorFactory()
    entries = [Entry("Bo", "bo@example.org"), Entry("Cy", "cy@example.org")]

    def invite(_turn: int) -> None:
        invite_candidates(cohort, entries, by=by, at=timezone.now(), address="TOKEN")

    at_once(invite, [1, 2])
    assert cohort.invitation_set.count() == 2


def test_one_browser_and_all_others_signed_out_at_once() -> None:
    """Both hold the person first: in another order each would wait for what the other has."""
    person = UserFactory()
    for turn in range(8):
        key = f"{turn:032}"
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(days=1))
        one = begin(person, key, user_agent="", at=timezone.now())
        at_once(
            lambda step: step(),
            [partial(end, one, by=person), partial(end_sessions, person.pk, by=person)],
        )
        assert not SignIn.objects.exists()
        assert not Session.objects.exists()
