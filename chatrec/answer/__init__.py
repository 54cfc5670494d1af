"""The answers: one file a kind of turn. `build_answers` makes them all for one version of one catalogue."""

from __future__ import annotations

from typing import Any

from chatrec.vocabulary import Catalog


def build_answers(catalog: Catalog, ladder: Any, prompts: Any, grounds: Any, settings: Any) -> dict[str, Any]:
    """kind -> answer. settings: anything with `cards_seconds` (s) and `prompt_tokens`. Loads the app's sentences."""
    from chatrec.answer.ask import Ask
    from chatrec.answer.compare import Compare
    from chatrec.answer.converse import Converse
    from chatrec.answer.explain import Explain
    from chatrec.answer.kit import Kit
    from chatrec.answer.lookup import Lookup
    from chatrec.answer.none_fit import NoneFit
    from chatrec.answer.noted import Noted
    from chatrec.answer.recommend import Recommend
    from chatrec.language.sentences import Sentences

    kit = Kit(catalog, ladder, prompts, grounds, Sentences.load(), settings.cards_seconds, settings.prompt_tokens)
    return {
        "recommend": Recommend(kit),
        "ask": Ask(kit),
        "explain": Explain(kit),
        "compare": Compare(kit),
        "lookup": Lookup(kit),
        "none_fit": NoneFit(kit),
        "converse": Converse(kit),
        "noted": Noted(kit),
    }
