"""Checking: was anything altered, and how far is the record still to be trusted?

`check` answers four of the five questions of the design: entries, seals, the checkpoint file, search. It tells
three verdicts apart, names what it found, and can be stopped, gone on with, and started from an earlier good check.
"""

from __future__ import annotations

from .report import DIFFERS, MATCHES, NOT_CHECKED, Finding, Question, Report
from .run import CheckStopped, check

__all__ = ["DIFFERS", "MATCHES", "NOT_CHECKED", "CheckStopped", "Finding", "Question", "Report", "check"]
