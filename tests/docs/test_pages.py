"""The pages agree with the product: its settings, codes, versions, formats and their own links."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from indelible.explanations import all_codes
from indelible.ledger.entries import prepare, seal
from indelible.storage.database.checking.report import ACCUSES_NOBODY
from tests.docs.pages import BLOCK, DOCS, ROOT, pages

SOURCE = ROOT / "src" / "indelible"
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
# A code of an error, as code writes it: the first word given to one of our refusals.
RAISED = re.compile(
    r"(?<![A-Za-z_])(?:Fault|AppendRefused|AppendFailed|StorageError|NotFound|IntakeError|ServeError|BeginError|MappingError|GivenError)"
    r'\(\s*"([a-z]+(?:[-_][a-z0-9]+)+)"'
)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def heading_ids(page: Path) -> set[str]:
    """The anchors of a page's headings, as hosts of such pages make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", pages(), ids=named)
def test_every_link_leads_to_a_page_and_a_heading_that_are_there(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if target.startswith(("https://", "mailto:")):
            continue
        path, _, heading = target.partition("#")
        led = (document.parent / path).resolve() if path else document
        assert led.exists(), target
        assert not heading or heading in heading_ids(led), target


@pytest.mark.parametrize("document", pages(), ids=named)
def test_every_file_of_the_project_that_a_page_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:vectors|docs|tests|src|bench)/[\w./-]*)`", text):
        assert (ROOT / name).exists(), name


def test_every_folder_of_pages_lists_them_all() -> None:
    for folder in ("guide", "operate", "formats", "decisions"):
        listed = set(LINK.findall((DOCS / folder / "README.md").read_text(encoding="utf-8")))
        there = {page.name for page in (DOCS / folder).glob("*.md")} - {"README.md"}
        assert there <= listed, folder


def test_every_decision_has_the_same_five_parts() -> None:
    for page in (DOCS / "decisions").glob("0*.md"):
        parts = re.findall(r"^\*\*([^*]+?)\.?\*\*", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert parts == ["Situation", "Choice", "Not chosen", "What follows", "We would notice"], page.name


def test_every_setting_that_the_code_reads_is_on_the_page_of_settings() -> None:
    read = set()
    for module in SOURCE.rglob("*.py"):
        if "client" in module.relative_to(SOURCE).parts:  # read in programs of others, as their guide says
            continue
        read |= set(
            re.findall(r'environ(?:\.get)?[\[(]"(INDELIBLE_[A-Z_]+)"', module.read_text(encoding="utf-8"))
        )
    told = set(
        re.findall(r"^\| `(INDELIBLE_[A-Z_]+)`", (DOCS / "operate/README.md").read_text(), re.MULTILINE)
    )
    assert read == told


def test_every_code_that_is_raised_for_people_has_its_words() -> None:
    raised: set[str] = set()
    for module in SOURCE.rglob("*.py"):
        raised |= set(RAISED.findall(module.read_text(encoding="utf-8")))
    assert len(raised) > 20
    assert raised - set(all_codes()) == set()


def test_every_kind_of_finding_that_accuses_is_explained() -> None:
    made: set[str] = set()
    for module in (SOURCE / "storage/database/checking").glob("*.py"):
        made |= set(re.findall(r'Finding\(\s*"(\w+)"', module.read_text(encoding="utf-8")))
    told = set(re.findall(r"`([a-z_]+)`", (DOCS / "guide/altered.md").read_text(encoding="utf-8")))
    assert "altered" in made
    assert made - ACCUSES_NOBODY <= told


def test_every_button_that_the_guide_names_stands_on_a_page() -> None:
    shown = "\n".join(
        path.read_text(encoding="utf-8") for kind in ("*.html", "*.py") for path in SOURCE.rglob(kind)
    )
    for document in (DOCS / "guide").glob("*.md"):
        text = " ".join(document.read_text(encoding="utf-8").split())
        for name in re.findall(r"\*\*([A-Z][^*]*[a-z])\*\*", text):
            assert f'"{name}"' in shown or f">{name}" in shown, f"{document.name}: {name}"


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    top = re.search(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert top is not None
    assert top[1] == project["version"] == version("indelible")


def test_the_example_of_the_entry_format_comes_out_of_the_code() -> None:
    vector = json.loads((ROOT / "vectors/entries.json").read_text(encoding="utf-8"))["entries"][0]
    blocks = [
        block.strip() for _, block in BLOCK.findall((DOCS / "formats/entry.md").read_text(encoding="utf-8"))
    ]
    secret, disclosure, leaf = blocks[-3:]
    content = json.loads(vector["content"])
    (sealed,) = seal(prepare([content], [bytes.fromhex(secret)]), [{}], vector["at"])
    assert leaf.splitlines() == [sealed.data.decode(), sealed.leaf_hash.hex()]
    assert disclosure.splitlines() == [vector["fields"][0]["text"], vector["fields"][0]["digest"]]


@pytest.mark.parametrize("document", pages(), ids=named)
def test_a_page_says_nothing_of_the_machine_it_was_written_on(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert not re.search(r"/root\b|/work\b|/tmp/|pypi\.org", text)
    assert not re.search(r"tamper-proof|unhackable|blockchain|\boops\b", text, re.IGNORECASE)
