"""Word vectors go out into a file in word2vec's text or binary format, which word2vec, gensim and `read_vectors` read."""

from __future__ import annotations

from pathlib import Path

from recipes.word_vectors.vectors import WordVectors

__all__ = ["write_vectors"]


def write_vectors(path: str | Path, vectors: WordVectors) -> list[str]:
    """Write a file that word2vec and gensim read.

    Args:
        path: Where to; ``.bin`` makes the binary format, any other name the text format, nine digits a number.
        vectors: What to write.

    Returns:
        The words that were left out: the formats part a word from its numbers by a space, so none with white space can stand in them.
    """
    path = Path(path)
    rows = [row for row, word in enumerate(vectors.words) if word and not any(map(str.isspace, word))]
    binary = path.suffix == ".bin"
    with open(path, "wb") as file:
        file.write(f"{len(rows)} {vectors.vectors.shape[1]}\n".encode())
        for row in rows:
            values = vectors.vectors[row]
            numbers = values.astype("<f4").tobytes() if binary else " ".join(map("{:.9g}".format, values.tolist())).encode()
            file.write(vectors.words[row].encode() + b" " + numbers + b"\n")
    kept = set(rows)
    return [word for row, word in enumerate(vectors.words) if row not in kept]
