"""The checking page of a pack of ten thousand entries, opened from a file in Chromium (V).

Two things people wait for: a first number on the screen, and the answer. The page's own clock is read, which
begins when the browser begins to open the file. Python's check of the same pack stands beside it.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from bench.logs import Bench
from bench.result import AT_MOST, NotMeasured, Result, share

FIRST_MS, ANSWER_MS = 500.0, 3_000.0
ENTRIES = 10_000

# Notes when the first number and when the answer came, from outside of the page's own script.
_WATCH = """
new MutationObserver(() => {
  const count = document.getElementById("count"), root = document.documentElement;
  if (count && /[0-9]/.test(count.textContent)) globalThis.firstAt ??= performance.now();
  if (root.dataset.verdict) globalThis.answerAt ??= performance.now();
}).observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
"""


def page(bench: Bench) -> list[Result | NotMeasured]:
    """V: the first number, the answer, and Python's answer about the same pack."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return [NotMeasured("V", "the page of a pack", "Chromium is not installed here")]
    entries = max(bench.at_most(ENTRIES), 50)
    place, by_python = _made(bench.folder, entries)
    firsts, answers = _opened(chromium, place, bench.rounds)
    what = f"a pack of {entries:,} entries"
    told = share(answers, 0.5)
    return [
        _result(f"first number of {what}", share(firsts, 0.5), FIRST_MS),
        _result(f"answer about {what}", told, ANSWER_MS),
        Result(
            "V",
            f"answer about {what} against Python's",
            told,
            by_python,
            "ms",
            told / by_python,
            AT_MOST,
            None,
        ),
    ]


def _result(what: str, taken: float, most: float) -> Result:
    return Result("V", what, taken, most, "ms", taken / most, AT_MOST, 1.0)


def _made(folder: Path, entries: int) -> tuple[Path, float]:
    """Make a pack and put its page beside it; return the page's place and the milliseconds of Python's check."""
    from indelible.ledger.packs.checking import check_pack
    from indelible.ledger.packs.manifest import PAGE_NAME
    from tests.ledger.packs.making import make_pack

    made = make_pack(folder / "page.zip", entries=entries, kind="whole", proofs=False)
    place = folder / "page.html"
    place.write_bytes(made.parts[PAGE_NAME])
    began = time.perf_counter()
    with made.path.open("rb") as file:
        report = check_pack(file)
    assert report.verdict == "matches"
    return place, (time.perf_counter() - began) * 1e3


def _opened(chromium: str, place: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Open the page so many times; return the milliseconds to the first number and to the answer."""
    from playwright.sync_api import sync_playwright

    firsts, answers = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(rounds):
            page = browser.new_page()
            page.add_init_script(_WATCH)
            page.goto(place.as_uri(), wait_until="commit")
            page.wait_for_selector('html[data-verdict="matches"]', state="attached")
            firsts.append(float(page.evaluate("firstAt")))
            answers.append(float(page.evaluate("answerAt")))
            page.close()
        browser.close()
    return firsts, answers
