"""Checks that ask whether the record is untouched, and who outside holds its seals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.events.instants import to_datetime
from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.seals import compared_words, minutes, ours, queries
from indelible.features.seals.models import Authority, Check, Drill, Recipient, Witness
from indelible.storage.database import outside, reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Holding

from .. import spans
from ..filling import text_of
from ..ground import CannotTell, Found, Ground, failed, judged, passed, unchecked
from ..moments import flaws_of_moment, moment
from ..named import flaws_of_fields
from ..registry import kind
from ..telling import at, field_label, number, several

_OUTSIDE: Final = (Holding.Kind.WITNESS, Holding.Kind.STAMP)
_MOST_DAYS: Final = 400
_MOST_HOLDERS: Final = 50
_TWO_VERSIONS: Final = gettext_lazy(
    "Somebody outside holds another version of this record, and nobody has explained it."
)


class Verified(Part, frozen=True, kw_only=True):
    """How old the newest check of the whole record may be."""

    within: str = "P1D"
    after: str = ""  # or since which moment it must have been made: "step:restore"
    days: bool = False  # whether each day of the run's period must have had a check that found nothing


def _verified_flaws(settings: Verified, document: Runbook) -> Iterator[str]:
    yield from spans.flaw_of_span("within", settings.within)
    if settings.after:
        yield from flaws_of_moment(settings.after, document)


@kind("verified", Verified, _verified_flaws)
def verified(ground: Ground, settings: Verified) -> Found:
    """Whether the newest check of everything found the record untouched, lately, and no newer one anything else."""
    done = Check.objects.filter(logbook=ground.logbook, state=Check.State.DONE).order_by("-asked_at")
    row = done.first()
    if row is None or row.verdict != "does not match":
        row = done.filter(kind=Check.Kind.EVERYTHING).first()
    if row is None or row.finished_at is None:
        raise CannotTell(_("The whole record was never checked. Start a check, then look again."))
    facts = {"check": row.pk, "size": row.size, "at": row.finished_at.isoformat(), "verdict": row.verdict}
    when = {"when": at(ground, row.finished_at), "n": number(row.size)}
    if row.verdict == "does not match":
        accused = [one for one in (row.report or {}).get("findings", []) if one.get("accuses", True)]
        facts["findings"] = len(accused)
        text = ngettext(
            "The check of %(when)s found that the record was altered: %(found)s finding.",
            "The check of %(when)s found that the record was altered: %(found)s findings.",
            len(accused),
        )
        return failed(text % {**when, "found": number(len(accused))}, **facts)
    versions = queries.two_versions(ground.logbook)
    if versions is not None and not versions.is_explained:
        return failed(str(_TWO_VERSIONS), **facts)
    if row.verdict != "matches":
        return unchecked(_("The check of %(when)s could not check everything.") % when, **facts)
    if settings.after and row.started_at is not None:
        since = moment(settings.after, ground)
        if row.started_at < since.start:
            text = _("The newest check is of %(when)s, before %(what)s.")
            return unchecked(text % {**when, "what": since.said(ground)}, **facts)
    elif row.finished_at < spans.earlier(ground.now, settings.within, ground.calendar):
        text = _("The newest check is of %(when)s, more than %(span)s ago. Start another, then look again.")
        return unchecked(text % {**when, "span": spans.words(settings.within)}, **facts)
    if settings.days and (bad := _day_found_altered(ground)):
        return failed(bad, **facts)
    return passed(_("Untouched: all %(n)s entries were checked on %(when)s.") % when, **facts)


def _day_found_altered(ground: Ground) -> str:
    """Return which days of the run's period had a check that found the record altered; empty where none had.

    Raises CannotTell where a day had no check at all.
    """
    if ground.period is None or (bounds := ground.bounds()) is None:
        raise CannotTell(_("This run has no period."))
    back = min((ground.now - bounds[0]).days + 2, _MOST_DAYS)
    checked = queries.days_of_checks(ground.logbook, ground.now, ground.zone, back)
    first, last = ground.period[0], min(ground.period[1], ground.now.astimezone(ground.zone).date())
    tones = {one.day: one.tone for one in checked if first <= one.day <= last}
    day = ground.reader.short_day
    if bad := [day(each) for each, tone in tones.items() if tone == "bad"]:
        return _("A check found the record altered on: %(days)s.") % {"days": several(bad)}
    if missing := [day(each) for each, tone in tones.items() if tone != "ok"]:
        says = _("Days without a check of everything that came out well: %(days)s.")
        raise CannotTell(says % {"days": several(missing)}, days=len(missing))
    return ""


class HeldOutside(Part, frozen=True, kw_only=True):
    """How many outsiders must hold a seal, and how new it must be."""

    least: int = 1
    within: str = "P1D"
    kinds: tuple[str, ...] = ("witness", "stamp")


def _held_flaws(settings: HeldOutside, document: Runbook) -> Iterator[str]:
    yield from spans.flaw_of_span("within", settings.within)
    for one in settings.kinds:
        if one not in Holding.Kind.values:
            yield _("“%(kind)s” is nobody who holds seals: witness, stamp, receipt or pack.") % {"kind": one}


@kind("held_outside", HeldOutside, _held_flaws)
def held_outside(ground: Ground, settings: HeldOutside) -> Found:
    """Whether people or services outside hold a seal of ours that is new enough."""
    versions = queries.two_versions(ground.logbook)
    if versions is not None and not versions.is_explained:
        return failed(str(_TWO_VERSIONS))
    if not _anybody(ground, settings.kinds):
        raise CannotTell(_("Nobody outside is set up to hold our seals."))
    since = spans.earlier(ground.now, settings.within, ground.calendar)
    held = _newest_by_holder(ground, settings.kinds)
    holders = sorted(name for name, at in held.items() if _is_after(at, since))
    newest = outside.newest_held(ground.logbook, tuple(Holding.Kind(one) for one in settings.kinds))
    facts = {"count": len(holders), "holders": holders[:20], "size": newest.size if newest else 0}
    span = spans.words(settings.within)
    if len(holders) >= settings.least:
        text = _("Held outside within %(span)s by %(names)s.")
        return passed(text % {"span": span, "names": several(holders)}, **facts)
    text = _("Within %(span)s, %(n)s outside took a seal, and at least %(least)s should: %(names)s.")
    names = several(holders) or _("nobody")
    says = text % {"span": span, "n": number(len(holders)), "least": number(settings.least), "names": names}
    return failed(says, **facts)


def _anybody(ground: Ground, kinds: tuple[str, ...]) -> bool:
    if "witness" in kinds and Witness.objects.filter(logbook=ground.logbook, ended_at=None).exists():
        return True
    if "stamp" in kinds and Authority.objects.filter(logbook=ground.logbook, ended_at=None).exists():
        return True
    return Holding.objects.filter(logbook=ground.logbook, kind__in=kinds).exists()


def _newest_by_holder(ground: Ground, kinds: tuple[str, ...]) -> dict[str, str]:
    """Return when each outsider took our newest seal that they hold: a row each, however many seals there are."""
    rows = Holding.objects.filter(logbook=ground.logbook)
    here = {"logbook": ground.logbook}
    known = {
        Holding.Kind.WITNESS: Witness.objects.filter(**here).values_list("name", flat=True),
        Holding.Kind.STAMP: Authority.objects.filter(**here).values_list("name", flat=True),
        Holding.Kind.RECEIPT: Recipient.objects.filter(**here).values_list("email", flat=True),
    }
    found: dict[str, str] = {}
    for each in (each for each in known if each in kinds):
        for holder in known[each][:_MOST_HOLDERS]:
            theirs = rows.filter(kind=each, holder=holder).order_by("-size")
            if (newest := theirs.values_list("held_at", flat=True).first()) is not None:
                found[holder] = newest
    if Holding.Kind.PACK in kinds:
        packs = rows.filter(kind=Holding.Kind.PACK).order_by("-size").values_list("holder", "held_at")
        found |= dict(packs[:_MOST_HOLDERS])
    return found


def _is_after(text: str, since: datetime) -> bool:
    try:
        return to_datetime(text) >= since
    except ValueError:
        return False


class Stamped(Part, frozen=True, kw_only=True):
    """How new a time stamp from outside must be."""

    within: str = "P1D"


def _stamped_flaws(settings: Stamped, document: Runbook) -> Iterator[str]:
    yield from spans.flaw_of_span("within", settings.within)


@kind("stamped", Stamped, _stamped_flaws)
def stamped(ground: Ground, settings: Stamped) -> Found:
    """Whether a time-stamping authority stamped a seal lately."""
    if not Authority.objects.filter(logbook=ground.logbook, ended_at=None).exists():
        raise CannotTell(_("No time-stamping authority is set up."))
    newest = outside.newest_held(ground.logbook, (Holding.Kind.STAMP,))
    if newest is None:
        return failed(_("No seal was ever stamped."))
    stamped_at = to_datetime(newest.held_at)
    says = _("Seal %(n)s was stamped by %(name)s on %(when)s.") % {
        "n": number(newest.size),
        "name": newest.holder,
        "when": at(ground, stamped_at),
    }
    fresh = stamped_at >= spans.earlier(ground.now, settings.within, ground.calendar)
    if not fresh:
        says += " " + _("That is more than %(span)s ago.") % {"span": spans.words(settings.within)}
    return judged(fresh, says, size=newest.size, at=newest.held_at)


class SealField(Part, frozen=True, kw_only=True):
    """The field with the seal's twelve words (or its number of entries)."""

    field: str
    seal: str = ""  # the field with that seal's number of entries; without it only newest ones are compared


def _seal_flaws(settings: SealField, document: Runbook) -> Iterator[str]:
    yield from flaws_of_fields(document, [settings.field, *([settings.seal] if settings.seal else [])])


@kind("seal_words", SealField, _seal_flaws)
def seal_words(ground: Ground, settings: SealField) -> Found:
    """Whether the words that were typed are those of a seal of ours."""
    return _words(ground, text_of(ground, settings.field), settings.seal)


def _words(ground: Ground, typed: str, seal: str) -> Found:
    named = _size_in(ground, seal) if seal else None
    found = compared_words.compare(ground.logbook, typed[:2_000], ground.now, ground.zone, named)
    size = found.seal.size if found.seal else 0
    if found.code == "same":
        assert found.seal is not None
        when = at(ground, to_datetime(found.seal.made_at))
        text = _("They are the words of seal %(n)s, made on %(when)s, and the record leads to that seal.")
        return passed(text % {"n": number(size), "when": when}, size=size)
    if found.code == "withheld":
        return failed(_("The record does not fit its seals, so no words are compared."))
    if found.code == "different":
        return failed(_("They differ from the words of seal %(n)s.") % {"n": number(size)}, size=size)
    reasons = {
        "unknown": _("A word is not on our list."),
        "count": _("These are not twelve words."),
        "slip": _("These twelve words do not belong together: one was misread or mistyped."),
        "none": _("They are the words of none of the newest seals."),
    }
    return unchecked(reasons.get(found.code, _("There is no such seal.")))


@kind("seal_kept", SealField, _seal_flaws)
def seal_kept(ground: Ground, settings: SealField) -> Found:
    """Whether the record as it stands still contains the seal that was noted: its number of entries, or its words."""
    told = text_of(ground, settings.field)
    digits = "".join(told.replace(",", "").replace(".", "").split())
    if not digits.isdecimal():
        return _words(ground, told, settings.seal)
    size = _size_in(ground, settings.field)
    try:
        seal = reads.get_checkpoint(ground.logbook, size)
    except NotFound:
        raise CannotTell(_("There is no seal with this number: %(n)s.") % {"n": number(size)}) from None
    names = {"n": number(seal.size), "when": at(ground, to_datetime(seal.made_at))}
    if ours.is_altered(ground.logbook) or not ours.stands(ground.logbook, seal):
        return failed(_("The record no longer leads to seal %(n)s of %(when)s.") % names, size=seal.size)
    words = minutes.words_of(ground.logbook, seal).listed
    return passed(
        _("The record still contains seal %(n)s of %(when)s: nothing before it was rewritten.") % names,
        size=seal.size,
        words=words,
    )


def _size_in(ground: Ground, field: str) -> int:
    """Return the number of a seal that was filled in, however it is grouped."""
    digits = "".join(text_of(ground, field).replace(",", "").replace(".", "").split())
    if not digits.isdecimal() or len(digits) > 15:
        raise CannotTell(_("“%(field)s” is no number of a seal.") % {"field": field_label(ground, field)})
    return int(digits)


class Drilled(Part, frozen=True, kw_only=True):
    """How old the newest tamper drill may be."""

    within: str = "P1Y"


def _drilled_flaws(settings: Drilled, document: Runbook) -> Iterator[str]:
    yield from spans.flaw_of_span("within", settings.within)


@kind("drilled", Drilled, _drilled_flaws)
def drilled(ground: Ground, settings: Drilled) -> Found:
    """Whether a tamper drill was made lately, and found every alteration."""
    row = Drill.objects.filter(logbook=ground.logbook, state=Drill.State.DONE).order_by("-asked_at").first()
    if row is None or row.finished_at is None:
        raise CannotTell(_("No tamper drill was ever made."))
    certificate = row.certificate or {}
    when = at(ground, row.finished_at)
    facts = {"drill": row.pk, "at": row.finished_at.astimezone(UTC).isoformat()}
    if row.entry is not None:
        facts["entries"] = [row.entry]
    if row.finished_at < spans.earlier(ground.now, settings.within, ground.calendar):
        text = _("The newest tamper drill is of %(when)s, more than %(span)s ago.")
        return unchecked(text % {"when": when, "span": spans.words(settings.within)}, **facts)
    if not _all_found(certificate):
        return failed(
            _("The tamper drill of %(when)s did not find every alteration.") % {"when": when}, **facts
        )
    return passed(_("The tamper drill of %(when)s found every alteration.") % {"when": when}, **facts)


def _all_found(certificate: dict[str, Any]) -> bool:
    return bool(certificate.get("alterations")) and certificate.get("found") == certificate.get("alterations")
