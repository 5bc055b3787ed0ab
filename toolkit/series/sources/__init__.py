"""Readers of series: files come in, a RawSource goes out."""
