"""The bank's list over many questions: statements and time of each kind of page, in one run.

./dev bench bank [--questions 100000] [--rounds 20]
"""

import argparse
import os
import platform
import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import django

from tests import servers

STEMS = Path(__file__).parent.parent.parent / "fixtures" / "mls-c01" / "questions"
WORDS = re.compile(r"[A-Za-z][A-Za-z-]+")
LENGTH = 150  # words of a question with its options and explanation
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ROW = "{:<34}{:>11}{:>9}{:>9}{:>9}"


def set_up() -> None:
    """A data base of its own on a PostgreSQL of its own."""
    os.environ |= {
        "DATABASE_URL": servers.start_postgres(),
        "CUTSCORE_DATA_DIR": str(servers.temporary_folder()),
        "REDIS_URL": servers.start_valkey(),
        "SECRET_KEY": "only-for-this-run-" + "x" * 50,
        "ALLOWED_HOSTS": "testserver",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    call_command("migrate", verbosity=0)


def fill(count: int) -> None:
    """One bank of so many questions; words as often as in the packaged bank."""
    from django.db import connection

    from accounts.models import Role, User
    from questions.models import Bank, Domain, Question, Subdomain

    people = [
        User.objects.create_user(f"author{n}@example.org", role=Role.INSTRUCTOR) for n in range(5)
    ]
    bank = Bank.objects.create(slug="large", title="Large", areas=[{"code": "ml", "name": "ML"}])
    domains = [Domain.objects.create(bank=bank, number=n, name=f"Domain {n}") for n in range(1, 5)]
    parts = [
        Subdomain.objects.create(domain=domain, code=f"{domain.number}.{n}", name=f"Part {n}")
        for domain in domains
        for n in range(1, 5)
    ]
    words = [word for file in sorted(STEMS.glob("*")) for word in WORDS.findall(file.read_text())]
    dice = random.Random(7)
    for start in range(0, count, 5000):
        numbers = range(start, min(start + 5000, count))
        Question.objects.bulk_create(
            Question(bank=bank, **_columns(number, words, parts, people, dice))
            for number in numbers
        )
    _change(bank, parts[0], count // 20)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # what autovacuum does by itself after such a load


def _columns(number, words, parts, people, dice):  # type: ignore[no-untyped-def]
    text = " ".join(dice.choices(words, k=LENGTH))
    return {
        "code": f"large-{dice.randrange(10**9):09}-{number}",
        "status": dice.choices(
            ("draft", "in_review", "pilot", "active", "retired"), (3, 1, 2, 9, 1)
        )[0],
        "title": text[:200],
        "subdomain": dice.choice(parts),
        "area": "ml",
        "difficulty": dice.randint(1, 5),
        "select": dice.choice((1, 1, 1, 2)),
        "exhibit_kind": dice.choice(("", "", "", "chart", "table", "picture")),
        "warnings": dice.choice((0, 0, 0, 1)),
        "blocks": dice.choice((0, 0, 0, 0, 1)),
        "author": dice.choice(people),
        "tags": [f"tag-{number % 50}", *(["third"] if number % 3 == 0 else [])],
        "search_text": text,
        "changed_at": BEGAN + timedelta(seconds=dice.randrange(10**7)),
    }


def _change(bank, part, count):  # type: ignore[no-untyped-def]
    """So many are published, and half of these have a working copy beside it."""
    from questions.models import Draft, Question, QuestionVersion

    questions = list(bank.questions.order_by("code")[:count])
    versions = QuestionVersion.objects.bulk_create(
        QuestionVersion(question=question, number=1, subdomain=part, area="ml", difficulty=3)
        for question in questions
    )
    for question, version in zip(questions, versions, strict=True):
        question.current = version
    Question.objects.bulk_update(questions, ["current"], batch_size=1000)
    Draft.objects.bulk_create(
        Draft(question=question, content={}, saved_at=BEGAN) for question in questions[::2]
    )


def floor() -> None:
    """The least there is: one page of rows by an index."""
    from questions.models import Question
    from questions.selectors.bank_pages import PER_PAGE

    list(Question.objects.filter(bank__slug="large").order_by("code")[:PER_PAGE])


def pages(count: int) -> Iterator[tuple[str, Callable[[], None]]]:
    """Each kind of page, as a browser asks for it."""
    from django.test import Client

    from accounts.models import User
    from questions.models import Question
    from questions.selectors.bank_pages import PER_PAGE

    author = User.objects.get(email="author0@example.org")
    code = Question.objects.values_list("code", flat=True).order_by("-code")[0]
    client = Client()
    client.force_login(author, backend="accounts.backends.PasswordBackend")

    def ask(query: str) -> Callable[[], None]:
        def asked() -> None:
            answer = client.get(f"/bank/large/{query}")
            assert answer.status_code == 200, answer.content

        return asked

    last = -(-count // PER_PAGE)
    yield "first page", ask("")
    yield "last page", ask(f"?page={last}")
    yield "page in the middle", ask(f"?page={last // 2}")
    for sort in ("changed", "difficulty"):
        for turned in ("", "-"):
            yield f"by {turned}{sort}", ask(f"?sort={turned}{sort}")
            yield "  in the middle", ask(f"?sort={turned}{sort}&page={last // 2}")
    yield "a status", ask("?status=active")
    yield "  in the middle", ask(f"?status=active&page={last // 4}")
    yield "  by difficulty in the middle", ask(f"?status=active&sort=difficulty&page={last // 4}")
    yield "  by change in the middle", ask(f"?status=active&sort=-changed&page={last // 4}")
    yield "three filters", ask("?part=3&status=active&lint=warned")
    yield (
        "kind, exhibit, difficulty, area",
        ask("?kind=multiple&exhibit=chart&difficulty=3&area=ml"),
    )
    yield "author, by change", ask(f"?author={author.pk}&sort=-changed")
    yield "origin", ask("?origin=here")
    yield "changed and not published", ask("?changes=on")
    yield "a tag", ask("?tag=tag-7")
    yield "a tag of every third", ask("?tag=third")
    yield "a code", ask(f"?q={code}")
    yield "the beginning of codes", ask("?q=large-1")
    yield "a rare word", ask("?q=hyperband")
    yield "two words", ask("?q=endpoint+latency")
    yield "a word of every fifth", ask("?q=latency")
    yield "a word of every second", ask("?q=model")
    yield "  by change, page 5", ask("?q=model&sort=-changed&page=5")
    yield "  with three filters", ask("?part=3&status=active&lint=warned&q=model")
    yield "a word of nearly all", ask("?q=text")
    yield "  page 6", ask("?q=text&page=6")
    yield "the beginning of words", ask("?q=con*")
    yield "a phrase", ask("?q=%22neural+network%22")
    yield "with one word, without another", ask("?q=endpoint+-latency")
    yield "nothing found", ask("?q=zyzzyva")


def measured(page: Callable[[], None], rounds: int) -> tuple[int, float, float, float]:
    """Statements, their median time, median and 95th percentile of the whole page, in ms."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page()
    taken = []
    for _round in range(rounds):
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            page()
        whole = time.perf_counter() - begun
        sql = sum(float(query["time"]) for query in captured.captured_queries)
        taken.append((len(captured), sql * 1000, whole * 1000))
    wholes = sorted(t[2] for t in taken)
    slow = wholes[min(int(len(wholes) * 0.95), len(wholes) - 1)]
    return max(t[0] for t in taken), median(t[1] for t in taken), median(wholes), slow


def report(count: int, rounds: int) -> None:
    """A line for each page."""
    print(ROW.format("", "statements", "SQL ms", "page ms", "95 %"))
    for name, page in [("floor: as many rows by an index", floor), *pages(count)]:
        statements, *times = measured(page, rounds)
        print(ROW.format(name, statements, *(f"{ms:.1f}" for ms in times)), flush=True)


def main() -> None:
    """Fill, then measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    set_up()
    begun = time.perf_counter()
    fill(arguments.questions)
    seconds = time.perf_counter() - begun
    print(f"{arguments.questions} questions, filled in {seconds:.0f} s; {platform.platform()}")
    report(arguments.questions, arguments.rounds)


if __name__ == "__main__":
    main()
