"""From a text to its words: HTML remains go before the tokenizer cuts, capitals, digits and stop words after, a token at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray

from toolkit.declaration import UNTYPED
from toolkit.errors import check
from toolkit.text.markup import strip_html, strip_html_first
from toolkit.text.subwords import MIN_PIECES, Pieces
from toolkit.text.tokenize import Tokenizer, straighten

__all__ = ["RULES", "Numbering", "WordOptions", "Words"]

RULES = 2
"""What `html` and the tokenizers' names mean. Files of the first rules, which name none, are replayed by these: every tag-like thing in
angle brackets was a tag, and ’ was no apostrophe."""

_MAX_PIECES = 1 << 17
_DIGIT = re.compile(r"\d")
_CHOICES = {"digits": ("keep", "0"), "html": ("strip", "keep"), "normalize": ("nfc", "none")}


@dataclass(frozen=True)
class WordOptions:
    """How a text becomes words.

    Args:
        tokenizer: What cuts texts: ``"wordpunct"``: runs of letters or digits, and of other signs, the fastest; ``"treebank"``: for
            English, don't is do n't; ``"toktok"``: for many languages; ``"tweet"``: keeps emoticons, hashtags and addresses whole;
            ``"regexp:PATTERN"``: what a pattern finds. Treebank rewrites double quotes; the others change nothing. All cut at ’ as at ',
            and leave it as it is written; a pattern that names ’ sees it.
        lower: Whether words are put in lower case.
        digits: What becomes of digits: ``"keep"``, or ``"0"``: each becomes a 0, so that numbers of one length are one word.
        html: What becomes of HTML: ``"strip"``: tags become spaces, a script or style with all that is in it, and entities characters;
            ``<unk>``, ``x<y`` and ``List<String>`` are text. ``"keep"``: all is text.
        normalize: How Unicode is written: ``"nfc"``: characters are composed, so that é is one however it was typed. ``"none"``: left as
            they are.
        stop_words: Words to leave out, typed with commas between them, each as it is after all that; no file of words. One with ' is left
            out with ’, too.
        subwords: Pieces at most that words are cut into, such as 8000 and at least 512, so that none is unknown; 0 leaves words whole.
        rules: 2; or 1, to do as files did that were written before there were any others: see `RULES`.
    """

    tokenizer: str = "wordpunct"
    lower: bool = False
    digits: str = "keep"
    html: str = "strip"
    normalize: str = "nfc"
    stop_words: tuple[str, ...] = ()
    subwords: int = 0
    rules: Annotated[int, UNTYPED] = RULES

    def __post_init__(self) -> None:
        Tokenizer(self.tokenizer)
        check(self.subwords == 0 or self.subwords >= MIN_PIECES, "text", "subwords", f"0 or at least {MIN_PIECES}", self.subwords)
        check(self.rules in (1, RULES), "text", "rules", f"1 or {RULES}", self.rules, fix="A newer foudre may know them.")
        for name, choices in _CHOICES.items():
            check(getattr(self, name) in choices, "text", name, f"one of {', '.join(choices)}", getattr(self, name))

    def to_json(self) -> dict[str, Any]:
        """The options by name, as the dataset file and the checkpoint keep them; `subwords` where words are cut into pieces."""
        options = {**asdict(self), "stop_words": list(self.stop_words)}
        return options if self.subwords else {name: value for name, value in options.items() if name != "subwords"}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Undo `to_json`; other names are passed over."""
        stored = {"subwords": 0, "rules": 1, **stored}
        return cls(**{**{name: stored[name] for name in cls.__dataclass_fields__}, "stop_words": tuple(stored["stop_words"])})


class Words:
    """Cuts texts into words, and these into pieces; it pickles as its arguments.

    Args:
        options: How.
        pieces: Those that words are cut into; empty leaves words whole.
    """

    def __init__(self, options: WordOptions, pieces: tuple[str, ...] = ()) -> None:
        self.options, self.pieces_of_words, self._parts = options, pieces, Pieces(pieces)
        first = options.rules == 1
        self._cut = Tokenizer(options.tokenizer, typographic=not first)
        self._strip: Callable[[str], str] = strip_html_first if first else strip_html
        self._compare: Callable[[str], str] = str if first else straighten
        self._left_out = frozenset(map(self._compare, options.stop_words))

    def __reduce__(self) -> tuple[type[Words], tuple[WordOptions, tuple[str, ...]]]:
        return Words, (self.options, self.pieces_of_words)

    def __call__(self, text: str) -> list[str]:
        """Return the words of a text in their order."""
        return [word for piece in self.pieces(text) for word in self.words_of(piece)]

    def prepare(self, text: str) -> str:
        """Return what is cut: the text without HTML remains, its characters composed."""
        text = self._strip(text) if self.options.html == "strip" else text
        return unicodedata.normalize("NFC", text) if self.options.normalize == "nfc" else text

    def pieces(self, text: str) -> list[str]:
        """Return what `words_of` makes words of, piece by piece: what stands between spaces where that is enough, otherwise tokens."""
        text = self.prepare(text)
        return text.split(" ") if self._cut.heeds_spaces else self._cut(text)

    def words_of(self, piece: str) -> list[str]:
        """Return the words of one of a text's pieces."""
        tokens = self._cut(piece) if self._cut.heeds_spaces else [piece]
        words = [*map(self._fold, tokens)]
        if self._left_out:
            words = [word for word in words if self._compare(word) not in self._left_out]
        return [part for word in words for part in self._parts(word)] if self.pieces_of_words else words

    def _fold(self, token: str) -> str:
        word = token.lower() if self.options.lower else token
        return _DIGIT.sub("0", word) if self.options.digits == "0" else word


class Numbering(dict[str, tuple[int, ...]]):
    """Piece of a text → numbers of its words: each different piece is cut and folded once, which takes longer than to look it up.

    Args:
        words: Cuts and folds.
        number: Word → its number.
    """

    def __init__(self, words: Words, number: Callable[[str], int]) -> None:
        super().__init__()
        self._words, self._number = words, number

    def __missing__(self, piece: str) -> tuple[int, ...]:
        found = tuple(map(self._number, self._words.words_of(piece)))
        if len(self) < _MAX_PIECES:  # the frequent ones come early
            self[piece] = found
        return found

    def of(self, text: str) -> NDArray[np.int32]:
        """Return the numbers of a text's words, int32, shape (words,)."""
        return np.fromiter(chain.from_iterable(map(self.__getitem__, self._words.pieces(text))), np.int32)
