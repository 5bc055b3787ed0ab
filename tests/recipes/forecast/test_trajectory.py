"""A path in the plane is learned point by point, and drawn on beyond its end."""

import numpy as np

from recipes.predict import predict
from recipes.train import train
from toolkit import preprocess_series
from toolkit.series import SeriesReadOptions, SeriesSplitOptions

AROUND = 2 * np.pi / 40


def circle(number):
    return 3 + 2 * np.cos(AROUND * number), 5 + 2 * np.sin(AROUND * number)


def test_a_circle_is_drawn_on(tmp_path):
    path = tmp_path / "circle.csv"
    path.write_text("x,y\n" + "".join(f"{x:.5f},{y:.5f}\n" for x, y in map(circle, range(480))))
    preprocess_series(path, tmp_path / "circle.h5", read=SeriesReadOptions(time="none"), split=SeriesSplitOptions("rows:320,80,80"))
    options = ["--data.window", "20", "--data.batch_size", "32", "--network.width", "32", "--trainer.accelerator", "cpu"]
    result = train("trajectory", tmp_path / "circle.h5", *options, run=tmp_path / "run")
    (ahead,) = predict(result.checkpoint, [path], steps=80)
    assert ahead["times"] == list(range(1, 81))  # no stamps: steps ahead are counted
    drawn = np.stack([ahead["values"]["x"], ahead["values"]["y"]], axis=1)
    wanted = np.stack(circle(480 + np.arange(80)), axis=1)
    assert np.abs(drawn - wanted).max() < 0.5
    assert np.abs(np.hypot(*(drawn - [3, 5]).T) - 2).max() < 0.2
