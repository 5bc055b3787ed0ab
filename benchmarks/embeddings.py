"""Word embeddings beside gensim: the same words go to both; words a second and what the vectors know come out.

Both train skip-gram and CBOW in three passes, dimension 100, window 5, 5 negatives, thinned out at 1e-3, on as many threads. Not among
the groups that run unless named: it trains for long. Ours is timed with Lightning and checkpoints, gensim's without reading its input.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import gensim
import numpy as np
import torch
from gensim.models import Word2Vec

from benchmarks.measure import Figure, Ratio, Report, ratio, take_turns
from recipes.cli import RecipeCLI
from recipes.quiet import quiet_lightning
from recipes.train import recipe_path
from recipes.word_tests import read_analogies, read_pairs, score_analogies, score_pairs
from recipes.word_vectors import WordVectors
from toolkit.dataset_file import DatasetFile, open_dataset
from toolkit.export import ExportOptions
from toolkit.preprocess import preprocess_text
from toolkit.samples.texts import write_sentences
from toolkit.text.vocabulary import SPECIALS

__all__ = ["measure"]

SIZE, WINDOW, NEGATIVES, SAMPLE, PASSES = 100, 5, 5, 1e-3, 3
ANALOGIES, SIMILARITY = "questions-words.txt", "wordsim353.tsv"
MAY_LOSE = 0.02

Scores = dict[str, float]


def measure(
    source: Path | None, scratch: Path, *, workers: int, repeats: int, quick: bool, corpus: Path | None = None, words: Path | None = None
) -> Report:
    """Train on a corpus in both ways, in turns.

    Args:
        source: Not used: pictures.
        scratch: An empty folder.
        workers: Threads of each side.
        repeats: Rounds that count.
        quick: A small corpus, one pass.
        corpus: A dataset file of texts, all but its test split are learned from; None takes sentences drawn for the purpose.
        words: A folder with questions-words.txt and wordsim353.tsv; None asks neither.
    """
    del source
    if corpus is None:
        write_sentences(scratch / "sentences.txt", 300 if quick else 20_000)
        corpus = scratch / "sentences.h5"
        preprocess_text(scratch / "sentences.txt", corpus, write=ExportOptions(workers=0))
    torch.set_num_threads(workers)
    training = _Training(corpus, scratch, workers=workers, passes=1 if quick else PASSES, words=words)
    cases: dict[str, Callable[[], Scores]] = {}
    for method in ("skipgram", "cbow"):
        cases |= {f"{method}, foudre": partial(training.ours, method), f"{method}, gensim": partial(training.gensims, method)}
    named = [partial(lambda name, case: {f"{name}: {what}": value for what, value in case().items()}, *item) for item in cases.items()]
    with quiet_lightning():
        found = take_turns(named, repeats=repeats)
    ratios: list[Ratio] = []
    for method, least in (("skipgram", 1), ("cbow", None)):
        ours, theirs = ({name.split(": ")[1]: f for name, f in found.items() if name.startswith(f"{method}, {who}")} for who in _SIDES)
        ratios.append(ratio(f"{method}: words a second, foudre / gensim", ours["words/s"], theirs["words/s"], at_least=least))
        ratios += [_difference(f"{method}: {what}, foudre − gensim", ours[what], theirs[what]) for what in ours if what != "words/s"]
    what = f"{training.num_words:,} words a pass of {len(training.file.vocabulary):,} different ones"
    notes = (f"{what}; {workers} threads of each side; gensim {gensim.__version__}.",)
    return Report("Word embeddings", tuple(found.values()), tuple(ratios), notes)


_SIDES = ("foudre", "gensim")


def _difference(name: str, ours: Figure, theirs: Figure) -> Ratio:
    return Ratio(name, tuple(a - b for a, b in zip(ours.values, theirs.values, strict=True)), at_least=-MAY_LOSE)


class _Training:
    """Trains on all of a file but its test split, and says how fast that was and what the vectors know."""

    def __init__(self, path: Path, scratch: Path, *, workers: int, passes: int, words: Path | None) -> None:
        self.file: DatasetFile = open_dataset(path)
        self.path, self.scratch, self.workers, self.passes = path, scratch, workers, passes
        self.analogies = [] if words is None else read_analogies(words / ANALOGIES)
        self.pairs = [] if words is None else read_pairs(words / SIMILARITY)
        self.part = self.file["+".join(name for name in self.file.splits if name != "test")]
        self.num_words = int((self.part.tokens >= len(SPECIALS)).sum())

    def ours(self, method: str) -> Scores:
        """What `foudre train` does where nothing is to be chosen."""
        length = ("--trainer.max_epochs", str(self.passes), "--data.train_on", "train+val", "--trainer.callbacks", "null")
        law = ("--data.window", str(WINDOW), "--data.sample", str(SAMPLE), "--model.negatives", str(NEGATIVES), "--network.size", str(SIZE))
        args = ["--config", str(recipe_path(method)), "--data.path", str(self.path), "--trainer.accelerator", "cpu", *length, *law]
        cli = RecipeCLI(args, run=None, root=self.scratch / "runs")
        began = time.perf_counter()
        cli.trainer.fit(cli.model, datamodule=cli.datamodule)
        seconds = time.perf_counter() - began
        return self._scores(seconds, cli.model.network.inputs.detach().numpy()[len(SPECIALS) :])

    def gensims(self, method: str) -> Scores:
        """What gensim does, of texts as lists of words in memory."""
        names, tokens, bounds = np.array(self.file.vocabulary, object), np.asarray(self.part.tokens), self.part.offsets[1:-1]
        texts = [names[text[text >= len(SPECIALS)]].tolist() for text in np.split(tokens, bounds)]
        law = {"window": WINDOW, "negative": NEGATIVES, "sample": SAMPLE, "min_count": 1, "seed": 0}
        model = Word2Vec(vector_size=SIZE, sg=int(method == "skipgram"), workers=self.workers, **law)
        model.build_vocab(texts)
        began = time.perf_counter()
        model.train(texts, total_examples=len(texts), epochs=self.passes)
        seconds = time.perf_counter() - began
        known = self.file.vocabulary[len(SPECIALS) :]
        return self._scores(seconds, np.stack([model.wv[word] if word in model.wv else np.zeros(SIZE, np.float32) for word in known]))

    def _scores(self, seconds: float, matrix: np.ndarray) -> Scores:
        vectors = WordVectors(self.file.vocabulary[len(SPECIALS) :], matrix)
        found = {"words/s": self.num_words * self.passes / seconds}
        if self.pairs:
            found["WS-353"] = score_pairs(vectors, self.pairs)[0]
        if self.analogies:
            found["analogies"] = score_analogies(vectors, self.analogies)[0]
        return found
