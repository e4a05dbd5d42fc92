"""What is asked to set up a web connection: the form of its messages."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds import ConnectForm
from indelible.features.sources.models import Source, State

OURS, CLOUDEVENTS, LOGS, OWN = "indelible", "cloudevents", "otlp", "own"
FORMS: Final = (
    (OURS, _("In Indelible's own form: your programmers follow our description")),
    (CLOUDEVENTS, _("As CloudEvents")),
    (LOGS, _("As OpenTelemetry logs")),
    (OWN, _("In a form of its own: you show us which part is what, once the first message is there")),
)


class WebForm(ConnectForm):
    """How the messages of a web connection are written."""

    form = forms.ChoiceField(
        label=_("How are its messages written?"),
        choices=FORMS,
        initial=OURS,
        widget=forms.RadioSelect,
        help_text=_("Ask whoever looks after the program that sends. It can be changed later."),
        error_messages={"required": _("Choose how its messages are written.")},
    )

    def clean_form(self) -> str:
        """Keep a source that waits to be told how it is read from being forgotten so."""
        chosen: str = self.cleaned_data["form"]
        if self.source is not None and self.source.state == State.WAITING and chosen != OWN:
            raise forms.ValidationError(
                _now("Its messages are kept until you say how they are read. Say so first, then change this.")
            )
        return chosen

    def settings(self) -> dict[str, Any]:
        """Return the form that was chosen."""
        return {"form": self.cleaned_data["form"]}

    def told(self) -> dict[str, str]:
        """Return it in words."""
        return {"form of its messages": str(dict(FORMS)[self.cleaned_data["form"]])}


def begun(source: Source) -> None:
    """Let a source whose messages have a form of their own wait for the first of them."""
    if source.settings.get("form") == OWN:
        source.state = State.WAITING
        source.save(update_fields=["state"])
