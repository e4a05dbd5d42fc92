"""Which facts a rule asks for that an entry does not tell."""

from __future__ import annotations

from indelible.events.event import Event
from indelible.features.rules.models import RuleVersion
from indelible.language.matching_facts import presence_of


def lacking(version: RuleVersion, event: Event) -> list[str]:
    """Return the facts that a version of a rule needs and an entry lacks, in the rule's order."""
    facts = [need["fact"] for need in version.needs if "fact" in need]
    return [fact for fact in facts if not presence_of(fact)(event)]
