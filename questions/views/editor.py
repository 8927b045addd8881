"""Writing a question: the editor, its saves and preview, conflicts, earlier saves."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import instructor_required
from questions.formats.record import EMPTY, from_record
from questions.forms.conflict import Conflicting
from questions.forms.editor import BeginForm, EnemiesForm
from questions.forms.manuscript import Manuscript
from questions.lint import Finding
from questions.lint.unfinished import is_missing
from questions.models import Bank, DraftSave, Question
from questions.selectors.difference import difference
from questions.selectors.editor import (
    codes_like,
    editable_questions,
    is_as_published,
    opened,
    steps_of,
)
from questions.selectors.reviews import answers_first
from questions.selectors.shown import findings_of, shown_draft
from questions.selectors.similar import similar_to
from questions.services import drafting, enemies
from questions.services.errors import NotPossible
from questions.views.question import answer_first

GET_OR_POST = ["GET", "HEAD", "POST"]


@instructor_required
@require_http_methods(GET_OR_POST)
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """Begins a question: it gets its code, and the editor opens."""
    bank = get_object_or_404(Bank, slug=slug)
    form = BeginForm(bank, request.POST or None)
    if request.method == "POST" and form.is_valid():
        content = {"subdomain": form.cleaned_data["subdomain"]}
        begun = drafting.create_question(bank, by=request.user, at=timezone.now(), content=content)
        return redirect("questions:edit", pk=begun.pk)
    status = 422 if form.errors else 200
    return render(request, "questions/create.html", {"bank": bank, "form": form}, status=status)


@instructor_required
@never_cache
@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor; without scripts it saves like any form."""
    question = _question(pk)
    if request.method != "POST":
        if answers_first(question, request.user):
            return answer_first(request, pk, _("see its text"))
        if question.proposed_id is not None:
            return render(request, "questions/edit_in_review.html", _place(question), status=409)
        stored = opened(question)
        written = Manuscript.of(question.bank, stored.content, stored.revision)
        return _editor(request, question, written, stored.content)
    written = Manuscript.sent(question.bank, request.POST)
    if act := request.POST.get("act", ""):
        content = written.content  # before the act: a new row has nothing in it
        return _editor(request, question, written.act(act), content)
    if written.problems:
        return _editor(request, question, written, written.content, status=422)
    return _save(request, question, written)


@instructor_required
@require_POST
def keep(request: HttpRequest, pk: int) -> JsonResponse:
    """Saves what the page sends by itself, and says what is stored now."""
    question = _question(pk)
    written = Manuscript.sent(question.bank, request.POST)
    if written.problems:
        return JsonResponse({"words": written.problems[0][1]}, status=422)
    try:
        draft = drafting.save_draft(
            pk, written.content, revision=written.revision, by=request.user, at=timezone.now()
        )
    except drafting.Conflict as conflict:
        words = _("%(reason)s Save to see both texts.") % {"reason": conflict}
        return JsonResponse({"words": words, "conflict": True}, status=409)
    except NotPossible as reason:
        return JsonResponse({"words": str(reason)}, status=409)
    time = date_format(timezone.localtime(draft.saved_at), "H:i")
    words = _("Saved %(time)s") % {"time": time}
    return JsonResponse({"revision": draft.revision, "words": words})


@instructor_required
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview, the checks and what is alike, of what the page sends; nothing is stored."""
    question = _question(pk)
    written = Manuscript.sent(question.bank, request.POST)
    context = _looked(question, written, written.content) | {"is_alone": True}
    return render(request, "questions/_edit_look.html", context)


@instructor_required
@never_cache
@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a conflict: field by field the one text or the other."""
    question = _question(pk)
    form = Conflicting(request.POST, stored=opened(question).content)
    if not form.is_valid():
        messages.error(request, _("This page was incomplete. Nothing was changed."))
        return redirect("questions:edit", pk=pk)
    revision = form.cleaned_data["revision"]
    try:
        drafting.settle_conflict(
            pk,
            form.cleaned_data["mine"],
            form.merged,
            revision=revision,
            by=request.user,
            at=timezone.now(),
        )
    except drafting.Conflict as conflict:
        return _conflict(request, question, form.cleaned_data["mine"], conflict)
    except NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("Saved. Both texts are kept among the earlier saves."))
    return redirect("questions:edit", pk=pk)


@instructor_required
@never_cache
@require_safe
def saves(request: HttpRequest, pk: int) -> HttpResponse:
    """Earlier saves: who, when, and what is different now."""
    question = _question(pk)
    if answers_first(question, request.user):
        return answer_first(request, pk, _("see its saves"))
    kept, stored = steps_of(question), opened(question)
    asked = request.GET.get("save", "")
    chosen = next((step.save for step in kept if str(step.save.revision) == asked), None)
    context = _place(question) | {
        "steps": kept,
        "chosen": chosen,
        "revision": stored.revision,
        "difference": chosen and _difference(question, chosen, stored.content),
        "may_change": question.proposed_id is None,
    }
    return render(request, "questions/edit_saves.html", context)


@instructor_required
@require_POST
def bring_back(request: HttpRequest, pk: int, revision: int) -> HttpResponse:
    """Makes an earlier save the newest again."""
    question = _question(pk)
    try:
        drafting.restore_save(
            pk, revision, revision=opened(question).revision, by=request.user, at=timezone.now()
        )
    except NotPossible as reason:
        messages.error(request, str(reason))
        return redirect("questions:saves", pk=pk)
    messages.success(request, _("Brought back. What stood there is kept among the earlier saves."))
    return redirect("questions:edit", pk=pk)


@instructor_required
@never_cache
@require_http_methods(GET_OR_POST)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then throws the working copy of a published question away."""
    question = _question(pk)
    if request.method != "POST":
        return render(request, "questions/edit_discard.html", _place(question))
    try:
        drafting.discard_draft(pk, by=request.user, at=timezone.now())
    except NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("The changes were thrown away."))
    return redirect("questions:question", pk=pk)


@instructor_required
@require_POST
def change_enemies(request: HttpRequest, pk: int) -> HttpResponse:
    """Stores which questions must not meet this one."""
    _question(pk)
    form = EnemiesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter codes of questions, with commas between them."))
        return redirect("questions:edit", pk=pk)
    codes = form.cleaned_data["enemies"]
    try:
        enemies.set_enemies(pk, codes, by=request.user, at=timezone.now())
    except NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("The enemies were saved."))
    return redirect("questions:edit", pk=pk)


@instructor_required
@require_safe
def find_enemies(request: HttpRequest, pk: int) -> JsonResponse:
    """Questions of the same bank whose code or beginning holds what is typed."""
    question = get_object_or_404(Question, pk=pk)
    return JsonResponse({"found": codes_like(question, request.GET.get("typed", "")[:60])})


# ------------------------------------------------------------------ parts
def _question(pk: int) -> Question:
    return get_object_or_404(editable_questions(), pk=pk)


def _place(question: Question) -> dict[str, Any]:
    return {"question": question, "bank": question.bank}


def _editor(
    request: HttpRequest,
    question: Question,
    written: Manuscript,
    content: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    stored = opened(question)
    codes = question.enemies.order_by("code").values_list("code", flat=True)
    context = _looked(question, written, content) | {
        "written": written,
        "stored": stored,
        "problems": written.problems if status != 200 else [],
        "enemies": EnemiesForm(initial={"enemies": ", ".join(codes)}),
        "blank_option": written.blank_option,
        "blank_reference": written.blank_reference,
    }
    return render(request, "questions/edit.html", context, status=status)


def _save(request: HttpRequest, question: Question, written: Manuscript) -> HttpResponse:
    content, revision = written.content, written.revision
    try:
        drafting.save_draft(
            question.pk, content, revision=revision, by=request.user, at=timezone.now()
        )
    except drafting.Conflict as conflict:
        return _conflict(request, question, content, conflict)
    except NotPossible as reason:
        messages.error(request, str(reason))
        return _editor(request, question, written, content, status=409)
    messages.success(request, _("Saved."))
    return redirect("questions:edit", pk=question.pk)


def _conflict(
    request: HttpRequest, question: Question, mine: dict[str, Any], conflict: drafting.Conflict
) -> HttpResponse:
    stored = EMPTY | conflict.draft.content
    context = _place(question) | {
        "theirs": conflict.draft,
        "mine": Conflicting.carried(mine),
        "rows": Conflicting.rows(mine, stored),
    }
    return render(request, "questions/edit_conflict.html", context, status=409)


def _difference(question: Question, save: DraftSave, content: dict[str, Any]) -> Any:
    return difference(from_record(question.code, save.content), from_record(question.code, content))


def _looked(question: Question, written: Manuscript, content: dict[str, Any]) -> dict[str, Any]:
    draft = from_record(question.code, content)
    findings = findings_of(draft)
    return _place(question) | {
        "shown": shown_draft(draft),
        "findings": [_placed(finding, written) for finding in findings],
        "blocks": sum(finding.level == "block" for finding in findings),
        "missing": sum(map(is_missing, findings)),
        "is_unchanged": is_as_published(question, draft),
        "similar": similar_to(question, draft.stem, draft.subdomain),
    }


def _placed(finding: Finding, written: Manuscript) -> dict[str, Any]:
    return asdict(finding) | {
        "slot": written.slot(finding.field),
        "is_missing": is_missing(finding),
    }
