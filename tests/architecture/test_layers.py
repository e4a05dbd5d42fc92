"""The pure layers run without Django, and no layer reaches upward."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

IMPORT_ALL = """
import importlib, pkgutil, sys

class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name == "django" or name.startswith("django."):
            raise ImportError(f"{name} is out of bounds here")

sys.meta_path.insert(0, NoDjango())
package = importlib.import_module(sys.argv[1])
names = [module.name for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
for name in names:
    importlib.import_module(name)
assert not [name for name in sys.modules if name.split(".")[0] == "django"]
print(len(names))
"""


@pytest.mark.parametrize(
    "layer",
    [
        "indelible.ledger",
        "indelible.witness",
        "indelible.verifier",
        "indelible.client",
        "indelible.events",
        "indelible.intake",
    ],
)
def test_a_pure_layer_runs_where_django_cannot_be_imported(layer: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, layer], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) >= 1


def test_the_client_brings_no_other_package_along() -> None:
    """Into the program of somebody else, besides what the ledger itself rests on."""
    program = (
        "import sys, indelible.client, indelible.client.asgi, indelible.client.django\n"
        "names = {name.split('.')[0] for name in sys.modules}\n"
        "print(*sorted(names - set(sys.stdlib_module_names)))"
    )
    run = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    brought = {name for name in run.stdout.split() if not name.startswith("_")}
    assert brought <= {
        "indelible",
        "cryptography",
        "msgspec",
        "typing_extensions",
    }  # the last by cryptography


def test_the_block_on_django_does_block_it() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, "django"], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode != 0
    assert "out of bounds" in run.stderr


def test_each_layer_imports_only_what_lies_below_it() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
