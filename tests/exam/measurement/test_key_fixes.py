"""Correcting a key on the pages: the question, what would change, doing it, every change."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from exam.charts import change_bars
from exam.models import Attempt, Blueprint, Job, ScoreTable
from exam.services.results import scoring
from exam.services.results.scoring import records_of
from questions.formats.record import as_record
from questions.models import KeyChange, Question, QuestionStatus, QuestionVersion
from questions.selectors.content import content_of
from questions.services.drafting import save_draft
from questions.services.standing import set_status
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.exam.measurement.fixing import (
    chosen_at,
    fix,
    key_mask,
    other_mask,
    run,
    told,
    version_at,
)
from tests.factories import CohortFactory, UserFactory

REASON = "The book has it otherwise since 2024."


@pytest.fixture
def passing(blueprint: Blueprint) -> Attempt:
    """An exam that is all right."""
    return sit(UserFactory(display_name="Bela"), blueprint, at=NOON, right=range(1, 7))


@pytest.fixture
def place(passing: Attempt) -> int:
    """A scored position."""
    pilots = passing.exam_form.pilot_positions
    return next(place for place in range(1, 7) if place not in pilots)


def address(name: str, *args: Any) -> str:
    return reverse(f"measurement:{name}", args=args)


def text_of(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def ordinals(mask: int) -> list[int]:
    return [place for place in range(10) if mask >> place & 1]


def sent(desk: Client, version: Any, **what: Any) -> HttpResponse:
    """The form as filled in; a key that is another one unless told otherwise."""
    filled = {"remedy": "key", "key": ordinals(other_mask(version.pk)), "reason": REASON} | what
    return desk.post(address("fix_key", version.pk), filled)


def test_the_way_from_the_question_to_the_new_scores(
    desk: Client, passing: Attempt, place: int, editor: User
) -> None:
    version = version_at(passing, place)
    page = desk.get(address("fix_key", version.pk))
    assert page.status_code == 200
    assert "Key until now" in text_of(page)
    ahead = sent(desk, version)
    assert ahead.status_code == 302
    shown = text_of(desk.get(ahead["Location"]))
    assert "Rescore 1 attempt<" in shown
    assert not KeyChange.objects.exists()
    done = desk.post(ahead["Location"])
    change = KeyChange.objects.get()
    assert done["Location"] == address("key_change", change.pk)
    assert (change.made_by, change.reason) == (editor, REASON)
    assert "It begins in a moment." in text_of(desk.get(done["Location"]))
    run(Job.objects.get(subject=f"key {change.pk}"))
    result = text_of(desk.get(done["Location"]))
    assert "Exams whose result changed" in result
    assert [score.reason for score in told(passing)] == ["issued", "key"]


def test_a_question_is_taken_out_the_same_way(desk: Client, passing: Attempt, place: int) -> None:
    version = version_at(passing, place)
    ahead = sent(desk, version, remedy="drop", key=[])
    assert "The question will be retired" in text_of(desk.get(ahead["Location"]))
    desk.post(ahead["Location"])
    assert version_at(passing, place).is_dropped
    assert "Choose its key to let it count again." in text_of(
        desk.get(address("fix_key", version.pk))
    )


BAD = [
    ({"reason": " "}, "Say why: candidates will read it."),
    ({"key": []}, "Candidates were asked to choose"),
    ({"key": ["99"]}, "99 is not one of the available choices."),
    ({"key": ["x"]}, "x is not one of the available choices."),
    ({"remedy": "magic"}, "magic is not one of the available choices."),
    ({"remedy": ""}, "Say what is to be done."),
    ({"reason": "x" * 1001}, "at most 1000 characters"),
    ({"also": ["999999"]}, "999999 is not one of the available choices."),
]


def test_bad_input_gets_a_sentence_and_changes_nothing(
    desk: Client, passing: Attempt, place: int
) -> None:
    for what, words in BAD:
        answer = sent(desk, version_at(passing, place), **what)
        assert answer.status_code == 422, what
        assert words in text_of(answer)
    assert not Job.objects.exists()


def test_the_same_key_again_is_refused(desk: Client, passing: Attempt, place: int) -> None:
    version = version_at(passing, place)
    answer = sent(desk, version, key=ordinals(key_mask(version.pk)))
    assert (answer.status_code, Job.objects.count()) == (422, 0)
    assert "That is the key already: nothing would change." in text_of(answer)


def test_a_preview_that_somebody_else_was_faster_than_does_nothing(
    desk: Client, passing: Attempt, place: int, instructor: User
) -> None:
    version = version_at(passing, place)
    ahead = sent(desk, version)["Location"]
    fix(version, instructor, key=other_mask(version.pk))
    answer = desk.post(ahead, follow=True)
    assert "Somebody has changed this key in the meantime. Look again." in text_of(answer)
    assert KeyChange.objects.count() == 1


def just_passing(person: User, blueprint: Blueprint, needs: set[int]) -> Attempt:
    """An exam with as many right answers as it takes; one of them to these versions, if asked."""
    attempt = sit(person, blueprint, at=NOON, right=range(1, 7), scored=False)
    records_of([attempt], at=NOON)
    enough = ScoreTable.objects.get(exam_form=attempt.exam_form).columns["passed"].index(True)
    ids, pilots = attempt.exam_form.version_ids, attempt.exam_form.pilot_positions
    places = [place for place in range(1, 7) if place not in pilots]
    places.sort(key=lambda place: ids[place - 1] not in needs)
    attempt.responses.filter(position__in=places[enough:]).update(selected=0)
    scoring.score(attempt.pk, at=NOON)
    return attempt


def test_only_own_people_are_named_among_those_who_change_sides(
    desk: Client, blueprint: Blueprint, editor: User
) -> None:
    bela, cleo = UserFactory(display_name="Bela"), UserFactory(display_name="Cleo")
    first = just_passing(bela, blueprint, set())
    answered = {version_at(first, place).pk for place in told(first)[0].correct_positions}
    answered -= {version_at(first, place).pk for place in first.exam_form.pilot_positions}
    second = just_passing(cleo, blueprint, answered)
    both = answered & {version_at(second, place).pk for place in told(second)[0].correct_positions}
    both -= {version_at(second, place).pk for place in second.exam_form.pilot_positions}
    CohortFactory(name="Mine", instructors=[editor], members=[bela])
    CohortFactory(name="Theirs", members=[cleo])
    version = QuestionVersion.objects.get(pk=min(both))
    shown = text_of(desk.get(sent(desk, version)["Location"]))
    assert "Rescore 2 attempts<" in shown
    assert "Bela" in shown
    assert "Mine: 1 exam" in shown
    assert "And 1 exam of somebody who is not in a cohort of yours." in shown
    assert "Cleo" not in shown
    assert "Theirs" not in shown


def test_pressed_twice_it_is_done_once(desk: Client, passing: Attempt, place: int) -> None:
    ahead = sent(desk, version_at(passing, place))["Location"]
    first, second = desk.post(ahead), desk.post(ahead)
    assert first["Location"] == second["Location"]
    assert (KeyChange.objects.count(), Job.objects.filter(subject__startswith="key ").count()) == (
        1,
        1,
    )


def test_a_preview_page_shows_previews_only(desk: Client, blueprint: Blueprint, passing: Attempt):
    other = Job.objects.create(
        bank=blueprint.bank, kind="statistics", created_at=NOON, touched_at=NOON
    )
    assert desk.get(address("key_preview", other.pk)).status_code == 404
    assert desk.get(address("key_preview", 999)).status_code == 404
    assert desk.get(address("fix_key", 999_999)).status_code == 404


def test_a_preview_that_is_not_done_shows_how_far_it_is_and_cannot_be_confirmed_on_the_page(
    desk: Client, passing: Attempt, place: int
) -> None:
    ahead = sent(desk, version_at(passing, place))["Location"]
    Job.objects.update(state="running", result={})
    shown = text_of(desk.get(ahead))
    assert "You may leave this page" in shown
    assert "Rescore" not in shown


def test_work_that_came_to_no_end_can_go_on(desk: Client, passing: Attempt, place: int) -> None:
    desk.post(sent(desk, version_at(passing, place))["Location"])
    change = KeyChange.objects.get()
    Job.objects.filter(subject=f"key {change.pk}").update(state="failed")
    where = address("key_change", change.pk)
    assert "It can go on where it was." in text_of(desk.get(where))
    desk.post(where)
    run(Job.objects.get(subject=f"key {change.pk}", state="waiting"))
    assert "Exams whose result changed" in text_of(desk.get(where))
    assert [score.reason for score in told(passing)] == ["issued", "key"]
    desk.post(where)
    assert Job.objects.filter(subject=f"key {change.pk}").count() == 2


# ------------------------------------------------------------------ every change
def test_every_change_is_listed_with_who_why_and_what_it_did(
    desk: Client, passing: Attempt, place: int, instructor: User
) -> None:
    assert "No key was corrected yet." in text_of(desk.get(address("key_changes", "tiny")))
    version = version_at(passing, place)
    fix(version, instructor, key=other_mask(version.pk), reason="=1+1")
    listed = text_of(desk.get(address("key_changes", "tiny")))
    for words in (version.question.code, "Ines", "1 of 1", "=1+1"):
        assert words in listed
    answer = desk.get(address("key_changes_table", "tiny", "csv"))
    table = b"".join(answer) if answer.streaming else answer.content
    assert b"'=1+1" in table


def test_a_longer_list_takes_no_more_statements(
    desk: Client, passing: Attempt, place: int, instructor: User
) -> None:
    def taken() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(address("key_changes", "tiny")).status_code == 200
        return len(captured)

    version = version_at(passing, place)
    key = key_mask(version.pk)
    fix(version, instructor, key=other_mask(version.pk))
    one = taken()
    fix(version, instructor, key=key)
    fix(version, instructor, drops=True)
    assert taken() == one


def test_who_taught_nobody_and_candidates_get_nothing(
    client: Client, passing: Attempt, place: int
) -> None:
    client.force_login(passing.candidate, backend="accounts.backends.PasswordBackend")
    version = version_at(passing, place)
    for name, pk in (("fix_key", version.pk), ("key_changes", "tiny")):
        assert client.get(address(name, pk)).status_code in (302, 403, 404)
    assert client.post(address("fix_key", version.pk)).status_code in (302, 403, 404)


# ------------------------------------------------------------------ the bank
def test_what_was_taken_out_cannot_be_used_again_as_it_is(
    desk: Client, passing: Attempt, place: int, instructor: User
) -> None:
    version = version_at(passing, place)
    fix(version, instructor, drops=True)
    for status in (QuestionStatus.PILOT, QuestionStatus.ACTIVE):
        changed = set_status([version.question_id], status, by=instructor, at=NOON)
        assert (changed.count, len(changed.refused)) == (0, 1)
        assert "taken out of scoring" in changed.refused[0][1]
    assert Question.objects.get(pk=version.question_id).status == QuestionStatus.RETIRED


def test_a_working_copy_with_the_same_key_is_corrected_with_it(
    passing: Attempt, place: int, instructor: User
) -> None:
    version = version_at(passing, place)
    record = as_record(content_of(version.question)) | {"explanation": "Better said."}
    save_draft(version.question_id, record, revision=0, by=instructor, at=NOON)
    new = other_mask(version.pk)
    fix(version, instructor, key=new)
    draft = version.question.__class__.objects.get(pk=version.question_id).draft
    keys = [ordinal for ordinal, option in enumerate(draft.content["options"]) if option["key"]]
    assert keys == ordinals(new)
    assert draft.content["explanation"] == "Better said."


# ------------------------------------------------------------------ the chart
def test_bars_go_from_the_greatest_loss_to_the_greatest_gain() -> None:
    bars, rows = change_bars({"-2": 3, "1": 5, "0": 2, "30": 1}, 10) or (None, [])
    assert bars is not None
    assert [mark.label for mark in bars.names] == [
        *("−20", "−10", "0", "+10", "+20", "+30", "+40", "+50", "+60")
    ]
    assert [(row.low, row.high, row.count) for row in rows] == [
        *((-20, -11, 3), (0, 0, 2), (1, 10, 5), (51, 60, 1))
    ]
    assert change_bars({}, 10) is None


def test_wrong_answers_that_stay_wrong_are_no_reason_to_score_again(
    desk: Client, blueprint: Blueprint
) -> None:
    blank = sit(UserFactory(), blueprint, at=NOON, blank=range(1, 7))
    version = version_at(blank, 1)
    shown = text_of(desk.get(sent(desk, version)["Location"]))
    assert "Correct the key, no score changes" in shown
    assert chosen_at(blank, 1) == 0
