from collections.abc import Sequence
from dataclasses import asdict, replace

from questions.formats.bank import (
    AreaDefinition,
    BankDefinition,
    DomainDefinition,
    ReferenceDefinition,
    SubdomainDefinition,
)
from questions.formats.draft import ExhibitDraft, OptionDraft, QuestionDraft, wording
from questions.formats.record_yaml import Goals, Reviewed
from questions.stocktake import shortfalls, take_stock
from tests.questions.drafts import SOUND

BANK = BankDefinition(
    slug="small",
    title="Small",
    notice="",
    areas=(AreaDefinition("ml", "Machine learning"), AreaDefinition("aws", "AWS")),
    domains=(
        DomainDefinition(
            1, "First", (SubdomainDefinition("1.1", "One"), SubdomainDefinition("1.2", "Two"))
        ),
    ),
    blueprints=(),
    reference=ReferenceDefinition(1, None),
)
AREAS = {"ml": 0.5, "aws": 0.5}
GOALS = Goals(
    domains={1: 2},
    subdomain=1,
    forms=1,
    multiple_response=(0, 1),
    exhibits=1,
    exhibit_kinds=1,
    difficulty={3: 100},
    qualifiers=0,
    tolerance=10,
    item_warnings=0,
    agreement=100,
    guessed=50,
)
FIRST = replace(SOUND, exhibit=ExhibitDraft("Results", "Two rows.", columns=("a",), kind="table"))
SECOND = replace(
    SOUND,
    code="t-1.2-001",
    subdomain="1.2",
    area="aws",
    stem="A bakery counts its loaves every evening before closing. Which store is the cheapest?",
)
BOTH = (FIRST, SECOND)


def reviewed(draft: QuestionDraft, *blind: bool, guessed: bool | None = False) -> Reviewed:
    return Reviewed(wording(draft), blind or (True,), "read", guessed)


def short(
    drafts: Sequence[QuestionDraft], record: dict[str, Reviewed] | None = None, forms: int = 1
) -> list[str]:
    whole = {draft.code: reviewed(draft) for draft in drafts} if record is None else record
    return shortfalls(take_stock(BANK, drafts, whole, forms), GOALS, AREAS)


def test_everything_a_bank_holds_is_counted():
    record = {FIRST.code: reviewed(FIRST, False, True, guessed=True)}
    assert asdict(take_stock(BANK, BOTH, record, forms=1)) == {
        "bank": "small",
        "questions": 2,
        "domains": {1: 2},
        "subdomains": {"1.1": 1, "1.2": 1},
        "areas": {"ml": 1, "aws": 1},
        "kinds": {"single": 2, "multiple": 0},
        "difficulty": {1: 0, 2: 0, 3: 2, 4: 0, 5: 0},
        "exhibits": {"table": 1},
        "qualifiers": 0,
        "lint": {"blocks": 0, "bank_warnings": 0, "item_warnings": 0, "remarks": 0},
        "review": {
            "solved": 1,
            "agreed": 1,
            "to_solve": ("t-1.2-001",),
            "proof": {"read": 1, "calculated": 0, "known": 0},
            "guessed": 1,
            "guessable": 1,
        },
        "forms": 1,
    }


def test_a_bank_that_reaches_its_goals_falls_short_of_nothing():
    assert short(BOTH) == []


def test_an_empty_part_is_named():
    assert short([FIRST]) == [
        "Domain 1 holds 1 questions of 2.",
        "Sub-domain 1.2 holds 0 questions of 1.",
        "Area ml: 100.0 % of the questions, 50 % ± 10 is wanted.",
        "Area aws: 0.0 % of the questions, 50 % ± 10 is wanted.",
    ]


def test_too_few_forms_and_exhibits_are_named():
    assert short([replace(FIRST, exhibit=None), SECOND], forms=0) == [
        "The bank holds 0 disjoint forms of 1.",
        "The bank holds 0 exhibits of 1.",
        "The bank holds 0 kinds of exhibit of 1.",
    ]


def test_a_question_changed_after_its_blind_solution_counts_as_unsolved():
    record = {draft.code: reviewed(draft) for draft in BOTH}
    changed = replace(SECOND, stem=SECOND.stem.replace("cheapest", "fastest"))
    assert short([FIRST, changed], record) == [
        "1 questions were not solved blind as they stand: t-1.2-001."
    ]


def test_other_rationales_leave_the_blind_solution_standing():
    record = {draft.code: reviewed(draft) for draft in BOTH}
    options = tuple(replace(option, rationale="Put better.") for option in SECOND.options)
    assert short([FIRST, replace(SECOND, options=options, explanation="Also.")], record) == []


def test_the_last_blind_round_decides():
    record = {FIRST.code: reviewed(FIRST, False, True), SECOND.code: reviewed(SECOND, True, False)}
    assert short(BOTH, record) == ["Blind answers and keys agree in 50.0 %; 100 % is wanted."]


def test_questions_that_give_themselves_away_are_counted():
    record = {draft.code: reviewed(draft, guessed=True) for draft in BOTH}
    assert short(BOTH, record) == ["100.0 % are guessed with the stem hidden; 50 % is most."]


def test_what_the_linter_says_is_counted():
    doubled = replace(SECOND, options=(*SECOND.options[:3], OptionDraft("accuracy.")))
    assert short([FIRST, doubled], None) == [
        "The linter blocks 2 times.",
    ]
