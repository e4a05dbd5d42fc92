"""The small pictures of days: one shape a state, told apart without any colour. A word always stands with them."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from indelible.features.sources.silence.days import WORDS

register = template.Library()


def _line(path: str, width: float) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="{width}" stroke-linejoin="round"/>'
    )


def _ring(width: float) -> str:
    return f'<circle cx="10" cy="10" r="7.6" fill="none" stroke="currentColor" stroke-width="{width}"/>'


def _box(width: float) -> str:
    return _line("M3 3h14v14H3z", width)


def _dot(radius: float) -> str:
    return f'<circle cx="10" cy="10" r="{radius}" fill="currentColor"/>'


SHAPES: Final[dict[str, str]] = {
    "heard": '<rect x="2" y="2" width="16" height="16" rx="3" fill="currentColor"/>',
    "there": _box(1.6) + _dot(3.4),
    "silent": _ring(2.4) + _line("M5 10h10", 2.4),
    "refused": _line("M10 2.4 18.4 17H1.6z", 2) + _line("M10 8v4M10 14v.6", 2),
    "explained": _ring(1.6) + _line("M6.4 10.2 9 12.8l4.6-5.4", 2),
    "paused": _line("M7 4v12M13 4v12", 3),
    "quiet": _box(1.4) + _line("M3 12 12 3M5 17 17 5M12 17l5-5", 1.4),
    "free": _line("M5 10h10", 1.4),
    "nothing": _box(1.2),
    "future": _dot(1.6),
    "before": "",
}
PICTURE: Final = (
    '<svg class="dayshape {}" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"'
    ' focusable="false">{}</svg>'
)


@register.simple_tag
def day_shape(state: str) -> SafeString:
    """Draw the picture of a day's state, hidden from screen readers."""
    return format_html(PICTURE, state, mark_safe(SHAPES.get(state, "")))  # noqa: S308 - our own drawings


@register.filter
def day_word(state: str) -> str:
    """Return what a day's state is called."""
    return str(WORDS.get(state, state))
