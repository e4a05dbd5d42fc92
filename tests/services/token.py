"""A real PKCS #11 token for tests: SoftHSM 2, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PIN = "5678"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


@dataclass(frozen=True)
class Token:
    """A token, and what the environment must say for it to be used."""

    environment: dict[str, str]
    label: str


def module() -> str:
    """Return SoftHSM's module; skip where it, its tool or the library is not installed."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 (the extra `hsm`) is not installed")
    found = next((path for path in MODULES if Path(path).exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM 2 (softhsm2) is not installed")
    return found


@contextmanager
def token(folder: Path, label: str = "indelible-test") -> Iterator[Token]:
    """Make a token and have this process's environment name it meanwhile."""
    (folder / "tokens").mkdir(parents=True)
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    (folder / "pin").write_text(f"{PIN}\n")
    environment = {
        "SOFTHSM2_CONF": str(configuration),
        "INDELIBLE_PKCS11": module(),
        "INDELIBLE_PKCS11_TOKEN": label,
        "INDELIBLE_PKCS11_PIN_FILE": str(folder / "pin"),
    }
    command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "1234", "--pin", PIN]
    subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield Token(environment, label)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
