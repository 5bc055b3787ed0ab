"""A text cut into tokens, by rules that need no data: text comes in, tokens or their places in the text go out.

`toolkit.text.words` prepares the text before and folds the tokens after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ArgumentError, DataError, check, wording

__all__ = ["NAMES", "Tokenizer", "split_sentences", "straighten"]

NAMES = ("wordpunct", "treebank", "toktok", "tweet")
"""The tokenizers with a name; ``"regexp:PATTERN"`` takes what a pattern finds."""

_TIMEOUT_S = 60  # some patterns take for ever on some texts
_WORDPUNCT = r"\w+|[^\w\s]+"
_APOSTROPHES = "’‘‛′＇"
_CURLY = re.compile(f"[{_APOSTROPHES}]")
_QUOTES = ("``", "''")
_LETTER_APOSTROPHE = "ʼ"  # of Breton and Ukrainian: a letter, by Unicode's definition; in English a better ’
_CHOOSY = re.compile(rf"[{_APOSTROPHES}{_LETTER_APOSTROPHE}]|\\[uUxNpP]")
_END = re.compile(r"""[.!?…]+["'”’»)\]]*(?=\s+["'“‘«(\[—–-]?\s*[^\W_a-zß-öø-ÿ])|\n\s*\n""")
_SHORT = re.compile(
    r"(?:\b(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|St|Mt|Jr|Sr|vs|etc|cf|p|pp|No|Nos|Vol|Fig|Gen|Col|Capt|Sgt|Lt|Gov|Sen|Rep|Rev|Hon|"
    r"M|MM|Mme|Mmes|Mlle|Mlles|Me|Mgr|av|env|chap|art)|\b(?:[^\W\d_]\.)+[^\W\d_])$"
)


@dataclass(frozen=True)
class Tokenizer:
    r"""Cuts a text into tokens.

    Args:
        name: ``"wordpunct"``: runs of letters and digits, runs of other signs: the fastest; ``l'ami`` and ``don't`` fall into three.
            ``"treebank"``: Penn Treebank, made for English: ``do n't``. ``"toktok"``: for many languages, fast; ``l ' ami``.
            ``"tweet"``: keeps emoticons, hashtags, handles and addresses whole. ``"regexp:PATTERN"``: what a pattern finds.

            Treebank rewrites as it cuts: double quotes become pairs of single ones. The others leave all but white space as it is.
        typographic: Whether to cut ``don’t`` where ``don't`` is cut, and to leave ’ as it is written: ``do n’t``. So it is with ‘, ‛, ′
            and the full-width form; with ʼ, which is a letter, by treebank alone. A pattern that names such a sign, by itself, by its
            code or by a property (``\u2019``, ``\p{Pf}``), sees texts as they are. False, for files of the first rules: all do.

    Source:
        Bird, Klein & Loper, Natural Language Processing with Python, 2009 (NLTK), whose rules these are.
    """

    name: str = "wordpunct"
    typographic: bool = True

    def __post_init__(self) -> None:
        known = self.name in NAMES or self.name.startswith("regexp:")
        check(known, "Tokenizer", "name", f"one of {', '.join(NAMES)}, or regexp:PATTERN", self.name)
        check(self.name != "regexp:", "Tokenizer", "pattern", "a regular expression", "")
        if self.pattern:
            self._compile()

    @property
    def pattern(self) -> str:
        """The regular expression of tokens; empty for those that are no single one."""
        return _WORDPUNCT if self.name == "wordpunct" else self.name.partition(":")[2]

    @property
    def heeds_spaces(self) -> bool:
        """Whether it cuts what stands between white space without regard to what stands beyond."""
        return self.name == "wordpunct"

    @property
    def places_tokens(self) -> bool:
        """Whether `spans` can say where in the text each token stands."""
        return bool(self.pattern)

    def __call__(self, text: str) -> list[str]:
        """Return a text's tokens in their order; none is empty.

        Raises:
            DataError: If a pattern takes too long on this text.
        """
        try:
            return self._cut(text)
        except TimeoutError as error:
            raise DataError(f"tokenize: {self.name} must be done with a text in time, got none after {_TIMEOUT_S} s.") from error

    def spans(self, text: str) -> NDArray[np.int64]:
        """Say where a text's tokens stand.

        Args:
            text: The text.

        Returns:
            int64, shape (tokens, 2): where each begins and ends, in characters.

        Raises:
            ArgumentError: If the tokenizer changes what it cuts, and cannot say.
        """
        rule = "wordpunct or regexp:PATTERN to tell places"
        check(self.places_tokens, "Tokenizer", "name", rule, self.name)
        found = [match.span() for match in self._compile().finditer(self._see(text))]
        return np.array([span for span in found if span[0] < span[1]], np.int64).reshape(-1, 2)

    @cached_property
    def _cut(self) -> Callable[[str], list[str]]:
        """The function that cuts; NLTK is imported when one of its own is first used, its packages take a second."""
        if self.pattern:
            return self._finder(self._compile())
        if self.name == "tweet":
            from nltk.tokenize.casual import TweetTokenizer

            # Its pattern alone: around it entities are decoded, and runs of a sign made short.
            return self._finder(TweetTokenizer().PHONE_WORD_RE, group=1)
        if self.name == "treebank":
            from nltk.tokenize.treebank import TreebankWordTokenizer

            return self._rewriter(TreebankWordTokenizer().tokenize)
        from nltk.tokenize.toktok import ToktokTokenizer

        toktok = ToktokTokenizer()
        rewrites = (toktok.AMPERCENT, toktok.TAB, toktok.URL_FOE_3)  # &amp; &#9; and addresses without their ://
        rules = [rule for rule in toktok.TOKTOK_REGEXES if rule not in rewrites]
        toktok.TOKTOK_REGEXES = [(rule[0], " | ") if rule == toktok.PIPE else rule for rule in rules]
        return self._rewriter(toktok.tokenize)

    def _see(self, text: str) -> str:
        """Return a text as the tokenizer sees it, character for character."""
        if not self.typographic or self.name == "wordpunct" or _CHOOSY.search(self.pattern):  # wordpunct takes all signs alike
            return text
        seen = straighten(text)
        return seen.replace(_LETTER_APOSTROPHE, "'") if self.name == "treebank" else seen

    def _finder(self, compiled: Any, group: int = 0) -> Callable[[str], list[str]]:
        """Cut by a pattern, whose group of that number is all of it."""
        simple = partial(compiled.findall, timeout=_TIMEOUT_S) if compiled.groups == group and not compiled.match("") else None

        def cut(text: str) -> list[str]:
            seen = self._see(text)
            if simple and seen == text:
                return simple(text)  # type: ignore[no-any-return]
            return [text[slice(*found.span())] for found in compiled.finditer(seen, timeout=_TIMEOUT_S) if found[0]]

        return cut

    def _rewriter(self, tokenize: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
        """Cut by a function that tells no places."""

        def cut(text: str) -> list[str]:
            seen = self._see(text)
            return tokenize(text) if seen == text else list(_spell(tokenize(seen), "".join(text.split())))

        return cut

    def _compile(self) -> Any:
        """Compile the pattern with the engine that NLTK uses, whose letters include the marks that many scripts write vowels with."""
        import regex

        try:
            return regex.compile(self.pattern)
        except regex.error as error:
            raise ArgumentError(wording("Tokenizer", "pattern", "a regular expression", f"{self.pattern}: {error}")) from error

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self.name, "typographic": self.typographic}


def straighten(text: str) -> str:
    """Return a text with ' for each sign that typography has in its place: ’ above all, and ‘, ‛, ′ and the full-width form."""
    return _CURLY.sub("'", text)


def _spell(tokens: list[str], characters: str) -> Iterator[str]:
    """Yield tokens as their text spells them, given all its characters but white space; treebank's own signs for quotes stay."""
    place = 0
    for token in tokens:
        rewritten = token in _QUOTES and characters[place] == '"'
        stop = place + (1 if rewritten else len(token))
        yield token if rewritten or token == _QUOTES[0] else characters[place:stop]
        place = stop


def split_sentences(text: str) -> list[str]:
    """Cut a text into sentences by a rule: where a full stop, question or exclamation mark stands before a capital or a digit.

    Not after initials (``J. Verne``) and some titles and short forms of English and French (``Mr.``, ``Mme.``, ``etc.``). So a sentence
    that ends in one of these, or begins small, stays with its neighbour, and an unknown short form before a name cuts.
    What is trained on a language's texts, as Punkt is, does better; it needs data.

    Args:
        text: The text; an empty line ends a sentence, too.

    Returns:
        The sentences in their order, without white space around them; none is empty.
    """
    return [sentence for start, stop in _sentence_bounds(text) if (sentence := text[start:stop].strip())]


def _sentence_bounds(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _END.finditer(text):
        if found[0] == "." and _SHORT.search(text, max(start, found.start() - 12), found.start()):
            continue
        yield start, found.end()
        start = found.end()
    yield start, len(text)
