"""Real Alembic goes up, down and up again: stairway_judge.py URL FOLDER VERSIONS PROJECTS REVISION...

prints for each REVISION what became of it, until an upgrade fails: "ok", "differs" (the schema after the
downgrade, or after the second upgrade), "irreversible" (no downgrade, or one that raises by itself), or
which of the three the database refused. Whatever failed, the next one begins behind its upgrade.
"""

import contextlib
import json
import sys
import warnings
from unittest import mock

import sqlalchemy as sa
from absent_modules import attempt, install
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import pool


def schema(engine):
    """What SQLAlchemy sees of it."""
    seen = sa.inspect(engine)
    tables = {}
    for table in seen.get_table_names():
        columns = {(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(table)}
        parts = [seen.get_pk_constraint(table), *seen.get_foreign_keys(table), *seen.get_indexes(table)]
        parts += [*seen.get_unique_constraints(table), *seen.get_check_constraints(table)]
        tables[table] = (columns, sorted(json.dumps(part, default=str, sort_keys=True) for part in parts))
    enums = seen.get_enums() if engine.dialect.name == "postgresql" else []
    return tables, sorted(enum["name"] for enum in enums)


class Climb:
    def __init__(self, engine, config):
        self.engine, self.config = engine, config

    def run(self, way, revision):
        """None, or what it was refused with."""
        return attempt(lambda: getattr(command, way)(self.config, revision))

    def stair(self, before, revision):
        """What became of it, and whether the database is behind its upgrade."""
        first = schema(self.engine)
        failure = self.run("upgrade", revision)
        if failure:
            return f"upgrade: {failure}", False
        upgraded = schema(self.engine)
        failure = self.run("downgrade", before or "base")
        if failure:
            refused = any(word in failure for word in ("OperationalError", "ProgrammingError", "IntegrityError", "InternalError"))
            return f"downgrade: {failure}" if refused else "irreversible", True
        same = schema(self.engine) == first
        failure = self.run("upgrade", revision)
        if failure:
            return f"second upgrade: {failure}", False
        return "ok" if same and schema(self.engine) == upgraded else "differs", True


def main(url, folder, versions, projects, *revisions):
    warnings.simplefilter("ignore")
    install(projects)
    engine = sa.create_engine(url, poolclass=pool.NullPool)
    config = Config(attributes={"engine": engine, "version_table": "alembic_version"})
    config.set_main_option("script_location", folder)
    config.set_main_option("version_locations", versions)
    scripts = ScriptDirectory.from_config(config)
    told = []
    with contextlib.redirect_stdout(sys.stderr), mock.patch.object(ScriptDirectory, "from_config", return_value=scripts):
        climb = Climb(engine, config)
        for before, revision in zip((None, *revisions), revisions):
            outcome, goes_on = climb.stair(before, revision)
            told.append(outcome)
            if not goes_on:
                break
    print(json.dumps(told))


main(*sys.argv[1:])
