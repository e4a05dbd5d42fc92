"""A runbook's document from text, and everything that is wrong with it, in words its writer understands.

What is read is either whole and coherent, or refused with a list of `Flaw`s that name the part each is about.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from .runbook import Check, Due, Runbook, Step

LONGEST_TEXT: Final = 512 * 1024
MOST_STEPS: Final = 100
MOST_PARTS: Final = 40  # fields, checks, branches of a step; roles, clocks of a document
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_SPAN: Final = re.compile(
    r"-?P(?=\d|T\d)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,4}D)?(T(?=\d)(\d{1,4}H)?(\d{1,5}M)?)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong. `where` is the part ("steps.call_back.by"), `says` what is wrong with it, in words."""

    where: str
    says: str


class DocumentError(ValueError):
    """The document cannot be used. `flaws` are all that were found."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__("; ".join(f"{flaw.where}: {flaw.says}" for flaw in flaws))
        self.flaws = flaws


def from_text(text: str) -> Runbook:
    """Read a document written as TOML, or as a JSON object. Raises DocumentError."""
    if len(text) > LONGEST_TEXT:
        raise DocumentError([Flaw("", f"It is longer than {LONGEST_TEXT // 1024} KB.")])
    try:
        data = msgspec.json.decode(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (msgspec.DecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise DocumentError([Flaw("", f"It cannot be read: {error}.")]) from error
    if not isinstance(data, dict):
        raise DocumentError([Flaw("", "It is no runbook: a table of its parts is expected.")])
    return from_data(data)


def from_data(data: Mapping[str, Any]) -> Runbook:
    """Read a document from plain values, as versions and drafts are kept. Raises DocumentError."""
    try:
        runbook = msgspec.convert(data, Runbook)
    except msgspec.ValidationError as error:
        message = str(error)
        says, _, where = message.partition(" - at `$")
        raise DocumentError([Flaw(where.strip("`.") or "document", f"{says}.")]) from error
    if flaws := list(flaws_of(runbook)):
        raise DocumentError(flaws)
    return runbook


def flaws_of(runbook: Runbook) -> Iterator[Flaw]:
    """Yield everything in a document that does not hold together."""
    if not runbook.steps:
        yield Flaw("steps", "It has no step.")
    if len(runbook.steps) > MOST_STEPS:
        yield Flaw("steps", f"It has more than {MOST_STEPS} steps.")
    for name, count in (("roles", len(runbook.roles)), ("clocks", len(runbook.clocks))):
        if count > MOST_PARTS:
            yield Flaw(name, f"There are more than {MOST_PARTS}.")
    for key in runbook.roles:
        yield from _key(f"roles.{key}", key)
    if runbook.owner not in runbook.roles:
        yield Flaw("owner", f"There is no role {runbook.owner!r}.")
    for key, role in runbook.roles.items():
        for other in role.not_:
            if other not in runbook.roles:
                yield Flaw(f"roles.{key}.not", f"There is no role {other!r}.")
    if not _SPAN.fullmatch(runbook.look_again):
        yield Flaw("look_again", "It is no span of time, such as P1Y.")
    yield from _doubles("steps", [step.key for step in runbook.steps])
    yield from _doubles("clocks", [clock.key for clock in runbook.clocks])
    fields: set[str] = set()
    keys = [step.key for step in runbook.steps]
    for place, step in enumerate(runbook.steps):
        yield from _step(runbook, place, step, fields)
        fields |= {one.key for one in step.fields}
    if runbook.due is not None:
        yield from _due("due", runbook.due, keys, fields)
    for place, starts in enumerate(runbook.starts.schedule):
        if starts.opens and not _SPAN.fullmatch(starts.opens):
            yield Flaw(f"starts.schedule.{place}.opens", "It is no span of time, such as P5D.")
        if any(not 1 <= month <= 12 for month in starts.months):
            yield Flaw(f"starts.schedule.{place}.months", "A month is a number from 1 to 12.")
    for place, trigger in enumerate(runbook.starts.on):
        if bool(trigger.event) == bool(trigger.alarm):
            yield Flaw(f"starts.on.{place}", "Give either an event or an alarm.")
    for clock in runbook.clocks:
        yield from _key(f"clocks.{clock.key}", clock.key)
        yield from _due(f"clocks.{clock.key}", Due(within=clock.within, after=clock.after), keys, fields)
        if clock.met_by not in keys:
            yield Flaw(f"clocks.{clock.key}.met_by", f"There is no step {clock.met_by!r}.")
        if any(not _SPAN.fullmatch(span) for span in clock.warn):
            yield Flaw(f"clocks.{clock.key}.warn", "It is no span of time, such as PT24H.")


def _step(runbook: Runbook, place: int, step: Step, before: set[str]) -> Iterator[Flaw]:
    where = f"steps.{step.key or place + 1}"
    keys = [one.key for one in runbook.steps]
    yield from _key(where, step.key)
    if step.by != "system" and step.by not in runbook.roles:
        yield Flaw(f"{where}.by", f"There is no role {step.by!r}.")
    for name in ("title", "do", "why", "done", "if_fails"):
        if not getattr(step, name).strip():
            yield Flaw(f"{where}.{name}", "It is empty.")
    if (step.sign == "none") != (step.means == ""):
        yield Flaw(f"{where}.means", "A signature needs a meaning, and a meaning a signature.")
    if step.kind == "second" and step.sign != "two":
        yield Flaw(f"{where}.sign", "A second person's step is signed by two.")
    if step.sign == "two" and step.overlaps:
        yield Flaw(f"{where}.overlaps", "A second signature always stops the run until it is given.")
    if step.sign != "none" and step.by == "system" and step.sign == "one":
        yield Flaw(f"{where}.sign", "Indelible itself signs nothing: name a role.")
    for role in step.also:
        if role not in runbook.roles:
            yield Flaw(f"{where}.also", f"There is no role {role!r}.")
    if step.also and step.sign == "none":
        yield Flaw(f"{where}.also", "Nobody signs this step.")
    for key in step.covers:
        if key not in keys[:place]:
            yield Flaw(f"{where}.covers", f"There is no step {key!r} before it.")
    if step.kind == "view" and step.view is None:
        yield Flaw(f"{where}.view", "Say what is looked at.")
    if step.view is not None and bool(step.view.entries) == bool(step.view.list_):
        yield Flaw(f"{where}.view", "Give either entries or a list.")
    if step.kind == "attach" and not step.files:
        yield Flaw(f"{where}.files", "Say what is to be attached.")
    if step.kind == "wait" and step.wait is None:
        yield Flaw(f"{where}.wait", "Say what it waits for.")
    if step.kind == "decide" and not step.branches:
        yield Flaw(f"{where}.branches", "Say between what is chosen.")
    for name, count in (
        ("fields", len(step.fields)),
        ("checks", len(step.checks)),
        ("branches", len(step.branches)),
    ):
        if count > MOST_PARTS:
            yield Flaw(f"{where}.{name}", f"There are more than {MOST_PARTS}.")
    own = [one.key for one in step.fields]
    yield from _doubles(f"{where}.fields", own)
    for one in step.fields:
        yield from _key(f"{where}.fields.{one.key}", one.key)
        if one.key in before:
            yield Flaw(f"{where}.fields.{one.key}", "An earlier step has a field of that key.")
        if (one.kind == "choice") != bool(one.options):
            yield Flaw(f"{where}.fields.{one.key}", "A choice has options, and nothing else has.")
    yield from _doubles(f"{where}.checks", [check.key for check in step.checks])
    for check in step.checks:
        yield from _check(f"{where}.checks.{check.key}", check)
    for branch in step.branches:
        if branch.to and branch.to != "end" and branch.to not in keys[place + 1 :]:
            yield Flaw(f"{where}.branches", f"There is no step {branch.to!r} after it.")
    if step.due is not None:
        yield from _due(f"{where}.due", step.due, keys[: place + 1], before | set(own))
    if step.wait is not None:
        if bool(step.wait.within) == bool(step.wait.event):
            yield Flaw(f"{where}.wait", "Give either a span or an event.")
        if step.wait.within:
            waiting = Due(within=step.wait.within, after=step.wait.after)
            yield from _due(f"{where}.wait", waiting, keys[: place + 1], before | set(own))


def _check(where: str, check: Check) -> Iterator[Flaw]:
    yield from _key(where, check.key)
    if not check.says.strip():
        yield Flaw(f"{where}.says", "It is empty.")


def _due(where: str, due: Due, keys: list[str], fields: set[str]) -> Iterator[Flaw]:
    if not _SPAN.fullmatch(due.within):
        yield Flaw(f"{where}.within", "It is no span of time, such as P5D or PT72H.")
    kind, _, key = due.after.partition(":")
    known = {"start": [""], "due": [""], "open": [""], "field": list(fields), "step": keys}.get(kind)
    if known is None or key not in known:
        yield Flaw(f"{where}.after", f"Nothing of the run is called {due.after!r}.")


def _key(where: str, key: str) -> Iterator[Flaw]:
    if not _KEY.fullmatch(key):
        yield Flaw(where, "A key has small letters, figures and underscores, and begins with a letter.")


def _doubles(where: str, keys: list[str]) -> Iterator[Flaw]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Flaw(f"{where}.{key}", "Two have this key.")
