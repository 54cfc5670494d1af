"""A stored conversation as a dialogue file: a bug report becomes a test.

Knows: how turns, acts and answers are written down as a file, with what was shown earlier as references. The file tells what
WAS answered, from its checked text; a person changes the expectation that is wrong. Personal text is masked (masking.py).
What does not hold of the stored answers, or rests on a masked message, is left in as a comment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatrec.errors import NotFound
from chatrec.evaluation.dialogues.checks import CHECKS
from chatrec.evaluation.dialogues.conditions import wanted, wish_text
from chatrec.evaluation.dialogues.masking import masked
from chatrec.evaluation.dialogues.seen import Answer, Seen
from chatrec.language.normal import normal
from chatrec.language.script import language_of
from chatrec.settings import Settings
from chatrec.vocabulary import Act, Catalog, Item, Language, Reply, Wish

ALWAYS = ("in_catalog", "no_repeats", "obeys")
_LISTS = {"like": "likes", "dislike": "dislikes", "seen": "seen", "owned": "owned"}
_PLAIN = re.compile(r"^(?!(?:true|false|null)$)(?:[A-Za-z_][\w-]*|\$\d+(?:\.\w+)*)$")
HEAD = """\
# A draft, made from a stored conversation: it tells what WAS answered, not what should have been.
# Change the expectation that is wrong, take out what does not matter, say in the first line what this shows; then play it.
# Personal text is masked by patterns only: read every line before you share the file.
"""


async def retell(settings: Settings, conversation_id: str) -> str:
    """The conversation as YAML. NotFound where the store has none of this id."""
    from chatrec.store import Store

    url = settings.database
    if url.startswith("sqlite") and not Path(url.split(":///", 1)[-1].split("?")[0]).is_file():
        raise NotFound(f"There is no conversation {conversation_id!r}: no database is at {settings.home}.")
    store = await Store.open(url)
    try:
        owner = await store.dialogues.owner(conversation_id)
        if owner is None:
            raise NotFound(f"There is no conversation {conversation_id!r}.")
        person, name = owner
        catalog = await store.items.catalog(name)
        stored = await store.dialogues.conversation(conversation_id, person)
        log = (await store.profiles.export(person))["feedback"]
        items = {item.id: item async for batch in store.items.all(name) for item in batch}
        gone = {i for turn in stored["turns"] for i in _ids(turn)} - set(items)
        items |= {item.id: item for item in await store.items.get(name, sorted(gone), withdrawn=True)}
    finally:
        await store.close()
    before = [row for row in log if row["catalog"] == name and row["at"] < stored["created_at"]]
    known = {*_called(catalog, items.values())}
    retold = _Retold(catalog, items, known, [person, person.removeprefix("anon:")])
    for turn in stored["turns"]:
        retold.add(turn)
    return await retold.text(_profile(before))


def _ids(turn: Mapping[str, Any]) -> list[str]:
    """Items that a stored turn speaks of."""
    reply = turn["reply"] or {}
    shown = [*reply.get("items", ()), *(n["item"] for n in reply.get("near", ()))]
    return [i["id"] for i in shown] + list((turn["act"] or {}).get("item_ids", ()))


def _called(catalog: Catalog, items: Collection[Item]) -> list[str]:
    """Titles and names of the catalogue, in normal form."""
    people = [f for f in catalog.facets if f.role == "person"]
    names = [
        n for i in items for n in (i.title, *i.titles.values(), *(str(v) for f in people for v in i.values(f.name)))
    ]
    names += [w for f in people for many in f.aliases.values() for words in many.values() for w in words]
    return list({normal(n) for n in names if len(n) > 1})


def _profile(log: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What was known of the person when the conversation began: item ids a kind, oldest first."""
    lists: dict[str, list[str]] = {name: [] for name in _LISTS.values()}
    opposite = {"like": "dislikes", "dislike": "likes"}
    for row in log:
        kind, item = row["kind"], row["item_id"]
        for name, ids in lists.items():
            if item in ids and (kind == "forget" or name in (_LISTS.get(kind), opposite.get(kind))):
                ids.remove(item)
        if kind in _LISTS:
            lists[_LISTS[kind]].append(item)
    return {name: ids for name, ids in lists.items() if ids}


@dataclass
class _Retold:
    """The turns so far, as they will stand in the file."""

    catalog: Catalog
    items: Mapping[str, Item]
    keep: Collection[str]
    secrets: Sequence[str]
    said: list[tuple[str, bool, str]] = field(
        default_factory=list
    )  # (its line, whether it was masked, forced language)
    seen: list[Seen | None] = field(default_factory=list)
    _spoken: Language = "en"

    def add(self, turn: Mapping[str, Any]) -> None:
        reply = Reply.model_validate(turn["reply"]) if turn["reply"] else None
        forced = ""
        if reply is not None:
            if reply.language != (language_of(turn["text"], self._spoken) if turn["text"] else self._spoken):
                forced = reply.language
            self._spoken = reply.language
        if turn["act"]:
            act = self._act(turn["act"])
            line = f"act: {_flow(act['kind'] if len(act) == 1 else act)}"
            was_masked = _text_of(act) != _text_of(turn["act"]) and "<" in _text_of(act)
        else:
            text = masked(turn["text"], self.keep, self.secrets)
            was_masked = text != turn["text"]
            line = f"say: {_quoted(text)}"
        self.said.append((line, was_masked, forced))
        if reply is None:
            self.seen.append(None)
            return
        said_act = Act.model_validate(turn["act"]) if turn["act"] else None
        earlier = tuple(s for s in self.seen if s is not None)
        answer = Answer(reply=reply)
        self.seen.append(Seen(len(self.said), turn["text"], said_act, "", answer, self.catalog, self.items, earlier))

    # ------------------------------------------------------------------ what was pressed

    def _act(self, act: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {"kind": act["kind"]}
        if ids := act.get("item_ids"):
            made["item_ids"] = [self._shown(i) or i for i in ids]
        if wish := act.get("wish"):
            made["wish"] = {k: self._value(v) for k, v in wish.items() if v is not None and k not in ("id", "turn_id")}
        if wish_id := act.get("wish_id"):
            made["wish_id"] = self._wish(wish_id) or wish_id
        return made

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._shown(value) or masked(value, self.keep, self.secrets)
        return value

    def _shown(self, item_id: str) -> str | None:
        """A reference to where an earlier answer showed the item, the latest first."""
        for seen in reversed([s for s in self.seen if s is not None]):
            for n, item in enumerate(seen.reply.items):
                if item.id == item_id:
                    return f"${seen.number}.items.{n}"
            for n, near in enumerate(seen.reply.near):
                if near.item.id == item_id:
                    return f"${seen.number}.near.{n}.item"
        return None

    def _wish(self, wish_id: str) -> str | None:
        for seen in reversed([s for s in self.seen if s is not None]):
            for n, wish in enumerate(seen.reply.wishes):
                if wish.id == wish_id:
                    return f"${seen.number}.wishes.{n}.id"
        return None

    # ------------------------------------------------------------------ the file

    async def text(self, person: Mapping[str, Sequence[str]]) -> str:
        first = next((line.partition(": ")[2] for line, _, _ in self.said if line.startswith("say")), '"clicks"')
        lines = [
            HEAD + f"dialogue: {_quoted('As it was answered: ' + json.loads(first)[:60])}",
            "tags: [retold]",
            "given:",
        ]
        lines.append(f"  catalog: {_flow(self.catalog.name)}")
        if all(s is None or s.reply.rung == "none" for s in self.seen):
            lines.append("  model: none  # as it was answered; without this line: with any model")
        else:
            rungs = {s.reply.rung for s in self.seen if s is not None} - {"none"}
            lines.append(
                f"  # A model answered ({', '.join(sorted(rungs))}). To keep its answers: `model: recorded`, played with --record."
            )
        if person:
            lines.append(f"  person: {_flow(dict(person))}")
        lines += ["always:", *[line for name in ALWAYS for line in await self._always(name)]]
        languages = {s.reply.language for s in self.seen if s is not None}
        if len(languages) == 1:
            lines.append(f"  language: {languages.pop()}")
        lines.append("turns:")
        touched = False  # a masked message may be heard otherwise, and so may all that rests on it
        for (said, was_masked, forced), seen in zip(self.said, self.seen, strict=True):
            touched = touched or was_masked
            lines.append(f"  - {said}")
            lines += [f"    language: {forced}"] if forced else []
            lines += ["    # It was never answered."] if seen is None else await self._expect(seen, touched)
        return "\n".join(lines) + "\n"

    async def _always(self, name: str) -> list[str]:
        for seen in self.seen:
            if seen is not None and (await CHECKS[name].look(seen, True)).passed is False:
                return [f"  # {name}: true  # did not hold in turn {seen.number}"]
        return [f"  {name}: true"]

    async def _expect(self, seen: Seen, touched: bool) -> list[str]:
        reply = seen.reply
        heard = [self._wish_line(w, seen, touched) for w in reply.wishes if w.turn_id == reply.turn_id]
        holds = [self._wish_line(w, seen, touched) for w in reply.wishes]
        expected: list[tuple[str, Any, bool]] = [("decision", reply.decision.kind, touched)]
        if heard:
            expected.append(("heard", heard, touched))
        if holds and holds != heard:
            expected.append(("ledger", holds, touched))
        if reply.items:
            expected.append(("items", len(reply.items), touched))
            expected.append(("includes", [i.id for i in reply.items], True))
        if reply.near:
            expected.append(("near_misses", len(reply.near), touched))
        lines = []
        for name, raw, off in expected:
            note = "" if name != "includes" else "  # " + "; ".join(i.title for i in reply.items)
            if not off and not (await CHECKS[name].look(seen, CHECKS[name].read(_literal(raw, seen)))).passed:
                off, note = True, "  # did not hold of the stored answer"
            lines.append(f"      {'# ' if off else ''}{name}: {_flow(raw)}{note}")
        begin = "    expect:" if any(not line.lstrip().startswith("#") for line in lines) else "    # expect:"
        return [begin, *lines]

    def _wish_line(self, wish: Wish, seen: Seen, touched: bool) -> str:
        """As `heard` reads it; an item that an earlier answer showed as a reference. touched: free words may be of what was masked."""
        if wish.op in ("like", "not_like") and isinstance(wish.value, str):
            before = _Retold(self.catalog, self.items, (), (), seen=list(seen.before))
            if place := before._shown(wish.value):
                return f"{wish.op} ${{{place[1:]}}}"
            return f"{wish.op} {'*' if touched and wish.value not in self.items else wish.value}"
        text = wish_text(wish)
        try:
            exact = wanted(text).holds(wish)
        except ValueError:
            exact = False
        return text if exact else str(wish.facet)


def _literal(raw: Any, seen: Seen) -> Any:
    """The expectation with its references filled in, to see whether it holds of the stored answer."""
    from chatrec.evaluation.dialogues.references import resolve

    replies: list[Any] = [None] * seen.number
    for one in [*seen.before, seen]:
        replies[one.number - 1] = one.reply.model_dump(mode="json")
    return resolve(raw, replies)


def _quoted(text: str) -> str:
    """Text that YAML reads back as it is, and in which nothing is a reference."""
    text = text.replace("${", "$ {")
    return json.dumps(f" {text}" if re.match(r"(?:<=|>=|<|>|not )?\s*\$", text) else text, ensure_ascii=False)


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    if isinstance(value, str) and _PLAIN.match(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _text_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
