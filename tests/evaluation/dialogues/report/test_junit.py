"""JUnit XML: what CI servers read, whatever stood in the run."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.evaluation.dialogues.report.junit import junit
from tests.evaluation.dialogues.report.runs import everything, failing, played, run, turn


def test_a_suite_a_folder_and_a_case_a_dialogue():
    top = ET.fromstring(junit(everything()).encode())
    assert top.tag == "testsuites"
    assert {k: top.get(k) for k in ("tests", "failures", "skipped", "time")} == {
        "tests": "8", "failures": "2", "skipped": "3", "time": "1.500",
    }  # fmt: skip
    suites = {s.get("name"): s for s in top}
    assert list(suites) == ["teas", "zh"]
    assert suites["teas"].get("tests") == "6"
    assert suites["teas"].get("timestamp") == "2026-01-02T03:04:05+00:00"
    case = suites["zh"].find("testcase")
    assert case is not None
    assert (case.get("name"), case.get("classname"), case.get("time")) == ("绿茶", "zh", "0.012")
    assert (case.get("file"), case.get("line")) == ("dialogues/zh/绿茶.yaml", "1")
    told = {p.get("name"): p.get("value") for p in case.iter("property")}
    assert told["title"] == "绿茶，价格有上限"


def test_a_failure_tells_the_failing_turn_and_its_line():
    two = turn(2, said="cheaper", checks=[failing()])
    top = ET.fromstring(junit(run(played(status="failed", turns=[turn(said="first"), two]))).encode())
    case = top.find(".//testcase")
    assert case is not None
    assert case.get("line") == "10"
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "items"
    assert failure.get("message") == "turn 2, items: 3..5: 2 items are shown"
    assert "cheaper" in (failure.text or "")
    assert "first" not in (failure.text or "")


def test_skipped_with_the_reason():
    top = ET.fromstring(junit(everything()).encode())
    assert {s.get("message") for s in top.iter("skipped")} == {
        "its model's answers stand in the file", "its catalogue is a file of the test",
    }  # fmt: skip


@given(st.text(st.characters(), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_text_makes_sound_xml(text):
    bad = failing(reason=text, got=text, argument=text, evidence=[text])
    one = played(status="failed", title=text, why=text, turns=[turn(said=text, text=text, checks=[bad])])
    skipped = played("teas/other", "skipped", why=text)
    xml = junit(run(one, skipped)).encode("utf-8")
    assert len(list(ET.fromstring(xml).iter("testcase"))) == 2
