"""All ready runbooks at once: each holds together, is understood, and says everything that its source says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indelible.features.alarms.signs import all_signs
from indelible.features.rules import catalogue
from indelible.features.runbooks.document.reading import flaws_of, from_text
from indelible.features.runbooks.document.runbook import Runbook, Step
from indelible.features.runbooks.document.writing import to_toml
from indelible.features.runbooks.library import all_ready
from tests.shared import shared_path

READY = all_ready()
EACH = pytest.mark.parametrize("key", list(READY))
NEVER = re.compile(
    r"\b(checkpoints?|merkle|hash(es|ed)?|digests?|inclusion proofs?|tamper[- ]?(proof|evident)|immutab\w+|"
    r"unhackable|oops|please|sorry|leaf|blockchain|illegal|invalid|fatal|abort(ed)?|click here|webhook|redact\w*|"
    r"attest\w*|four[- ]eyes|ingest\w*|metadata|snapshot|AI)\b|!"
)
# How clauses of each framework are written: the name first, then what its own text calls the place.
CLAUSE = re.compile(
    r"(PCI \d+(\.\d+)+|HIPAA 164\.\d+(\([a-zA-Z0-9]+\))*|SOC2 (CC|A|C|P|PI)\d\.\d|ISO (A\.)?\d+(\.\d+)*|"
    r"NIST [A-Z]{2}-\d+|NIS2 (CIR )?\d+(\.\d+)*(\([a-z0-9]+\))*|CSF [A-Z]{2}\.[A-Z]{2}-\d\d|"
    r"CIS \d+\.\d+|GDPR \d+(\([0-9a-z]+\))*|UK [\w .()-]+|SOX [\w-]+|AS \d{4}(\.\w+)?|SEC [\w.() -]+|"
    r"P11 11\.\d+(\([a-z0-9]+\))*|DORA (RTS )?[\d-]+|eIDAS \d+|FRE [\d()]+|FRCP [\d()a-z]+|FCPA [\w()]+|"
    r"NYDFS \d+\.\d+|CNIL \d+-\d+|DE (GoBD|HGB \d+)|EU [\w .()-]+|AMLR? [\w.()]+|FCA [\w .]+)"
)


def words_of(runbook: Runbook) -> Iterator[tuple[str, str]]:
    """Yield every text of a runbook that people read, with where it stands."""
    for name in ("title", "purpose", "note", "due_words", "team"):
        yield name, getattr(runbook, name)
    yield from (("outputs", text) for text in runbook.outputs)
    yield from ((f"roles.{key}", f"{role.title} {role.note}") for key, role in runbook.roles.items())
    yield from ((f"clocks.{clock.key}", clock.title) for clock in runbook.clocks)
    for step in runbook.steps:
        for name in ("title", "do", "why", "done", "if_fails", "files"):
            yield f"{step.key}.{name}", getattr(step, name)
        for field in step.fields:
            yield f"{step.key}.{field.key}", f"{field.label} {field.hint} {' '.join(field.options)}"
        for check in step.checks:
            yield f"{step.key}.{check.key}", f"{check.says} {check.if_fails}"
        for branch in step.branches:
            yield f"{step.key}.branch", branch.label


def test_there_are_the_26_of_daily_life_and_the_one_that_sets_up() -> None:
    assert list(READY) == [f"RB-{number:02d}" for number in range(27)]
    titles = Counter(runbook.title for runbook in READY.values())
    assert not [title for title, count in titles.items() if count > 1]


@EACH
def test_it_holds_together_and_is_written_back_the_same(key: str) -> None:
    runbook = READY[key]
    assert not list(flaws_of(runbook))
    assert from_text(to_toml(runbook)) == runbook
    assert (
        runbook.purpose and runbook.outputs and runbook.serves and runbook.starts.when and runbook.due_words
    )


@EACH
def test_each_of_its_checks_can_give_an_answer(key: str) -> None:
    from indelible.features.runbooks.checks import registry

    assert not registry.flaws_in(READY[key])


@EACH
def test_each_of_its_sentences_is_understood(key: str) -> None:
    from indelible.features.runbooks.checks.sentences import flaws_of_sentence

    runbook = READY[key]
    said = [step.view.entries for step in runbook.steps if step.view is not None and step.view.entries]
    said += [step.wait.event for step in runbook.steps if step.wait is not None and step.wait.event]
    said += [trigger.event for trigger in runbook.starts.on if trigger.event]
    assert {text: flaws for text in said if (flaws := list(flaws_of_sentence(text, runbook)))} == {}


@EACH
def test_each_list_that_it_shows_is_there(key: str) -> None:
    from indelible.features.runbooks.running import lists

    shown = {step.view.list_ for step in READY[key].steps if step.view is not None and step.view.list_}
    assert shown <= set(lists.known())


@EACH
def test_it_points_only_at_what_there_is(key: str) -> None:
    runbook = READY[key]
    rules = catalogue.RULES
    assert set(runbook.uses) <= set(rules)
    assert runbook.keep in catalogue.CLASSES
    assert runbook.team in {team.name for team in catalogue.TEAMS} | {"Compliance", "Privacy"}
    known = {clause for rule in rules.values() for clause in rule.serves}
    assert not [one for one in runbook.serves if one not in known and not CLAUSE.fullmatch(one)]
    assert len(set(runbook.serves)) == len(runbook.serves)
    started = {branch.start for step in runbook.steps for branch in step.branches if branch.start}
    started |= {str(check.settings["runbook"]) for step in runbook.steps for check in step.checks
                if "runbook" in check.settings}  # fmt: skip
    assert started <= set(READY)
    alarms = {trigger.alarm for trigger in runbook.starts.on if trigger.alarm}
    assert alarms <= set(rules) | set(all_signs())


@EACH
def test_each_role_has_something_to_do_or_answers_for_it(key: str) -> None:
    """A role that no step names is one that nobody would know what to do with."""
    runbook = READY[key]
    busy = {step.by for step in runbook.steps} | {role for step in runbook.steps for role in step.also}
    assert {role for role in runbook.roles if role not in busy} <= {runbook.owner, "compliance_lead"}


@EACH
def test_whoever_signs_second_can_be_somebody_else(key: str) -> None:
    """No signature of a second person covers work of its own role: nobody could ever give it."""
    runbook = READY[key]
    for step in runbook.steps:
        if step.sign != "two":
            continue
        covered = [runbook.step(one) for one in runbook.covered(step.key) if one != step.key]
        assert covered, step.key
        assert not {one.key for one in covered if one.by in (step.by, *step.also)}, step.key


@EACH
def test_its_words_are_those_that_people_know(key: str) -> None:
    found = {where: hit[0] for where, text in words_of(READY[key]) if (hit := NEVER.search(text))}
    assert found == {}


@EACH
def test_each_step_says_why_it_is_asked_and_what_to_do_if_it_fails(key: str) -> None:
    for step in READY[key].steps:
        for name in ("do", "why", "done", "if_fails"):
            text = getattr(step, name)
            assert (
                len(text) > 5 and text.lstrip("“0123456789 ")[0].isalpha() and text.rstrip()[-1] in ".?”"
            ), (step.key, name, text)
        assert step.why not in (step.do, step.done), step.key
        assert len(step.title) <= 60, step.title


# Against the page about them ---------------------------------------------------------------------------------

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "guide" / "ready-runbooks.md").read_text("utf-8")
MISSING = {
    "Backups": "backup",
    "Bringing a backup back": "restore",
    "Deletion when a period is over": "retention",
    "Legal holds": "hold",
    "Erasing personal data": "erasure",
    "Cases": "case",
    "Logins of guests that end by themselves": "guest",
}


@EACH
def test_the_page_about_them_tells_of_it(key: str) -> None:
    runbook = READY[key]
    part = PAGE.partition(f"\n## {runbook.team}\n")[2].partition("\n## ")[0]
    assert f"\n| {key} | {runbook.title} | {runbook.starts.when.rstrip('.')} |\n" in part


def test_the_page_names_each_check_that_rests_on_what_is_missing() -> None:
    for title, what in MISSING.items():
        resting = [key for key, runbook in READY.items() for step in runbook.steps for check in step.checks
                   if check.kind == "later" and check.settings["what"] == what]  # fmt: skip
        assert f"\n| {title} | {', '.join(dict.fromkeys(resting))} |\n" in PAGE
    known = {str(check.settings["what"]) for runbook in READY.values() for step in runbook.steps
             for check in step.checks if check.kind == "later"}  # fmt: skip
    assert known == set(MISSING.values())


# Against the source ------------------------------------------------------------------------------------------

SIGNED = {"none", "one", "two"}


def told() -> dict[str, dict[str, Any]]:
    """Return what the source says of each runbook."""
    text = shared_path("runbooks.md").read_text("utf-8")
    found = {}
    for block in re.findall(r"```yaml\n(id: RB-.*?)```", text, re.DOTALL):
        head, *steps = re.split(r"\n  - n: \d+\n", block)
        said: dict[str, Any] = dict(re.findall(r"^(\w+): (.*)$", head, re.MULTILINE))
        tail = dict(re.findall(r"^(\w+): (.*)$", steps[-1], re.MULTILINE))
        said |= {name: tail[name] for name in ("outputs", "serves", "keep")}
        said["steps"] = [dict(re.findall(r"^    (\w+): (.*)$", one, re.MULTILINE)) for one in steps]
        found[said["id"]] = said
    return found


def unquoted(text: str) -> str:
    return text.strip().strip('"')


def listed(text: str) -> list[str]:
    return re.findall(r'"([^"]*)"', text) or [
        one.strip() for one in text.strip("[]").split(",") if one.strip()
    ]


@pytest.mark.parametrize("key", [key for key in READY if key != "RB-00"])
def test_it_says_what_its_source_says(key: str) -> None:
    source, runbook = told()[key], READY[key]
    assert runbook.title == unquoted(source["title"])
    assert runbook.purpose == unquoted(source["purpose"])
    assert runbook.keep == source["keep"].split("#")[0].strip()
    assert list(runbook.serves) == listed(source["serves"])
    assert list(runbook.uses) == listed(source["uses"])
    assert len(runbook.outputs) == len(listed(source["outputs"]))


@pytest.mark.parametrize("key", [key for key in READY if key != "RB-00"])
def test_every_step_of_its_source_is_there_in_order(key: str) -> None:
    """Steps may be told apart where the source has two people do one, but none is missing, and none asks for less."""
    steps: Iterator[Step] = iter(READY[key].steps)
    for number, wanted in enumerate(told()[key]["steps"], 1):
        kind = {"auto": "check"}.get(wanted["kind"], wanted["kind"])
        match = next((step for step in steps if _is(step, kind, wanted)), None)
        assert match is not None, f"step {number}: {wanted['do']} ({kind}, {wanted['sign']})"


def _is(step: Step, kind: str, wanted: dict[str, str]) -> bool:
    kinds = {kind, "second"} if wanted["sign"] == "two" else {kind}
    return step.kind in kinds and step.sign == wanted["sign"] and step.means == wanted.get("means", "")
