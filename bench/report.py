"""How results are shown: a table for people, one document for programs."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.result import AT_MOST, NotMeasured, Result

_MET = {True: "met", False: "[bold red]not met[/]", None: "-"}


def print_table(results: Sequence[Result | NotMeasured], console: Console) -> None:
    """Print a row for each result."""
    table = Table(title=f"Measured on {about_the_run()['machine']}", title_justify="left")
    for name in ("target", "what", "figure", "bound", "ratio", "goal", ""):
        table.add_column(name, justify="right" if name in ("figure", "bound", "ratio", "goal") else "left")
    for one in _shown(results):
        table.add_row(*_cells(one))
    console.print(table)


def _shown(results: Sequence[Result | NotMeasured]) -> list[Result | NotMeasured]:
    """Return what people are shown: of a family the worst one and all that were missed, else everything."""
    families: dict[str, list[Result]] = {}
    for one in results:
        if isinstance(one, Result) and one.family:
            families.setdefault(one.family, []).append(one)
    worst = {name: max(members, key=lambda one: one.badness) for name, members in families.items()}
    shown: list[Result | NotMeasured] = []
    for one in results:
        if isinstance(one, NotMeasured) or not one.family:
            shown.append(one)
        elif one is worst[one.family]:
            count = len(families[one.family])
            shown.append(replace(one, what=f"{one.family}: worst of {count}, {one.what}"))
        elif one.met is False:
            shown.append(replace(one, what=f"{one.family}: {one.what}"))
    return shown


def _cells(one: Result | NotMeasured) -> tuple[str, ...]:
    if isinstance(one, NotMeasured):
        return one.target, one.what, "", "", "", "", f"not measured: {one.why}"
    goal = "" if one.goal is None else f"{'<=' if one.sense == AT_MOST else '>='} {one.goal:g}"
    figure, bound = f"{_number(one.figure)} {one.unit}", f"{_number(one.bound)} {one.unit}"
    return one.target, one.what, figure, bound, f"{one.ratio:.2f}", goal, _MET[one.met]


def as_document(results: Sequence[Result | NotMeasured]) -> str:
    """Return all results as one JSON document."""
    return json.dumps({**about_the_run(), "results": [_as_object(one) for one in results]}, indent=1)


def _as_object(one: Result | NotMeasured) -> dict[str, Any]:
    if isinstance(one, NotMeasured):
        return {"target": one.target, "what": one.what, "not_measured": one.why}
    return {
        "target": one.target,
        "what": one.what,
        "figure": one.figure,
        "bound": one.bound,
        "unit": one.unit,
        "ratio": one.ratio,
        "goal": one.goal,
        "sense": one.sense,
        "met": one.met,
        "rounds": one.rounds,
        "family": one.family,
    }


def about_the_run() -> dict[str, str]:
    """Return when and on what kind of machine this was measured."""
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "machine": (
            f"{os.cpu_count()} cores, {_memory()} GiB, Python {platform.python_version()},"
            f" SQLite {sqlite3.sqlite_version}"
        ),
    }


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
