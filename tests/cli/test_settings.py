"""miglint's own settings: every key, where they are looked for, what beats what, and every error."""

import re
import tomllib

import pytest
from repository import Folder, Repository

# What is wrong with it: ML106 and ML110, and ML301 in versions/bbbb.py; with aaaa.py also ML101.
FAULTY = '''"""add email

Revision ID: other
"""
from alembic import op

revision = "bbbb"
down_revision = None


def upgrade():
    op.drop_column("t", "c")


def downgrade():
    pass
'''

ALL = ["ML101", "ML106", "ML110", "ML301"]


@pytest.fixture
def faulty(folder):
    folder.revision("aaaa")
    folder.revision("bbbb", text=FAULTY)
    return folder


def look(folder, settings=None, *arguments):
    if settings is not None:
        folder.write("miglint.toml", settings)
    return folder.miglint("--format", "json", *arguments)


def counted(run):
    assert run.err == "", run.err
    return sorted(one["rule"] for one in run.findings if one["suppressed"] is None)


def severities(run):
    return {one["rule"]: one["severity"] for one in run.findings}


# --- the keys ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings, expected",
    [
        ("", ALL),
        ('select = ["ML1"]', ["ML101", "ML106", "ML110"]),
        ('select = ["missing-downgrade", "ml110"]', ["ML110", "ML301"]),
        ("select = []", []),
        ('select = ["all"]\nignore = ["ML1"]', ["ML301"]),
        ('ignore = ["ML1"]', ["ML301"]),
        ('ignore = ["ML1"]\nextend-select = ["ML110"]', ["ML110", "ML301"]),
        ('select = ["ML3"]\nextend-select = ["ML106"]', ["ML106", "ML301"]),
        ('severity = { ML110 = "off", multiple-heads = "off" }', ["ML106", "ML301"]),
        ('severity.ML110 = "off"\nselect = ["ML110", "ML301"]', ["ML301"]),
    ],
)
def test_selection(faulty, settings, expected):
    assert counted(look(faulty, settings)) == expected


def test_severity(faulty):
    usual = {"ML101": "error", "ML106": "warning", "ML110": "note", "ML301": "error"}
    assert severities(look(faulty)) == usual
    run = look(faulty, 'severity = { ML101 = "note", second-base = "error", ml110 = "warning", ML301 = "note" }')
    assert severities(run) == {"ML101": "note", "ML106": "error", "ML110": "warning", "ML301": "note"}
    assert run.json["summary"] == {"errors": 1, "warnings": 1, "notes": 2, "suppressed": 0}


def test_a_lesser_finding_is_never_raised(faulty):
    """upgrade() that only writes rows gives ML301 as a note."""
    rows = FAULTY.replace('op.drop_column("t", "c")', 'op.execute("UPDATE t SET a = 1")')
    faulty.revision("bbbb", text=rows)
    assert severities(look(faulty))["ML301"] == "note"
    assert severities(look(faulty, 'severity.ML301 = "warning"'))["ML301"] == "note"
    assert severities(look(faulty, 'severity.ML301 = "error"'))["ML301"] == "note"


@pytest.mark.parametrize(
    "glob, fits",
    [
        ("migrations/versions/bbbb.py", True),
        ("migrations/versions/*.py", True),
        ("migrations/*", True),
        ("*", True),
        ("*/bbbb.py", True),
        ("b?bb.py", True),
        ("bbbb.py", True),
        ("migrations", True),
        ("migrations/versions", True),
        ("migrations/versions/", True),
        ("versions", False),
        ("migrations/versions/[ab]*.py", False),
        ("aaaa.py", False),
        ("versions/bbbb.py", False),
        ("migrations/versions/bbb", False),
        ("", False),
    ],
)
def test_per_path_ignores(faulty, glob, fits):
    run = look(faulty, f'[per-path-ignores]\n"{glob}" = ["ML3", "ML110"]')
    assert counted(run) == (["ML101", "ML106"] if fits else ALL)
    for one in run.findings:
        hidden = fits and one["rule"] in ("ML110", "ML301")
        assert one["suppressed"] == ({"kind": "settings", "reason": "per-path-ignores of miglint.toml:2"} if hidden else None)
    assert run.json["summary"]["suppressed"] == (2 if fits else 0)


def test_a_comment_comes_before_a_path(faulty):
    """What both suppress is the comment's, with its reason, and the comment is not useless."""
    faulty.revision("bbbb", text=FAULTY.replace("def downgrade():", "def downgrade():  # miglint: ignore[ML301] why"))
    run = look(faulty, 'per-path-ignores."*" = ["ML3"]')
    (one,) = [one for one in run.findings if one["rule"] == "ML301"]
    assert one["suppressed"] == {"kind": "line", "reason": "why"}
    assert "ML003" not in counted(run)


def test_globs_are_below_the_folder_of_the_settings(tmp_path):
    folder = Folder(tmp_path / "plain").environment("app/migrations", "app/alembic.ini")
    folder.revision("bbbb", folder="app/migrations", text=FAULTY)
    folder.write("app/miglint.toml", 'per-path-ignores."migrations/*" = ["all"]')
    assert counted(folder.miglint("--format", "json")) == []
    folder.write("app/miglint.toml", 'per-path-ignores."app/migrations/*" = ["all"]')
    assert counted(folder.miglint("--format", "json")) != []


@pytest.mark.parametrize("level, status", [("error", 0), ("warning", 1), ("note", 1), ("never", 0)])
def test_fail_on(faulty, level, status):
    assert look(faulty, f'fail-on = "{level}"\nignore = ["ML101", "ML301"]').status == status
    assert look(faulty, f'fail-on = "{level}"', "--fail-on", "never").status == 0
    assert look(faulty, f'fail-on = "{level}"', "--fail-on", "note").status == 1


def test_fail_on_is_each_environment_its_own(tmp_path):
    folder = Folder(tmp_path / "plain")
    for name in ("one", "two"):
        folder.environment(f"{name}/migrations", f"{name}/alembic.ini")
    folder.revision("bbbb", folder="two/migrations", text=FAULTY)
    folder.write("one/miglint.toml", 'fail-on = "note"')
    folder.write("two/miglint.toml", 'fail-on = "never"')
    assert folder.miglint().status == 0
    folder.write("two/miglint.toml", 'fail-on = "note"')
    assert folder.miglint().status == 1


# --- branches ------------------------------------------------------------------------


def heads(run):
    """The heads that each ML101 speaks of."""
    return sorted(
        sorted(re.findall(r"'(\w+)'", one["message"].split(", which part")[0].split(", which have")[0]))
        for one in run.findings
        if one["rule"] == "ML101"
    )


def test_branches(folder):
    folder.revision("root")
    for parent, revision in (("root", "left"), ("left", "left2"), ("root", "right"), ("right", "right2"), ("root", "main2")):
        folder.revision(revision, parent)
    assert heads(look(folder)) == [["left2", "main2", "right2"]]
    assert heads(look(folder, 'branches = ["left"]')) == [["main2", "right2"]]
    assert heads(look(folder, 'branches = ["left", "right"]')) == []
    assert heads(look(folder, 'branches = ["left2", "right2"]')) == []
    # Two heads of one branch are too many all the same.
    folder.revision("left3", "left")
    assert heads(look(folder, 'branches = ["left", "right"]')) == [["left2", "left3"]]
    # And where a branch begins, nothing is told apart above it.
    assert heads(look(folder, 'branches = ["root"]')) == [["left2", "left3", "main2", "right2"]]


def test_a_branch_that_is_none(folder):
    folder.revision("root")
    folder.revision("left", "root", labels="side")
    run = look(folder, 'branches = [\n  "left",\n  "side",\n  "rihgt",\n]')
    assert run.err == (
        "miglint: note: miglint.toml:4: branches names 'rihgt', which is neither a revision nor a branch label\n"
    )
    # Of a part alone it cannot be told.
    assert look(folder, None, "migrations").err == ""


# --- where they are looked for ---------------------------------------------------------


def one_rule(folder, name, rule, table=""):
    folder.write(name, f'{table}\nselect = ["{rule}"]\n')


def test_nearest_wins(tmp_path):
    """From the folder of the ini upwards; nothing is mixed."""
    folder = Folder(tmp_path / "plain").environment("a/b/c/migrations", "a/b/alembic.ini")
    folder.revision("aaaa", folder="a/b/c/migrations")
    folder.revision("bbbb", folder="a/b/c/migrations", text=FAULTY)

    def rules():
        return counted(folder.miglint("--format", "json"))

    assert rules() == ALL
    tool = "[tool.miglint]"
    one_rule(folder, "pyproject.toml", "ML101", tool)
    assert rules() == ["ML101"]
    one_rule(folder, "miglint.toml", "ML106")
    assert rules() == ["ML106"]
    folder.write("a/pyproject.toml", "[tool.black]\nline-length = 100\n")
    assert rules() == ["ML106"]
    folder.write("a/pyproject.toml", '[project]\nname = "miglint-user"\n')
    assert rules() == ["ML106"]
    one_rule(folder, "a/pyproject.toml", "ML110", tool)
    assert rules() == ["ML110"]
    one_rule(folder, "a/b/miglint.toml", "ML301")
    assert rules() == ["ML301"]
    folder.write("a/b/miglint.toml", "")
    assert rules() == ALL
    # The ini's folder and above, not that of the migrations.
    one_rule(folder, "a/b/c/miglint.toml", "ML101")
    one_rule(folder, "a/b/c/migrations/miglint.toml", "ML101")
    assert rules() == ALL


def test_without_an_ini_the_script_location_is_where_it_begins(tmp_path):
    folder = Folder(tmp_path / "plain").environment("a/migrations")
    (folder / "alembic.ini").unlink()
    folder.revision("aaaa", folder="a/migrations")
    folder.revision("bbbb", folder="a/migrations", text=FAULTY)
    one_rule(folder, "a/miglint.toml", "ML301")
    assert counted(folder.miglint("--format", "json")) == ["ML301"]
    one_rule(folder, "a/migrations/miglint.toml", "ML110")
    assert counted(folder.miglint("--format", "json")) == ["ML110"]


def test_nothing_above_the_repository(tmp_path):
    Folder(tmp_path).write("miglint.toml", "select = []")
    repository = Repository(tmp_path / "work").environment()
    repository.revision("bbbb", text=FAULTY)
    assert counted(repository.miglint("--format", "json")) == ["ML110", "ML301"]


def test_a_commit_has_its_own(tmp_path):
    repository = Repository(tmp_path / "work").environment()
    repository.revision("bbbb", text=FAULTY)
    one_rule(repository, "miglint.toml", "ML110")
    repository.commit()
    one_rule(repository, "miglint.toml", "ML301")
    assert counted(repository.miglint("--format", "json")) == ["ML301"]
    assert counted(repository.miglint("--format", "json", "--commit", "HEAD")) == ["ML110"]


# --- the command line beats them ---------------------------------------------------------


@pytest.mark.parametrize(
    "settings, arguments, expected",
    [
        ('select = ["ML1"]', ["--select", "ML3"], ["ML301"]),
        ('ignore = ["ML3"]', ["--select", "ML3"], ["ML301"]),
        ('severity.ML301 = "off"', ["--select", "ML3"], ["ML301"]),
        ('select = ["ML1"]', ["--extend-select", "ML3"], ALL),
        ('ignore = ["ML301"]', ["--extend-select", "ML3"], ALL),
        ('severity.ML301 = "off"', ["--extend-select", "ML301"], ALL),
        ('select = ["ML301"]', ["--ignore", "ML3"], []),
        ('extend-select = ["ML301"]', ["--ignore", "ML3"], ["ML101", "ML106", "ML110"]),
        ('ignore = ["ML301"]', ["--ignore", "ML110"], ["ML101", "ML106"]),
        ('select = ["ML3"]', ["--extend-select", "ML1", "--ignore", "ML110"], ["ML101", "ML106", "ML301"]),
    ],
)
def test_precedence(faulty, settings, arguments, expected):
    assert counted(look(faulty, settings, *arguments)) == expected


# --- --show-settings -----------------------------------------------------------------------


def shown(run):
    """Each key with its rows of value and source, and the rules that run."""
    assert (run.status, run.err) == (0, "")
    rows, key = {}, None
    for line in run.out.splitlines()[1:]:
        head, rest = line[2:19].strip(), line[21:]
        key = head or key
        rows.setdefault(key, []).append(tuple(re.split(r"\s{2,}", rest)))
    rows["rules"] = " ".join(row[0] for row in rows["rules"]).split()
    return rows


def test_show_defaults(faulty):
    run = faulty.miglint("--show-settings")
    rows = shown(run)
    assert run.out.startswith("migrations: no settings file\n")
    assert rows.pop("rules") == [
        line.split()[0] for line in faulty.miglint("rules").out.splitlines() if not line.endswith("(off)")
    ]
    assert rows == {
        "select": [("the usual rules", "default")],
        "extend-select": [("[]", "default")],
        "ignore": [("[]", "default")],
        "severity": [("{}", "default")],
        "per-path-ignores": [("{}", "default")],
        "types": [("{}", "default")],
        "naming-convention": [("that of the models", "default")],
        "fail-on": [('"error"', "default")],
        "branches": [("[]", "default")],
        "dialect": [("not known", "no URL, and no import tells it")],
        "sqlalchemy": [('"2.0"', "default")],
        "base": [("not set", "default")],
        "baseline": [("not set", "default")],
    }
    assert faulty.miglint("check", "--show-settings").out == run.out


WHOLE = """[project]
name = "x"

[tool.miglint]
select = ["ML1",
          "ML3"]
extend-select = ["ML003"]
ignore = ["ML106"]
fail-on = "warning"
branches = ["aaaa"]
dialect = "postgresql"
base = "origin/main"
sqlalchemy = "1.4"
baseline = "past.json"

[tool.miglint.severity]
ML110 = "error"
missing-downgrade = "off"

[tool.miglint.per-path-ignores]
"old/*" = ["ML3", "ML110"]

[tool.miglint.types]
"app.types.Money" = "NUMERIC(12, 2)"
Code = "char(3)"

[tool.miglint.naming-convention]
pk = "pk_%(table_name)s"
"""


def test_show_settings(faulty):
    faulty.write("pyproject.toml", WHOLE)
    run = faulty.miglint("--show-settings")
    rows = shown(run)
    assert run.out.startswith("migrations: pyproject.toml\n")
    rules = rows.pop("rules")
    assert "ML003" in rules and "ML101" in rules and "ML106" not in rules and "ML301" not in rules
    assert rows == {
        "select": [('["ML1", "ML3"]', "pyproject.toml:5")],
        "extend-select": [('["ML003"]', "pyproject.toml:7")],
        "ignore": [('["ML106"]', "pyproject.toml:8")],
        "severity": [('ML110 = "error"', "pyproject.toml:17"), ('missing-downgrade = "off"', "pyproject.toml:18")],
        "per-path-ignores": [('"old/*" = ["ML3", "ML110"]', "pyproject.toml:21")],
        "types": [
            ('"app.types.Money" = "NUMERIC(12, 2)"', "pyproject.toml:24"),
            ('Code = "char(3)"', "pyproject.toml:25"),
        ],
        "naming-convention": [('pk = "pk_%(table_name)s"', "pyproject.toml:28")],
        "fail-on": [('"warning"', "pyproject.toml:9")],
        "branches": [('["aaaa"]', "pyproject.toml:10")],
        "dialect": [('"postgresql"', "pyproject.toml:11")],
        "sqlalchemy": [('"1.4"', "pyproject.toml:13")],
        "base": [('"origin/main"', "pyproject.toml:12")],
        "baseline": [('"past.json"', "pyproject.toml:14")],
    }
    # What tomllib, the judge, reads is what is shown.
    settings = tomllib.loads(WHOLE)["tool"]["miglint"]
    for key in ("select", "extend-select", "ignore", "fail-on", "branches", "dialect", "sqlalchemy", "base", "baseline"):
        assert tomllib.loads(f"value = {rows[key][0][0]}")["value"] == settings[key]


def test_show_the_command_line(faulty):
    faulty.write("pyproject.toml", WHOLE)
    rows = shown(faulty.miglint("--show-settings", "--extend-select", "ML106", "--ignore", "ML110", "--fail-on", "note"))
    assert rows["select"] == [('["ML1", "ML3"]', "pyproject.toml:5")]
    assert rows["extend-select"] == [('["ML106"]', "command line"), ('["ML003"]', "pyproject.toml:7")]
    assert rows["ignore"] == [('["ML110"]', "command line"), ('["ML106"]', "pyproject.toml:8")]
    assert rows["fail-on"] == [('"note"', "command line")]
    assert shown(faulty.miglint("--show-settings", "--baseline", "b.json"))["baseline"] == [('"b.json"', "command line")]
    assert shown(faulty.miglint("--show-settings", "--no-baseline"))["baseline"] == [("none", "command line")]
    assert "ML106" in rows["rules"] and "ML110" not in rows["rules"]
    rows = shown(faulty.miglint("--show-settings", "--select", "ML110,ML104", "--select", "ML301"))
    assert rows["select"] == [('["ML110,ML104", "ML301"]', "command line")]
    assert "extend-select" not in rows and "ignore" not in rows
    assert rows["rules"] == ["ML104", "ML110", "ML301"]


def test_show_every_environment(tmp_path):
    folder = Folder(tmp_path / "plain")
    for name in ("one", "two"):
        folder.environment(f"{name}/migrations", f"{name}/alembic.ini")
    folder.write("two/miglint.toml", "select = []")
    out = folder.miglint("--show-settings").out
    first, second = out.split("\n\n")
    assert first.startswith("one/migrations: no settings file\n")
    assert second.startswith("two/migrations: two/miglint.toml\n")
    assert second.endswith("rules              none\n")


# --- errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings, line, message",
    [
        ("\nselct = []", 2, "miglint.toml has no setting 'selct': did you mean 'select'?"),
        ("extend_select = []", 1, "miglint.toml has no setting 'extend_select': did you mean 'extend-select'?"),
        ("perpath-ignores = {}", 1, "miglint.toml has no setting 'perpath-ignores': did you mean 'per-path-ignores'?"),
        ("[xyzzy]", 1, "miglint.toml has no setting 'xyzzy': it takes select, extend-select, ignore, fail-on, branches, "
                       "dialect, sqlalchemy, base, baseline, severity, per-path-ignores, types, naming-convention"),
        ('select = "ML1"', 1, "select takes a list of strings, not a string"),
        ("\nignore = [\n'ML1',\n3]", 4, "ignore takes a list of strings, not an integer"),
        ("branches = [['a', 'b']]", 1, "branches takes a list of strings, not an array"),
        ("fail-on = true", 1, "fail-on takes a string, not a boolean"),
        ("fail-on = 'warnings'", 1, 'fail-on takes one of error, warning, note, never, not "warnings"'),
        ("dialect = 'mysql'", 1, 'dialect takes one of postgresql, sqlite, not "mysql"'),
        ("naming-convention = 'uq'", 1, 'naming-convention takes a table, { uq = "uq_%(table_name)s_%(column_0_name)s" }, not a string'),
        ("[naming-convention]\nuc = 'x'", 2, "naming-convention takes ix, uq, ck, fk and pk, not 'uc'"),
        ("[naming-convention]\nuq = 1", 2, "uq takes a string, not an integer"),
        ("sqlalchemy = '1.3'", 1, 'sqlalchemy takes one of 2.0, 1.4, not "1.3"'),
        ("sqlalchemy = 1.4", 1, "sqlalchemy takes a string, not a float"),
        ("base = 1.5", 1, "base takes a string, not a float"),
        ("severity = 'off'", 1, "severity takes a table, { ML110 = \"off\" }, not a string"),
        ("[severity]\nML110 = 1", 2, "ML110 takes a string, not an integer"),
        ("[severity]\nML110 = 'fatal'", 2, 'ML110 takes one of off, note, warning, error, not "fatal"'),
        ("[severity]\n\nstale-dogstring = 'off'", 3, "no rule is called 'stale-dogstring': did you mean 'stale-docstring'? "
                                                     "(`miglint rules` lists them)"),
        ("[severity]\nML1 = 'off'", 2, "no rule is called 'ML1'"),
        ("per-path-ignores = []", 1, 'per-path-ignores takes a table, { "versions/old/*" = ["ML3"] }, not an array'),
        ("[per-path-ignores]\n'*' = 'ML3'", 2, "* takes a list of strings, not a string"),
        ("[per-path-ignores]\n'*' = [\n'ML3',\n'ML9999x']", 4, "no rule is called 'ML9999x'"),
        ("types = 1", 1, 'types takes a table, { "myapp.types.Money" = "NUMERIC(12, 2)" }, not an integer'),
        ("[types]\nMoney = ['int']", 2, "Money takes a string, not an array"),
        ("[types]\napp.Money = 'int'", 2, "types has a table 'app': a class with dots in its name stands in quotes"),
        ("[types]\n\nMoney = 'NUMERIC('", 3, 'types says that Money is "NUMERIC(", which is no type of SQL '
                                             "(Postgres' grammar says: syntax error"),
        ("[types]\nMoney = 'int, int'", 2, 'types says that Money is "int, int", which is no type of SQL'),
        ("[types]\nMoney = 'int; drop table a'", 2, 'types says that Money is "int; drop table a", which is no'),
        ("[types]\nMoney = 'int) FROM (a'", 2, 'types says that Money is "int) FROM (a", which is no type of SQL'),
        ("[types]\nMoney = ''", 2, 'types says that Money is "", which is no type of SQL'),
        ("[types]\nMoney = 'String(5)'", 2, 'types says that Money is "String(5)", which is no type of SQL '
                                             "(that is SQLAlchemy's name of one): write it as CREATE TABLE would"),
        ("select = ['ML110,ML301']", 1, "no rule is called 'ML110,ML301'"),
        ("ignore = [\n\n'mising-parent']", 3, "no rule is called 'mising-parent': did you mean 'missing-parent'?"),
        ("extend-select = ['']", 1, "no rule is called ''"),
    ],
)
def test_errors(faulty, settings, line, message):
    faulty.write("miglint.toml", settings)
    complaint = faulty.miglint().complaint()
    assert complaint.startswith(f"miglint.toml:{line}: {message}")
    # The same of pyproject.toml, wherever it is.
    (faulty / "miglint.toml").unlink()
    tool = re.sub(r"^\[(\w[\w-]*)\]", r"[tool.miglint.\1]", settings, flags=re.M)
    faulty.write("pyproject.toml", tool if tool != settings else "[tool.miglint]\n" + settings)
    complaint = faulty.miglint("--show-settings").complaint()
    line += tool == settings
    assert complaint.startswith(f"pyproject.toml:{line}: {message.replace('miglint.toml has', '[tool.miglint] has')}")


@pytest.mark.parametrize("text", ["[tool]\nmiglint = 3", "[[tool.miglint]]\nselect = []"])
def test_it_is_a_table(faulty, text):
    faulty.write("pyproject.toml", text)
    assert "[tool.miglint] takes a table, not an " in faulty.miglint().complaint()


@pytest.mark.parametrize("text", ["select = [", "a = 1\na = 2", "[severity\n", "\xff", "select = ['\0']", "[" * 1000, "a" * 2**21])
def test_no_toml(faulty, text):
    faulty.write("miglint.toml", text.encode("latin-1"))
    assert re.match(r"miglint\.toml(:\d+)?: ", faulty.miglint().complaint())


def test_a_broken_pyproject_matters_only_if_it_speaks_of_miglint(faulty):
    faulty.write("pyproject.toml", "[tool.black\n")
    assert counted(look(faulty)) == ALL
    faulty.write("pyproject.toml", "[tool.miglint\n")
    assert faulty.miglint().complaint().startswith("pyproject.toml:1: ")


# --- hostile -----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["*a", "*?", "*", "?*a", "\\u00e9*", "a*?*a"])
def test_globs_do_not_explode(folder, part):
    """Each of hundreds nearly fits a long name, in very many ways."""
    folder.revision("aaaa")
    folder.revision("bbbb", text=FAULTY, name="a" * 200)
    glob = part * (900 // len(part))
    lines = "".join(f'"{glob}{number}" = ["ML3"]\n' for number in range(400))
    assert counted(look(folder, f"[per-path-ignores]\n{lines}")) == ALL


def test_there_is_an_end_to_words(faulty):
    many = ", ".join(['"ML3"'] * 1001)
    assert "holds more than 1000 words" in look(faulty, f"select = [{many}]").complaint()
    globs = "".join(f"g{i} = []\n" for i in range(1001))
    assert "at most" in look(faulty, f"[per-path-ignores]\n{globs}").complaint()
    assert "at most" in look(faulty, f'[per-path-ignores]\n"{"*" * 1001}" = []').complaint()
    assert "longer than 1000 bytes" in look(faulty, f'base = "{"a" * 1001}"').complaint()


def test_deep(faulty):
    for text in ("select = " + "[" * 50000 + "]" * 50000, "a." * 50000 + "b = 1", "x = " + "{a=" * 5000 + "1" + "}" * 5000):
        assert look(faulty, text).complaint().startswith("miglint.toml:")


def test_names_that_are_no_utf8(faulty):
    """A path that ends in the middle of a character is not read past its end."""
    (faulty / "migrations/versions/bbbb.py").unlink()
    path = bytes(faulty / "migrations/versions") + b"/\xf0\xfc.py"
    with open(path, "wb") as file:
        file.write(FAULTY.encode())
    run = look(faulty, 'per-path-ignores."*\\uFFFD?.py" = ["all"]\nper-path-ignores."*z" = ["all"]')
    assert run.json["summary"]["suppressed"] >= 0 and run.status in (0, 1)


@pytest.mark.parametrize("word", ["\\u001b[31m", "\\u009b31m", "\\u202e", "\\n\\nmiglint: all is well"])
def test_nothing_in_them_reaches_the_terminal(faulty, word):
    for settings in (f'base = "{word}"\nbranches = ["{word}"]\nper-path-ignores."{word}" = []', f'select = ["{word}"]',
                     f'"{word}" = 1', f'dialect = "{word}"', f'severity."{word}" = "off"'):
        look(faulty, settings)
        faulty.miglint("--show-settings", "--color", "never")
