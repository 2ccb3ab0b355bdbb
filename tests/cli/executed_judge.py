"""What Alembic prints offline: executed_judge.py DIALECT FILE... prints, for each revision, the
statements that its upgrade() sends, or a string that says why it cannot be run."""

import importlib.util
import io
import json
import sys
import warnings

import sqlalchemy
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql, sqlite

DIALECTS = {"postgresql": postgresql, "sqlite": sqlite}


def sent(path, dialect):
    context = MigrationContext.configure(
        dialect=dialect, opts={"as_sql": True, "literal_binds": True, "output_buffer": io.StringIO()}
    )
    statements = []
    context.impl.static_output = lambda text: statements.append(text.removesuffix(context.impl.command_terminator))
    spec = importlib.util.spec_from_file_location("revision", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with Operations.context(context):
        module.upgrade()
    return statements


def judge(path, dialect):
    try:
        return sent(path, dialect)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    warnings.simplefilter("ignore")
    dialect = DIALECTS[sys.argv[1]].dialect(paramstyle="named")
    dialect._backslash_escapes = False  # as a server since 9.1 has told it
    json.dump([judge(path, dialect) for path in sys.argv[2:]], sys.stdout)


if __name__ == "__main__":
    main()
