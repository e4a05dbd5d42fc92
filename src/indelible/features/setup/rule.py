"""Question 3: what must never get lost? Ready answers, or own words with what was understood of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.rules import services as rules
from indelible.features.rules.catalogue import Need
from indelible.features.rules.models import Rule
from indelible.features.rules.saying import as_a_rule
from indelible.features.rules.wanted import LONGEST_SENTENCE, Wanted, of_ready
from indelible.features.rules.world import world_of
from indelible.features.sources.services import By
from indelible.language.reading import understand
from indelible.language.understanding import Understanding
from indelible.storage.database.models import Logbook

OWN_WORDS: Final = "own"
INVOICES: Final = "invoices"
INVOICE_SENTENCE: Final = "every change to the amount of an invoice"

# Each answer with the ready rule that it means; the first means the sentence as it stands there.
ANSWERS: Final = {
    INVOICES: (gettext_lazy("Every change to the amount of an invoice"), ""),
    "bank-details": (gettext_lazy("Every change to a supplier's bank details"), "FIN-01"),
    "payments": (gettext_lazy("Who approved and who released each payment"), "FIN-03"),
    "limits": (gettext_lazy("Who can approve payments, and up to how much"), "FIN-09"),
    "joiners": (gettext_lazy("Joiners and leavers"), "HR-01"),
    "customers": (gettext_lazy("Downloads of customer lists"), "CUS-01"),
}

# What was understood follows what is typed; without JavaScript a button does the same.
LIVE: Final = {
    "hx-post": "",
    "hx-trigger": "input changed delay:400ms",
    "hx-include": "closest form",
    "hx-vals": '{"look": "1"}',
    "hx-target": "#understood",
    "hx-select": "#understood",
    "hx-swap": "outerHTML",
    "hx-sync": "this:replace",
}


class RuleForm(forms.Form):
    """What must never get lost?"""

    rule = forms.ChoiceField(
        label=gettext_lazy("What must never get lost?"),
        widget=forms.RadioSelect,
        choices=[
            *((name, words) for name, (words, _ready) in ANSWERS.items()),
            (OWN_WORDS, gettext_lazy("In my own words")),
        ],
        initial=INVOICES,
        error_messages={"required": gettext_lazy("Choose one")},
    )
    text = forms.CharField(
        label=gettext_lazy("In my own words"),
        help_text=gettext_lazy(
            "One sentence, such as: every change to a price. It goes before the answers above."
        ),
        required=False,
        max_length=LONGEST_SENTENCE,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the words where own words were chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("rule") == OWN_WORDS and not cleaned.get("text"):
            self.add_error("text", _("Say in one sentence what must be recorded."))
        return cleaned


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the rule that is wanted, or what was understood of the words where that is not all."""

    wanted: Wanted | None
    read: Understanding | None = None


def answer_of(logbook: Logbook, rule: str, text: str, now: datetime) -> Answer:
    """Return what an answer means."""
    world = world_of(logbook)
    if rule != OWN_WORDS and ANSWERS[rule][1]:
        return Answer(of_ready(ANSWERS[rule][1]))
    said = " ".join(text.split()) if rule == OWN_WORDS else INVOICE_SENTENCE
    read = understand(said, world, now, purpose="rule")
    if not read.understood:
        return Answer(None, read)
    needs = tuple(Need(fact) for fact in read.pattern.facts)
    wanted = Wanted(said, read.pattern, read.duties, needs)
    return Answer(wanted if rule == OWN_WORDS else replace(wanted, team="finance"), read)


def said_as_a_rule(logbook: Logbook, answer: str, now: datetime) -> str:
    """Return the answer to a question, said as a rule."""
    return as_a_rule(answer, world_of(logbook), now)


def record_by(logbook: Logbook, wanted: Wanted, by: By) -> Rule:
    """Record by this rule from now on. Raises `rules.services.RuleError`."""
    return rules.add(logbook, [wanted], by)[0]


def asked_already(logbook: Logbook) -> bool:
    """Whether there is a rule, so that the question need not be asked again."""
    return Rule.objects.filter(logbook=logbook).exists()
