"""The loss of skip-gram and CBOW with negative sampling: a batch's vectors come in, gradients in closed form, sums over pairs, go out.

All of it is products of matrices over blocks of running text: see `recipes.models.band`.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from datamodules import Contexts
from recipes.models.band import near_mask, spread_blocks, sum_blocks

__all__ = ["ContextLoss", "cbow_loss", "skipgram_loss"]

LEAST = 1e-7
"""Chances below it count as this, in the loss alone."""


class ContextLoss(NamedTuple):
    """What a batch of M words says, with its noise words. Gradients are sums over pairs, `…_pairs` say of how many.

    Args:
        loss: Mean over the pairs of −log σ(score), and of −log σ(−score) summed over a pair's noise words; one number.
        inputs: Gradients of the words' input vectors, shape (M, D).
        input_pairs: Shape (M,).
        outputs: Gradients of the words' output vectors, shape (M, D).
        output_pairs: Shape (M,).
        noise: Gradients of the noise words' output vectors, shape (blocks, K, D).
        noise_pairs: Shape (blocks, K): a noise word stands for several pairs.
    """

    loss: Tensor
    inputs: Tensor
    input_pairs: Tensor
    outputs: Tensor
    output_pairs: Tensor
    noise: Tensor
    noise_pairs: Tensor

    @property
    def num_pairs(self) -> Tensor:
        """How many pairs there are, one number."""
        return self.output_pairs.sum()


def skipgram_loss(
    inputs: Tensor, outputs: Tensor, noise: Tensor, contexts: Contexts, *, negatives: int = 5, block: int = 32, every: int = 1
) -> ContextLoss:
    """Each word is foretold by every word of its context, one at a time.

    Args:
        inputs: Input vectors of the words, shape (M, D).
        outputs: Output vectors of the words, shape (M, D).
        noise: Output vectors of the noise words, shape (blocks, K, D).
        contexts: The batch.
        negatives: Noise words that a pair is to be told from: all K of a block are asked, and weigh as much as so many.
        block: Words that are scored by one product, at least the window.
        every: Measure the loss on each n-th block alone, which gradients do not hang on.

    Source:
        Mikolov, Sutskever, Chen, Corrado & Dean, Distributed representations of words and phrases and their compositionality, 2013.
    """
    halo, num_words = contexts.window, len(inputs)
    near = near_mask(contexts.text, contexts.reach, block, halo)
    around, words = spread_blocks(inputs, block, halo), spread_blocks(outputs, block)
    chance = torch.bmm(words, around.transpose(1, 2)).sigmoid_()
    loss = _mean_loss(chance[::every], near[::every])
    error = chance.sub_(1).mul_(near)
    own = sum_blocks(torch.bmm(error.transpose(1, 2), words), halo, num_words)
    foretold = torch.bmm(error, around).flatten(0, 1)[:num_words]
    input_pairs, output_pairs = sum_blocks(near.sum(1), halo, num_words), near.sum(2).flatten()[:num_words]
    against, apart, noise_gradients, noise_pairs = _tell_apart(inputs, input_pairs, noise, contexts, negatives, every)
    return ContextLoss(loss + against, own.add_(apart), input_pairs, foretold, output_pairs, noise_gradients, noise_pairs)


def cbow_loss(
    inputs: Tensor, outputs: Tensor, noise: Tensor, contexts: Contexts, *, negatives: int = 5, block: int = 32, every: int = 1
) -> ContextLoss:
    """Each word is foretold by the mean of its context. A word and its context are a pair here.

    As in word2vec.c, each word of a context takes the whole step that its mean asks for, not its share of it.

    Args:
        inputs: Input vectors of the words, shape (M, D).
        outputs: Output vectors of the words, shape (M, D).
        noise: Output vectors of the noise words, shape (blocks, K, D).
        contexts: The batch.
        negatives: Noise words that a pair is to be told from: all K of a block are asked, and weigh as much as so many.
        block: Words that are treated by one product, at least the window.
        every: Measure the loss of noise on each n-th block alone, which gradients do not hang on.

    Source:
        Mikolov, Chen, Corrado & Dean, Efficient estimation of word representations in vector space, 2013.
    """
    halo, num_words = contexts.window, len(inputs)
    near = near_mask(contexts.text, contexts.reach, block, halo).to(inputs.dtype)
    size = near.sum(2, keepdim=True)
    means = torch.bmm(near / size.clamp(min=1), spread_blocks(inputs, block, halo)).flatten(0, 1)[:num_words]
    pairs = (size.flatten()[:num_words] > 0).to(inputs.dtype)
    chance = (means * outputs).sum(1).sigmoid_()
    loss = _mean_loss(chance, pairs)
    error = ((chance - 1) * pairs)[:, None]
    against, apart, noise_gradients, noise_pairs = _tell_apart(means, pairs, noise, contexts, negatives, every)
    asked = spread_blocks(error * outputs + apart, block)
    own = sum_blocks(torch.bmm(near.transpose(1, 2), asked), halo, num_words)
    input_pairs = sum_blocks(near.sum(1), halo, num_words)
    return ContextLoss(loss + against, own, input_pairs, error * means, pairs, noise_gradients, noise_pairs)


def _tell_apart(
    sources: Tensor, pairs: Tensor, noise: Tensor, contexts: Contexts, negatives: int, every: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Score rows of vectors, which stand for `pairs` each, against their block's noise words: loss and gradients of both, noise's pairs."""
    block, num_noise = contexts.noise_block, contexts.noise.shape[1]
    blocks, weight = spread_blocks(sources, block), spread_blocks(pairs, block)[:, :, None].to(sources.dtype) * (negatives / num_noise)
    chance = torch.bmm(blocks, noise.transpose(1, 2)).sigmoid_()
    loss = _mean_loss(1 - chance[::every], weight[::every]) * negatives
    error = chance.mul_(weight)
    gradients = torch.bmm(error, noise).flatten(0, 1)[: len(sources)]
    return loss, gradients, torch.bmm(error.transpose(1, 2), blocks), weight.sum(1).expand(-1, num_noise)


def _mean_loss(chance: Tensor, weight: Tensor) -> Tensor:
    """The weighted mean of −log of chances; 0 without weight."""
    total = weight.sum() * (chance.numel() / max(1, weight.numel()))
    return -(chance.clamp(min=LEAST).log() * weight).sum() / total.clamp(min=1e-12)
