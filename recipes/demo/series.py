"""The demo of series: nothing comes in; a station's weather foretold in °C, and gestures told apart, go out."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path

from recipes.demo.folder import Demo, clear
from recipes.demo.steps import command, fit, indented, judge
from recipes.evaluate import evaluate
from recipes.predict import predict
from toolkit.check import check_source
from toolkit.preprocess import preprocess_kind
from toolkit.samples.series import GestureOptions, WeatherOptions, WrittenWeather, write_gestures, write_weather
from toolkit.series import SeriesOptions, SeriesReadOptions
from toolkit.wing import Progress, silent

__all__ = ["demo_series"]

DEFAULT_WEATHER = WeatherOptions(num_days=500, gap=5, stuck=48, outliers=4, missing=30)
DEFAULT_GESTURES = GestureOptions(train=90)
AHEAD = (1, 3, 6, 12, 24)
"""Hours ahead whose errors are said."""

DAY = ("--data.window", "48", "--data.horizon", "24")
QUICK = {
    "nlinear": ("--trainer.max_epochs", "2"),
    "forecast_gru": ("--network.width", "32", "--network.subtract_last", "true", "--model.learning_rate", "0.005"),
}
"""What the demo makes of each recipe."""


def demo_series(
    folder: str | Path,
    *,
    say: Callable[[str], None],
    progress: Progress = silent,
    weather: WeatherOptions = DEFAULT_WEATHER,
    gestures: GestureOptions = DEFAULT_GESTURES,
    epochs: int = 3,
) -> Demo:
    """Write a station's weather, find and mend its faults, and learn to foretell it; write gestures and learn to tell them apart.

    Args:
        folder: Where to; new, empty, or what an earlier demo of series left, which is replaced.
        say: Told in a few lines what each step does and the command for it.
        progress: Told how far preprocessing is.
        weather: What weather is written; a few faults are planted on purpose, to show what becomes of them.
        gestures: What gestures are written.
        epochs: How long the GRU learns, at least 1.

    Returns:
        Where everything of the gestures lies; the pictures are of the weather, too.

    Raises:
        ArgumentError: If the folder holds something else.
    """
    began = time.monotonic()
    folder = clear(folder, "series")
    say("1. A station's weather, an hour a row. Nobody says that its sensors failed at times")
    written = write_weather(folder / "weather.csv", weather)
    say(indented("\n".join(written.path.read_text(encoding="utf-8").splitlines()[:3])))
    say(command("check", written.path, "--gaps", "mask"))
    found = check_source(written.path, kind="series", read=SeriesReadOptions(gaps="mask"), progress=progress)
    say(indented("\n".join(f"{finding.severity}: {finding.title}" for finding in found.findings if finding.count)))

    mended, path = _take_out(written, folder / "mended.csv"), folder / "weather.h5"
    say("\n2. Spikes and hanging values are taken out by hand, short gaps filled along a line; train, val and test follow in time")
    say(command("preprocess", "series", mended, path, "--target", "temperature", "--gaps", "interpolate:6", "--calendar", "hour"))
    read = SeriesReadOptions(target=("temperature",), gaps="interpolate:6")
    say(indented(preprocess_kind("series", mended, path, read=read, series=SeriesOptions(("hour",)), progress=progress)))

    say("\n3. The temperature of the next day, from two days: by one linear map, and by a small GRU, each chosen on val")
    runs = {name: folder / name for name in QUICK}
    for name, options in QUICK.items():
        fit(name, path, *DAY, *options, *(("--trainer.max_epochs", str(epochs)) if name == "forecast_gru" else ()), run=runs[name], say=say)

    say("\n4. How far off each is in °C on test, on average, beside repeating the last value, and the day before")
    for run in runs.values():
        say(command("evaluate", run, path))
        evaluate(run, path)
    say(indented(_tabulate(runs)))

    say("\n5. The same weather as it was written, faults and all, goes on from its end")
    say(command("predict", runs["forecast_gru"], written.path))
    (answer,) = predict(runs["forecast_gru"], [written.path])
    for stamp, value in list(zip(answer["times"], answer["values"]["temperature"], strict=True))[:: AHEAD[-1] // 4]:
        say(indented(f"{stamp} → {value:.1f} °C"))

    source = folder / "gestures"
    source.mkdir()
    write_gestures(source, gestures)
    path = folder / "gestures.h5"
    say("\n6. Series may have classes, too: gestures, lines of 30 to 60 points in the plane. A recurrent network reads each one whole")
    say(command("preprocess", "series", source, path))
    say(indented(preprocess_kind("series", source, path, progress=progress)))
    checkpoint = Path(fit("series_classes", path, "--trainer.max_epochs", "15", run=folder / "run", say=say).checkpoint or "")
    accuracy = judge(checkpoint, path, say=say)

    pictures = *(runs["forecast_gru"] / f"test_{name}.png" for name in ("forecasts", "errors")), folder / "run" / "test_confusion.png"
    return Demo(folder, path, checkpoint, accuracy, pictures).conclude(say, time.monotonic() - began)


def _take_out(written: WrittenWeather, path: Path) -> Path:
    """Write the table again without the values that a person would not believe; they count as missing."""
    head, *rows = csv.reader(written.path.read_text(encoding="utf-8").splitlines())
    for fault, variable in (("outliers", "temperature"), ("stuck", "wind")):
        for row in written.rows[fault]:
            rows[row][head.index(variable)] = ""
    path.write_text("".join(",".join(row) + "\n" for row in (head, *rows)), encoding="utf-8")
    return path


def _tabulate(runs: dict[str, Path]) -> str:
    """Put the mean absolute errors of evaluations side by side, a line for some of the hours ahead; °C."""
    tables = {name: list(csv.DictReader((run / "test_errors.csv").read_text(encoding="utf-8").splitlines())) for name, run in runs.items()}
    naive = next(iter(tables.values()))
    columns = {"last value": (naive, "persistence_mae_real"), "day before": (naive, "seasonal_mae_real")}
    columns |= {name: (table, "mae_real") for name, table in tables.items()}
    head = "hours ahead" + "".join(f"{name:>14}" for name in columns)
    lines = (f"{step:>11}" + "".join(f"{float(table[step - 1][key]):>14.2f}" for table, key in columns.values()) for step in AHEAD)
    return "\n".join([head, *lines])
