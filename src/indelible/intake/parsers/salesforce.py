"""Salesforce: the setup trail names whom an act was about only in its sentence."""

from __future__ import annotations

import re

from indelible.intake.parsers.registry import Draft, finishes

_NAMED = re.compile(r"\b(?:for|as|to|from) user:? (?P<user>[^:,]+?)(?= from | to |[:,]|$)")


@finishes
def salesforce_named_user(draft: Draft) -> None:
    """Add the user whom the sentence names, after the section that the act belongs to."""
    match = _NAMED.search(draft.event.get("action", {}).get("said", "")[:1000])
    if match:
        for change in draft.event.get("changes", []):
            if "field" in change:
                change["field"] = change["field"].replace(match[0], "").strip() or change["field"]
        draft.event.setdefault("targets", []).append({"kind": "user_account", "name": match["user"].strip()})
