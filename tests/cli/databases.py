"""Databases that a test makes, and all that there is in them afterwards."""

import os
import re
import sqlite3
import subprocess

from batches import in_order
from postgres import binary


class Postgres:
    def __init__(self, cluster):
        self.cluster, self.name = cluster, f"d{os.urandom(6).hex()}"
        cluster.run("createdb", "-h", cluster.folder, "-U", "postgres", self.name)
        self.url = f"postgresql+psycopg2://postgres@/{self.name}?host={cluster.folder}"

    def ask(self, program, *options, script=None):
        done = subprocess.run(
            [binary(program), "-h", self.cluster.folder, "-U", "postgres", *options, "-d", self.name],
            input=script, capture_output=True, text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, script):
        self.ask("psql", "-Xq", "-v", "ON_ERROR_STOP=1", script=script)

    def state(self, table):
        """What pg_dump says, the rows of the version's table included."""
        said = self.ask("pg_dump", "--schema-only")
        if re.search(rf"^CREATE TABLE \S+\.{table} ", said, re.MULTILINE):
            said += self.ask("pg_dump", "--data-only", "-t", table)
        return re.sub(r"^\\(un)?restrict .*$", "", said, flags=re.MULTILINE).splitlines()

    def drop(self):
        self.cluster.run("dropdb", "-h", self.cluster.folder, "-U", "postgres", self.name)


class Sqlite:
    def __init__(self, folder):
        self.file = folder / f"{os.urandom(6).hex()}.db"
        self.url = f"sqlite:///{self.file}"

    def run(self, script):
        with sqlite3.connect(self.file) as connection:
            connection.executescript(script)

    def state(self, table):
        """What sqlite_master says, and the rows of the version's table."""
        with sqlite3.connect(self.file) as connection:
            objects = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
            rows = [(table, *row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")] if any(
                name == table for _, name, *_ in objects
            ) else []
        return [*(" ".join(f"{kind} {name} {of} {in_order(sql or '')}".split()) for kind, name, of, sql in objects), *rows]

    def drop(self):
        self.file.unlink(missing_ok=True)
