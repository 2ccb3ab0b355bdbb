"""The database that the SQL of `miglint sql` makes, against the one that real Alembic makes.

The chains are those of Debian packages, which ci/corpus fetches. Each is followed from base to
where miglint does not know a revision wholly, or where it fails in Alembic.
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from databases import Postgres, Sqlite
from postgres import Cluster
from sql_scripts import sections, sql

TOP = Path(__file__).resolve().parents[2]
CACHE = TOP / "ci" / "cache" / "corpus"
MODULES = "usr/lib/python3/dist-packages"
JUDGE = Path(__file__).with_name("chain_judge.py")

# What the revisions of several projects are not run without.
LIBRARIES = """
    python3-debtcollector python3-iso8601 python3-oslo.config python3-oslo.db python3-oslo.i18n python3-oslo.utils
""".split()

ENV = """from alembic import context

attributes = context.config.attributes
with attributes["engine"].connect() as connection:
    context.configure(connection=connection, version_table=attributes["version_table"])
    with context.begin_transaction():
        context.run_migrations()
"""


@dataclass
class Chain:
    """An environment of a package, and how many of its revisions are at least run."""

    package: str
    location: str
    dialect: str
    revisions: int

    def __str__(self):
        return f"{self.package}-{self.dialect}"


CHAINS = [
    Chain(package, location, dialect, revisions)
    for package, location, *counts in [
        ("gertty", "gertty/alembic", 1, 1),
        ("python3-aodh", "aodh/storage/sqlalchemy/alembic", 3, 3),
        ("python3-ironic", "ironic/db/sqlalchemy/alembic", 21, 4),
        ("python3-magnum", "magnum/db/sqlalchemy/alembic", 8, 8),
        ("python3-mistral", "mistral/db/sqlalchemy/migration/alembic_migrations", 8, 1),
        ("python3-octavia", "octavia/db/migration/alembic_migrations", 15, 1),
        ("python3-placement", "placement/db/sqlalchemy/alembic", 1, 1),
        ("python3-sahara", "sahara/db/migration/alembic_migrations", 35, 6),
        ("python3-zaqar", "zaqar/storage/sqlalchemy/migration/alembic_migrations", 5, 5),
    ]
    for dialect, revisions in zip(("postgresql", "sqlite"), counts)
]


@pytest.fixture(scope="module")
def corpus():
    packages = sorted({chain.package for chain in CHAINS})
    fetched = subprocess.run([TOP / "ci" / "corpus", "--fetch", *packages, *LIBRARIES], capture_output=True, text=True)
    assert fetched.returncode == 0, fetched.stderr


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


# --- the two databases -----------------------------------------------------------


def known(script):
    """The revisions, in their order, as far as all is known."""
    revisions = []
    for section in sections(script):
        if section.refused or section.raises:
            break
        revisions.append(section.revision)
    return revisions


def judged(url, folder, chain, path, table, revisions):
    folder.mkdir()
    (folder / "env.py").write_text(ENV)
    (folder / "script.py.mako").write_text("")
    roots = [path, *(str(CACHE / name / MODULES) for name in [chain.package, *LIBRARIES])]
    done = subprocess.run(
        ["/usr/bin/python3", "-B", JUDGE, url, folder, CACHE / chain.package / MODULES / chain.location / "versions",
         CACHE, table, *revisions],
        env={**os.environ, "PYTHONPATH": ":".join(filter(None, roots))}, capture_output=True, text=True, timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- the comparison ----------------------------------------------------------------


@pytest.fixture
def fresh(cluster, tmp_path):
    """Makes a database of a dialect."""
    made = []

    def fresh(dialect):
        made.append(Postgres(cluster) if dialect == "postgresql" else Sqlite(tmp_path))
        return made[-1]

    yield fresh
    for database in made:
        database.drop()


@pytest.mark.parametrize("chain", CHAINS, ids=str)
def test_chain(corpus, fresh, alembic, chain, tmp_path, capsys):
    location = CACHE / chain.package / MODULES / chain.location
    words = ["--script-location", location, "--dialect", chain.dialect, "--sqlalchemy", "2.0" if alembic else "1.4"]
    whole = sql(*words, cwd=location)
    revisions = known(whole)
    table = re.search(r"^CREATE TABLE (\S+) \(\n    version_num ", whole, re.MULTILINE)[1]
    theirs, ours = fresh(chain.dialect), fresh(chain.dialect)
    answer = judged(theirs.url, tmp_path / "environment", chain, alembic, table, revisions)
    assert answer["reached"], answer["failure"]
    ours.run(sql(*words, f"base:{answer['reached']}", cwd=location, statuses=(0,)))
    run = revisions.index(answer["reached"]) + 1
    with capsys.disabled():
        print(f"\n{chain}: {run} revisions run, {len(revisions)} known; {answer['failure']}")
    assert ours.state(table) == theirs.state(table)
    assert run >= chain.revisions
