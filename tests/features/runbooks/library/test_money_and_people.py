"""The ready runbooks about people and money, each from start to end with its roles: the plain way, and what happens
where something fails. The log tells the whole story each time (`Play.check_story`).
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.features.runbooks.library.playing import Stage

ANNA = "Anna Berg"
HARROW = "Harrow Freight"
TOMORROW, NEXT_WEEK = timedelta(days=1), timedelta(days=7)


# RB-04 Joiner -----------------------------------------------------------------------------------------------


def test_a_new_person_starts(stage: Stage) -> None:
    stage.tell("create", "employee", ANNA)
    play = stage.play("RB-04", ANNA)
    first_day = (stage.now + NEXT_WEEK).date().isoformat()
    play.do("enter", starts_on=first_day, manager_name="Chloe Martin").do("before_start").do("ask")
    play.do("approve", rights_count="2")
    stage.wait(days=6)
    stage.tell("create", "user_account", ANNA)
    for right in ("Sales", "Reports"):
        stage.tell("grant", "role", f"{right} for {ANNA}")
    play.do("grant")
    stage.tell("enable", "mfa", ANNA)
    stage.wait(days=1, minutes=5)
    stage.tell("sign_in", "user_account", ANNA)
    play.do("sign_in")
    for item in ("badge", "device"):
        stage.tell("issue", item, f"{item} for {ANNA}")
    play.do("equipment", items_given="2").do("policies")
    assert play.state("look_again") == "open"
    play.refused("step-waits", lambda: play.do("look_again"))
    stage.wait(days=31)
    play.do("look_again", unused="Reports is not used, and goes.")
    assert play.run.state == "closed"
    assert play.found("failed") == play.found("unchecked") == []
    story = play.check_story()
    assert story[0] == "Ana Ruiz started “Joiner: new person starts: Anna Berg” (RB-04 version 1)"
    assert story[-1] == "“Joiner: new person starts: Anna Berg” was finished"
    assert (
        "Daniel Osei signed “Joiner: new person starts: Anna Berg: step 4, Approve each system” as approved"
        in story
    )


def test_a_joiner_whose_access_was_copied_and_given_too_early(stage: Stage) -> None:
    """A late entry, a request that copies somebody, a right too many, a first sign-in without a second step, policies
    not read: each stops its signature until somebody says why, and stays to be seen."""
    stage.tell("create", "employee", ANNA)
    play = stage.play("RB-04", ANNA, without=["new_starter"])
    today = stage.now.date().isoformat()
    play.do("enter", starts_on=today, sign=False)
    play.refused("step-check-why", lambda: play.sign("enter", reasons=False))
    play.sign("enter").do("before_start")
    play.refused("step-missing", lambda: play.do("ask", by_role="no"))
    play.do("ask", by_role="no", by_role_why="The old team could not name the roles in time.")
    play.do("approve", rights_count="1")
    stage.tell("sign_in", "user_account", ANNA)
    stage.wait(minutes=5)
    stage.tell("create", "user_account", ANNA)
    stage.tell("enable", "mfa", ANNA)
    for right in ("Sales", "Payments"):
        stage.tell("grant", "role", f"{right} of {ANNA}")
    play.do("grant").do("sign_in").do("equipment", items_given="1")
    assert play.run.state == "open"
    outsider = play.from_outside("new_starter", ANNA, "anna@example.org")
    stage.wait(days=12)
    play.refused("step-late-why", lambda: play.do("policies"))
    play.do("policies", note="Anna was ill.", as_=outsider)
    stage.wait(days=30)
    play.do("look_again")
    assert set(play.found("failed")) == {
        "enter.in_time", "ask.said_by_role", "grant.as_agreed", "sign_in.second_step_first",
        "equipment.items_match", "policies.in_five_days",
    }  # fmt: skip
    story = play.check_story()
    assert any("Anna Berg signed" in one and "as acknowledged" in one for one in story)
    assert play.events()[-1][1]["extra"]["summary"]["late"] == 1


def test_whoever_asks_for_access_does_not_approve_it(stage: Stage) -> None:
    with pytest.raises(Exception, match="run-role-twice"):
        stage.play("RB-04", ANNA, cast={"manager": "Ben Osei", "system_owners": "Ben Osei"})
    play = stage.play("RB-04", ANNA).go("approve")
    play.refused("run-step-not-yours", lambda: play.do("approve", as_=play.holders["manager"]))
    assert play.story()[-1].startswith("Chloe Martin ")
    play.send_nothing_back("approve")


# RB-05 Mover ------------------------------------------------------------------------------------------------


def test_a_person_changes_job(stage: Stage) -> None:
    for right in ("Buying", "Reports", "Payments"):
        stage.tell("grant", "role", f"{right} of {ANNA}", before=200)
    play = stage.play("RB-05", ANNA)
    assert play.run.due_at is None
    play.do("enter", moves_on=(stage.now + NEXT_WEEK).date().isoformat())
    assert play.state("today") == "done"  # Indelible looked by itself, and all was there
    play.do("decide", decide="goes").do("ask").do("approve", rights_count="1")
    stage.wait(days=7)
    for right in ("Buying", "Reports", "Payments"):
        stage.tell("revoke", "role", f"{right} of {ANNA}")
    stage.tell("grant", "role", f"Sales of {ANNA}")
    play.do("change", removals_count="3").do("compare")
    assert play.run.state == "closed"
    assert play.found("failed") == play.found("unchecked") == []
    story = play.check_story()
    signed = [one for one in story if "step 3, Mark each right” as checked, over 3 rows" in one]
    assert [one.partition(" signed")[0] for one in signed] == ["Chloe Martin", "Daniel Osei"]
    assert any("Indelible did step 2" in one or "Step 2" in one for one in story)


def test_a_mover_whose_old_right_did_not_go(stage: Stage) -> None:
    stage.tell("grant", "role", f"Buying of {ANNA}", before=200)
    play = stage.play("RB-05", ANNA).go(
        "approve", enter={"moves_on": stage.now.date().isoformat()}, decide={"decide": "goes"}
    )
    play.do("approve", rights_count="0")
    stage.wait(days=8)
    play.do("change", removals_count="1", note="The old system answers only by mail.")
    play.do("compare", sign=False)
    play.refused("step-check-why", lambda: play.sign("compare", reasons=False))
    play.sign("compare")
    assert play.run.state == "closed"
    assert play.found("failed") == ["enter.in_time", "change.taken_away", "compare.no_difference"]
    play.check_story()
    assert play.events()[-1][1]["extra"]["late"] is True


# RB-06 Leaver -----------------------------------------------------------------------------------------------


def test_a_person_leaves(stage: Stage) -> None:
    leaves_at = stage.now + timedelta(days=4)
    stage.tell("place_hold", "hold", "Another matter", before=90)
    stage.tell("sign_in", "user_account", ANNA, before=2)
    stage.tell("export", "customer.file", "Prices", before=60)
    stage.tell("create", "user_account", "Somebody Else", before=60)
    play = stage.play("RB-06", ANNA)
    play.do("enter", leaves_at=leaves_at.isoformat(), leaver=ANNA)
    play.do("holds").do("take_over").do("last_days")
    stage.now = leaves_at
    stage.tell("disable", "user_account", ANNA)
    stage.wait(minutes=20)
    play.do("switch_off")
    stage.wait(days=1)
    stage.tell("return", "badge", f"Badge of {ANNA}")
    play.do("collect")
    assert play.state("prove") == "done"
    play.do("sign_off_it").do("sign_off")
    assert play.run.state == "closed"
    assert play.found("failed") == []
    assert play.found("unchecked") == ["holds.holds_here"]
    assert play.check_story()[-2].startswith("Ben Osei signed “Leaver: person leaves: Anna Berg: step 9")


def test_a_leaver_who_came_back_in(stage: Stage) -> None:
    """A hold, exports in the last days, access off too late, a sign-in afterwards, equipment missing."""
    stage.tell("place_hold", "hold", f"Dispute with {ANNA}", before=10)
    stage.tell("export", "customer.file", f"All customers, by {ANNA}", before=3)
    play = stage.play("RB-06", ANNA)
    play.do("enter", leaves_at=stage.now.isoformat(), urgent="yes", leaver="Ben Osei")
    play.do("holds", hold_found="yes").do("take_over").do("last_days", judgement="Told legal today.")
    stage.wait(hours=3)
    stage.tell("disable", "user_account", ANNA)
    play.refused("step-late-why", lambda: play.do("switch_off"))
    play.do("switch_off", note="Nobody was on call.")
    stage.wait(hours=1)
    stage.tell("sign_in", "user_account", ANNA)
    play.do("collect", all_back="no", all_back_why="The badge is lost, and blocked.")
    play.advance()
    assert play.state("prove") == "open"  # its owner has to say what to make of it
    play.do("prove", reasons=False)
    play.refused("step-check-why", lambda: play.do("sign_off_it", reasons=False))
    play.refused("run-step-not-yours", lambda: play.do("sign_off_it", as_=play.holders["manager"]))
    play.send_back("sign_off_it", "last_days", "Which customers were exported?")
    assert play.state("sign_off_it") == "waiting"
    play.do("last_days", judgement="All of them; legal knows.", note="Named them.")
    play.go()
    assert play.run.state == "closed"
    assert set(play.found("failed")) == {
        "enter.ahead", "holds.hold_list", "last_days.few_exports", "switch_off.off_in_time",
        "collect.said_all_back", "collect.items_back", "prove.no_sign_in", "prove.here_too",
    }  # fmt: skip
    story = play.check_story()
    assert any("sent step 4" in one and "Which customers were exported?" in one for one in story)


# RB-07 Supplier bank change ---------------------------------------------------------------------------------


def test_supplier_bank_details_change(stage: Stage) -> None:
    stage.tell("send", "supplier", "billing@harrow.example wrote as Harrow Freight", before=60)
    stage.tell("change", "supplier", "Another Ltd", before=60)
    stage.tell("change", "supplier.bank_account", "Another Ltd", before=60)
    play = stage.play("RB-07", HARROW)
    play.do("request", sender="billing@harrow.example", new_account="ES91 2100 0418 4502 0005 1332")
    play.do("danger_signs")
    assert play.state("with_head") == "passed_over"
    play.do("call_back")
    assert play.state("compare") == "done"
    stage.wait(hours=1)
    stage.tell("change", "supplier.bank_account", HARROW)
    play.do("enter").do("approve", amount_due="12,000.00 EUR")
    stage.wait(hours=2)
    assert play.state("tell") == "open"
    stage.tell("send", "supplier", f"Notice to {HARROW}")
    play.advance()
    assert play.state("tell") == "done"
    play.refused("step-waits", lambda: play.do("release"))
    stage.wait(days=2)
    play.refused("step-waits", lambda: play.do("release"))
    stage.wait(days=1)
    play.do("release", files=1)
    assert play.run.state == "closed"
    assert play.found("failed") == play.found("unchecked") == []
    story = play.check_story()
    assert story[-3:-1] == [
        "Chloe Martin did step 9 (Release after the waiting time) of “Supplier bank-detail change: Harrow Freight”",
        "Chloe Martin signed “Supplier bank-detail change: Harrow Freight: step 9, Release after the waiting time”"
        " as approved",
    ]


@pytest.mark.parametrize(("choice", "ends"), [("Go on", False), ("Stop", True)])
def test_danger_signs_go_on_only_with_the_head_of_finance(stage: Stage, choice: str, ends: bool) -> None:
    play = stage.play("RB-07", HARROW).do("request")
    play.do("danger_signs", danger="At least one", signs_seen="A new address, and in a hurry.")
    assert play.state("with_head") == "open"
    play.refused(
        "run-step-not-yours", lambda: play.do("with_head", choice="Go on", as_=play.holders["clerk_a"])
    )
    play.refused("step-choice-why", lambda: play.do("with_head", choice=choice))
    play.do("with_head", choice=choice, note="I know their new clerk.")
    assert play.run.state == ("closed" if ends else "open")
    assert play.state("call_back") == ("passed_over" if ends else "open")
    story = play.check_story()
    assert any(f"“{choice}”" in one and "I know their new clerk." in one for one in story)
    if not ends:
        play.go("approve")
        play.do("approve").check_story()


def test_the_call_back_is_not_skipped_and_not_made_by_whoever_opened_the_request(stage: Stage) -> None:
    from indelible.features.people.second import services as second
    from indelible.features.runbooks.running import doing, overriding

    with pytest.raises(Exception, match="run-role-twice"):
        stage.play("RB-07", HARROW, cast={"clerk_a": "Ben Osei", "clerk_b": "Ben Osei"})
    play = stage.play("RB-07", HARROW).go("call_back")
    clerk_a, clerk_b = play.holders["clerk_a"], play.holders["clerk_b"]
    play.refused("run-step-not-yours", lambda: play.do("call_back", as_=clerk_a))
    play.refused("step-skip-signed", lambda: doing.skip(play.row("call_back"), clerk_b, "No time", stage.now))
    play.refused(
        "step-missing", lambda: play.do("call_back", number_on_file="no")
    )  # a no needs words, and then stops the signature no longer
    asked = overriding.ask_override(play.row("call_back"), clerk_b, "They are closed until May.", stage.now)
    second.approve(asked, stage.ana, {}, now=stage.now)
    assert play.state("call_back") == "skipped"
    told = [one for one in play.story() if "overrode step 4" in one]
    assert len(told) == 1
    assert "They are closed until May." in told[0]
    assert "Ana Ruiz" in told[0]


def test_an_account_that_is_known_from_somebody_else_starts_an_investigation(stage: Stage) -> None:
    stage.runbook("RB-08")
    stage.tell("change", "supplier.bank_account", "Another Ltd, ES91 2100", before=60)
    play = stage.play("RB-07", HARROW).do("request", new_account="ES91 2100").do("danger_signs")
    play.do("call_back")
    assert play.state("compare") == "open"  # not gone on by itself: it failed
    play.do("compare")
    assert play.run.state == "closed"
    assert play.states("passed_over") == ["with_head", "enter", "approve", "tell", "release"]
    (started,) = stage.runs("RB-08")
    assert (started.about, started.follows_up_id, started.state) == (HARROW, play.key, "open")
    assert "The account is known from somebody else" in " ".join(play.check_story())


def test_the_head_of_finance_sends_back_and_then_refuses(stage: Stage) -> None:
    from indelible.features.runbooks.running import altering

    stage.tell("change", "supplier.bank_account", HARROW)
    play = stage.play("RB-07", HARROW).go("approve", call_back={"asked": "The last invoice number"})
    for role in ("clerk_a", "clerk_b"):
        play.refused("run-step-not-yours", lambda role=role: play.sign("approve", as_=play.holders[role]))
    play.send_back("approve", "call_back", "Whom did you speak to?")
    assert play.state("call_back") == "sent_back"
    play.do("call_back", called="Ms Harrow herself").go("approve")
    altering.end(
        play.run, play.holders["head_of_finance"], "withdrawn", "Ms Harrow knows of no change", stage.now
    )
    assert play.run.state == "withdrawn"
    story = play.check_story()
    assert "Ms Harrow knows of no change" in story[-1]
    attempts = [event["extra"].get("attempt") for _index, event in play.events()
                if event["action"]["said"] == "step_done" and event["extra"]["step"]["key"] == "call_back"]  # fmt: skip
    assert attempts == [None, 2]


# RB-08 Investigation ----------------------------------------------------------------------------------------


def test_a_payment_is_investigated(stage: Stage) -> None:
    for verb in ("create", "approve", "pay"):
        stage.tell(verb, "payment", "P-100", before=1)
    stage.check_the_record()
    play = stage.play("RB-08", "P-100")
    warned, called = stage.now - timedelta(minutes=50), stage.now - timedelta(minutes=10)
    play.do("bank_call", money_gone="yes", warned_at=warned.isoformat(), called_at=called.isoformat())
    play.do("open_case", named="Ivo Jansen", readers="Chloe Martin and Emma Lind")
    play.go("retest", conclude={"conclusion": "Fraud"}, sideways={"terms": "P-100"})
    play.refused("step-waits", lambda: play.do("retest"))
    play.go()
    assert play.run.state == "closed"
    assert play.found("failed") == []
    assert play.found("unchecked") == ["open_case.case_here"]
    story = play.check_story()
    talked = [one for one in story if "step 6, Speak to the people” as checked" in one]
    assert [one.partition(" signed")[0] for one in talked] == ["Chloe Martin", "Daniel Osei"]
    assert any("Draw the story from the record" in one for one in story)


def test_an_investigation_without_a_payment_that_needs_a_hold_and_cannot_show_anything(stage: Stage) -> None:
    stage.runbook("RB-13")
    play = stage.play("RB-08", "P-100")
    stage.wait(hours=2)
    play.do("bank_call", note="Nobody was there earlier.", money_gone="no")
    play.do("open_case", hold_needed="yes", named="Farid Amin", readers="Farid Amin, Emma Lind")
    assert [run.about for run in stage.runs("RB-13")] == ["P-100"]
    play.go("decide", conclude={"conclusion": "Cannot be shown"}, talks={"talked_at": "2026-03-01T08:00:00Z"})
    stage.tell("pay", "payment", "Another one")
    play.do("decide")
    stage.wait(days=60)
    stage.tell("pay", "payment", "P-100 again")
    play.do("retest", reasons=True)
    assert play.run.state == "closed"
    failed, unchecked = set(play.found("failed")), set(play.found("unchecked"))
    assert {"open_case.readers_apart", "talks.same_day"} <= failed
    assert {"bank_call.within_the_hour", "open_case.case_here", "story.untouched"} <= unchecked
    play.check_story()


def test_whoever_is_named_in_a_case_does_not_decide_it(stage: Stage) -> None:
    play = stage.play("RB-08", "P-100").go("decide", open_case={"named": "Emma Lind"})
    assert play.holders["cfo"].name == "Emma Lind"
    filled = play.fill("decide", {})
    play.refused("run-about-you", lambda: play.sign("decide", values=filled))
    assert "Emma Lind" in play.story()[-1]  # who tried it, and could not
    play.hand_over("cfo", "Hugo Weiss", "She is named in it.")
    play.do("decide")
    assert play.state("decide") == "signed"
    assert any("Hugo Weiss signed" in one for one in play.check_story())


def test_an_investigator_who_is_named_is_told_so(stage: Stage) -> None:
    play = stage.play("RB-08", "P-100").do("bank_call", money_gone="no")
    play.do("open_case", named="Chloe Martin", sign=False)
    play.refused("step-check-why", lambda: play.sign("open_case", reasons=False))
    assert "open_case.not_the_named" in play.found("failed")
