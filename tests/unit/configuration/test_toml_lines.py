"""Every key that tomllib finds has a line, and it is the line on which it stands."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.configuration.toml_lines import KeyPath, key_lines


def paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from paths(item, (*path, key))


def test_keys_of_every_form_have_the_line_they_stand_on() -> None:
    text = '''\
# a comment with key = 1
plain = 1
"quoted.key" = 'lit#eral' # = [
dotted . inner = """
not = 1 \\"""
[not]"""""
numbers = [ 1, # one
  [2, 3],
]
[table."sub table"]
date = 1979-05-27T07:32:00Z
[[list]]
name = "a"
[[list.inner]]
x = { y = { z = "}" }, w = ["]"] }
[[list]]
[list.other]
name = "b"
'''

    lines = key_lines(text)

    assert {key: lines[key] for key in paths(tomllib.loads(text))} == {
        ("plain",): 2,
        ("quoted.key",): 3,
        ("dotted",): 4,
        ("dotted", "inner"): 4,
        ("numbers",): 7,
        ("numbers", 0): 7,
        ("numbers", 1): 8,
        ("numbers", 1, 0): 8,
        ("numbers", 1, 1): 8,
        ("table",): 10,
        ("table", "sub table"): 10,
        ("table", "sub table", "date"): 11,
        ("list",): 12,
        ("list", 0): 12,
        ("list", 0, "name"): 13,
        ("list", 0, "inner"): 14,
        ("list", 0, "inner", 0): 14,
        ("list", 0, "inner", 0, "x"): 15,
        ("list", 0, "inner", 0, "x", "y"): 15,
        ("list", 0, "inner", 0, "x", "y", "z"): 15,
        ("list", 0, "inner", 0, "x", "w"): 15,
        ("list", 0, "inner", 0, "x", "w", 0): 15,
        ("list", 1): 16,
        ("list", 1, "other"): 17,
        ("list", 1, "other", "name"): 18,
    }


KEYS = st.sampled_from(["a", "b-1", '"quoted key"', "'li.teral'", "d.e", '"\\u00e9\\""', "1"])
TEXTS = st.sampled_from(
    ['"x"', '"a\\"]b"', "'c:\\'", '"""\n"two""\n= [lines]"""', "'''\n# no\n'one' '''''", '""""q"""""', '""', "''''''"]
)
PLAIN = st.sampled_from(["1", "-0.5e3", "true", "1979-05-27 07:32:00", "inf", "0x_f".replace("_", ""), "07:32:00"])


def inline(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tables = st.lists(values, max_size=2).map(
        lambda items: "{" + ", ".join(f"k{i} = {v}" for i, v in enumerate(items)) + "}"
    )
    arrays = st.lists(values, max_size=3).map(lambda items: "[ # ]\n" + ",\n ".join(items) + "\n]")
    # An inline table holds no line break outside its texts and lists.
    return arrays | tables


VALUES = st.recursive(TEXTS | PLAIN, inline, max_leaves=5)
PAIRS = st.lists(st.tuples(KEYS, VALUES), max_size=4)
HEADERS = st.sampled_from(["[t]", "[[l]]", "[[l.m]]", '[ "q q" . r ]', "[[ l . m ]] # end", "[l.n]"])


@given(top=PAIRS, sections=st.lists(st.tuples(HEADERS, PAIRS), max_size=4), newline=st.sampled_from(["\n", "\r\n"]))
def test_no_key_is_missed_whatever_stands_around_it(
    top: list[tuple[str, str]], sections: list[tuple[str, list[tuple[str, str]]]], newline: str
) -> None:
    blocks = ["\n".join(f"{key} = {value}" for key, value in top)]
    blocks += [
        f"{header}\n" + "\n".join(f"  {key}= {value} # {key}" for key, value in pairs) for header, pairs in sections
    ]
    text = "\n".join(blocks).replace("\n", newline)
    try:
        expected = set(paths(tomllib.loads(text)))
    except tomllib.TOMLDecodeError:
        # A key or a table that stands there twice.
        return

    assert set(key_lines(text)) == expected


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "a=1"])
def test_short_files_are_files_too(text: str) -> None:
    assert set(key_lines(text)) == set(paths(tomllib.loads(text)))
