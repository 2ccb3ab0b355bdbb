"""ML751 to ML754, which speak of SQLite. What Alembic, in both ages, and SQLite make of the same operations is the judge."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from repository import ENVIRONMENT

JUDGE = Path(__file__).with_name("sqlite_judge.py")
PYTHON = "/usr/bin/python3"

TABLES = """op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))
op.create_table(
    'orders',
    sa.Column('id', sa.Integer, primary_key=True),
    sa.Column('a', sa.Integer),
    sa.Column('owner', sa.Integer, sa.ForeignKey('users.id')),
    sa.Column('number', sa.Integer, unique=True),
    sa.Column('kind', sa.String(9, collation='NOCASE'), index=True),
    sa.CheckConstraint('a > 0'),
    sa.CheckConstraint('a < 9', name='small'),
)
op.create_index('lower_kind', 'orders', [sa.text('lower(kind)')])"""

BATCH = "with op.batch_alter_table('orders'{}) as batch_op:\n    "

ALTERS = [
    "op.create_foreign_key('fk', 'orders', 'users', ['a'], ['id'])",
    "op.create_unique_constraint('uq', 'orders', ['a'])",
    "op.create_check_constraint('ck', 'orders', 'a > 0')",
    "op.drop_constraint('small', 'orders', type_='check')",
    "op.alter_column('orders', 'a', nullable=False)",
    "op.alter_column('orders', 'a', type_=sa.Text())",
    "op.alter_column('orders', 'a', server_default='1')",
    "op.alter_column('orders', 'a', server_default=None)",
    "op.alter_column('orders', 'a', comment='of old')",
    "op.alter_column('orders', 'a', new_column_name='z')",
    "op.alter_column('orders', 'a', new_column_name='z', nullable=False)",
    "op.alter_column('orders', 'a', existing_type=sa.Integer(), existing_nullable=True)",
    "op.add_column('orders', sa.Column('n', sa.Integer))",
    "op.add_column('orders', sa.Column('n', sa.Integer, sa.ForeignKey('users.id')))",
    "op.add_column('orders', sa.Column('n', sa.Integer, unique=True))",
    "op.add_column('orders', sa.Column('n', sa.Integer, index=True))",
    "op.add_column('orders', sa.Column('n', sa.Integer, unique=True, index=True))",
    "op.add_column('orders', sa.Column('n', sa.Integer, sa.CheckConstraint('n > 0')))",
    "op.add_column('orders', sa.Column('n', sa.Integer, server_default='1', nullable=False))",
    "op.drop_column('users', 'id')",
    "op.drop_column('orders', 'owner')",
    "op.drop_column('orders', 'number')",
    "op.drop_column('orders', 'kind')",
    "op.drop_index('ix_orders_kind')\nop.drop_index('lower_kind')\nop.drop_column('orders', 'kind')",
    "op.add_column('orders', sa.Column('n', sa.Integer))\nop.drop_column('orders', 'n')",
    "op.rename_table('orders', 'bookings')",
    "op.create_index('by_a', 'orders', ['a'])",
    "op.execute('ALTER TABLE orders ADD COLUMN n INTEGER REFERENCES users(id)')",
    "op.execute('ALTER TABLE orders ADD COLUMN n INTEGER UNIQUE')",
    "op.execute('ALTER TABLE orders ADD COLUMN n INTEGER REFERENCES users(id)')\nop.drop_column('orders', 'n')",
    "op.execute('ALTER TABLE orders ADD CONSTRAINT uq UNIQUE (a)')",
    "op.execute('ALTER TABLE orders DROP CONSTRAINT small')",
    "op.execute('ALTER TABLE orders ALTER COLUMN a SET NOT NULL')",
    "op.execute('ALTER TABLE orders RENAME COLUMN a TO z')",
    BATCH.format("") + "batch_op.alter_column('a', nullable=False)",
    BATCH.format(", recreate='never'") + "batch_op.alter_column('a', nullable=False)",
    BATCH.format(", recreate='never'") + "batch_op.add_column(sa.Column('n', sa.Integer))",
    BATCH.format("") + "batch_op.create_unique_constraint('uq', ['a'])",
]

FK = "naming_convention={'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s'}"
DROPS = [
    BATCH.format("") + "batch_op.drop_constraint('orders_owner_fkey', type_='foreignkey')",
    BATCH.format("") + "batch_op.drop_constraint('fk_orders_owner_users', type_='foreignkey')",
    BATCH.format("") + "batch_op.drop_constraint('orders_number_key', type_='unique')",
    BATCH.format("") + "batch_op.drop_constraint('orders_pkey', type_='primary')",
    BATCH.format("") + "batch_op.drop_constraint('orders_a_check', type_='check')",
    BATCH.format("") + "batch_op.drop_constraint('small', type_='check')",
    BATCH.format(", " + FK) + "batch_op.drop_constraint('fk_orders_owner_users', type_='foreignkey')",
    BATCH.format("")
    + "batch_op.create_foreign_key('fk', 'users', ['a'], ['id'])\n"
    + BATCH.format("")
    + "batch_op.drop_constraint('fk', type_='foreignkey')",
]

LOSSES = [
    BATCH.format("") + "batch_op.alter_column('a', nullable=False)",
    BATCH.format(", recreate='always'") + "batch_op.add_column(sa.Column('n', sa.Integer))",
    BATCH.format("") + "batch_op.add_column(sa.Column('n', sa.Integer))",
    BATCH.format("") + "batch_op.add_column(sa.Column('n', sa.Integer))\n    batch_op.alter_column('a', nullable=False)",
    BATCH.format("") + "batch_op.alter_column('kind', type_=sa.String(20, collation='NOCASE'))",
    BATCH.format("")
    + "batch_op.alter_column('a', nullable=False)\n    batch_op.create_check_constraint('positive', 'a > 0')\n"
    + "op.create_index('lower_kind', 'orders', [sa.text('lower(kind)')])",
    BATCH.format(", recreate='never'") + "batch_op.add_column(sa.Column('n', sa.Integer))",
    BATCH.format("")
    + "batch_op.alter_column('a', nullable=False)\n"
    + BATCH.format("")
    + "batch_op.alter_column('a', nullable=True)",
]

CASES = [*ALTERS, *DROPS, *LOSSES]

HEADER = """import sqlalchemy as sa
from alembic import op

revision = {!r}
down_revision = {!r}


def upgrade():
{}


def downgrade():
    raise NotImplementedError("there is no way back")
"""


@pytest.fixture(scope="module")
def verdicts(recent):
    ages = []
    for path in ("", recent):
        done = subprocess.run(
            [PYTHON, "-B", JUDGE],
            input=json.dumps([(TABLES, body) for body in CASES]),
            env={**ENVIRONMENT, "PYTHONPATH": path},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        ages.append(dict(zip(CASES, json.loads(done.stdout))))
    return ages


@pytest.fixture
def lint(folder):
    folder.write("migrations/env.py", "from alembic import context\n\ncontext.configure(target_metadata=None)\n")

    def run(rule, body, before=TABLES, dialect="sqlite"):
        for revision, parent, lines in (("aaaa", None, before), ("bbbb", "aaaa", body)):
            indented = "\n".join("    " + line for line in lines.splitlines())
            folder.revision(revision, text=HEADER.format(revision, parent, indented))
        arguments = ["--dialect", dialect] if dialect else []
        return folder.miglint("--format", "json", "--select", rule, *arguments).findings

    return run


def test_alters(lint, verdicts):
    for body in ALTERS:
        refused = [age[body]["error"] is not None for age in verdicts]
        assert refused[0] == refused[1]
        found = lint("ML751", body)
        assert [finding["rule"] for finding in found] == ["ML751"] * refused[0], (body, verdicts[0][body]["error"])
    assert not lint("ML751", ALTERS[0], dialect="postgresql") and not lint("ML751", ALTERS[0], dialect=None)


def test_drops_in_a_batch(lint, verdicts):
    for body in DROPS:
        refused = ["No such constraint" in (age[body]["error"] or "") for age in verdicts]
        assert refused[0] == refused[1]
        found = lint("ML752", body)
        assert [finding["rule"] for finding in found] == ["ML752"] * refused[0], (body, verdicts[0][body]["error"])


@pytest.mark.parametrize("kind", ["foreignkey", "unique", "primary"])
def test_the_drop_that_is_offered(lint, recent, kind):
    """It works as it is written."""
    (finding,) = lint("ML752", BATCH.format("") + f"batch_op.drop_constraint('x', type_='{kind}')")
    for path in ("", recent):
        cases = json.dumps([(TABLES, finding["help"])])
        environment = {**ENVIRONMENT, "PYTHONPATH": path}
        done = subprocess.run([PYTHON, "-B", JUDGE], input=cases, env=environment, capture_output=True, text=True)
        (verdict,) = json.loads(done.stdout)
        words = {"foreignkey": "FOREIGN KEY", "unique": "UNIQUE", "primary": "PRIMARY KEY"}[kind]
        (before,), (after,) = [
            [sql for sql in verdict[side] if re.match('CREATE TABLE "?orders', sql)] for side in ("before", "after")
        ]
        assert verdict["error"] is None and words in before and words not in after


def lost(verdict):
    """What the judge has no more of, in the words that the messages are known by."""
    kinds = {"a check (a > 0)": r"CHECK \(a > 0\)", "the collation NOCASE": "COLLATE", "the index 'lower_kind'": r"lower\("}
    return {
        word
        for word, pattern in kinds.items()
        if re.search(pattern, " ".join(verdict["before"])) and not re.search(pattern, " ".join(verdict["after"]))
    }


def test_losses(lint, verdicts):
    for body in LOSSES:
        assert all(age[body]["error"] is None for age in verdicts)
        assert lost(verdicts[0][body]) == lost(verdicts[1][body])
        found = [re.search("and loses (.*)", finding["message"]).group(1) for finding in lint("ML754", body)]
        expected = lost(verdicts[0][body])
        assert len(found) == len(expected), (body, found, expected)
        assert all(any(message.startswith(word) for message in found) for word in expected), (found, expected)


def test_cascades(folder, lint, recent):
    cases = [("rows", action, pragma) for action in ("CASCADE", "SET NULL", "RESTRICT", None) for pragma in ("ON", "OFF")]
    for path in ("", recent):
        environment = {**ENVIRONMENT, "PYTHONPATH": path}
        done = subprocess.run([PYTHON, "-B", JUDGE], input=json.dumps(cases), env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        for (_, action, pragma), lost_rows in zip(cases, json.loads(done.stdout)):
            env = f"from alembic import context\n\nconnection.exec_driver_sql('PRAGMA foreign_keys={pragma}')\n"
            folder.write("migrations/env.py", env + "context.configure(target_metadata=None)\n")
            before = (
                "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.Integer))\n"
                f"op.create_table('orders', sa.Column('owner', sa.Integer, sa.ForeignKey('users.id', ondelete={action!r})))"
            )
            body = BATCH.format("").replace("orders", "users") + "batch_op.alter_column('a', nullable=False)"
            assert len(lint("ML753", body, before)) == bool(lost_rows), (action, pragma)
            assert lint("ML753", "op.add_column('users', sa.Column('n', sa.Integer))", before) == []
            assert lint("ML753", f"{before}\n{body}", "pass") == []


@pytest.mark.parametrize(
    "body",
    [
        "if op.get_bind().engine.name == what():\n    op.alter_column('orders', 'a', nullable=False)",
        "if op.get_bind().dialect.name != 'sqlite':\n    op.alter_column('orders', 'a', nullable=False)",
        BATCH.format(", copy_from=some_table()") + "batch_op.alter_column('a', nullable=False)",
        BATCH.format(", reflect_args=[sa.Column('kind', sa.String(9, collation='NOCASE'))]")
        + "batch_op.alter_column('a', nullable=False)",
        BATCH.format(", naming_convention=some()") + "batch_op.drop_constraint('x', type_='foreignkey')",
        BATCH.format("") + "batch_op.drop_constraint(some(), type_='foreignkey')",
    ],
)
def test_what_cannot_be_told(lint, body):
    unseen = TABLES.replace("    sa.CheckConstraint('a > 0'),\n", "").replace(", collation='NOCASE'", "")
    unseen = unseen[: unseen.index("op.create_index")]
    assert lint("ML751,ML752,ML754", body, before=unseen) == []
    assert lint("ML752,ML754", BATCH.format("") + "batch_op.drop_constraint('x', type_='unique')", before="pass") == []
