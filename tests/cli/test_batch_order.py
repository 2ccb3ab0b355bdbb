"""A batch runs where its block ends: the order of miglint's operations is that of what Alembic sends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = '''
import sqlalchemy as sa
from alembic import op

revision = "a"
down_revision = None


def column(name):
    return sa.Column(name, sa.Integer)


def add(batch, name):
    batch.add_column(column(name))
    op.execute(f"SELECT '{name} was added'")


def early(found):
    with op.batch_alter_table("t", recreate="never") as b:
        b.add_column(column("first"))
        if found:
            return
        b.add_column(column("last"))


def quiet():
    try:
        raise ValueError
    except ValueError:
        op.execute("SELECT 'caught'")


def upgrade():
'''

BODIES = {
    "flushed at the end": '''
    with op.batch_alter_table("t", recreate="never") as b:
        b.add_column(column("one"))
        op.execute("SELECT 'within'")
        b.add_column(column("two"))
    op.execute("SELECT 'behind'")
''',
    "the batch executes at once": '''
    with op.batch_alter_table("t", recreate="never") as b:
        b.add_column(column("one"))
        b.execute("SELECT 'within'")
''',
    "one after the other": '''
    with op.batch_alter_table("t", recreate="never") as b:
        b.add_column(column("one"))
    with op.batch_alter_table("u", recreate="never") as b:
        b.add_column(column("two"))
    op.execute("SELECT 'behind'")
''',
    "nested": '''
    with op.batch_alter_table("t", recreate="never") as b:
        b.add_column(column("one"))
        with op.batch_alter_table("u", recreate="never") as d:
            d.add_column(column("two"))
            b.add_column(column("three"))
            op.execute("SELECT 'within'")
        op.execute("SELECT 'between'")
        b.add_column(column("four"))
''',
    "two in one with": '''
    with op.batch_alter_table("t", recreate="never") as b, op.batch_alter_table("u", recreate="never") as d:
        b.add_column(column("one"))
        d.add_column(column("two"))
        op.add_column("t", column("three"))
''',
    "in a loop": '''
    for table in "t", "u":
        with op.batch_alter_table(table, recreate="never") as b:
            b.add_column(column("one"))
            op.execute(f"SELECT '{table}'")
            b.add_column(column("two"))
''',
    "a helper": '''
    with op.batch_alter_table("t", recreate="never") as b:
        add(b, "one")
        add(b, "two")
    op.execute("SELECT 'behind'")
''',
    "an early return": '''
    early(True)
    op.execute("SELECT 'behind'")
    with op.batch_alter_table("t", recreate="never") as b:
        b.add_column(column("one"))
        op.execute("SELECT 'within'")
        return
''',
    "no early return": '''
    early(False)
    op.execute("SELECT 'behind'")
''',
    "break": '''
    for name in "one", "two":
        with op.batch_alter_table("t", recreate="never") as b:
            b.add_column(column(name))
            op.execute(f"SELECT '{name}'")
            break
    op.execute("SELECT 'behind'")
''',
    "raises": '''
    try:
        with op.batch_alter_table("t", recreate="never") as b:
            b.add_column(column("one"))
            op.execute("SELECT 'within'")
            raise ValueError
    except ValueError:
        op.execute("SELECT 'behind'")
''',
    "raises and is caught within": '''
    with op.batch_alter_table("t", recreate="never") as b:
        b.add_column(column("one"))
        quiet()
        b.add_column(column("two"))
    op.execute("SELECT 'behind'")
''',
    "raises at last": '''
    with op.batch_alter_table("t", recreate="never") as b:
        b.add_column(column("one"))
        op.execute("SELECT 'within'")
        raise ValueError
''',
    "nothing": '''
    with op.batch_alter_table("t", recreate="never"):
        op.execute("SELECT 'within'")
''',
}

JUDGE = '''
import contextlib, importlib.util, json, sys
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

sent = []
engine = sa.create_engine("sqlite://")
with engine.connect() as connection:
    for name in "t", "u":
        connection.execute(sa.text(f"CREATE TABLE {name} (id INTEGER)"))
    sa.event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *rest: sent.append(statement))
    with Operations.context(MigrationContext.configure(connection)):
        spec = importlib.util.spec_from_file_location("revision", sys.argv[1])
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        with contextlib.suppress(ValueError):
            module.upgrade()
json.dump([one for one in sent if not one.startswith("PRAGMA")], sys.stdout)
'''


def told(operation):
    if operation["op"] == "add_column":
        [column] = operation["columns"]
        return f"ALTER TABLE {operation['table']} ADD COLUMN {column['name']} INTEGER"
    return operation.get("sql", operation["op"])


@pytest.fixture(params=["debian", "recent"])
def path(request):
    return "" if request.param == "debian" else request.getfixturevalue("recent")


@pytest.mark.parametrize("body", BODIES)
def test_order(folder, path, body):
    file = folder.write("migrations/versions/a.py", TOP + BODIES[body])
    done = subprocess.run(
        ["/usr/bin/python3", "-B", "-c", JUDGE, file],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    done_too = subprocess.run([os.environ["MIGLINT"], "graph", "--format", "json", folder.path], capture_output=True, text=True)
    assert done_too.returncode == 0, done_too.stderr
    [project] = json.loads(done_too.stdout)["projects"]
    [revision] = project["revisions"]
    assert [told(one) for one in revision["upgrade"] if one["op"] != "raise"] == json.loads(done.stdout)
