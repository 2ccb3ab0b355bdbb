"""miglint as a hook of Alembic's own: `alembic revision` runs it on the file that it has just written."""

import os
import re
import subprocess

import pytest
from repository import ENVIRONMENT, MIGLINT, SOURCES, Folder, Repository, without_downgrade

# As the README writes them; miglint need not be on the path here.
INI = """[post_write_hooks]
hooks = miglint
miglint.type = exec
miglint.executable = miglint
miglint.options = --quiet REVISION_SCRIPT_FILENAME
"""
TOML = """
[[tool.alembic.post_write_hooks]]
name = "miglint"
type = "exec"
executable = "miglint"
options = "--quiet REVISION_SCRIPT_FILENAME"
"""
MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s"})
account = sa.Table("account", metadata, sa.Column("id", sa.Integer, primary_key=True))
"""
ENV = """
import sqlalchemy as sa
from alembic import context
from models import metadata

with sa.create_engine("sqlite:///app.db").connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
"""


class Project:
    """What `alembic init` makes, with models and a database."""

    def __init__(self, folder, recent, template):
        self.folder, self.recent = folder, recent
        self.alembic("init", "-t", template, "migrations")
        if template == "generic":
            text = (folder / "alembic.ini").read_text().replace("[post_write_hooks]\n", INI)
            folder.write("alembic.ini", text.replace("executable = miglint", f"executable = {MIGLINT}"))
        else:
            text = (folder / "pyproject.toml").read_text() + TOML
            folder.write("pyproject.toml", text.replace('executable = "miglint"', f'executable = "{MIGLINT}"'))
        folder.write("migrations/env.py", ENV)
        folder.write("models.py", MODELS)

    def alembic(self, *arguments):
        run = subprocess.run(
            ["/usr/bin/python3", "-B", "-m", "alembic", *arguments],
            cwd=self.folder.path,
            env={**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([self.recent, str(self.folder.path)])},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run

    def write_revision(self, *arguments):
        """The path of the new revision, and where the hook found what: [(path, rule)]."""
        versions = self.folder / "migrations/versions"
        before = set(versions.glob("*.py"))
        run = self.alembic("revision", *arguments)
        (path,) = set(versions.glob("*.py")) - before
        assert "Running post write hook 'miglint'" in run.stdout and "Sanitizer" not in run.stderr
        found = re.findall(r"^(\S+?):\d+:\d+: (?:error|warning|note): .* \[(ML\d+) [a-z-]+\]$", run.stdout, re.M)
        # Quiet: nothing else is said.
        assert ("miglint:" in run.stderr, "revision of" in run.stdout) == (False, False)
        return str(path.relative_to(self.folder.path)), found


@pytest.fixture(params=["generic", "pyproject"])
def project(request, tmp_path, recent):
    return Project(Repository(tmp_path / "work"), recent, request.param)


def add_column(project, column):
    project.folder.write("models.py", MODELS.replace("primary_key=True)", f"primary_key=True), {column}"))


def test_a_revision_without_a_fault_passes_in_silence(project):
    path, found = project.write_revision("-m", "first", "--autogenerate")
    assert found == [] and "op.create_table" in (project.folder / path).read_text()


def test_what_autogenerate_writes_is_judged_at_once(project):
    project.write_revision("-m", "first", "--autogenerate")
    project.alembic("upgrade", "head")
    add_column(project, "sa.Column('email', sa.String, nullable=False)")
    path, found = project.write_revision("-m", "second", "--autogenerate")
    assert "nullable=False" in (project.folder / path).read_text()
    assert found == [(path, "ML603")]


def test_a_revision_beside_another_is_a_second_head(project):
    project.write_revision("-m", "first", "--rev-id", "aaaa")
    assert project.write_revision("-m", "second", "--rev-id", "bbbb")[1] == []
    path, found = project.write_revision("-m", "third", "--rev-id", "cccc", "--head", "aaaa", "--splice")
    assert [rule for _, rule in found] == ["ML101"]


def test_only_the_new_file_is_judged(project):
    """Of what else is wrong nothing is said, though the graph is that of all."""
    old = project.folder.revision("aaaa", text=without_downgrade("aaaa"))
    path, found = project.write_revision("-m", "second")
    assert "Revises: aaaa" in (project.folder / path).read_text() and found == []
    assert project.folder.miglint(str(old), "--format", "json").rules == ["ML301"]


def test_a_finding_does_not_undo_the_revision(project):
    """Alembic takes no notice of how a hook ends: the file stays, to be mended."""
    project.write_revision("-m", "first", "--rev-id", "aaaa")
    path, found = project.write_revision("-m", "other", "--rev-id", "bbbb", "--head", "base")
    assert found and (project.folder / path).exists()
    assert project.folder.miglint("-q", path).status == 1


def test_without_git(tmp_path, recent):
    project = Project(Folder(tmp_path / "plain"), recent, "generic")
    assert project.write_revision("-m", "first", "--rev-id", "aaaa")[1] == []
    assert project.write_revision("-m", "other", "--rev-id", "bbbb", "--head", "base")[1] != []


def test_the_readme_says_how():
    text = (SOURCES / "README.md").read_text()
    assert INI in text and TOML.strip() in text
