"""Samples: drawn by a seed that anybody can use again, looked at row by row, signed sealed to exactly these rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from tests.features.conftest import PASSWORD


def test_a_sample_from_the_question_to_the_signature_and_the_check_a_year_later(
    book: Any, happen: Any, ana: Any, ben: Any, browser_of: Any, sentences: Any
) -> None:
    from indelible.features.reviews.models import Sample
    from indelible.features.reviews.samples import queries
    from indelible.features.signoffs.sampling import drawn_places
    from indelible.features.signoffs.still import still_there

    indexes = happen(*[f"SUP-{n}" for n in range(20)]) + happen("SUP-X", who="Ben Osei")
    browser: Client = browser_of(ben)
    assert "No sample yet" in browser.get("/reviews/samples/").content.decode()
    sent = {"question": "changes to supplier bank details", "row": "week", "seed": "auditor 7"}
    assert browser.post("/reviews/samples/draw/", {**sent, "row": "own"}).status_code == 422
    assert (
        browser.post("/reviews/samples/draw/", {**sent, "question": "frobnicated things"}).status_code == 422
    )
    assert browser.post("/reviews/samples/draw/", {**sent, "question": "payroll runs"}).status_code == 422
    assert browser.post("/reviews/samples/draw/", sent).status_code == 302
    sample = Sample.objects.get()
    assert sample.frozen.count == 10 and sample.row == "customary table, once a week: 5 to 15, usually 10"
    assert queries.indexes_of(sample) == [indexes[place] for place in drawn_places("auditor 7", 21, 10)]
    assert "drew 10 of 21 rows by chance" in " ".join(sentences())

    page = browser.get(f"/reviews/samples/{sample.pk}/").content.decode()
    assert "auditor 7" in page and "customary table, once a week" in page and "Sign this sample" not in page
    own = {place for place, index in enumerate(queries.indexes_of(sample)) if index == indexes[-1]}
    chloe = browser_of(ana)
    for place in range(10):
        who = chloe if place in own else browser
        url = f"/reviews/samples/{sample.pk}/rows/{place + 1}/"
        assert who.get(url).status_code == 200
        told = {
            "choice": "exception" if place == 3 else "fine",
            "reason": "No call-back on file" if place == 3 else "",
        }
        assert who.post(url, told).status_code == 302
    url = f"/reviews/samples/{sample.pk}/rows/1/"
    assert browser.post(url, {"choice": "exception", "reason": ""}).status_code == 422
    assert browser.get(f"/reviews/samples/{sample.pk}/rows/11/").status_code == 404
    signer = chloe if own else browser
    page = signer.get(f"/reviews/samples/{sample.pk}/")
    seen = page.context["form"].initial["seen"]
    url = f"/reviews/samples/{sample.pk}/"
    assert signer.post(url, {"password": "wrong", "seen": seen}).status_code == 422
    assert signer.post(url, {"password": PASSWORD, "seen": "stale"}).status_code == 422
    assert signer.post(url, {"password": PASSWORD, "seen": seen}).status_code == 302
    sample.refresh_from_db()
    assert sample.sign_off is not None and "1 exception" in sentences()[-1]
    assert still_there(sample.sign_off).verdict == "matches"
    assert "still what is there" in signer.get(f"{url}?check=1").content.decode()
    # What was signed cannot be decided anew, nor changed in the tables without a trace.
    assert signer.post(f"{url}rows/1/", {"choice": "fine"}).status_code == 422
    from indelible.features.signoffs.models import Decision

    Decision.objects.filter(frozen=sample.frozen, place=3).update(choice="fine")
    assert still_there(sample.sign_off).verdict == "does not match"
    assert "Signed" in browser.get("/reviews/samples/").content.decode()


def test_a_sample_of_a_rule_over_a_period(
    book: Any, rule: Any, happen: Any, ben: Any, browser_of: Any
) -> None:
    from indelible.features.reviews.models import Sample

    made = rule()
    happen("SUP-1", "SUP-2")
    browser = browser_of(ben)
    today = datetime.now(UTC).date()
    sent = {
        "question": f"rule:{made.pk}",
        "row": "own",
        "size": 1,
        "since": today.isoformat(),
        "until": "2999-01-01",
    }
    assert browser.post("/reviews/samples/draw/", {**sent, "until": "2000-01-01"}).status_code == 422
    assert browser.post("/reviews/samples/draw/", sent).status_code == 302
    sample = Sample.objects.get()
    assert sample.frozen.sample["of"] == 2 and sample.row == "chosen by hand: 1"
    assert len(sample.frozen.sample["seed"]) == 32  # made by chance
    assert browser.get(f"/reviews/samples/{sample.pk}/rows/1/").status_code == 200
