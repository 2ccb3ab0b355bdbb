"""What miglint's catalogs hold, against real databases that real Alembic has brought to the same point.

Both ages of Alembic, SQLite and Postgres; with and without a naming convention.
"""

import random

import pytest
from catalogs import Databases, compare, dumped, judged, write_environment
from convention import CONVENTION

HEADER = '''"""revision {id}"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = {id!r}
down_revision = {parent!r}

def upgrade():
{upgrade}

def downgrade():
{downgrade}
'''


# --- fixtures ------------------------------------------------------------------


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


@pytest.fixture
def databases(cluster, tmp_path):
    databases = Databases(cluster, tmp_path)
    yield databases
    databases.drop()


def indented(body):
    return "\n".join(f"    {line}" for line in (body.strip("\n") or "pass").splitlines())


def write_chain(folder, chain, convention=None):
    """`chain`: pairs of what upgrade() and downgrade() do."""
    (write_environment(folder, convention) / "versions").mkdir()
    parent = None
    for number, (upgrade, downgrade) in enumerate(chain):
        text = HEADER.format(
            id=f"r{number:03}", parent=parent, upgrade=indented(upgrade), downgrade=indented(downgrade)
        )
        (folder / f"versions/r{number:03}.py").write_text(text)
        parent = f"r{number:03}"
    return folder




# --- chains --------------------------------------------------------------------------

# What both databases do alike.
COMMON = [
    (
        """
op.create_table(
    "account",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(50), nullable=False, unique=True),
    sa.Column("email", sa.Text(), index=True, server_default="x"),
    sa.Column("balance", sa.Numeric(10, 2), server_default=sa.text("0"), nullable=False),
    sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column("made", sa.DateTime(), server_default=sa.func.now()),
)""",
        'op.drop_table("account")',
    ),
    (
        """
op.create_table(
    "post",
    sa.Column("id", sa.BigInteger(), autoincrement=False),
    sa.Column("author", sa.Integer(), sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("title", sa.String(), sa.CheckConstraint("length(title) > 0", name="title_length")),
    sa.Column("body", sa.LargeBinary()),
    sa.Column("weight", sa.Float(), server_default="1.5"),
    sa.PrimaryKeyConstraint("id"),
    sa.UniqueConstraint("author", "title"),
)
op.create_index("ix_post_title", "post", ["title"], unique=True)
op.create_index(op.f("ix_post_both"), "post", ["author", "title"])""",
        """
op.drop_index("ix_post_both", table_name="post")
op.drop_index("ix_post_title")
op.drop_table("post")""",
    ),
    ('op.add_column("account", sa.Column("age", sa.SmallInteger()))', 'op.drop_column("account", "age")'),
    (
        'op.add_column("post", sa.Column("note", sa.String(9), nullable=False, server_default="none", index=True))',
        'op.drop_index(op.f("ix_post_note"), table_name="post")\nop.drop_column("post", "note")',
    ),
    ('op.rename_table("post", "article")', 'op.rename_table("article", "post")'),
    (
        'op.execute("ALTER TABLE article RENAME COLUMN title TO headline")',
        'op.execute("ALTER TABLE article RENAME COLUMN headline TO title")',
    ),
    (
        'op.execute("CREATE TABLE raw (a INTEGER PRIMARY KEY, b VARCHAR(5) DEFAULT \'q\', c INTEGER REFERENCES account (id))")',
        'op.execute("DROP TABLE IF EXISTS raw")',
    ),
    ('op.execute("CREATE VIEW seen AS SELECT a FROM raw")', 'op.execute("DROP VIEW seen")'),
]

BATCH = [
    (
        """
with op.batch_alter_table("account") as batch_op:
    batch_op.alter_column("name", nullable=True, existing_type=sa.String(50))
    batch_op.alter_column("age", new_column_name="years", existing_type=sa.SmallInteger(), type_=sa.Integer())
with op.batch_alter_table("account") as batch_op:
    batch_op.create_unique_constraint("uq_years", ["years"])""",
        """
with op.batch_alter_table("account") as batch_op:
    batch_op.drop_constraint(op.f("uq_years"), type_="unique")
with op.batch_alter_table("account") as batch_op:
    batch_op.alter_column("years", new_column_name="age", existing_type=sa.Integer(), type_=sa.SmallInteger())
    batch_op.alter_column("name", nullable=False, existing_type=sa.String(50))""",
    ),
    (
        """
with op.batch_alter_table("account") as batch_op:
    batch_op.add_column(sa.Column("chief", sa.Integer()))
    batch_op.create_foreign_key("fk_chief", "account", ["chief"], ["id"])
    batch_op.create_check_constraint(op.f("ck_chief"), "chief > 0")
    batch_op.create_index("ix_chief", ["chief"])""",
        """
with op.batch_alter_table("account") as batch_op:
    batch_op.drop_index("ix_chief")
    batch_op.drop_constraint(op.f("ck_chief"), type_="check")
    batch_op.drop_constraint("fk_chief", type_="foreignkey")
    batch_op.drop_column("chief")""",
    ),
    (
        """
with op.batch_alter_table("account") as batch_op:
    batch_op.drop_column("balance")
    batch_op.alter_column("active", server_default=None, existing_type=sa.Boolean(), nullable=True)""",
        """
with op.batch_alter_table("account") as batch_op:
    batch_op.alter_column("active", server_default=sa.false(), existing_type=sa.Boolean(), nullable=False)
    batch_op.add_column(sa.Column("balance", sa.Numeric(10, 2), server_default="0", nullable=False))""",
    ),
]

POSTGRES = [
    (
        """
kind = sa.Enum("a", "b", name="kind")
op.create_table(
    "thing",
    sa.Column("id", sa.Integer(), sa.Identity(always=True), primary_key=True),
    sa.Column("kind", kind, server_default="a", nullable=False),
    sa.Column("kinds", postgresql.ARRAY(sa.Enum("x", name="inner_kind"))),
    sa.Column("plain", sa.Enum("long", "longer", name="plain", native_enum=False)),
    sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb")),
    sa.Column("key", postgresql.UUID(), server_default=sa.text("gen_random_uuid()")),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()")),
    sa.Column("double", sa.Integer(), sa.Computed("1 + 1")),
    sa.Column("chars", sa.CHAR(3), comment="three of them"),
    sa.Column("span", sa.Interval()),
    sa.Column("half", sa.Float(precision=20)),
    sa.Column("address", postgresql.INET()),
    comment="things",
)""",
        """
op.drop_table("thing")
sa.Enum(name="inner_kind").drop(op.get_bind(), checkfirst=True)
sa.Enum(name="kind").drop(op.get_bind(), checkfirst=False)""",
    ),
    (
        """
op.create_table(
    "another",
    sa.Column("id", sa.BigInteger(), primary_key=True),
    sa.Column("kind", postgresql.ENUM("a", "b", name="kind", create_type=False)),
    sa.Column("account_id", sa.Integer()),
    sa.Column("a_column_with_a_name_that_is_long_enough_to_be_cut", sa.Integer(), unique=True),
    sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
    sa.UniqueConstraint("id", "kind"),
)
op.execute("ALTER TABLE another ADD FOREIGN KEY (account_id) REFERENCES account (id)")
op.execute("ALTER TABLE another ADD FOREIGN KEY (account_id) REFERENCES account (id)")
op.create_foreign_key(None, "another", "another", ["id"], ["id"])
op.execute("ALTER TABLE another ADD CHECK (account_id > 0), ADD CHECK (account_id > 1), ADD CHECK (account_id > id)")
op.execute("CREATE INDEX ON another (account_id)")
op.execute("CREATE INDEX ON another (account_id)")""",
        'op.drop_table("another")',
    ),
    (
        """
op.execute("ALTER TYPE kind RENAME TO kind_old")
op.execute("CREATE TYPE kind AS ENUM ('a', 'b', 'c')")
op.execute("ALTER TABLE thing ALTER COLUMN kind DROP DEFAULT")
op.execute("ALTER TABLE thing ALTER COLUMN kind TYPE kind USING kind::text::kind")
op.execute("ALTER TABLE another ALTER COLUMN kind TYPE kind USING kind::text::kind")
op.execute("DROP TYPE kind_old")""",
        """
op.execute("ALTER TYPE kind RENAME TO kind_new")
postgresql.ENUM("a", "b", name="kind").create(op.get_bind())
op.alter_column("thing", "kind", type_=sa.Enum("a", "b", name="kind"), postgresql_using="kind::text::kind")
op.alter_column("thing", "kind", server_default="a")
op.alter_column("another", "kind", type_=sa.Enum("a", "b", name="kind"), postgresql_using="kind::text::kind")
op.execute("DROP TYPE kind_new")""",
    ),
    (
        """
op.execute("CREATE SCHEMA other")
op.create_table("account", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer(), unique=True), schema="other")
op.create_index(None, "account", ["n"], schema="other")
op.add_column("another", sa.Column("other_id", sa.Integer(), sa.ForeignKey("other.account.id")))
op.execute("CREATE SEQUENCE counter")""",
        """
op.execute("DROP SEQUENCE counter")
op.drop_column("another", "other_id")
op.drop_table("account", schema="other")
op.execute("DROP SCHEMA other")""",
    ),
    (
        """
op.execute("ALTER TABLE another RENAME TO renamed")
op.execute("ALTER TABLE renamed RENAME CONSTRAINT another_account_id_check TO kept")
op.execute("ALTER INDEX another_account_id_idx RENAME TO kept_index")
op.execute("ALTER TABLE renamed DROP COLUMN kind")
op.execute("CREATE UNIQUE INDEX will_be_key ON renamed (account_id)")
op.execute("ALTER TABLE renamed ADD CONSTRAINT now_key UNIQUE USING INDEX will_be_key")
op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'd' BEFORE 'b'")
op.alter_column("thing", "chars", comment=None)
op.create_table_comment("thing", "other things")""",
        """
op.create_table_comment("thing", "things")
op.alter_column("thing", "chars", comment="three of them")
op.drop_constraint("now_key", "renamed")
op.add_column("renamed", sa.Column("kind", postgresql.ENUM("a", name="kind", create_type=False)))
op.create_unique_constraint(None, "renamed", ["id", "kind"])
op.execute("ALTER INDEX kept_index RENAME TO another_account_id_idx")
op.execute("ALTER TABLE renamed RENAME CONSTRAINT kept TO another_account_id_check")
op.rename_table("renamed", "another")""",
    ),
    (
        """
op.execute("DROP TABLE account CASCADE")""",
        """
op.create_table("account", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer(), nullable=False))""",
    ),
]


@pytest.mark.parametrize("convention", [None, CONVENTION], ids=["plain", "convention"])
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_chain(tmp_path, databases, alembic, dialect, convention):
    chain = COMMON + BATCH + (POSTGRES if dialect == "postgresql" else [])
    folder = write_chain(tmp_path / "migrations", chain, convention)
    comparison, theirs = compare(folder, dialect, databases.fresh(dialect), alembic)
    assert len(theirs) == len(chain)
    assert not comparison.wrong, "\n".join(comparison.wrong)
    assert not comparison.unknown, "\n".join(comparison.unknown)
    assert comparison.known > 500


CONVENTIONS = [
    {
        "fk": "fk_%(table_name)s_%(column_0N_name)s_%(referred_table_name)s",
        "uq": "uq_%(column_0_label)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "%(table_name)s_pk",
        "ix": "%(table_name)s_%(column_0_N_key)s_idx",
    },
    {
        "fk": "fk_%(column_0_N_label)s_%(column_1_name)s",
        "uq": "unique_with_a_prefix_that_goes_on_and_on_until_it_is_too_long_%(table_name)s_%(column_0_name)s",
        "ck": "%(constraint_name)s_check_with_an_ending_that_goes_on_and_on_until_it_is_too_long",
        "ix": "ix_100%%_%(column_0N_label)s",
    },
    {"uq": "uq_%(table_name)s_%(column_0_N_name)s", "ix": "%(column_0_name)s"},
]

NAMED = """
op.create_table(
    "parent",
    sa.Column("id", sa.Integer()),
    sa.Column("a", sa.Integer(), unique=True),
    sa.Column("b", sa.Integer(), index=True),
    sa.PrimaryKeyConstraint("id"),
    sa.UniqueConstraint("b", "a"),
    sa.UniqueConstraint("id", name="given"),
    sa.CheckConstraint("a > 0", name="positive"),
    sa.CheckConstraint("b > 0", name=op.f("final")),
)
op.create_table(
    "child",
    sa.Column("x", sa.Integer(), sa.ForeignKey("parent.a")),
    sa.Column("y", sa.Integer(), unique=True, index=True),
    sa.Column("z", sa.Integer()),
    sa.ForeignKeyConstraint(["y", "x"], ["parent.b", "parent.a"]),
    sa.CheckConstraint("y > 0", name="other"),
)
op.create_unique_constraint(None, "child", ["x", "z"])
op.create_unique_constraint("named", "child", ["z", "x"])
op.create_index("an_index", "child", ["z"])
op.create_check_constraint("third", "child", "z > 0")
op.create_check_constraint("fourth", "child", "z > 1")
op.create_check_constraint(op.f("fifth"), "child", "z > 2")
op.drop_constraint("third", "child", type_="check")
op.drop_constraint(op.f("fifth"), "child", type_="check")
op.drop_constraint("named", "child", type_="unique")
op.add_column("child", sa.Column("w", sa.Integer(), sa.ForeignKey("parent.a"), unique=True))
op.execute("ALTER TABLE child ADD UNIQUE (w, x)")"""


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_conventions(tmp_path, databases, alembic, convention):
    chain = [(NAMED, 'op.drop_table("child")\nop.drop_table("parent")')]
    folder = write_chain(tmp_path / "migrations", chain, convention)
    comparison, _ = compare(folder, "postgresql", databases.fresh("postgresql"), alembic)
    assert not comparison.wrong, "\n".join(comparison.wrong)
    assert not comparison.unknown, "\n".join(comparison.unknown)


# --- downgrades that do not undo ----------------------------------------------------------

CHANGES = [
    ("nullable=False", "nullable=True"),
    ("sa.Integer()", "sa.BigInteger()"),
    ("sa.SmallInteger()", "sa.Integer()"),
    ("sa.String(50)", "sa.String(51)"),
    ('server_default="0"', 'server_default="1"'),
    ("sa.false()", "sa.true()"),
    ('"things"', '"thing"'),
    ('["id", "kind"]', '["id"]'),
]


def spoilt(chance, body):
    """A downgrade without one of its statements, or with something of one changed."""
    lines = body.strip("\n").splitlines()
    fitting = [(old, new) for old, new in CHANGES if old in body]
    if fitting and chance.random() < 0.5:
        return body.replace(*chance.choice(fitting), 1)
    droppable = [number for number, line in enumerate(lines) if not line.startswith("with ")]
    number = chance.choice(droppable)
    lines[number] = lines[number][: len(lines[number]) - len(lines[number].lstrip())] + "pass"
    return "\n".join(lines)


def essence(state):
    """A state without the order of what is in it."""
    tables = {
        name: (
            sorted(table["columns"].items()),
            sorted(map(str, table["constraints"])),
            sorted(map(str, table["indexes"])),
            table["comment"],
        )
        for name, table in state["tables"].items()
    }
    return tables, sorted(map(str, state["objects"]))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_differences(tmp_path, databases, dialect, seed):
    chance = random.Random(seed)
    sound = [*COMMON, *BATCH, *(POSTGRES if dialect == "postgresql" else [])]
    chain = [(up, spoilt(chance, down) if chance.random() < 0.7 else down) for up, down in sound]
    folder = write_chain(tmp_path / "migrations", chain, CONVENTION if seed % 2 else None)
    _, differences = dumped(folder, dialect)
    before, states = judged(databases.fresh(dialect), folder, "", "--apart")
    assert len(states) == len(chain)
    found = missed = 0
    for revision, state in states.items():
        assert "failure" not in state, state["failure"]
        certain = [fields for fields in differences.get(revision, []) if fields[0] == "certain"]
        if "downgraded" in state:
            differs = essence(state["downgraded"]) != essence(before)
            assert differs or not certain, (revision, certain)
            found += differs and bool(certain)
            if differs and not certain:
                missed += 1
                print("missed", revision, chain[int(revision[1:])][1], differences.get(revision))
        before = state["upgraded"]
    assert found > missed * 9
