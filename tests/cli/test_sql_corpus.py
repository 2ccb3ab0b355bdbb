"""The SQL that `miglint sql` writes for revisions of real projects, against what Alembic prints for them with --sql.

The projects are Debian packages, which ci/corpus fetches; both ages of Alembic run them, for both
databases. What a revision imports and is not there is replaced by what fails as soon as it is
used, and then the function is not compared, nor is one that miglint does not know wholly.
"""

import json
import os
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from operations_words import told_of_all
from sql_scripts import normal, sections, sql

TOP = Path(__file__).resolve().parents[2]
CACHE = TOP / "ci" / "cache" / "corpus"
JUDGE = Path(__file__).with_name("sql_judge.py")

# How many functions of each project are at least compared, on Postgres and on SQLite.
PROJECTS = {
    "gertty": (0, 0),
    "mailman3": (0, 0),
    "python3-aodh": (0, 0),
    "python3-cloudkitty": (0, 0),
    "python3-glance": (0, 0),
    "python3-ironic": (0, 0),
    "python3-magnum": (0, 0),
    "python3-manila": (0, 0),
    "python3-mistral": (0, 0),
    "python3-murano": (0, 0),
    "python3-neutron": (0, 0),
    "python3-octavia": (0, 0),
    "python3-sahara": (0, 0),
    "python3-zaqar": (0, 0),
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

    def downgrades(self, revision):
        return "def downgrade" in Path(self.paths[revision]).read_text()


def environments(package):
    """Those of a package."""
    for project in told_of_all(package):
        def absolute(path):
            return next(top / path for top in (TOP, package) if (top / path).exists())

        revisions = project["revisions"]
        paths = {revision["revision"]: str(absolute(revision["path"])) for revision in revisions}
        parents = {revision["revision"]: revision["down_revision"] for revision in revisions}
        if paths:
            yield Environment(absolute(project["project"]), paths, parents)


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


class Comparison:
    def __init__(self):
        self.compared, self.skipped, self.differing = 0, Counter(), []

    def skip(self, reason):
        self.skipped[reason] += 1

    def function(self, path, section, printed):
        if section.refused:
            self.skip("not rendered: " + section.refused[0].split(": ", 3)[-1])
        elif isinstance(printed, str) or section.raises:
            self.skip(f"Alembic: {printed}" if isinstance(printed, str) else "raises")
        else:
            ours, theirs = normal(section.statements), normal(printed)
            self.compared += bool(theirs)
            if ours != theirs:
                self.differing.append((f"{path}: {section.function}", ours, theirs))


def compare(package, alembic, dialect):
    comparison, age = Comparison(), "2.0" if alembic else "1.4"
    for environment in environments(package):
        found = written(environment, dialect, age)
        questions = [[section.function, environment.paths[section.revision]] for section in found]
        for question, section, printed in zip(questions, found, judged(package, alembic, dialect, questions)):
            comparison.function(question[1], section, printed)
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
        print(f"\n{project}: {comparison.compared} functions compared, {sum(comparison.skipped.values())} not:")
        for reason, count in comparison.skipped.most_common():
            print(f"  {count:4} {reason}")
    assert comparison.differing == [], "\n".join(told(comparison.differing))
    assert comparison.compared >= PROJECTS[project][dialect == "sqlite"]
