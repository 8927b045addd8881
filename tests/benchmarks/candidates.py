"""Signed-in candidates and a larger bank, made directly in the database."""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from itertools import count

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from questions.models import Bank, Question
from tests.benchmarks.client import request

TOKEN = "t" * 32  # the same in cookie and header is all that the check asks for
BACKEND = "django.contrib.auth.backends.ModelBackend"
_addresses = count()
_seqs = count(1)


@dataclass(slots=True)
class Candidate:
    """A browser that is signed in, and the attempt it sits."""

    cookies: str
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

    def save(self, position: int) -> bytes:
        """One change, as the exam page sends it."""
        seq = next(_seqs)
        change = {
            **{"position": position, "seq": seq, "at_ms": seq, "spent_ms": 40 * seq},
            **{"selected": [1 + seq % 4], "eliminated": [], "flagged": False},
            **{"note": "", "highlights": []},
        }
        return self.ask("sync", {"sitting": 1, "changes": [change]})


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
    return [Candidate(f"sessionid={key}; csrftoken={TOKEN}") for key in keys]


def enlarge_bank(size: int) -> int:
    """Copy the bank's questions until there are at least `size`; how many there are then."""
    bank = Bank.objects.get()
    have = Question.objects.filter(bank=bank).count()
    copies = -(-size // have) - 1
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _COPY:
            cursor.execute(statement, {"copies": copies})
        Bank.objects.filter(pk=bank.pk).update(revision=bank.revision + 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Question.objects.filter(bank=bank).count()


def _copied(table: str, columns: str, versions: str = "version_id") -> str:
    """A statement that copies what belongs to a version."""
    return (
        f"INSERT INTO {table} ({versions}, {columns}) SELECT twin.id, {columns} FROM {table} old"
        f" JOIN twins twin ON twin.original = old.{versions}"
    )


_COPY = (
    "INSERT INTO questions_question (bank_id, code, status) SELECT bank_id, code || '~' || n,"
    " status FROM questions_question, generate_series(1, %(copies)s) n",
    "INSERT INTO questions_questionversion (question_id, number, content_hash, subdomain_id, area,"
    ' difficulty, tags, stem, stem_html, qualifier, "select", shuffle, explanation,'
    ' explanation_html, "references", created_at, exposure, response_count)'
    " SELECT q.id, 1, content_hash, subdomain_id, area, difficulty, tags, stem, stem_html,"
    ' qualifier, "select", shuffle, explanation, explanation_html, "references", created_at,'
    " exposure, response_count FROM questions_question q JOIN questions_question o"
    " ON o.code = split_part(q.code, '~', 1) JOIN questions_questionversion v"
    " ON v.id = o.current_id WHERE q.current_id IS NULL",
    "UPDATE questions_question q SET current_id = v.id FROM questions_questionversion v"
    " WHERE v.question_id = q.id AND q.current_id IS NULL",
    "CREATE TEMP TABLE twins ON COMMIT DROP AS SELECT q.current_id AS id,"
    " o.current_id AS original FROM questions_question q JOIN questions_question o"
    " ON o.code = split_part(q.code, '~', 1) WHERE q.id <> o.id",
    _copied("questions_option", "ordinal, text, html, is_key, rationale, rationale_html"),
    _copied("questions_exhibit", "title, kind, alt, vega_lite, svg, columns, rows"),
    _copied("exam_itemparameter", "calibration_id, difficulty, variance"),
)
