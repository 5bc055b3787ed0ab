"""TIFF files written by hand, of layouts that no library writes, for the tests of decoding."""

import itertools
import struct
import zlib

import numpy as np

NONE, LZW, DEFLATE, PACKBITS = 1, 5, 8, 32773


def tiff(
    samples,
    bits=None,
    photometric=1,
    *,
    planar=1,
    extra=(),
    compression=NONE,
    order="<",
    tile=None,
    rows=None,
    predictor=1,
    big=False,
    fields=None,
    page=None,
):
    """Write a TIFF.

    Args:
        samples: Shape (H, W, bands): unsigned, signed or float; the field SampleFormat tells which.
        bits: Of each sample; as many as the dtype has unless given.
        tile: (height, width) of tiles, or strips of `rows` rows, all of them unless given.
        fields: More fields, tag → numbers, or what is to stand in place of one; None leaves one out.
        page: Samples of a second page.
    """
    bits = bits or 8 * samples.dtype.itemsize
    body, places = b"", []
    for picture in [samples] if page is None else [samples, page]:
        segments = [pack(part, bits, order, predictor) for part in cut(picture, planar, tile, rows)]
        segments = [compress(lines, compression) for lines in segments]
        if (fields or {}).get(266) == [2]:
            segments = [bytes(int(f"{byte:08b}"[::-1], 2) for byte in segment) for segment in segments]
        head = 16 if big else 8
        starts = [head + len(body) + sum(map(len, segments[:i])) for i in range(len(segments))]
        body += b"".join(segments)
        kind = {"u": 1, "i": 2, "f": 3}[picture.dtype.kind]
        height, width, bands = picture.shape
        told = {256: [width], 257: [height], 258: [bits] * bands, 259: [compression], 262: [photometric], 277: [bands], 284: [planar]}
        told |= {339: [kind] * bands, 317: [predictor]} | ({338: list(extra)} if extra else {})
        sizes = [len(segment) for segment in segments]
        told |= {322: [tile[1]], 323: [tile[0]], 324: starts, 325: sizes} if tile else {273: starts, 278: [rows or height], 279: sizes}
        told = {tag: numbers for tag, numbers in sorted((told | (fields or {})).items()) if numbers is not None}
        body += b"\0" * (len(body) % 2)
        table, entries, place = directory(told, order, head + len(body), big)
        places.append((place, place + len(entries)))
        body += table + entries + bytes(8 if big else 4)
    body = bytearray(body)
    for (_, end), (start, _) in itertools.pairwise(places):
        struct.pack_into(order + ("Q" if big else "I"), body, end - head, start)
    mark = b"II" if order == "<" else b"MM"
    first = struct.pack(order + "HHHQ", 43, 8, 0, places[0][0]) if big else struct.pack(order + "HI", 42, places[0][0])
    return mark + first + bytes(body)


def cut(samples, planar, tile, rows):
    """Yield the parts that are compressed one by one, shape (rows, W, bands)."""
    planes = [samples[..., band : band + 1] for band in range(samples.shape[2])] if planar == 2 else [samples]
    height, width = tile or (rows or samples.shape[0], samples.shape[1])
    for plane in planes:
        for y in range(0, samples.shape[0], height):
            for x in range(0, samples.shape[1], width):
                part = plane[y : y + height, x : x + width]
                missing = (height - part.shape[0], width - part.shape[1]) if tile else (0, 0)
                yield np.pad(part, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")


def pack(part, bits, order, predictor):
    """Return each row's bytes."""
    if predictor == 2:
        whole = part.view(f"u{part.dtype.itemsize}")
        part = np.concatenate([whole[:, :1], np.diff(whole, axis=1)], axis=1)
    if predictor == 3:
        turned = [np.frombuffer(row.astype(row.dtype.newbyteorder(">")).tobytes(), np.uint8) for row in part]
        flat = [row.reshape(-1, part.dtype.itemsize).T.reshape(-1, part.shape[2]) for row in turned]
        return [np.concatenate([row[:1], np.diff(row, axis=0)]).tobytes() for row in flat]
    if bits % 8 == 0:
        return [row.astype(row.dtype.newbyteorder(order)).tobytes() for row in part]
    lines = ["".join(f"{value:0{bits}b}" for value in row.ravel()) for row in part]
    lines = [line + "0" * (-len(line) % 8) for line in lines]
    return [int(line, 2).to_bytes(len(line) // 8) for line in lines]


def compress(lines, compression):
    """Compress rows; LZW and PackBits are written in their simplest form, without any compression."""
    if compression == PACKBITS:
        return b"".join(bytes([len(line[i : i + 128]) - 1]) + line[i : i + 128] for line in lines for i in range(0, len(line), 128))
    data = b"".join(lines)
    if compression == DEFLATE:
        return zlib.compress(data)
    if compression == LZW:  # codes of 9 bits; the table is cleared before they would have to grow
        codes = [code for i in range(0, len(data), 200) for code in (256, *data[i : i + 200])] + [257]
        bits = "".join(f"{code:09b}" for code in codes)
        bits += "0" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8)
    return data


def directory(fields, order, at, big):
    """Return the tables that are too long for their fields, the directory, and where that lies."""
    tables, entries = b"", b""
    for tag, numbers in fields.items():
        kind, letter = (
            (16, "Q") if big and max(numbers, default=0) >= 1 << 32 else (4, "I") if max(numbers, default=0) >= 1 << 16 else (3, "H")
        )
        value = struct.pack(f"{order}{len(numbers)}{letter}", *numbers)
        if len(value) > (8 if big else 4):
            place, value = at + len(tables), value + b"\0" * (len(value) % 2)
            tables, value = tables + value, struct.pack(order + ("Q" if big else "I"), place)
        entries += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, len(numbers)) + value.ljust(8 if big else 4, b"\0")
    return tables, struct.pack(order + ("Q" if big else "H"), len(fields)) + entries, at + len(tables)
