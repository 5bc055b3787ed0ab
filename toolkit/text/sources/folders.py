"""Texts that are a file each: a folder a class, and the Large Movie Review Dataset; comes in as a path, goes out as a Manifest."""

from __future__ import annotations

from pathlib import Path

from toolkit.contents import read_file
from toolkit.errors import DataError, printable
from toolkit.sources import EMPTY_CLASS, UNLISTED, is_file, is_folder, leads_back, scan_folder, split_folders, subfolders, try_folder
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.rows import TextRows
from toolkit.wing import Manifest

__all__ = ["find_imdb", "read_folder", "read_imdb"]

_PARTS = {"train": 0, "test": 2}
_UNLABELLED = "unsup"


def find_imdb(root: Path) -> Path | None:
    """Find the Large Movie Review Dataset: in a folder, or in its aclImdb; None if it is not there."""
    for base in (root, root / "aclImdb"):
        if any(is_file(base / part / "urls_pos.txt") and (base / part / "pos").is_dir() for part in _PARTS):
            return base
    return None


def read_imdb(root: Path, options: TextReadOptions) -> Manifest:
    """List the Large Movie Review Dataset as it is distributed; its test part stays the test split.

    Args:
        root: The folder that holds train/ and test/, absolute.
        options: ``group="film"`` groups the reviews of a film, which the lists of addresses name; ``label="none"`` reads the reviews
            without labels, too.

    Returns:
        A manifest. Files that are not named as reviews are, and reviews whose address is missing, are among the skipped.

    Raises:
        DataError: If a list of addresses cannot be read, or there is no review.
    """
    rows, left_out = TextRows(), 0
    for part, split in _PARTS.items():
        for folder in subfolders(root / part) if (root / part).is_dir() else ():
            names = _texts(root, f"{part}/{folder}/", rows)
            if folder == _UNLABELLED and options.label != "none":
                left_out += len(names)
                continue
            films = _films(root / part / f"urls_{folder}.txt") if options.group == "film" else []
            for name in names:
                label = None if options.label == "none" else folder
                number = name.partition("_")[0]
                if options.group != "film":
                    rows.add(f"{part}/{folder}/{name}", label=label, split=split)
                elif number.isdecimal() and int(number) < len(films):
                    rows.add(f"{part}/{folder}/{name}", label=label, split=split, group=films[int(number)])
                else:
                    rows.skip(f"{part}/{folder}/{name}", f"its number must be one of the {len(films)} lines of urls_{folder}.txt")
    rows.check_any(root)
    if left_out:
        rows.note = f"{left_out} reviews in {_UNLABELLED} have no label and are left out; --label none reads them, and no label."
    return rows.to_manifest(root, {"format": "files", "encoding": options.encoding})


def read_folder(root: Path, options: TextReadOptions) -> Manifest:
    """List .txt files: a folder a class, also inside train/, val/, test/; or a folder of texts without labels.

    Args:
        root: The folder, absolute.
        options: ``label="none"`` gives no labels.

    Returns:
        A manifest without groups. Class folders without a text, and texts outside class folders, are among the skipped.

    Raises:
        DataError: If there is no text.
    """
    rows, names = TextRows(), subfolders(root)
    parts = split_folders(root, names)
    for prefix in {"": -1, **parts}:
        stray = _texts(root, prefix, rows)
        for name in stray:
            if names:
                rows.skip(f"{prefix}{name}", "not in a class folder")
            else:
                rows.add(name)
    for prefix, split in parts.items():
        for name in sorted(entry.name for entry in scan_folder(root / prefix) if leads_back(entry) and not _is_text(entry.name)):
            rows.skip(f"{prefix}{name}", "a link to a folder around it, not followed")
        for folder in subfolders(root / prefix):
            found = _texts(root, f"{prefix}{folder}/", rows)
            for name in found:
                rows.add(f"{prefix}{folder}/{name}", label=None if options.label == "none" else folder, split=split)
            if not found:
                rows.skip(f"{prefix}{folder}", EMPTY_CLASS)
    rows.check_any(root)
    return rows.to_manifest(root, {"format": "files", "encoding": options.encoding})


def _texts(root: Path, prefix: str, rows: TextRows) -> list[str]:
    """Return the names of the .txt files in a folder, in order, hidden ones left out; a folder that cannot be listed is skipped."""
    entries, reason = try_folder(root / prefix)
    if reason:
        rows.skip(prefix.removesuffix("/") or str(root), f"{UNLISTED}: {reason}")
    return sorted(entry.name for entry in entries if not is_folder(entry) and _is_text(entry.name))


def _is_text(name: str) -> bool:
    return name.lower().endswith(".txt") and not name.startswith(".")


def _films(path: Path) -> list[str]:
    """Return the film that each line of a list of addresses names: what comes behind /title/."""
    try:
        lines = read_file(str(path)).decode("utf-8", "surrogateescape").splitlines()
    except OSError as error:
        fix = "Give the folder as it is distributed, or pass --group none."
        raise DataError(f"read: {printable(str(path))} must name the reviews' films, got: {error.strerror}. {fix}") from error
    return [line.partition("/title/")[2].partition("/")[0] or line for line in lines]
