"""What people may say of texts: the options' classes, and the words of `foudre preprocess text`."""

from toolkit.declaration import Declaration
from toolkit.text.plan import TextOptions
from toolkit.text.sources import TextReadOptions

__all__ = ["DECLARATION"]

DECLARATION = Declaration(
    title="Turn texts into one dataset file: words become numbers, by a vocabulary of the training texts alone.\n\n"
    "Words alone are stored; n-grams are made of them when a network is trained.",
    source=".txt files, a folder a class (also inside train/, val/, test/); the Large Movie Review Dataset; files that are parts "
    "(train.tsv, test.tsv) or classes (pos.txt, neg.txt); one file, .csv, .tsv, .json, .jsonl, .parquet, or .txt, a text a line; "
    "compressed or in an archive, too. --dry-run says what it is taken for.",
    examples=(
        "aclImdb imdb.h5 --lower",
        "reviews.csv reviews.h5 --text review --label stars --group author",
        "novel.txt novel.h5 --layout paragraphs --tokenizer toktok --split 0.9,0.1",
    ),
    objects={"text": TextOptions, "read": TextReadOptions},
)
