import pytest
from repository import Folder, Repository


@pytest.fixture
def folder(tmp_path):
    """A folder that git knows nothing of, with an environment that has no revisions yet."""
    return Folder(tmp_path / "plain").environment()


@pytest.fixture
def repository(tmp_path):
    """The same in the working tree of a repository without commits."""
    return Repository(tmp_path / "work").environment()
