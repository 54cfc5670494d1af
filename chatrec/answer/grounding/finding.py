"""What a check found: whether the sentence holds, in one word why not, and which spans it took for claims."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """ok: every claim is backed. why: one short word for the notes, never the model's own words ("number", "name", "link" ...).

    claims: the spans that were taken for claims of fact, the unbacked one last. They are a model's raw words: do not store them.
    """

    ok: bool
    why: str = ""
    claims: tuple[str, ...] = ()


class Unbacked(Exception):
    """A claim that nothing backs; caught inside grounding only."""

    def __init__(self, why: str, span: str = ""):
        super().__init__(why)
        self.why, self.span = why, span
