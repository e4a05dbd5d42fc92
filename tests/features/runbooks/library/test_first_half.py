"""RB-01 to RB-13 against their source, step by step: who does it, how, whose signature says what."""

from __future__ import annotations

import pytest

from indelible.features.runbooks.library import all_ready
from tests.features.runbooks.library.test_all_of_them import told

# Where one step of the source is two here, since each of two people has a part of their own in it; and where going on
# needs a decision that the source has in its "if it fails".
MORE = {"RB-06": ["sign_off_it"], "RB-07": ["with_head"], "RB-09": ["copies"]}
# Roles that the source words otherwise, or joins in one line.
SAID = {
    ("RB-02", "it"): "IT or system owner",
    ("RB-04", "it"): "IT and facilities",
    ("RB-06", "hr"): "IT and HR",
    ("RB-09", "witness"): "Security lead with a witness",
    ("RB-09", "log_keeper"): "Log keeper, answering in writing",
    ("RB-10", "privacy_lead"): "First person, then privacy lead",
    ("RB-12", "legal"): "Legal (not the person who asked)",
}
JOINED = {"Both leads", "Old and new manager together", "Log keeper, someone else watching"}


@pytest.mark.parametrize(
    "key", sorted(told_key for told_key in all_ready() if "RB-01" <= told_key <= "RB-13")
)
def test_each_step_is_the_one_of_the_source(key: str) -> None:
    runbook = all_ready()[key]
    steps = [step for step in runbook.steps if step.key not in MORE.get(key, ())]
    wanted = told()[key]["steps"]
    assert len(steps) == len(wanted)
    for step, source in zip(steps, wanted, strict=True):
        kind = {"auto": "check"}.get(source["kind"], source["kind"])
        assert (step.kind, step.sign, step.means) == (kind, source["sign"], source.get("means", "")), step.key
        by = source["by"].strip('"')
        if by.split(" (")[0].split(",")[0].split(" or ")[0] == "System":
            assert step.by == "system" or step.sign != "none", step.key
            continue
        roles = [runbook.roles[one].title for one in (step.by, *step.also)]
        named = by in JOINED or SAID.get((key, step.by)) == by
        assert named or all(role.lower() in by.lower() or by.lower() in role.lower() for role in roles), (
            step.key, roles, by,
        )  # fmt: skip
        assert bool(step.files) or source["kind"] != "attach"
