"""Texts that are a file each: a folder a class, and the Large Movie Review Dataset; comes in as a tree, goes out as a Manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from toolkit.errors import DataError, printable
from toolkit.sources import EMPTY_CLASS, ClassFolder, FolderQuestion, Tree, find_layout, holds_samples
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.part_files import find_base
from toolkit.text.sources.rows import TextRows
from toolkit.text.sources.strays import is_stray
from toolkit.text.sources.unpack import split_name
from toolkit.wing import Manifest, Skipped, Understood

__all__ = ["find_imdb", "folders_hold_texts", "is_text", "read_folder", "read_imdb"]

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
    listing = _Listing(tree, rows, is_text)
    by_film, passed_over = options.group in ("auto", "film"), []
    for part, split in _PARTS.items():
        for folder in tree.entries(f"{base}{part}/").folders:
            place = f"{base}{part}/{folder}/"
            names = listing.texts(place)
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
    listing.check()
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

    Where no folder holds a .txt file, those whose names have no ending are the texts, as in 20 Newsgroups.

    Args:
        tree: The source.
        options: Which folders are parts and classes; ``label="none"`` gives no labels.

    Returns:
        A manifest without groups, unless `options` finds some. Class folders without a text, and texts outside class folders, are among
        the skipped.

    Raises:
        DataError: If there is no text, or the folders can be read in two ways.
    """
    base = find_base(tree)
    bare = not folders_hold_texts(tree, base=base) and folders_hold_texts(tree, _is_bare, base=base)
    is_sample = _is_bare if bare else is_text
    labelled = options.label != "none" and not options.class_pattern
    classes, parts = options.classes if labelled else "auto", options.part_folders()
    ask = FolderQuestion(is_sample, "texts", classes=classes, parts=parts, labelled=labelled, flat=True, more=_READ_UNLABELLED)
    layout = find_layout(tree, ask)
    rows = TextRows(skipped=list(layout.skipped), note=" ".join(layout.notes), understood=layout.understood)
    listing = _Listing(tree, rows, is_sample)
    for folder in layout.around:
        for name in listing.texts(folder):
            rows.skip(f"{folder}{name}", "not in a class folder")
    for found in layout.classes:
        listing.add(found)
    if bare:
        rows.tell("No folder holds a .txt file: files whose names have no ending are read as texts.")
    listing.check()
    if len(rows.origin) == 1:
        place = f"{tree.root}/{rows.origin[0]}"
        suggestion = f"All is one text, which no split can cut: give {printable(place)} itself, with --layout lines or pieces."
        rows.understood = replace(rows.understood, suggestion=suggestion)
    if options.class_pattern:
        rows.label_by(options.class_pattern)
    return rows.finish(tree, options)


@dataclass
class _Listing:
    """Takes the texts of folders, and counts the other files.

    Args:
        tree: The source.
        rows: The texts, and the folders that cannot be listed, are added here.
        is_sample: Tells by a file's name whether it is a text.
        others: Ending → how many files have it that are no texts.
    """

    tree: Tree
    rows: TextRows
    is_sample: Callable[[str], bool]
    others: Counter[str] = field(default_factory=Counter)

    def texts(self, folder: str) -> list[str]:
        """Return the names of the texts in a folder, in order; a folder that cannot be listed is skipped."""
        entries = self.tree.entries(folder)
        self.rows.skip_unlisted(folder or str(self.tree.root), entries)
        for name in entries.circles:
            self.rows.skip(f"{folder}{name}", "a link to a folder around it, not followed")
        found = list(filter(self.is_sample, entries.files))
        self.others.update(_show_ending(name) for name in entries.files if not self.is_sample(name))
        return found

    def add(self, found: ClassFolder, *, outer: bool = True) -> None:
        """Add the texts of a class folder, or of one without a class, to the rows."""
        rows, before = self.rows, len(self.rows.origin)
        for name in self.texts(found.folder):
            if found.name is None and is_stray(name):
                told = rows.understood
                beside = Skipped(f"{found.folder}{name}", "explains or lists, by its name")
                rows.understood = replace(told, passed_over=(*told.passed_over, beside))
            else:
                rows.add(f"{found.folder}{name}", label=found.name, split=found.split)
        if found.deep:
            for name in self.tree.entries(found.folder).folders:
                self.add(ClassFolder(found.name, f"{found.folder}{name}/", found.split), outer=False)
        if outer and len(rows.origin) == before and found.name is not None:
            rows.skip(found.folder.removesuffix("/"), EMPTY_CLASS)

    def check(self) -> None:
        """Tell how many files are no texts, and refuse a source without a text."""
        if self.others and not self.rows.origin:
            got = ", ".join(f"{count:,} with {printable(ending)}" for ending, count in self.others.most_common(3))
            fix = "Unpack them, or rename them so that each ends in .txt."
            raise DataError(f"read: {printable(str(self.tree.root))} must hold texts, files whose names end in .txt, got {got}. {fix}")
        self.rows.check_any(self.tree.root)
        if self.others:
            self.rows.tell(f"Files that are no texts, left out: {self.others.total():,}.")


def is_text(name: str) -> bool:
    """Tell by its ending whether a file is a text."""
    return name.lower().endswith(".txt") and not name.startswith(".")


def folders_hold_texts(tree: Tree, is_sample: Callable[[str], bool] = is_text, *, base: str = "") -> bool:
    """Tell whether a folder inside a tree, or inside one of its folders, holds a text."""
    entries = tree.entries(base)
    return any(holds_samples(tree, f"{base}{name}/", is_sample) for name in (*entries.folders, *entries.links))


def _is_bare(name: str) -> bool:
    """Tell whether a file's name has no ending and does not say that it explains or lists something."""
    return "." not in name and not is_stray(name)


def _show_ending(name: str) -> str:
    _, ending, packed = split_name(name)
    return f"{ending}{packed}" or "no ending"


def _films(tree: Tree, name: str) -> list[str]:
    """Return the film that each line of a list of addresses names: what comes behind /title/."""
    try:
        lines = tree.read(name).decode("utf-8", "surrogateescape").splitlines()
    except DataError as error:
        reason = str(error).rpartition("got: ")[2].removesuffix(".")
        fix = "Give the folder as it is distributed, or pass --group none."
        raise DataError(f"read: {printable(f'{tree.root}/{name}')} must name the reviews' films, got: {reason}. {fix}") from error
    return [line.partition("/title/")[2].partition("/")[0] or line for line in lines]
