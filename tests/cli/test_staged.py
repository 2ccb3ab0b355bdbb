"""`--staged`: what `git commit` would record, not what lies on the disk; git's own hooks say when that is asked."""

import os
import shlex

import pytest
from merging import alembic_heads, named_heads
from repository import MIGLINT, Checkout, miglint, sound_revision, without_downgrade


def staged(repository, *words, **options):
    return repository.miglint("--staged", "--format", "json", *words, **options)


def one_revision(repository):
    repository.revision("aaaa")
    repository.commit()
    return repository


# --- what is judged -------------------------------------------------------------------


def test_what_is_told_of_the_two_sides(repository):
    head = repository.commit()
    run = staged(repository)
    assert run.json["mode"] == "staged"
    assert run.json["base"] == {"ref": "HEAD", "commit": head}
    assert run.json["head"] == {"ref": "the index", "commit": None}
    assert run.json["merge_base"] == head


def test_a_revision_that_was_staged_and_then_changed(repository):
    one_revision(repository)
    repository.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    repository.git("add", "--all")
    repository.revision("bbbb", "aaaa")  # mended, on the disk alone
    assert staged(repository).rules == ["ML301"]
    repository.git("add", "--all")
    repository.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))  # and broken again
    assert staged(repository).rules == []


def test_a_revision_that_is_not_staged(repository):
    one_revision(repository)
    repository.revision("bbbb", "aaaa")
    repository.git("add", "--all")
    repository.revision("cccc", "aaaa")  # untracked: Alembic sees two heads, the commit has one
    assert alembic_heads(repository) == ["bbbb", "cccc"]
    run = staged(repository)
    assert (run.status, run.rules, run.json["projects"][0]["heads"]) == (0, [], ["bbbb"])


def test_a_revision_that_was_staged_and_is_gone(repository):
    one_revision(repository)
    file = repository.revision("bbbb", "nowhere")
    repository.git("add", "--all")
    file.unlink()
    assert staged(repository, "--select", "ML103").rules == ["ML103"]


def test_a_revision_that_is_removed_from_the_index_alone(repository):
    one_revision(repository)
    repository.revision("bbbb", "aaaa")
    repository.commit()
    repository.git("rm", "--quiet", "--cached", "migrations/versions/bbbb.py")
    run = staged(repository)
    assert (run.rules, run.findings[0]["revision"]) == (["ML202"], "bbbb")


def test_a_second_head(repository):
    one_revision(repository)
    repository.revision("bbbb", "aaaa")
    repository.commit()
    repository.revision("cccc", "aaaa")
    repository.git("add", "--all")
    run = staged(repository)
    assert run.rules == ["ML101"] and named_heads(run.findings[0]) == alembic_heads(repository)
    assert run.status == 1


def test_only_what_is_staged_is_judged(repository):
    repository.revision("aaaa", text=without_downgrade("aaaa", None))
    repository.commit()
    repository.revision("bbbb", "aaaa")
    repository.git("add", "--all")
    assert staged(repository).rules == []
    repository.revision("aaaa", text=without_downgrade("aaaa", None) + "\n# a remark\n")
    repository.git("add", "--all")
    assert staged(repository).rules == ["ML301"]


def test_intent_to_add(repository):
    """`git add -N` says that a file will be added: `git commit` leaves it out."""
    one_revision(repository)
    repository.revision("bbbb", "nowhere")
    repository.git("add", "--intent-to-add", "--all")
    assert staged(repository).rules == []
    assert "bbbb" not in repository.git("ls-tree", "-r", "--name-only", repository.git("write-tree"))


def test_the_first_commit_of_a_repository(repository):
    repository.revision("aaaa", "nowhere")
    repository.git("add", "--all")
    run = staged(repository)
    assert run.rules == ["ML103"]
    assert run.json["base"] == {"ref": "HEAD", "commit": None}
    repository.revision("aaaa")
    repository.git("add", "--all")
    run = staged(repository)
    assert (run.status, run.rules) == (0, [])


def test_a_repository_with_an_empty_index(repository):
    repository.revision("aaaa")
    assert "no Alembic environment" in repository.miglint("--staged").complaint()


def test_a_subfolder(repository):
    one_revision(repository)
    repository.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    repository.git("add", "--all")
    versions = repository / "migrations/versions"
    run = miglint("--staged", "--format", "json", cwd=versions)
    assert [finding["path"] for finding in run.findings] == ["migrations/versions/bbbb.py"]
    assert miglint("--staged", "--format", "json", "aaaa.py", cwd=versions).rules == []
    assert miglint("--staged", "--format", "json", "bbbb.py", cwd=versions).rules == ["ML301"]
    assert miglint("--staged", cwd=versions).out.startswith("bbbb.py:")


def test_a_linked_worktree(repository, tmp_path):
    one_revision(repository)
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "topic")
    linked = Checkout(tmp_path / "linked")
    linked.revision("bbbb", "nowhere")
    linked.git("add", "--all")
    assert staged(linked, "--select", "ML103").rules == ["ML103"]
    assert staged(repository).rules == []


def test_a_bare_repository(repository, tmp_path):
    """Nothing is staged there, and HEAD's revisions are not said to be gone."""
    one_revision(repository)
    bare = repository.bare_clone(tmp_path / "bare.git")
    miglint("--staged", cwd=bare).complaint()


def test_a_merge_that_is_not_finished(repository):
    one_revision(repository)
    repository.branch("topic")
    repository.revision("bbbb", "aaaa")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.revision("cccc", "aaaa")
    repository.commit()
    repository.git("merge", "--quiet", "--no-commit", "--no-ff", "topic")
    run = staged(repository)
    assert run.rules == ["ML101"] and named_heads(run.findings[0]) == alembic_heads(repository)
    repository.revision("dddd", ["cccc", "bbbb"])
    repository.git("add", "--all")
    assert staged(repository).rules == []


def test_a_conflict_that_is_not_solved(repository):
    one_revision(repository)
    repository.branch("topic")
    repository.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.revision("bbbb", "aaaa")
    repository.commit()
    repository.git("merge", "--no-commit", "--no-ff", "topic", status=1)
    assert staged(repository, "--select", "ML2").rules == ["ML204"]
    repository.revision("bbbb", "aaaa")
    repository.git("add", "--all")
    assert staged(repository).rules == []


def test_options_that_contradict(repository):
    one_revision(repository)
    for words in (["--base", "main"], ["--commit", "HEAD"], ["--commits", "HEAD.."], ["--base", "main", "--head", "HEAD"]):
        assert "give one of them" in repository.miglint("--staged", *words).complaint()
    assert "--base" in repository.miglint("--staged", "--head", "main").complaint()


# --- under a hook -----------------------------------------------------------------------


@pytest.fixture
def hooked(repository):
    """What git hands to a hook is what miglint gets; it writes its report beside the repository."""
    one_revision(repository)
    report = repository.path.parent / "report"
    hook = repository.write(
        ".git/hooks/pre-commit",
        f"#!/bin/sh\n{shlex.quote(MIGLINT)} --staged -q > {shlex.quote(str(report))} 2>&1\n",
    )
    hook.chmod(0o755)
    repository.report = report
    return repository


def try_commit(repository, *words, cwd="."):
    """Whether `git commit` went through, and what miglint said."""
    before = repository.git("rev-parse", "HEAD")
    committed = True
    try:
        repository.git("-C", cwd, "commit", "--quiet", "--message", "a commit", *words)
    except AssertionError:
        committed = False
    assert (repository.git("rev-parse", "HEAD") != before) == committed
    report = repository.report.read_text()
    repository.report.unlink()
    assert "Sanitizer" not in report and not report.startswith("miglint: "), report
    return committed, report


def test_commit_blocks_and_passes(hooked):
    hooked.revision("bbbb", "aaaa")
    hooked.git("add", "--all")
    assert try_commit(hooked) == (True, "")
    hooked.revision("cccc", "aaaa")
    hooked.git("add", "--all")
    committed, report = try_commit(hooked)
    assert not committed and "ML101" in report and "'bbbb' and 'cccc'" in report
    hooked.revision("cccc", "bbbb")
    hooked.git("add", "--all")
    assert try_commit(hooked) == (True, "")
    assert alembic_heads(hooked) == ["cccc"]


def test_commit_all(hooked):
    """`git commit -a` takes what is on the disk, by an index of its own."""
    hooked.revision("bbbb", "aaaa")
    hooked.git("add", "--all")
    assert try_commit(hooked)[0]
    hooked.revision("bbbb", "nowhere")
    committed, report = try_commit(hooked, "--all")
    assert not committed and "nowhere" in report
    hooked.revision("bbbb", "aaaa")
    hooked.write("alembic.ini", (hooked / "alembic.ini").read_text() + "# changed\n")
    assert try_commit(hooked, "--all") == (True, "")


def test_commit_of_some_paths(hooked):
    """`git commit -- PATH` leaves out what is staged besides."""
    hooked.revision("bbbb", "nowhere")
    hooked.git("add", "--all")
    hooked.write("alembic.ini", (hooked / "alembic.ini").read_text() + "# changed\n")
    assert try_commit(hooked, "--", "alembic.ini") == (True, "")
    committed, report = try_commit(hooked, "--", "migrations/versions/bbbb.py")
    assert not committed and "nowhere" in report
    hooked.revision("bbbb", "aaaa")  # not staged: the path's content on the disk is what counts
    assert try_commit(hooked, "--", "migrations/versions/bbbb.py") == (True, "")


def test_commit_in_a_subfolder(hooked):
    hooked.revision("bbbb", "nowhere")
    hooked.git("add", "--all")
    assert not try_commit(hooked, cwd="migrations/versions")[0]
    hooked.revision("bbbb", "aaaa")
    assert try_commit(hooked, "bbbb.py", cwd="migrations/versions") == (True, "")


def test_commit_in_a_linked_worktree(hooked, tmp_path):
    hooked.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "topic")
    linked = Checkout(tmp_path / "linked")
    linked.report = hooked.report
    linked.revision("bbbb", "nowhere")
    linked.git("add", "--all")
    assert not try_commit(linked)[0]
    linked.revision("bbbb", "aaaa")
    assert try_commit(linked, "--all") == (True, "")


def test_amend(hooked):
    """The commit that is replaced still counts as published: git does not tell the hook."""
    hooked.revision("bbbb", "aaaa")
    hooked.git("add", "--all")
    assert try_commit(hooked)[0]
    hooked.write("README", "read me\n")
    hooked.git("add", "--all")
    assert try_commit(hooked, "--amend") == (True, "")


def test_a_commit_that_has_nothing_to_do_with_migrations(hooked):
    """Even where the revisions of HEAD are in disorder that is no business of this commit's files."""
    hooked.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    hooked.git("add", "--all")
    hooked.git("commit", "--quiet", "--no-verify", "--message", "unseen")
    hooked.write("README", "read me\n")
    hooked.git("add", "--all")
    assert try_commit(hooked) == (True, "")


def test_the_index_that_git_names(repository, tmp_path):
    """GIT_INDEX_FILE counts, relative or not."""
    one_revision(repository)
    repository.revision("bbbb", "nowhere")
    other = {"GIT_INDEX_FILE": str(tmp_path / "other-index")}
    repository.git("add", "--all", **other)
    assert staged(repository).rules == []
    for name in (str(tmp_path / "other-index"), os.path.relpath(tmp_path / "other-index", repository.path)):
        assert staged(repository, "--select", "ML103", GIT_INDEX_FILE=name).rules == ["ML103"]
