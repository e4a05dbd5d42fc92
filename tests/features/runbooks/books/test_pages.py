"""The pages about runbooks' texts, as plain links and forms: what they show, ask and refuse."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indelible.features.runbooks.document.reading import draft_from_data
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.document.writing import to_data, to_toml
from tests.features.conftest import PASSWORD
from tests.features.runbooks.books.conftest import NOW
from tests.features.runbooks.books.documents import PETTY_CASH, petty_cash
from tests.features.runbooks.books.pages import form_of, text_of

BrowserOf = Callable[[Any], Client]


def draft(book: Any) -> Document:
    book.refresh_from_db()
    return draft_from_data(book.draft)


def send(browser: Client, path: str, answer: Any = None, **changes: Any) -> Any:
    """Send a page's form as it stands, with these controls changed."""
    sent = form_of(answer if answer is not None else browser.get(path))
    return browser.post(path, {**sent, **changes})


# Every page ------------------------------------------------------------------------------------------------


def test_every_page_is_there_and_offers_what_one_may(
    in_force: Any, signed_in: Client, chloe: Any, browser_of: BrowserOf
) -> None:
    from indelible.features.runbooks.library import all_ready

    ready = next(iter(all_ready()))
    reads = ["/runbooks/", "/runbooks/ready/", "/runbooks/ready/?by=trigger", f"/runbooks/ready/{ready}/",
             "/runbooks/PC-1/",
             "/runbooks/PC-1/versions/1/", "/runbooks/PC-1/walk/", "/runbooks/handbook/"]  # fmt: skip
    changes = ["/runbooks/new/", "/runbooks/import/", "/runbooks/PC-1/edit/", "/runbooks/PC-1/edit/head/",
               "/runbooks/PC-1/edit/text/", "/runbooks/PC-1/edit/steps/look/", "/runbooks/PC-1/draft/",
               "/runbooks/PC-1/edit/drop/", "/runbooks/PC-1/look-again/", "/runbooks/PC-1/people/",
               "/runbooks/PC-1/calendar/", "/runbooks/PC-1/retire/"]  # fmt: skip
    reader = browser_of(chloe)
    for path in reads:
        page = text_of(signed_in.get(path))
        assert page, path
        assert reader.get(path).status_code == 200, path
    for path in changes:
        assert signed_in.get(path).status_code == 200, path
        assert reader.get(path).status_code == 403, path
    for path in ("/runbooks/XX/", "/runbooks/PC-1/versions/9/", "/runbooks/ready/RB-99/",
                 "/runbooks/PC-1/edit/steps/none/", f"/runbooks/PC-1/versions/{2**70}/"):  # fmt: skip
        assert signed_in.get(path).status_code == 404, path
    page = reader.get("/runbooks/PC-1/").content.decode()
    assert "/runbooks/PC-1/edit/" not in page and "/runbooks/PC-1/retire/" not in page


def test_without_a_runbook_the_list_says_what_they_are_for(signed_in: Client) -> None:
    told = text_of(signed_in.get("/runbooks/"))
    assert "There is no runbook yet" in told and "ready runbooks" in told


def test_the_list_tells_how_each_stands(in_force: Any, signed_in: Client) -> None:
    told = text_of(signed_in.get("/runbooks/"))
    assert "Petty cash count PC-1" in told and "In force" in told and "Ana Ruiz" in told
    assert "No runbook fits this." in text_of(signed_in.get("/runbooks/?q=payroll"))
    assert "No runbook fits this." in text_of(signed_in.get("/runbooks/?state=retired"))


def test_a_runbook_is_told_whole(in_force: Any, signed_in: Client) -> None:
    told = text_of(signed_in.get("/runbooks/PC-1/"))
    for words in (
        "Make sure the cash box holds what the book says.",
        "by nobody who did not write it",
        "Every month on the last working day",
        "The calendar is not switched on. It would be due on",
        "Not the same person as: Office manager.",
        "Tell the insurer (Policy 4): 5 days from the start, met by step 4 (Agree to the count), "
        "only where “Is anything missing?” is yes",
        "Total counted (a number)",
        "Office manager, who did none of it, as “approved”",
        "Short, where “Is anything missing?” is yes: go on with step 4 (Agree to the count), "
        "start RB-09 as well, say why",
        "Within 1 working day of the beginning of the step",
        "1 day from the beginning of the step",
    ):
        assert words in told, words


# Beginning one ---------------------------------------------------------------------------------------------


def test_a_ready_one_is_read_whole_and_copied_once(signed_in: Client) -> None:
    from indelible.features.runbooks.library import all_ready
    from indelible.features.runbooks.models import Runbook

    ready, document = next(iter(all_ready().items()))
    page = signed_in.get(f"/runbooks/ready/{ready}/")
    assert all(step.title in text_of(page) for step in document.steps)
    sent = form_of(page)
    for _press in range(2):
        signed_in.post(f"/runbooks/ready/{ready}/copy/", sent)
    assert [each.key for each in Runbook.objects.all()] == [ready]
    assert f"yours: {ready}" in text_of(signed_in.get("/runbooks/ready/"))


def test_one_is_begun_and_gets_its_first_step(signed_in: Client) -> None:
    from indelible.features.runbooks.models import Runbook

    page = send(signed_in, "/runbooks/new/", title=" ")
    assert page.status_code == 422 and "Give it a title" in text_of(page)
    page = send(signed_in, "/runbooks/new/", title="Open the shop", team="Shop")
    assert page.headers["Location"] == "/runbooks/R-1/edit/"
    told = text_of(signed_in.get("/runbooks/R-1/edit/"))
    assert "things are to be put right before this can be published" in told and "It has no step." in told
    added = signed_in.post(
        "/runbooks/R-1/edit/steps/", {"go": "add", "seen": 1, "title": "Switch the light on"}
    )
    assert added.headers["Location"] == "/runbooks/R-1/edit/steps/switch_the_light_on/"
    assert [step.title for step in draft(Runbook.objects.get()).steps] == ["Switch the light on"]
    assert signed_in.get("/runbooks/R-1/").status_code == 200


def test_a_file_is_taken_in_and_its_flaws_are_named_with_their_places(signed_in: Client) -> None:
    from indelible.features.runbooks.models import Runbook

    bad = SimpleUploadedFile("x.toml", PETTY_CASH.replace('kind = "fill"', 'kind = "<b>"').encode())
    page = signed_in.post("/runbooks/import/", {"file": bad})
    assert page.status_code == 422 and "steps.count.kind" in text_of(page)
    for content in (b"\xff\xfe", b"x" * 600_000):
        page = signed_in.post("/runbooks/import/", {"file": SimpleUploadedFile("x.toml", content)})
        assert page.status_code == 422 and "Nothing was taken in." in text_of(page)
    assert "Choose a file, or paste its text." in text_of(signed_in.post("/runbooks/import/", {}))
    assert not Runbook.objects.exists()
    good = SimpleUploadedFile("x.toml", PETTY_CASH.encode())
    assert signed_in.post("/runbooks/import/", {"file": good}).status_code == 302
    again = signed_in.post("/runbooks/import/", {"text": PETTY_CASH})
    assert again.status_code == 409 and "There is a runbook PC-1 already" in text_of(again)
    text = PETTY_CASH.replace("Petty cash", "Small cash")
    assert signed_in.post("/runbooks/import/", {"text": text, "onto": "on"}).status_code == 302
    assert Runbook.objects.get().title == "Small cash count"


def test_files_come_out_as_they_went_in(in_force: Any, signed_in: Client) -> None:
    one = signed_in.post("/runbooks/PC-1/export/")
    assert one.content.decode() == to_toml(petty_cash())
    assert 'filename="PC-1.toml"' in one.headers["Content-Disposition"]
    assert io.BytesIO(signed_in.post("/runbooks/export/").content).read(2) == b"PK"


# The editor ------------------------------------------------------------------------------------------------


def test_a_form_that_is_sent_as_it_stands_changes_nothing(cash: Any, signed_in: Client) -> None:
    paths = ["head/", "text/", *(f"steps/{step.key}/" for step in petty_cash().steps)]
    for path in paths:
        answer = send(signed_in, f"/runbooks/PC-1/edit/{path}", go="save")
        assert answer.status_code == 302, (path, text_of(answer))
        assert draft(cash) == petty_cash(), path
        assert cash.draft_stamp == 1, path


def test_every_ready_runbook_goes_through_the_editor_untouched(signed_in: Client, ana: Any) -> None:
    from django.http import QueryDict

    from indelible.features.runbooks.books.editing.head import Head
    from indelible.features.runbooks.books.editing.step import StepForms
    from indelible.features.runbooks.library import all_ready

    def sent(forms: Any) -> QueryDict:
        data = QueryDict(mutable=True)
        for form in forms.forms:
            for bound in form:
                value = bound.value()
                if value in (None, False):
                    continue
                data.setlist(bound.html_name, value if isinstance(value, list) else [str(value)])
        return data

    for ready, document in all_ready().items():
        forms: Any = Head(document, sent(Head(document)))
        assert forms.is_valid(), (ready, [form.errors for form in forms.forms])
        assert forms.changed("save") == document, ready
        for step in document.steps:
            forms = StepForms(document, step.key, sent(StepForms(document, step.key)))
            assert forms.is_valid(), (ready, step.key, [form.errors for form in forms.forms])
            assert forms.changed("save") == document, (ready, step.key)


def test_the_head_is_changed_part_by_part(cash: Any, signed_in: Client) -> None:
    path = "/runbooks/PC-1/edit/head/"
    answer = send(signed_in, path, **{"head-title": "Cash", "head-look_again": "2 years", "due-within": "3 days",
                                      "clocks-0-warn": "2 days, 4 hours", "go": "add:roles"})  # fmt: skip
    assert answer.headers["Location"] == f"{path}#roles"
    now = draft(cash)
    assert (now.title, now.look_again) == ("Cash", "P2Y")
    assert now.due is not None and now.due.within == "P3D"
    assert now.clocks[0].warn == ("P2D", "PT4H")
    assert list(now.roles) == ["counter", "manager", "role"]
    assert "Head, Role 3 : It is empty." in text_of(signed_in.get(path))
    send(signed_in, path, **{"roles-2-title": "Cashier", "roles-2-not_": ["counter"], "go": "add:schedule"})
    assert draft(cash).roles["role"].not_ == ("counter",)
    send(signed_in, path, **{"schedule-1-every": "week", "schedule-1-on": "fri", "go": "remove:schedule:0"})
    [left] = draft(cash).starts.schedule
    assert (left.every, left.on) == ("week", "fri")
    for go in ("add:on", "add:clocks", "remove:on:0", "remove:clocks:1", "remove:roles:2", "remove:roles:99"):
        assert send(signed_in, path, go=go).status_code == 302, go
    assert list(draft(cash).roles) == ["counter", "manager"]
    wrong = send(signed_in, path, **{"head-look_again": "soon", "due-within": "a while"})
    assert wrong.status_code == 422
    assert "Write a span of time, such as 5 days or 72 hours." in text_of(wrong)
    assert 'href="#id_due-within"' in wrong.content.decode()


def test_a_step_is_changed_with_all_that_it_asks(cash: Any, signed_in: Client) -> None:
    path = "/runbooks/PC-1/edit/steps/look/"
    for go in ("add:fields", "add:checks", "add:branches"):
        assert send(signed_in, path, go=go).headers["Location"] == f"{path}#{go[4:]}"
    told = text_of(signed_in.get(path))
    assert "things are to be put right" in told
    answer = send(signed_in, path, **{
        "step-do": "Line one\r\nline two", "fields-0-label": "Who?", "fields-0-kind": "choice",
        "fields-0-options": "Ana\r\nBen\r\n", "checks-1-says": "It is whole", "checks-1-kind": "verified",
        "branches-1-label": "All well", "branches-1-to": "end", "view-sample": "5", "go": "look:checks",
    })  # fmt: skip
    assert answer.headers["Location"] == f"{path}#checks"
    now = draft(cash).step("look")
    assert now.do == "Line one\nline two"
    assert (now.fields[0].options, now.view.sample) == (("Ana", "Ben"), 5)  # type: ignore[union-attr]
    assert (
        send(signed_in, path, **{"checks-1-setting_within": "P2D", "go": "next"})
        .headers["Location"]
        .endswith("/steps/pause/")
    )
    assert draft(cash).step("look").checks[1].settings == {"within": "P2D"}
    send(signed_in, path, **{"view-entries": "every glorp of a wibble", "go": "look"})
    told = text_of(signed_in.get(path))
    assert "Not understood:" in told and "glorp" in told
    said = signed_in.get(
        "/runbooks/PC-1/edit/understood/", {"view-entries": "payments approved by {field.short}"}
    )
    assert "We understood:" in said.content.decode() and "{field.short}" in said.content.decode()


def test_steps_are_moved_copied_and_taken_out(cash: Any, signed_in: Client) -> None:
    path = "/runbooks/PC-1/edit/steps/"

    def act(go: str, **more: Any) -> Any:
        cash.refresh_from_db()
        return signed_in.post(path, {"go": go, "seen": cash.draft_stamp, **more})

    keys = lambda: [step.key for step in draft(cash).steps]  # noqa: E731
    act("down:count")
    assert keys() == ["look", "count", "pause", "agree"]
    act("up:look")
    assert keys() == ["look", "count", "pause", "agree"]
    act("copy:count")
    assert keys() == ["look", "count", "count_2", "pause", "agree"]
    assert [one.key for one in draft(cash).step("count_2").fields] == ["total_2", "short_2"]
    act("remove:count_2")
    act("add", title="Lock the box", after="pause")
    assert keys() == ["look", "count", "pause", "lock_the_box", "agree"]
    assert act("remove:none").status_code == 404
    assert act("add", title="").status_code == 422
    assert signed_in.post(path, {"go": "remove:look", "seen": 1}).status_code == 409  # an old page
    assert keys() == ["look", "count", "pause", "lock_the_box", "agree"]


def test_a_form_from_another_state_of_the_draft_is_refused_before_its_errors_are_shown(
    cash: Any, signed_in: Client, ben: Any, browser_of: BrowserOf
) -> None:
    for path in ("head/", "steps/look/", "text/"):
        old = form_of(signed_in.get(f"/runbooks/PC-1/edit/{path}"))
        other = browser_of(ben)
        send(other, "/runbooks/PC-1/edit/head/", **{"head-note": f"Ben was at {path}"})
        for sent in (old, {**old, "due-within": "a while", "text": "="}):
            page = signed_in.post(f"/runbooks/PC-1/edit/{path}", sent)
            assert page.status_code == 409 and "Ben Okafor saved it last" in text_of(page), path
        assert draft(cash).note == f"Ben was at {path}"


def test_a_form_that_is_none_of_ours_is_refused(cash: Any, signed_in: Client) -> None:
    sent = {**form_of(signed_in.get("/runbooks/PC-1/edit/steps/count/")), "step-kind": "", "step-sign": ""}
    assert signed_in.post("/runbooks/PC-1/edit/steps/count/", sent).status_code == 400
    sent = {**sent, "step-kind": "dance", "step-by": "ghost"}
    assert signed_in.post("/runbooks/PC-1/edit/steps/count/", sent).status_code == 422
    assert draft(cash) == petty_cash()


def test_the_text_is_read_and_changed_and_what_cannot_be_read_is_not_kept(
    cash: Any, signed_in: Client
) -> None:
    path = "/runbooks/PC-1/edit/text/"
    answer = send(signed_in, path, text=to_toml(petty_cash()).replace("Every month", "Each month"))
    assert answer.status_code == 302 and draft(cash).starts.when == "Each month"
    for text in ("title = ", to_toml(petty_cash()).replace('kind = "fill"', 'kind = "dance"')):
        wrong = send(signed_in, path, text=text)
        assert wrong.status_code == 422 and "This text cannot be read" in text_of(wrong)
        assert draft(cash).starts.when == "Each month"
    renamed = to_toml(petty_cash()).replace('id = "PC-1"', 'id = "PC-2"')
    send(signed_in, path, text=renamed)
    assert draft(cash).id == "PC-1"  # the short name stays what it is


def test_a_flaw_leads_to_the_control_that_mends_it(cash: Any, signed_in: Client, ana: Any) -> None:
    from indelible.features.runbooks.books.drafting import save_draft

    steps = list(petty_cash().steps)
    steps[0] = msgspec.structs.replace(steps[0], why=" ", due=None, by="ghost")
    roles = {
        **petty_cash().roles,
        "manager": msgspec.structs.replace(petty_cash().roles["manager"], title=""),
    }
    document = msgspec.structs.replace(petty_cash(), steps=tuple(steps), roles=roles, purpose="")
    save_draft(cash, document, ana, NOW, seen=1)
    page = signed_in.get("/runbooks/PC-1/edit/").content.decode()
    for link, control in (
        ("/runbooks/PC-1/edit/head/#id_head-purpose", "head-purpose"),
        ("/runbooks/PC-1/edit/head/#id_roles-1-title", "roles-1-title"),
        ("/runbooks/PC-1/edit/steps/count/#id_step-why", "step-why"),
        ("/runbooks/PC-1/edit/steps/count/#id_step-by", "step-by"),
    ):
        assert f'href="{link}"' in page, link
        assert f'name="{control}"' in signed_in.get(link.partition("#")[0]).content.decode()
    assert signed_in.get("/runbooks/PC-1/publish/").status_code == 302


# What is done with it --------------------------------------------------------------------------------------


def test_it_is_walked_through_published_looked_at_again_and_retired(
    cash: Any, signed_in: Client, ben: Any, browser_of: BrowserOf, sentences: Callable[[], list[str]]
) -> None:
    walk = "/runbooks/PC-1/walk/"
    assert "You wrote on this text." in text_of(signed_in.get(walk))
    other = browser_of(ben)
    ticks = {f"clear_{step.key}": "on" for step in petty_cash().steps}
    page = send(other, walk, password=PASSWORD)
    assert page.status_code == 422 and "Tick it, or say what is unclear" in text_of(page)
    page = send(other, walk, **ticks, password="wrong")
    assert page.status_code == 422 and "password" in text_of(page).lower()
    assert send(other, walk, **ticks, note_look="Which list?", password=PASSWORD).status_code == 302
    assert "Ben Okafor walked through this draft." in text_of(signed_in.get("/runbooks/PC-1/edit/"))
    publish = "/runbooks/PC-1/publish/"
    assert send(signed_in, publish, note="").status_code == 422
    page = signed_in.get(publish)
    assert send(signed_in, publish, page, note="The first one").status_code == 302
    assert send(signed_in, publish, page, note="The first one").headers["Location"] == "/runbooks/PC-1/"
    told = text_of(signed_in.get("/runbooks/PC-1/"))
    assert "version 1" in told and "Ben Okafor" in told
    assert "2. Look at what was paid out: Which list?" in text_of(signed_in.get("/runbooks/PC-1/versions/1/"))
    assert send(signed_in, "/runbooks/PC-1/look-again/", password=PASSWORD).status_code == 302
    assert send(signed_in, "/runbooks/PC-1/retire/", reason="").status_code == 422
    assert send(signed_in, "/runbooks/PC-1/retire/", reason="Sold").status_code == 302
    assert "This runbook is retired." in text_of(signed_in.get("/runbooks/PC-1/"))
    assert signed_in.post("/runbooks/PC-1/take-up/").status_code == 302
    assert sum("published version" in said for said in sentences()) == 1


def test_home_leads_whoever_keeps_a_text_to_look_at_it_again(
    in_force: Any, signed_in: Client, ben: Any, browser_of: BrowserOf
) -> None:
    assert "Look again at" not in text_of(signed_in.get("/"))
    in_force.look_again_on = NOW.date()
    in_force.save()
    assert "Look again at “Petty cash count”" in text_of(signed_in.get("/"))
    assert "Look again at" not in text_of(browser_of(ben).get("/"))
    assert "The text is to be looked at again." in text_of(signed_in.get("/runbooks/PC-1/"))


def test_who_does_what_is_said_and_kept_apart(
    in_force: Any, signed_in: Client, ana: Any, ben: Any, chloe: Any
) -> None:
    path = "/runbooks/PC-1/people/"
    wrong = send(signed_in, path, user_counter=ben.pk, user_manager=ben.pk)
    assert wrong.status_code == 422 and "Ben Okafor cannot be both" in text_of(wrong)
    sent = {"user_counter": ben.pk, "stand_in_counter": chloe.pk, "user_manager": ana.pk, "owner": ben.pk}
    assert send(signed_in, path, **sent).status_code == 302
    told = text_of(signed_in.get("/runbooks/PC-1/"))
    assert "Office manager. Who Ben Okafor Stands in Chloe Martin" in told
    assert "Text kept by Ben Okafor" in told
    assert send(signed_in, path).status_code == 302  # as it stands
    assert send(signed_in, path, user_counter="999").status_code == 422


def test_the_calendar_is_switched_on_from_a_day_and_off(in_force: Any, signed_in: Client) -> None:
    path = "/runbooks/PC-1/calendar/"
    assert "Every month on the last working day" in text_of(signed_in.get(path))
    assert send(signed_in, path, begins="2020-01-01").status_code == 409
    assert send(signed_in, path, begins="someday").status_code == 422
    assert send(signed_in, path, begins="2090-01-01").status_code == 302
    assert "Next: 31 January 2090, 28 February 2090, 31 March 2090" in text_of(
        signed_in.get("/runbooks/PC-1/")
    )
    assert send(signed_in, path, go="off").status_code == 302
    assert "The calendar is not switched on." in text_of(signed_in.get("/runbooks/PC-1/"))


def test_where_two_people_publish_the_page_asks_for_the_other(
    cash: Any, signed_in: Client, ben: Any, browser_of: BrowserOf
) -> None:
    signed_in.post("/runbooks/second-person/", {"always": "yes"})
    send(signed_in, "/runbooks/PC-1/publish/", note="The first one")
    told = text_of(signed_in.get("/runbooks/PC-1/"))
    assert "A new version waits for a second person." in told
    from indelible.features.people.models import Request

    asked = Request.objects.get()
    assert "New runbook" in text_of(browser_of(ben).get(f"/people/waiting/{asked.pk}/"))
    assert signed_in.post("/runbooks/second-person/", {}).status_code == 302
    assert not cash.versions.exists()


# The handbook ----------------------------------------------------------------------------------------------


def test_the_handbook_holds_every_runbook_in_force(
    in_force: Any, signed_in: Client, ana: Any, ben: Any, chloe: Any
) -> None:
    from indelible.features.runbooks.books.appointing import appoint
    from indelible.features.runbooks.books.handbook import pdf

    appoint(in_force, "counter", ben, chloe, ana, NOW)
    told = text_of(signed_in.get("/runbooks/handbook/"))
    assert "1. Count the cash" in told and "Ben Okafor (Chloe Martin stands in)" in told
    made = pdf(in_force.logbook, NOW)
    assert made.startswith(b"%PDF-") and made == pdf(in_force.logbook, NOW)
    assert signed_in.get("/runbooks/handbook/pdf/").headers["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("title", ["Petty #cash $x$ *count*", "Kasse 现金 \u0500"])
def test_what_people_typed_is_never_read_as_markup(signed_in: Client, ana: Any, title: str) -> None:
    from indelible.features.runbooks.books.drafting import import_text
    from indelible.features.runbooks.books.handbook import pdf
    from indelible.features.runbooks.books.publishing import publish

    row = import_text(PETTY_CASH.replace("Petty cash count", title), ana, NOW)
    publish(row, ana, NOW, note="x", seen=1)
    assert pdf(row.logbook, NOW).startswith(b"%PDF-")
    assert to_data(petty_cash())
