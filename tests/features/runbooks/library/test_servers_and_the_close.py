"""RB-18 (restore test), RB-22 (emergency access), RB-23 (month-end close), from start to end."""

from __future__ import annotations

from datetime import date

import pytest

from tests.features.runbooks.library.playing import Play, Stage
from tests.features.runbooks.library.reading_back import acts, newest_seal, others_under_way

NO_WORDS = "step-check-why"


# RB-18 -------------------------------------------------------------------------------------------------------


def restored(stage: Stage, play: Play, **values: str) -> Play:
    """Go through the test up to its two last signatures; `values` are answers of any step."""
    times = {"began_at": "2026-03-02T09:10:00Z", "ready_at": "2026-03-02T10:40:00Z"}
    for step in ("choose", "intact", "restore", "check_restored", "compare", "erased", "destroy"):
        fields = {one.key for one in play.document.step(step).fields}
        play.do(step, **{key: value for key, value in (times | values).items() if key in fields})
    return play


def test_the_record_can_be_brought_back_whole(stage: Stage) -> None:
    number, words = newest_seal(stage)
    play = restored(stage, stage.play("RB-18"), restored_number=number, restored_words=words)
    play.do("sign_it").do("sign_compliance")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "compliance: done choose",
        "compliance: signed choose, prepared",
        "it: file attached intact",
        "it: done intact",
        "it: done restore",
        "it: done check_restored",
        "it: signed check_restored, checked",
        "compliance: done compare",
        "compliance: signed compare, checked",
        "compliance: done erased",
        "compliance: signed erased, checked",
        "it: file attached destroy",
        "it: done destroy",
        "it: signed destroy, checked",
        "it: signed sign_it, approved",
        "compliance: signed sign_compliance, approved",
        "Indelible: closed",
    ]
    assert play.found("failed") == []
    assert play.found("unchecked") == [
        "choose.complete",
        "intact.fits",
        "restore.in_time",
        "check_restored.whole",
        "erased.again",
    ]
    assert others_under_way(play) == []
    sample = play.row("compare").lists.get().frozen.sample
    assert sample["size"] == 10
    assert f"seed {sample['seed']}" in play.says("compare", "drawn")
    play.check_story()


def test_what_was_erased_and_can_be_read_again_is_a_breach(stage: Stage) -> None:
    for other in ("RB-09", "RB-10"):
        stage.runbook(other)
    play = restored(stage, stage.play("RB-18"), readable="Yes")
    # The words that were typed are not those of that seal, and what was erased could be read.
    assert play.found("failed") == ["check_restored.same_seal"]
    assert others_under_way(play) == ["RB-09", "RB-10"]
    # Each side signs for what the other did, and not for its own.
    play.refused("run-step-not-yours", lambda: play.sign("sign_it", as_=play.holders["compliance"]))
    play.send_back("sign_it", to="compare", why="Entry 7 reads otherwise")
    play.do("compare").do("erased", readable="Yes") if play.state("erased") == "open" else play.do("compare")
    play.do("sign_it", outcome="It failed").do("sign_compliance")
    assert others_under_way(play) == ["RB-09", "RB-10", "RB-18"]  # the test is made again
    assert play.run.state == "closed"
    play.check_story()


# RB-22 -------------------------------------------------------------------------------------------------------


def used(stage: Stage) -> None:
    stage.tell("sign_in", "shared_account", "root")
    stage.tell("change", "system_setting", "Mail server", actor={"name": "root", "kind": "person"})


def test_a_quick_rescue_keeps_the_name_of_the_rescuer(stage: Stage) -> None:
    play = stage.play("RB-22", "root")
    play.do("ask", account="root", broken="Mail does not go out")
    stage.wait(minutes=10)
    used(stage)
    play.do("approve").do("take_out").do("work")
    stage.wait(hours=1)
    play.do("give_back")
    stage.wait(hours=20)
    play.do("look", decide="Explained").do("cause")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "on_call: done ask",
        "on_call: signed ask, requested",
        "duty_manager: done approve -> Approved",
        "duty_manager: signed approve, approved",
        "on_call: done take_out -> It was approved",
        "on_call: done work",
        "on_call: done give_back",
        "on_call: signed give_back, prepared",
        "reviewer: signed look, checked",
        "system_owner: done cause",
        "system_owner: signed cause, approved",
        "Indelible: closed",
    ]
    assert play.states("passed_over") == ["approve_after"]
    assert play.found("failed") == play.found("unchecked") == []
    assert "as checked, over 1 row looked at" in play.story()[-4]
    play.check_story()


def test_whoever_reaches_nobody_goes_ahead_for_an_hour(stage: Stage) -> None:
    play = stage.play("RB-22", "root")
    play.do("ask", account="root", reached="Nobody could be reached")
    used(stage)
    play.do("take_out")
    assert play.states("passed_over") == ["approve"]
    # Not approved within the hour: the access ends, and the step says so.
    stage.wait(hours=2)
    play.refused("step-late-why", lambda: play.do("approve_after"))
    play.do("approve_after", note="I slept", sign=False)
    play.refused(NO_WORDS, lambda: play.sign("approve_after", reasons=False))
    play.sign("approve_after").do("work")
    stage.wait(hours=4)
    stage.tell("sign_in", "shared_account", "root")
    play.do("give_back", note="It took longer", sign=False)
    play.refused(NO_WORDS, lambda: play.sign("give_back", reasons=False))
    play.sign("give_back")
    stage.wait(minutes=5)
    stage.tell("sign_in", "shared_account", "root")  # somebody still has the password
    for role in ("on_call",):
        play.refused("run-step-not-yours", lambda role=role: play.sign("look", as_=play.holders[role]))
    play.refused(NO_WORDS, lambda: play.do("look", decide="A case", reasons=False))
    play.do("look", decide="A case").do("cause")
    assert play.found("failed") == ["approve_after.within_hour", "give_back.in_time", "look.not_again"]
    assert [one for one in acts(play) if one.endswith("late")] == [
        "duty_manager: done approve_after late",
        "on_call: done give_back late",
    ]
    play.check_story()


def test_access_that_nobody_approved_is_said_to_be_so(stage: Stage) -> None:
    play = stage.play("RB-22", "root")
    why = "Mail does not go out and nobody knows the reason"
    play.do("ask", account="root", broken=why, reached="Nobody could be reached").do("take_out")
    play.not_concluded("approve_after", "Nobody approved by 11:00; the account was locked then")
    play.do("work").do("give_back").do("look").do("cause")
    assert play.state("approve_after") == "not_concluded"
    assert play.run.state == "closed"
    # The same reason within 90 days is noticed.
    again = stage.play("RB-22", "root")
    again.do("ask", account="root", broken=why).do("approve").do("take_out").do("work").do("give_back").do(
        "look"
    )
    again.do("cause", sign=False)
    assert again.found("failed")[-1] == "cause.not_same"
    again.refused(NO_WORDS, lambda: again.sign("cause", reasons=False))
    play.check_story()


def test_the_reviewer_was_not_there(stage: Stage) -> None:
    from indelible.features.runbooks.running.errors import RunError

    with pytest.raises(RunError, match="run-role-twice"):
        stage.play("RB-22", cast={"on_call": "Ben Osei", "reviewer": "Ben Osei"})


# RB-23 -------------------------------------------------------------------------------------------------------

APPROVED = {"extra": {"approval_ref": "A-1"}}


def month(stage: Stage) -> Play:
    stage.tell("receive", "external_file", "Bank statement")
    stage.tell("post", "journal", "J-1", before=10, **APPROVED)
    stage.tell("change", "approval_limit", "Ivo Jansen", before=12, **APPROVED)
    return stage.play("RB-23", period=(date(2026, 2, 1), date(2026, 2, 28)))


def to_the_close(play: Play) -> None:
    for step in ("start_list", "files", "reconcile", "review", "journals", "bank_changes"):
        play.do(step)


def test_the_numbers_were_checked_by_people_who_could_say_no(stage: Stage) -> None:
    play = month(stage)
    to_the_close(play)
    stage.wait(hours=1)
    stage.tell("close", "period", "February 2026")
    play.do("close")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "controller: done start_list",
        "controller: signed start_list, prepared",
        "clerk: file attached files",
        "clerk: done files",
        "preparer: file attached reconcile",
        "preparer: done reconcile",
        "preparer: signed reconcile, prepared",
        "reviewer: signed review, checked",
        "controller: done journals",
        "controller: signed journals, checked",
        "controller: done bank_changes",
        "controller: signed bank_changes, checked",
        "controller: done close -> An ordinary month",
        "controller: signed close, approved",
        "Indelible: closed",
    ]
    assert play.states("passed_over") == ["confirm", "sign_quarter"]
    assert play.found("failed") == [
        "journals.papers"
    ]  # the one journal came without its papers, and that was said
    assert play.found("unchecked") == []
    play.check_story()


def test_at_the_end_of_a_quarter_owners_confirm_before_the_last_signature(stage: Stage) -> None:
    play = month(stage)
    play.do("start_list").do("files").do("reconcile")
    play.refused("run-step-not-yours", lambda: play.sign("review", as_=play.holders["preparer"]))
    play.send_back("review", to="reconcile", why="An old difference is not explained")
    play.do("reconcile", differences="120.00, from November: a refund under way").do("review")
    stage.tell("post", "journal", "J-2", before=4)  # without approval
    play.do("journals", decide="Approved late", sign=False)
    play.refused(NO_WORDS, lambda: play.sign("journals", reasons=False))
    play.sign("journals").do("bank_changes")
    # The finance system has not said that the period is closed: the signature waits for it, or for words.
    play.do("close", quarter="Yes, a quarter ends", sign=False)
    play.refused(NO_WORDS, lambda: play.sign("close", reasons=False))
    play.sign("close")
    play.refused("step-files-missing", lambda: play.do("confirm", files=0))
    play.do("confirm", refused="The owner of stock")
    play.refused("run-step-not-yours", lambda: play.sign("sign_quarter", as_=play.holders["controller"]))
    play.do("sign_quarter", decision="Stock is written down by 4,000.00 EUR")
    assert acts(play)[-5:] == [
        "account_owner: done confirm",
        "account_owner: signed confirm, acknowledged",
        "controller: refused sign_quarter",
        "cfo: signed sign_quarter, approved",
        "Indelible: closed",
    ]
    assert "reviewer: sent back reconcile" in acts(play)
    play.check_story()
