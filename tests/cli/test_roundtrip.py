"""--roundtrip: what is wrong with a way back is found by going it, on SQLite and on Postgres."""

import re

import pytest
from repository import SOURCES, Folder

HEADER = '''"""{message}"""
from alembic import op
import sqlalchemy as sa

revision = "{revision}"
down_revision = {parent!r}


def upgrade():
{upgrade}

def downgrade():
{downgrade}'''

BEGINNING = (
    """op.create_table(
    "role",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20)),
)
op.create_table(
    "account",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20), server_default="nobody"),
    sa.Column("role_id", sa.Integer),
    sa.ForeignKeyConstraint(["role_id"], ["role.id"], name="of_role", ondelete="CASCADE"),
    sa.UniqueConstraint("name", name="one_of_a_name"),
)
op.create_index("ix_account_role", "account", ["role_id"])""",
    """op.drop_index("ix_account_role", "account")
op.drop_table("account")
op.drop_table("role")""",
)

BATCH = 'with op.batch_alter_table("account") as batch:\n    '

BOTH = ("sqlite", "postgresql")
POSTGRES = ("postgresql",)


class Fault:
    """A revision whose downgrade, or whatever else, is wrong, and the same mended."""

    def __init__(self, rule, said, at, upgrade, wrong, mended, databases=BOTH, mended_upgrade=None):
        self.rule, self.said, self.at = rule, said, at
        self.upgrade, self.wrong, self.mended = upgrade, wrong, mended
        self.databases, self.mended_upgrade = databases, mended_upgrade or upgrade


FAULTS = {
    "missing drop": Fault(
        "ML803",
        "after downgrade() column 'email' of 'account' is still there",
        "add_column",
        'op.add_column("account", sa.Column("email", sa.String(50)))',
        "pass",
        'op.drop_column("account", "email")',
    ),
    "missing drop of a table": Fault(
        "ML803",
        "after downgrade() table 'visit' is still there",
        'create_table("visit"',
        'op.create_table("visit", sa.Column("id", sa.Integer))',
        "pass",
        'op.drop_table("visit")',
    ),
    "wrong index name": Fault(
        "ML802",
        "ix_acount_name",
        "drop_index",
        'op.create_index("ix_account_name", "account", ["name"])',
        'op.drop_index("ix_acount_name", "account")',
        'op.drop_index("ix_account_name", "account")',
    ),
    "nullable not restored": Fault(
        "ML803",
        "column 'name' of 'account' has another nullable: no, it was yes",
        "alter_column",
        BATCH + 'batch.alter_column("name", existing_type=sa.String(20), nullable=False)',
        "pass",
        BATCH + 'batch.alter_column("name", existing_type=sa.String(20), nullable=True)',
    ),
    "server default not restored": Fault(
        "ML803",
        "column 'name' of 'account' has another default",
        "alter_column",
        BATCH + 'batch.alter_column("name", existing_type=sa.String(20), server_default=None)',
        "pass",
        BATCH + 'batch.alter_column("name", existing_type=sa.String(20), server_default="nobody")',
    ),
    "type changed": Fault(
        "ML803",
        "column 'name' of 'account' has another type",
        "alter_column",
        BATCH + 'batch.alter_column("name", existing_type=sa.String(20), type_=sa.String(50))',
        BATCH + 'batch.alter_column("name", existing_type=sa.String(50), type_=sa.String(30))',
        BATCH + 'batch.alter_column("name", existing_type=sa.String(50), type_=sa.String(20))',
    ),
    "constraint name changed": Fault(
        "ML803",
        "constraint 'one_of_a_name' of 'account' is missing",
        "drop_constraint",
        BATCH + 'batch.drop_constraint("one_of_a_name", type_="unique")',
        BATCH + 'batch.create_unique_constraint("a_name_each", ["name"])',
        BATCH + 'batch.create_unique_constraint("one_of_a_name", ["name"])',
    ),
    "ON DELETE lost": Fault(
        "ML803",
        "constraint 'of_role' of 'account' has another definition",
        "drop_constraint",
        BATCH + 'batch.drop_constraint("of_role", type_="foreignkey")',
        BATCH + 'batch.create_foreign_key("of_role", "role", ["role_id"], ["id"])',
        BATCH + 'batch.create_foreign_key("of_role", "role", ["role_id"], ["id"], ondelete="CASCADE")',
    ),
    "comment lost": Fault(
        "ML803",
        "column 'name' of 'account' has another comment",
        "alter_column",
        'op.alter_column("account", "name", existing_type=sa.String(20), comment="as called")',
        "pass",
        'op.alter_column("account", "name", existing_type=sa.String(20), comment=None, existing_comment="as called")',
        POSTGRES,
    ),
    "enum left behind": Fault(
        "ML803",
        "after downgrade() enum 'mood' is still there",
        ".create(",
        'sa.Enum("sad", "ok", name="mood").create(op.get_bind())\n'
        'op.add_column("account", sa.Column("mood", sa.Enum("sad", "ok", name="mood", create_type=False)))',
        'op.drop_column("account", "mood")',
        'op.drop_column("account", "mood")\nop.execute("DROP TYPE mood")',
        POSTGRES,
    ),
    "enum created twice": Fault(
        "ML801",
        'type "mood" already exists',
        "create_table",
        'sa.Enum("sad", "ok", name="mood").create(op.get_bind())\n'
        'op.create_table("day", sa.Column("mood", sa.Enum("sad", "ok", name="mood")))',
        'op.drop_table("day")\nop.execute("DROP TYPE mood")',
        'op.drop_table("day")\nop.execute("DROP TYPE mood")',
        POSTGRES,
        'op.create_table("day", sa.Column("mood", sa.Enum("sad", "ok", name="mood")))',
    ),
    "a downgrade that fails": Fault(
        "ML802",
        "acount",
        "drop_column",
        'op.add_column("account", sa.Column("email", sa.String(50)))',
        'op.drop_column("acount", "email")',
        'op.drop_column("account", "email")',
    ),
    "an upgrade that fails": Fault(
        "ML801",
        "acount",
        "add_column",
        'op.add_column("acount", sa.Column("email", sa.String(50)))',
        'op.drop_column("acount", "email")',
        'op.drop_column("account", "email")',
        BOTH,
        'op.add_column("account", sa.Column("email", sa.String(50)))',
    ),
    "a second upgrade that fails": Fault(
        "ML804",
        "the second upgrade() fails",
        "INSERT",
        "op.execute(\"INSERT INTO role (id, name) VALUES (1, 'visitor')\")",
        "pass",
        'op.execute("DELETE FROM role WHERE id = 1")',
    ),
}


def indented(body):
    return "".join(f"    {line}\n" for line in body.splitlines())


class Project(Folder):
    def __init__(self, path, database):
        super().__init__(path)
        self.environment()
        self.database = database
        self.add("a1", None, *BEGINNING)

    def add(self, revision, parent, upgrade, downgrade):
        text = HEADER.format(
            message=f"revision {revision}",
            revision=revision,
            parent=parent,
            upgrade=indented(upgrade),
            downgrade=indented(downgrade),
        )
        self.revision(revision, parent, text=text)
        return text

    def trip(self, *arguments, **options):
        return self.miglint(
            "--roundtrip", "--database", self.database, "--format", "json", "--select", "ML8", *arguments, **options
        )


@pytest.fixture(params=[(name, database) for name, fault in FAULTS.items() for database in fault.databases], ids=" on ".join)
def seeded(request, tmp_path):
    name, database = request.param
    return FAULTS[name], Project(tmp_path, database)


def test_faults(seeded):
    fault, project = seeded
    text = project.add("a2", "a1", fault.upgrade, fault.wrong)
    project.add("a3", "a2", *BEGINNING_AGAIN)
    run = project.trip()
    found = [(finding["rule"], finding["revision"]) for finding in run.findings]
    assert run.status == 1 and (fault.rule, "a2") in found, run.out
    assert {revision for _, revision in found} == {"a2"}, "the trip goes on behind it"
    about = [finding for finding in run.findings if fault.said in finding["message"]]
    assert len(about) == 1, run.out
    assert fault.at in text.splitlines()[about[0]["line"] - 1]
    verdict = run.json["roundtrip"][1]
    assert (verdict["revision"], verdict["verdict"]) == ("a2", "failed")


BEGINNING_AGAIN = ('op.create_table("later", sa.Column("id", sa.Integer))', 'op.drop_table("later")')


def test_mended(seeded):
    fault, project = seeded
    project.add("a2", "a1", fault.mended_upgrade, fault.mended)
    project.add("a3", "a2", *BEGINNING_AGAIN)
    run = project.trip()
    assert run.status == 0 and run.findings == [], run.out
    assert [verdict["verdict"] for verdict in run.json["roundtrip"]] == ["ok"] * 3


# --- what no fault of a downgrade is -----------------------------------------------------------

NOTED = """op.execute(
    '''DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM role) THEN ALTER TABLE role ADD note TEXT; END IF;
        INSERT INTO role (id) SELECT count(*) FROM role;
    END $$'''
)"""


def test_a_second_upgrade_that_leads_elsewhere(tmp_path):
    project = Project(tmp_path, "postgresql")
    project.add("a2", "a1", NOTED, 'op.execute("ALTER TABLE role DROP COLUMN IF EXISTS note")')
    run = project.trip()
    assert (run.status, run.rules) == (1, ["ML805"])
    assert "column 'note' of 'role'" in run.findings[0]["message"]


@pytest.mark.parametrize("database", BOTH)
def test_what_cannot_be_told_is_not_tried(tmp_path, database):
    project = Project(tmp_path, database)
    project.add("a2", "a1", 'op.execute(open("roles.sql").read())', "pass")
    run = project.trip()
    assert (run.status, run.rules) == (0, ["ML810"]) and run.findings[0]["severity"] == "note"
    assert [verdict["verdict"] for verdict in run.json["roundtrip"]] == ["ok", "unverified"]
    run = project.trip("--require-verified")
    assert run.status == 1 and run.findings[0]["severity"] == "error"


@pytest.mark.parametrize("database", BOTH)
def test_what_comes_after_a_failure_is_told_once(tmp_path, database):
    project = Project(tmp_path, database)
    project.add("a2", "a1", 'op.execute("CREATE TABLE note AS SELECT * FROM nothing")', 'op.drop_table("note")')
    for number, column in enumerate(("x", "y", "z"), 3):
        up = f'op.add_column("note", sa.Column("{column}", sa.Integer))'
        project.add(f"a{number}", f"a{number - 1}", up, f'op.drop_column("note", "{column}")')
    project.add("a6", "a5", *BEGINNING_AGAIN)
    run = project.trip()
    assert run.status == 1 and [(one["rule"], one["revision"]) for one in run.findings] == [("ML801", "a2"), ("ML810", "a3")]
    assert run.findings[1]["help"] == "so it is with 2 more behind it"
    verdicts = [verdict["verdict"] for verdict in run.json["roundtrip"]]
    assert verdicts == ["ok", "failed", "unverified", "unverified", "unverified", "ok"]


def test_the_example_of_the_readme(tmp_path):
    folder = Folder(tmp_path)
    folder.environment()
    folder.write("alembic.ini", "[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql:///shop\n")
    for revision, parent, name, upgrade, downgrade in [
        (
            "1a2b",
            None,
            "account",
            'op.create_table("account", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))',
            'op.drop_table("account")',
        ),
        ("2b3c", "1a2b", "system_account", "op.execute(\"INSERT INTO account (id, name) VALUES (1, 'system')\")", "pass"),
    ]:
        text = HEADER.format(
            message=name, revision=revision, parent=parent, upgrade=indented(upgrade), downgrade=indented(downgrade)
        )
        folder.write(f"migrations/versions/{revision}_{name}.py", text)
    [shown] = re.findall(r"^\$ miglint (--roundtrip.*)\n((?:.*\n)*?)```", (SOURCES / "README.md").read_text(), re.M)
    assert folder.miglint(*shown[0].split()).out == shown[1]
