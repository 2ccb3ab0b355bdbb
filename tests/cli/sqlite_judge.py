"""What Alembic and SQLite make of operations: a list of [before, body] comes in; the error, and the schema before and after go out.

For ["rows", ON DELETE's action, PRAGMA foreign_keys] the number of rows that are lost.
"""

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


def rows_lost(action, pragma):
    """Of two rows that refer to a table which batch mode makes anew: how many refer to nothing then, or are gone."""
    with sa.create_engine("sqlite://").connect() as connection:
        op = Operations(MigrationContext.configure(connection))
        connection.exec_driver_sql(f"PRAGMA foreign_keys={pragma}")
        op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))
        op.create_table("orders", sa.Column("owner", sa.Integer, sa.ForeignKey("users.id", ondelete=action)))
        connection.exec_driver_sql("INSERT INTO users VALUES (1, 1), (2, 1)")
        connection.exec_driver_sql("INSERT INTO orders VALUES (1), (2)")
        try:
            with op.batch_alter_table("users") as batch_op:
                batch_op.alter_column("a", nullable=False)
        except sa.exc.IntegrityError:
            return 0
        return 2 - connection.exec_driver_sql("SELECT count(owner) FROM orders").scalar()


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


def judge(case):
    return rows_lost(*case[1:]) if case[0] == "rows" else run(*case)


json.dump([judge(case) for case in json.load(sys.stdin)], sys.stdout)
