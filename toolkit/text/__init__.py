"""The text wing: sources → Manifest → Plan, whose encoder fills a dataset file; see `toolkit.wing` for what each hands on."""

from toolkit.text.encode import TextEncoder
from toolkit.text.plan import TextOptions, encoder, plan
from toolkit.text.sources import TextReadOptions, read
from toolkit.text.tokenize import Tokenizer, split_sentences
from toolkit.text.views import Bag, count_tokens, multi_hot, ngrams, one_hot, tf_idf
from toolkit.text.vocabulary import Vocabulary
from toolkit.text.words import WordOptions, Words

__all__ = [
    "Bag",
    "TextEncoder",
    "TextOptions",
    "TextReadOptions",
    "Tokenizer",
    "Vocabulary",
    "WordOptions",
    "Words",
    "count_tokens",
    "encoder",
    "multi_hot",
    "ngrams",
    "one_hot",
    "plan",
    "read",
    "split_sentences",
    "tf_idf",
]
