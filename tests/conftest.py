"""What all tests share: hypothesis without deadlines, and real data where it stands beside the repository."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parent.parent
UNPACK = REPOSITORY.parent / "shared" / "data" / "unpack.py"

# Test machines are slow and shared: how long an example takes says nothing about whether it is right.
settings.register_profile("foudre", deadline=None)
settings.load_profile("foudre")

pytest.register_assert_rewrite("toolkit.testing")  # laws that fail tell the values


@pytest.fixture(scope="session")
def real_gtsrb(tmp_path_factory):
    """A folder that holds GTSRB/ with three classes of the real training part; skips where the packed data is missing."""
    if not UNPACK.exists():
        pytest.skip("the real data sets are not beside the repository")
    folder = tmp_path_factory.mktemp("real")
    subprocess.run([sys.executable, UNPACK, "gtsrb", "--to", folder, "--part", "train", "--classes", "0,14,19"], check=True)
    return folder


@pytest.fixture(scope="session")
def real_series(tmp_path_factory):
    """A folder of real series, ETTh1.csv and beijing_pm25.csv among them; skips where the packed data is missing."""
    if not UNPACK.exists():
        pytest.skip("the real data sets are not beside the repository")
    folder = tmp_path_factory.mktemp("real")
    subprocess.run([sys.executable, UNPACK, "series", "--to", folder], check=True)
    return folder / "series"
