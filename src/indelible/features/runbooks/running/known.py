"""What tells whether somebody may do or sign a step, of several runs at once: who holds which role, and who had a hand
in what. Each kind is read when it is first asked for, in one query however many runs there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from indelible.features.people.second import selves
from indelible.features.runbooks.models import RunRole, RunStep, StepList, StepSignature, StepWork
from indelible.features.runbooks.running.doers import (
    BY_NAME,
    Doer,
    doers_of,
    first_same,
    is_called,
    is_outsider,
)
from indelible.features.signoffs.models import Decision

Of = tuple[int, str]  # a run and the key of a step


class Known:
    """What is known of some runs; good for one look at them, made anew for each act under its lock."""

    def __init__(self, runs: Iterable[int]) -> None:
        self.runs = sorted(set(runs))
        self._same: dict[str, set[str]] = {}

    @cached_property
    def roles(self) -> dict[int, list[RunRole]]:
        """Who fills the roles of each run."""
        found: dict[int, list[RunRole]] = defaultdict(list)
        rows = RunRole.objects.filter(run__in=self.runs).select_related("user", "stand_in", "outsider")
        for row in rows.order_by("pk"):
            found[row.run_id].append(row)
        return found

    @cached_property
    def by(self) -> dict[Of, str]:
        """Who did each step, at its present attempt."""
        rows = RunStep.objects.filter(run__in=self.runs).exclude(by_user=None, by_outsider=None)
        told = rows.values_list("run", "key", "by_user", "by_outsider")
        return {(run, key): tag_of(user, outsider) for run, key, user, outsider in told}

    @cached_property
    def hands(self) -> dict[Of, list[str]]:
        """Who wrote, attached or decided something at each step, or did it, in any attempt."""
        found: dict[Of, list[str]] = defaultdict(list)
        rows = StepWork.objects.filter(step__run__in=self.runs).order_by("step", "attempt")
        for run, key, hands, ended in rows.values_list("step__run", "step__key", "hands", "ended"):
            found[run, key] += [*hands, (ended or {}).get("by", "")]
        return found

    @cached_property
    def values(self) -> dict[int, list[dict[str, str]]]:
        """What was filled in, in any attempt of any step of a run."""
        found: dict[int, list[dict[str, str]]] = defaultdict(list)
        for run, values in StepWork.objects.filter(step__run__in=self.runs).values_list(
            "step__run", "values"
        ):
            found[run].append(values)
        return found

    @cached_property
    def signatures(self) -> dict[Of, list[tuple[StepSignature, str]]]:
        """The signatures of each step, those over an earlier state too, each with who gave it."""
        found: dict[Of, list[tuple[StepSignature, str]]] = defaultdict(list)
        rows = StepSignature.objects.filter(step__run__in=self.runs).select_related("sign_off", "step")
        for row in rows.order_by("pk"):
            tag = tag_of(row.sign_off.by_id, None) or row.sign_off.outsider
            found[row.step.run_id, row.step.key].append((row, tag))
        return found

    @cached_property
    def decided(self) -> dict[Of, list[str]]:
        """Who decided about rows of the lists of each step."""
        shown: dict[int, list[Of]] = defaultdict(list)
        rows = StepList.objects.filter(step__run__in=self.runs)
        for frozen, run, key in rows.values_list("frozen", "step__run", "step__key"):
            shown[frozen].append((run, key))
        found: dict[Of, list[str]] = defaultdict(list)
        if shown:
            told = Decision.objects.filter(frozen__in=list(shown)).order_by()
            for frozen, user, outsider in told.values_list("frozen", "by", "outsider").distinct():
                for of in shown[frozen]:
                    found[of].append(tag_of(user, None) or outsider)
        return found

    @cached_property
    def doers(self) -> dict[str, Doer]:
        """Everybody who holds a role in these runs or had a hand in them."""
        tags = {*self.by.values()}
        for told in (*self.hands.values(), *self.decided.values()):
            tags |= {*told}
        tags |= {tag for rows in self.signatures.values() for _row, tag in rows}
        held = [one for rows in self.roles.values() for row in rows for one in holders(row)]
        there = {one.tag: one for one in held}
        return {**there, **{one.tag: one for one in doers_of(tag for tag in sorted(tags - {*there}) if tag)}}

    def first(self, doer: Doer, tags: Iterable[str]) -> Doer | None:
        """Return the first of these who is the same person as `doer`, whichever account or link they use."""
        told = list(dict.fromkeys(tags))
        if is_called(doer, (tag.removeprefix(BY_NAME) for tag in told if tag.startswith(BY_NAME))):
            return doer  # a paper says that they did it
        wanted = [tag for tag in told if tag in self.doers]
        if doer.user is None:
            return first_same(doer, [self.doers[tag] for tag in wanted])
        return next((self.doers[tag] for tag in wanted if tag in self._same_as(doer)), None)

    def _same_as(self, doer: Doer) -> set[str]:
        """Return those of all who are here that are one person with somebody who has an account."""
        assert doer.user is not None
        if doer.tag not in self._same:
            users = [one.user for one in self.doers.values() if one.user is not None]
            differ = {user.pk for user in selves.others_than(doer.user, users)} if users else set()
            outsiders = [one for one in self.doers.values() if one.outsider is not None]
            self._same[doer.tag] = {
                *(f"user {user.pk}" for user in users if user.pk not in differ),
                *(one.tag for one in outsiders if is_outsider(doer.user, one)),
            }
        return self._same[doer.tag]


def holders(row: RunRole) -> list[Doer]:
    """Return who fills a role: who has it, who stands in, who came from outside."""
    users = [Doer(user=user) for user in (row.user, row.stand_in) if user is not None]
    return [*users, *([Doer(outsider=row.outsider)] if row.outsider is not None else [])]


def tag_of(user: int | None, outsider: int | None) -> str:
    """Return what tables know somebody by, empty for Indelible itself."""
    if user is not None:
        return f"user {user}"
    return f"outsider {outsider}" if outsider is not None else ""
