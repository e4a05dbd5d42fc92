"""What the frame of every page needs: whose record it is, who reads, the menu, the pill.

The organisation and the person belong to features, which the chrome does not know. A feature registers the
organisation with `provide_organisation`; of the signed-in person only plain attributes are read (`name`, `zone`,
`date_style`, `number_style`, `theme`, `single_keys`), each of which may be empty: then the organisation's holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject

from indelible.storage.database.errors import NotFound
from indelible.web import navigation
from indelible.web.moments import Reader
from indelible.web.status import pill


@dataclass(frozen=True, slots=True)
class House:
    """The organisation as the chrome sees it."""

    name: str
    zone: str = "UTC"
    date_style: str = "day"
    number_style: str = "comma"


_house: list[Callable[[], House | None]] = []


def provide_organisation(provider: Callable[[], House | None]) -> None:
    """Register the function that tells whose record this is. Called once, in an app's `ready`."""
    _house[:] = [provider]


def house() -> House | None:
    """Return whose record this is, None before it was set up."""
    return _house[0]() if _house else None


def reader_of(request: HttpRequest) -> Reader:
    """Return for whom this page is written; found once a request."""
    known: Reader | None = getattr(request, "_indelible_reader", None)
    if known is None:
        known = _find_reader(request)
        request._indelible_reader = known  # type: ignore[attr-defined]
    return known


def forget_reader(request: HttpRequest) -> None:
    """Look the reader up anew: their settings have just been changed."""
    request.__dict__.pop("_indelible_reader", None)


def _find_reader(request: HttpRequest) -> Reader:
    user = getattr(request, "user", None)
    ours = house() or House("")
    return Reader(
        zone=getattr(user, "zone", "") or ours.zone,
        date_style=getattr(user, "date_style", "") or ours.date_style,
        theme=getattr(user, "theme", ""),
        single_keys=getattr(user, "single_keys", True),
        number_style=getattr(user, "number_style", "") or ours.number_style,
    )


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the menu as this page draws it."""

    label: str | Promise
    icon: str
    url: str
    current: bool


def menu_lines(path: str) -> list[tuple[str | Promise, list[MenuLine]]]:
    """Return the groups of the menu, with the part that `path` belongs to marked."""
    return [(title, [_line(item, path) for item in items]) for title, items in navigation.menu()]


def _line(item: navigation.NavItem, path: str) -> MenuLine:
    url = reverse(item.url_name)
    starts = item.prefixes if url == "/" else (url, *item.prefixes)
    return MenuLine(item.label, item.icon, url, path == url or path.startswith(starts or ("\0",)))


def search_url() -> str:
    """Return where the search field in the top leads, empty while no feature offers a search."""
    try:
        return reverse("record:list")
    except NoReverseMatch:
        return ""


def newest_seal() -> int | None:
    """Return how many entries the newest seal covers, for the head of a print; None before there is a record."""
    from indelible.web.acts import logbook_in_use  # tables can be imported only once every app is known

    try:
        return logbook_in_use().size
    except NotFound:
        return None


def context(request: HttpRequest) -> dict[str, object]:
    """Give every template the frame. Each part is found only when a template uses it."""
    return {
        "reader": SimpleLazyObject(lambda: reader_of(request)),
        "house": SimpleLazyObject(house),
        "menu": SimpleLazyObject(lambda: menu_lines(request.path)),
        "pill": SimpleLazyObject(lambda: pill(request)),
        "search_url": SimpleLazyObject(search_url),
        "printed_at": SimpleLazyObject(lambda: datetime.now(UTC)),
        "newest_seal": newest_seal,
    }
