"""A listener's part of its source's page: whether it listens, who is connected, what came, and what to copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.events.event import Event
from indelible.features.sources.kinds.lines import senders, tcp, udp
from indelible.features.sources.kinds.lines.certificates import (
    CertificateError,
    all_in,
    fingerprint_of,
    read_file,
)
from indelible.features.sources.kinds.lines.form import FILES, OWN, senders_in
from indelible.features.sources.kinds.lines.listening import TCP, TLS, UDP, Listening
from indelible.features.sources.models import Source, State
from indelible.storage.database.errors import StorageError
from indelible.storage.database.reads import get_entry

FRESH: Final = timedelta(seconds=90)  # a listener writes down how it does each half minute at least
HOW: Final = {UDP: _("UDP"), TCP: _("TCP"), TLS: _("TCP with encryption (TLS)")}
TURNED_AWAY: Final[dict[str, str | Promise]] = {
    udp.NOT_ALLOWED: _("is not among those who may send"),
    tcp.TOO_MANY: _("has too many connections open, or too many are open in all"),
    tcp.NO_GREETING: _("could not agree with us on encryption"),
    tcp.NOT_ENCRYPTED: _("sends without encryption"),
    tcp.WRONG_CERTIFICATE: _("showed no certificate that is listed here, or refused ours"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One entry that came from this source, by its index."""

    index: int
    event: Event


def context(_request: HttpRequest, source: Source) -> dict[str, Any]:
    """Return what the page shows."""
    listening = Listening.of(source)
    certificate = certificate_of(listening)
    return {
        "now": now(source),
        "is_over": source.state == State.ENDED,
        "how": HOW[listening.how],
        "listening": listening,
        "allowed": listening.allowed.split(),
        "ways": senders.ways(listening, certificate),
        "first_line": senders.first_line(listening),
        "is_encrypted": listening.how == TLS,
        "is_udp": listening.how == UDP,
        "certificate": certificate,
        "fingerprint": fingerprint_of(certificate),
        "until": _until(certificate),
        "is_own": listening.certificate_from == OWN,
        "next_fingerprint": fingerprint_of(listening.next_certificate),
        "senders": senders_in(listening.senders_certificates),
    }


def now(source: Source) -> dict[str, Any]:
    """Return how the listener does at this moment, as far as the receiver has written it down."""
    health = getattr(source, "health", None)
    picture: dict[str, Any] = health.cursor if health is not None else {}
    written = _moment(picture.get("at"))
    is_listening = bool(picture.get("listening") and written is not None and timezone.now() - written < FRESH)
    return {
        "is_on": source.state in (State.ON, State.WAITING),
        "is_listening": is_listening,
        "connections": [_connection(each) for each in picture.get("connections", [])] if is_listening else [],
        "connected": picture.get("connected", 0) if is_listening else 0,
        "turned_away": [_turned_away(key, row) for key, row in picture.get("turned_away", {}).items()],
        "lost": picture.get("lost") or 0,
        "lost_since": _moment(picture.get("lost_since")),
        "clock": _clock(health.clock_ms if health is not None else None),
        "first": _message(source, "first_entry", "created_at"),
        "newest": _message(source, "last_entry", "-created_at"),
    }


def certificate_of(listening: Listening) -> str:
    """Return the certificate that is shown now, as PEM; empty without TLS, or where it cannot be read."""
    if listening.how != TLS:
        return ""
    if listening.certificate_from == OWN:
        return listening.own_certificate
    if listening.certificate_from == FILES:
        try:
            return read_file(listening.certificate_file)
        except CertificateError:
            return ""
    return listening.certificate


def _until(certificate: str) -> datetime | None:
    try:
        return all_in(certificate)[0].not_valid_after_utc
    except (CertificateError, IndexError):
        return None


def _connection(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "since": _moment(row.get("since"))}


def _turned_away(key: str, row: list[Any]) -> dict[str, Any]:
    sender, _sign, why = key.partition(" ")
    return {"sender": sender, "why": TURNED_AWAY.get(why, why), "times": row[0], "at": _moment(row[1])}


def _clock(difference_ms: int | None) -> str:
    """Return how a sender's clock stands beside ours, in words; empty where it is not known."""
    if difference_ms is None:
        return ""
    seconds = abs(difference_ms) / 1000
    if seconds < 1:
        return _now("Less than a second from ours")
    told = _spell(seconds)
    if difference_ms > 0:
        return _now("%(time)s ahead of ours") % {"time": told}
    return _now("%(time)s behind ours, or its lines waited so long on their way") % {"time": told}


def _spell(seconds: float) -> str:
    if seconds < 120:
        return _now("%(n)s seconds") % {"n": round(seconds)}
    if seconds < 7_200:
        return _now("%(n)s minutes") % {"n": round(seconds / 60)}
    if seconds < 172_800:
        return _now("%(n)s hours") % {"n": round(seconds / 3_600)}
    return _now("%(n)s days") % {"n": round(seconds / 86_400)}


def _message(source: Source, which: str, order: str) -> Message | None:
    """Return the first or the newest entry that it brought; None where there is none, or it cannot be read."""
    days = source.imports.exclude(**{which: None}).order_by(order)
    index = days.values_list(which, flat=True).first()
    if index is None:
        return None
    try:
        return Message(index, get_entry(source.logbook, index).event)
    except StorageError:
        return None


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
