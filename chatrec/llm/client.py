"""The models people name: OpenAI chat completions at any address, and other vendors, both through LangChain.

Knows: addresses, keys, the optional parts of a request, lists of models. Does not know: how an answer is read
(langchain_chat), limits and breakers (ladder). LangChain and openai are loaded at the first use, in a thread.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from chatrec.errors import BadInput, Missing
from chatrec.llm import reading
from chatrec.llm.langchain_chat import LONGEST, LangChainChat
from chatrec.vocabulary import Meter

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

OPENAI_URL = "https://api.openai.com/v1"


class OpenAIChat(LangChainChat):
    """A server that speaks the OpenAI protocol: OpenAI itself, vLLM, Ollama, LM Studio, llama.cpp ...

    name empty: the only model that the server lists. allow_hosts: the only hosts that may be asked (tests).
    """

    tells_end = True

    def __init__(
        self,
        name: str = "",
        *,
        base_url: str = "",
        api_key: str = "",
        calls_tools: bool = True,
        allow_hosts: Collection[str] | None = None,
        seed: int | None = None,
        debug_raw: bool = False,
    ) -> None:
        super().__init__(name, calls_tools=calls_tools, debug_raw=debug_raw)
        self.dialect.seed = seed
        self._base_url = base_url.rstrip("/") or OPENAI_URL
        self._api_key = api_key
        self._allow_hosts = allow_hosts
        self._http: Any = None
        if self._base_url == OPENAI_URL:
            self.dialect.limit = "max_completion_tokens"

    def _parts(self, schema: Mapping[str, Any] | None, max_tokens: int | None, stream: bool) -> dict[str, Any]:
        # In extra_body, so that a part can be left out when a server refuses it, and because LangChain takes a
        # detour for its own `response_format` that parses the growing JSON again at every chunk.
        body: dict[str, Any] = {}
        if self.dialect.temperature:
            body["temperature"] = 0
        if max_tokens and self.dialect.limit:
            body[self.dialect.limit] = max_tokens
        if self.dialect.seed is not None:
            body["seed"] = self.dialect.seed
        if schema and self.dialect.json_schema:
            named = {"name": str(schema.get("title") or "answer")[:60], "schema": dict(schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        parts: dict[str, Any] = {"extra_body": body}
        if stream:
            parts["stream_usage"] = self.dialect.usage
        return parts

    async def _make(self) -> BaseChatModel:
        wire = await asyncio.to_thread(_load_openai)  # seconds of imports: not on the event loop
        if not wire.host_allowed(self._base_url, self._allow_hosts):
            raise BadInput(f"The model's server {self._base_url} is not one of the hosts allowed here.")
        if self._http is None:
            self._http = wire.http_client(self._base_url, LONGEST)
        if not self._name:
            self._name = await self._only_listed()
        return await asyncio.to_thread(self._chat_openai)

    def _chat_openai(self) -> BaseChatModel:
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(
            model=self._name,
            base_url=self._base_url,
            api_key=self._api_key or "none",  # type: ignore[arg-type]
            http_async_client=self._http,
            max_retries=0,
            timeout=LONGEST,
            stream_chunk_timeout=None,
            use_responses_api=False,
        )

    async def _listed(self) -> list[str]:
        """The names at GET /models. Raises ModelFailed."""
        import openai

        client = openai.AsyncOpenAI(
            base_url=self._base_url, api_key=self._api_key or "none", http_client=self._http, max_retries=0
        )
        try:
            response = await client.models.with_raw_response.list()
            found = reading.json_object(response.text) or {}
        except Exception as error:  # third-party code on untrusted input
            raise self.failure(error) from error
        rows = found.get("data")
        names = [r.get("id") for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
        return sorted({n for n in names if isinstance(n, str) and n})

    async def _only_listed(self) -> str:
        names = await self._listed()
        if len(names) == 1:
            return names[0]
        few = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
        what = f"lists {len(names)} models ({few})" if names else "lists no models"
        raise BadInput(f"{self._base_url} {what}: say which with CHATREC_LLM=openai:MODEL.")

    async def check(self) -> str:
        await self._ready()
        await self.ask([("user", "Answer with one word: ok")], Meter(), max_tokens=64)
        return f"{self.name} at {self._base_url} answers"

    async def close(self) -> None:
        await super().close()
        if self._http is not None:
            http, self._http = self._http, None
            await http.aclose()


class VendorChat(LangChainChat):
    """Any other vendor that LangChain has a package for, named `provider:model`. Its key is where its package looks."""

    def __init__(self, provider: str, model: str, *, calls_tools: bool = True, debug_raw: bool = False) -> None:
        super().__init__(f"{provider}:{model}", calls_tools=calls_tools, debug_raw=debug_raw)
        self._provider = provider

    async def _make(self) -> BaseChatModel:
        return await asyncio.to_thread(self._init)

    def _init(self) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        try:
            return init_chat_model(self.name, temperature=0, max_retries=0)
        except ImportError as error:
            package = f"langchain-{self._provider.replace('_', '-')}"
            raise Missing(
                f"CHATREC_LLM={self.name} needs the package {package}: install it with `pip install {package}` ({error})."
            ) from error
        except Exception as error:  # each vendor's package has its own: a missing key, an unknown provider
            raise BadInput(f"CHATREC_LLM={self.name} can't be used: {' '.join(str(error).split())[:300]}") from error


def _load_openai() -> Any:
    import langchain_openai  # noqa: F401  the slow part of _chat_openai

    from chatrec.llm import wire

    # pydantic prints what a server sent in place of text, and a model's raw words are not for the log
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings", category=UserWarning)
    return wire
