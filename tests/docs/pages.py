"""What the documentation shows: its pages, the commands on them, and a place to run these."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
EXIT_CODE = re.compile(r"\s+# exit code (\d)$")

PAYMENTS = """id,time,user,action,object,result
x-1,2026-03-01T09:00:00Z,ana@example.com,update,invoice 17,ok
x-2,2026-03-01T10:00:00Z,grace@example.com,delete,invoice 18,ok
"""
# The same without a zone, which a person has to name.
LOCAL = """id,time,user,action,object,result
y-1,2026-03-01 09:00:00,ana@example.com,update,invoice 17,ok
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a page that a reader would type, and the exit code the page says it has."""

    text: str
    code: int


def pages() -> list[Path]:
    """Every page of the documentation."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted(DOCS.rglob("*.md"))]


def commands_of(page: Path) -> list[Command]:
    """The commands of a page, in order: lines of `sh` blocks, and `indelible` in blocks without a language."""
    found = []
    for language, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            text = line.strip()
            typed = text and (language == "sh" or (language == "" and text.startswith(".venv/bin/indelible")))
            if typed:
                code = EXIT_CODE.search(text)
                found.append(Command(EXIT_CODE.sub("", text), int(code[1]) if code else 0))
    return found


def subcommands_in(text: str) -> set[str]:
    """The subcommands of `indelible` that a text names, in code."""
    code = "\n".join([*re.findall(r"`([^`\n]+)`", text), *(block for _, block in BLOCK.findall(text))])
    return set(re.findall(r"(?:^|[\s/=(])indelible ([a-z]+)", code, re.MULTILINE))


class Place:
    """A folder as a reader has it before them: the command, files to import, and a record that has begun."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        program = Path(sys.executable).parent / "indelible"
        bin_folder = folder / ".venv" / "bin"
        bin_folder.mkdir(parents=True)
        (bin_folder / "indelible").symlink_to(program)
        (folder / "payments.csv").write_text(PAYMENTS, encoding="utf-8")
        (folder / "local.csv").write_text(LOCAL, encoding="utf-8")
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))
        }
        path = f"{bin_folder}{os.pathsep}{kept.get('PATH', '')}"
        self.environment = {**kept, **settings, "PATH": path}

    def run(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run one line as a shell would, in the folder."""
        shell = shutil.which("bash") or "/bin/sh"
        return subprocess.run(
            [shell, "-c", text],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
