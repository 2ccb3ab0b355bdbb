"""Real Alembic brings a database as far as it can: chain_judge.py URL FOLDER VERSIONS PROJECTS TABLE REVISION...

upgrades to one REVISION after the other, and prints the last that it came to, with why it stopped.
What a failing revision has done before it failed is not there then.
"""

import contextlib
import json
import os
import sys
import warnings
from unittest import mock

import sqlalchemy as sa
from absent_modules import attempt, install
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import pool


def climb(url, folder, versions, table, revisions):
    config = Config(attributes={"engine": sa.create_engine(url, poolclass=pool.NullPool), "version_table": table})
    config.set_main_option("script_location", folder)
    config.set_main_option("version_locations", versions)
    scripts = ScriptDirectory.from_config(config)
    reached, failure = None, None
    with mock.patch.object(ScriptDirectory, "from_config", return_value=scripts):  # or each command reads them all
        for revision in revisions:
            failure = attempt(lambda to=revision: command.upgrade(config, to))
            if failure is not None:
                break
            reached = revision
    return {"reached": reached, "failure": failure}


def main(url, folder, versions, projects, table, *revisions):
    warnings.simplefilter("ignore")
    install(projects)
    with contextlib.redirect_stdout(sys.stderr):  # what revisions print
        answer = climb(url, folder, versions, table, revisions)
        file = sa.engine.make_url(url).database
        if answer["failure"] and answer["reached"] and url.startswith("sqlite:"):
            os.unlink(file)
            climb(url, folder, versions, table, revisions[: revisions.index(answer["reached"]) + 1])
    print(json.dumps(answer))


main(*sys.argv[1:])
