#!/usr/bin/python3
"""Write an Alembic project of many realistic revisions, the same every time.

usage: ci/bench_project.py FOLDER [REVISIONS, a multiple of 20 [batch]]

The project grows like a real one: tables are created, columns, indexes and
foreign keys are added, columns are altered, and now and then two branches part
and are merged again. It has one head, every downgrade undoes its upgrade, and
it can be applied to a database in any order that the graph allows.
"""

import random
import sys
from pathlib import Path

NOUNS = "account address article audit batch booking budget campaign category channel comment".split()
NOUNS += "contract coupon delivery device event invoice item ledger member message order".split()
NOUNS += "payment permission plan product profile project queue report review session".split()
NOUNS += "shipment stock subscription supplier ticket token vendor voucher warehouse".split()
QUALITIES = "archived billing current default display external internal last legacy local".split()
QUALITIES += "maximum minimum origin parent preferred previous public remote shared total".split()
THINGS = "amount code count currency date email key label locale name note number path".split()
THINGS += "phone rate reference region score source state status title url version weight".split()

TYPES = [
    "sa.Integer()",
    "sa.BigInteger()",
    "sa.String(length=64)",
    "sa.String(length=255)",
    "sa.Text()",
    "sa.Boolean()",
    "sa.DateTime(timezone=True)",
    "sa.Numeric(precision=12, scale=2)",
]

INI = """\
[alembic]
script_location = %(here)s/migrations
file_template = %%(rev)s_%%(slug)s
prepend_sys_path = .
version_path_separator = os
sqlalchemy.url = postgresql://localhost/shop
"""

ENV = '''\
from logging.config import fileConfig

from alembic import context
from sqlalchemy import MetaData, engine_from_config, pool

config = context.config
target_metadata = MetaData()


def run_migrations_offline():
    context.configure(
        url=config.get_main_option("sqlalchemy.url"),
        target_metadata=target_metadata,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    engine = engine_from_config(
        config.get_section(config.config_ini_section),
        prefix="sqlalchemy.",
        poolclass=pool.NullPool,
    )
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
'''

REVISION = '''\
"""{message}

Revision ID: {revision}
Revises: {revises}
Create Date: {date}

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = {revision!r}
down_revision = {parents!r}
branch_labels = None
depends_on = None


def upgrade():
{upgrade}


def downgrade():
{downgrade}
'''


class Growth:
    """The schema as it stands, and the steps that change it: each an (upgrade, downgrade) text."""

    def __init__(self, chance, batch):
        self.chance = chance
        self.batch = batch  # as SQLite needs it
        self.tables = {}  # name: {column: type}
        self.settled = []  # the tables that every open branch has

    def steps(self, in_branch):
        """What one revision does; one in a branch touches nothing that another branch may lack."""
        if not in_branch:
            self.settled = sorted(self.tables)
        if len(self.settled) < 3:
            return [self.create_table()]
        kinds = {self.create_table: 2, self.add_columns: 4, self.create_index: 3}
        if not in_branch:
            kinds[self.alter_column] = 2
        chosen = self.chance.choices(list(kinds), weights=kinds.values(), k=self.chance.randint(3, 5))
        return [kind() for kind in chosen]

    def create_table(self):
        name = self.new_name(NOUNS, self.tables)
        columns = self.tables[name] = {}
        lines = [f"op.create_table(\n    '{name}',", "    sa.Column('id', sa.Integer(), nullable=False),"]
        for _ in range(self.chance.randint(5, 9)):
            column, kind = self.new_column(name)
            lines.append(f"    sa.Column('{column}', {kind}, nullable={self.chance.random() < 0.6}),")
        if self.settled:
            parent = self.chance.choice(self.settled)
            columns["owner_id"] = "sa.Integer()"
            lines.append("    sa.Column('owner_id', sa.Integer(), nullable=True),")
            lines.append(
                f"    sa.ForeignKeyConstraint(\n        ['owner_id'], ['{parent}.id'],"
                f"\n        name='fk_{name}_owner', ondelete='CASCADE'),"
            )
        lines.append(f"    sa.PrimaryKeyConstraint('id', name=op.f('pk_{name}')),\n)")
        return "\n".join(lines), f"op.drop_table('{name}')"

    def add_columns(self):
        table = self.chance.choice(self.settled)
        upgrade, downgrade = [], []
        for _ in range(self.chance.randint(1, 3)):
            column, kind = self.new_column(table)
            upgrade.append(f"op.add_column(\n    '{table}',\n    sa.Column('{column}', {kind}, nullable=True),\n)")
            downgrade.insert(0, f"op.drop_column('{table}', '{column}')")
        return "\n".join(upgrade), "\n".join(downgrade)

    def create_index(self):
        table = self.chance.choice(self.settled)
        column, kind = self.new_column(table)
        return (
            f"op.add_column('{table}', sa.Column('{column}', {kind}, nullable=True))\n"
            f"op.create_index(\n    op.f('ix_{table}_{column}'), '{table}', ['{column}'], unique=False,\n)",
            f"op.drop_index(op.f('ix_{table}_{column}'), table_name='{table}')\n"
            f"op.drop_column('{table}', '{column}')",
        )

    def alter_column(self):
        table = self.chance.choice(self.settled)
        short = [name for name, kind in self.tables[table].items() if kind == "sa.String(length=64)"]
        if not short:
            return self.add_columns()
        column = self.chance.choice(short)
        self.tables[table][column] = "sa.String(length=255)"
        change = (
            f"op.alter_column(\n    '{table}',\n    '{column}',\n"
            "    existing_type=sa.String(length={}),\n    type_=sa.String(length={}),\n)"
        )
        if self.batch:
            change = change.replace("op.", "batch_op.").replace(f"\n    '{table}',", "").replace("\n", "\n    ")
            change = f"with op.batch_alter_table('{table}') as batch_op:\n    {change}"
        return change.format(64, 255), change.format(255, 64)

    def new_column(self, table):
        column = self.new_name(QUALITIES, self.tables[table])
        kind = self.tables[table][column] = self.chance.choice(TYPES)
        return column, kind

    def new_name(self, first_words, taken):
        while True:
            name = f"{self.chance.choice(first_words)}_{self.chance.choice(THINGS)}"
            if name not in taken:
                return name


def parents_of(number):
    """A line in which, of every 20 revisions, four are two branches of two, and the next their merge."""
    place = number % 20
    if number == 0:
        return []
    if place in (11, 12, 13):
        return [number - 2]
    if place == 14:
        return [number - 2, number - 1]
    return [number - 1]


def write_project(folder, count=300, batch=False):
    chance = random.Random(20240229)
    growth = Growth(chance, batch)
    versions = Path(folder) / "migrations" / "versions"
    versions.mkdir(parents=True)
    (Path(folder) / "alembic.ini").write_text(INI)
    (versions.parent / "env.py").write_text(ENV)
    identifiers = [f"{chance.getrandbits(48):012x}" for _ in range(count)]
    for number, identifier in enumerate(identifiers):
        parents = tuple(identifiers[parent] for parent in parents_of(number))
        steps = [] if len(parents) > 1 else growth.steps(in_branch=number % 20 in range(10, 14))
        write_revision(versions, number, identifier, parents, steps)


def write_revision(versions, number, identifier, parents, steps):
    message = f"Merge two branches ({number})" if len(parents) > 1 else f"Change number {number}"
    text = REVISION.format(
        message=message,
        revision=identifier,
        revises=", ".join(parents),
        date=f"2024-{1 + number % 12:02}-{1 + number % 28:02} 10:{number % 60:02}:00",
        parents=parents[0] if len(parents) == 1 else parents or None,
        upgrade=indented(upgrade for upgrade, _ in steps),
        downgrade=indented(downgrade for _, downgrade in reversed(steps)),
    )
    (versions / f"{identifier}_change_{number}.py").write_text(text)


def indented(steps):
    lines = "\n".join(steps).splitlines() or ["pass"]
    return "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    write_project(sys.argv[1], *map(int, sys.argv[2:3]), batch="batch" in sys.argv[3:])
