"""The events about sign-offs: a sample that was drawn, and a signature over what was seen.

A signature is sealed to the rows it is about. Of each list that was shown, the entry holds the question in words and as
code, how it was made, the root over exactly its rows, how long it was looked at and what was decided; where that is
long, an attached file holds it and the entry the heads alone (docs/formats/sign-off.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from indelible.events import naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.shape import Attachment, Context, Event, Party, Target

SIGNED_OFF: Final = "signed_off"
SAMPLE_DRAWN: Final = "sample_drawn"

LISTS: Final = "signed_lists"  # of `extra`: what was seen, list by list
_LONG_SECONDS: Final = 120  # from here on minutes say it better


def signed_off(
    actor: Party | None,
    subject: str,
    title: str,
    means: str,
    digest: str,
    lists: Sequence[Mapping[str, Any]] = (),
    *,
    kind: str = "runbook.step",
    refers_to: Mapping[str, object] | None = None,
    more: Mapping[str, object] | None = None,
    reason: str | None = None,
    attachments: Sequence[Attachment] = (),
    context: Context | None = None,
) -> Event:
    """Somebody signed what `title` says. `means` is what the signature says ("checked"), `digest` the SHA-256 (hex) of
    all that was on the screen, `lists` what was seen, as `features.signoffs.sealed` writes it."""
    extra: dict[str, object] = dict(more or {})
    extra.update(
        meaning=means,
        snapshot_digest=digest,
        query="; ".join(str(one["title"]) for one in lists) or None,
        row_count=sum(one["count"] for one in lists) if lists else None,
        root=lists[0]["root"] if len(lists) == 1 else None,
    )
    extra[LISTS] = [dict(one) for one in lists]
    return own_event(
        SIGNED_OFF,
        "sign",
        actor,
        [_thing(kind, subject, title)],
        reason=reason or None,
        refers_to=refers_to,
        extra=extra,
        attachments=attachments,
        context=context,
    )


def sample_drawn(
    actor: Party | None,
    title: str,
    sample: Mapping[str, Any],
    root: str,
    code: Mapping[str, Any] | None = None,
    *,
    context: Context | None = None,
) -> Event:
    """Somebody drew rows by chance. `sample` has seed, size, `of` (how many there were to draw from), the root over
    those and the method; `root` is the one over the rows drawn. So a second draw is seen, too."""
    return own_event(
        SAMPLE_DRAWN,
        "view",
        actor,
        [{"kind": "log.entry"}],
        extra={
            "query": title,
            "population_count": sample["of"],
            "row_count": sample["size"],
            "root": root,
            "sample": dict(sample),
            "pattern": dict(code or {}),
        },
        context=context,
    )


def _thing(kind: str, identity: str, name: str) -> Target:
    return {"kind": kind, "id": identity, "name": name}


# How they read -------------------------------------------------------------------------------------------


def tell_of_sign_offs(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    if event.get("action", {}).get("said") == SAMPLE_DRAWN:
        return _sample(voice, event)
    return _signature(voice, event)


def _sample(voice: Voice, event: Event) -> Parts:
    extra = event.get("extra", {})
    size, population = _count(extra.get("row_count")), _count(extra.get("population_count"))
    return voice.say(
        "sign_offs",
        "sample_drawn_one" if size == 1 else "sample_drawn",
        actor=naming.actor(voice, event),
        count=number(size),
        population=number(population),
        said=voice.quoted(_text(extra.get("query")) or "?"),
    )


def _signature(voice: Voice, event: Event) -> Parts:
    """Tell who signed what as what, over how many rows, how long these were looked at, and what was decided."""
    extra, targets = event.get("extra", {}), event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    sentence = voice.say(
        "sign_offs",
        f"signed_{means}" if (means := _text(extra.get("meaning"))) in MEANS else "signed",
        actor=naming.actor(voice, event),
        thing=Part(voice.quoted(name or "?").text, "thing", 0 if name else None),
    )
    found = extra.get(LISTS)
    lists = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    if lists:
        sentence = _over_rows(voice, sentence, lists)
    if reason := event.get("reason"):
        sentence = voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


MEANS: Final = ("requested", "prepared", "checked", "approved", "witnessed", "acknowledged")


def _over_rows(voice: Voice, sentence: Parts, lists: Sequence[Mapping[str, Any]]) -> Parts:
    rows = sum(_count(one.get("count")) for one in lists)
    looked = [found for one in lists if isinstance(found := one.get("looked"), dict)]
    key = "rows_one" if rows == 1 else "rows"
    if rows == 0:
        sentence = voice.say("sign_offs", "rows_none", sentence=sentence)
    elif looked:
        seconds = sum(_count(one.get("seconds")) for one in looked)
        long = seconds >= _LONG_SECONDS
        unit = "minutes" if long else "second" if seconds == 1 else "seconds"
        duration = voice.say("sign_offs", unit, count=number(seconds // 60 if long else seconds))
        sentence = voice.say("sign_offs", key, sentence=sentence, count=number(rows), duration=duration)
    else:
        sentence = voice.say("sign_offs", f"{key}_unseen", sentence=sentence, count=number(rows))
    tally: Counter[str] = Counter()
    for one in lists:
        chosen = one.get("choices")
        for choice, count in chosen.items() if isinstance(chosen, dict) else ():
            tally[str(choice)] += _count(count)
    if not tally:
        return sentence
    told = [
        voice.say("sign_offs", "choice", count=number(count), said=Part(choice, "said"))
        for choice, count in sorted(tally.items())
    ]
    return voice.say("sign_offs", "decided", sentence=sentence, details=naming.listed(voice, told, len(told)))


def _count(value: object) -> int:
    return value if type(value) is int else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


TELLERS: Final = dict.fromkeys((SIGNED_OFF, SAMPLE_DRAWN), tell_of_sign_offs)
