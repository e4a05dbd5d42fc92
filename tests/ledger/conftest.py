"""Settings of the ledger's property tests."""

from __future__ import annotations

from hypothesis import settings

# A machine that is busy with something else must not fail a property.
settings.register_profile("indelible-ledger", deadline=None)
settings.load_profile("indelible-ledger")
