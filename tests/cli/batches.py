"""What a batch on SQLite makes of a table: miglint's statements and those that real Alembic sends."""

import json
import os
import re
import subprocess
from pathlib import Path

from sql_scripts import normal, sections, sql

JUDGE = Path(__file__).with_name("batch_judge.py")

ENV = """import sqlalchemy as sa
from alembic import context

target_metadata = sa.MetaData({arguments})
context.configure(dialect_name="sqlite", target_metadata=target_metadata, as_sql=True)
"""

HEADER = '''"""revision {id}"""
import sqlalchemy as sa
from alembic import op

revision = {id!r}
down_revision = {parent!r}


def upgrade():
{body}


def downgrade():
    pass
'''


def write_chain(folder, bodies, convention=None):
    """One revision for each body."""
    (folder / "versions").mkdir(parents=True)
    arguments = f"naming_convention={convention!r}" if convention else ""
    (folder / "env.py").write_text(ENV.format(arguments=arguments))
    parent, paths = None, []
    for number, body in enumerate(bodies):
        id = f"r{number:04}"
        indented = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
        paths.append(folder / f"versions/{id}.py")
        paths[-1].write_text(HEADER.format(id=id, parent=parent, body=indented))
        parent = id
    return [str(path) for path in paths]


def judged(alembic, chains, convention=None):
    done = subprocess.run(
        ["/usr/bin/python3", "-B", JUDGE], input=json.dumps({"convention": convention, "chains": chains}),
        stdout=subprocess.PIPE, text=True, check=True, timeout=600, env={**os.environ, "PYTHONPATH": alembic},
    )
    return json.loads(done.stdout)


def written(folder, alembic):
    """The section of each revision's upgrade."""
    age = "2.0" if alembic else "1.4"
    return sections(sql("--script-location", folder, "--dialect", "sqlite", "--sqlalchemy", age, cwd=folder))


# --- comparing ---------------------------------------------------------------------------------

CONSTRAINT = re.compile(r"(CONSTRAINT|PRIMARY KEY|UNIQUE|CHECK|FOREIGN KEY)\b")


def in_order(statement):
    """Alembic keeps the constraints that it reflects in a set: their order is any."""
    if not statement.startswith("CREATE TABLE"):
        return statement
    head, *lines, end = statement.split("\n")
    lines = [line.strip().removesuffix(",") for line in lines]
    constraints = [line for line in lines if CONSTRAINT.match(line)]
    columns = [line for line in lines if not CONSTRAINT.match(line)]
    return f"{head} {', '.join(columns + sorted(constraints))} {end}"


def settled(statements):
    return normal(map(in_order, statements))
