"""A form sent twice at once gives one result, and nobody meets an error page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, User
from exam.models import Assignment, QuestionReport
from questions.models import Decision, ImportState, Picture, Question, Review
from questions.selectors.reviews import points_for
from tests.factories import UserFactory
from tests.questions.proposals import answered, in_review

from .conftest import World, png

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(world: World, *sent: tuple[User, str, Callable[[], Any]]) -> list[int]:
    """Posts each as its person, all at the same time; the statuses, in order."""

    def post(job: tuple[User, str, Callable[[], Any]]) -> int:
        person, address, data = job
        try:
            answer: HttpResponse = browsers[person.pk].post(address, data())
            return answer.status_code
        finally:
            connection.close()

    browsers = {person.pk: world.browser(person) for person, _address, _data in sent}
    with ThreadPoolExecutor(len(sent)) as pool:
        return sorted(pool.map(post, sent))


def twice(world: World, person: User, name: str, args: list[Any], **data: Any) -> list[int]:
    job = (person, reverse(name, args=args), lambda: dict(data))
    return at_once(world, job, job)


def test_whatever_makes_something_makes_it_once(world: World) -> None:
    """One world for all of them: with real transactions each world is dear."""
    w, boss = world, world.instructor

    assert twice(w, w.author, "questions:create", [w.bank.slug], subdomain="2.1") == [302, 302]
    codes = list(Question.objects.values_list("code", flat=True))
    assert len(codes) == len(set(codes))

    asked = {"one-name": "Eve", "one-email": "eve@example.org"}
    assert twice(w, boss, "accounts:add_candidate", [w.cohort.pk], **asked)[-1] < 400
    assert Invitation.objects.filter(email="eve@example.org").count() == 1

    last = Invitation.objects.get(pk=w.link.pk)
    Invitation.objects.filter(pk=last.pk).update(taken=last.places - 1)
    join = reverse("accounts:join", args=[last.token])
    people = [UserFactory(), UserFactory()]
    statuses = at_once(w, *((person, join, dict) for person in people))
    assert statuses[-1] in (302, 404)  # whoever comes later is told so
    assert w.cohort.members.filter(pk__in=[person.pk for person in people]).count() == 1

    assert twice(w, boss, "exam:withdraw_assignment", [w.assignment.pk]) == [302, 302]
    days = [timezone.localdate() + timedelta(days=n) for n in (3, 4)]
    window = {"opens_at": f"{days[0]}T09:00", "closes_at": f"{days[1]}T09:00"}
    given = {"cohort": w.cohort.pk, "blueprint": w.assignment.blueprint_id, "attempts_allowed": 1}
    twice(w, boss, "exam:assign", [], **window, **given)
    assert Assignment.objects.filter(withdrawn_at=None).count() == 1

    (report,) = QuestionReport.objects.all()
    told = {"reports": report.pk, "outcome": "right", "answer": "It is right as it stands."}
    on = report.version.question_id
    assert twice(w, boss, "exam:answer_reports", [on], **told)[-1] < 500
    assert QuestionReport.objects.exclude(outcome="open").count() == 1

    answered(w.waiting, boss)
    version = in_review(w.waiting)
    points = [point.name for point in points_for(version)]
    judged = {"decision": Decision.APPROVED.value, "checklist": points, "remark": "Good."}
    judged |= {"publish_as": "pilot", "version": version.pk}
    assert twice(w, boss, "questions:review_decide", [w.waiting.pk], **judged)[-1] < 500
    assert Review.objects.exclude(decision="").count() == 1
    w.waiting.refresh_from_db()
    assert (w.waiting.proposed_id, w.waiting.status) == (None, "pilot")

    assert twice(w, w.author, "questions:import_begin", [w.batch.pk]) == [302, 302]
    w.batch.refresh_from_db()
    assert w.batch.state == ImportState.IMPORTING

    def file() -> dict[str, Any]:
        return {"picture": SimpleUploadedFile("x.png", png("blue"))}

    job = (w.author, reverse("questions:upload"), file)
    assert at_once(w, job, job) == [200, 200]
    assert Picture.objects.count() == 2

    tags = {"pk": w.draft.pk, "add": "kitchen"}
    save = {"revision": 1, "stem": "Which?", "option": "0", "option-0-text": "A"}
    statuses = at_once(
        w,
        (boss, reverse("questions:bank_tags", args=[w.bank.slug]), lambda: tags),
        (w.author, reverse("questions:keep", args=[w.draft.pk]), lambda: save),
    )
    assert statuses in ([200, 302], [302, 409])  # saved before, or told of the conflict
    w.draft.refresh_from_db()
    assert "kitchen" in w.draft.tags or statuses == [200, 302]
