"""ML603, ML604 and ML612: what fails, or is lost, where there are rows.

Postgres is the judge: real Alembic runs each revision there on tables with rows in them.
"""

import ast

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from postgres import Cluster
from sqlalchemy.pool import NullPool

HEADER = """from alembic import op
import sqlalchemy as sa
from sqlalchemy.orm import Session, declarative_base, relationship

revision = {!r}
down_revision = {!r}

Base = declarative_base()


class Account(Base):
    __tablename__ = "account"
    id = sa.Column(sa.Integer(), primary_key=True)
    mail = sa.Column("email", sa.String(50))
    state = sa.Column(sa.String(9))


class Parent(Base):
    __tablename__ = "parent"
    id = sa.Column(sa.Integer(), primary_key=True)
    above_id = sa.Column("up", sa.ForeignKey("parent.id"))
    above = relationship("Parent", remote_side=[id], post_update=True)


"""

TABLES = """op.create_table(
    "account",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("email", sa.String(50)),
    sa.Column("state", sa.String(9), server_default="new"),
)
op.create_table(
    "payment",
    sa.Column("account_id", sa.Integer()),
    sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="of_account"),
)
op.create_table("parent", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("up", sa.ForeignKey("parent.id")))
"""
ROWS = ("INSERT INTO account (id) VALUES (1)", "INSERT INTO payment VALUES (1)", "INSERT INTO parent VALUES (1)")


def revision(id_, parent, upgrade):
    body = "".join(f"    {line}\n" for line in upgrade.strip().splitlines())
    return f"{HEADER.format(id_, parent)}def upgrade():\n{body}\n\ndef downgrade():\n    pass\n"


@pytest.fixture(scope="module")
def engine():
    cluster = Cluster()
    yield sa.create_engine("postgresql://postgres@/postgres", connect_args={"host": cluster.folder}, poolclass=NullPool)
    cluster.stop()


def failure(engine, *upgrades):
    """Why Postgres refuses the last of them; None if it does not."""
    with engine.connect() as connection, connection.begin() as transaction:

        def run(upgrade):
            names = {}
            exec(compile(revision("x", None, upgrade), "revision", "exec"), names)
            with Operations.context(MigrationContext.configure(connection)):
                names["upgrade"]()

        run(TABLES)
        for row in ROWS:
            connection.execute(sa.text(row))
        for upgrade in upgrades[:-1]:
            run(upgrade)
        try:
            run(upgrades[-1])
            return None
        except sa.exc.DBAPIError as error:
            return str(error.orig).splitlines()[0]
        finally:
            transaction.rollback()


def found(folder, *upgrades, rules="ML603,ML604,ML612", url="postgresql://db/bank"):
    ini = "[alembic]\nscript_location = migrations\n"
    folder.write("alembic.ini", ini + (f"sqlalchemy.url = {url}\n" if url else ""))
    parent = None
    for number, upgrade in enumerate((TABLES, *upgrades)):
        folder.revision(f"r{number}", text=revision(f"r{number}", parent, upgrade))
        parent = f"r{number}"
    return folder.miglint("--select", rules, "--format", "json").findings


def add(column):
    return f'op.add_column("account", sa.Column("new", {column}))'


SET = 'op.alter_column("account", "{}", nullable=False)'

UPSERT = """from sqlalchemy.dialects.postgresql import insert
account = sa.table("account", sa.column("id"), sa.column("email"), sa.column("state"))
rows = insert(account).values(id=1, email="x")
op.execute(rows.on_conflict_do_update(index_elements=["id"], set_={{"{}": "x"}}))
"""

OBJECTS = """session = Session(bind=op.get_bind())
for found in session.query({}):
    found.{} = {}
session.flush()
"""

COLOURS = """colour = op.create_table("colour", sa.Column("id", sa.Integer()), sa.Column("name", sa.Text()))
op.bulk_insert(colour, [{"id": 1, "name": "red"}, {"id": 2, "name": "blue"}])"""

# What Postgres refuses, and the rule that says so.
REFUSED = {
    "not null": ("ML603", "error", [add("sa.Integer(), nullable=False")]),
    "with a default in Python": ("ML603", "error", [add("sa.Integer(), nullable=False, default=3")]),
    "in SQL": ("ML603", "error", ["op.execute('ALTER TABLE account ADD COLUMN new integer NOT NULL')"]),
    "after an UPDATE of something else": (
        "ML603", "error", ["op.execute(\"UPDATE account SET email = ''\")", add("sa.Integer(), nullable=False")],
    ),
    "emptied in part": (
        "ML603", "error", ["op.execute('DELETE FROM payment WHERE account_id = 7')\n" + add("sa.Integer(), nullable=False")],
    ),
    "set not null": ("ML604", "warning", [SET.format("email")]),
    "set not null in SQL": ("ML604", "warning", ["op.execute('ALTER TABLE account ALTER email SET NOT NULL')"]),
    "set not null in another revision": ("ML604", "warning", [add("sa.Integer()"), SET.format("new")]),
    "filled after it": ("ML604", "warning", [SET.format("email") + "\nop.execute(\"UPDATE account SET email = ''\")"]),
    "an upsert of something else": (
        "ML604", "warning",
        [
            "op.execute(\"INSERT INTO account (id) VALUES (7) ON CONFLICT (id) DO UPDATE SET state = 'x'\")\n"
            + SET.format("email")
        ],
    ),
    "an upsert of SQLAlchemy's, of something else": ("ML604", "warning", [UPSERT.format("state") + SET.format("email")]),
    "another attribute of its objects": (
        "ML604", "warning", [OBJECTS.format("Account", "state", "'x'"), SET.format("email")],
    ),
    "another row": (
        "ML604", "warning",
        ["op.execute(\"INSERT INTO account (id, email) VALUES (8, 'x')\")\n" + SET.format("email")],
    ),
    "a table that was made with its rows, but not with that": (
        "ML604", "warning",
        [
            COLOURS.replace(', "name": "red"', "").replace(', "name": "blue"', ""),
            SET.format("name").replace("account", "colour"),
        ],
    ),
    "another column filled": (
        "ML604", "warning", ["op.execute(\"UPDATE account SET state = ''\")\n" + SET.format("email")],
    ),
    "a new default": (
        "ML604", "warning", ['op.alter_column("account", "email", nullable=False, server_default="")'],
    ),
    "a table": ("ML612", "warning", ['op.drop_table("account")']),
    "a table in SQL": ("ML612", "warning", ["op.execute('DROP TABLE account')"]),
    "a column": ("ML612", "warning", ['op.drop_column("account", "id")']),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_postgres_refuses(engine, folder, case):
    rule, severity, upgrades = REFUSED[case]
    assert failure(engine, *upgrades)
    (finding,) = found(folder, *upgrades)
    assert (finding["rule"], finding["severity"], finding["revision"]) == (rule, severity, f"r{len(upgrades)}")


ACCEPTED = {
    "filled under its name of then": [
        add("sa.Integer()")
        + "\nop.execute('UPDATE account SET new = 0')\n"
        + 'op.alter_column("account", "new", new_column_name="newer")\n'
        + SET.format("newer"),
    ],
    "a server default": [add('sa.Integer(), nullable=False, server_default="0"')],
    "nullable": [add("sa.Integer()")],
    "identity": [add("sa.Integer(), sa.Identity(), nullable=False")],
    "computed": [add('sa.Integer(), sa.Computed("id + 1"), nullable=False')],
    "serial": ["op.execute('ALTER TABLE account ADD COLUMN new bigserial NOT NULL')"],
    "truncated": ["op.execute('TRUNCATE account CASCADE')\n" + add("sa.Integer(), nullable=False")],
    "emptied": ["op.execute('DELETE FROM payment; DELETE FROM account')\n" + add("sa.Integer(), nullable=False")],
    "emptied by an earlier revision": [
        "op.execute('DELETE FROM payment; DELETE FROM account')", add("sa.Integer(), nullable=False"),
    ],
    "a table of this revision": [
        'op.create_table("t", sa.Column("id", sa.Integer()))\n'
        + add("sa.Integer(), nullable=False").replace("account", "t"),
    ],
    "filled": ["op.execute(\"UPDATE account SET email = '' WHERE email IS NULL\")\n" + SET.format("email")],
    "filled by an earlier revision": ["op.execute(\"UPDATE account SET email = ''\")", SET.format("email")],
    "filled by SQLAlchemy": [
        'account = sa.table("account", sa.column("email"))\n'
        f'op.execute(account.update().values(email=""))\n{SET.format("email")}',
    ],
    "without the rows that lack a value": [
        "op.execute('DELETE FROM payment; DELETE FROM account WHERE email IS NULL')\n" + SET.format("email"),
    ],
    "converted": [
        "op.alter_column('account', 'email', type_=sa.Text(), nullable=False, postgresql_using=\"coalesce(email, '')\")",
    ],
    "converted before": [
        "op.execute(\"ALTER TABLE account ALTER email TYPE text USING coalesce(email, ''), ALTER email SET NOT NULL\")",
    ],
    "filled by an upsert": [
        "op.execute(\"INSERT INTO account (id, email) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET email = 'x'\")\n"
        + SET.format("email"),
    ],
    "filled by an upsert of SQLAlchemy's": [UPSERT.format("email") + SET.format("email")],
    "filled by an attribute of another name": [OBJECTS.format("Account", "mail", "'x'"), SET.format("email")],
    "filled by a relationship": [OBJECTS.format("Parent", "above", "found"), SET.format("up").replace("account", "parent")],
    "a table that was made with its rows": [COLOURS, SET.format("name").replace("account", "colour")],
    "a table that was made with its rows, by a query": [
        "op.execute('CREATE TABLE day (day date, year integer)')\n"
        "op.execute(\"INSERT INTO day (SELECT d, extract(year FROM d) FROM generate_series(date '2024-01-01', '2024-01-09', '1 day') d)\")",
        SET.format("year").replace("account", "day"),
    ],
    "made with a default": [SET.format("state")],
    "added and filled": [
        f"{add('sa.Integer()')}\nop.execute('UPDATE account SET new = 0')\n{SET.format('new')}",
    ],
    "the key first": ['op.drop_constraint("of_account", "payment", type_="foreignkey")\nop.drop_table("account")'],
    "the referring table first": ['op.drop_table("payment")\nop.drop_table("account")'],
    "both at once": ["op.execute('DROP TABLE account, payment')"],
    "the referring column": ['op.drop_column("payment", "account_id")\nop.drop_table("account")'],
    "another column of it": ['op.drop_column("account", "email")'],
    "a table that refers to itself": ['op.drop_table("parent")'],
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_postgres_accepts(engine, folder, case):
    assert failure(engine, *ACCEPTED[case]) is None
    assert found(folder, *ACCEPTED[case]) == []


def test_a_cascade_is_told_though_postgres_accepts_it(engine, folder):
    upgrade = "op.execute('DROP TABLE account CASCADE')"
    assert failure(engine, upgrade) is None
    (finding,) = found(folder, upgrade)
    assert finding["rule"] == "ML612" and "CASCADE drops that as well" in finding["message"]


UNKNOWN = {
    "anything may fill it": f"fill(op)\n{SET.format('email')}",
    "a condition": f"if fill(op):\n    {SET.format('email')}",
    "anything may empty it": f"fill(op)\n{add('sa.Integer(), nullable=False')}",
    "whether it is nullable": add("sa.Integer(), nullable=choose()"),
    "whether it has a default": add("sa.Integer(), nullable=False, server_default=choose()"),
    "the table": 'op.add_column(choose(), sa.Column("new", sa.Integer(), nullable=False))',
    "which key": 'for key in keys():\n    op.drop_constraint(key, "payment")\nop.drop_table("account")',
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_silent_where_it_cannot_be_told(folder, case):
    assert found(folder, UNKNOWN[case]) == []


@pytest.mark.parametrize(
    "url, more, severity",
    [
        ("sqlite:///bank.db", "", "error"),
        (None, "", "error"),
        (None, '\nop.create_table("t", sa.Column("id", sa.Integer()), mysql_engine="InnoDB")', "warning"),
        ("mysql://db/bank", "", None),
    ],
)
def test_mysql_has_a_zero_for_such_rows(folder, url, more, severity):
    findings = found(folder, add("sa.Integer(), nullable=False") + more, url=url)
    assert [f["severity"] for f in findings] == [severity] * (severity is not None)


def test_the_help_is_sql(folder):
    table = 'op.create_table("group", sa.Column("Order", sa.Text()), sa.Column("n", sa.Text()))'
    (finding,) = found(folder, table, SET.replace("account", "group").format("Order"))
    literal = finding["help"].removeprefix("write op.execute(").removesuffix(") before it")
    assert ast.literal_eval(literal) == 'UPDATE "group" SET "Order" = ... WHERE "Order" IS NULL'


HELPED = {
    "default=3": 'server_default="3"', "default=True": "server_default=sa.true()", "default='x'": 'server_default="x"',
}


@pytest.mark.parametrize("default", HELPED)
def test_what_the_help_says_of_default(engine, folder, default):
    type_ = {"default=3": "sa.Integer()", "default=True": "sa.Boolean()", "default='x'": "sa.String()"}[default]
    (finding,) = found(folder, add(f"{type_}, nullable=False, {default}"))
    assert finding["help"].startswith("default= is for rows that Python inserts")
    assert HELPED[default] in finding["help"]
    assert failure(engine, add(f"{type_}, nullable=False, {HELPED[default]}")) is None


def test_what_the_help_says_of_a_key(engine, folder):
    (finding,) = found(folder, 'op.drop_table("account")')
    instead = finding["help"].removeprefix("write ").removesuffix(" before it")
    assert failure(engine, f'{instead}\nop.drop_table("account")') is None
    assert found(folder, f'{instead}\nop.drop_table("account")') == []
    assert [related["path"] for related in finding["related"]] == ["migrations/versions/r0.py"]


@pytest.mark.parametrize("filled, rules", [("in the base", ["ML604"]), ("in the head", [])])
def test_with_base_what_the_base_did_is_long_ago(repository, filled, rules):
    """Since then there may be rows again that lack a value."""
    repository.revision("r0", text=revision("r0", None, TABLES))
    steps = [("r1", "op.execute(\"UPDATE account SET email = ''\")"), ("r2", SET.format("email"))]
    for id_, upgrade in steps[: filled == "in the base"]:
        repository.revision(id_, text=revision(id_, f"r{int(id_[1]) - 1}", upgrade))
    repository.commit()
    repository.branch("topic")
    for id_, upgrade in steps:
        repository.revision(id_, text=revision(id_, f"r{int(id_[1]) - 1}", upgrade))
    repository.commit()
    assert repository.miglint("--select", "ML604", "--base", "main", "--format", "json").rules == rules
