"""The verb `generate`: a checkpoint of a language model and the start of a text come in, the text that it goes on with goes out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recipes.checkpoint import load_checkpoint
from recipes.models import LanguageNet
from toolkit.errors import DataError, check, wording
from toolkit.text import TextEncoder
from toolkit.text.subwords import MARK, join_pieces
from toolkit.text.vocabulary import END, PADDING, START, UNKNOWN

__all__ = ["Generated", "draw_word", "generate", "join_words"]

_CLOSING, _OPENING = re.compile(r" ([.,!?;:%)\]}]+)"), re.compile(r"([(\[{]) ")
_APOSTROPHE = re.compile(r"(?<=\w) (['’]) (?=\w)")


@dataclass(frozen=True)
class Generated:
    """A text that was gone on with.

    Args:
        start: What was given.
        text: What was written behind it.
        words: The words written; pieces of them, where the network reads these.
        goes_on: Whether `text` goes on with the last word of `start`, as a piece can.
        ended: Whether the model ended the text; otherwise there were words enough.
    """

    start: str
    text: str
    words: list[str]
    goes_on: bool
    ended: bool

    def to_json(self) -> dict[str, Any]:
        """Return the fields as one JSON-able object."""
        return asdict(self)

    def __str__(self) -> str:
        return ("" if self.goes_on else " ").join(filter(None, (self.start, self.text)))


@torch.inference_mode()
def generate(
    checkpoint: str | Path, start: str = "", *, num_words: int = 50, temperature: float = 0.8, top_k: int = 50, seed: int = 0
) -> Generated:
    """Go on with a text, a word at a time, each drawn as the network foretells it.

    Args:
        checkpoint: What `train` wrote for a recipe like ``next_word``.
        start: The start of a text, cut into words as the training texts were; empty begins anew.
        num_words: The most words, or pieces of them, to write, at least 1.
        temperature: 0 takes the likeliest word each time, 1 draws as foretold; at least 0, and finite.
        top_k: Draw among so many of the likeliest words, at least 0; 0 takes all.
        seed: Of the draws, at least 0.

    Raises:
        ArgumentError: If a number is out of range.
        DataError: If the checkpoint cannot be used, or holds no language model.
    """
    check(num_words >= 1, "generate", "num_words", "at least 1", num_words)
    check(0 <= temperature < math.inf, "generate", "temperature", "at least 0 and finite", temperature)
    check(top_k >= 0, "generate", "top_k", "at least 0", top_k)
    check(seed >= 0, "generate", "seed", "at least 0", seed)
    restored = load_checkpoint(checkpoint)
    network, encoder = restored.task.network, restored.encoder()
    if not (isinstance(network, LanguageNet) and isinstance(encoder, TextEncoder)):
        fix = "Train one with the recipe next_word."
        raise DataError(wording("generate", "network", "a language model", type(network).__name__, at=str(checkpoint), fix=fix))
    read, state, rng = [START, *encoder.encode(start).tolist()], None, np.random.default_rng(seed)
    written: list[int] = []
    while len(written) < num_words and written[-1:] != [END]:
        scores, state = network.read(torch.tensor([read]), state)
        read = [draw_word(scores[0, -1], rng, temperature=temperature, top_k=top_k)]
        written += read
    ended = written[-1] == END
    words = encoder.vocabulary.decode(written[:-1] if ended else written)
    pieces = encoder.words.options.subwords > 0
    text = join_words(join_pieces(words) if pieces else words)
    return Generated(start, text, words, goes_on=pieces and "".join(words[:1]).startswith(MARK), ended=ended)


def draw_word(scores: Tensor, rng: np.random.Generator, *, temperature: float, top_k: int) -> int:
    """Draw a word, never padding, an unknown one or a start.

    Args:
        scores: Logits of all words, shape (V,).
        rng: What is drawn from, one number.
        temperature: As `generate` has it.
        top_k: As `generate` has it.
    """
    scores = scores.double()
    scores[[PADDING, UNKNOWN, START]] = -torch.inf
    best, words = scores.sort(descending=True, stable=True)
    if temperature == 0:
        return int(words[0])
    best = best[: top_k or None]
    chances = ((best - best[0]) / temperature).exp().cumsum(0)
    return int(words[int(torch.searchsorted(chances, rng.random() * float(chances[-1]), right=True))])


def join_words(words: Iterable[str]) -> str:
    """Write words as a text: spaces between them, but none before what closes, nor around an apostrophe within a word.

    Args:
        words: As a tokenizer cuts them.

    Example:
        >>> join_words(["it", "isn", "'", "t", "(", "so", ")", "bad", "."])
        "it isn't (so) bad."
    """
    text = _CLOSING.sub(r"\1", _OPENING.sub(r"\1", " ".join(words)))
    return _APOSTROPHE.sub(r"\1", text)
