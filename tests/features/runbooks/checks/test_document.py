"""The page about checks says what the code does, and flaws are told before a runbook is in force."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from .conftest import DOCUMENT

PAGE = Path(__file__).parents[4] / "docs/formats/runbook-checks.md"


def told(kind: Any) -> str:
    """The settings of a kind as the page has them."""
    parts = []
    for field in msgspec.structs.fields(kind.settings):
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        parts.append(f"`{field.name}`" + ("" if field.required else f" = {json.dumps(default)}"))
    return ", ".join(parts) or "none"


def test_the_page_has_every_kind_with_its_settings() -> None:
    from indelible.features.runbooks.checks import kinds

    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE.read_text().split("## Sentences")[0], re.MULTILINE)
    assert dict(rows) == {name: told(kind) for name, kind in kinds().items()}


def test_every_kind_has_a_name_where_somebody_chooses_one() -> None:
    from indelible.features.runbooks.books.check_words import KINDS
    from indelible.features.runbooks.checks import kinds

    assert set(KINDS) == set(kinds())


@pytest.mark.parametrize(
    ("kind", "settings", "says"),
    [
        ("guess", {}, "knows no check called “guess”"),
        ("files", {"leest": 2}, "unknown field `leest`"),
        ("files", {"step": "nowhere"}, "no step “nowhere”"),
        ("answered", {"fields": ["nothing"]}, "no field “nothing”"),
        ("different_people", {"roles": ["lead", "chef"]}, "no role “chef”"),
        ("entries", {"find": "chanegs to suppliers"}, "not understood: “chanegs”"),
        ("entries", {"find": "changes to supplier {field.suplier}"}, "no field “suplier”"),
        ("entries", {"find": "changes to supplier {run.name}"}, "Nothing of a run is called {run.name}"),
        ("entries", {"find": "{field.why}"}, "write {sentence.KEY}"),
        ("entries", {"find": "{sentence.wy}"}, "no field “wy”"),
        ("entries", {"find": "changes to suppliers", "expect": "few"}, "“few” says no number"),
        ("entries", {"find": "changes to suppliers", "expect": "=field:why"}, "“why” is no number"),
        ("entries", {"find": 'notes with "case {run.about} of"'}, "quotation marks"),
        ("entries", {"find": "changes to suppliers", "over": "ages"}, "called “ages”"),
        ("arrives", {"find": "", "within": "P2D"}, "nothing that could be looked for"),
        ("arrives", {"find": "changes to suppliers", "within": "2 days"}, "no span of time"),
        ("arrives", {"find": "changes to suppliers", "after": "step:no"}, "no step “no”"),
        ("order", {"first": "field:why", "then": "now"}, "neither a day nor a moment"),
        ("age", {"of": "start"}, "Say how old"),
        ("installed", {"what": "roof"}, "none of these"),
        ("later", {"what": "lunch"}, "none of these"),
        ("clock", {"key": "law"}, "no clock “law”"),
        ("coverage", {"states": ["fine"]}, "none of these"),
        ("sources", {"what": "well"}, "none of these"),
        ("gaps", {"what": "wide"}, "none of these"),
        ("run", {"runbook": "RB-17", "states": ["running"]}, "none of these"),
        ("held_outside", {"kinds": ["friend"]}, "nobody who holds seals"),
        ("whole", {"equals": "12"}, "names no field"),
        ("decided", {"step": "ask"}, "“Ask it” shows no list"),
        ("decided", {"step": "approve"}, "“Approve it” asks for no decision"),
        ("account", {"field": "who", "what": "boss"}, "none of these"),
    ],
)
def test_flaws_are_told(kind: str, settings: dict[str, Any], says: str) -> None:
    from indelible.features.runbooks.checks import flaws_in
    from indelible.features.runbooks.document.reading import from_data

    steps = json.loads(json.dumps(DOCUMENT["steps"]))
    steps[2]["view"] = {"list": "sources"}
    steps[1]["checks"] = [{"key": "c", "says": "So.", "kind": kind, "settings": settings}]
    found = flaws_in(from_data(DOCUMENT | {"steps": steps}))
    assert [flaw.where for flaw in found] == ["steps.look.checks.c"]
    assert says in found[0].says


def test_no_ready_runbook_has_a_flawed_check() -> None:
    from indelible.features.runbooks.checks import flaws_in
    from indelible.features.runbooks.library import all_ready

    assert [
        f"{book.id} {flaw.where}: {flaw.says}" for book in all_ready().values() for flaw in flaws_in(book)
    ] == []
