"""Names and values of strangers stay what they are: what miglint renders is run on real databases, one
statement at a time, and these tell what came of it."""

import random
import sqlite3

import psycopg2
import pytest
from catalogs import write_environment
from renders import rendered

NAMES = [
    "select", "Upper", "a b", 'quote"d', '""', '"', "it's", "''", "back\\slash", "\\'", "per%cent", "%s", "%(x)s", "%%",
    "co:lon", ":x", "semi;colon", "--dash", "/* note */", "a\nb", "a\rb", "a\tb", "abc\n", " lead", "trail ", "ünï", "İ", "ſ",
    "\U0001f600", "1st", "$1", "$$", "a$", "(x)", "[x]", "`x`", "x.y", "{x}", "a,b", '"); DROP TABLE t; --', "'); DROP TABLE t; --",
    "\x01", "\x7f", "\u2028", "\ufeff", "E'x'", "U&\"x\"", "?",
]  # fmt: skip
ALPHABET = ["'", '"', "\\", "%", ":", ";", "-", "/", "*", "$", "`", "\n", "\r", "\t", " ", "x", "X", "0", "é", "\U0001f600", "(", ")", "E", "s", "."]
UNSPEAKABLE = ["", "\0", "a\0b", "\ud800", "a\udcffb"]

BODY = """import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "r{number}"
down_revision = None
name = {name!r}


def upgrade():
    op.create_table(
        "t{number}",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(name, sa.Text, server_default=name, comment=name),
        sa.Column("e", sa.Enum(name, "other", name=name + "e")),
        sa.CheckConstraint("id > 0", name="c" + name),
        sa.UniqueConstraint(name, name="u" + name),
        comment=name,
    )
    op.create_index("i" + name, "t{number}", [name], unique=True)
    op.rename_table("t{number}", name)
    op.add_column(name, sa.Column("n" + name, sa.Text, server_default=name, nullable=False, comment=name))
    op.drop_column(name, "n" + name)


def downgrade():
    op.drop_table(name)
"""


def names():
    chance = random.Random(8)
    return NAMES + ["".join(chance.choices(ALPHABET, k=chance.randint(1, 12))) for _ in range(60)]


def sql_of(tmp_path, dialect, hostile):
    folder = write_environment(tmp_path / "migrations")
    (folder / "versions").mkdir()
    for number, name in enumerate(hostile):
        (folder / "versions" / f"r{number}.py").write_text(BODY.format(number=number, name=name))
    told = rendered(folder, dialect, "recent")
    return [told[f"r{number}"] for number in range(len(hostile))]


def statements(passage):
    assert [text for kind, text in passage if kind != "statement"] == []
    return [text for _, text in passage]


def test_sqlite(tmp_path):
    hostile = names()
    for name, passages in zip(hostile, sql_of(tmp_path, "sqlite", hostile)):
        connection = sqlite3.connect(":memory:")
        for text in statements(passages["upgrade"]):
            connection.execute(text)
        (table,) = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        assert table == (name,)
        quoted = '"' + name.replace('"', '""') + '"'
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({quoted})")]
        assert columns == ["id", name, "e"]
        connection.execute(f"INSERT INTO {quoted} (id) VALUES (1)")
        assert connection.execute(f"SELECT {quoted} FROM {quoted}").fetchall() == [(name,)]
        indexes = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        assert indexes == [(f"i{name}",)]
        for text in statements(passages["downgrade"]):
            connection.execute(text)
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


# What is asked, and what the answer has to be of a name.
SCHEMA = "'public'::regnamespace"
TABLE = f"(SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = {SCHEMA})"
QUESTIONS = {
    f"SELECT relname FROM pg_class WHERE oid = {TABLE}": "{}",
    f"SELECT attname FROM pg_attribute WHERE attrelid = {TABLE} AND attnum = 2": "{}",
    f"SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = {TABLE}": "c{}",
    f"SELECT conname FROM pg_constraint WHERE contype = 'u' AND conrelid = {TABLE}": "u{}",
    f"SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace = {SCHEMA} AND left(relname, 1) = 'i'": "i{}",
    "SELECT typname FROM pg_type WHERE typtype = 'e'": "{}e",
    "SELECT enumlabel FROM pg_enum ORDER BY enumsortorder LIMIT 1": "{}",
    f"SELECT description FROM pg_description WHERE objsubid = 0 AND classoid = 'pg_class'::regclass AND objoid = {TABLE}": "{}",
    f"SELECT description FROM pg_description WHERE objsubid = 2 AND classoid = 'pg_class'::regclass AND objoid = {TABLE}": "{}",
}


def test_postgresql(tmp_path, cluster):
    connection = psycopg2.connect(host=cluster.folder, user="postgres", dbname="postgres")
    cursor = connection.cursor()
    hostile = [name for name in names() if len(name.encode()) <= 60]
    for name, passages in zip(hostile, sql_of(tmp_path, "postgresql", hostile)):
        for text in statements(passages["upgrade"]):
            cursor.execute(text)
        for question, form in QUESTIONS.items():
            cursor.execute(question)
            assert cursor.fetchall() == [(form.replace("{}", name),)], (name, question)
        quoted = '"' + name.replace('"', '""') + '"'
        cursor.execute(f"INSERT INTO {quoted} (id) VALUES (1)")
        cursor.execute(f"SELECT {quoted} FROM {quoted}")
        assert cursor.fetchall() == [(name,)]
        for text in statements(passages["downgrade"]):
            cursor.execute(text)
        connection.rollback()
    assert len(hostile) > 90


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_what_no_database_takes(tmp_path, dialect):
    for name, passages in zip(UNSPEAKABLE, sql_of(tmp_path, dialect, UNSPEAKABLE)):
        kinds = [kind for kind, _ in passages["upgrade"]]
        assert kinds[0] == "not", (name, passages)
        assert [kind for kind, _ in passages["downgrade"]] == ["not"]
