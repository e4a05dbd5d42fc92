"""Saved views: a question under a name, who sees it, what goes on the record, and when it means something else."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from .conftest import Put, text_of, told

QUESTION = "who:maria about:invoice"


def save(client: Client, name: str = "Maria's invoices", question: str = QUESTION, **more: str) -> Any:
    return client.post("/record/views/save/", {"name": name, "question": question, **more}, follow=True)


def key_of(name: str) -> int:
    from indelible.features.record.models import SavedView

    return SavedView.objects.get(name=name).pk


def tabs(client: Client) -> dict[str, str]:
    page = client.get("/record/").content.decode()
    nav = re.search(r'<nav class="tabs".*?</nav>', page, re.S)
    assert nav
    return {
        html.unescape(name): html.unescape(url)
        for url, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', nav[0])
    }


def test_a_question_is_saved_under_a_name_and_stands_as_a_tab(
    signed_in: Client, put: Put, sentences: Any
) -> None:
    (index,) = put(told())
    put(told(actor={"name": "Tom Reed", "kind": "person"}))
    before = sentences()
    offered = tabs(signed_in)
    assert "Save this view" not in offered  # nothing is asked yet
    page = signed_in.get("/record/views/save/", {"q": QUESTION})
    assert "We understood:" in text_of(page)
    saved = save(signed_in)
    assert "“Maria's invoices” is saved. Only you see it." in text_of(saved)
    assert f'href="/record/{index + 1}/"' in saved.content.decode()
    assert 'aria-current="page">Maria&#x27;s invoices' in saved.content.decode()
    asked = parse_qs(urlsplit(tabs(signed_in)["Maria's invoices"]).query)
    assert asked["q"] == [QUESTION]
    assert [one for one in sentences()[len(before) :] if "view" in one] == []  # one's own is one's own


def test_what_is_shared_is_seen_by_all_and_stands_on_the_record(
    signed_in: Client, ben: Client, put: Put, sentences: Any
) -> None:
    put(told())
    save(signed_in, "Mine alone")
    assert "is saved for everybody" in text_of(save(signed_in, "Ours", shared="on"))
    assert "Ours" in tabs(ben)
    assert "Mine alone" not in tabs(ben)
    assert sentences()[-1].startswith(
        "Ana Ruiz shared the saved view Ours with everybody, asking for “Entries"
    )
    answer = ben.post(f"/record/views/{key_of('Mine alone')}/", {"name": "x", "question": QUESTION})
    assert answer.status_code == 404
    signed_in.post(
        f"/record/views/{key_of('Ours')}/", {"name": "Ours", "question": "about:invoice", "shared": "on"}
    )
    assert "changed the “question” of the shared view Ours from" in sentences()[-1]
    signed_in.post(f"/record/views/{key_of('Ours')}/", {"name": "Ours", "question": "about:invoice"})
    assert sentences()[-1].startswith("Ana Ruiz ended the shared view Ours, asking for")
    assert "Ours" not in tabs(ben)
    assert "Ours" in tabs(signed_in)


def test_deleting_says_what_happens_and_touches_no_entry(signed_in: Client, put: Put, sentences: Any) -> None:
    put(told())
    save(signed_in, "Ours", shared="on")
    url = f"/record/views/{key_of('Ours')}/delete/"
    assert "No entry is touched" in text_of(signed_in.get(url))
    count = len(sentences())
    page = signed_in.post(url, follow=True)
    assert "The view “Ours” is deleted." in text_of(page)
    assert "ended the shared view Ours" in "".join(sentences()[count:])
    assert signed_in.post(url).status_code == 404


REFUSED = [
    ("", QUESTION, "Enter a name"),
    ("x" * 61, QUESTION, "60"),
    ("Taken", QUESTION, "There is a view called “Taken” already."),
    ("New", "", "Enter what the view asks"),
    ("New", "   ", "Enter what the view asks"),
    ("New", "harlowxyz when:someday", "Not every word of the question is understood."),
]


def test_what_cannot_be_saved_is_refused_with_what_was_typed(signed_in: Client, put: Put) -> None:
    from indelible.features.record.models import SavedView

    save(signed_in, "Taken")
    for name, question, said in REFUSED:
        answer = save(signed_in, name, question)
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert html.escape(question.strip(), quote=False) in html.unescape(answer.content.decode())
    assert SavedView.objects.count() == 1


def test_a_button_that_is_pressed_twice_saves_once(signed_in: Client, put: Put) -> None:
    from indelible.features.record.models import SavedView

    for _press in range(2):
        answer = save(signed_in, "Twice", once="a-token-of-the-form-1234")
        assert answer.status_code == 200
    assert SavedView.objects.count() == 1


def test_there_is_an_end_to_how_many(signed_in: Client, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.features.record import saved

    monkeypatch.setattr(saved, "MOST_OWN", 1)
    save(signed_in, "One")
    assert "There are 1 views already." in text_of(save(signed_in, "Two"))


def test_a_view_that_means_something_else_by_now_says_so(signed_in: Client, put: Put) -> None:
    from indelible.features.record.models import SavedView

    put(told())
    save(signed_in, "Ours")
    row = SavedView.objects.get()
    url = tabs(signed_in)["Ours"]
    assert "asks something else" not in text_of(signed_in.get(url))
    row.pattern = {**row.pattern, "who": [{"name": "Mary Lopez"}]}  # as it would have been read then
    row.save()
    assert "The saved view “Ours” asks something else than when it was saved." in text_of(signed_in.get(url))
    assert "Read today, it asks something else" in text_of(signed_in.get("/record/views/"))
    row.typed = "harlowxyz when:someday"
    row.save()
    url = tabs(signed_in)["Ours"]
    assert "The saved view “Ours” can no longer be read in full." in text_of(signed_in.get(url))
    assert "It can no longer be read in full." in text_of(signed_in.get("/record/views/"))
    assert "Saved." in text_of(
        signed_in.post(f"/record/views/{row.pk}/", {"name": "Ours", "question": QUESTION}, follow=True)
    )


def test_a_moving_period_moves_and_is_still_the_same_view(signed_in: Client, put: Put) -> None:
    from indelible.features.record.models import SavedView

    save(signed_in, "Lately", "about:invoice last month")
    row = SavedView.objects.get()
    assert row.pattern["when"]["text"] == "last month"
    row.pattern["when"] |= {"from": "2020-01-01", "to": "2020-01-31"}  # what it meant then, had it been kept
    row.save()
    assert "asks something else" not in text_of(signed_in.get(tabs(signed_in)["Lately"]))


def test_a_stranger_is_sent_to_sign_in(ana: Any, stranger: Client) -> None:
    for path in ("/record/views/", "/record/views/save/", "/record/views/1/", "/record/views/1/delete/"):
        assert stranger.get(path)["Location"].startswith("/account/")


def test_only_a_form_of_ours_changes_anything(signed_in: Client, ana: Any) -> None:
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.force_login(ana)
    assert strict.post("/record/views/save/", {"name": "x", "question": QUESTION}).status_code == 403
