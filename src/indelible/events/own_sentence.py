"""How the acts of Indelible itself read. The events are built in `own`; their phrases are data.

An act is known by the source's own word, which is ours here. What `own` does not build (a person's own
entry, say) is told like any other event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from indelible.events import (
    changing,
    naming,
    own_alarms,
    own_books,
    own_coverage,
    own_door,
    own_hooks,
    own_names,
    own_people,
    own_reminders,
    own_reviews,
    own_rules,
    own_runbooks,
    own_settings,
    own_signoffs,
    own_silence,
    own_views,
)
from indelible.events.own import SYSTEM
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.referring import entries
from indelible.events.shape import Event

Teller = Callable[[Voice, Event], Parts]


def own_sentence(voice: Voice, event: Event) -> Parts | None:
    """Return the sentence of an act of Indelible itself, or None where the general sentence tells it."""
    if event.get("source", {}).get("system") != SYSTEM:
        return None
    teller = TELLERS.get(event.get("action", {}).get("said", ""))
    return teller(voice, event) if teller else None


def _actor(voice: Voice, event: Event) -> Parts:
    return naming.actor(voice, event)


def _thing(event: Event) -> Part:
    targets = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    return Part(name or "", "thing", 0 if name else None)


def _count(event: Event, fact: str) -> int:
    value = event.get("extra", {}).get(fact)
    return value if type(value) is int else 0


def _text(event: Event, fact: str) -> str | None:
    value = event.get("extra", {}).get(fact)
    return value if isinstance(value, str) and value else None


def _because(voice: Voice, event: Event, sentence: Parts) -> Parts:
    reason = event.get("reason")
    return (
        voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
        if reason
        else sentence
    )


def _simple(key: str) -> Teller:
    def tell(voice: Voice, event: Event) -> Parts:
        return _because(voice, event, voice.say("own", key, actor=_actor(voice, event), thing=_thing(event)))

    return tell


def _looked_at(voice: Voice, event: Event) -> Parts:
    count, who = _count(event, "row_count"), _actor(voice, event)
    indexes = event.get("extra", {}).get("scope_entries")
    if count == 1 and isinstance(indexes, list) and type(indexes[0]) is int:
        sentence = voice.say("own", "entry_looked_at", actor=who, number=number(indexes[0] + 1))
    else:
        key = {0: "entries_looked_at_none", 1: "entries_looked_at_one"}.get(count, "entries_looked_at")
        sentence = voice.say("own", key, actor=who, count=number(count))
    return _asked(voice, event, sentence)


def _asked(voice: Voice, event: Event, sentence: Parts) -> Parts:
    query = _text(event, "query")
    return voice.say("own", "asked", sentence=sentence, said=voice.quoted(query)) if query else sentence


def _checked(voice: Voice, event: Event) -> Parts:
    by_itself = event.get("actor", {}).get("kind", "system") == "system"
    scope = _text(event, "scope")
    key = ("part_checked" if scope else "record_checked") + ("" if by_itself else "_by")
    sentence = voice.say("own", key, actor=_actor(voice, event), said=scope or "")
    count, findings = _count(event, "count"), _count(event, "findings")
    verdict = _text(event, "verdict")
    if verdict == "matches":
        key = {0: "checked_empty", 1: "checked_matches_one"}.get(count, "checked_matches")
    elif verdict == "does not match":
        key = "checked_differs_one" if findings == 1 else "checked_differs"
    else:
        key = "checked_not"
    return voice.say("own", key, sentence=sentence, count=number(count), findings=number(findings))


def _published(voice: Voice, event: Event) -> Parts:
    return voice.say(
        "own",
        "record_published",
        actor=_actor(voice, event),
        count=number(_count(event, "row_count")),
        files=number(_count(event, "item_count")),
    )


def _exported(voice: Voice, event: Event) -> Parts:
    count = _count(event, "row_count")
    key = "entries_exported_one" if count == 1 else "entries_exported"
    sentence = voice.say("own", key, actor=_actor(voice, event), count=number(count))
    if _thing(event).text:
        sentence = voice.say("own", "to_file", sentence=sentence, thing=_thing(event))
    return _because(voice, event, _asked(voice, event, sentence))


def _pack_made(voice: Voice, event: Event) -> Parts:
    count = _count(event, "row_count")
    key = "pack_made_one" if count == 1 else "pack_made"
    sentence = voice.say("own", key, actor=_actor(voice, event), thing=_thing(event), count=number(count))
    return _asked(voice, event, sentence)


def _pack_handed_over(voice: Voice, event: Event) -> Parts:
    how = _text(event, "method")
    return voice.say(
        "own",
        "pack_handed_over_how" if how else "pack_handed_over",
        actor=_actor(voice, event),
        thing=_thing(event),
        recipient=Part(_text(event, "recipient") or voice.text("list", "something"), "actor"),
        said=how or "",
    )


def _search_rebuilt(voice: Voice, event: Event) -> Parts:
    count = number(_count(event, "row_count"))
    return voice.say("own", "search_rebuilt", actor=_actor(voice, event), count=count)


def _clock(voice: Voice, event: Event) -> Parts:
    offset = _count(event, "offset_ms")
    unit, count = ("seconds", offset // 1000) if offset >= 2000 else ("milliseconds", offset)
    key = "clock_found_behind_host" if _thing(event).text else "clock_found_behind"
    return voice.say(
        "own",
        key,
        actor=_actor(voice, event),
        thing=_thing(event),
        duration=voice.say("own", unit, count=number(count)),
    )


def _entries(voice: Voice, event: Event) -> Parts:
    reference = event.get("refers_to")
    return entries(voice, reference) if reference else voice.say("list", "something")


def _corrected(voice: Voice, event: Event) -> Parts:
    """Tell a correction: the reason is on its page, since the sentence says what was wrong and is right."""
    change = (event.get("changes") or [{}])[0]
    before, after = change.get("before"), change.get("after")
    if after is not None and changing.is_empty(after):
        key = "entry_corrected_empty" if before is not None else "entry_corrected_bare"
    elif before is None or changing.is_empty(before):
        key = "entry_corrected_bare" if after is None else "entry_corrected_after"
    else:
        key = "entry_corrected_before" if after is None else "entry_corrected"
    return voice.say(
        "own",
        key,
        actor=_actor(voice, event),
        entries=_entries(voice, event),
        field=naming.field_part(voice, change.get("field", "")),
        before=Part(changing.value_text(before), "before"),
        after=Part(changing.value_text(after), "after"),
    )


def _mistake(voice: Voice, event: Event) -> Parts:
    sentence = voice.say(
        "own",
        "import_marked_as_mistake",
        actor=_actor(voice, event),
        thing=_thing(event),
        entries=_entries(voice, event),
    )
    return _because(voice, event, sentence)


def _note(voice: Voice, event: Event) -> Parts:
    answers = event.get("refers_to", {}).get("as") == "answer"
    return voice.say(
        "own",
        "answer_added" if answers else "note_added",
        actor=_actor(voice, event),
        entries=_entries(voice, event),
        said=voice.quoted(_text(event, "what") or ""),
    )


def _imported(voice: Voice, event: Event) -> Parts:
    extra = event.get("extra", {})
    counts = extra.get("counts")
    known: Mapping[str, object] = counts if isinstance(counts, dict) else {}
    tally = {name: value for name, value in known.items() if type(value) is int}
    read, recorded = tally.get("read", 0), tally.get("recorded", 0)
    if read == 0:
        key = "file_imported_empty"
    elif recorded == read:
        key = "file_imported_one" if read == 1 else "file_imported_all"
    else:
        key = "file_imported_some" if recorded else "file_imported_none"
    sentence = voice.say(
        "own",
        key,
        actor=_actor(voice, event),
        thing=_thing(event),
        source=Part(_text(event, "from_source") or voice.text("list", "something"), "place"),
        read=number(read),
        recorded=number(recorded),
    )
    details = _left(voice, tally)
    if extra.get("stopped") is True:
        details.append(voice.say("own", "stopped"))
    if not details:
        return sentence
    told = naming.listed(voice, details, len(details))
    return voice.say("own", "counts", sentence=sentence, details=told)


def _left(voice: Voice, tally: Mapping[str, int]) -> list[Parts]:
    """Return what became of the rows that were not recorded."""
    told = []
    for name, key in (("duplicates", "held"), ("conflicts", "conflicts"), ("rejected", "left_out")):
        count = tally.get(name, 0)
        if count:
            told.append(voice.say("own", f"{key}_one" if count == 1 else key, count=number(count)))
    return told


def _refused(voice: Voice, event: Event) -> Parts:
    source = _text(event, "from_source")
    sentence = voice.say(
        "own",
        "file_refused_source" if source else "file_refused",
        actor=_actor(voice, event),
        thing=_thing(event),
        source=Part(source or "", "place"),
    )
    return voice.say("reason", "plain", sentence=sentence, reason=Part(event.get("reason", ""), "reason"))


def _renamed(voice: Voice, event: Event) -> Parts:
    change = (event.get("changes") or [{}])[0]
    return voice.say(
        "own",
        "source_renamed",
        actor=_actor(voice, event),
        before=Part(changing.value_text(change.get("before", "")), "before"),
        after=Part(changing.value_text(change.get("after", "")), "after"),
    )


def _source_changed(voice: Voice, event: Event) -> Parts:
    who, changes = _actor(voice, event), event.get("changes", [])
    if not changes:
        told = voice.say("own", "source_changed_bare", actor=who, thing=_thing(event))
    else:
        source = voice.say("own", "the_source", name=_thing(event))
        told = voice.say("own", "source_changed", actor=who, details=changing.details(voice, changes, source))
    return _because(voice, event, told)


def _settings_changed(voice: Voice, event: Event) -> Parts:
    who, changes, named = _actor(voice, event), event.get("changes", []), [_thing(event)]
    about = named if named[0].text else None
    if changes:
        told = voice.say(
            "own", "settings_changed", actor=who, details=changing.details(voice, changes, about)
        )
    else:
        told = voice.say("own", "settings_changed", actor=who, details=about or voice.say("own", "settings"))
    return _because(voice, event, told)


def _person_added(voice: Voice, event: Event) -> Parts:
    role = _text(event, "account_kind")
    return voice.say(
        "own",
        "person_added_role" if role else "person_added",
        actor=_actor(voice, event),
        thing=_thing(event),
        said=role or "",
    )


def _receipt(voice: Voice, event: Event) -> Parts:
    said, verdict = event.get("action", {}).get("said", ""), _text(event, "verdict")
    size = event.get("extra", {}).get("size")
    key = said
    if said == "receipt_compared":
        known = verdict in ("same", "differs", "ahead") and type(size) is int
        key = f"receipt_compared_{verdict if known else 'other'}"
    return voice.say(
        "own", key, actor=_actor(voice, event), thing=_thing(event), number=number(_count(event, "size"))
    )


def _seal_sent(voice: Voice, event: Event) -> Parts:
    took, missing = (event.get("extra", {}).get(name, []) for name in ("took", "missing"))
    counts = [len(names) if isinstance(names, list) else 0 for names in (took, missing)]
    return voice.say(
        "own",
        "seal_sent_some" if counts[1] else "seal_sent",
        actor=_actor(voice, event),
        number=number(_count(event, "size")),
        count=number(counts[0]),
        missing=number(counts[1]),
    )


def _of_a_seal(voice: Voice, event: Event) -> Parts:
    return voice.say(
        "own",
        event.get("action", {}).get("said", ""),
        actor=_actor(voice, event),
        thing=_thing(event),
        number=number(_count(event, "size")),
        said=voice.quoted(_text(event, "what") or ""),
    )


def _drill_held(voice: Voice, event: Event) -> Parts:
    return voice.say(
        "own",
        "drill_held",
        actor=_actor(voice, event),
        count=number(_count(event, "count")),
        found=number(_count(event, "found")),
    )


TELLERS: Final[dict[str, Teller]] = {
    **{
        key: _simple(key)
        for key in (
            "sealing_key_announced",
            "sealing_key_put_in_use",
            "sealing_key_revoked",
            "sealing_key_restored",
            "key_passphrase_set",
            "key_passphrase_changed",
            "key_passphrase_removed",
            "recovery_sheet_made",
        )
    },
    "record_started": _simple("record_started"),
    "drill_held": _drill_held,
    "entries_looked_at": _looked_at,
    "record_checked": _checked,
    "record_published": _published,
    "entries_exported": _exported,
    "pack_made": _pack_made,
    "pack_handed_over": _pack_handed_over,
    "pack_downloaded": _simple("pack_downloaded"),
    "pack_deleted": _simple("pack_deleted"),
    "search_rebuilt": _search_rebuilt,
    "clock_found_behind": _clock,
    "entry_corrected": _corrected,
    "import_marked_as_mistake": _mistake,
    "note_added": _note,
    "file_imported": _imported,
    "file_refused": _refused,
    "source_added": _simple("source_added"),
    "source_renamed": _renamed,
    "source_changed": _source_changed,
    "source_paused": _simple("source_paused"),
    "source_resumed": _simple("source_resumed"),
    "source_ended": _simple("source_ended"),
    "settings_changed": _settings_changed,
    "person_added": _person_added,
    "recipient_added": _simple("recipient_added"),
    "recipient_ended": _simple("recipient_ended"),
    "receipt_sent": _receipt,
    "receipt_compared": _receipt,
    "log_opened": _simple("log_opened"),
    "log_closed": _simple("log_closed"),
    "witness_added": _simple("witness_added"),
    "witness_ended": _simple("witness_ended"),
    "authority_added": _simple("authority_added"),
    "authority_ended": _simple("authority_ended"),
    "seal_sent": _seal_sent,
    "time_stamp_received": _of_a_seal,
    "difference_explained": _of_a_seal,
    **dict.fromkeys(own_silence.TELLERS, own_silence.tell_of_silence),
    **dict.fromkeys(own_door.TELLERS, own_door.tell_of_the_door),
    **own_coverage.TELLERS,
    **own_alarms.TELLERS,
    **own_books.TELLERS,
    **own_hooks.TELLERS,
    **own_names.TELLERS,
    **own_people.TELLERS,
    **own_reviews.TELLERS,
    **own_reminders.TELLERS,
    **own_rules.TELLERS,
    **own_settings.TELLERS,
    **own_signoffs.TELLERS,
    **own_runbooks.TELLERS,
    **own_views.TELLERS,
}
