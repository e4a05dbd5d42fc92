"""On PostgreSQL: two workers carry the seals, and go on after every connection was cut, as when the server restarts."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.features.seals.outside.conftest import soon
from tests.features.seals.outside.servers import Server
from tests.services.witness import running_witness

_names = itertools.count(1)


@pytest.mark.postgres
def test_the_courier_goes_on_after_the_database_cut_every_connection(
    postgres_installation: Callable[[str], str], tmp_path: Path
) -> None:
    name = f"carried{next(_names)}"
    url = postgres_installation(name)
    server = Server(tmp_path / "home", url).begin()
    with psycopg.connect(url, autocommit=True) as database:
        ((key,),) = database.execute("SELECT public_key FROM logbook").fetchall()

        def all_held() -> bool:
            sql = "SELECT (SELECT max(size) FROM holding) = (SELECT size FROM logbook)"
            return database.execute(sql).fetchall() == [(True,)]

        with running_witness(tmp_path / "witness", logs=[key]) as witness:
            server.do("witness", "Holm and Partners", witness.key, witness.url)
            workers = [server.worker(), server.worker()]
            try:
                soon(all_held)
                database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND pid <> pg_backend_pid()",
                    [name],
                )
                server.do("append", "one", "two")
                soon(all_held)
            finally:
                for worker in workers:
                    worker.terminate()
                assert [worker.wait(30) for worker in workers] == [0, 0]
        assert database.execute("SELECT count(*) FROM conflict").fetchall() == [(0,)]
