"""A password is never printed: one is put wherever it can stand, and looked for in all that comes out.

Where a file is refused, the error message is looked through too.
"""

import pytest
from repository import Folder, Repository

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
    ["-v"],
    ["--select", "all"],
    ["--select", "all", "--dialect", "sqlite"],
    ["--select", "all", "--format", "json"],
    ["--select", "all", "--format", "github", "--statistics"],
    ["--select", "all", *(f"--format={name}=/dev/stdout" for name in ("sarif", "gitlab", "junit", "markdown"))],
    ["--select", "all", "--color", "always"],
    ["--show-settings"],
]
GRAPHS = [["graph", "-v", "--format", name] for name in ("text", "dot", "mermaid", "json")]

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
    f"postgresql://bank@db:{SECRET}@db.example.org/bank",
    f"postgresql://db.example.org/bank?user=bank&password={SECRET}",
    f"postgresql://bank:first@db.example.org/bank?sslmode=require&password={SECRET}",
    f"https://postgresql://bank:{SECRET}@db.example.org/bank",
]


@pytest.fixture
def folder(tmp_path):
    folder = Folder(tmp_path)
    set_up(folder)
    return folder


def set_up(
    folder, url="driver://user:pass@localhost/dbname", location="m", ini="", env="", message="make", depends=None
):
    folder.write("alembic.ini", INI.format(location=location, url=url, more=ini))
    folder.write("m/env.py", ENV.format(more=env))
    folder.write("m/script.py.mako", "def upgrade():\n")
    folder.write("m/versions/a.py", REVISION.format(message=message, revision="a", depends=depends))


def assert_unseen(folder, *arguments, **variables):
    run = folder.miglint(*arguments, coloured="always" in arguments, **variables)
    said = run.out + run.err
    # an escape in the middle of it would hide it from the first look
    assert SECRET not in said and SECRET[:5] not in said, said
    return run


def look_everywhere(folder, graphs=GRAPHS[:1], **variables):
    for arguments in CHECKS + graphs:
        assert_unseen(folder, *arguments, **variables)


def test_it_would_be_found(folder):
    """The looking itself: a word that is no password comes out of everything."""
    set_up(folder, message=f"make {SECRET}")
    for arguments in GRAPHS:
        assert SECRET in folder.miglint(*arguments).out
    folder.write("m/versions/b.py", f'revision = "b"\ndown_revision = "{SECRET}"\n')
    folder.write("miglint.toml", f'branches = ["{SECRET}"]\n')
    for arguments in CHECKS:
        assert SECRET in folder.miglint(*arguments, coloured="always" in arguments).out


# --- in files ---------------------------------------------------------------------


@pytest.mark.parametrize("url", URLS)
def test_in_the_ini(folder, url):
    set_up(folder, url=url)
    look_everywhere(folder)
    run = folder.miglint("--select", "ML901,ML902")
    assert run.status == 1, run.out
    assert "alembic.ini:3:" in run.out


@pytest.mark.parametrize("url", URLS)
def test_in_an_engine_and_in_default(folder, url):
    set_up(folder, ini=f"databases = one\n[one]\nsqlalchemy.url = {url}\n[DEFAULT]\nspare = {url}\n")
    look_everywhere(folder)


@pytest.mark.parametrize("url", URLS)
def test_in_the_options_of_a_hook(folder, url):
    set_up(folder, ini=f"[post_write_hooks]\nhooks = psql {url}\npsql.type = exec\npsql.options = {url}\n")
    look_everywhere(folder)
    run = folder.miglint("--select", "ML901,ML902")
    assert all(f"alembic.ini:{line}:" in run.out for line in (5, 7))


@pytest.mark.parametrize("url", URLS)
def test_in_toml(folder, url):
    (folder / "alembic.ini").unlink()
    folder.write(
        "pyproject.toml",
        "[tool.alembic]\nscript_location = 'm'\n"
        f'"sqlalchemy.url" = "{url}"\nfile_template = "{url}"\n'
        f'[[tool.alembic.post_write_hooks]]\nname = "psql"\noptions = "{url}"\n',
    )
    look_everywhere(folder)
    run = folder.miglint("--select", "ML901,ML902")
    assert run.status == 1, run.out
    # Alembic leaves the third line to env.py, and a name there may be replaced
    lines = (4, 7) if "%(" in url else (3, 4, 7)
    assert all(f"pyproject.toml:{line}:" in run.out for line in lines)


@pytest.mark.parametrize("url", URLS)
def test_in_env_py(folder, url):
    set_up(folder, env=f'context.configure(connection=c, url="{url}")\nURL = "{url}"')
    look_everywhere(folder)


def test_in_the_line_of_a_finding(folder):
    """The source line is shown with a finding, but not one that holds a password."""
    folder.write("m/env.py", f'from alembic import context\ncontext.configure(url="{URL}", target_metadata=None)\n')
    run = assert_unseen(folder, "--select", "ML903")
    assert "m/env.py:2:" in run.out
    assert "context.configure(url" not in run.out


def test_in_an_option_that_is_no_url(folder):
    """What has a % that is not escaped is likely to be one."""
    set_up(folder, ini=f"db_password = {SECRET}%x")
    look_everywhere(folder)
    assert "alembic.ini:4:" in folder.miglint("--select", "ML902").out


def test_in_a_location(folder):
    set_up(folder, location=URL)
    look_everywhere(folder)
    set_up(folder, location=f"%(here)s/{URL}")
    look_everywhere(folder)
    set_up(folder, ini=f"version_locations = {URL}")
    look_everywhere(folder)


def test_in_a_revision(folder):
    set_up(folder, message=f"see {URL} for more", depends=f'"{URL}"')
    folder.write("m/versions/b.py", f'revision = "{URL}"\ndown_revision = "{URL}x"\n')
    look_everywhere(folder, GRAPHS)


def test_in_the_settings(folder):
    folder.write("miglint.toml", f'branches = ["{URL}"]\nbase = "{URL}"\n[per-path-ignores]\n"{URL}" = ["ML1"]\n')
    look_everywhere(folder)
    for line in (f'"{URL}" = 1', f'select = ["{URL}"]', f'fail-on = "{URL}"', f'dialect = "{URL}"', URL):
        folder.write("miglint.toml", line)
        assert assert_unseen(folder).status == 2


@pytest.mark.parametrize(
    "more",
    [
        f"{URL}",
        f"script_location = {URL}",
        f"[alembic]\nx = {URL}",
        f"version_path_separator = {URL}\nversion_locations = a",
    ],
)
def test_in_an_ini_that_cannot_be_read(folder, more):
    set_up(folder, ini=more)
    look_everywhere(folder)


# --- elsewhere --------------------------------------------------------------------------


def test_in_the_environment(folder):
    set_up(
        folder,
        env="import os\nconfig = context.config\n"
        'config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"])',
    )
    look_everywhere(folder, DATABASE_URL=URL, SQLALCHEMY_DATABASE_URI=URL, PGPASSWORD=SECRET)
    look_everywhere(folder, ALEMBIC_CONFIG=URL)


def test_in_a_commit(tmp_path):
    repository = Repository(tmp_path)
    set_up(repository, url=URL)
    repository.commit(URL)
    for arguments in CHECKS + GRAPHS[:1]:
        assert_unseen(repository, *arguments, "--commit", "HEAD")


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
        ["--config", URL],
        ["--name", URL],
        ["--script-location", URL],
        ["-C", URL],
        [f"--database={URL}"],
        ["graph", "-r", URL],
        ["graph", "--format", URL],
        ["explain", URL],
    ],
)
def test_on_the_command_line(folder, arguments):
    run = assert_unseen(folder, *arguments)
    assert run.status == 2, run.out
    assert run.err.startswith("miglint: "), run.err
