"""ML401 to ML408, which speak of names. What SQLAlchemy makes of them, in both ages, is the judge; of what is cut, Postgres."""

import io
import json
import re
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from convention import CONVENTION
from repository import ENVIRONMENT, place, place_of

JUDGE = Path(__file__).with_name("naming_judge.py")
PYTHON = "/usr/bin/python3"

UNIQUE_ONLY = {"uq": CONVENTION["uq"]}
LONG = "a_name_that_goes_on_and_on_" * 3
KEY = "op.create_foreign_key({}, 'orders', 'users', ['user_id'], ['id'])"
TABLE = "op.create_table('orders', sa.Column('id', sa.Integer){})"

HEADER = """import sqlalchemy as sa
from alembic import op

revision = "aaaa"
down_revision = None


def upgrade():
"""


@pytest.fixture
def lint(folder):
    def run(select, upgrade, convention=None, downgrade="pass", dialect="postgresql", metadata=None):
        metadata = metadata or (f"MetaData(naming_convention={convention!r})" if convention else "MetaData()")
        folder.write(
            "migrations/env.py",
            f"from alembic import context\nfrom sqlalchemy import MetaData\nfrom sqlalchemy.orm import declarative_base\n\ncontext.configure(target_metadata={metadata})\n",
        )
        bodies = [["    " + line + "\n" for line in body.splitlines()] for body in (upgrade, downgrade)]
        text = HEADER + "".join(bodies[0]) + "\n\ndef downgrade():\n" + "".join(bodies[1])
        folder.revision("aaaa", text=text)
        arguments = ["--dialect", dialect] if dialect else []
        return folder.miglint("--format", "json", "--select", select, *arguments).findings

    return run


# --- what SQLAlchemy says --------------------------------------------------------

# body, convention: how many constraints are left without a name, or the error
NAMES = [
    (KEY.format(None), None),
    (KEY.format(None), CONVENTION),
    (KEY.format(None), UNIQUE_ONLY),
    (KEY.format("'fk'"), None),
    ("op.create_unique_constraint(None, 'users', ['email', 'tenant'])", None),
    ("op.create_unique_constraint(None, 'users', ['email', 'tenant'])", UNIQUE_ONLY),
    ("op.create_unique_constraint(constraint_name=None, table_name='users', columns=['email'])", None),
    ("op.create_check_constraint(None, 'users', 'age > 0')", None),
    ("op.create_check_constraint(None, 'users', 'age > 0')", CONVENTION),
    ("op.create_check_constraint('adult', 'users', 'age > 0')", CONVENTION),
    ("for name in ('a', 'b'):\n    op.create_unique_constraint(None, name, ['email'])", None),
    (TABLE.format(", sa.ForeignKeyConstraint(['id'], ['users.id'])"), None),
    (TABLE.format(", sa.ForeignKeyConstraint(['id'], ['users.id'])"), UNIQUE_ONLY),
    (TABLE.format(", sa.ForeignKeyConstraint(['id'], ['users.id'])"), CONVENTION),
    (TABLE.format(", sa.ForeignKeyConstraint(['id'], ['users.id'], name='fk')"), UNIQUE_ONLY),
    (TABLE.format(", sa.Column('user', sa.Integer, sa.ForeignKey('users.id'))"), UNIQUE_ONLY),
    (TABLE.format(", sa.Column('email', sa.Text, unique=True)"), None),
    (TABLE.format(", sa.Column('email', sa.Text, unique=True)"), UNIQUE_ONLY),
    (TABLE.format(", sa.Column('email', sa.Text, unique=True, index=True)"), None),
    (TABLE.format(", sa.CheckConstraint('id > 0'), sa.UniqueConstraint('id')"), None),
    (TABLE.format(", sa.CheckConstraint('id > 0')"), CONVENTION),
    (TABLE.format(", sa.Column('age', sa.Integer, sa.CheckConstraint('age > 0'))"), CONVENTION),
    (TABLE.format(", sa.CheckConstraint('id > 0', name='positive')"), CONVENTION),
    ("op.add_column('orders', sa.Column('user', sa.Integer, sa.ForeignKey('users.id')))", None),
    ("op.add_column('orders', sa.Column('user', sa.Integer, sa.ForeignKey('users.id')))", CONVENTION),
    ("op.add_column('orders', sa.Column('user', sa.Integer, unique=True))", None),
    ("op.create_index(None, 'orders', ['id'])", None),
    ("op.execute('ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0)')", None),
]

# body, convention: the error, if SQLAlchemy cannot tell what is dropped
DROPS = [
    ("op.drop_constraint(None, 'orders', type_='foreignkey')", None),
    ("op.drop_constraint(None, 'orders', type_='foreignkey')", CONVENTION),
    ("op.drop_constraint(None, 'orders', type_='unique')", None),
    ("op.drop_constraint(None, 'orders', type_='check')", None),
    ("op.drop_constraint(None, 'orders', type_='check')", CONVENTION),
    ("op.drop_constraint(None, 'orders')", None),
    ("op.drop_constraint(constraint_name=None, table_name='orders')", CONVENTION),
    ("op.drop_constraint(None, 'orders', type_='primary')", None),
    ("op.drop_constraint(None, 'orders', type_='primary')", CONVENTION),
    ("op.drop_constraint('orders_user_fkey', 'orders')", None),
    ("op.drop_constraint(op.f('fk'), 'orders', type_='foreignkey')", CONVENTION),
]

# body, convention: whether ck_orders_ck_orders_positive comes of it
FINISHED = [
    ("op.create_check_constraint('ck_orders_positive', 'orders', 'id > 0')", CONVENTION),
    ("op.create_check_constraint('ck_orders_positive', 'orders', 'id > 0')", None),
    ("op.create_check_constraint('ck_orders_positive', 'orders', 'id > 0')", UNIQUE_ONLY),
    ("op.create_check_constraint(op.f('ck_orders_positive'), 'orders', 'id > 0')", CONVENTION),
    ("op.create_check_constraint('positive', 'orders', 'id > 0')", CONVENTION),
    (TABLE.format(", sa.CheckConstraint('id > 0', name='ck_orders_positive')"), CONVENTION),
    (TABLE.format(", sa.CheckConstraint('id > 0', name=op.f('ck_orders_positive'))"), CONVENTION),
    ("op.drop_constraint('ck_orders_positive', 'orders', type_='check')", CONVENTION),
    ("op.drop_constraint('ck_orders_positive', 'orders')", CONVENTION),
    ("op.drop_constraint(op.f('ck_orders_positive'), 'orders', type_='check')", CONVENTION),
    ("op.drop_constraint('uq_orders_id', 'orders', type_='unique')", CONVENTION),
]

# body, convention: whether SQLAlchemy refuses a name, or sends one that Postgres has no room for
LENGTHS = [
    (f"op.create_index('{LONG}', 'orders', ['id'])", None),
    (f"op.create_index(op.f('{LONG}'), 'orders', ['id'])", None),
    (f"op.create_index('{LONG[:63]}', 'orders', ['id'])", None),
    (f"op.create_index('{LONG[:64]}', 'orders', ['id'])", None),
    (f"op.create_index('{'é' * 40}', 'orders', ['id'])", None),
    (f"op.create_index(None, 'orders', ['{LONG[:60]}'])", CONVENTION),
    (f"op.create_unique_constraint('{LONG}', 'orders', ['id'])", None),
    (f"op.create_check_constraint('{LONG}', 'orders', 'id > 0')", None),
    (f"op.create_check_constraint('{LONG}', 'orders', 'id > 0')", CONVENTION),
    (TABLE.format(f", sa.UniqueConstraint('id', name='{LONG}')"), None),
    (TABLE.format(f", sa.Column('{LONG}', sa.Integer)"), None),
    (TABLE.format(f", sa.Column('state', sa.Enum('a', 'b', name='{LONG}'))"), None),
    (f"op.create_table('{LONG}', sa.Column('id', sa.Integer))", None),
    (f"op.rename_table('orders', '{LONG}')", None),
    (f"op.alter_column('orders', 'id', new_column_name='{LONG}')", None),
    (f"op.add_column('orders', sa.Column('{LONG}', sa.Integer))", None),
    (f"op.add_column('orders', sa.Column('{LONG[:63]}', sa.Integer))", None),
]

CASES = [(body, convention) for cases in (NAMES, DROPS, FINISHED, LENGTHS) for body, convention in cases]


@pytest.fixture(scope="module")
def verdicts(recent):
    """What Alembic makes of each case, in both ages the same."""
    cases = json.dumps([(convention, "postgresql", body) for body, convention in CASES])
    ages = []
    for path in ("", recent):
        environment = {**ENVIRONMENT, "PYTHONPATH": path}
        done = subprocess.run([PYTHON, "-B", JUDGE], input=cases, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        ages.append(json.loads(done.stdout))
    assert ages[0] == ages[1]
    return dict(zip(map(str, CASES), ages[0]))


def unnamed(sql):
    kinds = "(?:UNIQUE(?! INDEX)|CHECK|FOREIGN KEY)"
    return len(re.findall(kinds, sql)) - len(re.findall(rf"CONSTRAINT \w+ {kinds}", sql))


def test_constraints_without_a_name(lint, verdicts):
    for case in NAMES:
        verdict = verdicts[str(case)]
        found = lint("ML401,ML402", *case)
        assert verdict["error"] in (None, "InvalidRequestError")
        assert len(found) == (1 if verdict["error"] else unnamed(verdict["sql"])), (case, verdict)
        inline = "op.create_table" in case[0] or "op.add_column" in case[0]
        for finding in found:
            severity = "warning" if inline and not verdict["error"] else "error"
            assert (finding["rule"], finding["severity"]) == ("ML402" if inline else "ML401", severity)
            assert ("SQLAlchemy refuses it" in finding["message"]) == bool(verdict["error"])


def test_drops_without_a_name(lint, verdicts):
    for case in DROPS:
        verdict = verdicts[str(case)]
        assert [finding["rule"] for finding in lint("ML403", *case)] == (["ML403"] if verdict["error"] else []), case
        assert len(lint("ML403", "pass", case[1], downgrade=case[0])) == bool(verdict["error"])


def test_an_index_without_a_name(lint):
    """SQLAlchemy makes up ix_orders_x, x being a column that Alembic has made up."""
    assert len(lint("ML403", "op.drop_index(None, 'orders')")) == 1


def test_finished_names(lint, verdicts):
    for case in FINISHED:
        twice = "ck_orders_ck_orders_positive" in verdicts[str(case)]["sql"]
        assert [finding["rule"] for finding in lint("ML406", *case)] == (["ML406"] if twice else []), case


def test_lengths(lint, verdicts):
    for case in LENGTHS:
        verdict = verdicts[str(case)]
        words = re.findall(r"\w+", verdict["sql"])
        bad = verdict["error"] == "IdentifierError" or any(len(word.encode()) > 63 for word in words)
        found = lint("ML408", *case)
        assert [finding["rule"] for finding in found] == (["ML408"] if bad else []), case
        assert all(("SQLAlchemy refuses it" in finding["message"]) == bool(verdict["error"]) for finding in found)
    assert not lint("ML408", *LENGTHS[0], dialect="sqlite") and not lint("ML408", *LENGTHS[0], dialect=None)


# --- what Postgres says --------------------------------------------------------------


@pytest.mark.parametrize("one, other", [(LONG + "1", LONG + "2"), ("short", LONG), (LONG[:63], LONG)])
@pytest.mark.parametrize("what", ["table", "column"])
def test_two_names_that_become_one(lint, cluster, what, one, other):
    if what == "table":
        upgrade = "".join(f"op.create_table('{name}', sa.Column('id', sa.Integer))\n" for name in (one, other))
        run = [f"CREATE TABLE {name} (id integer)" for name in (one, other)]
    else:
        upgrade = f"op.create_table('t', sa.Column('{one}', sa.Integer))\nop.add_column('t', sa.Column('{other}', sa.Integer))\n"
        run = [f"CREATE TABLE t ({one} integer)", f"ALTER TABLE t ADD {other} integer"]
    script = "\n".join(["CREATE SCHEMA s; SET search_path = s;", *(f"{line};" for line in run)])
    try:
        cluster.psql(script)
        refused = False
    except AssertionError as error:
        refused = "already exists" in str(error)
        assert refused
    finding = lint("ML408", upgrade)[-1]
    assert (f"is the same as that of '{one}'" in finding["message"]) == refused
    if not refused:
        (kept,) = re.findall("it cuts it to '(.*)'", finding["message"])
        query = "SELECT column_name FROM information_schema.columns" if what == "column" else (
            "SELECT table_name FROM information_schema.tables"
        )
        assert kept in cluster.psql(f"{script}\n{query} WHERE table_schema = 's'").splitlines()


# --- what they say ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "body, help_",
    [
        (KEY.format(None), 'name it, and drop it by that name: op.create_foreign_key("fk_orders_user_id_users", ...)'),
        (
            "with op.batch_alter_table('users') as batch_op:\n    batch_op.create_unique_constraint(None, ['a', 'b'])",
            'name it, and drop it by that name: batch_op.create_unique_constraint("uq_users_a_b", ...)',
        ),
        (
            "op.create_check_constraint(None, 'orders', 'amount > 0')",
            'name it, and drop it by that name: op.create_check_constraint("ck_orders_amount", ...)',
        ),
        (TABLE.format(", sa.ForeignKeyConstraint(['id'], ['users.id'])"), 'name it: name="fk_orders_id_users"'),
        (
            TABLE.format(", sa.Column('email', sa.Text, unique=True)"),
            'write sa.UniqueConstraint("email", name="uq_orders_email") beside the column',
        ),
    ],
)
def test_the_name_that_is_offered(lint, body, help_):
    assert [finding["help"] for finding in lint("ML401,ML402", body)] == [help_]


@pytest.mark.parametrize(
    "name, convention, help_",
    [
        ("None", None, 'write op.drop_constraint("orders_user_id_fkey", ...), as Postgres calls it'),
        ("None", CONVENTION, 'write op.drop_constraint(op.f("fk_orders_user_id_users"), ...)'),
        ("'orders_user'", None, 'write op.drop_constraint("orders_user", ...)'),
    ],
)
def test_the_drop_that_is_offered(lint, name, convention, help_):
    drop = "op.drop_constraint(None, 'orders', type_='foreignkey')"
    (finding,) = lint("ML403", KEY.format(name), convention, downgrade=drop)
    assert finding["help"] == help_
    assert finding["message"] == "a dropped foreign key of 'orders' is not named"
    text = f"{HEADER}    {KEY.format(name)}\n\n\ndef downgrade():\n    {drop}\n"
    assert place(finding) == place_of(text, "None", text.count("None") - 1)
    assert [related["line"] for related in finding["related"]] == [HEADER.count("\n") + 1]


ALREADY = "; where it has been made already, write the name that the database has given it"


@pytest.mark.parametrize("dialect, end", [(None, ALREADY), ("sqlite", "")])
def test_the_name_that_nobody_gave(lint, dialect, end):
    drop = "op.drop_constraint(None, 'orders', type_='foreignkey')"
    (finding,) = lint("ML403", KEY.format("None"), downgrade=drop, dialect=dialect)
    assert finding["help"] == (
        'name it "fk_orders_user_id_users" where it is made, and write op.drop_constraint("fk_orders_user_id_users", ...)' + end
    )


@pytest.mark.parametrize("convention", [None, CONVENTION, {"fk": "of_%(table_name)s_%(constraint_name)s"}])
def test_the_name_that_is_offered_is_that_of_any_convention(lint, convention):
    """Where the convention cannot be told: SQLAlchemy must make and drop the same constraint."""
    drop = "op.drop_constraint({}, 'orders', type_='foreignkey')"
    (finding,) = lint("ML403", KEY.format("None"), downgrade=drop.format("None"), metadata="application.metadata()")
    made, dropped = re.fullmatch(
        r"name it (.+) where it is made, and write op\.drop_constraint\((.+), \.\.\.\)" + ALREADY, finding["help"]
    ).groups()
    out = io.StringIO()
    options = {"as_sql": True, "output_buffer": out, "target_metadata": sa.MetaData(naming_convention=convention)}
    with Operations.context(MigrationContext.configure(dialect_name="postgresql", opts=options)):
        exec(f"{KEY.format(made)}\n{drop.format(dropped)}", {"op": op})
    first, last = re.findall(r"CONSTRAINT (\w+)", out.getvalue())
    assert first == last == "fk_orders_user_id_users"


def test_a_name_is_told_once(lint):
    """Where it is made; the drop follows from that."""
    name = "'ck_orders_positive', 'orders'"
    found = lint(
        "ML406", f"op.create_check_constraint({name}, 'id > 0')", CONVENTION, f"op.drop_constraint({name}, type_='check')"
    )
    assert [finding["help"] for finding in found] == [
        'write op.f("ck_orders_positive"), or what the convention asks for alone: "positive"'
    ]


# --- the project -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "metadata, rules, alone",
    [
        ("MetaData()", ["ML404"], ["ML402"]),
        ("declarative_base().metadata", ["ML404"], ["ML402"]),
        ("MetaData(naming_convention={'uq': 'x'})", ["ML402"], ["ML402"]),
        ("None", ["ML903"], ["ML402"]),
        ("application.metadata()", [], []),
        ("[MetaData()]", [], []),
        ("MetaData(**options)", [], []),
    ],
)
def test_once_a_project(lint, metadata, rules, alone):
    upgrade = TABLE.format(", sa.ForeignKeyConstraint(['id'], ['users.id'])")
    assert [finding["rule"] for finding in lint("ML402,ML404,ML903", upgrade, metadata=metadata)] == rules
    assert [finding["rule"] for finding in lint("ML402", upgrade, metadata=metadata)] == alone


@pytest.mark.parametrize("settings", ["ignore = ['ML404']", "[severity]\nML404 = 'off'"])
def test_each_where_the_project_is_not_told(folder, lint, settings):
    lint("ML404", TABLE.format(", sa.ForeignKeyConstraint(['id'], ['users.id'])"), downgrade="op.drop_table('orders')")
    assert folder.miglint("--format", "json").rules == ["ML404"]
    folder.write("miglint.toml", settings)
    assert folder.miglint("--format", "json").rules == ["ML402"]


def test_classes_instead_of_letters(lint):
    metadata = "MetaData(naming_convention={sqlalchemy.UniqueConstraint: 'uq_%(table_name)s'})"
    assert lint("ML401", "op.create_unique_constraint(None, 'users', ['email'])", metadata=metadata) == []


# --- those that have to be asked for --------------------------------------------------------


@pytest.mark.parametrize(
    "body, expected",
    [
        ("op.create_unique_constraint('users_email', 'users', ['email'])", ["uq_users_email"]),
        ("op.create_unique_constraint(op.f('uq_users_email'), 'users', ['email'])", []),
        ("op.create_unique_constraint(None, 'users', ['email'])", []),
        ("op.create_index('email', 'users', ['email'])", ["ix_users_email"]),
        ("op.create_index('ix_users_email', 'users', ['email'])", []),
        ("op.create_index('lower', 'users', [sa.text('lower(email)')])", []),
        ("op.create_check_constraint('adult', 'users', 'age > 18')", []),
        ("op.create_check_constraint(op.f('ck_users_adult'), 'users', 'age > 18')", []),
        ("op.create_check_constraint(op.f('adult'), 'users', 'age > 18')", ["ck_users_..."]),
        (TABLE.format(", sa.PrimaryKeyConstraint('id', name='orders_pkey')"), ["pk_orders"]),
        ("op.execute('CREATE INDEX email ON users (email)')", []),
    ],
)
def test_names_of_their_own(lint, body, expected):
    found = lint("ML405", body, CONVENTION)
    assert [finding["help"] for finding in found] == [f'write op.f("{name}")' for name in expected]
    assert lint("ML405", body) == []


@pytest.mark.parametrize(
    "body, convention, count",
    [
        ("op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))", None, 1),
        ("op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))", CONVENTION, 0),
        ("op.create_table('t', sa.Column('id', sa.Integer))", None, 0),
        ("op.create_table('t', sa.Column('id', sa.Integer), sa.PrimaryKeyConstraint('id'))", None, 1),
        ("op.create_table('t', sa.Column('id', sa.Integer), sa.PrimaryKeyConstraint('id', name='pk'))", None, 0),
        ("op.create_primary_key(None, 't', ['id'])", None, 1),
    ],
)
def test_keys_without_a_name(lint, body, convention, count):
    assert len(lint("ML407", body, convention)) == count
    assert lint("ML401,ML402", body, convention) == []


# --- silence ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "op.create_foreign_key(some_name(), 'orders', 'users', ['user_id'], ['id'])",
        "op.drop_constraint(some_name(), 'orders')",
        "op.create_unique_constraint(*arguments())",
        "op.create_table(some_name(), sa.Column('id', sa.Integer))",
        "op.execute('ALTER TABLE orders ADD CHECK (id > 0)')",
        "op.create_index(None, some_name(), ['id'])",
    ],
)
@pytest.mark.parametrize("convention", [None, CONVENTION])
def test_what_cannot_be_told(lint, body, convention):
    assert lint("ML401,ML402,ML403,ML405,ML406,ML407,ML408", body, convention) == []


def test_every_engine_once(folder):
    folder.write("alembic.ini", "[alembic]\nscript_location = migrations\ndatabases = one, two\n[one]\n[two]\n")
    folder.write("migrations/env.py", "from alembic import context\nimport sqlalchemy as sa\ncontext.configure(target_metadata=sa.MetaData())\n")
    text = HEADER.replace("upgrade()", "upgrade(engine_name)") + "    globals()['upgrade_%s' % engine_name]()\n\n\n"
    for engine in ("one", "two"):
        text += f"def upgrade_{engine}():\n    {KEY.format(None)}\n\n\ndef downgrade_{engine}():\n    pass\n\n\n"
    folder.revision("aaaa", text=text + "def downgrade(engine_name):\n    globals()['downgrade_%s' % engine_name]()\n")
    found = folder.miglint("--format", "json", "--select", "ML401").findings
    assert len({finding["line"] for finding in found}) == len(found) == 2


