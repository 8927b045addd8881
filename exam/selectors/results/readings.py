"""What a score says, in words first and then in numbers."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exam.engine.scores.scoring import PROVISIONAL_POINTS, Leaning, leaning
from exam.engine.scores.shares import percent_band
from exam.models import Report, Score
from exam.selectors.blueprints.pool import report_scale


class Verdict(StrEnum):
    """How much one exam can tell; a share of right answers tells nothing about passing."""

    LIKELY = "likely"
    CLOSE = "close"
    NOT_YET = "not_yet"
    NONE = "none"


_VERDICTS = {
    Leaning.ABOVE: Verdict.LIKELY,
    Leaning.AROUND: Verdict.CLOSE,
    Leaning.BELOW: Verdict.NOT_YET,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A score in the terms of its blueprint: points on the scale, or percent right."""

    verdict: Verdict
    words: str
    headline: str
    figure: str
    low: int
    high: int
    is_scaled: bool
    is_provisional: bool

    @property
    def off_by(self) -> int:
        """How far the true level may lie from the middle of the band, about two times in three."""
        return round((self.high - self.low) / 2)


def read_score(score: Score) -> Reading:
    """The score as its report tells it."""
    if score.attempt.blueprint.report == Report.PERCENT:
        return _share_reading(score)
    return _scaled_reading(score)


def lean(low: int, high: int, score: Score) -> Leaning:
    """Where a band of the same report lies."""
    return leaning(low, high, report_scale(score.attempt.blueprint))


def lean_words(where: Leaning) -> str:
    """A hint in words."""
    return {
        Leaning.ABOVE: _("Leans above"),
        Leaning.AROUND: _("Around the cut"),
        Leaning.BELOW: _("Leans below"),
    }[where]


def verdict_of(where: Leaning) -> tuple[Verdict, str]:
    """What a band tells, as a code and in words."""
    return _VERDICTS[where], _verdict_words(_VERDICTS[where])


def _scaled_reading(score: Score) -> Reading:
    verdict = _VERDICTS[lean(score.low, score.high, score)]
    return Reading(
        verdict=verdict,
        words=_verdict_words(verdict),
        headline=_headline(score),
        figure=str(score.scaled_score),
        low=score.low,
        high=score.high,
        is_scaled=True,
        is_provisional=score.form_points > PROVISIONAL_POINTS,
    )


def _share_reading(score: Score) -> Reading:
    low, share, high = percent_band(score.raw_score, score.scored_count)
    return Reading(
        verdict=Verdict.NONE,
        words=_("A share, not a verdict"),
        headline=_("%(right)d of %(count)d right")
        % {"right": score.raw_score, "count": score.scored_count},
        figure=f"{share} %",
        low=low,
        high=high,
        is_scaled=False,
        is_provisional=False,
    )


def _verdict_words(verdict: Verdict) -> str:
    return {
        Verdict.LIKELY: _("Likely to pass"),
        Verdict.CLOSE: _("Too close to call"),
        Verdict.NOT_YET: _("Not yet"),
    }[verdict]


def _headline(score: Score) -> str:
    points = score.scaled_score - score.attempt.blueprint.scale_cut
    if points == 0:
        return _("Pass, exactly at the cut")
    if score.passed:
        return ngettext(
            "Pass, %(points)d point above the cut", "Pass, %(points)d points above the cut", points
        ) % {"points": points}
    return ngettext(
        "Below the cut by %(points)d point", "Below the cut by %(points)d points", -points
    ) % {"points": -points}
