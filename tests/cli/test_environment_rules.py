"""ML901 to ML906, which speak of files that are no revisions.

Alembic makes the set-ups; ConfigParser, Python's % and SQLAlchemy are the judges.
"""

import configparser
import subprocess

import pytest
from repository import ENVIRONMENT, Folder, miglint, place, place_of, sound_revision
from sqlalchemy.engine import make_url

PYTHON = "/usr/bin/python3"  # Debian's own: it is the one that has Alembic


def lint(folder, *arguments):
    return folder.miglint("--format", "json", "--select", "ML9", *arguments)


@pytest.fixture
def folder(tmp_path):
    """Nothing is wrong with this one."""
    folder = Folder(tmp_path).environment("m")
    write_ini(folder)
    return folder


def write_ini(folder, options="", more=""):
    folder.write("alembic.ini", f"[alembic]\nscript_location = m\n{options}\n{more}")


# --- every rule once ------------------------------------------------------------

CONFIGURE = "from alembic import context\n\ncontext.configure(connection=connection%s)\n"
METADATA = ", target_metadata=models.metadata"

# rule -> files, and of the finding: severity, file, what it points at there, message, help
RULES = {
    "ML901": (
        {"alembic.ini": "[alembic]\nscript_location = m\nsqlalchemy.url = postgresql://bank:secret@db/bank\n"},
        ("error", "alembic.ini", "sqlalchemy.url = postgresql://bank:secret@db/bank"),
        "sqlalchemy.url in [alembic] holds a password",
        "take the URL from the environment in env.py: ",
    ),
    "ML902": (
        {"alembic.ini": "[alembic]\nscript_location = m\n\nfile_template = %(rev)s_%d\n"},
        ("error", "alembic.ini", "file_template = %(rev)s_%d"),
        "file_template in [alembic] has a % that is not escaped",
        "write %% for every % that stands for itself: ",
    ),
    "ML903": (
        {"m/env.py": "target_metadata = None\n" + CONFIGURE % ", target_metadata=target_metadata"},
        ("warning", "m/env.py", "None"),
        "no call of context.configure() is given the models' metadata",
        "import the models, and write target_metadata = Base.metadata",
    ),
    "ML904": (
        {"m/script.py.mako": "def upgrade():\n    ${upgrades}\n"},
        ("warning", "m/script.py.mako", None),
        "new revisions are made without a downgrade()",
        "add a downgrade() that holds ${downgrades",
    ),
    "ML905": (
        {
            "alembic.ini": "[alembic]\nscript_location = m\nsqlalchemy.url = sqlite:///bank.db\n",
            "m/env.py": CONFIGURE % METADATA,
        },
        ("note", "m/env.py", "context.configure(connection=connection, target_metadata=models.metadata)"),
        "the database is SQLite, and render_as_batch is off",
        "write context.configure(..., render_as_batch=True)",
    ),
    "ML906": (
        {"alembic.ini": "[alembic]\n\nscript_location = gone\n"},
        ("error", "alembic.ini", "script_location = gone"),
        "script_location names 'gone', and there is no such folder",
        "name the folder that holds env.py",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule(folder, rule):
    assert lint(folder).rules == []
    files, (severity, file, part), message, help_ = RULES[rule]
    for name, text in files.items():
        folder.write(name, text)
    (finding,) = lint(folder).findings
    assert (finding["rule"], finding["severity"], finding["message"]) == (rule, severity, message)
    assert (finding["path"], finding["revision"]) == (file, None)
    assert place(finding) == (place_of(files[file], part) if part else (None,) * 4)
    assert finding["help"].startswith(help_)
    where = "%s:%d:%d" % (file, *place(finding)[:2]) if part else file
    text = folder.miglint("--select", rule).out
    assert text.startswith(f"{where}: {severity}: {message} [{rule} {finding['name']}]\n")
    # the line is shown, unless it may hold a password
    assert (" | " in text) == (part is not None and rule not in ("ML901", "ML902"))


def test_there_is_a_test_for_every_rule(tmp_path):
    rules = [line.split()[0] for line in miglint("rules", cwd=tmp_path).out.splitlines()]
    assert [rule for rule in rules if rule.startswith("ML9")] == list(RULES)


def test_findings_in_other_files_are_like_any_other(folder):
    folder.write("m/script.py.mako", "def upgrade():\n")
    write_ini(folder, "a = 50%\nb = 50%")
    found = lint(folder).findings
    assert [finding["rule"] for finding in found] == ["ML902", "ML902", "ML904"]
    assert len({finding["fingerprint"] for finding in found}) == 3
    # a line further down it is the same finding
    write_ini(folder, "# a comment\na = 50%\nb = 50%")
    moved = lint(folder).findings
    assert [finding["fingerprint"] for finding in moved] == [finding["fingerprint"] for finding in found]

    lines = folder.miglint("--select", "ML9", "--format", "github", "-q").out.splitlines()
    assert lines[0].startswith("::error title=ML902 unescaped-percent,file=alembic.ini,line=4,endLine=4,col=1,endColumn=8::")
    assert lines[2].startswith("::warning title=ML904 template-without-downgrade,file=m/script.py.mako::")

    folder.write("miglint.toml", '[per-path-ignores]\n"alembic.ini" = ["ML9"]\n"m/*.mako" = ["ML904"]\n')
    assert {finding["suppressed"]["kind"] for finding in lint(folder).findings} == {"settings"}
    assert folder.miglint("--select", "ML9").status == 0


def test_one_file_alone(folder):
    folder.write("m/script.py.mako", "def upgrade():\n")
    write_ini(folder, "a = 50%")
    assert lint(folder, "alembic.ini").rules == ["ML902"]
    assert lint(folder, "m/script.py.mako").rules == ["ML904"]
    assert lint(folder, "m/env.py").rules == []


# --- as Alembic makes them --------------------------------------------------------


@pytest.mark.parametrize("age", ["old", "recent"])
@pytest.mark.parametrize("template", ["generic", "pyproject", "async", "pyproject_async", "multidb"])
def test_a_fresh_set_up(tmp_path, template, age, recent):
    """There are no models yet, and nothing else is wrong."""
    if age == "old" and template.startswith("pyproject"):
        pytest.skip("the template is younger")
    environment = {**ENVIRONMENT, "PYTHONPATH": recent if age == "recent" else ""}
    command = [PYTHON, "-B", "-m", "alembic", "init", "-t", template, "m"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    report = lint(Folder(tmp_path)).json
    (finding,) = report["findings"]
    assert finding["rule"] == "ML903"
    line = (tmp_path / "m" / "env.py").read_text().splitlines()[finding["line"] - 1]
    assert line.startswith("target_metadata = ")
    (project,) = report["projects"]
    assert project["dialect"] is None
    assert project["engines"] == (["engine1", "engine2"] if template == "multidb" else [])


# --- % ------------------------------------------------------------------------------

VALUES = [
    *("50%", "%%", "%d", "%(here)s", "%(nothing)s", "%(nothing)", "%()s", "a%%%b", "%%%%", "%(script_location)s"),
    *("%(HERE)s", "p%40ss", "p%%40ss", "%", "100%% %(here)s", "%(here)d", "%(a b)s"),
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("section", ["alembic", "one", "post_write_hooks", "DEFAULT"])
def test_percent(folder, value, section):
    if section == "alembic":
        write_ini(folder, f"some = {value}")
    elif section == "one":
        write_ini(folder, "databases = one", f"[one]\nsome = {value}")
    else:
        write_ini(folder, "databases = one", f"[one]\na = b\n[{section}]\nsome = {value}")
    parser = configparser.ConfigParser({"here": str(folder.path)})
    parser.read(folder / "alembic.ini")
    try:
        for name in parser.sections():
            dict(parser.items(name))
        broken = False
    except configparser.InterpolationError:
        broken = True
    assert lint(folder, "--select", "ML902").rules == (["ML902"] if broken else [])


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "toml", ["file_template = '{}'", "[[tool.alembic.post_write_hooks]]\nname = 'x'\noptions = '{}'"]
)
def test_percent_in_toml(folder, value, toml):
    """%40s is no error: it formats what it is given, which are all the names that there are."""
    names = {"here": str(folder.path)}
    (folder / "alembic.ini").unlink()
    folder.write("pyproject.toml", "[tool.alembic]\nscript_location = 'm'\n" + toml.format(value))
    try:
        broken = str(names) in value % names
    except (KeyError, TypeError, ValueError):
        broken = True
    found = lint(folder).findings
    assert [finding["rule"] for finding in found] == (["ML902"] if broken else [])
    assert all(finding["path"] == "pyproject.toml" for finding in found)


@pytest.mark.parametrize("hooks", ["hooks = 50%", "hooks = black\nblack.options = -l 50%"])
def test_percent_in_a_hook(folder, hooks):
    """It keeps Alembic from writing a revision, and not from reading the others."""
    write_ini(folder, more=f"[post_write_hooks]\n{hooks}\n")
    assert lint(folder).rules == ["ML902"]
    assert folder.miglint("graph").status == 0


def test_a_name_that_env_py_defines(folder):
    """The usual way to bring a password in from outside: ConfigParser fails on the file alone."""
    write_ini(folder, "sqlalchemy.url = postgresql://%(DB_USER)s:%(DB_PASS)s@localhost/bank")
    assert lint(folder).rules == ["ML902"]
    folder.write(
        "m/env.py",
        "from alembic import context\nimport os\nconfig = context.config\n"
        "config.set_section_option(config.config_ini_section, 'DB_PASS', os.environ['DB_PASS'])\n",
    )
    assert lint(folder).rules == []


# --- passwords ------------------------------------------------------------------------

PASSWORDS = ["a@b", "a@b@c", "a/b", "a:b", "a?b", "a#b", "a+b", "a&b", "a=b", "a[b]", "a;b", "a~!$*'(),b"]


@pytest.mark.parametrize("password", PASSWORDS)
def test_reserved_characters(folder, password):
    url = f"postgresql://bank:{password}@db.example.org:5432/bank"
    write_ini(folder, f"sqlalchemy.url = {url}")
    misread = make_url(url).password != password
    assert lint(folder).rules == (["ML901", "ML902"] if misread else ["ML901"])


@pytest.mark.parametrize("name", ["bank@server", "a@b@c", "bank%%40server"])
def test_reserved_characters_of_a_name(folder, name):
    for password, rules in (("", []), (":secret", ["ML901"])):
        url = f"postgresql://{name}{password}@db.example.org/bank"
        write_ini(folder, f"sqlalchemy.url = {url}")
        assert make_url(url.replace("%%", "%")).host == "db.example.org"
        assert lint(folder).rules == rules


@pytest.mark.parametrize(
    "url",
    [
        "driver://user:pass@localhost/dbname",
        "postgresql://user:pass@localhost/dbname",
        "postgresql://bank@localhost/bank",
        "postgresql://bank:@localhost/bank",
        "postgresql:///bank",
        "sqlite:///bank.db",
        "",
        "postgresql://bank:${PASSWORD}@localhost/bank",
        "postgresql://bank:<password>@localhost/bank",
        "postgresql://bank:{password}@localhost/bank",
        "postgresql://bank:***@localhost/bank",
        "postgresql://localhost:5432/bank",
        "postgresql://localhost/bank?user=a@b",
    ],
)
def test_no_credentials(folder, url):
    write_ini(folder, f"sqlalchemy.url = {url}")
    assert lint(folder).rules == []


@pytest.mark.parametrize(
    "line",
    [
        "sqlalchemy_url = 'postgresql://bank:secret@db/bank'",
        "urls = ['sqlite://', 'postgresql://bank:secret@db/bank']",
        "db.url = 'postgresql://bank:secret@db/bank'",
    ],
)
def test_credentials_in_toml(folder, line):
    folder.write("pyproject.toml", f"[tool.other]\nurl = 'postgresql://a:b@c/d'\n[tool.alembic]\n{line}\n")
    (finding,) = lint(folder).findings
    assert (finding["rule"], finding["path"], finding["line"]) == ("ML901", "pyproject.toml", 4)


# --- locations ----------------------------------------------------------------------------


def test_a_missing_location_is_no_graph(tmp_path):
    folder = Folder(tmp_path)
    folder.write("alembic.ini", "[alembic]\n\nscript_location = migrations\n")
    assert lint(folder).rules == ["ML906"]
    graph = folder.miglint("graph")
    assert graph.status == 2
    assert "alembic.ini:3: script_location names 'migrations', and there is no such folder" in graph.err


def test_a_missing_location_in_toml(tmp_path):
    folder = Folder(tmp_path)
    folder.write("alembic.ini", "[alembic]\nfile_template = x\n")
    folder.write("pyproject.toml", "[tool.alembic]\nscript_location = '%(here)s/gone'\n")
    (finding,) = lint(folder).findings
    assert (finding["rule"], finding["path"], finding["line"]) == ("ML906", "pyproject.toml", 2)


# --- the dialect ----------------------------------------------------------------------------


def dialect(folder, *arguments):
    (project,) = lint(folder, *arguments).json["projects"]
    (row,) = [
        line for line in folder.miglint("--show-settings", *arguments).out.splitlines() if line.startswith("  dialect")
    ]
    shown, source = row[len("  dialect") :].strip().split("  ", 1)
    assert shown == ("not known" if project["dialect"] is None else f'"{project["dialect"]}"')
    return project["dialect"], source.strip()


def test_who_tells_the_dialect(folder):
    assert dialect(folder) == (None, "no URL, and no import tells it")
    folder.revision("aaaa", folder="m", text="from sqlalchemy.dialects.mysql import TEXT\nrevision = 'aaaa'\n")
    assert dialect(folder) == ("mysql", "imported by its revisions")
    folder.write("m/env.py", "from sqlalchemy import create_engine\ncreate_engine('oracle://localhost/bank')\n")
    assert dialect(folder) == ("oracle", "m/env.py:2")
    write_ini(folder, "sqlalchemy.url = mssql+pyodbc://localhost/bank")
    assert dialect(folder) == ("mssql", "alembic.ini:3")
    folder.write("miglint.toml", "\ndialect = 'postgresql'\n")
    assert dialect(folder) == ("postgresql", "miglint.toml:2")
    assert dialect(folder, "--dialect", "sqlite") == ("sqlite", "command line")


def test_a_dialect_in_toml(folder):
    (folder / "alembic.ini").unlink()
    folder.write("pyproject.toml", "[tool.alembic]\nscript_location = 'm'\n'sqlalchemy.url' = 'sqlite://'\n")
    assert dialect(folder) == ("sqlite", "pyproject.toml:3")


def test_a_folder_for_each_database(folder):
    shared = "from sqlalchemy.dialects import postgresql\n" + sound_revision("aaaa")
    for database in ["postgresql", "sqlite"]:
        folder.revision("aaaa", folder="m", name=f"{database}/aaaa", text=shared)
    run = folder.miglint("--format", "json")
    assert run.findings == []
    assert [(project["project"], project["dialect"], project["heads"]) for project in run.json["projects"]] == [
        ("m/versions/postgresql", "postgresql", ["aaaa"]),
        ("m/versions/sqlite", "sqlite", ["aaaa"]),
    ]
    assert "its folders are named after databases" in run.err

    folder.write("m/env.py", CONFIGURE % ", target_metadata=None")
    assert lint(folder).rules == ["ML903", "ML905"]


def test_another_dialect(folder):
    complaint = folder.miglint("--dialect", "postgres").complaint()
    assert complaint == "--dialect takes one of postgresql, sqlite, not 'postgres'; did you mean postgresql?"
