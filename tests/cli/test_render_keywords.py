"""The SQL of every argument of every operation, of what stands in a table and of every type, as Alembic prints it."""

import pytest
from catalogs import write_environment
from operations_calls import write_revisions
from renders import difference, judged, rendered


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_every_argument(tmp_path, alembic, dialect):
    folder = write_environment(tmp_path / "migrations")
    files = write_revisions(folder / "versions", alembic)
    mine = rendered(folder, dialect, alembic)
    differing = []
    for file, real in zip(files, judged(alembic, files, dialect)):
        found = difference(mine[file.stem]["upgrade"], real["upgrade"])
        differing += [f"{file.read_text().split('def upgrade():')[1].strip()}\n{found}\n"] if found else []
    assert differing == [], f"{len(differing)} of {len(files)}\n" + "\n".join(differing)
