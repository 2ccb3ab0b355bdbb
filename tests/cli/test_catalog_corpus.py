"""What miglint's catalogs hold of real projects, against databases that real Alembic has brought to the same point.

The projects are Debian packages, which ci/corpus fetches. After each revision, and after
its downgrade, all that is known is compared with all there is.
"""

import os
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from catalogs import Comparison, Databases, dumped, judged, write_environment
from postgres import Cluster

TOP = Path(__file__).resolve().parents[2]
CACHE = TOP / "ci" / "cache" / "corpus"
MODULES = "usr/lib/python3/dist-packages"

LIBRARIES = os.environ["L"].split()


@dataclass
class Chain:
    """An environment of a package, and how much of it is at least compared."""

    package: str
    location: str
    dialect: str
    states: int
    properties: int

    @property
    def versions(self):
        return CACHE / self.package / MODULES / self.location / "versions"

    def __str__(self):
        return f"{self.package}-{self.dialect}"


CHAINS = [
]
if os.environ.get("X"):
    for line in os.environ["X"].split():
        CHAINS.append(Chain(*line.split(":"), 1, 1))


@pytest.fixture(scope="module")
def corpus():
    packages = {chain.package for chain in CHAINS}
    fetched = subprocess.run([TOP / "ci" / "corpus", "--fetch", *packages], capture_output=True, text=True)
    assert fetched.returncode == 0, fetched.stderr


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def databases(cluster, tmp_path):
    databases = Databases(cluster, tmp_path)
    yield databases
    databases.drop()


def states_of(chain, folder, url):
    """What miglint and the database have, after each upgrade and downgrade."""
    package = CACHE / chain.package
    options = ["--apart", "--versions", chain.versions, "--projects", CACHE]
    roots = ":".join(str(CACHE / name / MODULES) for name in [chain.package, *LIBRARIES])
    _, theirs = judged(url, write_environment(folder), roots, *options)
    ours, _ = dumped(package, chain.dialect, "--location", f"{MODULES}/{chain.location}")
    return ours, theirs


def compare(ours, theirs):
    """The comparison, how many states are in it, and why others are not."""
    comparison, states, reasons = Comparison(), 0, []
    for revision, moments in theirs.items():
        reasons += [f"{revision} {what}: {moments[what]}" for what in ("stuck", "failure") if what in moments]
        for moment in moments.keys() & {"upgraded", "downgraded"}:
            comparison.state(f"{revision} {moment}", ours[revision][moment], moments[moment])
            states += 1
    return comparison, states, reasons


@pytest.mark.parametrize("chain", CHAINS, ids=str)
def test_chain(corpus, databases, tmp_path, chain, capsys):
    ours, theirs = states_of(chain, tmp_path / "environment", databases.fresh(chain.dialect))
    comparison, states, reasons = compare(ours, theirs)
    with capsys.disabled():
        print(f"\n{chain}: {states} states, {comparison.known} properties, {len(comparison.unknown)} unknown,")
        for reason in reasons:
            print(f"  {reason.splitlines()[0][:200]}")
    assert comparison.wrong == [], "\n".join(comparison.wrong)
    assert states >= chain.states
    assert comparison.known >= chain.properties
