"""What --roundtrip says of a revision that it cannot prove right or wrong, and of one that has no way back."""

import pytest
from test_roundtrip import Project


@pytest.fixture(params=["sqlite", "postgresql"])
def project(request, tmp_path):
    return Project(tmp_path, request.param)


def verdict_of(run, revision="a2"):
    return next(verdict for verdict in run.json["roundtrip"] if verdict["revision"] == revision)


FILL = 'op.execute("INSERT INTO role (id, name) VALUES (1, \'visitor\')")'
UNKNOWN = """import somewhere
op.bulk_insert(sa.table("role", sa.column("id", sa.Integer)), [{"id": somewhere.NUMBER}])"""


def test_rows_that_only_python_knows(project):
    """They may be what makes the second upgrade possible."""
    project.add("a2", "a1", FILL, UNKNOWN)
    run = project.trip()
    verdict = verdict_of(run)
    assert (verdict["verdict"], verdict["step"]) == ("unverified", "downgrade"), run.out
    assert verdict["reason"] and {finding["rule"] for finding in run.findings} == {"ML810"}


def test_the_schema_is_judged_whatever_the_rows_are(project):
    project.add("a2", "a1", 'op.create_table("more", sa.Column("id", sa.Integer))', UNKNOWN)
    verdict = verdict_of(project.trip())
    assert (verdict["verdict"], verdict["reason"]) == ("failed", None)
    assert [(difference["name"]) for difference in verdict["differences"]] == ["more"]


ELSEWHERE = "no revision makes '{}': if something else does, begin on a dump of that, with --baseline-schema"


@pytest.mark.parametrize("missed, upgrade", [
    ("legacy", 'op.add_column("legacy", sa.Column("x", sa.Integer))'),
    ("legacy", 'op.create_index("ix", "legacy", ["x"])'),
    (None, 'op.drop_table("role")\n    op.add_column("role", sa.Column("x", sa.Integer))'),
    (None, 'op.create_table("role", sa.Column("id", sa.Integer))'),
])
def test_what_the_revisions_have_not_made(project, missed, upgrade):
    project.add("a2", "a1", upgrade, "pass")
    (finding,) = [finding for finding in project.trip().findings if finding["rule"] == "ML801"]
    assert finding["help"].endswith(ELSEWHERE.format(missed)) is (missed is not None), finding


@pytest.mark.parametrize("upgrade", [
    'op.create_table("t", sa.Column("id", sa.Integer, sa.ForeignKey("legacy.id")))',
    'op.create_foreign_key("fk", "role", "legacy", ["id"], ["id"])',
])
def test_what_a_key_refers_to_and_is_not_made(tmp_path, upgrade):
    project = Project(tmp_path, "postgresql")
    project.add("a2", "a1", upgrade, "pass")
    (finding,) = [finding for finding in project.trip().findings if finding["rule"] == "ML801"]
    assert finding["help"].endswith(ELSEWHERE.format("legacy"))


def test_no_way_back(project):
    """Where there is no downgrade() Alembic raises, as where downgrade() does so itself."""
    text = project.add("a2", "a1", 'op.create_table("more", sa.Column("id", sa.Integer))', "raise NotImplementedError")
    project.revision("a2", "a1", text=text.split("def downgrade")[0])
    project.add("a3", "a2", 'op.create_table("later", sa.Column("id", sa.Integer))', "raise NotImplementedError")
    run = project.trip()
    assert [verdict["verdict"] for verdict in run.json["roundtrip"]] == ["ok", "irreversible", "irreversible"]
    assert run.status == 0


def test_what_a_session_has_ends_with_the_run(project):
    """Each of Alembic's commands has a connection of its own."""
    project.add("a2", "a1", 'op.execute("CREATE TEMPORARY TABLE scratch (id int)")', 'op.execute("SELECT 1")')
    project.add("a3", "a2", 'op.execute("CREATE TEMPORARY TABLE scratch (id int)")', 'op.execute("SELECT * FROM scratch")')
    run = project.trip()
    assert [verdict["verdict"] for verdict in run.json["roundtrip"]] == ["ok", "ok", "failed"], run.out
    assert "scratch" in verdict_of(run, "a3")["database_message"]
