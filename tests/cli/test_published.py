"""ML201, ML202 and ML203: what a change does to revisions that others may have run already."""

import pytest
from merging import alembic_heads
from repository import sound_revision

PUBLISHED = '''"""create account

Revision ID: bbbb
Revises: aaaa
Create Date: 2024-01-01 10:00:00

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = 'bbbb'
down_revision = 'aaaa'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('account', sa.Column('id', sa.Integer(), nullable=False), sa.Column('name', sa.String(50)))
    op.execute("UPDATE account SET name = 'x'")


def downgrade():
    op.drop_table('account')
'''


@pytest.fixture
def project(repository):
    repository.revision("aaaa")
    repository.revision("bbbb", text=PUBLISHED)
    repository.commit()
    repository.branch("topic")
    return repository


def rules(repository, *words):
    """Of the history alone."""
    return repository.miglint("--base", "main", "--select", "ML2", "--format", "json", *words).rules


# --- ML201 ------------------------------------------------------------------------------

REFORMATTED = PUBLISHED.replace(
    """    op.create_table('account', sa.Column('id', sa.Integer(), nullable=False), sa.Column('name', sa.String(50)))
    op.execute("UPDATE account SET name = 'x'")
""",
    '''    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(50)),
    )
    op.execute("UPDATE account SET name = \'x\'")
''',
)

QUIET = {
    "reformatted": REFORMATTED,
    "other quotes": PUBLISHED.replace("'bbbb'", '"bbbb"').replace("'account'", '"account"'),
    "a comment": PUBLISHED.replace("def upgrade():\n", "def upgrade():\n    # the first table\n"),
    "comments gone": PUBLISHED.replace("# revision identifiers, used by Alembic.\n", ""),
    "the docstring": PUBLISHED.replace("create account", "create the accounts"),
    "a docstring of a function": PUBLISHED.replace("def upgrade():\n", 'def upgrade():\n    """Up."""\n'),
    "an import that nothing uses": PUBLISHED.replace("import sqlalchemy as sa\n", "import sqlalchemy as sa\nimport json\n"),
    "annotations": PUBLISHED.replace("revision = 'bbbb'", "revision: str = 'bbbb'").replace("upgrade():", "upgrade() -> None:"),
    "spaces in SQL": PUBLISHED.replace("name = 'x'", "name  = 'x'"),
    "a comment behind SQL": PUBLISHED.replace("name = 'x'", "name = 'x' -- WHERE id = 1"),
    "a comment in SQL": PUBLISHED.replace("name = 'x'", "name = -- the usual\\n 'x'"),
    "line ends": PUBLISHED.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + PUBLISHED,
    "parentheses": PUBLISHED.replace("down_revision = 'aaaa'", "down_revision = ('aaaa')"),
    "a parent in a tuple": PUBLISHED.replace("down_revision = 'aaaa'", "down_revision = ('aaaa',)"),
    "trailing spaces": PUBLISHED.replace("depends_on = None\n", "depends_on = None   \n\n\n"),
    "type: ignore": PUBLISHED.replace("import sqlalchemy as sa", "import sqlalchemy as sa  # type: ignore[import]"),
    "imports in order": PUBLISHED.replace(
        "from alembic import op\nimport sqlalchemy as sa\n", "import sqlalchemy as sa\n\nfrom alembic import op\n"
    ),
}

LOUD = {
    "another column": PUBLISHED.replace("'name', sa", "'title', sa"),
    "another length": PUBLISHED.replace("50", "51"),
    "another statement": PUBLISHED.replace("name = 'x'", "name = 'y'"),
    "spaces within a string of SQL": PUBLISHED.replace("name = 'x'", "name = ' x'"),
    "what looks like a comment": PUBLISHED.replace("name = 'x'", "name = '--x'"),
    "a part that was a comment": PUBLISHED.replace("name = 'x'", "name = 'x', -- \\n id = 1"),
    "a statement less": PUBLISHED.replace("""    op.execute("UPDATE account SET name = 'x'")\n""", ""),
    "another downgrade": PUBLISHED.replace("op.drop_table('account')", "pass"),
    "nullable": PUBLISHED.replace("nullable=False", "nullable=True"),
    "another import of the same name": PUBLISHED.replace("import sqlalchemy as sa", "import mylibrary as sa"),
    "a constant": PUBLISHED.replace("depends_on = None", "depends_on = None\nNAME = 'x'").replace("'name', sa", "NAME, sa"),
    "an early return": PUBLISHED.replace("def upgrade():\n", "def upgrade():\n    return\n"),
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_is_no_change(project, text):
    assert text != PUBLISHED
    compile(text.encode(), "bbbb.py", "exec")
    project.revision("bbbb", text=text)
    assert rules(project) == []
    project.commit()
    assert rules(project, "--head", "topic") == []


@pytest.mark.parametrize("text", LOUD.values(), ids=LOUD)
def test_what_is_a_change(project, text):
    assert text != PUBLISHED
    compile(text.encode(), "bbbb.py", "exec")
    project.revision("bbbb", text=text)
    run = project.miglint("--base", "main", "--select", "ML2", "--format", "json")
    assert [(finding["rule"], finding["revision"], finding["severity"]) for finding in run.findings] == [
        ("ML201", "bbbb", "error")
    ]
    assert run.status == 1 and "main" in run.findings[0]["message"]


WORKED_OUT = PUBLISHED.replace(
    '    op.execute("UPDATE account',
    """    for row in op.get_bind().execute(sa.text("SELECT id FROM account")):
        work.out("{name}".format(name="x"), row)
    op.execute("UPDATE account""",
)


@pytest.mark.parametrize(
    "before, after, severity",
    [
        ('"{name}".format(name="x")', 'f"{\'x\'}"', "warning"),
        ("work.out", "work.off", "warning"),
        ("name = 'x'", "name = 'y'", "error"),
        ("nullable=False", "nullable=True", "error"),
    ],
)
def test_a_change_of_what_cannot_be_told(repository, before, after, severity):
    repository.revision("aaaa")
    repository.revision("bbbb", text=WORKED_OUT)
    repository.commit()
    repository.branch("topic")
    assert WORKED_OUT.count(before) == 1
    repository.revision("bbbb", text=WORKED_OUT.replace(before, after))
    (finding,) = repository.miglint("--base", "main", "--select", "ML2", "--format", "json").findings
    assert (finding["rule"], finding["severity"]) == ("ML201", severity)
    assert ("cannot be told" in finding["message"]) == (severity == "warning")


def test_a_change_that_only_the_base_has_made(project):
    project.git("checkout", "--quiet", "main")
    project.revision("bbbb", text=LOUD["another column"])
    project.commit()
    assert rules(project, "--head", "topic") == []


def test_a_change_that_both_sides_have_made(project):
    for branch in ("topic", "main"):
        project.git("checkout", "--quiet", branch)
        project.revision("bbbb", text=LOUD["another column"])
        project.commit()
    assert rules(project, "--head", "topic") == []


def test_a_change_that_is_staged(project):
    project.revision("bbbb", text=LOUD["another column"])
    assert project.miglint("--staged", "--select", "ML2", "--format", "json").rules == []
    project.git("add", "--all")
    assert project.miglint("--staged", "--select", "ML2", "--format", "json").rules == ["ML201"]


def test_a_new_revision_may_change(project):
    """What topic itself has brought is not published by that."""
    project.revision("cccc", "bbbb")
    project.commit()
    project.revision("cccc", text=sound_revision("cccc", "bbbb").replace("t_cccc", "other"))
    project.commit()
    assert rules(project, "--head", "topic") == []


def test_a_revision_that_is_moved_and_changed(project):
    project.git("mv", "migrations/versions/bbbb.py", "migrations/versions/2024_bbbb.py")
    project.commit()
    assert rules(project, "--head", "topic") == []
    project.revision("bbbb", name="2024_bbbb", text=LOUD["another column"])
    project.commit()
    assert rules(project, "--head", "topic") == ["ML201"]


# --- ML202 --------------------------------------------------------------------------------


def chain(repository, *revisions):
    """The files that there are then, each behind the one before."""
    for file in (repository / "migrations/versions").iterdir():
        file.unlink()
    for parent, revision in zip((None, *revisions), revisions):
        repository.revision(revision, parent)


def squashing(repository, after):
    chain(repository, "r1", "r2", "r3", "r4")
    repository.commit()
    repository.git("branch", "--force", "main")
    chain(repository, *after)
    repository.commit()
    run = repository.miglint("--base", "main", "--select", "ML202,ML203", "--format", "json")
    return sorted((finding["rule"], finding["revision"]) for finding in run.findings)


@pytest.mark.parametrize("after", [("r4",), ("r3", "r4"), ("new", "r4"), ("new", "r3", "r4"), ("r2", "r3", "r4"),
                                   ("r4", "more"), ("new", "r4", "more")])  # fmt: skip
def test_squashing(project, after):
    """The last removed id survives as a new root or behind one: a database that stands there finds itself."""
    assert squashing(project, after) == []
    assert alembic_heads(project) == [after[-1]]


@pytest.mark.parametrize(
    "after, gone",
    [
        (("r1", "r2", "r3"), {"r4"}),
        (("new",), {"r1", "r2", "r3", "r4"}),
        (("new", "newer"), {"r1", "r2", "r3", "r4"}),
        (("r1",), {"r2", "r3", "r4"}),
        (("r1", "r2", "r4"), {"r3"}),
        (("r1", "r4"), {"r2", "r3"}),
    ],
)
def test_no_squash(project, after, gone):
    """A database that stands at one of those that are gone is lost."""
    assert {revision for rule, revision in squashing(project, after) if rule == "ML202"} == gone


def test_a_revision_that_is_gone(project):
    project.git("rm", "--quiet", "migrations/versions/bbbb.py")
    run = project.miglint("--base", "main", "--select", "ML2", "--format", "json")
    (finding,) = run.findings
    assert (finding["rule"], finding["revision"], finding["severity"]) == ("ML202", "bbbb", "error")
    assert finding["path"] == "migrations/versions/bbbb.py"
    assert "main" in finding["message"]
    text = project.miglint("--base", "main", "--select", "ML2").out  # the file is on neither disk nor index
    assert "migrations/versions/bbbb.py" in text


def test_a_revision_that_gets_another_id(project):
    project.revision("bbbb", text=PUBLISHED.replace("bbbb", "cccc"))
    assert rules(project) == ["ML202"]


def test_a_revision_that_only_the_base_has_removed(project):
    """Where main itself takes it back, topic has nothing to answer for."""
    project.git("checkout", "--quiet", "main")
    project.git("rm", "--quiet", "migrations/versions/bbbb.py")
    project.commit()
    assert rules(project, "--head", "topic") == []


def test_an_environment_that_is_gone(project):
    project.git("rm", "--quiet", "-r", "migrations", "alembic.ini")
    project.environment("other", "other.ini")
    project.revision("zzzz", folder="other")
    project.commit()
    run = project.miglint("--base", "main", "--head", "topic", "--format", "json")
    assert run.status in (0, 1)


def test_an_environment_that_is_moved(project):
    project.git("mv", "migrations", "db")
    project.write("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n")
    assert rules(project) == []
    project.git("rm", "--quiet", "--force", "db/versions/bbbb.py")
    assert rules(project) == ["ML202"]


# --- ML203 -------------------------------------------------------------------------------------


def test_a_revision_put_in_between(project):
    project.revision("cccc", "aaaa")
    project.revision("bbbb", text=PUBLISHED.replace("'aaaa'", "'cccc'"))
    run = project.miglint("--base", "main", "--select", "ML2", "--format", "json")
    (finding,) = run.findings
    assert (finding["rule"], finding["revision"], finding["severity"]) == ("ML203", "bbbb", "error")
    assert "'aaaa'" in finding["message"] and "'cccc'" in finding["message"]
    assert alembic_heads(project) == ["bbbb"]  # nothing else shows it


def test_a_dependency_that_is_added(project):
    project.revision("zzzz", labels=("side",))
    project.commit()
    project.git("branch", "--force", "main")
    project.revision("bbbb", text=PUBLISHED.replace("depends_on = None", "depends_on = 'zzzz'"))
    run = project.miglint("--base", "main", "--select", "ML2", "--format", "json")
    assert run.rules == ["ML203"] and "depends_on" in run.findings[0]["message"]


def test_several_heads_repaired(project):
    """Where main has two heads one of them may be put behind the other: a warning, and no more."""
    project.revision("cccc", "aaaa")
    project.commit()
    project.git("branch", "--force", "main")
    assert alembic_heads(project) == ["bbbb", "cccc"]
    project.revision("cccc", "bbbb")
    assert alembic_heads(project) == ["cccc"]
    run = project.miglint("--base", "main", "--select", "ML1,ML2", "--format", "json")
    assert [(finding["rule"], finding["severity"]) for finding in run.findings] == [("ML203", "warning")]
    assert run.status == 0
    assert project.miglint("--base", "main", "--fail-on", "warning").status == 1


def test_the_same_parents_written_otherwise(project):
    project.revision("cccc", "aaaa")
    project.revision("dddd", ["bbbb", "cccc"])
    project.commit()
    project.git("branch", "--force", "main")
    project.revision("dddd", ("cccc", "bbbb"))
    assert rules(project) == []


# --- a whole environment --------------------------------------------------------------------


def test_the_only_environment_is_removed(project):
    project.git("rm", "-rq", "migrations", "alembic.ini")
    project.commit()
    run = project.miglint("--base", "main", "--format", "json")
    (finding,) = run.findings
    assert (finding["rule"], finding["severity"], finding["project"]) == ("ML202", "error", "migrations")
    assert "2 revisions" in finding["message"] and run.status == 1


def test_one_of_two_environments_is_removed(project):
    project.environment("other/db", "other/alembic.ini").revision("1111", folder="other/db")
    project.commit()
    project.git("branch", "--force", "main")
    project.git("rm", "-rq", "other")
    project.commit()
    run = project.miglint("--base", "main", "--format", "json")
    assert [(f["rule"], f["project"]) for f in run.findings] == [("ML202", "other/db")]
    # who asks for a part is told of that part
    assert project.miglint("--base", "main", "--format", "json", "migrations").findings == []


def test_a_moved_environment_is_not_gone(project):
    project.git("mv", "migrations", "db")
    project.write("alembic.ini", "[alembic]\nscript_location = db\n")
    project.commit()
    assert rules(project) == []
