"""The statements that real Alembic sends to SQLite: batch_judge.py reads {"convention": {...}, "chains":
[[path, ...], ...]} and prints for each chain the statements of each upgrade(); where one fails, the
last item is a string that says why. Each chain has a database of its own, which is empty at first.
"""

import contextlib
import importlib.util
import json
import logging
import sys
import warnings

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

ASKING = ("PRAGMA", "SELECT ")


def load(path):
    spec = importlib.util.spec_from_file_location("revision", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def record(statements):
    def hear(connection, cursor, statement, parameters, context, executemany):
        if not statement.startswith(ASKING):
            statements.append(statement.strip())

    return hear


def rows_of(connection):
    """What the database holds at the end: its schema, then the rows of each table."""
    schema = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
    tables = sorted(name for kind, name, _ in schema if kind == "table" and not name.startswith("sqlite_"))
    rows = {name: connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall() for name in tables}
    return [list(map(list, schema)), {name: list(map(list, found)) for name, found in rows.items()}]


def run(paths, convention):
    engine = sa.create_engine("sqlite://")
    answers, statements = [], []
    sa.event.listen(engine, "before_cursor_execute", record(statements))
    with engine.connect() as connection:
        options = {"target_metadata": sa.MetaData(naming_convention=convention)} if convention else {}
        context = MigrationContext.configure(connection, opts=options)
        for path in paths:
            del statements[:]
            try:
                with Operations.context(context):
                    load(path).upgrade()
            except Exception as error:
                return {"statements": [*answers, f"{type(error).__name__}: {error}"], "database": None}
            answers.append(list(statements))
        return {"statements": answers, "database": rows_of(connection)}


def main():
    warnings.simplefilter("ignore")
    logging.disable()
    sys.dont_write_bytecode = True
    asked = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        answers = [run(paths, asked["convention"]) for paths in asked["chains"]]
    print(json.dumps(answers, default=str))


main()
