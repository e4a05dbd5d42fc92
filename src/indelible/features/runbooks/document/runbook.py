"""The parts of a runbook's document, as values.

A document is data: nothing in it is run. What its steps look up in the record by themselves are `Check`s, each a kind
that Indelible knows (`indelible.features.runbooks.checks`) with its settings.

Spans are ISO 8601 as `language` holds them ("P3D", "PT72H"); with `working` they count working days or hours of the
organisation's calendar. Keys (of steps, roles, fields, checks, clocks) are lower case, fixed once published, and
nowhere shown: what refers to a step refers to its key.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

FORMAT = 1

Kind = Literal["tick", "fill", "attach", "view", "check", "decide", "wait", "second"]
"""What a person does at a step: do something and tick it; fill in; attach a file; look at entries or a list and decide;
nothing, since the system looks (`check`); choose a way on; wait; sign as a second person what others did."""

Sign = Literal["none", "one", "two"]
"""`one`: whoever did the step signs it. `two`: somebody who did none of what the signature covers."""

Means = Literal["requested", "prepared", "checked", "approved", "witnessed", "acknowledged"]

FieldKind = Literal["text", "long", "date", "moment", "number", "yes_no", "choice", "person", "confirm"]
"""`confirm`: a statement that only a person can make. Yes is shown as said by that person; no needs words, and counts
as a failed check."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a document."""


class Role(Part, frozen=True, kw_only=True):
    """Somebody a run needs. Filled by name when it starts, from the runbook's appointments."""

    title: str  # "Clerk B"
    not_: tuple[str, ...] = msgspec.field(default=(), name="not")  # roles that the same person may not fill
    outsider: bool = False  # may be filled by somebody without an account, by a link that works once
    note: str = ""  # who this may be in a small firm


class Schedule(Part, frozen=True, kw_only=True):
    """When a run is due by the calendar, in the organisation's zone."""

    every: Literal["day", "working_day", "week", "month", "quarter", "half_year", "year"]
    # Which day of it: "first", "last", "working 5" (the fifth working day), "last working", "15", "mon".
    # Quarters and half years count in working days or days of their first month; "last working" of their last one.
    on: str = ""
    months: tuple[int, ...] = ()  # only in these months, 1 to 12; empty: in every one
    holiday: Literal["before", "after", "keep"] = "after"  # where that day is no working day
    opens: str = ""  # how long before it is due the run opens, "P5D"; empty: at the beginning of that day
    working: bool = False  # whether `opens` counts working days
    covers: Literal["", "previous", "current"] = (
        ""  # the period that the run is about: the one before, or this one
    )


class Trigger(Part, frozen=True, kw_only=True):
    """What starts a run besides the calendar. Exactly one of the two is given."""

    event: str = ""  # a sentence of the language: each entry that it matches
    alarm: str = (
        ""  # the name of a sign of an alarm ("silent"), or an id of a ready rule with an alarm ("FIN-01")
    )
    title: str = ""  # what the run is called: fields of the event in braces, "{target}"


class Starts(Part, frozen=True, kw_only=True):
    """When runs begin."""

    when: str  # in words: "Each request"
    trigger: str = ""  # in words: "Somebody asks, in any words, by any route"
    schedule: tuple[Schedule, ...] = ()
    on: tuple[Trigger, ...] = ()


class Due(Part, frozen=True, kw_only=True):
    """By when something is to be done, counted from a moment of the run."""

    within: str  # a span
    working: bool = False
    # "start" of the run, "due" date of the run (a negative span is before it), "open": when the step could begin,
    # "field:KEY": what was filled in; "step:KEY": when that step was done. A clock: "start" or "field:KEY".
    after: str = "start"


class Clock(Part, frozen=True, kw_only=True):
    """A deadline of a law, shown in hours and in the reader's zone; weekends count."""

    key: str
    title: str  # "Tell the regulator"
    clause: str  # "GDPR 33(1)"
    within: str  # a span; a month is a calendar month
    after: str = "start"  # as `Due.after`
    met_by: str  # the key of the step that meets it
    warn: tuple[str, ...] = ()  # how long before the end somebody is told, "PT24H"
    only_if: str = ""  # "FIELD=VALUE": the clock runs only where that was answered


class Field(Part, frozen=True, kw_only=True):
    """Something to fill in."""

    key: str
    label: str
    kind: FieldKind = "text"
    required: bool = True
    options: tuple[str, ...] = ()  # of a choice
    hint: str = ""


class Check(Part, frozen=True, kw_only=True):
    """Something that Indelible looks up by itself: passed, failed, or could not be checked.

    `kind` is a name of `runbooks.checks`, `settings` what it needs. In sentences and settings, `{run.about}`,
    `{field.KEY}` and `{step.KEY.done_at}` stand for what the run knows by then.
    """

    key: str
    says: str  # what must be so, in words
    kind: str
    settings: dict[str, Any] = {}
    if_fails: str = ""  # where it is not what the step says


class View(Part, frozen=True, kw_only=True):
    """Which list a step shows, frozen when it is first shown. Exactly one of the three is given."""

    entries: str = ""  # a sentence or search of the language, with braces as in checks; over the run's period
    list_: str = msgspec.field(
        default="", name="list"
    )  # a list that Indelible makes: "sources", "gaps", "notices"...
    sample: int = 0  # that many entries of `entries`, drawn by chance with a seed that is kept
    decide: tuple[
        str, ...
    ] = ()  # what may be decided for each row ("keep", "remove"); empty: looked at as a whole
    reason_for: tuple[str, ...] = ()  # decisions that need words
    at_least: int = 0  # that many rows must be opened


class Branch(Part, frozen=True, kw_only=True):
    """A way on. The first that holds is gone; a `decide` step offers all of them to its person."""

    label: str  # "Danger signs seen"
    if_: str = msgspec.field(
        default="", name="if"
    )  # "FIELD=VALUE", "check:KEY=failed"; empty: somebody chooses
    to: str = ""  # the key of a later step, everything between is passed over; "end" ends the run
    start: str = ""  # a runbook to start as well, by the id of the ready one: "RB-09"
    needs_words: bool = False


class Wait(Part, frozen=True, kw_only=True):
    """What a step waits for."""

    within: str = ""  # a span
    working: bool = False
    after: str = "open"  # as `Due.after`
    event: str = ""  # or a sentence: until an entry that matches it arrives


class Step(Part, frozen=True, kw_only=True):
    """One step. `do` is what it asks; `why`, `done` and `if_fails` are what a newcomer would ask back."""

    key: str
    title: str  # a few words, for lists
    do: str  # the instruction
    by: str  # a role, or "system"
    kind: Kind = "tick"
    why: str
    done: str  # what done looks like
    if_fails: str
    sign: Sign = "none"
    means: Means | Literal[""] = ""
    also: tuple[str, ...] = ()  # further roles that must sign it, each another person: "chair and secretary"
    # Steps that the signature covers, besides its own. Empty: of `two` all since the `two` before; of `one` those
    # right before it that ask for no signature themselves.
    covers: tuple[str, ...] = ()
    overlaps: bool = False  # whether steps after it may begin before it is signed (never of `two`)
    optional: bool = False
    due: Due | None = None
    fields: tuple[Field, ...] = ()
    files: str = ""  # what is to be attached, in words; empty: nothing is asked
    files_least: int = 0
    view: View | None = None
    checks: tuple[Check, ...] = ()
    branches: tuple[Branch, ...] = ()
    wait: Wait | None = None


class Runbook(Part, frozen=True, kw_only=True):
    """A whole document."""

    format: Literal[1] = 1
    id: str  # "RB-07" of a ready one; an organisation's own choose theirs
    title: str
    purpose: str  # one sentence that a manager would nod at
    team: str
    owner: str  # a role: who answers for it
    note: str = ""
    roles: dict[str, Role]
    starts: Starts
    due: Due | None = None  # of the whole run; where a schedule started it, its day
    due_words: str = ""  # the deadline in words
    clocks: tuple[Clock, ...] = ()
    uses: tuple[str, ...] = ()  # ready rules whose entries the checks read
    outputs: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()  # clauses
    keep: str  # a retention class of `rules.catalogue`
    lapses: bool = (
        False  # once the day it is due is over, nothing of a run can be done any more: it was missed
    )
    look_again: str = "P1Y"  # when the text itself is to be looked at
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """Return the step of that key. Raises KeyError."""
        return self.steps[self.place(key)]

    def place(self, key: str) -> int:
        """Return at which place a step stands, from 0. Raises KeyError."""
        for place, step in enumerate(self.steps):
            if step.key == key:
                return place
        raise KeyError(key)

    def covered(self, key: str) -> tuple[str, ...]:
        """Return the keys of the steps that the signature at a step covers (see `Step.covers`), its own last."""
        place = self.place(key)
        step = self.steps[place]
        if step.covers:
            return tuple(one.key for one in self.steps[: place + 1] if one.key in step.covers or one is step)
        begins = place
        while begins > 0 and self._falls_under(self.steps[begins - 1], step):
            begins -= 1
        return tuple(one.key for one in self.steps[begins : place + 1])

    @staticmethod
    def _falls_under(before: Step, step: Step) -> bool:
        return before.sign != "two" if step.sign == "two" else before.sign == "none"
