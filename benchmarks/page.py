"""Where benchmarks write in docs/performance.md: between two marks that bear a name, so that nothing else of the page is touched."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def write(name: str, text: str, page: Path = PAGE) -> None:
    """Put text between the marks of this name. ValueError where the page has none."""
    begin, end = (f"<!-- {name}: {mark} -->" for mark in ("begin", "end"))
    whole = page.read_text("utf-8")
    before, found, rest = whole.partition(begin)
    _, ends, after = rest.partition(end)
    if not found or not ends:
        raise ValueError(f"{page} has no marks for {name}: {begin} ... {end}")
    page.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", "utf-8")
