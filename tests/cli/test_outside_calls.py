"""Calls of what is defined outside of the repository: which are trusted not to change the database."""

import json

import pytest

HEADER = '''"""calls of others"""
from alembic import op
import sqlalchemy as sa
{imports}

revision = "a"
down_revision = None


def upgrade():
    conn = op.get_bind()
{body}


def downgrade():
    pass
'''


@pytest.fixture
def does(folder):
    """What a body of upgrade() does: each operation, with the table or the call that it is of."""

    def tell(body, imports=""):
        indented = "".join(f"    {line}\n" for line in body.splitlines())
        folder.revision("a", text=HEADER.format(imports=imports, body=indented))
        run = folder.miglint("graph", "--format", "json")
        assert run.status == 0 and run.err == ""
        ((one,),) = [project["revisions"] for project in json.loads(run.out)["projects"]]
        return [f"{operation['op']} {operation.get('table') or operation.get('name')}" for operation in one["upgrade"]]

    return tell


# --- libraries that are known by name ---------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        "redis.Redis().flushall()",
        "boto3.client('s3').put_object(Body=str(conn))",
        "google.cloud.storage.Client().create_bucket('a')",
        "lock = threading.Lock()\nlock.acquire()",
        "uuid.uuid4()",
    ],
)
def test_a_library_that_knows_of_no_database(does, call):
    assert does(call, "import boto3, google.cloud.storage, redis, threading, uuid") == []


@pytest.mark.parametrize(
    "call, told",
    [
        ("google.cloud.spanner.Client().create('a')", "google.cloud.spanner.Client"),
        ("threading.settrace('a')", "threading.settrace"),
        ("os.system('psql')", "os.system"),
        ("os.popen('psql').read()", "os.popen"),
        ("werkzeug.utils.import_string('a').drop()", "werkzeug.utils.import_string"),
        ("tenacity.Retrying()(conn.execute, 'DROP TABLE a')", "tenacity.Retrying"),
        ("functools.partial(conn.exec_driver_sql, 'DROP TABLE a')()", "functools.partial"),
    ],
)
def test_what_is_not_harmless_in_it(does, call, told):
    found = does(call, "import functools, google.cloud.spanner, os, tenacity, threading, werkzeug.utils")
    assert found == [f"unknown_call {told}"]


def test_a_class_with_a_base_that_nobody_knows(does):
    classes = "import enum, fruits\nclass One(enum.Enum):\n    pass\nclass Two(enum.Enum, fruits.Mixin):\n    pass"
    assert does("One.peel('a')", classes) == []
    assert does("Two.peel('a')", classes) == ["unknown_call Two.peel"]


# --- what keeps a connection ------------------------------------------------------------


KEEPERS = """
import attr, collections, contextlib, dataclasses, pydantic, types, typing
class Model(pydantic.BaseModel):
    conn: typing.Any = pydantic.Field(None)
@dataclasses.dataclass
class Data:
    conn: typing.Any = dataclasses.field(default=None)
    name: str = "a"
class Named(typing.NamedTuple):
    conn: typing.Any = None
@attr.s
class Attr:
    conn = attr.ib()
Pair = collections.namedtuple("Pair", "conn")
class Shared:
    name = "a"
"""


@pytest.mark.parametrize(
    "made",
    ["Model(conn=conn)", "Data(conn)", "Named(conn)", "Attr(conn)", "Pair(conn)", "types.SimpleNamespace(conn=conn)"],
)
def test_what_keeps_a_connection_leads_to_it(does, made):
    (operation,) = does(f"{made}.conn.execute('DROP TABLE a')", KEEPERS)
    assert operation.startswith("unknown_call ")
    assert does(f"made = {made.replace('conn)', 'None)')}\nprint(made)", KEEPERS) == []


@pytest.mark.parametrize("kept", ["collections.deque([{}]).pop()", "types.MappingProxyType({{'a': ({},)}})['a'][0]"])
def test_what_keeps_a_container_of_one(does, kept):
    (operation,) = does(f"kept = {kept.format('conn')}\nkept.execute('DROP TABLE a')", KEEPERS)
    assert operation.startswith("unknown_call ")
    assert does(f"kept = {kept.format('None')}\nkept.execute('DROP TABLE a')", KEEPERS) == []


def test_what_a_decorated_function_hands_on(does):
    function = "@contextlib.contextmanager\ndef opened():\n    yield conn\n"
    assert does(function + "with opened():\n    op.drop_table('a')", KEEPERS) == ["drop_table a"]
    found = does(function + "with opened() as kept:\n    kept.execute('DROP TABLE a')", KEEPERS)
    assert found == ["unknown_call kept.execute"]


@pytest.mark.parametrize("manager", ["closing(conn.connection.cursor())", "nullcontext(conn)"])
def test_what_only_hands_it_on(does, manager):
    assert does(f"with contextlib.{manager} as c:\n    c.execute('DROP TABLE a')", KEEPERS) == ["drop_table a"]


def test_an_attribute_that_nobody_sees_being_set(does):
    assert does("op.drop_table(Shared().name)", KEEPERS) == ["drop_table a"]
    (operation,) = does("op.drop_table(Data(name='b').name)", KEEPERS)
    assert "unknown" in operation


# --- libraries that nobody knows --------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        "print(fruits.peel('a'))",
        "ripe = fruits.peel('a', 3, [None, {'b': 1.5}], key=(True, conn.dialect.name))",
        "if fruits.Basket().count().total > 3:\n    print('full')",
        "with fruits.peeled('a') as one:\n    print(one)",
        "for row in conn.execute('SELECT 1'):\n    print(fruits.peel(row['a'], row.b))",
        "ripe = [fruits.peel(row) for row in conn.execute('SELECT 1').fetchall()]",
        "def peel(fruit):\n    return fruits.peel(fruit)\nprint(peel('a'))",
    ],
)
def test_its_answer_is_trusted(does, call):
    assert [operation for operation in does(call, "import fruits") if not operation.startswith("select ")] == []


@pytest.mark.parametrize(
    "call",
    [
        "fruits.peel('a')",
        "(fruits.peel('a'))",
        "fruits.peel('a').eat()",
        "fruits.peel('a') or print('b')",
        "[fruits.peel(one) for one in ('a',)]",
        "with fruits.peeled('a'):\n    pass",
        "def peel(fruit):\n    return fruits.peel(fruit)\npeel('a')",
        "def peel(fruit):\n    return fruits.peel(fruit) if sa.ripe else None\npeel('a')",
        "return fruits.peel('a')",
    ],
)
def test_not_where_nobody_asks_for_one(does, call):
    (operation,) = does(call, "import fruits")
    assert operation.startswith("unknown_call fruits.peel")


@pytest.mark.parametrize(
    "given",
    [
        "conn",
        "conn.engine",
        "[conn]",
        "{'a': (op,)}",
        "key=op.get_context()",
        "*conn.engine.names",
        "conn.dialect.bind",
        "fruits.Basket(conn)",
        "lambda: 1",
        "upgrade",
        "unheard_of",
        "app.session.get()",
    ],
)
def test_not_where_it_is_given_a_way_to_the_database(does, given):
    assert [one for one in does(f"ripe = fruits.peel({given})", "import fruits, app.session") if "fruits.peel" in one]
    assert does("ripe = fruits.peel('a')", "import fruits, app.session") == []


@pytest.mark.parametrize(
    "name",
    [
        "db.peel",
        "tools.MySQL.peel",
        "get_app.peel",
        "AppleStore.peel",
        "peel_table",
        "peelTable",
        "create",
        "createFruit",
        "_drop_fruit",
        "tree.run",
    ],
)
def test_not_where_a_name_makes_one_think(does, name):
    assert does(f"ripe = fruits.{name}('a')", "import fruits") == [f"unknown_call fruits.{name}"]


@pytest.mark.parametrize("name", ["happen.peel", "vegetable", "recreate", "dropped", "tree.runs"])
def test_but_for_a_part_of_another_word(does, name):
    assert does(f"ripe = fruits.{name}('a')", "import fruits") == []


# --- a decorator that changes nothing ---------------------------------------------------


@pytest.mark.parametrize("decorator, known", [("public", True), ("private", True), ("other", False)])
def test_public(folder, does, decorator, known):
    folder.write(
        "migrations/helper.py",
        f"from alembic import op\nfrom public import {decorator}\n\n\n@{decorator}\ndef drop(name):\n    op.drop_table(name)\n",
    )
    found = does("helper.drop('a')", "from migrations import helper")
    assert (found == ["drop_table a"]) == known, found
    assert known or [operation for operation in found if operation.startswith("unknown_call ")]
