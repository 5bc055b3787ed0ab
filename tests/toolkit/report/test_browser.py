"""A browser opens the page: nothing runs, nothing is asked of any server, the console stays empty. `apt-get install chromium` first."""

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.toolkit.report.tables import Slides, make_table
from toolkit.report import write_report
from toolkit.wing import Finding

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# No visit anywhere but to this test's own server: not by the page, nor by the browser itself.
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--enable-logging=stderr", "--dump-dom",
]  # fmt: skip


@pytest.fixture
def server():
    """The address of a server, and the paths that it was asked for."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()


def visit(page, folder):
    """Open a page; return the document that it became, and the lines of its console."""
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=120, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_the_page_asks_for_nothing_and_says_nothing(tmp_path, server):
    address, asked = server
    name = f"<img src={address}/leak><script>document.title = 'run'; console.error('run')</script>"
    table = make_table(classes=(name, "tame"), origin=[f"{i}{name}" for i in range(12)], root=f"/{name}")
    finding = Finding("x", "error", name, 2, (1, 2), name, name, name)
    report = write_report(table, [finding], tmp_path / "report.html", show=Slides())
    document, console = visit(Path(report.path), tmp_path / "profile")
    assert "Mend this data" in document
    assert "<title>run</title>" not in document
    assert console == []
    assert asked == []
    # the same name unescaped does all of it: this browser would have told
    bare = tmp_path / "bare.html"
    bare.write_text(name, encoding="utf-8")
    document, console = visit(bare, tmp_path / "profile")
    assert "<title>run</title>" in document
    assert len(console) >= 1
    assert "/leak" in asked
