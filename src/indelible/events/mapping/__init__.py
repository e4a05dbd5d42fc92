"""How events are told to outside tools: OCSF first, ECS second.

The tables are data (`ocsf.toml`, `ecs.toml`), applied when something leaves Indelible. A mapping is
never sealed, since the outside vocabularies change and the entries must not. The record as received is
never copied along: it may say what the receiver may not see.
"""

from __future__ import annotations

from indelible.events.mapping.ecs import to_ecs
from indelible.events.mapping.ocsf import to_ocsf

__all__ = ["to_ecs", "to_ocsf"]
