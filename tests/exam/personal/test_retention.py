"""How long things are kept: each rule takes what is too old and nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Action, AuditEntry, Invitation, User
from accounts.services.audit import record
from exam.models import Attempt, Blueprint, DataCopy, QuestionReport, ReportOutcome, Response
from exam.services.measurement.exporting import KEPT
from exam.services.personal import retention
from exam.services.personal.copying import ask_for_copy
from exam.services.personal.leaving import leave
from exam.services.practice import learning
from exam.services.questions import question_reports
from exam.services.results import reports
from tests.exam.builders import sit
from tests.factories import (
    AdministratorFactory,
    InstructorFactory,
    InvitationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 31, 3, 45, tzinfo=timezone.get_default_timezone())


def days(number: int) -> datetime:
    return NOW - timedelta(days=number)


def run() -> dict[str, int]:
    """What went, by rule, without those that took nothing."""
    looked = retention.look(at=NOW)
    taken = retention.run(at=NOW)
    assert taken == looked  # what it said it would take
    return {name: number for name, number in taken.items() if number}


def failure(at: datetime, **rest: Any) -> None:
    AccessAttempt.objects.create(failures_since_start=1, ip_address="192.0.2.1", **rest)
    AccessLog.objects.create(ip_address="192.0.2.1", **rest)
    for model in (AccessAttempt, AccessLog):
        model.objects.filter(**rest).update(attempt_time=at)


def test_nothing_old_nothing_taken():
    assert run() == {}
    assert not AuditEntry.objects.exists()


def test_sessions_that_ran_out_go():
    for day, key in ((-1, "a"), (1, "b")):
        Session.objects.create(session_key=key * 32, expire_date=days(day))
    assert run() == {"sessions": 1}
    assert Session.objects.get().session_key == "a" * 32


def test_sign_ins_go_after_a_month():
    failure(days(29), username="new@x.org")
    failure(days(31), username="old@x.org")
    assert run() == {"sign-ins": 2}
    assert AccessAttempt.objects.get().username == "new@x.org"


def test_invitations_go_three_months_after_their_end():
    old, new = InvitationFactory(expires_at=days(91)), InvitationFactory(expires_at=days(89))
    used = InvitationFactory(expires_at=days(80), used_at=days(95))
    assert run() == {"invitations": 2}
    assert not Invitation.objects.filter(pk__in=[old.pk, used.pk]).exists()
    assert Invitation.objects.filter(pk=new.pk).exists()


def test_copies_go_after_a_week():
    person = UserFactory()
    ask_for_copy(person, by=person, at=NOW - KEPT)
    kept = ask_for_copy(UserFactory(), by=person, at=days(6))
    assert run() == {"copies": 1}
    assert DataCopy.objects.get() == kept


def test_network_addresses_leave_the_log_and_the_log_stays():
    entries = [record(Action.INVITED, by=None, at=days(n)) for n in (89, 91)]
    AuditEntry._base_manager.update(address="192.0.2.1")
    assert run() == {"addresses": 1}
    found = dict(AuditEntry.objects.values_list("pk", "address"))
    assert [found[entry.pk] for entry in entries] == ["192.0.2.1", None]


def test_words_of_remarks_go_two_years_after_the_answer(blueprint: Blueprint):
    sat = sit(UserFactory(), blueprint, at=days(800), right=[1])
    for position in (1, 2, 3):
        reports.report_question(sat, position, f"Remark {position}")
    old, new, _open = QuestionReport.objects.order_by("pk")
    for report, at in ((old, days(740)), (new, days(700))):
        question_reports.answer_reports(
            report.version.question_id,
            [report.pk],
            ReportOutcome.CORRECTED,
            "Thank you.",
            by=InstructorFactory(),
            at=at,
        )
    assert run() == {"remarks": 1}
    texts = list(QuestionReport.objects.order_by("pk").values_list("text", "answer", "outcome"))
    assert texts == [
        ("(…)", "(…)", "corrected"),
        ("Remark 2", "Thank you.", "corrected"),
        ("Remark 3", "", "open"),
    ]
    assert run() == {}


def test_tracks_are_kept_unless_the_setting_says_so(
    blueprint: Blueprint, settings: Settings, client: Client
):
    noted = {1: {"note": "mine", "highlights": [[0, 3]]}}
    person = UserFactory()
    old = sit(person, blueprint, at=days(400), right=[1, 2], left_right=[3], rest=noted)
    new = sit(UserFactory(), blueprint, at=days(300), right=[1], rest=noted, seed=3)
    for attempt in (old, new):
        learning.learn(attempt.pk, at=NOW)
    assert run() == {}
    settings.KEEP_TRACKS_MONTHS = 12
    assert run() == {"tracks": 1}
    assert tracks(old) == set()
    assert ("mine", True) in tracks(new)
    assert Response.objects.filter(attempt=old, selected__gt=0).exists()
    client.force_login(person, backend="accounts.backends.PasswordBackend")
    for page in ("report/", "review/", "review/1/", "replay/"):
        assert client.get(f"/attempts/{old.pk}/{page}").status_code == 200, page
    for page in ("/", "/history/", "/readiness/", "/readiness/habits/", "/practice/"):
        assert client.get(page).status_code == 200, page


def tracks(attempt: Attempt) -> set[tuple[str, bool]]:
    own = Response.objects.filter(attempt=attempt).exclude(note="", highlights=[], path="")
    return {(response.note, bool(response.path)) for response in own}


def test_who_asked_to_be_deleted_is_when_the_days_are_over():
    early, late = UserFactory(), UserFactory()
    leave(early, at=days(7))
    leave(late, at=days(6))
    assert run() == {"people": 1}
    gone = dict(User.objects.values_list("pk", "erased_at"))
    assert (bool(gone[early.pk]), bool(gone[late.pk])) == (True, False)


# ------------------------------------------------------------------ accounts that nobody uses
def person_of(joined: int, signed_in: int | None = None, make: Callable[..., User] = UserFactory):
    person = make(date_joined=days(joined))
    if signed_in is not None:
        User.objects.filter(pk=person.pk).update(last_login=days(signed_in))
    return person


def test_unused_accounts_are_kept_unless_the_setting_says_so():
    person_of(5000)
    assert run() == {}


def test_unused_accounts_are_warned_and_a_month_later_deleted(settings: Settings):
    settings.KEEP_UNUSED_ACCOUNTS_MONTHS, settings.HAS_MAIL = 24, True
    unused = person_of(2000, signed_in=740)
    person_of(2000, signed_in=600)
    person_of(700)
    person_of(2000, make=AdministratorFactory)
    assert run() == {"warnings": 1}
    [told] = mail.outbox
    assert told.to == [unused.email]
    assert "30 April 2027" in told.body
    assert run() == {}
    User.objects.update(unused_warned_at=NOW - timedelta(days=30))
    assert run() == {"unused": 1}
    assert User.objects.get(pk=unused.pk).erased_at == NOW


def test_a_sign_in_after_the_warning_keeps_the_account(settings: Settings):
    settings.KEEP_UNUSED_ACCOUNTS_MONTHS = 24
    person = person_of(2000, signed_in=10)
    User.objects.filter(pk=person.pk).update(unused_warned_at=days(40))
    assert run() == {}


def test_who_sat_an_exam_uses_the_account(settings: Settings, blueprint: Blueprint):
    settings.KEEP_UNUSED_ACCOUNTS_MONTHS = 24
    person = person_of(2000)
    sit(person, blueprint, at=days(100), right=[1])
    assert run() == {}


# ------------------------------------------------------------------ the command
def said(*words: str) -> str:
    out = StringIO()
    call_command("retention", *words, stdout=out)
    return out.getvalue()


def test_the_command_tells_what_would_go_and_takes_nothing():
    Session.objects.create(session_key="b" * 32, expire_date=days(4000))
    told = said("--dry-run")
    assert "1  Sessions that ran out (fixed)" in told
    assert "KEEP_SIGN_INS_DAYS=30" in told
    assert Session.objects.exists()
    assert "Nothing was changed." not in said()
    assert not Session.objects.exists()
    assert AuditEntry.objects.get().details == {"sessions": 1}


def test_a_rule_that_fails_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch):
    def fails(_at: datetime) -> int:
        raise ValueError

    first, *rest = retention.RULES
    broken = retention.Rule(first.name, first.words, first.setting, first.found, fails)
    monkeypatch.setattr(retention, "RULES", (broken, *rest))
    Session.objects.create(session_key="b" * 32, expire_date=days(4000))
    taken = retention.run(at=NOW)
    assert ("people" in taken, taken["sessions"]) == (False, 1)
    assert "failed, see the log" in said()
