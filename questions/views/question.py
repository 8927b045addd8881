"""The page of one question: its content, its versions, what was said and done, what to do next."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import instructor_required
from questions.forms.reviewing import CommentForm, CompareForm, StatusForm
from questions.models import Question, QuestionStatus
from questions.selectors import question_page as pages
from questions.selectors.difference import difference
from questions.selectors.moves import moves_of
from questions.selectors.reviews import answers_first, may_judge, may_take_back
from questions.selectors.shown import findings_of
from questions.selectors.shown import shown as content_shown
from questions.services import reviewing, standing
from questions.services.errors import NotPossible

LONGEST_NUMBER = 9  # digits of a revision: more fit in no column
# What the next step offers already.
STEPS = {
    pages.Step.ACTIVATE: (QuestionStatus.ACTIVE,),
    pages.Step.BRING_BACK: (QuestionStatus.PILOT, QuestionStatus.DRAFT),
}


@instructor_required
@never_cache
@require_safe
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything there is about one question."""
    asked = question_or_404(pk)
    blind = answers_first(asked, request.user)
    context = {
        "question": asked,
        "bank": asked.bank,
        "blind": blind,
        **_standing(asked, request),
        **_content(asked, request.GET.get("show", ""), blind),
        **_talk(asked, blind),
        **_history(asked, whole=request.GET.get("history") == "all"),
    }
    return render(request, "questions/question.html", context)


@instructor_required
@never_cache
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs between two versions, or a version and the working copy."""
    asked = question_or_404(pk)
    if answers_first(asked, request.user):
        return answer_first(request, pk, _("compare it"))
    contents = pages.comparable(asked)
    chosen = request.GET if "old" in request.GET else pages.compared_first(asked, contents)
    form = CompareForm(chosen, contents=contents)
    found = None
    if form.is_valid():
        both = pages.contents_to_show(asked, list(form.cleaned_data.values()))
        found = difference(both[form.cleaned_data["old"]], both[form.cleaned_data["new"]])
    context = {"question": asked, "bank": asked.bank, "form": form, "difference": found}
    status = 200 if found or not contents else 422
    return render(request, "questions/versions.html", context, status=status)


@instructor_required
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the working copy to review; with `revision` only if it is still that one."""
    question_or_404(pk)
    given = request.POST.get("revision", "")
    revision = int(given) if given.isdecimal() and len(given) <= LONGEST_NUMBER else None
    return _done(
        request,
        pk,
        lambda: reviewing.send_to_review(pk, by=request.user, at=timezone.now(), revision=revision),
        _("Sent to review. A reviewer will answer it first, then judge it."),
    )


@instructor_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes it back from review."""
    question_or_404(pk)
    return _done(
        request,
        pk,
        lambda: reviewing.take_back(pk, by=request.user, at=timezone.now()),
        _("Taken back. You can change it again."),
    )


@instructor_required
@require_POST
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives it another status."""
    question_or_404(pk)
    form = StatusForm(request.POST)
    if not form.is_valid():
        messages.error(request, problems(form))
        return redirect("questions:question", pk=pk)
    wanted = QuestionStatus(form.cleaned_data["status"])
    note = form.cleaned_data["reason"]
    changed = standing.set_status([pk], wanted, by=request.user, at=timezone.now(), note=note)
    if changed.refused:
        messages.error(request, changed.refused[0][1])
    else:
        messages.success(request, _("It is now: %(status)s.") % {"status": wanted.label})
    return redirect("questions:question", pk=pk)


@instructor_required
@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds to the conversation."""
    question_or_404(pk)
    back = "questions:review" if "review" in request.POST else "questions:question"
    form = CommentForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        reviewing.add_comment(pk, text, by=request.user, at=timezone.now())
        messages.success(request, _("Your remark was added."))
    else:
        messages.error(request, problems(form))
    return redirect(back, pk=pk)


def answer_first(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """To the blind answer, and why; `what` is what can be done after it."""
    messages.info(request, _("Answer the question first; then you can %(what)s.") % {"what": what})
    return redirect("questions:review", pk=pk)


def question_or_404(pk: int) -> Question:
    """The question with what its header shows."""
    found = pages.question_of(pk)
    if found is None:
        raise Http404
    return found


def problems(form: Form) -> str:
    """What is wrong with what was entered, as one line."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _done(request: HttpRequest, pk: int, act: Callable[[], Any], words: str) -> HttpResponse:
    try:
        act()
    except NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, words)
    return redirect("questions:question", pk=pk)


def _standing(asked: Question, request: HttpRequest) -> dict[str, Any]:
    """Where it stands and what can be done with it."""
    in_review = asked.proposed_id is not None
    judge = in_review and may_judge(asked, request.user)
    step = pages.next_step(asked, may_judge=judge)
    return {
        "step": step,
        "moves": [move for move in moves_of(asked) if move not in STEPS.get(step, ())],
        "may_take_back": in_review and may_take_back(asked, request.user),
        "area": pages.area_name(asked, asked.area),
    }


def _content(asked: Question, wanted: str, blind: bool) -> dict[str, Any]:
    """One content to look at; of what is to be answered first only what exams use, if asked for."""
    tabs = [tab for tab in pages.tabs_of(asked) if not blind or pages.is_in_use(asked, tab.code)]
    if blind:
        code = wanted if wanted in [tab.code for tab in tabs] else ""
    else:
        code = wanted or (tabs[-1].code if tabs else "")
    shown = content_shown(asked, code) if code else None
    if shown and code not in [tab.code for tab in tabs]:
        tabs.insert(0, pages.Tab(code, shown.name))
    return {
        "tabs": tabs,
        "here_tab": code,
        "shown": shown,
        "findings": findings_of(shown.content) if shown else [],
    }


def _talk(asked: Question, blind: bool) -> dict[str, Any]:
    """What reviewers and others said; kept from who is to answer first."""
    reviews = [] if blind else pages.reviews_of(asked)
    return {
        "reviews": reviews,
        "returned": pages.last_return(reviews, asked),
        "comments": [] if blind else pages.comments_of(asked),
        "comment_form": CommentForm(),
    }


def _history(asked: Question, *, whole: bool) -> dict[str, Any]:
    """Its versions and who did what; the newest lines unless all are wanted."""
    shown = pages.history_of(asked, None if whole else pages.EVENTS_SHOWN + 1)
    more = not whole and len(shown) > pages.EVENTS_SHOWN
    return {
        "versions": pages.versions_of(asked),
        "enemies": list(asked.enemies.order_by("code")),
        "history": shown[: pages.EVENTS_SHOWN] if more else shown,
        "more_history": more,
    }
