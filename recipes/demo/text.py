"""The demo of texts: nothing comes in; sentences that teach capitals, word vectors, reviews and a classifier of feelings go out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from recipes.demo.folder import Demo, clear, indented
from recipes.evaluate import evaluate
from recipes.predict import predict
from recipes.train import train
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
        folder: Where to; new, empty, or an earlier demo's, which is replaced.
        say: Told in a few lines what each step does and the command for it.
        progress: Told how far preprocessing is.
        num_sentences: Sentences to write, at least 1.
        reviews: What reviews to write.
        epochs: Passes over the sentences, at least 1.

    Returns:
        Where everything of the reviews lies; the picture is of the words.

    Raises:
        ArgumentError: If the folder holds something that no demo left there.
    """
    began = time.monotonic()
    folder = clear(folder)
    corpus = folder / "sentences.txt"
    say("1. Sentences of a small grammar: countries, capitals, people, rivers, dishes. In French; nobody says which word is what")
    write_sentences(corpus, num_sentences, languages=("fr",))
    say(indented("\n".join(corpus.read_text(encoding="utf-8").splitlines()[:3])))

    path = folder / "sentences.h5"
    say(f"\n2. One checked dataset file of words\n   $ foudre preprocess text {corpus} {path}")
    say(indented(preprocess_text(corpus, path, progress=progress)))

    say("\n3. A vector for each word, by skip-gram: words that keep the same company come to lie close")
    options = ("--data.batch_size", "1024", "--data.sample", "0", "--network.size", "32", "--trainer.max_epochs", str(epochs))
    say(f"   $ foudre train skipgram {path} --run {folder / 'words'} {' '.join(options)}")
    learned = train("skipgram", path, *options, run=folder / "words")
    vectors = read_vectors(folder / "words" / "vectors.txt")
    say(f"   {learned.epochs} epochs in {learned.seconds:.0f} s; {folder / 'words' / 'vectors.txt'} is read by word2vec and gensim, too")
    say(indented(_ask(vectors)))

    source = write_reviews(folder / "reviews", reviews).root
    path = folder / "reviews.h5"
    say(f"\n4. Film reviews, made up: no film stands in two splits\n   $ foudre preprocess text {source} {path} --lower")
    say(indented(preprocess_text(source, path, text=TextOptions(lower=True), progress=progress)))

    say("\n5. Good or bad? By the words and groups of words that a review holds, chosen by the loss on val")
    quick = ("--data.batch_size", "32", "--trainer.max_epochs", "6", "--model.learning_rate", "0.02")
    say(f"   $ foudre train sentiment_bow {path} --run {folder / 'run'} {' '.join(quick)}")
    trained = train("sentiment_bow", path, *quick, run=folder / "run")
    checkpoint = Path(trained.checkpoint or "")
    say(f"   {trained.epochs} epochs in {trained.seconds:.0f} s, accuracy on val {trained.metrics['val/accuracy']:.1%}")
    say(f"   $ foudre evaluate {checkpoint} {path}")
    accuracy = evaluate(checkpoint, path).metrics["accuracy"]
    say(f"   accuracy on test {accuracy:.1%}")

    opinions = folder / "opinions.txt"
    opinions.write_text("\n".join(OPINIONS) + "\n", encoding="utf-8")
    say(f"\n6. What it says about two lines that a person wrote\n   $ foudre predict {checkpoint} {opinions}")
    for opinion, answer in zip(OPINIONS, predict(checkpoint, [opinions]), strict=True):
        say(f"   {opinion} → {answer['class']}, {answer['probability']:.0%}")

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
    figure = Figure(figsize=(8, 6), layout="constrained")
    axes = figure.subplots()
    axes.set_title("Words on the plane in which they differ most: each country and its capital")
    words: Sequence[str] = [word for pair in pairs for word in pair]
    places = vectors.plane(words) if words else np.zeros((0, 2), np.float32)
    for number, word in enumerate(words):
        axes.annotate(word, places[number], ha="center", va="center", color="#1f5fa8" if number % 2 else "#a83c1f")
    for country, capital in zip(places[::2], places[1::2], strict=True):
        axes.plot(*zip(country, capital, strict=True), color="#cccccc", linewidth=1, zorder=0)
    axes.margins(0.1)
    figure.savefig(path, dpi=110)
    return path
