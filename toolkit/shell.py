"""Words as a shell takes them: text comes in, a command line that can be copied and typed goes out."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable

__all__ = ["join_words", "quote_word"]


def join_words(words: Iterable[str]) -> str:
    """Write words as one command line, each quoted where it must be.

    Args:
        words: As a program is to get them.
    """
    return " ".join(map(quote_word, words))


def quote_word(word: str) -> str:
    r"""Quote a word for a shell.

    Args:
        word: Any text without a null character; bytes that are no UTF-8 are kept in it by surrogate escapes, as in names of files.

    Returns:
        What `shlex.quote` returns as long as it can be seen and copied, and holds no backtick: commands stand between two of these.
        Else bash's ``$'…'``, which zsh and ksh know, too, in which every byte of any such character is written as ``\xff``.
    """
    if word.isprintable() and "`" not in word:
        return shlex.quote(word)
    return f"$'{''.join(map(_escape, word))}'"


def _escape(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    return character if character.isprintable() and character != "`" else "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))
