"""The history of one's own attempts, as a page and as a file."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exam.models import Score
from exam.selectors.blueprints.names import names_of
from exam.selectors.readiness.on_today import Line, line_of
from exam.selectors.results.history import (
    HistoryRow,
    Sat,
    history_rows,
    sat_by,
    trend_of,
    trend_slug,
)
from exam.selectors.results.readings import read_score
from exam.selectors.sitting.attempts import open_exam_of
from exam.views.results.trends import domain_trend, trend_context
from exam.views.spreadsheets import score_cells, table_file


@login_required
@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Attempts at all exams or at one, and how the scores of one exam developed."""
    sat = sat_by(request.user)
    exams = {entry.attempt.blueprint.slug: entry.attempt.blueprint.title for entry in sat}
    chosen = request.GET.get("exam", "")
    chosen = chosen if chosen in exams else ""
    listed = [entry for entry in sat if chosen in ("", entry.attempt.blueprint.slug)]
    line = line_of(trend_of(listed, chosen or trend_slug(listed)))
    context = {
        "exams": _exam_links(sat, exams) if len(exams) > 1 else (),
        "chosen": chosen,
        "rows": history_rows(listed),
        "running": None if sat else open_exam_of(request.user),
        "domains": _domain_trends(line),
        "left_out": sum(1 for s in listed if s.score and not s.score.is_complete),
    }
    context |= trend_context(line, request.GET.get("on", ""))
    return render(request, "exam/history.html", context)


@login_required
@never_cache
@require_safe
def history_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Every closed attempt as a line."""
    sat = sat_by(request.user)
    today = _on_today(sat)
    rows = [_line(row) | today.get(row.sat.attempt.pk, {}) for row in history_rows(sat)]
    return table_file("cutscore-history", _COLUMNS, rows, ending)


def _exam_links(sat: Sequence[Sat], exams: dict[str, str]) -> list[tuple[str, str, int]]:
    slugs = [entry.attempt.blueprint.slug for entry in sat]
    every = ("", _("All exams"), len(slugs))
    return [every, *((slug, title, slugs.count(slug)) for slug, title in exams.items())]


def _domain_trends(line: Line) -> list[tuple[int, str, Any]]:
    if not line.exams:
        return []
    names = names_of(line.exams[-1].score.attempt.blueprint.bank_id).domains
    return [(number, name, domain_trend(line, number)) for number, name in names.items()]


_COLUMNS = (
    *("exam", "attempt", "started_at", "ended_at", "minutes_used", "minutes_allowed"),
    *("questions", "answered", "flagged", "right_to_wrong", "wrong_to_right"),
    *("seconds_per_question", "right_scored", "scored", "right_all", "score", "band_low"),
    *("band_high", "unit", "passed", "complete", "provisional", "scale", "receipt"),
    *("score_today", "band_low_today", "band_high_today", "passed_today"),
)


def _line(row: HistoryRow) -> dict[str, Any]:
    attempt = row.sat.attempt
    return {
        "exam": attempt.blueprint.title,
        "attempt": attempt.number,
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "minutes_used": int(row.used.total_seconds()) // 60,
        "minutes_allowed": int(row.allowed.total_seconds()) // 60,
        "questions": len(attempt.exam_form.version_ids),
        "answered": row.answered,
        "flagged": row.counts.flagged,
        "right_to_wrong": row.counts.right_to_wrong,
        "wrong_to_right": row.counts.wrong_to_right,
        "seconds_per_question": row.each_ms // 1000,
        "receipt": attempt.receipt,
        **(_score_cells(row.sat.score) if row.sat.score else {}),
    }


def _on_today(sat: Sequence[Sat]) -> dict[int, dict[str, Any]]:
    """By attempt what it is on the scale of today; an exam that cannot be compared has nothing."""
    slugs = {entry.attempt.blueprint.slug for entry in sat if entry.counts_for_trend}
    lines = [line_of(trend_of(sat, slug)) for slug in sorted(slugs)]
    return {
        told.score.attempt_id: {
            "score_today": told.today.score,
            "band_low_today": told.today.low,
            "band_high_today": told.today.high,
            "passed_today": "yes" if told.today.passed else "no",
        }
        for line in lines
        for told in line.compared
        if told.today
    }


def _score_cells(score: Score) -> dict[str, Any]:
    return score_cells(score) | {
        "right_all": score.raw_all,
        "provisional": "yes" if read_score(score).is_provisional else "no",
        "scale": score.scale.number,
    }
