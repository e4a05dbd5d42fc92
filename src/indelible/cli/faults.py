"""What goes wrong, in words for people: a code of explanations.toml with the facts that fill its gaps.

Errors of the layers below carry a code; here each finds its words. A fault that no layer knows is written
to a log file in the data folder under a reference that can be read out over the telephone.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from indelible.explanations import explain

REFERENCE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is mistaken for another when read out
CODED = (
    "PackError",
    "SourceError",
    "ServeError",
    "StorageError",
    "IntakeError",
    "GivenError",
    "MappingError",
    "LedgerError",
    "EventError",
)


class Fault(Exception):
    """A command cannot be carried out. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def known_fault(raised: Exception) -> Fault | None:
    """Return the fault that an error of our own, of the database or of the disk means; None if unknown."""
    if isinstance(raised, Fault):
        return raised
    names = {kind.__name__ for kind in type(raised).__mro__}
    if names & set(CODED):
        facts = {"detail": getattr(raised, "detail", ""), **getattr(raised, "facts", {})}
        return Fault(str(getattr(raised, "code", "")), **facts)
    if isinstance(raised, OSError):
        return Fault("file-trouble", path=raised.filename or "", detail=raised.strerror or str(raised))
    if "OperationalError" in names:
        return Fault("database-away", detail=str(raised))
    return None


def unexpected(raised: Exception) -> Fault:
    """Write a fault that nobody foresaw to the log file, and return what to tell the person."""
    reference = "-".join("".join(secrets.choice(REFERENCE_LETTERS) for _ in range(4)) for _ in range(2))
    when = datetime.now(UTC).isoformat(timespec="seconds")
    told_by_python = "".join(traceback.format_exception(raised))
    text = f"{when} {reference} python {platform.python_version()}\n{told_by_python}\n"
    return Fault("unexpected", reference=reference, log=_write_log(text))


def _write_log(text: str) -> str:
    """Append to the log file of the data folder; say where it is, or that it could not be written."""
    folder = Path(os.environ.get("INDELIBLE_HOME", "data")).absolute() / "logs"
    path = folder / "faults.log"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return "(the log file could not be written)"
    return str(path)


def show_fault(fault: Fault, as_json: bool) -> int:
    """Tell the person, or the program, what went wrong. Returns the exit code."""
    if as_json:
        click.echo(json.dumps({"error": as_document(fault)}, ensure_ascii=False, indent=2))
    else:
        click.echo(told(fault), err=True)
    return 2


def as_document(fault: Fault) -> dict[str, Any]:
    """Return a fault as the JSON document of design section 8."""
    words = explain(fault.code, **fault.facts)
    return {"code": fault.code, "title": words.title, "meaning": words.meaning, "next_step": words.next_step}


def told(fault: Fault) -> str:
    """Return a fault as lines for a terminal."""
    words = explain(fault.code, **fault.facts)
    title = click.style(words.title, bold=True) if sys.stderr.isatty() else words.title
    return "\n".join(line for line in (title, words.meaning, words.next_step) if line)
