"""Models as an application has them, changed at random: what autogenerate is asked to follow.

Needs SQLAlchemy alone, of either age.
"""

from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

WORDS = """
    account amount author badge batch branch budget carrier claim client colour comment counter country
    courier depth device district draft email event factor family folder gate grade grant height holder
    image invoice label ledger length level license locale margin market member merchant message metric
    mode module node notice offer order origin owner parcel partner payment phase pilot place planet
    position price priority product profile queue quota range rate reason receipt record region report
    review rider role route sample score season seller session shape shipment source stage station stock
    subject supplier survey tariff team theme ticket title token total track trial vendor venue version
    visitor volume voucher weight width window worker zone
""".split()
LABELS = "open closed pending failed paid sent draft late lost new".split()

# Types that a column may change among, and the defaults that all of them take: Python, as a model spells it.
FAMILIES = [
    (["sa.SmallInteger()", "sa.Integer()", "sa.BigInteger()"], ["sa.text('0')", "sa.text('1')", "'7'"]),
    (["sa.String(length=20)", "sa.String(length=50)", "sa.String(length=100)", "sa.Text()"], ["'new'", "'none'"]),
    (["sa.Numeric(precision=8, scale=2)", "sa.Numeric(precision=12, scale=2)"], ["sa.text('0')"]),
    (["sa.Boolean()"], ["sa.true()", "sa.false()"]),
    (["sa.Date()"], []),
    (["sa.DateTime()"], ["sa.func.now()"]),
    (["sa.Float()"], []),
    (["sa.LargeBinary()"], []),
    (["sa.JSON()"], []),
]
POSTGRES_FAMILIES = [
    (["sa.DateTime(timezone=True)"], ["sa.func.now()", "sa.text('now()')"]),
    (["postgresql.UUID()"], ["sa.text('gen_random_uuid()')"]),
    (["postgresql.JSONB()"], ["sa.text(\"'{}'\")"]),  # Alembic cannot compare a default of JSON
    (["postgresql.JSON()"], []),
    (["postgresql.ARRAY(sa.Integer())"], []),
    (["postgresql.INET()"], []),
]


def value(spelling):
    return spelling and eval(spelling, {"sa": sa, "postgresql": postgresql})


@dataclass(frozen=True)
class Column:
    type: str
    defaults: tuple = ()
    family: tuple = ()
    nullable: bool = True
    default: str = None
    comment: str = None
    enum: str = None  # the name of the type, whose values are in `labels`
    labels: tuple = ()

    def made(self, name):
        type_ = sa.Enum(*self.labels, name=self.enum) if self.enum else value(self.type)
        return sa.Column(
            name, type_, nullable=self.nullable, server_default=value(self.default), comment=self.comment
        )


@dataclass(frozen=True)
class Part:
    """An index or a constraint; without `named` it is left to the convention or the database to name it."""

    kind: str  # ix, uq, fk, ck
    columns: tuple
    named: bool = False
    suffix: str = ""
    unique: bool = False
    refers: str = None
    ondelete: str = None

    def name(self, table):
        if not self.named:
            return None
        return "_".join(filter(None, [self.kind, table, self.columns[0], self.refers, self.suffix]))

    def made(self, table):
        name = self.name(table)
        if self.kind == "ix":
            return sa.Index(name, *self.columns, unique=self.unique)
        if self.kind == "uq":
            return sa.UniqueConstraint(*self.columns, name=name)
        if self.kind == "ck":
            return sa.CheckConstraint(f"{self.columns[0]} > 0", name=name or "positive")
        return sa.ForeignKeyConstraint(self.columns, [f"{self.refers}.id"], name=name, ondelete=self.ondelete)


@dataclass
class Table:
    columns: dict = field(default_factory=dict)
    parts: list = field(default_factory=list)
    comment: str = None


class Models:
    """`convention` is whether MetaData has one; without it most names are given."""

    def __init__(self, random, dialect, convention):
        self.random, self.dialect, self.convention = random, dialect, convention
        self.tables = {}
        self.gained, self.lost = set(), set()  # tables that got or lost a column in this revision

    @property
    def naming(self):
        return CONVENTION if self.convention else None

    def metadata(self):
        metadata = sa.MetaData(naming_convention=self.naming)
        for name, table in self.tables.items():
            columns = [column.made(column_name) for column_name, column in table.columns.items()]
            key = sa.Column("id", sa.Integer(), primary_key=True)
            sa.Table(
                name, metadata, key, *columns, *(part.made(name) for part in table.parts), comment=table.comment
            )
        return metadata

    def enums(self):
        """The enum types: name to (table, labels)."""
        return {
            column.enum: (name, column.labels)
            for name, table in self.tables.items()
            for column in table.columns.values()
            if column.enum
        }

    # --- choosing ---

    def chance(self, share):
        return self.random.random() < share

    def word(self, taken):
        return self.random.choice([word for word in WORDS if word not in taken])

    def a_table(self, fits=lambda name: True):
        found = [name for name in self.tables if fits(name)]
        return self.random.choice(found) if found else None

    def a_column(self, fits=lambda table, name, column: True):
        """(table, column) that may be changed, or None."""
        found = [
            (table, name)
            for table in self.tables
            for name, column in self.tables[table].columns.items()
            if self.is_free(table, name) and fits(table, name, column)
        ]
        return self.random.choice(found) if found else None

    def is_free(self, table, column):
        """What is not in a constraint that nobody could name: batch mode would not find it."""
        return not any(
            column in part.columns and (part.kind == "ck" or not self.is_removable(part))
            for part in self.tables[table].parts
        )

    def is_removable(self, part):
        return part.kind == "ix" or part.named or self.convention or self.dialect == "postgresql"

    def is_referred(self, name):
        return any(part.refers == name for table in self.tables.values() for part in table.parts)

    def is_named(self, in_new_table):
        if self.convention:
            return False
        if self.dialect == "sqlite" and not in_new_table:  # which Alembic refuses
            return True
        return not self.chance(0.15)

    # --- new things ---

    def new_column(self):
        families = FAMILIES + (POSTGRES_FAMILIES if self.dialect == "postgresql" else [])
        weights = [4, 6] + [1] * (len(families) - 2)
        types, defaults = self.random.choices(families, weights)[0]
        if self.chance(0.2 if self.dialect == "postgresql" else 0.05):
            labels = tuple(self.random.sample(LABELS, 3))
            taken = {name.removesuffix("_kind") for name in self.enums()} | set(self.tables)
            return Column("", enum=f"{self.word(taken)}_kind", labels=labels, nullable=self.chance(0.5))
        return Column(
            self.random.choice(types),
            tuple(defaults),
            tuple(types),
            nullable=self.chance(0.6),
            default=self.random.choice(defaults) if defaults and self.chance(0.35) else None,
            comment=self.new_comment() if self.chance(0.1) else None,
        )

    def new_comment(self):
        if self.dialect == "sqlite":
            return None
        return f"the {self.random.choice(WORDS)} of the {self.random.choice(WORDS)}"

    def new_part(self, name, kind, in_new_table):
        """Names are made of the first column, so no two parts of a kind share it."""
        table = self.tables[name]
        taken = {part.columns[0] for part in table.parts if part.kind == kind}
        fit = {"ix": "sa.", "uq": ("sa.S", "sa.I", "sa.B"), "ck": ("sa.I", "sa.Bi", "sa.Sm")}[kind]
        free = [
            column
            for column, described in table.columns.items()
            if column not in taken and described.type.startswith(fit) and "JSON" not in described.type
        ]
        if not free:
            return None
        columns = self.random.sample(free, 2 if len(free) > 1 and kind != "ck" and self.chance(0.3) else 1)
        named = self.is_named(in_new_table) if kind != "ix" else not self.convention
        return Part(kind, tuple(columns), named, unique=kind == "ix" and self.chance(0.2))

    def new_foreign_key(self, name, in_new_table):
        table = self.tables[name]
        other = self.random.choice(list(self.tables))
        column = f"{other}_id"
        if column in table.columns or name == other and in_new_table and not self.convention:
            return False
        table.columns[column] = Column("sa.Integer()", nullable=self.chance(0.7))
        ondelete = self.random.choice([None, None, "CASCADE", "SET NULL"])
        table.parts.append(Part("fk", (column,), self.is_named(in_new_table), refers=other, ondelete=ondelete))
        return True

    # --- a revision's changes ---

    def change(self):
        """Makes some changes; which ones."""
        self.gained, self.lost = set(), set()
        done = []
        for _ in range(self.random.choice([1, 1, 2, 2, 3, 4])):
            change = self.random.choices(list(CHANGES), CHANGES.values())[0]
            if len(self.tables) < 3:
                change = Models.create_table
            if change(self):
                done.append(change.__name__)
        return done

    def create_table(self):
        if len(self.tables) > 8:
            return False
        name = self.word({*self.tables, *(enum.removesuffix("_kind") for enum in self.enums())})
        table = self.tables[name] = Table()
        for _ in range(self.random.randint(2, 6)):
            table.columns[self.word(table.columns)] = self.new_column()
        if self.chance(0.4):
            self.new_foreign_key(name, True)
        kinds = ["ix", "uq"] + ["ck"] * (self.dialect == "postgresql" and self.chance(0.2))
        for kind in kinds:
            part = self.chance(0.4) and self.new_part(name, kind, True)
            if part:
                table.parts.append(part)
        table.comment = self.new_comment() if self.chance(0.15) else None
        self.gained.add(name)
        return True

    def drop_table(self):
        name = self.a_table(lambda name: not self.is_referred(name) and name not in self.gained)
        if name is None or len(self.tables) < 4:
            return False
        del self.tables[name]
        return True

    def add_column(self):
        name = self.a_table(lambda name: name not in self.lost and len(self.tables[name].columns) < 10)
        if name is None:
            return False
        columns = self.tables[name].columns
        columns[self.word(columns)] = self.new_column()
        self.gained.add(name)
        return True

    def drop_column(self):
        chosen = self.a_column(lambda table, *_: table not in self.gained and len(self.tables[table].columns) > 2)
        if chosen is None:
            return False
        table, column = chosen
        del self.tables[table].columns[column]
        self.tables[table].parts = [part for part in self.tables[table].parts if column not in part.columns]
        self.lost.add(table)
        return True

    def alter(self, fits, new):
        chosen = self.a_column(fits)
        if chosen is None:
            return False
        table, column = chosen
        columns = self.tables[table].columns
        columns[column] = new(columns[column])
        return True

    def alter_nullable(self):
        return self.alter(lambda *_: True, lambda column: replace(column, nullable=not column.nullable))

    def alter_type(self):
        def new(column):
            return replace(column, type=self.random.choice([t for t in column.family if t != column.type]))

        return self.alter(lambda _table, _name, column: len(column.family) > 1, new)

    def alter_default(self):
        def new(column):
            others = [default for default in (None, *column.defaults) if default != column.default]
            return replace(column, default=self.random.choice(others))

        return self.alter(lambda _table, _name, column: column.defaults, new)

    def alter_comment(self):
        if self.dialect == "sqlite":
            return False
        return self.alter(lambda *_: True, lambda column: replace(column, comment=self.new_comment()))

    def alter_table_comment(self):
        name = self.a_table()
        if name is None or self.dialect == "sqlite":
            return False
        table = self.tables[name]
        table.comment = None if table.comment and self.chance(0.5) else self.new_comment()
        return True

    def add_part(self, kind):
        name = self.a_table()
        part = name and self.new_part(name, kind, False)
        if not part:
            return False
        self.tables[name].parts.append(part)
        return True

    def drop_part(self, kind):
        def fits(name):
            return any(part.kind == kind and self.is_removable(part) for part in self.tables[name].parts)

        name = self.a_table(fits)
        if name is None:
            return False
        parts = self.tables[name].parts
        parts.remove(next(part for part in parts if part.kind == kind and self.is_removable(part)))
        return True

    def add_index(self):
        return self.add_part("ix")

    def drop_index(self):
        return self.drop_part("ix")

    def add_unique(self):
        return self.add_part("uq")

    def drop_unique(self):
        return self.drop_part("uq")

    def add_foreign_key(self):
        name = self.a_table(lambda name: name not in self.lost)
        self.gained.add(name)
        return name is not None and self.new_foreign_key(name, False)

    def drop_foreign_key(self):
        return self.drop_part("fk")

    # --- renames, which autogenerate takes for a drop and an add ---

    def rename(self):
        """Renames one thing and does nothing else: (rule that sees it, old, new), or None."""
        kinds = [self.rename_column] * 3 + [self.rename_table]
        if self.dialect == "postgresql":  # SQLite's indexes cannot be renamed
            kinds.append(self.rename_index)
        return self.random.choice(kinds)()

    def rename_column(self):
        chosen = self.a_column(lambda _table, _name, column: not column.enum)
        if chosen is None:
            return None
        name, old = chosen
        table = self.tables[name]
        new = f"{old}_{self.word([old])}" if self.chance(0.5) else self.word(table.columns)
        table.columns = {new if column == old else column: kept for column, kept in table.columns.items()}
        table.parts = [
            replace(part, columns=tuple(new if column == old else column for column in part.columns))
            for part in table.parts
        ]
        return "ML501", f"{name}.{old}", f"{name}.{new}"

    def rename_table(self):
        old = self.a_table(
            lambda name: not self.is_referred(name)
            and not any(column.enum for column in self.tables[name].columns.values())
        )
        if old is None:
            return None
        new = f"{old}s" if self.chance(0.5) else self.word(self.tables)
        self.tables[new] = self.tables.pop(old)
        return "ML502", old, new

    def rename_index(self):
        name = self.a_table(lambda name: any(part.kind == "ix" for part in self.tables[name].parts))
        if name is None:
            return None
        parts = self.tables[name].parts
        at = next(i for i, part in enumerate(parts) if part.kind == "ix")
        suffix = self.word([parts[at].suffix])
        parts[at] = replace(parts[at], named=True, suffix=suffix)
        return "ML504", f"the index on {name}.{parts[at].columns[0]}", parts[at].name(name)


CHANGES = {
    Models.create_table: 4,
    Models.drop_table: 1,
    Models.add_column: 6,
    Models.drop_column: 4,
    Models.alter_nullable: 3,
    Models.alter_type: 3,
    Models.alter_default: 2,
    Models.alter_comment: 1,
    Models.alter_table_comment: 1,
    Models.add_index: 3,
    Models.drop_index: 2,
    Models.add_unique: 2,
    Models.drop_unique: 1,
    Models.add_foreign_key: 2,
    Models.drop_foreign_key: 1,
}
