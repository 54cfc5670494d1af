"""Runs made by hand: one with everything in it, and pieces to make others of."""

from __future__ import annotations

from typing import Any

from chatrec.evaluation.dialogues.results import Card, Checked, Played, Run, TurnPlayed

HOSTILE = "<script>window.hacked=1</script> [bold red]x[/] \x1b[31m \u202e ]]> &amp; \"'"


def check(name: str = "decision", passed: bool | None = True, **more: Any) -> Checked:
    about = {"group": "decision", "line": 9, "argument": "recommend", "expected": "recommend", "got": "recommend"}
    return Checked(check=name, passed=passed, **(about | more))


def failing(name: str = "items", **more: Any) -> Checked:
    about = {
        "group": "items", "line": 10, "argument": "3..5", "expected": "3..5", "got": "2", "reason": "2 items are shown",
        "evidence": ["Assam (2)", "Keemun (4)"],
    }  # fmt: skip
    return Checked(check=name, passed=False, **(about | more))


def turn(number: int = 1, **more: Any) -> TurnPlayed:
    about = {
        "line": 4 + 4 * number, "who": "", "said": "a green tea under 8", "kind": "recommend",
        "text": "I found two green teas.", "items": [card("1", "Longjing"), card("3", "Sencha")],
        "wishes": ["type = Green", "price < 8"], "chips": ["cheaper (1)"], "steps": {"decide": "none"}, "ms": 12.0,
        "checks": [check()],
    }  # fmt: skip
    return TurnPlayed(number=number, **(about | more))


def card(item_id: str, title: str, reason: str = "") -> Card:
    return Card(id=item_id, title=title, reason=reason)


def played(name: str = "teas/green", status: Any = "passed", **more: Any) -> Played:
    about = {
        "file": f"dialogues/{name}.yaml", "title": "A price is obeyed", "tags": ["en"], "model": "none", "catalog": "teas",
        "good": int(status == "passed"), "turns": [] if status == "skipped" else [turn()],
    }  # fmt: skip
    return Played(name=name, status=status, **(about | more))


def run(*dialogues: Played, **more: Any) -> Run:
    about = {"mode": "replay", "version": "0.1.0", "started": "2026-01-02T03:04:05+00:00", "seconds": 1.5}
    return Run(dialogues=list(dialogues), **(about | {"prompts": {"decide": "1"}} | more))


def everything() -> Run:
    """Passed, failed in several ways, skipped for two reasons, in both languages, with hostile words everywhere."""
    two = turn(2, said=HOSTILE, text=HOSTILE, items=[card(HOSTILE, HOSTILE, HOSTILE)], near=[card("7", HOSTILE, "w1")],
               wishes=["type = Green", HOSTILE], chips=[HOSTILE], falls=["decide hosted->none (timeout)"], calls=2,
               tokens=812, ms=2300.0,
               checks=[check(), failing(reason=HOSTILE, evidence=[HOSTILE], got=HOSTILE, expected=HOSTILE,
                                        argument=HOSTILE),
                       check("no_repeats", True, group="rules", always=True, argument="true"),
                       failing("judge", gates=False, group="judge", reason="too curt"),
                       failing("decision", group="decision", negated=True, line=30)])  # fmt: skip
    return run(
        played("teas/green"),
        played("teas/hostile", "failed", title=HOSTILE, tags=["en", "x<y"], note=HOSTILE, turns=[turn(), two]),
        played("zh/绿茶", title="绿茶，价格有上限", tags=["zh"], turns=[turn(said="来点绿茶", text="找到两款绿茶。")]),
        played("zh/gone", "failed", why="There is no recording recordings/gone.json.", turns=[]),
        played("teas/live", runs=3, good=2),
        played("teas/scripted", "skipped", why="its model's answers stand in the file"),
        played("teas/recorded", "skipped", why="its model's answers stand in the file"),
        played("teas/file", "skipped", why="its catalogue is a file of the test"),
        at_least=0.6,
    )
