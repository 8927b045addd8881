"""What the pages about readiness are about: which exam, which bank, which attempts."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from exam.models import Report
from exam.selectors.readiness.mastery import Mastery, mastery_of, practised_by
from exam.selectors.readiness.on_today import Line, line_of
from exam.selectors.readiness.readiness import Standing, standing_of
from exam.selectors.results.complete_answers import CompleteAnswers, complete_answers
from exam.selectors.results.history import Sat, sat_by, trend_of, trend_slug
from questions.models import Bank


@dataclass(frozen=True, slots=True)
class ReadinessScreen:
    """One exam of one person; without a complete attempt on the scale there is no standing."""

    person: User
    exams: tuple[tuple[str, str], ...]  # those with a readiness: slug and title
    slug: str
    title: str
    bank: Bank | None  # of the exam, or of the last complete attempt; None without any
    line: Line
    standing: Standing | None
    unfinished: int
    shares: int  # complete attempts that are told as a share alone
    found: CompleteAnswers | None

    def mastery(self, *, with_practice: bool = True) -> Mastery | None:
        """The parts of the bank; None without a complete attempt."""
        if self.bank is None or self.found is None:
            return None
        practised = practised_by(self.person, self.bank.pk) if with_practice else ()
        return mastery_of(self.found, self.bank.pk, self.standing, practised)


def readiness_screen(
    person: User, slug: str = "", sat: Sequence[Sat] | None = None
) -> ReadinessScreen:
    """The exam that was asked for if it has a readiness, else the last one that has one."""
    sat = sat_by(person) if sat is None else sat
    exams = _exams(sat)
    chosen = slug if slug in exams else trend_slug(sat)
    line = line_of(trend_of(sat, chosen))
    bank = _bank(sat, chosen)
    scored = [entry for entry in sat if entry.score]
    return ReadinessScreen(
        person=person,
        exams=tuple(exams.items()),
        slug=chosen,
        title=exams.get(chosen, ""),
        bank=bank,
        line=line,
        standing=standing_of(line),
        unfinished=sum(not entry.score.is_complete for entry in scored if entry.score),
        shares=sum(_is_share(entry) for entry in scored),
        found=complete_answers(sat, bank.pk, line.known) if bank else None,
    )


def _exams(sat: Sequence[Sat]) -> dict[str, str]:
    return {
        entry.attempt.blueprint.slug: entry.attempt.blueprint.title
        for entry in sat
        if entry.counts_for_trend
    }


def _bank(sat: Sequence[Sat], slug: str) -> Bank | None:
    complete = [entry for entry in sat if entry.score and entry.score.is_complete]
    own = [entry for entry in complete if slug in ("", entry.attempt.blueprint.slug)]
    return own[0].attempt.blueprint.bank if own else None


def _is_share(entry: Sat) -> bool:
    complete = entry.score is not None and entry.score.is_complete
    return complete and entry.attempt.blueprint.report == Report.PERCENT
