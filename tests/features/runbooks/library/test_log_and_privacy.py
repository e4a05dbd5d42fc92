"""The ready runbooks about the log itself, privacy and holds, each from start to end with its roles: the plain way, and
what happens where something fails. The log tells the whole story each time (`Play.check_story`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.features.runbooks.library.playing import BEGINS, Play, Stage

MATTER = "Harrow dispute"


# RB-01 Monthly log review -----------------------------------------------------------------------------------


def review(stage: Stage, entries: int = 30) -> Play:
    """A review of a period that holds so many entries of a source."""
    for number in range(entries):
        stage.tell("change", "customer", f"Customer {number}")
    return stage.play("RB-01", period=(date(2026, 2, 1), datetime.now(UTC).date()))


def test_the_log_is_reviewed(stage: Stage) -> None:
    stage.check_the_record()
    play = review(stage).go()
    assert play.run.state == "closed"
    assert play.found("failed") == []
    assert play.found("unchecked") == [
        "integrity.each_day", "integrity.outside", "integrity.stamped", "agree.no_case",
    ]  # fmt: skip
    assert play.says("sample", "drawn").startswith("25 rows were drawn by chance out of ")
    story = play.check_story()
    signed = [one for one in story if " signed " in one]
    assert [one.partition(" signed")[0] for one in signed] == ["Ben Osei", "Chloe Martin"]
    assert "as checked, over" in signed[0]
    assert story[-1] == "“Monthly log review” was finished"


def test_a_review_in_which_something_was_found(stage: Stage) -> None:
    """A check that found something starts RB-09; a sample that was not read and a change nobody approved stop the
    signature until somebody says why; sent back, both versions stay."""
    stage.runbook("RB-09")
    stage.find_altered()
    play = review(stage, 4)
    play.do("period").do("gaps").do("integrity")
    (started,) = stage.runs("RB-09")
    assert started.follows_up_id == play.key
    play.do("warnings").do("sample", look=False)
    play.do("administrators", rules_approved="no", rules_approved_why="Nobody knows who asked for it.")
    play.do("summary", seen="A gap on Tuesday.", sign=False)
    play.refused("step-check-why", lambda: play.sign("summary", reasons=False))
    play.sign("summary")
    play.send_back("agree", "summary", "What of Tuesday?")
    play.do("summary", seen="A gap on Tuesday, now explained.").do("agree")
    assert play.run.state == "closed"
    assert set(play.found("failed")) == {
                "integrity.untouched", "integrity.each_day", "sample.rows_opened", "administrators.said_rules_approved",
    }  # fmt: skip
    story = play.check_story()
    assert sum("did step 7 (Write the summary)" in one for one in story) == 2
    said = [event["extra"]["answers"]["seen"] for _index, event in play.events()
            if "seen" in event.get("extra", {}).get("answers", {})]  # fmt: skip
    assert said == ["A gap on Tuesday.", "A gap on Tuesday, now explained."]


def test_a_review_that_cannot_be_concluded(stage: Stage) -> None:
    stage.find_altered()  # and RB-09 is not in force here: the log says so
    play = review(stage, 1).go("summary")
    play.not_concluded("summary", "The logs of March are not here yet.")
    play.do("agree")
    assert play.run.state == "closed"
    story = play.check_story()
    assert any("The logs of March are not here yet." in one for one in story)
    assert any("RB-09" in one for one in story)
    assert play.events()[-1][1]["extra"]["summary"]["not_concluded"] == 1


def test_a_warning_that_nobody_decided_stops_the_signature(stage: Stage) -> None:
    from indelible.features.runbooks.running import doing
    from indelible.features.signoffs import deciding
    from indelible.features.signoffs.errors import SignOffError

    stage.warn(3)
    play = review(stage, 1).go("warnings")
    reviewer = play.holders["reviewer"]
    frozen = doing.open_step(play.row("warnings"), reviewer, stage.now)
    assert frozen is not None
    who = doing.signer_of(reviewer)
    deciding.decide(frozen, [0], "fine", "", who, stage.now)
    with pytest.raises(SignOffError, match="decide-why"):
        deciding.decide(frozen, [1], "case", "", who, stage.now)
    deciding.decide(frozen, [1], "case", "Case 7.", who, stage.now)
    doing.finish(play.row("warnings"), reviewer, stage.now)
    play.did.append(("step_done", "warnings", reviewer.name))
    assert play.says("warnings", "all_decided") == "1 of 3 rows are not decided."
    play.go("summary").do("summary", sign=False)
    play.refused("step-check-why", lambda: play.sign("summary", reasons=False))
    play.sign("summary").do("agree")
    assert any("step 7, Write the summary” as checked, over" in one for one in play.check_story())


def test_the_words_of_last_month_are_not_enough(stage: Stage) -> None:
    review(stage, 1).go(summary={"seen": "All was quiet and as usual in this month."})
    again = review(stage, 0).go("agree", summary={"seen": "All was quiet and as usual in this month."})
    assert "summary.own_words" in again.found("failed")
    assert "period.period_follows" in again.found("failed")
    with pytest.raises(Exception, match="run-role-twice"):
        stage.play("RB-01", cast={"reviewer": "Ben Osei", "compliance_lead": "Ben Osei"})


# RB-03 Seal hand-over ---------------------------------------------------------------------------------------


def test_seals_are_handed_to_the_auditor(stage: Stage) -> None:
    stage.check_the_record()
    number, words = stage.newest_seal()
    play = stage.play("RB-03").do("full_check", seal_number=number)
    auditor = play.from_outside("auditor", "Ingrid Vale", "ingrid@audit.example")
    play.do("second_check", first_words=words, second_words=words)
    play.do("outside_copies", printed_number=number, printed_words=words, hand_over_now="yes").do("seal_pack")
    play.refused("run-step-not-yours", lambda: play.sign("hand_over", as_=play.holders["log_keeper"]))
    play.refused("step-files-missing", lambda: play.do("hand_over", files=0))
    play.do("hand_over").do("auditor_checks", as_=auditor, auditor_words=words).do("limits")
    assert play.run.state == "closed"
    assert play.found("failed") == []
    assert play.found("unchecked") == ["full_check.erased_with_case", "outside_copies.held"]
    story = play.check_story()
    assert any(one.startswith("Ingrid Vale signed") and "as acknowledged" in one for one in story)
    assert any(
        "Chloe Martin signed" in one and "step 5, Hand the pack over” as approved" in one for one in story
    )


def test_in_most_months_the_record_is_only_checked(stage: Stage) -> None:
    stage.check_the_record()
    number, words = stage.newest_seal()
    compared = {"printed_number": number, "printed_words": words, "hand_over_now": "no"}
    play = stage.play("RB-03").go(outside_copies=compared)
    assert play.run.state == "closed"
    assert play.states("passed_over") == ["seal_pack", "hand_over", "auditor_checks", "limits"]
    assert "nothing is handed over this time" in " ".join(play.check_story())


def test_two_checkers_that_differ_and_a_record_that_does_not_fit(stage: Stage) -> None:
    stage.runbook("RB-09")
    stage.find_altered()
    play = stage.play("RB-03")
    play.do("full_check", sign=False)
    assert [run.follows_up_id for run in stage.runs("RB-09")] == [play.key]
    play.refused("step-check-why", lambda: play.sign("full_check", reasons=False))
    play.sign("full_check")
    play.refused("step-check-why", lambda: play.do("second_check", second_words="other words", reasons=False))
    play.go(outside_copies={"hand_over_now": "yes"})
    assert play.run.state == "closed"
    assert play.found("failed") == [  # the two results were the same when tried again; words are none of a seal
        "full_check.untouched", "second_check.real", "outside_copies.contained", "auditor_checks.same_seal",
    ]  # fmt: skip
    assert [run.follows_up_id for run in stage.runs("RB-09")] == [play.key, play.key]
    play.check_story()


# RB-09 Suspected tampering ----------------------------------------------------------------------------------


def test_the_log_may_have_been_tampered_with(stage: Stage) -> None:
    stage.runbook("RB-10")
    number, words = stage.newest_seal()
    play = stage.play("RB-09")
    play.do("freeze").do("copies", copy_one="9f3a 77", copy_two="9F3A77")
    for role in ("security_lead", "log_keeper"):
        play.refused("run-step-not-yours", lambda role=role: play.sign("copies_seen", as_=play.holders[role]))
    play.do("copies_seen").do("first_bad", break_kind="Removed").do("dull_causes").do("good_until")
    play.do("who_could").do("refill").do("tell", personal_data="yes")
    (breach,) = stage.runs("RB-10")
    assert (breach.state, breach.follows_up_id) == ("open", play.key)
    play.do("statement", good_seal_number=number, good_seal=words, damaged_copy="9f3a77").do("learn")
    assert play.run.state == "closed"
    assert play.found("failed") == []
    assert set(play.found("unchecked")) == {
        "freeze.retention_paused", "good_until.outside_there", "good_until.backup_there",
    }  # fmt: skip
    story = play.check_story()
    for step, one, other in (
        ("Tell those who must know", "Emma Lind", "Farid Amin"),
        ("Put a statement on the record", "Ben Osei", "Emma Lind"),
        ("Learn from it", "Ben Osei", "Emma Lind"),
    ):
        signed = [each.partition(" signed")[0] for each in story if " signed " in each and step in each]
        assert signed == [one, other], step


def test_copies_that_differ_are_made_again(stage: Stage) -> None:
    play = stage.play("RB-09").do("freeze")
    play.do("copies", copy_one="9f3a", copy_two="9f3b")
    play.refused("step-check-why", lambda: play.do("copies_seen", reasons=False))
    play.send_back("copies_seen", "copies", "The two fingerprints differ.")
    play.do("copies", copy_one="9f3c", copy_two="9f3c", tries="2").do("copies_seen")
    assert "copies.copies_equal" not in play.found("failed")
    story = play.check_story()
    assert sum("did step 2 (Copy everything twice)" in one for one in story) == 2
    with pytest.raises(Exception, match="run-role-twice"):
        stage.play("RB-09", cast={"security_lead": "Ben Osei", "log_keeper": "Ben Osei"})


# RB-10 Personal data breach ---------------------------------------------------------------------------------


def clocks(play: Play) -> dict[str, timedelta]:
    """How long after awareness each clock that runs ends."""
    from indelible.features.runbooks.models import RunClock

    rows = RunClock.objects.filter(run=play.key).exclude(due_at=None)
    return {row.key: row.due_at - BEGINS for row in rows if row.due_at is not None}


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_breach_with_every_clock(stage: Stage) -> None:
    play = stage.play("RB-10", "CRM export")
    play.do("notice", happened_at=(BEGINS - DAY).isoformat(), aware_at=BEGINS.isoformat())
    assert clocks(play) == {}
    stage.wait(hours=1)
    classed = (BEGINS + 2 * HOUR).isoformat()
    play.do("stop_it")
    play.do("laws", gdpr="yes", hipaa="yes", nydfs="yes", dora="yes", nis2="yes", classed_at=classed)
    assert clocks(play) == {
        "gdpr": 72 * HOUR, "hipaa": 60 * DAY + 13 * HOUR - timedelta(seconds=1), "nydfs": 72 * HOUR,
        "dora_first": 6 * HOUR, "dora_latest": 24 * HOUR, "nis2_early": 24 * HOUR, "nis2_notice": 72 * HOUR,
    }  # fmt: skip
    play.do("size").do("harm").do("decide", caused_by="Ivo Jansen")
    stage.wait(hours=2)
    sent = stage.now
    play.do("send", sent_at=sent.isoformat()).do("tell_people")
    stage.wait(hours=20)
    play.do("follow_up", followed_at=stage.now.isoformat())
    assert clocks(play)["dora_interim"] == sent + 72 * HOUR - BEGINS
    play.do("close")
    assert play.run.state == "closed"
    assert play.found("failed") == []
    assert play.found("unchecked") == ["stop_it.hold_placed"]
    story = play.check_story()
    met = [event["extra"] for _index, event in play.events() if event["action"]["said"] == "clock_met"]
    assert len(met) == 10
    assert not any(one.get("late") for one in met)
    assert [one.partition(" signed")[0] for one in story if "step 6, Decide who is told” as approved" in one] == [
        "Emma Lind", "Daniel Osei",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "left_out"),
    [
        ("The regulator and the people", []),
        ("The regulator only", ["tell_people"]),
        ("The people only", ["send"]),
        ("Nobody", ["send", "tell_people", "follow_up"]),
    ],
)
def test_only_those_are_told_who_are_to_be_told(stage: Stage, decision: str, left_out: list[str]) -> None:
    play = stage.play("RB-10", "CRM export").go(decide={"decision": decision, "decision_why": "So it is."})
    assert play.run.state == "closed"
    assert play.states("passed_over") == left_out
    play.check_story()
    told = [event["extra"]["answers"] for _index, event in play.events()
            if "decision" in event.get("extra", {}).get("answers", {})]  # fmt: skip
    assert [one["decision"] for one in told] == [decision]


def test_a_breach_that_was_told_late_and_by_nobody_who_caused_it(stage: Stage) -> None:
    from indelible.features.runbooks.running import altering

    play = stage.play("RB-10", "CRM export").go("harm", laws={"gdpr": "yes"})
    stage.wait(hours=50)
    play.refused("step-late-why", lambda: play.do("harm"))
    play.do("harm", note="The figures came late.")
    filled = play.fill("decide", {}) | {"caused_by": "Emma Lind"}
    play.refused("step-check-why", lambda: play.sign("decide", values=filled, reasons=False))
    stage.wait(hours=30)
    play.do("decide", note="Management was away.").do("send", note="Decided late.")
    altering.late_reason(
        play.run, play.holders["privacy_lead"], "Management was away.", stage.now, clock="gdpr"
    )
    play.do("tell_people", people_told="9", people_affected="12").do("follow_up").do("close")
    assert set(play.found("failed")) == {"harm.before_48", "send.in_time", "tell_people.all_told"}
    story = play.check_story()
    (met,) = [event["extra"] for _index, event in play.events() if event["action"]["said"] == "clock_met"]
    assert met["late"] is True
    assert any("Management was away." in one for one in story)


# RB-11 Access request ---------------------------------------------------------------------------------------


def test_a_person_asks_for_their_data(stage: Stage) -> None:
    play = stage.play("RB-11", "C-991")
    received = stage.now - timedelta(hours=2)
    play.do("enter", received_at=received.isoformat()).do("acknowledge").do("identity").do("plan")
    stage.wait(days=5)
    stage.tell("search", "customer", "C-991")
    stage.tell("view", "customer", "C-991")
    play.go()
    assert play.run.state == "closed"
    assert play.found("failed") == []
    assert play.found("unchecked") == ["close.pack_gone"]
    story = play.check_story()
    assert any("Emma Lind signed" in one and "step 8, Second reading” as approved" in one for one in story)


def test_an_answer_that_was_sent_back_stopped_and_late(stage: Stage) -> None:
    from indelible.features.runbooks.models import RunClock
    from indelible.features.runbooks.running import altering

    play = stage.play("RB-11", "C-991").go(
        "identity", enter={"received_at": (stage.now - 4 * DAY).isoformat(), "law": "United Kingdom"},
        acknowledge={"note": "It lay in a mailbox."},
    )  # fmt: skip
    owner = play.holders["privacy_lead"]
    altering.stop_clock(play.run, "answer", owner, "Who it is was not clear.", stage.now)
    stage.wait(days=10)
    altering.go_on_clock(play.run, "answer", owner, stage.now)
    due = RunClock.objects.get(run=play.key).due_at
    assert due is not None
    # A month from receipt, and ten days that it stood still: Easter Sunday, so the day after it.
    assert due.date() == date(2026, 4, 6)
    play.go("second_read", search={"note": "The owner was away."})
    play.refused("run-step-not-yours", lambda: play.sign("second_read", as_=owner))
    play.send_back("second_read", "take_out", "A colleague's name is still in it.")
    assert play.state("take_out") == "sent_back"
    play.do("take_out").do("second_read", letter_parts="yes")
    stage.now = due + HOUR
    play.refused("step-late-why", lambda: play.do("send"))
    play.do("send", note="The pack was larger than the mailbox took.").do("close")
    assert play.run.state == "closed"
    assert {"acknowledge.in_three_days", "search.searches_there", "send.on_time"} <= set(play.found("failed"))
    story = play.check_story()
    assert any("Who it is was not clear." in one for one in story)
    assert sum("did step 7 (Take out what is not theirs)" in one for one in story) == 2


# RB-12 Erasure ----------------------------------------------------------------------------------------------


def test_an_erasure_is_asked_for(stage: Stage) -> None:
    stage.tell("place_hold", "hold", "Another matter", before=90)
    stage.tell("create", "customer", "C-991", before=90)
    stage.check_the_record()
    play = stage.play("RB-12").do("enter", search_words="C-991").do("ground").do("duties").do("holds")
    play.do("scope")
    for role in ("privacy_lead", "log_keeper", "watcher"):
        play.refused("run-step-not-yours", lambda role=role: play.sign("approve", as_=play.holders[role]))
    play.do("approve")
    assert play.state("erase") == "open"  # Indelible cannot say so by itself yet
    play.do("erase").do("try_back").do("tell").do("close", certificate_says="Case 7, one customer, 3 March.")
    assert play.run.state == "closed"
    assert play.found("failed") == []
    assert play.found("unchecked") == [
        "duties.table",
        "holds.holds_here",
        "erase.erased",
        "erase.backups_age",
    ]
    story = play.check_story()
    tried = [one.partition(" signed")[0] for one in story if "Try to get it back” as witnessed" in one]
    assert tried == ["Daniel Osei", "Emma Lind"]


@pytest.mark.parametrize(
    ("step", "answer", "label", "left_out"),
    [
        ("ground", {"ground": "None"}, "No ground: it is refused", 6),
        ("duties", {"duty": "Everything"}, "Everything must be kept", 5),
        ("holds", {"hold_found": "yes"}, "A hold covers it: nothing is erased", 4),
    ],
)
def test_nothing_is_erased_where_it_must_stay(
    stage: Stage, step: str, answer: dict[str, str], label: str, left_out: int
) -> None:
    steps: dict[str, Any] = {step: answer}
    play = stage.play("RB-12").go(**steps)
    assert play.run.state == "closed"
    assert len(play.states("passed_over")) == left_out
    assert "erase" in play.states("passed_over")
    assert label in " ".join(play.check_story())


def test_an_erasure_that_left_a_copy_and_named_somebody(stage: Stage) -> None:
    play = stage.play("RB-12", "Anna Berg").go("holds", enter={"search_words": "C-991"}).do("holds")
    stage.wait(days=2)
    play.go("try_back")
    assert "approve.hold_fresh" in play.found("failed")
    stage.tell("change", "customer", "C-991")
    play.do("try_back", nothing_back="no", nothing_back_why="An export still held it; erased there too.")
    play.do("tell", stays="The invoices, until 2033.")
    play.do("close", certificate_says="Customer C-991 was erased.", sign=False)
    play.refused("step-check-why", lambda: play.sign("close", reasons=False))
    play.sign("close")
    assert {"try_back.not_found", "try_back.said_nothing_back", "close.no_name"} <= set(play.found("failed"))
    play.check_story()
    with pytest.raises(Exception, match="run-role-twice"):
        stage.play("RB-12", cast={"log_keeper": "Ben Osei", "watcher": "Ben Osei"})


# RB-13 Legal hold -------------------------------------------------------------------------------------------


def test_a_hold_is_placed_kept_alive_and_let_go(stage: Stage) -> None:
    stage.runbook("RB-14")
    stage.tell("send", "contract", f"{MATTER}: letter", before=20)
    stage.tell("delete", "file", "Something else", before=20)
    stage.tell("close", "employee", "Somebody Else", before=20)
    play = stage.play("RB-13", MATTER).do("matter").do("scope", scope_find=MATTER, in_scope="Tom Reed")
    play.do("approve").do("switch_on").do("notice").do("window")
    play.refused("step-waits", lambda: play.do("remind"))
    stage.now = play.row("remind").wait_until
    assert stage.now.date() == date(2026, 6, 2)
    play.do("remind")
    stage.now = play.row("review").wait_until
    play.do("review", goes_on="no", reason_now="The matter is settled.")
    assert play.run.state == "closed"
    assert [run.about for run in stage.runs("RB-14")] == [MATTER]
    assert play.found("failed") == []
    assert play.found("unchecked") == ["switch_on.refuses"]
    play.check_story()


def test_a_hold_over_counsels_own_papers_and_what_was_deleted_before_it(stage: Stage) -> None:
    stage.tell("delete", "file", f"{MATTER}: draft", before=5)
    play = stage.play("RB-13", MATTER).do("matter").do("scope", scope_find=MATTER, in_scope="Chloe Martin")
    filled = play.fill("approve", {})
    play.refused("run-about-you", lambda: play.sign("approve", values=filled))
    play.hand_over("general_counsel", "Hugo Weiss", "She is in scope.")
    play.do("approve").do("switch_on", one_tested="no", one_tested_why="It cannot hold; we took a copy.")
    stage.wait(days=9)
    play.do("notice", note="Two were on leave.").do("window", deleted="One draft; counsel was told today.")
    stage.tell("close", "employee", "Chloe Martin")
    play.go(review={"goes_on": "yes"})
    assert play.run.state == "closed"
    assert set(play.found("failed")) == {
        "switch_on.said_one_tested", "window.nothing_deleted", "remind.no_leaver",
    }  # fmt: skip
    (again,) = [run for run in stage.runs("RB-13") if run.follows_up_id]
    assert (again.about, again.state) == (MATTER, "open")
    play.check_story()


def test_a_hold_in_place_is_kept_alive_with_fresh_words(stage: Stage) -> None:
    same = {"reason_now": "The claim is still before the court in Leeds.", "goes_on": "no"}
    stage.play("RB-13", MATTER).go(review=same)
    play = stage.play("RB-13", MATTER).go(
        matter={"new_or_again": "A hold in place that goes on"}, review=same, scope={"in_scope": "Tom Reed"}
    )
    assert play.states("passed_over") == ["scope", "approve", "switch_on", "notice", "window"]
    assert "review.fresh_words" in play.found("failed")
    play.check_story()
