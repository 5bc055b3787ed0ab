"""From a text to its words: HTML remains go before the tokenizer cuts, capitals, digits and stop words after, a token at a time."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from toolkit.errors import check
from toolkit.text.tokenize import Tokenizer

__all__ = ["WordOptions", "Words"]

_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,1000}|!--.{0,1000}?--)>", re.DOTALL)
_MAX_FOLDED = 1 << 20
_DIGIT = re.compile(r"\d")
_CHOICES = {"digits": ("keep", "0"), "html": ("strip", "keep"), "normalize": ("nfc", "none")}


@dataclass(frozen=True)
class WordOptions:
    """How a text becomes words.

    Args:
        tokenizer: As `Tokenizer.name` has it.
        lower: Whether words are put in lower case.
        digits: ``"keep"``, or ``"0"``: each digit becomes a 0, so that numbers of one length are one word.
        html: ``"strip"``: tags become spaces and entities characters. ``"keep"``: they are text like any other.
        normalize: ``"nfc"``: characters are composed, so that é is one however it was typed. ``"none"``: left as they are.
        stop_words: Words that are left out, as they are after all that.
    """

    tokenizer: str = "wordpunct"
    lower: bool = False
    digits: str = "keep"
    html: str = "strip"
    normalize: str = "nfc"
    stop_words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Tokenizer(self.tokenizer)
        for name, choices in _CHOICES.items():
            check(getattr(self, name) in choices, "text", name, f"one of {', '.join(choices)}", getattr(self, name))

    def to_json(self) -> dict[str, Any]:
        """The options by name, as the dataset file and the checkpoint keep them."""
        return {**asdict(self), "stop_words": list(self.stop_words)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Undo `to_json`; other names are passed over."""
        known = {name: stored[name] for name in cls.__dataclass_fields__}
        return cls(**{**known, "stop_words": tuple(known["stop_words"])})


class Words:
    """Cuts texts into words; it pickles as its options.

    Args:
        options: How.
    """

    def __init__(self, options: WordOptions) -> None:
        self.options, self.tokenizer = options, Tokenizer(options.tokenizer)
        self._folded = _Folded(self._fold)
        self._as_it_is = not options.lower and options.digits == "keep"
        self._left_out = frozenset(options.stop_words)

    def __reduce__(self) -> tuple[type[Words], tuple[WordOptions]]:
        return Words, (self.options,)

    def __call__(self, text: str) -> list[str]:
        """Return the words of a text in their order."""
        words = self.tokenizer(self.prepare(text))
        if not self._as_it_is:
            words = list(map(self._folded.__getitem__, words))
        return [word for word in words if word not in self._left_out] if self._left_out else words

    def prepare(self, text: str) -> str:
        """Return what the tokenizer is given: the text without HTML remains, its characters composed."""
        if self.options.html == "strip" and ("<" in text or "&" in text):
            text = html.unescape(_TAG.sub(" ", text))
        return unicodedata.normalize("NFC", text) if self.options.normalize == "nfc" else text

    def _fold(self, token: str) -> str:
        token = token.lower() if self.options.lower else token
        return _DIGIT.sub("0", token) if self.options.digits == "0" else token


class _Folded(dict[str, str]):
    """Token → word: each different token is folded once, which takes longer than to look it up."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        super().__init__()
        self._fold = fold

    def __missing__(self, token: str) -> str:
        if len(self) >= _MAX_FOLDED:
            self.clear()
        word = self[token] = self._fold(token)
        return word
