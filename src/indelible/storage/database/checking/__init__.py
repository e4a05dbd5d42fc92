"""Checking: was anything altered, and how far is the record still to be trusted?

`check` answers the questions of the design: entries, seals, the checkpoint file, search; and beside them, by the word
of whoever knows what was to come (`missing`), whether anything is missing. It tells
three verdicts apart, names what it found, and can be stopped, gone on with, and started from an earlier good check.
"""

from __future__ import annotations

from .missing import Absence, Missing
from .report import DIFFERS, MATCHES, NOT_CHECKED, Finding, Question, Report
from .run import CheckStopped, check

__all__ = [
    "DIFFERS",
    "MATCHES",
    "NOT_CHECKED",
    "Absence",
    "CheckStopped",
    "Finding",
    "Missing",
    "Question",
    "Report",
    "check",
]
