"""Every setting of ChatRec, in one class. docs/settings.md is written from it (`make docs`) and a test compares the two.

Knows: names, types, defaults. Read once, by the door that starts (cli, app.py, Engine.start); rooms get values.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chatrec.errors import BadInput

ROOT = Path(__file__).resolve().parent.parent  # the checkout: prompts/, catalog/, migrations/ lie here
STEP_NAMES = ("decide", "rerank", "words")


class Settings(BaseSettings):
    """Environment variables or lines of a `.env` file in the working directory."""

    model_config = SettingsConfigDict(
        env_prefix="CHATREC_", env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True
    )

    # -- where things are
    home: Path = Field(ROOT / ".chatrec", description="Data folder: database, vectors index, page secret, locks.")
    catalog: str = Field("films", description="The catalogue a new conversation is about.")
    database_url: str = Field(
        "", validation_alias="DATABASE_URL", description="SQLAlchemy URL. Empty: an SQLite file in CHATREC_HOME."
    )
    chroma_url: str = Field(
        "", validation_alias="CHROMA_URL", description="A Chroma server (http://host:port). Empty: embedded."
    )

    # -- the model
    llm: str = Field(
        "auto",
        description="`auto`, `openai:MODEL`, `local:PATH|NAME`, any LangChain `provider:model`, or `none`. "
        "Several, separated by commas, are tried in that order.",
    )
    trust: str = Field(
        "auto",
        description="Steps a model may take: `auto`, `all`, or a list of `decide,rerank,words` (`none`: no step).",
    )
    openai_api_key: str = Field("", validation_alias="OPENAI_API_KEY", description="Key of the hosted model.")
    openai_base_url: str = Field(
        "", validation_alias="OPENAI_BASE_URL", description="Any server that speaks the OpenAI protocol."
    )
    tool_calls: Literal["auto", "yes", "no"] = Field(
        "auto", description="Whether the model can call tools; `auto` finds out, `no` uses schema-constrained output."
    )
    seed: int | None = Field(
        None,
        description="Sampling seed sent with every model call, where the server takes one (OpenAI protocol, local).",
    )
    local_threads: int = Field(1, ge=1, le=256, description="Threads of the local model server.")
    local_context: int = Field(4096, ge=1024, le=131072, description="Context length of the local model, in tokens.")
    planner: str = Field(
        "auto",
        description="The adapter by which the local model plans turns: `auto` (the one that comes with the packaged model), the path of one "
        "that `chatrec train planner` made, or `none`.",
    )
    embedder: str = Field(
        "use",
        description="`use` (Universal Sentence Encoder, 16 languages), `minilm`, any sentence-transformers name, or `none`.",
    )

    # -- what is recommended
    diversity: float = Field(
        0.0, ge=0, le=1, description="How unlike each other the recommended are to be; 0: as they fit best."
    )
    novelty: float = Field(0.0, ge=0, le=1, description="How little known they are to be; 0: as they fit best.")

    fit: Literal["here", "elsewhere"] = Field(
        "here",
        description="Where what people did is learned. `elsewhere`: never in this process; it takes the model files that "
        "`catalog fit` writes, on this or another machine (docs/performance.md).",
    )

    # -- limits
    decide_seconds: float = Field(5.0, gt=0, description="Limit of the decide call, hosted.")
    decide_seconds_local: float = Field(10.0, gt=0, description="Limit of the decide call, local.")
    cards_seconds: float = Field(
        2.0, ge=0, description="Cards show in the fused order when the rerank has not answered by then."
    )
    words_seconds: float = Field(20.0, gt=0, description="Limit of the rerank-and-explain call, hosted.")
    words_seconds_local: float = Field(30.0, gt=0, description="Limit of the rerank-and-explain call, local.")
    breaker_failures: int = Field(3, ge=0, description="Failures in a row that open the breaker; 0: no breaker.")
    breaker_seconds: float = Field(30.0, gt=0, description="How long an open breaker leaves a rung alone.")
    prompt_tokens: int = Field(1600, ge=600, description="Token budget of a prompt; the least useful goes first.")
    rate_per_minute: int = Field(60, ge=0, description="Turns a person may start per minute; 0: no limit.")

    # -- the doors
    host: str = Field("127.0.0.1", description="Address that `serve` binds.")
    port: int = Field(7860, ge=0, le=65535, description="Port that `serve` binds.")
    api_key: str = Field(
        "", description="When set, every REST call needs `Authorization: Bearer`; needed to bind beyond loopback."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    debug_raw: bool = Field(False, description="Log what models say, unchecked. For debugging only.")

    @field_validator("llm", "catalog", "trust", "planner", "embedder", mode="before")
    @classmethod
    def _strip(cls, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value

    @field_validator("trust")
    @classmethod
    def _trust(cls, value: str) -> str:
        if value not in ("auto", "all", "none"):
            wrong = [s.strip() for s in value.split(",") if s.strip() not in STEP_NAMES]
            if wrong:
                raise ValueError(f"{wrong[0]!r} is no step; use auto, all, none, or a list of decide,rerank,words")
        return value

    @property
    def database(self) -> str:
        """The async SQLAlchemy URL."""
        url = self.database_url or f"sqlite+aiosqlite:///{self.home / 'chatrec.db'}"
        if url.startswith("sqlite:"):
            return url.replace("sqlite:", "sqlite+aiosqlite:", 1)
        for plain in ("postgresql:", "postgres:"):
            if url.startswith(plain):
                return url.replace(plain, "postgresql+psycopg:", 1)
        return url

    @property
    def wanted_embedder(self) -> str | None:
        return None if self.embedder in ("", "none") else self.embedder


def variable(name: str) -> str:
    """The environment variable of a setting: `home` -> CHATREC_HOME."""
    alias = Settings.model_fields[name].validation_alias
    return str(alias) if isinstance(alias, str) else f"CHATREC_{name.upper()}"


def load(**overrides: Any) -> Settings:
    """Settings from the environment and `.env`, with overrides. Raises BadInput with one sentence that says what to do."""
    known = {variable(n) for n in Settings.model_fields}
    _refuse_unknown({k for k in os.environ if k.startswith("CHATREC_")} - known, "the environment", known)
    _refuse_unknown({k for k in _dotenv_names() if k.startswith("CHATREC_")} - known, ".env", known)
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        shown = name if name not in Settings.model_fields else variable(name)
        reason = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"{shown} can't be {first.get('input')!r}: {reason}. See docs/settings.md.") from error


def _dotenv_names() -> set[str]:
    path = Path(".env")
    if not path.is_file():
        return set()
    from dotenv import dotenv_values

    return {k.upper() for k in dotenv_values(path)}


def _refuse_unknown(names: set[str], where: str, known: set[str]) -> None:
    for name in sorted(names):
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise BadInput(f"{name} in {where} is not a setting of ChatRec.{hint} All settings are in docs/settings.md.")
