"""A project whose revisions Alembic's own autogenerate has written, each of them run.

    autogenerate.py FOLDER URL SEED COUNT [convention]

Models are changed at random, and what autogenerate makes of it is applied to the
database at URL, undone and applied again. FOLDER becomes a project with COUNT such
pairs of upgrade() and downgrade(), and some besides that hold a rename. Then faults
are put in, and those are kept that the database shows to be faults. FOLDER.json
tells all: see Pair and faults.Fault.
"""

import argparse
import contextlib
import copy
import json
import random
import warnings
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import alembic
import faults
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code, renderers
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import MigrateOperation
from alembic.script import ScriptDirectory
from random_models import CONVENTION, Models

FAULTS_OF_A_PAIR = 3  # of downgrade(); and one of upgrade()
PAIRS_TO_A_RENAME = 8

ENV = """from alembic import context
from sqlalchemy import MetaData, engine_from_config, pool

target_metadata = MetaData({convention})


def run_migrations_online():
    section = context.config.get_section(context.config.config_ini_section)
    connectable = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with connectable.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            compare_type=True,
            compare_server_default=True,
            render_as_batch={batch},
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
"""

INI = """[alembic]
script_location = %(here)s/migrations
sqlalchemy.url = {url}
"""

POSTGRES_SNAPSHOT = """
WITH relation AS (
    SELECT * FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ '^alembic_version'
)
SELECT 'table ' || relname, coalesce(obj_description(oid, 'pg_class'), '') FROM relation WHERE relkind = 'r'
UNION ALL SELECT 'sequence ' || relname, '' FROM relation WHERE relkind = 'S'
UNION ALL SELECT 'column ' || relname || '.' || attname, concat_ws(' ',
        format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END,
        'default ' || pg_get_expr(adbin, adrelid), 'comment ' || col_description(relation.oid, attnum))
    FROM relation JOIN pg_attribute ON attrelid = relation.oid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'constraint ' || relname || '.' || conname, pg_get_constraintdef(pg_constraint.oid)
    FROM relation JOIN pg_constraint ON conrelid = relation.oid
UNION ALL SELECT 'index ' || relname, pg_get_indexdef(indexrelid)
    FROM relation JOIN pg_index ON indexrelid = relation.oid
UNION ALL SELECT 'enum ' || typname, string_agg(enumlabel, ', ' ORDER BY enumsortorder)
    FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid GROUP BY typname
"""


@dataclass
class Pair:
    """A revision, and what the database says about its way there and back."""

    revision: str
    path: str
    changes: list
    rename: tuple = None  # (rule, old, new) where models were renamed
    failure: str = None  # of downgrade() or the second upgrade()
    differences: list = field(default_factory=list)  # between the schemas that should be the same
    faults: list = field(default_factory=list)


class ByHand(MigrateOperation):
    """A line that autogenerate does not write."""

    def __init__(self, text):
        self.text = text


@renderers.dispatch_for(ByHand)
def render_by_hand(_context, operation):
    return operation.text


# --- the database ----------------------------------------------------------


class Database:
    def __init__(self, url):
        self.engine = sa.create_engine(url, future=True)
        self.dialect = self.engine.dialect.name
        if self.dialect == "sqlite":  # pysqlite would commit before DDL
            sa.event.listen(self.engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
            sa.event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        self.connection = self.engine.connect()

    @contextlib.contextmanager
    def undone(self):
        """What is done within is rolled back."""
        self.connection.exec_driver_sql("SAVEPOINT undone")
        try:
            yield
        finally:
            self.connection.exec_driver_sql("ROLLBACK TO undone")
            self.connection.exec_driver_sql("RELEASE undone")

    def snapshot(self):
        """The schema: what there is, and how it is; nothing has an order."""
        if self.dialect == "postgresql":
            return dict(map(tuple, self.connection.exec_driver_sql(POSTGRES_SNAPSHOT)))
        inspector = sa.inspect(self.connection)
        return {
            key: how
            for table in inspector.get_table_names()
            if table != "alembic_version"
            for key, how in sqlite_table(inspector, table)
        }


def sqlite_table(inspector, table):
    yield f"table {table}", ""
    for column in inspector.get_columns(table):
        how = [str(column["type"]), "" if column["nullable"] else "not null", f"default {column['default']}"]
        yield f"column {table}.{column['name']}", " ".join(how)
    key = inspector.get_pk_constraint(table)
    yield f"primary key {table}", f"{key['name']} {key['constrained_columns']}"
    for index in inspector.get_indexes(table):
        yield f"index {index['name']}", f"{table} {index['column_names']} unique {bool(index['unique'])}"
    for unique in inspector.get_unique_constraints(table):
        yield f"constraint {table}.{unique['name']} {unique['column_names']}", "unique"
    for foreign in inspector.get_foreign_keys(table):
        how = f"{foreign['referred_table']} {foreign['referred_columns']} {sorted(foreign['options'].items())}"
        yield f"constraint {table}.{foreign['name']} {foreign['constrained_columns']}", how


def differences(one, other):
    return [
        f"{key}: {one.get(key, 'absent')!r} became {other.get(key, 'absent')!r}"
        for key in sorted({*one, *other})
        if one.get(key) != other.get(key)
    ]


# --- the project -----------------------------------------------------------


class Project:
    def __init__(self, folder, url, seed, convention):
        self.folder = Path(folder)
        self.random = random.Random(seed)
        self.database = Database("sqlite://" if url.startswith("sqlite") else url)
        self.models = Models(self.random, self.database.dialect, convention)
        self.pairs, self.rejected = [], []
        self.kinds = Counter()
        self.write(url, convention)

    def write(self, url, convention):
        template = Path(alembic.__file__).parent / "templates/generic/script.py.mako"
        naming = f"naming_convention={CONVENTION!r}" if convention else ""
        for name, text in {
            "alembic.ini": INI.format(url=url),
            "migrations/env.py": ENV.format(convention=naming, batch=self.database.dialect == "sqlite"),
            "migrations/script.py.mako": template.read_text(),
        }.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self.folder / "migrations/versions").mkdir()
        self.config = Config(str(self.folder / "alembic.ini"))
        self.script = ScriptDirectory.from_config(self.config)

    def context(self):
        options = {
            "target_metadata": self.models.metadata(),
            "compare_type": True,
            "compare_server_default": True,
            "render_as_batch": self.database.dialect == "sqlite",
        }
        return MigrationContext.configure(self.database.connection, opts=options)

    def run(self, text, function):
        """Why it fails, or None."""
        revision = {}
        exec(compile(text, "revision", "exec"), revision)
        try:
            with Operations.context(self.context()):
                revision[function]()
        except Exception as error:
            return f"{function}() fails: {type(error).__name__}: {str(error).splitlines()[0]}"

    # --- a revision ---

    def by_hand(self, directives, before, after):
        """What a careful author adds: types that autogenerate neither makes nor drops."""
        upgrade, downgrade = directives.upgrade_ops.ops, directives.downgrade_ops.ops
        if self.database.dialect != "postgresql":
            return
        tables = {name for name, *_ in before.values()} - set(self.models.tables)
        for name in sorted(set(before) | set(after)):
            if name not in before:
                table, _column, labels = after[name]
                if table in self.known_tables:
                    upgrade.insert(0, self.create_type(name, labels))
                downgrade.append(self.drop_type(name))
            elif name not in after:
                table, _column, labels = before[name]
                upgrade.append(self.drop_type(name))
                if table not in tables:  # which make it themselves
                    downgrade.insert(0, self.create_type(name, labels))

    def create_type(self, name, labels):
        if self.random.random() < 0.3:
            return ByHand(f"op.execute({f'CREATE TYPE {name} AS ENUM {labels}'!r})")
        return ByHand(f"sa.Enum({', '.join(map(repr, labels))}, name={name!r}).create(op.get_bind())")

    def drop_type(self, name):
        if self.random.random() < 0.3:
            return ByHand(f"op.execute({f'DROP TYPE {name}'!r})")
        return ByHand(f"sa.Enum(name={name!r}).drop(op.get_bind(), checkfirst=False)")

    def autogenerated(self, message, enums):
        """Writes the revision that the models' change takes; None if nothing changed."""
        context = self.context()
        directives = produce_migrations(context, self.models.metadata())
        if directives.upgrade_ops.is_empty():
            return None
        self.by_hand(directives, enums, self.models.enums())
        batch = self.database.dialect == "sqlite"
        upgrades, downgrades = (
            render_python_code(operations, render_as_batch=batch, migration_context=context)
            for operations in (directives.upgrade_ops, directives.downgrade_ops)
        )
        imports = [
            f"from sqlalchemy.dialects import {dialect}"
            for dialect in ("postgresql", "sqlite")
            if f" {dialect}." in upgrades + downgrades or f"={dialect}." in upgrades + downgrades
        ]
        revision = self.script.generate_revision(
            f"{self.random.getrandbits(48):012x}",
            message,
            refresh=True,
            upgrades=upgrades,
            downgrades=downgrades,
            imports="\n".join(imports),
        )
        return Pair(revision.revision, str(Path(revision.path).relative_to(self.folder)), [])

    def add(self, change):
        """One more revision; whether there was something to do that works."""
        models, enums = copy.deepcopy(self.models), self.models.enums()
        self.known_tables = set(self.models.tables)
        changes = change()
        message = "rename" if isinstance(changes, tuple) else " ".join(changes or ()).replace("_", " ")
        pair = changes and self.autogenerated(message, enums)
        if not pair:
            self.back_to(models)
            return False
        if isinstance(changes, tuple):
            pair.rename = changes
        else:
            pair.changes = changes
        text = (self.folder / pair.path).read_text()
        before = self.database.snapshot()
        with self.database.undone():
            failure = self.run(text, "upgrade")
        if failure:
            self.rejected.append(failure)
            (self.folder / pair.path).unlink()
            self.script = ScriptDirectory.from_config(self.config)
            self.back_to(models)
            return False
        upgrade_faults = self.faults(text, faults.upgrade_faults(text), before, 1)
        self.run(text, "upgrade")
        self.judge(pair, text, before)
        if not pair.rename and not pair.failure and not pair.differences:
            pair.faults = self.faults(text, faults.downgrade_faults(text), before, FAULTS_OF_A_PAIR) + upgrade_faults
        self.pairs.append(pair)
        self.database.connection.commit()
        return True

    def back_to(self, models):
        """To the models as they were; chance goes on."""
        models.random = self.random
        self.models = models

    def judge(self, pair, text, before):
        """Down and up again."""
        after = self.database.snapshot()
        with self.database.undone():
            pair.failure = self.run(text, "downgrade")
            if not pair.failure:
                pair.differences = differences(before, self.database.snapshot())
                pair.failure = self.run(text, "upgrade")
            if not pair.failure:
                pair.differences += differences(after, self.database.snapshot())

    # --- faults ---

    def faults(self, text, candidates, before, count):
        """The first `count` that show, of the kinds that were rare until now."""
        candidates = list(candidates)
        self.random.shuffle(candidates)
        kept = []
        while candidates and len(kept) < count:
            candidates.sort(key=lambda fault: self.kinds[kind_of(fault)])
            fault = candidates.pop(0)
            shown = self.shown(fault, before)
            if shown:
                self.kinds[kind_of(fault)] += 1
                kept.append({**asdict(fault), "shown": shown})
        return kept

    def shown(self, fault, before):
        """How the database shows that it is one; None if it does not."""
        with self.database.undone():
            failure = self.run(fault.text, fault.function)
            if failure or fault.function == "upgrade":
                # Two of the same type with what was in them lost between: no schema shows that.
                return failure or ("loses values" if fault.rules == ("ML503",) else None)
            return "; ".join(differences(before, self.database.snapshot())) or None

    def prove_whole(self):
        """As people run it, Alembic's command makes the same of the whole chain."""
        made = self.database.snapshot()
        if self.database.dialect == "postgresql":
            self.database.connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            self.database.connection.commit()
        self.database.connection.close()
        with contextlib.chdir(self.folder):
            command.upgrade(self.config, "head")
            again = Database(self.config.get_main_option("sqlalchemy.url")).snapshot()
        assert not differences(made, again), differences(made, again)


def kind_of(fault):
    return fault.kind, fault.object.split()[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("url")
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--convention", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    project = Project(arguments.folder, arguments.url, arguments.seed, arguments.convention)
    count = 0
    while count < arguments.count:
        count += project.add(project.models.change)
        if count % PAIRS_TO_A_RENAME == PAIRS_TO_A_RENAME - 1:
            project.add(project.models.rename)
    project.prove_whole()
    record = {
        "alembic": alembic.__version__,
        "dialect": project.database.dialect,
        "convention": arguments.convention,
        "rejected": project.rejected,
        "pairs": [asdict(pair) for pair in project.pairs],
    }
    Path(f"{arguments.folder}.json").write_text(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
