"""RB-02, the quarterly review of who has access, from start to end beside a real access review: the plain way, and what
happens where lines belong to nobody, are answered late, or a removal fails.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest

from tests.features.runbooks.library.playing import Play, Stage

SYSTEM = "Ledger"
LINES = "login,name,right\nivo,Ivo Jansen,Buyer\nmia,Mia Holt,Payer\n"
LEFT = "login,name,right\nivo,Ivo Jansen,Buyer\n"


class Access:
    """The access review of the system, as it goes on under Reviews."""

    def __init__(self, stage: Stage, play: Play) -> None:
        self.stage = stage
        self.owner, self.reviewer, self.it, self.outside = (
            play.holders[role].user for role in ("system_owner", "reviewers", "it", "outside_reader")
        )

    def by(self, user: Any) -> Any:
        """Somebody, as the record tells who does something."""
        from indelible.features.sources.origins import By
        from indelible.web.acts import party_of

        return By(party_of(user), None, user)

    def begin(self) -> None:
        """Begin the review."""
        from indelible.features.reviews.access import starting

        owner, now = self.owner, self.stage.now
        self.row = starting.start(self.stage.book, SYSTEM, owner, self.by(owner), now, scope="Everything")

    def list(self, text: str, count: int, taken_at: datetime | None = None) -> None:
        """Give it a list, with the system's own count."""
        from indelible.features.reviews.access import starting

        now = self.stage.now
        starting.keep_file(self.row, io.BytesIO(text.encode()), "accounts.csv", "text/csv")
        parts = {"login": "login", "name": "name", "right": "right"}
        confirmed = starting.Confirmed(parts, taken_at or now, "All accounts, no filter", {"all": count})
        self.row = starting.take(self.row, confirmed, self.by(self.owner), now)

    def match(self, *logins: str) -> None:
        """Say whose accounts are."""
        from indelible.features.reviews.access import matching

        names = {"ivo": "Ivo Jansen", "mia": "Mia Holt"}
        for login in logins:
            matching.say_whose(self.row, login, names[login], self.by(self.owner), self.stage.now)

    def send(self) -> None:
        """Send all lines to the reviewer."""
        from indelible.features.reviews.access import assigning

        assigning.assign(self.row, [0, 1], self.reviewer)
        (self.share,) = assigning.send(self.row, self.by(self.owner), self.stage.now)

    def decide(self) -> None:
        """Keep the first line, refuse the second, and sign."""
        from indelible.features.reviews.access import deciding

        now = self.stage.now
        for place, choice in enumerate(("keep", "remove")):
            deciding.decide(self.share, [place], choice, "So the job asks.", self.reviewer, now)
        deciding.sign(self.share, self.reviewer, now, context={})

    def see_removal(self) -> None:
        """Have the system tell that the refused right is gone."""
        from indelible.features.reviews.access import removing

        self.stage.tell("disable", "user_account", "mia")
        removing.run(self.stage.book)

    def sign(self, reason: str = "") -> None:
        """Sign the whole, as its owner."""
        from indelible.features.reviews.access import closing

        self.row.refresh_from_db()
        closing.sign_whole(self.row, self.owner, reason, self.stage.now, seen=self.row.stamp, context={})

    def witness(self) -> None:
        """Close it, as somebody who decided nothing."""
        from indelible.features.reviews.access import closing

        self.row.refresh_from_db()
        by, seen = self.by(self.outside), self.row.stamp
        closing.witness(
            self.row, self.outside, "Five lines looked at again.", self.stage.now, seen=seen, by=by
        )


def test_access_is_reviewed(stage: Stage) -> None:
    play = stage.play("RB-02")
    play.do("scope", system=SYSTEM)
    assert play.state("fresh_list") == "open"
    assert "Begin one under Reviews" in play.says("fresh_list", "whole")
    access = Access(stage, play)
    access.begin()
    access.list(LINES, 2)
    access.match("ivo", "mia")
    access.send()
    stage.wait(minutes=15)
    play.advance()
    assert play.states("done") == ["fresh_list", "match", "send"]  # Indelible saw each by itself
    stage.wait(days=1)
    access.decide()
    play.do("decide")
    stage.wait(days=1)
    access.see_removal()
    play.do("take_away")
    access.list(LEFT, 1)
    stage.wait(minutes=15)
    play.advance()
    assert play.state("second_list") == "done"
    access.sign()
    play.do("sign_review")
    access.witness()
    play.do("look_over", five_lines="Both lines; the reasons hold.")
    assert play.run.state == "closed"
    assert play.found("failed") == play.found("unchecked") == []
    story = play.check_story()
    assert any("step 5, Decide each line” as checked, over 2 rows" in one for one in story)
    assert any("Emma Lind signed" in one and "as witnessed" in one for one in story)


def test_a_review_of_half_a_list_with_a_removal_that_failed(stage: Stage) -> None:
    play = stage.play("RB-02").do("scope", system=SYSTEM)
    access = Access(stage, play)
    access.begin()
    access.list(LINES, 3)  # the system says three
    stage.wait(minutes=15)
    play.advance()
    assert play.found("failed") == ["fresh_list.whole"]
    assert play.state("fresh_list") == "open"
    access.list(LINES, 2)
    access.match("ivo")
    stage.wait(minutes=15)
    play.advance()
    assert (play.state("fresh_list"), play.state("match")) == ("done", "open")
    assert play.says("match", "all_matched") == "Lines that belong to nobody: 1 of 2."
    access.match("mia")
    access.send()
    stage.wait(minutes=15)
    play.advance()
    play.do("decide", sign=False)  # before the reviewers were through
    play.refused("step-check-why", lambda: play.sign("decide", reasons=False))
    stage.wait(days=11)
    access.decide()
    play.sign("decide")
    stage.wait(days=8)
    play.refused("step-late-why", lambda: play.do("take_away"))
    play.do("take_away", note="Its owner was away.")
    access.list(LINES, 2)
    stage.wait(minutes=15)
    play.advance()
    assert play.says("second_list", "gone") == "Still there although refused: 1."
    play.do("second_list")
    access.sign("Mia keeps it until 1 June, says Ben.")
    play.do("sign_review", exceptions="Mia Holt, Payer, until 1 June: Ben Osei.")
    filled = play.fill("look_over", {})
    play.refused(
        "run-step-not-yours", lambda: play.sign("look_over", values=filled, as_=play.holders["reviewers"])
    )
    play.send_back("look_over", "sign_review", "Why until June?")
    play.do("sign_review", exceptions="Mia Holt, Payer, until 1 June, when the new clerk starts: Ben Osei.")
    play.do("look_over")
    assert play.run.state == "closed"
    assert set(play.found("failed")) >= {"decide.each_line", "take_away.removed", "second_list.gone"}
    story = play.check_story()
    assert any("Why until June?" in one for one in story)


def test_nobody_looks_over_what_they_reviewed(stage: Stage) -> None:
    with pytest.raises(Exception, match="run-role-twice"):
        stage.play("RB-02", cast={"reviewers": "Ben Osei", "outside_reader": "Ben Osei"})
