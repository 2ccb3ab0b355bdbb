"""The statements that real Alembic prints for revisions: sql_judge.py DIALECT PROJECTS reads
[[function, path], ...] and prints, in that order, for each a list of statements, or a
string that says why it cannot be run. Functions of one kind are of one run.
"""

import contextlib
import importlib.util
import json
import logging
import sys
import warnings

from absent_modules import attempt, install
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext

MODULES = {}


def load(path):
    spec = importlib.util.spec_from_file_location("revision", path)
    module = importlib.util.module_from_spec(spec)
    return module, attempt(lambda: spec.loader.exec_module(module))


def module_of(path):
    if path not in MODULES:
        MODULES[path] = load(path)
    return MODULES[path]


class Run:
    """One command, set up as in the env.py that `alembic init` writes."""

    def __init__(self, dialect):
        self.printed = []
        options = {"as_sql": True, "literal_binds": True}
        self.context = MigrationContext.configure(
            dialect_name=dialect, dialect_opts={"paramstyle": "named"}, opts=options
        )
        self.context.dialect._backslash_escapes = False  # as a server since 9.1 has told it
        self.context.impl.static_output = self.printed.append

    def statements(self, module, function):
        environment = EnvironmentContext(Config(), None, as_sql=True)
        environment._migration_context = self.context
        self.printed.clear()
        with environment, Operations.context(self.context):
            failure = attempt(getattr(module, function))
        return failure or [text.removesuffix(";") for text in self.printed]


def judge(runs, function, path):
    module, failure = module_of(path)
    if failure is not None:
        return failure
    return runs[function].statements(module, function) if hasattr(module, function) else f"no {function}()"


def main(dialect, projects):
    warnings.simplefilter("ignore")
    logging.disable()
    sys.dont_write_bytecode = True
    install(projects)
    with contextlib.redirect_stdout(sys.stderr):  # what revisions print
        runs = {function: Run(dialect) for function in ("upgrade", "downgrade")}
        answers = [judge(runs, *question) for question in json.load(sys.stdin)]
    print(json.dumps(answers))


main(*sys.argv[1:])
