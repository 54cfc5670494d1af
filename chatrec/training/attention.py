"""Attention over a pack: every turn reads the prefix and itself, so no scores are made between turns.

Knows: queries, keys, values, where the turns stand. Does not know: packs' contents, models, optimisers.
Twenty-four turns of fifty tokens behind a prefix of a hundred need a ninth of the scores of a masked square.
"""

from __future__ import annotations

from typing import Any

NAME = "chatrec_pack"  # as transformers knows it
TOGETHER = 6  # turns of like length whose scores are made at once: they stay in a core's cache
ROUND = 32  # lengths are rounded up: for every new shape of a product torch makes and keeps a kernel


def register() -> None:
    """Make it known to transformers as an implementation of attention."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)


def attend(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    scaling: float,
    *,
    rows: Any,
    filled: Any,
    **_: Any,
) -> tuple[Any, None]:
    """query: (1, H, T, D). key, value: (1, G, T, D), H a multiple of G. rows, filled: of `Pack.turns`. Returns (1, T, H, D); 0 where no token is read.

    The first turn begins where the prefix ends.
    """
    import torch
    from torch.nn.functional import pad
    from torch.nn.functional import scaled_dot_product_attention as scored

    many = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(many, 1), value.repeat_interleave(many, 1)
    prefix = int(rows[0, 0])
    room = -(-prefix // ROUND) * ROUND
    places = [torch.arange(prefix, device=query.device)]
    first = [x[:, :, :prefix] for x in (query, key, value)]
    read = [scored(first[0], first[1], first[2], is_causal=True, scale=scaling)[0].transpose(0, 1)]
    lengths = filled.sum(1)
    for turns in lengths.argsort().split(TOGETHER):
        longest = -(-int(lengths[turns].max()) // ROUND) * ROUND
        at, here = (pad(x[turns, :longest], (0, max(0, longest - x.shape[1]))) for x in (rows, filled))
        hidden = torch.full((longest, room + longest), float("-inf"), device=query.device).triu(room + 1)
        hidden[:, prefix:room] = float("-inf")

        def behind(of: Any, at: Any = at) -> Any:
            first = pad(of[:, :, :prefix], (0, 0, 0, room - prefix)).expand(len(at), -1, -1, -1)
            return torch.cat((first, of[0][:, at].transpose(0, 1)), 2)

        # In full: the fused kernel was slower for sequences this short (a layer there and back, once: 89 against 40 ms).
        scores = torch.matmul(query[0][:, at].transpose(0, 1), behind(key).transpose(-1, -2)).float() * scaling + hidden
        own = torch.matmul(scores.softmax(-1).to(value.dtype), behind(value))
        places.append(at[here])
        read.append(own.transpose(1, 2)[here])
    out = query.new_zeros(query.shape[2], query.shape[1], query.shape[3])
    return out.index_put((torch.cat(places),), torch.cat(read))[None], None
