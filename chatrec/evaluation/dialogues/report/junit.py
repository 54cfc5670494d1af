"""A run as JUnit XML, in the shape that GitLab, Jenkins, GitHub's reporters and Azure read.

Knows: testsuites > testsuite (a folder) > testcase (a dialogue). Does not know: colours.
Shape: https://github.com/testmoapp/junitxml (the common ground of what CI servers take).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from chatrec.evaluation.dialogues.report import transcript
from chatrec.evaluation.dialogues.report.figures import clean
from chatrec.evaluation.dialogues.results import Played, Run

# What XML 1.0 can't hold, even escaped: https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(run: Run) -> str:
    """The XML, with its declaration."""
    top = ET.Element("testsuites", _attributes(run.dialogues, "dialogues", run.seconds))
    folders: dict[str, list[Played]] = {}
    for played in run.dialogues:
        folders.setdefault(_folder(played), []).append(played)
    for folder, dialogues in folders.items():
        seconds = sum(p.ms for p in dialogues) / 1000
        suite = ET.SubElement(top, "testsuite", _attributes(dialogues, folder or "dialogues", seconds))
        if run.started:
            suite.set("timestamp", run.started)
        told = {"mode": run.mode, "target": run.target, "version": run.version}
        _properties(suite, told | {f"prompt {name}": version for name, version in run.prompts.items()})
        for played in dialogues:
            _case(suite, played, folder)
    ET.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="unicode") + "\n"


def _case(suite: ET.Element, played: Played, folder: str) -> None:
    case = ET.SubElement(suite, "testcase")
    case.set("name", _xml(played.name.rsplit("/", 1)[-1]))
    case.set("classname", _xml(folder.replace("/", ".") or "dialogues"))
    case.set("file", _xml(played.file))
    case.set("line", str(_line(played)))
    case.set("time", f"{played.ms / 1000:.3f}")
    told = {"title": played.title, "tags": " ".join(played.tags), "model": played.model, "catalog": played.catalog}
    if played.runs > 1:
        told |= {"runs": str(played.runs), "passed": str(played.good)}
    _properties(case, told)
    if played.status == "skipped":
        ET.SubElement(case, "skipped", {"message": _xml(played.why)})
    elif played.status == "failed":
        failed = next((c for t in played.turns for c in t.checks if c.fails), None)
        about = {"message": _xml(transcript.first_failure(played)), "type": _xml(failed.check if failed else "played")}
        ET.SubElement(case, "failure", about).text = _xml(transcript.plain(played, only_failed=True))


def _folder(played: Played) -> str:
    return played.name.rpartition("/")[0]


def _line(played: Played) -> int:
    return next((c.line for t in played.turns for c in t.checks if c.fails), played.line) or 1


def _attributes(dialogues: Sequence[Played], name: str, seconds: float) -> dict[str, str]:
    def count(status: str) -> str:
        return str(sum(p.status == status for p in dialogues))

    counts = {"tests": str(len(dialogues)), "failures": count("failed"), "errors": "0", "skipped": count("skipped")}
    return {"name": _xml(name), **counts, "time": f"{seconds:.3f}"}


def _properties(of: ET.Element, told: dict[str, str]) -> None:
    told = {name: value for name, value in told.items() if value}
    if told:
        properties = ET.SubElement(of, "properties")
        for name, value in told.items():
            ET.SubElement(properties, "property", {"name": _xml(name), "value": _xml(value)})


def _xml(text: str) -> str:
    return _NO_XML.sub("", clean(text))
