"""Ids in parameters: somebody else's is not there, shows nothing of theirs and changes nothing."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from questions.models import Bank, Domain, Question, Subdomain
from tests.factories import CohortFactory, UserFactory
from tests.questions.proposals import written

from .conftest import World
from .fuzzing import snapshot

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
NOT_THERE = 404


@dataclass(slots=True)
class Elsewhere:
    """What stands beside the world: a cohort of the stranger's own, and a second bank."""

    cohort: Any
    bank: Bank
    place: Subdomain
    question: Question
    other: User  # a candidate to whom nothing is assigned


@pytest.fixture
def elsewhere(world: World) -> Elsewhere:
    world.cohort.name = "zz-cohort"
    world.cohort.save()
    bank = Bank.objects.create(slug="other", title="zz-bank", areas=world.bank.areas)
    domain = Domain.objects.create(bank=bank, number=1, name="zz-domain")
    place = Subdomain.objects.create(domain=domain, code="zz-1", name="zz-place")
    return Elsewhere(
        cohort=CohortFactory(instructors=[world.stranger]),
        bank=bank,
        place=place,
        question=written(bank, world.author, subdomain="zz-1", area="", stem="zz-stem"),
        other=UserFactory(),
    )


Asked = tuple[str, str, str, list[Any], dict[str, Any], int | None]


def borrowed(w: World, e: Elsewhere) -> list[Asked]:
    """Who asks, how, where, with which ids that are not theirs; and the status if it is fixed."""
    cohort, stay = {"cohort": w.cohort.pk}, [e.cohort.pk, w.candidate.pk]
    window = {"opens_at": "2026-01-01T09:00", "closes_at": "2099-01-01T09:00"}
    window |= {"attempts_allowed": 1}
    picked = {"pk": w.draft.pk, "to": "retired", "add": "zz"}
    exam = w.assignment.blueprint_id
    fixed = [e.bank.slug, w.form_set.pk]
    place = {"shown": [1], "chosen": [1], "place-1": e.place.pk, "subdomain": e.place.pk}
    return [
        # ------------------------------------------------------ another instructor's cohort
        ("stranger", "get", "exam:assignments", [], cohort, None),
        ("stranger", "get", "exam:assignments_table", ["csv"], cohort, None),
        ("stranger", "get", "exam:practice_missed", [], cohort, None),
        ("stranger", "get", "exam:missed_table", ["csv"], cohort, None),
        ("stranger", "get", "exam:assign", [], cohort, None),
        ("stranger", "post", "exam:assign", [], cohort | window | {"blueprint": exam}, None),
        ("stranger", "post", "accounts:invitations", [], cohort, None),
        ("stranger", "get", "exam:running", [], {"have": w.running.pk}, None),
        ("stranger", "get", "exam:cohort_dashboard", [e.cohort.pk], {"exam": "tiny"}, None),
        ("stranger", "post", "accounts:remove_member", stay, {}, NOT_THERE),
        ("stranger", "get", "accounts:member_time", stay, {}, NOT_THERE),
        ("stranger", "post", "accounts:member_time", stay, {"minutes": 60}, NOT_THERE),
        (
            *("stranger", "post", "accounts:withdraw_from_cohort"),
            *([e.cohort.pk, w.invitation.pk], {}, NOT_THERE),
        ),
        # ------------------------------------------------------ another candidate's exam
        ("other", "get", "exam:instructions", ["tiny"], {"assignment": w.assignment.pk}, NOT_THERE),
        ("other", "post", "exam:start", ["tiny"], {"assignment": w.assignment.pk}, NOT_THERE),
        ("other", "post", "exam:practice_start", [], {"bank": e.bank.slug, "mode": "study"}, None),
        ("other", "get", "exam:readiness", [], {"exam": "tiny"}, None),
        ("other", "get", "exam:history", [], {"exam": "tiny"}, None),
        ("other", "get", "exam:plan", [], {"bank": e.bank.slug}, None),
        # ------------------------------------------------------ another bank's questions
        ("author", "post", "questions:bank_status", [e.bank.slug], picked, None),
        ("author", "post", "questions:bank_tags", [e.bank.slug], picked, None),
        (
            *("author", "post", "measurement:decide_pilots", [e.bank.slug]),
            *({"questions": w.version.question_id, "to": "active"}, None),
        ),
        ("author", "post", "questions:enemies", [w.draft.pk], {"enemies": e.question.code}, None),
        ("author", "post", "questions:import_place", [w.batch.pk], place, None),
        (
            "author",
            "post",
            "questions:keep",
            [w.draft.pk],
            {"revision": 1, "subdomain": "zz-1"},
            422,
        ),
        ("author", "get", "questions:versions", [w.draft.pk], {"old": "7", "new": "8"}, 422),
        ("author", "get", "measurement:form_set", fixed, {}, NOT_THERE),
        ("author", "get", "measurement:form_set_table", [*fixed, "csv"], {}, NOT_THERE),
        ("author", "get", "measurement:form_set_figures", [*fixed, "csv"], {}, NOT_THERE),
        ("author", "post", "measurement:delete_form_set", fixed, {}, NOT_THERE),
        ("author", "post", "measurement:ask_for_extent", [e.bank.slug, "tiny"], {}, NOT_THERE),
        (
            *("author", "post", "measurement:form_sets", [e.bank.slug]),
            *({"blueprint": exam, "count": 2}, None),
        ),
        ("instructor", "get", "exam:reports_on", [e.question.pk], {}, None),
        (
            *("instructor", "post", "exam:answer_reports", [e.question.pk]),
            *({"reports": 1, "report": 1, "outcome": "right", "answer": "zz"}, None),
        ),
        (
            *("instructor", "post", "questions:review_decide", [w.waiting.pk]),
            *({"version": w.version.pk, "decision": "approved"}, None),
        ),
        (
            *("instructor", "post", "questions:review_answer", [w.waiting.pk]),
            *({"version": w.version.pk, "answer": 1}, None),
        ),
    ]


def test_what_belongs_elsewhere_is_not_there(world: World, elsewhere: Elsewhere) -> None:
    browsers: dict[str, Client] = {}
    for name in ("stranger", "author", "instructor"):
        browsers[name] = world.browser(getattr(world, name))
    browsers["other"] = world.browser(elsewhere.other)
    marks = {"stranger": ("zz-cohort", world.candidate.email), "other": ("zz-", "Ada")}
    before = snapshot()
    for who, method, name, args, data, status in borrowed(world, elsewhere):
        answer = getattr(browsers[who], method)(reverse(name, args=args), data)
        assert answer.status_code == status or (status is None and answer.status_code < 500), name
        body = b"".join(answer) if answer.streaming else answer.content
        assert not [word for word in marks.get(who, ()) if word.encode() in body], (who, name)
        changed = {label for label, rows in snapshot().items() if rows != before[label]}
        assert changed == set(), (method, name)


# Every name of a parameter that a view reads by itself, and whether it names somebody's thing.
IDS = {
    *("assignment", "bank", "cohort", "exam", "form_set", "have", "pk", "version", "old", "new"),
    *("answer", "mine", "shown", "chosen", "save"),
}
NO_IDS = {
    *(
        "act",
        "all",
        "back",
        "code",
        "concern",
        "confirmed",
        "history",
        "invited",
        "kind",
        "login",
        "miss",
    ),
    *("option", "page", "q", "reference", "review", "revision", "role", "seed", "show", "size"),
    *("on", "step", "typed", "wanted"),
}
READ = re.compile(
    r'request\.(?:GET|POST)\.get(?:list)?\(\s*"([^"]+)"|"(\w+)" in request\.(?:GET|POST)'
)


def test_a_new_parameter_is_named_here() -> None:
    """So that whoever adds one decides whether `borrowed` has to try it."""
    sources = [
        file for app in ("accounts", "exam", "questions") for file in (ROOT / app).rglob("*.py")
    ]
    read = {a or b for file in sources for a, b in READ.findall(file.read_text())}
    assert read - IDS - NO_IDS == set()
