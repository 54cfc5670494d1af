"""ChatRec: a conversational recommender for any catalogue.

from chatrec import Engine
engine = await Engine.start()
reply = await engine.reply(text="a clever heist film from the 90s", user_id="ana")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatrec.engine import Engine

__version__ = "0.1.0"
__all__ = ["Engine", "__version__"]


def __getattr__(name: str) -> Any:  # resolved lazily: importing chatrec stays cheap
    if name == "Engine":
        from chatrec.engine import Engine

        return Engine
    raise AttributeError(f"module 'chatrec' has no attribute {name!r}")
