"""The pages that people wait for, over a log of a million entries on SQLite (P).

Timed within this process from the request to the whole answer, with every middleware and template. The
usual filters of Record are asked many times for their p95; every other page that answers to a signed-in
owner is opened a few times, and its slowest time counts.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from bench.events import INVOICES
from bench.installation import OWNER
from bench.logs import Bench, copy_of
from bench.result import AT_MOST, NotMeasured, Result, share
from bench.searching import QUESTIONS

FILTERS_MS, PAGE_MS = 200.0, 2_000.0
TIMES = 20
OPENED = 3
_NOT_PAGES = ("static/", "account/sign-out/")


def pages(bench: Bench) -> list[Result | NotMeasured]:
    """P: Record's usual filters, and the slowest of all pages."""
    with copy_of(bench, bench.entries):
        client = _signed_in()
        filters = _time_filters(bench, client)
        slowest = _time_pages(bench, client)
    everything = share([*chain(*filters.values())], 0.95)
    results = [_result("Record with its usual filters together, p95", everything, FILTERS_MS, "")]
    for name, taken in filters.items():
        results.append(_result(name, share(taken, 0.95), FILTERS_MS, "Record by one filter, p95"))
    for address, longest in slowest.items():
        results.append(_result(address, longest, PAGE_MS, "any page, slowest"))
    return results


def _result(what: str, taken: float, most: float, family: str) -> Result | NotMeasured:
    return Result("P", what, taken, most, "ms", taken / most, AT_MOST, 1.0, family=family)


def _signed_in() -> Any:
    from django.test import Client

    from indelible.features.people.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email=OWNER["email"]))
    return client


def _time_filters(bench: Bench, client: Any) -> dict[str, list[float]]:
    """Return the milliseconds of each asking, by question."""
    taken: dict[str, list[float]] = {}
    for name, ask in QUESTIONS.items():
        bench.tell(f"pages: {name}")
        pick = random.Random(name)
        get(client, f"/record/?{urlencode({'q': ask(pick, bench.entries)})}")
        taken[name] = [
            get(client, f"/record/?{urlencode({'q': ask(pick, bench.entries)})}")[1]
            for _ in range(bench.at_most(TIMES))
        ]
    return taken


def _time_pages(bench: Bench, client: Any) -> dict[str, float]:
    """Return the slowest milliseconds of each page that answered."""
    pick = random.Random("pages")
    slowest: dict[str, float] = {}
    for address, fill in _addresses(bench):
        bench.tell(f"pages: {address}")
        answers = [get(client, fill(pick)) for _ in range(OPENED)]
        if all(status == 200 for status, _ in answers):
            slowest[address] = max(taken for _, taken in answers)
    return slowest


def get(client: Any, address: str) -> tuple[int, float]:
    """Return the status of a page and the milliseconds until it was there whole."""
    begun = time.perf_counter()
    response = client.get(address)
    _ = response.content if not response.streaming else b"".join(response.streaming_content)
    return response.status_code, (time.perf_counter() - begun) * 1e3


def _addresses(bench: Bench) -> Iterator[tuple[str, Callable[[random.Random], str]]]:
    """Yield every address without parameters, and examples of those that have some."""
    from django.urls import get_resolver

    for route in _routes(get_resolver().url_patterns, ""):
        if "<" not in route and not route.startswith(_NOT_PAGES):
            yield f"/{route}", partial(_as_it_is, f"/{route}")
    largest = bench.entries - 1
    yield "/record/ (the last page)", lambda pick: "/record/?before=60"
    yield (
        "/record/ (fifty entries checked)",
        lambda pick: f"/record/?before={pick.randint(60, largest)}&checked=1",
    )
    yield "/record/ (nothing found)", lambda pick: "/record/?q=who:nobody+outcome:denied+word"
    yield "/record/N/", lambda pick: f"/record/{pick.randint(100, largest)}/"
    yield "/record/N/ (checked)", lambda pick: f"/record/{pick.randint(100, largest)}/?checked=1"
    yield "/record/N/receipt/", lambda pick: f"/record/{pick.randint(100, largest)}/receipt/"
    yield "/record/N/correct/", lambda pick: f"/record/{pick.randint(100, largest)}/correct/"
    yield "/things/…/", lambda pick: f"/things/invoice.sales/OBJ-{pick.randrange(INVOICES)}/"
    yield "/rules/check/", _rule_to_check
    yield "/seals/…/", lambda pick: f"/seals/{bench.entries}/"


def _rule_to_check(pick: random.Random) -> str:
    """Return the address at which a ready rule is held against the last 30 days."""
    from indelible.features.rules.wanted import of_ready

    return f"/rules/check/?{urlencode({'wanted': of_ready(pick.choice(('FIN-05', 'IT-02', 'LEG-01'))).sealed()})}"


def _as_it_is(address: str, pick: random.Random) -> str:
    return address


def _routes(patterns: Any, prefix: str) -> Iterator[str]:
    from django.urls import URLResolver

    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route
