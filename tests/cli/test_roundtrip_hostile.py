"""Migrations that mean harm fail in their verdicts and do nothing else, on each kind of database."""

import threading

import pytest
from postgres import Cluster
from repository import Folder

REVISION = '''"""revision {revision}"""
from alembic import op

revision = "{revision}"
down_revision = {parent!r}


def upgrade():
    {sql}


def downgrade():
    {back}
'''

SQLITE = [
    "ATTACH DATABASE '{canary}' AS other",
    "VACUUM INTO '{canary}'",
    "SELECT load_extension('{library}')",
    "PRAGMA writable_schema = ON",
    "PRAGMA temp_store_directory = '{canary}'",
    "CREATE TABLE big AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000000) SELECT i FROM n",
    "SELECT zeroblob(2000000000)",
]
SQLITE_ENDLESS = ["WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"]

POSTGRES = [
    "COPY pg_class TO PROGRAM 'touch {canary}'",
    "CREATE TABLE stolen (line text); COPY stolen FROM PROGRAM 'touch {canary}'",
    "COPY (SELECT 1) TO '{canary}'",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(lo_create(0), '{canary}')",
    "SELECT pg_read_file('/etc/passwd')",
    "DROP DATABASE precious",
    "COMMIT | DROP DATABASE precious",
    "CREATE ROLE intruder SUPERUSER",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE current_user SUPERUSER",
    "ALTER SYSTEM SET archive_command = 'touch {canary}'",
    "CREATE FUNCTION f(text) RETURNS int LANGUAGE c AS 'libc', 'system'",
    "CREATE EXTENSION dblink",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user",
    "SELECT pg_terminate_backend(pg_backend_pid())",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', current_database()); RAISE 'and so on'; END $$",
    "CREATE TABLE big AS SELECT i FROM generate_series(1, 1000000000) AS i",
    "COPY pg_class TO STDOUT",
    "ATTACH DATABASE '{canary}' AS other",
]
POSTGRES_ENDLESS = [
    "SET statement_timeout = 0; SELECT pg_sleep(1e9)",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "SELECT repeat('x', 1000) FROM generate_series(1, 1000000000)",
]


@pytest.fixture(scope="module")
def cluster():
    """It holds what somebody cares for."""
    cluster = Cluster()
    create = "CREATE DATABASE precious"
    cluster.run("psql", "-h", cluster.folder, "-U", "postgres", "-Xqc", create, "postgres")
    fill = "CREATE TABLE money (amount int); INSERT INTO money VALUES (100)"
    cluster.run("psql", "-h", cluster.folder, "-U", "postgres", "-Xqc", fill, "precious")
    yield cluster
    cluster.stop()


def state_of(cluster):
    """All that the server holds; its own dump of it begins each time with another token."""
    file = f"{cluster.folder}/all.sql"
    cluster.run("pg_dumpall", "-h", cluster.folder, "-U", "postgres", "-f", file)
    with open(file) as dump:
        return [line for line in dump if "restrict" not in line and "SCRAM" not in line]


class Chain(Folder):
    """A revision for each statement, a harmless one at the end, and a file that must not be there."""

    def __init__(self, path, statements, where):
        super().__init__(path)
        self.path.chmod(0o777)  # the cluster's user is another one where we are root
        self.where = where
        self.environment()
        self.canary = self / "canary"
        parent = None
        for number, statement in enumerate(statements):
            statement = statement.format(canary=self.canary, library="libsqlite3") if "{canary}" in statement else statement
            both = (statement, "SELECT 1") if where == "upgrade" else ("SELECT 1", statement)
            parent = self.add(f"h{number}", parent, *both)
        self.add("good", parent, "CREATE TABLE good (id int)", "DROP TABLE good")

    def add(self, revision, parent, sql, back):
        sql, back = ("; ".join(f"op.execute({part!r})" for part in text.split(" | ")) for text in (sql, back))
        self.revision(revision, parent, text=REVISION.format(revision=revision, parent=parent, sql=sql, back=back))
        return revision

    def trip(self, database):
        return self.miglint("--roundtrip", "--database", database, "--format", "json", "--select", "ML8", timeout=400)

    def assert_harmless(self, run):
        assert run.status == 1, run.err
        *hostile, good = run.json["roundtrip"]
        # What follows an upgrade that could not be made may fail because of that.
        later = "failed" if self.where == "downgrade" else "unverified"
        said = [verdict["verdict"] for verdict in hostile]
        assert said == ["failed"] + [later] * (len(hostile) - 1), run.out
        assert all(verdict["database_message"] and verdict["step"] == self.where for verdict in hostile)
        assert good["verdict"] == "ok"
        assert not self.canary.exists()
        return [verdict["database_message"] for verdict in hostile]


@pytest.fixture(params=["upgrade", "downgrade"])
def where(request):
    return request.param


def test_sqlite(tmp_path, where):
    chain = Chain(tmp_path, SQLITE, where)
    chain.assert_harmless(chain.trip("sqlite"))


def test_cluster(tmp_path, where):
    chain = Chain(tmp_path, POSTGRES, where)
    chain.assert_harmless(chain.trip("postgresql"))


def test_server(tmp_path, cluster, where):
    chain = Chain(tmp_path, POSTGRES, where)
    before = state_of(cluster)
    messages = chain.assert_harmless(chain.trip(f"postgresql://postgres@/postgres?host={cluster.folder}"))
    assert state_of(cluster) == before
    assert "must be owner of database precious" in messages


def test_endless(tmp_path):
    """Each on a database of its own at the same time: every one takes as long as a statement may."""
    chains = [("sqlite", statement) for statement in SQLITE_ENDLESS]
    chains += [("postgresql", statement) for statement in POSTGRES_ENDLESS]
    chains = [(database, Chain(tmp_path / str(number), [statement], "upgrade")) for number, (database, statement) in enumerate(chains)]
    runs = {}

    def travel(database, chain):
        runs[chain] = chain.trip(database)

    threads = [threading.Thread(target=travel, args=pair) for pair in chains]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _, chain in chains:
        chain.assert_harmless(runs[chain])
