import pytest

from tests.datamodules.series.hand_made import write_series


@pytest.fixture
def write(tmp_path):
    """`write_series` into a folder of the test's own; more calls, more files."""
    written = []

    def write(parts, **more):
        written.append(write_series(tmp_path / f"s{len(written)}.h5", parts, **more))
        return written[-1]

    return write
