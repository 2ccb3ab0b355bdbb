"""A password is never printed: one is put wherever it can stand, and looked for in all that comes out.

Where a file is refused, the error message is looked through too.
"""

import os
import subprocess

import pytest

MIGLINT = os.environ["MIGLINT"]
SECRET = "Tr0ub4dor"
URL = f"postgresql://bank:{SECRET}@db.example.org/bank"

INI = """[alembic]
script_location = {location}
sqlalchemy.url = {url}
{more}
"""
ENV = """from alembic import context
target_metadata = None
{more}
context.configure(connection=connection, target_metadata=target_metadata)
"""
REVISION = '''"""{message}

Revises: {message}
"""
from alembic import op
revision = "{revision}"
down_revision = None
depends_on = {depends}


def upgrade():
    op.execute("{message}")
'''

CHECKS = [
    [],
    ["--select", "all"],
    ["--select", "all", "--dialect", "sqlite"],
    ["--format", "json", "--select", "all"],
    ["--color", "always", "--select", "all"],
]
GRAPHS = [["graph", "--format", name] for name in ("text", "dot", "mermaid", "json")]

# Each way to write a URL with the password; where a character is escaped, SECRET stays whole.
URLS = [
    URL,
    f"postgresql+asyncpg://:{SECRET}@/bank",
    f"postgresql://bank:{SECRET}%40x@db.example.org/bank",
    f"postgresql://bank:p@{SECRET}@db.example.org/bank",
    f"postgresql://bank:a/{SECRET}@db.example.org/bank",
    f"postgresql://bank:two words {SECRET}@db.example.org/bank",
    f"postgresql://bank:%({SECRET})s@db.example.org/bank",
    f"postgresql://bank:{SECRET}%%40x@db.example.org/bank",
    f"postgresql://bank:it's{SECRET}@db.example.org/bank",
    f"postgresql://db.example.org/bank?user=bank&password={SECRET}",
    f"postgresql://bank:first@db.example.org/bank?sslmode=require&password={SECRET}",
    f"https://postgresql://bank:{SECRET}@db.example.org/bank",
]


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def set_up(folder, url="driver://user:pass@localhost/dbname", location="m", ini="", env="", message="make", depends=None):
    write(folder, "alembic.ini", INI.format(location=location, url=url, more=ini))
    write(folder, "m/env.py", ENV.format(more=env))
    write(folder, "m/script.py.mako", "def upgrade():\n")
    write(folder, "m/versions/a.py", REVISION.format(message=message, revision="a", depends=depends))


def run(folder, *arguments, variables=()):
    environment = {**os.environ, **dict(variables)}
    done = subprocess.run(
        [MIGLINT, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode in (0, 1, 2), done.stderr
    assert "Sanitizer" not in done.stderr, done.stderr
    return done


def assert_unseen(folder, *arguments, variables=()):
    done = run(folder, *arguments, variables=variables)
    said = done.stdout + done.stderr
    assert SECRET not in said, said
    assert SECRET[:5] not in said, said
    return done


def look_everywhere(folder, graphs=GRAPHS[:1]):
    for arguments in CHECKS + graphs:
        assert_unseen(folder, *arguments)


def test_it_would_be_found(tmp_path):
    """The looking itself: a word that is no password comes out of a check and of a graph."""
    set_up(tmp_path, message=f"make {SECRET}")
    assert SECRET in run(tmp_path, "graph").stdout
    write(tmp_path, "m/versions/b.py", f'revision = "b"\ndown_revision = "{SECRET}"\n')
    assert SECRET in run(tmp_path).stdout
    assert SECRET in run(tmp_path, "--format", "json").stdout


@pytest.mark.parametrize("url", URLS)
def test_in_the_ini(tmp_path, url):
    set_up(tmp_path, url=url)
    look_everywhere(tmp_path)
    done = run(tmp_path, "--select", "ML901,ML902")
    assert done.returncode == 1, done.stdout
    assert "alembic.ini:3:" in done.stdout


@pytest.mark.parametrize("url", URLS)
def test_in_an_engine_and_in_default(tmp_path, url):
    set_up(tmp_path, ini=f"databases = one\n[one]\nsqlalchemy.url = {url}\n[DEFAULT]\nspare = {url}\n")
    look_everywhere(tmp_path)


@pytest.mark.parametrize("url", URLS)
def test_in_env_py(tmp_path, url):
    set_up(tmp_path, env=f'context.configure(connection=c, url="{url}")\nURL = "{url}"')
    look_everywhere(tmp_path)


def test_in_the_line_of_a_finding(tmp_path):
    """The source line is shown with a finding, but not one that holds a password."""
    set_up(tmp_path)
    write(tmp_path, "m/env.py", f'from alembic import context\ncontext.configure(url="{URL}", target_metadata=None)\n')
    done = assert_unseen(tmp_path, "--select", "ML903")
    assert "m/env.py:2:" in done.stdout
    assert "context.configure(url" not in done.stdout


def test_in_the_script_location(tmp_path):
    set_up(tmp_path, location=URL)
    look_everywhere(tmp_path)
    set_up(tmp_path, location=f"%(here)s/{URL}")
    look_everywhere(tmp_path)


def test_in_a_revision(tmp_path):
    set_up(tmp_path, message=f"see {URL} for more", depends=f'"{URL}"')
    write(tmp_path, "m/versions/b.py", f'revision = "{URL}"\ndown_revision = "{URL}x"\n')
    look_everywhere(tmp_path, GRAPHS)


@pytest.mark.parametrize("more", [f"{URL}", f"script_location = {URL}", f"[alembic]\nx = {URL}", f"version_path_separator = {URL}\nversion_locations = a"])
def test_in_an_ini_that_cannot_be_read(tmp_path, more):
    set_up(tmp_path, ini=more)
    look_everywhere(tmp_path)


def test_in_the_environment(tmp_path):
    set_up(tmp_path, env='import os\nconfig = context.config\nconfig.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"])')
    variables = {"DATABASE_URL": URL, "SQLALCHEMY_DATABASE_URI": URL, "PGPASSWORD": SECRET, "ALEMBIC_CONFIG": URL}
    for arguments in CHECKS + GRAPHS[:1]:
        assert_unseen(tmp_path, *arguments, variables=variables)


@pytest.mark.parametrize(
    "arguments",
    [
        [URL],
        ["--dialect", URL],
        ["--select", URL],
        ["--ignore", URL],
        ["--format", URL],
        ["--format", f"json={URL}"],
        ["--fail-on", URL],
        ["--color", URL],
        ["--commit", URL],
        ["--git-dir", URL],
        ["-C", URL],
        [f"--database={URL}"],
        ["graph", "-r", URL],
        ["graph", "--format", URL],
        ["explain", URL],
    ],
)
def test_on_the_command_line(tmp_path, arguments):
    set_up(tmp_path)
    done = assert_unseen(tmp_path, *arguments)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("miglint: "), done.stderr
