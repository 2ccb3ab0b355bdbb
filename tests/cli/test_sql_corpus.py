"""The SQL that `miglint sql` writes for revisions of real projects, against what Alembic prints for them with --sql.

The projects are Debian packages, which ci/corpus fetches; both ages of Alembic run them, for both
databases. What a revision imports and is not there is replaced by what fails as soon as it is
used, and then the function is not compared, nor is one that `miglint graph` does not know wholly.
"""

import json
import os
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from operations_words import told_of_all
from sql_scripts import normal, sections, sql

TOP = Path(__file__).resolve().parents[2]
CACHE = TOP / "ci" / "cache" / "corpus"
JUDGE = Path(__file__).with_name("sql_judge.py")

# How many functions of each project are at least equal, on Postgres and on SQLite.
PROJECTS = {
    "gertty": (10, 10),
    "jupyterhub": (10, 10),
    "mailman3": (25, 11),
    "python3-aodh": (4, 4),
    "python3-cloudkitty": (12, 5),
    "python3-glance": (4, 4),
    "python3-gnocchi": (10, 7),
    "python3-ironic": (53, 48),
    "python3-magnum": (52, 49),
    "python3-manila": (44, 40),
    "python3-mistral": (29, 25),
    "python3-murano": (20, 16),
    "python3-neutron": (38, 36),
    "python3-nova": (3, 1),
    "python3-octavia": (79, 67),
    "python3-rally": (6, 3),
    "python3-sahara": (30, 30),
    "python3-watcher": (13, 13),
    "python3-zaqar": (4, 3),
}

# Why a function is not rendered of which every operation is known.
REFUSED = {
    "has a name that depends on a naming convention that cannot be told; the settings can give it": "a library has the metadata",
    "depends on datetime.datetime.now, which is defined outside of the repository": "a row of the moment that it is made in",
    "cannot be told without running it": "gnocchi's `column is not None`, which SQLAlchemy never sees",
}


@pytest.fixture(scope="session")
def corpus():
    """The folder of the packages."""
    fetched = subprocess.run([TOP / "ci" / "corpus", "--fetch", *PROJECTS], capture_output=True, text=True)
    assert fetched.returncode == 0, fetched.stderr
    return CACHE


def judged(package, alembic, dialect, questions):
    roots = [alembic, *map(str, sorted(package.rglob("dist-packages")))]
    done = subprocess.run(
        ["/usr/bin/python3", "-B", JUDGE, dialect, CACHE],
        input=json.dumps(questions), stdout=subprocess.PIPE, text=True, check=True, timeout=300,
        env={**os.environ, "PYTHONPATH": ":".join(filter(None, roots))},
    )
    return json.loads(done.stdout)


@dataclass
class Environment:
    location: Path
    paths: dict  # of each revision's file
    parents: dict
    known: set  # (revision, function) of which every operation is wholly known

    def downgrades(self, revision):
        return "def downgrade" in Path(self.paths[revision]).read_text()


def is_known(operation):
    return operation["op"] != "unknown_call" and not {"unknown", "conditional", "repeated"} & operation.keys()


def known_functions(revisions):
    for revision in revisions:
        for function in ("upgrade", "downgrade"):
            if all(map(is_known, revision.get(function) or [])):
                yield revision["revision"], function


def environments(package):
    """Those of a package."""
    for project in told_of_all(package):
        def absolute(path):
            return next(top / path for top in (TOP, package) if (top / path).exists())

        revisions = project["revisions"]
        paths = {revision["revision"]: str(absolute(revision["path"])) for revision in revisions}
        parents = {revision["revision"]: revision["down_revision"] for revision in revisions}
        if paths:
            yield Environment(absolute(project["project"]), paths, parents, set(known_functions(revisions)))


def written(environment, dialect, age):
    """Each function that the scripts of an environment run; a downgrade that is not there, or raises, is stepped over."""
    words = ["--script-location", environment.location, "--dialect", dialect, "--sqlalchemy", age]
    found = sections(sql(*words, cwd=environment.location))
    start = found[-1].revision if len(found) == len(environment.paths) else None
    while start:
        if environment.downgrades(start):
            found += sections(sql(*words, "--downgrade", f"{start}:base", cwd=environment.location))
            start = found[-1].revision
            if not found[-1].raises:
                break
        start = next(iter(environment.parents[start]), None)
    return found


@dataclass
class Comparison:
    """Functions that print something in Alembic, and what became of them."""

    functions: int = 0
    known: int = 0  # those that are wholly known
    equal: int = 0
    refused: dict = field(default_factory=lambda: defaultdict(list))  # known ones, by reason
    differing: list = field(default_factory=list)

    def function(self, path, section, known, printed):
        if isinstance(printed, str) or not printed or section.raises:
            return
        self.functions += 1
        self.known += known or not section.refused
        if not section.refused:
            self.compare(f"{path}: {section.function}", normal(section.statements), normal(printed))
        elif known:
            self.refused[section.refused[0].split(": ", 3)[-1]].append(f"{path}: {section.function}")

    def compare(self, place, ours, theirs):
        self.equal += ours == theirs
        if ours != theirs:
            self.differing.append((place, ours, theirs))


def compare(package, alembic, dialect):
    comparison, age = Comparison(), "2.0" if alembic else "1.4"
    for environment in environments(package):
        found = written(environment, dialect, age)
        questions = [[section.function, environment.paths[section.revision]] for section in found]
        for question, section, printed in zip(questions, found, judged(package, alembic, dialect, questions)):
            known = (section.revision, section.function) in environment.known
            comparison.function(question[1], section, known, printed)
    return comparison


def told(differing):
    """The first statement of each that is another."""
    for place, ours, theirs in differing:
        at = next((i for i, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), min(len(ours), len(theirs)))
        yield f"{place}\n  miglint: {ours[at:at + 1]}\n  Alembic: {theirs[at:at + 1]}"


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
@pytest.mark.parametrize("project", PROJECTS)
def test_project(corpus, alembic, project, dialect, capsys):
    comparison = compare(corpus / project, alembic, dialect)
    with capsys.disabled():
        print(f"\n{project}: {comparison.equal} of {comparison.known} known functions are equal, of {comparison.functions}")
        for reason, places in comparison.refused.items():
            print(f"  {len(places):4} {reason} ({places[0]})")
    assert comparison.differing == [], "\n".join(told(comparison.differing))
    assert comparison.refused.keys() <= REFUSED.keys()
    assert comparison.equal >= PROJECTS[project][dialect == "sqlite"]
