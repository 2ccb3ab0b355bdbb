"""SQL of which parts cannot be told: what is said of it holds whatever these turn out to be."""

import json

import pytest

REVISION = '''"""holes"""
from alembic import op
import sqlalchemy as sa
{}

revision = "a"
down_revision = None


def upgrade():
    {}


def downgrade():
    pass
'''

STATEMENTS = [
    ("create_table", 'f"CREATE TABLE {x} (a integer, b text DEFAULT \'{x}\')"', ["t", '"T"']),
    ("create_table", '"CREATE TABLE log_%s (a integer)" % x', ["2024", "x"]),
    ("create_table", 'f"CREATE TABLE t (id integer, {x} integer, c {x})"', ["a", "b"]),
    ("create_table", 'f"CREATE TABLE IF NOT EXISTS {x}.t (id numeric({x}) PRIMARY KEY)"', ["a"]),
    ("create_index", '"CREATE INDEX i ON t (%s)" % ", ".join([x, x])', ["a", "a, b"]),
    ("create_index", 'f"CREATE UNIQUE INDEX i ON t (lower({x}), a) WHERE {x} IS NULL"', ["b"]),
    ("create_index", 'f"CREATE INDEX i ON t (a) INCLUDE ({x})"', ["b", "b, c"]),
    ("create_primary_key", 'f"ALTER TABLE t ADD PRIMARY KEY ({x})"', ["a", "a, b"]),
    ("create_unique_constraint", 'f"ALTER TABLE t ADD CONSTRAINT {x} UNIQUE (a, {x})"', ["b"]),
    ("create_foreign_key", 'f"ALTER TABLE t ADD FOREIGN KEY ({x}) REFERENCES p ({x}) ON DELETE CASCADE"', ["a", "a, b"]),
    ("create_check_constraint", 'f"ALTER TABLE t ADD CHECK (a > {x})"', ["1", "b"]),
    ("create_type", 'f"CREATE TYPE e AS ENUM (\'{x}\')"', ["a", "a', 'b"]),
    ("add_column", '"ALTER TABLE t ADD COLUMN {} vector({:d})".format(x, x)', ["a3"]),
    ("add_column", '"ALTER TABLE t ADD COLUMN " + x + " " + x + " NOT NULL"', ["a"]),
    ("add_column", 'f"ALTER TABLE t ADD COLUMN c {x} NOT NULL"', ["integer", "serial", "integer DEFAULT 1"]),
    ("add_column", 'f"ALTER TABLE t ADD COLUMN c {x}(9)"', ["a", "varchar"]),
    ("alter_column", 'f"ALTER TABLE t ALTER COLUMN c TYPE {x} USING c::{x}"', ["a", "s.a", "integer"]),
    ("alter_column", 'f"ALTER TABLE {x} ALTER COLUMN a SET DEFAULT {x}"', ["t"]),
    ("alter_column alter_column", 'f"ALTER TABLE t ALTER COLUMN a SET DEFAULT {x}, ALTER a SET NOT NULL"', ["1", "now()", "'x'"]),
    ("drop_column", '"ALTER TABLE {0} DROP COLUMN {0}".format(x)', ["a"]),
    ("drop_table", 'f"DROP TABLE {x}"', ["t", "s.t"]),
    ("drop_constraint", 'f"ALTER TABLE t DROP CONSTRAINT fk_{x}"', ["a"]),
    ("rename_table", 'f"ALTER TABLE {x} RENAME TO {x}_old"', ["t"]),
    ("create_sequence", 'f"CREATE SEQUENCE {x}_seq START 5"', ["t"]),
    ("insert", 'f"INSERT INTO t ({x}) VALUES ({x})"', ["a", "a, b"]),
    ("insert", 'f"INSERT INTO {x} SELECT {x} FROM {x} WHERE a = \'{x}\'"', ["a"]),
    ("update", 'f"UPDATE t SET {x} = {x} WHERE a = {x}"', ["b"]),
    ("update", '"UPDATE t SET %s" % x', ["b = 1", "b = 1, c = 2 WHERE a"]),
    ("delete", 'f"DELETE FROM t WHERE a IN ({x})"', ["1", "1, 2"]),
    ("delete", 'f"DELETE FROM t WHERE a = 1 {x}"', ["AND b", "OR b"]),
    ("select", 'f"SELECT {x} FROM {x} WHERE {x} = 1"', ["a"]),
    ("harmless_sql", 'f"GRANT SELECT ON t TO {x}"', ["a"]),
    ("delete drop_table", 'f"DELETE FROM t WHERE a = {x}; DROP TABLE z"', ["1"]),
    ("unknown_sql", 'f"CREATE TABLE t ({x})"', ["a integer", ""]),
    ("unknown_sql", 'f"CREATE {x} INDEX i ON t (a)"', ["UNIQUE", ""]),
    ("unknown_sql", 'f"ALTER TABLE t {x}"', ["ADD a integer", "DROP a, DROP b"]),
    ("unknown_sql", 'f"DROP {x} t"', ["TABLE", "VIEW"]),
    ("unknown_sql", 'f"{x} t"', ["DROP TABLE", "TRUNCATE"]),
    ("unknown_sql", 'f"SELECT * {x} INTO z"', ["FROM t", ""]),
    ("unknown_sql", "x", ["DROP TABLE t", "SELECT 1"]),
]


def told(folder, imports, statement):
    """The operations of an upgrade() that executes it."""
    folder.revision("a", text=REVISION.format(imports, f"op.execute({statement})"))
    run = folder.miglint("graph", "--format", "json")
    assert run.err == ""
    return json.loads(run.out)["projects"][0]["revisions"][0]["upgrade"]


def may_be(told, real):
    """Whether what was told leaves room for what it really is."""
    if isinstance(told, dict) and "unknown" in told and not isinstance(told["unknown"], list):
        return True
    if isinstance(told, dict):
        left_out = {"line", "sql", "executes", "unknown", "reads", "open", "filtered"}
        left_out |= {"parts"} if told.get("open") else set()
        keys = (told.keys() | (real.keys() if isinstance(real, dict) else set())) - left_out
        return isinstance(real, dict) and all(may_be(told.get(key), real.get(key)) for key in keys)
    if isinstance(told, list) and isinstance(real, list):
        return len(told) == len(real) and all(map(may_be, told, real))
    return told == real


@pytest.mark.parametrize("kinds, statement, values", STATEMENTS)
def test_what_is_said_holds(folder, kinds, statement, values):
    operations = told(folder, "from app import x", statement)
    print(json.dumps(operations))
    assert " ".join(operation["op"] for operation in operations) == kinds
    for value in values:
        real = told(folder, f"x = {value!r}", statement)
        print(json.dumps(real))
        assert kinds == "unknown_sql" or may_be(operations, real)


def test_what_is_executed(folder):
    (operation,) = told(folder, "from app import x", 'f"DROP TABLE {x}"')
    why = "is a text of which a part cannot be told"
    assert operation["sql"] == "DROP TABLE \ufffc"
    assert operation["executes"] == [{"unknown": 'f"DROP TABLE {x}"', "why": why}]
    assert operation["unknown"] == [{"part": "", "why": why}]


# --- what rules say of what cannot be told ----------------------------------------------

BEFORE = '''"""before"""
from alembic import op
import sqlalchemy as sa

revision = "a"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("a", sa.Integer),
        sa.UniqueConstraint("a", name="uq"),
        sa.PrimaryKeyConstraint("id", name="pk"),
    )


def downgrade():
    op.drop_table("t")
'''

AFTER = '''"""after"""
from alembic import op
import sqlalchemy as sa
{}

revision = "b"
down_revision = "a"


def upgrade():
    {}


def downgrade():
    {}
'''

ADD, DROP = "op.add_column('t', sa.Column('c', sa.Integer))", "op.drop_column('t', 'c')"

# What upgrade() and downgrade() do with x, a value of it, and the rules that this value breaks.
BREAKING = [
    ("op.drop_column(x, 'a')", "op.add_column('t', sa.Column('a', sa.Integer))", "tt", ["ML304", "ML309"]),
    ("op.drop_column('t', x)", "op.add_column('t', sa.Column('a', sa.Integer))", "c", ["ML309"]),
    ("op.drop_constraint('uq', x)", "op.create_unique_constraint('uq', 't', ['a'])", "tt", ["ML304", "ML309"]),
    ("op.execute(f'ALTER TABLE {x} DROP COLUMN a')", "op.add_column('t', sa.Column('a', sa.Integer))", "tt", ["ML304", "ML309"]),
    ("op.execute(f'ALTER TABLE t ADD COLUMN c {x} NOT NULL')", DROP, "integer", ["ML603"]),
    (f"{ADD}; op.execute(f'CREATE INDEX i ON t ({{x}})')", DROP, "a", ["ML303"]),
    (f"{ADD}; op.create_index('i', 't', [x])", DROP, "a", ["ML303"]),
    (f"{ADD}; op.execute(f'CREATE INDEX i ON t (a) WHERE {{x}} > 1')", DROP, "a", ["ML303"]),
    (f"{ADD}; op.execute(f'ALTER TABLE t ADD CONSTRAINT n UNIQUE ({{x}})')", DROP, "a", ["ML303"]),
    (f"{ADD}; op.execute(f'ALTER TABLE t ADD CONSTRAINT n CHECK ({{x}} > 1)')", DROP, "a", ["ML303"]),
    ("op.execute(f'ALTER TABLE t RENAME CONSTRAINT {x} TO n')", "op.drop_constraint('m', 't')", "uq", ["ML304", "ML305"]),
    ("op.execute(f'SET search_path TO {x}'); op.drop_column('t', 'c')", ADD, "public, extra", ["ML309"]),
    ("op.drop_constraint(x, 't')", "op.create_unique_constraint('n', 't', ['a'])", "uq", ["ML304"]),
]


def rules_broken(folder, imports, upgrade, downgrade):
    folder.revision("a", text=BEFORE)
    folder.revision("b", text=AFTER.format(imports, upgrade, downgrade))
    run = folder.miglint("--select", "ML3,ML6", "--ignore", "ML302", "--dialect", "postgresql", "--format", "json")
    assert run.err == ""
    return sorted({finding["rule"] for finding in json.loads(run.out)["findings"]})


@pytest.mark.parametrize("upgrade, downgrade, value, rules", BREAKING)
def test_no_rule_is_broken_by_what_it_may_be(folder, upgrade, downgrade, value, rules):
    assert rules_broken(folder, f"x = {value!r}", upgrade, downgrade) == rules
    assert rules_broken(folder, "from app import x", upgrade, downgrade) == []
