"""The page of a witness, in every look: quiet, with an alarm, and before any seal."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.looks import Watch, check_page
from tests.services.witness import running_witness
from tests.witness.asking import Asker, body, post
from tests.witness.test_judging import STRANGER


def test_the_page_of_a_witness_is_plain_and_shows_alarms_first(page: Page, tmp_path: Path) -> None:
    quiet, forked = Asker(STRANGER), Asker()
    keys = [quiet.key.verifier.text, forked.key.verifier.text]
    with running_witness(tmp_path / "w", name="witness.holm-partners.example/w1", logs=keys) as witness:
        watch = Watch(page, witness.url)
        page.goto(witness.url + "/")
        assert page.get_by_text("No seal yet").count() == 2
        check_page(page, "witness-new")

        assert post(witness.url, quiet.request(0, 8)).status == 200
        assert post(witness.url, body(8, [bytes(32)], quiet.note(9))).status == 422
        assert post(witness.url, quiet.request(0, 6)).status == 409
        assert post(witness.url, forked.request(0, 600)).status == 200
        assert post(witness.url, forked.request(600, 600, forked_at=5)).status == 422
        page.reload()
        assert page.get_by_role("article").first.get_by_role("alert").is_visible()
        assert page.get_by_role("heading", name="Two versions of this record exist").count() == 1
        assert page.get_by_text("this accuses nobody").count() == 1
        assert page.get_by_text("came after a newer one").count() == 1
        for folded in page.locator("summary").all():
            folded.click()
        check_page(page, "witness-alarm")
        watch.assert_quiet()
