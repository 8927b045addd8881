"""Addresses of exams, attempts, scores, and the home page."""

from django.urls import path

from exam.views import home, personal
from exam.views.blueprints import bank_tables, blueprints
from exam.views.cohorts import assignments, candidates, cohort_dashboard, instructor, people_tables
from exam.views.practice import practice
from exam.views.questions import question_reports
from exam.views.readiness import readiness
from exam.views.results import history, replay, report, review
from exam.views.sitting import sitting, sync

app_name = "exam"

urlpatterns = [
    path("attempts/<int:pk>/sync", sync.sync, name="sync"),  # most requests, so it is tried first
    path("attempts/<int:pk>/claim", sync.claim, name="claim"),
    path("attempts/<int:pk>/submit", sync.submit, name="submit"),
    path("exams/", sitting.start_list, name="start_list"),
    path("exams/<slug:slug>/", sitting.instructions, name="instructions"),
    path("exams/<slug:slug>/start", sitting.start, name="start"),
    path("attempts/open", home.resume, name="resume"),
    path("attempts/<int:pk>/", sitting.sitting, name="sitting"),
    path("attempts/<int:pk>/result/", sitting.result, name="result"),
    path("attempts/<int:pk>/report/", report.report, name="report"),
    path("attempts/<int:pk>/replay/", replay.replay, name="replay"),
    path("attempts/<int:pk>/review/", review.review, name="review"),
    path("attempts/<int:pk>/review/<int:position>/", review.question, name="review_question"),
    path(
        "attempts/<int:pk>/review/<int:position>/report",
        review.report_question,
        name="report_question",
    ),
    path(
        "attempts/<int:pk>/review/<int:position>/miss", review.classify_miss, name="classify_miss"
    ),
    path("practice/", practice.choose, name="practice"),
    path("practice/start", practice.start, name="practice_start"),
    path("practice/plan/", practice.plan, name="plan"),
    path("practice/memory/", practice.memory, name="memory"),
    path("practice/<int:pk>/", practice.done, name="practice_done"),
    path("readiness/", readiness.readiness, name="readiness"),
    path("readiness/parts/", readiness.parts, name="readiness_parts"),
    path("readiness/habits/", readiness.habits, name="readiness_habits"),
    path("history/", history.history, name="history"),
    path("history.<ending:ending>", history.history_table, name="history_table"),
    path("reports/", question_reports.reports, name="reports"),
    path("reports.<ending:ending>", question_reports.reports_table, name="reports_table"),
    path("reports/<int:pk>/", question_reports.question, name="reports_on"),
    path("reports/<int:pk>/answer", question_reports.answer, name="answer_reports"),
    path("questions/<int:pk>/figures", question_reports.figures, name="question_figures"),
    path("running/", instructor.running, name="running"),
    path("running.<ending:ending>", instructor.running_table, name="running_table"),
    path("missed/", instructor.practice_missed, name="practice_missed"),
    path("missed.<ending:ending>", instructor.missed_table, name="missed_table"),
    path("running/<int:pk>/minutes", instructor.add_minutes, name="add_minutes"),
    path("blueprints/", blueprints.blueprints, name="blueprints"),
    path("blueprints.<ending:ending>", bank_tables.blueprints_table, name="blueprints_table"),
    path(
        "bank/<slug:slug>/imports.<ending:ending>", bank_tables.imports_table, name="imports_table"
    ),
    path("blueprints/<slug:slug>/", blueprints.edit, name="blueprint"),
    path("blueprints/<slug:slug>/forms", blueprints.supported, name="blueprint_forms"),
    path("blueprints/<slug:slug>/check", blueprints.check, name="check_blueprint"),
    path("blueprints/<slug:slug>/preview/", blueprints.preview, name="preview_blueprint"),
    path("blueprints/<slug:slug>/preview/typed", blueprints.preview_typed, name="preview_typed"),
    path("bank/<slug:bank>/blueprints/new/", blueprints.new, name="new_blueprint"),
    path("bank/<slug:bank>/blueprints/check", blueprints.check, name="check_new_blueprint"),
    path(
        "bank/<slug:bank>/blueprints/preview",
        blueprints.preview_typed,
        name="preview_new_blueprint",
    ),
    path("assignments/", assignments.assignments, name="assignments"),
    path("assignments.<ending:ending>", assignments.assignments_table, name="assignments_table"),
    path("assignments/new/", assignments.assign, name="assign"),
    path("assignments/<int:pk>/", assignments.assignment, name="assignment"),
    path("assignments/<int:pk>/change/", assignments.change_assignment, name="change_assignment"),
    path(
        "assignments/<int:pk>/withdraw", assignments.withdraw_assignment, name="withdraw_assignment"
    ),
    path(
        "assignments/<int:pk>/results.<ending:ending>",
        assignments.assignment_table,
        name="assignment_table",
    ),
    path("candidates/<int:pk>/", candidates.candidate, name="candidate"),
    path(
        "candidates/<int:pk>/exams.<ending:ending>",
        candidates.candidate_table,
        name="candidate_table",
    ),
    path(
        "candidates/<int:pk>/parts.<ending:ending>",
        candidates.parts_table,
        name="candidate_parts_table",
    ),
    path("cohorts.<ending:ending>", people_tables.cohorts_table, name="cohorts_table"),
    path(
        "cohorts/<int:pk>/members.<ending:ending>",
        people_tables.members_table,
        name="members_table",
    ),
    path("cohorts/<int:pk>/dashboard/", cohort_dashboard.dashboard, name="cohort_dashboard"),
    path("cohorts/<int:pk>/dashboard/content/", cohort_dashboard.content, name="cohort_content"),
    path(
        "cohorts/<int:pk>/dashboard/<slug:table>.<ending:ending>",
        cohort_dashboard.dashboard_table,
        name="cohort_table",
    ),
    path("people/audit.<ending:ending>", people_tables.audit_table, name="audit_table"),
    path("people.<ending:ending>", people_tables.people_table, name="people_table"),
    path("privacy/", personal.privacy, name="privacy"),
    path("profile/data/", personal.my_data, name="my_data"),
    path("profile/data/<int:pk>.zip", personal.my_copy, name="my_copy"),
    path("profile/delete/", personal.delete_account, name="delete_account"),
    path("profile/keep", personal.keep_account, name="keep_account"),
    path("people/<int:pk>/data/", personal.person_data, name="person_data"),
    path("people/<int:pk>/delete/", personal.delete_person, name="delete_person"),
]
