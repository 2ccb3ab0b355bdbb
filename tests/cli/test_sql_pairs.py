"""The databases that miglint's SQL makes of revisions which autogenerate wrote, on the way up and back down, against
those that real Alembic makes online: on SQLite it makes tables anew by what it sees in them."""

import os
import shutil
import subprocess

import pairs
import pytest
from databases import Postgres, Sqlite
from sql_scripts import sql

COUNT = 96  # pairs of all projects together


@pytest.fixture(scope="module")
def projects(tmp_path_factory, recent):
    ages = {"debian": "", "recent": recent}
    made = pairs.make(tmp_path_factory.mktemp("made") / "pairs", COUNT, ages, seed=11)
    return {project.folder.name: project for project in made}


class Project:
    """One that real Alembic brings from here to there, in a database of its own."""

    def __init__(self, made, url, folder, path):
        shutil.copytree(made.folder, folder)
        self.folder, self.path, self.revisions = folder, path, [pair["revision"] for pair in made.pairs]
        failing = [number for number, pair in enumerate(made.pairs, 1) if pair["failure"]]
        self.lowest = max(failing, default=0)  # that Alembic comes back to
        ini = folder / "alembic.ini"
        lines = [line for line in ini.read_text().splitlines() if not line.startswith("sqlalchemy.url")]
        ini.write_text("\n".join([*lines, f"sqlalchemy.url = {url}", ""]))

    def word(self, at):
        return self.revisions[at - 1] if at else "base"

    def alembic(self, command, to):
        done = subprocess.run(
            ["/usr/bin/python3", "-B", "-W", "ignore", "-c", "from alembic.config import main; main()", command, self.word(to)],
            cwd=self.folder, env={**os.environ, "PYTHONPATH": self.path}, capture_output=True, text=True, timeout=600,
        )
        assert done.returncode == 0, done.stderr

    def miglint(self, command, at, to, *words):
        direction = ["--downgrade"] if command == "downgrade" else []
        return sql(*direction, *words, f"{self.word(at)}:{self.word(to)}", cwd=self.folder, statuses=(0,))


@pytest.mark.parametrize("naming", ["convention", "plain"])
@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
@pytest.mark.parametrize("age", ["debian", "recent"])
def test_there_and_back(projects, cluster, recent, tmp_path, age, dialect, naming, capsys):
    theirs, ours = (Postgres(cluster) if dialect == "postgresql" else Sqlite(tmp_path) for _ in range(2))
    made = projects[f"{age}-{dialect}-{naming}"]
    project = Project(made, theirs.url, tmp_path / "project", recent if age == "recent" else "")
    words = ["--dialect", dialect, "--sqlalchemy", "2.0" if age == "recent" else "1.4"]
    at, top = 0, len(project.revisions)
    for to in (top // 2, top, project.lowest):  # a script is for a database that came straight there
        command = "upgrade" if to > at else "downgrade"
        project.alembic(command, to)
        ours.run(project.miglint(command, at, to, *words))
        if to == 0:  # a script drops the table then
            theirs.run("DROP TABLE alembic_version")
        assert ours.state("alembic_version") == theirs.state("alembic_version"), (command, at, to)
        at = to
    with capsys.disabled():
        print(f"\n{made.folder.name}: {top} revisions there, and back to {project.lowest}")
    theirs.drop()
    ours.drop()
