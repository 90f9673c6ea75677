"""What the four Accept fields say: RFC 9110 sections 12.4.2 and 12.5.1 to 12.5.4."""

import pytest

from httpheaders.accept_fields import (
    Preference,
    parse_accept,
    parse_accept_charset,
    parse_accept_encoding,
    parse_accept_language,
)


@pytest.mark.parametrize(
    ("parse", "value", "ranges", "messages"),
    [
        (parse_accept, "a/b;q=0.5;x=1", [("a/b;x=1", 0.5, (("x", "1"),))], []),
        (parse_accept, "a/b;q=x, a, c/d", [("c/d", 1.0, ())], ["'a/b;q=x'", "'a'"]),
        (parse_accept, "a/b, a/b;q=0.1", [("a/b", 1.0, ()), ("a/b", 0.1, ())], ["repeats a range"]),
        (parse_accept_language, "en_GB, da;q=0", [("da", 0.0, ())], ["not a language range"]),
        (parse_accept_language, "a" + "-b" * 19, [("a" + "-b" * 19, 1.0, ())], []),
        (parse_accept_language, "a" + "-b" * 20, [], ["more than 20 subtags"]),
        (parse_accept_encoding, "gzip;x=1, *;q=0.", [("*", 0.0, ())], ["only one weight"]),
        (parse_accept_encoding, 'gzip;q=1;q=0, br;q="0.5"', [], ["only one weight", "weight"]),
        (parse_accept_language, "en;, da;;q=1, de;q=1;", [], ["only one weight"] * 3),
        (parse_accept_charset, "a;,b;q=0.5 ", [("b", 0.5, ())], ["only one weight"]),
        (parse_accept, "a/b;q=1;q=0.2, c/d;", [("c/d", 1.0, ())], ["more than one weight"]),
        (parse_accept_charset, ";, utf-8 ; Q=1", [("utf-8", 1.0, ())], ["expected a name"]),
    ],
)
def test_members_are_read_one_by_one(parse, value, ranges, messages):
    read = parse(value)
    assert read.ranges == tuple(Preference(*range_) for range_ in ranges)
    assert len(read.problems) == len(messages)
    for problem, message in zip(read.problems, messages, strict=True):
        assert message in problem.message


def test_more_members_than_are_remembered_are_read_all_the_same():
    field = ",".join(f"a/b{number};q=0.5" for number in range(10_000))
    for _ in range(2):
        read = parse_accept(field)
        assert [one.range for one in read.ranges] == [f"a/b{number}" for number in range(10_000)]
        assert {one.quality for one in read.ranges} == {0.5}
        assert not read.problems
