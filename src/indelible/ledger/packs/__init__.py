"""Evidence packs as bytes: written, read and checked (docs/formats/pack.md)."""
