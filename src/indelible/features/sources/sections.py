"""The parts of a source's page, in their order: each is a template with what fills it, or nothing for this source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from indelible.features.sources import queries
from indelible.features.sources.accounts import section as accounts
from indelible.features.sources.kinds import kind_of
from indelible.features.sources.live.health import ASKS
from indelible.features.sources.models import Kind, Source, State
from indelible.features.sources.silence import section as silence


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: a template below `sources/`, and its context under the name `part`."""

    template: str
    part: dict[str, Any] = field(default_factory=dict)


def of(request: HttpRequest, source: Source) -> list[Section]:
    """Return the parts that this source has."""
    return [found for make in SECTIONS if (found := make(request, source)) is not None]


def _kind(request: HttpRequest, source: Source) -> Section | None:
    """How its kind is connected: addresses, commands to copy, what it watches."""
    kind = kind_of(source)
    return Section(kind.template, kind.context(request, source)) if kind is not None else None


def _passwords(_request: HttpRequest, source: Source) -> Section | None:
    """What lets its sender in."""
    kind = kind_of(source)
    if kind is None or not kind.has_passwords or source.state == State.ENDED:
        return None
    rows = [row for row in source.passwords.all()[:20] if queries.still_holds(row)]
    return Section("sources/_passwords.html", {"passwords": rows})


def _how_read(_request: HttpRequest, source: Source) -> Section | None:
    """By which version its records are read, and whether something waits for an answer."""
    health = getattr(source, "health", None)
    asks = bool(health and health.problem and health.problem.get("code") == ASKS)
    kept = source.kept.count() if source.kind != Kind.UPLOAD else 0
    found = queries.mapping_versions(source)
    waits = source.state != State.ENDED and (source.state == State.WAITING or asks or kept > 0)
    if not found and not waits:
        return None
    files = queries.asking_files(source) if asks else []
    part = {"versions": found, "waits": waits, "kept": kept, "files": files}
    return Section("sources/_how_read.html", part)


def _pace(request: HttpRequest, source: Source) -> Section:
    """Whether it is heard as it should be."""
    return Section("sources/_pace.html", silence.part(request, source))


def _accounts(request: HttpRequest, source: Source) -> Section:
    """Whether everything arrived, as far as it can be told."""
    return Section("sources/_accounts.html", accounts.part(request, source))


def _imports(_request: HttpRequest, source: Source) -> Section:
    """What it brought: files, or days of messages."""
    return Section("sources/_brought.html", {"imports": queries.imports_of(source)})


SECTIONS: Sequence[Callable[[HttpRequest, Source], Section | None]] = (
    _kind,
    _how_read,
    _passwords,
    _pace,
    _accounts,
    _imports,
)
