"""What becomes of word embeddings: their vectors are written into the run folder, and asked analogies and likenesses after each epoch."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.trainer.states import TrainerFn
from lightning.pytorch.utilities import rank_zero_warn

from recipes.word_tests import read_analogies, read_pairs, score_analogies, score_pairs
from recipes.word_vectors import WordVectors, write_vectors
from toolkit.errors import check
from toolkit.text.vocabulary import SPECIALS

__all__ = ["WordTests", "WriteVectors"]


class WordTests(Callback):
    """Logs ``val/analogies``, the share answered right, and ``val/similarity``, Spearman's correlation with people, of each epoch.

    What cannot be measured, as too few words of a file are known, is left out and warned of.

    Args:
        analogies: A file like questions-words.txt; None asks none.
        similarity: A file of judged pairs, as WordSim-353, SimLex-999 or MEN; None asks none.
    """

    def __init__(self, analogies: str | None = None, similarity: str | None = None) -> None:
        self.questions = None if analogies is None else read_analogies(analogies)
        self.pairs = None if similarity is None else read_pairs(similarity)

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Ask what the vectors know by now."""
        if trainer.sanity_checking or (self.questions is None and self.pairs is None):
            return
        vectors = _vectors(trainer, pl_module)
        if self.questions is not None:
            _log(pl_module, "val/analogies", score_analogies(vectors, self.questions), f"{len(self.questions):,} questions")
        if self.pairs is not None:
            _log(pl_module, "val/similarity", score_pairs(vectors, self.pairs), f"{len(self.pairs):,} pairs")


class WriteVectors(Callback):
    """Writes the vectors of the checkpoint that counts into the run folder: ``vectors.txt`` or ``vectors.bin``, as word2vec does.

    Args:
        form: ``"text"`` or ``"binary"``.
    """

    def __init__(self, form: Literal["text", "binary"] = "text") -> None:
        check(form in ("text", "binary"), "WriteVectors", "form", "text or binary", form)
        self.name = "vectors.txt" if form == "text" else "vectors.bin"

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the last vectors."""
        self._write(trainer, pl_module)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write those that were chosen: after training, the best checkpoint is validated once more."""
        if trainer.state.fn == TrainerFn.VALIDATING:
            self._write(trainer, pl_module)

    def _write(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.is_global_zero:
            write_vectors(Path(trainer.default_root_dir, self.name), _vectors(trainer, pl_module))


def _log(pl_module: LightningModule, name: str, score: tuple[float, int], asked: str) -> None:
    value, known = score
    if math.isnan(value):
        rank_zero_warn(f"{name} is left out, as nothing can be measured: the words of {known:,} of {asked} are known.")
    else:
        pl_module.log(name, value, sync_dist=True)


def _vectors(trainer: Trainer, pl_module: LightningModule) -> WordVectors:
    """The vectors of all words but the specials."""
    words = trainer.datamodule.vocabulary.words  # type: ignore[attr-defined]  # of texts
    matrix = pl_module.network.inputs.detach().float().cpu().numpy()  # type: ignore[union-attr,operator]  # of Embeddings
    return WordVectors(words[len(SPECIALS) :], matrix[len(SPECIALS) :])
