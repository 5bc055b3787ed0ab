"""Words beside their neighbours as few large products: rows in the order of a text come in, blocks with what stands around them go out.

Block g of B rows is taken with the `halo` rows before and behind it. Everything else is products of these overlapping blocks.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["near_mask", "spread_blocks", "sum_blocks"]


def spread_blocks(rows: Tensor, block: int, halo: int = 0, *, fill: float = 0.0) -> Tensor:
    """Lay rows out in blocks, each with its neighbours; with a halo, the blocks share memory: read only.

    Args:
        rows: Shape (M, …).
        block: Rows of a block, at least 1.
        halo: Rows before and behind it.
        fill: What stands where there is no row.

    Returns:
        Shape (G, block + 2 · halo, …), with G = ⌈M / block⌉.

    Example:
        >>> spread_blocks(torch.tensor([1, 2, 3]), 2, 1).tolist()
        [[0, 1, 2, 3], [2, 3, 0, 0]]
    """
    num_blocks = -(-len(rows) // block)
    missing = num_blocks * block - len(rows)
    padded = F.pad(rows, (0, 0) * (rows.ndim - 1) + (halo, halo + missing), value=fill).contiguous()
    rest, step = rows.shape[1:], padded.stride()
    return padded.as_strided((num_blocks, block + 2 * halo, *rest), (block * step[0], step[0], *step[1:]))


def sum_blocks(blocks: Tensor, halo: int, num_rows: int) -> Tensor:
    """Add up what blocks say of each row: the adjoint of `spread_blocks`.

    Args:
        blocks: Shape (G, block + 2 · halo, …), with block at least `halo`; it is changed.
        halo: Rows before and behind each block.
        num_rows: M, at most G · block.

    Returns:
        Shape (M, …).

    Example:
        >>> sum_blocks(torch.tensor([[9, 1, 2, 3], [2, 3, 4, 9]]), 1, 4).tolist()
        [1, 4, 6, 4]
    """
    block = blocks.shape[1] - 2 * halo
    own = blocks[:, halo : halo + block]
    if halo:
        own[1:, :halo] += blocks[:-1, halo + block :]
        own[:-1, block - halo :] += blocks[1:, :halo]
    return own.reshape(-1, *blocks.shape[2:])[:num_rows]


def near_mask(text: Tensor, reach: Tensor, block: int, halo: int) -> Tensor:
    """Say which neighbours are the context of which words.

    Args:
        text: int64, shape (M,), at least 0: equal where words are of one text.
        reach: int64, shape (M,): how many words on either side are the context of each, at most `halo`.
        block: Words of a block.
        halo: Words before and behind it.

    Returns:
        bool, shape (G, block, block + 2 · halo): a word against those around it. None is its own context.
    """
    distance = (torch.arange(block)[:, None] + halo - torch.arange(block + 2 * halo)).abs()
    distance[distance == 0] = halo + 1
    around = spread_blocks(text, block, halo, fill=-1)
    near = distance.to(text.device) <= spread_blocks(reach, block)[:, :, None]
    return near & (around[:, halo : halo + block, None] == around[:, None])
