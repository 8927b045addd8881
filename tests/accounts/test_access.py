"""Who may open which page."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import CohortFactory, InstructorFactory, InvitationFactory

pytestmark = pytest.mark.django_db

FOR_INSTRUCTORS = [
    ("get", "accounts:cohorts", []),
    ("post", "accounts:cohorts", []),
    ("get", "accounts:cohort", [1]),
    ("post", "accounts:add_member", [1]),
    ("post", "accounts:add_instructor", [1]),
    ("post", "accounts:remove_member", [1, 1]),
    ("get", "accounts:member_time", [1, 1]),
    ("post", "accounts:member_time", [1, 1]),
    ("get", "accounts:invitations", []),
    ("post", "accounts:invitations", []),
    ("post", "accounts:withdraw_invitation", [1]),
    ("get", "exam:running", []),
    ("post", "exam:add_minutes", [1]),
]
FOR_ADMINISTRATORS = [
    ("get", "accounts:people", []),
    ("get", "accounts:person", [1]),
    ("post", "accounts:person", [1]),
    ("get", "accounts:person_time", [1]),
    ("post", "accounts:person_time", [1]),
    ("post", "accounts:password_link", [1]),
]


@pytest.mark.parametrize(("method", "name", "args"), FOR_INSTRUCTORS + FOR_ADMINISTRATORS)
def test_a_candidate_gets_403_and_a_visitor_sign_in(
    browser, client: Client, candidate: User, method: str, name: str, args: list[int]
) -> None:
    address = reverse(name, args=args)
    refused = getattr(browser(candidate), method)(address)
    assert refused.status_code == 403
    assert "This page is not for you" in refused.content.decode()
    assert getattr(client, method)(address).url == f"/account/login/?next={address}"


@pytest.mark.parametrize(("method", "name", "args"), FOR_ADMINISTRATORS)
def test_an_instructor_gets_403_on_the_pages_of_administrators(
    browser, instructor: User, method: str, name: str, args: list[int]
) -> None:
    assert getattr(browser(instructor), method)(reverse(name, args=args)).status_code == 403


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("get", "cohort"),
        ("post", "add_member"),
        ("post", "add_instructor"),
        ("get", "member_time"),
        ("post", "member_time"),
        ("post", "remove_member"),
    ],
)
def test_another_instructors_cohort_does_not_exist(
    browser, instructor: User, candidate: User, method: str, name: str
) -> None:
    cohort = CohortFactory(instructors=[InstructorFactory()], members=[candidate])
    args = [cohort.pk, candidate.pk] if "member" in name and name != "add_member" else [cohort.pk]
    address = reverse(f"accounts:{name}", args=args)
    response = getattr(browser(instructor), method)(address, {"minutes": 5, "member-email": "x"})
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()
    candidate.refresh_from_db()
    assert candidate.extra_minutes == 0
    assert list(cohort.members.all()) == [candidate]


def test_a_member_of_another_cohort_is_out_of_reach(
    browser, instructor: User, candidate: User
) -> None:
    own = CohortFactory(instructors=[instructor])
    CohortFactory(members=[candidate])
    for name in ("member_time", "remove_member"):
        address = reverse(f"accounts:{name}", args=[own.pk, candidate.pk])
        assert browser(instructor).post(address, {"minutes": 5}).status_code == 404


def test_another_instructors_invitation_cannot_be_withdrawn(browser, instructor: User) -> None:
    invitation = InvitationFactory()
    address = reverse("accounts:withdraw_invitation", args=[invitation.pk])
    assert browser(instructor).post(address).status_code == 404
    assert type(invitation).objects.count() == 1


def test_the_navigation_offers_what_the_role_may_open(
    browser, candidate: User, instructor: User, administrator: User
) -> None:
    links = ["/cohorts/", "/people/"]
    offered = {}
    for person in (candidate, instructor, administrator):
        page = browser(person).get("/profile/").content.decode()
        offered[person.role] = [link for link in links if f'href="{link}"' in page]
    assert offered == {"candidate": [], "instructor": links[:1], "administrator": links}
