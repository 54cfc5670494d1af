"""The page: a Gradio chat on the engine. The only file that imports gradio.

Knows: components, events, what the visitor's browser keeps (a signed cookie). What is said and shown comes from the engine;
how it looks from cards.py, page.css and page.js.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
from fastapi import FastAPI

from chatrec.answer.draft import Gathered
from chatrec.engine import Engine
from chatrec.errors import ChatRecError
from chatrec.language.phrases import wish_text
from chatrec.observe import log
from chatrec.vocabulary import (
    LANGUAGES,
    NOTED_ACTS,
    Act,
    Catalog,
    Decided,
    Done,
    Reply,
    Shown,
    Wish,
)
from chatrec.web import cards
from chatrec.web.identity import Visitors

HERE = Path(__file__).parent
TURNS_SHOWN = 30
LONGEST_ABOUT = 240  # characters of a description that a card has room for
NAMES = {"en": "English", "zh": "中文"}


@dataclass
class Told(Gathered):
    """One turn as the page shows it: what was said, and the answer so far."""

    said: str
    broken: dict[str, str] = field(default_factory=dict)  # wish id -> its words
    about: dict[str, str] = field(default_factory=dict)  # item id -> what it is about
    reply: Reply | None = None
    error: str = ""
    noted: bool = False

    def add(self, event: Any) -> None:
        super().add(event)
        if isinstance(event, Done):
            reply = self.reply = event.reply
            self.items, self.near, self.text, self.chips = reply.items, reply.near, reply.text, reply.chips


@dataclass
class Visit:
    """What one browser tab shows. Lives in the Gradio session, is rebuilt from the store on reload."""

    person: str = ""
    catalog: str = ""
    language: str = "en"
    conversation: str | None = None
    told: list[Told] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    wishes: list[tuple[str, str, bool]] = field(default_factory=list)


def render(told: Told, catalog: Catalog, language: str, marks: dict[str, str], last: bool) -> str:
    """One turn: the person's words, the answer, cards, small print; chips only under the last."""
    say, esc = cards.texts(language), cards.escape
    said = f'<div class="cr-said"><p>{esc(told.said)}</p></div>' if told.said else ""
    if told.error:
        return f'<section class="cr-turn">{said}<p class="cr-error" role="alert">{esc(told.error)}</p></section>'
    text = "".join(f"<p>{esc(line)}</p>" for line in told.text.split("\n") if line.strip())
    thinking = "" if told.reply or told.text or told.items else f'<p class="cr-thinking">{esc(say["thinking"])}</p>'
    answer_language = told.reply.language if told.reply else language
    shown = cards.cards(told.items, catalog, language, marks, told.about)
    shown += cards.near(told.near, told.broken, catalog, language, marks)
    chips = cards.chips(told.chips) if last and told.reply else ""
    small = cards.small_print(told.reply, language) if told.reply else ""
    kind = "cr-turn cr-noted" if told.noted else "cr-turn"
    return (
        f'<section class="{kind}">{said}<div class="cr-answer" lang="{answer_language}" aria-live="polite">'
        f"{text}{thinking}{shown}{chips}{small}</div></section>"
    )


def greeting(catalog: Catalog, language: str) -> str:
    """The empty page: what this is, and first messages to click."""
    say = cards.texts(language)
    noun = catalog.noun.get(language) or catalog.noun.get("en") or ["items"]
    more = say["hello_more"].replace("%noun", noun[1] if language == "en" and len(noun) > 1 else noun[0])
    more = more.replace("%n", f"{catalog.items:,}").replace("%measure", catalog.measure.get(language, ""))
    starters = "".join(cards.button(text, text=text, kind="cr-chip") for text in catalog.starters.get(language, []))
    return (
        f'<section class="cr-hello"><h2>{cards.escape(say["hello"])}</h2><p>{cards.escape(more)}</p>'
        f'<div class="cr-chips">{starters}</div></section>'
    )


class Page:
    """The handlers of one engine's page."""

    def __init__(self, engine: Engine, visitors: Visitors) -> None:
        self.engine = engine
        self.visitors = visitors

    # ------------------------------------------------------------- what the components show

    async def catalog(self, visit: Visit) -> Catalog:
        return (await self.engine.book(visit.catalog)).catalog

    async def past(self, visit: Visit, upto: int | None = None) -> str:
        catalog = await self.catalog(visit)
        rows = visit.told[:upto] if upto is not None else visit.told
        return "".join(render(t, catalog, visit.language, visit.marks, False) for t in rows[-TURNS_SHOWN:])

    async def live(self, visit: Visit) -> str:
        catalog = await self.catalog(visit)
        if not visit.told:
            return greeting(catalog, visit.language)
        return render(visit.told[-1], catalog, visit.language, visit.marks, True)

    def panel(self, visit: Visit) -> str:
        say = cards.texts(visit.language)
        clear = cards.button(say["clear"], act=Act(kind="reset"), kind="cr-clear") if visit.wishes else ""
        inside = cards.wishes(visit.wishes, visit.language)
        count = f" ({len(visit.wishes)})" if visit.wishes else ""
        empty = "" if visit.wishes else " cr-empty"
        return f'<details class="cr-panel{empty}" open><summary>{cards.escape(say["your_wishes"])}{count}</summary>{inside}{clear}</details>'

    def head(self, visit: Visit) -> str:
        say = cards.texts(visit.language)
        return (
            f'<div class="cr-head" lang="{visit.language}"><h1>ChatRec</h1><p>{cards.escape(say["tagline"])}</p></div>'
        )

    async def foot(self, visit: Visit) -> str:
        catalog = await self.catalog(visit)
        return (
            f'<p class="cr-foot">{cards.escape(catalog.note.get(visit.language) or catalog.note.get("en") or "")}</p>'
        )

    async def wish_labels(self, visit: Visit, wishes: list[Wish]) -> list[tuple[str, str, bool]]:
        catalog = await self.catalog(visit)
        ids = [str(w.value) for w in wishes if w.op in ("like", "not_like")]
        titles = {i.id: i.title_in(visit.language) for i in await self.engine.store.items.get(visit.catalog, ids)}
        return [(w.id, wish_text(w, catalog, visit.language, titles), w.hard) for w in wishes]

    async def about(self, visit: Visit, told: Told) -> dict[str, str]:
        items = await self.engine.store.items.get(visit.catalog, [i.id for i in told.items])
        return {i.id: text for i in items if (text := i.description_in(visit.language)) and len(text) <= LONGEST_ABOUT}

    # ------------------------------------------------------------- events

    async def load(self, request: gr.Request) -> tuple[Any, ...]:
        """A visitor comes or reloads: their latest conversation, in the language of their browser."""
        visit = Visit(catalog=self.engine.settings.catalog, person=self.person(request))
        accepts = request.headers.get("accept-language", "") if request else ""
        visit.language = "zh" if accepts.lower().startswith("zh") else "en"
        kept = request.cookies.get("chatrec_language") if request else None
        if kept in LANGUAGES:
            visit.language = kept
        await self.restore(visit)
        return await self.all(visit)

    def person(self, request: gr.Request) -> str:
        """The visitor behind the signed cookie; a browser that takes no cookie is a new person in every tab."""
        person = self.visitors.person(dict(request.cookies) if request else {})
        return person or self.visitors.person({"chatrec_person": self.visitors.new()}) or ""

    async def restore(self, visit: Visit) -> None:
        visit.conversation = await self.engine.store.dialogues.latest(visit.person, visit.catalog)
        visit.told, visit.wishes = [], []
        profile = await self.engine.store.profiles.read(visit.person, visit.catalog)
        for kind in ("seen", "dislikes", "likes"):
            visit.marks |= dict.fromkeys(
                getattr(profile, kind), {"dislikes": "dislike", "likes": "like"}.get(kind, kind)
            )
        if visit.conversation is None:
            return
        for said, act, reply in await self.engine.store.dialogues.replies(visit.conversation):
            told = Told(said or await self.act_words(act, visit), noted=bool(act) and act.kind in NOTED_ACTS)
            told.said = "" if told.noted else told.said
            told.add(Done(reply))
            told.about = await self.about(visit, told)
            told.broken = {w: label for w, label, _ in await self.wish_labels(visit, reply.wishes)}
            visit.told.append(told)
            visit.wishes = await self.wish_labels(visit, reply.wishes)

    async def all(self, visit: Visit) -> tuple[Any, ...]:
        """Everything on the page anew: after a load, a switch of language or catalogue, a new chat."""
        say = cards.texts(visit.language)
        catalogs = await self.engine.store.items.catalogs()
        choices = [(c.title_in(visit.language), c.name) for c in catalogs]
        return (
            visit,
            self.head(visit),
            await self.past(visit, -1),
            await self.live(visit),
            self.panel(visit),
            gr.update(placeholder=say["placeholder"], value=""),
            gr.update(value=say["send"]),
            gr.update(value=say["new"]),
            gr.update(choices=choices, value=visit.catalog, label=say["catalog"], visible=len(choices) > 1),
            gr.update(value=visit.language, label=say["language"]),
            await self.foot(visit),
        )

    async def switch_language(self, language: str, visit: Visit) -> tuple[Any, ...]:
        visit.language = language if language in LANGUAGES else "en"
        if visit.told and visit.told[-1].reply:
            visit.wishes = await self.wish_labels(visit, self.latest_wishes(visit))
        return await self.all(visit)

    async def switch_catalog(self, name: str, visit: Visit) -> tuple[Any, ...]:
        visit.catalog, visit.marks = name, {}
        await self.restore(visit)
        return await self.all(visit)

    async def new_chat(self, visit: Visit) -> tuple[Any, ...]:
        visit.conversation, visit.told, visit.wishes = None, [], []
        return await self.all(visit)

    @staticmethod
    def latest_wishes(visit: Visit) -> list[Wish]:
        return next((t.reply.wishes for t in reversed(visit.told) if t.reply), [])

    async def act_words(self, act: Act | None, visit: Visit) -> str:
        """What a click means, said as the person would."""
        if act is None or act.kind in NOTED_ACTS:
            return ""
        items = await self.engine.store.items.get(visit.catalog, act.item_ids)
        joint = "、" if visit.language == "zh" else ", "
        titles = joint.join(i.title_in(visit.language) for i in items)
        return cards.texts(visit.language).get(f"act_{act.kind}", "").replace("%s", titles)

    async def answer(
        self, message: str, visit: Visit, event: gr.EventData
    ) -> AsyncIterator[tuple[Any, Any, Any, Any, Any]]:
        """One message or click: stream the answer. Yields (visit, past, live, panel, box)."""
        sent = event._data if isinstance(event._data, dict) else {}
        said: dict[str, Any] = {"text": message}
        label, noted = message.strip(), False
        if isinstance(sent.get("act"), dict):
            said = {"act": sent["act"], "language": visit.language}
            noted = sent["act"].get("kind") in NOTED_ACTS
            label = str(sent.get("label") or "")[:200]
        elif isinstance(sent.get("text"), str):
            said = {"text": sent["text"]}
            label = sent["text"]
        elif not label:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        if isinstance(said.get("act"), dict) and not noted:
            with contextlib.suppress(ValueError):  # the engine says what is wrong with it
                label = await self.act_words(Act.model_validate(said["act"]), visit) or label
        told = Told("" if noted else label, noted=noted)
        visit.told = [*visit.told, told][-TURNS_SHOWN:]
        past = await self.past(visit, -1)
        typed = "" if "text" in said and not sent else gr.skip()
        yield visit, past, await self.live(visit), gr.skip(), typed
        try:
            async for happened in self.engine.turn(
                **said, user_id=visit.person, catalog=visit.catalog, conversation_id=visit.conversation
            ):
                if isinstance(happened, Decided):
                    told.broken = {w: label for w, label, _ in await self.wish_labels(visit, list(happened.wishes))}
                told.add(happened)
                if isinstance(happened, Shown):
                    told.about = await self.about(visit, told)
                if isinstance(happened, Done):
                    visit.conversation = happened.reply.conversation_id
                    visit.wishes = await self.wish_labels(visit, happened.reply.wishes)
                    await self.remember(visit, said.get("act"))
                    past = await self.past(visit, -1)
                if not isinstance(happened, Decided):
                    yield visit, past, await self.live(visit), self.panel(visit), gr.skip()
        except ChatRecError as error:
            told.error = cards.texts(visit.language)["error"].replace("%s", str(error))
        except Exception:  # the outer door of the page: the engine has logged it
            log.exception("the page could not show a turn")
            told.error = cards.texts(visit.language)["error_unknown"]
        if told.error:
            back = message if typed == "" else gr.skip()  # what was typed is not lost
            yield visit, past, await self.live(visit), self.panel(visit), back

    async def remember(self, visit: Visit, act: Any) -> None:
        """Show on the cards what was just liked, disliked, seen, or taken back."""
        if not act:
            return
        if act.get("kind") == "undo":
            profile = await self.engine.store.profiles.read(visit.person, visit.catalog)
            visit.marks = dict.fromkeys(profile.seen, "seen") | dict.fromkeys(profile.dislikes, "dislike")
            visit.marks |= dict.fromkeys(profile.likes, "like")
        elif act.get("kind") in NOTED_ACTS:
            visit.marks |= dict.fromkeys(act.get("item_ids", []), act["kind"])

    # ------------------------------------------------------------- the blocks

    def build(self) -> gr.Blocks:
        with gr.Blocks(title="ChatRec", fill_width=True, analytics_enabled=False) as blocks:
            visit = gr.State(None)  # a Visit, made by `load`
            script = (HERE / "page.js").read_text(encoding="utf-8")
            with gr.Row(elem_classes="cr-top"):
                head = gr.HTML("", elem_classes="cr-grow", apply_default_css=False)
                catalogs = gr.Dropdown([], label="Catalogue", elem_classes="cr-select", min_width=120, scale=0)
                language = gr.Radio(
                    [(NAMES[code], code) for code in LANGUAGES],
                    value="en",
                    label="Language",
                    elem_classes="cr-language",
                    min_width=150,
                    scale=0,
                )
                new = gr.Button("New chat", elem_classes="cr-new", min_width=90, scale=0, size="sm")
            with gr.Row(elem_classes="cr-main"):
                with gr.Column(scale=4, elem_classes="cr-talk"):
                    past = gr.HTML("", elem_id="cr-past", js_on_load=script, apply_default_css=False)
                    live = gr.HTML("", elem_id="cr-live", js_on_load=script, apply_default_css=False)
                with gr.Column(scale=1, min_width=220, elem_classes="cr-side"):
                    panel = gr.HTML("", elem_id="cr-panel", js_on_load=script, apply_default_css=False)
            with gr.Row(elem_classes="cr-compose"):
                box = gr.Textbox(
                    show_label=False, container=False, lines=1, max_lines=6, elem_id="cr-box", scale=5, autofocus=True
                )
                send = gr.Button("Send", variant="primary", elem_id="cr-send", min_width=80, scale=0)
            foot = gr.HTML("", apply_default_css=False)

            everything = [visit, head, past, live, panel, box, send, new, catalogs, language, foot]
            quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": True}
            blocks.load(self.load, None, everything, **quiet)
            gr.on(
                [box.submit, send.click, past.click, live.click, panel.click],
                self.answer,
                [box, visit],
                [visit, past, live, panel, box],
                trigger_mode="once",
                concurrency_limit=None,
                **quiet,
            )
            keep = "(l, v) => { document.cookie = `chatrec_language=${l}; path=/; max-age=34560000; SameSite=Lax`; return [l, v]; }"
            language.input(self.switch_language, [language, visit], everything, js=keep, **quiet)
            catalogs.input(self.switch_catalog, [catalogs, visit], everything, **quiet)
            new.click(self.new_chat, visit, everything, **quiet)
        return blocks


async def mount(app: FastAPI, engine: Engine, visitors: Visitors) -> None:
    """Put the page at / of a running app."""
    blocks = Page(engine, visitors).build()
    fonts = ("system-ui", "-apple-system", "Segoe UI", "Noto Sans", "PingFang SC", "Noto Sans CJK SC", "sans-serif")
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        theme=gr.themes.Default(
            primary_hue="indigo", neutral_hue="slate", font=fonts, font_mono=("ui-monospace", "monospace")
        ),
        css_paths=[HERE / "page.css"],
        show_error=False,
    )
    # Mounted on a running app, events hang until the start-up that a fresh app would do has run on this loop.
    blocks.run_startup_events()
    await blocks.run_extra_startup_events()
