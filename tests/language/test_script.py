"""The language of a message, and one script for Chinese."""

from __future__ import annotations

import pytest

from chatrec.language.script import has_han, language_of, simplified


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a comedy from the 90s", "en"),
        ("hello", "en"),
        ("推荐一部喜剧", "zh"),
        ("sci-fi 吧", "zh"),
        ("90s 科幻片", "zh"),
        ("推荐像 The Shawshank Redemption 的电影", "zh"),
        ("推荐像 Heat 那样的", "zh"),
        ("想看Inception", "zh"),
        ("有没有 Christopher Nolan 导演的", "zh"),
        ("films like 霸王别姬", "en"),
        ("I like 我不是药神", "en"),
        ("something like 《千与千寻》 please", "en"),
        ("I want to watch 恐怖片", "en"),
        ("請推薦", "zh"),
        ("霸王别姬", "zh"),
        ("《霸王别姬》", "zh"),
        ('"Heat"', "en"),
    ],
)
def test_language_of(text: str, wanted: str) -> None:
    assert language_of(text, "zh" if wanted == "en" else "en") == wanted


@pytest.mark.parametrize("text", ["", "5000", "?!", "😀", "1"])
def test_nothing_to_tell_by(text: str) -> None:
    assert language_of(text, "zh") == "zh"
    assert language_of(text, "en") == "en"


def test_simplified() -> None:
    assert simplified("臺灣電影，梁朝偉") == "台湾电影，梁朝伟"
    assert simplified("plain text") == "plain text"
    assert has_han("a 字")
    assert not has_han("カナ only")
