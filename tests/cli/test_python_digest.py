"""What two texts say and do, against Python's own ast, which is the judge.

digest_dump prints the digest of each file. Two digests must be equal exactly
when the syntax trees are, once what a digest disregards is taken out of them.
"""

import ast
import io
import os
import random
import subprocess
import tokenize

import pytest

DUMP = os.environ["MIGLINT_DIGEST_DUMP"]
HEADER = {"revision", "down_revision", "branch_labels", "depends_on"}


# --- the judge ---------------------------------------------------------------------


class Imports(ast.AST):
    """Imports with no other statement between them."""

    _fields = ("bound",)


def bindings(statement):
    """(name, how it is bound), as Python binds it."""
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            where = "." * statement.level + (statement.module or "")
            yield alias.asname or alias.name, f"{alias.name} of {where}"
        elif alias.asname not in (None, alias.name):
            yield alias.asname, f"module {alias.name}"
        else:
            yield alias.name.partition(".")[0], f"packages of {alias.name}"


def is_star(statement):
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


def is_import(statement):
    return isinstance(statement, (ast.Import, ast.ImportFrom)) and not is_star(statement)


def gather(run):
    bound = {}
    for statement in run:
        for name, way in bindings(statement):
            ways = bound.setdefault(name, set())
            if not (way.startswith("packages") and all(w.startswith("packages") for w in ways)):
                ways.clear()
            ways.add(way)
    return Imports(bound=bound)


def gather_imports(body):
    run = []
    for statement in body:
        if is_import(statement):
            run.append(statement)
            continue
        if run:
            yield gather(run)
            run = []
        yield statement
    if run:
        yield gather(run)


def is_header(statement):
    if not isinstance(statement, ast.Assign):
        return False
    names = []
    for target in statement.targets:
        names += target.elts if isinstance(target, ast.Tuple) else [target]
    return all(isinstance(name, ast.Name) and name.id in HEADER for name in names)


class Plain(ast.NodeTransformer):
    """Takes out what is disregarded, but for unused imports."""

    def visit_Pass(self, node):
        return None

    def visit_Expr(self, node):
        self.generic_visit(node)
        return None if isinstance(node.value, ast.Constant) else node

    def visit_Constant(self, node):
        return ast.Constant(value=node.value)

    def visit_JoinedStr(self, node):
        self.generic_visit(node)
        values = []
        for value in node.values:
            if values and isinstance(value, ast.Constant) and isinstance(values[-1], ast.Constant):
                values[-1] = ast.Constant(values[-1].value + value.value)
            else:
                values.append(value)
        if all(isinstance(value, ast.Constant) for value in values):
            return ast.Constant(values[0].value if values else "")
        return ast.JoinedStr(values)

    def visit_BoolOp(self, node):
        """`and` and `or` do not care how their operands are grouped."""
        self.generic_visit(node)
        values = []
        for value in node.values:
            same = isinstance(value, ast.BoolOp) and type(value.op) is type(node.op)
            values += value.values if same else [value]
        return ast.BoolOp(node.op, values)

    def visit_List(self, node):
        self.generic_visit(node)
        return ast.Tuple(node.elts, node.ctx) if isinstance(node.ctx, ast.Store) else node

    def visit_Delete(self, node):
        self.generic_visit(node)
        only = node.targets[0]
        return ast.Delete(only.elts) if isinstance(only, ast.Tuple) else node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_arg(self, node):
        return ast.arg(node.arg)

    def visit_ImportFrom(self, node):
        return None if node.module == "__future__" else node

    def generic_visit(self, node):
        if hasattr(node, "returns"):
            node.returns = None
        super().generic_visit(node)
        if isinstance(node, ast.Module):
            node.body = [statement for statement in node.body if not is_header(statement)]
        for field in ("body", "orelse", "finalbody"):
            if isinstance(getattr(node, field, None), list):
                setattr(node, field, list(gather_imports(getattr(node, field))))
        return node


def names_in(tree):
    for node in ast.walk(tree):
        for field in ("id", "arg", "name", "rest"):
            is_keyword = isinstance(node, (ast.keyword, ast.alias))
            if isinstance(getattr(node, field, None), str) and not is_keyword:
                yield getattr(node, field)
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names


class Used(ast.NodeTransformer):
    def __init__(self, names):
        self.names = names

    def visit_Imports(self, node):
        used = {name: sorted(ways) for name, ways in node.bound.items() if name in self.names}
        return Imports(bound=sorted(used.items())) if used else None


def judge(text):
    tree = Plain().visit(ast.parse(text))
    return ast.dump(Used(set(names_in(tree))).visit(tree))


# --- our side ----------------------------------------------------------------------


def digests(folder, texts):
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"{number}.py")
        paths[-1].write_bytes(text if isinstance(text, bytes) else text.encode())
    names = "".join(f"{path}\n" for path in paths)
    run = subprocess.run([DUMP], input=names, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def check(folder, pairs):
    """How many of the pairs are equal."""
    ours = digests(folder, [text for pair in pairs for text in pair])
    equal = 0
    for number, (before, after) in enumerate(pairs):
        mine = ours[2 * number : 2 * number + 2]
        assert "none" not in mine, (before, after)
        expected = judge(before) == judge(after)
        assert (mine[0] == mine[1]) == expected, (before, after)
        equal += expected
    return equal


# --- by hand -----------------------------------------------------------------------

SAME = [
    ("", "\n# nothing\n'''nothing'''\n"),
    ("x = 1\n", b"\xef\xbb\xbfx = 1"),
    ("x = 1\ny = 2\n", "x=1;y = 2;"),
    ("x = 1\r\nif x:\r\n  y()\r\n", "x = \\\n   1 # one\nif (x):\n\ty()\n"),
    # docstrings, pass
    ("def f():\n    pass\n", "def f():\n    'nothing'\n"),
    ("def f():\n    '''a'''\n    pass\n", "def f(): 'b' 'c'; pass"),
    ("class A:\n    '''a'''\n    x = 1\n", "class A():\n    x = 1\n"),
    ("import a\n'late docstring'\na()\n", "import a\n('another')\na()\n"),
    ("if x:\n    y()\nelse:\n    pass\n", "if x:\n    y()\n"),
    ("try:\n    y()\nexcept E:\n    pass\nelse:\n    ...\nfinally:\n    z()\n",
     "try: y()\nexcept E: ...\nfinally: z()"),
    # elif
    ("if a:\n    x()\nelif b:\n    y()\nelif c:\n    z()\nelse:\n    w()\n",
     "if a:\n    x()\nelse:\n    if b:\n        y()\n    else:\n        if c:\n            z()\n"
     "        else:\n            w()\n"),
    # strings
    ("x = 'a'\n", 'x = u"""a"""'),
    ("x = 'a\\x62\\143\\u0064'\n", "x = r'ab' 'c' rf'd'\n"),
    ("x = r'\\\\', r'\\'', '\\q', '\\\nz'\n", "x = ('\\\\\\\\', '\\\\\\'', '\\\\q', 'z')\n"),
    ("x = b'a\\xff\\n\\u0041'\n", "x = b'a' rb'' B'\\377\\012\\\\u0041'\n"),
    ("x = f'{a}' 'b' f'{c!r:>{d}}{{'\n", 'x = f"{ a }b{(c) !r:>{ (d) }}" f"{{"'),
    ("x = f'{a=} {b, c}'\n", "x = f'a={a!r} {(b, c)}'"),
    ("x = f'{a=:>9}'\n", "x = f'a={a:>9}'"),
    ("x = '''a\r\nb'''\n", "x = 'a\\nb'"),
    ("x = 'ü\\ud83d'\n", "x = '\\xfc' '\\ud83d'"),
    (b"# coding: latin-1\nx = '\xfc'\n", "x = 'ü'"),
    # numbers
    ("x = 0xff, 0O17, 0b1_1, 1_000, 00\n", "x = 255, 15, 3, 1000, 0\n"),
    ("x = 1.0, 1e3, .5, 1J, 1_0.0_1\n", "x = 1., 1000.0, 5e-1, 1.0j, 10.01\n"),
    # parentheses, commas
    ("x = a, b\n", "x = (a, b,)\n"),
    ("(x) = 1\n", "x = 1"),
    ("(x, y), z = a\n", "((x, y), z) = (a)\n"),
    ("f(a, *b, c=1, **d)\n", "f(\n  (a),\n  *(b),\n  c=(1),\n  **(d),\n)"),
    ("f(x for x in y)\n", "f((x for x in y))"),
    ("x[1, 2:3] = y[::]\n", "x[(1), 2:3] = y[:]"),
    ("x[1, 2]\n", "x[(1, 2)]"),
    ("x = a and b and not c\n", "x = (a and b) and (not c)\n"),
    ("x = a or b or c\n", "x = a or (b or c)"),
    ("x = -a ** b + c * d\n", "x = (-(a ** b)) + (c * d)"),
    ("x = lambda a, b=1: a if b else c\n", "x = (lambda a, b=(1): (a if b else c))"),
    ("with a as b, c: d()\n", "with (\n    a as b,\n    (c),\n):\n    d()"),
    ("for x, in a, b: c()\n", "for (x,) in (a, b): c()"),
    ("def f():\n    return a, b\n", "def f():\n    return (a, b)"),
    ("del a, b\n", "del (a), (b)"),
    ("x, = a\n", "(x,) = a"),
    ("a,\n", "(a,)"),
    ("if (n := f()): g(n)\n", "if n := f(): g(n)"),
    ("match a, b:\n    case 1, [x, *_]: y()\n    case _: z()\n",
     "match (a, b):\n    case (1), (x, *_):\n        y()\n    case (_):\n        z()\n"),
    ("async def f():\n    async with a as b: await c\n",
     "async def f():\n    async with (a) as b:\n        await (c)\n"),
    # imports
    ("import a\nfrom b import c, d\na(c, d)\n",
     "from b import (\n    d,\n    c as c,\n)\nimport a as a\na(c, d)\n"),
    ("from __future__ import annotations\nimport a, b\nimport c as d\nb()\n", "import b\nb()\n"),
    ("import a.b\nimport a.c\na()\n", "import a.c, a.b, a.c\na()\n"),
    ("import a\nx.a(a=1)\n", "x.a(a=1)\n"),
    ("from . import a\nfrom .. b . c import d\na(d)\n", "from ..b.c import d\nfrom .import a\na(d)"),
    ("import a\ndef f():\n    import b, a\n    return b\n", "def f():\n    import b\n    return b\n"),
    ("from a import x\nfrom b import x\nx()\n", "from b import x\nx()\n"),
    ("import a\nrevision = '1'\nimport b\na(b)\n", "import b, a\na(b)\n"),
    # annotations
    ("from typing import Union\nx: Union[str, None] = 1\ny: int\n", "x = 1\n"),
    ("def f(a: int, *b: str, c: x = 1, **d) -> None:\n    pass\n", "def f(a, *b, c=1, **d): ...\n"),
    # the header
    ("revision = 'a'\ndown_revision: str = 'b'\nx = 1\n", "depends_on = branch_labels = None\nx = 1"),
    ("revision, (down_revision) = 'a', 'b'\n((depends_on)): str = 'c'", ""),
]

DIFFERENT = [
    ("x = 1\n", "x = 2\n"),
    ("x = 1\n", "x = 1.0\n"),
    ("x = 1.0\n", "x = 1j\n"),
    ("x = 1\n", "x = '1'\n"),
    ("x = 'a'\n", "x = b'a'\n"),
    ("x = 'a'\n", "x = 'a '\n"),
    ("x = 'a', 'b'\n", "x = 'a' 'b'\n"),
    ("x = 'a\\n'\n", "x = r'a\\n'\n"),
    ("x = '{a}'\n", "x = f'{a}'\n"),
    ("x = f'{a}'\n", "x = f'{{a}}'\n"),
    ("x = f'{a}'\n", "x = f'{a!r}'\n"),
    ("x = f'{a!s}'\n", "x = f'{a!r}'\n"),
    ("x = f'{a:>9}'\n", "x = f'{a:<9}'\n"),
    ("x = f'{a:>{b}}'\n", "x = f'{a:>{c}}'\n"),
    ("x = f'{a}b'\n", "x = f'b{a}'\n"),
    ("x = '\\1\\2a\\3'\n", "x = '\\1\\2a'\n"),
    ("x = '\\xff'\n", "x = '\\N{DIGIT ONE}'\n"),
    ("x = (a)\n", "x = (a,)\n"),
    ("x = ()\n", "x = []\n"),
    ("(x,) = a\n", "(x) = a\n"),
    ("x[1]\n", "x[1,]\n"),
    ("x[1:]\n", "x[:1]\n"),
    ("x[1:2]\n", "x[1::2]\n"),
    ("x[::1]\n", "x[:1:]\n"),
    ("x = {a: b}\n", "x = {a, b}\n"),
    ("x = {**a}\n", "x = {*a}\n"),
    ("f(*a)\n", "f(**a)\n"),
    ("f(a=b)\n", "f(a, b)\n"),
    ("f(a=1, b=2)\n", "f(b=2, a=1)\n"),
    ("x = a + b * c\n", "x = (a + b) * c\n"),
    ("x = -a ** b\n", "x = (-a) ** b\n"),
    ("x = a ** b ** c\n", "x = (a ** b) ** c\n"),
    ("x = a - b - c\n", "x = a - (b - c)\n"),
    ("x = a & b ^ c\n", "x = a & (b ^ c)\n"),
    ("x = a ^ b & c\n", "x = (a ^ b) & c\n"),
    ("async def f(): await a ** b\n", "async def f(): await (a ** b)\n"),
    ("x = a < b < c\n", "x = (a < b) < c\n"),
    ("x = a in b\n", "x = a not in b\n"),
    ("x = a is b\n", "x = a is not b\n"),
    ("x = not a == b\n", "x = (not a) == b\n"),
    ("x = a and b or c\n", "x = a and (b or c)\n"),
    ("x = a and b\n", "x = a or b\n"),
    ("x = a if b else c\n", "x = c if b else a\n"),
    ("x = lambda: a\n", "x = lambda a: a\n"),
    ("x = (lambda: a)()\n", "x = lambda: a()\n"),
    ("x = [a for a in b]\n", "x = (a for a in b)\n"),
    ("x = [a for a in b if c]\n", "x = [a for a in b for a in c]\n"),
    ("x += 1\n", "x -= 1\n"),
    ("x = y = 1\n", "x = 1\ny = 1\n"),
    ("assert a, b\n", "assert (a, b)\n"),
    ("def f():\n    return\n", "def f():\n    yield\n"),
    ("def f():\n    yield a\n", "def f():\n    yield from a\n"),
    ("def f(a, /, b): return a\n", "def f(a, *, b): return a\n"),
    ("def f(*a): return a\n", "def f(**a): return a\n"),
    ("def f(): a()\n", "async def f(): a()\n"),
    ("@a\ndef f(): b()\n", "def f(): b()\n"),
    ("@a\n@b\ndef f(): b()\n", "@b\n@a\ndef f(): b()\n"),
    ("def f():\n    global a\n    a = 1\n", "def f():\n    nonlocal_ = a = 1\n"),
    ("raise a from b\n", "raise a\n"),
    ("raise a from b\n", "raise a(b)\n"),
    ("try:\n    a()\nexcept B as c:\n    d()\n", "try:\n    a()\nexcept (B, c):\n    d()\n"),
    ("try:\n    a()\nexcept B:\n    d()\n", "try:\n    a()\nexcept* B:\n    d()\n"),
    ("try:\n    a()\nfinally:\n    d()\n", "try:\n    a()\nexcept:\n    d()\n"),
    ("for a in b:\n    c()\nelse:\n    d()\n", "for a in b:\n    c()\nd()\n"),
    ("if a:\n    b()\nc()\n", "if a:\n    b()\n    c()\n"),
    ("if a:\n    b()\nelif c:\n    d()\n", "if a:\n    b()\nif c:\n    d()\n"),
    ("if a:\n    b()\nelse:\n    if c:\n        d()\n    e()\n",
     "if a:\n    b()\nelif c:\n    d()\nelse:\n    e()\n"),
    ("with a, b: c()\n", "with a:\n    c()\n"),
    ("with a as b: c()\n", "with a, b: c()\n"),
    ("with (a, b) as c: d()\n", "with a, b as c: d()\n"),
    ("match a:\n    case b: c()\n", "match a:\n    case b.c: c()\n"),
    ("match a:\n    case -1 | 2: c()\n", "match a:\n    case 1 | 2: c()\n"),
    ("match a:\n    case {**b}: c()\n", "match a:\n    case [*b]: c()\n"),
    ("a()\nb()\n", "b()\na()\n"),
    ("def f(): a()\ndef g(): b()\n", "def f(): b()\ndef g(): a()\n"),
    ("import a\na()\n", "import b as a\na()\n"),
    ("import a.b as c\nc()\n", "import a.b\nc()\n"),
    ("from a import x\nfrom b import x\nx()\n", "from b import x\nfrom a import x\nx()\n"),
    ("from a import *\nfrom b import x\nx()\n", "from b import x\nfrom a import *\nx()\n"),
    ("from a import *\n", "from b import *\n"),
    ("from .a import b\nb()\n", "from ..a import b\nb()\n"),
    ("import a\nx = 1\na()\n", "x = 1\nimport a\na()\n"),
    ("x: int = 1\n", "x: int\n"),
    ("revision = 'a'\nx = 1\n", "revision = 'a'\n"),
    ("revision = x = 'a'\n", "revision = x = 'b'\n"),
    ("def f():\n    revision = 'a'\n", "def f():\n    revision = 'b'\n"),
    ("revision += 'a'\n", "revision += 'b'\n"),
]


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("before, after", SAME)
def test_same(tmp_path, before, after):
    assert check(tmp_path, [(before, after)]) == 1


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("before, after", DIFFERENT)
def test_different(tmp_path, before, after):
    assert check(tmp_path, [(before, after)]) == 0


# --- at random ---------------------------------------------------------------------

REVISIONS = [
    '''"""create account

Revision ID: 1975ea83b712
Revises:
Create Date: 2011-11-08 11:40:27.089406

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "1975ea83b712"
down_revision: Union[str, None] = None
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False, server_default="it\'s"),
        sa.Column("rate", sa.Numeric(10, 2), server_default=sa.text("-1.50")),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index(op.f("ix_account_name"), "account", ["name", sa.text("lower(name)")], unique=True)
    # ### end Alembic commands ###


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_index(op.f("ix_account_name"), table_name="account")
    op.drop_table("account")
''',
    '''"""move addresses"""
import json
import logging

from alembic import context, op
from sqlalchemy import Column, Integer, String, column, select, table, text

revision = "ae1027a6acf"
down_revision = ("1975ea83b712", "27c6a30d7c24")

log = logging.getLogger(__name__)
BATCH = 1_000
user = table("user", column("id", Integer), column("address", String))


def rows(bind, *, after=0, limit=BATCH):
    while True:
        found = bind.execute(
            select(user.c.id, user.c.address).where(user.c.id > after).limit(limit)
        ).fetchall()
        if not found:
            return
        yield from found
        after = found[-1][0]


def upgrade():
    bind = op.get_bind()
    if bind.dialect.name == "sqlite" or not context.is_offline_mode() and BATCH >= 1 << 4:
        with op.batch_alter_table("user") as batch_op:
            batch_op.add_column(Column("city", String(0x40)))
    elif bind.dialect.name == "mysql":
        op.execute("ALTER TABLE user ADD city "
                   "VARCHAR(64)")
    else:
        op.add_column("user", Column("city", String(64)))
    for id_, address in rows(bind, limit=BATCH // 2):
        try:
            data = json.loads(address or "{}")
            city, *rest = data["city"], data.get("rest", None)
        except (KeyError, ValueError) as error:
            log.warning("user %s: %s" % (id_, error))
            continue
        else:
            city = city.strip()[:64]
        finally:
            log.debug(f"{id_!r}: {address:>10} {{seen}}")
        op.execute(text("UPDATE user SET city = :city WHERE id = :id").bindparams(city=city, id=id_))


def downgrade():
    with op.batch_alter_table("user", recreate="always") as batch_op, log_time():
        batch_op.drop_column("city")


def log_time():
    """Nothing to be undone."""
    pass
''',
    '''from __future__ import annotations

import enum, os
from alembic import op
import sqlalchemy as sa
import app.models, app.types
from app.types import *

revision = \'27c6a30d7c24\'
down_revision = \'1975ea83b712\'
branch_labels = ("shop",); depends_on = None


class Status(enum.Enum):
    """Of an order."""
    open = "o"
    closed = "c"


OLD = [s.value for s in Status if s is not Status.closed]
NEW = {**{k: v for k, v in zip("ab", (1, 2.5))}, "x": b"\\x00", "y": (3,), "z": ()}
TABLES = [t for t in ("order", "item") if os.environ.get(t) != "skip" and (t + "s")[0] < "z" <= "zz"]
check = lambda value, *rest, default=-1 ** 2: default if value is None else not value in rest
total = (2 + 3) * 4 - 2 ** -1 % 5 | 6 & ~7


@sa.event.listens_for(sa.Table, "after_create", named=True)
def created(target, **kw):
    global total
    total += 1
    assert target is not None, "no table"


async def later(x: int = 1, /, y=None):
    async with x as z:
        return await z(y)


def upgrade():
    for name in TABLES:
        op.add_column(name, sa.Column("status", sa.Enum(*OLD, name=f"{name}_status")))
    if (count := len(TABLES)) > 1:
        op.bulk_insert(app.models.log, [{"n": n, "count": count} for n in range(count)])
    del NEW["x"], NEW["y"]


def downgrade():
    match len(TABLES):
        case 0 | 1:
            pass
        case int() as n if n > 5:
            raise NotImplementedError("too many") from None
        case _:
            for name in reversed(TABLES): op.drop_column(name, "status")
''',
]


def offsets(text):
    """Where each line begins, in bytes."""
    at = [0]
    for line in text.encode().splitlines(keepends=True):
        at.append(at[-1] + len(line))
    return at


def nodes_of(tree, *types):
    return [node for node in ast.walk(tree) if isinstance(node, types)]


def parenthesise(text, chance):
    """One expression in parentheses, if that is still the same."""
    lines = offsets(text)
    tree = ast.parse(text)
    starred = [star.value for star in nodes_of(tree, ast.Starred)]  # the grammar knows no *(a) = b
    node = chance.choice([node for node in nodes_of(tree, ast.expr) if node not in starred])
    start = lines[node.lineno - 1] + node.col_offset
    end = lines[node.end_lineno - 1] + node.end_col_offset
    raw = text.encode()
    opening, closing = chance.choice([("(", ")"), ("( ", "\n)"), ("((", "))"), ("( # (\n", ")")])
    return (raw[:start] + opening.encode() + raw[start:end] + closing.encode() + raw[end:]).decode()


def respell(token, chance):
    if token.type == tokenize.STRING and "\\" not in token.string and token.string[0] in "'\"":
        value = ast.literal_eval(token.string)
        ways = [repr(value), f"u{value!r}", "'" + "".join(f"\\x{b:02x}" for b in value.encode()) + "'"]
        half = len(value) // 2
        ways.append(f"{value[:half]!r} {value[half:]!r}")
        return chance.choice(ways) if value.isascii() and "\n" not in value else token.string
    if token.type == tokenize.NUMBER and token.string.isdigit():
        return chance.choice([hex, oct, bin, "{:_}".format])(int(token.string))
    return token.string


def retokenise(text, chance):
    """Strings and numbers spelt in another way, comments added."""
    lines = text.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(text).readline))):
        (row, start), (last_row, end) = token.start, token.end
        if row != last_row or chance.random() < 0.7:
            continue
        if token.type in (tokenize.STRING, tokenize.NUMBER):
            line = lines[row - 1]
            lines[row - 1] = line[:start] + respell(token, chance) + line[end:]
        elif token.type == tokenize.NEWLINE:
            lines[row - 1] = lines[row - 1][:start] + "  # pass; 'x'\n\n"
    return "".join(lines)


def reimport(text, chance):
    """Imports in another order, and an unused one."""
    tree = ast.parse(text)
    body = tree.body
    for at, statement in enumerate(body[:-1]):
        if is_import(statement) and is_import(body[at + 1]) and chance.random() < 0.5:
            body[at], body[at + 1] = body[at + 1], body[at]
    body.insert(len(body) - 1, ast.parse("from unused import nothing as nobody").body[0])
    return ast.unparse(tree)


def reformat(text, chance):
    return ast.unparse(ast.parse(text))


def equivalent(text, chance):
    same = judge(text)
    for _ in range(chance.randint(1, 8)):
        way = chance.choice([parenthesise, parenthesise, retokenise, reimport, reformat])
        other = way(text, chance)
        try:
            text = other if judge(other) == same else text
        except SyntaxError:
            pass
    return text


def change_name(tree, chance):
    node = chance.choice(nodes_of(tree, ast.Name, ast.Attribute, ast.keyword, ast.FunctionDef))
    field = {ast.Name: "id", ast.Attribute: "attr", ast.keyword: "arg"}.get(type(node), "name")
    setattr(node, field, (getattr(node, field) or "") + chance.choice("ab"))


def change_value(tree, chance):
    node = chance.choice(nodes_of(tree, ast.Constant))
    others = [None, True, 1, 1.0, 1j, "", "1", b"1", f"{node.value} "]
    node.value = chance.choice(others)


def change_operator(tree, chance):
    node = chance.choice(nodes_of(tree, ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp))
    if isinstance(node, ast.Compare):
        node.ops[0] = chance.choice([ast.Lt, ast.Is, ast.NotIn, ast.In, ast.Eq])()
    elif isinstance(node, ast.BoolOp):
        node.op = chance.choice([ast.And, ast.Or])()
    elif isinstance(node, ast.UnaryOp):
        node.op = chance.choice([ast.Not, ast.USub, ast.Invert])()
    else:
        node.op = chance.choice([ast.Add, ast.Pow, ast.BitOr, ast.Mod, ast.Mult])()


def regroup(tree, chance):
    """a op (b op c) for (a op b) op c."""
    nodes = [node for node in nodes_of(tree, ast.BinOp) if isinstance(node.left, ast.BinOp)]
    if nodes:
        node = chance.choice(nodes)
        inner = node.left
        node.left, node.right = inner.left, ast.BinOp(inner.right, node.op, node.right)
        node.op = inner.op


def change_arguments(tree, chance):
    call = chance.choice(nodes_of(tree, ast.Call))
    arguments = chance.choice([call.args, call.keywords])
    way = chance.choice(["drop", "reverse", "add"])
    if way == "drop" and arguments:
        arguments.pop(chance.randrange(len(arguments)))
    elif way == "reverse":
        arguments.reverse()
    elif way == "add":
        added = ["(x,)", "x", "-1", "{**x}", "(y for y in x)", "x[1:, 2]", "lambda: (yield)"]
        call.args.append(ast.parse(chance.choice(added)).body[0].value)


def change_sequence(tree, chance):
    node = chance.choice(nodes_of(tree, ast.Tuple, ast.List, ast.Set))
    if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        return
    if chance.random() < 0.5 and len(node.elts) > 1:
        node.elts.pop()
    else:
        node.__class__ = chance.choice([ast.Tuple, ast.List])


def change_statements(tree, chance):
    bodies = [node.body for node in nodes_of(tree, ast.Module, ast.FunctionDef, ast.If, ast.For)]
    body = chance.choice(bodies)
    at = chance.randrange(len(body))
    way = chance.choice(["swap", "delete", "add", "wrap"])
    if way == "swap":
        body[at - 1], body[at] = body[at], body[at - 1]
    elif way == "delete":
        body[at] = ast.Pass()
    elif way == "add":
        added = ["op.execute('x')", "pass", "'text'", "x = 1", "x: int", "from x import *",
                 "import os", "return_ = 1", "revision = '0'", "...", "f'{x}'"]
        body[at:at] = ast.parse(chance.choice(added)).body
    elif not isinstance(body[at], (ast.Import, ast.ImportFrom)):
        body[at] = ast.If(ast.Name("x"), [body[at]], chance.choice([[], [ast.Pass()]]))


CHANGES = [change_name, change_value, change_operator, regroup, change_arguments, change_sequence,
           change_statements, change_statements]


def changed(text, chance):
    tree = ast.parse(text)
    try:
        chance.choice(CHANGES)(tree, chance)
        other = ast.unparse(tree)
        judge(other)
    except (SyntaxError, ValueError, IndexError):
        return text
    return other


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("text", REVISIONS, ids=range(len(REVISIONS)))
def test_random_rewriting(tmp_path, text):
    pairs = [(text, equivalent(text, random.Random(seed))) for seed in range(40)]
    assert check(tmp_path, pairs) == 40
    assert len({after for _, after in pairs if after != text}) > 25


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("text", REVISIONS, ids=range(len(REVISIONS)))
def test_random_change(tmp_path, text):
    pairs = []
    for seed in range(100):
        chance = random.Random(seed)
        pairs.append((text, equivalent(changed(text, chance), chance)))
    assert 5 < check(tmp_path, pairs) < 75
