"""A folder of dialogues over eight teas: two that pass, one that fails, one that is skipped in scripted mode, one with a tag."""

from __future__ import annotations

from pathlib import Path

TEAS = """id,name,type,price,origin
1,Longjing,Green,5,China
2,Assam,Black,7,India
3,Sencha,Green,6,Japan
4,Keemun,Black,9,China
5,Gyokuro,Green,14,Japan
6,Dong Ding,Oolong,12,Taiwan
"""
GREEN = """dialogue: A price is obeyed
tags: [en, price]
given: {catalog: {file: ../catalogs/teas.csv}, model: none}
always: {in_catalog: true}
turns:
  - say: a green tea under 8
    expect: {decision: recommend, items: 2, every_item: {type: Green}}
"""
CHINESE = """dialogue: 绿茶，价格有上限
tags: [zh, price]
given: {catalog: {file: ../catalogs/teas.csv}, model: none}
turns:
  - say: 来点绿茶，不要超过7块
    expect: {language: zh, decision: recommend}
"""
WRONG = """dialogue: What is expected here does not come
tags: [en, wrong]
given: {catalog: {file: ../catalogs/teas.csv}, model: none}
turns:
  - say: a black tea
    expect:
      decision: ask
      items: 2
"""
RECORDED = """dialogue: A recording is played
tags: [recorded]
given: {catalog: {file: ../catalogs/teas.csv}, model: recorded}
turns:
  - say: hello
    expect: {decision: converse}
"""
BAD = """dialogue: Nothing here is right
given: {modle: none}
turns:
  - say: hi
    expect: {decison: ask}
"""


def write(folder: Path, **files: str) -> Path:
    """dialogues/ with a catalogue and the files: `en_green=GREEN` is en/green.yaml."""
    (folder / "dialogues" / "catalogs").mkdir(parents=True)
    (folder / "dialogues" / "catalogs" / "teas.csv").write_text(TEAS, encoding="utf-8")
    for name, text in files.items():
        file = folder / "dialogues" / f"{name.replace('_', '/')}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "dialogues"
