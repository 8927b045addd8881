"""Which answers measuring uses, against the rules one by one in plain Python."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.engine.sitting.path import ChangeKind, read_path
from exam.models import Attempt, Blueprint, Response
from exam.selectors.measurement.answer_arrays import (
    COMPLETE_SHARE,
    AnswerArrays,
    answer_arrays,
    to_calibration,
    to_responses,
)
from exam.selectors.results.answers import keys_of
from exam.services.results import scoring
from questions.models import QuestionVersion
from tests.exam.conftest import NOON
from tests.exam.measurement.answered import LENGTH, fill

CHANGES = {ChangeKind.RIGHT_TO_WRONG: -1, ChangeKind.WRONG_TO_RIGHT: 1}

Answer = tuple[int, int, int, int, int, int, float, int]


def as_rows(arrays: AnswerArrays) -> list[Answer]:
    """(attempt, candidate, number, version, key, selected, seconds, change) of each answer."""
    rows = []
    for a in range(arrays.attempts):
        who = [int(x[a]) for x in (arrays.attempt_ids, arrays.candidate_ids, arrays.numbers)]
        for r in range(arrays.starts[a], arrays.starts[a + 1]):
            item = arrays.items[r]
            asked = int(arrays.version_ids[item]), int(arrays.keys[item])
            given = int(arrays.selected[r]), round(float(arrays.seconds[r]), 3)
            rows.append((*who, *asked, *given, int(arrays.changes[r])))
    return rows


def expected(blueprint: Blueprint, until: datetime | None = None) -> list[Answer]:
    """The same by the rules, one attempt after the other."""
    return sorted(_counted(blueprint, until), key=lambda row: row[0])


def _counted(blueprint: Blueprint, until: datetime | None) -> Iterator[Answer]:
    met: dict[int, set[int]] = {}
    complete: dict[int, int] = {}
    versions = QuestionVersion.objects.in_bulk()
    keys = keys_of(set(versions))
    for attempt in Attempt.objects.select_related("exam_form").order_by("started_at", "pk"):
        own = met.setdefault(attempt.candidate_id, set())
        responses = list(Response.objects.filter(attempt=attempt).order_by("position"))
        asked = [versions[pk] for pk in attempt.exam_form.version_ids]
        reached = sum(response.spent_ms > 0 for response in responses)
        counts = attempt.state == AttemptState.SUBMITTED and attempt.purpose == Purpose.EXAM
        if until and counts:
            counts = attempt.ended_at <= until
        is_complete = counts and reached >= 0.9 * len(asked)
        if is_complete:
            complete[attempt.candidate_id] = complete.get(attempt.candidate_id, 0) + 1
        for version, response in zip(asked, responses, strict=True):
            is_new = version.question_id not in own
            was_reached = response.spent_ms > 0 or response.selected > 0
            if is_complete and is_new and was_reached and not version.is_dropped:
                key = keys[version.pk]
                yield (
                    attempt.pk,
                    attempt.candidate_id,
                    complete[attempt.candidate_id],
                    version.pk,
                    key,
                    response.selected,
                    round(response.spent_ms / 1000, 3),
                    CHANGES.get(read_path(response.path, key).kind, 0),
                )
        shown = _shown(attempt, responses)
        own |= {v.question_id for v, r in zip(asked, shown, strict=True) if r}


def _shown(attempt: Attempt, responses: list[Response]) -> list[bool]:
    if attempt.is_practice and not attempt.practice.at_once:
        return [response.spent_ms > 0 or response.seq > 0 for response in responses]
    return [True for _response in responses]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_arrays_hold_what_the_rules_say(blueprint: Blueprint, seed: int) -> None:
    fill(blueprint, seed=seed, attempts=50, people=12)
    rows = expected(blueprint)
    assert as_rows(answer_arrays(blueprint.bank)) == rows
    assert len({row[0] for row in rows}) > 8
    assert {row[7] for row in rows} == {-1, 0, 1}
    assert any(row[2] > 1 for row in rows)


def test_only_attempts_that_had_ended_count(blueprint: Blueprint) -> None:
    fill(blueprint, seed=3, attempts=24, people=8)
    until = NOON + timedelta(hours=100)
    rows = expected(blueprint, until)
    assert as_rows(answer_arrays(blueprint.bank, until=until)) == rows
    assert 0 < len(rows) < len(expected(blueprint))


def test_a_bank_without_answers_gives_empty_arrays(blueprint: Blueprint) -> None:
    arrays = answer_arrays(blueprint.bank)
    assert (arrays.attempts, arrays.responses, arrays.total) == (0, 0, 0)
    assert arrays.starts.tolist() == [0]


def test_the_engine_takes_the_arrays_as_they_are(blueprint: Blueprint) -> None:
    fill(blueprint, seed=1, attempts=40)
    arrays = answer_arrays(blueprint.bank)
    answers, responses = to_calibration(arrays), to_responses(arrays)
    right = [key == selected for *_who, key, selected, _seconds, _change in as_rows(arrays)]
    assert answers.right.tolist() == right
    assert answers.groups.tolist() == [min(n, 6) - 1 for n in arrays.numbers]
    assert responses.attempts == answers.attempts == arrays.attempts


def test_reading_says_how_far_it_is(blueprint: Blueprint) -> None:
    fill(blueprint, seed=1, attempts=20)
    told: list[tuple[int, int]] = []
    answer_arrays(blueprint.bank, told=lambda done, total: told.append((done, total)))
    exams = Attempt.objects.filter(purpose=Purpose.EXAM, state=AttemptState.SUBMITTED).count()
    assert told == [(exams, exams)]


def test_more_attempts_cost_no_more_statements(
    blueprint: Blueprint, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for attempts in (5, 25):
        fill_again(blueprint, attempts)
        with django_assert_num_queries(5):
            answer_arrays(blueprint.bank)


def fill_again(blueprint: Blueprint, attempts: int) -> None:
    """So many attempts and no others."""
    Response.objects.all().delete()
    Attempt.objects.all().delete()
    QuestionVersion.objects.filter(number=2).delete()
    fill(blueprint, seed=attempts, attempts=attempts)


def test_complete_means_what_it_means_on_a_report() -> None:
    assert COMPLETE_SHARE == scoring.COMPLETE_SHARE
    assert COMPLETE_SHARE * LENGTH < LENGTH - 1  # one of a form may be out of reach
