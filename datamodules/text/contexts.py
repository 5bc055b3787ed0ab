"""Words and their contexts as word2vec draws them: stretches of stored words come in, what is left of them and noise words go out.

Every draw hangs on (seed, epoch, place of the word in its split) alone, and is made for all words of a batch at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import torch
from torch import Tensor

from datamodules.dataset import Batch
from datamodules.draw import MAX_SEED, draw_uniform
from toolkit.errors import check
from toolkit.text import Vocabulary
from toolkit.text.vocabulary import SPECIALS

__all__ = ["ContextDraw", "Contexts"]

POWER = 0.75
"""Noise words are drawn by their counts to this power."""


class Contexts(NamedTuple):
    """Words of running text, of which each is the context of its neighbours.

    Args:
        words: Numbers of words, int64, shape (M,); frequent ones are thinned out, specials never among them.
        text: int64, shape (M,): equal where words are of one text; it never falls.
        reach: int64, shape (M,): how many words on either side are the context of each, from 1 to `window`.
        noise: Numbers of words, int64, shape (⌈M / noise_block⌉, K): what the words of each block are to be told from.
        index: int64, shape (N,): the places of all words read, those that were left out among them.
        window: The widest reach.
        noise_block: Words of a block.
    """

    words: Tensor
    text: Tensor
    reach: Tensor
    noise: Tensor
    index: Tensor  # type: ignore[assignment]  # a batch is not searched: tuple.index gives way
    window: int
    noise_block: int


@dataclass(frozen=True, eq=False)
class ContextDraw:
    """How words are thinned out, how far contexts reach, and which words are noise.

    Args:
        counts: int64, shape (V,): how often each word stands in the training texts; 0 leaves it out, as the specials are.
        window: The widest reach, at least 1.
        sample: Share of all words above which a word is thinned out; 0 keeps all. Word2vec's authors name 1e-3 and 1e-5.
        noise: Noise words K for each block, at least 1.
        noise_block: Words that share noise words, at least 1.
        seed: In [0, 2³²).

    Source:
        Mikolov, Sutskever, Chen, Corrado & Dean, Distributed representations of words and phrases and their compositionality, 2013, and
        word2vec.c, whose thinning keeps a word of frequency f with the chance √(sample/f) + sample/f. Noise shared between words: Ji,
        Satish, Li & Dubey, Parallelizing word2vec in shared and distributed memory, 2016.
    """

    counts: Tensor
    window: int = 5
    sample: float = 1e-3
    noise: int = 64
    noise_block: int = 64
    seed: int = 0
    _laws: dict[torch.device, tuple[Tensor, Tensor]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        where = "ContextDraw"
        for name in ("window", "noise", "noise_block"):
            check(getattr(self, name) >= 1, where, name, "at least 1", getattr(self, name))
        check(self.sample >= 0, where, "sample", "at least 0", self.sample)
        check(0 <= self.seed <= MAX_SEED, where, "seed", "in [0, 2³²)", self.seed)
        check(bool((self.counts > 0).any()), where, "counts", "above 0 for some word", "none such")

    @cached_property
    def keep(self) -> Tensor:
        """The chance of each word to be kept, float32, shape (V,)."""
        share = self.counts.double() / self.counts.sum()
        ratio = self.sample / share.clamp(min=1e-300)
        chance = (ratio.sqrt() + ratio).clamp(max=1) if self.sample else torch.ones_like(share)
        return torch.where(self.counts > 0, chance, 0).float()

    @cached_property
    def cumulative(self) -> Tensor:
        """Chance that a noise word is none behind this one, float64, shape (V,)."""
        weight = self.counts.double() ** POWER
        return weight.cumsum(0) / weight.sum()

    @classmethod
    def of(cls, vocabulary: Vocabulary, **options: Any) -> ContextDraw:
        """Draw by the counts of a vocabulary, without its specials.

        Args:
            vocabulary: Fitted on the training texts.
            **options: The other arguments.
        """
        counts = torch.from_numpy(vocabulary.counts.copy())
        counts[: len(SPECIALS)] = 0
        return cls(counts, **options)

    def finish(self, batch: Batch) -> Contexts:
        """Draw contexts that stay the same in every epoch, to measure by."""
        return self.draw(batch, epoch=0)

    def draw(self, batch: Batch, *, epoch: int) -> Contexts:
        """Draw contexts where a batch now is.

        Args:
            batch: As `StretchDataset` reads it.
            epoch: At least 0.
        """
        device = batch.x.device
        keep, cumulative = self._laws_on(device)
        stay, reach = self._uniform(batch.index, 2, epoch=epoch)
        words = batch.x.long()
        kept = (stay < keep[words]).nonzero()[:, 0]
        lengths = batch.lengths if batch.lengths is not None else batch.index.new_tensor([len(words)])
        text = torch.repeat_interleave(torch.arange(len(lengths), device=device), lengths, output_size=len(words))
        place = batch.index[kept][:: self.noise_block]
        which = (place[:, None] * self.noise + torch.arange(self.noise, device=device)).flatten()
        chance = self._uniform(~which, 1, epoch=epoch)[0]  # places that no word has: noise is drawn apart from all else
        noise = torch.searchsorted(cumulative, chance.double(), right=True)
        noise = noise.clamp(max=len(cumulative) - 1).view(-1, self.noise)
        reach = 1 + (reach[kept] * self.window).long()
        return Contexts(words[kept], text[kept], reach, noise, batch.index, self.window, self.noise_block)

    def _laws_on(self, device: torch.device) -> tuple[Tensor, Tensor]:
        if device not in self._laws:
            self._laws[device] = self.keep.to(device), self.cumulative.to(device)
        return self._laws[device]

    def _uniform(self, index: Tensor, count: int, *, epoch: int) -> Tensor:
        return (draw_uniform(index, count, seed=self.seed, epoch=epoch) + 1) / 2

    def to_state(self) -> dict[str, Any]:
        """Return the options in plain types; with the counts they rebuild it."""
        return {name: getattr(self, name) for name in ("window", "sample", "noise", "noise_block", "seed")}
