"""Texts made by code: sentences about countries, on which word vectors learn analogies, and film reviews with their feelings."""

from toolkit.samples.texts.reviews import ReviewOptions, WrittenReviews, write_reviews
from toolkit.samples.texts.sentences import COUNTRIES, Country, draw_sentences, list_analogies, write_sentences

__all__ = [
    "COUNTRIES",
    "Country",
    "ReviewOptions",
    "WrittenReviews",
    "draw_sentences",
    "list_analogies",
    "write_reviews",
    "write_sentences",
]
