"""What people fill in to judge a question and to talk about it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from questions.models import Decision, QuestionStatus
from questions.selectors.reviews import Point

LONGEST = 4000


class BlindAnswerForm(forms.Form):
    """The places of the options a reviewer chooses, 1 the topmost."""

    answer = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Choose an answer first.")}
    )

    version = forms.IntegerField(required=False)

    def __init__(self, *args: Any, order: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.fields["answer"].choices = [(n, n) for n in range(1, len(order) + 1)]

    def mask(self) -> int:
        """The choice as a mask over the options' ordinals."""
        return sum(1 << self.order[place - 1] for place in set(self.cleaned_data["answer"]))


class DecisionForm(forms.Form):
    """A judgement: what holds, what is to be said, and what follows."""

    checklist = forms.MultipleChoiceField(
        label=_("What holds"), required=False, widget=forms.CheckboxSelectMultiple
    )
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    publish_as = forms.ChoiceField(
        label=_("If you approve it, it becomes"),
        required=False,
        choices=[
            (QuestionStatus.PILOT.value, _("A pilot question: served, not scored yet")),
            (QuestionStatus.ACTIVE.value, _("An active question: served and scored")),
        ],
        initial=QuestionStatus.PILOT.value,
        widget=forms.RadioSelect,
    )
    decision = forms.ChoiceField(
        choices=[(value, label) for value, label in Decision.choices if value],
        error_messages={"required": _("Choose whether to approve it or to send it back.")},
    )

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, points: Sequence[Point], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checklist"].choices = [(point.name, point.text) for point in points]

    def judgement(self) -> dict[str, Any]:
        """The arguments of the service."""
        data = self.cleaned_data
        return {
            "decision": Decision(data["decision"]),
            "checklist": data["checklist"],
            "remark": data["remark"],
            "publish_as": QuestionStatus(data["publish_as"] or QuestionStatus.PILOT),
            "version_id": data["version"],
        }


class CommentForm(forms.Form):
    """A remark in the conversation about a question."""

    text = forms.CharField(
        label=_("Your remark"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a sentence first.")},
    )


class StatusForm(forms.Form):
    """A status to give; who retires a question says why."""

    status = forms.ChoiceField(choices=QuestionStatus.choices)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=240)

    def clean(self) -> dict[str, Any]:
        """A reason where one is needed."""
        data = super().clean() or self.cleaned_data
        if data.get("status") == QuestionStatus.RETIRED and not data.get("reason"):
            self.add_error("reason", _("Say why it is retired."))
        return data


class CompareForm(forms.Form):
    """Two contents to compare: numbers of versions, or "draft"."""

    old = forms.ChoiceField(label=_("From"))
    new = forms.ChoiceField(label=_("To"))

    def __init__(self, *args: Any, contents: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old"].choices = self.fields["new"].choices = contents
