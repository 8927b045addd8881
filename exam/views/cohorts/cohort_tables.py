"""The tables of a cohort's dashboard as files: columns and rows."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from accounts.models import Cohort
from exam.selectors.cohorts.cohort_content import content_of_cohort
from exam.selectors.cohorts.cohort_exams import Exam, SatExam
from exam.selectors.cohorts.cohort_standing import (
    CohortStanding,
    Growth,
    Member,
    standing_of_cohort,
)
from exam.views.cohorts.member_order import in_order, shown

Table = tuple[tuple[str, ...], list[dict[str, Any]]]

PEOPLE = (
    *("name", "email", "standing", "readiness", "readiness_low", "readiness_high", "chance"),
    *("course", "exams", "complete_exams", "last_score", "last_low", "last_high", "unit"),
    *("passed", "last_sat_at", "last_active_at", "has_stopped"),
)
SCORES = (
    *("name", "email", "exam", "started_at", "minutes", "score", "low", "high", "unit"),
    *("passed", "scale", "score_today", "low_today", "high_today", "passed_today"),
)
GROWTH = (
    *("exam", "people", "lower_quartile", "median", "upper_quartile", "mean_change", "risen"),
    *("median_minutes", "ran_out_of_time"),
)
PARTS = ("sub_domain", "name", "right", "answers", "share", "band_low", "band_high", "everybody")
QUESTIONS = ("question", "sub_domain", "begins", "right", "answers", "share", "band_low")


def people(cohort: Cohort, exam: Exam, asked: Mapping[str, str]) -> Table:
    """Everybody, as filtered and sorted on the page."""
    found = standing_of_cohort(cohort, exam, timezone.now())
    members = in_order(shown(found.members, asked.get("show", "")), asked)
    return PEOPLE, [_person(found, member) for member in members]


def scores(cohort: Cohort, exam: Exam, asked: Mapping[str, str]) -> Table:
    """Every complete exam of everybody, as reported."""
    found = standing_of_cohort(cohort, exam, timezone.now())
    rows = [
        {
            "name": member.person.display_name,
            "email": member.person.email,
            "exam": number,
            "started_at": entry.started_at,
            "minutes": int(entry.used.total_seconds()) // 60,
            "score": found.told(entry),
            "low": entry.low if exam.is_scaled else None,
            "high": entry.high if exam.is_scaled else None,
            "unit": _unit(exam),
            **(_on_both_scales(entry, member) if exam.is_scaled else {}),
        }
        for member in found.members
        for number, entry in enumerate(member.own.counted, 1)
    ]
    return SCORES, rows


def _on_both_scales(entry: SatExam, member: Member) -> dict[str, Any]:
    """Of an exam that cannot be compared yet, only what was told."""
    own = {known.attempt_id: known for known in member.own.compared}
    told = {"passed": entry.passed, "scale": entry.scale_number}
    if entry.attempt_id not in own:
        return told
    today = own[entry.attempt_id]
    return told | {
        "score_today": today.scaled,
        "low_today": today.low,
        "high_today": today.high,
        "passed_today": today.passed,
    }


def growth(cohort: Cohort, exam: Exam, asked: Mapping[str, str]) -> Table:
    """First exams, second exams, and so on."""
    rows = standing_of_cohort(cohort, exam, timezone.now()).growth()
    return GROWTH, [_growth(row) for row in rows]


def parts(cohort: Cohort, exam: Exam, asked: Mapping[str, str]) -> Table:
    """Sub-domains, the weakest first."""
    rows = [
        {
            "sub_domain": part.code,
            "name": part.name,
            "right": part.share.right,
            "answers": part.share.count,
            "share": part.share.percent,
            "band_low": part.share.low,
            "band_high": part.share.high,
            "everybody": part.everybody,
        }
        for part in content_of_cohort(cohort, exam).parts
    ]
    return PARTS, rows


def questions(cohort: Cohort, exam: Exam, asked: Mapping[str, str]) -> Table:
    """Questions, those missed most surely first."""
    rows = [
        {
            "question": question.code,
            "sub_domain": question.subdomain,
            "begins": question.words,
            "right": question.share.right,
            "answers": question.share.count,
            "share": question.share.percent,
            "band_low": question.share.low,
            "band_high": question.share.high,
            "everybody": question.everybody,
        }
        for question in content_of_cohort(cohort, exam).questions
    ]
    return (*QUESTIONS, "band_high", "everybody"), rows


TABLES: dict[str, Callable[[Cohort, Exam, Mapping[str, str]], Table]] = {
    "people": people,
    "scores": scores,
    "growth": growth,
    "parts": parts,
    "questions": questions,
}


def _person(found: CohortStanding, member: Member) -> dict[str, Any]:
    facts, last, is_scaled = member.readiness, member.last, found.exam.is_scaled
    row: dict[str, Any] = {
        "name": member.person.display_name,
        "email": member.person.email,
        "standing": member.stand.value.replace("_", " "),
        "course": member.course.value,
        "exams": len(member.own.sat),
        "complete_exams": len(member.own.counted),
        "last_sat_at": member.last_sat_at,
        "last_active_at": member.last_active,
        "has_stopped": member.has_stopped,
    }
    if facts:
        row |= {"readiness": facts.score, "readiness_low": facts.low, "readiness_high": facts.high}
        row["chance"] = round(facts.chance, 3)
    if last:
        row |= {"last_score": found.told(last), "unit": _unit(found.exam)}
    if last and is_scaled:
        row |= {"last_low": last.low, "last_high": last.high, "passed": last.passed}
    return row


def _growth(row: Growth) -> dict[str, Any]:
    return {
        "exam": row.number,
        "people": row.people,
        "lower_quartile": row.scores and row.scores.lower,
        "median": row.scores and row.scores.median,
        "upper_quartile": row.scores and row.scores.upper,
        "mean_change": row.gain,
        "risen": row.risen,
        "median_minutes": row.minutes,
        "ran_out_of_time": row.ran_out,
    }


def _unit(exam: Exam) -> str:
    return "points" if exam.is_scaled else "percent"
