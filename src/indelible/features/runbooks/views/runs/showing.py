"""One step of a run as the pages show it: how it stands, and all that stands at it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.runbooks.models import Result, RunStep, StepCheck, StepList, StepSignature
from indelible.features.runbooks.running.documents import roles_of
from indelible.features.runbooks.views.runs import words
from indelible.features.runbooks.views.runs.desk import Desk
from indelible.features.runbooks.views.runs.gathered import Gathered, gather
from indelible.features.runbooks.views.runs.standing import Standing
from indelible.web.numbers import written

LONG = 240  # characters from which a text of a step folds away
MOST_LINKS = 5  # entries behind a check that are linked


class Shown(Standing):
    """One step, with what was written, attached, looked at, found and signed at it."""

    @cached_property
    def values(self) -> dict[str, Any]:
        """What is written at the present attempt; at a new one, what the attempt before said."""
        works = [one for one in self.of.works.get(self.row.pk, ()) if one.attempt <= self.row.attempt]
        return dict(works[-1].values) if works else {}

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was written, as names and values."""
        by, reader = self.row.by_name, self.desk.reader
        told = [(one.label, words.answer(one, self.values, reader, by)) for one in self.step.fields]
        if self.row.choice:
            told.append((_("How it goes on"), self.row.choice))
        return [(name, value) for name, value in told if value]

    @property
    def files(self) -> list[dict[str, Any]]:
        """Its files, with where they are given out."""
        rows = self.of.files.get(self.row.pk, ())
        return [{"row": one, "url": self.desk.url("file", self.row.key, one.pk)} for one in rows]

    @property
    def shown_lists(self) -> list[dict[str, Any]]:
        """The list that counts, said in words."""
        return [self._list(one) for one in self.lists]

    def _list(self, one: StepList) -> dict[str, Any]:
        frozen = one.frozen
        decided, asks = self.of.decided.get(frozen.pk, 0), bool(frozen.how.get("asks", {}).get("choices"))
        rows = ngettext("%(n)s row", "%(n)s rows", frozen.count) % {"n": written(frozen.count)}
        frozen_at = self.desk.reader.moment(frozen.frozen_at, seconds=False)
        says = _("%(rows)s, frozen %(when)s") % {"rows": rows, "when": frozen_at}
        state, word = "information", _("To look at")
        if asks:
            word = _("%(n)s of %(all)s decided") % {"n": written(decided), "all": written(frozen.count)}
            state = "done" if decided == frozen.count else "due"
        return {
            "title": frozen.title,
            "says": says,
            "url": self.desk.url("rows", self.row.key, frozen.pk),
            "state": state,
            "word": word,
        }

    @property
    def checks(self) -> list[dict[str, Any]]:
        """What Indelible looks up by itself at it, with what it found."""
        newest = {one.key: one for one in self.newest}
        asked = {one.key: one for one in self.step.checks}
        lines = []
        for key in [*asked, *(key for key in newest if key not in asked)]:
            row, part = newest.get(key), asked.get(key)
            lines.append(check_line(row, part.says if part else "", (part.if_fails if part else "")))
        return lines

    @property
    def signatures(self) -> list[dict[str, Any]]:
        """Every signature at it, also of attempts before."""
        return [self._signature(one) for one in self.of.signatures.get(self.row.pk, ())]

    def _signature(self, one: StepSignature) -> dict[str, Any]:
        off = one.sign_off
        old = one.stale or one.attempt != self.row.attempt
        return {
            "title": f"{off.by_name}: {words.MEANS.get(off.means, off.means)}",
            "says": self.desk.reader.moment(off.at, seconds=False),
            "entry": off.entry,
            "state": "look" if old else "done",
            "word": _("Signed an earlier state") if old else _("Signed"),
        }

    @property
    def sent_back(self) -> list[dict[str, str]]:
        """Why earlier attempts came back."""
        told = []
        for work in self.of.works.get(self.row.pk, ()):
            if work.ended:
                title = _("Sent back by %(name)s") % {"name": work.ended.get("back_by", "")}
                told.append({"title": title, "reason": str(work.ended.get("why", ""))})
        return told

    @property
    def is_long(self) -> bool:
        """Whether its explanations fold away."""
        return len(self.step.why) + len(self.step.if_fails) > LONG


def check_line(row: StepCheck | None, must: str, if_fails: str) -> dict[str, Any]:
    """Return a check as a page draws it."""
    if row is None:
        return {"must": must, "state": "waiting", "word": _("Not looked up yet")}
    state, word = words.CHECK[row.result]
    entries = [index + 1 for index in row.facts.get("entries", ()) if isinstance(index, int)]
    return {
        "must": must or row.says,
        "state": state,
        "word": str(word),
        "found": row.says if must else "",
        "at": row.at,
        "entries": entries[:MOST_LINKS],
        "more_entries": max(0, len(entries) - MOST_LINKS),
        "reason": row.reason,
        "reason_by": row.reason_by,
        "if_fails": if_fails if row.result == Result.FAILED else "",
    }


def steps_of(desk: Desk, found: Gathered | None = None) -> list[Shown]:
    """Return the steps of a run, in their order."""
    found = found or gather(desk)
    rows = RunStep.objects.filter(run=desk.run).select_related("by_user", "by_outsider").order_by("place")
    steps = []
    for row in rows:
        row.run = desk.run
        steps.append(Shown(desk, row, desk.document.step(row.key), len(desk.document.steps), found))
    return steps


def has_part(desk: Desk, shown: Shown) -> bool:
    """Whether a step is of a role that whoever is at the desk has."""
    for key in roles_of(desk.document, shown.step):
        row = shown.of.roles.get(key)
        if row is None:
            continue
        if desk.user is not None and desk.user.pk in (row.user_id, row.stand_in_id):
            return True
        if desk.outsider is not None and desk.outsider.pk == row.outsider_id:
            return True
    return False
