"""Signed-in candidates and a larger bank, made directly in the database."""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from itertools import count, cycle

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from exam.models import Attempt, Blueprint, ExamForm, ItemParameter
from exam.selectors.blueprints.pool import drawing_for
from exam.services.sitting.attempts import drawn_form
from exam.services.sitting.opening import option_facts, option_orders
from questions.models import Bank, Exhibit, Option, Question, QuestionVersion
from tests.benchmarks.client import request

TOKEN = "t" * 32  # the same in cookie and header is all that the check asks for
BACKEND = "accounts.backends.PasswordBackend"
_addresses = count()
_seqs = count(1)


@dataclass(slots=True)
class Candidate:
    """A browser that is signed in, and the attempt it sits."""

    cookies: str
    person: int
    attempt: int = 0

    def get(self, path: str) -> bytes:
        """A page."""
        return request("GET", path, self.cookies, Accept_Encoding="gzip")

    def post(self, path: str, data: object = None) -> bytes:
        """A form without fields, or JSON."""
        body = b"" if data is None else json.dumps(data).encode()
        kind = "application/json" if body else "application/x-www-form-urlencoded"
        return request("POST", path, self.cookies, body, Content_Type=kind, X_CSRFToken=TOKEN)

    def ask(self, what: str, data: dict[str, object]) -> bytes:
        """Claim, sync or submit."""
        return self.post(f"/attempts/{self.attempt}/{what}", {"v": 1, **data})

    def ask_time(self) -> bytes:
        """What the page asks when it has not saved for a minute."""
        return self.ask("sync", {"sitting": 1, "changes": []})

    def save(self, position: int, what: str = "sync") -> bytes:
        """One change, as the exam page sends it, alone or with the end."""
        return self.ask(what, {"sitting": 1, "changes": [next_change(position)]})


def next_change(position: int) -> dict[str, object]:
    """A change to what is chosen at this position, newer than all before."""
    seq = next(_seqs)
    return {
        **{"position": position, "seq": seq, "at_ms": seq, "spent_ms": 40 * seq},
        **{"selected": [1 + seq % 4], "eliminated": [], "flagged": False},
        **{"note": "", "highlights": []},
    }


def sign_in(number: int) -> list[Candidate]:
    """New people with a session each; no password is hashed."""
    people = User.objects.bulk_create(
        User(email=f"bench{next(_addresses)}@example.org", password="!") for _ in range(number)
    )
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    keys = [secrets.token_hex(16) for _ in people]
    Session.objects.bulk_create(
        Session(
            session_key=key,
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: BACKEND,
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=timezone.now() + timedelta(days=14),
        )
        for person, key in zip(people, keys, strict=True)
    )
    return [
        Candidate(f"sessionid={key}; csrftoken={TOKEN}", person.pk)
        for person, key in zip(people, keys, strict=True)
    ]


def seat(candidates: list[Candidate], forms: int = 200) -> None:
    """Lets them all be in mid-exam: attempts, claimed, with some answers, written in bulk.

    Forms are shared, because drawing one for each takes longer than all the rest.
    """
    blueprint = Blueprint.objects.get(slug="mls-c01", is_current=True)
    drawing = drawing_for(blueprint)
    options = option_facts(drawing.pool.ids.tolist())
    drawn = ExamForm.objects.bulk_create(
        drawn_form(blueprint, drawing, drawing.draw(seed=seed))
        for seed in range(min(forms, len(candidates)))
    )
    orders = {form.pk: option_orders(form.version_ids, form.seed, options) for form in drawn}
    people = [candidate.person for candidate in candidates]
    now = timezone.now()
    attempts = Attempt.objects.bulk_create(
        Attempt(
            candidate_id=person,
            blueprint=blueprint,
            exam_form=form,
            number=1,
            sitting=1,
            seen_at=now,
            option_orders=orders[form.pk],
            started_at=now - timedelta(minutes=number % 60),
            deadline=now + timedelta(minutes=blueprint.minutes - number % 60),
            counted_state="in_progress",
        )
        for number, (person, form) in enumerate(zip(people, cycle(drawn), strict=False))
    )
    for candidate, attempt in zip(candidates, attempts, strict=True):
        candidate.attempt = attempt.pk
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER, [attempts[0].pk, attempts[-1].pk])
        cursor.execute("VACUUM ANALYZE")


def enlarge_bank(size: int) -> int:
    """Copy the bank's questions until there are at least `size`; how many there are then."""
    bank = Bank.objects.get()
    have = Question.objects.filter(bank=bank).count()
    copies = -(-size // have) - 1
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _copying():
            cursor.execute(statement, {"copies": copies})
        Bank.objects.filter(pk=bank.pk).update(revision=bank.revision + 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Question.objects.filter(bank=bank).count()


def _columns(model: type[Model], *others: str) -> str:
    """All columns of a model but its number and these others."""
    names = [field.column for field in model._meta.concrete_fields]
    return ", ".join(f'"{name}"' for name in names if name not in {"id", *others})


def _copying() -> list[str]:
    """The statements: a twin has its original's code, "~" and a number."""
    questions = _columns(Question, "code", "current_id", "proposed_id")
    versions = _columns(QuestionVersion, "question_id")
    twins = "questions_question q JOIN questions_question o ON o.code = split_part(q.code, '~', 1)"
    return [
        f"INSERT INTO questions_question (code, {questions})"
        f" SELECT code || '~' || n, {questions} FROM questions_question,"
        " generate_series(1, %(copies)s) n",
        f"INSERT INTO questions_questionversion (question_id, {versions})"
        f" SELECT q.id, v.* FROM {twins} JOIN LATERAL (SELECT {versions}"
        " FROM questions_questionversion WHERE id = o.current_id) v ON true"
        " WHERE q.current_id IS NULL",
        "UPDATE questions_question q SET current_id = v.id FROM questions_questionversion v"
        " WHERE v.question_id = q.id AND q.current_id IS NULL",
        "CREATE TEMP TABLE twins ON COMMIT DROP AS SELECT q.current_id AS id,"
        f" o.current_id AS original FROM {twins} WHERE q.id <> o.id",
        *(_copied(model) for model in (Option, Exhibit, ItemParameter)),
    ]


def _copied(model: type[Model]) -> str:
    """A statement that copies what belongs to a version."""
    columns = _columns(model, "version_id")
    return (
        f"INSERT INTO {model._meta.db_table} (version_id, {columns})"
        f" SELECT twin.id, {columns} FROM {model._meta.db_table} old"
        " JOIN twins twin ON twin.original = old.version_id"
    )


# Two of three positions are answered; no number of a change is as high as those that follow. In the
# order in which exams are begun: any other leaves the index a third larger than it gets.
_ANSWER = """
INSERT INTO exam_response (attempt_id, position, seq, selected, eliminated, flagged, spent_ms,
    note, highlights, path, confidence, checked, miss)
SELECT id, position, 0, chosen, 0, mod(position, 9) = 0, sign(chosen) * 60000, '', '[]',
    CASE WHEN chosen = 0 THEN '' ELSE position * 60000 || ':' || chosen END, 0, false, ''
FROM (SELECT id, position, CASE WHEN random() < .67 THEN 1 << floor(random() * 4)::int ELSE 0 END
          AS chosen
      FROM exam_attempt, generate_series(1, 65) AS position WHERE id BETWEEN %s AND %s) AS answers
ORDER BY id, position
"""
