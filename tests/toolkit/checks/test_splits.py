"""Groups in two splits are found; the certificate says what was compared and what came of it."""

from tests.toolkit.checks.tables import table
from toolkit.checks import certify, find_cut_frames, find_cut_groups, find_duplicates, same_content
from toolkit.checks.rows import LIMIT, complete_command
from toolkit.wing import Finding


def test_a_group_in_two_splits_is_an_error_or_a_warning_where_the_source_wants_it_so():
    samples = table(group=[0, 0, 1, 1, 2], split=[0, 1, 0, 0, 2])
    (found,) = find_cut_groups(samples, imposed=False)
    assert (found.check, found.severity, found.count, found.samples) == ("groups_across_splits", "error", 1, (0, 1))
    assert found.num_showing == 2
    (found,) = find_cut_groups(samples, imposed=True)
    assert found.severity == "warning"
    assert "figures compare with those of others only if they stay" in found.why
    typed = complete_command(found.fix, source="list.csv", out="a.h5", typed="--columns label=kind,split=part")
    assert "`foudre preprocess toys list.csv a.h5 --columns label=kind --overwrite`" in typed


def test_all_samples_of_cut_groups_are_counted_though_not_all_are_listed():
    (found,) = find_cut_groups(table(group=[0] * 760, split=[0, 1] * 380), imposed=False)
    assert (found.count, found.num_listed, found.num_showing) == (1, LIMIT, 760)


def test_whole_groups_and_rows_without_a_part_are_no_finding():
    assert find_cut_groups(table(group=[0, 0, 1], split=[0, 0, 2]), imposed=False) == []
    assert find_cut_groups(table(group=[0, 0, 1], split=[-1, 0, 2]), imposed=False) == []
    assert find_cut_groups(table(group=[0, 0]), imposed=False) == []
    assert find_cut_groups(table(split=[0, 1]), imposed=False) == []


def test_the_certificate_adds_up_the_leaks():
    samples = table(content=[1, 1, 2, 3], group=[0, 1, 2, 2], split=[0, 2, 0, 1])
    found = find_cut_groups(samples, imposed=False) + find_duplicates(samples, same_content(samples))
    told = certify(samples, found)
    assert told.title == "Leaks between train, val and test: 1 group in several splits, 2 samples in exact copies"
    assert (told.severity, told.count) == ("error", 3)
    assert told.why == "Compared: groups, contents, and looks, each sample of one split with all of the others."
    assert told.fix == "See groups_across_splits and duplicates_across_splits below."


def test_the_certificate_is_as_severe_as_the_worst_leak():
    near = Finding("near_duplicates_across_splits", "warning", "2 samples", 2)
    told = certify(table(split=[0, 2]), [near])
    assert (told.severity, told.title) == ("warning", "Leaks are likely between train and test: 2 samples in near copies")
    samples = table(group=[0, 0], split=[0, 2])
    told = certify(samples, find_cut_groups(samples, imposed=True))
    assert (told.severity, told.count) == ("warning", 1)
    assert told.title.startswith("Leaks are likely between train and test: 1 group in several")


def test_the_certificate_tells_what_a_leaking_split_would_claim():
    assert certify(table(split=[0, 2]), [], claim="A split would.").why.endswith("with --group. A split would.")
    assert certify(table(split=[0, 0]), [], claim="A split would.").why.endswith("its splits share. A split would.")


def test_the_certificate_of_a_clean_set_and_of_one_split():
    clean = certify(table(split=[0, 2]), [])
    assert (clean.severity, clean.title) == ("info", "No leak was found between train and test; groups are unknown")
    assert "Groups are unknown: what of one person, place or scene is in two splits, only you can say" in clean.why
    known = certify(table(split=[0, 2], group=[0, 1]), [])
    assert (known.title, "unknown" in known.why) == ("No leak was found between train and test", False)
    alone = certify(table(split=[-1, -1]), [])
    assert "not checked" in alone.title
    assert alone.count == 0


FRAMES = [f"a/{track:05}_{frame:05}.png" for track in (0, 1) for frame in range(3)]


class TestFrames:
    def test_numbered_frames_in_two_splits_are_told_with_the_command_that_keeps_them_whole(self):
        samples = table(origin=FRAMES, split=[0, 0, 2, 1, 1, 1])
        (found,) = find_cut_frames(samples)
        assert (found.check, found.severity, found.count, found.samples) == ("frames_across_splits", "warning", 1, (0, 1, 2))
        assert (
            certify(samples, [found]).title
            == "Leaks are likely between train, val and test: 1 sequence of numbered frames in several splits"
        )
        typed = complete_command(found.fix, source="signs", out="a.h5", typed="--seed 3")
        assert "--seed 3 --group 'regex:^(.+)[ _.-](?:frame|frm)?\\d+\\.\\w+$' --overwrite`" in typed

    def test_whole_sequences_and_known_groups_are_no_finding(self):
        assert find_cut_frames(table(origin=FRAMES, split=[0, 0, 0, 1, 1, 1])) == []
        assert find_cut_frames(table(origin=FRAMES, split=[0, 0, 2, 1, 1, 1], group=[0] * 6)) == []
        assert find_cut_frames(table(origin=[f"IMG_{i:04}.png" for i in range(6)], split=[0, 0, 2, 1, 1, 1])) == []
