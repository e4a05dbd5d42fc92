"""What the fields of a rule's form offer, and what of a rule is chosen in each."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.vocabulary import THINGS
from indelible.features.rules import parts, wording
from indelible.features.rules.catalogue import CLASSES
from indelible.features.rules.wanted import Wanted
from indelible.language.pattern import Pattern
from indelible.language.world import World

NOT: Final = "not:"  # before the value of a choice that means everybody else
MARK_WORDS: Final = {
    "": gettext_lazy("as it came"),
    "mask": gettext_lazy("masked: only a short part stays readable, such as the last 4 characters"),
    "code": gettext_lazy("as a code: equal values can be matched, none can be read"),
    "drop": gettext_lazy("nothing: it is taken out before it is sealed"),
}
EXPECTED_WORDS: Final = {
    "unknown": gettext_lazy("we do not know how many"),
    "pace": gettext_lazy("about as many as usual"),
    "numbers": gettext_lazy("running numbers without gaps"),
    "total": gettext_lazy("as many as a total says that we upload"),
}
SILENT: Final = {
    "": gettext_lazy("do not tell"),
    "PT4H": gettext_lazy("4 hours"),
    "P1D": gettext_lazy("1 day"),
    "P2D": gettext_lazy("2 days"),
    "P1W": gettext_lazy("1 week"),
    "P2W": gettext_lazy("2 weeks"),
    "P1M": gettext_lazy("1 month"),
    "P3M": gettext_lazy("3 months"),
}
EVERY: Final = {
    "": gettext_lazy("nobody need look"),
    "P1D": gettext_lazy("every day"),
    "P1W": gettext_lazy("every week"),
    "P2W": gettext_lazy("every two weeks"),
    "P1M": gettext_lazy("every month"),
    "P3M": gettext_lazy("every quarter"),
    "P6M": gettext_lazy("every half year"),
    "P1Y": gettext_lazy("every year"),
}
PER: Final = {"P1D": gettext_lazy("a day"), "P1W": gettext_lazy("a week"), "P1M": gettext_lazy("a month")}


def initial(base: Wanted, world: World) -> dict[str, Any]:
    """Return what each field holds for a rule."""
    duties, pattern, expected = base.duties, base.pattern, base.expected
    return {
        "verbs": list(pattern.verbs),
        "things": list(pattern.things),
        "systems": list(pattern.systems),
        "pieces": [piece.name for piece in parts.pieces_of(pattern, world)],
        "who": _who_value(pattern),
        "expected": expected.get("by", "unknown"),
        "about": expected.get("about"),
        "per": expected.get("every", "P1W"),
        "silent_after": duties.silent_after,
        "keep": duties.keep,
        "keep_from": duties.keep_from,
        "every": duties.review.every if duties.review else "",
        "reviewer": duties.review.by if duties.review else "",
        "two_people": "yes" if base.two_people else "",
        "team": base.team,
    }


def _who_value(pattern: Pattern) -> str:
    """Return the choice that says who acts; "as-said" for what none of the others says."""
    if not pattern.who and not pattern.not_who:
        return ""
    if len(pattern.who) + len(pattern.not_who) > 1:
        return "as-said"
    [one] = (*pattern.who, *pattern.not_who)
    [(kind, name)] = one.to_json().items()
    value = f"{kind}={name}"
    return "as-said" if kind == "name" else (NOT + value if pattern.not_who else value)


def who_choices(pattern: Pattern, world: World) -> list[tuple[str, str]]:
    """Return by whom it can be: groups, kinds of actors, and what the sentence says where that is neither."""
    kinds = [(f"kind={kind}", str(words)) for kind, words in wording.ACTORS.items()]
    groups = [
        pair
        for name in sorted(world.groups)
        for pair in (
            (f"group={name}", _("somebody in %(group)s") % {"group": name}),
            (f"{NOT}group={name}", _("anyone outside %(group)s") % {"group": name}),
        )
    ]
    choices = [("", _("anyone")), *groups, *kinds]
    value = _who_value(pattern)
    if value not in dict(choices):
        choices.insert(1, (value, parts.by_whom(pattern)))
    return choices


def thing_choices(pattern: Pattern, world: World) -> list[Any]:
    """Return the kinds of thing under their headings, with the organisation's own."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for thing in THINGS.values():
        groups.setdefault(thing.group, []).append((thing.kind, thing.name))
    own = {kind: name for name, kind in reversed(list(world.things.items()))}
    known = set(THINGS) | set(own)
    others = [(kind, wording.thing(kind, world)) for kind in pattern.things if kind not in known]
    choices: list[Any] = list(groups.items())
    if own:
        choices.append((_("Your own"), list(own.items())))
    if others:
        choices.insert(0, (_("As said"), others))
    return choices


def fact_choices(names: Any) -> list[tuple[str, str]]:
    """Return facts by their words, in the order of these."""
    return sorted(((name, wording.fact(name)) for name in names), key=lambda pair: pair[1])


def and_present(offer: Any, current: str) -> list[tuple[str, Any]]:
    """Return choices, with the present one among them even where it is none of ours."""
    return [*offer.items(), *([] if current in offer else [(current, current)])]


def keep_choices(current: str) -> list[tuple[str, Any]]:
    """Return how long entries can be kept, each period once."""
    found: dict[str, Any] = {"": _("as long as the organisation keeps anything")}
    for one in CLASSES.values():
        if one.id != "hold":
            found.setdefault(one.keep, f"{one.title} ({one.meant_for})")
    return and_present(found, current)


def flat(choices: Any) -> list[tuple[str, Any]]:
    """Return choices without their headings."""
    return [
        pair
        for value, label in choices
        for pair in (label if isinstance(label, list | tuple) else [(value, label)])
    ]


def grouped(bound: Any) -> list[tuple[str, list[Any]]]:
    """Return the boxes of a field under the headings of its choices."""
    boxes = list(bound)
    groups: list[tuple[str, list[Any]]] = []
    place = 0
    for value, label in bound.field.choices:
        inner = label if isinstance(label, list | tuple) else [(value, label)]
        heading = str(value) if isinstance(label, list | tuple) else ""
        if not groups or groups[-1][0] != heading:
            groups.append((heading, []))
        groups[-1][1].extend(boxes[place : place + len(inner)])
        place += len(inner)
    return groups
