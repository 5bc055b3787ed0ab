"""Texts that are a file each: a folder a class, and the Large Movie Review Dataset; comes in as a tree, goes out as a Manifest."""

from __future__ import annotations

from dataclasses import replace

from toolkit.errors import DataError, printable
from toolkit.sources import EMPTY_CLASS, ClassFolder, FolderLayout, FolderQuestion, Tree, find_layout
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.rows import TextRows
from toolkit.text.sources.strays import is_stray
from toolkit.wing import SPLITS, Manifest, Skipped, Understood

__all__ = ["find_imdb", "is_text", "read_folder", "read_imdb"]

_PARTS = {"train": 0, "test": 2}
_UNLABELLED = "unsup"
_READ_UNLABELLED = "--label none reads them without labels."


def find_imdb(tree: Tree) -> str | None:
    """Find the Large Movie Review Dataset: in a folder, or in its aclImdb; returns the folder that holds train/, None if there is none."""
    for base in ("", "aclImdb/"):
        parts = (f"{base}{part}/" for part in _PARTS)
        if any("urls_pos.txt" in tree.entries(part).files and "pos" in tree.entries(part).folders for part in parts):
            return base
    return None


def read_imdb(tree: Tree, options: TextReadOptions) -> Manifest:
    """List the Large Movie Review Dataset as it is distributed; its test part stays the test split.

    Args:
        tree: The folder that holds train/ and test/, or aclImdb/.
        options: ``group="auto"`` groups the reviews of a film, which the lists of addresses name; ``label="none"`` reads the reviews
            without labels, too.

    Returns:
        A manifest. Files that are not named as reviews are, and reviews whose address is missing, are among the skipped.

    Raises:
        DataError: If a list of addresses cannot be read, or there is no review.
    """
    rows, left_out, base = TextRows(), 0, find_imdb(tree) or ""
    by_film, passed_over = options.group in ("auto", "film"), []
    for part, split in _PARTS.items():
        for folder in tree.entries(f"{base}{part}/").folders:
            place = f"{base}{part}/{folder}/"
            names = _texts(tree, place, rows)
            if folder == _UNLABELLED and options.label != "none":
                left_out += len(names)
                passed_over.append(Skipped(place, f"{len(names):,} reviews without a label"))
                continue
            films = _films(tree, f"{base}{part}/urls_{folder}.txt") if by_film else []
            for name in names:
                label = None if options.label == "none" else folder
                number = name.partition("_")[0]
                if not by_film:
                    rows.add(f"{place}{name}", label=label, split=split)
                elif number.isdecimal() and int(number) < len(films):
                    rows.add(f"{place}{name}", label=label, split=split, group=films[int(number)])
                else:
                    rows.skip(f"{place}{name}", f"its number must be one of the {len(films)} lines of urls_{folder}.txt")
    rows.check_any(tree.root)
    if left_out:
        rows.tell(f"{left_out} reviews in {_UNLABELLED} have no label and are left out; --label none reads them, and no label.")
    films_told = "films, by the lists of addresses" if rows.group else ""
    parts = {"": f"{base}train/", "test": f"{base}test/"}
    rows.understood = Understood(
        "the Large Movie Review Dataset, as distributed", parts, "folders" if rows.label else "", films_told, passed_over=tuple(passed_over)
    )
    return rows.finish(tree, options)


def read_folder(tree: Tree, options: TextReadOptions) -> Manifest:
    """List .txt files: a folder a class, also inside train/, val/, test/; or a folder of texts without labels.

    Args:
        tree: The source.
        options: Which folders are parts and classes; ``label="none"`` gives no labels.

    Returns:
        A manifest without groups, unless `options` finds some. Class folders without a text, and texts outside class folders, are among
        the skipped.

    Raises:
        DataError: If there is no text, or the folders can be read in two ways.
    """
    labelled = options.label != "none" and not options.class_pattern
    parts = {f"{folder}/" if folder not in ("", ".") else "": split for folder, split in options.part_folders().items()}
    classes = options.classes if labelled else "auto"
    ask = FolderQuestion(is_text, "texts", classes=classes, parts=parts, labelled=labelled, flat=True, more=_READ_UNLABELLED)
    layout = find_layout(tree, ask)
    rows = TextRows(skipped=list(layout.skipped), note=" ".join(layout.notes))
    rows.understood = _describe(layout, options)
    listed = {found.folder for found in layout.classes}
    for folder in sorted({layout.base, *layout.parts} - listed):
        for name in _texts(tree, folder, rows):
            rows.skip(f"{folder}{name}", "not in a class folder")
    for found in layout.classes:
        _add_folder(tree, found, rows)
    rows.check_any(tree.root)
    if len(rows.origin) == 1:
        place = f"{tree.root}/{rows.origin[0]}"
        suggestion = f"All is one text, which no split can cut: give {printable(place)} itself, with --layout lines or pieces."
        rows.understood = replace(rows.understood, suggestion=suggestion)
    if options.class_pattern:
        rows.label_by(options.class_pattern)
    return rows.finish(tree, options)


def _add_folder(tree: Tree, found: ClassFolder, rows: TextRows, *, outer: bool = True) -> None:
    before = len(rows.origin)
    for name in _texts(tree, found.folder, rows):
        if found.name is None and is_stray(name):
            told = rows.understood
            beside = Skipped(f"{found.folder}{name}", "explains or lists, by its name")
            rows.understood = replace(told, passed_over=(*told.passed_over, beside))
        else:
            rows.add(f"{found.folder}{name}", label=found.name, split=found.split)
    if found.deep:
        for name in tree.entries(found.folder).folders:
            _add_folder(tree, ClassFolder(found.name, f"{found.folder}{name}/", found.split), rows, outer=False)
    if outer and len(rows.origin) == before and found.name is not None:
        rows.skip(found.folder.removesuffix("/"), EMPTY_CLASS)


def _describe(layout: FolderLayout, options: TextReadOptions) -> Understood:
    places: dict[str, list[str]] = {}
    for folder, split in layout.parts.items():
        places.setdefault(SPLITS[split] if split >= 0 else "", []).append(folder or ".")
    parts = {name: " + ".join(folders) for name, folders in places.items()}
    named = any(found.name is not None for found in layout.classes)
    labels = ("each folder that holds texts" if options.classes == "leaf" else "folders") if named else ""
    return Understood("a folder a class" if named else "folders of texts", parts, labels, passed_over=layout.skipped)


def _texts(tree: Tree, folder: str, rows: TextRows) -> list[str]:
    """Return the names of the .txt files in a folder, in order, hidden ones left out; a folder that cannot be listed is skipped."""
    entries = tree.entries(folder)
    rows.skip_unlisted(folder or str(tree.root), entries)
    for name in entries.circles:
        rows.skip(f"{folder}{name}", "a link to a folder around it, not followed")
    return list(filter(is_text, entries.files))


def is_text(name: str) -> bool:
    """Tell by its ending whether a file is a text."""
    return name.lower().endswith(".txt") and not name.startswith(".")


def _films(tree: Tree, name: str) -> list[str]:
    """Return the film that each line of a list of addresses names: what comes behind /title/."""
    try:
        lines = tree.read(name).decode("utf-8", "surrogateescape").splitlines()
    except DataError as error:
        reason = str(error).rpartition("got: ")[2].removesuffix(".")
        fix = "Give the folder as it is distributed, or pass --group none."
        raise DataError(f"read: {printable(f'{tree.root}/{name}')} must name the reviews' films, got: {reason}. {fix}") from error
    return [line.partition("/title/")[2].partition("/")[0] or line for line in lines]
