"""Okta: what changed stands within the target that changed."""

from __future__ import annotations

from indelible.intake.changes import changes_of
from indelible.intake.parsers.registry import Draft, finishes


@finishes
def okta_change_details(draft: Draft) -> None:
    """Take before and after from the `changeDetails` of each target (JSON form only)."""
    targets = draft.record.get("target")
    if not isinstance(targets, list):
        return
    for target in targets:
        details = target.get("changeDetails") if isinstance(target, dict) else None
        if isinstance(details, dict) and (found := changes_of(details.get("from"), details.get("to"))):
            draft.event.setdefault("changes", []).extend(found)
