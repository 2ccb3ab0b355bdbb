"""What real Alembic prints offline: render_judge.py DIALECT [CONVENTION] < FILES

prints for each revision file {"upgrade": {"statements": [...], "failure": why or null}, ...}; each function
is a run of its own. CONVENTION is a naming convention in JSON.
"""

import importlib.util
import io
import json
import logging
import sys
import warnings

import sqlalchemy as sa
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext


def run(function, dialect, metadata):
    statements = []
    context = MigrationContext.configure(
        dialect_name=dialect,
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": io.StringIO(), "literal_binds": True, "target_metadata": metadata},
    )
    context.dialect._backslash_escapes = False  # as a server since 9.1 has told it
    context.impl.static_output = lambda text: statements.append(text.removesuffix(";"))
    environment = EnvironmentContext(Config(), None, as_sql=True)
    environment._migration_context = context
    failure = None
    with environment, Operations.context(context):
        try:
            function()
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
    return {"statements": statements, "failure": failure}


def judge(path, dialect, metadata):
    spec = importlib.util.spec_from_file_location("revision", path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        failed = {"statements": [], "failure": f"{type(error).__name__}: {error}"}
        return {"upgrade": failed, "downgrade": failed}
    functions = {name: getattr(module, name, lambda: None) for name in ("upgrade", "downgrade")}
    return {name: run(function, dialect, metadata()) for name, function in functions.items()}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()
    sys.dont_write_bytecode = True
    dialect, *convention = sys.argv[1:]

    def metadata():
        return sa.MetaData(naming_convention=json.loads(convention[0])) if convention else sa.MetaData()

    print(json.dumps([judge(path.rstrip("\n"), dialect, metadata) for path in sys.stdin]))
