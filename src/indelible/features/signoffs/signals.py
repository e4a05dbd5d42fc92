"""What a reader of a review may want to know: pace, rows opened, decisions all alike, words said before.

Each is a plain sentence with its figures, never a verdict: there are good reasons for a quick review, and whoever reads
the sentence knows them or asks. How long somebody looked is taken from the entry of their signature where there is
one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.people.models import User
from indelible.features.signoffs.models import Decision, FrozenList, Look, SignOff
from indelible.features.signoffs.sealed import heads_in
from indelible.language.pattern import Pattern, Who
from indelible.language.world import NOWHERE
from indelible.storage.database import reads, search
from indelible.storage.database.models import Logbook
from indelible.web import numbers

READING_SECONDS: Final = 4
"""So long it takes to read one row: a sentence of fifteen words."""
AT_ONCE_SECONDS: Final = 30
CLOSE_SECONDS: Final = 20
FEW_ROWS: Final = 5
"""Of fewer rows than these nothing is said about pace and about decisions that are all alike."""
LAST_REVIEWS: Final = 12
MANY_REVIEWS: Final = 5
"""From so many reviews on, something is said about all of them together."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing worth knowing. `code` for programs, `words` for people."""

    code: str
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Review:
    """What is known of one person's review of one list."""

    name: str  # of the person
    title: str  # of the list
    rows: int
    seconds: int | None = None  # that it was open before them; None: it was never shown to them
    opened: int = 0
    choices: Mapping[str, int] = field(default_factory=dict)  # choice -> rows
    in_bulk: int = 0
    reasons: frozenset[str] = frozenset()
    first_at: datetime | None = None  # when it was first shown to them
    signed_at: datetime | None = None


# Plain values ------------------------------------------------------------------------------------------------


def signals_in(review: Review, last: Review | None = None) -> list[Signal]:
    """Return what is worth knowing of one review. `last` is the same person's last one of the same question."""
    return [signal for signal in (*_of_looking(review), *_of_deciding(review, last)) if signal is not None]


def _of_looking(review: Review) -> Iterable[Signal | None]:
    rows, name = numbers.written(review.rows), review.name
    if not review.rows:
        return
    if review.seconds is None:
        if review.signed_at is not None:
            words = _("The list was not shown to %(name)s here before they signed.")
            yield Signal("not_shown", words % {"name": name})
        return
    if review.rows >= FEW_ROWS and review.seconds < READING_SECONDS * review.rows:
        words = _(
            "%(name)s had %(rows)s rows open for %(time)s: %(pace)s a row. Reading one takes about %(need)s."
        )
        told = {"name": name, "rows": rows, "time": spoken(review.seconds), "need": spoken(READING_SECONDS)}
        yield Signal("fast", words % {**told, "pace": pace(review.seconds, review.rows)})
    if not review.opened:
        yield Signal(
            "none_opened", _("%(name)s opened none of the %(rows)s rows.") % {"name": name, "rows": rows}
        )
    if review.first_at is not None and review.signed_at is not None:
        after = int((review.signed_at - review.first_at).total_seconds())
        if 0 <= after < AT_ONCE_SECONDS:
            words = _("%(name)s signed %(time)s after the list was first shown to them.")
            yield Signal("at_once", words % {"name": name, "time": spoken(after)})


def _of_deciding(review: Review, last: Review | None) -> Iterable[Signal | None]:
    decided = sum(review.choices.values())
    told = {"name": review.name, "n": numbers.written(decided)}
    if decided >= FEW_ROWS and len(review.choices) == 1:
        (choice,) = review.choices
        words = _("%(name)s decided all %(n)s rows alike: %(choice)s.")
        yield Signal("all_same", words % {**told, "choice": choice})
    if review.in_bulk:
        words = _("%(bulk)s of %(n)s decisions of %(name)s were made together with others in one press.")
        yield Signal("in_bulk", words % {**told, "bulk": numbers.written(review.in_bulk)})
    same = sorted(review.reasons & last.reasons) if last is not None else []
    if same:
        words = _("%(name)s gave a reason that is word for word that of the time before: “%(reason)s”")
        yield Signal("same_text", words % {"name": review.name, "reason": same[0][:200]})


def signals_over(
    reviews: Sequence[Review], signed: Sequence[datetime] = (), seconded: int = 0, sent_back: bool = True
) -> list[Signal]:
    """Return what is worth knowing of a person's last reviews together, the newest first.

    `signed` are the moments of their last signatures; `seconded` is how often they signed as a second person, and
    `sent_back` whether they ever sent anything back.
    """
    found: list[Signal] = []
    seen = [each for each in reviews if each.seconds is not None and each.rows]
    if len(seen) >= MANY_REVIEWS:
        found += _over_many(seen)
    close = sum(
        0 <= (later - earlier).total_seconds() < CLOSE_SECONDS for earlier, later in pairwise(sorted(signed))
    )
    if close:
        words = ngettext(
            "%(n)s of their last %(all)s signatures was less than %(s)s after the one before.",
            "%(n)s of their last %(all)s signatures were less than %(s)s after the one before.",
            close,
        )
        told = {"n": numbers.written(close), "all": numbers.written(len(signed)), "s": spoken(CLOSE_SECONDS)}
        found.append(Signal("close_together", words % told))
    if seconded >= MANY_REVIEWS and not sent_back:
        words = _("They signed %(n)s times as a second person, and never sent anything back.")
        found.append(Signal("never_refused", words % {"n": numbers.written(seconded)}))
    return found


def _over_many(seen: Sequence[Review]) -> list[Signal]:
    found: list[Signal] = []
    rows, seconds = sum(each.rows for each in seen), sum(each.seconds or 0 for each in seen)
    told = {"n": numbers.written(len(seen)), "rows": numbers.written(rows), "time": spoken(seconds)}
    if seconds < READING_SECONDS * rows:
        words = _("In their last %(n)s reviews they had %(rows)s rows open for %(time)s: %(pace)s a row.")
        found.append(Signal("fast", words % {**told, "pace": pace(seconds, rows)}))
    choices = {choice for each in seen for choice in each.choices}
    if len(choices) == 1 and all(each.choices for each in seen):
        words = _("In their last %(n)s reviews every decision was the same: %(choice)s.")
        found.append(Signal("all_same", words % {**told, "choice": choices.pop()}))
    said = Counter(reason for each in seen for reason in each.reasons)
    reason, times = said.most_common(1)[0] if said else ("", 0)
    if times >= MANY_REVIEWS:
        words = _("In %(times)s of their last %(n)s reviews they gave the same reason: “%(reason)s”")
        told |= {"times": numbers.written(times), "reason": reason[:200]}
        found.append(Signal("same_text", words % told))
    if not any(each.opened for each in seen):
        words = _("In their last %(n)s reviews they opened none of %(rows)s rows.")
        found.append(Signal("none_opened", words % told))
    return found


def spoken(seconds: int) -> str:
    """Say a time as people do: "40 seconds", "14 minutes", "2 hours"."""
    if seconds < 120:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": numbers.written(seconds)}
    if seconds < 7_200:
        minutes = seconds // 60
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": numbers.written(minutes)}
    hours = seconds // 3_600
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": numbers.written(hours)}


def pace(seconds: int, rows: int) -> str:
    """Say how long each row took: "0.8 seconds"."""
    tenths = seconds * 10 // max(rows, 1)
    return _("%(n)s seconds") % {"n": f"{tenths // 10}.{tenths % 10}"}


# Tables ------------------------------------------------------------------------------------------------------


def signals_of(what: FrozenList | Iterable[FrozenList]) -> list[Signal]:
    """Return what is worth knowing of everybody's review of a list, or of several: signed ones and those under way."""
    lists = [what] if isinstance(what, FrozenList) else list(what)
    found: list[Signal] = []
    for review, last in _reviews(lists):
        found += [signal for signal in signals_in(review, last) if signal not in found]
    return found


def signals_across(logbook: Logbook, user: User) -> list[Signal]:
    """Return what is worth knowing of somebody's last reviews together."""
    theirs = SignOff.objects.filter(logbook=logbook, by=user).order_by("-pk")
    rows = list(theirs[:LAST_REVIEWS].prefetch_related("lists"))
    heads = _heads(logbook, rows)
    made = _decisions({frozen.pk for row in rows for frozen in row.lists.all()})
    reviews = [
        _review(
            row.by_name, frozen, heads.get((row.entry, frozen.pk)), made.get((frozen.pk, user.pk, ""), [])
        )
        for row in rows
        for frozen in row.lists.all()
    ]
    seconded = theirs.filter(means__in=("approved", "witnessed")).count()
    sent_back = seconded < MANY_REVIEWS or _ever_sent_back(logbook, user)
    return signals_over(reviews, [row.at for row in rows], seconded, sent_back)


def _ever_sent_back(logbook: Logbook, user: User) -> bool:
    question = Pattern.of(verbs=("reject",), who=(Who(name=user.email),), systems=("indelible",))
    return bool(search.find_all(logbook, question, NOWHERE, limit=1))


def _reviews(lists: Sequence[FrozenList]) -> Iterable[tuple[Review, Review | None]]:
    """Yield each person's review of each list, with their last one of the same question."""
    keys = {frozen.pk for frozen in lists}
    made = _decisions(keys)
    looks = {(each.frozen_id, each.user_id or 0, each.outsider): each for each in _looks(keys)}
    signed: dict[tuple[int, int, str], SignOff] = {}
    for row in SignOff.objects.filter(lists__in=keys).order_by("pk").prefetch_related("lists").distinct():
        for frozen in row.lists.all():
            signed.setdefault((frozen.pk, row.by_id or 0, row.outsider), row)
    names = dict(User.objects.filter(pk__in={key[1] for key in (*made, *looks)}).values_list("pk", "name"))
    for frozen in lists:
        heads = _heads(frozen.logbook, [row for key, row in signed.items() if key[0] == frozen.pk])
        for key in sorted({key for key in (*made, *looks, *signed) if key[0] == frozen.pk}):
            theirs = signed.get(key)
            name = theirs.by_name if theirs else names.get(key[1], _("Somebody from outside"))
            head = heads.get((theirs.entry, frozen.pk)) if theirs else None
            review = _review(name, frozen, head, made.get(key, []), looks.get(key), theirs)
            yield review, _last(frozen, key, name) if review.reasons else None


def _last(frozen: FrozenList, key: tuple[int, int, str], name: str) -> Review | None:
    """Return the same person's last signed review of the same question, as far as its words go."""
    before = FrozenList.objects.filter(logbook=frozen.logbook_id, pk__lt=frozen.pk, title=frozen.title)
    found = before.filter(sign_offs__by=key[1] or None, sign_offs__outsider=key[2]).order_by("-pk").first()
    if found is None:
        return None
    return _review(name, found, None, _decisions({found.pk}).get((found.pk, *key[1:]), []))


def _review(
    name: str,
    frozen: FrozenList,
    head: Mapping[str, Any] | None,
    decisions: Sequence[Decision],
    looked: Look | None = None,
    row: SignOff | None = None,
) -> Review:
    seconds, opened = (looked.seconds, len(looked.opened)) if looked is not None else (None, 0)
    sealed = head.get("looked") if head is not None else None
    if isinstance(sealed, dict) and type(sealed.get("seconds")) is int and type(sealed.get("opened")) is int:
        seconds, opened = sealed["seconds"], sealed["opened"]
    return Review(
        name,
        frozen.title,
        frozen.count,
        seconds,
        opened,
        Counter(each.choice for each in decisions),
        sum(each.in_bulk for each in decisions),
        frozenset(each.reason for each in decisions if each.reason),
        looked.first_at if looked is not None else None,
        row.at if row is not None else None,
    )


def _looks(keys: Iterable[int]) -> Iterable[Look]:
    return Look.objects.filter(frozen__in=list(keys))


def _decisions(keys: Iterable[int]) -> dict[tuple[int, int, str], list[Decision]]:
    """Return the decisions about these lists, by list and person."""
    found: dict[tuple[int, int, str], list[Decision]] = {}
    for each in Decision.objects.filter(frozen__in=list(keys)):
        found.setdefault((each.frozen_id, each.by_id or 0, each.outsider), []).append(each)
    return found


def _heads(logbook: Logbook, rows: Sequence[SignOff]) -> dict[tuple[int, int], Mapping[str, Any]]:
    """Return what the entries of signatures say of each list, by entry and list."""
    entries = reads.find_entries(logbook, sorted({row.entry for row in rows}))
    return {
        (index, head["list"]): head
        for index, entry in entries.items()
        for head in heads_in(entry)
        if type(head.get("list")) is int
    }
