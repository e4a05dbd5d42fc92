"""The event of a test message; all other settings are told by `own.settings_changed`."""

from __future__ import annotations

from typing import Final

from indelible.events import naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice
from indelible.events.shape import Context, Event, Party

MAIL_TESTED: Final = "mail_tested"


def mail_tested(
    actor: Party | None, server: str, trouble: str = "", *, context: Context | None = None
) -> Event:
    """Somebody had a test message sent to themself. `server` holds no password, `trouble` says why it did not go."""
    return own_event(
        MAIL_TESTED,
        "send",
        actor,
        [{"kind": "system_setting", "name": server}],
        outcome="failure" if trouble else "success",
        reason=trouble or None,
        context=context,
    )


def tell_of_test(voice: Voice, event: Event) -> Parts:
    """Return the sentence of a test message."""
    targets = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    server = Part(name or "?", "thing", 0 if name else None)
    key = "mail_tested" if event.get("outcome", "success") == "success" else "mail_test_failed"
    sentence = voice.say("own", key, actor=naming.actor(voice, event), thing=server)
    if reason := event.get("reason"):
        sentence = voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


TELLERS: Final = {MAIL_TESTED: tell_of_test}
