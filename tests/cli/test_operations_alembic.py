"""What miglint says that a revision does, against what Alembic is told when it runs.

Both ages of Alembic are asked. Revisions are generated, so that every operation
occurs with every keyword, by position and by name; some are written by hand.
"""

import random
from itertools import zip_longest

import pytest
from operations_words import comparable, judged, operation_of, told

HEADER = """import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String, func, sql
from sqlalchemy.dialects import mysql, postgresql

revision = "{}"
down_revision = None
NAMES = ["n1", "n2"]
LENGTH = 7


def make_columns(prefix, count=2):
    return [sa.Column(f"{{prefix}}{{i}}", sa.Integer()) for i in range(count)]


"""


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


def compare(folder, path, revisions):
    """Each revision is the text of upgrade() and of downgrade()."""
    versions = folder / "versions"
    versions.mkdir()
    (folder / "env.py").write_text("from alembic import context\n")
    files = []
    for number, bodies in enumerate(revisions):
        lines = [HEADER.format(f"r{number}")]
        for function, body in zip(("upgrade", "downgrade"), bodies):
            indented = "".join(f"    {line}\n" for line in body.splitlines() or ["pass"])
            lines.append(f"def {function}():\n{indented}\n\n")
        files.append(versions / f"r{number}.py")
        files[-1].write_text("".join(lines))
    ours = told(folder)
    for number, verdict in enumerate(judged(path, files)):
        text = files[number].read_text()
        for function in "upgrade", "downgrade":
            assert isinstance(verdict[function], list), f"{verdict[function]}\n{text}"
            mine = [operation_of(operation) for operation in ours[f"r{number}"][function]]
            mine = comparable(mine, verdict[function])
            differing = [pair for pair in zip_longest(mine, verdict[function]) if pair[0] != pair[1]]
            assert differing == [], f"{differing[0][0]}\n{differing[0][1]}\n{text}"


# --- by hand ---------------------------------------------------------------

BY_HAND = {
    "a table with everything": """
op.create_table(
    "account",
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mail", sa.String(length=5), sa.ForeignKey("post.office.id", ondelete="CASCADE", name="fk"), nullable=False),
    Column("state", sa.Enum("on", "off", name="state"), index=True, server_default="on"),
    sa.Column("slug", String(LENGTH), unique=True, comment="what it is called"),
    sa.Column("both", sa.Integer, unique=True, index=True),
    sa.Column("made", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
    sa.Column("sum", sa.Numeric(10, 2), sa.Computed("a + b", persisted=True)),
    sa.Column("no_type"),
    sa.CheckConstraint("id > 5", name="ck"),
    sa.UniqueConstraint("mail", "slug", name=op.f("uq"), deferrable=True, initially="DEFERRED"),
    sa.ForeignKeyConstraint(["id", "slug"], ["other.x", "other.y"], name="pair", onupdate="SET NULL"),
    sa.Index("ix", "id", "mail", unique=True),
    comment="all of them",
    schema="app",
    sqlite_autoincrement=True,
    prefixes=["TEMPORARY"],
)
""",
    "keys": """
op.create_table("a", sa.Column("x", sa.Integer), sa.Column("y", sa.Integer), sa.PrimaryKeyConstraint("x", "y", name="pk"))
op.create_table("b", sa.Column("x", sa.Integer, primary_key=True), sa.Column("y", sa.Integer, primary_key=True))
op.create_table("c", sa.Column("x", sa.Integer, primary_key=True), sa.PrimaryKeyConstraint(name="named"))
op.create_table("d", sa.Column("x", sa.Integer, sa.Identity(always=True, start=3), nullable=False))
op.create_table("e", sa.Column("x", sa.Integer, sa.Sequence("s"), primary_key=True))
op.create_table("f", sa.MetaData(), sa.Column("x", sa.Integer))
""",
    "a column that is added": """
op.add_column("t", sa.Column("a", sa.Integer, primary_key=True))
op.add_column("t", sa.Column("b", sa.Integer, sa.ForeignKey("u.id"), index=True))
op.add_column("t", sa.Column("c", sa.Integer, unique=True), schema="s")
op.add_column("t", Column("d", sa.Boolean(), server_default=sa.false(), nullable=False))
op.add_column("t", Column("e", sa.Boolean(), server_default=sql.expression.true()))
op.add_column("t", Column("f", sa.DateTime(), server_default=func.now(), onupdate=func.now()))
op.add_column("t", Column("g", sa.DateTime(), server_default=func.current_timestamp()))
op.add_column("t", Column("h", sa.Integer, server_default=sa.FetchedValue()))
op.add_column("t", Column(name="i", type_=sa.Integer, server_default=sa.literal_column("1 + 1")))
""",
    "what runs": """
columns = make_columns("c", count=3)
op.create_table("made", *columns)
for name in NAMES:
    op.drop_column(table_name="made", column_name=name)
    if name == "n1":
        continue
    op.execute("DROP TABLE " + name)
for table, columns in {"x": ["a"], "y": ("b", "c")}.items():
    op.create_index("ix_%s" % table, table, columns)
with op.batch_alter_table("batched", schema="s", recreate="never") as batch_op:
    batch_op.alter_column("a", new_column_name="b", existing_type=sa.Integer())
    for name in NAMES:
        batch_op.drop_index(batch_op.f(f"ix_{name}"))
rows = [{"id": i, "name": name} for i, name in enumerate(NAMES)]
op.bulk_insert(sa.table("names", sa.column("id"), sa.column("name")), rows)
op.bulk_insert(op.create_table("filled", sa.Column("id", sa.Integer)), [{"id": 1}])
""",
    "what is made and dropped by hand": """
bind = op.get_bind()
state = postgresql.ENUM("on", "off", name="state", schema="s")
state.create(bind, checkfirst=True)
state.drop(op.get_bind(), checkfirst=False)
sa.Enum("x", "y", name="letter").create(bind)
sa.Enum(name="letter").drop(bind, checkfirst=True)
sa.Sequence("counted", start=5, increment=2, schema="s").create(bind)
op.execute(sa.schema.CreateSequence(sa.Sequence("counted", start=5, minvalue=1, maxvalue=9, cycle=True, cache=3)))
op.execute(sa.schema.DropSequence(sa.Sequence("counted")))
table = sa.Table("made", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), schema="s")
table.create(bind)
op.execute(sa.schema.CreateTable(table))
sa.Index("ix", table.c.id, unique=True).create(bind)
table.drop(bind)
kept = sa.Table("kept", sa.MetaData(schema="m"), sa.Column("id", sa.Integer, primary_key=True))
kept.create(bind)
sa.Index("ix2", kept.c.id).create(bind)
bind.execute(kept.insert().values(id=1))
kept.drop(bind)
""",
    "what runs on a connection": """
names = sa.table("names", sa.column("id"), sa.column("name"))
bind = op.get_bind()
bind.execute(sa.text("DROP TABLE gone"))
bind.execute(names.update().where(names.c.id == 5).values(name="five"))
op.execute(names.update().values({"name": "all", "id": 1}))
op.execute(sa.update(names).where(names.c.name.is_(None)).values({names.c.name: "none"}))
bind.execute(names.delete().where(names.c.id.in_([1, 2])))
op.execute(sa.delete(names))
op.execute(sa.insert(names).values(id=1, name="one"))
op.execute(sa.update(names).values(name="every"))
op.execute(sa.insert(names).values(id=2).returning(names.c.id))
bind.execute(names.insert().values(id=1, name="one"))
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE state ADD VALUE 'x'")
    op.create_index("ix", "names", ["id"], postgresql_concurrently=True)
op.execute("UPDATE names SET name = 'x' WHERE id = 1")
with op.batch_alter_table("names") as batch_op:
    batch_op.execute("DROP VIEW seen")
    batch_op.drop_column("name")
""",
    "what does not yield": """
def add(name):
    def unused():
        yield name
    op.add_column("bond", sa.Column(name, sa.Float()))
add("yield")
for each in ("low", "high"):
    add(f"{each}_yield")
""",
    "expressions": """
op.create_index("a", "t", [sa.text("lower(x)"), "y"], postgresql_where=sa.text("x IS NULL"))
op.create_index("b", "t", [sa.text("x DESC")], postgresql_where=sa.column("x") > 5)
op.create_index("c", "t", [func.lower(sa.column("x")).label("y")], postgresql_using="gin", postgresql_ops={"y": "z"})
op.create_check_constraint("d", "t", sa.column("x") != "it's")
op.create_check_constraint("e", "t", sa.and_(sa.column("x") > 1, sa.column("y").in_(["a", "b"])))
op.create_check_constraint("f", "t", func.length(sa.column("x")) <= 5)
op.create_check_constraint("g", "t", sa.column("x").is_(None))
op.create_check_constraint("i", "t", (sa.column("x") + 1) * 2 > sa.column("y"))
op.create_check_constraint("j", "t", sa.and_(sa.or_(sa.column("x") == None, sa.column("y") > 1), sa.column("z") < 2))
op.create_check_constraint("k", "t", sa.cast(sa.column("x"), sa.Integer) > 3)
op.create_check_constraint("k1", "t", sa.cast(sa.column("x"), sa.Numeric(5, 2)) > 3)
op.create_check_constraint("k2", "t", sa.cast(sa.column("x"), sa.Float()) > sa.cast(sa.column("y"), sa.BigInteger))
op.create_check_constraint("k3", "t", sa.cast(sa.column("x"), sa.String(5)) == sa.column("y").cast(sa.Text))
op.create_check_constraint("k4", "t", sa.cast(sa.column("x"), sa.DateTime(timezone=True)) < sa.func.now())
op.create_check_constraint("k5", "t", sa.column("x").between(1, 5))
op.create_check_constraint("k6", "t", func.length(sa.column("x") + "a") > 5)
op.create_check_constraint("k7", "t", sa.cast("a", sa.Enum("a", "b", name="Odd")) == sa.column("x"))
op.create_check_constraint("l", "t", sa.column("x").op("~")("^a"))
op.create_check_constraint("m", "t", sa.column("odd name").like("a%"))
op.create_exclude_constraint("h", "t", ("period", "&&"), (sa.column("room"), "="), using="gist", where=sa.text("a > 1"))
op.alter_column("t", "x", type_=sa.Integer(), postgresql_using="x::integer")
""",
    "types": """
op.create_table(
    "t",
    sa.Column("a", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
    sa.Column("b", sa.String(3).with_variant(sa.Text(), "sqlite")),
    sa.Column("c", postgresql.ARRAY(sa.String(5), dimensions=2)),
    sa.Column("d", sa.ARRAY(sa.Integer)),
    sa.Column("e", postgresql.ENUM("x", "y", name="e", schema="s", create_type=False)),
    sa.Column("f", sa.Enum(*NAMES, name="f", native_enum=False, length=30)),
    sa.Column("g", postgresql.TIMESTAMP(timezone=True, precision=3)),
    sa.Column("h", postgresql.UUID(as_uuid=True)),
    sa.Column("i", sa.Numeric(precision=12, scale=3, asdecimal=False)),
    sa.Column("j", sa.types.Float(precision=53)),
    sa.Column("k", sa.VARCHAR(length=9, collation="C")),
    sa.Column("l", sa.LargeBinary()),
    sa.Column("m", postgresql.INET),
    sa.Column("n", sa.dialects.postgresql.JSONB(astext_type=sa.Text())),
)
""",
}


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(tmp_path, alembic, name):
    compare(tmp_path, alembic, [(BY_HAND[name].strip(), "")])


# --- generated -------------------------------------------------------------


class Writer:
    """Writes calls at random: each keyword now and then, arguments by position or by name."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, likelihood=0.5):
        return self.random.random() < likelihood

    def name(self):
        return self.random.choice(["a", "b_c", "Upper", "with space", "x1", "account"])

    def quoted(self):
        return repr(self.name())

    def names(self):
        brackets = self.random.choice(["[{}]", "({},)"])
        # equal names would be one column to SQLAlchemy
        chosen = self.random.sample(["a", "b_c", "Upper", "x1"], self.random.randint(1, 3))
        return brackets.format(", ".join(map(repr, chosen)))

    def call(self, function, positional=(), optional=(), **keywords):
        """`positional` are (name, text); `optional` keywords are given at random."""
        by_name = self.some(0.25)
        arguments = [f"{name}={text}" if by_name else text for name, text in positional]
        arguments += [f"{key}={text}" for key, text in keywords.items()]
        arguments += [f"{key}={text}" for key, text in optional if self.some(0.4)]
        return f"{function}({', '.join(arguments)})"

    def constraint_name(self):
        name = self.quoted()
        return self.random.choice([name, f"op.f({name})"])

    def type(self):
        length = self.random.choice(["5", "LENGTH", "length=20"])
        return self.random.choice(
            [
                "sa.Integer",
                "sa.Integer()",
                "sa.BigInteger()",
                "sa.SmallInteger()",
                f"sa.String({length})",
                "sa.String",
                f"sa.Unicode({length})",
                "sa.Text()",
                "sa.UnicodeText()",
                "sa.Boolean()",
                "sa.Date()",
                "sa.DateTime(timezone=True)",
                "sa.DateTime()",
                "sa.Time(timezone=True)",
                "sa.Interval()",
                "sa.Numeric(10, 2)",
                "sa.Numeric(precision=8)",
                "sa.Float(precision=24)",
                "sa.REAL()",
                "sa.LargeBinary(length=16)",
                "sa.JSON()",
                "sa.Enum('p', 'q', name='state')",
                "sa.Enum(*NAMES, name='names', native_enum=False)",
                "sa.Enum('only', name='schemed', schema='types')",
                "postgresql.ENUM('p', 'q', name='state', create_type=False)",
                "postgresql.UUID(as_uuid=True)",
                "postgresql.JSONB(astext_type=sa.Text())",
                "postgresql.ARRAY(sa.String(5))",
                "postgresql.ARRAY(sa.Integer(), dimensions=2)",
                "postgresql.INET()",
                "postgresql.TSVECTOR()",
                "postgresql.HSTORE()",
                "postgresql.BYTEA()",
                "postgresql.INTERVAL(precision=3)",
                "postgresql.DOUBLE_PRECISION(precision=53)",
                "postgresql.VARCHAR(length=4, collation='C')",
                "sa.String(8).with_variant(sa.Text(), 'postgresql')",
                "mysql.LONGTEXT()",
            ]
        )

    def default(self):
        return self.random.choice(
            [
                "'text'",
                "''",
                "sa.text('now()')",
                "sa.text(\"'{}'::jsonb\")",
                "sa.func.now()",
                "sa.false()",
                "sa.func.lower('X')",
                "sa.FetchedValue()",
                "sa.literal_column('1')",
            ]
        )

    def key(self):
        return self.call(
            "sa.ForeignKey",
            [("column", self.random.choice(["'u.id'", "'s.u.id'"]))],
            [
                ("name", self.constraint_name()),
                ("ondelete", "'CASCADE'"),
                ("onupdate", "'SET NULL'"),
                ("deferrable", "True"),
                ("initially", "'DEFERRED'"),
                ("use_alter", "True"),
                ("match", "'FULL'"),
            ],
        )

    def column(self, name=None, added=False):
        items = [name or self.quoted(), self.type()]
        default = self.default()
        made = self.random.choice([[], [], [], [self.key()], ["sa.Computed('a + b', persisted=True)"], ["sa.Identity(start=3)"]])
        options = [
            ("nullable", self.random.choice(["True", "False"])),
            ("index", "True"),
            ("unique", "True"),
            ("comment", "'about it'"),
            ("default", "5"),
            ("primary_key", "True"),
            ("autoincrement", self.random.choice(["True", "False"])),
            ("doc", "'said'"),
        ]
        if not made:
            options.append(("server_default", default))
        if "Identity" in "".join(made):
            options = [option for option in options if option[0] not in ("nullable", "autoincrement")]
        return self.call("sa.Column", [("", item) for item in [*items, *made]], options).replace("(=", "(").replace(", =", ", ")

    def create_table(self):
        names = self.random.sample(["a", "b_c", "Upper", "x1"], self.random.randint(1, 4))
        items = [self.column(repr(name)) for name in names]
        if self.some():
            items.append(f"sa.CheckConstraint('a > 5', name={self.constraint_name()})")
        if self.some():
            items.append(f"sa.UniqueConstraint({names[0]!r}, name={self.constraint_name()}, deferrable=True)")
        if self.some() and not any("primary_key=True" in item for item in items):
            items.append(f"sa.PrimaryKeyConstraint({names[-1]!r}, name={self.constraint_name()})")
        if self.some():
            items.append(f"sa.ForeignKeyConstraint([{names[0]!r}], ['other.id'], ondelete='RESTRICT')")
        if self.some():
            items.append(f"sa.Index({self.quoted()}, {names[0]!r}, unique=True, postgresql_using='hash')")
        options = [("schema", "'s'"), ("comment", "'table'"), ("sqlite_autoincrement", "True"), ("info", "{}")]
        options += [("mysql_engine", "'InnoDB'"), ("postgresql_tablespace", "'fast'")]
        return self.call("op.create_table", [("", self.quoted()), *(("", item) for item in items)], options).replace(
            "(=", "("
        ).replace(", =", ", ")

    def on_table(self, batched):
        """Where the operation stands, and the table that it names itself."""
        return ("batch_op", []) if batched else ("op", [("table_name", self.quoted())])

    def add_column(self, batched):
        where, table = self.on_table(batched)
        more = [("insert_after", "'a'"), ("insert_before", "'b'")] if batched else [("schema", "'s'")]
        return self.call(f"{where}.add_column", [*table, ("column", self.column())], more)

    def drop_column(self, batched):
        where, table = self.on_table(batched)
        more = [] if batched else [("schema", "'s'"), ("mssql_drop_check", "True")]
        return self.call(f"{where}.drop_column", [*table, ("column_name", self.quoted())], more)

    def alter_column(self, batched):
        where, table = self.on_table(batched)
        options = [
            ("nullable", self.random.choice(["True", "False"])),
            ("comment", self.random.choice(["'new'", "None"])),
            ("server_default", self.random.choice([self.default(), "None", "False"])),
            ("new_column_name", "'renamed'"),
            ("type_", self.type()),
            ("existing_type", self.type()),
            ("existing_server_default", self.random.choice(["'old'", "sa.text('1')", "False"])),
            ("existing_nullable", self.random.choice(["True", "False"])),
            ("existing_comment", "'old'"),
            ("postgresql_using", "'a::text'"),
            ("autoincrement", "True"),
            ("existing_autoincrement", "True"),
        ]
        options += [] if batched else [("schema", "'s'")]
        return self.call(f"{where}.alter_column", [*table, ("column_name", self.quoted())], options)

    def create_index(self, batched):
        where, table = self.on_table(batched)
        columns = self.random.choice([self.names(), "[sa.text('lower(a)')]", "['a', sa.text('b DESC')]"])
        options = [
            ("unique", self.random.choice(["True", "False"])),
            ("postgresql_using", "'gin'"),
            ("postgresql_where", "sa.text('a IS NOT NULL')"),
            ("postgresql_include", "['d', 'e']"),
            ("postgresql_with", "{'fillfactor': 50}"),
            ("postgresql_concurrently", "True"),
            ("mysql_length", "{'a': 10}"),
        ]
        if "text(" not in columns:
            options.append(("postgresql_ops", "{" + columns.strip("[](),").split(",")[0] + ": 'text_pattern_ops'}"))
        options += [] if batched else [("schema", "'s'")]
        name = ("index_name", self.constraint_name())
        return self.call(f"{where}.create_index", [name, *table, ("columns", columns)], options)

    def drop_index(self, batched):
        where, table = self.on_table(batched)
        options = [] if batched else [("schema", "'s'")]
        options += [("postgresql_concurrently", "True")]
        return self.call(f"{where}.drop_index", [("index_name", self.constraint_name()), *table], options)

    def create_constraint(self, batched):
        where, table = self.on_table(batched)
        name = ("constraint_name", self.random.choice([self.constraint_name(), "None"]))
        schema = [] if batched else [("schema", "'s'")]
        deferred = [("deferrable", "True"), ("initially", "'DEFERRED'")]
        kind = self.random.choice(["unique_constraint", "check_constraint", "primary_key", "foreign_key"])
        if kind == "foreign_key":
            columns = self.random.sample(["a", "b_c", "x1"], 2)
            source = [] if batched else [("source_table", self.quoted())]
            ends = [("referent_table", "'referred'"), ("local_cols", repr(columns)), ("remote_cols", "['r1', 'r2']")]
            options = [("onupdate", "'CASCADE'"), ("ondelete", "'SET NULL'"), *deferred, ("match", "'FULL'")]
            options += [("referent_schema", "'rs'"), ("use_alter", "True")]
            options += [] if batched else [("source_schema", "'s'")]
            return self.call(f"{where}.create_foreign_key", [name, *source, *ends], options)
        if kind == "check_constraint":
            condition = ("condition", self.random.choice(["'a > 5'", "sa.text('a < b')"]))
            return self.call(f"{where}.create_check_constraint", [name, *table, condition], schema + deferred)
        options = schema + (deferred if kind == "unique_constraint" else [])
        return self.call(f"{where}.create_{kind}", [name, *table, ("columns", self.names())], options)

    def drop_constraint(self, batched):
        where, table = self.on_table(batched)
        type_ = ("type_", self.random.choice(["'foreignkey'", "'unique'", "'check'", "'primary'", "None"]))
        options = [type_] if batched else [type_, ("schema", "'s'")]
        return self.call(f"{where}.drop_constraint", [("constraint_name", self.constraint_name()), *table], options)

    def comment(self, batched):
        where, table = self.on_table(batched)
        options = [("existing_comment", "'old'")] + ([] if batched else [("schema", "'s'")])
        if self.some():
            return self.call(f"{where}.create_table_comment", [*table, ("comment", "'new'")], options)
        return self.call(f"{where}.drop_table_comment", table, options)

    def on_tables(self):
        schema = [("schema", "'s'")]
        return self.random.choice(
            [
                self.create_table(),
                self.call("op.drop_table", [("table_name", self.quoted())], schema),
                self.call("op.rename_table", [("old_table_name", self.quoted()), ("new_table_name", "'new'")], schema),
                "op.bulk_insert(sa.table('names', sa.column('id')), [{'id': 1}, {'id': 2}])",
                "op.execute('DROP TABLE gone')",
                "op.execute(sa.text('DROP VIEW seen'))",
            ]
        )

    def line(self, batched=False):
        kinds = [self.add_column, self.drop_column, self.alter_column, self.create_index, self.drop_index]
        kinds += [self.create_constraint, self.create_constraint, self.drop_constraint, self.comment]
        if not batched and self.some(0.2):
            return self.on_tables()
        return self.random.choice(kinds)(batched)

    def batch(self):
        options = [("schema", "'s'"), ("recreate", "'never'"), ("naming_convention", "{'uq': 'uq_%(table_name)s'}")]
        opening = self.call("op.batch_alter_table", [("table_name", self.quoted())], options)
        body = "".join(f"\n    {self.line(batched=True)}" for _ in range(self.random.randint(1, 4)))
        return f"with {opening} as batch_op:{body}"

    def body(self):
        return "\n".join(self.batch() if self.some(0.2) else self.line() for _ in range(12))


def test_generated(tmp_path, alembic):
    writer = Writer(seed=7)
    compare(tmp_path, alembic, [(writer.body(), writer.body()) for _ in range(60)])


RECENT = """
op.create_table("a", sa.Column("x", sa.Integer), if_not_exists=True)
op.drop_table("a", if_exists=True)
op.create_index("ix", "a", ["x"], if_not_exists=True, postgresql_nulls_not_distinct=True, unique=True)
op.drop_index("ix", "a", if_exists=True)
op.drop_column("a", "x", if_exists=True)
op.drop_constraint("c", "a", if_exists=True, type_="check")
op.add_column("a", sa.Column("x", sa.Integer), if_not_exists=True)
op.add_column("a", sa.Column("y", sa.Integer, primary_key=True), inline_primary_key=True)
op.add_column("a", sa.Column("z", sa.Integer, sa.ForeignKey("b.id")), inline_references=True)
op.create_unique_constraint("uq", "a", ["x"], postgresql_include=["y"], postgresql_nulls_not_distinct=True)
op.create_foreign_key("fk", "a", "b", ["x"], ["y"], postgresql_not_valid=True)
op.create_check_constraint("ck", "a", "x > 1", postgresql_not_valid=True)
op.alter_column("a", "x", type_=sa.Uuid(), existing_type=sa.Double())
op.create_table("b", sa.Column("x", sa.JSON().with_variant(sa.Text(), "sqlite", "mysql")))
"""


def test_what_only_a_recent_alembic_knows(tmp_path, recent):
    compare(tmp_path, recent, [(RECENT.strip(), "")])
