"""The proof files inside an evidence pack are accepted by the Go library, beside the published log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indelible.features.packs.services import make_pack, order_of
from indelible.ledger.packs import manifest as names
from indelible.storage.database.publish import publish
from tests.conformance.go_checker import check_log
from tests.faults.conftest import ana, book, record  # noqa: F401 - fixtures
from tests.ledger.packs.zips import read_zip


def test_every_proof_of_a_pack_is_accepted_with_the_published_log(book: Any, tmp_path: Path) -> None:  # noqa: F811
    pack = tmp_path / "pack.zip"
    made = make_pack(book, order_of(book, "what:change who:Person"), path=pack)
    publish(book, tmp_path / "log")
    proofs = []
    for name, data in read_zip(pack).items():
        if name.startswith(names.PROOFS_FOLDER):
            path = tmp_path / name.rpartition("/")[2]
            path.write_bytes(data)
            proofs.append(path)
    assert len(proofs) == made.entries > 100
    flags = [flag for path in proofs for flag in ("-proof", str(path))]
    done = check_log(tmp_path / "log", book.public_key, *flags)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith("OK")
    # And one with an index of its neighbour is refused.
    text = proofs[3].read_text()
    index = int(proofs[3].stem)
    proofs[3].write_text(text.replace(f"\nindex {index}\n", f"\nindex {index + 1}\n"))
    done = check_log(tmp_path / "log", book.public_key, *flags)
    assert done.returncode == 1
    assert "FAIL" in done.stdout + done.stderr
