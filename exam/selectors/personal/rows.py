"""The rows of a copy: everything about one person, and nothing that tells an open exam's key."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import F, Q

from accounts.models import User
from exam.engine.sitting.batch import to_places
from exam.engine.sitting.lifecycle import AttemptState
from exam.highlights import highlighted
from exam.models import Attempt, Response
from exam.selectors.personal.about import ANSWERS, SESSIONS, TABLES
from exam.selectors.personal.about.table import Table
from exam.selectors.results.answers import keys_of
from exam.selectors.sitting.forms import LETTERS
from questions.models import Option, QuestionVersion

Row = dict[str, Any]

YOU, SOMEBODY, KEPT_BACK = "you", "an instructor", "kept back while you are being asked it"


def rows_about(person: User) -> Iterator[tuple[str, list[str], list[Row]]]:
    """Each table with its name and columns: one statement each, three more for each attempt."""
    held = questions_held(person)
    for table in TABLES:
        rows = _rows(table, person, held)
        if table.name == "scores":
            rows = [_score(row, person, held) for row in rows]
        if table.name == "log":
            attempts = set(person.attempts.values_list("pk", flat=True))
            rows = [_entry(row, person, attempts) for row in rows]
        yield table.name, [*table.fields, *table.more], rows
    sessions = [{"expire_date": ends} for ends in _sessions(person)]
    yield SESSIONS.name, list(SESSIONS.fields), sessions
    yield ANSWERS.name, [*ANSWERS.fields, *ANSWER_WORDS], list(_answers(person, held))


def questions_held(person: User) -> set[int]:
    """Questions on what this person is sitting now: their keys stay here until it is over."""
    opened = Attempt.objects.filter(candidate=person, state=AttemptState.IN_PROGRESS)
    versions = {pk for ids in opened.values_list("exam_form__version_ids", flat=True) for pk in ids}
    found = QuestionVersion.objects.filter(pk__in=versions)
    return set(found.values_list("question_id", flat=True))


def _rows(table: Table, person: User, held: set[int]) -> list[Row]:
    model = apps.get_model(table.model)
    own = Q(*((name, person.pk) for name in table.people), _connector=Q.OR)
    if table.also:
        own |= table.also(person)
    # A name that a field has already is a path all the same.
    paths = {f"_{name}": F(path) for name, path in table.more.items()}
    if table.question:
        paths["_held"] = F(table.question)
    manager = getattr(model, "everything", None) or model._base_manager
    rows = manager.filter(own).order_by("pk").values(*table.fields, **paths)
    people = {f.name for f in model._meta.fields if f.related_model is User}
    return [_told(table, row, people, person, held) for row in rows]


def _told(table: Table, row: Row, people: set[str], person: User, held: set[int]) -> Row:
    told = {name: row[name] for name in table.fields}
    told |= {name: row[f"_{name}"] for name in table.more}
    for name in people & told.keys():
        told[name] = told[name] and (YOU if told[name] == person.pk else SOMEBODY)
    if row.get("_held") in held:
        told |= dict.fromkeys(table.tells, KEPT_BACK)
    return told


def _entry(row: Row, person: User, attempts: set[int]) -> Row:
    """Of what was done to others only that it was done; where from only if it was this person."""
    about = {("user", str(person.pk)), *(("attempt", str(pk)) for pk in attempts)}
    if (row["subject_kind"], row["subject_id"]) not in about:
        row |= {"subject_id": "", "details": {}}
    return row if row["actor"] == YOU else row | {"address": None}


def _score(row: Row, person: User, held: set[int]) -> Row:
    """Which positions were right is told for questions that are not being asked just now."""
    if not held:
        return row
    attempt = Attempt.objects.select_related("exam_form").get(pk=row["attempt"])
    questions = _questions(attempt)
    right = [p for p in row["correct_positions"] if questions[p - 1].question_id not in held]
    return row | {"correct_positions": right}


def _sessions(person: User) -> list[Any]:
    """When each of the person's sessions ends."""
    return [
        session.expire_date
        for session in Session.objects.iterator(chunk_size=500)
        if session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]


# ------------------------------------------------------------------ answers
ANSWER_WORDS = ("question", "version", "stem", "chosen", "chosen_words", "marked", "right")


def _answers(person: User, held: set[int]) -> Iterator[Row]:
    """Every answer with the words of its question; option numbers are places as displayed."""
    own = Attempt.objects.filter(candidate=person).order_by("pk")
    for attempt in own.select_related("exam_form"):
        versions = _questions(attempt)
        ids = {version.pk for version in versions}
        words = {
            (pk, ordinal): text
            for pk, ordinal, text in Option.objects.filter(version__in=ids).values_list(
                "version", "ordinal", "text"
            )
        }
        keys = keys_of(ids) if not attempt.is_open else {}
        for response in Response.objects.filter(attempt=attempt).order_by("position"):
            version = versions[response.position - 1]
            key = None if version.question_id in held else keys.get(version.pk)
            yield _answer(attempt, response, version, words, key)


def _questions(attempt: Attempt) -> list[QuestionVersion]:
    ids = attempt.exam_form.version_ids
    found = QuestionVersion.objects.filter(pk__in=ids).select_related("question")
    versions = found.only("number", "stem", "stem_html", "question__code").in_bulk()
    return [versions[pk] for pk in ids]


def _answer(
    attempt: Attempt,
    response: Response,
    version: QuestionVersion,
    words: dict[tuple[int, int], str],
    key: int | None,
) -> Row:
    order = attempt.option_orders[response.position - 1]
    chosen = to_places(response.selected, order)
    marks = highlighted(version.stem_html, response.highlights) if response.highlights else ""
    return {
        "attempt": attempt.pk,
        "position": response.position,
        "selected": chosen,
        "eliminated": to_places(response.eliminated, order),
        "flagged": response.flagged,
        "spent_ms": response.spent_ms,
        "note": response.note,
        "highlights": response.highlights,
        "path": [[at_ms, to_places(mask, order)] for at_ms, mask in response.path],
        "confidence": response.confidence,
        "checked": response.checked,
        "miss": response.miss,
        "question": version.question.code,
        "version": version.number,
        "stem": version.stem,
        "chosen": "".join(LETTERS[place - 1] for place in chosen),
        "chosen_words": [words[version.pk, int(order[place - 1])] for place in chosen],
        "marked": marks,
        "right": None if key is None else response.selected == key,
    }
