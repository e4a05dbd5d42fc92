"""The page of a witness: who it is, what it holds, and what it refused. Plain HTML, no script.

All that comes from requests or keys is escaped; the style sheet is a file of its own, so that the page can
forbid everything else (`Content-Security-Policy`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from html import escape
from importlib.resources import files

from . import wording
from .evidence import Refused
from .state import WatchedLog

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{window_title}</title>
<link rel="stylesheet" href="witness.css">
</head>
<body>
<main>
<h1>{title}</h1>
<p class="lead">{intro}</p>
<section>
<h2>{logs_title}</h2>
{logs}
</section>
<section>
<h2>{key_title}</h2>
<p>{key_intro}</p>
<p class="key">{key}</p>
</section>
<section>
<h2>{limits_title}</h2>
<p>{limits}</p>
</section>
</main>
</body>
</html>
"""

# A state is told by shape, word and colour: an octagon for an alarm, a triangle for what needs a look.
_SHAPE = (
    '<svg aria-hidden="true" viewBox="0 0 20 20" width="20" height="20"><path d="{outline}" fill="{fill}"'
    ' stroke="currentColor" stroke-width="1.9" stroke-linejoin="round"/><path d="M10 {top}v4.6m0 2.6v.2"'
    ' stroke="{mark}" stroke-width="1.9" stroke-linecap="round"/></svg> '
)
_OCTAGON = _SHAPE.format(
    outline="M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z", fill="currentColor", top="5.4", mark="var(--bad-weak)"
)
_TRIANGLE = _SHAPE.format(outline="M10 2.2 18.6 17.5H1.4z", fill="none", top="7.4", mark="currentColor")


@cache
def style() -> bytes:
    """Return the style sheet."""
    return (files(__package__) / "witness.css").read_bytes()


def page(name: str, key: str, logs: list[WatchedLog]) -> str:
    """Return the page of the witness called `name` with the verifier key `key`."""
    title = wording.TITLE.format(name=name)
    logs = sorted(logs, key=lambda log: not log.forks)  # alarms first
    return _PAGE.format(
        title=escape(title),
        window_title=escape(wording.WINDOW_TITLE.format(title=title)),
        intro=escape(wording.INTRO),
        logs_title=escape(wording.LOGS_TITLE),
        logs="\n".join(map(_log, logs)) or _p(wording.NO_LOGS),
        key_title=escape(wording.KEY_TITLE),
        key_intro=escape(wording.KEY_INTRO),
        key=escape(key),
        limits_title=escape(wording.LIMITS_TITLE),
        limits=escape(wording.LIMITS),
    )


def told_time(at: int) -> str:
    """Return a time as people read it: "12 June 2025, 14:32:05 UTC"."""
    when = datetime.fromtimestamp(at, UTC)
    return f"{when.day} {when:%B %Y, %H:%M:%S} UTC"


def iso_time(at: int) -> str:
    """Return a time as programs read it: "2025-06-12T14:32:05Z"."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _log(log: WatchedLog) -> str:
    """Return the card of one log: the alarm first, where there is one."""
    parts = ["<article>", f"<h3>{escape(log.origin)}</h3>"]
    if log.forks:
        parts.append(_alarm(log.forks))
    if not log.keys:
        parts.append(_p(wording.NOT_WATCHED))
    if log.newest is None:
        parts.append(_p(wording.NOTHING_HELD))
    else:
        held = wording.HELD.format(size=f"{log.newest.size:,}", at=told_time(log.newest.at))
        parts.append(_p(held, "held"))
    if log.unproven:
        parts.append(_look(log.unproven))
    elif not log.forks:
        parts.append(_p(wording.NOTHING_REFUSED, "quiet"))
    if log.late:
        parts.append(_p(wording.LATE.format(count=f"{len(log.late):,}"), "quiet"))
    if log.not_kept:
        parts.append(_p(wording.NOT_KEPT.format(count=f"{log.not_kept:,}")))
    return "\n".join([*parts, _details(log), "</article>"])


def _alarm(forks: tuple[Refused, ...]) -> str:
    return (
        f'<div class="alarm" role="alert"><h4>{_OCTAGON}{escape(wording.FORK_TITLE)}</h4>'
        f"{_p(wording.FORK_MEANING)}{_list(forks)}</div>"
    )


def _look(unproven: tuple[Refused, ...]) -> str:
    heading = f"<h4>{_TRIANGLE}{escape(wording.REFUSED_TITLE)}</h4>"
    return f'<div class="look" role="note">{heading}{_list(unproven)}</div>'


def _list(refused: tuple[Refused, ...]) -> str:
    lines = (
        wording.REASONS[each.reason].format(size=f"{each.size:,}", at=told_time(each.at))
        for each in reversed(refused)
    )
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _details(log: WatchedLog) -> str:
    """Return keys and notes as they are, folded."""
    parts = [f"<details><summary>{escape(wording.DETAILS)}</summary>"]
    if log.keys:
        keys = "".join(f'<p class="key">{escape(key)}</p>' for key in log.keys)
        parts.append(f"<h4>{escape(wording.KEYS)}</h4>{keys}")
    if log.newest:
        parts.append(f"<h4>{escape(wording.NOTE)}</h4><pre>{escape(log.newest.note)}</pre>")
    if log.refused:
        notes = "".join(_evidence(each) for each in reversed(log.refused))
        parts.append(f"<h4>{escape(wording.REFUSED_TITLE)}</h4>{notes}")
    return "".join([*parts, "</details>"])


def _evidence(refused: Refused) -> str:
    notes = [refused.note, *([refused.against] if refused.against else [])]
    return "".join(f"<pre>{escape(note)}</pre>" for note in notes)


def _p(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"
