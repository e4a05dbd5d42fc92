"""Warning signs that one event shows by itself: worth a look, never a verdict.

Each function answers one question about an event and says nothing where the event does not tell enough: a doubt is no
sign. Signs are worked out when they are shown or watched for, and never sealed: what counts as office hours, or as a
round amount, changes; what was recorded does not.

Amounts are compared as exact decimals. The text of a source may write 1,200.00 or 1.200,00; where a text can be read
both ways, a sign is seen only if it holds for each reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from indelible.events.folding import plain
from indelible.events.instants import to_datetime
from indelible.events.office import WorkCalendar
from indelible.events.shape import Event, Party
from indelible.events.vocabulary import OWN_SYSTEM

TEN: Final = Decimal(10)
MAKING: Final = frozenset({"create", "submit", "request", "post", "import", "change"})
AGREEING: Final = frozenset({"approve", "sign"})
BY_THEMSELVES: Final = frozenset({"service", "system"})  # kinds of actor that keep no office hours

_LONGEST: Final = 40  # characters of a figure
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}|[$€£¥₹₩₽₺]|kr|Fr\.?|zł", re.I)
# What parts thousands and what begins the decimals, in the two ways of the world. The last group has three digits.
_STYLES: Final = (
    re.compile(
        r"(?P<whole>[0-9]{1,3}(?:([,'’\u00a0\u202f ])(?:[0-9]{2,3}\2)*[0-9]{3})?|[0-9]+)(?:\.(?P<rest>[0-9]+))?"
    ),
    re.compile(
        r"(?P<whole>[0-9]{1,3}(?:([.'’\u00a0\u202f ])(?:[0-9]{3}\2)*[0-9]{3})?|[0-9]+)(?:,(?P<rest>[0-9]+))?"
    ),
)
# Details whose digits name something and count nothing: ten times an account number means nothing.
_NAMES: Final = frozenset(
    "id ids nr no number numbers phone mobile tel fax account iban bic swift sort routing code zip postcode postal "
    "date day month year time at version ref reference serial pin vatin ssn status key hash digest port".split()
)
_CLOCK: Final = re.compile(r"\d{1,2}[:h]\d{2}|\d{9,}|T\d{2}", re.ASCII)
_MAIL: Final = re.compile(r"[^\s@<>,;\"']+@([^\s@<>,;\"']+\.[^\s@<>,;\"']+)")


# Figures ---------------------------------------------------------------------------------------------------


def readings(value: object) -> tuple[Decimal | None, Decimal | None]:
    """Return what number a value is where a point begins the decimals, and where a comma does; None: it is none."""
    if type(value) is int:
        return Decimal(value), Decimal(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None, None
    text = _CURRENCY.sub("", value).strip()
    negative = text.startswith(("-", "−")) or (text.startswith("(") and text.endswith(")"))
    text = text.strip("()+-− ")
    if len(text) > 1 and text[0] == "0" and text[1].isdigit():
        return None, None  # leading zeros say that it names something
    point, comma = (_read(style, text, negative) for style in _STYLES)
    return point, comma


def _read(style: re.Pattern[str], text: str, negative: bool) -> Decimal | None:
    if (match := style.fullmatch(text)) is None:
        return None
    whole, rest = re.sub(r"[^0-9]", "", match["whole"]), match["rest"]
    number = Decimal(f"{whole}.{rest}" if rest else whole)
    return -number if negative else number


@dataclass(frozen=True, slots=True)
class Jump:
    """A figure that became many times what it was. `times` is rounded down."""

    field: str
    times: int


def jump(event: Event, factor: Decimal = TEN, *, smaller: bool = False) -> Jump | None:
    """Return the first figure that became at least `factor` times as large; with `smaller`, as small."""
    for change in event.get("changes", ()):
        name = change.get("field", "")
        if _names_something(name):
            continue
        pairs = zip(readings(change.get("before")), readings(change.get("after")), strict=True)
        known = [(old, new) for old, new in pairs if old is not None and new is not None]
        times = [_times(new, old) if smaller else _times(old, new) for old, new in known]
        if times and all(one is not None and one >= factor for one in times):
            return Jump(name, int(min(one for one in times if one is not None)))
    return None


def _times(less: Decimal, more: Decimal) -> Decimal | None:
    return more / less if less > 0 and more > 0 else None


def _names_something(field: str) -> bool:
    words = re.findall(r"[a-z]+|[A-Z][a-z]*", field)
    return any(word.lower() in _NAMES for word in words)


def amounts(event: Event) -> Iterator[Decimal]:
    """Yield the amounts that an event tells: of the fact `amount`, and what a changed amount became."""
    told = [event.get("extra", {}).get("amount")]
    told += [
        change.get("after")
        for change in event.get("changes", ())
        if "amount" in change.get("field", "").lower() or "total" in change.get("field", "").lower()
    ]
    for value in told:
        found = {one for one in readings(value) if one is not None}
        if len(found) == 1:  # a doubt is no amount
            yield found.pop()


def round_amount(event: Event, multiple: Decimal = Decimal(1000)) -> Decimal | None:
    """Return an amount that is a whole number of times `multiple`, such as 5,000 for 1,000."""
    return next((one for one in amounts(event) if one and abs(one) >= multiple and not one % multiple), None)


# Times -----------------------------------------------------------------------------------------------------


def outside_office_hours(event: Event, calendar: WorkCalendar) -> bool:
    """Whether a person did it while nobody is at work. Programs keep no office hours, nor do days without a time."""
    return _by_somebody(event) and _has_clock(event) and not calendar.is_working(_moment(event))


def on_free_day(event: Event, calendar: WorkCalendar) -> bool:
    """Whether a person did it on a day on which nobody works: a weekend, a holiday."""
    if not _by_somebody(event) or "occurred_at" not in event:
        return False
    return not calendar.is_working_day(_moment(event).astimezone(ZoneInfo(calendar.zone)).date())


def _moment(event: Event) -> datetime:
    return to_datetime(event["occurred_at"])


def _by_somebody(event: Event) -> bool:
    actor = event.get("actor")
    return bool(actor) and actor is not None and actor.get("kind") not in BY_THEMSELVES


def _has_clock(event: Event) -> bool:
    """Whether the hour is known: a source that tells only days says nothing about office hours."""
    if "occurred_at" not in event:
        return False
    said = event.get("time", {}).get("said")
    return said is None or bool(_CLOCK.search(said))


# People ----------------------------------------------------------------------------------------------------


def maker(event: Event) -> frozenset[str]:
    """Return the names of whoever made what the event is about, as far as the event itself tells."""
    return _role(event, ("author", "requested_by"), MAKING)


def approver(event: Event) -> frozenset[str]:
    """Return the names of whoever agreed to it, as far as the event itself tells."""
    return _role(event, ("approver", "granted_by"), AGREEING)


def own_approval(event: Event) -> bool:
    """Whether the one who made it is the one who agreed to it. What the event does not tell, only history can."""
    return bool(maker(event) & approver(event))


def names_of(party: Party | None) -> frozenset[str]:
    """Return the names that somebody goes by in an event, folded so that they can be compared."""
    found = (plain(str(party.get(key, ""))) for key in ("id", "name", "email")) if party else ()
    return frozenset(name for name in found if name)


def _role(event: Event, facts: Sequence[str], verbs: frozenset[str]) -> frozenset[str]:
    extra = event.get("extra", {})
    for fact in facts:
        if isinstance(told := extra.get(fact), str) and (name := plain(told)):
            return frozenset({name})
    if event.get("action", {}).get("verb") in verbs:
        return names_of(event.get("actor"))
    return frozenset()


def outsiders(event: Event, domains: Iterable[str]) -> tuple[str, ...]:
    """Return the mail domains of recipients that are none of `domains`; none where none of ours are known."""
    ours = {domain.lower().lstrip("@") for domain in domains}
    extra = event.get("extra", {})
    told = [extra.get(fact) for fact in ("recipient", "recipient_address", "to", "address")]
    told += [target.get("id") or target.get("name") for target in event.get("targets", ())]
    found = {
        domain.lower().rstrip(".") for text in told if isinstance(text, str) for domain in _MAIL.findall(text)
    }
    if not ours:
        return ()
    return tuple(
        sorted(one for one in found if not any(one == own or one.endswith(f".{own}") for own in ours))
    )


# Facts and words -------------------------------------------------------------------------------------------


def lacks(event: Event, facts: Iterable[str]) -> tuple[str, ...]:
    """Return the facts of these that the event does not tell."""
    return tuple(fact for fact in facts if not tells(event, fact))


def tells(event: Event, fact: str) -> bool:
    """Whether the event tells a fact, by the name it has in the catalogue (`changes.after`, `context.ip`)."""
    head, _, rest = fact.partition(".")
    if head == "changes" and rest:
        return any(rest in change for change in event.get("changes", ()))
    if head == "context" and rest:
        return rest in event.get("context", {})
    if head in ("reason", "attachments", "context", "outcome", "on_behalf_of", "changes"):
        return bool(event.get(head))
    return event.get("extra", {}).get(fact) not in (None, "", [], {})


def says(event: Event, words: Iterable[str]) -> tuple[str, ...]:
    """Return which of these words or phrases stand in what the event says in words, whatever their case."""
    texts = [event.get("reason", ""), event.get("action", {}).get("said", "")]
    texts += [value for value in event.get("extra", {}).values() if isinstance(value, str)]
    texts += [str(change.get("after", "")) for change in event.get("changes", ())]
    texts += [target.get("name", "") for target in event.get("targets", ())]
    whole = " | ".join(plain(text) for text in texts if text)
    padded = f" {whole} "
    return tuple(word for word in words if (folded := plain(word)) and f" {folded} " in padded)


# Marks on a row --------------------------------------------------------------------------------------------


def marks(event: Event, calendar: WorkCalendar | None) -> tuple[str, ...]:
    """Return the codes of the signs that a list shows beside an entry. Indelible's own acts carry none."""
    if event.get("source", {}).get("system") == OWN_SYSTEM:
        return ()
    seen: Mapping[str, bool] = {
        "ten_times_larger": jump(event) is not None,
        "outside_office_hours": calendar is not None and outside_office_hours(event, calendar),
        "own_approval": own_approval(event),
    }
    return tuple(code for code, there in seen.items() if there)
