"""A browser opens a run's page: nothing runs, nothing is asked of any server, the console stays empty."""

import json
import shutil
from pathlib import Path

import pytest

from recipes.run_report import report_run
from tests.toolkit.report.test_browser import CHROMIUM, server, visit

__all__ = ["server"]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_the_page_asks_for_nothing_and_says_nothing(trained, tmp_path, server):
    address, asked = server
    name = f"<img src={address}/leak><script>document.title = 'run'; console.error('run')</script>"
    run = Path(shutil.copytree(trained.run, tmp_path / "run"))
    config, matrix = run / "config.yaml", run / "val_confusion.csv"
    config.write_text(f"# {name}\n{config.read_text()}")
    matrix.write_text(matrix.read_text().replace("right of way", name.replace(",", "")))
    with open(run / "ledger.jsonl", "a") as ledger:
        ledger.write(json.dumps({"time": name, "event": name, name: name}) + "\n")
    document, console = visit(Path(report_run(run, tmp_path / "run.html").path), tmp_path / "profile")
    assert "Learning curves" in document
    assert document.count("&lt;script&gt;") >= 5
    assert "<title>run</title>" not in document
    assert console == []
    assert asked == []
