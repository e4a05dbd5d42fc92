"""Where the field material lies that some tests compare with: a folder `shared` beside the checkout.

The product never reads it. A checkout without that folder still runs every other test, and says
plainly which ones could not be run.
"""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared"


def shared_path(name: str) -> Path:
    """Return the path of one shared file or folder, or skip the test with the reason."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"shared material is not beside this checkout: {name}")
    return path
