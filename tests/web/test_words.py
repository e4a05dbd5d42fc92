"""The words of the pages: those that people know, never those of the trade, and each ready to be translated."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import indelible
from indelible.explanations import all_codes

PACKAGE = Path(indelible.__file__).parent
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
NEVER = re.compile(
    r"\b(checkpoints?|merkle|hash(es|ed)?|inclusion proofs?|tamper[- ]?proof|immutable|oops|please|leaf|"
    r"blockchain|illegal|invalid|fatal|abort(ed)?|click here)\b",
    re.I,
)
TAGS = re.compile(r"{%.*?%}|{{.*?}}|<[^>]+>|{#.*?#}", re.S)
SAID = re.compile(
    r"""{%\s*translate\s+(?:"([^"]*)"|'([^']*)')|{%\s*blocktranslate[^%]*%}(.*?){%\s*endblock""", re.S
)
# What stands outside `translate`: names, numbers, marks.
BARE = re.compile(r"[A-Za-z]{2,}")
NOT_WORDS = {"Indelible", "doctype", "html", "novalidate"}
# What is typed as it stands in every language: commands, and the lines of a recovery sheet.
TYPED = re.compile(r"<code\b.*?</code>|<p class=\"mono.*?</p>", re.S)
ATTRIBUTES = re.compile(r"{% block form_attributes %}.*?{% endblock %}", re.S)
NAMES = re.compile(r"\btlog-checkpoint\b")  # a format's own name
ATTRIBUTES_ONLY = {"live.html"}  # a part that stands inside a tag


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_page_uses_the_words_that_people_know(path: Path) -> None:
    said = " ".join(" ".join(found) for found in SAID.findall(path.read_text()))
    assert not NEVER.search(TAGS.sub(" ", said)), path


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path.name not in ATTRIBUTES_ONLY], ids=lambda path: path.name
)
def test_a_page_says_nothing_that_cannot_be_translated(path: Path) -> None:
    text = path.read_text()
    text = re.sub(r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}", " ", text, flags=re.S)
    for kept in (ATTRIBUTES, TYPED):
        text = kept.sub(" ", text)
    bare = set(BARE.findall(TAGS.sub(" ", text).replace("&nbsp;", " "))) - NOT_WORDS
    assert not bare, f"{path}: {sorted(bare)}"


def words_of(path: Path) -> list[str]:
    """Return the texts that a module gives to gettext."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
            found += [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
    return found


@pytest.mark.parametrize("part", ["web", "features", "storage"])
def test_what_the_program_says_uses_the_words_that_people_know(part: str) -> None:
    told = {path.name: words_of(path) for path in (PACKAGE / part).rglob("*.py")}
    assert sum(map(len, told.values())) > 20
    assert not [
        (name, text) for name, texts in told.items() for text in texts if NEVER.search(NAMES.sub("", text))
    ]


def test_explanations_use_the_words_that_people_know() -> None:
    found = {
        code: hit[0] for code, parts in all_codes().items() if (hit := NEVER.search(" ".join(parts.values())))
    }
    assert not found
