"""Questions of the bank that ask nearly the same as the one being written."""

from dataclasses import dataclass

from questions.lint.similar import most_alike
from questions.models import Question

ALIKE = 0.4  # share of three-word runs in common
MOST = 3
FEWEST_WORDS = 6
# In a larger bank only the question's own sub-domain is searched: it must stay fast.
WHOLE_BANK = 8000
STEMS = ("draft__content__stem", "proposed__stem", "current__stem")


@dataclass(frozen=True, slots=True)
class Similar:
    """A question that is alike, and the share of its wording that is the same."""

    pk: int
    code: str
    title: str
    percent: int
    is_enemy: bool


def similar_to(question: Question, stem: str, subdomain: str) -> list[Similar]:
    """The questions with the most alike stems, the most alike first (at most four statements)."""
    if len(stem.split()) < FEWEST_WORDS:
        return []
    stems = _stems(question, subdomain)
    found = most_alike(stem, stems, at_least=ALIKE, most=MOST)
    titles = {
        pk: (code, title)
        for pk, code, title in Question.objects.filter(pk__in=found)
        .order_by()
        .values_list("pk", "code", "title")
    }
    enemies = (
        set(question.enemies.filter(pk__in=found).values_list("pk", flat=True)) if found else ()
    )
    return [
        Similar(pk, *titles[pk], round(100 * share), pk in enemies) for pk, share in found.items()
    ]


def _stems(question: Question, subdomain: str) -> dict[int, str]:
    """By question what is written now, else what is proposed or published."""
    others = Question.objects.filter(bank=question.bank_id).exclude(pk=question.pk)
    if others[WHOLE_BANK:].exists():
        others = others.filter(subdomain__code=subdomain)[:WHOLE_BANK]
    rows = others.order_by().values_list("pk", *STEMS)
    return {pk: next(filter(None, texts), "") for pk, *texts in rows}
