"""What `miglint sql` writes for batches on SQLite, against the statements that real Alembic sends.

Alembic reflects the table that a batch makes anew; miglint has its catalog for that. Both ages.
"""

import itertools
import random

import pytest
from batches import judged, settled, write_chain, written

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# --- tables that there are before ----------------------------------------------------------------

PARENT = 'op.create_table("p", sa.Column("id", sa.Integer, primary_key=True), sa.Column("code", sa.String(9)))\n'

TABLE = PARENT + """op.create_table(
    "t",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False, server_default="10"),
    sa.Column("flag", sa.Boolean(create_constraint=True), server_default=sa.text("1")),
    sa.Column("kind", sa.Enum("a", "b'c", name="kinds", create_constraint=True)),
    sa.Column("parent", sa.Integer, sa.ForeignKey("p.id", name="fk_parent", ondelete="CASCADE")),
    sa.Column("amount", sa.Numeric(10, 2), server_default="0"),
    sa.Column("made", sa.DateTime, server_default=sa.text("CURRENT_TIMESTAMP")),
    sa.Column("Odd Name", sa.Text),
    sa.CheckConstraint("amount > 0", name="positive"),
    sa.CheckConstraint("amount > 1"),
    sa.UniqueConstraint("name", "amount", name="uq_both"),
    sa.UniqueConstraint("parent"),
)
op.create_index("ix_name", "t", ["name"])
op.create_index("ix_amount", "t", ["amount"], unique=True, sqlite_where=sa.text("amount > 5"))
op.create_index("ix_lower", "t", [sa.text("lower(name)")])
"""

# A convention may ask for names.
NAMED_TABLE = TABLE.replace('    sa.CheckConstraint("amount > 1"),\n', "").replace("(create_constraint=True)", "()")

TYPES = [
    "sa.Integer()", "sa.BigInteger()", "sa.SmallInteger()", "sa.String(40)", "sa.String()", "sa.Text()",
    "sa.Unicode(7)", "sa.Numeric(8, 3)", "sa.Numeric()", "sa.Float()", "sa.Boolean()", "sa.Date()", "sa.DateTime()",
    "sa.Time()", "sa.JSON()", "sa.LargeBinary()", "sa.Enum('x', 'yy', name='e')", "sa.TIMESTAMP()", "sa.REAL()",
    "sa.DECIMAL(5, 1)", "sa.CHAR(3)", "sa.NVARCHAR(4)", "sa.VARCHAR(12)", "sa.BLOB()", "sa.Interval()", "sa.FLOAT(12)",
    "sa.PickleType()", "sa.VARBINARY(3)", "sa.CLOB()", "sa.NUMERIC(4)", "sa.TEXT(9)", "sa.UnicodeText()",
]
DEFAULTS = [
    "'5'", "'x'", "''", "'it''s'", '"it\'s"', "sa.text('5')", "sa.text('10')", "sa.text(\"'x'\")", "sa.text('-1')",
    "sa.func.now()", "sa.text('CURRENT_TIMESTAMP')", "sa.text('NULL')", "sa.true()", "sa.false()", "sa.text('(1 + 2)')",
    "sa.text('(random())')", "'12:00:00'", "sa.text('1.5')", "None", "sa.text('x_y')", "'{}'",
]

# --- bodies -----------------------------------------------------------------------------------------

# What one operation of a batch can be.
OPERATIONS = [
    'batch_op.drop_column("flag")',
    'batch_op.drop_column("kind")',
    'batch_op.drop_column("amount")',
    'batch_op.drop_column("id")',
    'batch_op.drop_column("nothing")',
    'batch_op.alter_column("name", new_column_name="title")',
    'batch_op.alter_column("name", new_column_name="Title", existing_type=sa.String(50))',
    'batch_op.alter_column("kind", new_column_name="sort", existing_type=sa.Enum("a", "b\'c", name="kinds"))',
    'batch_op.alter_column("id", new_column_name="number")',
    'batch_op.alter_column("parent", new_column_name="mother", existing_type=sa.Integer())',
    'batch_op.alter_column("flag", nullable=False)',
    'batch_op.alter_column("name", nullable=True, existing_type=sa.String(50))',
    'batch_op.alter_column("name", server_default=None)',
    'batch_op.alter_column("name", server_default="it\'s")',
    'batch_op.alter_column("made", server_default=sa.text("CURRENT_DATE"))',
    'batch_op.alter_column("id", autoincrement=True)',
    'batch_op.alter_column("name", comment="what it is called")',
    'batch_op.alter_column("amount", type_=sa.Integer(), existing_type=sa.Numeric(10, 2))',
    'batch_op.alter_column("amount", type_=sa.Float())',
    'batch_op.alter_column("flag", type_=sa.Integer(), existing_type=sa.Boolean())',
    'batch_op.alter_column("name", type_=sa.Boolean(create_constraint=True, name="is_name"))',
    'batch_op.alter_column("name", type_=sa.Boolean(create_constraint=True))',
    'batch_op.alter_column("name", type_=sa.Enum("u", "v", name="uv", create_constraint=True))',
    'batch_op.alter_column("Odd Name", type_=sa.Integer(), new_column_name="even")',
    'batch_op.add_column(sa.Column("extra", sa.Integer()))',
    'batch_op.add_column(sa.Column("extra", sa.String(5), nullable=False, server_default="x"))',
    'batch_op.add_column(sa.Column("extra", sa.DateTime(), server_default=sa.func.now()))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), sa.ForeignKey("p.id", name="fk_extra")))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), sa.ForeignKey("p.id")))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), unique=True))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), index=True))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), sa.CheckConstraint("extra > 0")))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), sa.CheckConstraint("extra > 0", name="more")))',
    'batch_op.add_column(sa.Column("extra", sa.Boolean(create_constraint=True)))',
    'batch_op.add_column(sa.Column("extra", sa.Boolean(create_constraint=True, name="is_extra")))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), sa.Computed("id + 1")))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), sa.Computed("id + 1", persisted=True)))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), default=5))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), primary_key=True))',
    'batch_op.add_column(sa.Column("extra", sa.Integer(), comment="more"))',
    'batch_op.add_column(sa.Column("before", sa.Integer()), insert_before="name")',
    'batch_op.add_column(sa.Column("after", sa.Integer()), insert_after="name")',
    'batch_op.add_column(sa.Column("first", sa.Integer()), insert_before="id")',
    'batch_op.add_column(sa.Column("last", sa.Integer()), insert_after="Odd Name")',
    'batch_op.add_column(sa.Column("between", sa.Integer()), insert_after="name", insert_before="made")',
    'batch_op.create_unique_constraint("uq_flag", ["flag", "kind"])',
    'batch_op.create_unique_constraint("uq_name", ["name"])',
    'batch_op.create_unique_constraint(None, ["made"])',
    'batch_op.create_check_constraint("short", "length(name) < 9")',
    'batch_op.create_foreign_key("fk_self", "t", ["amount"], ["id"])',
    'batch_op.create_foreign_key("fk_code", "p", ["name"], ["code"], ondelete="SET NULL", onupdate="CASCADE")',
    'batch_op.create_foreign_key("fk_later", "p", ["id"], ["id"], deferrable=True, initially="DEFERRED")',
    'batch_op.create_primary_key("pk_name", ["name"])',
    'batch_op.create_primary_key("pk_both", ["parent", "name"])',
    'batch_op.drop_constraint("uq_both", type_="unique")',
    'batch_op.drop_constraint("positive", type_="check")',
    'batch_op.drop_constraint("kinds", type_="check")',
    'batch_op.drop_constraint("fk_parent", type_="foreignkey")',
    'batch_op.drop_constraint("pk_t", type_="primary")',
    'batch_op.drop_constraint("uq_t_parent", type_="unique")',
    'batch_op.drop_constraint("fk_t_parent_p", type_="foreignkey")',
    'batch_op.drop_constraint("nothing", type_="unique")',
    'batch_op.create_index("ix_new", ["flag", "made"])',
    'batch_op.create_index("ix_unique", ["made"], unique=True, sqlite_where=sa.text("made > 1"))',
    'batch_op.create_index(batch_op.f("ix_f"), ["kind"])',
    'batch_op.drop_index("ix_name")',
    'batch_op.drop_index("ix_amount")',
    'batch_op.create_table_comment("what it is for", existing_comment=None)',
    'batch_op.drop_table_comment()',
]

# What batch_alter_table can say.
KEYWORDS = [
    "",
    'recreate="always"',
    'recreate="auto"',
    'schema="main"',
    'recreate="always", schema="main"',
    f"naming_convention={CONVENTION!r}",
    """recreate="always", naming_convention={"fk": "fk_%(table_name)s_%(column_0_name)s"}""",
]


def batch(operations, keywords="", table="t"):
    lines = [f'with op.batch_alter_table("{table}"{", " + keywords if keywords else ""}) as batch_op:']
    return "\n".join([*lines, *(f"    {operation}" for operation in operations)])


def table_of(type, default):
    column = f'sa.Column("x", {type}{f", server_default={default}" if default else ""})'
    return PARENT + f'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), {column})\n'


def single():
    return [[TABLE, batch([operation], keywords)] for operation in OPERATIONS for keywords in KEYWORDS[:2]]


def typed():
    made = [[table_of(type, None), batch(['batch_op.alter_column("x", nullable=False)'])] for type in TYPES]
    made += [[table_of("sa.String(9)", default), batch([], 'recreate="always"') + "\n    batch_op.create_index('i', ['x'])"]
             for default in DEFAULTS]
    changes = itertools.product(TYPES[::3], TYPES)
    made += [[table_of(one, None), batch([f'batch_op.alter_column("x", type_={other})'])] for one, other in changes]
    return made


def random_chains(seed, count):
    random.seed(seed)
    chains = []
    for _ in range(count):
        bodies = [
            batch(random.sample(OPERATIONS, random.randint(1, 3)), random.choice(KEYWORDS))
            for _ in range(random.randint(1, 3))
        ]
        chains.append([TABLE, *bodies])
    return chains


# --- comparing ----------------------------------------------------------------------------------


class Comparison:
    def __init__(self):
        self.equal, self.refused, self.failing, self.differing = 0, {}, 0, []

    def chain(self, bodies, sections, answer):
        """Up to where Alembic fails, or miglint cannot tell."""
        for body, section, theirs in zip(bodies[1:], sections[1:], answer["statements"][1:]):
            if isinstance(theirs, str):
                self.failing += 1
                return
            if section.refused:
                reason = section.refused[0].split(": ", 3)[-1]
                self.refused.setdefault(reason, []).append(body)
                return
            ours, theirs = settled(section.statements), settled(theirs)
            self.equal += 1
            if ours != theirs:
                self.equal -= 1
                self.differing.append((bodies[0], body, ours, theirs))
                return


def compare(folder, alembic, chains, convention):
    comparison = Comparison()
    if convention:
        chains = [[NAMED_TABLE if body == TABLE else body for body in bodies] for bodies in chains]
    paths = [write_chain(folder / f"c{number}", bodies, convention) for number, bodies in enumerate(chains)]
    for number, (bodies, answer) in enumerate(zip(chains, judged(alembic, paths, convention))):
        comparison.chain(bodies, written(folder / f"c{number}", alembic), answer)
    return comparison


def told(comparison):
    for _, body, ours, theirs in comparison.differing:
        at = next((i for i, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), min(len(ours), len(theirs)))
        yield f"{body}\n  miglint: {ours[at:at + 1]}\n  Alembic: {theirs[at:at + 1]}"


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


@pytest.fixture(params=[None, CONVENTION], ids=["plain", "convention"])
def convention(request):
    return request.param


def check(folder, alembic, chains, convention, least):
    comparison = compare(folder, alembic, chains, convention)
    refused = {reason: len(bodies) for reason, bodies in comparison.refused.items()}
    compared = comparison.equal + len(comparison.differing)
    print(f"{comparison.equal} of {compared} batches are equal; {comparison.failing} fail in Alembic; not rendered: {refused}")
    assert not comparison.differing, "\n".join(told(comparison))
    assert comparison.equal >= least, (comparison.equal, comparison.failing, comparison.refused)
    return comparison


def test_single_operations(tmp_path, alembic, convention):
    check(tmp_path, alembic, single(), convention, 110)


def test_types_and_defaults(tmp_path, alembic):
    comparison = check(tmp_path, alembic, typed(), None, 400)
    assert not comparison.refused


@pytest.mark.parametrize("seed", range(2))
def test_chains(tmp_path, alembic, convention, seed):
    check(tmp_path, alembic, random_chains(seed, 120), convention, 80)
