"""Checks of steps."""
