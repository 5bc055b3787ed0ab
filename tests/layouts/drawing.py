"""What the builders of layouts draw with: names of files come in, files of a few bytes with contents of their own go out."""

import csv
import io
import itertools
import re
import zlib

import numpy as np

RANGE = re.compile(r"\{(\w[^{}]*)\}")
SIGN = "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path"


def expand(pattern):
    """Names of a pattern: ``{0..3}`` counts, ``{a,b}`` lists, several are combined; leading zeros stay."""
    found = RANGE.search(pattern)
    if not found:
        return [pattern]
    first, dots, last = found[1].partition("..")
    parts = [str(i).zfill(len(first)) for i in range(int(first), int(last) + 1)] if dots else found[1].split(",")
    return list(itertools.chain.from_iterable(expand(pattern[: found.start()] + part + pattern[found.end() :]) for part in parts))


def pixels(name, side=8):
    """A picture of noise that its name decides."""
    return np.random.default_rng(zlib.crc32(str(name).encode())).integers(0, 256, (side, side, 3), dtype=np.uint8)


def picture(name, side=8):
    """The same as a binary PPM, whatever ending its name has: formats are told by their first bytes."""
    return b"P6\n%d %d\n255\n" % (side, side) + pixels(name, side).tobytes()


def put(folder, *patterns, side=8):
    """Draw a picture for each name."""
    for name in itertools.chain.from_iterable(map(expand, patterns)):
        write(folder, name, picture(name, side))
    return folder


def write(folder, name, content):
    """Write a file, bytes or text."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sentence(number):
    """Eight words that a number decides."""
    words = "film plot actor good bad slow bright story music scene end cut".split()  # noqa: SIM905
    return " ".join(np.random.default_rng(number).choice(words, 8))


def say(folder, *patterns):
    """Write a text of its own for each name."""
    for name in itertools.chain.from_iterable(map(expand, patterns)):
        write(folder, name, sentence(zlib.crc32(name.encode())) + "\n")
    return folder


def table(rows, delimiter=","):
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()
