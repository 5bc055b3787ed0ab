"""The verbs that read data and change nothing: `inspect`, `check`, `report`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from verbs.answer import DONE, REFUSED, WRONG_USE, Json, explain, progress_bars, say, tell

__all__ = ["check", "inspect", "report"]

OneByOne = Annotated[list[Path] | None, Parameter(metavar="PATH")]
"""An option that is typed again for each further path: a source may stand behind it."""


def inspect(file: Path, /, *, verify: bool = False, skipped: bool = False, as_json: Json = False) -> int:
    """Say what a dataset file holds, and whether it is sound.

    Exits with 1 if anything is damaged.

    For example:

        foudre inspect signs.h5 --verify
        foudre inspect signs.h5 --skipped

    Args:
        file: A dataset file, FILE.h5.
        verify: Read and check everything, and name the damaged rows.
        skipped: List all inputs that were skipped when it was made, a line each with its reason; --json has them in any case.
    """
    with progress_bars() as progress:
        from toolkit.dataset_file import inspect_dataset, skipped_lines

        answer = inspect_dataset(file, verify=verify, progress=progress)
    status = REFUSED if answer.verified is False else DONE
    if skipped and not as_json:
        for line in skipped_lines(answer.skipped) or ["no input was skipped"]:
            say(line)
        return status
    return tell(answer, as_json, status=status)


def check(
    *source: Annotated[str, Parameter(required=True)],
    fail_on: Literal["warning", "error"] = "error",
    baseline: Path | None = None,
    predictions: OneByOne = None,
    table: Path | None = None,
    workers: int | None = None,
    as_json: Json = False,
    **reading: Any,
) -> int:
    """Find what is wrong with a data set, and say what to fix.

    Exits with 0 if nothing as bad as --fail-on was found, 1 if something was,
    2 if the data could not be checked.

    For example:

        foudre check GTSRB
        foudre check signs.h5 --fail-on warning
        foudre check signs.h5 --json > old.json
        foudre check signs.h5 --baseline old.json

    Args:
        source: A raw source, as preprocess takes it, or a dataset file, FILE.h5. The kind of data may stand before it, as it stands behind
            preprocess.
        fail_on: The least severity that makes the exit status 1: error or warning.
        baseline: What an earlier check printed with --json: only what is new is told.
        predictions: A folder that foudre crossval left for this dataset file: labels that it contradicts are told. Type it
            once more for a second folder, with groups cut beside one with groups whole: what a leaking split would claim is told.
        table: Where to write the statistics, a row a sample: TABLE.csv or TABLE.parquet.
        workers: Processes that measure; one for each processor unless given.
        **reading: How a raw source is read.
    """
    from toolkit.errors import FoudreError

    try:
        with progress_bars() as progress:
            from toolkit.check import check_source
            from toolkit.options import options_of
            from toolkit.write_table import table_path, write_table

            place, kind = _source(source, "check", "a data set")
            table = table and table_path(table, spare=[place, baseline])  # refused before there is work
            answer = check_source(
                place, kind=kind, read=lambda kind: options_of(kind, **reading).get("read"), predictions=predictions,
                baseline=baseline, workers=workers, tell=lambda told: say(str(told)), progress=progress,
            )  # fmt: skip
            if table:
                write_table(answer.table, table)
    except (FoudreError, OSError) as error:
        say(f"foudre: {explain(error)[0]}")
        return WRONG_USE
    return tell(answer, as_json, status=REFUSED if answer.fails(fail_on) else DONE)


def report(
    *source: Annotated[str, Parameter(required=True)],
    out: Path = Path("report.html"),
    baseline: Path | None = None,
    predictions: OneByOne = None,
    table: Path | None = None,
    size: str | None = None,
    steps: str | None = None,
    workers: int | None = None,
    as_json: Json = False,
    **reading: Any,
) -> int:
    """Show a data set, or a training run, on one page.

    Of a data set: verdict, findings, statistics. Of a run: verdict, findings,
    learning curves, confusions, mistakes, filters; its ledger notes that val was read.

    One HTML file that needs nothing else, and the same content as JSON beside it.

    For example:

        foudre report GTSRB
        foudre report GTSRB --steps "crop_box(margin=0.1), clahe"
        foudre report signs.h5 --out signs.html
        foudre report series ETTh1.csv --time date --target OT
        foudre report signs.h5 --baseline old.json
        foudre report runs/signs/001 --out run.html
        foudre report runs/signs/001 signs.h5

    Args:
        source: A raw source, as preprocess takes it, or a dataset file, FILE.h5. The kind of data may stand before it, as it stands behind
            preprocess. Or a run's folder, RUN, and FILE.h5 behind it where it is not the very file that the run was trained on any more.
        out: The page to write, REPORT.html.
        baseline: The JSON beside an earlier page, or what an earlier check printed with --json: what is new and what is gone is told.
        predictions: A folder that foudre crossval left for this dataset file: labels that it contradicts are shown. Type it
            once more for a second folder, with groups cut beside one with groups whole: what a leaking split would claim is told.
        table: Where to write the statistics, a row a sample: TABLE.csv or TABLE.parquet.
        size: Side of all pictures, 48 or 48,64, in a pipeline to try on a raw source; what each step does is shown.
        steps: Transforms to try on a raw source, as preprocess takes them: "crop_box(margin=0.1), clahe".
        workers: Processes that measure; one for each processor unless given.
        **reading: How a raw source is read.
    """
    from recipes.run_folder import is_run

    if source[0] and is_run(Path(source[0])):
        data_only: dict[str, object] = {"baseline": baseline, "predictions": predictions, "table": table, "size": size, "steps": steps}
        data_only |= {**reading, "workers": workers}
        return _report_run(source, out, as_json, [f"--{name}" for name, value in data_only.items() if value is not None])
    with progress_bars() as progress:
        from toolkit.check import check_source
        from toolkit.checks import load_baseline
        from toolkit.options import options_of
        from toolkit.report import page_path
        from toolkit.reporting import report_result
        from toolkit.write_table import table_path, write_table

        place, kind = _source(source, "report", "a data set, or a run's folder and behind it, if need be, a dataset file")
        _refuse_pipeline(place, size=size, steps=steps)
        out, table = page_path(out, spare=[baseline]), table and table_path(table, spare=[place, baseline])
        old = load_baseline(baseline) if baseline else None
        typed = {**reading, "size": size, "steps": steps}
        found = check_source(
            place, kind=kind, read=lambda kind: options_of(kind, **typed).get("read"), predictions=predictions, workers=workers,
            tell=lambda told: say(str(told)), progress=progress,
        )  # fmt: skip
        if table:
            write_table(found.table, table)
        answer = report_result(found, out, baseline=old, options=options_of(found.table.manifest.kind, **typed).get("images"))
    return tell(answer, as_json)


def _report_run(source: Sequence[str], out: Path, as_json: bool, given: Sequence[str]) -> int:
    with progress_bars():
        from recipes.run_report import report_run
        from toolkit.errors import check

        check(not given, "report", "options", "--out and --json alone with a run", " ".join(given))
        check(len(source) <= 2, "report", "what follows a run", "one dataset file", " ".join(source[1:]))
        answer = report_run(source[0], out, file=source[1] if len(source) > 1 else None)
    return tell(answer, as_json)


def _source(typed: Sequence[str], verb: str, rule: str) -> tuple[str, str]:
    """Tell a source from the kind that may stand before it; what belongs to a run is none."""
    from recipes.run_folder import find_run
    from toolkit.errors import check
    from toolkit.shell import join_words

    check(len(typed) <= 2, verb, "sources", "1, a kind before it or not", len(typed), fix="Take them one by one.")
    for path in map(Path, filter(None, typed)):
        if run := find_run(path):
            got = "a checkpoint" if path.suffix == ".ckpt" else "a folder of runs" if run != path else "a run"
            files = [file for file in typed if file.endswith(".h5")]
            fix = f"A run is shown by `foudre report {join_words([str(run), *files])}`."
            check(False, verb, "source", rule, got, at=str(path), fix=fix)
    return typed[-1], typed[0] if len(typed) == 2 else ""


def _refuse_pipeline(source: str, **options: str | None) -> None:
    """A pipeline is tried on raw data alone."""
    from toolkit.dataset_file import is_dataset_path
    from toolkit.errors import check

    given = " ".join(f"--{name} {value}" for name, value in options.items() if value is not None)
    rule = "left out for a dataset file, which has its own"
    check(not (is_dataset_path(source) and given), "report", "options of a pipeline", rule, given, at=source)
