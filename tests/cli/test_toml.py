"""The TOML reader against Python's own tomllib, which is the judge.

toml_dump shows what the reader makes of a file; tomllib reads the same file.
Kinds, values and the order of keys must be equal, and so must be whether it is
an error.
"""

import datetime
import json
import os
import random
import re
import subprocess
import sys
import tomllib

import pytest

DUMP = os.environ["MIGLINT_TOML_DUMP"]
ERROR_LINE = re.compile(r"error toml:(?:(\d+):)? \S.*\.$")

KINDS = [
    (bool, "a boolean"),
    (str, "a string"),
    (int, "an integer"),
    (float, "a float"),
    ((datetime.date, datetime.time), "a datetime"),
    (list, "an array"),
    (dict, "a table"),
]


def shown(value):
    """A value of tomllib as toml_dump shows it, without lines."""
    kind = next(name for types, name in KINDS if isinstance(value, types))
    if isinstance(value, dict):
        return [kind, [(key, shown(item)) for key, item in value.items()]]
    if isinstance(value, list):
        return [kind, [shown(item) for item in value]]
    if isinstance(value, float):
        return [kind, repr(value)]
    if kind == "a datetime":
        return [kind, value.isoformat()]
    return [kind, value]


def dumped(node):
    """What toml_dump shows, without lines."""
    kind, _, value = node
    if kind == "a table":
        return [kind, [(key, dumped(item)) for key, item in value.items()]]
    if kind == "an array":
        return [kind, [dumped(item) for item in value]]
    if kind == "a float":
        return [kind, repr(abs(float(value)) if value == "nan" else float(value))]
    if kind == "a datetime":
        return [kind, tomllib.loads(f"x = {value}")["x"].isoformat()]
    return [kind, value]


def dump(folder, contents):
    """The reader's answer to each of the files: a line."""
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / f"{number}.toml")
        paths[-1].write_bytes(as_bytes(content))
    run = subprocess.run([DUMP, *paths], capture_output=True, timeout=300)
    assert run.returncode == 0, run.stderr.decode()
    lines = run.stdout.decode().split("\n")[:-1]
    assert len(lines) == len(paths)
    return lines


def as_bytes(content):
    return content if isinstance(content, bytes) else content.encode()


def tomllib_reads(content):
    try:
        return shown(tomllib.loads(content.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError):
        return None


def read(line):
    """A line of toml_dump as tomllib_reads would have it; None for an error."""
    if line.startswith("error"):
        assert ERROR_LINE.match(line), line
        return None
    return dumped(json.loads(line))


def check(folder, contents):
    for content, line in zip(contents, dump(folder, contents)):
        assert read(line) == tomllib_reads(as_bytes(content)), content


BY_HAND = [
    "",
    "\n\n# nothing\n",
    "a = 1",
    "a=1 # comment",
    "[a]",
    "[a] # comment\n\n",
    "[tool.alembic]\nscript_location = \"%(here)s/migrations\"\nprepend_sys_path = [\n    \".\"\n]\n",
    # keys
    "bare_key = 1\nbare-key = 2\n1234 = 3\n\"\" = 4\n'' = 5\n",
    "\"a b\" = 1\n'a\"b' = 2\n\"\\u00e4\\t\" = 3\nä = 1\n",
    "\"\\u00e4\\t\" = 3\n'ä' = 1\n",
    "a.b.c = 1\na . d = 2\n\"a\".'e' = 3\n1.2 = 4\n",
    "= 1\n",
    "a\n",
    "a =\n",
    "a = \n1\n",
    "a.b. = 1",
    ".a = 1",
    "a..b = 1",
    "a b = 1",
    "\"\"\"a\"\"\" = 1",
    "a = 1 b = 2",
    "a = 1, b = 2",
    "a: 1",
    "true = false\ninf = nan\n",
    "a = 1\na = 2\n",
    "a = 1\n\"a\" = 2\n",
    "a = 1\na.b = 2\n",
    "a.b = 1\na = 2\n",
    "a.b = 1\na.b.c = 2\n",
    "a = {}\na.b = 1\n",
    "a = []\na.b = 1\n",
    "a = [{}]\na.b = 1\n",
    # strings
    r'a = "b\b\t\n\f\r\"\\\u00e9\U0001F600"',
    r'a = "\u0001"',
    r'a = "\x41"',
    r'a = "\e"',
    r'a = "\ud800"',
    r'a = "\U00110000"',
    r'a = "\u12"',
    r"a = 'C:\no\escapes'",
    "a = 'no ' here'",
    "a = ''''two'''",
    "a = 'open\nb = 1",
    "a = \"open\nb = 1",
    "a = \"tab\there\"\nb = 'tab\there'\n",
    "a = \"ctrl\x01\"",
    "a = 'ctrl\x7f'",
    "a = \"ctrl\x1f\"",
    "# ctrl \x01\n",
    "# ctrl \x7f\n",
    "# tab \t\n",
    "a = 1\x0c\n",
    'a = """\nfirst newline goes\n  the others stay\n"""',
    'a = """\r\nfirst newline goes\r\n  the others stay\r\n"""',
    'a = """one \\\n   two \\   \n\n\n   three\\\r\n  four"""',
    'a = """one \\ \t \r\n  two"""',
    'a = """one \\ two"""',
    'a = """one \\   """',
    'a = """one \\   \\\n  \n"""',
    'a = """\\\n"""',
    'a = """\\\n\n   \t\n"""',
    'a = """ " "" \\""" """',
    'a = """"one""""',
    'a = """""two"""""',
    'a = """"""',
    'a = """"""""',
    'a = """"""""\nb = 1',
    'a = """"""""""',
    "a = '''''two'''''",
    "a = ''''''",
    "a = '''''''''",
    "a = '''\n\\n stays \\  \n'''\nb = '\\'",
    "a = '''\r\none\r\ntwo'''",
    "a = '''open",
    'a = """open',
    'a = """ctrl \x01"""',
    'a = """cr \r"""',
    "a = '''cr \r'''",
    "a = ünï",
    'a = "ünï 💜 \u2028"',
    # numbers
    "a = [0, +0, -0, 1, +1, -1, 1_000, 9223372036854775807, -9223372036854775808]",
    "a = [0xdead_BEEF, 0o755, 0b1101_0, 0x0, 0o0, 0b0]",
    "a = [1.0, +1.5, -0.0, 1e5, 1E+5, 1e-05, 6.626e-34, 1_0.0_1e1_0, 0.0, 0e0]",
    "a = [inf, +inf, -inf, nan, +nan, -nan, 1e999, 1e-999]",
    "a = 5e-324\nb = 1.7976931348623157e308\nc = 0.1\nd = 123456789.123456789\n",
    *(f"a = {bad}" for bad in (
        "01 -01 1__0 _1 1_ 1. .5 1.e5 1e 1e_5 1.0_ 0x 0xg 0o8 0b2 +0x1 -0o1 0X1 Inf NaN infinity "
        "True TRUE tru 1e1.5 0_0 00 1,0 1.2.3 --1 + -").split()),
    # dates
    *(f"a = {date}" for date in (
        "1979-05-27 1979-05-27T07:32:00 1979-05-27t07:32:00z 1979-05-27T07:32:00Z "
        "1979-05-27T00:32:00-07:00 1979-05-27T00:32:00.999999+07:00 07:32:00 00:32:00.5 "
        "2000-02-29 1900-02-29 2023-02-29 2023-04-31 0000-01-01 0001-01-01 9999-12-31 12345-01-01 "
        "123-01-01 1979-13-01 1979-00-01 1979-01-32 1979-1-1 24:00:00 23:60:00 23:59:60 "
        "23:59:59.9999999999 1979-05-27T23:59:60Z 1979-05-27T00:32:00+24:00 1979-05-27T07:32 07:32 "
        "1979-05-27T 1979-05-27Z 07:32:00Z 1979-05-27T00:32:00+0700 1979-05-27T00:32:00.Z").split()),
    "a = 1979-05-27 07:32:00\nb = 1979-05-27  # not a time\n",
    "a = 1979-05-27  07:32:00",
    # arrays
    "a = []\nb = [ ]\nc = [\n]\nd = [ # c\n # c\n]\n",
    "a = [1, 2,]\nb = [\n  1, # one\n  2 # two\n  , 3\n  ,\n]\n",
    "a = [[1, 2], [\"a\", [true]], {b = 1}]",
    "a = [,]",
    "a = [1,,2]",
    "a = [1 2]",
    "a = [1",
    "a = [1,\nb = 2\n",
    "a = [1]]",
    "a = [\r\n 1,\r\n 2\r\n]\r\n",
    # inline tables
    "a = {}\nb = { }\nc = {a = 1, b.c = 2, b.d = 3, \"q r\" = {}}",
    "a = {b = 1,}",
    "a = {,}",
    "a = {b = 1\n}",
    "a = {\n}",
    "a = {b = [\n1,\n2\n]}",
    "a = {b = \"\"\"\n\"\"\"}",
    "a = {b = 1 c = 2}",
    "a = {b = 1, b = 2}",
    "a = {b.c = 1, b = 2}",
    "a = {b = 1, b.c = 2}",
    "a = {b = {}, b.c = 2}",
    "a = {b = [], b.c = 2}",
    "a = {b.c = {}, b.c.d = 2}",
    "a = {b.c = 1}\n[a.b]\n",
    "a = {b = {c = 1}}\n[a.d]\n",
    "a = {}\n[a]\n",
    "a = {}\n[[a]]\n",
    "a = {b # comment\n = 1}",
    # tables
    "[ a . \"b c\" . 'd' ]\nx = 1\n",
    "[a]\n[a]\n",
    "[a]\nb = 1\n[a.b]\n",
    "[a]\nb = 1\n[a.b.c]\n",
    "[a.b]\n[a]\n[a]\n",
    "[a.b]\n[a]\nc = 1\n",
    "[a.b]\n[a]\nb = 1\n",
    "[a.b]\n[a]\nb.c = 1\n",
    "[a.b.c]\n[a]\nb.x = 1\n",
    "[a.b.c]\n[a]\nb.x = 1\nb.y = 1\n",
    "[a.b.c]\n[a]\nb.x = 1\n[a.b]\n",
    "[a.b.c]\n[a]\nb.c.x = 1\n",
    "[a]\nb.c = 1\n[a.b]\n",
    "[a]\nb.c = 1\n[a.b.d]\n",
    "[a]\nb.c.d = 1\n[a.b.e]\n[a.b.c]\n",
    "[a]\nb.c = 1\n[a.b.d]\nx = 1\n[a.b.d]\n",
    "a.b = 1\n[a]\n",
    "a.b = 1\n[a.c]\n",
    "a.b.c = 1\n[a.b]\n",
    "[a]\nb.c = 1\n[x]\n[a.b]\n",
    "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 1\n[[a]]\n[a.c]\n",
    "[[a]]\n[a]\n",
    "[a]\n[[a]]\n",
    "[a.b]\n[[a]]\n",
    "[[a.b]]\n[a]\n[[a.b]]\n",
    "[[a.b]]\n[a]\nb.c = 1\n",
    "[[a.b]]\n[a]\nb = 1\n",
    "[[a]]\nb.c = 1\n[[a.b]]\n",
    "[[a]]\nb.c = 1\n[a.b]\n",
    "[[a]]\n[[a.b]]\n[[a.b]]\n[a.b.c]\n[[a]]\n[[a.b]]\n[a.b.c]\n",
    "[[a]]\n[a.b]\n[a.b]\n",
    "[[a]]\n[a.b]\n[[a]]\n[a.b]\n",
    "a = []\n[[a]]\n",
    "a = [{}]\n[a.b]\n",
    "a = 1\n[[a]]\n",
    "a = 1\n[a]\n",
    "[[a.b]]\n[a.b]\n",
    "[a]b = 1",
    "[a] b = 1\n",
    "[]",
    "[[]]",
    "[a",
    "[[a]",
    "[[a] ]",
    "[ [a]]",
    "[a]]",
    "[a.]",
    "[.a]",
    "[a b]",
    "[a\n]",
    "[a]\n\n[b]\n  c = 1\n\t[d]\n",
    # ends of lines, encodings
    "a = 1\r\nb = 2\r\n[c]\r\nd = 3\r\n",
    "a = 1\rb = 2\r",
    "a = 1\r",
    "a = 1\r\r\n",
    "# c\r\n# d\r",
    "\ufeffa = 1",
    "a = 1 \ufeff",
    "\u00a0a = 1",
    b"a = \"\xff\"",
    b"\n\na = '\xc3'",
    b"a = '\xed\xa0\x80'",
    b"a = 1\x00",
    b"\x00",
    b"# \x00\n",
    b"a = '\x00'\nb = 1",
    b"\xff\xfea\x00",
    "\\ \n",
    "a = \\ \n 1",
    "# \\   \na = 1\n",
    "a = 1 # \\   \r\n   b = 2\n",
    "\\",
]


def test_corners(tmp_path):
    check(tmp_path, BY_HAND)


KEYS = ["a", "b", "c", "a.b", "b.a", "a.b.c", '"a"', "'b'", "a . c", "c.b", '"x y"', "b.c.a"]
VALUES = [
    "1", "-2_0", "0x1f", "1.5", "6e3", "inf", "true", "false", '"text"', "'raw\\'", '"\\u00e4\\n"',
    '"""\none \\\n  two"""', '"""x\\  \n  y"""', "'''\nraw \\\n'''", "1979-05-27", "07:32:00",
    "1979-05-27T07:32:00Z", "[]", "[1, 2]", "[\n  1, # c\n  'x',\n]", "{}", "{a = 1}",
    "{a.b = 1, a.c = 2}", "[{a = 1}, {b = 2}]", "{a = {b = []}}", "[[], [[1]]]",
]
BAD = ["01", "bare", "1.", "", '"open', "[1", "{a = 1, a = 2}", "{a = 1,}", "1 2", "2023-02-30", '"\\q"']
OTHER = ["", "", "# comment", "   ", "\t# ä"]
WRONG = ["= 1", "a", "[a", "[[a]", "]", "a = b = 1", "\x00", "a: 1"]
ENDS = ["\n", "\n", "\n", "\r\n"]


def random_line(chance, faults):
    kind = chance.random()
    if kind < 0.15:
        return "[" + chance.choice(KEYS) + "]"
    if kind < 0.25:
        return "[[" + chance.choice(KEYS) + "]]"
    if kind < 0.35:
        return chance.choice(OTHER)
    if kind < 0.35 + faults / 2:
        return chance.choice(WRONG)
    value = chance.choice(BAD if kind > 1 - faults / 2 else VALUES)
    return chance.choice(["", " "]) + chance.choice(KEYS) + chance.choice([" = ", "="]) + value


def random_file(seed):
    chance = random.Random(seed)
    faults = chance.choice([0, 0, 0.1])
    lines = (random_line(chance, faults) for _ in range(chance.randint(1, 7)))
    return "".join(line + chance.choice(ENDS) for line in lines)


def test_random(tmp_path):
    check(tmp_path, [random_file(seed) for seed in range(800)])


def test_random_files_are_of_both_kinds():
    read = sum(tomllib_reads(random_file(seed).encode()) is not None for seed in range(800))
    assert 200 < read < 600


def mutated(chance, text):
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        cut = chance.choice([0, 0, 1, 1, 5])
        text = text[:at] + chance.choice(["", *"\"'[]{}=.,#\\\n\r \t01aT:-_"]) + text[at + cut :]
    return text


def test_mutated(tmp_path):
    good = [text for text in BY_HAND if isinstance(text, str) and tomllib_reads(text.encode())]
    chance = random.Random(1)
    check(tmp_path, [mutated(chance, chance.choice(good)) for _ in range(1000)])


@pytest.mark.parametrize(
    "content, line",
    [
        ("a = 1\nb = x\nc = 2\n", 2),
        ("a = 1\n\n[b\nc = 1\n", 3),
        ("a = 1\n\n\n= 3\nb = 1", 4),
        ("a = 1\n[b]\nc\nd = 1", 3),
        ("a = 1\nb = 1 2\n", 2),
        ("a = 1\n\na = 2\n", 3),
        ("[a]\n[b]\n[a]\n", 3),
        ("a = [\n 1,\n 2023-02-30\n]\n", 3),
        ("a = '''\n\n'''\nb = \"\\ud800\"\n", 4),
        (b"a = 1\nb = '\xff'\n", 2),
        ("a = 'x\\  \n\n\nb = 1\n", 1),
    ],
)
def test_error_names_the_line(tmp_path, content, line):
    check(tmp_path, [content])
    assert int(ERROR_LINE.match(dump(tmp_path, [content])[0]).group(1)) == line


def test_values_have_the_line_of_their_key(tmp_path):
    content = '[a]\nb = """\n\n"""\nc.d =[\n\n1,\n2]\n[[e]]\n[[e]]\n'
    root = json.loads(dump(tmp_path, [content])[0])[2]
    a = root["a"]
    assert [a[1], a[2]["b"][1], a[2]["c"][1], a[2]["c"][2]["d"][1]] == [1, 2, 5, 5]
    assert [item[1] for item in a[2]["c"][2]["d"][2]] == [7, 8]
    assert [item[1] for item in root["e"][2]] == [9, 10]


STRICTER = {
    "deep array": "a = " + "[" * 5000 + "]" * 5000,
    "deep inline table": "a = " + "{a = " * 5000 + "1" + "}" * 5000,
    "deep key": ".".join(["a"] * 5000) + " = 1",
    "deep header": "[" + ".".join(["a"] * 5000) + "]",
    "deep by sum": "[" + ".".join(["a"] * 60) + "]\n" + ".".join(["a"] * 60) + " = 1",
    "large integer": "a = 9223372036854775808",
    "large file": "# " + "x" * 1024 * 1024,
    "nul": 'a = "\\u0000"',
    "brackets": "[" * 100000,
    "quotes": '"' * 100000,
    "not toml": "{ x ? = ]\n" * 20000,
}


@pytest.mark.parametrize("name", STRICTER)
def test_what_is_too_much_is_an_error(tmp_path, name):
    assert ERROR_LINE.match(dump(tmp_path, [STRICTER[name]])[0])


def test_many_keys(tmp_path):
    keys = "".join(f"k{n}.x = {n}\n" for n in range(20000))
    items = "".join(f"[[t]]\nx = {n}\n" for n in range(20000))
    check(tmp_path, [keys, items])


def test_the_judge_is_the_python_that_is_followed():
    assert sys.version_info[:2] == (3, 11)
