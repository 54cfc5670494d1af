"""What people say to a liar: openings, changes of mind, clicks, in English and Chinese, over films and teas.

Knows: the outside of a reply, as a client has it. Draws from its own seeded rng, so that a run can be repeated.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.liar.lies import plain

_OPENINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "films": {
        "en": (
            "a clever heist film from the 90s", "something funny for kids, under two hours", "a thriller with Al Pacino",
            "not horror, please, and after 2005", "films like Heat but lighter", "a French comedy rated above 7",
            "a quiet film for a rainy sunday", "a western from the sixties", "war films by Steven Spielberg",
            "something with Meryl Streep, no musicals", "a short animation", "science fiction, thoughtful and slow",
        ),
        "zh": (
            "来一部九十年代的科幻片", "不要恐怖片，两小时以内", "诺兰导演的电影", "有没有像《盗梦空间》那样烧脑的", "想看轻松一点的喜剧",
            "推荐几部法国爱情片", "安静温柔的电影", "八十年代的动作片，不要太长",
        ),
    },
    "teas": {
        "en": (
            "a green tea from Japan", "something smoky under $40", "an oolong, floral if possible", "no black tea, please",
            "a calm herbal tea for the evening", "teas by Mei Tanaka", "something organic and nutty", "tea like Silver Needle Moon",
            "a tea with little caffeine", "a gift between $10 and $30",
        ),
        "zh": ("来一款花香的乌龙", "想要日本的绿茶", "不要红茶，五十美元以内", "温柔一点的白茶", "便宜的普洱", "有机的茶有哪些"),
    },
}  # fmt: skip
_CHANGES: dict[str, dict[str, tuple[str, ...]]] = {
    "films": {
        "en": ("only dramas", "newer than 1980", "with a rating over 6", "nothing too sad", "made in the United States", "give me 8",
               "who directed the first one?", "why the second?", "I've seen the first one", "compare the first two", "how long is it?"),
        "zh": ("要剧情片", "1980年以后的", "评分6分以上", "第二个看过了", "第一部是谁导演的", "为什么推荐第一个", "比较前两个"),
    },
    "teas": {
        "en": ("cheaper ones", "from China", "organic only", "something floral", "give me 8", "how much is the first one?",
               "why the second?", "I've had the first one", "compare the first two", "tell me about the first one"),
        "zh": ("便宜点的", "中国的", "要花香的", "第一个多少钱", "为什么推荐第二个", "第二个喝过了", "比较前两个"),
    },
}  # fmt: skip
# Said by somebody who takes nothing back: every hard wish has to stay.
_NEUTRAL = {
    "en": ("others please", "something else", "surprise me", "hello", "thanks", "show me more", "what else do you have?", "hmm, I don't know"),
    "zh": ("换一批", "还有别的吗", "你好", "谢谢", "随便来几个", "嗯，再看看"),
}  # fmt: skip


@dataclass
class Ask:
    """One turn to be sent. neutral: takes nothing back. asks_model: text goes to the model first."""

    body: dict[str, Any]
    neutral: bool = False
    words: str = ""


@dataclass
class Talk:
    """One person and their conversation, as their client knows it."""

    person: str
    catalog: str
    language: str
    rng: random.Random
    conversation: str | None = None
    said: list[str] = field(default_factory=list)
    clicked: list[str] = field(default_factory=list)  # titles of what they clicked on: "more like ..."
    shown: set[str] = field(default_factory=set)
    known: list[str] = field(default_factory=list)  # seen or disliked by a click; holds beyond the conversation
    last: list[dict[str, Any]] = field(default_factory=list)  # the latest cards
    before_last: list[dict[str, Any]] = field(default_factory=list)
    wishes: list[dict[str, Any]] = field(default_factory=list)
    chips: list[dict[str, Any]] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)

    def begin_again(self) -> None:
        """Another conversation of the same person."""
        self.conversation, self.shown, self.last, self.wishes, self.chips = None, set(), [], [], []
        self.said, self.clicked = [], []

    @property
    def heard(self) -> str:
        """The person's own words in this conversation, and what their clicks named."""
        return plain(" \n ".join((*self.said, *self.clicked)))

    def next(self) -> Ask:
        if self.conversation is None:
            return self._text(self.rng.choice(_OPENINGS[self.catalog][self._tongue()]))
        roll = self.rng.random()
        if roll < 0.4:
            return self._text(self.rng.choice(_NEUTRAL[self._tongue()]), neutral=True)
        if roll < 0.65 or not self.last:
            return self._text(self.rng.choice(_CHANGES[self.catalog][self._tongue()]))
        if roll < 0.72:
            return self._text(self.rng.choice(_OPENINGS[self.catalog][self._tongue()]))
        return self._click()

    def _tongue(self) -> str:
        return self.language if self.rng.random() < 0.85 else {"en": "zh", "zh": "en"}[self.language]

    def _text(self, text: str, neutral: bool = False) -> Ask:
        self.said.append(text)
        return Ask({"text": text}, neutral, text)

    def _click(self) -> Ask:
        ids = [i["id"] for i in self.last]
        kind = self.rng.choice(
            ("like", "dislike", "seen", "more_like", "why", "compare", "just_show", "chip", "drop_wish", "undo")
        )
        act: dict[str, Any] = {"kind": kind}
        if kind == "chip" and (acts := [c["act"] for c in self.chips if c.get("act")]):
            return self._act(self.rng.choice(acts))
        if kind == "drop_wish" and self.wishes:
            return self._act(act | {"wish_id": self.rng.choice(self.wishes)["id"]})
        if kind == "compare" and len(ids) > 1:
            return self._act(act | {"item_ids": ids[:2]})
        if kind == "undo":
            return self._act(act)
        if kind in ("like", "dislike", "seen", "more_like", "why"):
            return self._act(act | {"item_ids": [self.rng.choice(ids)]})
        return self._act({"kind": "just_show"})

    def _act(self, act: dict[str, Any]) -> Ask:
        act = {k: v for k, v in act.items() if v not in (None, [])}
        body: dict[str, Any] = {"act": act}
        if self.rng.random() < 0.5:
            body["language"] = self.language
        return Ask(body, neutral=act["kind"] in ("like", "dislike", "seen", "why", "compare", "just_show"))

    def took(self, ask: Ask, reply: dict[str, Any]) -> None:
        """What the client remembers of an answer."""
        self.conversation = reply["conversation_id"]
        self.shown |= {i["id"] for i in reply["items"]}
        if reply["items"]:
            self.before_last, self.last = self.last, reply["items"]
        self.wishes, self.chips = reply["wishes"], reply["chips"]
        act = ask.body.get("act") or {}
        if act.get("kind") in ("dislike", "seen"):
            self.known += act["item_ids"]
        elif act.get("kind") in ("undo", "like"):  # a like takes a dislike back
            self.known = []
