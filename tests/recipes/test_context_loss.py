"""The closed forms are the gradients that autograd finds of the loss as it is written down, pair by pair."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from datamodules import Contexts
from recipes.models.band import near_mask, spread_blocks, sum_blocks
from recipes.tasks.context_loss import cbow_loss, skipgram_loss

WINDOW, NOISE_BLOCK, NOISE, SIZE, NEGATIVES = 3, 5, 4, 6, 5


def draw(num_words, seed=0):
    generator = torch.Generator().manual_seed(seed)
    text = torch.randint(0, 2, (num_words,), generator=generator).cumsum(0) // 4
    reach = torch.randint(1, WINDOW + 1, (num_words,), generator=generator)
    blocks = -(-num_words // NOISE_BLOCK)
    ids = torch.arange(num_words)
    contexts = Contexts(ids, text, reach, torch.zeros(blocks, NOISE, dtype=torch.int64), ids, WINDOW, NOISE_BLOCK)
    vectors = [
        torch.randn(*shape, SIZE, generator=generator, dtype=torch.float64) for shape in ((num_words,), (num_words,), (blocks, NOISE))
    ]
    return contexts, vectors


def neighbours(contexts, i):
    """By the definition: at most `reach` words away, of the same text, and not the word itself."""
    num_words = len(contexts.words)
    reach = int(contexts.reach[i])
    return [j for j in range(num_words) if 0 < abs(i - j) <= reach and contexts.text[i] == contexts.text[j]]


def expected_loss(contexts, inputs, outputs, noise, sources):
    """Sum over pairs, and their number; `sources` lists (foretold word, what foretells it, block of the noise)."""
    total, count = 0, 0
    for word, vector, block in sources:
        total = total - F.logsigmoid(vector @ outputs[word])
        total = total - NEGATIVES / NOISE * F.logsigmoid(-(noise[block] @ vector)).sum()
        count += 1
    return total, count


@pytest.mark.parametrize("num_words", [1, 2, 9, 10, 23])
@pytest.mark.parametrize("block", [3, 4, 32])
def test_skipgram_is_the_loss_of_its_pairs(num_words, block):
    contexts, vectors = draw(num_words)
    found = skipgram_loss(*vectors, contexts, negatives=NEGATIVES, block=block)
    inputs, outputs, noise = (v.requires_grad_() for v in vectors)
    # a context word foretells the word in the middle; the noise is that of the block that the context word stands in
    sources = [(i, inputs[j], j // NOISE_BLOCK) for i in range(num_words) for j in neighbours(contexts, i)]
    total, count = expected_loss(contexts, inputs, outputs, noise, sources)
    assert found.num_pairs == count
    assert found.input_pairs.tolist() == [sum(j in neighbours(contexts, i) for i in range(num_words)) for j in range(num_words)]
    assert found.noise_pairs.sum().item() == pytest.approx(count * NEGATIVES)
    if count:
        assert found.loss.item() == pytest.approx(total.item() / count)
        for expected, got in zip(torch.autograd.grad(total, vectors), (found.inputs, found.outputs, found.noise), strict=True):
            torch.testing.assert_close(got, expected)


@pytest.mark.parametrize("num_words", [1, 2, 9, 10, 23])
@pytest.mark.parametrize("block", [3, 4, 32])
def test_cbow_is_the_loss_of_its_means_and_every_word_takes_the_whole_step(num_words, block):
    contexts, vectors = draw(num_words, seed=1)
    found = cbow_loss(*vectors, contexts, negatives=NEGATIVES, block=block)
    inputs, outputs, noise = (v.requires_grad_() for v in vectors)
    around = {i: near for i in range(num_words) if (near := neighbours(contexts, i))}
    means = {i: inputs[near].mean(0) for i, near in around.items()}
    total, count = expected_loss(contexts, inputs, outputs, noise, [(i, mean, i // NOISE_BLOCK) for i, mean in means.items()])
    assert found.num_pairs == count
    if count:
        assert found.loss.item() == pytest.approx(total.item() / count)
        d_outputs, d_noise, *d_means = torch.autograd.grad(total, [outputs, noise, *means.values()])
        torch.testing.assert_close(found.outputs, d_outputs)
        torch.testing.assert_close(found.noise, d_noise)
        whole = torch.zeros_like(inputs)
        for near, gradient in zip(around.values(), d_means, strict=True):
            whole[near] += gradient
        torch.testing.assert_close(found.inputs, whole)


@pytest.mark.parametrize("measure", [skipgram_loss, cbow_loss])
def test_no_words_say_nothing(measure):
    contexts, vectors = draw(0)
    found = measure(*vectors, contexts)
    assert found.loss == 0
    assert found.inputs.shape == found.outputs.shape == (0, SIZE)


def test_a_part_of_the_loss_is_measured_without_changing_the_gradients():
    contexts, vectors = draw(60)
    whole, part = (skipgram_loss(*vectors, contexts, block=4, every=every) for every in (1, 8))
    assert torch.equal(whole.inputs, part.inputs)
    assert part.loss.item() == pytest.approx(whole.loss.item(), rel=0.5)
    assert part.loss != whole.loss


def test_summing_blocks_is_the_adjoint_of_spreading_them():
    rng = np.random.default_rng(0)
    rows = torch.from_numpy(rng.standard_normal((11, 2)))
    blocks = torch.from_numpy(rng.standard_normal((3, 4 + 2 * 3, 2)))
    spread = spread_blocks(rows, 4, 3)
    assert (spread * blocks).sum().item() == pytest.approx((rows * sum_blocks(blocks.clone(), 3, 11)).sum().item())


def test_neighbours_are_near_and_of_the_same_text():
    near = near_mask(torch.tensor([0, 0, 1, 1]), torch.tensor([2, 1, 1, 2]), block=2, halo=2)
    # columns stand for the words −2 … 3, then 0 … 5
    assert near[0].int().tolist() == [[0, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0]]
    assert near[1].int().tolist() == [[0, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0]]
