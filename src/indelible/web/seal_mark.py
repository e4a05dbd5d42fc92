"""The seal mark: a rosette, as on banknotes, computed from a seal's fingerprint.

The same seal always gives the same mark, and two seals are most unlikely to look alike. It helps memory and
makes a page recognisable; it is not the check, which the words and the receipt are.

Each band is a circle whose radius swings `petals` times. Only one petal is written out, as a curve of few
points (quadratic, through the middles of its corners); a ring is that petal turned round, and the band is
the ring drawn several times, each turned by a part of a petal. Pure: bytes in, text out.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from math import cos, pi, sin

BANDS = ((79.0, 14.0), (57.0, 11.0), (38.0, 7.0))  # radius and swing on a canvas of 200 by 200
MAX_BYTES = 6 * 1024
CORNERS = 12  # of one petal


def seal_mark(root_hash: bytes, label: str = "", caption: str = "Seal") -> str:
    """Return the mark of a root hash (32 bytes) as SVG of at most 6 KB.

    `label` (the seal's number, plain text without markup characters) is written in its middle under
    `caption`. The picture is hidden from screen readers: what it says stands in words beside it.
    """
    digest = sha256(b"indelible seal mark 1" + root_hash).digest()
    name = digest[:4].hex()
    bands = (_band(f"m{name}{i}", digest[i * 5 : i * 5 + 5], *BANDS[i]) for i in range(len(BANDS)))
    middle = '<circle class="hole" r="26"/>'
    if label:
        size = min(14.0, 90 / len(label))  # a long number still fits its disc
        middle += (
            f'<text y="-4" text-anchor="middle" font-size="11">{caption}</text>'
            f'<text y="12" text-anchor="middle" font-size="{size:.3g}" font-weight="700">{label}</text>'
        )
    return (
        '<svg class="mark" viewBox="-100 -100 200 200" aria-hidden="true" focusable="false">'
        f'<g fill="none" stroke="currentColor" stroke-width=".8" stroke-linecap="round">{"".join(bands)}</g>'
        f"{middle}</svg>"
    )


def _band(name: str, seed: bytes, radius: float, swing: float) -> str:
    petals = 7 + seed[0] % 9
    copies = 5 + seed[1] % 3
    overtone = 2 + seed[2] % 2
    second = swing * (0.15 + seed[3] / 255 * 0.3)
    shift = seed[4] / 255 * 2 * pi
    petal = 2 * pi / petals

    def corner(step: int) -> tuple[float, float]:
        phase = 2 * pi * step / CORNERS
        reach = radius + swing * sin(phase) + second * sin(overtone * phase + shift)
        return reach * cos(petal * step / CORNERS), reach * sin(petal * step / CORNERS)

    one = f'<path id="{name}" d="{_smooth([corner(step) for step in range(-1, CORNERS + 1)])}"/>'
    ring = one + _turned(name, petals, 360 / petals)
    return f'<g id="{name}r">{ring}</g>{_turned(f"{name}r", copies, 360 / petals / copies)}'


def _turned(name: str, copies: int, degrees: float) -> str:
    """Return all further copies of a shape, each turned on by so many degrees."""
    return "".join(f'<use href="#{name}" transform="rotate({degrees * i:.5g})"/>' for i in range(1, copies))


def _smooth(corners: list[tuple[float, float]]) -> str:
    """Return the curve from the middle of the first side to the middle of the last, bent by the corners."""
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(corners)]
    start = middles[0]
    bends = zip(corners[1:], middles[1:], strict=False)
    return f"M{start[0]:.1f} {start[1]:.1f}" + "".join(
        f"Q{x:.1f} {y:.1f} {to_x:.1f} {to_y:.1f}" for (x, y), (to_x, to_y) in bends
    )
