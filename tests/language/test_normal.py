"""The normal form: the key of every stored value, so it must not depend on how it was computed."""

from hypothesis import given
from hypothesis import strategies as st

from chatrec.language.normal import drop_control, normal


def test_width_case_accents_quotes_and_spaces() -> None:
    assert normal("  Ａmélie’s\tＣafé — №1 ") == "amelie's cafe - no1"
    assert normal("STRASSE") == normal("strasse") == normal("Straße")
    assert normal("Ｓci－Fi") == "sci-fi"
    assert normal("卧虎\u200b藏龙") == "卧虎藏龙"
    assert normal("ガンダム") != normal("カンタム")


def test_control_characters_and_lone_surrogates_go() -> None:
    assert drop_control("a\x00b\ud800c\u202ed\x9b\n") == "abcd\n"
    assert normal("a\x1f b\x0bc`") == "a bc'"


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_has_one_normal_form_by_either_path(text: str) -> None:
    with_wide_letter = normal(text + "é")  # one accent forces the long path
    assert normal(text + "e") == with_wide_letter


@given(st.text())
def test_it_is_a_fixed_point(text: str) -> None:
    assert normal(normal(text)) == normal(text)
