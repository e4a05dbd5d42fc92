"""The pages of a run, as people with their roles meet them: what they see, may send, and are refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.features.conftest import PASSWORD
from tests.features.runbooks import running
from tests.features.runbooks.runs.conftest import Browser

As = Callable[[str], Browser]
FILLED = {"f-supplier": "Harrow Freight", "f-signs": "no", "f-untouched": "yes"}


def step(run: Any, key: str) -> Any:
    from indelible.features.runbooks.models import RunStep

    return RunStep.objects.get(run=run, key=key)


def text_of(page: str) -> str:
    """Return what a page says, without its marks."""
    import html

    body = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def at(run: Any, key: str = "", more: str = "") -> str:
    return f"/runs/{run.pk}/steps/{key}/{more}" if key else f"/runs/{run.pk}/{more}"


def do_until_approval(run: Any, as_: As) -> None:
    ben, carla = as_("ben"), as_("carla")
    assert ben.send(at(run, "request"), do="finish", **FILLED) == at(run, "request", "sign/")
    assert ben.send(at(run, "request", "sign/"), do="sign", secret=PASSWORD) == at(run)
    ben.see(at(run, "look"))
    ben.send(at(run, "look"), do="finish")
    carla.send(at(run, "call_back"), do="finish", **{"f-number": "+44 20 7946 0000"})
    carla.send(at(run, "call_back", "sign/"), do="sign", secret=PASSWORD)


def test_a_run_is_answered_first_and_each_sees_their_own_way_on(run: Any, as_: As) -> None:
    page = text_of(as_("ben").see(at(run)))
    assert "0 of 6 done. Due" in page
    assert "Now: step 1, Open the request (Ben Osei)." in page
    assert "Go to step 1" in page
    assert "Go to step 1" not in text_of(as_("dora").see(at(run)))
    mine = text_of(as_("ben").see("/runs/"))
    assert "1 step for you to do now Open the request" in mine
    assert "1 run under way, due first" in mine
    assert "Nothing waits for you" in text_of(as_("dora").see("/runs/"))


def test_a_draft_may_lack_anything_but_holds_nothing_unreadable(run: Any, as_: As) -> None:
    from indelible.features.runbooks.models import StepWork

    ben = as_("ben")
    ben.send(at(run, "request"), do="save", **{"f-supplier": "Harrow"})
    assert StepWork.objects.get(step__run=run).values["supplier"] == "Harrow"
    assert 'value="Harrow"' in ben.see(at(run, "request"))
    page = text_of(ben.send(at(run, "request"), 422, do="finish", **{"f-supplier": "Harrow"}))
    assert "Fill this in: Danger signs" in page
    told = {**FILLED, "f-untouched": "no"}
    assert "Say in words how it is" in ben.send(at(run, "request"), 422, do="finish", **told)
    assert step(run, "request").state == "open"


def test_a_page_that_comes_back_after_a_file_was_attached_can_be_sent_again(run: Any, as_: As) -> None:
    ben, file = as_("ben"), BytesIO(b"Dear Sirs")
    file.name = "mail.txt"
    page = ben.send(at(run, "request"), 422, do="finish", file=file, **{"f-supplier": "Harrow"})
    [seen] = set(re.findall(r'name="seen" value="(\d+)"', page))
    told = ben.send(at(run, "request"), seen=int(seen), do="finish", **FILLED)
    assert told == at(run, "request", "sign/")


def test_files_are_bounded_and_hold_no_secrets(run: Any, as_: As) -> None:
    from indelible.features.runbooks.models import StepFile

    ben = as_("ben")

    def attach(data: bytes, status: int) -> str:
        file = BytesIO(data)
        file.name = "mail.txt"
        return ben.send(at(run, "request"), status, do="attach", file=file, **{"f-supplier": "Typed before"})

    assert "did not pass" not in ben.see(at(run, "request"))  # nothing of it was done yet
    assert "holds what looks like a private key" in attach(b"-----BEGIN PRIVATE KEY-----\nMIIE\n", 422)
    assert "The file is empty" in attach(b"", 422)
    attach(b"Dear Sirs", 302)
    file = StepFile.objects.get(step__run=run)
    page = ben.see(at(run, "request"))
    assert "mail.txt" in page and "Typed before" in page
    assert "The file is attached, and recorded." in page
    assert "A supplier is named." in page and "Did not pass" not in page  # looked at anew
    answer = as_("dora").get(at(run, "request", f"files/{file.pk}/"))
    assert b"".join(answer.streaming_content) == b"Dear Sirs"
    assert "attachment" in answer.headers["Content-Disposition"]
    answer.close()
    ben.send(at(run, "request"), withdraw=str(file.pk))
    assert "no longer part of the evidence" in ben.see(at(run, "request"))


def test_what_is_done_and_signed_is_told_and_sent_back(run: Any, as_: As) -> None:
    ben, dora = as_("ben"), as_("dora")
    do_until_approval(run, as_)
    page = text_of(ben.see(at(run)))
    assert "3 of 6 done." in page
    assert "Signed by Ben Osei" in page and "I prepared this" in page
    wrong = text_of(dora.send(at(run, "approve", "sign/"), 422, do="sign", secret="not mine"))
    assert "The password does not fit." in wrong
    assert "It covers 4 steps, 1 list of 0 rows and 1 check, as they stand above." in wrong
    lacking = text_of(dora.send(at(run, "approve", "sign/"), 422, do="back", **{"back-to": "request"}))
    assert "Say why, in one sentence" in lacking
    why = {"back-to": "request", "back-reason": "Which supplier?"}
    dora.send(at(run, "approve", "sign/"), do="back", **why)
    again = text_of(ben.see(at(run, "request")))
    assert "Sent back by Dora Silva “Which supplier?”" in again
    assert "Signed an earlier state" in again
    ben.send(at(run, "request"), do="finish", note="Name put right", **FILLED)
    ben.send(at(run, "request", "sign/"), do="sign", secret=PASSWORD)
    ben.see(at(run, "look"))
    if step(run, "look").state == "open":
        ben.send(at(run, "look"), do="finish")
    dora.send(at(run, "approve", "sign/"), do="sign", secret=PASSWORD)
    told = text_of(dora.see(at(run)))
    assert "Signed by Dora Silva" in told and "Until " in told  # it waits now
    assert "Sent back before" in told


def test_nobody_has_a_button_for_their_own_work_and_a_crafted_form_is_refused_and_recorded(
    run: Any, as_: As, people: dict[str, Any], sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.runbooks.models import RunRole

    do_until_approval(run, as_)
    RunRole.objects.filter(run=run, role="head").update(user=people["ben"], stand_in=people["dora"])
    ben = as_("ben")
    page = ben.see(at(run, "approve", "sign/"))
    assert 'name="secret"' not in page
    assert "Someone else must sign this. You had a hand in it yourself. Dora Silva can do it." in text_of(
        page
    )
    assert "is on the record" not in text_of(page)  # looking is no attempt
    ben.send(at(run, "approve", "sign/"), 403, do="sign", secret=PASSWORD)
    ben.send(at(run, "approve", "sign/"), 403, do="back", **{"back-to": "request", "back-reason": "x"})
    ben.send(at(run, "call_back"), 403, do="finish", **{"f-number": "1"})
    tried = [one for one in sentences() if "was refused" in one]
    assert len(tried) == 3 and all(one.startswith("Ben Osei tried") for one in tried)
    stranger = text_of(as_("emil").see(at(run, "approve")))
    assert "This step is for: Head of finance." in stranger
    assert step(run, "approve").state == "open"


def test_whoever_was_slower_is_told_and_nothing_is_done_twice(
    run: Any, as_: As, people: dict[str, Any]
) -> None:
    ben = as_("ben")
    before = run.stamp
    ana = as_("ana")
    ana.send(f"/runs/{run.pk}/roles/clerk_b/", do="fill", user=people["emil"].pk, told="On holiday")
    page = text_of(ben.send(at(run, "request"), 409, do="finish", seen=before, **FILLED))
    assert "Somebody else was quicker" in page and "What you had typed is kept as a draft." in page
    assert "handed the part of Clerk B" in page
    assert step(run, "request").state == "open"
    ben.send(at(run, "request"), do="finish", **FILLED)
    twice = ben.send(at(run, "request"), 409, do="finish", **FILLED)
    assert "Somebody else was quicker" in twice


def test_late_skipped_and_earlier_days_have_their_words(run: Any, as_: As) -> None:
    from indelible.features.runbooks.models import RunStep

    now = datetime.now(UTC)
    RunStep.objects.filter(run=run, key="request").update(due_at=now - timedelta(hours=30))
    ben = as_("ben")
    assert "It is late. What kept you?" in ben.see(at(run, "request"))
    assert "Say why, in one sentence" in ben.send(at(run, "request"), 422, do="finish", **FILLED)
    tomorrow = (now + timedelta(days=2)).date().isoformat()
    told = {**FILLED, "note": "Ill", "done_on": tomorrow}
    assert "This day has not come yet." in ben.send(at(run, "request"), 422, do="finish", **told)
    earlier = (now - timedelta(days=6)).date()
    ben.send(at(run, "request"), do="finish", **{**told, "done_on": earlier.isoformat()})
    page = text_of(ben.see(at(run)))
    assert f"says it was done {earlier.day} " in page and "30 hours late" in page and "“Ill”" in page
    ben.send(at(run, "request", "sign/"), do="sign", secret=PASSWORD)
    leaving = at(run, "look", "leave/")
    assert "Say why, in one sentence" in ben.send(leaving, 422, how="skip")
    ben.send(leaving, how="not_concluded", reason="The archive does not answer")
    page = text_of(ben.see(at(run)))
    assert "Not concluded" in page and "“The archive does not answer”" in page


def test_a_run_is_paused_with_a_reason_gone_on_with_and_ended(run: Any, as_: As) -> None:
    ana, ben = as_("ana"), as_("ben")
    assert "Say why, in one sentence" in ana.send(at(run, more="pause/"), 422)
    ana.send(at(run, more="pause/"), reason="The supplier is closed")
    assert "The run is paused." in text_of(ben.see(at(run, "request")))
    assert "Paused since" in text_of(ben.see(at(run)))
    ana.post(at(run, more="go-on/"))
    assert "Go to step 1" in text_of(ben.see(at(run)))
    as_("dora").send(at(run, more="clocks/none/"), 302)
    ana.send(at(run, more="end/"), state="withdrawn", reason="Opened twice")
    page = text_of(ana.see(at(run)))
    assert "0 of 6 done. Withdrawn" in page and "“Opened twice”" in page
    ended = text_of(ana.see("/runs/?show=ended"))
    assert "1 run has ended" in ended and "Withdrawn" in ended
    assert "No run is like that." in ana.see(f"/runs/?show=ended&state=closed&runbook={run.runbook_id}")


def test_paper_comes_back_step_by_step_marked_as_such(run: Any, as_: As) -> None:
    ben = as_("ben")
    sheet = text_of(ben.see(at(run, more="print/")))
    assert "Signed by (name and signature)" in sheet and "yes / no, because ..." in sheet
    assert "the words of the newest seal were" in sheet
    paper = at(run, more="paper/")
    sent = {**FILLED, "step": "request", "done_on": "2026-01-05", "by_paper": "Ben Osei"}
    assert "Choose the scan" in ben.send(paper, 422, **sent)
    scan = BytesIO(b"%PDF-1.7 scan")
    scan.name = "scan.pdf"
    assert ben.send(paper, **sent, file=scan) == paper
    row = step(run, "request")
    assert row.on_paper and row.done_on.isoformat() == "2026-01-05" and "On paper, by Ben Osei." in row.words
    page = text_of(ben.see(at(run)))
    assert "the paper says 5 January 2026" in page
    again = text_of(ben.see(paper))
    assert "scan.pdf" in again and "A step before it is not entered yet." in again


def test_a_run_is_started_once_a_press_with_whom_it_is_about(
    supplier_change: Any, as_: As, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.models import Run, RunRole

    ana = as_("ana")
    assert "Supplier change" in ana.see("/runs/start/")
    path = f"/runs/start/{supplier_change.pk}/"
    page = ana.see(path)
    assert f'<option value="{people["ben"].pk}" selected>Ben Osei' in page  # as appointed
    sent = {"about": "Holm", "role_clerk_a": people["ben"].pk, "role_clerk_b": people["ben"].pk}
    assert "Clerk" in text_of(ana.send(path, 422, **sent))
    sent = {**sent, "role_clerk_b": people["carla"].pk, "once": "a" * 24}
    there = ana.send(path, **sent)
    assert ana.send(path, **sent) == there
    found = Run.objects.get()
    assert (found.title, found.cause) == ("Supplier change: Holm", "hand")
    assert RunRole.objects.get(run=found, role="clerk_b").user == people["carla"]
    assert as_("dora").get(path).status_code == 403


def test_pages_read_a_fixed_number_of_times(run: Any, as_: As, django_assert_max_num_queries: Any) -> None:
    ben = as_("ben")
    ben.see(at(run, "request"))
    with django_assert_max_num_queries(75):
        ben.see(at(run))
    with django_assert_max_num_queries(75):
        ben.see(at(run, "request"))
    with django_assert_max_num_queries(45):
        ben.see("/runs/")


def test_where_two_sign_only_whoever_has_not_yet_is_waited_for(
    as_: As, put_in_force: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run

    text = (Path(running.__file__).parent / "supplier.toml").read_text("utf-8")
    text = text[: text.index('[[steps]]\nkey = "wait"')].replace(
        'sign = "two"', 'sign = "two"\nalso = ["chair"]'
    )
    text = text.replace("[starts]", '[roles.chair]\ntitle = "Chair"\n\n[starts]')
    who = {"clerk_a": "ben", "clerk_b": "carla", "head": "dora", "chair": "ana"}
    book = put_in_force(text, **{role: people[name] for role, name in who.items()})
    run = open_run(book, Doer.of_user(people["ana"]), datetime.now(UTC), cause_key="1")
    do_until_approval(run, as_)
    dora = as_("dora")
    assert "(Dora Silva or Ana Ruiz)" in text_of(dora.see(at(run)))
    dora.send(at(run, "approve", "sign/"), do="sign", secret=PASSWORD)
    assert "Approve the change (Ana Ruiz)." in text_of(dora.see(at(run)))
