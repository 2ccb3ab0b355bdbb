"""What a database has after each upgrade and each downgrade of a chain: catalog_judge.py URL FOLDER

applies the revisions of FOLDER one by one, each with its downgrade and its upgrade
once more where it has one, and prints {REVISION: {"upgraded": ..., "downgraded": ...}}.
Where a revision fails it says {"failure": why} for it, and ends. --apart, in a copy or in
a transaction that is rolled back, the downgrades need not lead anywhere; "stuck" is why
one could not be run. The revisions may be in other --versions, and be those of real
--projects, for whose modules that are not there others stand in.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import sys
from unittest import mock

import sqlalchemy as sa
import sqlalchemy.orm
from absent_modules import attempt, install
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import pool

# --- Postgres -------------------------------------------------------------------

COLUMNS = """
SELECT n.nspname AS schema, c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS value, a.attidentity AS identity,
       a.attgenerated AS generated, col_description(c.oid, a.attnum) AS comment
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""

CONSTRAINTS = """
SELECT n.nspname AS schema, c.relname AS table, k.conname AS name, k.contype::text AS kind, r.relname AS referred,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(num, at)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.num ORDER BY at) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(num, at)
             JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = u.num ORDER BY at) AS referred_columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class r ON r.oid = k.confrelid
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND k.contype IN ('p', 'u', 'c', 'f', 'x')
"""

INDEXES = """
SELECT n.nspname AS schema, t.relname AS table, c.relname AS name, i.indisunique AS unique,
       ARRAY(SELECT coalesce(a.attname::text, '()') FROM generate_series(0, i.indnkeyatts - 1) at
             LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[at] AND a.attnum > 0
             ORDER BY at) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
"""

OBJECTS = """
SELECT n.nspname AS schema, t.typname AS name, 'type' AS kind,
       ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS values
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('e', 'd') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
UNION ALL
SELECT n.nspname, c.relname, CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'm' THEN 'materialized_view' ELSE 'view' END, '{}'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('S', 'v', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""

KINDS = {"p": "primary_key", "u": "unique", "c": "check", "f": "foreign_key", "x": "exclude"}


def schema_of(row):
    return None if row["schema"] == "public" else row["schema"]


def default_of(row):
    value = row["value"]
    if row["identity"]:
        return "identity always" if row["identity"] == "a" else "identity"
    if row["generated"]:
        return "computed"
    if value is None:
        return ""
    if value.startswith("nextval("):
        return "serial"
    cast = re.fullmatch(r"('(?:[^']|'')*')::[\w ]+(\([\d,]+\))?(\[\])?", value)
    value = cast.group(1) if cast else value
    number = re.fullmatch(r"'([-+\d.]+)'", value)
    numeric = re.match("smallint|integer|bigint|numeric|real|double", row["type"])
    return number.group(1) if number and numeric else value.strip("()") if numeric else value


def rows(connection, query):
    return [dict(row._mapping) for row in connection.execute(sa.text(query))]


def postgres(connection):
    tables = {}
    query = "SELECT n.nspname AS schema, c.relname AS name, obj_description(c.oid) AS comment FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    for row in rows(connection, query):
        key = ".".join(filter(None, [schema_of(row), row["name"]]))
        tables[key] = {"columns": {}, "constraints": [], "indexes": [], "comment": row["comment"]}

    def table(row):
        return tables[".".join(filter(None, [schema_of(row), row["table"]]))]

    for row in rows(connection, COLUMNS):
        table(row)["columns"][row["name"]] = [row["type"], row["nullable"], default_of(row), row["comment"]]
    for row in rows(connection, CONSTRAINTS):
        kind = KINDS[row["kind"]]
        columns = None if kind == "check" else row["columns"]
        table(row)["constraints"].append([row["name"], kind, columns, row["referred"], row["referred_columns"]])
    for row in rows(connection, INDEXES):
        table(row)["indexes"].append([row["name"], row["columns"], row["unique"]])
    objects = [[".".join(filter(None, [schema_of(row), row["name"]])), row["kind"], row["values"]] for row in rows(connection, OBJECTS)]
    return {"tables": tables, "objects": objects}


# --- SQLite ------------------------------------------------------------------------


def sqlite_default(value, type_):
    """SQLite takes '1' for a number where the column is one, and true for 1."""
    if value is None or value.upper() == "NULL":
        return ""
    while value.startswith("(") and value.endswith(")"):
        value = value[1:-1]
    number = re.fullmatch(r"'([-+\d.]+)'", value)
    if number and re.match("NUM|FLOAT|INT|BOOL|SMALL|BIG", type_):
        return number.group(1)
    words = {"true": "1", "false": "0"}
    return words.get(value.lower(), value.lower() if value.upper().startswith("CURRENT_") else value)


def sqlite(connection):
    inspector = sa.inspect(connection)
    tables = {}
    for name in inspector.get_table_names():
        columns = {}
        for _, column, type_, notnull, value, pk in connection.exec_driver_sql(f'PRAGMA table_info("{name}")'):
            columns[column] = [type_.replace(", ", ","), not (notnull or pk), sqlite_default(value, type_), None]
        key = inspector.get_pk_constraint(name)
        constraints = [[key["name"], "primary_key", key["constrained_columns"], None, []]] if key["constrained_columns"] else []
        for found in inspector.get_unique_constraints(name):
            constraints.append([found["name"], "unique", found["column_names"], None, []])
        for found in inspector.get_check_constraints(name):
            constraints.append([found["name"], "check", None, None, []])
        for found in inspector.get_foreign_keys(name):
            constraints.append([found["name"], "foreign_key", found["constrained_columns"], found["referred_table"], found["referred_columns"]])
        indexes = []
        for found in connection.exec_driver_sql(f'PRAGMA index_list("{name}")').fetchall():
            if found[3] == "c":
                parts = connection.exec_driver_sql(f'PRAGMA index_info("{found[1]}")').fetchall()
                indexes.append([found[1], [part[2] or "()" for part in parts], bool(found[2])])
        tables[name] = {"columns": columns, "constraints": constraints, "indexes": indexes, "comment": None}
    return {"tables": tables, "objects": [[view, "view", []] for view in inspector.get_view_names()]}


# --- the chain ---------------------------------------------------------------------


def snapshot(engine):
    with engine.connect() as connection:
        state = postgres(connection) if engine.dialect.name == "postgresql" else sqlite(connection)
    state["tables"].pop("alembic_version", None)
    return state


def upgrade(config, engine, revision):
    failure = attempt(lambda: command.upgrade(config, revision.revision))
    return {"failure": failure} if failure else {"upgraded": snapshot(engine)}


def goes_back(revision):
    return "downgrade" in vars(revision.module) and isinstance(revision.down_revision, (str, type(None))) and not revision.dependencies


def downgrade(config, engine, revision, state):
    failure = attempt(lambda: command.downgrade(config, revision.down_revision or "base"))
    if failure is None:
        state["downgraded"] = snapshot(engine)
    return failure


def back_and_forth(config, engine, revision, state):
    failure = downgrade(config, engine, revision, state) or attempt(lambda: command.upgrade(config, revision.revision))
    if failure is not None:
        state["failure"] = failure


@contextlib.contextmanager
def copy_of_file(engine):
    """A SQLite database like another, for as long as it is looked at."""
    name = shutil.copy(engine.url.database, f"{engine.url.database}.copy")
    yield sa.create_engine(engine.url.set(database=name), poolclass=pool.NullPool)
    os.unlink(name)


class Undone:
    """An engine all of whose connections are one, within a transaction that is rolled back."""

    def __init__(self, connection):
        self.connection, self.dialect = connection, connection.dialect

    @contextlib.contextmanager
    def connect(self):
        yield self.connection


@contextlib.contextmanager
def undone(engine):
    with engine.connect() as connection, contextlib.closing(connection.begin()):
        yield Undone(connection)


def apply(config, engine, revision, apart):
    config.attributes["engine"] = engine
    state = upgrade(config, engine, revision)
    if "failure" in state or not goes_back(revision):
        return state
    if not apart:
        back_and_forth(config, engine, revision, state)
        return state
    with (copy_of_file if engine.dialect.name == "sqlite" else undone)(engine) as other:
        config.attributes["engine"] = other
        stuck = downgrade(config, other, revision, state)
    return {**state, "stuck": stuck} if stuck else state


def states_of(options):
    engine = sa.create_engine(options.url, poolclass=pool.NullPool)
    config = Config()
    config.set_main_option("script_location", options.folder)
    if options.versions:
        config.set_main_option("version_locations", options.versions)
    states = {"base": {"upgraded": snapshot(engine)}}
    scripts = ScriptDirectory.from_config(config)
    with mock.patch.object(ScriptDirectory, "from_config", return_value=scripts):  # or each command reads them all
        for revision in reversed(list(scripts.walk_revisions())):
            state = states[revision.revision] = apply(config, engine, revision, options.apart)
            if "failure" in state:
                break
    return states


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("folder")
    parser.add_argument("--apart", action="store_true")
    parser.add_argument("--versions", metavar="FOLDER")
    parser.add_argument("--projects", metavar="FOLDER")
    options = parser.parse_args()
    if options.projects:
        install(options.projects)
    with contextlib.redirect_stdout(sys.stderr):  # what revisions print
        states = states_of(options)
    print(json.dumps(states))


main()
