"""What Alembic and SQLite make of operations: a list of [before, body] comes in; the error, and the schema before and after go out."""

import json
import sys
import warnings

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

warnings.simplefilter("ignore")


def schema(connection):
    rows = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    return [row[0] for row in rows]


def run(before, body):
    with sa.create_engine("sqlite://").connect() as connection:
        names = {"sa": sa, "op": Operations(MigrationContext.configure(connection))}
        exec(before, names)
        was, error = schema(connection), None
        try:
            exec(body, names)
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
        return {"error": error, "before": was, "after": schema(connection)}


json.dump([run(*case) for case in json.load(sys.stdin)], sys.stdout)
