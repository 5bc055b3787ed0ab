"""The verb `preprocess`: raw files in, one dataset file out, by way of read, split, plan and export.

`preprocess` takes any wing; each kind of data has a function of its own name on top, which the command and notebooks call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from toolkit import images as images_wing
from toolkit import text as text_wing
from toolkit.balance import BalanceOptions, balance_manifest
from toolkit.dataset_file import require_dataset_path
from toolkit.dataset_file.layout import escape_name
from toolkit.errors import ExportError, SplitError
from toolkit.export import ExportOptions, FailedInputsError, Summary, export, find_standing
from toolkit.images import AugmentCopies, ImageOptions, ReadOptions
from toolkit.options import type_options
from toolkit.sources import Tell, describe_source, keep_quiet, source_path
from toolkit.splits import SplitOptions, split_manifest
from toolkit.text import TextOptions, TextReadOptions
from toolkit.wing import SPLITS, Manifest, Progress, Run, Wing, silent
from toolkit.workers import Crash, WorkerPool

__all__ = ["preprocess", "preprocess_images", "preprocess_text"]


def preprocess_images(  # noqa: PLR0913  # each keyword is an object of its own
    source: str | Path,
    path: str | Path,
    *,
    read: ReadOptions | None = None,
    images: ImageOptions | None = None,
    split: SplitOptions | None = None,
    balance: BalanceOptions | None = None,
    write: ExportOptions | None = None,
    tell: Tell = keep_quiet,
    progress: Progress = silent,
) -> Summary:
    """Turn raw images into one dataset file.

    Args:
        source: A folder a class, also inside train/, val/, test/; a table of paths and labels; a data set as distributed, such as
            GTSRB, COCO, MNIST or Parquet files; or an archive of one: `toolkit.images.read` tells which it is.
        path: The dataset file to write.
        read: How the source is understood.
        images: Size, steps and dtype of the stored images.
        split: Which samples train, select and test.
        balance: How training classes of different sizes are brought together, by copies that `images.augment` changes, or else
            `AugmentCopies()`; by weights, the file says so and training follows it. None leaves them as they are.
        write: Workers, bad inputs, overwriting.
        tell: Told what the source was understood as, before anything is decoded.
        progress: Told how far the work is.

    Returns:
        What was written and what was skipped. The same call on unchanged input does nothing and says so.

    Raises:
        DataError: If the source cannot be understood, or no split keeps its promises.
        ExportError: If the file cannot be written.

    Example:
        >>> preprocess_images("GTSRB", "signs.h5", images=ImageOptions(size=(48, 48)))  # doctest: +SKIP
    """
    wing: Wing = images_wing
    images = images or ImageOptions()
    if balance and balance.by in ("copies", "both") and not images.augment:
        images = replace(images, augment=AugmentCopies())
    options = read or ReadOptions(), images
    return preprocess(wing, source, path, options=options, split=split, balance=balance, write=write, tell=tell, progress=progress)


def preprocess_text(  # noqa: PLR0913  # each keyword is an object of its own
    source: str | Path,
    path: str | Path,
    *,
    read: TextReadOptions | None = None,
    text: TextOptions | None = None,
    split: SplitOptions | None = None,
    balance: BalanceOptions | None = None,
    write: ExportOptions | None = None,
    tell: Tell = keep_quiet,
    progress: Progress = silent,
) -> Summary:
    """Turn raw texts into one dataset file.

    Args:
        source: A folder of .txt files, a folder a class; the Large Movie Review Dataset; files that are parts or classes; a table, .csv,
            .jsonl or .parquet; a .txt file, a text a line; or an archive of these: `toolkit.text.read` tells which it is.
        path: The dataset file to write.
        read: How the source is understood.
        text: How texts are cut into words, and which words get a number.
        split: Which texts train, select and test.
        balance: How training classes of different sizes are brought together; copies are repetitions.
        write: Workers, bad inputs, overwriting.
        tell: Told what the source was understood as, before anything is decoded.
        progress: Told how far the work is.

    Returns:
        What was written and what was skipped. The same call on unchanged input does nothing and says so.

    Raises:
        DataError: If the source cannot be understood, or no split keeps its promises.
        ExportError: If the file cannot be written.

    Example:
        >>> preprocess_text("aclImdb", "imdb.h5", text=TextOptions(lower=True))  # doctest: +SKIP
    """
    options = read or TextReadOptions(), text or TextOptions()
    return preprocess(text_wing, source, path, options=options, split=split, balance=balance, write=write, tell=tell, progress=progress)


def preprocess(  # noqa: PLR0913  # each keyword is an object of its own
    wing: Wing,
    source: Any,
    path: str | Path,
    *,
    options: tuple[Any, Any],
    split: SplitOptions | None = None,
    balance: BalanceOptions | None = None,
    write: ExportOptions | None = None,
    tell: Tell = keep_quiet,
    progress: Progress = silent,
) -> Summary:
    """Turn raw data of any kind into one dataset file.

    Args:
        wing: The kind of data: a module with `read` and `plan`.
        source: What the wing reads.
        path: The dataset file to write.
        options: The wing's options for `read` and for `plan`.
        split: Which samples train, select and test.
        balance: How training classes of different sizes are brought together.
        write: Workers, bad inputs, overwriting.
        tell: Told what the source was understood as, before anything is decoded.
        progress: Told how far the work is.

    Returns:
        What was written and what was skipped.
    """
    require_dataset_path(path, where="preprocess")
    split = split or getattr(wing, "SplitOptions", SplitOptions)()
    write = write or ExportOptions()
    with WorkerPool(write.num_workers(), getattr(wing, "__name__", "")) as pool:  # they get ready while the source is read
        manifest = wing.read(source, options[0])
        description = describe_source(manifest)
        tell(description)
        typed = type_options(manifest.kind, read=options[0], **{manifest.kind: options[1]}, split=split, balance=balance)
        made_by = {"source": escape_name(str(source_path(source))), "options": typed, "brought": " ".join(manifest.brought)}
        try:
            manifest = replace(_split(wing, manifest, split), made_by=made_by)
        except SplitError:
            if write.on_error == "fail" and manifest.skipped:  # perhaps they are why
                raise FailedInputsError(manifest.skipped, path) from None
            raise
        balanced = balance_manifest(manifest, balance, seed=split.seed) if balance else None
        manifest = replace(manifest, note=" ".join(filter(None, (manifest.note, str(balanced or "")))))
        if write.dry_run:
            return replace(_summarise_split(manifest, path), understood=description)
        common: dict[str, Any] = {"balance": balanced, "seed": split.seed, "options": write, "progress": progress, "pool": pool}
        known_before = getattr(wing, "pipeline_of", None)
        if known_before and (standing := find_standing(manifest, known_before(options[1]), path, **common)):
            return replace(standing, understood=description)  # without reading the whole source for a plan
        plan = wing.plan(manifest, options[1], seed=split.seed, run=_through(pool, progress))
        return replace(export(manifest, plan, path, **common), understood=description)


def _split(wing: Wing, manifest: Manifest, options: Any) -> Manifest:
    """Cut samples as their wing does, if it does, and deal out those that have no split then."""
    cut = getattr(wing, "split", None)
    if cut is None:
        return split_manifest(manifest, options)
    manifest = cut(manifest, options)
    dealt = manifest.split is None or (manifest.split < 0).any()
    return split_manifest(manifest, SplitOptions(options.fractions, seed=options.seed)) if dealt else manifest


def _summarise_split(manifest: Manifest, path: str | Path) -> Summary:
    """What is known of a file before anything is decoded."""
    counts: dict[str, dict[str, int]] = {}
    for name in manifest.brought:
        rows = manifest.take(np.flatnonzero(manifest.split == SPLITS.index(name)))
        counts[name] = {"samples": len(rows)}
        counts[name] |= {} if rows.group is None else {"groups": len(np.unique(rows.group))}
        counts[name] |= {} if rows.label is None or rows.label.ndim > 1 or not rows.classes else {"classes": len(np.unique(rows.label))}
    return Summary(str(Path(path).absolute()), manifest.kind, counts, manifest.skipped, 0, 0.0, False, manifest.note, dry_run=True)


def _through(pool: WorkerPool, progress: Progress) -> Run:
    """Let a wing's plan use the workers, without knowing of them."""

    def run(function: Callable[[Any, Any], Any], shared: Any, tasks: Iterable[Any], total: int) -> Iterator[Any]:
        for done, answer in enumerate(pool.map(function, shared, tasks), 1):
            if isinstance(answer, Crash):
                raise ExportError(f"plan: workers must stay alive, got status {answer.status} from one. Look for an input that is huge.")
            progress("fitting", done, total)
            yield answer

    return run
