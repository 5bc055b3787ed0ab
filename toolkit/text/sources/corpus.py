"""One text file as a corpus: comes in as a path, goes out as a Manifest without labels, a line or a paragraph a text."""

from __future__ import annotations

from pathlib import Path

from toolkit.sources.slices import MAX_TEXT_BYTES, cut_lines, find_encoding
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.rows import TextRows
from toolkit.wing import Manifest

__all__ = ["read_corpus"]


def read_corpus(path: Path, options: TextReadOptions, layout: str) -> Manifest:
    """List the texts of a file.

    Args:
        path: The file, absolute.
        options: Its encoding.
        layout: ``"lines"``: a text a line. ``"paragraphs"``: a text is what stands between blank lines.

    Returns:
        A manifest without labels or groups. Blank lines are no texts.

    Raises:
        DataError: If the file cannot be read or holds no text.
    """
    encoding = find_encoding(path, options.encoding)
    blank = {character.encode(encoding) for character in " \t\r\n\f\v"}
    width = len("\n".encode(encoding))
    rows, begun = TextRows(), (0, 0, 0)  # the first byte of the paragraph, the byte behind it, the number of its first line

    def close() -> None:
        start, stop, line = begun
        if stop - start > MAX_TEXT_BYTES:
            rows.skip(f"{path.name} line {line}", f"must have at most {MAX_TEXT_BYTES} bytes, got {stop - start}")
        elif stop > start:
            rows.add(f"{path.name} line {line}", place=(start, stop))

    for number, (start, stop, data) in enumerate(cut_lines(path, encoding), 1):
        empty = data is not None and {data[i : i + width] for i in range(0, len(data), width)} <= blank
        if empty or layout == "lines":
            close()
            begun = (start, stop, number) if not empty else (stop, stop, number)
        else:
            begun = (begun[0], stop, begun[2]) if begun[1] > begun[0] else (start, stop, number)
    close()
    rows.check_any(path)
    return rows.finish(path.parent, options, {"format": "slices", "encoding": encoding}, file=path.name)
