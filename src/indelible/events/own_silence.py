"""The events about what is missing: a source that fell silent and was heard again, quiet that was announced, totals
that were told, running numbers that never came, and the account of a day of messages.

Moments in these events are instants in UTC. A gap, a difference and a missing number stay on the record for good; what
a person says about them refers to the entry that told of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from indelible.events import changing, naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.shape import Context, Event, Party, Target

SILENT: Final = "source_silent"
REFUSED: Final = "source_refused"
HEARD_AGAIN: Final = "source_heard_again"
GAP_EXPLAINED: Final = "gap_explained"
QUIET_ANNOUNCED: Final = "quiet_announced"
QUIET_WITHDRAWN: Final = "quiet_withdrawn"
TOTAL_TOLD: Final = "total_told"
TOTAL_EXPLAINED: Final = "total_explained"
NUMBERS_MISSING: Final = "numbers_missing"
NUMBERS_FILLED: Final = "numbers_filled"
NUMBERS_EXPLAINED: Final = "numbers_explained"
DAY_RECORDED: Final = "day_recorded"


def silence_began(
    source_id: int,
    name: str,
    since: str,
    *,
    expected_by: str | None = None,
    rhythm: Mapping[str, object] | None = None,
) -> Event:
    """A source was expected by a moment, and its grace is over too. `since` is when it was last heard."""
    return own_event(
        SILENT,
        "detect",
        None,
        [_source(source_id, name)],
        extra={"since": since, "expected_by": expected_by, "rhythm": dict(rhythm or {})},
    )


def refusal_began(source_id: int, name: str, since: str, code: str, title: str) -> Event:
    """Nothing can be taken from a source: `code` says why, `title` says it for people."""
    return own_event(
        REFUSED,
        "detect",
        None,
        [_source(source_id, name)],
        reason=title,
        extra={"since": since, "outcome_code": code},
    )


def gap_ended(
    source_id: int,
    name: str,
    kind: Literal["silent", "refused"],
    since: str,
    until: str,
    began_entry: int | None = None,
) -> Event:
    """A source was heard again, or what was wrong is over. `began_entry` is the index of what told of the beginning."""
    return own_event(
        HEARD_AGAIN,
        "detect",
        None,
        [_source(source_id, name)],
        refers_to=_about(began_entry, "note"),
        extra={"gap": kind, "since": since, "until": until},
    )


def explained(
    said: Literal["gap_explained", "total_explained", "numbers_explained"],
    actor: Party | None,
    source_id: int,
    name: str,
    words: str,
    entry: int | None,
    facts: Mapping[str, object],
    *,
    context: Context | None = None,
) -> Event:
    """A person says how it came about that something is missing. `entry` is the index of what told of it."""
    return own_event(
        said,
        "note",
        actor,
        [_source(source_id, name)],
        refers_to=_about(entry, "answer"),
        extra={"what": words, **facts},
        context=context,
    )


def quiet_announced(
    actor: Party | None,
    source_id: int,
    name: str,
    since: str,
    until: str,
    why: str,
    *,
    context: Context | None = None,
) -> Event:
    """A person announced that nothing is to be expected from a moment up to another, and signed it."""
    return own_event(
        QUIET_ANNOUNCED,
        "sign",
        actor,
        [_source(source_id, name)],
        reason=why,
        extra={"since": since, "until": until},
        context=context,
    )


def quiet_withdrawn(
    actor: Party | None,
    source_id: int,
    name: str,
    since: str,
    until: str,
    announced_entry: int,
    *,
    context: Context | None = None,
) -> Event:
    """An announced quiet does not hold any more from now on."""
    return own_event(
        QUIET_WITHDRAWN,
        "revoke",
        actor,
        [_source(source_id, name)],
        refers_to=_about(announced_entry, "note"),
        extra={"since": since, "until": until},
        context=context,
    )


def total_told(
    actor: Party | None,
    source_id: int,
    name: str,
    since: str,
    until: str,
    *,
    count: int | None = None,
    amount: str | None = None,
    currency: str | None = None,
    said_by: str | None = None,
    context: Context | None = None,
) -> Event:
    """Somebody told how many records, or what amount, a source has for a period. `amount` is exact digits."""
    return own_event(
        TOTAL_TOLD,
        "note",
        actor,
        [_source(source_id, name)],
        extra={
            "since": since,
            "until": until,
            "row_count": count,
            "amount": amount,
            "currency": currency,
            "said_by": said_by,
        },
        context=context,
    )


def numbers_missing(source_id: int, name: str, stream: str, first: int, last: int) -> Event:
    """Running numbers of a source's own did not come, from `first` to `last`."""
    return _numbers(NUMBERS_MISSING, source_id, name, stream, first, last, None)


def numbers_filled(
    source_id: int, name: str, stream: str, first: int, last: int, missing_entry: int | None
) -> Event:
    """Running numbers that were missing came after all."""
    return _numbers(NUMBERS_FILLED, source_id, name, stream, first, last, missing_entry)


def _numbers(
    said: str, source_id: int, name: str, stream: str, first: int, last: int, entry: int | None
) -> Event:
    return own_event(
        said,
        "detect",
        None,
        [_source(source_id, name)],
        refers_to=_about(entry, "note"),
        extra={"stream": stream, "first_number": first, "last_number": last},
    )


def day_recorded(
    source_id: int,
    name: str,
    day: str,
    counts: Mapping[str, int],
    *,
    deliveries: int,
    size: int,
    first: int | None = None,
    last: int | None = None,
    earliest: str | None = None,
    latest: str | None = None,
    import_id: int | None = None,
) -> Event:
    """The receipt of a day (UTC) of messages from a live source: every record in them is accounted for.

    `counts` are those of a file's receipt. Its entries lie between those of others, so `first` and `last` are only
    the ends.
    """
    whole = {key: counts.get(key, 0) for key in ("read", "recorded", "duplicates", "conflicts", "rejected")}
    return own_event(
        DAY_RECORDED,
        "import",
        None,
        [_source(source_id, name)],
        outcome="success" if whole["rejected"] == 0 else "partial",
        extra={
            "day": day,
            "counts": whole,
            "row_count": whole["read"],
            "deliveries": deliveries,
            "size": size,
            "first_entry": first,
            "last_entry": last,
            "time_range": {
                key: value for key, value in (("from", earliest), ("to", latest)) if value is not None
            },
            "import": import_id,
        },
    )


def _source(source_id: int, name: str) -> Target:
    return cast(Target, {"kind": "log_source", "id": str(source_id), "name": name})


def _about(entry: int | None, relation: str) -> dict[str, object] | None:
    return None if entry is None else {"entry": entry, "as": relation}


# How they read -------------------------------------------------------------------------------------------


def tell_of_silence(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    extra: dict[str, Any] = event.get("extra", {})
    said = event.get("action", {}).get("said", "")
    gaps: dict[str, Parts | Part | str] = {
        "actor": naming.actor(voice, event),
        "thing": _thing(event),
        "since": _moment(extra.get("since")),
        "until": _moment(extra.get("until")),
        "expected": _moment(extra.get("expected_by")),
        "said": voice.quoted(_text(extra.get("what"))),
        "numbers": _numbers_text(voice, extra),
        "total": _total_text(voice, extra),
        "day": _text(extra.get("day")) or "?",
        "count": number(_count(extra.get("row_count"))),
    }
    sentence = voice.say("own", _key(said, extra), **gaps)
    if said == TOTAL_TOLD and _text(extra.get("said_by")):
        by = Part(_text(extra.get("said_by")), "actor")
        sentence = voice.say("own", "total_told_by", sentence=sentence, by=by)
    if said == DAY_RECORDED:
        counts = extra.get("counts")
        left = _left(voice, counts if isinstance(counts, dict) else {})
        if left:
            details = naming.listed(voice, left, len(left))
            sentence = voice.say("own", "counts", sentence=sentence, details=details)
    reason = event.get("reason")
    if reason and said in (REFUSED, QUIET_ANNOUNCED):
        key = "plain" if said == REFUSED else "quoted"
        sentence = voice.say("reason", key, sentence=sentence, reason=Part(reason, "reason"))
    return sentence


def _key(said: str, extra: Mapping[str, Any]) -> str:
    """Return which phrase tells it."""
    if said == HEARD_AGAIN:
        return "source_went_on" if extra.get("gap") == "refused" else HEARD_AGAIN
    if said == SILENT and not _text(extra.get("expected_by")):
        return "source_silent_bare"
    if said == DAY_RECORDED and _count(extra.get("row_count")) == 1:
        return "day_recorded_one"
    return said


def _left(voice: Voice, counts: Mapping[str, object]) -> list[Parts]:
    """Return what became of the records of a day that were not recorded."""
    told: list[Parts] = []
    for name, key in (("duplicates", "held"), ("conflicts", "conflicts"), ("rejected", "left_out")):
        if count := _count(counts.get(name)):
            told.append(voice.say("own", f"{key}_one" if count == 1 else key, count=number(count)))
    return told


def _thing(event: Event) -> Part:
    targets = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    return Part(name or "", "thing", 0 if name else None)


def _numbers_text(voice: Voice, extra: Mapping[str, Any]) -> Parts:
    first, last = _count(extra.get("first_number")), _count(extra.get("last_number"))
    stream = _text(extra.get("stream"))
    key = ("number" if first == last else "numbers") + ("_of" if stream else "")
    return voice.say(
        "own", f"missing_{key}", first=number(first), last=number(last), stream=Part(stream, "said")
    )


def _total_text(voice: Voice, extra: Mapping[str, Any]) -> Parts:
    told: list[Parts] = []
    if type(extra.get("row_count")) is int:
        key = "total_count_one" if extra["row_count"] == 1 else "total_count"
        told.append(voice.say("own", key, count=number(extra["row_count"])))
    if _text(extra.get("amount")):
        amount = changing.value_text(" ".join(filter(None, (extra["amount"], _text(extra.get("currency"))))))
        told.append([Part(amount, "said")])
    return naming.listed(voice, told, len(told)) if told else [Part("?")]


def _moment(value: object) -> str:
    """Return an instant as people read it, in UTC, to the minute."""
    text = _text(value)
    return f"{text[:10]} {text[11:16]} UTC" if len(text) >= 16 else text or "?"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if type(value) is int else 0


TELLERS: Final = (
    SILENT,
    REFUSED,
    HEARD_AGAIN,
    GAP_EXPLAINED,
    QUIET_ANNOUNCED,
    QUIET_WITHDRAWN,
    TOTAL_TOLD,
    TOTAL_EXPLAINED,
    NUMBERS_MISSING,
    NUMBERS_FILLED,
    NUMBERS_EXPLAINED,
    DAY_RECORDED,
)
