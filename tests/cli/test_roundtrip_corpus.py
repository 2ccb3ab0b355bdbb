"""The chains of Debian packages make the round trip, and real Alembic judges each verdict.

Each chain is followed from base as far as all is known of it. Why the others do not run: most begin on
what another project's migrations or create_all() have made (neutron's drivers, jupyterhub), or their
first revision does what only Python knows (cinder and designate ask the connection, cloudkitty has a
naming convention that only Python knows). OpenStack's projects have no downgrades, on purpose.
"""

import json
import os
import subprocess
from itertools import takewhile
from pathlib import Path

import pytest
from catalogs import Databases
from chains import CACHE, ENV, MODULES, fetch, on_both, roots
from repository import miglint

JUDGE = Path(__file__).with_name("stairway_judge.py")

CHAINS = on_both(
    aodh=(3, 3),
    ironic=(21, 4),
    magnum=(8, 8),
    mistral=(8, 1),
    octavia=(15, 1),
    placement=(1, 1),
    sahara=(35, 7),
    zaqar=(6, 6),
)


@pytest.fixture(scope="module")
def corpus():
    fetch(CHAINS)


# --- the two opinions -------------------------------------------------------------------------


def tripped(chain):
    """The verdicts, as far as all is known."""
    location = f"{MODULES}/{chain.location}"
    arguments = ["--roundtrip", "--database", chain.dialect, "--select", "ML8", "--format", "json"]
    run = miglint(*arguments, "--script-location", location, cwd=CACHE / chain.package, timeout=300)
    verdicts = run.json["roundtrip"]
    return list(takewhile(lambda verdict: verdict["verdict"] != "unverified", verdicts))


def judged(url, folder, chain, revisions):
    """By the Alembic that the packages were made for."""
    folder.mkdir()
    (folder / "env.py").write_text(ENV)
    (folder / "script.py.mako").write_text("")
    done = subprocess.run(
        ["/usr/bin/python3", "-B", JUDGE, url, folder, chain.versions, CACHE, *revisions],
        env={**os.environ, "PYTHONPATH": ":".join(roots(chain))}, capture_output=True, text=True, timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_a_word(verdict):
    """A verdict, as the judge calls it."""
    if verdict["verdict"] != "failed":
        return verdict["verdict"]
    return "differs" if verdict["differences"] else verdict["step"]


@pytest.mark.parametrize("chain", CHAINS, ids=str)
def test_chain(corpus, cluster, chain, tmp_path, capsys):
    verdicts = tripped(chain)
    databases = Databases(cluster, tmp_path)
    try:
        url = databases.fresh("postgresql") if chain.dialect == "postgresql" else f"sqlite:///{tmp_path}/chain.db"
        answers = judged(url, tmp_path / "environment", chain, [verdict["revision"] for verdict in verdicts])
    finally:
        databases.drop()
    needs = [" needs " in answer for answer in answers]
    run = needs.index(True) if True in needs else len(answers)
    ours = [(verdict["revision"], in_a_word(verdict)) for verdict in verdicts[:run]]
    theirs = [(verdict["revision"], answer.split(": ")[0]) for verdict, answer in zip(verdicts, answers[:run])]
    with capsys.disabled():
        print(f"\n{chain}: {run} of {len(verdicts)} judged; {answers[-1][:100]}")
    assert ours == theirs
    assert run >= chain.revisions
