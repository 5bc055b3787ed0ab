"""The report: statistics and findings of any kind of data come in, one self-contained HTML page and a JSON file go out.

`content` puts the figures together, `gallery` chooses pictures, `plots` draws, `page` lays it all out; `write` is their caller.
"""

from toolkit.report.gallery import ShowSamples
from toolkit.report.write import Report, page_path, write_report

__all__ = ["Report", "ShowSamples", "page_path", "write_report"]
