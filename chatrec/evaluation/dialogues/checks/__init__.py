"""The closed list of checks: what can stand under `always`, `expect` and `end` in a dialogue file."""

from __future__ import annotations

from collections.abc import Mapping

from chatrec.evaluation.dialogues.checks import costing, deciding, own, saying, showing, truth
from chatrec.evaluation.dialogues.checks.base import Check

_ALL = (*deciding.CHECKS, *showing.CHECKS, *truth.CHECKS, *saying.CHECKS, *costing.CHECKS, *own.CHECKS)
CHECKS: Mapping[str, Check] = {c.name: c for c in _ALL}

__all__ = ["CHECKS", "Check"]
