"""What speaks against a question, in plain words with the figures it rests on."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exam.engine.items.concerns import Code
from exam.selectors.sitting.forms import LETTERS

Figures = Mapping[str, Any]

LABELS: Mapping[Code, Promise] = {
    Code.DISTRACTOR: gettext_lazy("A wrong option beats the key"),
    Code.NEGATIVE: gettext_lazy("Negative discrimination"),
    Code.REVIEWERS: gettext_lazy("Reviewers answered otherwise"),
    Code.REPORTS: gettext_lazy("Reports of candidates"),
    Code.FUNCTIONING: gettext_lazy("Harder for one group"),
    Code.DRIFT: gettext_lazy("Difficulty has moved"),
    Code.MISFIT: gettext_lazy("Misfit"),
    Code.TOO_HARD: gettext_lazy("Too hard"),
    Code.OMITTED: gettext_lazy("Left out by many"),
    Code.TOO_EASY: gettext_lazy("Too easy"),
    Code.TOO_REGULAR: gettext_lazy("Too predictable"),
}
MEANINGS: Mapping[Code, Promise] = {
    Code.DISTRACTOR: gettext_lazy("The key may be wrong, or a second option is right too."),
    Code.NEGATIVE: gettext_lazy(
        "Who does well elsewhere gets it wrong: the key or the wording may mislead."
    ),
    Code.REVIEWERS: gettext_lazy(
        "They answered before they saw the key. The key or the wording may be at fault."
    ),
    Code.REPORTS: gettext_lazy("Somebody who sat it says that something is wrong."),
    Code.FUNCTIONING: gettext_lazy(
        "At equal ability one group gets it right less often: look for words that only some know."
    ),
    Code.DRIFT: gettext_lazy(
        "It is not what it was: it may have become known, or the world has changed."
    ),
    Code.MISFIT: gettext_lazy(
        "Who gets it right depends less on ability than with other questions: "
        "guessing, a trick, or two readings."
    ),
    Code.TOO_HARD: gettext_lazy("Fewer get it right than by guessing among five options."),
    Code.OMITTED: gettext_lazy("A guess costs nothing, and still they left it out."),
    Code.TOO_EASY: gettext_lazy("It measures next to nothing."),
    Code.TOO_REGULAR: gettext_lazy(
        "It parts strong from weak more sharply than one question should: "
        "another one may give its answer away."
    ),
}


def sentence_of(concern: Figures, comparisons: Mapping[int, str]) -> str:
    """The evidence as one sentence; `comparisons` names those there are."""
    code = Code(concern["code"])
    if code == Code.FUNCTIONING:
        return _functioning(concern, comparisons)
    return _SENTENCES[code](concern)


def _distractor(f: Figures) -> str:
    words = (
        _(
            "%(wrong)s is chosen by better candidates than the key %(key)s: they have %(rest)s of "
            "the other questions right, against %(key_rest)s (%(n)s and %(m)s answers)."
        )
        if f["why"] == "better"
        else _(
            "%(wrong)s is chosen more often than the key %(key)s, %(n)s times against %(m)s, and "
            "not by weaker candidates: %(rest)s of the other questions right, against %(key_rest)s."
        )
    )
    return words % {
        "wrong": LETTERS[f["option"]],
        "key": LETTERS[f["key"]],
        "rest": _percent(f["rest"]),
        "key_rest": _percent(f["key_rest"]),
        "n": f["chosen"],
        "m": f["key_chosen"],
    }


def _negative(f: Figures) -> str:
    return _(
        "The better a candidate, the more often it goes wrong: discrimination %(r)s in %(n)s "
        "answers."
    ) % {"r": _signed(f["discrimination"]), "n": f["responses"]}


def _reviewers(f: Figures) -> str:
    words = ngettext(
        "%(n)d of %(all)d reviewer answered against the key before seeing it",
        "%(n)d of %(all)d reviewers answered against the key before seeing it",
        f["reviewers"],
    ) % {"n": f["disagreed"], "all": f["reviewers"]}
    if not f["accepted"]:
        return f"{words}."
    after = ngettext(
        "%(n)d of them approved it afterwards.",
        "%(n)d of them approved it afterwards.",
        f["accepted"],
    )
    return f"{words}; {after % {'n': f['accepted']}}"


def _reports(f: Figures) -> str:
    return ngettext(
        "%(n)d report of a candidate waits for an answer.",
        "%(n)d reports of candidates wait for an answer.",
        f["reports"],
    ) % {"n": f["reports"]}


def _functioning(f: Figures, comparisons: Mapping[int, str]) -> str:
    words = (
        _("%(name)s: much harder for the group looked at than for others of the same ability")
        if f["delta"] < 0
        else _("%(name)s: much easier for the group looked at than for others of the same ability")
    )
    figures = _("(delta %(delta)s; %(n)s and %(m)s answers).") % {
        "delta": _signed(f["delta"]),
        "n": f["focal"],
        "m": f["reference"],
    }
    name = comparisons.get(f["comparison"], _("A comparison that was deleted"))
    return f"{words % {'name': name}} {figures}"


def _drift(f: Figures) -> str:
    words = (
        _("It has become easier by %(n)s logits since calibration %(since)s.")
        if f["logits"] < 0
        else _("It has become harder by %(n)s logits since calibration %(since)s.")
    )
    return words % {"n": f"{abs(f['logits']):.2f}", "since": f["since"]}


def _misfit(f: Figures) -> str:
    return _(
        "Answers follow ability less than the model expects: infit %(infit)s, outfit %(outfit)s "
        "in %(n)s answers."
    ) % _fit(f)


def _too_regular(f: Figures) -> str:
    return _(
        "Answers follow ability more closely than the model expects: infit %(infit)s, outfit "
        "%(outfit)s in %(n)s answers."
    ) % _fit(f)


def _fit(f: Figures) -> dict[str, Any]:
    return {
        "infit": f"{f['infit']:.2f}",
        "outfit": f"{f['outfit']:.2f}",
        "n": f["responses"],
    }


def _too_hard(f: Figures) -> str:
    words = _("Only %(share)s of %(n)s answers are right.")
    return words % {"share": _percent(f["facility"]), "n": f["responses"]}


def _too_easy(f: Figures) -> str:
    words = _("Nearly everybody knows it: %(share)s of %(n)s answers are right.")
    return words % {"share": _percent(f["facility"]), "n": f["responses"]}


def _omitted(f: Figures) -> str:
    return _("%(share)s of %(n)s candidates who reached it left it out.") % {
        "share": _percent(f["share"]),
        "n": f["responses"],
    }


_SENTENCES: Mapping[Code, Callable[[Figures], str]] = {
    Code.DISTRACTOR: _distractor,
    Code.NEGATIVE: _negative,
    Code.REVIEWERS: _reviewers,
    Code.REPORTS: _reports,
    Code.DRIFT: _drift,
    Code.MISFIT: _misfit,
    Code.TOO_REGULAR: _too_regular,
    Code.TOO_HARD: _too_hard,
    Code.TOO_EASY: _too_easy,
    Code.OMITTED: _omitted,
}


def _percent(share: float) -> str:
    return _("%(n)s %%") % {"n": round(100 * share)}


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
