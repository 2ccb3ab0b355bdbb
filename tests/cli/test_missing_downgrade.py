"""What ML301 makes of the SQL of an upgrade() whose downgrade() does nothing."""

import json
import os
import subprocess

import pytest

REVISION = '''from alembic import op

revision = "a"
down_revision = None


def upgrade():
    op.execute({})


def downgrade():
    pass
'''


def findings(folder, *statements):
    (folder / "versions").mkdir()
    (folder / "env.py").write_text("from alembic import context\n")
    calls = ")\n    op.execute(".join(map(repr, statements))
    (folder / "versions" / "a.py").write_text(REVISION.format(calls))
    done = subprocess.run(
        [os.environ["MIGLINT"], "--select", "ML301", "--format", "json", folder],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode in (0, 1) and done.stderr == ""
    return [(f["severity"], f["message"].split(",")[0]) for f in json.loads(done.stdout)["findings"]]


def test_a_downgrade_that_exits(folder):
    text = REVISION.format('"CREATE TABLE a (b int)"').replace("pass", 'import sys; sys.exit("no way back")')
    folder.revision("a", text=text)
    (finding,) = folder.miglint("--select", "ML301,ML302", "--format", "json").findings
    assert (finding["rule"], finding["severity"]) == ("ML302", "note")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE a (b int)",
        "  -- first\n /* and */ -- then\n\tcreate index c on a (b)",
        "ALTER TABLE a DROP COLUMN b",
        "CREATE TABLE temporary (b int)",
    ],
)
def test_changes_the_schema(tmp_path, sql):
    assert findings(tmp_path, sql) == [("error", "upgrade() changes the schema")]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE a SET b = 1",
        "/* all */ delete from a",
        "CREATE TEMP TABLE a AS SELECT 1; UPDATE b SET c = 1; DROP TABLE a",
    ],
)
def test_writes_rows(tmp_path, sql):
    assert findings(tmp_path, sql) == [("note", "upgrade() writes rows")]


def test_adds_an_enum_value(tmp_path):
    assert findings(tmp_path, "ALTER TYPE a ADD VALUE 'b'") == [("note", "upgrade() adds an enum value")]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TEMPORARY TABLE a AS SELECT 1; UPDATE a SET c = 1; DROP TABLE a",
        "CREATE LOCAL TEMP TABLE a (b int)",
        "ALTER TABLE a DISABLE TRIGGER b; ALTER TABLE c DISABLE TRIGGER d",
        "alter table only a.b enable trigger all",
    ],
)
def test_leaves_the_schema_as_it_was(tmp_path, sql):
    assert findings(tmp_path, sql) == []


def test_what_is_known_besides_counts(tmp_path):
    found = findings(tmp_path, "CREATE TEMP TABLE a (b int)", "DROP TABLE c")
    assert found == [("error", "upgrade() changes the schema")]


def test_comments_without_end(tmp_path):
    """Each comment can be read in one way alone: their number must not multiply the work."""
    assert findings(tmp_path, *["/**/" * 1000 + "nothing"] * 200) == []


def test_a_downgrade_after_an_upgrade_that_takes_all_memory(tmp_path):
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text("from alembic import context\n")
    hungry = "    x = []\n    for i in range(9000):\n        x = x + [i]\n"
    text = REVISION.format("x[0]").replace("def upgrade():\n", f"def upgrade():\n{hungry}")
    (tmp_path / "versions" / "a.py").write_text(text.replace("    pass", "    raise NotImplementedError"))
    done = subprocess.run(
        [os.environ["MIGLINT"], "--select", "ML302", "--format", "json", tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert [finding["rule"] for finding in json.loads(done.stdout)["findings"]] == ["ML302"]
