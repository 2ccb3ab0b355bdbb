"""Every way to set Alembic up: miglint finds the revision files that Alembic finds.

Set-ups are made by chance: settings in an ini, in pyproject.toml or in both,
every form of a location, every separator, several version locations, sections,
folders to start in. Alembic's ScriptDirectory, of two ages, is the judge.
"""

import json
import os
import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

MIGLINT = os.environ["MIGLINT"]
JUDGE = Path(__file__).with_name("script_directory_judge.py")
PYTHON = "/usr/bin/python3"  # Debian's own: it is the one that has Alembic

SETUPS = 400
FOLDERS = ["app/migrations/versions", "db/migrations/versions", "extra/one", "extra/two", "app/more"]
SCRIPTS = ["app/migrations", "db/migrations"]
SEPARATORS = {"space": " ", "newline": "\n", "os": ":", ":": ":", ";": ";"}


@dataclass
class Setup:
    """What is written, and how Alembic is started."""

    start: str = "."
    arguments: list = field(default_factory=list)
    ini: dict = field(default_factory=dict)  # section -> key -> value
    ini_path: str = "alembic.ini"
    toml: dict = field(default_factory=dict)
    toml_path: str = "pyproject.toml"
    old: bool = True  # Alembic 1.8 knows all of it


# --- making one ---------------------------------------------------------------------


def location(chance, folder, setup, colon=True):
    """A folder in one of the forms that Alembic knows."""
    forms = ["relative", "here", "absolute"]
    if colon and folder.startswith("app/"):
        forms.append("package")
    form = chance.choice(forms)
    if form == "relative":
        return os.path.relpath(folder, setup.start)
    if form == "absolute":
        return "ROOT/" + folder
    if form == "package":
        return folder.replace("/", ":")
    return "%(here)s/" + folder


def relocated(value, path):
    """%(here)s is the folder of the file that it stands in, and the files may lie anywhere."""
    home = os.path.dirname(path)
    up = os.path.relpath(".", home) if home else ""
    return value.replace("%(here)s", "%(here)s/" + up if up else "%(here)s")


def ini_list(chance, locations, old):
    """The text of version_locations, and the key that says how it is to be split."""
    choices = [name for name in SEPARATORS if not (old and name == "newline")]
    name = chance.choice([None, *choices])
    if name is None:
        return {"version_locations": chance.choice([" ", ", ", ",", "  "]).join(locations)}
    joined = SEPARATORS[name].join(locations)
    if name == "newline":
        joined = "\n" + joined
    key = "version_path_separator" if old else chance.choice(["path_separator", "version_path_separator"])
    return {"version_locations": joined, key: name}


def random_setup(seed):
    chance = random.Random(seed)
    setup = Setup(old=chance.random() < 0.4)
    kind = "ini" if setup.old else chance.choice(["ini", "toml", "toml", "both", "both"])
    setup.start = chance.choice([".", ".", "app"])
    if chance.random() < 0.3 or setup.start != ".":
        setup.ini_path = chance.choice(["alembic.ini", "conf/other.ini"])
    if kind != "ini" and chance.random() < 0.2:
        setup.toml_path = "conf/pyproject.toml"
    section = chance.choice(["alembic", "alembic", "tenant"]) if kind == "ini" else "alembic"

    values = {"script_location": location(chance, chance.choice(SCRIPTS), setup)}
    values["prepend_sys_path"] = [os.path.relpath(".", setup.start)]
    versions = chance.sample(FOLDERS, chance.choice([0, 0, 1, 2, 3]))
    if not setup.old:
        values["recursive_version_locations"] = chance.random() < 0.5
    write(chance, setup, kind, section, values, versions)
    if section != "alembic":
        setup.ini["alembic"] = {"script_location": location(chance, chance.choice(SCRIPTS), setup)}
        setup.arguments += chance.choice([["-n", section], ["--name", section]])
    name_files(setup)
    return setup


def write(chance, setup, kind, section, values, versions):
    ini = setup.ini.setdefault(section, {}) if kind != "toml" else {}
    for key, value in values.items():
        in_ini = kind == "ini" or (kind == "both" and chance.random() < 0.5)
        if in_ini:
            ini[key] = ini_text(value)
        if not in_ini or (kind == "both" and chance.random() < 0.3):
            # In both the ini counts, so that another value does no harm.
            setup.toml[key] = not value if in_ini and isinstance(value, bool) else value
    if versions and (kind == "ini" or (kind == "both" and chance.random() < 0.5)):
        locations = [location(chance, folder, setup, colon=False) for folder in versions]
        ini.update(ini_list(chance, locations, setup.old))
        if kind == "both" and chance.random() < 0.5:
            setup.toml["version_locations"] = [location(chance, chance.choice(FOLDERS), setup)]
    elif versions:
        setup.toml["version_locations"] = [location(chance, folder, setup) for folder in versions]
    if kind == "both" and "prepend_sys_path" in ini and chance.random() < 0.3:
        ini["prepend_sys_path"] = ""
        setup.toml["prepend_sys_path"] = values["prepend_sys_path"]


def ini_text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return value[0] if isinstance(value, list) else value


def name_files(setup):
    """-c for each file that Alembic would not find in the folder that it is started in."""
    for path, there in ((setup.ini_path, setup.ini), (setup.toml_path, setup.toml)):
        named = os.path.relpath(path, setup.start)
        if there and "/" in named:
            setup.arguments += ["-c", named]


# --- laying it out ---------------------------------------------------------------------


def lay_out(root, setup):
    for number, folder in enumerate(FOLDERS):
        for place in (root / folder, root / folder / "nested" / "deeper"):
            place.mkdir(parents=True)
            name = f"{number}{len(place.parts)}"
            (place / f"{name}_step.py").write_text(f"revision = '{name}'\ndown_revision = None\n")
        (root / folder / "nested" / "__init__.py").touch()
    for script in SCRIPTS:
        (root / script / "env.py").write_text("from alembic import context\n")
    for package in ("app", "app/migrations"):
        (root / package / "__init__.py").touch()
    if setup.ini:
        write_file(root, setup.ini_path, ini_file(root, setup))
    if setup.toml:
        write_file(root, setup.toml_path, toml_file(root, setup))
    subprocess.run(["git", "init", "-q", root], check=True)


def write_file(root, path, text):
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text(text)


def ini_file(root, setup):
    lines = []
    for section, values in setup.ini.items():
        lines.append(f"[{section}]")
        for key, value in values.items():
            value = relocated(value, setup.ini_path).replace("ROOT", str(root))
            lines.append(f"{key} = " + value.replace("\n", "\n    "))
    return "\n".join(lines) + "\n"


def toml_file(root, setup):
    def text(value):
        if isinstance(value, list):
            return [text(item) for item in value]
        if isinstance(value, str):
            return relocated(value, setup.toml_path).replace("ROOT", str(root))
        return value

    # JSON's strings, arrays and booleans are TOML's.
    lines = [f"{key} = {json.dumps(text(value))}" for key, value in setup.toml.items()]
    return "[project]\nname = 'x'\n\n[tool.alembic]\n" + "\n".join(lines) + "\n"


# --- the comparison --------------------------------------------------------------------


def alembic_finds(questions, path=""):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ALEMBIC")}
    run = subprocess.run(
        [PYTHON, "-B", JUDGE],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": path},
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def miglint_finds(root, folder, arguments):
    run = subprocess.run(
        [MIGLINT, "graph", "--format", "json", *arguments], cwd=folder, capture_output=True, text=True
    )
    if run.returncode != 0:
        return run.stderr
    (project,) = json.loads(run.stdout)["projects"]
    return sorted(str(root / revision["path"]) for revision in project["revisions"])


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory):
    setups = []
    for seed in range(SETUPS):
        root = tmp_path_factory.mktemp(f"setup{seed}").resolve()
        setup = random_setup(seed)
        lay_out(root, setup)
        arguments = setup.arguments
        setups.append((setup, root, str(root / setup.start), arguments))
    return setups


@pytest.fixture(scope="module")
def found(laid_out):
    """What miglint finds with what Alembic is told, and with -c where Alembic needs none."""

    def ask(item):
        setup, root, folder, arguments = item
        named = arguments or ["-c", setup.ini_path if setup.ini else setup.toml_path]
        return miglint_finds(root, folder, named)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(ask, laid_out))


def compare(laid_out, found, judged):
    agreed = 0
    for (setup, root, *_), ours, theirs in zip(laid_out, found, judged):
        if isinstance(theirs, list):
            assert ours == theirs, (root, setup)
            agreed += 1
    return agreed


def test_recent_alembic_agrees(laid_out, found, recent):
    judged = alembic_finds([(folder, arguments) for *_, folder, arguments in laid_out], recent)
    assert compare(laid_out, found, judged) > SETUPS * 0.9


def test_old_alembic_agrees(laid_out, found):
    both = [(item, ours) for item, ours in zip(laid_out, found) if item[0].old]
    items, ours = zip(*both)
    judged = alembic_finds([(folder, arguments) for *_, folder, arguments in items])
    assert compare(items, ours, judged) > len(items) * 0.9


TEMPLATES = ["generic", "pyproject", "async", "pyproject_async", "multidb"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_template(tmp_path, template, recent):
    for command in (["init", "-t", template, "migrations"], ["revision", "-m", "first"]):
        run = subprocess.run(
            [PYTHON, "-B", "-m", "alembic", *command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": recent},
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stdout + run.stderr
    (theirs,) = alembic_finds([(str(tmp_path), [])], recent)
    assert len(theirs) == 1
    for arguments in ([], ["-c", "alembic.ini"], ["-n", "alembic"], ["--script-location", "migrations"]):
        assert miglint_finds(tmp_path, tmp_path, arguments) == theirs


INI = "[alembic]\nscript_location = migrations\n[empty]\nx = 1\n[lost]\nscript_location = nowhere\n"


@pytest.mark.parametrize(
    "arguments, environment, says",
    [
        (["-c", "nowhere.ini"], {}, "--config: there is no file or folder nowhere.ini"),
        (["-c", "migrations"], {}, "There is no such configuration file"),
        (["-c", "../x.ini"], {}, "lies outside"),
        ([], {"ALEMBIC_CONFIG": "nowhere.ini"}, "ALEMBIC_CONFIG: there is no file or folder nowhere.ini"),
        (["-n", "other"], {}, "alembic.ini: There is no section [other]"),
        (["-n", "empty"], {}, "alembic.ini: Section [empty] sets no script_location"),
        (["-n", "lost"], {}, "alembic.ini:6: script_location names 'nowhere', and there is no such folder"),
        (["-C", "plain", "-n", "x"], {}, "name it with -c"),
        (["-c", "alembic.ini", "-c", "b.ini"], {}, "are both given"),
        (["-c", "pyproject.toml", "-c", "plain/pyproject.toml"], {}, "are both given"),
        (["-c", "plain/pyproject.toml", "-C", "plain"], {}, "there is no"),
        (["--script-location", "plain"], {}, "neither env.py nor versions/"),
        (["--script-location", "nowhere"], {}, "there is no file or folder nowhere"),
    ],
)
def test_what_is_named_must_be_there(tmp_path, arguments, environment, says):
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "migrations" / "env.py").touch()
    (tmp_path / "plain").mkdir()
    (tmp_path / "alembic.ini").write_text(INI)
    for name in ("b.ini", "pyproject.toml", "plain/pyproject.toml"):
        (tmp_path / name).write_text("[tool.x]\n")
    run = subprocess.run(
        [MIGLINT, "graph", *arguments],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2 and run.stdout == "" and says in run.stderr
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "toml, says",
    [
        ("script_location = 1", ':2: "script_location" is an integer here; Alembic wants a string.'),
        ("script_location = '%(there)s'", ":2: The value of \"script_location\" has a %"),
        ("script_location = '100%'", ":2: The value of \"script_location\" has a %"),
        ("version_locations = 'a'", ':2: "version_locations" is a string here; Alembic wants an array.'),
        ("version_locations = ['a',\n 1]", ':3: "version_locations" is an integer here'),
        ("recursive_version_locations = 'true'", ':2: "recursive_version_locations" is a string'),
        ("[[tool.alembic.post_write_hooks]]\ntype = 'exec'", ':2: This hook has no "name"'),
        ("x = 1\nx = 2", ':3: "x" is already set in line 2'),
    ],
)
def test_toml_that_alembic_cannot_use(tmp_path, toml, says):
    (tmp_path / "pyproject.toml").write_text(f"[tool.alembic]\n{toml}\n")
    run = subprocess.run([MIGLINT, "graph"], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 2 and "pyproject.toml" + says in run.stderr
