"""All benchmarks of the recommender by one command: what is kept, what is measured again, what is told, and what gets into the page."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PART = """
import json, pathlib, sys
told = pathlib.Path(sys.argv[1])
told.write_text(told.read_text() + "x" if told.exists() else "x")
print("half way")
if sys.argv[2] == "fails":
    sys.exit("no such luck")
if sys.argv[2] != "silent":
    pathlib.Path(sys.argv[-1]).write_text(json.dumps({"rows_per_second": 7.0, "figure": sys.argv[2]}))
"""


@pytest.fixture(scope="module")
def recommender() -> ModuleType:
    file = ROOT / "benchmarks" / "recommender.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_recommender", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fake(recommender: ModuleType, tmp_path: Path) -> Any:
    """A part whose script counts how often it ran."""
    (tmp_path / "part.py").write_text(PART)
    call = f"{tmp_path / 'part.py'} {tmp_path / 'runs'} {{word}} --json {{json}}"
    return recommender.Part(
        "log", "a fake", 0.1, call.replace("{word}", "whole"), call.replace("{word}", "small"), (str(tmp_path / "part.py"),),
        tell=lambda found: f"told: {found['figure']}",
    )  # fmt: skip


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text()) if (folder / "runs").exists() else 0


def test_what_is_measured_is_kept_until_code_or_arguments_change(
    recommender: ModuleType, fake: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(part: Any = fake, **how: bool) -> Any:
        return recommender.Run(tmp_path, tmp_path, None, how.get("quick", False), how.get("fresh", False)).part(part)

    monkeypatch.setattr(recommender, "ROOT", tmp_path)  # its chatrec/ is empty: only the fake is code
    assert measured()["figures"]["figure"] == "whole"
    assert measured() == measured()
    assert runs(tmp_path) == 1
    assert measured(quick=True)["figures"]["figure"] == "small"
    assert runs(tmp_path) == 2
    measured(fresh=True)
    assert runs(tmp_path) == 3
    measured()
    assert runs(tmp_path) == 3
    (tmp_path / "part.py").write_text(PART + "\n# newer")
    measured()
    assert runs(tmp_path) == 4
    (tmp_path / "chatrec" / "web").mkdir(parents=True)
    (tmp_path / "chatrec" / "web" / "page.py").write_text("")
    measured()
    assert runs(tmp_path) == 4  # nothing here imports that
    (tmp_path / "chatrec" / "recommend.py").write_text("")
    measured()
    assert runs(tmp_path) == 5


def test_what_fails_or_lacks_data_is_told_and_nothing_is_kept(
    recommender: ModuleType, fake: Any, tmp_path: Path
) -> None:
    here = recommender.Run(tmp_path, tmp_path, None, False, False)
    assert here.part(replace(fake, call=fake.call.replace("whole", "fails"))) is None
    assert here.part(replace(fake, call=fake.call.replace("whole", "silent"))) is None
    assert here.part(replace(fake, data=("no-such-data",))) is None
    assert recommender.Run(tmp_path, tmp_path, None, True, False).part(replace(fake, quick=None)) is None
    told = [how for _, how, *_ in here.rows]
    assert told[0].startswith("FAILED: ended with 1")
    assert "no such luck" in told[0]
    assert told[1].startswith("FAILED: wrote no figures")
    assert told[2].startswith("skipped")
    assert "no-such-data is not there" in told[2]
    assert not list(tmp_path.glob("results/*"))
    assert "half way" in (tmp_path / "log.log").read_text()


def test_a_section_says_where_its_figures_are_from_and_touches_nothing_else(
    recommender: ModuleType, fake: Any, tmp_path: Path
) -> None:
    found = recommender.Run(tmp_path, tmp_path, None, False, False).part(fake)
    file = tmp_path / "page.md"
    file.write_text(f"before\n<!-- {fake.marks}: begin -->\nold\n<!-- {fake.marks}: end -->\nafter\n")
    recommender.write([(fake, found)], tmp_path, file, tmp_path)
    text = file.read_text()
    assert text.startswith(
        f"before\n<!-- {fake.marks}: begin -->\nMeasured {found['when']}, revision {found['revision']}"
    )
    assert text.endswith(f"told: whole\n<!-- {fake.marks}: end -->\nafter\n")
    with pytest.raises(ValueError, match="has no marks for benchmarks/recommender"):
        recommender.write([(replace(fake, name="cold"), found)], tmp_path, file, tmp_path)


def test_the_command_of_a_section_names_no_folder_of_a_machine(recommender: ModuleType) -> None:
    for part in recommender.PARTS:
        told = recommender.typed(part.call)
        assert told.startswith("python ")
        assert "{" not in told
        assert "--json" not in told


def test_parts_name_files_that_are_there_and_marks_that_the_page_has(recommender: ModuleType) -> None:
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    for part in recommender.PARTS:
        assert f"<!-- {part.marks}: begin -->" in page
        assert f"<!-- {part.marks}: end -->" in page
        assert all((ROOT / "benchmarks" / name).is_file() for name in part.code)
        assert part.tell is not None


# --------------------------------------------------------------------------- telling


def interval(mean: float, low: float, high: float) -> dict[str, Any]:
    return {"ndcg@10": (0.2, 0.1, 0.3), "recall@20": (0.3, 0.2, 0.4)} | {
        f"ahead {m}": (mean, low, high) for m in ("ndcg@10", "recall@20")
    }


def test_figures_drop_the_zero_before_the_point_and_no_other(recommender: ModuleType) -> None:
    told = recommender.telling.figure
    assert told((0.5, -0.25, 10.0)) == ".500 [-.250, 10.000]"
    assert told((0.0, -0.1, 0.1), sign="+") == "+.000 [-.100, +.100]"
    assert told((0.5, None, None)) == "–"


def spread(mean: float | None, low: float | None, high: float | None) -> dict[str, float | None]:
    """An interval as `evaluate ranking --json` writes it."""
    return {"mean": mean, "low": low, "high": high}


def test_the_verdict_on_peers_is_against_the_best_of_them(recommender: ModuleType) -> None:
    about = {"split": "time", "people": 9, "cases": 12, "cuts": 3}
    own = about | {"way": "ours"} | interval(0, 0, 0)
    close = about | {"way": "cornac ease"} | interval(-0.001, -0.0015, 0.001) | {"ndcg@10": (0.25, 0.2, 0.3)}
    far = about | {"way": "popularity"} | interval(0.1, 0.05, 0.2) | {"recall@20": (0.35, 0.2, 0.4)}
    found = {"trials": 8, "left_out": ["lenskit"], "rows": [own, close, far]}
    told = recommender.telling.peers(found)
    assert "| **ours** | .200 [.100, .300] | .300 [.200, .400] |  |  |" in told
    assert (
        "ndcg@10: -.001 [-.002, +.001] ahead of the best peer, cornac ease (goal: ahead, or lower bound above -0.002): goal kept, though the interval holds 0."
        in told
    )
    assert (
        "recall@20: +.100 [+.050, +.200] ahead of the best peer, popularity (goal: ahead, or lower bound above -0.002): goal kept."
        in told
    )
    assert "Left out, because it could not be installed here: lenskit." in told
    behind = close | interval(-0.01, -0.03, 0.01)
    assert "goal missed" in recommender.telling.peers(found | {"rows": [own, behind]})
    assert "no peer in this run" in recommender.telling.headline("peers-time", found | {"rows": [own]})


@pytest.mark.parametrize(
    ("name", "found", "line"),
    [
        (
            "cold",
            {"cases": 3, "people": 2, "seeds": 1, "rows": [
                {"among": a, "way": w, "recall": (0.5, 0.4, 0.6), "fused ahead": (0.1, -0.1, 0.2)}
                for a in ("cold", "all") for w in ("fused", "popularity")
            ]},
            "| popularity | .500 [.400, .600] | +.100 [-.100, +.200] | .500 [.400, .600] | +.100 [-.100, +.200] |",
        ),
        (
            "conversational",
            {"films": 9, "INSPIRED dev": {"turns": 4, "targets": 5, "inside": 3, "recall": {
                "ours, fused": [[0.1, 0.2, 0.3, 0.4, 0.5], [0.0] * 5, [1.0] * 5]}, "lead": {}}},
            "| ours, fused | .100 [.000, 1.000] | .200 [.000, 1.000] | .300 [.000, 1.000] | .400 [.000, 1.000] | .500 [.000, 1.000] |",
        ),
        (
            "ratings",
            {"results": [{"split": "last", "way": "fused", "people": 3, "ndcg": spread(0.1, None, None), "recall": spread(0.1, 0.0, 0.2),
                          "fused ahead": {"ndcg": spread(0.0, 0.0, 0.0)}}],
             "ratings": [{"split": "last", "way": way, "people": 3, "ratings": 1200, "rmse": spread(1.01, 0.9, 1.1),
                          "mae": spread(0.7, 0.6, 0.8), "predicted ahead in squared error": spread(0.02, -0.01, 0.05)}
                         for way in ("predicted", "item mean")]},
            "| each person's latest | item mean | 1,200 of 3 | 1.010 [.900, 1.100] | .700 [.600, .800] | +.020 [-.010, +.050] |",
        ),
        (
            "history",
            {"kind": {"as in a turn": {"recall": (0.5, 0.4, 0.6), "ndcg": (0.1, 0.0, 0.2), "ahead in recall": (-0.1, -0.2, 0.0)}}},
            '| "a western, please" | as in a turn | .500 [.400, .600] | -.100 [-.200, +.000] |',
        ),
        (
            "words",
            {"words": [{"kind": "tags", "way": "fused", "queries": 8, "recall": (0.2, 0.1, 0.3)}], "likes": [], "ms": {}},
            "| fused | .200 [.100, .300] |",
        ),
        (
            "weights",
            {"rows": [{"kind": "said", "way": "as packaged", "queries": 9, "mean": 0.4, "behind": (0.01, 0.0, 0.02)}]},
            "| said | as packaged | 9 | .400 | +.010 [+.000, +.020] |",
        ),
        (
            "dials",
            {"people": 2, "rows": [{"diversity": 0.25, "novelty": 0.0, "ndcg@10": (0.3, 0.2, 0.4), "recall@20": (0.3, 0.2, 0.4),
                                    "unlike": 0.9, "bits": 2.5, "coverage": 0.1, "gini": 0.98}]},
            "| 0.25 | 0 | .300 [.200, .400] | .300 [.200, .400] | 0.900 | 2.500 | 0.100 | 0.980 |",
        ),
    ],
)  # fmt: skip
def test_each_part_is_told(recommender: ModuleType, name: str, found: dict[str, Any], line: str) -> None:
    part = next(p for p in recommender.PARTS if p.name == name)
    assert line in part.tell(json.loads(json.dumps(found)))
    assert isinstance(recommender.telling.headline(name, json.loads(json.dumps(found))), str)
