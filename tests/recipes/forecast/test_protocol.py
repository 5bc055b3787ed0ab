"""That figures can be laid beside published ones: real series, all windows of test, the scale of train."""

import pytest

from recipes.evaluate import evaluate
from recipes.train import train
from toolkit import preprocess_series
from toolkit.series import SeriesReadOptions, SeriesSplitOptions


@pytest.mark.real
@pytest.mark.parametrize(("horizon", "windows", "published"), [(96, 2785, 1.295), (192, 2689, 1.325), (720, 2161, 1.335)])
def test_repeating_the_last_value_is_as_far_off_as_published(real_series, tmp_path, horizon, windows, published):
    """The row "Repeat" of Zeng et al., 2023, table 2, ETTh1."""
    file = tmp_path / "e.h5"
    preprocess_series(
        real_series / "ETTh1.csv", file, read=SeriesReadOptions(time="date"), split=SeriesSplitOptions("rows:8640,2880,2880")
    )  # fmt: skip
    options = ["--data.horizon", str(horizon), "--trainer.accelerator", "cpu"]
    result = train("last_value", file, *options, run=tmp_path / "run")
    found = evaluate(result.checkpoint, file)
    assert found.samples == windows
    assert found.metrics["mse"] == pytest.approx(published, abs=0.001)
    assert found.metrics["mse"] == pytest.approx(found.metrics["persistence_mse"], rel=1e-5)
