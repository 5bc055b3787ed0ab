"""The demo of texts: nothing comes in; sentences that teach capitals, word vectors, reviews and a classifier of feelings go out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from recipes.demo.folder import Demo, clear
from recipes.demo.steps import command, fit, indented, judge
from recipes.predict import predict
from recipes.word_tests import score_analogies
from recipes.word_vectors import WordVectors, read_vectors
from toolkit.preprocess import preprocess_text
from toolkit.samples.texts import COUNTRIES, ReviewOptions, list_analogies, write_reviews, write_sentences
from toolkit.text import TextOptions
from toolkit.wing import Progress, silent

__all__ = ["demo_text"]

DEFAULT_REVIEWS = ReviewOptions(num_films=60)
ASKED = (("France", "Paris", "Sénégal"), ("Japon", "Tokyo", "Pérou"), ("Mali", "Bamako", "Norvège"))
OPINIONS = ("A wonderful film, and I loved every minute of it.", "Dull and clumsy: I was bored to the end.")


def demo_text(
    folder: str | Path,
    *,
    say: Callable[[str], None],
    progress: Progress = silent,
    num_sentences: int = 6000,
    reviews: ReviewOptions = DEFAULT_REVIEWS,
    epochs: int = 20,
) -> Demo:
    """Write sentences and learn word vectors of them; write reviews and learn to tell the good from the bad.

    Args:
        folder: Where to; new, empty, or what an earlier demo of text left, which is replaced.
        say: Told in a few lines what each step does and the command for it.
        progress: Told how far preprocessing is.
        num_sentences: Sentences to write; from 4,000 on, all capitals are found.
        reviews: What reviews to write.
        epochs: Passes over the sentences, at least 1.

    Returns:
        Where everything of the reviews lies; the picture is of the words.

    Raises:
        ArgumentError: If the folder holds something else.
    """
    began = time.monotonic()
    folder = clear(folder, "text")
    corpus = folder / "sentences.txt"
    say("1. Sentences of a small grammar: countries, capitals, people, rivers, dishes. In French; nobody says which word is what")
    write_sentences(corpus, num_sentences, languages=("fr",))
    say(indented("\n".join(corpus.read_text(encoding="utf-8").splitlines()[:3])))

    path = folder / "sentences.h5"
    say("\n2. One checked dataset file of words")
    say(command("preprocess", "text", corpus, path))
    say(indented(preprocess_text(corpus, path, progress=progress)))

    say("\n3. A vector for each word, by skip-gram: words that keep the same company come to lie close")
    options = ("--data.batch_size", "1024", "--data.sample", "0", "--network.size", "32", "--trainer.max_epochs", str(epochs))
    fit("skipgram", path, *options, run=folder / "words", say=say)
    file = folder / "words" / "vectors.txt"
    vectors = read_vectors(file)
    say(indented(f"{file} is read by word2vec and gensim, too"))
    say(indented(_ask(vectors)))

    source = write_reviews(folder / "reviews", reviews).root
    path = folder / "reviews.h5"
    say("\n4. Film reviews, made up: no film stands in two splits")
    say(command("preprocess", "text", source, path, "--lower"))
    say(indented(preprocess_text(source, path, text=TextOptions(lower=True), progress=progress)))

    say("\n5. Good or bad? By the words and groups of words that a review holds, chosen by the loss on val")
    quick = ("--data.batch_size", "32", "--trainer.max_epochs", "6", "--model.learning_rate", "0.02")
    checkpoint = Path(fit("sentiment_bow", path, *quick, run=folder / "run", say=say).checkpoint or "")
    accuracy = judge(checkpoint, path, say=say)

    opinions = folder / "opinions.txt"
    opinions.write_text("\n".join(OPINIONS) + "\n", encoding="utf-8")
    say("\n6. What it says about two lines that a person wrote")
    say(command("predict", checkpoint, opinions, "--layout", "lines"))
    for opinion, answer in zip(OPINIONS, predict(checkpoint, [opinions], read={"layout": "lines"}), strict=True):
        say(indented(f"{opinion} → {answer['class']}, {answer['probability']:.0%}"))

    picture = _draw_words(folder / "words.png", vectors)
    return Demo(folder, path, checkpoint, accuracy, (picture, folder / "run" / "test_confusion.png")).conclude(
        say, time.monotonic() - began
    )


def _ask(vectors: WordVectors) -> str:
    lines = []
    for country, capital, other in ASKED:
        if all(word in vectors.ids for word in (country, capital, other)):
            lines.append(f"{capital} − {country} + {other} = {vectors.analogy(country, capital, other)[0][0]}")
    right, asked = score_analogies(vectors, list_analogies("fr"))
    return "\n".join([*lines, f"{right:.0%} of {asked} such questions answered right" if asked else "too few words to ask"])


def _draw_words(path: Path, vectors: WordVectors) -> Path:
    """Draw countries and their capitals on a plane, each joined with its own."""
    from matplotlib.figure import Figure

    pairs = [(c.french, c.capital_french) for c in COUNTRIES if c.french in vectors.ids and c.capital_french in vectors.ids]
    figure = Figure(figsize=(8, 9), layout="constrained")
    axes = figure.subplots()
    axes.set_title("Words on the plane in which they differ most: each country and its capital")
    words: Sequence[str] = [word for pair in pairs for word in pair]
    places = vectors.plane(words) if words else np.zeros((0, 2), np.float32)
    for number, (word, place) in enumerate(zip(words, places, strict=True)):
        side = "right" if place[0] < places[number ^ 1][0] else "left"  # words stand beside the line that joins them, not on it
        axes.annotate(f" {word} ", place, ha=side, va="center", fontsize=8, color="#1f5fa8" if number % 2 else "#a83c1f")
    for country, capital in zip(places[::2], places[1::2], strict=True):
        axes.plot(*zip(country, capital, strict=True), color="#cccccc", linewidth=1, zorder=0)
    axes.margins(0.15, 0.05)
    axes.set(xticks=[], yticks=[])
    figure.savefig(path, dpi=110)
    return path
