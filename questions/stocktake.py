"""What a bank of files holds, and where it falls short of its goals."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from questions.formats.bank import BankDefinition
from questions.formats.draft import QuestionDraft, wording
from questions.formats.record_yaml import Goals, Reviewed
from questions.lint import Level, lint_bank, lint_question

NOT_SAID = "not said"
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Lint:
    """Findings: `item_warnings` counts questions, the others count findings."""

    blocks: int
    bank_warnings: int
    item_warnings: int
    remarks: int


@dataclass(frozen=True, slots=True)
class Review:
    """The record counted: questions solved blind as they stand, agreed, proven, guessed.

    `to_solve` are the codes nobody solved blind as they are worded now; `agreed` counts, of the
    others, those whose last blind answer was the key. `guessed` of `guessable`: key found with the
    stem hidden.
    """

    solved: int
    agreed: int
    to_solve: tuple[str, ...]
    proof: Mapping[str, int]
    guessed: int
    guessable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What a bank holds, counted; `forms` is how many disjoint forms one candidate gets."""

    bank: str
    questions: int
    domains: Mapping[int, int]
    subdomains: Mapping[str, int]
    areas: Mapping[str, int]
    kinds: Mapping[str, int]
    difficulty: Mapping[int, int]
    exhibits: Mapping[str, int]
    qualifiers: int
    lint: Lint
    review: Review
    forms: int


def take_stock(
    definition: BankDefinition,
    drafts: Sequence[QuestionDraft],
    review: Mapping[str, Reviewed],
    forms: int,
) -> Stock:
    """Count a bank; parts of the definition that hold nothing count 0."""
    domain_of = {
        part.code: domain.number for domain in definition.domains for part in domain.subdomains
    }
    exhibits = [draft.exhibit for draft in drafts if draft.exhibit]
    return Stock(
        bank=definition.slug,
        questions=len(drafts),
        domains=_counted(domain_of.values(), [domain_of[draft.subdomain] for draft in drafts]),
        subdomains=_counted(domain_of, [draft.subdomain for draft in drafts]),
        areas=_counted((area.code for area in definition.areas), [draft.area for draft in drafts]),
        kinds=_counted(
            ("single", "multiple"),
            ["multiple" if draft.select > 1 else "single" for draft in drafts],
        ),
        difficulty=_counted(range(1, 6), [draft.difficulty or 0 for draft in drafts]),
        exhibits=_counted((), sorted(exhibit.kind or NOT_SAID for exhibit in exhibits)),
        qualifiers=sum(draft.qualifier is not None for draft in drafts),
        lint=_lint(drafts),
        review=_review(drafts, review),
        forms=forms,
    )


def shortfalls(stock: Stock, goals: Goals, areas: Mapping[str, float]) -> list[str]:
    """One sentence for each goal that is missed; `areas` are the shares wanted, adding up to 1."""
    return [
        *_too_few(stock, goals),
        *_uneven(stock, goals, areas),
        *_lint_problems(stock, goals),
        *_review_problems(stock, goals),
    ]


def _counted(names: Iterable[Name], found: Iterable[Name]) -> dict[Name, int]:
    """How often each was found: first those that should be there, then any other."""
    counts = Counter(found)
    return {name: counts[name] for name in dict.fromkeys([*names, *counts])}


def _lint(drafts: Sequence[QuestionDraft]) -> Lint:
    own = [finding for draft in drafts for finding in lint_question(draft)]
    bank = lint_bank(drafts)
    # A finding of the whole bank that names a question is that question's.
    per_question = own + [finding for finding in bank if finding.code]
    whole = [finding for finding in bank if not finding.code]
    return Lint(
        blocks=sum(finding.level is Level.BLOCK for finding in own + bank),
        bank_warnings=sum(finding.level is Level.WARN for finding in whole),
        item_warnings=len({f.code for f in per_question if f.level is Level.WARN}),
        remarks=sum(finding.level is Level.INFO for finding in own + bank),
    )


def _review(drafts: Sequence[QuestionDraft], record: Mapping[str, Reviewed]) -> Review:
    current = {
        draft.code: record[draft.code]
        for draft in drafts
        if draft.code in record and record[draft.code].wording == wording(draft)
    }
    guesses = [entry.guessed for entry in current.values() if entry.guessed is not None]
    return Review(
        solved=len(current),
        agreed=sum(entry.blind[-1] for entry in current.values()),
        to_solve=tuple(draft.code for draft in drafts if draft.code not in current),
        proof=_counted(
            ("read", "calculated", "known"), [entry.proof for entry in current.values()]
        ),
        guessed=sum(guesses),
        guessable=len(guesses),
    )


def _too_few(stock: Stock, goals: Goals) -> Iterator[str]:
    for number, wanted in goals.domains.items():
        yield from _under(stock.domains.get(number, 0), wanted, f"Domain {number}", "questions")
    for code, found in stock.subdomains.items():
        yield from _under(found, goals.subdomain, f"Sub-domain {code}", "questions")
    yield from _under(stock.forms, goals.forms, "The bank", "disjoint forms")
    low, high = goals.multiple_response
    yield from _under(stock.kinds["multiple"], low, "The bank", "multiple-response questions")
    if (found := stock.kinds["multiple"]) > high:
        yield f"The bank holds {found} multiple-response questions; {high} is most."
    yield from _under(sum(stock.exhibits.values()), goals.exhibits, "The bank", "exhibits")
    kinds = len(stock.exhibits.keys() - {NOT_SAID})
    yield from _under(kinds, goals.exhibit_kinds, "The bank", "kinds of exhibit")


def _under(found: int, wanted: int, who: str, what: str) -> Iterator[str]:
    if found < wanted:
        yield f"{who} holds {found} {what} of {wanted}."


def _uneven(stock: Stock, goals: Goals, areas: Mapping[str, float]) -> Iterator[str]:
    wanted = {
        **{
            f"Difficulty {rating}": (stock.difficulty.get(rating, 0), share)
            for rating, share in goals.difficulty.items()
        },
        **{f"Area {code}": (stock.areas[code], 100 * share) for code, share in areas.items()},
        "A deciding qualifier": (stock.qualifiers, goals.qualifiers),
    }
    for what, (found, share) in wanted.items():
        percent = _percent(found, stock.questions)
        if abs(percent - share) > goals.tolerance:
            yield (
                f"{what}: {percent:.1f} % of the questions, "
                f"{share:g} % ± {goals.tolerance:g} is wanted."
            )


def _lint_problems(stock: Stock, goals: Goals) -> Iterator[str]:
    if stock.lint.blocks:
        yield f"The linter blocks {stock.lint.blocks} times."
    if stock.lint.bank_warnings:
        yield f"The linter warns {stock.lint.bank_warnings} times about the bank as a whole."
    warned = _percent(stock.lint.item_warnings, stock.questions)
    if warned > goals.item_warnings:
        most = goals.item_warnings
        yield f"The linter warns about {warned:.1f} % of the questions; {most:g} % is most."


def _review_problems(stock: Stock, goals: Goals) -> Iterator[str]:
    review = stock.review
    if review.to_solve:
        some = ", ".join(review.to_solve[:5])
        yield f"{len(review.to_solve)} questions were not solved blind as they stand: {some}."
    agreed = _percent(review.agreed, review.solved)
    if agreed < goals.agreement:
        yield f"Blind answers and keys agree in {agreed:.1f} %; {goals.agreement:g} % is wanted."
    guessed = _percent(review.guessed, review.guessable)
    if guessed > goals.guessed:
        yield f"{guessed:.1f} % are guessed with the stem hidden; {goals.guessed:g} % is most."


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
