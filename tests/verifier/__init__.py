"""Tests of the page inside every pack, in a real Chromium."""
