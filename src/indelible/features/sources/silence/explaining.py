"""What a person says about something that is missing: once, as an entry. It stays visible as explained.

A gap, a total that differs and numbers that never came are explained alike. What is wrong in an explanation is
corrected on the record, as any entry is: by a further one, and both stay.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from indelible.events import own_silence
from indelible.features.sources.models import ControlTotal, Gap, SequenceGap
from indelible.features.sources.origins import RULE_0, By, SourceError, record_own
from indelible.features.sources.silence.watch import instant

LONGEST = 2_000

Missing = TypeVar("Missing", Gap, ControlTotal, SequenceGap)


def explain_gap(gap: Gap, words: str, by: By) -> Gap:
    """Say why nothing came. Raises SourceError without words, or where it was explained before."""
    facts: dict[str, Any] = {"since": instant(gap.began_at)}
    if gap.ended_at is not None:
        facts["until"] = instant(gap.ended_at)
    return _explain(Gap, gap, own_silence.GAP_EXPLAINED, words, gap.began_entry, facts, by)


def explain_total(total: ControlTotal, words: str, by: By) -> ControlTotal:
    """Say why what is on the record differs from a total that was told. Raises SourceError as above."""
    facts = {"since": instant(total.period_from), "until": instant(total.period_to)}
    return _explain(ControlTotal, total, own_silence.TOTAL_EXPLAINED, words, total.entry, facts, by)


def explain_numbers(hole: SequenceGap, words: str, by: By) -> SequenceGap:
    """Say why running numbers are missing. Raises SourceError as above."""
    facts = {"stream": hole.stream, "first_number": hole.first, "last_number": hole.last}
    if not hole.stream:
        del facts["stream"]
    return _explain(SequenceGap, hole, own_silence.NUMBERS_EXPLAINED, words, hole.entry, facts, by)


def _explain(
    model: type[Missing],
    thing: Missing,
    said: Any,
    words: str,
    entry: int | None,
    facts: dict[str, Any],
    by: By,
) -> Missing:
    words = words.strip()
    if not words:
        raise SourceError("explanation-needs-words")
    manager: models.Manager[Missing] = model._default_manager
    with transaction.atomic():
        row = manager.select_for_update(of=("self",)).select_related("source__logbook").get(pk=thing.pk)
        if row.explained_entry is not None:
            raise SourceError("explained-before", number=row.explained_entry + 1)
        source = row.source
        event = own_silence.explained(
            said, by.party, source.pk, source.name, words, entry, facts, context=by.context
        )
        row.explanation, row.explained_by = words, by.name[:150]
        row.explained_at = timezone.now()
        row.explained_entry = record_own(source.logbook, event, rules=(RULE_0,)).entries[0].index
        row.save(update_fields=["explanation", "explained_by", "explained_at", "explained_entry"])
    return row
