"""Parts of a pattern in words, each by itself: for the boxes in which a rule's parts are chosen, and for what is
nearly caught."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.events.vocabulary import CATEGORIES, THINGS, VERBS
from indelible.language.pattern import Condition, When, Who
from indelible.language.world import World

OPS: Final = {
    "=": gettext_lazy("is"),
    "!=": gettext_lazy("is not"),
    ">": gettext_lazy("is more than"),
    ">=": gettext_lazy("is at least"),
    "<": gettext_lazy("is less than"),
    "<=": gettext_lazy("is at most"),
    "contains": gettext_lazy("contains"),
    "absent": gettext_lazy("is missing"),
    "present": gettext_lazy("is there"),
    "changed": gettext_lazy("changed"),
    "same_as": gettext_lazy("is the same as"),
}
WITHOUT_VALUE: Final = ("absent", "present", "changed")

FACTS: Final = {
    "changes.before": gettext_lazy("the old value"),
    "changes.after": gettext_lazy("the new value"),
    "approval_ref": gettext_lazy("the approval"),
    "attachments": gettext_lazy("the papers"),
    "context": gettext_lazy("from where"),
    "context.ip": gettext_lazy("the address"),
    "context.device": gettext_lazy("the device"),
    "on_behalf_of": gettext_lazy("for whom"),
    "meaning": gettext_lazy("what the signature means"),
    "maker": gettext_lazy("the person who made it"),
    "approver": gettext_lazy("the person who agreed"),
    "occurred_at": gettext_lazy("the time"),
    "actor": gettext_lazy("who did it"),
}
OUTCOMES: Final = {
    "success": gettext_lazy("it worked"),
    "failure": gettext_lazy("it failed"),
    "denied": gettext_lazy("it was refused"),
    "partial": gettext_lazy("it worked in part"),
    "pending": gettext_lazy("it is pending"),
    "unknown": gettext_lazy("nobody knows whether it worked"),
}
ACTORS: Final = {
    "person": gettext_lazy("a person"),
    "service": gettext_lazy("a program"),
    "system": gettext_lazy("a system"),
    "unknown": gettext_lazy("somebody not known"),
}
DAYS: Final = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}

MARKS: Final = {
    "mask": gettext_lazy("masked"),
    "code": gettext_lazy("as a code"),
    "drop": gettext_lazy("nothing"),
}
"""What is stored of a fact, in a word."""

PARTS: Final = {
    "sentence": gettext_lazy("What it says"),
    "facts": gettext_lazy("What it needs"),
    "what is stored of facts": gettext_lazy("What is stored of it"),
    "how completeness is known": gettext_lazy("How many we expect"),
    "needs a second person": gettext_lazy("A change of it needs a second person"),
    "serves": gettext_lazy("It serves"),
    "team": gettext_lazy("Listed under"),
    "pattern": gettext_lazy("Its conditions"),
    "duties": gettext_lazy("What is to be done"),
}
"""Parts of a rule for pages, by the words that entries have for them."""


def fact(name: str) -> str:
    """Name a fact: "the old value", "valid to", "the amount that changed"."""
    if name.startswith("changes/"):
        return _("the %(field)s that was changed") % {"field": name.partition("/")[2].replace("_", " ")}
    return str(FACTS[name]) if name in FACTS else name.replace("_", " ")


def condition(one: Condition) -> str:
    """Say a condition: "amount is more than 5000 EUR"."""
    words = f"{fact(one.fact)} {OPS[one.op]}"
    if one.op == "same_as":
        return f"{words} {fact(one.value)}"
    if one.op in WITHOUT_VALUE:
        return words
    return " ".join(filter(None, (words, one.value, one.unit)))


def who(one: Who) -> str:
    """Say somebody: "Maria", "somebody in Finance", "a program"."""
    if one.group:
        return _("somebody in %(group)s") % {"group": one.group}
    return one.name or str(ACTORS.get(one.kind, one.kind))


def verb(name: str) -> str:
    """Say an act as a rule does: "changes", "signs in with"."""
    return VERBS[name].someone if name in VERBS else name


def thing(kind: str, world: World) -> str:
    """Say a kind of thing: "a supplier's bank details"."""
    if kind in THINGS:
        return THINGS[kind].name
    own = next((name for name, found in world.things.items() if found == kind), "")
    if own:
        return own
    below = [other for other in THINGS if other.startswith(f"{kind}.")]
    return _("any %(thing)s") % {"thing": kind.replace("_", " ")} if below else kind


def category(name: str) -> str:
    """Say a category: "Money moving or booked"."""
    return CATEGORIES.get(name, name)


def when(one: When) -> list[tuple[str, str]]:
    """Say each part of when it happened, under the name of the part."""
    told = []
    if one.days:
        days = ", ".join(str(DAYS[day]) for day in one.days)
        told.append(("days", ngettext("on a %(days)s", "on one of %(days)s", len(one.days)) % {"days": days}))
    if one.hours:
        told.append(
            ("hours", one.hours if "hours" in one.hours else _("from %s") % one.hours.replace("-", " – "))
        )
    if one.text or one.start or one.end:
        told.append(("period", one.text or f"{one.start} .. {one.end}"))
    return told


def part(field: str) -> str:
    """Name a part of a rule that changes."""
    return str(PARTS.get(field, field))


def shown(field: str, value: object) -> str:
    """Say for a page what an entry says of a part of a rule, where it names facts and marks."""
    text = value if isinstance(value, str) else str(value or "")
    if field == "facts" and text:
        return ", ".join(fact(name) for name in text.split(", "))
    if field == "what is stored of facts" and text:
        pairs = [each.partition(": ") for each in text.split(", ")]
        return ", ".join(f"{fact(name)}: {MARKS.get(mark, mark)}" for name, _colon, mark in pairs)
    return text
