"""A Postgres of the tests' own: a cluster in a temporary folder, reached through a socket there."""

import glob
import json
import os
import pwd
import shutil
import subprocess
import tempfile


def binary(name):
    """Debian's folders first: what it has on the path are wrappers."""
    found = (sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}")) or [shutil.which(name)])[-1]
    assert found, f"{name} is not there: run ci/setup"
    return found


class Cluster:
    """Postgres refuses to run as root: then it runs as the user that Debian's package made for it."""

    def __init__(self):
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")  # a socket's path has to be short
        if os.getuid() == 0:
            shutil.chown(self.folder, self.user)
        self.run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-E", "UTF8", "--no-locale", "-N", "-U", "postgres")
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off"
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def run(self, name, *arguments):
        become = ["runuser", "-u", self.user, "--"] if os.getuid() == 0 else []
        subprocess.run([*become, binary(name), *arguments], check=True, cwd=self.folder, stdout=subprocess.DEVNULL)

    def stop(self):
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def psql(self, sql):
        """What the last of several statements says, all in one transaction that is rolled back."""
        script = f"\\set ON_ERROR_STOP 1\nBEGIN;\n{sql}\n;ROLLBACK;\n"
        done = subprocess.run(
            [binary("psql"), "-h", self.folder, "-U", "postgres", "-XqAt", "postgres"],
            input=script, capture_output=True, text=True,
        )
        assert done.returncode == 0, f"{sql}\n{done.stderr}"
        return done.stdout.strip()

    def rows(self, before, query):
        """The rows of a query, as dictionaries, after the statements before it."""
        answer = self.psql(f"{before};\nSELECT coalesce(jsonb_agg(q), '[]') FROM ({query}) q")
        return json.loads(answer.splitlines()[-1])
