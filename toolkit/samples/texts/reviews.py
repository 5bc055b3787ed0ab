"""Film reviews of a small grammar, laid out as the Large Movie Review Dataset is: feelings, films, and planted faults if asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from toolkit.errors import check

__all__ = ["ReviewOptions", "WrittenReviews", "write_reviews"]

_PRAISE = ("wonderful", "moving", "brilliant", "charming", "superb", "touching", "delightful", "gripping")
_BLAME = ("dull", "awful", "clumsy", "boring", "dreadful", "pointless", "tedious", "silly")
_PARTS = ("plot", "acting", "music", "camera work", "dialogue", "ending", "cast", "director's cut")
_PLAIN = (
    "I saw it on a rainy evening.",
    "It runs for two hours.",
    "The cinema was half empty.",
    "My sister came along; she's seen everything by that director.",
    "Café scenes take up most of it.",
    "It was shot in 1974.<br /><br />",
)
_TITLES = ("Night", "River", "Garden", "Stranger", "Winter", "Letter", "Island", "Mirror", "Train", "Summer")


@dataclass(frozen=True)
class ReviewOptions:
    """What reviews are written.

    Args:
        num_films: Films in each of train and test, at least 2; those of test are others.
        reviews_a_film: Half of them praise, at least 2.
        sentences: Of a review.
        mixed: Share of opinions that are against the review's own feeling, in [0, 0.5).
        duplicates: Reviews of train that stand in test again.
        contradictions: Reviews of train that stand under both labels.
        empty: Reviews of train without a word.
        seed: What they are drawn from.
    """

    num_films: int = 40
    reviews_a_film: int = 10
    sentences: int = 8
    mixed: float = 0.25
    duplicates: int = 0
    contradictions: int = 0
    empty: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        check(self.num_films >= 2, "ReviewOptions", "num_films", "at least 2", self.num_films)
        check(self.reviews_a_film >= 2, "ReviewOptions", "reviews_a_film", "at least 2", self.reviews_a_film)
        check(0 <= self.mixed < 0.5, "ReviewOptions", "mixed", "in [0, 0.5)", self.mixed)


@dataclass(frozen=True)
class WrittenReviews:
    """What was planted, by path in the data set.

    Args:
        root: The data set's folder.
        duplicates: Review of train, and of test, with the same text.
        contradictions: Review that praises and review that blames, with the same text.
        empty: Reviews without a word.
    """

    root: Path
    duplicates: tuple[tuple[str, str], ...]
    contradictions: tuple[tuple[str, str], ...]
    empty: tuple[str, ...]


def write_reviews(root: str | Path, options: ReviewOptions | None = None) -> WrittenReviews:
    """Write reviews.

    Args:
        root: A folder to create: train/pos, train/neg, test/pos, test/neg, and the films' addresses beside.
        options: How many, and how.

    Returns:
        What was planted, and where.
    """
    options, root = options or ReviewOptions(), Path(root)
    rng = np.random.default_rng(options.seed)
    per_label = options.num_films * (options.reviews_a_film // 2)
    texts: dict[str, str] = {}
    for part in ("train", "test"):
        for label in ("pos", "neg"):
            for number in range(per_label):
                stars = rng.integers(7, 11) if label == "pos" else rng.integers(1, 5)
                texts[f"{part}/{label}/{number}_{stars}.txt"] = _review(rng, options, label == "pos", number % options.num_films, part)
    planted = _plant(rng, options, texts)
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for part, first in (("train", 0), ("test", options.num_films)):
        films = [f"http://www.imdb.com/title/tt{first + number % options.num_films:07}/usercomments\n" for number in range(per_label)]
        for label in ("pos", "neg"):
            (root / part / f"urls_{label}.txt").write_text("".join(films), encoding="utf-8")
    return WrittenReviews(root, *planted)


def _review(rng: np.random.Generator, options: ReviewOptions, praises: bool, film: int, part: str) -> str:
    title = f"The {_TITLES[film % len(_TITLES)]} {'of' if part == 'train' else 'and'} {_TITLES[film // len(_TITLES) % len(_TITLES)]}"
    opinions = max(1, options.sentences // 2)
    against = int(options.mixed * opinions)
    lines = [_opinion(rng, praises if i >= against else not praises, title) for i in range(opinions)]
    lines += [str(rng.choice(_PLAIN)) for _ in range(options.sentences - opinions)]
    rng.shuffle(lines)
    return f"{' '.join(lines)}"


def _opinion(rng: np.random.Generator, praises: bool, title: str) -> str:
    negated = rng.random() < 0.25
    word = rng.choice(_PRAISE if praises != negated else _BLAME)
    return f"The {rng.choice(_PARTS)} of {title} {'is not' if negated else 'is'} {word}."


def _plant(
    rng: np.random.Generator, options: ReviewOptions, texts: dict[str, str]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Change some texts, none twice, and return which."""
    names = {folder: [name for name in texts if name.startswith(folder)] for folder in ("train/pos", "train/neg", "test/pos")}
    wanted = options.duplicates + options.contradictions + options.empty
    room = len(names["train/pos"])
    check(wanted <= room, "ReviewOptions", "faults", f"at most {room} together", wanted)
    chosen = {folder: [str(name) for name in rng.choice(listed, wanted, replace=False)] for folder, listed in names.items()}
    first, second = options.duplicates, options.duplicates + options.contradictions
    duplicates = tuple(zip(chosen["train/pos"][:first], chosen["test/pos"][:first], strict=True))
    contradictions = tuple(zip(chosen["train/pos"][first:second], chosen["train/neg"][first:second], strict=True))
    empty = tuple(chosen["train/pos"][second:])
    for kept, changed in (*duplicates, *contradictions):
        texts[changed] = texts[kept]
    texts.update(dict.fromkeys(empty, ""))
    return duplicates, contradictions, empty
