"""The verb `preprocess`: raw files in, one dataset file out, by way of read, split, plan and export.

`preprocess` takes any wing. Each kind that is listed has a function of its own name on top, `preprocess_images` and the like, made of what
the kind declares; notebooks call it, and the command does by `preprocess_kind`.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.balance import BalanceOptions, balance_manifest
from toolkit.dataset_file import require_dataset_path
from toolkit.dataset_file.layout import escape_name
from toolkit.errors import ExportError, SplitError, check
from toolkit.export import ExportOptions, FailedInputsError, Summary, export, find_standing
from toolkit.options import part_types, type_options
from toolkit.sources import Tell, describe_source, keep_quiet, source_path
from toolkit.splits import SplitOptions, split_manifest
from toolkit.wing import SPLITS, Manifest, Progress, Run, Wing, silent
from toolkit.wings import WINGS
from toolkit.workers import Crash, WorkerPool

__all__ = ["preprocess", "preprocess_kind"]


def preprocess_kind(
    kind: str, source: str | Path, path: str | Path, *, tell: Tell = keep_quiet, progress: Progress = silent, **objects: Any
) -> Summary:
    """Turn raw data of a listed kind into one dataset file: what `preprocess_images` and the like do.

    Args:
        kind: A name in `toolkit.wings.WINGS`.
        source: What the kind's wing reads.
        path: The dataset file to write.
        tell: Told what the source was understood as, before anything is decoded.
        progress: Told how far the work is.
        **objects: The options that the kind declares, each by its name; None, or none, takes the defaults, and balances nothing.

    Returns:
        What was written and what was skipped. The same call on unchanged input does nothing and says so.

    Raises:
        TypeError: If the kind has no options of such a name.
        ArgumentError: If there is no such kind, or an option breaks its rule.
        DataError: If the source cannot be understood, or no split keeps its promises.
        ExportError: If the file cannot be written.
    """
    check(kind in WINGS, "preprocess", "kind", f"one of {', '.join(WINGS)}", kind)
    types = part_types(kind)
    if unknown := ", ".join(name for name in objects if name not in types):
        raise TypeError(f"preprocess_{kind}: options must be among {', '.join(types)}, got {unknown}.")
    options = (objects.pop("read", None) or types["read"](), objects.pop(kind, None) or types[kind]())
    return preprocess(WINGS[kind], source, path, options=options, tell=tell, progress=progress, **objects)


def __getattr__(name: str) -> Callable[..., Summary]:
    kind = name.removeprefix("preprocess_")
    if kind == name or kind not in WINGS:
        raise AttributeError(f"module 'toolkit.preprocess' has no attribute {name!r}")
    return _function_of(kind)


@cache
def _function_of(kind: str) -> Callable[..., Summary]:
    """Make `preprocess_KIND`: `preprocess_kind` of one kind, with the signature and the docstring that the kind declares."""

    def preprocess_this(source: str | Path, path: str | Path, **objects: Any) -> Summary:
        return preprocess_kind(kind, source, path, **objects)

    types, given = part_types(kind), inspect.signature(preprocess_kind).parameters
    named = [inspect.Parameter(part, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=types[part] | None) for part in types]
    arguments = [given["source"], given["path"], *named, given["tell"], given["progress"]]
    preprocess_this.__name__ = preprocess_this.__qualname__ = f"preprocess_{kind}"
    preprocess_this.__doc__ = _describe(kind)
    preprocess_this.__signature__ = inspect.Signature(arguments, return_annotation=Summary)  # type: ignore[attr-defined]  # inspect reads it
    return preprocess_this


def _describe(kind: str) -> str:
    """The docstring of `preprocess_KIND`: what the kind declares, in that of `preprocess_kind`."""
    declared, shared = WINGS.declaration(kind), inspect.getdoc(preprocess_kind) or ""
    source = textwrap.fill(declared.source, 120, initial_indent="    source: ", subsequent_indent=8 * " ")
    objects = [f"    {part}: {(inspect.getdoc(each) or '').splitlines()[0]}" for part, each in part_types(kind).items()]
    lines = [line for line in shared.splitlines()[1:] if not line.startswith(("    kind:", "    **objects:", "    TypeError:"))]
    at = next(i for i, line in enumerate(lines) if line.startswith("    source:"))
    return "\n".join([declared.title, *lines[:at], source, lines[at + 1], *objects, *lines[at + 2 :]])


def preprocess(  # noqa: PLR0913  # each keyword is an object of its own
    wing: Wing,
    source: Any,
    path: str | Path,
    *,
    options: tuple[Any, Any],
    split: Any = None,
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
        split: Which samples train, select and test: a `SplitOptions`, or the wing's own where it has a function `split`.
        balance: How training classes of different sizes are brought together, by copies as the wing's `with_copies` has them if it has one.
        write: Workers, bad inputs, overwriting.
        tell: Told what the source was understood as, before anything is decoded.
        progress: Told how far the work is.

    Returns:
        What was written and what was skipped.
    """
    require_dataset_path(path, where="preprocess")
    (read, store), write = options, write or ExportOptions()
    if balance and balance.by in ("copies", "both") and hasattr(wing, "with_copies"):
        store = wing.with_copies(store)
    with WorkerPool(write.num_workers(), getattr(wing, "__name__", "")) as pool:  # they get ready while the source is read
        manifest = wing.read(source, read)
        description = describe_source(manifest)
        tell(description)
        split = split or part_types(manifest.kind)["split"]()
        typed = type_options(manifest.kind, read=read, **{manifest.kind: store}, split=split, balance=balance)
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
            return replace(_summarise_split(wing, manifest, path), understood=description)
        common: dict[str, Any] = {"balance": balanced, "seed": split.seed, "options": write, "progress": progress, "pool": pool}
        known_before = getattr(wing, "pipeline_of", None)
        if known_before and (standing := find_standing(manifest, known_before(store), path, **common)):
            return replace(standing, understood=description)  # without reading the whole source for a plan
        plan = wing.plan(manifest, store, seed=split.seed, run=_through(pool, progress))
        return replace(export(manifest, plan, path, **common), understood=description)


def _split(wing: Wing, manifest: Manifest, options: Any) -> Manifest:
    """Have samples cut by their wing, if it cuts any, and deal out those that have no split then."""
    cut = getattr(wing, "split", None)
    if cut is None:
        return split_manifest(manifest, options)
    manifest = cut(manifest, options)
    if manifest.split is not None and (manifest.split >= 0).all():
        return manifest
    return split_manifest(manifest, SplitOptions(options.fractions, seed=options.seed))


def _summarise_split(wing: Wing, manifest: Manifest, path: str | Path) -> Summary:
    """What is known of a file before anything is decoded."""
    counts: dict[str, dict[str, int | str]] = {}
    outline: Callable[[Manifest], Mapping[str, int | str]] = getattr(wing, "outline", lambda _: {})
    for name in manifest.brought:
        rows = manifest.take(np.flatnonzero(manifest.split == SPLITS.index(name)))
        counts[name] = {"samples": len(rows)}
        counts[name] |= {} if rows.group is None else {"groups": len(np.unique(rows.group))}
        counts[name] |= {} if rows.label is None or rows.label.ndim > 1 or not rows.classes else {"classes": len(np.unique(rows.label))}
        counts[name] |= outline(rows)
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
