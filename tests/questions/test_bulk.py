"""Status and tags of several questions at once: who may change, what follows, what stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from questions.models import (
    Bank,
    DraftSave,
    EventKind,
    Question,
    QuestionEvent,
    QuestionStatus,
    QuestionVersion,
)
from questions.selectors.bank_list import Filters, matching
from questions.selectors.moves import OBSTACLES, moves_of_all
from questions.services import tagging
from questions.services.bulk import change_status
from questions.services.drafting import Conflict, create_question, save_draft
from questions.services.errors import NotPossible
from questions.services.tagging import Tagged, change_tags
from tests.questions.listed import NOW, approved, empty_bank, listed, person

LATER = NOW + timedelta(hours=1)
DRAFT, IN_REVIEW = QuestionStatus.DRAFT, QuestionStatus.IN_REVIEW
PILOT, ACTIVE, RETIRED = QuestionStatus.PILOT, QuestionStatus.ACTIVE, QuestionStatus.RETIRED
pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    """An empty one."""
    return empty_bank()


@pytest.fixture
def ada() -> User:
    """An instructor."""
    return person("Ada")


@pytest.fixture
def page(client: Client, ada: User) -> Client:
    """Ada's browser."""
    client.force_login(ada, backend="accounts.backends.PasswordBackend")
    return client


@pytest.fixture
def all_kinds(bank: Bank) -> Bank:
    """Questions in every standing there is, by what they are called."""
    listed(bank, "draft")
    listed(bank, "in_review", status=IN_REVIEW)
    approved(bank, "pilot", status=PILOT)
    approved(bank, "active")
    approved(bank, "retired", status=RETIRED)
    approved(bank, "blocked", status=RETIRED, blocks=1)
    approved(bank, "keyless", status=RETIRED, key=False)
    listed(bank, "abandoned", status=RETIRED)
    return bank


def statuses(bank: Bank) -> dict[str, str]:
    return dict(bank.questions.values_list("code", "status"))


def codes(bank: Bank, **filters: Any) -> list[str]:
    return sorted(question.code for question in matching(bank, Filters(**filters)))


def history(bank: Bank) -> list[tuple[str, str, str]]:
    events = QuestionEvent.objects.filter(question__bank=bank).order_by("question__code", "pk")
    return list(events.values_list("question__code", "kind", "note"))


# ------------------------------------------------------------------ status
@pytest.mark.parametrize(
    ("status", "changed"),
    [
        (ACTIVE, {"pilot"}),
        (PILOT, {"active", "retired"}),
        (RETIRED, {"draft", "pilot", "active"}),
        (DRAFT, {"abandoned"}),
    ],
)
def test_only_what_may_have_a_status_gets_it(
    all_kinds: Bank, ada: User, status: QuestionStatus, changed: set[str]
) -> None:
    before = statuses(all_kinds)
    assert change_status(all_kinds.questions.all(), status, by=ada, at=LATER) == len(changed)
    after = statuses(all_kinds)
    assert after == before | dict.fromkeys(changed, status.value)
    assert history(all_kinds) == [
        (code, EventKind.STATUS, f"{before[code]} {status.value}") for code in sorted(changed)
    ]


def test_nothing_goes_around_the_review(bank: Bank, ada: User) -> None:
    listed(bank, "draft")
    listed(bank, "in_review", status=IN_REVIEW)
    before = statuses(bank)
    for status in (PILOT, ACTIVE):
        assert change_status(bank.questions.all(), status, by=ada, at=LATER) == 0
    assert statuses(bank) == before
    assert IN_REVIEW not in OBSTACLES


def test_what_is_foretold_is_what_happens(all_kinds: Bank, ada: User) -> None:
    questions = all_kinds.questions.all()
    foretold = {move.status: move for move in moves_of_all(questions)}
    told = {
        status: (move.may, move.already, [(n, str(why).split(":")[0]) for n, why in move.others])
        for status, move in foretold.items()
    }
    unseen = (3, "never approved")
    unfit = [(1, "without a right answer"), (1, "with something that must be fixed first")]
    assert told == {
        ACTIVE: (1, 1, [unseen, (3, "retired")]),
        PILOT: (2, 1, [unseen, *unfit]),
        RETIRED: (3, 4, [(1, "in review")]),
        DRAFT: (1, 1, [(1, "in review"), (5, "approved once before")]),
    }
    for may, already, others in told.values():
        assert may + already + sum(n for n, _why in others) == 8
    assert change_status(questions, ACTIVE, by=ada, at=LATER) == foretold[ACTIVE].may


@pytest.mark.parametrize("fault", [{"key": False}, {"blocks": 1}])
def test_without_a_key_or_with_a_blocking_finding_nothing_counts(
    bank: Bank, ada: User, fault: dict[str, Any]
) -> None:
    approved(bank, "a", status=PILOT, **fault)
    assert change_status(bank.questions.all(), ACTIVE, by=ada, at=LATER) == 0
    move = moves_of_all(bank.questions.all())[0]
    assert (move.status, move.may, [n for n, _why in move.others]) == (ACTIVE, 0, [1])


def test_findings_of_a_working_copy_do_not_hold_the_approved_version(bank: Bank, ada: User) -> None:
    question = approved(bank, "a", status=PILOT)
    save_draft(question.pk, {"stem": "Half"}, revision=0, by=ada, at=NOW)
    question.refresh_from_db()
    assert question.blocks > 0
    assert change_status(bank.questions.all(), ACTIVE, by=ada, at=LATER) == 1


def test_a_changed_status_is_a_change_made_here(bank: Bank, ada: User) -> None:
    question = approved(bank, "a", is_from_files=True)
    left = approved(bank, "b", is_from_files=True, status=RETIRED)
    change_status(bank.questions.all(), RETIRED, by=ada, at=LATER)
    question.refresh_from_db()
    left.refresh_from_db()
    assert (question.is_from_files, question.changed_at) == (False, LATER)
    assert (left.is_from_files, left.changed_at) == (True, NOW)
    event = QuestionEvent.objects.get(question__bank=bank)
    assert (event.question, event.actor, event.at) == (question, ada, LATER)


def test_exams_notice_only_what_they_draw_from(bank: Bank, ada: User) -> None:
    draft, active = listed(bank, "draft"), approved(bank, "active")
    revisions = []
    for question in (draft, active, active):
        change_status(Question.objects.filter(pk=question.pk), RETIRED, by=ada, at=LATER)
        bank.refresh_from_db()
        revisions.append(bank.revision)
    assert revisions == [0, 1, 1]


def test_many_are_changed_in_steps(bank: Bank, ada: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("questions.services.bulk.STEP", 2)
    for _n in range(5):
        listed(bank)
    assert change_status(bank.questions.all(), RETIRED, by=ada, at=LATER) == 5
    assert set(statuses(bank).values()) == {"retired"}


def test_a_status_takes_the_same_statements_for_one_and_for_three(bank: Bank, ada: User) -> None:
    taken = []
    for count in (1, 3):
        ids = [approved(bank).pk for _n in range(count)]
        with CaptureQueriesContext(connection) as captured:
            change_status(Question.objects.filter(pk__in=ids), RETIRED, by=ada, at=LATER)
        taken.append(len(captured))
    assert taken[0] == taken[1] <= 9


# ------------------------------------------------------------------ tags
def test_tags_are_added_and_taken_away(bank: Bank, ada: User) -> None:
    one = approved(bank, "a", tags=["old", "heat"], is_from_files=True)
    two = approved(bank, "b", tags=[])
    same = approved(bank, "c", tags=["new"], is_from_files=True)
    done = change_tags(bank.questions.all(), add=["new"], remove=["old"], by=ada, at=LATER)
    assert done == Tagged(changed=2, in_review=0, full=0)
    rows = bank.questions.order_by("code").values_list("tags", "is_from_files")
    assert list(rows) == [(["heat", "new"], False), (["new"], False), (["new"], True)]
    assert history(bank) == [(q.code, EventKind.TAGS, "+new -old") for q in (one, two)]
    assert codes(bank, tag="new") == ["a", "b", "c"]
    assert codes(bank, words="new") == ["a", "b"]
    same.refresh_from_db()
    assert same.changed_at == NOW


def test_the_last_tag_can_be_taken_away(bank: Bank, ada: User) -> None:
    approved(bank, "a", tags=["old"])
    change_tags(bank.questions.all(), remove=["old"], by=ada, at=LATER)
    assert list(matching(bank, Filters(words="old"))) == []
    assert bank.questions.get().tags == []
    assert QuestionVersion.objects.get(question__bank=bank).tags == ["old"]  # versions never change


def test_an_open_editor_is_told_and_overwrites_no_tag(bank: Bank, ada: User) -> None:
    content = {"stem": "Why?", "tags": ["old"]}
    question = create_question(bank, by=ada, at=NOW, content=content)
    change_tags(bank.questions.all(), add=["new"], by=person("Bo"), at=LATER)
    question.refresh_from_db()
    assert (question.tags, question.draft.content["tags"]) == (["old", "new"], ["old", "new"])
    assert question.draft.revision == 2
    with pytest.raises(Conflict) as caught:
        save_draft(question.pk, content, revision=1, by=ada, at=LATER)
    assert caught.value.draft.content["tags"] == ["old", "new"]
    saves = DraftSave.objects.order_by("revision").values_list("revision", "content__tags")
    assert list(saves) == [(1, ["old"]), (2, ["old", "new"])]


def test_the_published_tags_and_those_of_the_copy_are_changed_each(bank: Bank, ada: User) -> None:
    question = approved(bank, "a", tags=["a"])
    save_draft(question.pk, {"tags": ["a", "b"]}, revision=0, by=ada, at=NOW)
    change_tags(bank.questions.all(), add=["c"], remove=["a"], by=ada, at=LATER)
    question.refresh_from_db()
    assert (question.tags, question.draft.content["tags"]) == (["c"], ["b", "c"])


def test_what_reviewers_see_is_left_alone(bank: Bank, ada: User) -> None:
    question = approved(bank, "a", tags=["a"])
    question.proposed = question.current
    question.save()
    done = change_tags(bank.questions.all(), add=["b"], by=ada, at=LATER)
    assert done == Tagged(changed=0, in_review=1, full=0)
    assert bank.questions.get().tags == ["a"]
    assert history(bank) == []


def test_a_question_with_enough_tags_gets_no_more(bank: Bank, ada: User) -> None:
    approved(bank, "a", tags=[f"t{n}" for n in range(tagging.MOST_TAGS)])
    done = change_tags(bank.questions.all(), add=["one more"], by=ada, at=LATER)
    assert done == Tagged(changed=0, in_review=0, full=1)
    assert len(bank.questions.get().tags) == tagging.MOST_TAGS


def test_too_many_at_once_change_nothing(
    page: Client, bank: Bank, ada: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr("questions.services.tagging.MOST_QUESTIONS", 1)
    monkeypatch.setattr("questions.services.bulk.MOST_QUESTIONS", 1)
    for _n in range(2):
        listed(bank)
    with pytest.raises(NotPossible, match="At most 1 questions at once"):
        change_tags(bank.questions.all(), add=["a"], by=ada, at=LATER)
    for name, data in (("status", {"to": "retired"}), ("tags", {"add": "a"})):
        answer = page.post(f"/bank/one/{name}", {"all": "1", **data}).content.decode()
        assert "At most 1 questions at once: narrow the list first." in answer
    assert history(bank) == []


# ------------------------------------------------------------------ the pages
def test_ticked_questions_get_another_status(page: Client, all_kinds: Bank) -> None:
    ids = list(all_kinds.questions.filter(code__in=["pilot", "draft"]).values_list("pk", flat=True))
    asked = page.get("/bank/one/status", {"pk": ids, "q": "x", "status": "pilot"}).content.decode()
    assert "Change the status of 2 questions" in asked
    assert "1 never approved" in asked
    data = {"pk": ids, "to": "active", "part": "1"}
    answer = page.post("/bank/one/status", data, follow=True)
    assert answer.redirect_chain == [("/bank/one/?part=1", 302)]
    assert "1 question was changed to active." in answer.content.decode()
    before = {"draft": "draft", "pilot": "active"}
    assert {code: statuses(all_kinds)[code] for code in before} == before


def test_all_that_fit_get_another_status(page: Client, all_kinds: Bank) -> None:
    listed(empty_bank("two"), "elsewhere", status="draft")
    asked = page.get("/bank/one/status?all=1&status=draft").content.decode()
    assert "Change the status of 1 question" in asked
    assert '<input type="hidden" name="status" value="draft">' in asked
    page.post("/bank/one/status", {"all": "1", "status": "draft", "to": "retired"})
    assert list(Question.objects.filter(status="draft").values_list("code", flat=True)) == [
        "elsewhere"
    ]


def test_the_tags_page_says_what_it_did(page: Client, bank: Bank) -> None:
    question = approved(bank, "a", tags=["old"])
    in_review = approved(bank, "b")
    in_review.proposed = in_review.current
    in_review.save()
    data = {"all": "1", "add": " new ,,  two  words,new", "remove": "old"}
    answer = page.post("/bank/one/tags", data, follow=True).content.decode()
    assert "The tags of 1 question were changed. 1 is in review and stayed as it was." in answer
    question.refresh_from_db()
    assert question.tags == ["new", "two words"]


@pytest.mark.parametrize(
    ("page_name", "data", "words"),
    [
        ("status", {}, "Choose a status."),
        ("status", {"to": "in_review"}, "Select a valid choice."),
        ("tags", {}, "Name a tag to add or to take away."),
        ("tags", {"add": "x" * 61}, "At most 20 tags, each of at most 60 characters."),
        ("tags", {"add": ",".join(map(str, range(21)))}, "At most 20 tags"),
        ("tags", {"add": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_nonsense_is_told_and_changes_nothing(
    page: Client, bank: Bank, page_name: str, data: dict[str, str], words: str
) -> None:
    listed(bank, "a")
    answer = page.post(f"/bank/one/{page_name}", {"all": "1", **data})
    assert words in answer.content.decode()
    assert (statuses(bank), history(bank)) == ({"a": "draft"}, [])


@pytest.mark.parametrize("picked", [{}, {"pk": "x"}, {"pk": "²"}, {"pk": "9" * 40}])
def test_nothing_ticked_leads_back_to_the_list(
    page: Client, bank: Bank, picked: dict[str, str]
) -> None:
    listed(bank, "a")
    for name in ("status", "tags"):
        answer = page.get(f"/bank/one/{name}", {**picked, "part": "1"}, follow=True)
        assert answer.redirect_chain == [("/bank/one/?part=1", 302)]
        assert "Tick at least one question first." in answer.content.decode()


def test_a_question_of_another_bank_cannot_be_picked(page: Client, bank: Bank) -> None:
    foreign = listed(empty_bank("two"), "elsewhere")
    page.post("/bank/one/status", {"pk": foreign.pk, "to": "retired"})
    page.post("/bank/one/tags", {"pk": foreign.pk, "add": "x"})
    foreign.refresh_from_db()
    assert (foreign.status, foreign.tags) == ("draft", [])


def test_filters_that_make_no_sense_change_nothing(page: Client, bank: Bank) -> None:
    listed(bank, "a")
    for data in ({"status": "bogus"}, {"q": "-x"}):
        answer = page.post("/bank/one/status", {"all": "1", "to": "retired", **data})
        assert answer.status_code == 302
    assert statuses(bank) == {"a": "draft"}
