"""A runbook's document from text, and everything that is wrong with it, in words its writer understands.

What is read is either whole and coherent, or refused with a list of `Flaw`s that name the part each is about.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from .flaw import DocumentError, Flaw
from .flaw import gettext_noop as _
from .runbook import Check, Due, Runbook, Step
from .shape import converted, misfits

__all__ = [
    "DocumentError",
    "Flaw",
    "draft_from_data",
    "flaws_of",
    "from_data",
    "from_text",
    "plain_from_text",
]

LONGEST_TEXT: Final = 512 * 1024
MOST_STEPS: Final = 100
MOST_PARTS: Final = 40  # fields, checks, branches of a step; roles, clocks of a document
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}", re.ASCII)
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_SPAN: Final = re.compile(
    r"-?P(?=\d|T\d)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,4}D)?(T(?=\d)(\d{1,4}H)?(\d{1,5}M)?)?", re.ASCII
)

# A key of a hundred parts. The reader of TOML needs memory with the square of them.
_TOO_DEEP: Final = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""", re.ASCII
)


def from_text(text: str) -> Runbook:
    """Read a document written as TOML, or as a JSON object. Raises DocumentError."""
    return from_data(plain_from_text(text))


def plain_from_text(text: str) -> dict[str, Any]:
    """Read TOML, or a JSON object, as plain values. Raises DocumentError."""
    if len(text) > LONGEST_TEXT:
        raise DocumentError([Flaw("", _("It is longer than %(most)s KB."), {"most": LONGEST_TEXT // 1024})])
    text = text.removeprefix("\ufeff")
    if not text.lstrip().startswith("{") and _TOO_DEEP.search(text):
        raise DocumentError([Flaw("", _("It cannot be read: %(why)s."), {"why": "a key of too many parts"})])
    try:
        data = msgspec.json.decode(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOML also fails so for an impossible day, say
        words = str(error)[:200].rstrip(".") or "RecursionError"
        raise DocumentError([Flaw("", _("It cannot be read: %(why)s."), {"why": words})]) from error
    if not isinstance(data, dict):
        raise DocumentError([Flaw("", _("It is no runbook: a table of its parts is expected."))])
    return data


def from_data(data: Mapping[str, Any]) -> Runbook:
    """Read a document from plain values, as versions are kept. Raises DocumentError."""
    runbook = draft_from_data(data)
    if flaws := list(flaws_of(runbook)):
        raise DocumentError(flaws)
    return runbook


def draft_from_data(data: Mapping[str, Any]) -> Runbook:
    """Read a document that need not hold together yet, as drafts are kept. Raises DocumentError where a part has not
    the shape that it must have."""
    if flaws := misfits(data):
        raise DocumentError(flaws)
    try:
        return converted(data)
    except msgspec.ValidationError as error:
        says, _at, where = str(error).partition(" - at `$")
        raise DocumentError(
            [Flaw(where.strip("`."), _("It cannot be read: %(why)s."), {"why": says})]
        ) from error


def flaws_of(runbook: Runbook) -> Iterator[Flaw]:
    """Yield everything in a document that does not hold together."""
    yield from _head(runbook)
    if not runbook.steps:
        yield Flaw("steps", _("It has no step."))
    if len(runbook.steps) > MOST_STEPS:
        yield Flaw("steps", _("It has more than %(most)s steps."), {"most": MOST_STEPS})
    for name, count in (("roles", len(runbook.roles)), ("clocks", len(runbook.clocks))):
        if count > MOST_PARTS:
            yield Flaw(name, _("There are more than %(most)s."), {"most": MOST_PARTS})
    for key in runbook.roles:
        yield from _key(f"roles.{key}", key)
    if runbook.owner not in runbook.roles:
        yield Flaw("owner", _("There is no role “%(name)s”."), {"name": runbook.owner})
    for key, role in runbook.roles.items():
        for other in role.not_:
            if other not in runbook.roles:
                yield Flaw(f"roles.{key}.not", _("There is no role “%(name)s”."), {"name": other})
    if not _SPAN.fullmatch(runbook.look_again):
        yield Flaw("look_again", _("It is no span of time, such as “1 year”, written P1Y."))
    yield from _doubles("steps", [step.key for step in runbook.steps])
    yield from _doubles("clocks", [clock.key for clock in runbook.clocks])
    fields: set[str] = set()
    keys = [step.key for step in runbook.steps]
    for place, step in enumerate(runbook.steps):
        yield from _step(runbook, place, step, fields)
        fields |= {one.key for one in step.fields}
    if runbook.due is not None:
        yield from _due("due", runbook.due, keys, fields)
    for place, starts in enumerate(runbook.starts.schedule, 1):
        if starts.opens and not _SPAN.fullmatch(starts.opens):
            yield Flaw(
                f"starts.schedule.{place}.opens", _("It is no span of time, such as “5 days”, written P5D.")
            )
        if any(not 1 <= month <= 12 for month in starts.months):
            yield Flaw(f"starts.schedule.{place}.months", _("A month is a number from 1 to 12."))
    for place, trigger in enumerate(runbook.starts.on, 1):
        if bool(trigger.event) == bool(trigger.alarm):
            yield Flaw(f"starts.on.{place}", _("Give either an event or an alarm."))
    for clock in runbook.clocks:
        yield from _key(f"clocks.{clock.key}", clock.key)
        yield from _due(f"clocks.{clock.key}", Due(within=clock.within, after=clock.after), keys, fields)
        if clock.met_by not in keys:
            yield Flaw(
                f"clocks.{clock.key}.met_by", _("There is no step “%(name)s”."), {"name": clock.met_by}
            )
        if any(not _SPAN.fullmatch(span) for span in clock.warn):
            yield Flaw(
                f"clocks.{clock.key}.warn", _("It is no span of time, such as “24 hours”, written PT24H.")
            )


def _head(runbook: Runbook) -> Iterator[Flaw]:
    """Check the texts at the top: those that must say something, and those that lists have little room for."""
    if not _ID.fullmatch(runbook.id):
        yield Flaw("id", _("A runbook's short name has letters, figures, dots and hyphens: at most 40."))
    for name in ("title", "purpose", "owner", "keep"):
        if not getattr(runbook, name).strip():
            yield Flaw(name, _("It is empty."))
    for name, most in (("title", 200), ("team", 60), ("keep", 40)):
        if len(getattr(runbook, name)) > most:
            yield Flaw(name, _("It is longer than %(most)s characters."), {"most": most})
    if not runbook.starts.when.strip():
        yield Flaw("starts.when", _("It is empty."))
    for key, role in runbook.roles.items():
        if not role.title.strip():
            yield Flaw(f"roles.{key}.title", _("It is empty."))
    for clock in runbook.clocks:
        if not clock.title.strip():
            yield Flaw(f"clocks.{clock.key}.title", _("It is empty."))


def _step(runbook: Runbook, place: int, step: Step, before: set[str]) -> Iterator[Flaw]:
    where = f"steps.{step.key or place + 1}"
    keys = [one.key for one in runbook.steps]
    yield from _key(where, step.key)
    if step.by != "system" and step.by not in runbook.roles:
        yield Flaw(f"{where}.by", _("There is no role “%(name)s”."), {"name": step.by})
    for name in ("title", "do", "why", "done", "if_fails"):
        if not getattr(step, name).strip():
            yield Flaw(f"{where}.{name}", _("It is empty."))
    if (step.sign == "none") != (step.means == ""):
        yield Flaw(f"{where}.means", _("A signature needs a meaning, and a meaning a signature."))
    if step.kind == "second" and step.sign != "two":
        yield Flaw(f"{where}.sign", _("A second person's step is signed by two."))
    if step.sign == "two" and step.overlaps:
        yield Flaw(f"{where}.overlaps", _("A second signature always stops the run until it is given."))
    if step.sign != "none" and step.by == "system" and step.sign == "one":
        yield Flaw(f"{where}.sign", _("Indelible itself signs nothing: name a role."))
    for role in step.also:
        if role not in runbook.roles:
            yield Flaw(f"{where}.also", _("There is no role “%(name)s”."), {"name": role})
    if step.also and step.sign == "none":
        yield Flaw(f"{where}.also", _("Nobody signs this step."))
    for key in step.covers:
        if key not in keys[:place]:
            yield Flaw(f"{where}.covers", _("There is no step “%(name)s” before it."), {"name": key})
    if step.kind == "view" and step.view is None:
        yield Flaw(f"{where}.view", _("Say what is looked at."))
    if step.view is not None and bool(step.view.entries) == bool(step.view.list_):
        yield Flaw(f"{where}.view", _("Give either entries or a list."))
    if step.kind == "attach" and not step.files:
        yield Flaw(f"{where}.files", _("Say what is to be attached."))
    if step.kind == "wait" and step.wait is None:
        yield Flaw(f"{where}.wait", _("Say what it waits for."))
    if step.kind == "decide" and not step.branches:
        yield Flaw(f"{where}.branches", _("Say between what is chosen."))
    for name, count in (
        ("fields", len(step.fields)),
        ("checks", len(step.checks)),
        ("branches", len(step.branches)),
    ):
        if count > MOST_PARTS:
            yield Flaw(f"{where}.{name}", _("There are more than %(most)s."), {"most": MOST_PARTS})
    own = [one.key for one in step.fields]
    yield from _doubles(f"{where}.fields", own)
    for one in step.fields:
        yield from _key(f"{where}.fields.{one.key}", one.key)
        if not one.label.strip():
            yield Flaw(f"{where}.fields.{one.key}.label", _("It is empty."))
        if one.key in before:
            yield Flaw(f"{where}.fields.{one.key}", _("An earlier step has a field of that key."))
        if (one.kind == "choice") != bool(one.options):
            yield Flaw(f"{where}.fields.{one.key}", _("A choice has options, and nothing else has."))
    yield from _doubles(f"{where}.checks", [check.key for check in step.checks])
    for check in step.checks:
        yield from _check(f"{where}.checks.{check.key}", check)
    for branch in step.branches:
        if not branch.label.strip():
            yield Flaw(f"{where}.branches", _("A way on has no name."))
        if branch.to and branch.to != "end" and branch.to not in keys[place + 1 :]:
            yield Flaw(f"{where}.branches", _("There is no step “%(name)s” after it."), {"name": branch.to})
    if step.due is not None:
        yield from _due(f"{where}.due", step.due, keys[: place + 1], before | set(own))
    if step.wait is not None:
        if bool(step.wait.within) == bool(step.wait.event):
            yield Flaw(f"{where}.wait", _("Give either a span or an event."))
        if step.wait.within:
            waiting = Due(within=step.wait.within, after=step.wait.after)
            yield from _due(f"{where}.wait", waiting, keys[: place + 1], before | set(own))


def _check(where: str, check: Check) -> Iterator[Flaw]:
    yield from _key(where, check.key)
    if not check.says.strip():
        yield Flaw(f"{where}.says", _("It is empty."))


def _due(where: str, due: Due, keys: list[str], fields: set[str]) -> Iterator[Flaw]:
    if not _SPAN.fullmatch(due.within):
        yield Flaw(
            f"{where}.within", _("It is no span of time, such as “5 days” (P5D) or “72 hours” (PT72H).")
        )
    kind, _colon, key = due.after.partition(":")
    known = {"start": [""], "due": [""], "open": [""], "field": list(fields), "step": keys}.get(kind)
    if known is None or key not in known:
        yield Flaw(f"{where}.after", _("Nothing of the run is called “%(name)s”."), {"name": due.after})


def _key(where: str, key: str) -> Iterator[Flaw]:
    if not _KEY.fullmatch(key):
        yield Flaw(where, _("A key has small letters, figures and underscores, and begins with a letter."))


def _doubles(where: str, keys: list[str]) -> Iterator[Flaw]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Flaw(f"{where}.{key}", _("Two have this key."))
