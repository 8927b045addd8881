"""Banks and questions as lists need them, without their texts."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from accounts.models import Role, User
from questions.models import Bank, Domain, Option, Question, QuestionVersion, Subdomain

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
_numbers = count(1)


def person(name: str = "", role: Role = Role.INSTRUCTOR) -> User:
    """Without a password, which would take longer than the whole test."""
    email = f"listed{next(_numbers)}@example.org"
    return User.objects.create_user(email, display_name=name, role=role)


def empty_bank(slug: str = "one") -> Bank:
    """Two domains with two parts each, and two areas."""
    areas = [{"code": "ml", "name": "Machine learning"}, {"code": "aws", "name": "AWS"}]
    bank = Bank.objects.create(slug=slug, title=f"Bank {slug}", areas=areas)
    for number in (1, 2):
        domain = Domain.objects.create(bank=bank, number=number, name=f"Domain {number}")
        for part in (1, 2):
            code = f"{number}.{part}"
            Subdomain.objects.create(domain=domain, code=code, name=f"Part {code}")
    return bank


def listed(bank: Bank, code: str = "", part: str = "1.1", **columns: Any) -> Question:
    """A question by what lists know of it; `listed(bank, "a-1", status="pilot", blocks=1)`."""
    subdomain = Subdomain.objects.get(domain__bank=bank, code=part)
    columns = {"search_text": code, "changed_at": NOW, "area": "ml", "difficulty": 3} | columns
    code = code or f"q-{next(_numbers):03}"
    return Question.objects.create(bank=bank, code=code, subdomain=subdomain, **columns)


def approved(bank: Bank, code: str = "", *, key: bool = True, **columns: Any) -> Question:
    """One with a current version, active if nothing else is said; without a key if so wanted."""
    question = listed(bank, code, **({"status": "active"} | columns))
    version = QuestionVersion.objects.create(
        question=question,
        number=1,
        content_hash="x",
        subdomain=question.subdomain,
        area="ml",
        difficulty=3,
        tags=question.tags,
        stem="Why does it boil?",
        stem_html="<p>Why does it boil?</p>",
        explanation="",
        explanation_html="",
    )
    for ordinal in range(2):
        is_key = key and ordinal == 0
        Option.objects.create(version=version, ordinal=ordinal, text="x", html="x", is_key=is_key)
    question.current = version
    question.save()
    return question
