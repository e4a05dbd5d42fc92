"""Benchmarks: how fast the product is, always as a ratio to a bound measured in the same run.

Absolute figures say more about the machine than about the code, so none is a target. `python -m bench` runs
all targets, `python -m bench T1 T4` only those named, `--json` prints one document.
"""
