"""What miglint says that revisions of real projects do, against what Alembic is told when they run.

The projects are Debian packages, which ci/corpus fetches; both ages of Alembic
run them. What a revision imports and is not there is replaced by what fails as
soon as it is used, and then the function is not compared.
"""

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from operations_words import comparable, judged, operation_of, told_of_all

TOP = Path(__file__).resolve().parents[2]
CACHE = TOP / "ci" / "cache" / "corpus"

# How many functions of each project are at least compared.
PROJECTS = {
    "mailman3": 25,
    "python3-cloudkitty": 20,
    "python3-ironic": 54,
    "python3-manila": 71,
    "python3-mistral": 29,
    "python3-neutron": 68,
    "python3-octavia": 82,
    "python3-sahara": 30,
}


@pytest.fixture(scope="session")
def corpus():
    """The folder of the packages."""
    fetched = subprocess.run([TOP / "ci" / "corpus", "--fetch", *PROJECTS], capture_output=True, text=True)
    assert fetched.returncode == 0, fetched.stderr
    return CACHE


# --- one function ------------------------------------------------------------


class Unknown(Exception):
    """Why miglint does not tell what a function does."""


@dataclass
class Told:
    """An operation of miglint's JSON."""

    operation: dict

    @property
    def optional(self):
        return self.operation.get("conditional") or self.operation.get("repeated")

    @property
    def sql(self):
        return self.operation.get("sql")

    @property
    def words(self):
        if "sql" not in self.operation and ("unknown" in self.operation or self.operation["op"] == "unknown_call"):
            raise Unknown(self.operation["unknown"][0]["why"])
        return operation_of({key: value for key, value in self.operation.items() if key != "unknown"})


def squeezed(text):
    return re.sub(r"--.*|/\*.*?\*/|\s+|;", "", text)


def statements(told, text):
    """How many operations from the first on are what an executed text says; 0 where they are not."""
    said, wanted, count = "", squeezed(text), 0
    last = None
    for operation in told:
        if operation.sql is None:
            break
        if operation.sql != last and said == wanted:
            break
        said += squeezed(operation.sql) if operation.sql != last else ""
        last = operation.sql
        if not wanted.startswith(said):
            return 0
        count += 1
    return count if said == wanted else 0


def fitting(told, real):
    """How many operations from the first on are the one that Alembic is told."""
    if real["op"] == "execute":
        return statements(told, real["sql"])
    return int(bool(told) and told[0].sql is None and comparable(told[0].words, real) == real)


def difference(told, operations):
    """The first that differs, or None. What is conditional or repeated may be left out, or come again."""
    at, again = 0, 0
    for real in operations:
        found = next((skip for skip in skips(told, at) if fitting(told[skip:], real)), None)
        if found is None:
            found = next((skip for skip in range(again, at) if told[skip].optional and fitting(told[skip:], real)), None)
        if found is None:
            mine = told[at] if at < len(told) else None
            return mine and (mine.operation if mine.sql else comparable(mine.words, real)), real
        again = found
        at = found + fitting(told[found:], real)
    left = [one for one in told[at:] if not one.optional]
    return (left[0].words, None) if left else None


def skips(told, at):
    """The places at which the next one may stand."""
    while at < len(told):
        yield at
        if not told[at].optional:
            return
        at += 1


# --- a project ---------------------------------------------------------------


def told_for_postgres(package):
    """For the database that Alembic is run for, and not for what miglint takes it to be."""
    with TemporaryDirectory() as folder:
        copy = shutil.copytree(package, Path(folder) / package.name, symlinks=True)
        (copy / "miglint.toml").write_text('dialect = "postgresql"\n')
        return told_of_all(copy)


def revisions_of(package):
    for project in told_for_postgres(package):
        for revision in project["revisions"]:
            path = next(top / revision["path"] for top in (TOP, package) if (top / revision["path"]).exists())
            yield path, revision


def functions_of(package, alembic):
    """Of each function where it is, what miglint tells, and what Alembic is told or why that is not known."""
    revisions = list(revisions_of(package))
    roots = [alembic, *map(str, sorted(package.rglob("dist-packages")))]
    verdicts = judged(":".join(filter(None, roots)), [path for path, _ in revisions], CACHE)
    for (path, revision), verdict in zip(revisions, verdicts):
        for function, operations in verdict.items():
            yield f"{path}: {function}", [Told(operation) for operation in revision[function]], operations


def compare(package, alembic):
    """How many functions were compared, why others were not, and what differs."""
    compared, skipped, differing = 0, Counter(), []
    for place, told, operations in functions_of(package, alembic):
        if isinstance(operations, str):
            skipped[operations] += 1
            continue
        try:
            found = difference(told, operations)
        except Unknown as unknown:
            skipped[f"unknown: {unknown}"] += 1
            continue
        compared += bool(operations)
        if found:
            differing.append(f"{place}: {found[0]}, Alembic is told {found[1]}")
    return compared, skipped, differing


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


@pytest.mark.parametrize("project", PROJECTS)
def test_project(corpus, alembic, project, capsys):
    compared, skipped, differing = compare(corpus / project, alembic)
    with capsys.disabled():
        print(f"\n{project}: {compared} functions compared, {sum(skipped.values())} not:")
        for reason, count in skipped.most_common():
            print(f"  {count:4} {reason}")
    assert differing == [], "\n".join(differing)
    assert compared >= PROJECTS[project]


def altered(operations):
    """Several lists that each differ from these in one thing."""
    yield operations[1:]
    yield [*operations, operations[-1]]
    for key, value in operations[0].items():
        if isinstance(value, str):
            yield [{**operations[0], key: value + "x"}, *operations[1:]]
        elif isinstance(value, list):
            yield [{**operations[0], key: value[1:]}, *operations[1:]]


def test_that_differences_are_seen(corpus):
    seen = 0
    for place, told, operations in functions_of(corpus / "python3-sahara", ""):
        if not operations or any(one.optional for one in told):
            continue
        for other in altered(operations):
            assert difference(told, other) is not None, f"{place}: {other}"
            seen += 1
    assert seen > 100
