"""Names of things."""

from __future__ import annotations

from indelible.events.vocabulary import THINGS
from indelible.language.lexicon.trie import noun_keys
from indelible.language.lexicon.values import Kinds, Reading
from indelible.language.lexicon.words import Words


class Things(Words):
    """The things of a language."""

    def _add_things(self) -> None:
        roots = {kind.partition(".")[0] for kind in THINGS}
        for kind, thing in THINGS.items():
            self._noun(thing.name, Reading("THING", Kinds((kind,))))
            bare = thing.name.partition(" ")[2] if thing.name.startswith(("a ", "an ")) else thing.name
            self._noun(bare, Reading("THING", Kinds((kind,))))
            for name in self.things["things"].get(kind, ()):
                self._noun(name, Reading("THING", Kinds((kind,))))
                for article in (" of a ", " of an "):
                    if article in name:
                        for other in (" of ", " of the ", " of our ", " of all ", " of any ", " of every "):
                            self._noun(name.replace(article, other), Reading("THING", Kinds((kind,))))
        for name, kinds in self.things["several"].items():
            by_verb = tuple(
                (verb, tuple(some)) for verb, some in self.things["several_by_verb"].get(name, {}).items()
            )
            self._only_thing(name, Kinds(tuple(kinds), by_verb=by_verb))
        for name, kind in self.things["general"].items():
            assert kind in roots or kind in THINGS, kind
            self._noun(name, Reading("THING", Kinds((kind,))))
        for name, kinds in self.things["ask"].items():
            if name not in self.things["several"]:
                by_verb = tuple(
                    (verb, tuple(some)) for verb, some in self.things["ask_by_verb"].get(name, {}).items()
                )
                self._only_thing(name, Kinds(tuple(kinds), ask=True, by_verb=by_verb))

    def _only_thing(self, name: str, kinds: Kinds) -> None:
        """Let a word stand for these kinds and none of those that it was given before."""
        keys = noun_keys(name)
        node = self.nouns.root
        for key in keys:
            node = node.setdefault(key, {})
        node[""] = [one for one in node.get("", []) if one.type != "THING"] + [Reading("THING", kinds)]
