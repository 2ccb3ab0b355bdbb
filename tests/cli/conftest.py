import subprocess
from pathlib import Path

import pytest
from merging import Merges
from postgres import Cluster
from repository import Folder, Repository


@pytest.fixture
def folder(tmp_path):
    """A folder that git knows nothing of, with an environment that has no revisions yet."""
    return Folder(tmp_path / "plain").environment()


@pytest.fixture
def repository(tmp_path):
    """The same in the working tree of a repository without commits."""
    return Repository(tmp_path / "work").environment()


@pytest.fixture(scope="session")
def recent():
    """PYTHONPATH of a recent Alembic; Python's own is that of the system."""
    program = Path(__file__).resolve().parents[2] / "ci" / "alembic-recent"
    run = subprocess.run([program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.fixture
def merges(tmp_path):
    """Where the merges that miglint foresees are made by git."""
    return Merges(tmp_path)


@pytest.fixture(scope="module")
def cluster():
    """A server of Postgres for the tests of a file."""
    cluster = Cluster()
    yield cluster
    cluster.stop()
