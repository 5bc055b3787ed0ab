"""How sections are laid out: what is too wide for a small screen scrolls by itself, and what is said of it stays in view."""

import re

from toolkit.report.page import render_sections
from toolkit.report.plots import draw_plot
from toolkit.report.sections import Plots, Section

CONTENT = {"verdict": {"status": "good", "text": "Good.", "counts": {}}, "findings": [], "unchecked": []}


def page(*, wide):
    plot = draw_plot(lambda axes: axes.plot([0, 1]), 'Who was taken for "whom".', name="confused", splits=())
    return render_sections(CONTENT, [Section("s", "S", [Plots([plot], wide=wide)])], title="t", what="w", about="a")


def test_a_wide_plot_scrolls_without_its_caption_and_a_keyboard_reaches_it():
    text = page(wide=True)
    scrolled = re.search(
        r'<div class="pan" tabindex="0" role="region" aria-label="Who was taken for &#34;whom&#34;\.">(.*?)</div>', text, re.DOTALL
    )
    assert "<svg " in scrolled[1]
    assert "figcaption" not in scrolled[1]
    assert re.search(r"</div>\s*<figcaption>Who was taken for &#34;whom&#34;\.</figcaption>", text)
    assert 'class="pan"' not in page(wide=False)
