"""The product's settings over a data folder that is thrown away with the test run.

pytest loads Django before any conftest, so the folder has to be named here. Each process of a parallel
run makes a folder of its own: in memory where the machine has room there, since thousands of tests wait for
each commit to reach the disk. Nobody cuts the power meanwhile.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import shutil
import sys
import tempfile
from pathlib import Path

if multiprocessing.parent_process() is None:
    _memory = Path("/dev/shm")
    _roomy = _memory.is_dir() and shutil.disk_usage(_memory).free > 8 * 1024**3
    _FOLDER = tempfile.mkdtemp(prefix="indelible-tests-", dir=_memory if _roomy else None)
    atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
    os.environ["INDELIBLE_HOME"] = _FOLDER
# A process that a test's own process started for a part of its work reads the same folder.
os.environ.pop("INDELIBLE_DATABASE", None)

from indelible.server.settings import *  # noqa: F403
from indelible.server.settings import DATABASES, INDELIBLE_HOME

# A real file, as in life: several connections see each other, and the write-ahead log is in use.
DATABASES["default"]["TEST"] = {"NAME": INDELIBLE_HOME.path / "default.sqlite3"}

# Modules are compiled once for all the processes that tests start, also where the surroundings forbid it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What people's passwords cost is measured by tests/server/test_passwords.py alone, and by the browser's real server.
PASSWORD_HASHERS = ["tests.hashing.CheapHasher"]
