"""Many turns in one sequence: each sees the catalogue and itself, nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatrec.training.packs import KIND_WEIGHT, PADDING, ROUND, Pack, packed, prefix_of, question_of
from tests.training.tiny import END, PROMPTS, dense_mask, encode, tea_stream, tiny_model

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch", reason="torch is not installed")


def logits(model: Any, pack: Pack, torch: Any) -> Any:
    rows, filled = pack.turns
    with torch.no_grad():
        out = model(
            input_ids=pack.tokens[None], position_ids=pack.places[None], use_cache=False, rows=rows, filled=filled
        )
    return out.logits[0]


def test_a_pack_is_the_prefix_once_and_the_turns(torch: Any) -> None:
    examples = tea_stream(3).examples(0)
    pack = packed(examples, PROMPTS, encode, END)
    rendered = [PROMPTS.render("plan", e.inputs) for e in examples]
    parts = [encode(prefix_of(rendered[0].system))]
    parts += [[*encode(question_of(r.user)), *encode(e.answer), END] for r, e in zip(rendered, examples, strict=True)]
    tokens = [t for part in parts for t in part]
    many = len(tokens)
    assert pack.tokens.tolist()[:many] == tokens
    assert pack.blocks.tolist()[:many] == [n for n, part in enumerate(parts) for _ in part]
    start = len(parts[0])
    assert pack.places.tolist()[:many] == [*range(start), *(start + n for part in parts[1:] for n in range(len(part)))]
    assert len(pack.tokens) % ROUND == 0
    assert len(pack.tokens) - many < ROUND
    assert set(pack.blocks.tolist()[many:]) <= {PADDING}
    assert not pack.weights[many:].any()
    assert len({len(x) for x in (pack.tokens, pack.places, pack.blocks, pack.weights)}) == 1


def test_only_answers_count_and_the_kind_counts_most(torch: Any) -> None:
    (example,) = tea_stream(1).examples(3)
    pack = packed([example], PROMPTS, encode, END)
    counted = pack.weights.nonzero()[:, 0]
    assert bytes(pack.tokens[counted + 1].tolist()) == example.answer.encode() + bytes([END])
    assert pack.weights[counted].tolist() == [KIND_WEIGHT] + [1.0] * len(example.answer.encode())


def test_where_only_the_kind_is_known_nothing_else_counts(torch: Any) -> None:
    (example,) = tea_stream(1).examples(3)
    pack = packed([replace(example, answer="find", only_kind=True)], PROMPTS, encode, END)
    (at,) = pack.weights.nonzero()[:, 0].tolist()
    assert (chr(pack.tokens[at + 1]), pack.weights[at]) == ("f", KIND_WEIGHT)


def test_where_the_turns_stand(torch: Any) -> None:
    blocks = torch.tensor([0, 1, 1, 2, 2, 2, PADDING])
    rows, filled = Pack(torch.arange(7), torch.arange(7), blocks, torch.zeros(7)).turns
    assert filled.tolist() == [[True, True, False], [True, True, True]]
    assert rows.tolist() == [[1, 2, 0], [3, 4, 5]]


def test_turns_apart_are_read_as_under_a_mask(torch: Any) -> None:
    """Logits and gradients are those of the whole square with a mask, in turns of every length."""
    model, pack = tiny_model(), tea_stream(5).pack(0)
    read, counted = pack.blocks != PADDING, pack.weights > 0

    def learned(**how: Any) -> tuple[Any, Any]:
        model.zero_grad()
        out = model(input_ids=pack.tokens[None], position_ids=pack.places[None], use_cache=False, **how).logits[0]
        out[counted].logsumexp(-1).sum().backward()
        return out[read].detach(), model.model.layers[0].self_attn.k_proj.weight.grad.clone()

    rows, filled = pack.turns
    found = learned(rows=rows, filled=filled)
    model.set_attn_implementation("sdpa")
    expected = learned(attention_mask=dense_mask(pack, torch.float32))
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_a_turn_is_the_same_alone_and_among_others(torch: Any) -> None:
    model = tiny_model()
    examples = tea_stream(3).examples(0)
    other = tea_stream(3, seed=2).examples(0)
    other = [
        e.__class__(**{**e.__dict__, "inputs": {**e.inputs, "facets": examples[0].inputs["facets"]}}) for e in other
    ]
    pack = packed(examples, PROMPTS, encode, END)
    among = logits(model, pack, torch)
    for n, example in enumerate(examples, 1):
        alone = packed([example], PROMPTS, encode, END)
        expected = logits(model, alone, torch)[alone.blocks == 1]
        torch.testing.assert_close(among[pack.blocks == n], expected, rtol=1e-4, atol=1e-5)
    middle = packed([other[0], examples[1], other[2]], PROMPTS, encode, END)
    torch.testing.assert_close(
        logits(model, middle, torch)[middle.blocks == 2], among[pack.blocks == 2], rtol=1e-4, atol=1e-5
    )


def test_alone_it_is_plain_reading(torch: Any) -> None:
    """How one turn is read is how any causal model reads without being told."""
    model = tiny_model()
    pack = packed(tea_stream(1).examples(0), PROMPTS, encode, END)
    read = pack.blocks != PADDING
    found = logits(model, pack, torch)[read]
    model.set_attn_implementation("sdpa")
    with torch.no_grad():
        expected = model(input_ids=pack.tokens[read][None]).logits[0]
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_a_stream_is_made_of_its_numbers_alone() -> None:
    one, two = tea_stream(4), tea_stream(4)
    two.examples(0)
    assert one.examples(5) == two.examples(5)
    assert one.examples(5) != one.examples(6)
    assert one.examples(5) != tea_stream(4, seed=2).examples(5)
    assert len({str(e.inputs["facets"]) for e in one.examples(5)}) == 1  # one prefix
