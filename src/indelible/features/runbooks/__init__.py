"""Runbooks: procedures led step by step, by the people who answer for them, and their proof in the same log."""
