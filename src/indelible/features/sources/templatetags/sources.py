"""What the templates about sources need beyond the common tags."""

from __future__ import annotations

from django import template

from indelible.features.sources.reasons import in_words

register = template.Library()
register.filter("reason_words", in_words)
