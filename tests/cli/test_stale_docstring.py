"""ML110 on the files that Alembic writes, and on what people make of them."""

import json
import os
import re
import subprocess

import pytest
from alembic import command
from alembic.config import Config


def messages(folder):
    done = subprocess.run(
        [os.environ["MIGLINT"], "--select", "ML110", "--format", "json", folder],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [finding["message"] for finding in json.loads(done.stdout)["findings"]]


@pytest.fixture
def written(tmp_path):
    """Files of real Alembic, by revision: a base, two children and their merge."""
    settings = Config(str(tmp_path / "alembic.ini"), stdout=open(os.devnull, "w"))
    command.init(settings, str(tmp_path / "migrations"))
    make = lambda revision, parent: command.revision(
        settings, "change", rev_id=revision, head=parent, splice=True
    )
    make("aaaa", "base")
    make("bbbb", "aaaa")
    make("cccc", "aaaa")
    command.merge(settings, ["bbbb", "cccc"], "merge", rev_id="dddd")
    versions = tmp_path / "migrations" / "versions"
    return {path.name[:4]: path for path in versions.glob("*.py")}


def rewrite(path, line):
    text = path.read_text()
    replaced = re.sub(r"^Revises:.*$", line, text, count=1, flags=re.M)
    assert replaced != text
    path.write_text(replaced)


def test_as_alembic_writes_them(written, tmp_path):
    assert sorted(written) == ["aaaa", "bbbb", "cccc", "dddd"]
    assert messages(tmp_path) == []


@pytest.mark.parametrize(
    "revision, line",
    [
        ("aaaa", "Revises: None"),
        ("aaaa", "Revises: (none)"),
        ("aaaa", "Revises: <base>"),
        ("bbbb", "Revises: 'aaaa'"),
        ("bbbb", "Revises:aaaa\t"),
        ("bbbb", "Revises: table account"),
        ("bbbb", "Revises: table account, table owner"),
        ("dddd", "Revises: ('cccc', 'bbbb')"),
    ],
)
def test_no_contradiction(written, tmp_path, revision, line):
    rewrite(written[revision], line)
    assert messages(tmp_path) == []


@pytest.mark.parametrize(
    "revision, line, said",
    [
        ("aaaa", "Revises: bbbb", "'Revises: bbbb', but down_revision is None"),
        ("bbbb", "Revises: cccc", "'Revises: cccc', but down_revision is 'aaaa'"),
        ("bbbb", "Revises: None", "'Revises: None', but down_revision is 'aaaa'"),
        ("bbbb", "Revises:", "'Revises:', but down_revision is 'aaaa'"),
        ("dddd", "Revises: bbbb", "'Revises: bbbb', but down_revision is 'bbbb, cccc'"),
    ],
)
def test_contradiction(written, tmp_path, revision, line, said):
    rewrite(written[revision], line)
    assert messages(tmp_path) == [f"the docstring says {said}"]
