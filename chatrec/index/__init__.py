"""The index: the store's vectors once more, in Chroma, for quick search. The only room that knows chromadb.

A copy that may be missing, stale or broken at any time: then `nearest` says None and the caller searches exactly.
"""

from __future__ import annotations

from chatrec.index.copy import Index

__all__ = ["Index"]
