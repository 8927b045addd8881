"""One version with everything that is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from exam.engine.items.concerns import FEWEST, FEWEST_COMPARED, FEWEST_FOR_FIT, misfit_bounds
from exam.engine.scores.shares import share_band
from exam.models import (
    Functioning,
    ItemParameter,
    ItemStatistics,
    QuestionReport,
    ReportOutcome,
)
from exam.selectors.measurement.key_health import Said, comparison_names, said_of
from exam.selectors.sitting.forms import LETTERS
from questions.models import KeyChange, Option, QuestionVersion, Review

CALIBRATIONS_SHOWN = 12
SURE = 1.96  # standard errors, for a band that holds in 19 of 20 cases


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """An option, how many chose it, and how these did on the other questions."""

    letter: str
    option: Option
    chosen: int
    share: float | None
    rest: float | None


@dataclass(frozen=True, slots=True)
class KnownDifficulty:
    """The difficulty under one calibration with the ends of its band, in logits."""

    number: int
    difficulty: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BlindAnswer:
    """What a reviewer answered before seeing the key."""

    review: Review
    letters: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Item:
    """Everything the page of a version shows."""

    version: QuestionVersion
    row: ItemStatistics | None
    said: tuple[Said, ...]
    options: tuple[OptionFigures, ...]
    difficulties: tuple[KnownDifficulty, ...]  # the oldest calibration first
    functionings: Sequence[Functioning]  # with answers enough to tell
    reviews: tuple[BlindAnswer, ...]
    reports: Sequence[QuestionReport]
    key_changes: Sequence[KeyChange]
    versions: Sequence[QuestionVersion]

    @property
    def key_letters(self) -> str:
        """The key as letters in the order of the bank."""
        return ", ".join(entry.letter for entry in self.options if entry.option.is_key)

    @property
    def is_key_newer(self) -> bool:
        """Whether the key was changed after the figures were counted."""
        changes = self.key_changes
        return bool(self.row and changes and changes[-1].made_at > self.row.computed_at)

    @property
    def facts(self) -> dict[str, Any]:
        """Bounds and bands that the figures are read against."""
        row = self.row
        if row is None:
            return {}
        n = row.responses
        right = round((row.facility or 0) * n)
        bands = share_band(right, n, SURE) if n else (None, None)
        infit, outfit = misfit_bounds(n)
        return {
            "facility_low": bands[0],
            "facility_high": bands[1],
            "blank": row.blank / n if n else None,
            "infit_bound": infit,
            "outfit_bound": outfit,
            "enough": n >= FEWEST,
            "fewest": FEWEST,
            "fewest_for_fit": FEWEST_FOR_FIT,
            "changed": row.right_to_wrong + row.wrong_to_right,
        }


def item(version: QuestionVersion) -> Item:
    """The version with its figures, its history, and what people said of it."""
    row = ItemStatistics.objects.select_related("calibration").filter(pk=version.pk).first()
    names = comparison_names([row]) if row else {}
    question = version.question
    return Item(
        version=version,
        row=row,
        said=said_of(row, names) if row else (),
        options=_options(version, row),
        difficulties=_difficulties(version),
        functionings=list(
            Functioning.objects.filter(
                version=version,
                focal_responses__gte=FEWEST_COMPARED,
                reference_responses__gte=FEWEST_COMPARED,
            )
            .select_related("comparison")
            .order_by("comparison__name")
        ),
        reviews=_reviews(version),
        reports=list(
            QuestionReport.objects.filter(
                version__question=question, outcome=ReportOutcome.OPEN
            ).order_by("created_at")[:5]
        ),
        key_changes=list(version.key_changes.select_related("made_by").order_by("pk")),
        versions=list(question.versions.only("number", "question").order_by("-number")),
    )


def _options(version: QuestionVersion, row: ItemStatistics | None) -> tuple[OptionFigures, ...]:
    counted = row.options if row else []
    responses = row.responses if row else 0
    found = []
    for place, option in enumerate(version.options.all()):
        figures = counted[place] if place < len(counted) else {"chosen": 0, "rest": None}
        share = figures["chosen"] / responses if responses else None
        found.append(
            OptionFigures(LETTERS[place], option, figures["chosen"], share, figures["rest"])
        )
    return tuple(found)


def _difficulties(version: QuestionVersion) -> tuple[KnownDifficulty, ...]:
    parameters = ItemParameter.objects.filter(
        version=version, calibration__is_published=True
    ).order_by("-calibration__number")
    rows = parameters.values_list("calibration__number", "difficulty", "variance")
    newest = list(rows[:CALIBRATIONS_SHOWN])
    return tuple(
        KnownDifficulty(number, b, b - SURE * sqrt(variance), b + SURE * sqrt(variance))
        for number, b, variance in reversed(newest)
    )


def _reviews(version: QuestionVersion) -> tuple[BlindAnswer, ...]:
    options = version.options.all()
    key = sum(1 << option.ordinal for option in options if option.is_key)
    reviews = version.reviews.exclude(answer=None).select_related("reviewer").order_by("pk")
    return tuple(
        BlindAnswer(
            review,
            ", ".join(
                LETTERS[place]
                for place, option in enumerate(options)
                if review.answer >> option.ordinal & 1
            ),
            review.answer == key,
        )
        for review in reviews
    )
