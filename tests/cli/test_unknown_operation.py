"""What ML002 tells people, and where it points."""

import pytest

HEADER = '''"""what cannot all be told"""
from alembic import op
import sqlalchemy as sa
import app.types
{}

revision = "a"
down_revision = None


def upgrade():
'''


@pytest.fixture
def told(folder):
    """The findings of a body of upgrade(): (the text pointed at, message) each."""

    def tell(body, imports="", settings=None):
        text = HEADER.format(imports) + "".join(f"    {line}\n" for line in body.splitlines())
        text += "\n\ndef downgrade():\n    pass\n"
        folder.revision("a", text=text)
        if settings is not None:
            folder.write("miglint.toml", settings)
        run = folder.miglint("--select", "ML002", "--format", "json")
        assert run.err == ""
        lines = text.splitlines()
        found = []
        for one in run.findings:
            assert (one["rule"], one["severity"]) == ("ML002", "note")
            assert one["line"] == one["end_line"], one
            found.append((lines[one["line"] - 1][one["column"] - 1 : one["end_column"] - 1], one["message"]))
        return found

    return tell


@pytest.mark.parametrize(
    "body, where, message",
    [
        (
            'op.add_column("t", sa.Column("price", app.types.Money(2)))',
            "app.types.Money(2)",
            "add_column: 'type' depends on app.types.Money, which is defined outside of the repository",
        ),
        (
            "name = op.get_bind().execute('SELECT 1').scalar()\nop.drop_table(name)",
            "op.get_bind().execute('SELECT 1').scalar()",
            "drop_table: 'table' depends on the connection",
        ),
        (
            'op.execute("PRAGMA writable_schema=ON")',
            "PRAGMA writable_schema=ON",
            'unknown SQL: Postgres\' grammar says: syntax error at or near "PRAGMA"',
        ),
        (
            "op.create_table('t', *app.columns())",
            "op.create_table('t', *app.columns())",
            "create_table: has arguments that cannot be told",
        ),
        (
            "op.enable_rls('public', 'account')",
            "op.enable_rls('public', 'account')",
            "alembic.op.enable_rls() may do anything: it is no operation of Alembic's own",
        ),
        (
            "import functools\nfunctools.partial(op.drop_table, 't')()",
            "functools.partial(op.drop_table, 't')",
            "functools.partial() may do anything: it is given operations to run",
        ),
        (
            "import operator\noperator.methodcaller('drop_table', 't')(op)",
            "operator.methodcaller('drop_table', 't')(op)",
            "operator.methodcaller() may do anything: it is given operations to run",
        ),
        (
            "import importlib\nimportlib.import_module('app.models').upgrade()",
            "importlib.import_module('app.models').upgrade()",
            "importlib.import_module() may do anything: it depends on importlib.import_module, which is "
            "defined outside of the repository",
        ),
        (
            "def columns():\n    yield sa.Column('a')\nop.create_table('t', *columns())",
            "columns()",
            "columns() may do anything: it cannot be told without running it",
        ),
        (
            "op.create_check_constraint('c', 't', sa.column('a').like('x/%', escape='/'))",
            "sa.column('a').like('x/%', escape='/')",
            "create_check_constraint: 'condition' depends on sqlalchemy.column, which is not understood",
        ),
        (
            "import textwrap\nop.execute(textwrap.dedent('DROP TABLE a').replace('a', app.name))",
            "textwrap.dedent('DROP TABLE a').replace('a', app.name)",
            "unknown SQL: depends on textwrap.dedent, which is defined outside of the repository",
        ),
        (
            "op.add_column('t', sa.Column('a', sa.Text(), server_default='b\\0c'))",
            "'b\\0c'",
            "add_column: 'server_default' is not what Alembic takes",
        ),
        (
            "op.create_check_constraint('c', 't', sa.column('a') == 'b\\0c')",
            "sa.column('a') == 'b\\0c'",
            "create_check_constraint: 'condition' depends on sqlalchemy.column, which is not understood",
        ),
        (
            "op.execute('DROP TABLE a\\0')",
            "'DROP TABLE a\\0'",
            "unknown SQL: holds a NUL, which no statement can",
        ),
        (
            "sa.MetaData().create_all(op.get_bind())",
            "sa.MetaData().create_all(op.get_bind())",
            "sa.MetaData() may do anything: it makes, drops or runs what is defined elsewhere",
        ),
    ],
)
def test_message(told, body, where, message):
    assert (where, message) in told(body)


def test_known_says_nothing(told):
    assert told('op.add_column("t", sa.Column("price", sa.Numeric(12, 2)))') == []


def test_settings_silence_it(told):
    body = 'op.add_column("t", sa.Column("price", app.types.Money(2)))'
    assert told(body, settings='[types]\n"app.types.Money" = "NUMERIC(12, 2)"\n') == []


HELPER = """from alembic import op
import sqlalchemy as sa


def remake(table):
    for name in sa.inspect(op.get_bind()).get_columns(table):
        op.drop_column(table, name)
        op.drop_index(name, table)


SQL = "PRAGMA writable_schema=ON"
"""


def test_a_helper_of_another_file_is_told_once_where_it_is_called(folder, told):
    folder.write("migrations/helper.py", HELPER)
    found = told('helper.remake("one")\nhelper.remake("two")', "from migrations import helper")
    assert [where for where, _ in found] == ['helper.remake("one")', 'helper.remake("two")']
    assert found[0][1].startswith("not all that helper.remake() does can be told: drop_column: 'name' depends on ")


def test_sql_of_another_file_is_told_where_it_is_executed(folder, told):
    folder.write("migrations/helper.py", HELPER)
    ((where, message),) = told("op.execute(helper.SQL)", "from migrations import helper")
    assert where == "op.execute(helper.SQL)"
    assert message.startswith("unknown SQL: Postgres' grammar says")


def test_the_place_is_there_once_the_dialect_is_known(folder, told):
    """What depends on the dialect is read a second time."""
    body = "if op.get_bind().dialect.name == 'sqlite':\n    op.drop_table(app.name)"
    ((where, message),) = told(body, settings='dialect = "sqlite"')
    assert where == "app.name"
    assert message == "drop_table: 'table' depends on app.name, which is defined outside of the repository"


def test_one_place_is_told_once(told):
    found = told("for name in ('a', 'b'):\n    op.add_column(name, sa.Column('x', app.types.Money))")
    assert len(found) == 1


@pytest.mark.parametrize(
    "body",
    [
        "import inspect\ninspect.signature(op.drop_constraint)",
        "import textwrap\nop.execute(textwrap.dedent('DROP TABLE a').strip())",
        "print(hasattr(op, 'drop_table'), op)",
        "import logging\nlogging.getLogger('a').info('%s %s', op.get_bind(), op.f('x'))",
    ],
)
def test_looking_at_operations_runs_none(told, body):
    assert told(body) == []
