"""Where no database can be made: one line that says why, exit status 2, and never a password."""

import os
import resource
import signal
import socket
import subprocess

import pytest
from postgres import Cluster
from repository import ENVIRONMENT, MIGLINT, Folder, assert_sound

SECRET = "Tr0ub4dor"
FORMATS = ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"]


@pytest.fixture(scope="module")
def cluster():
    """One user has to say a password, another may make no databases."""
    cluster = Cluster()
    roles = f"CREATE ROLE careful LOGIN SUPERUSER PASSWORD '{SECRET}'; CREATE ROLE weak LOGIN CREATEROLE"
    cluster.run("psql", "-h", cluster.folder, "-U", "postgres", "-Xqc", roles, "postgres")
    with open(f"{cluster.folder}/data/pg_hba.conf", "w") as file:
        file.write("local all careful scram-sha-256\nlocal all all trust\n")
    cluster.run("pg_ctl", "-D", f"{cluster.folder}/data", "reload")
    yield cluster
    cluster.stop()


@pytest.fixture
def project(tmp_path):
    folder = Folder(tmp_path).environment()
    folder.revision("a1")
    return folder


def refused(project, url, *arguments, **environment):
    run = project.miglint("--roundtrip", "--database", url, *arguments, **environment)
    assert SECRET not in run.out + run.err
    return run.complaint()


def url_of(cluster, user):
    return f"postgresql+psycopg2://{user}@/postgres?host={cluster.folder}"


# --- servers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_wrong_password(project, cluster, name):
    wrong = url_of(cluster, f"careful:x{SECRET}")
    assert "password authentication failed" in refused(project, wrong, "--format", name)
    right = project.miglint("--roundtrip", "--database", url_of(cluster, f"careful:{SECRET}"), "--format", name)
    assert right.status == 0, right.err
    assert SECRET not in right.out + right.err


def test_password_in_odd_places(project, cluster):
    for url in [
        f"postgresql://careful:{SECRET}%zz@/postgres?host={cluster.folder}",
        f"postgresql://careful:{SECRET}@h:none/postgres",
        f"postgresql://careful@/postgres?host={cluster.folder}&password=x{SECRET}",
        f"postgresql://careful:a@{SECRET}@127.0.0.1:1/postgres",
        f"postgresql://careful:a@b/{SECRET}@127.0.0.1:1/postgres",
        f"postgresql://careful:a@{SECRET}/b@127.0.0.1:1/postgres",
        f"postgresql://careful:a@b:{SECRET}@127.0.0.1:1/postgres",
        f"postgresql://careful:{SECRET}",
        f"postgresql:careful:{SECRET}@127.0.0.1/postgres",
        f"postgresql:/careful:{SECRET}@127.0.0.1/postgres",
        f"host=127.0.0.1 port=1 user=careful password={SECRET}",
        f"careful:{SECRET}@127.0.0.1",
        f"mysql://careful:{SECRET}@127.0.0.1/x",
        f"sqlite://careful:{SECRET}@127.0.0.1/x",
    ]:
        refused(project, url)
    assert "%40" in refused(project, f"postgresql://careful:a@{SECRET}@127.0.0.1:1/postgres")


def test_who_lists_the_processes_sees_no_password(project):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgresql://u:{SECRET}@127.0.0.1:{server.getsockname()[1]}/d?sslmode=disable"
        command = [MIGLINT, "--roundtrip", "--database", url]
        with subprocess.Popen(command, cwd=project.path, env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
            server.accept()
            with open(f"/proc/{process.pid}/cmdline") as file:
                words = file.read().split("\0")
            process.kill()
    assert words[3] == url.replace(SECRET, "*" * len(SECRET))


def test_a_password_that_a_migration_says(project):
    """A statement that the database refuses is shown without it."""
    url = f"postgresql://careful:{SECRET}@example.org/x"
    text = (project / "migrations/versions/a1.py").read_text()
    body = text.replace("op.create_table(", f"op.execute(\"SELECT nothing('{url}')\"); op.create_table(")
    project.revision("a1", text=body)
    for name in FORMATS:
        run = project.miglint("--roundtrip", "--database", "sqlite", "--format", name)
        assert run.status == 1 and "nothing" in run.out and SECRET not in run.out + run.err


def test_no_server(project):
    assert "refused" in refused(project, f"postgresql://u:{SECRET}@127.0.0.1:1/d")
    assert "No such file" in refused(project, f"postgresql://u:{SECRET}@/d?host=/nonexistent")


def test_accepts_and_says_nothing(project):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        url = f"postgresql://u:{SECRET}@127.0.0.1:{port}/d?connect_timeout=1&sslmode=disable"
        assert "does not answer" in refused(project, url)


def test_speaks_another_language(project):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        pid = os.fork()
        if pid == 0:
            while True:
                connection, _ = server.accept()
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.close()
        try:
            refused(project, f"postgresql://u:{SECRET}@127.0.0.1:{port}/d?sslmode=disable")
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def test_no_rights(project, cluster):
    assert "does not let this user create roles and databases" in refused(project, url_of(cluster, "weak"))
    assert cluster.psql("SELECT count(*) FROM pg_database WHERE datname LIKE 'miglint%'") == "0"


# --- folders -----------------------------------------------------------------------------------


def test_temporary_folder(project):
    """Nobody can write to /proc, root neither."""
    assert "let TMPDIR name one that can be written" in refused(project, "postgresql", TMPDIR="/proc")
    assert "let TMPDIR name one that can be written" in refused(project, "postgresql", TMPDIR="/nonexistent")
    for odd in "/tmp/a,b", "here":
        assert "let TMPDIR be an absolute path" in refused(project, "postgresql", TMPDIR=odd)
    assert project.miglint("--roundtrip", "--database", "sqlite", TMPDIR="/proc").status == 0


@pytest.mark.parametrize("room", [1 << 10, 1 << 16, 1 << 19])
def test_full_disk(project, tmp_path, room):
    """No file may become longer than that: what Postgres makes of it is what it makes of a full disk."""
    folder = Folder("/tmp/" + os.urandom(4).hex())
    folder.path.chmod(0o755)
    process = subprocess.run(
        [MIGLINT, "--roundtrip", "--database", "postgresql"],
        cwd=project.path,
        env={**ENVIRONMENT, "TMPDIR": str(folder.path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    assert_sound(process.returncode, process.stdout, process.stderr)
    complaints = [line for line in process.stderr.splitlines() if not line.startswith("miglint: note: ")]
    left = list(folder.path.iterdir())
    folder.path.rmdir()
    assert process.returncode == 2 and process.stdout == "" and len(complaints) == 1, process
    assert "a Postgres of our own cannot be made" in complaints[0] and left == []
