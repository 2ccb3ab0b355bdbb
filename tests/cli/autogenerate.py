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
import re
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
PAIRS_TO_A_RENAME = 4

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

    revision: str = None
    path: str = None
    changes: list = field(default_factory=list)
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
        # The inspector does not see those on expressions.
        indexes = self.connection.exec_driver_sql("SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql > ''")
        return {f"index {name} is there": table for name, table in indexes} | {
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
            "target_metadata": sa.MetaData(naming_convention=self.models.naming),
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

    def by_hand(self, directives, old):
        """What a careful author adds: types that autogenerate neither makes nor drops."""
        upgrade, downgrade = directives.upgrade_ops.ops, directives.downgrade_ops.ops
        if self.database.dialect != "postgresql":
            return
        before, after = old.enums(), self.models.enums()
        for name in sorted(set(after) - set(before)):
            table, labels = after[name]
            if table in old.tables:  # a new one makes the type itself
                upgrade.insert(0, self.create_type(name, labels))
            downgrade.append(self.drop_type(name))
        for name in sorted(set(before) - set(after)):
            table, labels = before[name]
            upgrade.append(self.drop_type(name))
            if table in self.models.tables:
                downgrade.insert(0, self.create_type(name, labels))

    def create_type(self, name, labels):
        if self.random.random() < 0.3:
            return ByHand(f"op.execute({f'CREATE TYPE {name} AS ENUM {labels}'!r})")
        return ByHand(f"sa.Enum({', '.join(map(repr, labels))}, name={name!r}).create(op.get_bind())")

    def drop_type(self, name):
        if self.random.random() < 0.3:
            return ByHand(f"op.execute({f'DROP TYPE {name}'!r})")
        return ByHand(f"sa.Enum(name={name!r}).drop(op.get_bind(), checkfirst=False)")

    def autogenerated(self, message, old):
        """The revision that the change of the models takes; None if nothing changed."""
        context = self.context()
        directives = produce_migrations(context, self.models.metadata())
        if directives.upgrade_ops.is_empty():
            return None
        self.by_hand(directives, old)
        batch = self.database.dialect == "sqlite"
        upgrades, downgrades = (
            render_python_code(operations, render_as_batch=batch, migration_context=context)
            for operations in (directives.upgrade_ops, directives.downgrade_ops)
        )
        dialects = {match[1] for match in re.finditer(r"\b(postgresql|sqlite)\.", upgrades + downgrades)}
        return self.script.generate_revision(
            f"{self.random.getrandbits(48):012x}",
            message,
            refresh=True,
            upgrades=upgrades,
            downgrades=downgrades,
            imports="\n".join(f"from sqlalchemy.dialects import {dialect}" for dialect in sorted(dialects)),
        )

    def add_pair(self):
        """Whether there is one more: something that changed, and that works."""
        old = copy.deepcopy(self.models)
        changes = self.models.change()
        return self.add(Pair(changes=changes), " ".join(changes).replace("_", " "), old)

    def add_rename(self):
        old = copy.deepcopy(self.models)
        rename = self.models.rename()
        return rename and self.add(Pair(rename=rename), "rename", old)

    def add(self, pair, message, old):
        revision = self.autogenerated(message, old)
        if revision and self.works(revision):
            self.apply(revision, pair)
            return True
        old.random = self.random  # chance goes on
        self.models = old
        return False

    def works(self, revision):
        """Nobody keeps what does not."""
        with self.database.undone():
            failure = self.run(Path(revision.path).read_text(), "upgrade")
        if failure:
            self.rejected.append(failure)
            Path(revision.path).unlink()
            self.script = ScriptDirectory.from_config(self.config)
        return not failure

    def apply(self, revision, pair):
        """Upgrades the database, and tells in the pair all that it shows of the revision."""
        text = Path(revision.path).read_text()
        pair.revision = revision.revision
        pair.path = str(Path(revision.path).relative_to(self.folder))
        before = self.database.snapshot()
        of_upgrade = self.faults(text, faults.upgrade_faults(text), before, 1)
        self.run(text, "upgrade")
        self.judge(pair, text, before)
        if not (pair.rename or pair.failure or pair.differences):
            pair.faults = self.faults(text, faults.downgrade_faults(text), before, FAULTS_OF_A_PAIR) + of_upgrade
        self.pairs.append(pair)
        self.database.connection.commit()

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
    operation, *_ = fault.object.split()
    return fault.kind, operation


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
        count += project.add_pair()
        if count % PAIRS_TO_A_RENAME == PAIRS_TO_A_RENAME - 1:
            project.add_rename()
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
