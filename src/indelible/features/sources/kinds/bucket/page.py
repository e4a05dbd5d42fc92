"""A bucket's part of its source's page: what was taken, what was not and why, and the rights that its key needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from indelible.explanations import explain
from indelible.features.sources.kinds.bucket.fetching import CLOUDTRAIL, Round
from indelible.features.sources.kinds.bucket.form import LAYOUTS
from indelible.features.sources.models import Source, SourceItem

SHOWN = 20
LOOKED_THROUGH = 100  # for those: digest files and others lie between


@dataclass(frozen=True, slots=True)
class Row:
    """An object as the page shows it. `problem` says in words why it was not taken."""

    item: SourceItem
    folder: str
    short: str
    problem: str


def context(_request: HttpRequest, source: Source) -> dict[str, Any]:
    """Return what the page shows, read in two queries."""
    newest = source.items.select_related("taken_in").order_by("-pk")[:LOOKED_THROUGH]
    items = [item for item in newest if item.facts.get("what") == "log"][:SHOWN]
    stand = Round.of(source)
    return {
        "rows": [_row(item) for item in items],
        "counts": stand.counts,
        "settings": source.settings,
        "layout": dict(LAYOUTS)[source.settings["layout"]],
        "is_cloudtrail": source.settings["layout"] == CLOUDTRAIL,
        "behind": source.health.behind if hasattr(source, "health") else 0,
        "part": stand.at + 1 if stand.parts and not stand.is_over else 0,
        "parts": len(stand.parts),
        "running": source.state in ("on", "waiting"),
        "policy": policy(source.settings["bucket"], source.settings["below"]),
    }


def _row(item: SourceItem) -> Row:
    code = item.facts.get("problem")
    words = explain(code) if code else None
    folder, _, short = item.name.rpartition("/")
    return Row(item, folder, short or item.name, f"{words.title} {words.meaning}" if words else "")


def policy(bucket: str, prefix: str) -> str:
    """Return the rights that a key needs, as Amazon's services take them: list and read below the prefix, no more."""
    listing: dict[str, Any] = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    if prefix:
        listing["Condition"] = {"StringLike": {"s3:prefix": f"{prefix}*"}}
    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/{prefix}*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [listing, reading]}, indent=2)
