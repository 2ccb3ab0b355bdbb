"""What Alembic makes of operations: a list of [convention, dialect, body] comes in, SQL or an error goes out."""

import io
import json
import sys

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations


def ddl(convention, dialect, body):
    out = io.StringIO()
    metadata = sa.MetaData(naming_convention=convention) if convention else sa.MetaData()
    options = {"as_sql": True, "output_buffer": out, "target_metadata": metadata}
    op = Operations(MigrationContext.configure(dialect_name=dialect, opts=options))
    try:
        exec(body, {"op": op, "sa": sa})
    except Exception as error:
        return {"sql": out.getvalue(), "error": type(error).__name__}
    return {"sql": out.getvalue(), "error": None}


json.dump([ddl(*case) for case in json.load(sys.stdin)], sys.stdout)
