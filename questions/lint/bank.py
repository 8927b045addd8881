"""Rules that only a whole bank can break."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import erfc, exp, fsum, gamma, sqrt

from questions.formats.draft import QuestionDraft

from .finding import ATTALI, FORMAT, HALADYNA, NBME, Finding, Level
from .similar import similar_stems
from .text import normalised, prose

LONGEST_MINIMUM = 50
LONGEST_ERRORS = 2
LONGEST_EXAMPLES = 8
POSITION_P = 0.01
# The usual rule for the chi-square approximation: five expected in every place.
POSITION_EXPECTED = 5


def lint_bank(drafts: Iterable[QuestionDraft]) -> list[Finding]:
    """What is wrong with the bank as a whole; `lint_question` judges each question alone."""
    bank = list(drafts)
    checks = (_codes, _enemies, _longest, _positions, _same_stem, _near_duplicates)
    return [finding for check in checks for finding in check(bank)]


def _codes(bank: Sequence[QuestionDraft]) -> Iterable[Finding]:
    for code, count in Counter(draft.code for draft in bank).items():
        if count > 1:
            message = f"The id stands {count} times in the bank."
            yield Finding("repeated-id", Level.BLOCK, code, "code", message, FORMAT)


def _enemies(bank: Sequence[QuestionDraft]) -> Iterable[Finding]:
    codes = {draft.code for draft in bank}
    for draft in bank:
        for enemy in draft.enemies:
            if enemy == draft.code or enemy not in codes:
                what = "is this question itself" if enemy == draft.code else "is not in the bank"
                message = f"Enemy {enemy} {what}."
                yield Finding("enemies", Level.BLOCK, draft.code, "enemies", message, FORMAT)


def _longest(bank: Sequence[QuestionDraft]) -> Iterable[Finding]:
    """The longest option is the key more often than chance (25 % with one key of four)."""
    asked = [draft for draft in bank if draft.keys and draft.distractors]
    if len(asked) < LONGEST_MINIMUM:
        return
    chances = [len(draft.keys) / len(draft.options) for draft in asked]
    expected = sum(chances)
    error = sqrt(sum(chance * (1 - chance) for chance in chances))
    found = sum(map(_longest_is_key, asked))
    if found > expected + LONGEST_ERRORS * error:
        message = (
            f"The longest option is a key in {found / len(asked):.0%} of the questions; "
            f"chance would give {expected / len(asked):.0%}. Start with {_worst(asked)}."
        )
        source = f"{HALADYNA}, guideline 24; {NBME}"
        yield Finding("longest-is-key", Level.WARN, "", "options", message, source)


def _longest_is_key(draft: QuestionDraft) -> float:
    """1 if the longest option is a key, 0 if not, the share of keys where several are longest."""
    longest = max(len(prose(option.text)) for option in draft.options)
    tied = [option for option in draft.options if len(prose(option.text)) == longest]
    return sum(option.is_key for option in tied) / len(tied)


def _worst(asked: Sequence[QuestionDraft]) -> str:
    ranked = sorted(asked, key=_lead, reverse=True)
    return ", ".join(draft.code for draft in ranked[:LONGEST_EXAMPLES])


def _lead(draft: QuestionDraft) -> float:
    key = max(len(prose(option.text)) for option in draft.keys)
    other = max(len(prose(option.text)) for option in draft.distractors)
    return key / max(other, 1)


def _positions(bank: Sequence[QuestionDraft]) -> Iterable[Finding]:
    """Chi-square of the key's place, questions with one key, summed over numbers of options."""
    places: dict[int, Counter[int]] = defaultdict(Counter)
    for draft in bank:
        if len(draft.keys) == 1:
            place = next(i for i, option in enumerate(draft.options) if option.is_key)
            places[len(draft.options)][place] += 1
    large = {n: c for n, c in places.items() if c.total() >= POSITION_EXPECTED * n and n > 1}
    statistic = sum(_chi_square([c[i] for i in range(n)]) for n, c in large.items())
    freedom = sum(n - 1 for n in large)
    if freedom and chi_square_tail(statistic, freedom) < POSITION_P:
        message = f"The key's place is uneven: {_counts(large)}."
        source = f"{HALADYNA}, guideline 20; {ATTALI}"
        yield Finding("key-position", Level.WARN, "", "options", message, source)


def _chi_square(counts: Sequence[int]) -> float:
    expected = sum(counts) / len(counts)
    return sum((count - expected) ** 2 / expected for count in counts)


def chi_square_tail(statistic: float, freedom: int) -> float:
    """P(X ≥ statistic) for chi-square with `freedom` ≥ 1, by the recurrence in steps of two.

    Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 26.4.4 and 26.4.5.
    """
    half = statistic / 2
    tail, start = (exp(-half), 2) if freedom % 2 == 0 else (erfc(sqrt(half)), 1)
    steps = (half ** (k / 2) * exp(-half) / gamma(k / 2 + 1) for k in range(start, freedom, 2))
    return tail + fsum(steps)


def _counts(places: dict[int, Counter[int]]) -> str:
    groups = (
        f"{n} options " + "/".join(str(counts[i]) for i in range(n))
        for n, counts in sorted(places.items())
    )
    return "; ".join(groups)


def _same_stem(bank: Sequence[QuestionDraft]) -> Iterable[Finding]:
    first: dict[tuple[str, object], QuestionDraft] = {}
    for draft in bank:
        # Two charts under the same words are two questions.
        other = first.setdefault((normalised(draft.stem), repr(draft.exhibit)), draft)
        if other is not draft and _key_texts(other) != _key_texts(draft):
            message = f"The stem is the same as that of {other.code}, but the key is another."
            yield Finding("key-conflict", Level.BLOCK, draft.code, "stem", message, FORMAT)


def _key_texts(draft: QuestionDraft) -> set[str]:
    return {normalised(option.text) for option in draft.keys}


def _near_duplicates(bank: Sequence[QuestionDraft]) -> Iterable[Finding]:
    for first, second, likeness in similar_stems([draft.stem for draft in bank]):
        one, two = bank[first], bank[second]
        # Enemies never meet on a form, so likeness between them does no harm.
        enemies = two.code in one.enemies or one.code in two.enemies
        message = f"The stem is {likeness:.0%} the same as that of {one.code}."
        level = Level.INFO if enemies else Level.WARN
        yield Finding("near-duplicate", level, two.code, "stem", message, FORMAT)
