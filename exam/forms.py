"""What people fill in about exams."""

from django import forms
from django.utils.translation import gettext_lazy as _


class QuestionReportForm(forms.Form):
    """A remark on a question."""

    text = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a sentence about what is wrong.")},
    )
