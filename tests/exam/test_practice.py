"""Practice: what it draws, what it counts for, and what it leaves alone."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.engine.batch import MAX_INTEGER, parse_batch
from exam.engine.practice import Choice, Mode
from exam.models import Attempt, Blueprint, Practice, Response, Score
from exam.selectors.attempts import unscored_attempt_ids
from exam.selectors.history import sat_by
from exam.selectors.pool import seen_version_ids
from exam.selectors.practice import practice_items, practices_for
from exam.selectors.practice_done import Line, practice_done
from exam.selectors.practice_screen import practice_screen
from exam.services import attempts, exposure, practice, scoring
from exam.services.practice import OPEN_FOR, Plan
from exam.services.saving import save
from questions.models import Question, QuestionStatus, QuestionVersion
from tests.exam.builders import choices, practise, sit
from tests.exam.conftest import NOON, batch, change, start

LATER = NOON + timedelta(hours=2)
ALL = range(1, 17)  # the positions of a practice of the whole tiny bank, but for two pilots


def met_questions(attempt: Attempt) -> list[int]:
    ids = attempt.exam_form.version_ids
    question = dict(QuestionVersion.objects.filter(pk__in=ids).values_list("pk", "question_id"))
    return [question[pk] for pk in ids]


def active(questions: list[int]) -> set[int]:
    """Without those in trial, which are never practised."""
    return set(
        Question.objects.filter(pk__in=questions, status=QuestionStatus.ACTIVE).values_list(
            "pk", flat=True
        )
    )


def drawn(candidate: User, blueprint: Blueprint, mode: Mode, at: datetime = LATER) -> set[int]:
    begun = practice.start(
        candidate, blueprint, Plan(Choice(mode), "x", 100), weakest=(), at=at, seed=3
    )
    return set(met_questions(begun))


# ------------------------------------------------------------------ what is drawn
def test_missed_questions_are_those_wrong_at_the_last_meeting(
    blueprint: Blueprint, candidate: User
) -> None:
    first = practise(candidate, blueprint, at=NOON, right=range(1, 13))
    missed = set(met_questions(first)[12:])
    assert drawn(candidate, blueprint, Mode.MISSED) == missed
    again = practise(
        candidate, blueprint, at=LATER, choice=Choice(Mode.MISSED), right=[1, 2], seed=9
    )
    assert drawn(candidate, blueprint, Mode.MISSED, LATER + timedelta(hours=1)) == missed - set(
        met_questions(again)[:2]
    )


def test_an_exam_fills_the_short_lists(blueprint: Blueprint, candidate: User) -> None:
    begun = start(candidate, blueprint, at=NOON)
    counted = [p for p in range(1, 7) if p not in begun.exam_form.pilot_positions]
    flagged, slow, changed, blank = counted
    exam = sit(
        candidate,
        blueprint,
        at=NOON,
        right=[flagged, slow],
        left_right=[changed],
        blank=[blank],
        rest={flagged: {"flagged": True}, slow: {"spent_ms": 500_000}},
    )
    asked = dict(enumerate(met_questions(exam), 1))
    wrong = [asked[p] for p in range(1, 7) if p not in (flagged, slow)]
    assert drawn(candidate, blueprint, Mode.MISSED) == active(wrong)
    assert drawn(candidate, blueprint, Mode.CHANGED) == {asked[changed]}
    assert drawn(candidate, blueprint, Mode.FLAGGED) == {asked[flagged]}
    assert drawn(candidate, blueprint, Mode.SLOW) == {asked[slow]}
    assert not drawn(candidate, blueprint, Mode.UNSEEN) & set(asked.values())


def test_practice_and_its_answers_wait_while_an_exam_is_being_sat(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    now = datetime.now(UTC)
    begun = practise(candidate, blueprint, at=now, ended=False, seed=1)
    done = practise(candidate, blueprint, at=now, seed=2)
    exam = start(candidate, blueprint, at=now)
    with pytest.raises(attempts.NotPossible, match="sitting an exam"):
        drawn(candidate, blueprint, Mode.STUDY, now)
    closed = [
        reverse("exam:sitting", kwargs={"pk": begun.pk}),
        reverse("exam:practice_done", kwargs={"pk": done.pk}),
        reverse("exam:review", kwargs={"pk": done.pk}),
        reverse("exam:review_question", kwargs={"pk": done.pk, "position": 1}),
    ]
    for address in closed:
        answer = page.get(address, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("exam:practice")
        assert "zz-sentinel-rationale" not in answer.content.decode()
        assert "Back to the exam" in answer.content.decode()
    attempts.submit(exam.pk, by=attempts.EndedBy.CANDIDATE, at=now)
    assert all(page.get(address).status_code == 200 for address in closed)


def test_an_exam_asks_nothing_that_a_page_of_practice_has_answered(
    blueprint: Blueprint, candidate: User
) -> None:
    begun = practise(candidate, blueprint, at=NOON, ended=False, left=ALL, count=8)
    exam = start(candidate, blueprint, at=LATER)
    assert not set(exam.exam_form.version_ids) & set(begun.exam_form.version_ids)


def test_the_daily_ten_are_drawn_once_a_day(blueprint: Blueprint, candidate: User) -> None:
    plan = Plan(Choice(Mode.DAILY), "Daily ten")
    one, two, tomorrow = (
        practice.start(candidate, blueprint, plan, weakest=["2.1"], at=at, seed=seed)
        for at, seed in ((NOON, 1), (LATER, 2), (NOON + timedelta(days=1), 3))
    )
    assert one == two != tomorrow
    assert one.length == 10
    parts = QuestionVersion.objects.filter(pk__in=one.exam_form.version_ids)
    assert parts.filter(subdomain__code="2.1").count() == 5


def test_what_is_due_comes_back_as_a_sibling_or_itself(
    blueprint: Blueprint, candidate: User
) -> None:
    first = practise(candidate, blueprint, at=NOON, right=range(2, 17))
    missed = met_questions(first)[0]
    at = NOON + timedelta(days=2)
    begun = practice.start(
        candidate, blueprint, Plan(Choice(Mode.DUE), "Due"), weakest=(), at=at, seed=4
    )
    assert begun.practice.stands_for == [missed]
    asked = QuestionVersion.objects.get(pk=begun.exam_form.version_ids[0])
    card = QuestionVersion.objects.get(question_id=missed)
    assert asked.subdomain_id == card.subdomain_id
    assert asked.question_id == missed or set(asked.tags) & set(card.tags)


def test_nothing_that_fits_is_one_sentence(blueprint: Blueprint, candidate: User) -> None:
    with pytest.raises(attempts.NotPossible, match="No question fits"):
        drawn(candidate, blueprint, Mode.MISSED)
    assert not Attempt.objects.exists()


def test_a_mix_with_a_clock_has_the_pace_of_the_exam(blueprint: Blueprint, candidate: User) -> None:
    timed = Plan(Choice(Mode.MIX), "Mix", count=9, at_once=False, timed=True)
    begun = practice.start(candidate, blueprint, timed, weakest=(), at=NOON, seed=1)
    assert begun.deadline - begun.started_at == timedelta(minutes=15)  # 10 minutes for 6
    free = Plan(Choice(Mode.MIX), "Mix", count=9)
    assert (
        practice.start(candidate, blueprint, free, weakest=(), at=NOON, seed=1).deadline
        == NOON + OPEN_FOR
    )


# ------------------------------------------------------------------ what it leaves alone
def test_practice_enters_no_score_trend_or_exposure(blueprint: Blueprint, candidate: User) -> None:
    done = practise(candidate, blueprint, at=NOON, right=ALL)
    assert scoring.score(done.pk, at=LATER) is None
    assert unscored_attempt_ids() == []
    assert sat_by(candidate) == []
    assert exposure.refresh() == 0
    assert not Score.objects.exists()


def test_practice_stands_beside_an_open_exam_and_counts_no_start(
    blueprint: Blueprint, candidate: User
) -> None:
    for seed in range(3):
        practise(candidate, blueprint, at=NOON, ended=False, seed=seed, count=2)
    exam = attempts.start(candidate, blueprint, at=LATER, seed=1, starts_per_day=1)
    assert (exam.number, practices_for(candidate).count()) == (1, 3)


def test_what_was_met_in_practice_is_seen_and_the_rest_of_it_is_not(
    blueprint: Blueprint, candidate: User
) -> None:
    done = practise(candidate, blueprint, at=NOON, left=range(4, 17), at_once=False)
    assert seen_version_ids(candidate, blueprint.bank_id) == done.exam_form.version_ids[:3]


def test_a_practice_nobody_finished_ends_by_the_clock(
    blueprint: Blueprint, candidate: User
) -> None:
    begun = practise(candidate, blueprint, at=NOON, ended=False, count=3)
    assert attempts.sweep(at=NOON + OPEN_FOR) == 0
    assert attempts.sweep(at=NOON + OPEN_FOR + timedelta(minutes=2)) == 1
    begun.refresh_from_db()
    assert (begun.state, begun.ended_by) == ("submitted", "clock")


# ------------------------------------------------------------------ saving
def test_once_looked_up_an_answer_stays_as_it_was(blueprint: Blueprint, candidate: User) -> None:
    begun = practise(candidate, blueprint, at=NOON, sure=[1], ended=False, count=2)
    before = Response.objects.get(attempt=begun, position=1)
    key, _wrong = choices(begun)[0]
    later = change(1, 50, key, checked=False, confidence=1, miss="slip", note="n")
    save(begun.pk, candidate.pk, parse_batch(batch(1, later)), at=LATER)
    after = Response.objects.get(attempt=begun, position=1)
    assert (after.selected, after.confidence, after.checked, after.path) == (
        before.selected,
        2,
        True,
        before.path,
    )
    assert (after.seq, after.miss, after.note) == (50, "slip", "n")


def test_another_choice_after_the_answer_was_shown_comes_back_as_it_is_stored(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    begun = practise(candidate, blueprint, at=datetime.now(UTC), ended=False, count=2)
    key, _wrong = choices(begun)[0]
    other = change(1, 70, key, at_ms=9, checked=True)
    answer = page.post(
        reverse("exam:sync", kwargs={"pk": begun.pk}),
        json.dumps(batch(1, other)),
        content_type="application/json",
    ).json()
    assert answer["acked"] == {"1": 70}
    assert answer["newer"]["1"]["selected"] == _wrong


def test_an_exam_knows_nothing_of_practice(blueprint: Blueprint, candidate: User) -> None:
    exam = start(candidate, blueprint, at=NOON)
    attempts.claim(exam.pk, candidate, previous=None, take_over=False, at=NOON)
    sent = change(1, 1, [1], confidence=2, checked=True, miss="slip")
    save(exam.pk, candidate.pk, parse_batch(batch(1, sent)), at=LATER)
    stored = Response.objects.get(attempt=exam, position=1)
    assert (stored.confidence, stored.checked, stored.miss) == (0, False, "")


def test_what_was_left_blank_in_practice_is_not_missed(
    blueprint: Blueprint, candidate: User
) -> None:
    done = practise(candidate, blueprint, at=NOON, right=[1], left=range(3, 17))
    Response.objects.filter(attempt=done).update(spent_ms=9000)
    assert drawn(candidate, blueprint, Mode.MISSED) == {met_questions(done)[1]}
    assert len(drawn(candidate, blueprint, Mode.UNSEEN)) == 14


def test_the_open_time_of_practice_fits_the_protocol() -> None:
    until = (OPEN_FOR + timedelta(hours=1)) / timedelta(milliseconds=1)
    assert until < MAX_INTEGER


def test_an_unknown_reason_or_confidence_is_refused() -> None:
    for wrong in ({"miss": "bored"}, {"confidence": 3}, {"checked": "yes"}, {"miss": None}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            parse_batch(batch(1, change(1, 1, [1], **wrong)))


# ------------------------------------------------------------------ the summary
def test_the_summary_counts_what_was_answered(blueprint: Blueprint, candidate: User) -> None:
    done = practise(
        candidate,
        blueprint,
        at=NOON,
        right=[1, 2],
        left=range(5, 17),
        sure=[1, 3],
        miss={3: "slip"},
    )
    found = practice_done(done)
    assert (found.right, found.wrong, found.left) == (2, 2, 12)
    assert (found.sure_wrong, found.unsaid) == (1, 1)
    assert sum(line.count for line in found.lines) == 4
    assert all(isinstance(line, Line) and line.right <= line.count for line in found.lines)


# ------------------------------------------------------------------ through the pages
def test_the_screen_says_how_many_questions_each_choice_has(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    practise(candidate, blueprint, at=datetime.now(UTC) - timedelta(hours=1), right=range(1, 15))
    screen = practice_screen(candidate, blueprint, datetime.now(UTC))
    assert (screen.total, screen.counts[Mode.MISSED], screen.counts[Mode.UNSEEN]) == (16, 2, 0)
    assert [(part.code, part.total) for part in screen.subdomains] == [
        ("1.1", 6),
        ("1.2", 5),
        ("2.1", 5),
    ]
    html = page.get(reverse("exam:practice")).content.decode()
    assert html.count('value="missed"') == 2  # the list, and the mix's "only missed"
    assert 'value="changed"' not in html


def test_choosing_a_drill_opens_it_on_the_page_of_the_exam(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    answer = page.post(
        reverse("exam:practice_start"), {"mode": "drill", "parts": "2.1", "bank": "tiny"}
    )
    begun = practices_for(candidate).get()
    assert answer["Location"] == reverse("exam:sitting", kwargs={"pk": begun.pk})
    assert begun.practice.title == "Drill: 2.1 Weigh and scale"
    html = page.get(answer["Location"]).content.decode()
    assert html.count('class="answer"') == html.count('class="question"') == 5
    assert "Finish practice" in html


def test_answers_that_come_at_the_end_are_not_on_the_page(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    page.post(reverse("exam:practice_start"), {"mode": "mix", "count": "3", "show": "at_end"})
    begun = practices_for(candidate).get()
    html = page.get(reverse("exam:sitting", kwargs={"pk": begun.pk})).content.decode()
    assert begun.length == 3
    assert "zz-sentinel-rationale" not in html
    assert "data-key" not in html


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"count": "0"}, "Choose at least one question."),
        ({"count": "101"}, "At most 100 questions at a time."),
        ({"count": "ten"}, "Enter a whole number."),
        ({"timed": "on"}, "With a clock the answers come at the end."),
        ({"parts": "9.9"}, "9.9 is not one of the available choices"),
        ({"mode": "cram"}, "cram is not one of the available choices"),
    ],
)
def test_a_wrong_wish_is_one_sentence_and_starts_nothing(
    page: Client, blueprint: Blueprint, sent: dict, sentence: str
) -> None:
    answer = page.post(reverse("exam:practice_start"), {"mode": "mix", "count": "5"} | sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Practice.objects.exists()


def test_a_whole_domain_can_be_drilled(page: Client, candidate: User, blueprint: Blueprint) -> None:
    html = page.get(reverse("exam:practice")).content.decode()
    assert 'name="parts" value="1"' in html
    page.post(reverse("exam:practice_start"), {"mode": "drill", "parts": "1"})
    assert practices_for(candidate).get().length == 11


@pytest.mark.parametrize("bank", ["nowhere", "\0", "a" * 99, "'"])
def test_a_bank_that_is_not_there_has_no_practice(
    page: Client, blueprint: Blueprint, bank: str
) -> None:
    text = page.get(reverse("exam:practice"), {"bank": bank}).content.decode()
    assert "There is nothing to practise yet." in text
    assert page.post(reverse("exam:practice_start"), {"bank": bank}).status_code == 302


def test_without_a_question_for_a_choice_the_screen_says_so(
    page: Client, blueprint: Blueprint
) -> None:
    answer = page.post(reverse("exam:practice_start"), {"mode": "due"}, follow=True)
    assert "No question fits this choice right now." in answer.content.decode()


def test_a_finished_practice_shows_its_summary_and_its_review(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    done = practise(candidate, blueprint, at=NOON, right=[1], left=range(3, 17))
    result = reverse("exam:result", kwargs={"pk": done.pk})
    summary = page.get(result, follow=True).content.decode()
    assert "1 of 2 right" in summary
    review = page.get(reverse("exam:review", kwargs={"pk": done.pk})).content.decode()
    assert "Study" in review
    assert page.get(reverse("exam:report", kwargs={"pk": done.pk})).status_code == 404


def test_an_open_practice_leads_back_to_its_page(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    begun = practise(candidate, blueprint, at=datetime.now(UTC), ended=False, count=2)
    sitting = reverse("exam:sitting", kwargs={"pk": begun.pk})
    assert page.get(reverse("exam:practice_done", kwargs={"pk": begun.pk}))["Location"] == sitting
    assert sitting in page.get(reverse("exam:practice")).content.decode()


def test_nobody_sees_the_practice_of_somebody_else(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    other = User.objects.create_user("eve@example.org")
    done = practise(other, blueprint, at=NOON)
    for name in ("practice_done", "sitting", "review"):
        assert page.get(reverse(f"exam:{name}", kwargs={"pk": done.pk})).status_code == 404


def test_a_reason_is_stored_with_one_tap_and_taken_back_with_another(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    exam = sit(candidate, blueprint, at=NOON, right=[1])
    address = reverse("exam:classify_miss", kwargs={"pk": exam.pk, "position": 2})
    for sent, stored in (("misread", "misread"), ("nonsense", "misread"), ("", "")):
        answer = page.post(f"{address}?show=wrong", {"miss": sent})
        assert answer["Location"].endswith(f"/attempts/{exam.pk}/review/2/?show=wrong")
        assert Response.objects.get(attempt=exam, position=2).miss == stored
    right = reverse("exam:classify_miss", kwargs={"pk": exam.pk, "position": 1})
    page.post(right, {"miss": "slip"})
    assert Response.objects.get(attempt=exam, position=1).miss == ""


def test_a_looked_up_answer_is_learnt_from_at_once(
    page: Client, candidate: User, blueprint: Blueprint, django_capture_on_commit_callbacks
) -> None:
    begun = practise(
        candidate, blueprint, at=datetime.now(UTC), ended=False, learned=False, left=ALL
    )
    _key, wrong = choices(begun)[0]
    answer = page.post(
        reverse("exam:sync", kwargs={"pk": begun.pk}),
        json.dumps(batch(1, change(1, 1, wrong, at_ms=5, checked=True))),
        content_type="application/json",
    )
    assert answer.json()["acked"] == {"1": 1}
    items = {item.question: item for item in practice_items(candidate, blueprint.bank)}
    assert not items[met_questions(begun)[0]].met.right
