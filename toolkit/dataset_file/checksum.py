"""CRC-32 of a file, computed in pieces that threads share, and combined into that of the whole.

Export seals a finished file with it; `verify` reads it again piece by piece, so that the pieces that changed can be named.
"""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, reduce
from itertools import pairwise
from pathlib import Path

from toolkit.errors import DatasetFileError
from toolkit.wing import Progress, silent

__all__ = ["combine", "piece_crcs", "whole_crc"]

_POLYNOMIAL = 0xEDB88320  # CRC-32 of zlib and PNG, bits reflected: the highest bit stands for x^0
_READ_BYTES = 1 << 20


def piece_crcs(path: str | Path, cuts: Sequence[int], *, workers: int = 1, progress: Progress = silent) -> list[int]:
    """Read a file once and return the CRC-32 of each piece between consecutive cuts.

    Args:
        path: The file.
        cuts: Ascending byte positions, the first and the last included.
        workers: Threads; zlib lets go of the interpreter lock, so they run side by side. Each holds 1 MiB.
        progress: Told the bytes done.
    """
    done, lock, local = [0], threading.Lock(), threading.local()
    with open(path, "rb") as file:

        def piece(bounds: tuple[int, int]) -> int:
            local.buffer = getattr(local, "buffer", None) or memoryview(bytearray(_READ_BYTES))
            start, stop = bounds
            crc = 0
            while start < stop:
                got = os.preadv(file.fileno(), [local.buffer[: min(_READ_BYTES, stop - start)]], start)
                if got == 0:
                    raise DatasetFileError(f"verify: {path} ends at byte {start}, before its stated end at {stop}.")
                crc = zlib.crc32(local.buffer[:got], crc)
                start += got
            with lock:
                done[0] += bounds[1] - bounds[0]
                progress("verifying", done[0], cuts[-1] - cuts[0])
            return crc

        with ThreadPoolExecutor(max(1, workers)) as pool:
            return list(pool.map(piece, pairwise(cuts)))


def whole_crc(crcs: Sequence[int], cuts: Sequence[int]) -> int:
    """Return the CRC-32 of all pieces together; arguments as `piece_crcs` takes and returns them."""
    lengths = [stop - start for start, stop in pairwise(cuts)]
    return reduce(lambda whole, part: combine(whole, *part), zip(crcs, lengths, strict=True), 0)


def combine(first: int, second: int, second_bytes: int) -> int:
    """Return the CRC-32 of two byte strings laid end to end, from their CRCs and the second's length.

    Source:
        Mark Adler's crc32_combine in zlib: appending n bytes multiplies the first CRC by x^(8n) modulo the polynomial.
    """
    return _multiply(_power_of_x(8 * second_bytes), first) ^ second


def _multiply(a: int, b: int) -> int:
    """Multiply two polynomials over GF(2) modulo the CRC's, bits reflected."""
    product = 0
    while a:
        if a & 0x80000000:
            product ^= b
        a = a << 1 & 0xFFFFFFFF
        b = b >> 1 ^ (_POLYNOMIAL if b & 1 else 0)
    return product


@lru_cache(maxsize=1024)
def _power_of_x(exponent: int) -> int:
    """Return x^exponent modulo the polynomial, by repeated squaring."""
    result, square = 0x80000000, 0x40000000
    while exponent:
        if exponent & 1:
            result = _multiply(result, square)
        square = _multiply(square, square)
        exponent >>= 1
    return result
