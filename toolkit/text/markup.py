"""HTML remains in a text: tags become spaces and entities characters, all else stays; `toolkit.text.words` has this done before it cuts."""

from __future__ import annotations

import html
import re

__all__ = ["ELEMENTS", "strip_html", "strip_html_first"]

ELEMENTS = frozenset(
    """
    a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption cite code col colgroup data datalist dd
    del details dfn dialog div dl dt em embed fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe
    img input ins kbd label legend li link main map mark math menu meta meter nav noscript object ol optgroup option output p picture pre
    progress q rp rt ruby s samp script search section select selectedcontent slot small source span strong style sub summary sup svg table
    tbody td template textarea tfoot th thead time title tr track u ul var video wbr
    acronym applet basefont bgsound big blink center dir font frame frameset image isindex keygen listing marquee menuitem multicol nextid
    nobr noembed noframes param plaintext rb rtc spacer strike tt xmp
    """.split()  # noqa: SIM905  # a list would be six times as long
)
"""Names of elements: those of the HTML living standard, sections 4 and 16.2 (obsolete ones), in small letters."""

# What may stand in a tag without a value; `<p and q>` is no tag as people write them, so other words are none.
_SWITCHES = """
    allowfullscreen async autofocus autoplay checked compact contenteditable controls crossorigin declare default defer disabled download
    formnovalidate hidden inert ismap itemscope loop multiple muted nohref nomodule noresize noshade novalidate nowrap open playsinline
    popover readonly required reversed selected
""".split()  # noqa: SIM905
# Nothing here is tried twice (possessive quantifiers), and of tags begun within one another's quotes no more than three can go on: time is
# linear, whatever the text.
_VALUE = r"""(?>"[^"]*+"|'[^']*+'|[^\s"'<>]++)"""
_ATTRIBUTE = rf"""[^\s"'<>/=]++\s*+=\s*+{_VALUE}|(?>{"|".join(_SWITCHES)}|data-[\w.:-]++)(?=[\s/>])"""
_REST = rf"(?=[\s/>])(?>[\s/]++|{_ATTRIBUTE})*+>"
_FREQUENT = ("br", "p", "i", "b", "a", "em")  # tried first: most tags are of these
_NAME = "|".join([*_FREQUENT, *sorted(ELEMENTS.difference(_FREQUENT))])
_LETTERS = re.IGNORECASE | re.ASCII  # of all letters, "ſ" is an s and a Kelvin sign a k
_TAG = re.compile(rf"<(?>/(?:{_NAME})\s*+>|(?:{_NAME}){_REST}|!doctype\s[^<>]*+>)", _LETTERS)
_BLOCK = re.compile(rf"<(?>!--|(script|style){_REST})", _LETTERS)
_ENDS = {name: re.compile(rf"</{name}\s*>" if name else "-->", _LETTERS) for name in ("", "script", "style")}
_FIRST_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,1000}|!--.{0,1000}?--)>", re.DOTALL)


def strip_html(text: str) -> str:
    """Take HTML remains out of a text.

    Args:
        text: The text.

    Returns:
        The text with a space in place of each tag, comment and document type, and of each ``script`` and ``style`` with what is in it,
        as a browser shows none; entities as the characters they stand for.

        A tag is ``<``, at once the name of one of `ELEMENTS`, attributes as HTML writes them, and ``>``; ``>`` within quotes ends none.
        All else is text and stays: ``<unk>``, ``x<y``, ``List<String>``, ``a < b > c``, ``<3``; and a tag, a comment or a script that
        is begun and never ended.

    Source:
        WHATWG, HTML living standard, section 13.1; `html.unescape` for entities.
    """
    if "<" in text:
        text = _TAG.sub(" ", _drop_blocks(text))
    return html.unescape(text) if "&" in text else text


def strip_html_first(text: str) -> str:
    """Take HTML remains out as the first rules did: whatever stands in angle brackets and begins with a letter is a tag."""
    return html.unescape(_FIRST_TAG.sub(" ", text)) if "<" in text or "&" in text else text


def _drop_blocks(text: str) -> str:
    """Put a space in place of comments, scripts and styles, each from its first tag to its last; those without an end stay."""
    kept, place, endless = [], 0, set[str]()
    for found in _BLOCK.finditer(text):
        kind = (found[1] or "").lower()
        if found.start() < place or kind in endless:
            continue
        end = _ENDS[kind].search(text, found.end() if kind else found.start() + 2)  # <!--> is a comment, too
        if end is None:
            endless.add(kind)
            continue
        kept += [text[place : found.start()], " "]
        place = end.end()
    return "".join([*kept, text[place:]]) if kept else text
