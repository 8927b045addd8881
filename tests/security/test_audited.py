"""What people with rights do leaves a line in the audit log, without answers and keys."""

import json
from datetime import UTC, datetime

import pytest
from allauth.account.adapter import get_adapter
from django.core.management import call_command
from django.template.loader import get_template
from django.urls import reverse

from accounts.models import Action, AuditEntry
from accounts.services.administrators import promote
from exam.services.sitting import interventions
from questions.models.writing import Decision
from questions.services import reviewing
from questions.services.standing import set_status
from tests.exam.blueprints.blueprint_pages import typed

from .conftest import World

pytestmark = pytest.mark.django_db


def since(before: int) -> list[tuple[str, int | None]]:
    entries = AuditEntry.objects.filter(pk__gt=before).order_by("pk")
    return [(entry.action, entry.actor_id) for entry in entries]


def last() -> int:
    entry = AuditEntry.objects.first()
    return entry.pk if entry else 0


def test_the_world_was_made_with_its_lines(world: World) -> None:
    """A corrected key, a file of data, an invitation by link: the fixtures use the services."""
    told = set(AuditEntry.objects.values_list("action", "actor_id"))
    assert told >= {
        (Action.KEY_CHANGED, world.instructor.pk),
        (Action.DATA_EXPORTED, world.administrator.pk),
        (Action.INVITED, world.instructor.pk),
    }


@pytest.mark.parametrize(
    ("address", "data", "action"),
    [
        ("/cohorts/{cohort}/members/{candidate}/remove", {}, Action.MEMBER_REMOVED),
        ("/cohorts/{cohort}/members", {"member-email": "{stranger}"}, Action.MEMBER_ADDED),
        (
            "/cohorts/{cohort}/instructors",
            {"instructor-email": "{stranger}"},
            Action.INSTRUCTOR_ADDED,
        ),
        ("/cohorts/{cohort}/members/{candidate}/time", {"minutes": 5}, Action.EXTRA_TIME),
        ("/cohorts/{cohort}/candidates/one", {"one-email": "n@x.org"}, Action.INVITED),
        ("/cohorts/{cohort}/candidates/link", {"link-places": 3, "link-days": 2}, Action.INVITED),
        ("/invitations/", {"email": "n@x.org"}, Action.INVITED),
        ("/running/{running}/minutes", {"minutes": 5, "reason": "bell"}, Action.MINUTES_ADDED),
    ],
)
def test_a_page_that_changes_something_leaves_a_line(
    world: World, address: str, data: dict[str, object], action: str
) -> None:
    names = {name: getattr(world, name).pk for name in ("cohort", "candidate", "running")}
    filled = {
        name: value.format(stranger=world.stranger.email) if isinstance(value, str) else value
        for name, value in data.items()
    }
    before, desk = last(), world.browser(world.administrator)
    assert desk.post(address.format(**names), filled).status_code == 302
    assert since(before) == [(action, world.administrator.pk)]
    assert AuditEntry.objects.first().address == "127.0.0.1"


def test_a_bank_that_grows_or_leaves_and_an_exam_that_is_changed_leave_a_line(
    world: World,
) -> None:
    before, desk = last(), world.browser(world.author)
    slug, blueprint = world.bank.slug, world.assignment.blueprint
    changed = typed(blueprint, title="Another name")
    posted = [
        (reverse("questions:export", args=[slug]), {"to": "qti21", "download": "1"}),
        (reverse("questions:import_begin", args=[world.batch.pk]), {}),
        (reverse("exam:blueprint", args=[blueprint.slug]), changed),
    ]
    for address, data in posted:
        assert desk.post(address, data).status_code in (200, 302), address
    assert since(before) == [
        (Action.BANK_EXPORTED, world.author.pk),
        (Action.IMPORTED, world.author.pk),
        (Action.BLUEPRINT_CHANGED, world.author.pk),
    ]


@pytest.mark.parametrize(
    ("mail", "action"),
    [
        ("account/email/password_changed", Action.PASSWORD_CHANGED),
        ("account/email/email_changed", Action.EMAIL_CHANGED),
        ("mfa/email/totp_activated", Action.SECOND_FACTOR_ON),
        ("mfa/email/totp_deactivated", Action.SECOND_FACTOR_OFF),
    ],
)
def test_what_changes_a_sign_in_leaves_one_though_nothing_is_mailed(
    world: World, mail: str, action: str
) -> None:
    """Allauth has a template of each name; under another one nothing would be written."""
    before = last()
    get_template(f"{mail}_subject.txt")
    get_adapter().send_notification_mail(mail, world.candidate)
    assert since(before) == [(action, world.candidate.pk)]


def test_what_was_refused_leaves_none(world: World) -> None:
    before = last()
    desk = world.browser(world.stranger)
    desk.post(f"/cohorts/{world.cohort.pk}/members/{world.candidate.pk}/time", {"minutes": 5})
    desk.post(f"/people/{world.candidate.pk}/", {"role": "administrator"})
    world.browser(world.administrator).post(
        f"/people/{world.administrator.pk}/", {"role": "candidate"}
    )
    assert since(before) == []


def test_commands_leave_one_without_a_name(world: World) -> None:
    before = last()
    call_command("void_attempt", str(world.finished.pk), "--reason", "fire alarm", verbosity=0)
    promote(world.stranger.email)
    assert since(before) == [(Action.ATTEMPT_VOIDED, None), (Action.ADMINISTRATOR_MADE, None)]


def test_questions_leave_one_for_each_decision_and_each_bulk(world: World) -> None:
    now, before = datetime.now(UTC), last()
    version = world.waiting.versions.get()
    reviewing.answer_blind(world.waiting.pk, 1, version_id=version.pk, by=world.instructor, at=now)
    reviewing.decide(
        world.waiting.pk,
        Decision.RETURNED,
        checklist=[],
        remark="Too easy.",
        by=world.instructor,
        at=now,
    )
    active = list(world.bank.questions.filter(status="active").values_list("pk", flat=True)[:3])
    set_status(active, "retired", by=world.instructor, at=now)
    set_status(active, "retired", by=world.instructor, at=now)
    assert since(before) == [
        (Action.QUESTION_DECIDED, world.instructor.pk),
        (Action.QUESTION_STATUS, world.instructor.pk),
    ]


def test_no_line_holds_an_answer_a_key_or_a_token(world: World) -> None:
    interventions.void(world.finished.pk, reason="x", at=datetime.now(UTC))
    told = json.dumps(list(AuditEntry.objects.values_list("details", flat=True)))
    for secret in (
        world.link.token,
        world.invitation.token,
        world.asked.token,
        '"key"',
        "selected",
    ):
        assert secret not in told
