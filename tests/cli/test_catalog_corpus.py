"""What miglint's catalogs hold of real projects, against databases that real Alembic has brought to the same point.

The projects are Debian packages, which ci/corpus fetches. After each revision, and after
its downgrade, all that is known is compared with all there is. A chain ends where its
revisions fail on the database, or need a module that is not there.
"""

import copy
from dataclasses import dataclass

import pytest
from catalogs import Comparison, Databases, dumped, judged, write_environment
from chains import CACHE, MODULES, Chain, fetch, roots


@dataclass
class Compared(Chain):
    """And how much of it is at least compared."""

    states: int
    properties: int


CHAINS = [
    Compared("gertty", "gertty/alembic", "sqlite", 38, 480),
    Compared("python3-aodh", "aodh/storage/sqlalchemy/alembic", "postgresql", 7, 550),
    Compared("python3-aodh", "aodh/storage/sqlalchemy/alembic", "sqlite", 7, 540),
    Compared("python3-cloudkitty", "cloudkitty/storage/v1/sqlalchemy/alembic", "sqlite", 4, 100),
    Compared("python3-glance", "glance/db/sqlalchemy/alembic_migrations", "postgresql", 19, 1400),
    Compared("python3-ironic", "ironic/db/sqlalchemy/alembic", "postgresql", 21, 3200),
    Compared("python3-magnum", "magnum/db/sqlalchemy/alembic", "postgresql", 8, 1850),
    Compared("python3-manila", "manila/db/migrations/alembic", "postgresql", 119, 25500),
    Compared("python3-mistral", "mistral/db/sqlalchemy/migration/alembic_migrations", "postgresql", 41, 21500),
    Compared("python3-murano", "murano/db/migration/alembic_migrations", "postgresql", 32, 1500),
    Compared("python3-murano", "murano/db/migration/alembic_migrations", "sqlite", 32, 1500),
    Compared("python3-octavia", "octavia/db/migration/alembic_migrations", "postgresql", 24, 7400),
    Compared("python3-placement", "placement/db/sqlalchemy/alembic", "postgresql", 4, 900),
    Compared("python3-placement", "placement/db/sqlalchemy/alembic", "sqlite", 4, 860),
    Compared("python3-sahara", "sahara/db/migration/alembic_migrations", "postgresql", 35, 20000),
    Compared("python3-sahara", "sahara/db/migration/alembic_migrations", "sqlite", 6, 2650),
    Compared("python3-zaqar", "zaqar/storage/sqlalchemy/migration/alembic_migrations", "postgresql", 5, 290),
    Compared("python3-zaqar", "zaqar/storage/sqlalchemy/migration/alembic_migrations", "sqlite", 5, 290),
]


# --- fixtures ------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus():
    fetch(CHAINS)


@pytest.fixture
def states_of(corpus, cluster, tmp_path):
    """What miglint and the database have after each upgrade and downgrade of a chain."""
    databases = Databases(cluster, tmp_path)

    def states_of(chain):
        package = CACHE / chain.package
        options = ["--apart", "--versions", chain.versions, "--projects", CACHE]
        environment = write_environment(tmp_path / "environment")
        _, theirs = judged(databases.fresh(chain.dialect), environment, ":".join(roots(chain)), *options)
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
