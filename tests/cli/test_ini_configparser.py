"""The ini reader against Python's own ConfigParser, which is the judge.

ini_dump shows what the reader makes of a file; ConfigParser reads the same
file as Alembic would have it read. Sections, keys, raw and expanded values
must be equal, and so must be whether, and at which line, it is an error.
"""

import configparser
import os
import random
import re
import subprocess
import sys

import pytest

HERE = "/some/where"
DUMP = os.environ["MIGLINT_INI_DUMP"]
ERROR_LINE = re.compile(r"error ini:(\d+): \S")

def line_of(error):
    if isinstance(error, configparser.MissingSectionHeaderError):
        return error.lineno
    if isinstance(error, configparser.ParsingError):
        return error.errors[0][0]
    return error.lineno


def judge(path):
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return error.object[: error.start].count(b"\n") + 1

    parser = configparser.ConfigParser({"here": HERE})
    try:
        parser.read(path, encoding="utf-8")
    except configparser.Error as error:
        return line_of(error)
    return {section: items(parser, section) for section in ["DEFAULT", *parser.sections()]}


def items(parser, section):
    # options() gives the section's own keys first, then those of DEFAULT.
    keys = parser.defaults() if section == "DEFAULT" else parser.options(section)
    return [
        (key, parser.get(section, key, raw=True), expanded(parser, section, key)) for key in keys
    ]


def expanded(parser, section, key):
    try:
        return parser.get(section, key)
    except configparser.InterpolationError:
        return None


def text_of(word):
    return bytes.fromhex(word).decode()


def ours(path):
    run = subprocess.run([DUMP, HERE, path], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    if lines[0].startswith("error"):
        return int(ERROR_LINE.match(lines[0]).group(1))
    read = {}
    for line in lines:
        kind, *words = line.split(" ")
        if kind == "section":
            keys = read.setdefault(text_of(words[0]), [])
        else:
            _, key, raw, value = words
            value = None if value == "fails" else text_of(value[1:])
            keys.append((text_of(key), text_of(raw[1:]), value))
    return read


def check(tmp_path, content):
    path = tmp_path / "x.ini"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert ours(path) == judge(path), content


BY_HAND = [
    "",
    "\n\n# nothing\n",
    "[alembic]\nscript_location = %(here)s/migrations\n",
    # comments: whole lines only, indented or not
    "[a]\nk = v # kept ; kept\n  # gone\n; gone\n  more\n",
    "[a]\nk = # the value\nj = ;\n#x = 1\n",
    "# before\n  ; before\n[a]\nk=v\n",
    # values that go on
    "[a]\nk =\n  one\n  two\n\n  three\n\n\nj = 1\n",
    "[a]\nk = one\n # gone\n two\n\n# gone\n\n three\n",
    "[a]\n  k = 1\n  j = 2\n    more = of j\n i = 3\n  more of i\n",
    "[a]\n    k = 1\n  j = 2\n   [b]\n",
    "[a]\nk = 1\n\tmore\n \tmore\n",
    "[a]\nk = 1\n  \n  \n",
    "[a]\n  k = 1\n\n  j = 2\n",
    "[a]\n\n   indented = first\n",
    "   [a]\n   k = 1\n     [b]\n   j = 1\n",
    "[a]\nk = 1\n [b]\n",
    "[a]\nk = 1\n[b]\n  j = 2\n",
    "[a]\nk =\u3000\n\u3000more\n\u2003\u2003x\n",
    # delimiters
    "[a]\nk=v\nj:v\ni = v = w\nh : v : w\ng=:v\nf:=v\ne e = v\nd ==v\n",
    "[a]\nk =\nj:\n",
    "[a]\nurl: postgresql://u:p@h/d\n",
    "[a]\nk\n",
    "[a]\nk\n  more\nj = 1\n",
    "[a]\ni = 1\nk\n  more = x\n",
    "[a]\nnothing\n\n\nnothing more\n",
    "[a]\n= v\n",
    "[a]\n: v\n   more\n",
    "[a]\n= v\n= w\n",
    "[a]\nk\nj = 1\nj = 2\n",
    "[a]\nk\n[a]\n",
    # case
    "[A]\nKEY = 1\n[a]\nKeY = %(KEY)s\n",
    "[a]\nkey = 1\nref = %(KEY)s %(Key)s\n",
    "[a]\nÄÖÜ = 1\nШ = 2\nref = %(äÖü)s%(ш)s\n",
    "[a]\nİ = 1\nẞ = 2\nK = kelvin\n",
    "[a]\nk = 1\nK = 2\n",
    # sections
    "[a]\n[a]\n",
    "[a]\n[A]\n",
    "[a]\nk=1\n[b]\n[a]\n",
    "[a]b\nk=1\n",
    "[a]b]\nk=1\n",
    "[ a ]\nk=1\n[a]\n",
    "[a] # comment\nk=1\n",
    "[a] # comment]\nk=1\n",
    "[]\n",
    "[a]\n[]\n",
    "[a]\n[]=1\n",
    "[]]\nk=1\n",
    "[[]\nk=1\n",
    "[a\nk=1\n",
    "[a]\n[b\n",
    "[a]\n[b = c\n",
    "[a]\n[b = c]\nk=v\n",
    "[a=b]\nk=v\n",
    "[DEFAULT]\nk = 1\n[a]\nj = %(k)s\n",
    "[DEFAULT]\nk = 1\n[DEFAULT]\nj = 2\n",
    "[DEFAULT]\nk = 1\n[a]\n[DEFAULT]\nk = 2\n",
    "[DEFAULT]\nhere = there\n[a]\nk = %(here)s\n",
    "[DEFAULT]\nHERE = there\nhere = x\n",
    "[DEFAULT]\nk = 1\n[a]\nk = 2\nj = %(k)s\n[b]\nj = %(k)s\n",
    "[default]\nk = 1\n[a]\nj = %(k)s\n",
    "[ DEFAULT]\nk = 1\n[a]\nj = %(k)s\n",
    "k = 1\n[a]\n",
    "\n\nno section\n",
    "# c\n  x\n[a]\n",
    # interpolation
    "[a]\nk = 100%%\nj = 100%\ni = %\nh = %d\ng = %%(here)s\nf = %%%(here)s\n",
    "[formatter_generic]\nformat = %(levelname)-5.5s [%(name)s] %(message)s\nx = %(here)s\n",
    "[a]\nk = %(nothing)s\nj = %(k)s\n",
    "[a]\nk = %(k)s\n",
    "[a]\nk = %(j)s\nj = %(k)s\n",
    "[a]\nk = %()s\nj = %( here )s\ni = %(here)\nh = %(here\ng = %(here)d\nf = %(he)re)s\n",
    "[a]\nk = %(x\n y)s\nx\u00a0: 1\n",
    "[a]\nk = 50%% of %(j)s\nj = %(i)s%%\ni = %%\n",
    "[a]\nk = %(here)s/a\n  %(here)s/b\n",
    "[a]\n" + "".join(f"k{n} = %(k{n + 1})s\n" for n in range(14)) + "k14 = end\n",
    "[a]\n" + "".join(f"k{n} = %(k{n + 1})s\n" for n in range(14)) + "k14 = 1%%\n",
    "[DEFAULT]\na = %(b)s\n[x]\nb = 1\n[y]\n",
    # ends of lines
    "[a]\r\nk = 1\r\n  2\r\n\r\nj = 3\r\n",
    "[a]\rk = 1\r  2\r\rj = 3",
    "[a]\n\rk = 1\r\n\r\n\rnothing",
    "[a]\nk = 1\x0b2\x0c3\x1c4\x1f\n\x1e5\u20286\u20297\x858\n",
    "[a]\nk = 1\x85\nj = \x1c2\n\x1d\x1d3\n",
    "[a]\nk = 1",
    "[a]",
    # encodings
    "\ufeff[a]\nk = 1\n",
    "\ufeff# c\n[a]\nk = 1\n",
    "\ufeff\n[a]\nk = 1\n",
    "[a]\nk = \ufeff\nj = ünï 💜\n",
    b"[a]\nk = \xff\n",
    b"[a]\n\nk = 1\nj = \xed\xa0\x80\n",
    b"[a]\nk = \xc3",
    b"\xff\xfe[\x00a\x00]\x00",
]


@pytest.mark.parametrize("content", BY_HAND)
def test_corner(tmp_path, content):
    check(tmp_path, content)


LINES = [
    "[alembic]", "[DEFAULT]", "[a]", "[b]", "[a] x", "[ a ]", "[", "[]", "]",
    "script_location = alembic", "script_location = %(here)s/x", "key = value", "Key: %(other)s",
    "other = %(KEY)s", "other = 1 %% %(here)s", "third=%(other)s%(other)s", "empty =", "bare",
    "= none", "# comment", "; comment", "k = %%", "percent = 5%", "more", "more = less", "",
    "", "  ", "\u00a0", "x\u2003=\u2003y", "ÄRGER : ja", "a:b=c", "%(here)s = 1",
]
INDENTS = ["", "", "", "", " ", "  ", "    ", "\t", "\u00a0 "]
ENDS = ["\n", "\n", "\n", "\r\n", "\r"]


def random_file(seed):
    chance = random.Random(seed)
    lines = chance.sample(LINES, chance.randint(1, 12))
    if chance.random() < 0.8:
        lines.insert(0, "[first]")
    if chance.random() < 0.6:
        lines = [line for line in lines if line not in ("bare", "= none", "[", "[]", "]", "more")]
    return "".join(chance.choice(INDENTS) + line + chance.choice(ENDS) for line in lines)


@pytest.mark.parametrize("batch", range(10))
def test_random(tmp_path, batch):
    for seed in range(batch * 60, batch * 60 + 60):
        check(tmp_path, random_file(seed))


def test_random_files_are_of_both_kinds(tmp_path):
    kinds = []
    for seed in range(600):
        path = tmp_path / "x.ini"
        path.write_bytes(random_file(seed).encode())
        kinds.append(type(judge(path)))
    assert kinds.count(dict) > 150 and kinds.count(int) > 150


def test_the_judge_is_the_python_that_is_followed():
    assert sys.version_info[:2] == (3, 11)
