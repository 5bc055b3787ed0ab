"""What networks of texts have of their own: a checkpoint comes in; a map of words, and the neighbours of some, go out to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from datamodules import Batch, FileDataModule, Ngrams, Sequences
from datamodules.text.word_state import restore_vocabulary
from recipes.checkpoint import Restored
from recipes.look.trace import Call
from recipes.models import Embeddings
from recipes.models.word_embedding import WordEmbedding
from recipes.tasks import Classifier
from recipes.word_vectors import WordVectors
from toolkit.errors import printable
from toolkit.report.plots import WIDTH, Plot, draw_plot
from toolkit.report.sections import Note, Part, Plots, Section, Table
from toolkit.text import Vocabulary
from toolkit.text.vocabulary import SPECIALS, UNKNOWN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SeenWords", "blank", "choose_words", "find_room", "see"]

MAX_MAPPED, MAX_ASKED, NUM_NEIGHBOURS = 300, 40, 6
MAX_FREQUENT = 10_000
"""Words among which neighbours are looked for: vectors of rarer ones have hardly been learned, and lie anywhere."""

MAX_SHARE = 0.1
"""Of the training texts: words that stand in more tell little, whatever they are."""

FONT_POINTS, WIDTH_POINTS = 7, 72 * 2.1 * WIDTH
LOWEST, HIGHEST = 0.4, 0.9
"""Heights of the map, as shares of its width."""


@dataclass(frozen=True, eq=False)
class SeenWords:
    """Some of a network's words.

    Args:
        size: Words that have a vector.
        width: Numbers in a vector.
        words: Those laid out, in the order of their use.
        places: Where they lie, float32, shape (N, 2).
        neighbours: Of some words, the words nearest to each, with their cosines.
    """

    size: int
    width: int
    words: Sequence[str]
    places: NDArray[np.float32]
    neighbours: Mapping[str, Sequence[tuple[str, float]]]

    def show(self) -> tuple[list[Section], dict[str, Any]]:
        """Show the map and the neighbours."""
        rows = [(word, *(f"{near} {cosine:.2f}" for near, cosine in found)) for word, found in self.neighbours.items()]
        head = ("word", *(str(number + 1) for number in range(max(map(len, rows)) - 1)))
        among = f" Neighbours are looked for among the {MAX_FREQUENT:,} words in most frequent use." if self.size > MAX_FREQUENT else ""
        parts: list[Part] = [
            Note(f"{self.size:,} words have vectors of {self.width} numbers; here are frequent ones that tell some texts from others."),
            Plots([_plot_words(self)], wide=True),
            Table("Nearest neighbours", head, rows),
            Note(f"Behind each neighbour stands the cosine of both vectors: 1 in the same direction, 0 at right angles.{among}"),
        ]
        said = {
            "map": [{"word": word, "place": place} for word, place in zip(self.words, self.places.tolist(), strict=True)],
            "neighbours": {word: [{"word": near, "cosine": cosine} for near, cosine in found] for word, found in self.neighbours.items()},
        }
        return [Section("words", "Word vectors", parts)], {"words": said}


def blank(restored: Restored) -> tuple[str, tuple[Tensor, ...]]:
    """Say and return the least that a network of texts takes."""
    view = restored.view if isinstance(restored.view, Sequences | Ngrams) else Sequences()
    text = view.finish(Batch(torch.tensor([UNKNOWN]), None, torch.arange(1), torch.ones(1, dtype=torch.int64)))
    lengths = [text.lengths] if isinstance(restored.task, Classifier) and text.lengths is not None else []
    return "a text of one word", (text.x, *lengths)


def see(restored: Restored, calls: Sequence[Call], data: FileDataModule | None) -> SeenWords | None:  # noqa: ARG001  # as every kind's
    """Look at the vectors of words in a network; None where it has none, has them of something else, or they are no numbers any more.

    Args:
        restored: The checkpoint; its vocabulary names the words.
        calls: What `trace` noted of its network.
        data: Nothing of it is needed.
    """
    network, vocabulary = restored.task.network, restore_vocabulary(restored.data["vocabulary"])
    learned = [call.layer.weight for call in calls if isinstance(call.layer, WordEmbedding)]
    weight = next(iter([network.inputs] if isinstance(network, Embeddings) else learned), None)
    if weight is None or len(weight) != len(vocabulary) or len(weight) == len(SPECIALS) or not bool(weight.isfinite().all()):
        return None
    named = slice(len(SPECIALS), None)
    vectors = WordVectors(vocabulary.words[named], weight.detach().float().numpy()[named])
    frequent = WordVectors(vectors.words[:MAX_FREQUENT], vectors.vectors[:MAX_FREQUENT])
    words, asked = choose_words(vocabulary, MAX_MAPPED, among=1000), choose_words(vocabulary, MAX_ASKED, among=500)
    neighbours = {word: frequent.neighbours(word, NUM_NEIGHBOURS) for word in asked}
    return SeenWords(len(vectors), vectors.vectors.shape[1], words, vectors.plane(words), neighbours)


def choose_words(vocabulary: Vocabulary, count: int, *, among: int) -> list[str]:
    """Choose what is worth a look: of the words in frequent use, those that stand in fewer texts than chance would strew them over.

    A word like "the" stands in every text; one that tells what a text is about stands in few, but there again and again.

    Args:
        vocabulary: At least one word.
        count: How many, at least 1.
        among: The words in most frequent use that are considered, at least 1.

    Returns:
        In the order of their use: words with a letter; any, where none has one.

    Source:
        Church & Gale, Inverse document frequency (IDF): a measure of deviations from Poisson, 1995.
    """
    known = range(len(SPECIALS), len(vocabulary))
    written = islice((row for row in known if any(map(str.isalpha, vocabulary.words[row]))), among)
    rows = np.array(list(written) or known[:among])
    number = max(vocabulary.num_documents, 1)
    found = np.maximum(vocabulary.documents[rows], 1) / number
    by_chance = -np.expm1(-vocabulary.counts[rows] / number)
    best = np.lexsort((-by_chance / found, found > MAX_SHARE))[:count]
    return [vocabulary.words[row] for row in np.sort(rows[best])]


def find_room(words: Sequence[str], places: NDArray[np.floating]) -> list[int]:
    """Choose in their order the words that can be written at their places without one lying over another.

    Args:
        words: As they are written.
        places: In points, shape (N, 2).
    """
    width = [sum(1 + (east_asian_width(character) in "WF") for character in word) for word in words]
    half = np.stack([0.31 * FONT_POINTS * np.array(width), np.full(len(words), 0.6 * FONT_POINTS)], axis=1)
    kept: list[int] = []
    for i in range(len(words)):
        apart = np.abs(places[kept] - places[i]) >= half[kept] + half[i]
        if apart.any(axis=1).all():
            kept.append(i)
    return kept


def _plot_words(seen: SeenWords) -> Plot:
    words = [printable(word, 24) for word in seen.words]
    middle, span = (seen.places.max(0) + seen.places.min(0)) / 2, np.maximum(np.ptp(seen.places, axis=0), 1e-9)
    size = WIDTH_POINTS * np.array([1, np.clip(span[1] / span[0], LOWEST, HIGHEST)])
    points = float(((size - (10 * FONT_POINTS, 3 * FONT_POINTS)) / span).min())  # a length, in every direction, is as many; words have room
    kept = find_room(words, points * seen.places)

    def draw(axes: Axes) -> None:
        for i in kept:
            right, up = seen.places[i].tolist()
            axes.text(right, up, words[i], ha="center", va="center", fontsize=FONT_POINTS, parse_math=False)
        low, high = middle - size / points / 2, middle + size / points / 2
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xticks=[], yticks=[])
        axes.spines[:].set_visible(False)

    caption = f"{len(kept)} words on the plane in which their vectors differ most (the first two principal components)"
    caption += f"; {len(words) - len(kept)} more would lie over these." if len(kept) < len(words) else "."
    return draw_plot(draw, caption, name="words", size=(size[0] / 72, size[1] / 72))
