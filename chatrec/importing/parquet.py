"""Parquet files as rows, through pyarrow, which is imported only when there is one to read.

Knows: batches, and how Parquet's values are said plainly (times as ISO text, decimals as numbers). Does not know: what a column
means. The file is untrusted: its sizes are looked at before anything is unpacked.
"""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chatrec.errors import BadInput, Missing
from chatrec.importing.rows import MOST_BYTES, MOST_ROWS, Table, list_columns

MAGIC = b"PAR1"
BATCH = 20_000  # rows at a time


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A pyarrow ParquetFile; a gzipped one is unpacked to a temporary file first.

    Missing where pyarrow is not installed, BadInput where the file is none or is broken, at opening or later.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise Missing(
            f"{path.name} is a Parquet file, and the package that reads those is not installed: pip install pyarrow "
            "(or make setup), or save it as csv."
        ) from error
    try:
        with path.open("rb") as raw, tempfile.TemporaryFile() as unpacked:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if packed:
                with gzip.open(raw) as stream:
                    shutil.copyfileobj(stream, unpacked)
                unpacked.seek(0)
            yield parquet.ParquetFile(unpacked if packed else raw)
    except (pyarrow.ArrowException, OSError, EOFError, zlib.error) as error:
        words = " ".join(str(error).split())[:150].rstrip(".")
        raise BadInput(f"{path.name} is a Parquet file that can't be read: {words}.") from error


def columns(file: Any) -> list[str]:
    return list(file.schema_arrow.names)


def cells(file: Any, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The cells of these columns, a row at a time, in the file's order."""
    places = [columns(file).index(name) for name in names]
    wanted = {file.schema_arrow.field(p).name for p in places}
    for batch in file.iter_batches(BATCH, columns=sorted(wanted)):
        there = batch.schema.names
        yield from zip(*(_plain(batch.column(there.index(name))) for name in names), strict=True)


def table(path: Path) -> Table:
    """All rows as a catalogue's table. BadInput where there are too many, or none."""
    from chatrec.importing.rows import flat

    made = Table("parquet", encoding="")
    with opened(path) as file:
        facts = file.metadata
        if facts.num_rows > MOST_ROWS:
            raise BadInput(f"{path.name} has {facts.num_rows:,} rows; ChatRec takes up to {MOST_ROWS:,} items.")
        if sum(facts.row_group(n).total_byte_size for n in range(facts.num_row_groups)) > MOST_BYTES:
            raise BadInput(f"{path.name} holds more than {MOST_BYTES // 1_000_000} MB; split it.")
        names = columns(file)
        for number, row in enumerate(cells(file, names), 1):
            made.keep(number, flat(dict(zip(names, row, strict=True))))
    list_columns(made)
    if not made.rows:
        raise BadInput(f"{path.name} has no rows.")
    return made


def _plain(column: Any) -> list[Any]:
    """The values of a column as json could say them."""
    import pyarrow
    from pyarrow import types

    kind = column.type
    if types.is_timestamp(kind):  # nanoseconds would come as pandas' own
        column = column.cast(pyarrow.timestamp("us", kind.tz), safe=False)
    elif types.is_decimal(kind):
        column = column.cast(pyarrow.float64())
    return [_one(value) for value in column.to_pylist()]


def _one(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_one(v) for v in value]
    if isinstance(value, dict):
        return {str(k): _one(v) for k, v in value.items()}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)
