"""The guide names every system whose exports are recognised."""

from __future__ import annotations

from pathlib import Path

import pytest

from indelible.intake.profile import profiles

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "upload.md"
TITLES = sorted(
    {profile.title for profile in profiles() if profile.recognise and not profile.settings.not_events}
)


@pytest.mark.parametrize("title", TITLES)
def test_the_guide_names_the_system_in_its_table(title: str) -> None:
    assert f"\n| {title} |" in GUIDE.read_text(encoding="utf-8")
