"""What miglint reads of every argument of every operation, of what stands in a table and of every type."""

import pytest
from operations_calls import write_revisions
from operations_words import comparable, judged, operation_of, told


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


def difference(told, real):
    unknown = [operation for operation in told if "unknown" in operation and "sql" not in operation]
    if unknown or isinstance(real, str):
        return f"{unknown}\n{real}"
    mine = [operation_of(operation) for operation in told]
    return None if comparable(mine, real) == real else f"{comparable(mine, real)}\n{real}"


def test_every_argument(tmp_path, alembic):
    versions = tmp_path / "versions"
    (tmp_path / "env.py").write_text("from alembic import context\n")
    files = write_revisions(versions, alembic)
    refused = "You must specify both precision and scale or omit both"
    ours = told(tmp_path)
    differing = []
    for file, verdict in zip(files, judged(alembic, files)):
        if refused in verdict["upgrade"]:
            continue
        found = difference(ours[file.stem]["upgrade"], verdict["upgrade"])
        differing += [f"{file.read_text().split('def upgrade():')[1]}{found}\n"] if found else []
    assert differing == [], f"{len(differing)} of {len(files)}\n" + "\n".join(differing)
    assert len(files) > 500
