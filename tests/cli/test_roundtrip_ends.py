"""However a round trip ends, nothing is left of it: by a signal, by SIGKILL, with a server that stands still."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from postgres import Cluster
from repository import ENVIRONMENT, MIGLINT, SOURCES, Folder

ENDLESS = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(1000)",
}


@pytest.fixture
def temporary():
    """Short enough for a socket, and open to the cluster's user."""
    with tempfile.TemporaryDirectory(prefix="ends", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


class Trip:
    """One that does not come to its end by itself; it is in the middle of it as soon as this is made."""

    def __init__(self, path, temporary, database, url=None, cluster=None):
        folder = Folder(path).environment()
        text = folder.revision("a1").read_text()
        folder.revision("a2", "a1", text=text.replace("a1", "a2").replace("None", '"a1"', 1))
        body = f'op.execute("{ENDLESS[database]}"); op.create_table('
        folder.revision("a1", text=text.replace("op.create_table(", body))
        self.temporary, self.cluster = temporary, cluster
        self.process = subprocess.Popen(
            [MIGLINT, "--roundtrip", "--database", url or database],
            cwd=path,
            env={**ENVIRONMENT, "TMPDIR": str(temporary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while not self.is_under_way():
            assert self.process.poll() is None and time.monotonic() < deadline, self.process.communicate()
            time.sleep(0.05)

    def is_under_way(self):
        if self.cluster:
            return self.cluster.psql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%1000%' AND datname LIKE 'miglint%'") == "1"
        if self.process.args[-1] == "sqlite":
            return int(Path(f"/proc/{self.process.pid}/stat").read_text().split()[13]) > 50  # hundredths of a second
        return any(self.temporary.glob("*/.s.PGSQL.5432"))

    def end(self, timeout=100):
        out, err = self.process.communicate(timeout=timeout)
        assert "Sanitizer" not in err
        return self.process.returncode, out, err

    def left(self):
        found = [str(path) for path in self.temporary.iterdir()]
        for entry in Path("/proc").glob("[0-9]*/cwd"):
            try:
                found += [str(entry)] if os.readlink(entry).startswith(str(self.temporary)) else []
            except OSError:
                pass  # it has ended
        if self.cluster:
            names = "SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles"
            found += [name for name in self.cluster.psql(names).split("\n") if name.startswith("miglint")]
        return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
@pytest.mark.parametrize("database", ["sqlite", "postgresql", "url"])
def test_signals(tmp_path, temporary, request, database, number):
    cluster = request.getfixturevalue("cluster") if database == "url" else None
    url = f"postgresql://postgres@/postgres?host={cluster.folder}" if cluster else None
    trip = Trip(tmp_path, temporary, "postgresql" if cluster else database, url, cluster)
    trip.process.send_signal(number)
    status, out, _ = trip.end()
    assert (status, out) == (-number, "")
    assert trip.left() == []


def test_a_server_that_stands_still(tmp_path, temporary):
    """Each wait for it has its end; when its processes go on, the next run takes away what is left."""
    cluster = Cluster()
    try:
        url = f"postgresql://postgres@/postgres?host={cluster.folder}"
        trip = Trip(tmp_path, temporary, "postgresql", url, cluster)
        pids = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cwd") if stands_in(path, cluster.folder)]
        send(pids, signal.SIGSTOP)
        status, out, err = trip.end(200)
        send(pids, signal.SIGCONT)
        assert (status, out) == (2, "") and "does not answer" in err and err.count("\n") == 1, (status, out, err)
        next_one = Folder(tmp_path / "next").environment()
        next_one.revision("a1")
        assert next_one.miglint("--roundtrip", "--database", url).status == 0
        assert trip.left() == []
    finally:
        cluster.stop()


def test_a_session_that_stands_still(tmp_path, temporary, cluster):
    """Its database cannot go: the user is told, and the next run removes it."""
    url = f"postgresql://postgres@/postgres?host={cluster.folder}"
    trip = Trip(tmp_path, temporary, "postgresql", url, cluster)
    pid = int(cluster.psql("SELECT pid FROM pg_stat_activity WHERE usename = datname AND datname LIKE 'miglint%'"))
    os.kill(pid, signal.SIGSTOP)
    trip.process.send_signal(signal.SIGINT)
    status, out, err = trip.end()
    (database, role) = trip.left()
    assert (status, out) == (-signal.SIGINT, "") and database == role
    assert f"{database}, a database and a role, stays on the server" in err
    os.kill(pid, signal.SIGCONT)
    next_one = Folder(tmp_path / "next").environment()
    next_one.revision("a1")
    run = next_one.miglint("--roundtrip", "--database", url)
    assert run.status == 0 and "stays on the server" not in run.err
    assert trip.left() == []


def send(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # the server's for our own look at it, which was just ending
            os.kill(pid, number)


def stands_in(path, folder):
    try:
        return os.readlink(path).startswith(folder)
    except OSError:
        return False


def test_killed():
    """ci/kills does it more often."""
    done = subprocess.run([SOURCES / "ci/kills", "--count", "3"], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.count("nothing after the next run") == 3, done.stdout + done.stderr
