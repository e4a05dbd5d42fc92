"""Checks about the lists that steps showed: decided, whole, drawn by chance, looked at, the same as another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.folding import plain
from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.signoffs.models import Decision, FrozenLine, FrozenList, ListKind, Look
from indelible.features.signoffs.rows import cut, line_leaf
from indelible.features.signoffs.sampling import METHOD, drawn_places
from indelible.ledger.tree import root_of_leaves

from ..filling import text_of
from ..ground import MOST_INDEXES, CannotTell, Found, Ground, failed, judged, passed
from ..moments import frozen_of
from ..named import fields_of, flaws_of_fields, flaws_of_lists
from ..registry import kind
from ..telling import field_label, number, several

MOST_ROWS: Final = 10_000
MOST_POPULATION: Final = 100_000
MANY: Final = 20
"""So many decisions of one press, or more, are one look at many rows: they need words."""


class OfStep(Part, frozen=True, kw_only=True):
    """Whose list is meant."""

    step: str = ""  # empty: this one


def _of_step_flaws(settings: OfStep, document: Runbook) -> Iterator[str]:
    decided = isinstance(settings, Decided)
    yield from flaws_of_lists(document, [settings.step] if settings.step else [], decided=decided)


def _list(ground: Ground, step: str) -> FrozenList:
    return frozen_of(ground, step or (ground.step.key if ground.step is not None else ""))


class Decided(OfStep, frozen=True, kw_only=True):
    """The rows of a list that must be decided."""

    bulk: int = MANY  # so many alike decisions of one press need words; 0: any number may be


@kind("decided", Decided, _of_step_flaws)
def decided(ground: Ground, settings: Decided) -> Found:
    """Whether each row of a list has a decision, with words where they are asked for."""
    frozen = _list(ground, settings.step)
    if frozen.count > MOST_ROWS:
        raise CannotTell(
            _("The list is too long to be looked through: %(n)s rows.") % {"n": number(frozen.count)}
        )
    rows = list(Decision.objects.filter(frozen=frozen).values_list("place", "choice", "reason", "in_bulk"))
    counts = Counter(choice for _place, choice, _reason, _bulk in rows)
    facts: dict[str, Any] = {"lists": [frozen.pk], "count": frozen.count, "choices": dict(counts)}
    missing = sorted({*range(frozen.count)} - {place for place, *_rest in rows})
    if missing:
        facts["places"] = missing[:MOST_INDEXES]
        text = ngettext(
            "%(left)s of %(n)s row is not decided.", "%(left)s of %(n)s rows are not decided.", frozen.count
        )
        return failed(text % {"left": number(len(missing)), "n": number(frozen.count)}, **facts)
    together = Counter(choice for _place, choice, reason, bulk in rows if bulk and not reason.strip())
    wordless = [choice for choice, count in together.items() if settings.bulk and count > settings.bulk]
    if wordless:
        says = _("Decided many at once without words: %(choices)s.")
        return failed(says % {"choices": several(wordless)}, **facts)
    told = ", ".join(f"{choice} {number(count)}" for choice, count in counts.most_common(6))
    text = ngettext(
        "The %(n)s row is decided: %(told)s.", "All %(n)s rows are decided: %(told)s.", frozen.count
    )
    if not frozen.count:
        return passed(_("The list has no rows, so there is nothing to decide."), **facts)
    return passed(text % {"n": number(frozen.count), "told": told}, **facts)


class Whole(OfStep, frozen=True, kw_only=True):
    """A list that must be whole."""

    equals: str = ""  # "field:KEY": the count that the source itself gives


def _whole_flaws(settings: Whole, document: Runbook) -> Iterator[str]:
    yield from _of_step_flaws(settings, document)
    first, _colon, key = settings.equals.partition(":")
    if settings.equals and first != "field":
        yield _("“%(equals)s” names no field: write field:KEY.") % {"equals": settings.equals}
    elif settings.equals:
        yield from flaws_of_fields(document, [key])
        known = fields_of(document).get(key)
        if known is not None and known.kind != "number":
            yield _("“%(field)s” is no number.") % {"field": key}


@kind("whole", Whole, _whole_flaws)
def whole(ground: Ground, settings: Whole) -> Found:
    """Whether a list still is what was shown, row by row, and as long as its source says."""
    frozen = _list(ground, settings.step)
    if frozen.count > MOST_ROWS:
        raise CannotTell(
            _("The list is too long to be looked through: %(n)s rows.") % {"n": number(frozen.count)}
        )
    facts: dict[str, Any] = {"lists": [frozen.pk], "count": frozen.count, "root": bytes(frozen.root).hex()}
    if not _stands(frozen):
        return failed(_("The list is no longer what was shown: its rows do not fit its seal."), **facts)
    n = number(frozen.count)
    if not settings.equals:
        text = ngettext(
            "The list holds %(n)s row, as it was shown.",
            "The list holds %(n)s rows, as it was shown.",
            frozen.count,
        )
        return passed(text % {"n": n}, **facts)
    key = settings.equals.partition(":")[2]
    told, label = text_of(ground, key), field_label(ground, key)
    if not told.isdecimal() or len(told) > 9:
        raise CannotTell(_("“%(field)s” is no number.") % {"field": label})
    same = int(told) == frozen.count
    text = _("The list holds %(n)s rows, “%(field)s” says %(told)s.")
    return judged(same, text % {"n": n, "field": label, "told": number(int(told))}, **facts)


def _stands(frozen: FrozenList) -> bool:
    leaves = cut(bytes(frozen.leaves))
    if len(leaves) != frozen.count or root_of_leaves(leaves) != bytes(frozen.root):
        return False
    if frozen.kind != ListKind.LINES:
        return True
    lines = FrozenLine.objects.filter(frozen=frozen).order_by("place").values_list("data", flat=True)
    return [line_leaf(data) for data in lines.iterator()] == leaves


@kind("sampled", OfStep, _of_step_flaws)
def sampled(ground: Ground, settings: OfStep) -> Found:
    """Whether a list was drawn by chance so that anybody can draw it again: seed and population are kept, and fit."""
    frozen = _list(ground, settings.step)
    sample = frozen.sample
    if not sample:
        return failed(_("The list was not drawn by chance."), lists=[frozen.pk])
    seed, size, of = str(sample.get("seed", "")), sample.get("size"), sample.get("of")
    facts = {"lists": [frozen.pk], "seed": seed, "size": size, "of": of}
    if type(size) is not int or type(of) is not int or sample.get("method") != METHOD or of > MOST_POPULATION:
        raise CannotTell(
            _("How the sample was drawn is not written down in a way that Indelible knows."), **facts
        )
    drawn = drawn_places(seed, of, min(size, of))
    if not seed or len(drawn) != frozen.count or not sample.get("population_root"):
        return failed(_("The seed and the number of rows do not give this sample."), **facts)
    text = ngettext(
        "%(n)s row was drawn by chance out of %(of)s; with the seed %(seed)s anybody draws the same.",
        "%(n)s rows were drawn by chance out of %(of)s; with the seed %(seed)s anybody draws the same.",
        frozen.count,
    )
    return passed(text % {"n": number(frozen.count), "of": number(of), "seed": seed}, **facts)


class Looked(OfStep, frozen=True, kw_only=True):
    """A list that somebody must have looked at."""

    rows: int = 0  # how many of its rows somebody opened


@kind("looked", Looked, _of_step_flaws)
def looked(ground: Ground, settings: Looked) -> Found:
    """Whether a list was opened, for how long, and how many of its rows."""
    frozen = _list(ground, settings.step)
    looks = list(Look.objects.filter(frozen=frozen)[:200])
    if not looks:
        return failed(_("Nobody has opened the list yet."), lists=[frozen.pk])
    seconds = sum(look.seconds for look in looks)
    rows = len({place for look in looks for place in look.opened})
    facts = {"lists": [frozen.pk], "seconds": seconds, "rows": rows, "people": len(looks)}
    text = _("The list was open for %(minutes)s minutes; %(rows)s of its %(n)s rows were opened.")
    says = text % {"minutes": number(round(seconds / 60)), "rows": number(rows), "n": number(frozen.count)}
    return judged(rows >= min(settings.rows, frozen.count), says, **facts)


class ListsAgree(Part, frozen=True, kw_only=True):
    """Two lists of lines from elsewhere, and by which columns their lines are the same."""

    first: str
    second: str
    key: tuple[str, ...]
    less: str = ""  # a decision: lines of the first that were decided so must be gone, and they alone
    new: bool = False  # whether lines that only the second has are allowed


def _lists_flaws(settings: ListsAgree, document: Runbook) -> Iterator[str]:
    yield from flaws_of_lists(document, [settings.first, settings.second])
    if not settings.key:
        yield _("Say by which columns lines are the same (key).")


@kind("lists_agree", ListsAgree, _lists_flaws)
def lists_agree(ground: Ground, settings: ListsAgree) -> Found:
    """Whether the second list is the first without what was refused, and nothing new besides."""
    first, second = frozen_of(ground, settings.first), frozen_of(ground, settings.second)
    before, after = _lines(first, settings.key), _lines(second, settings.key)
    refused: set[int] = set()
    if settings.less:
        rows = Decision.objects.filter(frozen=first, choice=settings.less)
        refused = set(rows.values_list("place", flat=True)[:MOST_ROWS])
    should_be_gone = {key for place, key in before if place in refused}
    had, has = {key for _place, key in before}, {key for _place, key in after}
    still, gone, new = should_be_gone & has, (had - has) - should_be_gone, has - had
    facts = {"lists": [first.pk, second.pk], "still": len(still), "gone": len(gone), "new": len(new)}
    wrong = []
    if still:
        wrong.append(_("still there although refused: %(lines)s") % {"lines": _named(still)})
    if gone:
        wrong.append(_("gone although nobody refused it: %(lines)s") % {"lines": _named(gone)})
    if new and not settings.new:
        wrong.append(_("new: %(lines)s") % {"lines": _named(new)})
    if wrong:
        text = "; ".join(wrong)
        return failed(f"{text[:1].upper()}{text[1:]}.", **facts)
    text = _("The lists agree: %(n)s lines in the first, %(m)s in the second, %(gone)s refused and gone.")
    return passed(
        text % {"n": number(len(had)), "m": number(len(has)), "gone": number(len(should_be_gone))}, **facts
    )


def _lines(frozen: FrozenList, columns: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    """Return the place and the key of each line, a key folded so that capitals do not make two of one account."""
    if frozen.kind != ListKind.LINES:
        raise CannotTell(
            _("“%(list)s” is a list of entries, and only lines from elsewhere can be compared.")
            % {"list": frozen.title}
        )
    if frozen.count > MOST_ROWS:
        raise CannotTell(
            _("The list is too long to be looked through: %(n)s rows.") % {"n": number(frozen.count)}
        )
    found = []
    for place, data in (
        FrozenLine.objects.filter(frozen=frozen).order_by("place").values_list("place", "data")
    ):
        if missing := [column for column in columns if column not in data]:
            raise CannotTell(
                _("“%(list)s” has no column %(column)s.") % {"list": frozen.title, "column": missing[0]}
            )
        found.append((place, tuple(" ".join(str(data[column]).split()).casefold() for column in columns)))
    return found


def _named(keys: set[tuple[str, ...]]) -> str:
    return several([" · ".join(key) for key in sorted(keys)])


class Lines(OfStep, frozen=True, kw_only=True):
    """A column that each line of a list must have filled."""

    column: str


@kind("lines_filled", Lines, _of_step_flaws)
def lines_filled(ground: Ground, settings: Lines) -> Found:
    """Whether no line of a list lacks something: an owner, a person, a date."""
    frozen = _list(ground, settings.step)
    rows = _lines(frozen, (settings.column,))
    empty = [place for place, key in rows if not plain(key[0])]
    facts = {"lists": [frozen.pk], "count": len(rows), "places": empty[:MOST_INDEXES]}
    if empty:
        text = _("%(n)s of %(of)s lines have no %(column)s.")
        return failed(
            text % {"n": number(len(empty)), "of": number(len(rows)), "column": settings.column}, **facts
        )
    return passed(
        _("All %(n)s lines have a %(column)s.") % {"n": number(len(rows)), "column": settings.column}, **facts
    )
