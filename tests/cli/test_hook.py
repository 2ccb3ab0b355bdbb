"""The hook of .pre-commit-hooks.yaml, run by the real pre-commit out of a repository that has miglint's files."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from repository import (
    ENVIRONMENT,
    MIGLINT,
    SOURCES,
    Checkout,
    Repository,
    copy_of_sources,
    sound_revision,
    without_downgrade,
    without_release,
)


def path_without_miglint():
    folders = ENVIRONMENT["PATH"].split(":")
    return ":".join(folder for folder in folders if not Path(folder, "miglint").exists())


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """miglint's repository, with a release; its grammars are fetched already."""
    repository = Repository(tmp_path_factory.mktemp("published") / "miglint")
    without_release(copy_of_sources(repository.path, grammars=True))
    repository.git("add", "--force", "ci/grammars/node_modules")
    repository.commit()
    repository.git("tag", "v0.1.0")
    return repository


@pytest.fixture
def home(tmp_path):
    """What the runs of pre-commit in one test share; miglint is installed."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "miglint").symlink_to(MIGLINT)
    return {
        "HOME": str(tmp_path),
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
        "PATH": f"{tmp_path / 'bin'}:{path_without_miglint()}",
    }


def run(*command, cwd, **environment):
    process = subprocess.run(
        command,
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=580,
    )
    assert "Sanitizer" not in process.stdout and "runtime error" not in process.stdout, process.stdout
    return process.returncode, process.stdout


def one_revision(repository):
    repository.revision("aaaa")
    repository.commit()
    return repository


@pytest.fixture
def hooked(repository, published, home):
    """A repository that runs the hook at every commit, as README.md tells people to."""
    (config,) = re.findall(r"```yaml\n(repos:.*?)```", (SOURCES / "README.md").read_text(), re.S)
    address = "https://github.com/miglint/miglint"
    assert address in config
    repository.write(".pre-commit-config.yaml", config.replace(address, published.path.as_uri()))
    one_revision(repository)
    assert run("pre-commit", "install", cwd=repository.path, **home)[0] == 0
    return repository


def commit(repository, *arguments, environment, cwd=None):
    before = repository.git("rev-parse", "HEAD")
    status, out = run("git", "commit", "-m", "x", *arguments, cwd=cwd or repository.path, **environment)
    assert (repository.git("rev-parse", "HEAD") != before) == (status == 0)
    return status == 0, out


# --- try-repo ------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [".", "migrations/versions"])
def test_it_passes_and_blocks(repository, published, home, folder):
    def try_it():
        return run("pre-commit", "try-repo", str(published.path), "miglint", cwd=repository / folder, **home)

    one_revision(repository).revision("bbbb", "aaaa")
    repository.git("add", "--all")
    status, out = try_it()
    assert status == 0 and "Passed" in out
    repository.revision("cccc", "aaaa")
    repository.git("add", "--all")
    status, out = try_it()
    assert status == 1 and "Failed" in out
    assert "migrations/versions/cccc.py:10:17: error: there are 2 heads, 'bbbb' and 'cccc'" in out


def test_options_of_ones_own(repository, published, home):
    one_revision(repository).revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    repository.git("add", "--all")
    words = ("pre-commit", "try-repo", str(published.path), "miglint")
    assert run(*words, cwd=repository.path, **home)[0] == 1
    repository.write("miglint.toml", 'ignore = ["ML301"]\n')
    repository.git("add", "--all")
    assert run(*words, cwd=repository.path, **home)[0] == 0


# --- pushes ------------------------------------------------------------------------------------


def test_a_push_is_tried_before(repository, published, home, tmp_path):
    one_revision(repository).bare_clone(tmp_path / "origin.git")
    mine = Repository.clone(repository, tmp_path / "mine")
    hook = {"repo": published.path.as_uri(), "rev": "v0.1.0", "hooks": [{"id": "miglint-roundtrip", "stages": ["push"]}]}
    mine.write(".pre-commit-config.yaml", json.dumps({"repos": [hook]}))
    assert run("pre-commit", "install", "--hook-type", "pre-push", cwd=mine.path, **home)[0] == 0
    mine.git("checkout", "--quiet", "-b", "topic")
    twice = sound_revision("bbbb", "aaaa").replace("def downgrade():", "def downgrade():\n    op.drop_table('t_aaaa')")
    mine.revision("bbbb", text=twice)
    mine.commit()
    status, out = run("git", "push", "origin", "topic", cwd=mine.path, **home)
    assert status != 0 and "ML304 downgrade-misses-object" in out
    assert "round trip on sqlite: 0 of 1 revision ok, 1 failed" in out
    mine.revision("bbbb", "aaaa")
    mine.commit()
    status, out = run("git", "push", "origin", "topic", cwd=mine.path, **home)
    assert status == 0, out


# --- commits -----------------------------------------------------------------------------------


def test_a_commit(hooked, home):
    hooked.revision("bbbb", "aaaa")
    hooked.git("add", "--all")
    assert commit(hooked, environment=home)[0]
    hooked.revision("cccc", text=without_downgrade("cccc", "bbbb"))
    hooked.git("add", "--all")
    made, out = commit(hooked, environment=home)
    assert not made and "ML301 missing-downgrade" in out


def test_what_is_staged_counts_and_not_what_lies_on_the_disk(hooked, home):
    hooked.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    hooked.git("add", "--all")
    hooked.revision("bbbb", "aaaa")
    assert not commit(hooked, environment=home)[0]
    hooked.git("add", "--all")
    hooked.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    assert commit(hooked, environment=home)[0]


def test_commit_all(hooked, home):
    hooked.revision("bbbb", "aaaa")
    hooked.git("add", "--all")
    assert commit(hooked, environment=home)[0]
    hooked.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    made, out = commit(hooked, "-a", environment=home)
    assert not made and "bbbb.py" in out
    hooked.revision("bbbb", text=sound_revision("bbbb", "aaaa") + "\n# fine\n")
    assert commit(hooked, "-a", environment=home)[0]


def test_commit_of_a_path(hooked, home):
    """Only that path is committed, whatever else is staged."""
    good, bad = hooked.revision("bbbb", "aaaa"), hooked.revision("cccc", text=without_downgrade("cccc", "bbbb"))
    hooked.git("add", "--all")
    assert not commit(hooked, "--", str(bad), environment=home)[0]
    assert commit(hooked, "--", str(good), environment=home)[0]
    assert hooked.git("diff", "--cached", "--name-only") == "migrations/versions/cccc.py"
    made, out = commit(hooked, "--", str(bad), environment=home)
    assert not made and "ML301" in out


def test_a_linked_worktree_and_a_subfolder(hooked, home, tmp_path):
    hooked.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    linked = Checkout(tmp_path / "linked")
    hooked.revision("xxxx", "aaaa")  # is none of its business
    hooked.git("add", "--all")
    linked.revision("bbbb", "aaaa")
    linked.git("add", "--all")
    assert commit(linked, environment=home, cwd=linked / "migrations")[0]
    linked.revision("cccc", "aaaa")
    linked.git("add", "--all")
    made, out = commit(linked, environment=home, cwd=linked / "migrations")
    assert not made and "there are 2 heads, 'bbbb' and 'cccc'" in out


def test_a_commit_that_touches_no_migration_is_none_of_its_business(hooked, home):
    hooked.revision("bbbb", "nowhere")
    hooked.git("add", "--all")
    hooked.git("commit", "--quiet", "--no-verify", "--message", "what is wrong already")
    hooked.write("src/versions.py", "x = 1\n")
    hooked.write("README", "x\n")
    hooked.git("add", "--all")
    made, out = commit(hooked, environment=home)
    assert made and "no files to check" in out


@pytest.mark.parametrize(
    "name", ["migrations/versions/2024/x.py", "versions/x.py", "migrations/env.py", "pyproject.toml", "db/billing.ini"]
)
def test_what_makes_it_run(hooked, home, name):
    hooked.write(name, (hooked / name).read_text() if (hooked / name).exists() else "")
    with open(hooked / name, "a") as file:
        file.write("\n")
    hooked.git("add", "--all")
    assert "no files to check" not in commit(hooked, environment=home)[1]


# --- the program ---------------------------------------------------------------------------------

STUB = """#!/bin/bash
echo "$1" >>"$COUNT"
sleep 1
mkdir -p "$1" && cp "$INSTEAD" "$1/miglint"
"""


@pytest.fixture
def bare(home):
    """The same without an installed miglint."""
    return {**home, "PATH": path_without_miglint()}


def test_without_an_installed_one_it_builds_its_own(hooked, bare, tmp_path):
    hooked.revision("bbbb", "aaaa")
    hooked.git("add", "--all")
    assert commit(hooked, environment=bare)[0]
    [built] = (tmp_path / "pre-commit").glob("repo*/.hook/miglint")
    modified = built.stat().st_mtime_ns
    hooked.revision("cccc", "aaaa")
    hooked.git("add", "--all")
    made, out = commit(hooked, environment=bare)
    assert not made and "there are 2 heads" in out
    assert built.stat().st_mtime_ns == modified


@pytest.fixture
def stub(tmp_path, repository, bare):
    """The hook with a build of one second, which is counted."""
    sources = without_release(copy_of_sources(tmp_path / "sources", grammars=True))
    (sources / "ci" / "build").write_text(STUB)
    environment = {**bare, "COUNT": str(tmp_path / "count"), "INSTEAD": shutil.which("true")}
    one_revision(repository)
    return sources / "ci" / "hook", environment


def test_two_commits_at_once_build_once(stub, repository, tmp_path):
    hook, environment = stub
    both = [
        subprocess.Popen([hook], cwd=repository.path, env={**ENVIRONMENT, **environment}) for _ in range(4)
    ]
    assert [process.wait(60) for process in both] == [0] * 4
    assert (tmp_path / "count").read_text().count("\n") == 1


def test_it_tells_a_terminal_that_it_builds(stub, repository):
    hook, environment = stub
    for expected in (True, False):
        status, shown = run("script", "-qec", str(hook), "/dev/null", cwd=repository.path, **environment)
        assert status == 0 and ("miglint: building it for this hook, once" in shown) == expected


def test_a_build_that_fails_says_what_to_do(stub, repository):
    hook, environment = stub
    (hook.parent / "build").write_text("#!/bin/sh\necho 'no such compiler'\nexit 1\n")
    status, out = run(str(hook), cwd=repository.path, **environment)
    assert status == 2
    assert "no such compiler" in out and f"{hook.parent}/setup build installs what that needs" in out
    (hook.parent / "build").write_text(STUB)
    assert run(str(hook), cwd=repository.path, **environment)[0] == 0
