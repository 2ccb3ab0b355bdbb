"""What miglint's catalogs hold of real projects, against databases that real Alembic has brought to the same point.

The projects are Debian packages, which ci/corpus fetches. After each revision, and after
its downgrade, all that is known is compared with all there is. A chain ends where its
revisions fail on the database, or need a module that is not there.
"""

import copy
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from catalogs import Comparison, Databases, dumped, judged, write_environment
from postgres import Cluster

TOP = Path(__file__).resolve().parents[2]
CACHE = TOP / "ci" / "cache" / "corpus"
MODULES = "usr/lib/python3/dist-packages"

# What the revisions of several projects are not run without.
LIBRARIES = """
    python3-debtcollector python3-iso8601 python3-oslo.config python3-oslo.db python3-oslo.i18n python3-oslo.utils
""".split()


@dataclass
class Chain:
    """An environment of a package, and how much of it is at least compared."""

    package: str
    location: str
    dialect: str
    states: int
    properties: int

    def __str__(self):
        return f"{self.package}-{self.dialect}"


CHAINS = [
    Chain("gertty", "gertty/alembic", "sqlite", 38, 480),
    Chain("python3-aodh", "aodh/storage/sqlalchemy/alembic", "postgresql", 7, 550),
    Chain("python3-aodh", "aodh/storage/sqlalchemy/alembic", "sqlite", 7, 540),
    Chain("python3-cloudkitty", "cloudkitty/storage/v1/sqlalchemy/alembic", "sqlite", 4, 100),
    Chain("python3-glance", "glance/db/sqlalchemy/alembic_migrations", "postgresql", 19, 1400),
    Chain("python3-ironic", "ironic/db/sqlalchemy/alembic", "postgresql", 21, 3200),
    Chain("python3-magnum", "magnum/db/sqlalchemy/alembic", "postgresql", 8, 1850),
    Chain("python3-manila", "manila/db/migrations/alembic", "postgresql", 119, 25500),
    Chain("python3-mistral", "mistral/db/sqlalchemy/migration/alembic_migrations", "postgresql", 41, 21500),
    Chain("python3-murano", "murano/db/migration/alembic_migrations", "postgresql", 32, 1500),
    Chain("python3-murano", "murano/db/migration/alembic_migrations", "sqlite", 32, 1500),
    Chain("python3-octavia", "octavia/db/migration/alembic_migrations", "postgresql", 24, 7400),
    Chain("python3-placement", "placement/db/sqlalchemy/alembic", "postgresql", 4, 900),
    Chain("python3-placement", "placement/db/sqlalchemy/alembic", "sqlite", 4, 860),
    Chain("python3-sahara", "sahara/db/migration/alembic_migrations", "postgresql", 35, 20000),
    Chain("python3-sahara", "sahara/db/migration/alembic_migrations", "sqlite", 6, 2650),
    Chain("python3-zaqar", "zaqar/storage/sqlalchemy/migration/alembic_migrations", "postgresql", 5, 290),
    Chain("python3-zaqar", "zaqar/storage/sqlalchemy/migration/alembic_migrations", "sqlite", 5, 290),
]


# --- fixtures ------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus():
    packages = sorted({chain.package for chain in CHAINS})
    fetched = subprocess.run([TOP / "ci" / "corpus", "--fetch", *packages, *LIBRARIES], capture_output=True, text=True)
    assert fetched.returncode == 0, fetched.stderr


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def states_of(corpus, cluster, tmp_path):
    """What miglint and the database have after each upgrade and downgrade of a chain."""
    databases = Databases(cluster, tmp_path)

    def states_of(chain):
        package = CACHE / chain.package
        roots = ":".join(str(CACHE / name / MODULES) for name in [chain.package, *LIBRARIES])
        options = ["--apart", "--versions", package / MODULES / chain.location / "versions", "--projects", CACHE]
        environment = write_environment(tmp_path / "environment")
        _, theirs = judged(databases.fresh(chain.dialect), environment, roots, *options)
        ours, _ = dumped(package, chain.dialect, "--location", f"{MODULES}/{chain.location}")
        return ours, theirs

    yield states_of
    databases.drop()


# --- the comparison ------------------------------------------------------------


def moments(theirs):
    for revision, states in theirs.items():
        for moment in ("upgraded", "downgraded"):
            if moment in states:
                yield revision, moment, states[moment]


def ends(theirs):
    """Why there are no more states."""
    for revision, states in theirs.items():
        for end in states.keys() & {"stuck", "failure"}:
            yield f"{revision} {end}: {states[end].splitlines()[0]}"


@pytest.mark.parametrize("chain", CHAINS, ids=str)
def test_chain(states_of, chain, capsys):
    ours, theirs = states_of(chain)
    comparison, states = Comparison(), list(moments(theirs))
    for revision, moment, state in states:
        comparison.state(f"{revision} {moment}", ours[revision][moment], state)
    with capsys.disabled():
        print(f"\n{chain}: {len(states)} states, {comparison.known} properties, {len(comparison.unknown)} unknown")
        for end in ends(theirs):
            print(f"  {end}")
    assert comparison.wrong == [], "\n".join(comparison.wrong)
    assert len(states) >= chain.states
    assert comparison.known >= chain.properties


# --- that differences are seen ---------------------------------------------------


def altered(state):
    """Databases that each differ from this one in one thing."""
    for name, table in state["tables"].items():
        other = copy.deepcopy(state)
        del other["tables"][name]
        yield other
        for column, (type_, nullable, default, comment) in table["columns"].items():
            properties = [f"{type_}x", nullable, default, comment], [type_, not nullable, default, comment], [type_, nullable, "x", comment]
            for changed in properties:
                other = copy.deepcopy(state)
                other["tables"][name]["columns"][column] = changed
                yield other
        for kind in "columns", "constraints", "indexes":
            for part in table[kind]:
                other = copy.deepcopy(state)
                parts = other["tables"][name][kind]
                parts.pop(part) if kind == "columns" else parts.remove(part)
                yield other


def test_that_differences_are_seen(states_of):
    chain = next(chain for chain in CHAINS if chain.package == "python3-placement")
    ours, theirs = states_of(chain)
    seen = 0
    for revision, moment, state in moments(theirs):
        for other in altered(state):
            comparison = Comparison()
            comparison.state(revision, ours[revision][moment], other)
            assert comparison.wrong, f"{revision} {moment}"
            seen += 1
    assert seen > 500
