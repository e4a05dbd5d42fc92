"""Whatever happens in a folder, and wherever a look is cut off: the entries lead to what lies there."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.features.sources.folders.conftest import Looker
from tests.features.sources.folders.test_overseeing_files import events, lies_there, replayed

NAMES = ("a.txt", "b.txt", "sub/a.txt", "sub/c.txt")
CONTENTS = ("", "one", "two", "three")


class Died(BaseException):
    """The worker was killed."""


def test_the_entries_replayed_give_what_lies_in_the_folder(book: Any, tmp_path: Path) -> None:
    from indelible.features.sources.kinds import load
    from indelible.features.sources.kinds.oversight import keeping
    from indelible.features.sources.kinds.oversight.looking import look
    from indelible.features.sources.live.connecting import connect
    from indelible.features.sources.services import By

    places = itertools.count(1)
    take = keeping.desk.take

    class Folder(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = tmp_path / str(next(places))
            (self.folder / "sub").mkdir(parents=True)
            given = {"folder": str(self.folder), "patterns": "", "deep": True}
            name = f"Contracts {self.folder.name}"
            source = connect(book, load()["oversight"], name, By(), settings=given)
            self.looker = Looker(source, self.folder, look)

        def path(self, name: str) -> Path:
            return self.folder / name

        @rule(name=st.sampled_from(NAMES), content=st.sampled_from(CONTENTS))
        def write(self, name: str, content: str) -> None:
            self.path(name).write_text(content)

        @rule(name=st.sampled_from(NAMES), content=st.sampled_from(CONTENTS))
        def save_by_renaming_over(self, name: str, content: str) -> None:
            draft = self.folder / "draft.tmp"
            draft.write_text(content)
            draft.replace(self.path(name))

        @rule(name=st.sampled_from(NAMES))
        def remove(self, name: str) -> None:
            self.path(name).unlink(missing_ok=True)

        @rule(name=st.sampled_from(NAMES), to=st.sampled_from(NAMES))
        def move(self, name: str, to: str) -> None:
            if self.path(name).exists():
                self.path(name).replace(self.path(to))

        @rule(name=st.sampled_from(NAMES), mode=st.sampled_from((0o600, 0o644)))
        def give_rights(self, name: str, mode: int) -> None:
            if self.path(name).exists():
                self.path(name).chmod(mode)

        @rule(after=st.sampled_from((0.5, 3.0)))
        def look(self, after: float) -> None:
            self.looker.once(after)

        @rule(recorded=st.booleans())
        def die_in_a_look(self, recorded: bool) -> None:
            def cut(*args: Any, **more: Any) -> Any:
                if recorded:
                    take(*args, **more)
                raise Died

            keeping.desk.take = cut
            try:
                self.looker.settle()
            except Died:
                self.looker.begin_anew()
            finally:
                keeping.desk.take = take

        def teardown(self) -> None:
            for _ in range(4):
                self.looker.once()
            assert replayed(self.looker) == lies_there(self.folder)
            # Nothing was told twice in two ways.
            assert not any("refers_to" in event for event in events(self.looker))

    run_state_machine_as_test(
        Folder,
        settings=settings(
            max_examples=40,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
