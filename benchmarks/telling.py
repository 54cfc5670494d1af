"""The figures of each benchmark of the recommender as Markdown, for docs/performance.md.

Knows: the JSON that each of them writes. Does not know: how it was run. A function a part gives the section's tables; `headline` gives
the one line that the table of a run shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Figures = Mapping[str, Any]
SPLITS = {
    "random": "random 75/25 of each person's events",
    "time": "everything after a moment",
    "last": "each person's latest",
    "new": "people who come after a moment, three events told",
}
OWN = ("ours", "collaborative alone", "people alone")  # ways of benchmarks/peers.py that are ChatRec's
RANKED = ("fused", "collaborative", "popularity", "most events")  # ways of `evaluate ranking` that are told
GOAL = -0.002  # the lower bound of the paired difference to the best peer


def figure(one: Sequence[float | None] | Mapping[str, float | None] | None, digits: int = 3, sign: str = "") -> str:
    """`.236 [.171, .298]` of (mean, low, high) or {"mean", "low", "high"}; a dash where it could not be told."""
    if isinstance(one, Mapping):
        one = [one[name] for name in ("mean", "low", "high")]
    if one is None or any(v is None for v in one):
        return "–"
    cells = [re.sub(r"^([+-]?)0\.", r"\1.", f"{v:{sign}.{digits}f}") for v in one]
    return f"{cells[0]} [{cells[1]}, {cells[2]}]" if len(cells) == 3 else cells[0]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


# --------------------------------------------------------------------------- parts


def peers(found: Figures) -> str:
    """Every way with its figures and how far ours is ahead, then the best peer of each figure."""
    told = []
    for split in dict.fromkeys(r["split"] for r in found["rows"]):
        rows = [r for r in found["rows"] if r["split"] == split]
        first = rows[0]
        head = f"{SPLITS[split]}: {first['cuts']} cuts, {first['people']} people, {first['cases']} cases"
        body = [
            (
                f"**{r['way']}**" if r["way"] == "ours" else r["way"],
                figure(r["ndcg@10"]),
                figure(r["recall@20"]),
                *("" if r["way"] == "ours" else figure(r[f"ahead {m}"], 3, "+") for m in ("ndcg@10", "recall@20")),
            )
            for r in rows
        ]
        told.append(table([head, "NDCG@10", "recall@20", "ours ahead in NDCG@10", "in recall@20"], body))
        told.append(" ".join(_verdicts(rows)))
    if found.get("left_out"):
        told.append(f"Left out, because it could not be installed here: {', '.join(found['left_out'])}.")
    told.append(f'{found["trials"]} trials a model; "ours" is ChatRec as it is packaged, with no trial.')
    return "\n\n".join(told)


def _verdicts(rows: Sequence[Figures]) -> list[str]:
    others = [r for r in rows if r["way"] not in OWN and not r["way"].startswith("ours")]
    told = []
    for name in ("ndcg@10", "recall@20") if others else ():
        best = max(others, key=lambda r: r[name][0])
        mean, low, high = best[f"ahead {name}"]
        kept = "goal kept" if mean > 0 or low > GOAL else "**goal missed**"
        kept += ", though the interval holds 0" if low <= 0 <= high else ""
        told.append(
            f"{name}: {figure(best[f'ahead {name}'], 3, '+')} ahead of the best peer, {best['way']} "
            f"(goal: ahead, or lower bound above {GOAL}): {kept}."
        )
    return told


def cold(found: Figures) -> str:
    """Recall of films nobody has rated yet, among the cold and among all."""
    rows = {(r["among"], r["way"]): r for r in found["rows"]}
    body = [
        (
            f"**{way}**" if way == "fused" else way,
            *(
                cell
                for among in ("cold", "all")
                for cell in (
                    figure(rows[among, way]["recall"]),
                    "" if way == "fused" else figure(rows[among, way]["fused ahead"], 3, "+"),
                )
            ),
        )
        for way in dict.fromkeys(r["way"] for r in found["rows"])
    ]
    head = f"recall@20, {found['cases']} cases of {found['people']} people, {found['seeds']} draws of a tenth"
    return table([head, "among the cold", "fused ahead", "among all", "fused ahead"], body)


def conversational(found: Figures) -> str:
    """Recall at five depths for each corpus."""
    told = []
    for corpus, one in found.items():
        if not isinstance(one, Mapping):
            continue
        body = [(way, *(figure(cell) for cell in zip(*values, strict=True))) for way, values in one["recall"].items()]
        head = f"{corpus}: {one['turns']} turns, {one['targets']} films ({one['inside']} of them in the universe)"
        told.append(table([head, *(f"recall@{k}" for k in (1, 5, 10, 20, 50))], body))
    return "\n\n".join(told)


def dials(found: Figures) -> str:
    """What each setting costs and brings."""
    body = [
        (
            f"{r['diversity']:g}",
            f"{r['novelty']:g}",
            figure(r["ndcg@10"]),
            figure(r["recall@20"]),
            *(f"{r[m]:.3f}" for m in ("unlike", "bits", "coverage", "gini")),
        )
        for r in found["rows"]
    ]
    head = ["diversity", "novelty", "NDCG@10", "recall@20", "unlike each other", "bits", "coverage", "Gini"]
    return f"{found['people']} people, first 20.\n\n" + table(head, body)


def history(found: Figures) -> str:
    """The same query with four histories."""
    body = [
        (
            {"kind": '"a western, please"', "like": '"something like X"'}.get(kind, kind),
            way,
            figure(one["recall"]),
            figure(one["ahead in recall"], 3, "+"),
        )
        for kind, ways in found.items()
        for way, one in ways.items()
    ]
    return table(["asked for", "history given", "recall@20", "ahead of all, evenly"], body)


def ratings(found: Figures) -> str:
    """Predicted ratings, then the fusion beside its sources on the log."""
    rated = [
        (
            SPLITS[r["split"]],
            r["way"],
            f"{r['ratings']:,} of {r['people']}",
            figure(r["rmse"]),
            figure(r["mae"]),
            "" if r["way"] == "predicted" else figure(r["predicted ahead in squared error"], 3, "+"),
        )
        for r in found["ratings"]
    ]
    ranked = [
        (
            SPLITS[r["split"]],
            r["way"],
            str(r["people"]),
            figure(r["ndcg"]),
            figure(r["recall"]),
            "" if r["way"] == "fused" else figure(r["fused ahead"]["ndcg"], 3, "+"),
        )
        for r in found["results"]
        if r["way"] in RANKED
    ]
    first = table(["split", "way", "ratings, people", "RMSE", "MAE", "predicted ahead in squared error"], rated)
    last = table(["split", "way", "people", "NDCG", "recall", "fused ahead in NDCG"], ranked)
    return f"{first}\n\n{last}"


def words(found: Figures) -> str:
    """Films found by a sentence or a tag, and from what somebody liked."""
    rows = {(r["kind"], r["way"]): r for r in found["words"]}
    kinds = list(dict.fromkeys(r["kind"] for r in found["words"]))
    body = [
        (way, *(figure(rows[kind, way]["recall"]) for kind in kinds))
        for way in dict.fromkeys(r["way"] for r in found["words"])
    ]
    heads = [f"{kind} ({rows[kind, 'fused']['queries']})" for kind in kinds]
    told = [table(["recall@20, the half that chose nothing", *heads], body)] if kinds else []
    if found["likes"]:
        told.append(table(["no log", "recall@20"], [(r["way"], figure(r["recall"])) for r in found["likes"]]))
    return "\n\n".join(told)


def weights(found: Figures) -> str:
    """On the half that judges: the packaged weights, the newly chosen, and each source alone."""
    body = [
        (r["kind"], r["way"], str(r["queries"]), figure([r["mean"]]), figure(r["behind"], 3, "+"))
        for r in found["rows"]
        if not r["way"].startswith("without")
    ]
    return table(["query", "weights", "queries", "mean of NDCG@10 and recall@20", "behind the newly chosen"], body)


def log(found: Figures) -> str:
    """How quickly a large file is read."""
    return (
        f"{found['used']:,} of {found['rows']:,} made-up ratings in MovieLens' layout read in {found['cpu_seconds']:.1f} s of one "
        f"core ({found['rows_per_second']:,.0f} rows a second), {found['peak_mb']:,.0f} MB at most ({found['before_mb']:,.0f} MB before)."
    )


# --------------------------------------------------------------------------- one line


def headline(name: str, found: Figures) -> str:
    """The figure that says most of a part, for the table at the end of a run."""
    match name:
        case "peers-random" | "peers-time":
            own = next((r for r in found["rows"] if r["way"] == "ours"), None)
            best = " · ".join(_verdicts(found["rows"])[:1]) or "no peer in this run"
            return f"NDCG@10 {figure(own['ndcg@10'])}; {best}" if own else best
        case "cold":
            rows = {r["way"]: r for r in found["rows"] if r["among"] == "cold"}
            return f"recall@20 {figure(rows['fused']['recall'])}, popularity {figure(rows['popularity']['recall'])}"
        case "conversational":
            corpora = {c: o for c, o in found.items() if isinstance(o, Mapping)}
            return "; ".join(f"{c}: recall@20 {list(o['recall'].values())[-1][0][3]:.3f}" for c, o in corpora.items())
        case "dials":
            return f"NDCG@10 {figure(found['rows'][0]['ndcg@10'])} with both at 0"
        case "history":
            return "; ".join(f"{kind}: {figure(ways['as in a turn']['recall'])}" for kind, ways in found.items())
        case "ratings":
            own = next((r for r in found["ratings"] if r["way"] == "predicted"), None)
            return f"RMSE {figure(own['rmse'])} ({own['split']})" if own else ""
        case "words":
            fused = [r for r in found["words"] if r["way"] == "fused"]
            return "; ".join(f"{r['kind']} {figure(r['recall'])}" for r in fused)
        case "weights":
            return f"{len({r['kind'] for r in found['rows']})} kinds of queries judged"
        case "log":
            return f"{found['rows_per_second']:,.0f} rows a second"
        case "scale":
            worst = {
                n: max(r["p95_ms"] for r in found["candidates"] if r["items"] == n and "p95_ms" in r)
                for n in _sizes(found)
            }
            refit = f"; refit {found['movielens']['refit_seconds']:.1f} s" if "movielens" in found else ""
            return "p95 " + ", ".join(f"{ms:.0f} ms at {n:,} items" for n, ms in worst.items()) + refit
    return ""


def _sizes(found: Figures) -> list[int]:
    return sorted({r["items"] for r in found["candidates"]})
