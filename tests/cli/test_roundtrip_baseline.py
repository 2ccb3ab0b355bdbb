"""--baseline-schema: the trip begins on what pg_dump or sqlite3 has written of a real database."""

import sqlite3
import subprocess

import pytest
from postgres import Cluster, binary
from repository import Folder

HEADER = '''"""revision {revision}"""
from alembic import op
import sqlalchemy as sa

revision = "{revision}"
down_revision = {parent!r}


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
'''

SQLITE = """
CREATE TABLE "account" (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) DEFAULT 'a;b' NOT NULL);
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
CREATE TABLE visit (id INTEGER PRIMARY KEY, [odd;name] TEXT /* a ; b */); -- a remark; and more
CREATE INDEX ix_name ON account (name);
CREATE VIEW names AS SELECT name FROM account;
CREATE TRIGGER watch AFTER INSERT ON account BEGIN
  UPDATE account SET name = CASE WHEN 1 THEN 'x;' ELSE name END;
  DELETE FROM visit;
END;
INSERT INTO alembic_version VALUES ('a1');
INSERT INTO account (name) VALUES ('somebody');
"""

POSTGRES = r"""
CREATE ROLE clerk;
CREATE ROLE "the reader; of all";
CREATE TYPE mood AS ENUM ('sad;', 'ok');
CREATE TABLE account (id serial PRIMARY KEY, name varchar(20) DEFAULT 'a;b' NOT NULL, mood mood);
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
COMMENT ON TABLE account IS E'a remark; it''s \\restrict';
ALTER TABLE account OWNER TO clerk;
GRANT SELECT ON account TO "the reader; of all";
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO clerk;
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  NEW.name := 'x;';
END $body$;
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql BEGIN ATOMIC
  SELECT CASE WHEN n > 0 THEN 1 ELSE 2 END; SELECT n * 2;
END;
CREATE RULE quiet AS ON DELETE TO account DO INSTEAD (SELECT 1; SELECT 2);
CREATE SCHEMA "odd;"" schema";
CREATE VIEW "odd;"" schema".names AS SELECT name FROM account;
INSERT INTO alembic_version VALUES ('a1');
INSERT INTO account (name) VALUES ('somebody');
"""


class Project(Folder):
    def __init__(self, path):
        super().__init__(path)
        self.environment()

    def add(self, revision, parent, upgrade, downgrade):
        text = HEADER.format(revision=revision, parent=parent, upgrade=upgrade, downgrade=downgrade)
        self.revision(revision, parent, text=text)

    def trip(self, database, *arguments):
        return self.miglint("--roundtrip", "--database", database, "--format", "json", "--select", "ML8", *arguments)


def verdicts(run):
    return {verdict["revision"]: verdict["verdict"] for verdict in run.json["roundtrip"]}


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    cluster.run("psql", "-h", cluster.folder, "-U", "postgres", "-Xqv", "ON_ERROR_STOP=1", "-c", POSTGRES, "postgres")
    yield cluster
    cluster.stop()


def pg_dump(cluster, *arguments):
    command = [binary("pg_dump"), "-h", cluster.folder, "-U", "postgres", *arguments, "postgres"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sqlite_database(path):
    connection = sqlite3.connect(path)
    connection.executescript(SQLITE)
    return connection


@pytest.fixture(params=["sqlite .schema", "sqlite .dump", "postgresql", "postgresql --inserts"])
def baseline(request, tmp_path):
    """The kind of the database, and a dump of it."""
    if request.param.startswith("postgresql"):
        cluster = request.getfixturevalue("cluster")
        how = "--inserts" if "--inserts" in request.param else "--schema-only"
        return "postgresql", pg_dump(cluster, how)
    connection = sqlite_database(tmp_path / "old.db")
    if ".dump" in request.param:
        return "sqlite", "\n".join(connection.iterdump())
    texts = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    return "sqlite", "".join(f"{text};\n" for (text,) in texts)


def test_begins_behind_the_dump(tmp_path, baseline):
    database, text = baseline
    project = Project(tmp_path)
    project.write("schema.sql", text)
    project.add("a1", None, 'op.create_table("account", sa.Column("id", sa.Integer))', 'op.drop_table("account")')
    project.add("a2", "a1", 'op.add_column("account", sa.Column("age", sa.Integer))', 'op.drop_column("account", "age")')
    project.add("a3", "a2", 'op.add_column("account", sa.Column("size", sa.Integer))', "pass")
    run = project.trip(database, "--baseline-schema", "schema.sql@a1")
    assert verdicts(run) == {"a2": "ok", "a3": "failed"}, run.out
    assert [(finding["rule"], finding["revision"]) for finding in run.findings] == [("ML803", "a3")]


def test_lies_under_the_base(tmp_path, baseline):
    database, text = baseline
    project = Project(tmp_path)
    project.write("odd@name.sql", text)
    project.add("b1", None, 'op.add_column("account", sa.Column("age", sa.Integer))', 'op.drop_column("account", "age")')
    project.add("b2", "b1", 'op.drop_index("ix_b1", "account")', "pass")
    without = project.trip(database)
    assert verdicts(without)["b1"] == "failed", without.out
    assert verdicts(project.trip(database, "--baseline-schema", "odd@name.sql")) == {"b1": "ok", "b2": "failed"}


def test_batch_on_what_a_dump_has_made(tmp_path):
    """The table of the dump is another than the one that the chain would have made."""
    project = Project(tmp_path)
    project.write("schema.sql", "CREATE TABLE account (id INTEGER NOT NULL, kept TEXT, PRIMARY KEY (id));")
    batch = 'with op.batch_alter_table("account") as batch: batch.alter_column("id", type_=sa.{})'
    project.add("a1", None, 'op.create_table("account", sa.Column("id", sa.Integer))', 'op.drop_table("account")')
    project.add("a2", "a1", batch.format("BigInteger"), batch.format("Integer"))
    run = project.trip("sqlite", "--baseline-schema", "schema.sql@a1")
    assert run.status != 1 and '"ML803"' not in run.out, run.out


# --- what is refused -------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.add("a1", None, 'op.create_table("t", sa.Column("id", sa.Integer))', 'op.drop_table("t")')
    return project


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_refused(project, database):
    project.write("broken.sql", "CREATE TABLE a (id int);\n\n-- and\nCREATE TABLE a (id int);\n")
    project.write("binary.sql", b"PGDMP\1\xff")
    project.write("good.sql", "CREATE TABLE a (id int);")

    def complaint(word):
        return project.trip(database, "--baseline-schema", word).complaint()

    assert "none.sql" in complaint("none.sql") and "No such file" in complaint("none.sql@a1")
    assert "'zz'" in complaint("good.sql@zz")
    assert complaint("broken.sql").startswith("broken.sql, line 4: ") and "already exists" in complaint("broken.sql")
    assert "pg_dump --schema-only" in complaint("binary.sql")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("word", ["taken.sql", "taken.sql@a1"])
def test_name_of_the_version_table_is_taken(project, database, word):
    """Nothing is tried then, which is no proof of anything."""
    project.write("taken.sql", "CREATE VIEW alembic_version AS SELECT 1 AS version_num;")
    complaint = project.trip(database, "--require-verified", "--baseline-schema", word).complaint()
    assert "the version table cannot be made on this schema: " in complaint and "already" in complaint
    assert "DROP VIEW" in complaint


def test_version_table_of_the_dump_is_needed(project):
    """What stands in the way is named, on one line."""
    text = "CREATE TABLE alembic_version (version_num text);\nCREATE VIEW above AS SELECT * FROM alembic_version;\n"
    project.write("needed.sql", text)
    complaint = project.trip("postgresql", "--baseline-schema", "needed.sql").complaint()
    assert "the version table cannot be made on this schema: " in complaint and "view above depends" in complaint
    assert project.trip("sqlite", "--baseline-schema", "needed.sql").status == 0


def test_rows_and_commands_to_psql(project, cluster):
    project.write("rows.sql", pg_dump(cluster))
    assert "--schema-only" in project.trip("postgresql", "--baseline-schema", "rows.sql").complaint()
    project.write("create.sql", pg_dump(cluster, "--schema-only", "--create"))
    complaint = project.trip("postgresql", "--baseline-schema", "create.sql").complaint()
    assert "\\connect" in complaint and "without --create" in complaint
    project.write("restricted.sql", "\\restrict abc\nSET unheard_of = 1;\nCREATE TABLE a ();\n\\unrestrict abc\n")
    assert project.trip("postgresql", "--baseline-schema", "restricted.sql").status == 0


def test_several_environments(project):
    project.environment("second", "second.ini")
    project.write("second/versions/b1.py", (project / "migrations/versions/a1.py").read_text())
    project.write("good.sql", "CREATE TABLE a (id int);")
    assert "choose an environment" in project.trip("sqlite", "--baseline-schema", "good.sql").complaint()


def test_only_with_a_round_trip(project):
    assert "add that" in project.miglint("--baseline-schema", "x.sql").complaint()
