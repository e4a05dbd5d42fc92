"""Under which rules an entry was counted, and which facts those rules ask for that it lacks.

The running number stands in the entry itself and is sealed with it; what the rule said then comes from the rules'
own tables, by the version the entry names. A fact that is lacking is told and never made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from indelible.events.event import Event
from indelible.events.phrases import Part
from indelible.events.screen import shortened
from indelible.features.rules import wording
from indelible.features.rules.lacking import lacking
from indelible.features.rules.models import RuleVersion
from indelible.storage.database.models import Logbook
from indelible.web.numbers import written

MOST_CHOICES = 200
LONGEST_CHOICE = 90  # characters of a rule's sentence in a list to choose from
BUILT_IN = 0  # the rule about rules and sources themselves, which no table holds


@dataclass(frozen=True, slots=True)
class Counted:
    """One rule that an entry was counted under."""

    rule: int
    version: int
    number: int  # its running number under the rule and version
    name: str = ""  # the ready rule it was made from: "FIN-01"
    sentence: str = ""
    lacks: tuple[str, ...] = ()  # facts that the rule asks for and the entry lacks, in words

    @property
    def words(self) -> str:
        """Say rule, version and number: "Rule 3, version 2: number 212"."""
        told = {"rule": self.rule, "version": self.version, "n": written(self.number)}
        return _("Rule %(rule)s, version %(version)s: number %(n)s") % told

    @property
    def title(self) -> str:
        """What the rule is called where it asks for something."""
        return self.name or str(self.rule)

    @property
    def url(self) -> str:
        """The page of the rule; empty where it has none."""
        try:
            return reverse("rules:rule", args=[self.rule]) if self.rule != BUILT_IN else ""
        except NoReverseMatch:
            return ""


def counted_of(event: Event) -> list[Counted]:
    """Return the rules that an entry was counted under, in order: one query, however many they are."""
    keys = sorted(keys_of(event.get("numbers", {}).get("rules", {})))
    found = _versions([(rule, version) for rule, version, _number in keys])
    return [
        _counted(rule, version, number, found.get((rule, version)), event) for rule, version, number in keys
    ]


def keys_of(numbers: Mapping[str, int]) -> list[tuple[int, int, int]]:
    """Return (rule, version, running number) of each; what is no rule's key is left out."""
    keys = []
    for key, number in numbers.items():
        rule, _dot, version = key.partition(".")
        if rule.isdecimal() and version.isdecimal():
            keys.append((int(rule), int(version), number))
    return keys


def _versions(wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], RuleVersion]:
    asked = Q()
    for rule, version in wanted:
        asked |= Q(rule_id=rule, number=version)
    if not asked:
        return {}
    rows = RuleVersion.objects.filter(asked).select_related("rule")
    return {(row.rule_id, row.number): row for row in rows}


def _counted(rule: int, version: int, number: int, row: RuleVersion | None, event: Event) -> Counted:
    if row is None:
        sentence = _("What happens to sources and to rules themselves") if rule == BUILT_IN else ""
        return Counted(rule, version, number, sentence=sentence)
    lacks = tuple(wording.fact(fact) for fact in lacking(row, event))
    return Counted(rule, version, number, row.rule.catalogue, row.sentence, lacks)


def rules_to_choose(logbook: Logbook) -> list[tuple[str, str]]:
    """Return the rules that entries can be counted under, newest version each, as (number, words)."""
    rows = RuleVersion.objects.filter(rule__logbook=logbook, ended_at=None).order_by("rule_id")
    return [
        (str(rule), f"{rule}: {_short(sentence)}")
        for rule, sentence in rows.values_list("rule_id", "sentence")[:MOST_CHOICES]
    ]


def _short(sentence: str) -> str:
    return shortened(Part(sentence, "thing"), LONGEST_CHOICE).text
