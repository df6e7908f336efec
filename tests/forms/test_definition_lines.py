import json
import tomllib
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms.definition_lines import find_lines

TRICKY = '''\
# [[field]] in a comment
title = "a # b [[field]] \\" = c"   # id = 1
"quoted key" . 'literal' = 1
empty = ""
literal = 'C:\\Users\\'

[form]  # form
about = """
[[field]]
id = "inside"
\\""" still
two quotes"""""
raw = \'\'\'
[form]
x = 1
\\\'\'\'
after = 1979-05-27 07:32:00
[[ field ]]
id = "name"
choices = [ # comment ]
  "a]",
  'b#',   # b
  """c
  d""",
  [1,
   2],
  { x = 1, y.z = [
     3 ] },
]
[field."en.glish"]
label = {en = "Name", ja = "氏名"}

[[field]]
id = "birth"
[[field.column]]
id = "one"
[[field.column]]
id = "two"
[field.column.more]
deep.er = true
'''
EXPECTED = {
    (): 1,
    ("title",): 2,
    ("quoted key",): 3,
    ("quoted key", "literal"): 3,
    ("empty",): 4,
    ("literal",): 5,
    ("form",): 7,
    ("form", "about"): 8,
    ("form", "raw"): 13,
    ("form", "after"): 17,
    ("field",): 18,
    ("field", 0): 18,
    ("field", 0, "id"): 19,
    ("field", 0, "choices"): 20,
    ("field", 0, "choices", 0): 21,
    ("field", 0, "choices", 1): 22,
    ("field", 0, "choices", 2): 23,
    ("field", 0, "choices", 3): 25,
    ("field", 0, "choices", 3, 0): 25,
    ("field", 0, "choices", 3, 1): 26,
    ("field", 0, "choices", 4): 27,
    ("field", 0, "choices", 4, "x"): 27,
    ("field", 0, "choices", 4, "y"): 27,
    ("field", 0, "choices", 4, "y", "z"): 27,
    ("field", 0, "choices", 4, "y", "z", 0): 28,
    ("field", 0, "en.glish"): 30,
    ("field", 0, "en.glish", "label"): 31,
    ("field", 0, "en.glish", "label", "en"): 31,
    ("field", 0, "en.glish", "label", "ja"): 31,
    ("field", 1): 33,
    ("field", 1, "id"): 34,
    ("field", 1, "column"): 35,
    ("field", 1, "column", 0): 35,
    ("field", 1, "column", 0, "id"): 36,
    ("field", 1, "column", 1): 37,
    ("field", 1, "column", 1, "id"): 38,
    ("field", 1, "column", 1, "more"): 39,
    ("field", 1, "column", 1, "more", "deep"): 40,
    ("field", 1, "column", 1, "more", "deep", "er"): 40,
}


def paths(value, path=()):
    """Every path of what tomllib read."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CR LF"])
def test_every_key_is_found_where_it_stands(ending):
    text = TRICKY.replace("\n", ending)
    assert set(paths(tomllib.loads(text))) == set(EXPECTED)
    assert find_lines(text) == EXPECTED


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ('\n\na = """""""\nb = 1', ("b",), 4),
        ("\n\na = '''''''\nb = 1", ("b",), 4),
        ('a = """"""\nb = 1', ("b",), 2),
        ('a = """x\\\n\n   y"""\nb = 1', ("b",), 4),
        ('a = "\\\\"\nb = "\\""\nc = 1', ("c",), 3),
        ("a = '\\'\nb = 1", ("b",), 2),
        ("a = [\n]\nb = []\nc = {}\nd = 1", ("d",), 5),
        ("a = [[\n],[\n\n]]\nb = 1", ("a", 1), 2),
        ("a.b = 1\n[c]\n[a.d]", ("a", "d"), 3),
        ("[a.b.c]\n[a]\nx = 1", ("a", "x"), 3),
        ("a=1#b=2\nb=3", ("b",), 2),
        ('"\\u3042" = 1\n"あ\'" = 2', ("あ",), 1),
        ("a = '\u2028\x85'\nb = 1", ("b",), 2),
        ("a = 07:32:00.5\nb = -inf\nc = 0xff\nd = +1.5e-3\ne = 1979-05-27T07:32:00Z\nf=1", ("f",), 6),
        ("[a]\r\nb = 1\r\n\r\nc = 2", ("a", "c"), 4),
        ("[[a]]\n[[a.b]]\n[[a.b.c]]\nx = 1\n[[a.b]]\n[[a]]\n[[a.b]]\ny = 1", ("a", 1, "b", 0, "y"), 8),
    ],
)  # fmt: skip
def test_what_looks_like_something_else_does_not_mislead(text, path, line):
    assert set(find_lines(text)) == set(paths(tomllib.loads(text)))
    assert find_lines(text)[path] == line


def test_a_text_of_nothing_has_one_line():
    assert find_lines("") == {(): 1}
    assert find_lines("# only a comment") == {(): 1}


NASTY = st.text(
    st.one_of(
        st.sampled_from("\"'\\#[]{}=,.\n\t ab_-1"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    max_size=12,
)
KEYS = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True), NASTY)
SCALARS = st.one_of(
    NASTY,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.times(),
    st.datetimes(),
)


def basic(text):
    """A one-line string."""
    return json.dumps(text, ensure_ascii=True) if text.isascii() else _basic(text)


def _basic(text):
    special = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(special.get(char, char) for char in text) + '"'


def written_key(draw, key):
    """A key in one of the ways TOML knows."""
    ways = [_basic(key)]
    if key and key.isascii() and key.replace("_", "a").replace("-", "a").isalnum():
        ways.append(key)
    if "'" not in key and "\n" not in key:
        ways.append(f"'{key}'")
    return draw(st.sampled_from(ways))


def written_text(draw, text):
    """A string in one of the ways TOML knows."""
    ways = [_basic(text), '"""\n' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""']
    if "'" not in text:
        ways.append(f"'''\n{text}'''")
        if "\n" not in text:
            ways.append(f"'{text}'")
    if '"""' not in text and "\\" not in text:
        ways.append(f'"""\n{text}"""')
    return draw(st.sampled_from(ways))


class Writer:
    """Writes TOML and knows by construction on which line everything stands."""

    def __init__(self, draw):
        self.draw, self.text, self.lines = draw, "", {(): 1}

    def line(self):
        return self.text.count("\n") + 1

    def gap(self, *, breaks):
        """Blanks, and comments where a line may end."""
        gaps = ["", " ", "\t"]
        if breaks:
            gaps += ["\n", " # x = [ ' \"\n", "\n\n  "]
        self.text += self.draw(st.sampled_from(gaps))

    def value(self, path, value):
        if isinstance(value, list):
            self.text += "["
            for index, each in enumerate(value):
                self.gap(breaks=True)
                self.lines[*path, index] = self.line()
                self.value((*path, index), each)
                self.gap(breaks=True)
                self.text += ","
            self.gap(breaks=True)
            self.text += "]"
        elif isinstance(value, dict):
            self.text += "{"
            for index, (key, each) in enumerate(value.items()):
                self.text += "," if index else ""
                self.gap(breaks=False)
                self.pair(path, key, each)
                self.gap(breaks=False)
            self.text += "}"
        elif isinstance(value, str):
            self.text += written_text(self.draw, value)
        elif isinstance(value, bool):
            self.text += str(value).lower()
        elif isinstance(value, datetime):
            self.text += value.isoformat(self.draw(st.sampled_from("T ")))
        elif isinstance(value, date | time):
            self.text += value.isoformat()
        else:
            self.text += repr(value)

    def pair(self, path, key, value):
        self.lines[*path, key] = self.line()
        self.text += written_key(self.draw, key)
        self.gap(breaks=False)
        self.text += "="
        self.gap(breaks=False)
        self.value((*path, key), value)

    def pairs(self, path, table):
        for key, value in table.items():
            self.pair(path, key, value)
            self.gap(breaks=False)
            self.text += self.draw(st.sampled_from(["\n", "# [[y]]\n", "\n\n#\n"]))


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)


@given(st.data(), TABLES, st.lists(st.tuples(KEYS, st.booleans(), TABLES), max_size=4))
def test_lines_are_right_in_any_text(data, top, tables):
    writer = Writer(data.draw)
    writer.pairs((), top)
    lists = {}
    for key, is_list, table in tables:
        if (
            key in top
            or (not is_list and (key,) in writer.lines)
            or (key in lists) != (is_list and (key,) in writer.lines)
        ):
            continue
        path = (key,)
        writer.lines.setdefault(path, writer.line())
        if is_list:
            path = (key, lists.setdefault(key, 0))
            lists[key] += 1
        writer.lines[path] = writer.line()
        header = written_key(data.draw, key)
        writer.text += f"[[ {header} ]]\n" if is_list else f"[{header} ]# c\n"
        writer.pairs(path, table)

    found = find_lines(writer.text)
    assert set(found) == set(paths(tomllib.loads(writer.text)))
    assert found == writer.lines
