"""What miglint says that upgrade() does, against Python that really runs it.

Python runs each file with stand-ins for `op`, `sa` and all else that is not in
the tree; they write down every call that is made of them. What miglint tells
must be what was written down: what it tells without a condition happens, once
and in that order, and nothing else happens than what it tells.
"""

import json
import os
import random
import re
import subprocess
import sys

from repository import ENVIRONMENT
from test_python_values import dedent

JUDGE = r'''
import importlib.util, json, sys, zlib

calls = []

def show(value):
    if isinstance(value, Stand):
        return value._is
    if isinstance(value, str):
        plain = lambda byte: 32 <= byte < 127 and byte not in b"'\\"
        return "'" + "".join(chr(b) if plain(b) else f"\\x{b:02x}" for b in value.encode()) + "'"
    if isinstance(value, float):
        return f"{value:.6f}"
    if value is None or isinstance(value, (bool, int)):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in value.items()) + "}"
    for kind, brackets in ((tuple, "()"), (list, "[]"), (set, "{}"), (frozenset, "{}")):
        if isinstance(value, kind):
            return brackets[0] + ", ".join(map(show, value)) + brackets[1]
    return "<own>"

class Stand:
    def __init__(self, name):
        object.__setattr__(self, "_is", name)

    def _call(self, name, *given):
        return Stand(f"{self._is}.{name}({', '.join(map(show, given))})")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if DIALECT and name == "name" and self._is.rpartition(".")[2] in ("dialect", "engine"):
            return DIALECT
        if DIALECT and name == "url" and self._is.rpartition(".")[2] in ("engine", "bind"):
            return f"{DIALECT}+driver://host/name"
        return Stand(f"{self._is}.{name}")

    def __setattr__(self, name, value):
        calls.append(f"{self._is}.__setattr__({show(name)}, {show(value)})")

    def __setitem__(self, key, value):
        calls.append(f"{self._is}.__setitem__({show(key)}, {show(value)})")

    def __getitem__(self, key):
        return Stand(f"{self._is}[{show(key)}]")

    def __call__(self, *given, **named):
        shown = [show(value) for value in given] + [f"{name}={show(value)}" for name, value in named.items()]
        made = Stand(f"{self._is}({', '.join(shown)})")
        calls.append(made._is)
        for value in (*given, *named.values()):
            if callable(value) and not isinstance(value, (Stand, type)) and not self._is.startswith("sqlalchemy."):
                for _ in range(zlib.crc32(made._is.encode()) % 3):
                    value()
        return made

    def __enter__(self):
        return Stand(f"{self._is}.__enter__()")

    def __exit__(self, *error):
        return False

    def __bool__(self):
        return zlib.crc32(self._is.encode()) % 2 == 0

    def __iter__(self):
        return iter([Stand("item")] * (zlib.crc32(self._is.encode()) % 4))

    def __contains__(self, item):
        return bool(self)

    def __str__(self):
        return "~" + self._is

    __hash__ = object.__hash__

for method in "add sub mul mod or and eq ne lt le gt ge".split():
    name = f"__{method}__"
    setattr(Stand, name, lambda self, other, name=name: self._call(name, other))

DIALECT = sys.argv[1]
for name in ("alembic", "alembic.op", "sqlalchemy", "sqlalchemy.dialects", "sqlalchemy.dialects.postgresql", "unknown"):
    sys.modules[name] = Stand(name)
    object.__setattr__(sys.modules[name], "__path__", [])
sys.path.insert(0, sys.argv[2])
sys.dont_write_bytecode = True
told = {}
for path in sys.argv[3:]:
    spec = importlib.util.spec_from_file_location("revision", path)
    module = importlib.util.module_from_spec(spec)
    raised = None
    try:
        spec.loader.exec_module(module)
        calls.clear()
        function = module.upgrade
        given = function.__code__.co_argcount - len(function.__defaults__ or ())
        names = function.__code__.co_varnames[:given]
        function(*[Stand("alembic.op" if name == "op" else "given " + name) for name in names])
    except Exception as error:
        raised = repr(error)
    told[path] = {"calls": calls[:], "raised": raised}
json.dump(told, sys.stdout)
'''

MODULES = {
    "helpers.py": """
        from alembic import op
        import sqlalchemy as sa
        from enum import Enum
        SCHEMA = "public"
        TABLES = ("a", "b")
        TYPES = {"i": sa.Integer(), "s": sa.String(5)}
        class Color(Enum):
            red = "R"
            green = "G"
            rouge = "R"
        def stamps():
            return [sa.Column(n, sa.DateTime()) for n in ("created", "updated")]
        def add(table, *columns, **options):
            for column in columns:
                op.add_column(table, column, **options)
        def each(function):
            for table in TABLES:
                function(table)
    """,
    "pack/__init__.py": "from .deep import run",
    "pack/deep.py": "from alembic import op\ndef run(x='deep'):\n    op.execute(x)\n    return x + '!'",
}

START = """
from alembic import op
import alembic.op as other
import sqlalchemy as sa
from sqlalchemy import Column, Integer as Int
from sqlalchemy.dialects import postgresql
import helpers, unknown
from helpers import add, stamps, Color, TABLES, each
from unknown import thing
NAMES = ["n1", "n2"]
PAIRS = {"k1": 1, "k2": [2, "x"]}
COUNT = 3
"""


def bodies(text):
    return [dedent(body) for body in text.split("\n---\n")]


# What people write: miglint must know all of it.
KNOWN = bodies("""
op.add_column("a", sa.Column("b", sa.Integer(), nullable=False, server_default="0"))
op.create_index(op.f("ix"), "a", ["b", "c"], unique=True, postgresql_using="gin")
other.drop_table("t")
---
op.create_table(
    "t", Column("id", Int, primary_key=True), *stamps(),
    sa.ForeignKeyConstraint(["a"], ["b.id"], ondelete="CASCADE"), sa.PrimaryKeyConstraint("id"),
    schema=helpers.SCHEMA, comment=None, x=-1, y=1.5, z=(1,), w={}, v=[[]], u=set())
---
with op.batch_alter_table("t", schema="s") as batch_op:
    batch_op.add_column(Column("x", postgresql.JSONB(astext_type=sa.Text())))
    batch_op.create_index(batch_op.f("ix"), ["x"])
---
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE x ADD VALUE 'y'")
with op.batch_alter_table("t") as a, op.batch_alter_table("u") as b:
    a.drop_column("x"); b.drop_column("y")
---
for name in NAMES:
    op.drop_table(name)
for i, name in enumerate(NAMES, 1):
    op.rename_table(name, f"{name}_{i}")
for a, (b, c) in [("x", (1, 2)), ("y", (3, 4))]:
    op.execute(a, b, c)
else:
    op.execute("else")
---
for key, value in PAIRS.items():
    op.execute(key, value)
for key in PAIRS:
    op.execute(key, PAIRS[key], PAIRS.get(key), PAIRS.get("no", "otherwise"))
for a, b in zip(NAMES, TABLES):
    op.execute(a + "." + b)
for i in range(COUNT): op.execute(i)
for i in range(5, 0, -2): op.execute(i)
---
for i in range(10):
    if i == 2:
        continue
    if i > 4:
        break
    op.execute(i)
else:
    op.execute("never")
---
i = 0
while i < 3:
    op.execute(f"{i}")
    i += 1
else:
    op.execute("done")
while True:
    i -= 1
    if not i: break
op.execute(i)
---
def local(table, *columns, schema="x", **options):
    op.execute(table, columns, schema, options)
    return len(columns)
n = local("a")
n += local("b", "c", "d", schema=None, e=1)
args, kw = ["p", "q"], {"f": 2}
local(*args, **kw)
op.execute(n)
---
add("t", *stamps(), schema="s")
each(op.drop_table)
each(lambda t: op.execute("x" + t))
def once(t):
    nonlocal_ = t.upper()
    op.execute(nonlocal_)
each(once)
---
from pack import run
from pack.deep import run as again
op.execute(run())
again("y")
import pack.deep as d
d.run(x="z")
---
for c in Color:
    op.execute(c.name, c.value)
op.execute(Color.green.value, Color["red"].name, [e.name for e in Color], len(Color), Color.red == Color.rouge)
sa.Enum(*[c.value for c in Color], name="color").create(op.get_bind(), checkfirst=True)
---
x = [n for n in NAMES if n != "n1"] + [a + b for a in "ab" for b in TABLES]
y = {n: i for i, n in enumerate(x)}
op.execute(x, y, {n for n in ["one"]}, tuple(n for n in NAMES), [*NAMES, *TABLES], {**PAIRS, "z": 1})
---
xs = []
xs.append("a"); xs.extend(["b", "c"]); xs += ["d"]; xs.insert(0, "z")
ys = xs
ys.remove("b")
op.execute(xs, xs[0], xs[-1], xs[1:3], xs[:-1], xs.index("c"), "d" in xs, xs.pop(), ys)
d = {}
d["a"] = 1; d.update(b=2); d.setdefault("c", []).append(3); d["a"] += 5
op.execute(d, list(d), list(d.values()), "a" in d, d.pop("b"), d, sorted(d), d == {"a": 6, "c": [3]})
del d["a"]
op.execute(d, len(d), not d)
---
a, *b = NAMES + ["n3"]
(c, d), e = ("p", "q"), "r"
f = g = "s"
h: str = "t"
if (w := len(NAMES)) > 1:
    op.execute(a, b, c, d, e, f, g, h, w)
f += "u"
op.execute(f, g)
---
t = "tab"
op.execute("a %s b %s" % (t, 1), "%(x)s %%" % {"x": t}, "{} {y} {0}".format(t, y=2) if False else "{0} {y}".format(t, y=2))
op.execute(f"{t!r} {t} {1 + 2} {{}} {NAMES[0]} {(1, 'a')} {[None, True]}", "a" "b" f"{t}", t * 2)
op.execute(t.upper(), t.title(), " x ".strip(), "a,b".split(","), "a b".split(), "-".join(NAMES), t.replace("a", "o"))
op.execute(t.startswith("ta"), t.endswith("x"), str(5), int("7"), len(t), t[0], t[1:], "b" in t, str(None), "é".join("ab"))
op.execute(", ".join(f"'{n}'" for n in NAMES), ", ".join(map(str, [1, 2])), "x".removeprefix("x"), "{}{}".format("a", "b"))
---
if COUNT == 3 and "n1" in NAMES and not PAIRS.get("no"):
    op.execute("yes")
elif COUNT:
    op.execute("no")
else:
    op.execute("no")
op.execute("a" if COUNT < 2 else "b", COUNT or "x", None or "y", 0 and 1, 1 < COUNT <= 3, COUNT is None, isinstance("x", (str, int)))
---
def early(x):
    if x > 1:
        return "big"
    op.execute("small", x)
    return "small"
op.execute(early(1), early(2))
---
def recursive(n):
    if n == 0:
        return []
    op.execute(n)
    return [n] + recursive(n - 1)
op.execute(recursive(4))
---
def outer():
    count = 0
    def inner():
        nonlocal count
        count += 1
        return count
    inner(); inner()
    return count
op.execute(outer())
fs = [lambda x=x: op.execute(x) for x in NAMES]
for f in fs: f()
---
def default(x, seen=[]):
    seen.append(x)
    return list(seen)
op.execute(default(1), default(2))
---
class Local:
    kind = "k"
    def __init__(self, name):
        self.name = name
    def run(self):
        op.execute(self.name, self.kind)
    @staticmethod
    def static(x):
        return x + "s"
    @classmethod
    def of(cls, x):
        return cls.kind + x
Local("n").run()
op.execute(Local.kind, Local.static("x"), Local.of("y"))
---
try:
    op.execute("a")
finally:
    op.execute("b")
---
import sqlalchemy.dialects.postgresql as pg
from sqlalchemy import String
op.execute(pg.ARRAY(String(3)), sa.dialects.postgresql.UUID, String)
---
t = sa.table("t", sa.column("id", sa.Integer), sa.column("x"))
op.execute(t.update().where(t.c.id == 5).values(x=t.c.x + 1))
op.bulk_insert(t, [{"id": i, "x": n} for i, n in enumerate(NAMES)])
op.get_bind().execute(sa.text("x"), {"y": 1})
---
cols = ["a"]
op.execute(cols)
cols.append("b")
op.execute(cols)
rows = [cols]
thing(1, cols[:])
op.execute(rows)
cols.clear()
op.execute(rows)
---
bind = op.get_bind()
if bind.dialect.name == "sqlite":
    op.execute("lite")
else:
    op.execute("other")
is_pg = op.get_context().dialect.name in ("postgresql", "cockroachdb")
op.execute("pg" if is_pg else "no pg")
if bind.engine.name != "mysql": op.execute("not my")
---
url = str(op.get_bind().engine.url)
if url.startswith("mysql"):
    op.execute("my")
elif url.startswith("postgresql"):
    op.execute("pg")
if str(op.get_context().bind.url).startswith(""): op.execute("always")
if ("a%s" % op.get_bind()).startswith("b"): op.execute("never")
---
global COUNT
COUNT = 5
op.execute(COUNT)
def reads(): return COUNT
op.execute(reads())
NAMES.append("n3")
op.execute(NAMES)
---
def decorator(f):
    def wrapper(*args, **kwargs):
        op.execute("before")
        result = f(*args, **kwargs)
        op.execute("after", result)
    return wrapper
@decorator
def work(x): return x
work("w")
---
op.execute("x"); raise NotImplementedError("no")
op.execute("never")
---
for n in NAMES:
    if n == "n2":
        return
    op.execute(n)
op.execute("never")
---
x = "a"
del x
x = 1 if not [] else 2
assert x == 1
op.execute(x, 7 // 2, -7 // 2, -7 % 3, 2 - 5, 3 * 4, "ab" * 2, [0] * 2)
op.execute(sorted(["b", "a"]), list(reversed([1, 2])), min([3, 1]), max(2, 1) if False else 2, any([0, 1]), all([1, 0]))
op.execute(dict(a=1, **{"b": 2}), dict([("c", 3)]), list("ab"), bool([]), {"a": 1} | {"b": 2})
""")

# What cannot all be known: nothing of it may be told wrongly, and nothing that happens left out.
ODD = bodies("""
try:
    x = 1
except ImportError:
    raise
else:
    op.execute("else")
op.execute(x)
---
insp = sa.inspect(op.get_bind())
if insp.has_table("t"):
    op.execute("there")
    x = "a"
else:
    x = "b"
op.execute(x, "x" + x)
---
if thing(1):
    return
op.execute("rest")
---
if thing(2):
    raise ValueError("no")
op.execute("rest")
---
xs = []
for row in op.get_bind().execute("select"):
    xs.append(row)
    op.execute(f"delete {row}", len(xs))
op.execute(xs)
---
last = "none"
for row in thing("rows"):
    op.execute(last)
    last = "some"
op.execute(last)
---
cols = ["a"]
thing(cols)
op.execute(cols)
cols = {"a": ["b"]}
unknown.keep(cols["a"])
op.execute(cols)
---
name = thing("n")
if name == f"{op.execute('once')}":
    op.execute(name)
op.execute(name)
---
while thing("w"):
    op.execute("in")
    break
op.execute("out")
---
while unknown.flag:
    op.execute("in")
    if unknown.other: break
    continue
op.execute("out")
---
try:
    op.execute("try")
    if thing("t"): raise ValueError
    op.execute("not raised")
    y = 1
except ValueError as error:
    op.execute("caught", y if False else 0)
    y = 2
op.execute(y)
---
thing(lambda: op.execute("called back"))
def back(): op.execute("again")
unknown.run(back)
---
exec("op.execute('hidden')") if False else op.execute("seen")
---
x = unknown.y or "z"
y = unknown.y and op.execute("and")
op.execute(x, "p" if unknown.q else "r")
---
unknown.attribute = [1]
unknown.things["k"] = "v"
op.execute(unknown.attribute)
---
def gen():
    yield "a"
    op.execute("in generator")
    yield "b"
for x in gen():
    op.execute(x)
---
@unknown.decorator
def f(): op.execute("in f")
f()
---
match unknown.x:
    case 1: op.execute("one")
    case _: op.execute("other")
---
xs = [1, 2]
for x in xs:
    if unknown.x: xs.append(3)
    op.execute(x)
    if len(xs) > 5: break
---
xs = [unknown.a, "b"]
ys = xs if unknown.c else ["d"]
ys.append("e")
op.execute(xs, ys)
---
def f(x):
    if unknown.z(x): return "a"
    op.execute("f", x)
    return "b"
op.execute(f(1) + f(2))
---
op.execute(*thing("args"), **{"a": 1})
op.execute(f"{unknown.a} {op.f('nested')}")
---
total = 0
for i in range(3):
    if unknown.ok(i):
        total += 1
        continue
    op.execute("not ok", i)
op.execute(total)
---
op.execute([x.name for x in thing("list") if op.f(x)], {k: op.f(k) for k in unknown.d})
---
d = {"a": 1}
d[unknown.key] = 2
op.execute(d, d.get("a"))
e = {}
for k in unknown.keys: e[k] = 1
op.execute(e)
""")


def judge(tool, tmp_path, files, *options):
    run = subprocess.run(tool + [*options, str(tmp_path), *files], env=ENVIRONMENT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stdout


def told_by_miglint(tmp_path, files, dialect):
    """The events of each file: kind, flags, value."""
    root = ["--dialect", dialect] if dialect else []
    run = subprocess.run(
        [os.environ["MIGLINT_RUN_DUMP"], *root, str(tmp_path), "upgrade", *files],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    told, events = {}, []
    for line in run.stdout.splitlines():
        if "\t" in line:
            kind, flags, _, _, _, value = line.split("\t", 5)
            events.append((kind, flags, value))
        else:
            told[line] = events = []
    return told


def told_by_python(tmp_path, files, dialect):
    run = subprocess.run(
        [sys.executable, "-c", JUDGE, dialect, str(tmp_path), *files],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout)


UNKNOWN = re.compile("⟨[^⟨⟩]*⟩")
# What Python's own functions and methods make of something unknown.
MADE_OF_UNKNOWN = re.compile(r"\0(\.\w+|\([^()]*\)|\[[^\[\]]*\])|\b(len|sorted|list|str|min)\([^()]*\0[^()]*\)")


def fits(told, happened):
    """Whether a call may be what was told, whose unknown parts may be anything."""
    while UNKNOWN.search(told):
        told = UNKNOWN.sub("\0", told)
    while MADE_OF_UNKNOWN.search(told):
        told = MADE_OF_UNKNOWN.sub("\0", told)
    return re.fullmatch(".*".join(map(re.escape, told.split("\0"))), happened, re.S) is not None


def agree(events, python):
    """Whether what happened is one of the ways that were told: each event once, perhaps, or any number of times."""
    calls = python["calls"]
    ends = {0}  # how many calls may have been made before the event
    i = 0
    while i < len(events):
        kind, flags, value = events[i]
        if kind == "rest":
            return True
        if kind == "raise" and "!" in flags:
            i += 1
            continue
        if kind == "raise":
            if python["raised"] and len(calls) in ends:
                return True
            i += 1
            if "?" not in flags:
                return False
            continue
        if "*" in flags:
            group = []
            while i < len(events) and "*" in events[i][1]:
                group.append(events[i][2])
                i += 1
            for end in sorted(ends):
                while end < len(calls) and any(fits(told, calls[end]) for told in group):
                    end += 1
                    ends.add(end)
            continue
        after = {end + 1 for end in ends if end < len(calls) and fits(value, calls[end])}
        ends = ends | after if "?" in flags or value.startswith("⟨") else after  # perhaps a list of Python's own
        i += 1
    return len(calls) in ends and not python["raised"]


def relevant(events):
    """Without calls of the file's own classes and of what Python has: the stand-ins see neither."""
    told = "alembic|sqlalchemy|unknown|⟨parameter|⟨unknown|⟨either"
    return [e for e in events if e[0] != "call" or re.match(told, e[2])]


def compare(tmp_path, texts, known, dialect=""):
    for name, text in MODULES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(dedent(text))
    files = []
    for i, text in enumerate(texts):
        files.append(str(tmp_path / f"r{i:04}.py"))
        with open(files[-1], "w") as file:
            file.write(text)
    truth, told = told_by_python(tmp_path, files, dialect), told_by_miglint(tmp_path, files, dialect)
    wrong, certain = [], 0
    for path, text in zip(files, texts):
        python, events = truth[path], relevant(told[path])
        assert known or "SyntaxError" not in (python["raised"] or ""), (text, python)
        whole = all(kind != "rest" and not flags for kind, flags, _ in events)
        certain += whole and not any(UNKNOWN.search(value) for _, _, value in events)
        if not agree(events, python):
            wrong.append((text.split(START)[-1], "Python: " + "\n".join(python["calls"]), python["raised"], "miglint:", *map(repr, events)))
        elif known and (not whole or any(UNKNOWN.search(value) for _, _, value in events)):
            wrong.append((text.split(START)[-1], "could be known:", *map(repr, events)))
    wrong.sort(key=lambda case: len(case[0]))
    assert not wrong, f"{len(wrong)} of {len(texts)}\n" + "\n\n".join("\n".join(map(str, case)) for case in wrong[:8])
    return certain


def revision(body, parameters=""):
    lines = "\n".join("    " + line for line in body.split("\n"))
    return f"{START}\ndef upgrade({parameters}):\n{lines}\n"


def test_what_people_write_is_known(tmp_path):
    texts = [revision(body) for body in KNOWN]
    assert compare(tmp_path, texts, True, "sqlite") == len(KNOWN)


def test_what_is_odd_is_not_told_wrongly(tmp_path):
    compare(tmp_path, [revision(body) for body in ODD], False)


def test_parameters(tmp_path):
    bodies = ["op.execute('a', tables, tester.x)", "op.f(x)\nfor t in tables: op.execute(t)"]
    compare(tmp_path, [revision(bodies[0], "op, tables, tester")], False)
    compare(tmp_path, [revision(bodies[1], "op, tables, x=5")], False)


# --- written by chance ---------------------------------------------------------------------


class Writer:
    """Function bodies whose variables keep their types, so that most of them run."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0

    def pick(self, *choices):
        return self.random.choice(choices)()

    def string(self, depth=0):
        if depth > 2:
            return self.random.choice(["s", "t", "'lit'"])
        return self.pick(
            lambda: self.random.choice(["s", "t", "'a'", "'b%'", "NAMES[0]", "helpers.SCHEMA"]),
            lambda: self.random.choice(["s", "t"]),
            lambda: f"{self.string(depth + 1)} + {self.string(depth + 1)}",
            lambda: f"f'x{{{self.random.choice(['s', 't', 'n', 'xs', 'n + 1'])}}}y'",
            lambda: f"'%s-%s' % ({self.string(depth + 1)}, n)",
            lambda: f"'{{}}.{{}}'.format({self.string(depth + 1)}, n)",
            lambda: f"({self.string(depth + 1)}).{self.random.choice(['upper', 'lower', 'strip', 'title'])}()",
            lambda: f"({self.string(depth + 1)} if {self.condition()} else {self.string(depth + 1)})",
            lambda: f"','.join({self.list(depth + 1)})",
            lambda: f"({self.list(depth + 1)} or ['z'])[0]",
            lambda: f"d.get({self.string(depth + 1)}, 'none')",
            lambda: f"({self.string(depth + 1)})[:3]",
            lambda: f"helper({self.string(depth + 1)})",
        )

    def list(self, depth=0):
        if depth > 2:
            return self.random.choice(["xs", "ys", "['q']"])
        return self.pick(
            lambda: self.random.choice(["xs", "ys", "NAMES", "list(TABLES)"]),
            lambda: f"[{self.string(depth + 1)}, {self.string(depth + 1)}]",
            lambda: f"{self.list(depth + 1)} + {self.list(depth + 1)}",
            lambda: f"[z + 'c' for z in {self.list(depth + 1)} if z != {self.string(depth + 1)}]",
            lambda: f"sorted({self.list(depth + 1)})",
            lambda: f"({self.list(depth + 1)})[1:]",
            lambda: "list(d)",
            lambda: f"[*{self.list(depth + 1)}, {self.string(depth + 1)}]",
        )

    def condition(self):
        return self.pick(
            lambda: f"unknown.f{self.fresh()}",
            lambda: f"{self.random.choice('st')} == 'a'",
            lambda: f"n < {self.random.randint(0, 4)}",
            lambda: f"{self.random.choice('st')} in {self.random.choice(['xs', 'ys'])}",
            lambda: f"not {self.random.choice(['xs', 's', 'd'])}",
            lambda: f"len({self.random.choice(['xs', 'ys'])}) > 1 and n",
            lambda: f"unknown.g{self.fresh()} or n == 1",
        )

    def fresh(self):
        self.count += 1
        return self.count

    def simple(self):
        s, xs = self.random.choice("st"), self.random.choice(["xs", "ys"])
        return self.pick(
            lambda: f"op.execute({self.string()}, {self.list()})",
            lambda: f"op.execute({self.fresh()}, s, t, n, xs, ys, d)",
            lambda: f"op.add_column({self.string()}, sa.Column({self.string()}, sa.String(n)))",
            lambda: f"{s} = {self.string()}",
            lambda: f"{s} += {self.string()}",
            lambda: f"s, t = t, {self.string()}",
            lambda: f"n = (n + {self.random.randint(1, 3)}) % 5",
            lambda: f"{xs} = {self.list()}",
            lambda: f"xs = ys = {self.list()}",
            lambda: f"{xs}.append({self.string()})",
            lambda: f"{xs} += {self.list()}",
            lambda: f"{xs}.insert(0, {self.string()})",
            lambda: f"{xs} = {xs}[:3]",
            lambda: f"d[{self.string()}] = {self.string()}",
            lambda: f"d.setdefault({self.string()}, 'new')",
            lambda: f"thing({xs})",
            lambda: f"{s} = change({xs}, {self.string()})",
            lambda: "count()",
            lambda: f"op.f({self.fresh()}, total)",
        )

    def block(self, depth, loop):
        body = [self.statement(depth + 1, loop) for _ in range(self.random.randint(1, 3))]
        return "\n".join("    " + line for line in "\n".join(body).split("\n"))

    def statement(self, depth=0, loop=False):
        if depth > 2 or self.random.random() < 0.6:
            return self.simple()
        return self.pick(
            lambda: f"if {self.condition()}:\n{self.block(depth, loop)}",
            lambda: f"if {self.condition()}:\n{self.block(depth, loop)}\nelse:\n{self.block(depth, loop)}",
            lambda: f"if {self.condition()}:\n{self.block(depth, loop)}\nelif {self.condition()}:\n{self.block(depth, loop)}",
            lambda: f"for s in {self.list()}[:3]:\n{self.block(depth, True)}",
            lambda: f"for i, t in enumerate({self.list()}[:2]):\n{self.block(depth, True)}\nelse:\n{self.block(depth, loop)}",
            lambda: f"for row in unknown.rows{self.fresh()}:\n{self.block(depth, True)}",
            lambda: f"with op.batch_alter_table({self.string()}) as b:\n{self.block(depth, loop)}\n    b.drop(s)",
            lambda: f"try:\n{self.block(depth, loop)}\nfinally:\n{self.block(depth, loop)}",
            lambda: f"try:\n{self.block(depth, loop)}\n    if {self.condition()}: raise ValueError\n{self.block(depth, loop)}\nexcept ValueError:\n{self.block(depth, loop)}",
            lambda: f"if {self.condition()}: return" if not loop else f"if {self.condition()}: {self.random.choice(['break', 'continue', 'return'])}",
        )

    def text(self):
        lines = ["global total", "n, s, t = 2, 's', 'tt'", "xs, ys, d = ['x'], ['y', 'yy'], {'k': 'v'}"]
        lines += ["def helper(a, b='dd'):", "    if a == 'a': return b", "    op.f(a)", "    return a + b"]
        lines += ["def change(list_, a):", "    list_.append(a)", "    if len(list_) > 2: return 'long'", "    return 'short'"]
        lines += ["def count():", "    global total", "    total += 1"]
        lines += [self.statement() for _ in range(self.random.randint(2, 8))]
        lines += ["op.execute('end', s, t, n, xs, ys, d)"]
        return "total = 0\n" + revision("\n".join(lines).replace("total = 0\n", ""))


def test_chance_finds_nothing_that_is_told_wrongly(tmp_path):
    texts = [Writer(seed).text() for seed in range(500)]
    certain = compare(tmp_path, texts, False)
    assert 80 < certain < 420, certain  # enough of each kind that all of this means something
