"""What the log alone tells of a run that was played, short enough to stand in a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.features.runbooks.library.playing import Play, Stage


def acts(play: Play) -> list[str]:
    """Return what happened in a run: who (by their role), what, at which step, what a signature says.

    Nothing is read but entries: those that refer to the one that opened the run, and signatures that name it. They must
    be the ones that the run's page leads to.
    """
    from indelible.features.runbooks.models import RunEntry
    from indelible.storage.database.reads import get_entries

    run, book = play.run, play.stage.book
    book.refresh_from_db()
    told: dict[int, Mapping[str, Any]] = {}
    for entry in get_entries(book, run.entry, book.size - 1):
        refers, extra = entry.event.get("refers_to") or {}, entry.event.get("extra", {})
        of_run = entry.index == run.entry or refers.get("entry") == run.entry
        if entry.event["action"]["said"] == "run_opened" and entry.index != run.entry:
            continue  # another run, which this one has started
        if of_run or (extra.get("run") or {}).get("entry") == run.entry:
            told[entry.index] = entry.event
    assert set(told) == set(RunEntry.objects.filter(run=run).values_list("index", flat=True))
    names: dict[str, str] = {}
    for role, doer in play.holders.items():
        names.setdefault(doer.name, role)
    return [_act(event, names) for event in told.values()]


def _act(event: Mapping[str, Any], names: Mapping[str, str]) -> str:
    said, extra = event["action"]["said"], event.get("extra", {})
    who = names.get(event.get("actor", {}).get("name", ""), event.get("actor", {}).get("name", "?"))
    if said == "signed_off":
        step = event["targets"][0]["id"].rpartition(" step ")[2]
        return f"{who}: signed {step}, {extra['meaning']}" + _way(extra)
    parts = [f"{who}:", said.replace("_", " ").removeprefix("step ").removeprefix("run ")]
    if step := (extra.get("step") or {}).get("key"):
        parts.append(step)
    if extra.get("late"):
        parts.append("late")
    return " ".join(parts) + _way(extra)


def _way(extra: Mapping[str, Any]) -> str:
    """Return which way was gone, where there was more than one."""
    return f" -> {extra['choice']}" if extra.get("choice") else ""


def invite(play: Play, role: str, name: str) -> Any:
    """Let somebody without an account fill a role; return them as a doer."""
    from indelible.features.runbooks.running import roles
    from indelible.features.runbooks.running.doers import Doer

    by = Doer.of_user(play.stage.ana)
    outsider, _key, _pin = roles.invite_outsider(play.run, role, name, "", by, play.stage.now)
    play.holders[role] = Doer.of_outsider(outsider)
    return play.holders[role]


def others_under_way(play: Play) -> list[str]:
    """Return the runbooks that a run has started besides itself."""
    from indelible.features.runbooks.models import Run

    return list(Run.objects.filter(follows_up=play.key).order_by("pk").values_list("runbook__key", flat=True))


def checked(stage: Stage, verdict: str = "matches") -> Any:
    """Note that the whole record was checked, by the clock of the stage, with that verdict."""
    from indelible.features.seals.models import Check

    findings = [{"kind": "altered", "accuses": True}] if verdict == "does not match" else []
    return Check.objects.create(
        logbook=stage.book,
        state="done",
        kind="everything",
        asked_at=stage.now,
        started_at=stage.now,
        finished_at=stage.now,
        verdict=verdict,
        report={"findings": findings},
        size=stage.book.size,
    )


def newest_seal(stage: Stage) -> tuple[str, str]:
    """Return the number of the newest seal, and its twelve words."""
    from indelible.features.seals import minutes
    from indelible.storage.database import reads

    stage.book.refresh_from_db()
    seal = reads.get_checkpoint(stage.book)
    return str(seal.size), minutes.words_of(stage.book, seal).listed
