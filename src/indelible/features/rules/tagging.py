"""The rules in force as the log asks for them: which of them an event matches."""

from __future__ import annotations

from indelible.events.event import Event
from indelible.features.rules.models import RuleState, RuleVersion
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook
from indelible.storage.database.tagging import Tagger


def tagger_for(logbook: Logbook, mark: int) -> Tagger:
    """Return what tags an event with the rules in force. No rule was ever begun where the mark is 0."""
    if not mark:
        return _no_rules
    from indelible.features.rules.world import world_of
    from indelible.language.matching import RuleSet
    from indelible.language.pattern import Pattern

    rows = (
        RuleVersion.objects.using(alias_of(logbook))
        .filter(rule__logbook=logbook, rule__state=RuleState.ON, ended_at=None)
        .select_related("rule")
    )
    rules = RuleSet({row.key: Pattern.from_json(row.pattern) for row in rows}, world_of(logbook))

    def tag(event: Event, source: int) -> tuple[Event, tuple[str, ...]]:
        return event, rules.matching(event, source)

    return tag


def _no_rules(event: Event, source: int) -> tuple[Event, tuple[str, ...]]:
    return event, ()
