"""A fitted model as a file: written beside a manifest, swapped in one atomic step, loaded where it fits.

Knows: how the arrays of a model lie in a file, and which model goes with which catalogue. Does not know: when to fit, SQL.
`CHATREC_HOME/models/<catalogue>/manifest.json` names the file that counts, by its digest; whoever brings a model from elsewhere
copies the file first and the manifest last. Nothing in a file is run: arrays and numbers only.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import re
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chatrec.recommend.als import Factors
from chatrec.recommend.collaborative import Taste
from chatrec.recommend.popularity import Trend
from chatrec.recommend.ratings import Ratings
from chatrec.recommend.whole import Whole

FORMAT = 1
KINDS: Mapping[str, type] = {kind.__name__: kind for kind in (Taste, Factors, Whole, Trend, Ratings)}
MANIFEST = "manifest.json"

Stamp = tuple[int, int, int]  # of store.interactions


class Unfit(ValueError):
    """Why a model file is not used, in a few words."""


@dataclass(frozen=True)
class Manifest:
    """What a model file is, in its own folder."""

    catalog: str
    items: str  # sha256 of the shelf's ids: the rows that the model is about
    stamp: Stamp  # of the log it was fitted on
    file: str
    sha256: str
    bytes: int
    kinds: Mapping[str, str]  # part -> kind: {"taste": "Taste"}
    sizes: Mapping[str, int]  # items of the catalogue, events, arrays' bytes
    fitted_at: str  # UTC


class ModelFiles:
    """The model of one catalogue in the folder of a ChatRec home."""

    def __init__(self, home: Path, catalog: str, ids: Sequence[str]) -> None:
        plain = re.sub(r"[^A-Za-z0-9_-]", "_", catalog)
        same = plain == catalog
        digest = hashlib.sha256(catalog.encode()).hexdigest()[:8]
        self.folder = home / "models" / (plain if same else f"{plain}-{digest}")
        self._catalog, self._ids = catalog, ids
        self._items: str | None = None

    @property
    def items(self) -> str:
        """The digest of the ids, worked out once."""
        if self._items is None:
            self._items = hashlib.sha256("\n".join(self._ids).encode("utf-8", "surrogatepass")).hexdigest()
        return self._items

    def manifest(self) -> Manifest | None:
        """What lies there for this catalogue; None where nothing does. Unfit where it is broken or another catalogue's."""
        try:
            found = json.loads((self.folder / MANIFEST).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise Unfit(f"its manifest can't be read ({type(error).__name__})") from error
        try:
            if found["format"] != FORMAT:
                raise Unfit(f"it is of format {found['format']}, not {FORMAT}")
            made = Manifest(**{f.name: found[f.name] for f in dataclasses.fields(Manifest)})
            made = dataclasses.replace(made, stamp=(int(made.stamp[0]), int(made.stamp[1]), int(made.stamp[2])))
        except Unfit:
            raise
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Unfit("its manifest is not one of ours") from error
        if made.catalog != self._catalog or made.items != self.items:
            raise Unfit("it was fitted on another catalogue, or another version of its items")
        if Path(made.file).name != made.file:
            raise Unfit("its manifest points out of its folder")
        return made

    def load(self, manifest: Manifest) -> dict[str, Any]:
        """The parts of the model. Unfit where the file is missing, broken or not what the manifest says."""
        path = self.folder / manifest.file
        try:
            if path.stat().st_size != manifest.bytes or _sha256(path) != manifest.sha256:
                raise Unfit("the file is not the one that its manifest names")
            with np.load(path, allow_pickle=False) as arrays:
                plan = json.loads(arrays["plan"].tobytes())
                made = {part: _built(one, arrays) for part, one in plan.items()}
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            if isinstance(error, Unfit):
                raise
            raise Unfit(f"the file can't be read ({type(error).__name__})") from error
        if any(len(getattr(one, "place", self._ids)) != len(self._ids) for one in made.values()):
            raise Unfit("its arrays are not as long as the catalogue")
        return made

    def save(self, stamp: Stamp, parts: Mapping[str, Any]) -> Manifest:
        """Write the parts (None: left out) and make them the model that counts. OSError where the disk does not take them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, np.ndarray] = {}
        plan = {part: _taken_apart(one, part, arrays) for part, one in parts.items() if one is not None}
        arrays["plan"] = np.frombuffer(json.dumps(plan).encode(), dtype=np.uint8)
        part_path = self.folder / f"model-{os.getpid()}.part"
        try:
            with part_path.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
                file.flush()
                os.fsync(file.fileno())
            sha = _sha256(part_path)
            size = part_path.stat().st_size
            path = self.folder / f"model-{sha[:16]}.npz"
            os.replace(part_path, path)
        finally:
            part_path.unlink(missing_ok=True)
        kinds = {part: type(one).__name__ for part, one in parts.items() if one is not None}
        sizes = {"items": len(self._ids), "events": sum(stamp[::2])}
        sizes |= {part: sum(a.nbytes for n, a in arrays.items() if n.split(".")[0] == part) for part in kinds}
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        made = Manifest(self._catalog, self.items, stamp, path.name, sha, size, kinds, sizes, now)
        told = json.dumps({"format": FORMAT, **dataclasses.asdict(made)}, indent=2) + "\n"
        _written(self.folder / MANIFEST, told.encode())
        for old in self.folder.glob("model-*.npz"):
            if old.name != path.name:
                old.unlink(missing_ok=True)
        return made


def _taken_apart(one: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """A model as JSON, its arrays put aside under their names."""
    if dataclasses.is_dataclass(one) and not isinstance(one, type):
        fields = {
            f.name: _taken_apart(getattr(one, f.name), f"{name}.{f.name}", arrays) for f in dataclasses.fields(one)
        }
        return {"kind": type(one).__name__, "fields": fields}
    if isinstance(one, np.ndarray):
        arrays[name] = one
        return {"array": name}
    if hasattr(one, "tocsc"):
        sparse = one.tocsc()
        for part in ("data", "indices", "indptr"):
            arrays[f"{name}.{part}"] = getattr(sparse, part)
        return {"columns": name, "shape": list(sparse.shape)}
    if one is None or isinstance(one, (bool, int, float, str)):
        return {"value": one}
    raise TypeError(f"a {type(one).__name__} has no place in a model file")


def _built(one: Mapping[str, Any], arrays: Any) -> Any:
    """The reverse. KeyError or TypeError for what is not one of ours."""
    if "kind" in one:
        return KINDS[one["kind"]](**{name: _built(field, arrays) for name, field in one["fields"].items()})
    if "array" in one:
        return arrays[one["array"]]
    if "columns" in one:
        from scipy import sparse

        name = one["columns"]
        cells = (arrays[f"{name}.data"], arrays[f"{name}.indices"], arrays[f"{name}.indptr"])
        return sparse.csc_matrix(cells, shape=tuple(one["shape"]))
    return one["value"]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _written(path: Path, content: bytes) -> None:
    """The whole of it or nothing: a part beside it, on the disk, then renamed; the folder too is on the disk then."""
    part = path.with_suffix(f".{os.getpid()}.part")
    with io.FileIO(part, "w") as file:
        file.write(content)
        os.fsync(file.fileno())
    os.replace(part, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
