"""What leads from one page of runbooks to the next, and words that read the same way everywhere."""

from __future__ import annotations

from typing import Any

from django.template import Context, Template
from django.test import Client

from tests.features.runbooks.books.conftest import NOW
from tests.features.runbooks.books.pages import text_of


def see(browser: Client, path: str) -> str:
    """Return a page that is there."""
    answer = browser.get(path, follow=True)
    assert answer.status_code == 200, path
    found: str = answer.content.decode()
    return found


def test_lists_lead_to_figures_and_to_setting_up(ana: Any, signed_in: Client) -> None:
    from indelible.features.runbooks.models import Run, RunState

    assert 'href="/runs/figures/"' in signed_in.get("/runs/").content.decode()
    assert 'href="/setting-up/"' in signed_in.get("/runbooks/").content.decode()
    signed_in.post("/setting-up/start/")
    Run.objects.update(state=RunState.CLOSED)
    assert 'href="/setting-up/"' not in signed_in.get("/runbooks/").content.decode()


def test_a_step_of_setting_up_leads_to_the_parts_that_it_names(ana: Any, signed_in: Client) -> None:
    from indelible.features.runbooks.models import Run

    page = signed_in.get("/setting-up/").content.decode().partition("<main")[2]
    assert '<a href="/runbooks/">Runbooks</a> /' in page
    assert '<a href="/rules/">What we record</a><a href="/sources/">Sources</a>' in page
    signed_in.post("/setting-up/start/")
    step = signed_in.get(f"/runs/{Run.objects.get().pk}/steps/what/").content.decode()
    assert '<a href="/rules/">What we record</a><a href="/sources/">Sources</a>' in step


def test_a_step_leads_to_where_what_it_looks_at_is_found(ana: Any) -> None:
    from indelible.features.runbooks.library import ready
    from indelible.features.runbooks.templatetags.runs import places_of

    morning = ready("RB-26").steps[0]
    assert places_of(morning) == [("Seals and checks", "/seals/")]
    assert places_of(ready("RB-07").step("request")) == []


def test_moments_of_a_list_are_told_in_the_zone_of_whoever_reads() -> None:
    from indelible.web.moments import Reader

    told = Template("{% load indelible %}{% plainly a %}, {% plainly b %}")
    madrid = Context(
        {"a": "2026-11-30T17:17:22.010960Z", "b": "A <b>", "reader": Reader(zone="Europe/Madrid")}
    )
    assert ">30 November 2026, 18:17 (UTC+01:00)</time>, A &lt;b&gt;" in told.render(madrid)


def test_the_days_of_a_period_are_filled_in_as_browsers_take_them(ana: Any, signed_in: Client) -> None:
    page = signed_in.get("/runs/figures/").content.decode()
    assert page.count('value="20') == 2  # 2026-11-30, not 30/11/2026


def test_a_preview_says_what_to_do_where_a_check_does_not_pass(ana: Any, signed_in: Client) -> None:
    page = text_of(signed_in.get("/runbooks/ready/RB-07/"))
    assert "The finance system's own entry of the change has arrived. If not: Start RB-17." in page


def test_a_run_is_not_started_without_what_its_steps_look_up(ana: Any, signed_in: Client) -> None:
    from indelible.features.runbooks.books import drafting, publishing
    from indelible.features.runbooks.models import Run

    for ready in ("RB-07", "RB-26"):
        book = drafting.copy_ready(ready, ana, NOW)
        publishing.publish(book, ana, NOW, note="The first one", seen=book.draft_stamp)
        path = f"/runs/start/{book.pk}/"
        answer = signed_in.post(path, {"about": ""})
        if ready == "RB-07":  # it looks for entries about the supplier
            assert answer.status_code == 422 and not Run.objects.exists()
            assert "Say whom or what it is about." in text_of(answer)
        else:
            assert answer.status_code == 302


def test_entries_and_signatures_lead_back_to_their_run(ana: Any, signed_in: Client) -> None:
    from indelible.features.runbooks.models import Run, Version
    from indelible.features.signoffs.models import SignOff

    signed_in.post("/setting-up/start/")
    run = Run.objects.get()
    number = Version.objects.get().entry + 1
    assert f'<a href="/runbooks/{run.runbook.key}/versions/1/">' in see(signed_in, f"/record/{number}/")
    assert f'Part of the run <a href="/runs/{run.pk}/">' in see(signed_in, f"/record/{run.entry + 1}/")
    SignOff.objects.create(
        logbook=run.logbook, entry=run.entry, by=ana, by_name="Ana", means="checked", title="All of it", at=NOW
    )  # fmt: skip
    assert f'Part of the run <a href="/runs/{run.pk}/">' in see(
        signed_in, f"/sign-offs/of-entry/{run.entry + 1}/"
    )
    assert "Enter this step" in see(signed_in, f"/runs/{run.pk}/paper/")
    run.steps.update(state="signed")
    page = see(signed_in, f"/runs/{run.pk}/paper/")
    assert "Enter this step" not in page and "Nothing of it can be entered now." in page


def test_a_page_of_what_went_wrong_leads_back_to_where_somebody_was(ana: Any, signed_in: Client) -> None:
    from_ours = signed_in.get("/runs/999/", headers={"Referer": "http://localhost/runs/?show=ended"})
    assert '<a href="/runs/?show=ended">Back to where you were</a>' in from_ours.content.decode()
    for elsewhere in (
        "https://other.example/runs/",
        "http://localhost:x",
        "http://localhost//other.example/",
        "//",
        "",
    ):
        answer = signed_in.get("/runs/999/", headers={"Referer": elsewhere})
        assert answer.status_code == 404 and "Back to where you were" not in answer.content.decode()
