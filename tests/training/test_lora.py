"""The training itself: rates, what is learned, and that a run that was broken off goes on as if it had not been."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chatrec.training.lora import CHECKPOINT, TARGETS, Loaded, Recipe, loss_of, train
from chatrec.training.packs import Pack, Stream
from tests.training.tiny import END, dense_mask, tea_stream, tiny_model

pytestmark = [pytest.mark.usefixtures("one_thread"), pytest.mark.timeout(300)]  # peft takes its time to load
RECIPE = Recipe(steps=3, packs=2, turns=2, rank=2, alpha=4, first_layer=1, rate=1e-2)


def loaded() -> Loaded:
    peft = pytest.importorskip("peft", reason="peft is not installed: pip install -r requirements-train.txt")
    import torch

    config = peft.LoraConfig(
        r=RECIPE.rank, lora_alpha=RECIPE.alpha, lora_dropout=0.0, target_modules=list(TARGETS), layers_to_transform=[1]
    )
    model = tiny_model().to(torch.bfloat16)
    torch.manual_seed(1)
    return Loaded(peft.get_peft_model(model, config), None, END)


class Short(Stream):
    """Short packs, each of another question with the same answer. breaks: the pack at which the run ends."""

    def __init__(self, breaks: int = 999) -> None:
        self._breaks = breaks

    def pack(self, number: int) -> Pack:
        import torch

        if number >= self._breaks:
            raise KeyboardInterrupt
        question = list(range(1, 9)) + [20 + number % 50] * (2 + number % 3)
        tokens = torch.tensor([*question, 100, 101, 102, END])
        weights = torch.zeros(len(tokens))
        weights[len(question) - 1 : -1] = 1.0
        return Pack(tokens, torch.arange(len(tokens)), (torch.arange(len(tokens)) > 0).long(), weights)


def test_the_rate_rises_and_falls() -> None:
    recipe = Recipe(steps=100, warmup=0.1)
    rates = [recipe.share_at(n) for n in range(100)]
    assert rates[:10] == pytest.approx([(n + 1) / 10 for n in range(10)])
    assert rates[10] == pytest.approx(1.0)
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[55] == pytest.approx(0.05 + 0.95 / 2)
    assert 0.05 < rates[-1] < 0.052


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_runs_have_a_rate(steps: int) -> None:
    recipe = Recipe(steps=steps)
    assert all(0 < recipe.share_at(n) <= 1 for n in range(steps))


def test_it_learns_and_tells(tmp_path: Path) -> None:
    place, told = loaded(), list[tuple[int, int, float]]()
    before = {k: v.clone() for k, v in place.learned().items()}
    frozen = {n: p.clone() for n, p in place.model.named_parameters() if not p.requires_grad}
    took = train(place, Short(), RECIPE, tmp_path, told=lambda *t: told.append(t))
    assert [t[:2] for t in told] == [(1, 3), (2, 3), (3, 3)]
    assert len(took["losses"]) == 3
    assert took["losses"][-1] < took["losses"][0]
    assert took["tokens"] == sum(len(Short().pack(n).tokens) for n in range(6))
    after = place.learned()
    assert set(after) == set(before)
    assert {k.rpartition("layers.")[2].split(".")[0] for k in after} == {"1"}  # the upper layer alone
    assert len(after) == 2 * len(TARGETS)
    assert any(not v.equal(before[k]) for k, v in after.items())
    assert all(p.equal(frozen[n]) for n, p in place.model.named_parameters() if n in frozen)


def test_the_second_matrices_learn_faster(tmp_path: Path) -> None:
    place = loaded()
    train(place, Short(), replace(RECIPE, steps=1, rate=1e-3, ratio=6.0), tmp_path)
    moved = [float(v.abs().max()) for k, v in place.learned().items() if "lora_B" in k]
    assert max(moved) == pytest.approx(6e-3, rel=1e-2)  # a first step of Adam is as long as its rate; B begins at 0


def test_broken_off_and_gone_on_is_the_same(tmp_path: Path) -> None:
    whole, first, second = loaded(), loaded(), loaded()
    a, b = tmp_path / "a", tmp_path / "b"
    for folder in (a, b):
        folder.mkdir()
    at_once = train(whole, Short(), RECIPE, a)
    with pytest.raises(KeyboardInterrupt):
        train(first, Short(3), RECIPE, b, every=1)
    assert (b / CHECKPOINT).is_file()
    told: list[int] = []
    gone_on = train(second, Short(), RECIPE, b, told=lambda step, *_: told.append(step))
    assert told == [2, 3]
    assert (gone_on["losses"], gone_on["tokens"]) == (at_once["losses"], at_once["tokens"])
    expected = whole.learned()
    assert all(v.equal(expected[k]) for k, v in second.learned().items())
    assert not list(tmp_path.rglob("*.part"))


def test_a_run_that_is_done_is_not_run_again(tmp_path: Path) -> None:
    one, two = loaded(), loaded()
    took = train(one, Short(), RECIPE, tmp_path)
    told: list[int] = []
    again = train(two, Short(0), RECIPE, tmp_path, told=lambda step, *_: told.append(step))
    assert (told, again["losses"], again["tokens"]) == ([], took["losses"], took["tokens"])
    assert all(v.equal(one.learned()[k]) for k, v in two.learned().items())


def test_another_recipe_begins_anew(tmp_path: Path) -> None:
    train(loaded(), Short(), RECIPE, tmp_path)
    told: list[int] = []
    train(loaded(), Short(), replace(RECIPE, rate=1e-3), tmp_path, told=lambda step, *_: told.append(step))
    assert told == [1, 2, 3]


def test_the_loss_is_the_weighted_cross_entropy_of_the_answers() -> None:
    torch = pytest.importorskip("torch")
    place, pack = loaded(), tea_stream(2).pack(0)
    with torch.no_grad():
        found = float(loss_of(place.model, pack))
        place.model.set_attn_implementation("sdpa")
        out = place.model(
            input_ids=pack.tokens[None],
            position_ids=pack.places[None],
            attention_mask=dense_mask(pack, torch.bfloat16),
            use_cache=False,
        )
    chances = torch.log_softmax(out.logits[0].float(), -1)
    total = sum(-float(w) * float(chances[n, pack.tokens[n + 1]]) for n, w in enumerate(pack.weights) if w)
    assert found == pytest.approx(total / float(pack.weights.sum()), rel=1e-3)
