"""The small pictures: state shapes, the nodes of the timeline, and the few signs that controls need.

Each is drawn on a grid of 20 by 20, in one colour (`currentColor`); what is cut out of a filled shape takes
the colour `--cut`. They say nothing alone: a word always stands beside them, so they are hidden from
screen readers. The menu's pictures come from the heroicons package.
"""

from __future__ import annotations

from typing import Final


def _line(path: str, width: float = 1.9) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="{width}"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _cut(path: str) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="var(--cut)" stroke-width="2.2"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _ring(x: float, y: float, radius: float, more: str = "") -> str:
    return (
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke="currentColor" stroke-width="1.9"{more}/>'
    )


_OCTAGON: Final = "M6.4 1.2h7.2l5.2 5.2v7.2l-5.2 5.2H6.4l-5.2-5.2V6.4z"

ICONS: Final[dict[str, str]] = {
    # Shapes of a state.
    "ok": '<circle cx="10" cy="10" r="9.2" fill="currentColor"/>' + _cut("M5.8 10.5 8.7 13.4 14.3 7"),
    "warn": '<path d="M10 2 19 17.6H1z" fill="currentColor" stroke="currentColor" stroke-width="1.4"'
    ' stroke-linejoin="round"/>' + _cut("M10 7.6v4.6M10 15v.2"),
    "bad": f'<path d="{_OCTAGON}" fill="currentColor"/>' + _cut("M10 5.2v5.6M10 14.2v.4"),
    "broken": _line(_OCTAGON) + _line("M10 5.6v5M10 13.9v.4", 2.2),
    "wait": _ring(10, 10, 8.2, ' stroke-dasharray="3.4 2.75"') + _line("M10 5.9v4.3l2.9 1.9"),
    "quiet": _ring(10, 10, 8.2) + _line("M6.2 10h7.6", 2.2),
    "info": '<rect x="1.7" y="1.7" width="16.6" height="16.6" rx="3" fill="none" stroke="currentColor"'
    ' stroke-width="1.9"/>' + _line("M10 9.2v5M10 5.8v.3", 2.2),
    "no": _ring(10, 10, 8.2) + _line("M7.2 7.2l5.6 5.6M12.8 7.2l-5.6 5.6"),
    "box": '<rect x="2.2" y="2.2" width="15.6" height="15.6" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "hidden": '<rect x="1" y="6" width="18" height="8" fill="currentColor"/>',
    # Nodes of the timeline: what kind of thing happened.
    "plus": _line("M10 4v12M4 10h12", 2.1),
    "pencil": _line("M3.6 16.4l1-3.9 9-9 2.9 2.9-9 9z"),
    "minus": _line("M4 10h12", 2.3),
    "tick": _line("M3.6 10.8l4.1 4.2 8.7-9.6", 2.1),
    "key": _ring(6.8, 7.2, 3.6) + _line("M9.4 9.8l7 7M13.6 14l2-2"),
    "turn": _line("M7.6 3.8 3.9 7.5l3.7 3.7M4.3 7.5h7.5a4.4 4.4 0 0 1 0 8.8H8"),
    "seal": _ring(10, 10, 7.8) + '<circle cx="10" cy="10" r="3.4" fill="currentColor"/>',
    "eye": _line("M2 10c2-3.5 4.7-5.3 8-5.3s6 1.8 8 5.3c-2 3.5-4.7 5.3-8 5.3S4 13.5 2 10z")
    + _ring(10, 10, 2.3),
    "arrow": _line("M3.6 10h12.6M11.4 5.2l4.8 4.8-4.8 4.8"),
    "door": _line("M8.6 3.2H4v13.6h4.6M9 10h7.6M13.2 6.6l3.4 3.4-3.4 3.4"),
    "dot": '<circle cx="10" cy="10" r="4.2" fill="currentColor"/>',
    "bang": _line("M10 3.8v7.6M10 15.8v.4", 2.9),
    # Signs on controls.
    "cross": _line("M5.2 5.2l9.6 9.6M14.8 5.2l-9.6 9.6", 2.1),
    "down": _line("M4.6 7.6l5.4 5.2 5.4-5.2", 2.1),
    "menu": _line("M3 5.4h14M3 10h14M3 14.6h14", 2),
    "search": _ring(8.6, 8.6, 5.6) + _line("M12.9 12.9l4.2 4.2", 2),
}


def draw(name: str, size: int = 20, *, extra_class: str = "") -> str:
    """Return the SVG of an icon, hidden from screen readers. Raises KeyError for a name that is not drawn."""
    css = f' class="{extra_class}"' if extra_class else ""
    return (
        f'<svg{css} width="{size}" height="{size}" viewBox="0 0 20 20" aria-hidden="true"'
        f' focusable="false">{ICONS[name]}</svg>'
    )
