"""What the page of one question shows around its content: versions, reviews, talk, history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from accounts.models import User
from questions.formats.draft import QuestionDraft
from questions.formats.record import from_record
from questions.models import (
    Comment,
    Decision,
    Draft,
    EventKind,
    Question,
    QuestionEvent,
    QuestionStatus,
    QuestionVersion,
    Review,
)
from questions.selectors.content import whole_versions
from questions.selectors.reviews import CHECKLIST
from questions.selectors.shown import WORKING_COPY, content_at

EVENTS_SHOWN = 15


class Step(StrEnum):
    """The one thing to do next with a question."""

    FIX = "fix"  # go on writing: the linter blocks it
    SEND = "send"
    REVIEW = "review"
    WAIT = "wait"  # somebody else has to review it
    ACTIVATE = "activate"
    EDIT = "edit"
    BRING_BACK = "bring_back"


@dataclass(frozen=True, slots=True)
class Tab:
    """A content that can be looked at: its name and the end of its address."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the history in words."""

    words: str
    detail: str
    actor: User | None
    at: datetime
    version: int | None


def question_of(pk: int) -> Question | None:
    """The question with what its header shows."""
    related = ("bank", "subdomain__domain", "author", "current", "proposed", "draft__saved_by")
    return Question.objects.select_related(*related).filter(pk=pk).first()


def draft_if_any(question: Question) -> Draft | None:
    """The working copy, if there is one."""
    return getattr(question, "draft", None)


def next_step(question: Question, *, may_judge: bool) -> Step:
    """What this person should do next with it."""
    if question.proposed_id is not None:
        return Step.REVIEW if may_judge else Step.WAIT
    is_retired = question.status == QuestionStatus.RETIRED
    if draft_if_any(question) is not None and not (is_retired and question.current is None):
        return Step.FIX if question.blocks else Step.SEND
    if is_retired:
        return Step.BRING_BACK
    return Step.ACTIVATE if question.status == QuestionStatus.PILOT else Step.EDIT


def tabs_of(question: Question) -> list[Tab]:
    """The contents to look at: what exams use, and what is to come after it."""
    tabs = []
    if question.current is not None:
        in_use = question.status in (QuestionStatus.PILOT, QuestionStatus.ACTIVE)
        name = _("Version %(n)d, in use") if in_use else _("Version %(n)d")
        tabs.append(Tab(str(question.current.number), name % {"n": question.current.number}))
    if question.proposed is not None:
        number = question.proposed.number
        tabs.append(Tab(str(number), _("Version %(n)d, in review") % {"n": number}))
    elif draft_if_any(question) is not None:
        tabs.append(Tab(WORKING_COPY, _("Working copy")))
    return tabs


def is_in_use(question: Question, code: str) -> bool:
    """Whether this content is the version that was approved last."""
    return question.current is not None and code == str(question.current.number)


# ------------------------------------------------------------------ contents
def comparable(question: Question) -> list[tuple[str, str]]:
    """The contents that can be compared, with their names, the newest first."""
    numbers = question.versions.order_by("-number").values_list("number", flat=True)
    contents = [(str(number), _("Version %(n)d") % {"n": number}) for number in numbers]
    if draft_if_any(question) is not None:
        contents.insert(0, (WORKING_COPY, _("Working copy")))
    return contents


def compared_first(question: Question, contents: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What exams use against the newest, or the last two."""
    codes = [code for code, _name in contents] or [""]
    current = str(question.current.number) if question.current else ""
    older = current if current not in ("", codes[0]) else codes[min(1, len(codes) - 1)]
    return {"old": older, "new": codes[0]}


def contents_to_show(question: Question, codes: Sequence[str]) -> dict[str, QuestionDraft]:
    """The named contents ("3" for a version, "draft"), those that are there."""
    numbers = [int(code) for code in codes if code.isascii() and code.isdigit()]
    versions = whole_versions().filter(
        question=question, number__in=[n for n in numbers if n < 1e4]
    )
    found = {str(version.number): content_at(version) for version in versions}
    draft = draft_if_any(question)
    if WORKING_COPY in codes and draft is not None:
        found[WORKING_COPY] = from_record(question.code, draft.content)
    return found


# ------------------------------------------------------------------ what was done
def versions_of(question: Question) -> list[QuestionVersion]:
    """Every version, the newest first, with who made it (one statement)."""
    return list(
        question.versions.select_related("created_by")
        .only("number", "question", "created_at", "exposure", "response_count", "created_by")
        .order_by("-number")
    )


def reviews_of(question: Question) -> list[Review]:
    """Every review of any version, the newest first; `points` are the ticked ones in words."""
    names: Mapping[str, object] = {point.name: point.text for point in CHECKLIST}
    reviews = list(
        Review.objects.filter(version__question=question).select_related("version", "reviewer")
    )
    for review in reviews:
        review.points = [names[name] for name in review.checklist if name in names]
    return reviews


def comments_of(question: Question) -> list[Comment]:
    """What was said, the oldest first."""
    return list(question.comments.select_related("author", "version"))


def last_return(reviews: Sequence[Review], question: Question) -> Review | None:
    """The review that sent the working copy back, if nothing came after it."""
    newest = next((review for review in reviews if review.decided_at), None)
    if newest is None or question.proposed_id is not None or draft_if_any(question) is None:
        return None
    return newest if newest.decision == Decision.RETURNED else None


def history_of(question: Question, limit: int | None = EVENTS_SHOWN) -> list[Happening]:
    """Who did what, the newest first."""
    events = QuestionEvent.objects.filter(question=question).select_related("actor", "version")
    return [
        Happening(
            words=event.get_kind_display(),
            detail=_detail(event),
            actor=event.actor,
            at=event.at,
            version=event.version.number if event.version else None,
        )
        for event in (events[:limit] if limit else events)
    ]


def _detail(event: QuestionEvent) -> str:
    """What a note says to people; remarks are shown with their review."""
    if event.kind == EventKind.STATUS:
        return _moved(*[*event.note.split(" ", 2), "", "", ""][:3])
    if event.kind in (EventKind.SAVED, EventKind.RESTORED) and event.note:
        saved = event.kind == EventKind.SAVED
        words = _("as revision %(n)s") if saved else _("and went on from revision %(n)s")
        return words % {"n": event.note}
    return "" if event.kind in (EventKind.APPROVED, EventKind.RETURNED) else event.note


def _moved(old: str, new: str, reason: str) -> str:
    names = {value: str(label) for value, label in QuestionStatus.choices}
    words = {"old": names.get(old, old), "new": names.get(new, new), "reason": reason}
    if reason:
        return _("from %(old)s to %(new)s: “%(reason)s”") % words
    return _("from %(old)s to %(new)s") % words


def area_name(question: Question, code: str) -> str:
    """An area in words."""
    names = {area["code"]: area["name"] for area in question.bank.areas}
    return str(names.get(code, code))
