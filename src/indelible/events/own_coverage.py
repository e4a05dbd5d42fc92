"""The events about promises that are not kept: a rule that fell silent or is broken, and that is kept again.

One cause may break many rules: they are told of in one entry, which names them. Each is an entry under rule 0. A
target's id is the version in force ("3.2").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from indelible.events import naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice
from indelible.events.shape import Event, Target

RULE_SILENT: Final = "rule_silent"
RULE_BROKEN: Final = "rule_broken"
RULE_KEPT_AGAIN: Final = "rule_kept_again"


def rule_silent(
    rules: Sequence[tuple[str, str]],
    since: str | None,
    *,
    expected_by: str | None = None,
    rhythm: Mapping[str, object] | None = None,
) -> Event:
    """Something was to come under a rule by a moment, and its grace is over too.

    `rules` are key and sentence of each; `since` is when something last came, None for never.
    """
    extra = {"since": since, "expected_by": expected_by, "rhythm": dict(rhythm or {})}
    return own_event(RULE_SILENT, "detect", None, _rules(rules), extra=extra)


def rule_broken(
    rules: Sequence[tuple[str, str]], words: str, causes: Sequence[Mapping[str, object]] = ()
) -> Event:
    """What a rule promises is not kept. `words` say why, `causes` the same for programs."""
    extra = {"what": words, "causes": [dict(each) for each in causes]}
    return own_event(RULE_BROKEN, "detect", None, _rules(rules), extra=extra)


def rule_kept_again(
    rules: Sequence[tuple[str, str]], trouble: str, since: str, until: str, began_entry: int | None = None
) -> Event:
    """What was missing under a rule is there again, or is explained.

    `trouble` is silent or broken; "not expected" where nothing came, and nothing is waited for any more.
    """
    return own_event(
        RULE_KEPT_AGAIN,
        "detect",
        None,
        _rules(rules),
        refers_to=None if began_entry is None else {"entry": began_entry, "as": "note"},
        extra={"trouble": trouble, "since": since, "until": until},
    )


def _rules(rules: Sequence[tuple[str, str]]) -> list[Target]:
    return [cast(Target, {"kind": "log.rule", "id": key, "name": sentence}) for key, sentence in rules]


# How they read -------------------------------------------------------------------------------------------


def tell_of_coverage(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, extra = event.get("action", {}).get("said", ""), event.get("extra", {})
    targets = event.get("targets", [])
    gaps: dict[str, Parts | Part | str] = {
        "rules": _named(voice, targets),
        "since": _moment(extra.get("since")),
        "until": _moment(extra.get("until")),
        "expected": _moment(extra.get("expected_by")),
        "said": _text(extra.get("what")),
    }
    many = "s" if len(targets) > 1 else ""
    if said == RULE_SILENT:
        key = "rule_silent" if _text(extra.get("since")) else "rule_never_seen"
    elif said == RULE_KEPT_AGAIN:
        key = _KEPT_AGAIN.get(_text(extra.get("trouble")), "rule_kept_again")
    else:
        key = said
    return voice.say("own", key + many, **gaps)


_KEPT_AGAIN: Final = {"silent": "rule_heard_again", "not expected": "rule_not_expected"}


def _named(voice: Voice, targets: Sequence[Mapping[str, Any]]) -> Parts:
    """Return "rule 3, “Record ...”", or for several their numbers."""
    if len(targets) == 1:
        name = _text(targets[0].get("name"))
        rule = Part(_number(targets[0]), "thing", 0)
        return voice.say("own", "one_rule", rule=rule, said=voice.quoted(name))
    shown = [[Part(_number(each), "thing", place)] for place, each in enumerate(targets)]
    return naming.listed(voice, shown, len(shown)) if shown else [Part("?")]


def _number(target: Mapping[str, Any]) -> str:
    return _text(target.get("id")).partition(".")[0] or "?"


def _moment(value: object) -> str:
    """Return an instant as people read it, in UTC, to the minute."""
    text = _text(value)
    return f"{text[:10]} {text[11:16]} UTC" if len(text) >= 16 else text or "?"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


TELLERS: Final = dict.fromkeys((RULE_SILENT, RULE_BROKEN, RULE_KEPT_AGAIN), tell_of_coverage)
