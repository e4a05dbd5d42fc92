"""RB-14 (legal hold: release), RB-19 (year-end retention review), RB-25 (contract approval), from start to end."""

from __future__ import annotations

import pytest

from tests.features.runbooks.library.playing import Play, Stage
from tests.features.runbooks.library.reading_back import acts, checked, invite

NO_WORDS = "step-check-why"


# RB-14 -------------------------------------------------------------------------------------------------------


def to_the_wait(stage: Stage, play: Play) -> None:
    stage.tell("dispose", "retention_run", "March", before=40)
    stage.tell("release_hold", "hold", "Harrow dispute")
    for step in ("reasons", "approve", "switch_off", "tell_people", "copies", "overdue"):
        play.do(step, **({"people_held": "Ivo Jansen"} if step == "reasons" else {}))


def test_a_hold_is_let_go_in_steps(stage: Stage) -> None:
    play = stage.play("RB-14", "Harrow dispute")
    to_the_wait(stage, play)
    play.refused("step-waits", lambda: play.do("fourteen_days"))
    stage.wait(days=13)
    play.refused("step-waits", lambda: play.do("fourteen_days"))
    stage.wait(days=1, minutes=1)
    play.do("fourteen_days").do("deletion").do("restart")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "legal: file attached reasons",
        "legal: done reasons",
        "legal: signed reasons, prepared",
        "general_counsel: signed approve, approved",
        "second: signed approve, approved",
        "it: done switch_off",
        "legal: done tell_people",
        "legal: signed tell_people, checked",
        "legal: file attached copies",
        "legal: done copies",
        "legal: signed copies, checked",
        "records_manager: file attached overdue",
        "records_manager: done overdue",
        "records_manager: done fourteen_days",
        "records_manager: done deletion",
        "records_manager: signed deletion, approved",
        "privacy_lead: done restart",
        "privacy_lead: signed restart, approved",
        "Indelible: closed",
    ]
    assert play.run.state == "closed"
    assert play.found("failed") == []
    assert play.found("unchecked") == [
        "reasons.overlap",
        "tell_people.own_time",
        "overdue.list_whole",
        "deletion.deleted",
        "restart.cases_open",
    ]
    told = play.check_story()
    thing = "“Legal hold: release: Harrow dispute”"
    assert told[0] == f"Ana Ruiz started {thing} (RB-14 version 1)"
    assert (
        told[3]
        == "Daniel Osei signed “Legal hold: release: Harrow dispute: step 1, Say why it can end” as prepared"
    )
    assert told[-1] == f"{thing} was finished"


def test_nobody_whose_papers_are_held_lets_the_hold_go_unnoticed(stage: Stage) -> None:
    play = stage.play("RB-14", "Harrow dispute")
    play.refused("step-files-missing", lambda: play.do("reasons", files=0))
    held = play.holders["general_counsel"].name
    play.do("reasons", people_held=f"Ivo Jansen\n{held}")
    play.refused("run-step-not-yours", lambda: play.sign("approve", as_=play.holders["legal"]))
    play.refused(NO_WORDS, lambda: play.do("approve", reasons=False))
    assert "step_refused" in [event["action"]["said"] for _index, event in play.events()]
    # Sent back, the reasons are written again, and what was said before stays beside it.
    play.send_back("approve", to="reasons", why="He is in the matter himself")
    assert (play.state("reasons"), play.row("reasons").attempt) == ("sent_back", 2)
    play.do("reasons", people_held="Ivo Jansen").do("approve")
    assert play.found("failed") == []
    play.check_story()


def test_what_is_deleted_in_the_waiting_time_is_seen(stage: Stage) -> None:
    play = stage.play("RB-14", "Harrow dispute")
    to_the_wait(stage, play)
    stage.wait(days=3)
    stage.tell("erase", "retention_run", "April")
    stage.wait(days=12)
    play.do("fourteen_days")
    assert play.found("failed") == ["fourteen_days.nothing_gone"]
    play.do("deletion", sign=False)
    play.refused(NO_WORDS, lambda: play.sign("deletion", reasons=False))
    play.sign("deletion").do("restart")
    assert play.run.state == "closed"
    play.check_story()


def test_general_counsel_and_legal_are_two_people(stage: Stage) -> None:
    from indelible.features.runbooks.running.errors import RunError

    with pytest.raises(RunError, match="run-role-twice"):
        stage.play("RB-14", "Harrow dispute", cast={"general_counsel": "Ben Osei", "legal": "Ben Osei"})


# RB-19 -------------------------------------------------------------------------------------------------------


def to_the_run(stage: Stage, play: Play, **values: str) -> None:
    for step in ("table", "changes", "longer", "list"):
        play.do(step, **({"planned_count": "12", "data_owners": "Ivo Jansen"} if step == "list" else {}))
    play.refused("step-not-open", lambda: play.do("holds"))
    stage.wait(days=14, minutes=1)
    play.advance()
    play.do("holds", taken_off="2", **values)


def test_what_goes_at_the_end_of_the_year_was_decided(stage: Stage) -> None:
    play = stage.play("RB-19")
    to_the_run(stage, play)
    play.do("approve_legal").do("approve_privacy")
    stage.wait(hours=1)
    checked(stage)
    play.do("run").do("report", gone_count="10")
    assert acts(play) == [
        "Ana Ruiz: opened",
        "records_manager: done table",
        "legal: done changes",
        "legal: signed changes, checked",
        "privacy_lead: done longer",
        "privacy_lead: signed longer, checked",
        "records_manager: file attached list",
        "records_manager: done list",
        "records_manager: signed list, prepared",
        "Indelible: done fourteen_days",
        "legal: done holds",
        "legal: signed holds, checked",
        "legal: signed approve_legal, approved",
        "privacy_lead: signed approve_privacy, approved",
        "log_keeper: done run",
        "log_keeper: signed run, witnessed",
        "records_manager: done report",
        "records_manager: signed report, approved",
        "Indelible: closed",
    ]
    assert play.found("failed") == []
    assert play.found("unchecked") == [
        "table.each_class",
        "table.counted",
        "list.fresh",
        "holds.no_hold",
        "run.figures",
    ]
    play.check_story()


def test_a_retention_review_that_does_not_add_up_says_so(stage: Stage) -> None:
    play = stage.play("RB-19")
    owner = play.holders["legal"].name
    for step in ("table", "changes", "longer"):
        play.do(step)
    play.do("list", planned_count="12", data_owners=owner)
    stage.wait(days=15)
    play.advance()
    play.do("holds", taken_off="2")
    # Legal owns the data: the signature is held up until somebody says why, or another one approves.
    play.refused(NO_WORDS, lambda: play.do("approve_legal", reasons=False))
    play.send_back("approve_legal", to="list", why="The list names me as owner")
    assert play.row("list").attempt == 2
    play.do("list", planned_count="12", data_owners="Ivo Jansen")
    # A new list gives its owners another 14 days, and is held against holds anew.
    assert (play.state("fourteen_days"), play.state("holds")) == ("open", "waiting")
    stage.wait(days=13)
    play.advance()
    assert play.state("fourteen_days") == "open"
    stage.wait(days=2)
    play.advance()
    play.do("holds", taken_off="2").do("approve_legal").do("approve_privacy").do("run")
    play.do("report", gone_count="9", sign=False)
    play.refused(NO_WORDS, lambda: play.sign("report", reasons=False))
    play.sign("report")
    assert play.found("failed") == ["report.adds_up"]
    assert play.run.state == "closed"
    play.check_story()


# RB-25 -------------------------------------------------------------------------------------------------------


def to_the_money(stage: Stage, play: Play) -> None:
    stage.tell("approve", "supplier.check", "Harrow Freight", before=30)
    stage.tell("grant", "resolution", "Power of attorney 4", before=200)
    for step in ("request", "other_party", "touches", "terms"):
        play.do(step)


def test_the_contract_that_is_signed_is_the_one_that_was_agreed(stage: Stage) -> None:
    play = stage.play("RB-25", "Harrow Freight", without=["signer_two"])
    invite(play, "signer_two", "Olga Petrova")
    to_the_money(stage, play)
    for step in ("money", "freeze", "sign_contract", "file"):
        play.do(step)
    assert acts(play) == [
        "Ana Ruiz: opened",
        "Ana Ruiz: outsider invited",
        "contract_owner: file attached request",
        "contract_owner: done request",
        "contract_owner: signed request, requested",
        "procurement: done other_party",
        "procurement: signed other_party, checked",
        "contract_owner: done touches",
        "contract_owner: signed touches, checked",
        "legal: file attached terms",
        "legal: done terms",
        "legal: signed terms, checked",
        "budget_owner: signed money, approved",
        "legal: file attached freeze",
        "legal: done freeze",
        "signer: file attached sign_contract",
        "signer: signed sign_contract, approved",
        "signer_two: signed sign_contract, approved",
        "contract_owner: done file",
        "contract_owner: signed file, prepared",
        "Indelible: closed",
    ]
    assert play.found("failed") == []
    assert play.found("unchecked") == []
    play.check_story()


def test_whoever_asks_for_a_contract_does_not_approve_its_money(stage: Stage) -> None:
    play = stage.play("RB-25", "Harrow Freight")
    to_the_money(stage, play)
    play.refused("run-step-not-yours", lambda: play.sign("money", as_=play.holders["contract_owner"]))
    # Over the limit: a no needs words, and stands there as such.
    play.refused("step-missing", lambda: play.do("money", within_limit="no"))
    play.send_back("money", to="request", why="It is cut out of a bigger one")
    # What was looked at was another request: it is looked at anew.
    assert play.states("waiting")[:3] == ["other_party", "touches", "terms"]
    play.do("request").do("other_party").do("touches").do("terms")
    play.do("money", not_split="no", not_split_why="Both parts are approved together")
    assert play.found("failed") == ["money.said_not_split"]
    play.check_story()


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("other_party", {"check_result": "Red"}),
        ("touches", {"personal_data": "Yes, and the agreement is missing"}),
    ],
)
def test_a_contract_that_must_not_be_signed_ends_there(
    stage: Stage, step: str, answer: dict[str, str]
) -> None:
    play = stage.play("RB-25", "Harrow Freight")
    for key in ("request", "other_party", "touches"):
        if play.state(key) == "open":
            play.do(key, **(answer if key == step else {}))
    assert play.run.state == "closed"
    assert play.states("passed_over")[-4:] == ["money", "freeze", "sign_contract", "file"]
    assert play.run.ended_at is not None
    play.check_story()
