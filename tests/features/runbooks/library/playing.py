"""A small player of ready runbooks: one installation with a cast of people and a source, runs that are gone through in
it under a clock of their own, and the story that the log tells of them.

The player does what the pages do (opens a step, decides, fills in, attaches, says done, signs), and notes what it did.
`Play.told` reads the same from the entries alone; `Play.check_story` holds the two against each other and against the
run's page.

The clock stands in the past, so that what a source tells is recorded after it, as in life.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.features.conftest import PASSWORD

BEGINS = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
CAST = ("Ben Osei", "Chloe Martin", "Daniel Osei", "Emma Lind", "Farid Amin", "Grace Hall", "Hugo Weiss")
NOT_DONE = (  # at steps, that is
    "run_opened", "step_refused", "run_outsider_invited", "run_role_filled", "run_handed_over",
    "run_other_not_started", "run_closed", "run_withdrawn", "run_not_concluded", "run_paused", "run_resumed",
    "clock_stopped", "clock_went_on", "step_overridden", "late_explained",
)  # fmt: skip
SOMEBODY = "Nobody of ours"  # who is named where a person is asked for
Acted = tuple[str, str, str]  # what was said, at which step, by whom


class Stage:
    """An installation: Ana owns it, others work in it, and one source tells what happens elsewhere."""

    def __init__(self) -> None:
        from indelible.features.people.models import User
        from indelible.features.setup import services
        from indelible.features.sources.origins import By, begin_source
        from indelible.web.acts import logbook_in_use

        link = services.create_setup_link()
        assert link is not None
        self.ana = services.make_owner(
            link.partition("key=")[2], email="ana@northwind.example", name="Ana Ruiz", password=PASSWORD
        )
        services.name_organisation(
            self.ana, name="Northwind Trading Ltd", zone="Europe/Madrid", date_style="day", context={}
        )
        services.finish()
        self.book = logbook_in_use()
        self.people = {
            name: User.objects.create_user(
                f"{name.split()[0].lower()}@northwind.example", name, PASSWORD, role="member"
            )
            for name in CAST
        }
        self.now = BEGINS
        self.source = begin_source(
            self.book, "Systems of Northwind", "northwind", By({"name": "Ana Ruiz", "kind": "person"})
        )
        self._books: dict[str, Any] = {}
        self._names = itertools.count(1)

    def wait(self, **span: int) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def newest_seal(self) -> tuple[str, str]:
        """The number of the newest seal, and its words."""
        from indelible.features.seals import minutes
        from indelible.storage.database import reads

        seal = reads.get_checkpoint(self.book)
        return str(seal.size), minutes.words_of(self.book, seal).listed

    def tell(self, verb: str, kind: str, name: str, *, before: int = 0, **more: Any) -> int:
        """Have the source tell that somebody did something, `before` days ago; return the entry's index."""
        from indelible.storage.database.append import Draft, append

        happened = self.now - timedelta(days=before)
        event: dict[str, Any] = {
            "actor": {"name": "Ivo Jansen", "kind": "person"},
            "action": {"verb": verb, "said": verb},
            "targets": [{"kind": kind, "id": name, "name": name}],
            "outcome": "success",
            "source": {"name": "Systems of Northwind", "system": "northwind"},
            "occurred_at": happened.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        found = append(self.book, [Draft(event | more, source=self.source.pk)])  # type: ignore[arg-type]
        return found.recorded[0].index

    def check_the_record(self) -> None:
        """Have the whole record checked."""
        from indelible.features.seals import services

        row, _new = services.open_check(self.book, self.now)
        services.carry_out(row, lambda: self.now)

    def find_altered(self) -> None:
        """Have the newest check of the whole record say that something was altered."""
        from indelible.features.seals.models import Check

        Check.objects.create(
            logbook=self.book,
            state="done",
            kind="everything",
            asked_at=self.now,
            started_at=self.now,
            finished_at=self.now,
            verdict="does not match",
            report={"findings": [{"kind": "entry-altered"}]},
            size=2,
        )

    def warn(self, count: int) -> None:
        """Have so many warning signs been seen."""
        from indelible.features.alarms.models import Alarm, Notice

        alarm = Alarm.objects.create(logbook=self.book, sign="silence", made_at=self.now, begun_entry=0)
        moments = dict.fromkeys(("made_at", "first_at", "last_at", "since"), self.now)
        for number in range(count):
            Notice.objects.create(logbook=self.book, alarm=alarm, fold=str(number), hour=0, **moments)

    def runs(self, ready: str) -> list[Any]:
        """The runs of a ready runbook that there are."""
        from indelible.features.runbooks.models import Run

        return list(Run.objects.filter(runbook__key=ready))

    def runbook(self, ready: str) -> Any:
        """The organisation's own copy of a ready runbook, in force."""
        from indelible.features.runbooks.document.writing import digest_of, to_data
        from indelible.features.runbooks.library import ready as ready_one
        from indelible.features.runbooks.models import Runbook, Version

        if ready not in self._books:  # as publishing leaves it; its own tests hold the way there
            document = ready_one(ready)
            told = {"key": ready, "origin": ready, "title": document.title, "team": document.team}
            book = Runbook.objects.create(logbook=self.book, state="published", made_at=self.now, **told)
            Version.objects.create(
                runbook=book,
                number=1,
                document=to_data(document),
                digest=digest_of(document),
                published_at=self.now,
                published_by=self.ana,
                entry=0,
            )
            self._books[ready] = book
        return self._books[ready]

    def play(
        self,
        ready: str,
        about: str = "",
        *,
        cast: Mapping[str, str] | None = None,
        without: Sequence[str] = (),
        period: tuple[date, date] | None = None,
    ) -> Play:
        """Open a run of a ready runbook, each role filled by somebody else; `without` leaves roles open."""
        from indelible.features.runbooks.running.doers import Doer
        from indelible.features.runbooks.running.opening import open_run
        from indelible.features.runbooks.running.queries import document_of

        book = self.runbook(ready)
        names = iter(CAST)
        from indelible.features.runbooks.library import ready as ready_one

        people = {}
        for role in ready_one(ready).roles:
            if role not in without:
                people[role] = self.people[(cast or {}).get(role) or next(names)]
        run = open_run(
            book,
            Doer.of_user(self.ana),
            self.now,
            cause_key=f"test {next(self._names)}",
            about=about,
            people=people,
            period=period,
        )
        return Play(self, run, document_of(run), people)


class Play:
    """One run that is gone through."""

    def __init__(self, stage: Stage, run: Any, document: Any, people: Mapping[str, Any]) -> None:
        from indelible.features.runbooks.running.doers import Doer

        self.stage, self.key, self.document = stage, run.pk, document
        self.holders = {role: Doer.of_user(user) for role, user in people.items()}
        self.did: list[Acted] = []  # what people did, in its order

    # How it stands

    @property
    def run(self) -> Any:
        """The run as it is now."""
        from indelible.features.runbooks.models import Run

        return Run.objects.get(pk=self.key)

    def row(self, step: str) -> Any:
        """A step as it is now."""
        from indelible.features.runbooks.models import RunStep

        return RunStep.objects.select_related("run").get(run=self.key, key=step)

    def rows(self) -> dict[str, Any]:
        """All steps as they are now, in their order."""
        from indelible.features.runbooks.models import RunStep

        rows = RunStep.objects.filter(run=self.key).select_related("run").order_by("place")
        return {row.key: row for row in rows}

    def state(self, step: str) -> str:
        """How a step stands."""
        return str(self.row(step).state)

    def states(self, state: str) -> list[str]:
        """Which steps stand so."""
        rows = self.rows()
        return [one.key for one in self.document.steps if rows[one.key].state == state]

    def found(self, result: str) -> list[str]:
        """Which checks of the run found that, by "step.check"."""
        from indelible.features.runbooks.running.evidence import checks_of

        rows = self.rows()
        return [
            f"{step.key}.{one.key}"
            for step in self.document.steps
            for one in checks_of(rows[step.key])
            if one.result == result
        ]

    def says(self, step: str, check: str) -> str:
        """What a check found, in words."""
        from indelible.features.runbooks.running.evidence import checks_of

        return next(one.says for one in checks_of(self.row(step)) if one.key == check)

    # Doing

    def doer(self, step: str) -> Any:
        """Who does a step: its role, and where Indelible does it, its owner."""
        by = self.document.step(step).by
        return self.holders[self.document.owner if by == "system" else by]

    def prepare(
        self, step: str, doer: Any, values: Mapping[str, Any], decide: str, files: int | None, *, look: bool
    ) -> dict[str, Any]:
        """Open a step, decide its rows, attach its files; return what is to be filled in."""
        from indelible.features.runbooks.running import doing
        from indelible.features.signoffs import deciding

        part, now = self.document.step(step), self.stage.now
        frozen = doing.open_step(self.row(step), doer, now)
        if frozen is not None:
            for place in range(min(part.view.at_least, frozen.count) if look else 0):
                doing.note_look(frozen, doer, now, opened=place)
            if part.view.decide and frozen.count:
                choice = decide or part.view.decide[0]
                deciding.decide(
                    frozen, range(frozen.count), choice, "It is so.", doing.signer_of(doer), now, in_bulk=True
                )
        for number in range(part.files_least if files is None else files):
            doing.attach(
                self.row(step),
                doer,
                io.BytesIO(f"{step} {number}".encode()),
                f"{step}.txt",
                "text/plain",
                now,
            )
            self.did.append(("step_file_attached", step, doer.name))
        return self.fill(step, values)

    def fill(self, step: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is filled in at a step: what is given, and for the rest something that fits."""
        now = self.stage.now
        usual = {
            "text": "Written down",
            "long": f"Written down in full for run {self.key}.",
            "date": now.date().isoformat(),
            "moment": now.isoformat(),
            "number": "1",
            "yes_no": "no",
            "confirm": "yes",
            "person": SOMEBODY,
        }
        values: dict[str, Any] = {}
        for field in self.document.step(step).fields:
            if field.key in given:
                values[field.key] = given[field.key]
            elif field.required:
                values[field.key] = field.options[0] if field.options else usual[field.kind]
        return values | {key: value for key, value in given.items() if key.endswith(".why")}

    def do(
        self,
        step: str,
        *,
        choice: str = "",
        note: str = "",
        decide: str = "",
        files: int | None = None,
        look: bool = True,
        reasons: bool = True,
        sign: bool = True,
        as_: Any = None,
        **values: Any,
    ) -> Play:
        """Do a step as far as it goes, and sign it where whoever does it signs it.

        `reasons` gives words for each check that did not pass, where they are asked for. A field of another step's key
        cannot be meant; the words to a no are given as `KEY_why`.
        """
        from indelible.features.runbooks.running import doing

        part = self.document.step(step)
        doer = as_ or self.doer(step)
        given = {key.removesuffix("_why") + ".why" if key.endswith("_why") and key not in
                 {one.key for one in part.fields} else key: value for key, value in values.items()}  # fmt: skip
        filled = self.prepare(step, doer, given, decide, files, look=look)
        if part.kind == "second":
            if sign:
                self.sign(step, as_=as_, values=filled, note=note, choice=choice, reasons=reasons)
            else:
                doing.save(self.row(step), doer, filled, self.stage.now)
            return self
        self._with_reasons(
            reasons,
            lambda words: doing.finish(
                self.row(step), doer, self.stage.now, values=filled, note=note, choice=choice, reasons=words
            ),
        )
        self.did.append(("step_done", step, doer.name))
        if sign and part.sign == "one":
            self.sign(step, as_=as_, reasons=reasons)
        return self

    def sign(
        self,
        step: str,
        *,
        as_: Any = None,
        values: Mapping[str, Any] | None = None,
        note: str = "",
        choice: str = "",
        reasons: bool = True,
    ) -> Play:
        """Sign a step: by its role, and by each that signs as well."""
        from indelible.features.runbooks.running import signing

        part = self.document.step(step)
        signers = [as_] if as_ else [self.doer(step), *(self.holders[role] for role in part.also)]
        for place, signer in enumerate(signers):
            told = {"values": values, "note": note, "choice": choice} if not place else {}

            def act(words: Mapping[str, str], signer: Any = signer, told: Mapping[str, Any] = told) -> None:
                signing.sign(self.row(step), signer, self.stage.now, reasons=words, **told)

            self._with_reasons(reasons, act)
            self.did.append(("signed_off", step, signer.name))
        return self

    def _with_reasons(self, wanted: bool, act: Callable[[Mapping[str, str]], object]) -> None:
        """Do something; where words are asked for checks that did not pass, give them."""
        from indelible.features.runbooks.running.errors import RunError

        try:
            act({})
        except RunError as refused:
            if refused.code != "step-check-why" or not wanted:
                raise
            act(dict.fromkeys(refused.facts["keys"], "We looked ourselves."))

    def send_back(self, step: str, to: str, why: str) -> Play:
        """Send an earlier step back, as who signs this one."""
        from indelible.features.runbooks.running import signing

        doer = self.doer(step)
        signing.send_back(self.row(step), doer, why, self.stage.now, to=to)
        self.did.append(("step_sent_back", to, doer.name))
        return self

    def send_nothing_back(self, step: str) -> Play:
        """Expect that only a second person can send anything back."""
        self.refused("step-back-where", lambda: self.send_back(step, self.document.steps[0].key, "Again."))
        return self

    def hand_over(self, role: str, name: str, told: str) -> Play:
        """Hand a role over to somebody else."""
        from indelible.features.runbooks.running import roles
        from indelible.features.runbooks.running.doers import Doer

        user = self.stage.people[name]
        roles.fill(self.run, role, Doer.of_user(self.stage.ana), self.stage.now, user=user, told=told)
        self.holders[role] = Doer.of_user(user)
        return self

    def from_outside(self, role: str, name: str, email: str) -> Any:
        """Have somebody from outside fill a role, by a link; return them."""
        from indelible.features.runbooks.running import roles
        from indelible.features.runbooks.running.doers import Doer

        owner = Doer.of_user(self.stage.ana)
        _row, key, pin = roles.invite_outsider(self.run, role, name, email, owner, self.stage.now)
        found = roles.outsider_by_key(key, self.stage.now)
        assert found is not None
        assert roles.check_pin(found, pin, self.stage.now) is None
        self.holders[role] = Doer.of_outsider(found)
        return self.holders[role]

    def not_concluded(self, step: str, why: str) -> Play:
        """Say that a step cannot be concluded."""
        from indelible.features.runbooks.running import doing

        doing.not_concluded(self.row(step), self.doer(step), why, self.stage.now)
        self.did.append(("step_not_concluded", step, self.doer(step).name))
        return self

    def refused(self, code: str, act: Callable[[], object]) -> Play:
        """Expect a refusal, and that nothing of the run has moved."""
        from indelible.features.runbooks.running.errors import RunError

        before = [(row.key, row.state) for row in self.rows().values()]
        try:
            act()
        except RunError as refused:
            assert refused.code == code, (refused.code, refused.facts)
        else:
            raise AssertionError(f"{code} was expected")
        assert [(row.key, row.state) for row in self.rows().values()] == before
        return self

    def go(self, to: str = "", **steps: Mapping[str, Any]) -> Play:
        """Go on through every step that is to be done, up to `to` (not included) or to the end; wait where a step
        waits. `steps` say what is special about some."""
        for _each in self.document.steps:
            self.advance()
            rows = self.rows()
            part = next(
                (one for one in self.document.steps if rows[one.key].state in ("open", "sent_back")), None
            )
            if part is None or part.key == to:
                break
            if (until := rows[part.key].wait_until) is not None:
                self.stage.now = max(self.stage.now, until)
            self.do(part.key, **steps.get(part.key, {}))
        return self

    def advance(self) -> None:
        """Let the run go on by itself."""
        from indelible.features.runbooks.running.moving import advance

        advance(self.run, self.stage.now)

    # The story

    def events(self) -> list[tuple[int, Any]]:
        """The entries of the run, read back from the log: those that refer to its opening, and its signatures."""
        from indelible.features.runbooks.models import RunEntry
        from indelible.storage.database.reads import get_entry

        rows = RunEntry.objects.filter(run=self.key).order_by("index")
        return [(row.index, get_entry(self.stage.book, row.index).event) for row in rows]

    def story(self, events: Sequence[tuple[int, Any]] = ()) -> list[str]:
        """The run as the log tells it, sentence by sentence."""
        from indelible.events.sentence import tell

        return [tell(event).text for _index, event in events or self.events()]

    def told(self, events: Sequence[tuple[int, Any]]) -> list[Acted]:
        """What people did, by the entries alone."""
        found = []
        for _index, event in events:
            said, name = event["action"]["said"], event.get("actor", {}).get("name", "")
            if name == "Indelible" or event.get("actor", {}).get("kind") == "system":
                continue
            if said in NOT_DONE:
                continue
            step = event.get("extra", {}).get("step", {}).get("key", "")
            if said == "signed_off":
                step = event["targets"][0]["id"].rpartition(" step ")[2]
            found.append((said, step, name))
        return found

    def check_story(self) -> list[str]:
        """Hold what the log tells against what was done and against the run's page; return the sentences."""
        from indelible.features.runbooks.running.queries import view_of

        run, events = self.run, self.events()
        assert self.told(events) == self.did
        assert events[0][0] == run.entry
        assert events[0][1]["action"]["said"] == "run_opened"
        for index, event in events[1:]:  # each leads back to the run's beginning
            about = event.get("extra", {}).get("run", {}).get("entry", event["refers_to"].get("entry"))
            assert about == run.entry, (index, event)
        view = view_of(run, self.stage.now)
        left_out: set[str] = set()
        for one in view.steps:
            told = self.told_of(one.row.key, events)
            left_out.update(told.get("passed_over", ()))
            if one.row.state in ("done", "signed"):
                self._check_step(one, told)
        assert left_out == set(self.states("passed_over"))
        self._check_reasons(events)
        if run.state == "closed":
            assert events[-1][1]["action"]["said"] == "run_closed"
            self._check_end(events[-1][1]["extra"]["summary"])
        return self.story(events)

    def told_of(self, step: str, events: Sequence[tuple[int, Any]]) -> dict[str, Any]:
        """What the newest entry that tells of a step says of it, with who did it, and how often it was signed so."""
        found: dict[str, Any] = {}
        facts = {
            "answers",
            "files",
            "list",
            "checks",
            "choice",
        }  # the first signature of a second person's step
        for _index, event in events:
            said, extra = event["action"]["said"], event.get("extra", {})
            signed = said == "signed_off" and event["targets"][0]["id"].endswith(f" step {step}")
            if said in ("step_done", "step_skipped", "step_not_concluded") and extra["step"]["key"] == step:
                found = {**extra, "who": event.get("actor", {}).get("name", ""), "means": []}
            elif (
                signed
                and self.document.step(step).kind == "second"
                and not (found and facts.isdisjoint(extra))
            ):
                found = {**extra, "who": event["actor"]["name"], "means": []}
            if signed and found:
                found["means"].append(extra["meaning"])
        return found

    def _check_step(self, view: Any, told: Mapping[str, Any]) -> None:
        """The page of a step says what its entries say: who, what was written, attached, shown, found and chosen."""
        row, part = view.row, view.part
        assert told["who"] in (row.by_name, "Indelible"), row.key
        assert told.get("answers", {}) == dict(view.values), row.key
        assert [one["name"] for one in told.get("files", ())] == [one.name for one in view.files], row.key
        assert told.get("choice", "") == row.choice, row.key
        assert {one["key"] for one in told.get("checks", ())} == {one.key for one in view.checks}, row.key
        if part.view is not None:
            assert told["list"]["count"] == view.frozen.count, row.key
        if row.state == "signed":
            assert told["means"] == [part.means] * (1 + len(part.also)), row.key

    def _check_reasons(self, events: Sequence[tuple[int, Any]]) -> None:
        """Why it went on although a check did not pass stands in an entry, whoever said it and whenever."""
        from indelible.features.runbooks.running.evidence import checks_of

        said = repr([event.get("extra", {}) for _index, event in events])
        for row in self.rows().values():
            for one in checks_of(row):
                assert one.reason in said, (row.key, one.key, one.reason)

    def _check_end(self, summary: Mapping[str, int]) -> None:
        """The last entry counts what the page counts."""
        assert summary["steps"] == len(self.document.steps)
        assert summary["not_needed"] == len(self.states("passed_over"))
        assert summary["not_concluded"] == len(self.states("not_concluded"))
        assert summary["checks_failed"] == len(self.found("failed"))
        assert summary["checks_not_made"] == len(self.found("unchecked"))
