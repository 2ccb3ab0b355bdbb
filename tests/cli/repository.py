"""What the end-to-end tests share: folders and repositories to look at, and miglint to look at them."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path


MIGLINT = os.environ["MIGLINT"]
SOURCES = Path(__file__).resolve().parents[2]

# git and miglint as they come, whatever the machine has configured.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "ALEMBIC_"))},
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_COMMITTER_NAME": "A U Thor",
    "GIT_COMMITTER_EMAIL": "author@example.org",
    "LC_ALL": "C.UTF-8",
    "TERM": "xterm",
}
ENVIRONMENT.pop("NO_COLOR", None)


# --- running ---------------------------------------------------------------------


class Run:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def findings(self):
        return self.json["findings"]

    @property
    def rules(self):
        return [finding["rule"] for finding in self.findings]

    def complaint(self):
        """The one line that an error is."""
        assert self.status == 2, self.out + self.err
        assert self.out == ""
        lines = [line for line in self.err.splitlines() if not line.startswith("miglint: note: ")]
        assert len(lines) == 1, self.err
        return lines[0].removeprefix("miglint: ")


def is_raw(character):
    """Whether a terminal would act upon it instead of showing it."""
    code = ord(character)
    return (
        (code < 0x20 and character != "\n")
        or 0x7F <= code < 0xA0
        or code in (0xAD, 0x61C, 0x2028, 0x2029, 0xFEFF)
        or 0x200B <= code <= 0x200F
        or 0x202A <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or 0xE0000 <= code <= 0xE007F
    )


def assert_sound(status, out, err, coloured=False):
    """What must hold of every run, whatever it is given."""
    assert "Sanitizer" not in err and "runtime error" not in err, err
    assert status in (0, 1, 2), (status, err)
    assert all(line.startswith("miglint: ") for line in err.splitlines()), err
    layout = "\t" if out.startswith(("{", "[")) else "\033" if coloured else ""
    raw = {character for character in out if is_raw(character)} - set(layout)
    raw |= {character for character in err if is_raw(character)}
    assert not raw, (raw, out, err)


def miglint(*arguments, cwd, coloured=False, timeout=60, **environment):
    process = subprocess.run(
        [MIGLINT, *arguments],
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=timeout,
    )
    out, err = process.stdout.decode("utf-8"), process.stderr.decode("utf-8")
    assert_sound(process.returncode, out, err, coloured)
    return Run(process.returncode, out, err)


# --- folders and repositories --------------------------------------------------------


class Folder:
    def __init__(self, path):
        self.path = Path(path)
        self.path.mkdir(parents=True, exist_ok=True)

    def __truediv__(self, name):
        return self.path / name

    def write(self, name, content):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def environment(self, folder="migrations", ini="alembic.ini", location=None):
        """An Alembic environment without revisions, as `alembic init` would lay it out."""
        home = os.path.dirname(ini)
        location = location or "%(here)s/" + os.path.relpath(folder, home or ".")
        self.write(ini, f"[alembic]\nscript_location = {location}\n")
        self.write(f"{folder}/env.py", "from alembic import context\n")
        self.write(f"{folder}/script.py.mako", "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n")
        (self.path / folder / "versions").mkdir()
        return self

    def revision(self, revision, parent=None, folder="migrations", name=None, text=None, **header):
        """A revision that there is nothing to say about; `text` instead of it, if given."""
        content = sound_revision(revision, parent, **header) if text is None else text
        return self.write(f"{folder}/versions/{name or revision}.py", content)

    def miglint(self, *arguments, **options):
        return miglint(*arguments, cwd=self.path, **options)


class Repository(Folder):
    def __init__(self, path):
        super().__init__(path)
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments, status=0, **environment):
        run = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *arguments],
            cwd=self.path,
            env={**ENVIRONMENT, **environment},
            capture_output=True,
            timeout=60,
        )
        assert run.returncode == status, (arguments, run)
        return run.stdout.decode().strip()

    def commit(self, message="a commit"):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name, start="main"):
        self.git("checkout", "--quiet", "-b", name, start)

    def bare_clone(self, path):
        self.git("clone", "--quiet", "--bare", ".", str(path))
        return Path(path)

    def clone(self, path, *arguments):
        """`arguments` such as --depth count only for an address, which a path alone is not."""
        self.git("clone", "--quiet", *arguments, self.path.as_uri(), str(path))
        return Checkout(path)


class Checkout(Repository):
    """A working tree that git has made already."""

    def __init__(self, path):
        Folder.__init__(self, path)


def sound_revision(revision, parent=None, labels=None, depends=None):
    parents = [] if parent is None else [parent] if isinstance(parent, str) else parent
    return f'''"""create {revision}

Revision ID: {revision}
Revises: {", ".join(parents)}
"""
from alembic import op
import sqlalchemy as sa

revision = {revision!r}
down_revision = {parent!r}
branch_labels = {labels!r}
depends_on = {depends!r}


def upgrade():
    op.create_table("t_{revision}", sa.Column("id", sa.Integer))


def downgrade():
    op.drop_table("t_{revision}")
'''


def without_downgrade(revision, parent=None):
    return sound_revision(revision, parent).split("\n\ndef downgrade")[0] + "\n\ndef downgrade():\n    pass\n"


def copy_of_sources(folder, grammars=False):
    """miglint as somebody else gets it: the files that its git knows, and no .git."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=SOURCES, capture_output=True, check=True
    )
    for name in listed.stdout.decode().split("\0")[:-1]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(SOURCES / name, folder / name)
    if grammars:
        (folder / "ci/grammars/node_modules").symlink_to(SOURCES / "ci/grammars/node_modules")
    return folder


def without_release(sources):
    """Sources whose releases are to be had where nobody answers."""
    file = sources / "CMakeLists.txt"
    file.write_text(re.sub(r'HOMEPAGE_URL "[^"]*"', 'HOMEPAGE_URL "http://127.0.0.1:9"', file.read_text()))
    return sources


def place_of(text, part, which=0):
    """Line, column, end line and end column of `part` in `text`, as an editor counts them."""
    start = -1
    for _ in range(which + 1):
        start = text.index(part, start + 1)

    def point(offset):
        return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1

    return (*point(start), *point(start + len(part)))


def place(finding):
    return tuple(finding[key] for key in ("line", "column", "end_line", "end_column"))
