"""Bringing candidates into a cohort: one, a list, a link for many; consent, and no probing."""

import re
from datetime import timedelta

import hypothesis
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Cohort, Invitation, User
from accounts.services.invitations import accept, open_link
from accounts.services.people import NotPossible, grant_extra_time
from accounts.services.roster import BadLines, Entry, parse_roster, write_roster
from accounts.tasks import mail_invitations
from tests.factories import PASSWORD, CohortFactory, InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(instructor: User) -> Cohort:
    return CohortFactory(name="Autumn", instructors=[instructor])


def post(page: Client, cohort: Cohort, way: str, data: dict[str, object]):
    return page.post(reverse(f"accounts:{way}", args=[cohort.pk]), data, follow=True)


def invited(cohort: Cohort) -> list[tuple[str, str]]:
    return list(cohort.invitation_set.order_by("email").values_list("name", "email"))


# ------------------------------------------------------------------ one
def test_a_new_candidate_chooses_a_password_by_the_link_and_is_a_member(
    browser, instructor: User, cohort: Cohort, client: Client, settings
) -> None:
    settings.SIGN_UP = "invitation"
    data = {"one-name": "Bo Ek", "one-email": "BO@Example.org"}
    page = post(browser(instructor), cohort, "add_candidate", data).content.decode()
    invitation = Invitation.objects.get()
    assert invited(cohort) == [("Bo Ek", "bo@example.org")]
    link = f"http://testserver/join/{invitation.token}/"
    assert link in page
    assert "Welcome, Bo Ek." in client.get(link).content.decode()
    client.post("/account/signup/", {"email": "bo@example.org", "password1": PASSWORD})
    (member,) = cohort.members.all()
    assert (member.display_name, member.email) == ("Bo Ek", "bo@example.org")
    assert "Invited" not in browser(instructor).get(f"/cohorts/{cohort.pk}/").content.decode()


def test_extra_time_set_with_the_invitation_is_granted_on_joining(
    browser, instructor: User, cohort: Cohort, candidate: User
) -> None:
    data = {"one-email": candidate.email, "one-minutes": "20", "one-percent": "25"}
    page = post(browser(instructor), cohort, "add_candidate", data).content.decode()
    assert "extra time on joining: 20 minutes + 25 percent" in page
    candidate.refresh_from_db()
    assert candidate.extra_minutes == 0
    browser(candidate).post(f"/join/{Invitation.objects.get().token}/")
    candidate.refresh_from_db()
    assert (candidate.extra_minutes, candidate.extra_percent) == (20, 25)
    assert candidate.extra_granted_by == instructor


def test_joining_does_not_lessen_what_was_granted_before(candidate: User, cohort: Cohort) -> None:
    grant_extra_time(candidate.pk, minutes=60, percent=0, by=UserFactory())
    candidate.refresh_from_db()
    invitation = InvitationFactory(email=candidate.email, cohort=cohort, extra_minutes=5)
    accept(invitation.token, candidate, timezone.now())
    candidate.refresh_from_db()
    assert candidate.extra_minutes == 60


def test_nothing_tells_whether_an_address_has_an_account(
    browser, instructor: User, cohort: Cohort, candidate: User
) -> None:
    UserFactory(email="closed@example.org", is_active=False)
    pages = []
    for email in (candidate.email, "new@example.org", "closed@example.org"):
        data = {"one-name": "X", "one-email": email}
        text = post(browser(instructor), cohort, "add_candidate", data).content.decode()
        invitation = Invitation.objects.get()
        text = re.sub('name="csrfmiddlewaretoken" value="[^"]+"', "", text)
        until = date_format(timezone.localtime(invitation.expires_at), "j F Y")
        for own in (email, invitation.token, f"invitations/{invitation.pk}/", until):
            text = text.replace(own, "–")
        pages.append(text.partition("<main")[2])
        invitation.delete()
    assert "Open until –" in pages[0]
    assert pages[0] == pages[1] == pages[2]
    assert not cohort.members.exists()


def test_who_has_an_account_is_asked_at_home_and_joins(
    browser, instructor: User, cohort: Cohort, candidate: User
) -> None:
    post(browser(instructor), cohort, "add_candidate", {"one-email": candidate.email})
    page = browser(candidate)
    assert "Ines asks you to join Autumn" in page.get("/").content.decode()
    assert not cohort.members.exists()
    page.post(f"/join/{Invitation.objects.get().token}/")
    assert list(cohort.members.all()) == [candidate]
    assert "asks you to join" not in page.get("/").content.decode()


def test_who_declines_is_not_asked_again(
    browser, instructor: User, cohort: Cohort, candidate: User
) -> None:
    data = {"one-email": candidate.email}
    post(browser(instructor), cohort, "add_candidate", data)
    page = browser(candidate)
    page.post(reverse("accounts:decline_invitation", args=[Invitation.objects.get().pk]))
    assert "asks you to join" not in page.get("/").content.decode()
    again = post(browser(instructor), cohort, "add_candidate", data).content.decode()
    assert "ada@example.org has declined to join." in again
    browser(instructor).post("/invitations/", {"email": candidate.email, "cohort": cohort.pk})
    assert Invitation.objects.count() == 1
    with pytest.raises(NotPossible):
        accept(Invitation.objects.get().token, candidate, timezone.now())


def test_only_the_person_asked_can_answer(candidate: User, cohort: Cohort, browser) -> None:
    invitation = InvitationFactory(email=candidate.email, cohort=cohort)
    stranger = browser(UserFactory())
    stranger.post(reverse("accounts:decline_invitation", args=[invitation.pk]))
    stranger.post(f"/join/{invitation.token}/")
    invitation.refresh_from_db()
    assert (invitation.declined_at, invitation.used_at) == (None, None)
    assert not cohort.members.exists()


@pytest.mark.parametrize(
    ("stands", "words"),
    [
        ("member", "ada@example.org is a member already."),
        ("invited", "ada@example.org is invited already."),
    ],
)
def test_nobody_is_invited_twice(
    browser, instructor: User, cohort: Cohort, candidate: User, stands: str, words: str
) -> None:
    if stands == "member":
        cohort.members.add(candidate)
    else:
        InvitationFactory(email=candidate.email, cohort=cohort)
    before = Invitation.objects.count()
    page = post(browser(instructor), cohort, "add_candidate", {"one-email": "ADA@example.org"})
    assert words in page.content.decode()
    assert Invitation.objects.count() == before


def test_the_task_mails_what_is_still_open(instructor: User, cohort: Cohort) -> None:
    now = timezone.now()
    made = [
        InvitationFactory(email="new@example.org", cohort=cohort),
        InvitationFactory(email="declined@example.org", cohort=cohort, declined_at=now),
        InvitationFactory(email="late@example.org", cohort=cohort, expires_at=now),
        open_link(cohort, places=2, days=1, by=instructor, at=now),
    ]
    mail_invitations([one.pk for one in made], "http://testserver/join/TOKEN/")
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    assert f"http://testserver/join/{made[0].token}/" in message.body


@pytest.mark.parametrize("broker", ["there", "away"])
def test_invitations_of_a_list_are_mailed(
    broker: str,
    browser,
    instructor: User,
    cohort: Cohort,
    settings,
    request: pytest.FixtureRequest,
    django_capture_on_commit_callbacks,
) -> None:
    settings.HAS_MAIL = True
    background = request.getfixturevalue("background" if broker == "there" else "no_broker")
    data = {"list-people": "Bo, bo@example.org\nCy <cy@example.org>", "confirmed": "yes"}
    with django_capture_on_commit_callbacks(execute=True):
        post(browser(instructor), cohort, "add_roster", data)
    if broker == "there":
        assert not mail.outbox
        background()
    assert [message.to for message in mail.outbox] == [["bo@example.org"], ["cy@example.org"]]
    token = Invitation.objects.get(email="bo@example.org").token
    assert f"http://testserver/join/{token}/" in mail.outbox[0].body
    assert "Hello Bo," in mail.outbox[0].body


# ------------------------------------------------------------------ several
def test_a_list_is_shown_first_and_invited_when_confirmed(
    browser, instructor: User, cohort: Cohort, candidate: User
) -> None:
    cohort.members.add(candidate)
    page = browser(instructor)
    people = 'Name,E-mail\nAda, ada@example.org\n\n"Ek, Bo", bo@example.org\ncy@example.org'
    preview = post(page, cohort, "add_roster", {"list-people": people})
    assert "Nothing: a member already" in preview.content.decode()
    assert "Invite 2 people" in preview.content.decode()
    assert not Invitation.objects.exists()
    hidden = write_roster(entry for entry, _standing in preview.context["lines"])
    post(page, cohort, "add_roster", {"list-people": hidden, "confirmed": "yes"})
    assert invited(cohort) == [("Ek, Bo", "bo@example.org"), ("", "cy@example.org")]


def test_a_list_comes_as_a_file_too(browser, instructor: User, cohort: Cohort) -> None:
    file = SimpleUploadedFile("people.csv", "\ufeffEmail;Name\nbo@example.org;Bø".encode())
    preview = post(browser(instructor), cohort, "add_roster", {"list-file": file})
    assert preview.context["lines"] == [(Entry("Bø", "bo@example.org"), "new")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00B", "This is not a text file in UTF-8."),
        (b"x" * 100_001, "The file is too large: at most 100 kB."),
        (b"", "The submitted file is empty."),
    ],
)
def test_a_file_that_is_no_list_gets_one_sentence(
    browser, instructor: User, cohort: Cohort, content: bytes, words: str
) -> None:
    file = SimpleUploadedFile("people.csv", content)
    page = post(browser(instructor), cohort, "add_roster", {"list-file": file}).content.decode()
    assert words in page


def test_each_bad_line_has_its_sentence_and_nobody_is_invited(
    browser, instructor: User, cohort: Cohort
) -> None:
    people = "Bo, bo@example.org\nCy\nAlso Bo, BO@example.org\n<script>, a@b"
    data = {"list-people": people, "confirmed": "yes"}
    page = post(browser(instructor), cohort, "add_roster", data).content.decode()
    assert "Line 2: “Cy” has no e-mail address." in page
    assert "Line 3: bo@example.org stands in line 1 already." in page
    assert "Line 4: “&lt;script&gt;, a@b” has no e-mail address." in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The list is empty. Write a name and an address in each line."),
        ('""', 'Line 1: “""” has no e-mail address.'),
        ("Ada Lovelace\nBo, bo@example.org", "Line 1: “Ada Lovelace” has no e-mail address."),
        (f"{'x' * 81}, a@example.org", "Line 1: a name has at most 80 letters."),
        ("a\0@example.org", "This is not a list of names and addresses."),
        (
            "\n".join(f"p{n}@example.org" for n in range(201)),
            "At most 200 people at a time.",
        ),
    ],
)
def test_a_list_that_cannot_be_taken_says_why(text: str, problem: str) -> None:
    with pytest.raises(BadLines) as bad:
        parse_roster(text)
    assert bad.value.problems == [problem]


@hypothesis.settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_list(text: str) -> None:
    try:
        entries = parse_roster(text)
    except BadLines as bad:
        assert bad.problems
    else:
        assert [entry.email for entry in parse_roster(write_roster(entries))] == [
            entry.email for entry in entries
        ]


# ------------------------------------------------------------------ a link for many
def test_a_link_lets_so_many_join_until_it_is_used_up(
    browser, instructor: User, cohort: Cohort
) -> None:
    page = browser(instructor)
    answer = post(page, cohort, "add_link", {"link-places": 2, "link-days": 3}).content.decode()
    link = Invitation.objects.get()
    assert "0 of 2 places taken" in answer
    assert f"/join/{link.token}/" in answer
    first, second, third = (UserFactory() for _person in range(3))
    for person in (first, first, second):
        browser(person).post(f"/join/{link.token}/")
    assert set(cohort.members.all()) == {first, second}
    assert browser(third).get(f"/join/{link.token}/").status_code == 404


def test_a_link_is_switched_off_and_what_came_by_it_stays(
    browser, instructor: User, cohort: Cohort, candidate: User
) -> None:
    now = timezone.now()
    link = open_link(cohort, places=5, days=1, by=instructor, at=now)
    accept(link.token, candidate, now)
    page = browser(instructor)
    page.post(reverse("accounts:withdraw_from_cohort", args=[cohort.pk, link.pk]))
    assert link.token not in page.get(f"/cohorts/{cohort.pk}/").content.decode()
    assert list(cohort.members.all()) == [candidate]
    with pytest.raises(NotPossible):
        accept(link.token, UserFactory(), now)


def test_a_link_expires(instructor: User, cohort: Cohort, candidate: User) -> None:
    now = timezone.now()
    link = open_link(cohort, places=5, days=1, by=instructor, at=now)
    with pytest.raises(NotPossible):
        accept(link.token, candidate, now + timedelta(days=1))


@pytest.mark.parametrize(("places", "days"), [(0, 1), (501, 1), (1, 0), (1, 91), ("x", "")])
def test_a_link_without_bounds_is_not_made(
    browser, instructor: User, cohort: Cohort, places: object, days: object
) -> None:
    data = {"link-places": places, "link-days": days}
    page = post(browser(instructor), cohort, "add_link", data).content.decode()
    assert "There is a problem" in page
    assert not Invitation.objects.exists()


def test_a_colleague_of_the_cohort_withdraws_what_another_wrote(
    browser, instructor: User, cohort: Cohort
) -> None:
    invitation = InvitationFactory(cohort=cohort, email="new@example.org")
    assert invitation.invited_by != instructor
    address = reverse("accounts:withdraw_from_cohort", args=[cohort.pk, invitation.pk])
    browser(instructor).post(address)
    assert not Invitation.objects.exists()


def test_the_preview_asks_as_often_for_one_line_as_for_thirty(
    browser, instructor: User, cohort: Cohort, django_assert_max_num_queries
) -> None:
    page, counts = browser(instructor), []
    for size in (1, 30):
        people = "\n".join(f"p{n}@example.org" for n in range(size))
        with django_assert_max_num_queries(12) as captured:
            post(page, cohort, "add_roster", {"list-people": people})
        counts.append(len(captured))
    assert counts[0] == counts[1]
