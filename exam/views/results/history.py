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
from exam.selectors.measurement.score_versions import comparable
from exam.selectors.results.history import (
    HistoryRow,
    Sat,
    history_rows,
    sat_by,
    trend_of,
    trend_slug,
)
from exam.selectors.results.readings import read_score
from exam.views.results.trends import domain_trend, score_trend
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
    scores = comparable(trend_of(listed, chosen or trend_slug(listed)))
    return render(
        request,
        "exam/history.html",
        {
            "exams": _exam_links(sat, exams) if len(exams) > 1 else (),
            "chosen": chosen,
            "rows": history_rows(listed),
            "scores": scores,
            "trend": score_trend(scores),
            "domains": _domain_trends(scores),
            "left_out": sum(1 for s in listed if s.score and not s.score.is_complete),
        },
    )


@login_required
@never_cache
@require_safe
def history_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Every closed attempt as a line."""
    rows = [_line(row) for row in history_rows(sat_by(request.user))]
    return table_file("cutscore-history", _COLUMNS, rows, ending)


def _exam_links(sat: Sequence[Sat], exams: dict[str, str]) -> list[tuple[str, str, int]]:
    slugs = [entry.attempt.blueprint.slug for entry in sat]
    every = ("", _("All exams"), len(slugs))
    return [every, *((slug, title, slugs.count(slug)) for slug, title in exams.items())]


def _domain_trends(scores: Sequence[Score]) -> list[tuple[int, str, Any]]:
    if not scores:
        return []
    names = names_of(scores[-1].attempt.blueprint.bank_id).domains
    return [(number, name, domain_trend(scores, number)) for number, name in names.items()]


_COLUMNS = (
    *("exam", "attempt", "started_at", "ended_at", "minutes_used", "minutes_allowed"),
    *("questions", "answered", "flagged", "right_to_wrong", "wrong_to_right"),
    *("seconds_per_question", "right_scored", "scored", "right_all", "score", "band_low"),
    *("band_high", "unit", "passed", "complete", "provisional", "scale", "receipt"),
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


def _score_cells(score: Score) -> dict[str, Any]:
    return score_cells(score) | {
        "right_all": score.raw_all,
        "provisional": "yes" if read_score(score).is_provisional else "no",
        "scale": score.scale.number,
    }
