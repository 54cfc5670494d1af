"""Writes the documents that follow from the code (`make docs`): docs/settings.md, and the README's screenshots.

test_docs.py compares docs/settings.md with what is written here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from chatrec.settings import ROOT, Settings, variable

SETTINGS = ROOT / "docs" / "settings.md"
HEAD = """# Settings

Environment variables, or lines of a `.env` file in the working directory; the environment wins. A name that begins with `CHATREC_` and is not listed
here is refused, with the nearest name that is. This page is written from [`chatrec/settings.py`](../chatrec/settings.py) by `make docs`.

| variable | what it says | values | when not set |
|---|---|---|---|
"""


def settings_page() -> str:
    """docs/settings.md."""
    rows = []
    for name, field in Settings.model_fields.items():
        description = (field.description or "").replace("|", "\\|")
        rows.append(
            f"| `{variable(name)}` | {description} | {_kind(field.annotation, field.metadata)} | {_default(field.default)} |"
        )
    return HEAD + "\n".join(rows) + "\n"


def _kind(annotation: Any, metadata: list[Any]) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation))
    kind = {
        str: "text",
        bool: "`true`, `false`",
        int: "whole number",
        int | None: "whole number",
        float: "number",
        Path: "folder",
    }[annotation]
    low = next((f"from {m.ge}" for m in metadata if getattr(m, "ge", None) is not None), "")
    low = low or next((f"above {m.gt}" for m in metadata if getattr(m, "gt", None) is not None), "")
    high = next((f"to {m.le:,}" for m in metadata if getattr(m, "le", None) is not None), "")
    return ", ".join(p for p in (kind, " ".join(b for b in (low, high) if b)) if p)


def _default(value: Any) -> str:
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}` in the checkout"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None:
        return "none"
    return f"`{value}`" if value != "" else "empty"


def main() -> int:
    SETTINGS.write_text(settings_page(), encoding="utf-8")
    print(f"wrote {SETTINGS.relative_to(ROOT)}")
    if not (os.environ.get("CHROMIUM") or shutil.which("chromium")):
        print("no screenshots: install Chromium (Debian: chromium, fonts-noto-cjk), then run make docs again")
        return 0
    return subprocess.run([sys.executable, str(ROOT / "docs" / "screenshots.py")], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
