"""Cohorts, their members and extra time, invitations."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Cohort, Invitation, User
from accounts.services.invitations import accept
from accounts.services.people import NotPossible
from tests.factories import CohortFactory, InstructorFactory, InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db


def extra_time(person: User) -> tuple[int, int, str, User | None]:
    person.refresh_from_db()
    return (
        person.extra_minutes,
        person.extra_percent,
        person.extra_reason,
        person.extra_granted_by,
    )


def test_an_instructor_creates_a_cohort_and_looks_after_it(browser, instructor: User) -> None:
    response = browser(instructor).post("/cohorts/", {"name": "Autumn"})
    cohort = Cohort.objects.get(name="Autumn")
    assert response.url == f"/cohorts/{cohort.pk}/"
    assert list(cohort.instructors.all()) == [instructor]


def test_two_cohorts_of_one_name_are_refused_at_the_field(browser, instructor: User) -> None:
    CohortFactory(name="Autumn")
    page = browser(instructor).post("/cohorts/", {"name": "Autumn"}).content.decode()
    assert "There is already a cohort of this name." in page
    assert 'href="#id_name"' in page


def test_an_instructor_sees_own_cohorts_and_an_administrator_all(
    browser, instructor: User, administrator: User
) -> None:
    CohortFactory(name="Mine", instructors=[instructor])
    CohortFactory(name="Theirs", instructors=[InstructorFactory()])
    seen = [
        [
            name
            for name in ("Mine", "Theirs")
            if name in browser(person).get("/cohorts/").content.decode()
        ]
        for person in (instructor, administrator)
    ]
    assert seen == [["Mine"], ["Mine", "Theirs"]]


def test_an_administrator_adds_a_member_by_address_and_removes_them(
    browser, administrator: User, candidate: User
) -> None:
    cohort = CohortFactory()
    page = browser(administrator)
    page.post(f"/cohorts/{cohort.pk}/members", {"member-email": "ADA@example.org"})
    assert list(cohort.members.all()) == [candidate]
    assert "ada@example.org" in page.get(f"/cohorts/{cohort.pk}/").content.decode()
    page.post(f"/cohorts/{cohort.pk}/members/{candidate.pk}/remove")
    assert not cohort.members.exists()


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("nobody@example.org", "Nobody has signed up with nobody@example.org."),
        ("not an address", "Enter a valid email address."),
        ("", "This field is required."),
    ],
)
def test_a_bad_address_gets_one_sentence(
    browser, administrator: User, email: str, words: str
) -> None:
    cohort = CohortFactory()
    response = browser(administrator).post(f"/cohorts/{cohort.pk}/members", {"member-email": email})
    page = response.content.decode()
    assert words in page
    assert 'href="#id_member-email"' in page
    assert not cohort.members.exists()


def test_only_instructors_can_look_after_a_cohort(
    browser, instructor: User, candidate: User
) -> None:
    colleague = InstructorFactory()
    cohort = CohortFactory(instructors=[instructor])
    address = f"/cohorts/{cohort.pk}/instructors"
    for email in (candidate.email, "nobody@example.org"):  # which of them is not said
        refused = browser(instructor).post(address, {"instructor-email": email})
        assert f"No instructor has the address {email}." in refused.content.decode()
    browser(instructor).post(address, {"instructor-email": colleague.email})
    assert set(cohort.instructors.all()) == {instructor, colleague}


def test_an_instructor_grants_extra_time_and_takes_it_away(
    browser, instructor: User, candidate: User
) -> None:
    cohort = CohortFactory(instructors=[instructor], members=[candidate])
    address = reverse("accounts:member_time", args=[cohort.pk, candidate.pk])
    page = browser(instructor)
    page.post(address, {"minutes": "", "percent": "25"})
    assert extra_time(candidate) == (0, 25, "granted", instructor)
    assert "25 percent, granted by Ines" in page.get(f"/cohorts/{cohort.pk}/").content.decode()
    page.post(address, {"minutes": "0", "percent": ""})
    assert extra_time(candidate) == (0, 0, "none", None)


def test_more_extra_time_than_there_is_is_refused(
    browser, instructor: User, candidate: User
) -> None:
    cohort = CohortFactory(instructors=[instructor], members=[candidate])
    address = reverse("accounts:member_time", args=[cohort.pk, candidate.pk])
    page = browser(instructor).post(address, {"minutes": "601", "percent": "-1"}).content.decode()
    assert 'href="#id_minutes"' in page
    assert 'href="#id_percent"' in page
    assert extra_time(candidate) == (0, 0, "none", None)


def test_an_invitation_is_mailed_where_there_is_mail(
    browser, instructor: User, settings, background, django_capture_on_commit_callbacks
) -> None:
    settings.HAS_MAIL = True
    cohort = CohortFactory(instructors=[instructor])
    with django_capture_on_commit_callbacks(execute=True):
        data = {"email": "new@example.org", "cohort": cohort.pk}
        browser(instructor).post("/invitations/", data)
    background()
    invitation = Invitation.objects.get()
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    assert f"http://testserver/join/{invitation.token}/" in message.body
    assert invitation.cohort == cohort


def test_an_invitation_without_mail_shows_its_link_until_it_is_withdrawn(
    browser, instructor: User
) -> None:
    page = browser(instructor)
    page.post("/invitations/", {"email": "", "cohort": ""})
    invitation = Invitation.objects.get()
    assert f"/join/{invitation.token}/" in page.get("/invitations/").content.decode()
    page.post(f"/invitations/{invitation.pk}/withdraw")
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_nobody_is_invited_into_another_instructors_cohort(browser, instructor: User) -> None:
    cohort = CohortFactory(instructors=[InstructorFactory()])
    page = browser(instructor).post("/invitations/", {"cohort": cohort.pk}).content.decode()
    assert 'href="#id_cohort"' in page
    assert not Invitation.objects.exists()


def test_an_invitation_is_used_once(candidate: User) -> None:
    invitation = InvitationFactory()
    at = invitation.created_at
    accept(invitation.token, candidate, at)
    with pytest.raises(NotPossible):
        accept(invitation.token, UserFactory(), at)
    invitation.refresh_from_db()
    assert (invitation.used_by, invitation.used_at) == (candidate, at)


def test_a_used_invitation_stays_when_it_is_withdrawn(browser, instructor: User) -> None:
    invitation = InvitationFactory(invited_by=instructor)
    accept(invitation.token, UserFactory(), invitation.created_at)
    browser(instructor).post(f"/invitations/{invitation.pk}/withdraw")
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    "address", ["/cohorts/", "/cohorts/{cohort}/", "/invitations/", "/people/"]
)
def test_lists_ask_as_often_for_one_row_as_for_three(
    browser, administrator: User, address: str, django_assert_max_num_queries
) -> None:
    cohort = CohortFactory(instructors=[InstructorFactory()])
    address = address.format(cohort=cohort.pk)
    page = browser(administrator)
    counts = []
    for rows in (1, 2):
        for _row in range(rows):
            member = UserFactory(extra_minutes=5, extra_granted_by=administrator)
            cohort.members.add(member)
            cohort.instructors.add(InstructorFactory())
            CohortFactory(instructors=[InstructorFactory(), InstructorFactory()])
            InvitationFactory(cohort=cohort, used_by=member)
            InvitationFactory(cohort=cohort, email=f"{member.pk}@example.com")
        with django_assert_max_num_queries(12) as captured:
            assert page.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_large_cohort_is_shown_page_by_page(browser, instructor: User) -> None:
    people = User.objects.bulk_create(
        User(email=f"m{n:03}@example.org", display_name=f"Member {n:03}") for n in range(205)
    )
    cohort = CohortFactory(instructors=[instructor], members=people)
    page = browser(instructor)
    Invitation.objects.bulk_create(
        Invitation(
            email=f"i{n:03}@example.org",
            cohort=cohort,
            invited_by=instructor,
            expires_at=timezone.now() + timedelta(days=1),
        )
        for n in range(101)
    )

    def shown(query: str, what: str) -> list[str]:
        text = page.get(f"/cohorts/{cohort.pk}/{query}").content.decode()
        return sorted(set(re.findall(what, text)))

    member, invited = r"Member \d{3}", r"i\d{3}@example.org"
    assert shown("", member) == [f"Member {n:03}" for n in range(100)]
    assert shown("?page=3", member) == [f"Member {n:03}" for n in range(200, 205)]
    assert len(shown("", invited)) == 100
    assert len(shown("?invited=2", invited)) == 1
    assert shown("?page=2", r'href="(\?[^"]*)"') == [
        "?invited=2#invited",
        "?page=1#members",
        "?page=3#members",
    ]
