"""The database that the SQL of `miglint sql` makes, against the one that real Alembic makes.

The chains are those of Debian packages, which ci/corpus fetches. Each is followed from base to
where miglint does not know a revision wholly, or where it fails in Alembic.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from chains import CACHE, ENV, fetch, on_both, roots
from databases import Postgres, Sqlite
from sql_scripts import sections, sql

JUDGE = Path(__file__).with_name("chain_judge.py")

CHAINS = on_both(
    gertty=(1, 1),
    aodh=(3, 3),
    ironic=(21, 4),
    magnum=(8, 8),
    mistral=(8, 1),
    octavia=(15, 1),
    placement=(1, 1),
    sahara=(35, 6),
    zaqar=(5, 5),
)


@pytest.fixture(scope="module")
def corpus():
    fetch(CHAINS)


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


# --- the two databases -----------------------------------------------------------


def known(script):
    """The revisions, in their order, as far as all is known."""
    revisions = []
    for section in sections(script):
        if section.refused or section.raises:
            break
        revisions.append(section.revision)
    return revisions


def judged(url, folder, chain, path, table, revisions):
    folder.mkdir()
    (folder / "env.py").write_text(ENV)
    (folder / "script.py.mako").write_text("")
    done = subprocess.run(
        ["/usr/bin/python3", "-B", JUDGE, url, folder, chain.versions, CACHE, table, *revisions],
        env={**os.environ, "PYTHONPATH": ":".join(filter(None, [path, *roots(chain)]))},
        capture_output=True, text=True, timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- the comparison ----------------------------------------------------------------


@pytest.fixture
def fresh(cluster, tmp_path):
    """Makes a database of a dialect."""
    made = []

    def fresh(dialect):
        made.append(Postgres(cluster) if dialect == "postgresql" else Sqlite(tmp_path))
        return made[-1]

    yield fresh
    for database in made:
        database.drop()


@pytest.mark.parametrize("chain", CHAINS, ids=str)
def test_chain(corpus, fresh, alembic, chain, tmp_path, capsys):
    location = chain.versions.parent
    words = ["--script-location", location, "--dialect", chain.dialect, "--sqlalchemy", "2.0" if alembic else "1.4"]
    whole = sql(*words, cwd=location)
    revisions = known(whole)
    table = re.search(r"^CREATE TABLE (\S+) \(\n    version_num ", whole, re.MULTILINE)[1]
    theirs, ours = fresh(chain.dialect), fresh(chain.dialect)
    answer = judged(theirs.url, tmp_path / "environment", chain, alembic, table, revisions)
    assert answer["reached"], answer["failure"]
    ours.run(sql(*words, f"base:{answer['reached']}", cwd=location, statuses=(0,)))
    run = revisions.index(answer["reached"]) + 1
    with capsys.disabled():
        print(f"\n{chain}: {run} revisions run, {len(revisions)} known; {answer['failure']}")
    assert ours.state(table) == theirs.state(table)
    assert run >= chain.revisions
