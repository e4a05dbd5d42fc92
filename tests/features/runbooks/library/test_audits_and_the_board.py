"""RB-15 (an audit), RB-16 (a change of the rules), RB-21 (SOC 2 readiness), RB-26 (board seal), from start to end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.features.runbooks.library.playing import Play, Stage
from tests.features.runbooks.library.reading_back import acts, checked, invite, newest_seal, others_under_way

NO_WORDS = "step-check-why"


def changed_here(stage: Stage, **more: Any) -> None:
    """Indelible itself notes that a rule was changed."""
    from indelible.events.own import own_event
    from indelible.storage.database.append import Draft, append

    event = own_event("rule_changed", "change", {"name": "Ana Ruiz", "kind": "person"},
                      [{"kind": "log.rule", "id": "7", "name": "Bank details"}])  # fmt: skip
    at = stage.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    append(stage.book, [Draft({**event, "occurred_at": at, **more})])


# RB-15 -------------------------------------------------------------------------------------------------------


def audit(stage: Stage) -> Play:
    for count in range(3):
        stage.tell("change", "supplier.bank_account", f"Supplier {count}", before=9)
    play = stage.play("RB-15", without=["auditor"])
    invite(play, "auditor", "Olga Petrova")
    play.do("scope", fieldwork_on="2026-03-20", auditors="Olga Petrova").do("logins")
    return play


def test_an_auditor_has_what_they_need_and_no_more(stage: Stage) -> None:
    play = audit(stage)
    checked(stage)
    assert play.row("first_pack").due_at.date().isoformat() == "2026-03-06"  # ten working days before
    play.do("first_pack", population="changes to supplier bank details")
    play.do("walk_through").do("sample", own_count="3").do("deliver").do("questions").do("findings").do(
        "close"
    )
    assert acts(play) == [
        "Ana Ruiz: opened",
        "Ana Ruiz: outsider invited",
        "compliance_lead: file attached scope",
        "compliance_lead: done scope",
        "compliance_lead: signed scope, prepared",
        "log_keeper: done logins",
        "log_keeper: signed logins, approved",
        "compliance_lead: file attached first_pack",
        "compliance_lead: done first_pack",
        "log_keeper: done walk_through",
        "log_keeper: signed walk_through, acknowledged",
        "auditor: done sample",
        "compliance_lead: file attached deliver",
        "compliance_lead: done deliver",
        "compliance_lead: signed deliver, checked",
        "compliance_lead: done questions",
        "findings_owner: signed findings, approved",
        "log_keeper: done close",
        "log_keeper: signed close, checked",
        "Indelible: closed",
    ]
    # No pack was made in this installation, nobody opened an entry, and RB-03 is not taken up.
    assert play.found("failed") == ["first_pack.pack_made", "walk_through.look_kept", "close.packs_logged"]
    assert play.found("unchecked") == ["logins.read_only", "close.seals_given"]
    play.check_story()


def test_an_auditor_who_counts_otherwise_is_answered_before_anything_is_signed(stage: Stage) -> None:
    play = audit(stage)
    checked(stage)
    play.refused("step-files-missing", lambda: play.do("first_pack", files=0))
    play.do("first_pack", population="changes to supplier bank details").do("walk_through")
    play.do("sample", own_count="5")
    assert "sample.same_count" in play.found("failed")
    play.do("deliver", sign=False)
    play.refused(NO_WORDS, lambda: play.sign("deliver", reasons=False))
    play.sign("deliver").do("questions", none_waited="no", none_waited_why="Two waited for the bank")
    # Whoever gave the evidence promises nothing, and neither does the auditor.
    for role in ("compliance_lead", "log_keeper", "auditor"):
        play.refused("run-step-not-yours", lambda role=role: play.sign("findings", as_=play.holders[role]))
    play.do("findings").not_concluded("close", "The audit goes on next year")
    assert play.state("close") == "not_concluded"
    assert play.run.state == "closed"
    assert play.run.ended_at is not None
    play.check_story()


# RB-16 -------------------------------------------------------------------------------------------------------

CAST = {"rule_owner": "Hugo Weiss"}  # the log keeper owns the rule
NEW, OLD = "changes to supplier bank details", "supplier bank details changed or deleted"


def asked(stage: Stage, **values: str) -> Play:
    stage.tell("change", "supplier.bank_account", "Harrow Freight", before=3)
    play = stage.play("RB-16", cast=CAST)
    given = {"new_sentence": NEW, "old_sentence": OLD, "watched": "nobody"} | values
    play.do("ask", **given)
    if play.state("effect") != "done":
        play.do("effect")
    return play


def test_a_rule_is_changed_in_daylight(stage: Stage) -> None:
    play = asked(stage)
    play.do("privacy").do("duty").do("approve")
    stage.wait(hours=1)
    changed_here(stage)
    play.do("in_force").do("tell")
    stage.wait(days=29)
    play.advance()
    assert play.state("thirty_days") == "open"
    stage.wait(days=2)
    play.advance()
    stage.tell("change", "supplier.bank_account", "Harrow Freight")
    play.do("look_back")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "asker: done ask",
        "asker: signed ask, requested",
        "Indelible: done effect",
        "privacy_lead: done privacy",
        "privacy_lead: signed privacy, checked",
        "legal: done duty",
        "legal: signed duty, checked",
        "approver: signed approve, approved",
        "approver_two: signed approve, approved",
        "log_keeper: done in_force -> Changed in Indelible",
        "compliance_lead: file attached tell",
        "compliance_lead: done tell",
        "compliance_lead: signed tell, checked",
        "Indelible: done thirty_days",
        "log_keeper: done look_back",
        "log_keeper: signed look_back, checked",
        "Indelible: closed",
    ]
    assert play.states("passed_over") == ["in_force_elsewhere"]
    assert play.found("failed") == []
    assert play.found("unchecked") == ["duty.no_hold"]
    play.check_story()


def test_a_rule_that_was_changed_before_it_was_approved_is_seen(stage: Stage) -> None:
    play = asked(stage, watched="Farid Amin")
    stage.wait(hours=1)
    changed_here(stage)
    stage.wait(hours=1)
    play.do("privacy").do("duty")
    # Farid, whom the rule watches, is the first approver.
    assert play.holders["approver"].name == "Farid Amin"
    play.refused(NO_WORDS, lambda: play.do("approve", reasons=False))
    play.do("approve").do("in_force").do("tell", sign=False)
    assert play.found("failed") == ["approve.apart", "in_force.changed", "in_force.not_before"]
    play.refused(NO_WORDS, lambda: play.sign("tell", reasons=False))
    play.sign("tell")
    play.check_story()


def test_one_no_leaves_everything_as_it_is(stage: Stage) -> None:
    play = asked(stage)
    play.do("privacy").do("duty")
    play.refused("run-step-not-yours", lambda: play.sign("approve", as_=play.holders["asker"]))
    play.send_back("approve", to="ask", why="The reason is too thin")
    play.do(
        "ask", watched="nobody", what="A policy or a setting elsewhere", reason="Asked for by the auditor"
    )
    # What was counted and answered was about another text.
    assert [play.row(step).attempt for step in ("privacy", "duty")] == [2, 2]
    if play.state("effect") == "open":
        play.do("effect")
    play.do("privacy").do("duty").do("approve")
    assert play.states("passed_over") == ["in_force"]
    stage.tell("change", "system_setting", "Sign-in rules")
    play.do("in_force_elsewhere").do("tell")
    assert "approver: signed approve, approved -> It is changed elsewhere" in acts(play)
    assert "in_force_elsewhere.changed_there" not in play.found("failed")
    assert [one for one in acts(play) if "sent back" in one] == ["approver: sent back ask"]
    play.check_story()


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("privacy", {"privacy_grows": "Yes, and the risk is high"}),
        ("duty", {"duty_verdict": "It is refused"}),
    ],
)
def test_a_change_that_must_not_be_made_ends_there(stage: Stage, step: str, answer: dict[str, str]) -> None:
    play = asked(stage)
    for key in ("privacy", "duty"):
        if play.state(key) == "open":
            play.do(key, **(answer if key == step else {}))
    assert play.run.state == "closed"
    assert {"approve", "in_force", "tell", "look_back"} <= set(play.states("passed_over"))
    assert " -> " in acts(play)[-3]
    play.check_story()


# RB-21 -------------------------------------------------------------------------------------------------------


def test_the_holes_are_found_before_the_auditor_does(stage: Stage) -> None:
    stage.tell("approve", "supplier.check", "Harrow Freight", before=30)
    play = stage.play("RB-21")
    play.do("scope", systems="Systems of Northwind")
    for step in ("controls", "every_time", "populations", "samples", "outside", "colours"):
        play.do(step, **({"red_owners": "Ivo Jansen"} if step == "colours" else {}))
    play.do("accept").do("retest")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "management: done scope",
        "management: signed scope, approved",
        "control_owners: done controls",
        "control_owners: signed controls, prepared",
        "compliance_lead: done every_time",
        "compliance_lead: done populations",
        "compliance_lead: signed populations, checked",
        "tester: done samples",
        "tester: signed samples, checked",
        "compliance_lead: done outside",
        "compliance_lead: signed outside, checked",
        "compliance_lead: done colours",
        "compliance_lead: signed colours, prepared",
        "management: signed accept, approved",
        "compliance_lead: done retest",
        "compliance_lead: signed retest, witnessed",
        "Indelible: closed",
    ]
    assert play.found("failed") == []
    # This firm has no rule yet, and none of those three runbooks: nothing can be said of them.
    assert play.found("unchecked") == [
        "every_time.rules_full",
        "every_time.log_review",
        "every_time.access_review",
        "every_time.restore_test",
    ]
    play.check_story()


def test_a_control_that_was_missed_stays_missed(stage: Stage) -> None:
    stage.runbook("RB-01")
    play = stage.play("RB-21")
    play.do("scope", systems="Systems of Northwind, Payroll").do("controls").do("every_time")
    # Payroll is not connected, and no month was reviewed in the last 45 days: both were said.
    assert play.found("failed") == ["scope.systems", "every_time.log_review"]
    play.do("populations", sign=False, counts_same="no", counts_same_why="Two leavers are missing here")
    play.refused(NO_WORDS, lambda: play.sign("populations", reasons=False))
    play.sign("populations").do("samples").do("outside").do(
        "colours", red_owners=play.holders["management"].name
    )
    play.refused(
        NO_WORDS, lambda: play.do("accept", reasons=False)
    )  # the plan would be accepted by an owner of red
    play.send_back("accept", to="colours", why="I own two of them")
    play.do("colours", red_owners="Ivo Jansen").do("accept")
    stage.wait(days=45)
    play.refused("step-late-why", lambda: play.do("retest"))
    play.do("retest", note="The repair took longer")
    assert acts(play)[-3] == "compliance_lead: done retest late"
    play.check_story()


# RB-26 -------------------------------------------------------------------------------------------------------


def meeting(stage: Stage) -> Play:
    play = stage.play("RB-26", without=["chair"])
    invite(play, "chair", "Olga Petrova")
    return play


def test_the_board_keeps_a_seal_in_its_minutes(stage: Stage) -> None:
    number, words = newest_seal(stage)
    play = meeting(stage)
    checked(stage)
    play.do("check").do("last_seal", last_number=number, last_words=words)
    play.do("print", printed_number=number, printed_words=words)
    play.do("read_aloud", minutes_words=words).do("sign_minutes").do("keep_paper")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "Ana Ruiz: outsider invited",
        "log_keeper: done check",
        "secretary: done last_seal",
        "secretary: signed last_seal, checked",
        "log_keeper: file attached print",
        "log_keeper: done print",
        "secretary: done read_aloud",
        "secretary: signed read_aloud, prepared",
        "secretary: file attached sign_minutes",
        "secretary: signed sign_minutes, witnessed",
        "chair: signed sign_minutes, witnessed",
        "secretary: done keep_paper",
        "secretary: signed keep_paper, checked",
        "Indelible: closed",
    ]
    assert play.found("failed") == []
    assert play.found("unchecked") == ["print.held"]  # nobody outside is set up to hold seals
    play.check_story()


def test_a_record_that_does_not_fit_the_minutes_is_told_to_the_board(stage: Stage) -> None:
    stage.runbook("RB-09")
    play = meeting(stage)
    checked(stage, "does not match")
    play.do("check", found="One entry was altered")
    assert play.found("failed") == ["check.untouched"]
    assert others_under_way(play) == ["RB-09"]
    play.do("last_seal", sign=False)  # the first meeting: there are no minutes yet
    assert play.found("unchecked") == ["last_seal.still_there"]
    play.refused(NO_WORDS, lambda: play.sign("last_seal", reasons=False))
    play.sign("last_seal").do("print").do("read_aloud", minutes_words="one two")
    assert "read_aloud.same_words" in play.found("failed")
    play.refused("run-step-not-yours", lambda: play.sign("sign_minutes", as_=play.holders["log_keeper"]))
    play.send_back("sign_minutes", to="print", why="The sheet is of another day")
    assert play.row("print").attempt == 2
    play.check_story()


def test_the_log_keeper_is_never_one_of_the_two(stage: Stage) -> None:
    from indelible.features.runbooks.running.errors import RunError

    with pytest.raises(RunError, match="run-role-twice"):
        stage.play("RB-26", cast={"secretary": "Ben Osei", "log_keeper": "Ben Osei"}, without=["chair"])
    play = stage.play("RB-26", without=["chair"])
    with pytest.raises(RunError, match="run-role-twice"):
        invite(play, "chair", play.holders["log_keeper"].name)
