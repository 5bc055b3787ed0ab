"""Tags of HTML go, and nothing else that stands in angle brackets; what browsers show of the same text is what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.text.markup import ELEMENTS, strip_html, strip_html_first


@pytest.mark.parametrize(
    "text",
    [
        "The <unk> river runs where x<y and List<String> ends",
        "a < b > c, a <b, i<3 and <3, <- and ->, <>, </>",
        "<pad> <eos> <num> <user> <url> <PERSON> <bx> <b-x> <o:p> <h7> <1> <é> </unk> <|endoftext|>",
        "if a<b and c>d, p <q, r> and vector<int, a b>",
        "mail <ann@example.org> or <http://example.org/>",
        "a tag without end: <br, <a href='x> y, <p class=\"x",
        "<!-- never ended, <!- ->, <!> -- >",
        "<ſ> and <\u212a>",  # a long s and a Kelvin sign, which re takes for s and k
    ],
)
def test_what_is_no_tag_of_html_is_text_and_stays(text):
    assert strip_html(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("big<br>small<br/>other<br />end<BR\n/>.", "big small other end ."),
        ("<p>A <b>bold</b> word</P >.", " A  bold  word ."),
        ('<a title="a > b" href=\'it"s\' rel=nofollow>x</a>', " x "),
        ("<a href=http://x.org/y?a=1&b=2>x</a>", " x "),
        ("<a href='x'class='y'\n  id = z data-toggle>x", " x"),
        ("<td nowrap><input disabled value=''><script async src=x></script>.", "   ."),
        ("<h1>T</h1><hr/><MyTag><font color=red size=+1>r", " T  <MyTag> r"),
        ("a<b>c", "a c"),
        ("<s>out</s>", " out "),
    ],
)
def test_tags_become_spaces(text, expected):
    assert strip_html(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a<!-- <b> and > -->b<!-->c<!--->d<!--[if IE]> x <![endif]-->", "a b c d "),
        ("<!DOCTYPE html>\n<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>x", " \n x"),
        ("a<script>if (x<y && y>z) {'<p>'}</script>b<STYLE type='text/css'>p > b {}</style >c", "a b c"),
        ("a<script>never ended <br>", "a never ended  "),
        ("a<!-- ended --> b <!-- never <i>ended", "a  b <!-- never  ended"),
        ("<script>1<!-- </script>2 -->3", " 2 -->3"),
        ("<!-- <script> -->1</script>2", " 1 2"),
        ("<title>Kept</title><noscript>too</noscript>", " Kept  too "),
    ],
)
def test_what_a_browser_does_not_show_goes(text, expected):
    assert strip_html(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("caf&eacute; &lt;3 R&D AT&T &#8217; &#x2019;", "café <3 R&D AT&T ’ ’"),
        ("&lt;br&gt; stays", "<br> stays"),  # written so that it is read
    ],
)
def test_entities_become_characters(text, expected):
    assert strip_html(text) == expected


@given(st.text().filter(lambda text: "<" not in text and "&" not in text))
def test_text_without_the_two_signs_is_unchanged(text):
    assert strip_html(text) == text


NO_ELEMENT = st.from_regex(r"\A/?[a-zA-Z][a-zA-Z0-9_:-]{0,8}\Z").filter(lambda name: name.strip("/").lower() not in ELEMENTS)


@given(st.text("ab >'\"/=\n"), NO_ELEMENT, st.text("ab <'\"/=\n"))
def test_angle_brackets_round_any_other_name_stay(before, name, after):
    assert f"<{name}>" in strip_html(f"{before}<{name}>{after}")


@given(st.lists(st.sampled_from(["<br>", "<p class='>'>", "</p>", "<!-- <x> -->", "x<y", "<unk>", " ", "<", ">", "word", "<3"])))
def test_stripping_keeps_all_characters_of_what_is_no_tag(parts):
    tags = ("<br>", "<p class='>'>", "</p>", "<!-- <x> -->")
    assert strip_html(" ".join(parts)) == " ".join(" " if part in tags else part for part in parts)


def test_the_first_rules_are_kept_for_files_that_were_made_by_them():
    assert strip_html_first("The <unk> &amp; <b>x</b> <!doctype a> <3") == "The   &  x  <!doctype a> <3"
