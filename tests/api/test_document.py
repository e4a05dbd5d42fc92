"""The description, the OpenAPI document and the code name the same addresses, statuses and codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import indelible
from indelible.explanations import all_codes
from tests.docs.pages import DOCS

PAGE = (DOCS / "formats" / "api.md").read_text(encoding="utf-8")
CODE = Path(indelible.__file__).parent / "api"


def test_every_refusal_has_its_words_and_stands_on_the_page() -> None:
    raised = set()
    for path in CODE.rglob("*.py"):
        raised |= set(re.findall(r'Problem\(\s*\d{3},\s*"([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    raised -= {"page-failed", "bad-request"}  # a fault of ours; what no sender of ours can cause
    assert len(raised) > 15
    assert raised <= set(all_codes())
    assert {code for code in raised if f"`{code}`" not in PAGE} == set()


def test_the_document_holds_the_addresses_of_the_page_and_no_loose_ends() -> None:
    from indelible.api.schemas import document

    made = document()
    told = set(re.findall(r"^\| `(?:GET|POST) (/api/v1/[^`]+)` \|", PAGE, re.MULTILINE))
    assert told == set(made["paths"])
    assert {status for path in made["paths"].values() for one in path.values() for status in one["responses"]} >= {
        "200", "201", "202", "204", "400", "401", "404", "409", "410", "413", "415", "422", "429", "503",
    }  # fmt: skip
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(made)):
        assert name in made["components"]["schemas"], name
    for path in made["paths"].values():
        for operation in path.values():
            assert operation["security"] == [{"ConnectionPasswordBearer": []}]


def test_every_reason_that_an_event_can_be_rejected_for_stands_on_the_page() -> None:
    reasons = set()
    for path in CODE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        reasons |= set(re.findall(r'(?:EventError|JsonRefused)\(\s*"([a-z0-9-]+)"', text))
        reasons |= set(re.findall(r'RejectedEvent\([^)]*"([a-z]+-[a-z0-9-]+)"\)', text))
    assert {
        reason for reason in reasons if not reason.startswith("event-") and f"`{reason}`" not in PAGE
    } == set()
