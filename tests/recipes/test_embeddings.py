"""Word embeddings all the way: a corpus becomes vectors that know capitals; the same seed gives the same, broken off or not."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist

from recipes.evaluate import evaluate
from recipes.models import Embeddings
from recipes.tasks import ContextPrediction
from recipes.tasks.row_sgd import RowSGD
from recipes.train import train
from recipes.word_tests import score_analogies
from recipes.word_vectors import read_vectors
from toolkit import ArgumentError, DataError, ExportOptions, TextOptions, preprocess_text
from toolkit.samples.texts import list_analogies, write_sentences

SMALL = ["--data.batch_size", "1024", "--data.sample", "0", "--network.size", "32", "--trainer.accelerator", "cpu"]
STEPS = [*SMALL, "--trainer.log_every_n_steps", "1"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    write_sentences(folder / "sentences.txt", 4000, languages=("fr",))
    preprocess_text(folder / "sentences.txt", folder / "corpus.h5", write=ExportOptions(workers=0))
    return folder / "corpus.h5"


def weights(checkpoint):
    return torch.load(checkpoint, weights_only=True)["state_dict"]


@pytest.mark.parametrize("recipe", ["skipgram", "cbow"])
def test_paris_minus_france_plus_senegal_is_dakar(corpus, tmp_path, recipe):
    questions = tmp_path / "questions.txt"
    questions.write_text(": capitals\n" + "\n".join(" ".join(words) for words in list_analogies("fr")))
    options = ["--trainer.max_epochs", "25", "--trainer.callbacks.analogies", str(questions)]
    result = train(recipe, corpus, *STEPS, *options, run=tmp_path / "run")
    vectors = read_vectors(tmp_path / "run" / "vectors.txt")
    assert vectors.analogy("France", "Paris", "Sénégal")[0][0] == "Dakar"
    right, asked = score_analogies(vectors, list_analogies("fr"))
    assert asked == 240
    assert right > 0.6
    assert "val/analogies" in result.metrics
    assert result.flops > 0


def test_the_vectors_written_are_those_of_the_checkpoint_that_counts(corpus, tmp_path):
    result = train("cbow", corpus, *STEPS, "--trainer.max_epochs", "1", run=tmp_path / "run")
    vectors = read_vectors(tmp_path / "run" / "vectors.txt")
    np.testing.assert_array_equal(vectors.vectors, weights(result.checkpoint)["network.inputs"][4:].numpy())
    assert not {"<pad>", "<unk>"} & set(vectors.words)
    assert json.loads((tmp_path / "run" / "metrics.json").read_text())["metrics"].keys() == {"val/loss"}


def test_the_same_seed_gives_the_same_vectors_and_a_run_broken_off_goes_on(corpus, tmp_path, monkeypatch):
    options = [*STEPS, "--trainer.max_epochs", "2"]
    whole = train("skipgram", corpus, *options, run=tmp_path / "whole")
    other = train("skipgram", corpus, *options, "--seed_everything", "1", run=tmp_path / "other")

    def break_off(task):
        if task.current_epoch == 1:
            raise OSError("power failure")

    with monkeypatch.context() as patch:
        patch.setattr(ContextPrediction, "on_train_epoch_start", break_off)
        with pytest.raises(OSError, match="power failure"):
            train("skipgram", corpus, *options, run=tmp_path / "run")
    with pytest.raises(ArgumentError, match=r"total steps must be \d+, as before, got"):
        train("skipgram", corpus, "--trainer.max_epochs", "4", resume=tmp_path / "run")
    rest = train("skipgram", corpus, resume=tmp_path / "run")
    expected, found, different = (weights(result.last_checkpoint) for result in (whole, rest, other))
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert not torch.equal(expected["network.inputs"], different["network.inputs"])


def test_the_loss_falls_below_that_of_knowing_nothing(corpus, tmp_path):
    result = train("skipgram", corpus, *STEPS, "--trainer.max_epochs", "3", run=tmp_path / "run")
    assert result.metrics["val/loss"] < 6 * np.log(2)  # a pair and five noise words, each even odds


def test_rows_take_the_sum_of_their_pairs_up_to_the_most():
    weight = torch.nn.Parameter(torch.zeros(4, 2))
    optimizer = RowSGD([weight], lr=0.5, most_pairs=4)
    rows, gradients = torch.tensor([2, 0, 2]), torch.tensor([[1.0, 0], [0, 8.0], [3.0, 0]])
    optimizer.add(weight, rows, gradients, torch.tensor([1, 8, 2]))
    optimizer.step()
    # row 2: three pairs, the whole sum; row 0: eight pairs, half of it
    assert weight.tolist() == [[0, -2.0], [0, 0], [-2.0, 0], [0, 0]]
    optimizer.step()
    assert weight.tolist()[2] == [-2.0, 0]
    assert optimizer.state_dict()["state"] == {}


SAID = (torch.tensor([2, 0, 2]), torch.tensor([[1.0, 0], [0, 8.0], [3.0, 0]]), torch.tensor([1, 8, 2]))


def step_in_process(rank, folder, shares):
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=len(shares))
    weight = torch.nn.Parameter(torch.zeros(4, 2))
    optimizer = RowSGD([weight], lr=0.5, most_pairs=4)
    optimizer.add(weight, *(values[slice(*shares[rank])] for values in SAID))
    optimizer.step()
    torch.save(weight.tolist(), Path(folder, f"{rank}.pt"))
    dist.destroy_process_group()


def test_several_processes_take_the_step_that_one_would(tmp_path):
    weight = torch.nn.Parameter(torch.zeros(4, 2))
    optimizer = RowSGD([weight], lr=0.5, most_pairs=4)
    optimizer.add(weight, *SAID)
    optimizer.step()
    torch.multiprocessing.spawn(step_in_process, (str(tmp_path), [(0, 2), (2, 3), (3, 3)]), nprocs=3)
    assert [torch.load(tmp_path / f"{rank}.pt") for rank in range(3)] == [weight.tolist()] * 3


def test_networks_look_words_up():
    network = Embeddings(5, size=3)
    assert network(torch.tensor([[1, 4]])).shape == (1, 2, 3)
    assert network.inputs.abs().max() <= 0.5 / 3
    assert not network.outputs.any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"method": "glove"}, "method must be skipgram or cbow, got glove"), ({"negatives": 0}, "negatives must be at least 1, got 0")],
)
def test_wrong_options_are_named(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        ContextPrediction(Embeddings(5), **arguments)


def tiny(folder, *rows):
    """A file of a few texts, each with its split."""
    (folder / "tiny.csv").write_text("\n".join(["text,split", *["good film,train"] * 4, *rows]))
    preprocess_text(folder / "tiny.csv", folder / "tiny.h5", text=TextOptions(min_count=1), write=ExportOptions(workers=0))
    return folder / "tiny.h5"


@pytest.mark.parametrize("recipe", ["skipgram", "cbow"])
def test_a_val_part_without_a_pair_of_words_is_refused_and_never_a_loss_of_0(tmp_path, recipe):
    file = tiny(tmp_path, "good,val", "film,val", "good film,test")
    with pytest.raises(DataError, match=r"val must be text with neighbours to measure on, got no pair of words in .*tiny\.h5"):
        train(recipe, file, *STEPS, "--trainer.max_epochs", "1", run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_test_part_without_a_pair_of_words_is_not_measured(tmp_path):
    file = tiny(tmp_path, "good film,val", "good,test")
    result = train("cbow", file, *STEPS, "--trainer.max_epochs", "1", run=tmp_path / "run")
    with pytest.raises(DataError, match="test must be text with neighbours"):
        evaluate(result.best_checkpoint, file)


@pytest.mark.parametrize("recipe", ["skipgram", "cbow"])
def test_batches_weigh_in_a_loss_by_their_pairs(tmp_path, recipe):
    pairs, single = ["good film,test", "film good,test"], ["good,test", "film,test", "film,test", "good,test"]
    file = tiny(tmp_path, "good film,val", *pairs, *single)
    best = train(recipe, file, *STEPS, "--trainer.max_epochs", "1", run=tmp_path / "run").best_checkpoint
    two_batches, one = (evaluate(best, file, batch_size=words).metrics["loss"] for words in (4, 8))
    assert two_batches == pytest.approx(one)


def test_the_run_folder_is_as_every_recipes(corpus, tmp_path):
    train("skipgram", corpus, *STEPS, "--trainer.max_epochs", "1", run=tmp_path / "run")
    names = {path.name for path in Path(tmp_path / "run").iterdir()}
    assert names == {"checkpoints", "logs", "config.yaml", "metrics.json", "ledger.jsonl", "vectors.txt"}
