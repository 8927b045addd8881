"""Deleting a person: nothing that identifies is left, and no figure changes by a digit."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models
from django.test import Client

from accounts.models import Action, AuditEntry, Cohort, Invitation, User
from accounts.selectors import members_of, with_member_counts
from accounts.services.audit import record
from accounts.services.people import NotPossible, save_profile
from exam.models import (
    Attempt,
    Blueprint,
    Calibration,
    Card,
    Comparison,
    Functioning,
    ItemParameter,
    ItemStatistics,
    JobKind,
    QuestionReport,
    Recall,
    Response,
    Score,
    TimeGrant,
)
from exam.selectors.cohorts.beside_others import beside_cohorts
from exam.selectors.cohorts.cohort_exams import exams_of
from exam.selectors.sitting.attempts import attempts_taught_by
from exam.services import jobs
from exam.services.measurement import calibrating, exporting
from exam.services.personal.erasing import erase
from exam.services.practice import learning
from exam.services.results import reports, scoring
from exam.services.sitting import exposure, interventions
from questions.models import Comment, QuestionVersion
from tests.exam.builders import practise, sit
from tests.exam.conftest import NOON
from tests.exam.measurement.figures import counted
from tests.factories import (
    AdministratorFactory,
    CohortFactory,
    InstructorFactory,
    InvitationFactory,
    UserFactory,
)
from tests.questions.proposals import written

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)
SECRET = "zebra"  # in everything that the person typed


@pytest.fixture
def person(blueprint: Blueprint) -> User:
    """Somebody who has done everything a candidate can do."""
    person = UserFactory(
        email="zebra@example.org", display_name="Zebra Stripes", exam_date=NOON.date()
    )
    cohort = CohortFactory(name="Autumn", members=[person, UserFactory(display_name="Bo")])
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET})
    InvitationFactory(cohort=cohort, email=person.email, name="Zebra Stripes")
    noted = {3: {"note": f"the {SECRET} again", "highlights": [[0, 4]]}}
    sat = sit(person, blueprint, at=NOON, right=range(1, 8), left_right=[2], rest=noted)
    learning.learn(sat.pk, at=NOON)
    reports.report_question(sat, 1, f"My name is {SECRET}.")
    practise(person, blueprint, at=NOON + timedelta(hours=2))
    begun = sit(person, blueprint, at=LATER - timedelta(minutes=6), ended=False, seed=3)
    grantor = InstructorFactory()
    soon = LATER - timedelta(minutes=5)
    interventions.add_minutes(begun.pk, 5, by=grantor, at=soon, reason=SECRET)
    record(Action.EXTRA_TIME, by=grantor, on=person, details={"name": "Zebra Stripes"})
    record(Action.INVITED, by=grantor, on=cohort, details={"to": [person.email]})
    record(Action.PASSWORD_CHANGED, by=person, on=person)
    record(Action.MINUTES_ADDED, by=grantor, on=begun, details={"reason": SECRET})
    return person


def texts() -> list[str]:
    """Every stored text of the whole database, with where it is."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        fields = [f for f in model._meta.concrete_fields if not f.is_relation]
        kinds = models.CharField | models.TextField | models.JSONField | models.BinaryField
        names = [f.attname for f in fields if isinstance(f, kinds)]
        for row in model._base_manager.values_list(*names) if names else []:
            found += [f"{model._meta.label}.{n}: {v}" for n, v in zip(names, row, strict=True)]
    return found


def test_nothing_that_identifies_is_left_anywhere(person: User, client: Client):
    client.force_login(person, backend="accounts.backends.PasswordBackend")
    assert [line for line in texts() if "zebra" in line.lower()]  # the search can find
    assert erase(person.pk, at=LATER)
    assert [line for line in texts() if "zebra" in line.lower()] == []
    assert not Session.objects.exists()
    shell = User.objects.get(pk=person.pk)
    assert not shell.is_active
    assert not shell.has_usable_password()
    assert shell.email.endswith("@deleted.invalid")
    assert (str(shell), shell.exam_date, shell.last_login) == (
        f"Deleted person {shell.pk}",
        None,
        None,
    )
    assert client.get("/").status_code == 302
    own = {"candidate": shell}
    assert not Card.objects.filter(**own).exists()
    assert not Recall.objects.filter(**own).exists()
    assert not Response.objects.exclude(note="", highlights=[]).exists()
    assert not Invitation.objects.filter(cohort__name="Autumn").exists()
    assert list(TimeGrant.objects.values_list("minutes", "reason")) == [(5, "")]


def test_the_log_keeps_what_was_done_and_by_nobody_in_person(person: User):
    erase(person.pk, at=LATER)
    words = f"Deleted person {person.pk}"
    log = AuditEntry.objects.order_by("pk")
    about = log.filter(subject_kind="user", subject_id=str(person.pk))
    assert list(about.values_list("action", "subject_words", "details")) == [
        (Action.EXTRA_TIME, words, {}),
        (Action.PASSWORD_CHANGED, words, {}),
        (Action.PERSON_DELETED, words, {}),
    ]
    assert log.get(action=Action.PASSWORD_CHANGED).actor_words == words
    assert log.get(action=Action.INVITED).details == {}


def test_an_address_that_ends_alike_is_somebody_elses(person: User):
    other = UserFactory(email=f"not-{person.email}", display_name="Other")
    record(Action.EXTRA_TIME, by=None, on=other)
    erase(person.pk, at=LATER)
    assert AuditEntry.objects.get(subject_id=str(other.pk)).subject_words.startswith("Other <")


def test_an_open_exam_counts_for_nothing_and_an_ended_one_stays(person: User):
    erase(person.pk, at=LATER)
    exams = Attempt.objects.filter(candidate=person).order_by("pk")
    assert list(exams.values_list("purpose", "state")) == [
        ("exam", "submitted"),
        ("practice", "submitted"),
        ("exam", "void"),
    ]
    void = exams.get(state="void")
    assert not void.responses.exists()
    assert exams[0].responses.count() == exams[0].length
    assert Score.objects.filter(attempt=exams[0]).exists()


def test_an_exam_whose_time_was_over_was_sat(person: User):
    erase(person.pk, at=LATER + timedelta(days=3))
    assert Attempt.objects.filter(candidate=person, state="void").count() == 0
    last = Attempt.objects.filter(candidate=person).latest("pk")
    assert (last.state, last.ended_by) == ("submitted", "clock")
    scoring.score(last.pk, at=LATER)
    assert Score.objects.filter(attempt=last).exists()


def figures() -> dict[str, Any]:
    """All that is counted from answers, without when it was counted."""
    left_out = {"id", "computed_at", "seconds", "created_at", "calibration_id", "until"}
    found: dict[str, Any] = {}
    for model in (ItemStatistics, ItemParameter, Calibration, Comparison, Functioning):
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in left_out]
        rows = model._base_manager.values_list(*names)
        found[model.__name__] = sorted(map(str, rows))
    counts = QuestionVersion.objects.order_by("pk").values_list("exposure", "response_count")
    found["exposure"] = list(counts)
    found["scores"] = list(Score.objects.order_by("pk").values())
    return found


def measured(blueprint: Blueprint) -> dict[str, Any]:
    """Everything counted anew from the answers as they are."""
    bank = blueprint.bank
    exposure.recount()
    counted(bank)
    return figures()


def test_figures_are_the_same_to_the_last_digit(blueprint: Blueprint, person: User):
    others = [UserFactory() for _n in range(4)]
    for n, other in enumerate(others):
        sit(other, blueprint, at=NOON, right=range(1, 4 + n), blank=[5], seed=n)
    cohort = Cohort.objects.get(name="Autumn")
    cohort.members.add(*others[:2])
    day = Comparison.objects.create(bank=blueprint.bank, name="Day", created_at=NOON)
    day.focal.add(cohort)
    interventions.void(Attempt.objects.get(state="in_progress").pk, reason="", at=LATER)
    calibrate(blueprint)
    before, exams, beside = measured(blueprint), exams_of(cohort), beside_all(others)
    erase(person.pk, at=LATER)
    assert measured(blueprint) == before
    assert exams_of(cohort) == exams
    assert beside_all(others) == beside
    parameters = list(newest(blueprint))
    calibrate(blueprint)
    assert list(newest(blueprint)) == parameters


def calibrate(blueprint: Blueprint) -> None:
    job = jobs.ask(blueprint.bank, JobKind.CALIBRATION, at=LATER + timedelta(hours=1))
    jobs.run(job.pk, {JobKind.CALIBRATION: calibrating.calibrate_bank}, clock=lambda: LATER)


def newest(blueprint: Blueprint) -> Any:
    last = Calibration.objects.filter(bank=blueprint.bank).latest("number")
    return last.parameters.order_by("version").values_list("version", "difficulty", "variance")


def beside_all(people: list[User]) -> list[Any]:
    return [
        beside_cohorts(one, score)
        for one in people
        for score in Score.objects.filter(attempt__candidate=one, is_current=True)
    ]


def test_a_deleted_person_is_on_no_list_of_a_cohort(person: User):
    cohort, instructor = Cohort.objects.get(name="Autumn"), InstructorFactory()
    cohort.instructors.add(instructor)
    assert attempts_taught_by(instructor).count() == 2
    erase(person.pk, at=LATER)
    for reader in (instructor, AdministratorFactory()):
        assert not attempts_taught_by(reader).exists()
    assert [str(one) for one in members_of(cohort)] == ["Bo"]
    assert with_member_counts(Cohort.objects.filter(pk=cohort.pk)).get().member_count == 1


def test_again_changes_nothing(person: User):
    erase(person.pk, at=LATER)
    shell = User.objects.filter(pk=person.pk).values().get()
    assert not erase(person.pk, at=LATER + timedelta(days=1))
    assert User.objects.filter(pk=person.pk).values().get() == shell
    assert AuditEntry.objects.filter(action=Action.PERSON_DELETED).count() == 1


def test_what_is_learnt_later_makes_no_cards(person: User):
    erase(person.pk, at=LATER)
    sat = Attempt.objects.filter(candidate=person, state="submitted").first()
    versions = sat.exam_form.version_ids
    learning.learn(sat.pk, at=LATER)
    learning.grade_again(sat.pk, versions)
    assert not Recall.objects.filter(candidate=person).exists()


def test_what_an_instructor_wrote_stays(blueprint: Blueprint):
    author, cohort = InstructorFactory(display_name="Zebra"), CohortFactory()
    cohort.instructors.add(author)
    question = written(blueprint.bank, author)
    Comment.objects.create(question=question, author=author, text="Is this so?")
    exporting.ask_for_export(blueprint.bank, "scores", "csv", by=author, at=NOON)
    erase(author.pk, at=LATER)
    question.refresh_from_db()
    assert str(question.author) == f"Former author {author.pk}"
    assert question.comments.get().text == "Is this so?"
    assert not cohort.instructors.exists()
    assert not blueprint.bank.jobs.filter(kind=JobKind.EXPORT).exists()


def test_the_only_administrator_stays():
    only = AdministratorFactory()
    with pytest.raises(NotPossible):
        erase(only.pk, at=LATER)
    AdministratorFactory()
    assert erase(only.pk, at=LATER)


def test_killed_half_way_nothing_is_gone(person: User, monkeypatch: pytest.MonkeyPatch):
    def killed(*_args: Any, **_named: Any) -> None:
        raise SystemExit

    monkeypatch.setattr("exam.services.personal.erasing.record", killed)
    with pytest.raises(SystemExit):
        erase(person.pk, at=LATER)
    person.refresh_from_db()
    assert (person.email, person.erased_at) == ("zebra@example.org", None)
    assert QuestionReport.objects.get().text == f"My name is {SECRET}."
    monkeypatch.undo()
    assert erase(person.pk, at=LATER)


def test_a_profile_that_was_on_its_way_brings_nothing_back(person: User):
    erase(person.pk, at=LATER)
    said = {"display_name": "Zebra", "time_zone": "Europe/Zurich", "theme": "dark"}
    save_profile(person, **said, exam_date=None, is_non_native=True)
    shell = User.objects.get(pk=person.pk)
    assert (shell.display_name, shell.time_zone) == (f"Deleted person {person.pk}", "")
