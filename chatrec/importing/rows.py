"""Reads csv, tsv, json, jsonl and parquet files (gz of those too) into rows, and says which rows it could not read and why.

Knows: encodings, separators, broken quotes. Does not know: what a column means. The file is untrusted, its name too: what it
holds decides how it is read.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from chatrec.errors import BadInput

MOST_ROWS = 100_000
MOST_BYTES = 600_000_000  # after unpacking
MOST_COLUMNS = 200
MOST_RECORD_LINES, MOST_RECORD = 200, 64_000  # of one csv record over several lines
SEPARATORS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
KINDS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}
CAN_READ = "csv, tsv, json, jsonl and parquet (and .gz of those)"
FOREIGN = {  # how files begin that are no table here, and what they are
    b"PK\x03\x04": "a zip or an Excel file",
    b"PK\x05\x06": "an empty zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF file",
    b"SQLite format 3": "an SQLite database",
    b"7z\xbc\xaf": "a 7z file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
}


@dataclass(frozen=True)
class Skipped:
    """A row that was not used. line: of a csv or jsonl file; of a json file the number of the entry."""

    line: int
    reason: str


@dataclass
class Table:
    """What a file holds: a row is (line, {column: cell}). Cells are texts; in json also numbers, bools and lists."""

    kind: str  # csv, json, jsonl, parquet
    encoding: str = "utf-8"
    separator: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def place(self) -> str:
        return {"json": "entry", "parquet": "row"}.get(self.kind, "line")

    def keep(self, line: int, cells: dict[str, Any]) -> None:
        if len(self.rows) + len(self.skipped) >= MOST_ROWS:
            raise BadInput(f"The file has more than {MOST_ROWS:,} rows; ChatRec takes up to {MOST_ROWS:,} items.")
        self.rows.append((line, cells))

    def skip(self, line: int, reason: str) -> None:
        if len(self.rows) + len(self.skipped) >= MOST_ROWS:
            raise BadInput(f"The file has more than {MOST_ROWS:,} rows; ChatRec takes up to {MOST_ROWS:,} items.")
        self.skipped.append(Skipped(line, reason))


def read(path: Path) -> Table:
    """All rows of a file. Raises BadInput with one sentence where the file as a whole can't be used, Missing for pyarrow."""
    start = beginning(path)
    refuse_foreign(path.name, start)
    if start.startswith(b"PAR1"):
        from chatrec.importing import parquet

        return parquet.table(path)
    text, encoding = decode(_bytes(path), path.name)
    if not text.strip():
        raise BadInput(f"{path.name} is empty.")
    suffix = suffix_of(path)
    kind = kind_of(text, KINDS.get(suffix))
    if kind == "json":
        table = _json(text, path.name)
    elif kind == "jsonl":
        table = _jsonl(text)
    else:
        tabs = suffix == ".tsv" and "\t" in text.lstrip("\ufeff \r\n").split("\n", 1)[0]
        table = _csv(text, path.name, "\t" if tabs else None)
    table.encoding = encoding
    if not table.rows:
        why = f": {table.place} {table.skipped[0].line}: {table.skipped[0].reason}" if table.skipped else ""
        raise BadInput(f"{path.name} has no row that can be used{why}.")
    return table


def suffix_of(path: Path) -> str:
    """.csv of `a.csv` and of `a.csv.gz`."""
    return next((s for s in map(str.lower, reversed(path.suffixes)) if s != ".gz"), "")


def beginning(path: Path, size: int = 64) -> bytes:
    """The first bytes of a file, unpacked where it is packed. BadInput where there is no such file."""
    with _readable(path), path.open("rb") as file:
        start = file.read(size)
        if start[:2] != b"\x1f\x8b":
            return start
        with gzip.open(path) as packed:
            return packed.read(size)


def refuse_foreign(name: str, start: bytes) -> None:
    """BadInput for a file that says by its first bytes, or its name, that it is no table."""
    what = next((what for mark, what in FOREIGN.items() if start.startswith(mark)), "")
    suffix = Path(name).suffix.lower()
    if what or suffix in (".xlsx", ".xls", ".ods", ".zip", ".db", ".sqlite", ".pdf"):
        sheet = "Excel" in what or suffix in (".xlsx", ".xls", ".ods")
        how = f"save the sheet as CSV; ChatRec reads {CAN_READ}" if sheet else f"ChatRec reads {CAN_READ}"
        raise BadInput(f"{name} is {what or f'a {suffix[1:]} file'}: {how}.")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise BadInput(f"{path} is a folder; name a file ({CAN_READ}).") from error
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path.name} can't be read: {getattr(error, 'strerror', None) or error}.") from error


def _bytes(path: Path) -> bytes:
    with _readable(path), path.open("rb") as file:
        if file.read(2) == b"\x1f\x8b":
            with gzip.open(path) as packed:
                data = packed.read(MOST_BYTES + 1)
        else:
            file.seek(0)
            data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise BadInput(f"{path.name} holds more than {MOST_BYTES // 1_000_000} MB; split it.")
    return data


def decode(data: bytes, name: str = "The file") -> tuple[str, str]:
    """Text and the name of its encoding: utf-8 (with or without BOM), utf-16 with BOM, gb18030, else cp1252.

    A few broken bytes in a utf-8 file become U+FFFD; the row readers skip those rows.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding
    if b"\x00" in data[:4096]:
        raise BadInput(f"{name} is not a text file; ChatRec reads {CAN_READ}.")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    loose = data.decode("utf-8", errors="replace")
    broken = loose.count("\ufffd")
    if sum(1 for c in loose if c > "\x7f" and c != "\ufffd") > 3 * broken:
        return loose, "utf-8"
    # In Chinese text high bytes come in pairs, in Western text they stand among letters.
    high = [i for i, b in enumerate(data[:2_000_000]) if b > 0x7F]
    paired = sum(1 for a, b in pairwise(high) if b == a + 1)
    if paired > 0.5 * len(high):
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            loose = data.decode("gb18030", errors="replace")
            if loose.count("\ufffd") * 100 < len(high):
                return loose, "gb18030"
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def kind_of(text: str, said: str | None = None) -> str:
    """csv, json or jsonl, by what the text looks like; `said` (by the file's name) decides where it could be either."""
    start = text.lstrip("\ufeff \t\r\n")
    looks = re.match(r"\[\s*[\[{\]\"\d]|\{\s*[\"}]", start)
    if not looks:
        lines = [line for line in start[:100_000].split("\n")[:20] if line.strip()]
        table = len(lines) > 1 and len({line.count(sniff(lines)) for line in lines}) == 1 and sniff(lines) in lines[0]
        return "csv" if table or said is None else said
    if start[0] == "[" and said != "csv":
        return "json"
    first = start.split("\n", 1)[0]
    try:
        json.loads(first if start[0] == "{" else start)
    except (ValueError, RecursionError):
        return "csv" if said == "csv" else "json"
    return "json" if start[0] == "[" or "\n" not in start.strip() else "jsonl"


# --------------------------------------------------------------------------- csv


def _csv(text: str, name: str, separator: str | None) -> Table:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next(i for i, line in enumerate(lines) if line.strip())
    if lines[start].lower().startswith("sep=") and len(lines[start].strip()) == 5:  # Excel's own hint
        separator = separator or lines[start].strip()[4]
        start = next((i for i in range(start + 1, len(lines)) if lines[i].strip()), start)
    separator = separator or sniff([line for line in lines[start : start + 60] if line.strip()])
    records = _records(lines, start, separator)
    _, header, problem = next(records)
    if problem or header is None:
        raise BadInput(f"{name}, line {start + 1}: the first line must name the columns; {problem}.")
    columns = _columns(header)
    if len(columns) > MOST_COLUMNS:
        raise BadInput(f"{name} has {len(columns)} columns; ChatRec takes up to {MOST_COLUMNS}.")
    if sum(c.strip().replace(".", "", 1).isdigit() for c in header) * 2 > len(header):
        raise BadInput(f"{name}, line {start + 1}: the first line must name the columns, but it holds numbers.")
    table = Table("csv", separator=SEPARATORS.get(separator, separator), columns=columns)
    width = len(columns)
    for line, cells, problem in records:
        if problem or cells is None:
            table.skip(line, problem)
            continue
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) != width:
            table.skip(line, f"{len(cells)} fields where the header names {width}")
        elif any("\ufffd" in c for c in cells):
            table.skip(line, "characters that can't be decoded")
        else:
            table.keep(line, dict(zip(columns, cells, strict=True)))
    return table


def sniff(lines: list[str]) -> str:
    """The separator under which most lines have as many fields as the first, and that as many as can be."""

    lines = [line[:20_000] for line in lines]

    def fit(separator: str) -> tuple[float, int]:
        counts = [len(next(csv.reader([line], delimiter=separator), [])) for line in lines]
        return (sum(c == counts[0] for c in counts) / len(counts) if counts[0] > 1 else 0.0, counts[0])

    best = max(SEPARATORS, key=lambda s: (round(fit(s)[0], 1), fit(s)[1]))
    return best if fit(best)[1] > 1 else ","


def _records(lines: list[str], start: int, separator: str) -> Iterator[tuple[int, list[str] | None, str]]:
    """(line number, fields, problem) of each record. A quote that is never closed costs its own line only."""
    width = 0
    at = start
    while at < len(lines):
        line, number = lines[at], at + 1
        at += 1
        if not line.strip():
            continue
        if len(line) > 2_000_000:
            yield number, None, "a line of more than two million characters"
            continue
        if '"' not in line:
            fields = line.split(separator)
        else:
            one = _parse(line, separator)
            if one is None:
                end = _closing(lines, at)
                one = _parse("\n".join(lines[at - 1 : end]), separator, loose=False) if end else None
                if one is None or (width and len(one) != width):
                    yield number, None, "a quote that is not closed"
                    continue
                at = end
            if not one:
                yield number, None, f"a field of more than {csv.field_size_limit():,} characters"
                continue
            fields = one
        width = width or len(fields)
        yield number, fields, ""


def _parse(record: str, separator: str, *, loose: bool = True) -> list[str] | None:
    """The fields of one record; None where a quoted field stays open. loose: text after a closing quote is taken too."""
    try:
        return next(csv.reader([record], delimiter=separator, strict=True))
    except csv.Error as error:
        if not loose or "unexpected end" in str(error):
            return None
    try:
        return next(csv.reader([record], delimiter=separator))  # "abc"def: taken as it stands
    except csv.Error:  # a field above the csv module's limit
        return []


def _closing(lines: list[str], at: int) -> int:
    """The index after the line that closes a quote left open before lines[at]; 0 where none does."""
    size = 0
    for i in range(at, min(len(lines), at + MOST_RECORD_LINES)):
        size += len(lines[i])
        if size > MOST_RECORD:
            return 0
        if lines[i].count('"') % 2:
            return i + 1
    return 0


def _columns(header: list[str]) -> list[str]:
    """Names of columns, each once; a nameless one is called by its place."""
    while header and not header[-1].strip():
        header = header[:-1]
    seen: Counter[str] = Counter()
    names = []
    for n, cell in enumerate(header, 1):
        name = " ".join(cell.replace("\ufeff", "").split())[:80] or f"column {n}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return names


# --------------------------------------------------------------------------- json and jsonl


def _json(text: str, name: str) -> Table:
    try:
        data = _loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and "\n" in text.strip():
            return _jsonl(text)
        raise BadInput(f"{name} is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is not JSON that can be read: {str(error)[:100]}.") from error
    table = Table("json")
    for number, entry in enumerate(_entries(data, name), 1):
        _take(table, number, entry)
    list_columns(table)
    return table


def _entries(data: Any, name: str) -> list[Any]:
    """The items of a json file: a list of objects or [key, object] pairs, {key: object}, or {"anything": [objects]}."""
    if isinstance(data, dict):
        lists = [v for v in data.values() if isinstance(v, list) and v and all(isinstance(x, dict) for x in v)]
        if len(lists) == 1:
            return lists[0]
        if data and all(isinstance(v, dict) for v in data.values()):
            return [{"id": key, **value} for key, value in data.items()]
        return [data]
    if isinstance(data, list):
        return [{"key": e[0], **e[1]} if _is_pair(e) else e for e in data]
    raise BadInput(f"{name} holds no list of objects; write [{{...}}, {{...}}], or one object a line as .jsonl.")


def _is_pair(entry: Any) -> bool:
    return isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and isinstance(entry[1], dict)


def _jsonl(text: str) -> Table:
    table = Table("jsonl")
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip():
            continue
        if "\ufffd" in line:
            table.skip(number, "characters that can't be decoded")
            continue
        try:
            entry = _loads(line)
        except (ValueError, RecursionError) as error:
            what = error.msg if isinstance(error, json.JSONDecodeError) else "can't be read"
            table.skip(number, f"not valid JSON: {what}")
            continue
        _take(table, number, entry)
    list_columns(table)
    return table


def _loads(text: str) -> Any:
    return json.loads(text, parse_constant=lambda _: None)  # NaN and Infinity: not known


def _take(table: Table, number: int, entry: Any) -> None:
    if not isinstance(entry, dict):
        table.skip(number, f"a {type(entry).__name__} where an object is expected")
    elif not entry:
        table.skip(number, "an empty object")
    else:
        table.keep(number, flat(entry))


def flat(entry: dict[str, Any]) -> dict[str, Any]:
    """One level of nested objects becomes columns: {"price": {"amount": 5}} -> {"price amount": 5}."""
    flat: dict[str, Any] = {}
    for key, value in entry.items():
        if isinstance(value, dict):
            flat |= {f"{key} {k}": v for k, v in list(value.items())[:50] if not isinstance(v, dict)}
        elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
            flat[key] = str(value)
        else:
            flat[key] = None if isinstance(value, float) and not math.isfinite(value) else value
    return {" ".join(k.split())[:80] or "column": v for k, v in flat.items()}


def list_columns(table: Table) -> None:
    """The columns of objects that need not have the same keys: the most filled ones, in the order met."""
    counts: Counter[str] = Counter(key for _, cells in table.rows for key, v in cells.items() if v is not None)
    kept = {key for key, _ in counts.most_common(MOST_COLUMNS)}
    seen: dict[str, None] = {}
    for _, cells in table.rows:
        seen |= dict.fromkeys(k for k in cells if k in kept)
    table.columns = list(seen)
