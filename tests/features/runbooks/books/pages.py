"""What browsers do with a page: read it, and send its form as it stands."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any


def text_of(answer: Any) -> str:
    """Return what a page says, without markup."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


class _Form(HTMLParser):
    """Reads the controls of the first form after `<main` that posts, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._main = self._inside = self._done = False
        self._select = self._area = ""
        self._text = ""
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._main = self._main or tag == "main"
        if tag == "form" and self._main and told.get("method") == "post" and not self._done:
            self._inside = True
        if not self._inside:
            return
        name = told.get("name") or ""
        if tag == "input" and name:
            kind = told.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in told:
                return
            if kind not in ("file", "submit"):
                self._add(name, told.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select, self._first = name, None
        elif tag == "option" and self._select:
            value = told.get("value") or ""
            self._first = value if self._first is None else self._first
            if "selected" in told:
                self._add(self._select, value)
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            text = self._text.removeprefix("\n")
            self._add(self._area, text.replace("\r\n", "\n").replace("\n", "\r\n"))
            self._area = ""
        elif tag == "select" and self._select:
            if self._select not in self.sent and self._first is not None:
                self._add(self._select, self._first)
            self._select = ""
        elif tag == "form" and self._inside:
            self._inside, self._done = False, True

    def _add(self, name: str, value: str) -> None:
        self.sent.setdefault(name, []).append(value)


def form_of(answer: Any) -> dict[str, list[str]]:
    """Return what the page's form would send, as it stands."""
    reader = _Form()
    reader.feed(answer.content.decode())
    return reader.sent
