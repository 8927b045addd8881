"""What candidates see of a corrected score: at home, on the report, in the review, by mail."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.models import Attempt, Blueprint
from exam.selectors.measurement.corrections import corrections_for, story_of
from exam.services.measurement import corrections
from exam.services.results import reports
from questions.models import KeyChange
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.exam.measurement.fixing import (
    FIXED,
    REASON,
    fix,
    other_mask,
    raise_score,
    scored_of,
    told,
    version_at,
)
from tests.factories import UserFactory


def text_of(page: Client, name: str, *args: Any) -> str:
    answer = page.get("/" if name == "home" else reverse(f"exam:{name}", args=args))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def sat(sat: Attempt) -> Attempt:
    """Its report was read."""
    reports.mark_read(sat, at=NOON + timedelta(hours=1))
    return sat


# ------------------------------------------------------------------ notices
def test_home_tells_of_a_corrected_score_until_its_report_is_read(
    page: Client, sat: Attempt, position: int, instructor: User
) -> None:
    raise_score(sat, position, instructor)
    old, new = (score.scaled_score for score in told(sat))
    home = text_of(page, "home")
    assert f"This score rose from {old} to {new}." in home
    assert f"Question {position}</a>: its key was wrong. {REASON}" in home
    assert f"This score rose from {old} to {new}." in text_of(page, "report", sat.pk)
    assert "This score rose" not in text_of(page, "home")
    assert f"This score rose from {old} to {new}." in text_of(page, "report", sat.pk)


def test_a_lost_point_is_told_as_kindly(
    page: Client, blueprint: Blueprint, candidate: User, instructor: User
) -> None:
    passed = sit(candidate, blueprint, at=NOON, right=range(1, 7))
    reports.mark_read(passed, at=NOON)
    for place in scored_of(passed)[:2]:
        version = version_at(passed, place)
        fix(version, instructor, key=other_mask(version.pk), reason=REASON)
    old, _between, new = told(passed)
    assert (old.passed, new.passed) == (True, False)
    home = text_of(page, "home")
    assert f"This score fell from {old.scaled_score} to {new.scaled_score}." in home
    assert "below the cut now. We are sorry: the mistake was ours, not yours." in home


def test_two_corrections_make_one_notice_from_the_score_last_seen(
    candidate: User, sat: Attempt, instructor: User
) -> None:
    places = [place for place in scored_of(sat) if place > 2][:2]
    for place in places:
        raise_score(sat, place, instructor)
    (notice,) = corrections_for(candidate)
    first, _second, third = told(sat)
    assert (notice.before, notice.score) == (first, third)
    assert [cause.position for cause in notice.causes] == places
    story = story_of(sat)
    assert [[cause.position for cause in one.causes] for one in story.corrected] == [
        [places[0]],
        [places[1]],
    ]


def test_a_change_that_left_the_score_alone_is_not_named_as_its_cause(
    blueprint: Blueprint, candidate: User, instructor: User
) -> None:
    blank = sit(candidate, blueprint, at=NOON, blank=[1, 2, 3])
    reports.mark_read(blank, at=NOON)
    left_out = next(place for place in scored_of(blank) if place <= 3)
    answered = next(place for place in scored_of(blank) if place > 3)
    version = version_at(blank, left_out)
    fix(version, instructor, key=other_mask(version.pk), reason="It was another one.")
    raise_score(blank, answered, instructor)
    (notice,) = corrections_for(candidate)
    assert [cause.position for cause in notice.causes] == [answered]


def test_nothing_is_told_where_the_first_score_was_never_seen_or_nothing_moved(
    blueprint: Blueprint, candidate: User, instructor: User
) -> None:
    unread = sit(candidate, blueprint, at=NOON, right=[1, 2])
    pilot = unread.exam_form.pilot_positions[0]
    position = next(place for place in scored_of(unread) if place > 2)
    raise_score(unread, position, instructor)
    fix(version_at(unread, pilot), instructor, drops=True)
    assert corrections_for(candidate) == []
    assert len(story_of(unread).corrected) == 1


def test_nobody_sees_the_corrections_of_others(
    client: Client, sat: Attempt, position: int, instructor: User
) -> None:
    raise_score(sat, position, instructor)
    stranger = UserFactory()
    assert corrections_for(stranger) == []
    client.force_login(stranger, backend="accounts.backends.PasswordBackend")
    assert client.get(reverse("exam:report", args=[sat.pk])).status_code == 404
    assert told(sat)[-1].noted_at is None


# ------------------------------------------------------------------ mail
def test_one_mail_for_each_candidate_however_often_it_is_sent(
    settings: Any,
    blueprint: Blueprint,
    candidate: User,
    sat: Attempt,
    position: int,
    instructor: User,
) -> None:
    settings.HAS_MAIL = True
    raise_score(sat, position, instructor)
    for _n in range(2):
        corrections.announce(candidate.pk, at=FIXED)
    (letter,) = mail.outbox
    old, new = (score.scaled_score for score in told(sat))
    assert letter.to == [candidate.email]
    assert f"was {old} and is {new} now." in letter.body
    assert f"Question {position}: {REASON}" in letter.body
    assert reverse("exam:report", args=[sat.pk]) in letter.body


def test_a_correction_that_says_nothing_new_does_not_swallow_the_mail_of_the_one_before(
    settings: Any, candidate: User, sat: Attempt, position: int, instructor: User
) -> None:
    settings.HAS_MAIL = True
    raise_score(sat, position, instructor)
    fix(version_at(sat, min(sat.exam_form.pilot_positions)), instructor, drops=True)
    assert [score.announced_at is None for score in told(sat)[1:]] == [True, False]
    corrections.announce(candidate.pk, at=FIXED)
    assert [letter.to for letter in mail.outbox] == [[candidate.email]]


def test_without_a_mail_server_nothing_is_sent_now_or_later(
    settings: Any, candidate: User, sat: Attempt, position: int, instructor: User
) -> None:
    settings.HAS_MAIL = False
    raise_score(sat, position, instructor)
    settings.HAS_MAIL = True
    corrections.announce(candidate.pk, at=FIXED)
    assert mail.outbox == []


# ------------------------------------------------------------------ report, review, history
def test_the_report_lists_the_versions_and_counts_what_counts(
    page: Client, sat: Attempt, position: int, instructor: User
) -> None:
    fix(version_at(sat, position), instructor, drops=True, reason="Two options are right.")
    report = text_of(page, "report", sat.pk)
    old, new = told(sat)
    assert f"Issued {old.scaled_score}" in report
    assert f"corrected {new.scaled_score} on" in report
    assert f"{new.raw_score} of {new.scored_count}" in report
    assert "1 question was taken out of scoring." in report
    assert "it does not count any more. Two options are right." in report


def test_the_review_says_what_became_of_the_key_in_the_letters_that_were_seen(
    page: Client, sat: Attempt, position: int, instructor: User
) -> None:
    version, order = version_at(sat, position), sat.option_orders[position - 1]
    raise_score(sat, position, instructor)
    change = KeyChange.objects.get(version=version)
    was, now = (
        ", ".join(
            "ABCDEFGHIJ"[place] for place, ordinal in enumerate(order) if mask >> int(ordinal) & 1
        )
        for mask in (change.before, change.after)
    )
    question = text_of(page, "review_question", sat.pk, position)
    assert f"{was} became {now}.</strong> {REASON}" in question
    fix(version, instructor, drops=True, reason="Two options are right.")
    assert "Does not count any more" in text_of(page, "review_question", sat.pk, position)


def test_the_history_marks_only_what_was_corrected(
    page: Client,
    blueprint: Blueprint,
    candidate: User,
    sat: Attempt,
    position: int,
    instructor: User,
) -> None:
    assert "Corrected" not in text_of(page, "history")
    raise_score(sat, position, instructor)
    assert text_of(page, "history").count(">Corrected<") == 1


def test_shares_are_corrected_in_percent(
    page: Client, blueprint: Blueprint, sat: Attempt, position: int, instructor: User
) -> None:
    Blueprint.objects.filter(pk=blueprint.pk).update(report="percent")
    raise_score(sat, position, instructor)
    old, new = (round(100 * score.raw_score / score.scored_count) for score in told(sat))
    assert f"This score rose from {old} % to {new} %." in text_of(page, "home")
    report = text_of(page, "report", sat.pk)
    assert f"Issued {old} % · corrected {new} % on" in report
    assert "reaches the cut" not in report


def test_a_domain_of_which_nothing_is_left_breaks_no_page(
    page: Client, sat: Attempt, instructor: User
) -> None:
    domain = version_at(sat, scored_of(sat)[0]).subdomain.domain_id
    for place in range(1, 7):
        version = version_at(sat, place)
        if version.subdomain.domain_id == domain:
            fix(version, instructor, drops=True)
    assert len(told(sat)[-1].domains) == len(told(sat)[0].domains) - 1
    for name in ("report", "review"):
        text_of(page, name, sat.pk)
    for name in ("home", "history", "readiness", "readiness_parts", "readiness_habits"):
        text_of(page, name)
