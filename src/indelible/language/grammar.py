"""The grammar at work: readings of words go in one by one, the parts of a meaning come out.

The grammar itself is `grammar.lark`. A *part* says one thing about the events meant or about the duties, together
with the place in the sentence where it was said; `meaning` makes a pattern of the parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from lark import Lark, Transformer
from lark.lexer import Lexer
from lark.parsers.lalr_interactive_parser import InteractiveParser

from indelible.language.grammar_conditions import Conditions
from indelible.language.grammar_duties import DutiesSaid
from indelible.language.grammar_events import Events
from indelible.language.grammar_times import Times
from indelible.language.grammar_values import (
    Clauses,
    Opening,
    Repeated,
    flat,
)
from indelible.language.parts import Part, Parts, Said
from indelible.language.understanding import Kind


class _Meaning(Events, Conditions, Times, DutiesSaid, Transformer[Any, Any]):
    """Makes parts of what the grammar finds. Whatever is not named here just hands its parts on."""

    def __init__(self) -> None:
        super().__init__(visit_tokens=False)

    def __default__(self, data: Any, children: list[Any], meta: Any) -> Any:
        if str(data).startswith("_"):  # a repetition, which the parser takes in where it stands
            return Repeated(children)
        return tuple(flat(children))

    # Sentences

    def sentence(self, children: list[Any]) -> Said:
        kind: Kind | None = None
        clauses: tuple[Parts, ...] = ()
        duties: Parts = ()
        for child in children:
            if isinstance(child, Opening):
                kind, duties = child.kind, child.parts
            elif isinstance(child, Clauses):
                clauses = child.clauses
            elif isinstance(child, tuple):
                duties = (*duties, *child)
        return Said(kind, clauses, duties)

    def sentence_with(self, children: list[Any]) -> Said:
        """Return "invoices must be recorded, with the amount": the facts belong to the events meant."""
        said = self.sentence(children[:-2])
        facts, duties = children[-2:]
        last = (*said.clauses[-1], *facts)
        return Said(said.kind, (*said.clauses[:-1], last), (*said.duties, *duties))

    def looking(self, children: list[Any]) -> Said:
        """Return "look at each change of bank details within 2 working days": a rule with that duty."""
        within = next(child.value for child in children if getattr(child, "type", "") == "WITHIN")
        said = self.sentence(children)
        return Said("rule", said.clauses, (Part("look", (within, "")), *said.duties))

    def rhythmical(self, children: list[Any]) -> Said:
        parts = tuple(flat(child.parts if isinstance(child, Opening) else child for child in children))
        systems = tuple(part for part in parts if part.name == "system")
        return Said(
            "rhythm", (systems,) if systems else (), tuple(part for part in parts if part.name != "system")
        )

    def stopping(self, children: list[Any]) -> Said:
        return Said("rule", flags=frozenset({"stop"}))

    def for_rule(self, children: list[Any]) -> Any:
        return Opening("rule")

    def for_search(self, children: list[Any]) -> Any:
        return Opening("search")

    def for_any(self, children: list[Any]) -> Any:
        return Opening(None)

    def for_alarm(self, children: list[Any]) -> Any:
        whom = next((child for child in children if child.type == "WHOM"), None)
        return Opening("alarm", (Part("tell", (whom.value if whom else "me", "")),))

    def first_clause(self, children: list[Any]) -> Any:
        return Clauses((tuple(flat(children)),))

    def next_clause(self, children: list[Any]) -> Any:
        before, _conjunction, clause = children
        return Clauses((*before.clauses, tuple(flat([clause]))))


class _NoLexer(Lexer):
    """The grammar is fed by hand."""

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
        return iter(())


@cache
def _parser() -> Lark:
    text = resources.files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", lexer=_NoLexer, transformer=_Meaning())


def new_parse() -> InteractiveParser:
    """Return a parser at the beginning of a sentence; the grammar is built at the first call."""
    return _parser().parse_interactive("")
