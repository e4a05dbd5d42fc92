"""RB-17 (an outage), RB-20 (a new source), RB-24 (the daily check), from start to end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.features.runbooks.library.playing import Play, Stage
from tests.features.runbooks.library.reading_back import acts, checked, others_under_way

NO_WORDS = "step-check-why"
NAME = "Systems of Northwind"


def silent(stage: Stage) -> Any:
    """The source fell silent two hours ago."""
    from indelible.features.sources.models import Gap

    began = stage.now - timedelta(hours=2)
    return Gap.objects.create(source=stage.source, kind="silent", began_at=began, noticed_at=stage.now)


# RB-17 -------------------------------------------------------------------------------------------------------


def test_silence_becomes_a_hole_that_is_known_and_explained(stage: Stage) -> None:
    gap = silent(stage)
    stage.tell("change", "log_source", NAME, before=30)
    play = stage.play("RB-17", NAME)
    play.do("confirm", source=NAME)
    play.do("on_purpose").do("tell").do("other_eyes")
    stage.wait(hours=3)
    gap.ended_at, gap.explanation, gap.explained_entry = stage.now, "A cable was cut", 1
    gap.save()
    checked(stage)
    play.do("fix").do("fetch", source_count="40", fetched_count="38", lost_count="2").do("judge").do("close")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "log_owner: done confirm",
        "Indelible: done open_gap",
        "security_lead: done on_purpose",
        "security_lead: signed on_purpose, checked",
        "log_owner: file attached tell",
        "log_owner: done tell",
        "log_owner: done other_eyes",
        "log_owner: signed other_eyes, prepared",
        "it: done fix",
        "log_owner: done fetch",
        "log_owner: signed fetch, checked",
        "reviewer: signed judge, checked",
        "log_owner: done close",
        "log_owner: signed close, approved",
        "Indelible: closed",
    ]
    assert others_under_way(play) == []
    assert play.found("failed") == []
    assert play.found("unchecked") == []
    play.check_story()


def test_a_quiet_day_is_noted_and_closed(stage: Stage) -> None:
    play = stage.play("RB-17", NAME)
    play.do("confirm", source=NAME, verdict="A quiet day", how_known="A bank holiday; the test event arrived")
    assert acts(play) == ["Ana Ruiz: opened", "log_owner: done confirm -> A quiet day", "Indelible: closed"]
    assert len(play.states("passed_over")) == 8
    _opened, (_index, done), (_last, closed) = play.events()
    assert done["extra"]["answers"]["verdict"] == "A quiet day"
    assert closed["extra"]["summary"]["not_needed"] == 8
    play.check_story()


@pytest.mark.parametrize("cause", ["On purpose", "It cannot be told"])
def test_what_was_cut_on_purpose_or_cannot_be_told_is_suspected_tampering(stage: Stage, cause: str) -> None:
    stage.runbook("RB-09")
    silent(stage)
    stage.tell("stop", "log_source", NAME)
    play = stage.play("RB-17", NAME)
    play.do("confirm", source=NAME)
    play.do("on_purpose", cause_kind=cause, sign=False)
    assert others_under_way(play) == ["RB-09"]
    assert acts(play)[-1].startswith("security_lead: done on_purpose -> ")
    assert "on_purpose.no_stop" in play.found("failed")
    play.refused(NO_WORDS, lambda: play.sign("on_purpose", reasons=False))
    play.sign("on_purpose").do("tell").do("other_eyes").do("fix")
    play.do("fetch", source_count="40", fetched_count="10", lost_count="5", sign=False)
    assert "fetch.counts_agree" in play.found("failed")
    play.sign("fetch")
    play.refused("run-step-not-yours", lambda: play.sign("judge", as_=play.holders["log_owner"]))
    play.send_back("judge", to="fetch", why="15 of 40 are no account of 40")
    play.do("fetch", source_count="40", fetched_count="10", lost_count="30").do("judge")
    stage.wait(days=9)
    play.refused("step-late-why", lambda: play.do("close"))
    play.do("close", note="The maker took a week")
    assert "log_owner: done close late" in acts(play)
    play.check_story()


def test_an_outage_is_told_even_where_no_other_runbook_is_in_force(stage: Stage) -> None:
    silent(stage)
    play = stage.play("RB-17", NAME)
    play.do("confirm", source=NAME).do("on_purpose", cause_kind="On purpose")
    assert others_under_way(play) == []
    assert "security_lead: other not started on_purpose" in acts(play)


# RB-20 -------------------------------------------------------------------------------------------------------


def begun(stage: Stage, **values: str) -> Play:
    play = stage.play("RB-20")
    for step in ("sheet", "can_record", "privacy"):
        play.do(step, **(values if step == "privacy" else {}))
    return play


def test_a_source_is_complete_and_understood_from_day_one(stage: Stage) -> None:
    from indelible.features.sources.models import Health

    play = begun(stage)
    play.do("connect", source_name=NAME)
    stage.wait(hours=1)
    for count in range(10):
        stage.tell("change", "supplier", f"Supplier {count}")
    Health.objects.update_or_create(source=stage.source, defaults={"clock_ms": 300})
    play.do("ten_acts").do("clock").do("history", history_source="40", history_loaded="40")
    stage.wait(hours=1)
    silent(stage)
    play.do("alarm").do("approve_owner").do("approve_compliance")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "log_owner: done sheet",
        "log_owner: signed sheet, prepared",
        "it: done can_record",
        "it: signed can_record, checked",
        "privacy_lead: done privacy",
        "privacy_lead: signed privacy, checked",
        "it: done connect",
        "log_owner: done ten_acts",
        "log_owner: signed ten_acts, checked",
        "it: done clock",
        "it: done history",
        "it: signed history, checked",
        "log_owner: file attached alarm",
        "log_owner: done alarm",
        "log_owner: signed alarm, checked",
        "log_owner: signed approve_owner, approved",
        "compliance: signed approve_compliance, approved",
        "Indelible: closed",
    ]
    assert play.found("failed") == []
    assert play.found("unchecked") == []
    play.check_story()


def test_a_source_that_is_half_done_does_not_go_live(stage: Stage) -> None:
    play = begun(stage)
    play.do(
        "connect", source_name="Payroll", reads_only="no", reads_only_why="Only full rights are to be had"
    )
    assert play.found("failed") == ["connect.listed", "connect.said_reads_only"]
    play.do("ten_acts", sign=False)
    play.refused(NO_WORDS, lambda: play.sign("ten_acts", reasons=False))
    play.sign("ten_acts").do("clock").do("history", history_source="40", history_loaded="38")
    play.do("alarm", sign=False)
    play.refused(
        NO_WORDS, lambda: play.sign("alarm", reasons=False)
    )  # without an alarm the source is not live
    play.sign("alarm").do("approve_owner")
    for role in ("log_owner", "it", "privacy_lead"):
        play.refused(
            "run-step-not-yours", lambda role=role: play.sign("approve_compliance", as_=play.holders[role])
        )
    play.send_back("approve_compliance", to="history", why="Two are missing")
    assert play.state("approve_owner") == "waiting"  # what the owner signed was an earlier state
    play.do("history", history_source="40", history_loaded="40")
    play.do("approve_owner").do("approve_compliance")
    assert play.run.state == "closed"
    play.check_story()


def test_a_high_risk_for_people_comes_first(stage: Stage) -> None:
    play = begun(stage, risk="High, and no assessment yet")
    assert play.run.state == "closed"
    assert "approve_compliance" in play.states("passed_over")
    play.check_story()


# RB-24 -------------------------------------------------------------------------------------------------------


def day(stage: Stage) -> Play:
    today = stage.now.date()
    return stage.play("RB-24", period=(today, today))


def test_a_day_is_looked_at_and_signed_on_that_day(stage: Stage) -> None:
    stage.tell("sign_in", "user_account", "root", outcome="failure")
    checked(stage)
    play = day(stage)
    for step in ("alive", "integrity", "warnings", "admins", "failed_sign_ins", "sign_day"):
        play.do(step, **({"line": "Quiet; one mistyped password"} if step == "sign_day" else {}))
    assert acts(play) == [
        "Ana Ruiz: opened",
        "duty: done alive",
        "duty: done integrity",
        "duty: done warnings",
        "duty: done admins",
        "duty: done failed_sign_ins",
        "duty: done sign_day",
        "duty: signed sign_day, checked",
        "Indelible: closed",
    ]
    assert play.found("failed") == []
    assert play.found("unchecked") == [
        "integrity.held",
        "warnings.each_answered",
    ]  # no witness, no alarm is set up
    signed = play.story()[-2]
    assert "signed “Daily log check: step 6, Sign the day” as checked" in signed
    play.check_story()


def test_what_is_found_in_the_morning_starts_what_follows(stage: Stage) -> None:
    stage.runbook("RB-09")
    stage.runbook("RB-17")
    stage.source.state = "paused"
    stage.source.save()
    checked(stage, "does not match")
    play = day(stage)
    play.do("alive").do("integrity")
    assert play.found("failed") == ["alive.in_rhythm", "integrity.untouched"]
    assert others_under_way(play) == ["RB-17", "RB-09"]
    play.do("warnings").do("admins").do("failed_sign_ins").do("sign_day", sign=False)
    play.refused(NO_WORDS, lambda: play.sign("sign_day", reasons=False))
    play.sign("sign_day")
    play.check_story()


def test_the_same_line_two_days_in_a_row_is_noticed(stage: Stage) -> None:
    for refused in (False, True):
        play = day(stage)
        for step in ("alive", "integrity", "warnings", "admins", "failed_sign_ins"):
            play.do(step)
        play.do("sign_day", line="All is well", sign=False)
        assert ("sign_day.own_words" in play.found("failed")) is refused
        if refused:
            play.refused(NO_WORDS, lambda play=play: play.sign("sign_day", reasons=False))
        play.sign("sign_day")
        play.check_story()
        stage.wait(days=1)
