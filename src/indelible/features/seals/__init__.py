"""Seals and checks: is the record intact, since when, and what did we find."""
