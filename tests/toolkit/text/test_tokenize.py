"""Tokenizers beside NLTK, on English and French; places of tokens; sentences; words after folding."""

import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.errors import ArgumentError
from toolkit.text import TextOptions, Tokenizer, WordOptions, Words, split_sentences
from toolkit.text.tokenize import straighten
from toolkit.text.words import Numbering

FRENCH = "L'œuvre d'aujourd'hui : « c'est-à-dire », dit-elle, coûte 12,50 € !"
ENGLISH = "Don't panic: the well-known cat's toy cost $12.50 (naïve?)."


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("wordpunct", FRENCH, "L ' œuvre d ' aujourd ' hui : « c ' est - à - dire », dit - elle , coûte 12 , 50 € !"),
        ("wordpunct", ENGLISH, "Don ' t panic : the well - known cat ' s toy cost $ 12 . 50 ( naïve ?)."),
        ("treebank", ENGLISH, "Do n't panic : the well-known cat 's toy cost $ 12.50 ( naïve ? ) ."),
        ("toktok", FRENCH, "L ' œuvre d ' aujourd ' hui : « c ' est-à-dire » , dit-elle , coûte 12,50 € !"),
        ("tweet", "@ann so :-) #œuvre http://a.fr/x?y=1 !!", "@ann so :-) #œuvre http://a.fr/x?y=1 ! !"),
        (r"regexp:\w+(?:['’-]\w+)*", FRENCH, "L'œuvre d'aujourd'hui c'est-à-dire dit-elle coûte 12 50"),
        (r"regexp:(a)(b)?", "ab a b", "ab a"),
        (r"regexp:x*", "xxay", "xx"),
        ("wordpunct", "हिन्दी में।", "हिन्दी में ।"),
    ],
)
def test_tokens_by_hand(name, text, expected):
    assert Tokenizer(name)(text) == expected.split(" ")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("wordpunct", "I don’t go l’été", "I don ’ t go l ’ été"),
        ("wordpunct", "cʼhoar ‘tis", "cʼhoar ‘ tis"),  # Breton: a letter
        ("treebank", "I don’t; she’s there, they’ll see", "I do n’t ; she ’s there , they ’ll see"),
        ("treebank", "donʼt don′t", "do nʼt do n′t"),
        ("treebank", '"I don’t", ‘he’ said ’’x', "`` I do n’t '' , ‘he ’ said `` x"),
        ("treebank", "(‘‘a’’ b’s", "( `` a ’’ b ’s"),
        ("treebank", "l’été aujourd’hui", "l’été aujourd’hui"),
        ("toktok", "I don’t go l’été d’aujourd’hui", "I don ’ t go l ’ été d ’ aujourd ’ hui"),
        ("toktok", "5′ tall, пʼять", "5 ′ tall , пʼять"),
        ("tweet", "I don’t :’( l’été d’aujourd’hui ’", "I don’t :’( l’été d’aujourd’hui ’"),
        (r"regexp:\w+(?:'\w+)*", "don’t l‘été d＇aujourd’hui", "don’t l‘été d＇aujourd’hui"),
        (r"regexp:(\w+)(’)?", "don’t don't", "don’ t don t"),
        (r"regexp:\w+(?:\u2019\w+)?", "don’t don't", "don’t don t"),
        (r"regexp:[^\p{Pf}\s]+", "don’t don't", "don t don't"),
    ],
)
def test_a_typographic_apostrophe_cuts_as_a_straight_one_and_stays_as_written(name, text, expected):
    assert Tokenizer(name)(text) == expected.split(" ")


TYPED = st.text(st.one_of(st.sampled_from("'’‘′\"`.,!  ()ntsdl"), st.characters(codec="utf-8", exclude_characters="ʼ")))


@pytest.mark.parametrize("name", ["wordpunct", "treebank", "toktok", "tweet", r"regexp:\w+(?:'\w+)*|\S"])
@example("\"'' ’’ \"don’t ``‘‘")
@given(text=TYPED)
def test_a_text_is_cut_as_with_straight_apostrophes(name, text):
    assert [straighten(token) for token in Tokenizer(name)(text)] == Tokenizer(name)(straighten(text))


def test_files_of_the_first_rules_are_cut_as_they_were():
    assert Tokenizer("treebank", typographic=False)("don’t don't") == ["don’t", "do", "n't"]
    stored = {name: value for name, value in WordOptions("tweet", stop_words=("'",)).to_json().items() if name != "rules"}
    first = pickle.loads(pickle.dumps(Words(WordOptions.from_json(stored))))
    assert first("don’t <unk> ' &amp; <b>it</b>") == ["don", "’", "t", "&", "it"]
    assert Words(WordOptions.from_json(stored | {"rules": 2}))("don’t <unk> ' ’ <b>it</b>") == ["don’t", "<unk>", "it"]
    with pytest.raises(ArgumentError, match="rules must be 1 or 2, got 3"):
        WordOptions.from_json(stored | {"rules": 3})


@given(st.text())
def test_wordpunct_is_nltks(text):
    from nltk.tokenize import wordpunct_tokenize

    assert Tokenizer("wordpunct")(text) == wordpunct_tokenize(text)


@given(st.text())
def test_words_are_the_folded_tokens_of_the_whole_text(text):
    words = Words(WordOptions(lower=True, digits="0", html="keep", normalize="none"))
    assert words(text) == [_zeros(token.lower()) for token in Tokenizer("wordpunct")(text)]


def _zeros(token):
    return "".join("0" if c.isdecimal() else c for c in token)


@pytest.mark.parametrize("name", ["wordpunct", r"regexp:\S+", r"regexp:\w+'\w+"])
@pytest.mark.parametrize("text", [FRENCH, ENGLISH, "don’t l’été", "", " \n"])
def test_places_are_those_of_the_tokens(name, text):
    tokenizer = Tokenizer(name)
    assert [text[start:stop] for start, stop in tokenizer.spans(text)] == tokenizer(text)


@pytest.mark.parametrize("name", ["wordpunct", "toktok", "tweet"])
@example("a|b\tc & d d://a/ &amp; http://a.b/c? !!!!!!! ----")
@given(text=st.text(st.one_of(st.sampled_from("|&\t:/?'`\".-,#;a1 \u00a0\n"), st.characters(codec="utf-8"))))
def test_no_character_but_white_space_is_changed_or_lost(name, text):
    assert "".join("".join(Tokenizer(name)(text)).split()) == "".join(text.split())


def test_toktok_leaves_no_entities_of_its_own():
    assert Tokenizer("toktok")("a | b\tc & d &amp; e") == ["a", "|", "b", "c", "&", "d", "&amp", ";", "e"]


@pytest.mark.parametrize("name", ["treebank", "toktok", "tweet"])
def test_tokenizers_that_change_what_they_cut_tell_no_places(name):
    with pytest.raises(ArgumentError, match=r"name must be wordpunct or regexp:PATTERN to tell places, got"):
        Tokenizer(name).spans("a")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("punkt", "name must be one of wordpunct, treebank, toktok, tweet, or regexp:PATTERN, got punkt"),
        ("regexp:(", r"pattern must be a regular expression, got \(: "),
        ("regexp:", "pattern must be a regular expression, got ''"),
    ],
)
def test_unknown_tokenizers_are_refused(name, message):
    with pytest.raises(ArgumentError, match=message):
        Tokenizer(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Smith went. He left at 5 p.m. on Monday! Why?", ["Mr. Smith went.", "He left at 5 p.m. on Monday!", "Why?"]),
        ("J. Verne écrit. « Où ? » demande-t-il. Mme. Curie rit…", ["J. Verne écrit.", "« Où ? » demande-t-il.", "Mme. Curie rit…"]),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("Il pleut... Élise rentre.", ["Il pleut...", "Élise rentre."]),
        ("It cost 3.50 euros. 2 were paid.", ["It cost 3.50 euros.", "2 were paid."]),
        ("a title\n\nand a text", ["a title", "and a text"]),
        ("", []),
    ],
)
def test_sentences_by_hand(text, expected):
    assert split_sentences(text) == expected


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ({}, "A <br /><b>big</b> caf&eacute; &lt;3 a<b", "A big café < 3 a < b"),
        ({"html": "keep"}, "<br>", "< br >"),
        ({"lower": True, "stop_words": ("the",)}, "The CAT", "cat"),
        ({"digits": "0"}, "In 1974, ٣", "In 0000 , 0"),
        ({}, "The <unk> is x<y", "The < unk > is x < y"),
        ({"tokenizer": "treebank", "stop_words": ("n't", "’s")}, "it’s it's I don’t don't", "it it I do do"),
        ({}, "cafe\u0301", "caf\u00e9"),
        ({"normalize": "none", "tokenizer": "regexp:.+"}, "cafe\u0301", "cafe\u0301"),
    ],
)
def test_words_by_hand(options, text, expected):
    words = pickle.loads(pickle.dumps(Words(WordOptions(**options))))
    assert words(text) == expected.split(" ")


@pytest.mark.parametrize("tokenizer", ["wordpunct", "treebank"])
def test_numbers_are_those_of_the_words(tokenizer, monkeypatch):
    monkeypatch.setattr("toolkit.text.words._MAX_PIECES", 3)
    words, table = Words(WordOptions(tokenizer=tokenizer, lower=True, stop_words=("the",))), {}
    numbering = Numbering(words, lambda word: table.setdefault(word, len(table)))
    for text in (ENGLISH, ENGLISH, "the the", ""):
        assert [list(table)[number] for number in numbering.of(text)] == words(text)


@pytest.mark.parametrize(
    ("word", "left"), [("/nope.txt", r"/ nope \. txt"), ("The", "the"), ("don't", "don ' t"), ("7", "0"), (" ", "nothing")]
)
def test_stop_words_that_no_text_can_have_are_refused(word, left):
    with pytest.raises(
        ArgumentError, match=rf"stop_words must be words as cutting and folding leave them, got {word}, which becomes {left}"
    ):
        TextOptions(lower=True, digits="0", stop_words=("the", word))


def test_stop_words_are_those_of_the_tokenizer():
    assert TextOptions(tokenizer="treebank", stop_words=("n't", "``")).stop_words == ("n't", "``")
