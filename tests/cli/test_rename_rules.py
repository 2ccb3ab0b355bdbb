"""ML501 to ML504: what is dropped and made again where a change in place would keep what is in it.

SQLite is the judge: real Alembic runs each revision there on a table with a row in it.
"""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

HEADER = """from alembic import op
import sqlalchemy as sa
from sqlalchemy.orm import Session, declarative_base

revision = {revision!r}
down_revision = {parent!r}
{more}

"""

PERSON = """op.create_table(
    "person",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("mail", sa.String(50)),
    sa.Column("size", sa.Integer()),
)"""
VALUES = ("kept@example.org", 4711)


def function(name, body):
    return f"def {name}():\n" + "".join(f"    {line}\n" for line in body.strip().splitlines())


def revision(id_, parent, upgrade, downgrade="pass", more=""):
    header = HEADER.format(revision=id_, parent=parent, more=more)
    return f"{header}{function('upgrade', upgrade)}\n\n{function('downgrade', downgrade)}"


def found(folder, upgrade, downgrade="pass", before=PERSON, more="", rules="ML5", ini=""):
    if ini:
        folder.write("alembic.ini", (folder / "alembic.ini").read_text() + ini)
    folder.revision("a", text=revision("a", None, before))
    folder.revision("b", text=revision("b", "a", upgrade, downgrade, more))
    return folder.miglint("--select", rules, "--format", "json").findings


def survivors(upgrade, before=PERSON, more=""):
    """Which of the values are anywhere in the database once the revision has run on a row with them."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:

        def run(text):
            names = {}
            exec(compile(text, "revision", "exec"), names)
            with Operations.context(MigrationContext.configure(connection)):
                names["upgrade"]()

        run(revision("a", None, before))
        connection.execute(sa.text("INSERT INTO person (mail, size) VALUES ('kept@example.org', 4711)"))
        run(revision("b", "a", upgrade, more=more))
        cells = {
            cell
            for table in sa.inspect(connection).get_table_names()
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"'))
            for cell in row
        }
    return {value for value in VALUES if {value, str(value)} & cells}


# --- columns ---------------------------------------------------------------------

ADD = 'op.add_column("person", sa.Column("{}", sa.{}))'
DROP = 'op.drop_column("person", "mail")'


def swap(name, type_="String(50)"):
    return f"{ADD.format(name, type_)}\n{DROP}"


MIRROR = 'op.add_column("person", sa.Column("mail", sa.String(50)))\nop.drop_column("person", "contact")'

LOST = {
    "names that are alike": (swap("email"), "pass", "error"),
    "a name with one word more": (swap("mail_address"), "pass", "error"),
    "the drop comes first": (f"{DROP}\n{ADD.format('email', 'String(50)')}", "pass", "error"),
    "in batch": (
        'with op.batch_alter_table("person") as batch_op:\n'
        '    batch_op.drop_column("mail")\n'
        '    batch_op.add_column(sa.Column("email", sa.String(50)))',
        "pass",
        "error",
    ),
    "in SQL": ("op.execute('ALTER TABLE person DROP COLUMN mail')\n" + ADD.format("email", "String(50)"), "pass", "error"),
    "mirrored": (swap("contact"), MIRROR, "error"),
    "neither alike nor mirrored": (swap("contact"), "pass", "note"),
    "mirrored, but the new one has a default": (
        f'op.add_column("person", sa.Column("contact", sa.String(50), server_default="x"))\n{DROP}',
        MIRROR,
        "note",
    ),
    "mirrored, but the new one is unique": (
        f'{swap("contact")}\nop.create_index("i", "person", ["contact"])\n'
        'with op.batch_alter_table("person") as batch_op:\n'
        '    batch_op.create_unique_constraint("u", ["contact"])',
        MIRROR,
        "note",
    ),
    "mirrored, but the table gains another thing": (
        f'{swap("contact")}\n{ADD.format("born", "Date()")}',
        MIRROR + '\nop.drop_column("person", "born")',
        "note",
    ),
    "alike, and the table gains another thing": (f'{swap("email")}\n{ADD.format("born", "Date()")}', "pass", "error"),
    "some rows are deleted before": ("op.execute('DELETE FROM person WHERE id > 1')\n" + swap("email"), "pass", "error"),
    "a split": (f"{swap('mail_name')}\n{ADD.format('mail_host', 'String(50)')}", "pass", "note"),
    "numbers tell columns apart": (swap("mail2"), "pass", "note"),
}


@pytest.mark.parametrize("case", LOST)
def test_a_column_whose_values_are_lost(folder, case):
    upgrade, downgrade, severity = LOST[case]
    (finding,) = found(folder, upgrade, downgrade)
    assert (finding["rule"], finding["severity"]) == ("ML501", severity)
    assert VALUES[0] not in survivors(upgrade)
    assert "'mail' of 'person'" in finding["message"]
    drop = next(number for number, line in enumerate(upgrade.splitlines()) if "drop" in line.lower() and "mail" in line)
    before = len(HEADER.format(revision="b", parent="a", more="").splitlines()) + 1
    assert finding["line"] == before + drop + 1


MODEL = """
Base = declarative_base()


class Person(Base):
    __tablename__ = "person"
    id = sa.Column(sa.Integer, primary_key=True)
    mail = sa.Column(sa.String(50))
    email = sa.Column(sa.String(50))
"""
OBJECTS = f"""{ADD.format("email", "String(50)")}
session = Session(bind=op.get_bind())
for person in session.query(Person){{}}:
    person.email = person.mail
session.flush()
{DROP}"""

KEPT = {
    "renamed": ('op.alter_column("person", "mail", new_column_name="email")', ""),
    "copied in SQL": (f"{ADD.format('email', 'String(50)')}\nop.execute('UPDATE person SET email = mail')\n{DROP}", ""),
    "copied by SQLAlchemy": (
        f'{ADD.format("email", "String(50)")}\nperson = sa.table("person", sa.column("mail"), sa.column("email"))\n'
        f"op.execute(person.update().values(email=person.c.mail))\n{DROP}",
        "",
    ),
    "copied row by row": (
        f'{ADD.format("email", "String(50)")}\nbind = op.get_bind()\n'
        'for row in bind.execute(sa.text("SELECT id, mail FROM person")).fetchall():\n'
        '    bind.execute(sa.text("UPDATE person SET email = :mail WHERE id = :id"), {"mail": row.mail, "id": row.id})\n'
        + DROP,
        "",
    ),
    "copied object by object": (OBJECTS.format(""), MODEL),
    "copied object by object of a list": (OBJECTS.format(".filter(Person.mail != None).all()"), MODEL),
    "moved to another table": (
        "op.execute('CREATE TABLE mail AS SELECT id, mail FROM person')\n" + swap("email"),
        "",
    ),
}


@pytest.mark.parametrize("case", KEPT)
def test_a_column_whose_values_are_kept(folder, case):
    upgrade, more = KEPT[case]
    assert VALUES[0] in survivors(upgrade, more=more)
    assert found(folder, upgrade, more=more) == []


@pytest.mark.parametrize(
    "change",
    [
        swap("email"),
        'op.drop_column("person", "size")\nop.add_column("person", sa.Column("size", sa.String(20)))',
        PERSON.replace("person", "persons") + '\nop.drop_table("person")',
    ],
)
@pytest.mark.parametrize("delete", ["'DELETE FROM person'", "sa.table('person').delete()"])
def test_where_no_row_is_left_none_is_lost(folder, delete, change):
    delete = f"op.execute({delete})\n"
    assert len(found(folder, change)) == 1
    assert survivors(delete) == set()
    assert found(folder, delete + change) == []


OTHER_THINGS = {
    "another type": swap("email", "Integer()"),
    "another length": swap("email", "String(60)"),
    "another table": 'op.create_table("other", sa.Column("id", sa.Integer()))\n'
    f'op.add_column("other", sa.Column("email", sa.String(50)))\n{DROP}',
    "on a condition": f'if op.get_context().as_sql:\n    {ADD.format("email", "String(50)")}\n{DROP}',
    "somebody else may copy": f'{ADD.format("email", "String(50)")}\nhelp_out(op)\n{DROP}',
    "a table of this revision": PERSON.replace("person", "friend")
    + '\nop.add_column("friend", sa.Column("email", sa.String(50)))\nop.drop_column("friend", "mail")',
    "a type that cannot be told": f'op.add_column("person", sa.Column("email", unknown.Type()))\n{DROP}',
    "nothing is added": DROP,
}


@pytest.mark.parametrize("case", OTHER_THINGS)
def test_what_is_no_rename(folder, case):
    assert found(folder, OTHER_THINGS[case]) == []


def test_keys_to_two_tables_are_two_things(folder):
    tables = "\n".join(f'op.create_table("{name}", sa.Column("id", sa.Integer(), primary_key=True))' for name in "xy")
    before = f'{tables}\nop.create_table("person", sa.Column("owner_id", sa.Integer(), sa.ForeignKey("x.id")))'
    drop = 'op.drop_column("person", "owner_id")'
    for table, rules in (("x", ["ML501"]), ("y", [])):
        add = f'op.add_column("person", sa.Column("owner_ref_id", sa.Integer(), sa.ForeignKey("{table}.id")))'
        assert [f["rule"] for f in found(folder, f"{add}\n{drop}", before=before)] == rules


ALIKE = "mail email|created_on created_at|user user_id|is_active active|userName user_name|adress address|desc description"
UNLIKE = "start_date end_date|min_size max_size|user_id group_id|id uuid|address1 address2|lat lon|width height|is_public is_private"


@pytest.mark.parametrize("pair, severity", [(p, "error") for p in ALIKE.split("|")] + [(p, "note") for p in UNLIKE.split("|")])
def test_names(folder, pair, severity):
    old, new = pair.split()
    before = f'op.create_table("t", sa.Column("{old}", sa.Date()))'
    upgrade = f'op.drop_column("t", "{old}")\nop.add_column("t", sa.Column("{new}", sa.Date()))'
    assert [f["severity"] for f in found(folder, upgrade, before=before)] == [severity]


def test_what_the_help_says_keeps_the_values(folder):
    (finding,) = found(folder, swap("email"))
    instead, back = finding["help"].removeprefix("write ").split(", and in downgrade() ")
    assert survivors(instead) == set(VALUES)
    assert survivors(f"{instead}\n{back}") == set(VALUES)
    assert found(folder, instead, back) == []


def test_with_base_only_what_the_base_has_is_lost(repository):
    """A column that the same pull request brings has no values yet."""
    repository.commit()
    repository.branch("topic")
    repository.revision("a", text=revision("a", None, PERSON))
    repository.revision("b", text=revision("b", "a", swap("email")))
    repository.commit()
    arguments = ("--select", "ML5", "--base", "main", "--format", "json")
    assert repository.miglint(*arguments).rules == []
    repository.git("checkout", "--quiet", "main")
    repository.revision("a", text=revision("a", None, PERSON))
    repository.commit()
    repository.git("checkout", "--quiet", "topic")
    assert repository.miglint(*arguments).rules == ["ML501"]


# --- types -------------------------------------------------------------------------

RESIZE = 'op.drop_column("person", "size")\nop.add_column("person", sa.Column("size", sa.{}))'


def test_a_column_that_is_made_again_with_another_type(folder):
    upgrade = RESIZE.format("String(20)")
    (finding,) = found(folder, upgrade)
    assert (finding["rule"], finding["severity"]) == ("ML503", "error")
    assert 4711 not in survivors(upgrade)
    assert finding["help"] == 'write op.alter_column("person", "size", type_=sa.String(20))'
    in_batch = 'with op.batch_alter_table("person") as batch_op:\n    batch_op.alter_column("size", type_=sa.String(20))'
    assert survivors(in_batch) == set(VALUES)
    assert found(folder, in_batch) == []


@pytest.mark.parametrize(
    "upgrade",
    [
        RESIZE.format("Integer()"),
        'op.execute("CREATE TABLE saved AS SELECT id, size FROM person")\n' + RESIZE.format("String(20)"),
        'op.add_column("person", sa.Column("old", sa.Integer()))\nop.execute("UPDATE person SET old = size")\n'
        + RESIZE.format("String(20)")
        + '\nop.execute("UPDATE person SET size = old")\nop.drop_column("person", "old")',
        'op.drop_column("person", "size")',
    ],
)
def test_what_is_no_change_of_type(folder, upgrade):
    assert [f for f in found(folder, upgrade) if f["rule"] == "ML503"] == []


# --- tables ------------------------------------------------------------------------

NARROW = PERSON.replace('    sa.Column("size", sa.Integer()),\n', "")
OTHER = PERSON.replace("size", "area")
WIDE = PERSON[:-1] + '    sa.Column("country", sa.String(2)),\n)'


@pytest.mark.parametrize(
    "before, after, name, rules",
    [
        (PERSON, PERSON, "member", ["ML502"]),  # all is the same
        (WIDE, OTHER[:-1] + WIDE[len(PERSON) - 1 :], "persons", ["ML502"]),  # three of four, and the names are alike
        (WIDE, OTHER[:-1] + WIDE[len(PERSON) - 1 :], "member", []),
        (PERSON, OTHER, "persons", []),  # two of three
        (NARROW, NARROW, "persons", ["ML502"]),
        (NARROW, NARROW, "colour", []),  # many tables have two such columns
    ],
)
def test_a_table_that_is_made_again(folder, before, after, name, rules):
    upgrade = after.replace("person", name) + '\nop.drop_table("person")'
    findings = found(folder, upgrade, before=before)
    assert [f["rule"] for f in findings] == rules
    for finding in findings:
        instead = finding["help"].removeprefix("write ").split(", and ")[0]
        assert instead == f'op.rename_table("person", "{name}")'
        if "size" in before:
            assert survivors(upgrade, before=before) == set()
            assert survivors(instead, before=before) == set(VALUES)


@pytest.mark.parametrize(
    "upgrade",
    [
        PERSON.replace("person", "persons")
        + '\nop.execute("INSERT INTO persons SELECT * FROM person")\nop.drop_table("person")',
        PERSON.replace("person", "persons") + '\nop.execute("INSERT INTO persons SELECT * FROM person")\n'
        'op.drop_table("person")\nop.rename_table("persons", "person")',
        'op.rename_table("person", "persons")',
    ],
)
def test_a_table_whose_rows_are_kept(folder, upgrade):
    assert found(folder, upgrade) == []
    assert survivors(upgrade) == set(VALUES)


def test_a_table_that_could_be_either_of_two(folder):
    others = "\n".join(WIDE.replace("person", name) for name in ("member", "guest"))
    assert found(folder, f'{others}\nop.drop_table("person")', before=WIDE) == []


# --- indexes -------------------------------------------------------------------------

INDEX = PERSON + '\nop.create_index("person_mail", "person", ["mail"])'
POSTGRES = "sqlalchemy.url = postgresql://db/people\n"
REINDEX = 'op.drop_index("person_mail", table_name="person")\nop.create_index("ix_person_mail", "person", [{}]{})'


@pytest.mark.parametrize(
    "upgrade, ini, rules",
    [
        (REINDEX.format('"mail"', ""), POSTGRES, ["ML504"]),
        (REINDEX.format('"mail"', ""), "", ["ML504"]),
        (REINDEX.format('"mail"', ""), "sqlalchemy.url = sqlite:///people.db\n", []),
        (REINDEX.format('"mail"', ", unique=True"), POSTGRES, []),
        (REINDEX.format('"mail", "size"', ""), POSTGRES, []),
        (REINDEX.format('"mail"', ', postgresql_where=sa.text("size > 1")'), POSTGRES, []),
        (REINDEX.format('"mail"', ', postgresql_using="hash"'), POSTGRES, []),
        ('op.execute("ALTER INDEX person_mail RENAME TO ix_person_mail")', POSTGRES, []),
    ],
)
def test_an_index_that_is_made_again(folder, upgrade, ini, rules):
    findings = found(folder, upgrade, before=INDEX, ini=ini)
    assert [(f["rule"], f["severity"]) for f in findings] == [(rule, "note") for rule in rules]
    for finding in findings:
        assert finding["help"].endswith('op.execute("ALTER INDEX person_mail RENAME TO ix_person_mail")')
