"""Log lines: what the text of a message adds to the word of its program."""

from __future__ import annotations

from indelible.intake.parsers.registry import Draft, finishes


@finishes
def log_line_meaning(draft: Draft) -> None:
    """Give the verb and the kind of thing that a well-known sentence tells, and imply an outcome where due.

    A line that says what was and what became of it tells a finished change; any other line without an
    outcome may be about anything.
    """
    event = draft.event
    found = draft.record.get("found")
    if isinstance(found, dict):
        action = event.get("action")
        if action is not None and "verb" in found:
            action.setdefault("verb", found["verb"])
        targets = event.get("targets", [])
        if "kind" in found and targets and targets[0].get("name") == found.get("target"):
            targets[0] = {"kind": found["kind"], **targets[0]}
    if event.get("changes") and event.get("outcome") == "unknown" and "outcome" not in event.get("extra", {}):
        event["outcome"] = "success"
        draft.flag("outcome_implied")
