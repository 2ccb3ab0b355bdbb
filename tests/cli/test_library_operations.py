"""Operations that libraries add to op: alembic_utils, alembic_postgresql_enum, alembic_autogenerate_enums.

What is sent is written down here as alembic_utils sends it, but for white space, a last semicolon,
and the case of a word; Postgres is the judge of whether it does what is said of it, there and back.
"""

from textwrap import dedent, indent

import pytest
from renders import normal, rendered


HEADER = """from pathlib import Path
from alembic import op
from alembic_postgresql_enum import TableReference
from alembic_utils.pg_extension import PGExtension
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_grant_table import PGGrantTable
from alembic_utils.pg_materialized_view import PGMaterializedView
from alembic_utils.pg_policy import PGPolicy
from alembic_utils.pg_trigger import PGTrigger
from alembic_utils.pg_view import PGView
import sqlalchemy as sa

revision = {!r}
down_revision = {!r}

touch = PGFunction(
    schema="public",
    signature="touch()",
    definition='''
        RETURNS trigger AS $$
        BEGIN
            NEW.at := now()::timestamp;
            RETURN NEW;
        END;
        $$ language 'plpgsql';
    ''',
)
hour = PGFunction("public", 'hour(a int, b text DEFAULT \\'x\\')', "RETURNS text AS $$ SELECT ':' || a $$ LANGUAGE sql")
young = PGView(schema="public", signature="young", definition="SELECT id, at::date AS day FROM account;")
young_now = PGView(schema="public", signature="young", definition="SELECT id FROM account")
stored = PGMaterializedView("public", "stored", "SELECT id FROM account", with_data=False)
touched = PGTrigger(
    schema="public",
    signature="touched",
    on_entity="account",
    is_constraint=False,
    definition="BEFORE UPDATE OF at ON account FOR EACH ROW EXECUTE FUNCTION public.touch()",
)
own = PGPolicy(schema="public", signature="own", on_entity="account", definition="FOR SELECT TO public USING (id > 1)")
citext = PGExtension(schema="public", signature="citext")
read = PGGrantTable(schema="public", table="account", role="public", grant="SELECT", columns=["id"])
unread = PGFunction(schema="public", signature="unread(a int)", definition=Path("unread.sql").read_text())
"""

TABLE = """
op.create_table(
    "account",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime),
    sa.Column("mood", sa.Enum("ok", "sad", name="mood")),
)
"""


def revision(id_, parent, upgrade, downgrade):
    body = "".join(
        f"\n\ndef {name}():\n{indent(dedent(text).strip(), '    ')}\n"
        for name, text in (("upgrade", upgrade), ("downgrade", downgrade))
    )
    return HEADER.format(id_, parent) + body


def project(folder, *passages):
    passages = ((TABLE, 'op.drop_table("account"); op.execute("DROP TYPE mood")'), *passages)
    parent = None
    for number, passage in enumerate(passages):
        folder.revision(f"r{number}", text=revision(f"r{number}", parent, *passage))
        parent = f"r{number}"
    return folder


def found(folder, *passages, rules="ML002,ML3", dialect="postgresql"):
    run = project(folder, *passages).miglint("--select", rules, "--dialect", dialect, "--format", "json")
    return [(finding["rule"], finding["severity"], finding["message"]) for finding in run.findings]


def sent(folder, upgrade):
    """What is rendered of an upgrade(): statements, and why others are not."""
    project(folder, (upgrade, "pass"))
    passage = rendered(folder / "migrations", "postgresql", None)["r1"]["upgrade"]
    return [(kind, normal(text)) for kind, text in passage]


SENT = {
    "a function": ("op.create_entity(hour)", ["CREATE FUNCTION \"public\".\"hour\"(a int, b text DEFAULT 'x') RETURNS text AS $$ SELECT ':' || a $$ LANGUAGE sql"]),
    "a function replaced": (
        "op.replace_entity(touch)",
        [
            'CREATE OR REPLACE FUNCTION "public"."touch"() RETURNS trigger AS $$ BEGIN NEW.at := now()::timestamp; '
            "RETURN NEW; END; $$ language 'plpgsql'",
        ],
    ),
    "a function dropped": ("op.drop_entity(hour)", ['DROP FUNCTION "public"."hour"(a int, b text)']),
    "one of which only the name is known": ("op.drop_entity(unread, cascade=True)", ['DROP FUNCTION "public"."unread"(a int) cascade']),
    "a view": ("op.create_entity(young)", ['CREATE VIEW "public"."young" AS SELECT id, at::date AS day FROM account;']),
    "a view replaced": (
        "op.replace_entity(young_now)",
        [
            'do $$ begin CREATE OR REPLACE VIEW "public"."young" AS SELECT id FROM account; exception when others then '
            'DROP VIEW IF EXISTS "public"."young"; CREATE VIEW "public"."young" AS SELECT id FROM account; end; $$ '
            "language 'plpgsql'",
        ],
    ),
    "a view dropped": ("op.drop_entity(young)", ['DROP VIEW "public"."young"']),
    "a materialized view": (
        "op.create_entity(stored)", ['CREATE MATERIALIZED VIEW "public"."stored" AS SELECT id FROM account WITH NO DATA'],
    ),
    "a materialized view replaced": (
        "op.replace_entity(stored)",
        [
            'DROP MATERIALIZED VIEW IF EXISTS "public"."stored";',
            'CREATE MATERIALIZED VIEW "public"."stored" AS SELECT id FROM account WITH NO DATA',
        ],
    ),
    "a trigger": (
        "op.create_entity(touched)",
        ['CREATE TRIGGER "touched" BEFORE UPDATE OF at ON public.account FOR EACH ROW EXECUTE FUNCTION public.touch()'],
    ),
    "a trigger dropped": ("op.drop_entity(target=touched)", ['DROP TRIGGER "touched" ON public.account']),
    "a policy": ("op.create_entity(own)", ["CREATE POLICY own on public.account FOR SELECT TO public USING (id > 1)"]),
    "a policy dropped": ("op.drop_entity(own)", ["DROP POLICY own on public.account"]),
    "an extension": ("op.create_entity(citext)", ['CREATE EXTENSION "citext" WITH SCHEMA "public";']),
    "an extension dropped": ("op.drop_entity(citext)", ['DROP EXTENSION "citext"']),
}  # fmt: skip


@pytest.mark.parametrize("case", SENT)
def test_what_alembic_utils_sends(folder, case):
    upgrade, statements = SENT[case]
    assert sent(folder, upgrade) == [("statement", text) for text in statements]


LIBRARY = "is done by a library, whose SQL is not written here"
SYNC = """op.sync_enum_values(
    enum_schema="public", enum_name="mood", new_values={}, enum_values_to_rename=[{}],
    affected_columns=[TableReference(table_schema="public", table_name="account", column_name="mood")],
)
"""
GLAD = SYNC.format(["ok", "sad", "glad"], "")

NOT_SENT = {
    "a definition in a file": (
        "op.create_entity(unread)", "its definition depends on pathlib.Path, which is defined outside of the repository",
    ),
    "a trigger on nothing": (
        'op.create_entity(PGTrigger("public", "t", "BEFORE UPDATE", "account"))',
        "its definition depends on alembic_utils.pg_trigger.PGTrigger, which is defined outside of the repository",
    ),
    "a name": (
        "op.create_entity(PGView('public', sa.name(), 'SELECT 1'))",
        "depends on alembic_utils.pg_view.PGView, which is defined outside of the repository",
    ),
    "no entity": ("op.drop_entity(sa.entity())", "depends on sqlalchemy.entity, which is not understood"),
    "an extension replaced": (
        "op.replace_entity(citext)", "depends on alembic_utils.pg_extension.PGExtension, which is defined outside of the repository",
    ),
    "rights": ("op.create_entity(read)", LIBRARY),
    "values of an enum": (GLAD, LIBRARY),
    "values that are added": ('op.sync_enum_values("public", "mood", ["ok", "sad"], ["glad", "ok", "sad"])', LIBRARY),
    "values that are renamed": (SYNC.format(["ok", "glum"], '("sad", "glum")'), "renames values, which may be defaults of columns"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_SENT)
def test_what_is_not_sent_says_why(folder, case):
    upgrade, why = NOT_SENT[case]
    assert sent(folder, upgrade) == [("not", why)]


def test_postgres_goes_there_and_back(folder):
    """All of them, and a replacement by which a view loses a column."""
    every = "(touch, hour, young, stored, touched, own, citext)"
    project(
        folder,
        (f"for one in {every}:\n    op.create_entity(one)", f"for one in reversed({every}):\n    op.drop_entity(one)"),
        (
            "for one in (touch, hour, young_now, stored, touched, own):\n    op.replace_entity(one)",
            "for one in (young, own):\n    op.replace_entity(one)",
        ),
    )
    run = folder.miglint("--roundtrip", "--database", "postgresql", "--select", "ML8", "--format", "json")
    verdicts = {one["revision"]: (one["verdict"], one["reason"], one["database_message"]) for one in run.json["roundtrip"]}
    assert verdicts == {name: ("ok", None, None) for name in ("r0", "r1", "r2")}


def test_an_unknown_one_is_unverified(folder):
    project(folder, (GLAD, SYNC.format(["ok", "sad"], "")))
    run = folder.miglint("--roundtrip", "--database", "postgresql", "--select", "ML8", "--format", "json")
    verdicts = {one["revision"]: (one["verdict"], one["reason"]) for one in run.json["roundtrip"]}
    assert verdicts == {"r0": ("ok", None), "r1": ("unverified", LIBRARY)}


# --- what rules say ------------------------------------------------------------------------

LEAVES = "downgrade() leaves {}, which upgrade() makes"
MORE = "downgrade() leaves enum type 'mood' with values ok, sad, glad instead of ok, sad, as it was before upgrade()"

TOLD = {
    "a view is left": (("op.create_entity(young)", 'op.execute("SELECT 1")'), [("ML303", "error", LEAVES.format("view 'young'"))]),
    "a trigger is left": (
        ("op.create_entity(touch)\nop.create_entity(touched)", "op.drop_entity(touch)"),
        [("ML303", "error", LEAVES.format("trigger 'touched' of 'account'"))],
    ),
    "one whose definition cannot be told is left": (
        ("op.create_entity(unread)", 'op.execute("SELECT 1")'),
        [
            ("ML002", "note", "create_object: 'definition' depends on pathlib.Path, which is defined outside of the repository"),
            ("ML303", "error", LEAVES.format("function 'unread'")),
        ],
    ),
    "a table is left behind one": (
        ('op.create_entity(young)\nop.create_table("a", sa.Column("id", sa.Integer))', "op.drop_entity(young)"),
        [("ML303", "error", LEAVES.format("table 'a'"))],
    ),
    "nothing is undone": (
        ("op.create_entity(own)", "pass"), [("ML301", "error", "upgrade() changes the schema, but downgrade() does nothing")],
    ),
    "dropped and made": (("op.create_entity(young)", "op.drop_entity(young)"), []),
    "replaced, whatever was there": (("op.replace_entity(young)\nop.replace_entity(stored)", 'op.execute("SELECT 1")'), []),
    "rights": (("op.create_entity(read)", "op.drop_entity(read)"), []),
    "values, there and back": ((GLAD, SYNC.format(["ok", "sad"], "")), []),
    "values that stay": ((GLAD, 'op.execute("SELECT 1")'), [("ML304", "note", MORE)]),
    "values that do not come back": (
        (SYNC.format(["ok"], ""), SYNC.format(["ok", "bad"], "")),
        [("ML304", "error", MORE.replace("ok, sad, glad", "ok, bad"))],
    ),
    "a table is left behind values": (
        (GLAD + 'op.create_table("a", sa.Column("id", sa.Integer))', SYNC.format(["ok", "sad"], "")),
        [("ML303", "error", LEAVES.format("table 'a'"))],
    ),
    "an older library adds values": (
        (
            'op.sync_enum_values("public", "mood", ["ok", "sad"], ["glad", "ok", "sad"])',
            'op.sync_enum_values("public", "mood", ["glad", "ok", "sad"], ["ok", "sad"])',
        ),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_what_is_told(folder, case):
    passages, expected = TOLD[case]
    assert found(folder, passages) == expected


def test_values_are_a_matter_of_postgres(folder):
    assert found(folder, (GLAD, 'op.execute("SELECT 1")'), dialect="sqlite") == []


def test_what_is_to_be_written(folder):
    project(folder, (GLAD, 'op.execute("SELECT 1")'))
    (finding,) = folder.miglint("--select", "ML304", "--dialect", "postgresql", "--format", "json").findings
    assert finding["help"].startswith("write in downgrade() op.sync_enum_values(...) with the values that it had")


@pytest.mark.parametrize("signature", ["f)(", ")", "(", "f(a int", "", "f(((", "))(("])
def test_a_signature_that_is_none_ends_nothing(folder, signature):
    entity = f"PGFunction('public', {signature!r}, 'returns int as $$ select 1 $$ language sql')"
    text = (
        "from alembic import op\nfrom alembic_utils.pg_function import PGFunction\n\n"
        "revision = 'a'\ndown_revision = None\n\n\n"
        f"def upgrade():\n    op.create_entity({entity})\n\n\ndef downgrade():\n    op.drop_entity({entity})\n"
    )
    folder.revision("a", text=text)
    assert folder.miglint("--dialect", "postgresql").status in (0, 1)
