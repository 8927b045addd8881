"""What people fill in about exams and practice."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exam.engine.practice.choosing import Choice, Mode
from exam.models import ReportOutcome
from exam.selectors.practice.practice_screen import PracticeScreen
from exam.services.practice.practice import MOST_QUESTIONS, Plan

USUAL = 20
AT_ONCE, AT_END = "at_once", "at_end"


class QuestionReportForm(forms.Form):
    """A remark on a question."""

    text = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a sentence about what is wrong.")},
    )


class AnswerForm(forms.Form):
    """The answer to one or several remarks on a question."""

    reports = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": _("Choose at least one remark to answer."),
            "invalid_choice": _("Some of these remarks have been answered already."),
        },
    )
    outcome = forms.ChoiceField(
        label=_("What came of it"),
        choices=[choice for choice in ReportOutcome.choices if choice[0] != ReportOutcome.OPEN],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what came of it.")},
    )
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a sentence for those who asked.")},
    )

    def __init__(self, *args: Any, open_ids: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reports"].choices = [(pk, pk) for pk in open_ids]


class PracticeForm(forms.Form):
    """What to practise, and how; the short lists of the screen send the mode alone."""

    mode = forms.ChoiceField(choices=[(mode.value, mode.value) for mode in Mode])
    parts = forms.MultipleChoiceField(label=_("Parts"), required=False)
    areas = forms.MultipleChoiceField(
        label=_("Areas"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    difficulties = forms.TypedMultipleChoiceField(
        label=_("Difficulty"),
        coerce=int,
        required=False,
        choices=[(n, str(n)) for n in range(1, 6)],
        widget=forms.CheckboxSelectMultiple,
    )
    only = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("", _("All of them")),
            (Mode.UNSEEN.value, _("Only unseen")),
            (Mode.MISSED.value, _("Only missed")),
        ],
    )
    count = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=MOST_QUESTIONS,
        required=False,
        initial=USUAL,
        error_messages={
            "min_value": _("Choose at least one question."),
            "max_value": _("At most %(limit_value)s questions at a time."),
            "invalid": _("Enter a whole number."),
        },
    )
    show = forms.ChoiceField(
        label=_("Show the answers"),
        required=False,
        initial=AT_ONCE,
        choices=[(AT_ONCE, _("After each question")), (AT_END, _("At the end, as in the exam"))],
        widget=forms.RadioSelect,
    )
    timed = forms.BooleanField(label=_("With the exam's clock"), required=False)

    def __init__(self, *args: Any, screen: PracticeScreen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [(part.code, f"{part.code} {part.name}") for part in screen.subdomains]
        domains = dict.fromkeys(code.split(".")[0] for code, _name in parts)
        self.fields["parts"].choices = parts + [(number, number) for number in domains]
        self.fields["areas"].choices = [(part.code, part.name) for part in screen.areas]
        self.fields["tag"].choices = [
            ("", _now("Any")),
            *((tag, f"{tag} ({count})") for tag, count in screen.tags),
        ]
        self.names = dict(parts) | {part.code: part.name for part in screen.areas}

    def clean(self) -> dict[str, Any]:
        """A clock and answers shown at once do not go together: time spent reading would count."""
        data = super().clean()
        if data.get("timed") and data.get("show") != AT_END:
            self.add_error("timed", _now("With a clock the answers come at the end."))
        return data

    def plan(self) -> Plan:
        """The plan that was asked for."""
        data = self.cleaned_data
        mode = Mode(data["mode"])
        choice = Choice(
            mode=mode,
            parts=frozenset(data["parts"]),
            areas=frozenset(data["areas"]),
            tag=data["tag"],
            difficulties=frozenset(data["difficulties"]),
            only=Mode(data["only"]) if data["only"] else None,
        )
        return Plan(
            choice=choice,
            title=self._title(mode, choice),
            count=data["count"] or USUAL,
            at_once=data["show"] != AT_END,
            timed=data["timed"],
        )

    def _title(self, mode: Mode, choice: Choice) -> str:
        named = {
            Mode.STUDY: _now("Study"),
            Mode.DAILY: _now("Daily ten"),
            Mode.DUE: _now("Due again"),
            Mode.MISSED: _now("Missed questions"),
            Mode.SURE_WRONG: _now("Sure and wrong"),
            Mode.FLAGGED: _now("Flagged questions"),
            Mode.UNSEEN: _now("Unseen questions"),
            Mode.SLOW: _now("Slow questions"),
            Mode.CHANGED: _now("Right to wrong"),
            Mode.MIX: _now("My own mix"),
        }
        if mode is not Mode.DRILL:
            return named[mode]
        codes = [*sorted(choice.parts), *sorted(choice.areas)]
        about = [self.names.get(code, code) for code in codes] + [choice.tag] * bool(choice.tag)
        return _now("Drill: %(about)s") % {"about": ", ".join(about)} if about else _now("Drill")
