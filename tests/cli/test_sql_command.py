"""`miglint sql` as a program: whole scripts against those of real Alembic, and what is said of what cannot be."""

import json
import os
import re
import sqlite3
import subprocess

import pytest
from convention import CONVENTION
from databases import Postgres
from repository import ENVIRONMENT, SOURCES, Folder, is_raw, miglint, sound_revision

ENV = """from alembic import context

context.configure(
    url={url!r}, target_metadata=None, literal_binds=True, dialect_opts={{"paramstyle": "named"}}{options}
)
with context.begin_transaction():
    context.run_migrations()
"""

COMMANDS = """
import sys
from alembic.config import main
for command in sys.argv[1:]:
    print(end="\\0", flush=True)
    main([*command.split(), "--sql"])
"""

REVISION = '''"""{message}"""
from alembic import op
import sqlalchemy as sa

revision = {revision!r}
down_revision = {parent!r}


def upgrade():
{upgrade}


def downgrade():
{downgrade}
'''


def indented(lines):
    return "\n".join("    " + line for line in lines.strip().splitlines())


class Environment(Folder):
    def __init__(self, path, url="postgresql://", options=""):
        super().__init__(path)
        self.environment()
        self.write("migrations/env.py", ENV.format(url=url, options=options and ", " + options))

    def add(self, revision, parent=None, upgrade=None, downgrade=None, message="a change"):
        text = REVISION.format(
            revision=revision, parent=parent, message=message,
            upgrade=indented(upgrade or f'op.create_table("t_{revision}", sa.Column("id", sa.Integer))'),
            downgrade=indented(downgrade or f'op.drop_table("t_{revision}")'),
        )
        return self.revision(revision, text=text)

    def sql(self, *arguments, **options):
        return miglint("sql", *arguments, cwd=self.path, **options)

    def alembic(self, path, *commands):
        """What each command, such as "upgrade heads", prints."""
        done = subprocess.run(
            ["/usr/bin/python3", "-B", "-W", "ignore", "-c", COMMANDS, *commands],
            cwd=self.path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split("\0")[1:]

    def check(self, alembic, *commands):
        """That miglint writes what Alembic prints; messages apart, which it adds."""
        for command, theirs in zip(commands, self.alembic(alembic, *commands)):
            direction, words = command.split()
            ours = self.sql(*age_of(alembic), *(["--downgrade"] if direction == "downgrade" else []), words)
            assert (ours.status, ours.err) == (0, "")
            assert ours.out.replace(", a change\n", "\n") == theirs


@pytest.fixture
def project(tmp_path):
    made = Environment(tmp_path / "project")
    made.add("aaaa")
    made.add("bbbb", "aaaa")
    made.add("cccc", "bbbb")
    return made


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


def age_of(alembic):
    return ["--sqlalchemy", "2.0" if alembic else "1.4"]


def headings(script):
    return re.findall(r"^-- (Running .*)$", script, re.M)


# --- whole scripts ---------------------------------------------------------------

OPTIONS = [
    "",
    "transaction_per_migration=True",
    "transactional_ddl=True",
    "transactional_ddl=False",
    "transactional_ddl=False, transaction_per_migration=True",
    "version_table='versions of it'",
    "version_table='user', version_table_schema='Tenant'",
    "version_table_pk=False",
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("url", ["postgresql://", "sqlite://"])
def test_a_script_is_alembics(tmp_path, alembic, url, options):
    environment = Environment(tmp_path, url, options)
    environment.add("aaaa")
    environment.add("bbb1", "aaaa")
    environment.add("bbb2", "aaaa")
    environment.add("cccc", ("bbb1", "bbb2"))
    environment.add("dddd", "cccc", 'op.add_column("t_cccc", sa.Column("n", sa.Integer))', 'op.drop_column("t_cccc", "n")')
    environment.check(alembic, "upgrade heads", "upgrade bbb1", "upgrade cccc:dddd", "downgrade dddd:cccc", "downgrade aaaa:base")


MAIN = "context.config.get_main_option('version_table_schema')"
SECTION = "context.config.get_section(context.config.config_ini_section)"
CONFIGURED = [  # what the ini says, and how env.py asks
    ("", ""),
    ("", f"version_table_schema={MAIN}"),
    ("version_table_schema = Bank", f"version_table_schema={MAIN}"),
    ("version_table_schema =", f"version_table_schema={MAIN}"),
    ("[DEFAULT]\nversion_table_schema = bank", f"version_table_schema={MAIN}"),
    ("[other]\nversion_table_schema = bank", f"version_table_schema={MAIN}"),
    ("", "version_table_schema=context.config.get_main_option('version_table_schema', 'public')"),
    ("", "version_table_schema=context.config.get_main_option('version_table_schema', default='public')"),
    ("version_table_schema = bank", "version_table_schema=context.config.get_section_option('alembic', 'Version_Table_Schema')"),
    ("version_table_schema = bank", f"version_table_schema={SECTION}.get('version_table_schema', None)"),
    ("", f"version_table_schema={SECTION}.get('version_table_schema')"),
    ("version_table_schema = bank", f"version_table_schema=({SECTION} or {{}})['version_table_schema']"),
    ("schema = bank\nversions = v", "version_table_schema=context.config.get_main_option('schema'), "
     "version_table=context.config.get_main_option('versions')"),
]  # fmt: skip


@pytest.mark.parametrize("ini, options", CONFIGURED)
def test_what_env_py_reads_from_the_ini_is_known_to_revisions(tmp_path, alembic, ini, options):
    environment = Environment(tmp_path, options=options)
    environment.write("alembic.ini", "[alembic]\nscript_location = migrations\n" + ini)
    environment.add("aaaa", upgrade="""
from alembic import context
schema = context.get_context().version_table_schema
prefix = schema + "." if context.get_context().version_table_schema else ""
op.create_table("t", sa.Column("id", sa.Integer), schema=schema)
op.execute(f"ALTER TABLE {prefix}t ADD n integer")
if op.get_context().version_table_schema is None:
    op.create_table("u", sa.Column("id", sa.Integer))
""")
    environment.check(alembic, "upgrade head")


def test_an_autocommit_block_ends_the_transaction_and_begins_another(tmp_path, alembic):
    environment = Environment(tmp_path)
    environment.add("aaaa", upgrade="""
op.create_table("one", sa.Column("id", sa.Integer))
with op.get_context().autocommit_block():
    op.create_table("two", sa.Column("id", sa.Integer))
op.create_table("three", sa.Column("id", sa.Integer))
with op.get_context().autocommit_block():
    op.create_table("four", sa.Column("id", sa.Integer))
""")
    environment.check(alembic, "upgrade head")


@pytest.mark.parametrize("words, order", [
    ([], "abc"),
    (["head"], "abc"),
    (["aaaa:head"], "bc"),
    (["aaaa:"], "bc"),
    ([":bbbb"], "ab"),
    (["+2"], "ab"),
    (["bbbb:+1"], "c"),
    (["head-1"], "ab"),
    (["--downgrade"], "cba"),
    (["--downgrade", "-1"], "c"),
    (["-2", "--downgrade"], "cb"),
    (["--downgrade", "bbbb"], "c"),
    (["--downgrade", "bbbb:base"], "ba"),
    (["--downgrade", "--", "-1"], "c"),
])
def test_ranges(project, words, order):
    run = project.sql(*words)
    assert run.status == 0
    direction = "downgrade" if "--downgrade" in words else "upgrade"
    names = [letter * 4 for letter in order]
    parents = {"aaaa": "", "bbbb": "aaaa", "cccc": "bbbb"}
    steps = [(parents[name], name) if direction == "upgrade" else (name, parents[name]) for name in names]
    assert headings(run.out) == [f"Running {direction} {start} -> {end}, a change" for start, end in steps]


def test_a_script_runs(project):
    project.write("migrations/env.py", ENV.format(url="sqlite://", options=""))
    with sqlite3.connect(":memory:") as connection:
        for words, tables in (["bbbb"], ["aaaa", "bbbb"]), (["bbbb:head"], ["aaaa", "bbbb", "cccc"]), (["--downgrade", "-2"], ["aaaa"]):
            connection.executescript(project.sql(*words).out)
            found = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 't\\_%' ESCAPE '\\' ORDER BY 1").fetchall()
            assert [name for (name,) in found] == ["t_" + name for name in tables]
            assert connection.execute("SELECT * FROM alembic_version").fetchall() == [(tables[-1],)]


def test_nothing_to_do(project):
    run = project.sql("head:head")
    assert (run.status, run.out) == (0, "")
    assert run.err == "miglint: note: there is nothing to do: no revision lies in this range\n"
    assert project.sql("-q", "head:head").err == ""


def test_the_readme_shows_what_is_written(tmp_path):
    environment = Environment(tmp_path)
    column = 'sa.Column("phone", sa.String(length=40), nullable=True)'
    environment.add("5d02a91c7f36", message="Create customer")
    environment.add("8b71e4d0c295", "5d02a91c7f36", 'op.create_index("ix_customer_name", "customer", ["name"])', message="Index customer name")
    environment.add("c3f8067b19ad", "8b71e4d0c295", f'op.add_column("customer", {column})', message="Add phone to customer")
    shown = re.findall(r"^\$ miglint sql (.*)\n((?:.*\n)*?)```", (SOURCES / "README.md").read_text(), re.M)
    assert len(shown) == 1
    for words, script in shown:
        assert environment.sql(*words.split()).out.rstrip("\n") == script.rstrip("\n")


# --- what cannot be rendered -------------------------------------------------------


def test_what_cannot_be_told_is_said_in_its_place(tmp_path):
    environment = Environment(tmp_path)
    environment.add("aaaa", upgrade="""
op.create_table("one", sa.Column("id", sa.Integer))
op.add_column("one", sa.Column("n", sa.Integer, server_default=settings.default))
op.drop_table("two")
""")
    run = environment.sql()
    assert run.status == 1
    assert run.err == "miglint: 1 operation could not be rendered: see the comments NOT RENDERED\n"
    refused = "-- NOT RENDERED: migrations/versions/aaaa.py:11: add_column: "
    before, _, after = run.out.partition(refused)
    assert before.endswith("CREATE TABLE one (\n    id INTEGER\n);\n\n")
    why, _, rest = after.partition("\n")
    assert "server_default" in why and rest.startswith("\nDROP TABLE two;\n\n")
    assert rest.endswith("COMMIT;\n\n")


@pytest.mark.parametrize("upgrade, why", [
    ('op.bulk_insert(sa.table("t", sa.column("id")), [{"id": uuid.uuid4()}])', "depends on uuid.uuid4, which is defined outside of the repository"),
    ('op.get_bind().execute(sa.text("DELETE FROM t WHERE id = :id"), {"id": uuid.uuid4()})', "depends on uuid.uuid4, which is defined outside of the repository"),
    ('op.bulk_insert(sa.table("t", sa.column("id")), [{"id": 1}])', "has a value for a column without a type"),
])
def test_a_value_that_cannot_be_told_is_why(tmp_path, upgrade, why):
    environment = Environment(tmp_path)
    environment.add("aaaa", upgrade="import uuid\n" + upgrade)
    assert re.search(r"-- NOT RENDERED: \S+: \w+: (.*)", environment.sql("--quiet").out)[1] == why


def test_the_tables_that_a_function_is_given_are_why(tmp_path):
    environment = Environment(tmp_path)
    environment.add("aaaa", upgrade='op.bulk_insert(tables.kind, [{"name": "x"}])')
    file = tmp_path / "migrations" / "versions" / "aaaa.py"
    file.write_text(file.read_text().replace("grade():", "grade(op, tables, tester):"))
    assert "insert: depends on the tables.kind that the function is given\n" in environment.sql("--quiet").out


def test_nothing_is_said_twice_in_one_place(tmp_path):
    environment = Environment(tmp_path)
    environment.add("aaaa", upgrade="""
for kind in "abc":
    op.add_column("one", sa.Column(kind, settings.type))
for kind in "abc":
    op.add_column("one", sa.Column(kind, settings.type))
    op.drop_column("one", kind)
""")
    run = environment.sql("--quiet")
    assert run.err == "miglint: 6 operations could not be rendered: see the comments NOT RENDERED\n"
    lines = [line.split(": ")[1] for line in run.out.splitlines() if "NOT RENDERED" in line]
    assert lines == [f"migrations/versions/aaaa.py:{line}" for line in (11, 13, 13, 13)]


def test_what_is_not_rendered_in_an_autocommit_block_stays_in_it(tmp_path):
    environment = Environment(tmp_path)
    environment.add("aaaa", upgrade="""
with op.get_context().autocommit_block():
    op.create_index("one", "t", ["a"])
    op.add_column("t", sa.Column("b", settings.type))
    op.create_index("two", "t", ["a"])
""")
    lines = [line for line in environment.sql().out.splitlines() if line]
    start = lines.index("CREATE INDEX one ON t (a);")
    assert lines[start - 1] == "COMMIT;" and "NOT RENDERED" in lines[start + 1]
    assert lines[start + 2 : start + 4] == ["CREATE INDEX two ON t (a);", "BEGIN;"]


@pytest.mark.parametrize("models, why", [
    ("MetaData()", "has no name"),
    ("shop.models.metadata", "has a name that depends on a naming convention that cannot be told; the settings can give it"),
])
def test_what_has_no_name_is_not_dropped(tmp_path, models, why):
    environment = Environment(tmp_path)
    environment.add("aaaa", upgrade='op.drop_constraint(None, "t", type_="foreignkey")')
    env = ENV.format(url="postgresql://", options="").replace("target_metadata=None", f"target_metadata={models}")
    environment.write("migrations/env.py", f"import shop.models\nfrom sqlalchemy import MetaData\n{env}")
    environment.write("naming.py", "naming_convention = shop()")
    assert f"drop_constraint: {why}\n" in environment.sql().out


def test_a_function_that_raises_ends_the_script(tmp_path):
    environment = Environment(tmp_path)
    environment.add("aaaa")
    environment.add("bbbb", "aaaa", downgrade='raise NotImplementedError("no way back")')
    environment.add("cccc", "bbbb")
    run = environment.sql("--downgrade")
    assert run.status == 1
    assert run.err == "miglint: the script ends where there is no way on\n"
    assert [line.split()[2] for line in headings(run.out)] == ["cccc", "bbbb"]
    assert run.out.startswith("BEGIN;\n") and "COMMIT" not in run.out
    assert run.out.endswith("-- RAISES: migrations/versions/bbbb.py:14: downgrade() raises here, and the script ends\n\n")


def test_a_function_that_is_not_there_ends_the_script(tmp_path):
    environment = Environment(tmp_path, "sqlite://")
    environment.revision("aaaa", text=sound_revision("aaaa").split("\n\ndef downgrade")[0])
    assert environment.sql().status == 0
    run = environment.sql("--downgrade")
    assert (run.status, headings(run.out)) == (1, ["Running downgrade aaaa -> , create aaaa"])
    assert run.out.endswith("\n\n-- RAISES: migrations/versions/aaaa.py: there is no downgrade(), and the script ends\n\n")
    assert "alembic_version" not in run.out


@pytest.mark.parametrize("text", ["x\\n; DROP TABLE a; --", "x\\r; DROP TABLE a", "x\\u2028y\\u0085; z", "\\x1b[2J", "*/ /* -- "])
def test_nothing_breaks_out_of_a_comment(tmp_path, text):
    environment = Environment(tmp_path, "sqlite://")
    environment.add("aaaa", message=text, upgrade=f'op.add_column("t", sa.Column("{text}", sa.Integer, server_default=unknown["{text}"]))')
    out = environment.sql().out
    for line in out.splitlines():
        assert line.startswith(("-- ", "CREATE TABLE alembic_version", "    version_num", "    CONSTRAINT", ");", "INSERT INTO alembic_version")) or not line
    assert not {character for character in out if is_raw(character)}


def test_a_revision_id_stays_in_its_place(tmp_path):
    environment = Environment(tmp_path, "sqlite://")
    environment.add("it's; --", message="odd")
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(environment.sql().out)
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("it's; --",)]


HOSTILE = [
    "it's", 'quo"te', "'); DROP TABLE canary; --", '"); DROP TABLE canary; --', "back\\slash", "\\'; DROP TABLE canary; --", "a\nb",
    "\n; DROP TABLE canary; --", "per%cent %s %(x)s", "co:lon :x", "*/ x /* --", "\\! true", "\n\\q\n", "$$; DROP TABLE canary; $$",
]  # fmt: skip

HOSTILE_BODY = """
text = {text!r}
op.create_table(text, sa.Column(text, sa.Text, server_default=text, comment=text), comment=text, schema=SCHEMA)
op.create_index(text + "i", text, [text], schema=SCHEMA)
op.bulk_insert(sa.table(text, sa.column(text, sa.Text), schema=SCHEMA), [{{text: text}}])
op.execute(sa.table(text, sa.column(text, sa.Text), schema=SCHEMA).update().values({{text: op.inline_literal(text + text)}}))
op.add_column("canary", sa.Column("n", sa.Integer, server_default=unknown[{text!r}]))
"""


def hostile_script(folder, text, url, schema):
    options = f"version_table={'v' + text!r}, version_table_schema={schema!r}"
    environment = Environment(folder, url, options)
    environment.add("aaaa", upgrade=HOSTILE_BODY.format(text=text).replace("SCHEMA", repr(schema)), message=text)
    run = environment.sql()
    assert (run.status, run.err) == (1, "miglint: 1 operation could not be rendered: see the comments NOT RENDERED\n")
    return run.out


@pytest.mark.parametrize("text", HOSTILE)
def test_a_script_is_of_strangers_on_sqlite(tmp_path, text):
    with sqlite3.connect(":memory:") as connection:
        connection.executescript("CREATE TABLE canary (id INTEGER)")
        connection.executescript(hostile_script(tmp_path, text, "sqlite://", None))
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql IS NOT NULL")}
        assert names == {"canary", text, text + "i", "v" + text}
        quoted = '"' + text.replace('"', '""') + '"'
        assert connection.execute(f"SELECT {quoted} FROM {quoted}").fetchall() == [(text + text,)]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_script_is_of_strangers_on_postgres(tmp_path, cluster, text):
    quoted = '"' + text.replace('"', '""') + '"'
    database = Postgres(cluster)
    database.run(f"CREATE TABLE canary (id integer); CREATE SCHEMA {quoted};")
    database.run(hostile_script(tmp_path, text, "postgresql://", text))
    asked = f"""SELECT json_agg(relname ORDER BY relname COLLATE "C") FROM pg_class
        WHERE relkind IN ('r', 'i') AND relnamespace::regnamespace::text !~ '^(pg_|information)' AND relname !~ '_pkc$';
        SELECT to_json(nspname) FROM pg_namespace WHERE oid >= 16384;
        SELECT to_json({quoted}) FROM {quoted}.{quoted}; SELECT to_json(description) FROM pg_description WHERE objoid >= 16384"""
    said = [json.loads(line) for line in database.ask("psql", "-XqAt", script=asked).splitlines()]
    assert said == [sorted(["canary", text, text + "i", "v" + text]), text, text + text, text, text]
    database.drop()


# --- what is meant -------------------------------------------------------------------


def test_the_dialect_has_to_be_known(tmp_path):
    folder = Folder(tmp_path).environment()
    folder.revision("aaaa")
    said = miglint("sql", cwd=folder.path).complaint()
    assert said == "it cannot be told which database migrations is for: pass --dialect postgresql or --dialect sqlite"
    assert "BEGIN" in miglint("sql", "--dialect", "postgresql", cwd=folder.path).out
    assert "BEGIN" not in miglint("sql", "--dialect=sqlite", cwd=folder.path).out
    assert miglint("sql", "--dialect", "mysql", cwd=folder.path).complaint() == "--dialect takes one of postgresql, sqlite, not 'mysql'"
    folder.write("alembic.ini", "[alembic]\nscript_location = migrations\nsqlalchemy.url = mysql://host/db\n")
    said = miglint("sql", cwd=folder.path).complaint()
    assert said == "migrations is for mysql (alembic.ini:3), for which no SQL can be written: pass --dialect postgresql or --dialect sqlite"


@pytest.mark.parametrize("words, said", [
    (["nothing"], "there is no revision or branch label 'nothing'"),
    (["aaaa:cccx"], "there is no revision or branch label 'cccx'; did you mean 'cccc'?"),
    (["-1"], "'-1' cannot end a range, as it does not say where to count from; write 'head-1'"),
    (["+4"], "'+4' goes beyond the last revision; write 'head'"),
    (["--downgrade", "-4"], "'-4' goes below the first revision"),
    (["--downgrade", "+1"], "'+1' does not go down; a downgrade counts '-1'"),
    (["--downgrade", "bbbb:cccc"], "'cccc' is no revision to downgrade to: it has not been run"),
    (["a:b:c"], "'a:b:c' has more than one ':'; a range is FROM:TO"),
    (["aaaa", "bbbb"], "one RANGE is taken, but there are 'aaaa' and 'bbbb'; write FROM:TO"),
    (["--sqlalchemy", "1.3"], "--sqlalchemy takes one of 2.0, 1.4, not '1.3'; did you mean 1.4?"),
    (["--engine", "one"], "this environment has one database alone: leave out --engine one"),
    (["-o", "nowhere/up.sql"], "cannot write nowhere/up.sql: No such file or directory"),
])
def test_refusals(project, words, said):
    assert project.sql(*words).complaint() == said


def test_steps_from_several_heads_are_ambiguous(project):
    project.add("dddd", "aaaa")
    said = project.sql("--downgrade", "-1").complaint()
    assert said == "it is ambiguous which of 'cccc', 'dddd' '-1' counts from; write 'FROM:-1'"
    assert [line.split()[2] for line in headings(project.sql("--downgrade", "dddd:-1").out)] == ["dddd"]


def test_a_circle_and_a_missing_parent_are_refused(project):
    project.add("dddd", "gone")
    assert project.sql("cccc").status == 0
    assert project.sql("dddd").complaint() == "revision 'dddd' needs 'gone', and there is no such revision"
    project.add("aaaa", "cccc")
    assert project.sql("cccc").complaint() == "revision 'aaaa' lies on a circle of revisions, or needs one"


def test_one_environment_has_to_be_chosen(tmp_path):
    folder = Folder(tmp_path)
    for name in ("one", "two"):
        folder.environment(f"{name}/migrations", f"{name}/alembic.ini")
        folder.revision("aaaa", folder=f"{name}/migrations")
    said = miglint("sql", cwd=tmp_path).complaint()
    assert said == "there are several environments (one/migrations, two/migrations): choose one with --config or --script-location"
    for words in ["-c", "one/alembic.ini"], ["--script-location", "two/migrations"]:
        assert miglint("sql", "--dialect", "sqlite", *words, cwd=tmp_path).status == 0


MULTIDB = '''"""several"""
from alembic import op
import sqlalchemy as sa

revision = "aaaa"
down_revision = None


def upgrade(engine_name):
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name):
    globals()[f"downgrade_{engine_name}"]()


def upgrade_one():
    op.create_table("first", sa.Column("id", sa.Integer))


def downgrade_one():
    op.drop_table("first")


def upgrade_two():
    op.create_table("second", sa.Column("id", sa.Integer))


def downgrade_two():
    op.drop_table("second")
'''


def test_one_of_several_databases_has_to_be_chosen(tmp_path):
    folder = Folder(tmp_path).environment()
    folder.write("alembic.ini", "[alembic]\nscript_location = migrations\ndatabases = one, two\n\n[one]\nsqlalchemy.url = sqlite:///one\n\n[two]\nsqlalchemy.url = sqlite:///two\n")
    folder.revision("aaaa", text=MULTIDB)
    assert miglint("sql", cwd=tmp_path).complaint() == "this environment has several databases (one, two): choose one with --engine"
    assert miglint("sql", "-e", "three", cwd=tmp_path).complaint() == "--engine takes one of one, two, not 'three'"
    for engine, mine, other in ("one", "first", "second"), ("two", "second", "first"):
        run = miglint("sql", "-e", engine, cwd=tmp_path)
        assert run.status == 0 and f"CREATE TABLE {mine} " in run.out and other not in run.out


def test_the_settings_choose_dialect_and_spelling(project):
    project.write("miglint.toml", 'dialect = "sqlite"\nsqlalchemy = "1.4"\n')
    assert "RETURNING" not in project.sql().out and "BEGIN" not in project.sql().out
    assert "RETURNING" in project.sql("--sqlalchemy", "2.0").out
    assert "BEGIN" in project.sql("--dialect", "postgresql").out


NAMELESS = """
op.create_table(
    "account",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(80), unique=True, index=True),
    sa.Column("boss", sa.Integer, sa.ForeignKey("account.id")),
    sa.CheckConstraint("boss <> id", name="no_own_boss"),
)
op.create_unique_constraint(None, "account", ["email", "boss"])
"""


def test_the_settings_give_a_naming_convention(tmp_path, alembic):
    """A library outside of the repository has the metadata."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "the_models.py").write_text(f"import sqlalchemy\nmetadata = sqlalchemy.MetaData(naming_convention={CONVENTION})\n")
    project = Environment(tmp_path / "project")
    env = (project.path / "migrations/env.py").read_text()
    env = "from the_models import metadata\n" + env.replace("target_metadata=None", "target_metadata=metadata")
    project.write("migrations/env.py", env)
    project.add("aaaa", upgrade=NAMELESS, downgrade='op.drop_table("account")')
    # What knows of none is told, and so it is where the tree speaks of one that it does not hold.
    run = project.sql(*age_of(alembic))
    assert "without one; the settings can give it" in run.err and "pk_account" not in run.out
    project.write("fixtures.py", "naming_convention = None\n")
    run = project.sql(*age_of(alembic))
    assert run.status == 1 and "naming convention that cannot be told; the settings can give it" in run.out
    rows = "".join(f"{key} = {json.dumps(template)}\n" for key, template in CONVENTION.items())
    project.write("miglint.toml", f"[naming-convention]\n{rows}")
    project.check(f"{alembic}:{library}", "upgrade heads")
    assert "uq_account_email_boss" in project.sql().out
    shown = project.miglint("--show-settings").out
    assert re.search(r'^  naming-convention +ix = "ix_%\(column_0_label\)s" +miglint.toml:2$', shown, re.M)
    # An empty table says that there is none.
    project.write("miglint.toml", "[naming-convention]\n")
    (library / "the_models.py").write_text("metadata = None\n")
    project.write("migrations/env.py", env)
    project.add("aaaa", upgrade=NAMELESS.replace("None", "'unique_pair'"), downgrade='op.drop_table("account")')
    project.check(f"{alembic}:{library}", "upgrade heads")


def test_an_unknown_version_table_is_said_once(project):
    project.write("migrations/env.py", ENV.format(url="postgresql://", options=", version_table=settings()"))
    run = project.sql()
    assert "CREATE TABLE alembic_version " in run.out
    assert run.err == "miglint: note: migrations/env.py: which version_table is configured cannot be told, so it is taken for alembic_version\n"
    assert project.sql("--quiet").err == ""


def test_what_cannot_be_read_is_said(project):
    project.revision("dddd", text="revision = compute()\ndown_revision = 'cccc'\n")
    run = project.sql("cccc")
    assert run.status == 0
    assert run.err.startswith("miglint: note: migrations/versions/dddd.py cannot be read as a revision")


# --- where it goes ---------------------------------------------------------------------


def test_output_to_a_file(project):
    printed = project.sql()
    run = project.sql("-o", "up.sql", "--color", "always")
    assert (run.status, run.out, run.err) == (0, "", "")
    assert (project / "up.sql").read_text() == printed.out


def test_colours_are_of_comments_alone(tmp_path):
    environment = Environment(tmp_path)
    environment.add("aaaa", upgrade='op.add_column("t", sa.Column("n", sa.Integer, server_default=unknown))')
    plain, coloured = environment.sql(), environment.sql("--color", "always", coloured=True)
    assert "\033" not in plain.out
    assert re.sub(r"\033\[\d*m", "", coloured.out) == plain.out
    assert re.findall(r"\033\[(\d+)m-- (\w+)", coloured.out) == [("2", "Running"), ("31", "NOT")]


def test_as_of_a_commit(repository):
    repository.write("migrations/env.py", ENV.format(url="sqlite://", options=""))
    repository.revision("aaaa")
    repository.commit()
    repository.revision("bbbb", "aaaa")
    assert len(headings(repository.miglint("sql").out)) == 2
    assert len(headings(repository.miglint("sql", "--commit", "HEAD").out)) == 1


def test_a_terminal_is_not_acted_upon(tmp_path):
    environment = Environment(tmp_path)
    environment.add("aaaa", upgrade='op.create_table("t\\x1b[2J", sa.Column("id", sa.Integer))')
    code = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]))"
    shown = subprocess.run(
        ["/usr/bin/python3", "-c", code, os.environ["MIGLINT"], "sql"], cwd=tmp_path, env=ENVIRONMENT,
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
    ).stdout
    assert '"t\\x1b[2J"' in shown and "\033[2J" not in shown and "\033[2m-- Running" in shown
    kept = subprocess.run([os.environ["MIGLINT"], "sql"], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True).stdout
    assert '"t\033[2J"' in kept
