"""Asking for sets of parallel forms, and making them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Cohort, User
from exam.models import (
    Attempt,
    Blueprint,
    FormSet,
    Job,
    JobKind,
    JobState,
)
from exam.selectors.measurement.form_sets import scored_versions
from exam.services.measurement.form_sets import ask_for_extent
from exam.services.sitting.admission import NotPossible
from questions.models import QuestionStatus, QuestionVersion
from tests.exam.assignments import DAY, browser
from tests.exam.conftest import NOON
from tests.exam.measurement.fixed_forms import address, asked, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(blueprint: Blueprint, instructor: User) -> FormSet:
    """The same, made by the job."""
    return FormSet.objects.get(pk=run(asked(blueprint, instructor)).result["form_set"])


# ------------------------------------------------------------------ making
def test_the_forms_are_frozen_and_have_no_question_in_common(made: FormSet) -> None:
    first, second = made.exam_forms.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert set(first.version_ids).isdisjoint(second.version_ids)
    assert [len(form.version_ids) for form in (first, second)] == [6, 6]
    assert [len(form.pilot_positions) for form in (first, second)] == [2, 2]
    report = made.report
    assert (report["asked"], report["made"]) == (2, 2)
    given_up = {code for form in (first, second) for code in form.relaxations}
    assert given_up <= set(report["given_up"])
    assert given_up == {code for totals in report["forms"] for code in totals["missed"]}
    for form in (first, second):
        scored = scored_versions(form)
        assert len(scored) == 4
        on_trial = QuestionVersion.objects.filter(
            pk__in=scored, question__status=QuestionStatus.PILOT
        )
        assert not on_trial.exists()


def test_a_job_that_is_run_again_makes_no_second_set(
    blueprint: Blueprint, instructor: User
) -> None:
    job = run(asked(blueprint, instructor))
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, result={})
    again = run(job)
    assert again.state == JobState.DONE
    assert again.result == {"form_set": FormSet.objects.get().pk}


def test_more_forms_than_the_bank_gives_are_proven_impossible(
    blueprint: Blueprint, instructor: User
) -> None:
    job = run(asked(blueprint, instructor, count=9, relax=True))
    made = FormSet.objects.get(pk=job.result["form_set"])
    assert made.report["made"] == made.exam_forms.count() < 9
    assert made.report["made"] <= made.report["most"] < 9


def test_a_bank_that_gives_no_form_says_why(blueprint: Blueprint, instructor: User) -> None:
    blueprint.bank.questions.filter(subdomain__code="2.1").update(status=QuestionStatus.RETIRED)
    type(blueprint.bank).objects.filter(pk=blueprint.bank_id).update(revision=99)
    job = run(asked(blueprint, instructor))
    assert job.state == JobState.FAILED
    assert job.problem.startswith("This bank cannot fill this exam: 2.1 is short of ")
    assert not FormSet.objects.exists()


def test_two_different_wishes_for_one_exam_wait_for_each_other(
    blueprint: Blueprint, instructor: User
) -> None:
    job = asked(blueprint, instructor)
    assert asked(blueprint, instructor, seed=8) == job
    with pytest.raises(NotPossible, match="being made already"):
        asked(blueprint, instructor, count=3)


def test_the_exact_check_tells_how_many_forms_there_are(
    blueprint: Blueprint, instructor: User
) -> None:
    job = run(ask_for_extent(blueprint, by=instructor, at=NOON))
    result = job.result
    assert job.state == JobState.DONE
    assert 0 <= result["made"] <= result["most"] <= result["if_given_up"][-1] <= 3
    assert result["if_given_up"] == sorted(result["if_given_up"])
    page = browser(instructor).get(reverse("measurement:form_sets", args=["tiny"]))
    assert "with 18 questions" in page.content.decode()


# ------------------------------------------------------------------ pages
def test_an_instructor_asks_for_forms_and_assigns_them(
    blueprint: Blueprint, cohort: Cohort, instructor: User, candidate: User
) -> None:
    desk = browser(instructor)
    sets = reverse("measurement:form_sets", args=["tiny"])
    assert "No set yet." in desk.get(sets).content.decode()
    wish = {"blueprint": "tiny", "count": 2, "title": "=Spring", "relax": "1"}
    assert desk.post(sets, wish).url == sets
    assert "It begins in a moment." in desk.get(sets).content.decode()
    made = FormSet.objects.get(pk=run(Job.objects.get(kind=JobKind.FORMS)).result["form_set"])
    text = desk.get(address("form_set", made)).content.decode()
    assert "At no ability do two forms differ by more than" in text
    assert "style=" not in text
    offered = desk.get(reverse("exam:assign"), {"form_set": made.pk}).content.decode()
    assert f'<option value="{made.pk}" selected>Kitchen Basics exam: =Spring (2 forms)' in offered
    now = timezone.localtime()
    window = {
        "opens_at": f"{now - DAY:%Y-%m-%dT%H:%M}",
        "closes_at": f"{now + DAY:%Y-%m-%dT%H:%M}",
    }
    answer = desk.post(
        reverse("exam:assign"),
        {
            "blueprint": blueprint.pk,
            "cohort": cohort.pk,
            "form_set": made.pk,
            "attempts_allowed": 2,
            **window,
        },
    )
    assert "Fixed forms: =Spring." in desk.get(answer.url).content.decode()
    begun = browser(candidate).post(
        reverse("exam:start", args=["tiny"]), {"assignment": made.assignments.get().pk}
    )
    assert begun.status_code == 302
    assert Attempt.objects.get().exam_form.form_set == made


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": "0"}, "greater than or equal to 1"),
        ({"count": "21"}, "less than or equal to 20"),
        ({"count": "many"}, "Enter a whole number."),
        ({"title": ""}, "This field is required."),
        ({"title": "x" * 101}, "at most 100 characters"),
        ({"blueprint": "nothing"}, "Select a valid choice."),
        ({"relax": "perhaps"}, "Select a valid choice."),
    ],
)
def test_a_bad_wish_says_what_is_wrong_and_asks_for_nothing(
    blueprint: Blueprint, instructor: User, changes: dict[str, str], words: str
) -> None:
    wish = {"blueprint": "tiny", "count": "2", "title": "Spring", "relax": ""} | changes
    answer = browser(instructor).post(reverse("measurement:form_sets", args=["tiny"]), wish)
    assert words in answer.content.decode()
    assert not Job.objects.exists()
