"""What is stored about people, table by table: what a copy of it holds, and what not and why.

Every table and every field of the database has its place here; a test walks them all.
"""

from collections.abc import Mapping

from exam.selectors.personal.about.account import ACCOUNT
from exam.selectors.personal.about.looking_after import LOOKING_AFTER
from exam.selectors.personal.about.sitting import SITTING
from exam.selectors.personal.about.table import Table, left
from exam.selectors.personal.about.writing import WRITING

TABLES = (*ACCOUNT, *SITTING, *WRITING, *LOOKING_AFTER)

# What each answer was, in the words of its question, is read by `answers`; by what it has of the
# table, and what not.
ANSWERS = Table(
    "answers",
    "exam.Response",
    ("attempt__candidate",),
    (
        *("attempt", "position", "selected", "eliminated", "flagged", "spent_ms", "note"),
        *("highlights", "path", "confidence", "checked", "miss"),
    ),
    left_out=left(inner="seq", told="pk"),
)
SESSIONS = Table(
    "sessions",
    "sessions.Session",
    (),
    ("expire_date",),
    left_out=left(secret="session_key session_data"),
)

_BANK = "content of a bank of questions"
_COUNTED = "counted from many people's answers; no row is about one of them"
NOT_ABOUT_PEOPLE: Mapping[str, str] = {
    "accounts.Cohort": "a group; who is in it is told by memberships",
    "accounts.Refusal": "what browsers refused on which page, without whose they were",
    "accounts.User_groups": "not used by the product",
    "accounts.User_user_permissions": "not used by the product",
    "auth.Group": "not used by the product",
    "auth.Group_permissions": "not used by the product",
    "auth.Permission": "not used by the product",
    "axes.AccessAttemptExpiration": "when a failure is forgotten; told by the failure",
    "contenttypes.ContentType": "names of tables",
    "exam.ChanceRecord": _COUNTED,
    "exam.Comparison_focal": "groups that are compared",
    "exam.Comparison_reference": "groups that are compared",
    "exam.Equating": _COUNTED,
    "exam.ExamForm": "a list of questions; the answers tell which were asked",
    "exam.ExportPiece": "files about a bank, with numbers for people",
    "exam.Functioning": _COUNTED,
    "exam.ItemParameter": _COUNTED,
    "exam.ItemStatistics": _COUNTED,
    "exam.Scale": "the judges' standard for a bank",
    "exam.ScoreTable": "how a form is scored, whoever sits it",
    "exam.SimulatedAbility": "made-up people only",
    "exam.Simulation": "made-up people only",
    "exam.Simulation_cohorts": "made-up people only",
    "exam.Stamp": "when work that comes again was last done",
    "exam.Wave_questions": _BANK,
    "questions.Bank": _BANK,
    "questions.Domain": _BANK,
    "questions.Exhibit": _BANK,
    "questions.ImportItem": _BANK,
    "questions.Option": "the words of a version; a copy has its stem and its explanation",
    "questions.Picture": "kept without who uploaded it",
    "questions.Question_enemies": _BANK,
    "questions.Subdomain": _BANK,
}
