"""Types of the project's own: read from their classes as SQLAlchemy compiles them, or named in the settings."""

import json
import subprocess

import pytest

KINDS = '''import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import SchemaType, TypeDecorator, TypeEngine, UserDefinedType


class AsClass(TypeDecorator):
    impl = sa.String


class AsInstance(TypeDecorator):
    impl = sa.String(40)


class Below(AsInstance):
    pass


class Guid(TypeDecorator):
    impl = sa.CHAR(32)

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(sa.CHAR(self.impl.length))


class Text(TypeDecorator):
    impl = sa.String

    def load_dialect_impl(self, dialect):
        if dialect.name == "mysql":
            return dialect.type_descriptor(mysql.VARCHAR(charset="utf8mb4", length=self.impl.length))
        else:
            return dialect.type_descriptor(sa.String(length=self.impl.length))


class Chosen(TypeDecorator):
    impl = TypeEngine

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(sa.CHAR(36))


class Vector(UserDefinedType):
    def get_col_spec(self, **kw):
        return "vector(1536)"


class Amount(UserDefinedType):
    def get_col_spec(self):
        return "NUMERIC(12, 2)"
'''

TYPES = ["AsClass()", "AsClass(7)", "AsInstance()", "AsInstance", "Below()", "Guid()", "Chosen()", "Text(255)", "Text", "Vector()", "Amount"]

REVISION = """from alembic import op
import sqlalchemy as sa
{}

revision = "a"
down_revision = None


def upgrade():
{}


def downgrade():
    pass
"""

JUDGE = """
import sys
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import to_instance
import kinds
for text in sys.argv[1:]:
    of = to_instance(eval("kinds." + text))
    print(*(of.compile(dialect=each.dialect()) for each in (postgresql, sqlite)), sep="|")
"""


def revision(types, imports):
    columns = (f'    op.add_column("t", sa.Column("c{i}", {text}))' for i, text in enumerate(types))
    return REVISION.format(imports, "\n".join(columns))


def told(folder, *arguments):
    run = folder.miglint("graph", "--format", "json", *arguments)
    assert run.status == 0 and run.err == ""
    ((one,),) = [project["revisions"] for project in json.loads(run.out)["projects"]]
    return [operation for operation in one["upgrade"] if operation["op"] == "add_column"]


def spelt(type_):
    """As SQLAlchemy spells it."""
    names = {"named": type_.get("name"), "varchar": "VARCHAR", "char": "CHAR", "uuid": "UUID", "numeric": "NUMERIC"}
    given = [type_[key] for key in ("length", "precision", "scale", "parameters") if key in type_]
    return names[type_["kind"]] + (f"({', '.join(map(str, given))})" if given else "")


def in_dialect(type_, dialect):
    return spelt(type_.get("variants", {}).get(dialect, type_["impl"]))


@pytest.fixture
def project(folder):
    folder.write("migrations/kinds.py", KINDS)
    return folder


def test_classes_of_the_tree(project):
    project.revision("a", text=revision([f"kinds.{text}" for text in TYPES], "from migrations import kinds"))
    judged = subprocess.run(
        ["/usr/bin/python3", "-B", "-W", "ignore", "-c", JUDGE, *TYPES],
        cwd=project / "migrations",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    operations = told(project)
    assert len(operations) == len(TYPES)
    for text, line, operation in zip(TYPES, judged, operations):
        assert "unknown" not in operation, operation
        type_ = operation["columns"][0]["type"]
        mine = "|".join(in_dialect(type_, dialect) for dialect in ("postgresql", "sqlite"))
        assert mine == line, text


@pytest.mark.parametrize(
    "body",
    [
        "def get_col_spec(self):\n        return 'VECTOR(%d)' % self.dim",
        "def get_col_spec(self):\n        return 'not a type at all'",
        "def get_col_spec(self):\n        return None",
        "pass",
    ],
)
def test_unknown_stays_unknown(project, body):
    project.write("migrations/kinds.py", f"{KINDS}\n\nclass Odd(UserDefinedType):\n    {body}\n")
    project.revision("a", text=revision(["kinds.Odd()"], "from migrations import kinds"))
    (operation,) = told(project)
    assert [part["part"] for part in operation["unknown"]] == ["type"]


@pytest.mark.parametrize("bases", ["TypeDecorator, SchemaType", "Attached", "sa.types.SchemaType, AsClass"])
def test_a_class_that_is_told_of_its_columns(project, bases):
    """It may add a constraint to each, as Boolean and Enum do."""
    project.write(
        "migrations/kinds.py",
        f"{KINDS}\n\nclass Attached(TypeDecorator, SchemaType):\n    impl = sa.String\n"
        f"\n\nclass Own({bases}):\n    impl = sa.String\n",
    )
    project.revision("a", text=revision(["kinds.Own()"], "from migrations import kinds"))
    (operation,) = told(project)
    assert operation["unknown"] == [{"part": "type", "why": "is of a class that may bring a constraint with it"}]


def test_arguments_of_its_own(project):
    """What an __init__ gives to the impl is not known."""
    project.write(
        "migrations/kinds.py",
        f"{KINDS}\n\nclass Own(TypeDecorator):\n    impl = sa.String\n"
        "    def __init__(self, n):\n        super().__init__(n * 2)\n",
    )
    project.revision("a", text=revision(["kinds.Own(3)"], "from migrations import kinds"))
    (operation,) = told(project)
    assert operation["unknown"] == [{"part": "type", "why": "is of a class that has arguments of its own"}]


COMPILED = """
from sqlalchemy.ext import compiler
from sqlalchemy.ext.compiler import compiles


class OddOne(sa.String):
    pass


class Odd(TypeDecorator):
    impl = sa.String


@{}
def compile_odd(element, compiler, **kw):
    return "INTEGER"
"""


@pytest.mark.parametrize(
    "decorator, known",
    [
        ("compiles(Odd)", False),
        ("compiles(Odd, 'postgresql')", False),
        ("compiler.compiles(Odd, 'mysql', 'mariadb')", False),
        ("compiles(OddOne)", True),
    ],
)
def test_what_the_compiler_is_told_goes_before_the_impl(project, decorator, known):
    project.write("migrations/kinds.py", f"{KINDS}{COMPILED.format(decorator)}")
    project.revision("a", text=revision(["kinds.Odd()"], "from migrations import kinds"))
    (operation,) = told(project)
    told_of_it = [] if known else [{"part": "type", "why": "is of a class that @compiles has words for"}]
    assert operation.get("unknown", []) == told_of_it


SETTINGS = """[types]
"app.types.Money" = "NUMERIC(12, 2)"
Code = "char(3)"
"kinds.Vector" = "vector(3)"
"""


@pytest.mark.parametrize(
    "text, imports, spelling",
    [
        ("Money(2)", "from app.types import Money", "NUMERIC(12, 2)"),
        ("app.types.Money", "import app.types", "NUMERIC(12, 2)"),
        ("M()", "from app.types import Money as M", "NUMERIC(12, 2)"),
        ("types.Money()", "from app import types", "NUMERIC(12, 2)"),
        ("Code()", "from app.types import Code", "CHAR(3)"),
        ("kinds.Vector()", "from migrations import kinds", "vector(3)"),
        ("Money()", "from other.types import Money", None),
        ("app.types.XMoney()", "import app.types", None),
        ("app.types.Money.Other()", "import app.types", None),
    ],
)
def test_settings(project, text, imports, spelling):
    project.revision("a", text=revision([text], imports))
    project.write("miglint.toml", SETTINGS)
    (operation,) = told(project)
    type_ = operation["columns"][0]["type"]
    assert ("unknown" not in operation) == (spelling is not None)
    assert spelling is None or (type_["kind"], spelt(type_["impl"])) == ("custom", spelling)
    found = project.miglint("--select", "ML002", "--format", "json").findings
    assert len(found) == (spelling is None)


def test_naming_a_type_is_no_edit(repository):
    """Of a published revision (ML201) both sides are read by the settings that hold now."""
    text = revision(["Money(2)"], "from app.types import Money")
    repository.revision("a", text=text)
    repository.commit()
    repository.branch("topic")
    repository.revision("a", text=text.replace('sa.Column("c0", Money(2))', 'sa.Column(name="c0", type_=Money(2))'))
    repository.write("miglint.toml", SETTINGS)
    repository.commit()
    run = repository.miglint("--base", "main", "--select", "ML201", "--format", "json")
    assert [finding["rule"] for finding in run.findings] == []


def test_a_broken_table_stops_the_graph(project):
    project.revision("a")
    project.write("miglint.toml", '[types]\nMoney = "NUMERIC("\n')
    complaint = project.miglint("graph", "--format", "json").complaint()
    assert complaint.startswith("miglint.toml:2: types says that Money is")
