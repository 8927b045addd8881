"""What is exported, and in which format."""

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from questions.formats.interchange.writing import FORMATS, Format
from questions.forms.picking import Picking
from questions.models import Question, QuestionStatus

FIRST = "qti21"


class ExportForm(Picking):
    """What was ticked in the list, or else all that its filters leave; of it some statuses, or all.

    Without a tick and without a filter that is the whole bank.
    """

    to = forms.ChoiceField(
        label=_("Format"),
        required=False,
        choices=[(entry.slug, entry.name) for entry in FORMATS.values()],
    )
    statuses = forms.MultipleChoiceField(
        label=_("Only these statuses"), required=False, choices=QuestionStatus.choices
    )

    @property
    def everything(self) -> bool:
        """Whether all that fit are meant: nobody who narrowed a list means the rest of it too."""
        return super().everything or (not self.picked and bool(self.active()))

    def questions(self) -> QuerySet[Question]:
        """Those of this bank; ask `is_valid` first."""
        statuses = self.cleaned_data["statuses"]
        return self._any().filter(status__in=statuses) if statuses else self._any()

    def _any(self) -> QuerySet[Question]:
        """Of whatever status."""
        return super().questions() if self.asked else self.bank.questions.order_by()

    @property
    def format(self) -> Format:
        """The chosen one."""
        return FORMATS[self.cleaned_data["to"] or FIRST]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was picked, as pairs for hidden fields; nothing for the whole bank."""
        return self.carried if self.asked else []

    def formats(self) -> list[tuple[Format, bool]]:
        """All formats, and whether each is the chosen one."""
        return [(entry, entry == self.format) for entry in FORMATS.values()]

    def status_choices(self) -> list[tuple[str, Any, int, bool]]:
        """The statuses there are, how many questions have each, and whether it is ticked."""
        ticked = self.cleaned_data["statuses"]
        counts = dict(self._any().values_list("status").annotate(Count("pk")))
        return [
            (value, label, counts.get(value, 0), value in ticked)
            for value, label in QuestionStatus.choices
            if counts.get(value) or value in ticked
        ]
