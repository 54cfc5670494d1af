"""The closed list of checks: what can stand under `always`, `expect` and `end` in a dialogue file."""

from __future__ import annotations

from collections.abc import Mapping

from chatrec.evaluation.dialogues.checks import costing, deciding, saying, showing
from chatrec.evaluation.dialogues.checks.base import Check

CHECKS: Mapping[str, Check] = {c.name: c for c in (*deciding.CHECKS, *showing.CHECKS, *saying.CHECKS, *costing.CHECKS)}

__all__ = ["CHECKS", "Check"]
