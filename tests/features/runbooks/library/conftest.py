"""An installation in which ready runbooks are played (see `playing`)."""

from __future__ import annotations

import pytest

from tests.features.runbooks.library.playing import Stage


@pytest.fixture
def stage(record: None) -> Stage:
    """Northwind, with its people and a source."""
    return Stage()
