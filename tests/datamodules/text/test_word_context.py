"""Words in context: every word comes once an epoch, draws follow word2vec's laws and hang on seed, epoch and place alone."""

import numpy as np
import pytest
import torch
from lightning.pytorch import LightningModule, Trainer

from datamodules import Batch, ContextDraw, Fold, StretchDataset, WordContextDataModule
from toolkit import ArgumentError, DataError, ExportOptions, SplitOptions, TextOptions, open_dataset, preprocess_text

HERE = ExportOptions(workers=0)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Sixty texts of one to twelve words, each word w0 … w19 by a steep law; w19 stands once and is unknown."""
    folder, rng = tmp_path_factory.mktemp("corpus"), np.random.default_rng(0)
    law = 1 / np.arange(1, 20) ** 1.5
    lines = [" ".join(f"w{n}" for n in rng.choice(19, rng.integers(1, 13), p=law / law.sum())) for _ in range(59)]
    (folder / "corpus.txt").write_text("\n".join([*lines, "w0 w1 w19 w0"]))
    path = folder / "corpus.h5"
    preprocess_text(folder / "corpus.txt", path, text=TextOptions(min_count=2), split=SplitOptions((0.8, 0.2, 0.0)), write=HERE)
    return path


def everything(data, split="train"):
    """All batches of an epoch, drawn as outside of training."""
    return [data.on_after_batch_transfer(batch) for batch in data.loader(split)]


@pytest.mark.parametrize("num_words", [1, 7, 50, 10_000])
def test_stretches_hold_every_word_once_in_order_with_the_pieces_of_its_texts(file, num_words):
    part = open_dataset(file)["train"]
    dataset = StretchDataset(open_dataset(file), "train", num_words=num_words)
    batches = [dataset[[i]] for i in range(len(dataset))]
    assert torch.cat([batch.x for batch in batches]).tolist() == part.tokens.tolist()
    assert torch.cat([batch.index for batch in batches]).tolist() == list(range(len(part.tokens)))
    edges = torch.cat([batch.lengths for batch in batches]).cumsum(0)
    assert set(edges.tolist()) == {*part.offsets[1:].tolist(), *np.cumsum([len(batch.x) for batch in batches]).tolist()}
    with pytest.raises(IndexError, match="rows must be in"):
        dataset[[len(dataset)]]


def test_of_some_texts_only_their_words_come(file):
    part = open_dataset(file)["train"]
    rows = np.array([3, 5, 6])
    dataset = StretchDataset(open_dataset(file), "train", num_words=10_000, rows=rows)
    batch = dataset[[0]]
    assert batch.x.tolist() == part.take(rows, "tokens")[0].tolist()
    assert batch.index.tolist() == part.places(rows)[0].tolist()
    assert batch.lengths.tolist() == np.diff(part.offsets)[rows].tolist()


def test_specials_never_come_and_texts_stay_apart(file):
    data = WordContextDataModule(file, sample=0)
    (drawn,) = everything(data)
    stored = open_dataset(file)["train"]
    text = np.repeat(np.arange(len(stored)), np.diff(stored.offsets))
    known = stored.tokens > 3
    assert drawn.words.tolist() == stored.tokens[known].tolist()
    assert drawn.text.tolist() == text[known].tolist()
    assert drawn.noise.min() > 3
    assert drawn.noise.shape == (-(-len(drawn.words) // 64), 64)
    assert drawn.index.tolist() == list(range(len(stored.tokens)))


def test_draws_hang_on_the_place_alone_and_not_on_the_batch(file):
    def by_place(batch_size, split="train"):
        data = WordContextDataModule(file, batch_size=batch_size, sample=0.05)
        found = {}
        for batch in data.loader(split):
            drawn, kept = data.view.draw(batch, epoch=3), iter(batch.index.tolist())
            for word, reach in zip(drawn.words.tolist(), drawn.reach.tolist(), strict=True):
                place = next(p for p in kept if batch.x[p - batch.index[0]] == word and p not in found)
                found[place] = (word, reach)
        return sorted(found.values())

    assert by_place(16) == by_place(1000)


def test_epochs_and_seeds_draw_otherwise_and_repeat_themselves(file):
    data, other = WordContextDataModule(file, sample=0.01), WordContextDataModule(file, sample=0.01, seed=1)
    (batch,) = data.loader("train")
    first, again = data.view.draw(batch, epoch=0), data.view.finish(batch)
    assert all(torch.equal(a, b) for a, b in zip(first[:5], again[:5], strict=True))
    for different in (data.view.draw(batch, epoch=1), other.view.draw(batch, epoch=0)):
        assert different.words.tolist() != first.words.tolist()
        assert different.noise.tolist() != first.noise.tolist()


def test_reach_frequency_and_noise_follow_their_laws():
    counts = torch.tensor([0, 0, 0, 0, 60_000, 30_000, 9_000, 1_000])
    draw = ContextDraw(counts, window=4, sample=0.1, noise=100, noise_block=10)
    generator = torch.Generator().manual_seed(0)
    x = torch.multinomial(counts.double(), 100_000, replacement=True, generator=generator).int()
    drawn = draw.finish(Batch(x, None, torch.arange(len(x)), torch.tensor([len(x)])))
    # word2vec.c: (√(f / sample) + 1) · sample / f, at most 1
    share = np.array([0.6, 0.3, 0.09, 0.01])
    keep = np.minimum(1, (np.sqrt(share / 0.1) + 1) * 0.1 / share)
    stayed = np.bincount(drawn.words.numpy(), minlength=8)[4:] / np.bincount(x.numpy(), minlength=8)[4:]
    np.testing.assert_allclose(stayed, keep, atol=0.02)
    np.testing.assert_allclose(np.bincount(drawn.reach.numpy()) / len(drawn.reach), [0, 0.25, 0.25, 0.25, 0.25], atol=0.01)
    law = share**0.75 / (share**0.75).sum()
    np.testing.assert_allclose(np.bincount(drawn.noise.flatten().numpy(), minlength=8)[4:] / drawn.noise.numel(), law, atol=0.01)


def test_a_batch_without_known_words_is_empty():
    draw = ContextDraw(torch.tensor([0, 0, 0, 0, 5]))
    drawn = draw.finish(Batch(torch.ones(3, dtype=torch.int32), None, torch.arange(3), torch.tensor([3])))
    assert len(drawn.words) == len(drawn.noise) == 0
    assert len(drawn.index) == 3


class Recorder(LightningModule):
    """Keeps what it is given."""

    def __init__(self):
        super().__init__()
        self.automatic_optimization, self.seen = False, []

    def training_step(self, batch):
        self.seen.append((self.current_epoch, int(batch.index[0]), batch.words.tolist(), batch.noise.tolist()))

    def configure_optimizers(self):
        return []


@pytest.mark.filterwarnings(
    "ignore:.*(does not have many workers|configure_optimizers.*returned .None.|LeafSpec|no .validation_step|number of training)"
)
@pytest.mark.parametrize("num_workers", [0, 2])
def test_training_is_the_same_at_any_number_of_workers(file, num_workers):
    def train(workers):
        data = WordContextDataModule(file, batch_size=40, num_workers=workers)
        quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
        module = Recorder()
        Trainer(max_epochs=2, limit_val_batches=0, accelerator="cpu", **quiet).fit(module, datamodule=data)
        return module.seen

    seen = train(num_workers)
    assert seen == train(0)
    starts = [[start for epoch, start, *_ in seen if epoch == number] for number in (0, 1)]
    assert sorted(starts[0]) == sorted(starts[1]) == list(range(0, open_dataset(file)["train"].offsets[-1], 40))
    assert starts[0] != starts[1]


def test_folds_and_joined_splits_are_read(file):
    joined = WordContextDataModule(file, train_on="train+val", sample=0)
    assert len(everything(joined)[0].words) > len(everything(WordContextDataModule(file, sample=0))[0].words)
    fold = WordContextDataModule(file, fold=Fold(0, 3), sample=0)
    held_out, trained = everything(fold, "val")[0], everything(fold)[0]
    assert not set(held_out.index.tolist()) & set(trained.index.tolist())


def test_what_a_checkpoint_keeps_rebuilds_the_draw(file):
    data = WordContextDataModule(file, window=3, sample=0.01)
    (batch,) = data.loader("train")
    again = WordContextDataModule.view_of(data.state_dict())
    assert torch.equal(again.finish(batch).words, data.view.finish(batch).words)
    assert again.window == 3


def test_wrong_options_are_named(file):
    with pytest.raises(ArgumentError, match="ContextDraw: window must be at least 1, got 0"):
        WordContextDataModule(file, window=0)
    with pytest.raises(ArgumentError, match="counts must be above 0 for some word, got none such"):
        ContextDraw(torch.zeros(4))
    with pytest.raises(DataError, match="split must be one of train, val, got test"):
        WordContextDataModule(file).loader("test")
    assert WordContextDataModule(file).num_classes == 0
