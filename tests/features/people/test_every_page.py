"""What every page owes: headers, no store, forms that count once, errors in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory

from indelible.explanations import all_codes
from indelible.web import failures, once

PAGES = (
    "/settings/",
    "/settings/mail/",
    "/help/",
    "/help/words/",
    "/help/keys/",
    "/account/password/",
    "/no/such/page/",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_allows_nothing_but_this_server_and_is_kept_nowhere(signed_in: Client, path: str) -> None:
    headers = signed_in.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert "HX-Request" in headers["Vary"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_script_or_style_of_its_own(signed_in: Client, path: str) -> None:
    page = signed_in.get(path).content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page)
    for script in re.findall(r"<script[^>]*>", page):
        assert 'src="/static/' in script


@pytest.mark.parametrize("path", PAGES)
def test_the_words_of_a_page_are_plain(signed_in: Client, path: str) -> None:
    page = signed_in.get(path).content.decode()
    text = re.sub(r"<[^>]+>", " ", page[page.index("<body") :]).lower()
    for word in (
        "checkpoint",
        "merkle",
        "hash",
        "inclusion proof",
        "tamper-proof",
        "immutable",
        "oops",
        "please",
    ):
        assert not re.search(rf"\b{word}\b", text), word


def test_cookies_cannot_be_read_by_scripts_nor_sent_from_other_sites(ana: Any) -> None:
    client = Client(SERVER_NAME="localhost")
    client.get("/account/sign-in/")
    from tests.features.conftest import PASSWORD

    client.post("/account/sign-in/", {"login": ana.email, "password": PASSWORD})
    for name in ("indelible_session", "indelible_csrf"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


def test_a_form_without_its_token_is_refused_in_words(ana: Any) -> None:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(ana)
    answer = client.post("/settings/yours/", {"own-name": "Ana"})
    assert answer.status_code == 403
    assert b"This form is too old to be sent" in answer.content


def test_a_program_gets_a_problem_document(signed_in: Client) -> None:
    answer = signed_in.get("/no/such/page/", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == 404
    assert document["code"] == "page-missing"
    assert document["next_step"]


def test_our_own_fault_has_a_number_and_no_trace(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        raise RuntimeError("secret detail")
    except RuntimeError:
        answer = failures.server_error(rf.get("/record/"))
    page = answer.content.decode()
    reference = re.search(r"\b[2-9A-HJ-NP-Z]{4}-\d\d\b", page)
    assert answer.status_code == 500
    assert reference
    assert reference[0] in caplog.text
    assert "secret detail" not in page
    assert "Traceback" not in page


def test_each_refusal_that_a_page_can_meet_has_its_words() -> None:
    needed = {
        "bad-request", "form-expired", "no-permission", "page-missing", "too-many-attempts", "page-failed",
        "disk-full", "database-busy", "key-missing", "key-unreadable", "key-differs",
        "log-behind-checkpoint-file", "password-does-not-fit", "setup-link-needed", "setup-link-used",
    }  # fmt: skip
    texts = all_codes()
    for code in needed:
        assert {"title", "meaning", "next_step"} <= set(texts[code]), code


def test_a_token_counts_once_across_requests(record: None, rf: RequestFactory) -> None:
    token = once.new_token()
    assert once.first_time(rf.post("/", {"once": token}))
    assert not once.first_time(rf.post("/", {"once": token}))
    assert once.first_time(rf.post("/", {"once": once.new_token()}))
    assert once.token_of(rf.post("/", {"once": "<script>"})) is None


def test_static_files_carry_their_fingerprint_and_may_be_kept(stranger: Client) -> None:
    from django.templatetags.static import static

    address = static("web/indelible.css")
    assert re.fullmatch(r"/static/web/indelible\.css\?v=[0-9a-f]{12}", address)
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()


def test_the_style_sheet_and_the_script_stay_small() -> None:
    import gzip
    from pathlib import Path

    import indelible.web

    folder = Path(indelible.web.__file__).parent / "static" / "web"
    assert len(gzip.compress((folder / "indelible.css").read_bytes())) < 8 * 1024
    assert (folder / "indelible.js").stat().st_size < 4 * 1024
