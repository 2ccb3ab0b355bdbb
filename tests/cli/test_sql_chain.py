"""The database that the SQL of `miglint sql` makes, against the one that real Alembic makes.

The chains are those of Debian packages, which ci/corpus fetches. Each is followed from base to
where miglint does not know a revision wholly, or where it fails in Alembic.
"""

import json
import os
import re
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from catalogs import Databases
from postgres import Cluster, binary
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
    for package, location, counts in [
        ("gertty", "gertty/alembic", (0, 0)),
        ("python3-aodh", "aodh/storage/sqlalchemy/alembic", (0, 0)),
        ("python3-cloudkitty", "cloudkitty/storage/v1/sqlalchemy/alembic", (0, 0)),
        ("python3-glance", "glance/db/sqlalchemy/alembic_migrations", (0, 0)),
        ("python3-ironic", "ironic/db/sqlalchemy/alembic", (0, 0)),
        ("python3-magnum", "magnum/db/sqlalchemy/alembic", (0, 0)),
        ("python3-manila", "manila/db/migrations/alembic", (0, 0)),
        ("python3-mistral", "mistral/db/sqlalchemy/migration/alembic_migrations", (0, 0)),
        ("python3-murano", "murano/db/migration/alembic_migrations", (0, 0)),
        ("python3-octavia", "octavia/db/migration/alembic_migrations", (0, 0)),
        ("python3-placement", "placement/db/sqlalchemy/alembic", (0, 0)),
        ("python3-sahara", "sahara/db/migration/alembic_migrations", (0, 0)),
        ("python3-zaqar", "zaqar/storage/sqlalchemy/migration/alembic_migrations", (0, 0)),
    ]
    for dialect, revisions in zip(("postgresql", "sqlite"), counts)
    if revisions is not None
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


def psql(cluster, url, script):
    done = subprocess.run(
        [binary("psql"), "-h", cluster.folder, "-U", "postgres", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", database_of(url)],
        input=script, capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr


def database_of(url):
    return re.search(r"@/(\w+)", url)[1]


def dumped(cluster, url, *options):
    done = subprocess.run(
        [binary("pg_dump"), "-h", cluster.folder, "-U", "postgres", *options, database_of(url)],
        capture_output=True, text=True, check=True,
    )
    return re.sub(r"^\\(un)?restrict .*$", "", done.stdout, flags=re.MULTILINE)


def postgres_schemas(cluster, databases, judge, script, table):
    """What pg_dump says of Alembic's database and of the script's, the version's row included."""
    theirs, ours = databases.fresh("postgresql"), databases.fresh("postgresql")
    reached = judge(theirs)
    psql(cluster, ours, script(reached))
    return [dumped(cluster, url, "--schema-only") + dumped(cluster, url, "--data-only", "-t", table) for url in (theirs, ours)]


def sqlite_schema(file, table):
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
        schema = [" ".join(str(part) for part in row).split() for row in rows]
        return schema, connection.execute(f"SELECT version_num FROM {table} ORDER BY 1").fetchall()


def sqlite_schemas(folder, judge, script, table):
    reached = judge(f"sqlite:///{folder}/theirs.db")
    with sqlite3.connect(folder / "ours.db") as connection:
        connection.executescript(script(reached))
    return [sqlite_schema(folder / name, table) for name in ("theirs.db", "ours.db")]


# --- the comparison ----------------------------------------------------------------


@pytest.mark.parametrize("chain", CHAINS, ids=str)
def test_chain(corpus, cluster, alembic, chain, tmp_path, capsys):
    location = CACHE / chain.package / MODULES / chain.location
    words = ["--script-location", location, "--dialect", chain.dialect, "--sqlalchemy", "2.0" if alembic else "1.4"]
    whole = sql(*words, cwd=location)
    revisions = known(whole)
    table = re.search(r"^CREATE TABLE (\S+) \(\n    version_num ", whole, re.MULTILINE)[1]
    answers = []

    def judge(url):
        answers.append(judged(url, tmp_path / "environment", chain, alembic, table, revisions))
        assert answers[0]["reached"], answers[0]["failure"]
        return answers[0]["reached"]

    def script(reached):
        return sql(*words, f"base:{reached}", cwd=location, statuses=(0,))

    databases = Databases(cluster, tmp_path)
    try:
        if chain.dialect == "postgresql":
            theirs, ours = postgres_schemas(cluster, databases, judge, script, table)
        else:
            theirs, ours = sqlite_schemas(tmp_path, judge, script, table)
    finally:
        databases.drop()
    run = revisions.index(answers[0]["reached"]) + 1
    with capsys.disabled():
        print(f"\n{chain}: {run} revisions run, {len(revisions)} known; {answers[0]['failure']}")
    assert ours == theirs
    assert run >= chain.revisions
