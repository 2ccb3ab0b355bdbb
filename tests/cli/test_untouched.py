"""Nothing of the repository changes, whatever is asked: not the working tree, the index, a ref, nor the object database."""

import hashlib
import os
import stat

import pytest
from merging import try_git
from repository import Checkout, Repository, miglint


def digest(folder):
    """Every path below, with its kind, mode, content and time of change; times of reading alone are left out."""
    found = {}
    for home, folders, files in os.walk(folder):
        for name in [".", *folders, *files]:
            path = os.path.join(home, name)
            status = os.lstat(path)
            content = None
            if stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    content = hashlib.sha256(file.read()).hexdigest()
            elif stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            found[path] = (status.st_mode, status.st_ino, status.st_mtime_ns, status.st_ctime_ns, content)
    return found


MODES = {
    "the working tree": [],
    "a commit": ["--commit", "topic"],
    "base and working tree": ["--base", "main"],
    "base and head": ["--base", "main", "--head", "topic"],
    "base and head the other way round": ["--base", "topic", "--head", "main"],
    "criss-cross": ["--base", "cross-one", "--head", "cross-two"],
    "conflict": ["--base", "main", "--head", "conflict"],
    "renamed folder": ["--base", "main", "--head", "renamed"],
    "unrelated": ["--base", "main", "--head", "unrelated"],
    "auto": ["--base", "auto"],
    "staged": ["--staged"],
    "commits": ["--commits", "start..main"],
    "forecast": ["forecast", "--base", "main"],
    "forecast of some": ["forecast", "--base", "main", "--refs", "top*", "--format", "markdown"],
    "history": ["history"],
    "history of another": ["history", "--commit", "topic", "--since", "start"],
    "graph": ["graph", "--base", "main"],
    "settings": ["--show-settings"],
    "a ref that is not there": ["--base", "nowhere"],
    "all formats": ["--base", "main", "--format", "json", "--verbose"],
}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return tmp_path_factory.mktemp("untouched")


@pytest.fixture(scope="module")
def repository(workshop):
    """Branches of all kinds, and a working tree in which something is staged, changed, new and ignored."""
    made = Repository(workshop / "work").environment()

    def commit(**changes):
        for revision, parent in changes.items():
            made.revision(revision, parent)
        return made.commit()

    commit(aaaa=None, bbbb="aaaa")
    made.git("tag", "start")
    made.branch("conflict")
    made.write("migrations/versions/bbbb.py", (made / "migrations/versions/bbbb.py").read_text() + "# ours\n")
    made.commit()
    made.branch("renamed", "start")
    made.git("mv", "migrations", "db")
    made.write("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n")
    made.commit()
    made.branch("topic", "start")
    commit(cccc="bbbb")
    made.git("checkout", "--quiet", "main")
    made.write("migrations/versions/bbbb.py", (made / "migrations/versions/bbbb.py").read_text() + "# theirs\n")
    commit(dddd="bbbb", eeee="nowhere")
    for one, other in (("cross-one", "topic"), ("cross-two", "main")):
        made.branch(one, {"topic": "main", "main": "topic"}[other])
        made.git("merge", "--quiet", "--no-edit", other)
    made.git("checkout", "--quiet", "--orphan", "unrelated")
    made.commit()
    made.git("checkout", "--quiet", "topic")
    made.write(".gitignore", "*.tmp\n")
    made.write("notes.tmp", "ignored\n")
    made.revision("ffff", "cccc")
    made.git("add", "--all")
    made.revision("ffff", "bbbb")
    made.revision("gggg", "cccc")
    return made


@pytest.mark.parametrize("words", MODES.values(), ids=MODES)
def test_nothing_changes(repository, words):
    before = digest(repository.path)
    run = repository.miglint(*words)
    assert (run.status == 2) == ("nowhere" in words), run.err
    miglint(*words, cwd=repository / "migrations")
    assert digest(repository.path) == before
    os.utime(repository / "alembic.ini")  # the index no longer knows whether it changed, and must not be told
    before = digest(repository.path)
    repository.miglint(*words)
    assert digest(repository.path) == before


@pytest.mark.parametrize("words", MODES.values(), ids=MODES)
def test_nothing_changes_where_all_is_packed(repository, workshop, words, tmp_path):
    clone = repository.clone(tmp_path / "clone")
    for ref in repository.git("for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines():
        try_git(clone, "branch", ref, f"origin/{ref}")
    clone.git("pack-refs", "--all")
    clone.git("gc", "--quiet")
    before = digest(clone.path)
    assert (clone.miglint(*words).status == 2) == ("nowhere" in words)
    assert digest(clone.path) == before


def test_a_change_would_be_seen(repository):
    """git itself writes down in the index what it has seen of the disk."""
    os.utime(repository / "alembic.ini")
    before = digest(repository.path)
    repository.git("status")
    assert digest(repository.path) != before


@pytest.mark.parametrize("kind", ["bare", "linked worktree", "sparse", "shallow", "merging", "read-only"])
def test_nothing_changes_in_other_kinds(repository, tmp_path, kind):
    clone = repository.clone(tmp_path / "clone", *(["--depth", "2", "--no-single-branch"] if kind == "shallow" else []))
    for ref in ("main", "topic", "conflict"):
        try_git(clone, "branch", ref, f"origin/{ref}")
    place = clone
    if kind == "bare":
        place = Checkout(clone.bare_clone(tmp_path / "bare.git"))
    elif kind == "linked worktree":
        clone.git("worktree", "add", "--quiet", "--detach", str(clone / "linked"), "topic")
        place = Checkout(clone / "linked")
    elif kind == "sparse":
        clone.git("sparse-checkout", "set", "--no-cone", "/alembic.ini")
    elif kind == "merging":
        clone.git("checkout", "--quiet", "main")
        assert not try_git(clone, "merge", "conflict")
    elif kind == "read-only":
        for home, _, _ in os.walk(clone.path):
            os.chmod(home, 0o555)
    before = digest(tmp_path)
    for words in MODES.values():
        place.miglint(*words)
    assert digest(tmp_path) == before
    for home, _, _ in os.walk(clone.path):
        os.chmod(home, 0o755)
