"""What a run's vectors of words know: a checkpoint comes in; a map, and the neighbours of some words, go out to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recipes.checkpoint import Restored
from recipes.models import Embeddings
from recipes.models.word_embedding import WordEmbedding
from recipes.word_vectors import WordVectors
from toolkit.errors import printable
from toolkit.report.plots import WIDTH, Plot, draw_plot
from toolkit.report.sections import Note, Part, Plots, Section, Table
from toolkit.text.vocabulary import SPECIALS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SeenWords", "choose_words", "see_words", "show_words"]

MAX_MAPPED, MAX_ASKED, NUM_NEIGHBOURS = 100, 40, 8
LEAST_LETTERS = 5
"""Shorter ones among frequent words mostly join the others together."""


@dataclass(frozen=True, eq=False)
class SeenWords:
    """Some of a network's words.

    Args:
        size: Words that have a vector.
        width: Numbers in a vector.
        words: The words on the map, those in frequent use first.
        places: Their places, float32, shape (N, 2).
        neighbours: Of some words, the words nearest to each, with their cosines.
    """

    size: int
    width: int
    words: Sequence[str]
    places: NDArray[np.float32]
    neighbours: Mapping[str, Sequence[tuple[str, float]]]


def see_words(restored: Restored) -> SeenWords | None:
    """Look at the vectors of words in a network; None where it has none, or has them of something else than words.

    Args:
        restored: The checkpoint; its vocabulary names the words.
    """
    network = restored.task.network
    layer = next((module for module in network.modules() if isinstance(module, WordEmbedding)), None)
    weight = network.inputs if isinstance(network, Embeddings) else None if layer is None else layer.weight
    if weight is None or len(weight) <= len(SPECIALS):
        return None
    known = tuple(restored.data["vocabulary"]["words"])[len(SPECIALS) :]
    vectors = WordVectors(known, weight.detach().float().numpy()[len(SPECIALS) :])
    words = choose_words(known)
    neighbours = {word: vectors.neighbours(word, NUM_NEIGHBOURS) for word in words[:MAX_ASKED]}
    return SeenWords(len(known), vectors.vectors.shape[1], words, vectors.plane(words), neighbours)


def choose_words(words: Sequence[str]) -> list[str]:
    """Choose what is worth a look: frequent words of several letters; any, where there are few such.

    Args:
        words: All, those in frequent use first.
    """
    long = [word for word in words if len(word) >= LEAST_LETTERS and word.isalpha()]
    return (long if len(long) >= MAX_ASKED else list(words))[:MAX_MAPPED]


def show_words(seen: SeenWords | None) -> tuple[list[Section], dict[str, Any]]:
    """Show the map and the neighbours, and the same as plain data."""
    if seen is None:
        return [], {}
    rows = [(word, *(f"{near} {cosine:.2f}" for near, cosine in found)) for word, found in seen.neighbours.items()]
    head = ("word", *(str(number) for number in range(1, 1 + max(len(row) - 1 for row in rows))))
    notes = [
        Note(f"{seen.size:,} words have vectors of {seen.width} numbers; here are frequent ones of {LEAST_LETTERS} letters and more."),
        Note("Behind each neighbour stands the cosine of its vector with that of the word: 1 in the same direction, 0 at right angles."),
    ]
    said = {
        "map": [{"word": word, "place": place} for word, place in zip(seen.words, seen.places.tolist(), strict=True)],
        "neighbours": {word: [{"word": near, "cosine": cosine} for near, cosine in found] for word, found in seen.neighbours.items()},
    }
    parts: list[Part] = [notes[0], Plots([_plot_words(seen)], wide=True), Table("Nearest neighbours", head, rows), notes[1]]
    return [Section("words", "Word vectors", parts)], {"words": said}


def _plot_words(seen: SeenWords) -> Plot:
    def draw(axes: Axes) -> None:
        axes.scatter(seen.places[:, 0], seen.places[:, 1], s=0)
        for word, (right, up) in zip(seen.words, seen.places.tolist(), strict=True):
            axes.text(right, up, printable(word, 24), ha="center", va="center", fontsize=8, parse_math=False)
        axes.margins(0.05)
        axes.set(xlabel="first direction", ylabel="second direction")

    caption = f"{len(seen.words)} words on the plane in which their vectors differ most (the first two principal components)."
    return draw_plot(draw, caption, name="words", size=(2.1 * WIDTH, 1.5 * WIDTH))
