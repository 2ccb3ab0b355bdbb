"""The judges of what miglint says of a merge: git, which makes it, and Alembic, which reads what came of it."""

import re
import shutil
import warnings

from alembic.config import Config
from alembic.script import ScriptDirectory
from repository import Checkout


def alembic_heads(folder, config="alembic.ini"):
    """What `alembic heads` lists; a graph that it cannot read is its own exception."""
    return sorted(ScriptDirectory.from_config(Config(str(folder / config))).get_heads())


class Merges:
    """Merges that git really makes, each in a worktree of its own, besides the repository's own one."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0

    def checkout(self, repository, commit):
        self.count += 1
        folder = self.folder / f"checkout{self.count}"
        repository.git("worktree", "add", "--quiet", "--detach", "--force", str(folder), commit)
        checkout = Checkout(folder)
        if checkout.git("config", "--default", "false", "core.sparseCheckout") == "true":
            checkout.git("sparse-checkout", "disable")
        return checkout

    def make(self, repository, base, *heads):
        """`git merge` of each head in turn into base: the checkout, and the paths in conflict."""
        checkout = self.checkout(repository, base)
        for head in heads:
            arguments = ("merge", "--quiet", "--no-edit", "--allow-unrelated-histories", head)
            unmerged = "" if try_git(checkout, *arguments) else checkout.git("ls-files", "--unmerged")
            if unmerged:
                return checkout, {line.split("\t")[1] for line in unmerged.splitlines()}
        return checkout, set()

    def heads(self, repository, commit, config="alembic.ini"):
        """Those of one side; None where Alembic cannot tell."""
        checkout = self.checkout(repository, commit)
        if not (checkout / config).exists():
            return []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return alembic_heads(checkout, config)
            except KeyError:  # a parent that is not there
                return None


def try_git(repository, *arguments):
    try:
        repository.git(*arguments)
    except AssertionError:
        return False
    return True


def snapshot(repository):
    """A commit of what is on the disk, as it would be made of it; neither index nor branch changes."""
    index = {"GIT_INDEX_FILE": str(repository.path.parent / "index-of-all")}
    # With its time: by that git knows which files it has to look into.
    shutil.copy2(repository / repository.git("rev-parse", "--git-path", "index"), index["GIT_INDEX_FILE"])
    repository.git("add", "--all", **index)
    tree = repository.git("write-tree", **index)
    parents = ["HEAD"]
    if try_git(repository, "rev-parse", "--verify", "MERGE_HEAD"):
        parents += repository.git("rev-parse", "MERGE_HEAD").splitlines()
    return repository.git("commit-tree", tree, "-m", "all", *(word for parent in parents for word in ("-p", parent)))


def named_heads(finding):
    """The heads that a finding of ML101 or ML102 points at."""
    found = (re.match(r"the head '([^']*)'", related["message"]) for related in finding["related"])
    return sorted(match[1] for match in found if match)


def assert_foreseen(merges, repository, base, head=None, config="alembic.ini"):
    """
    Lints a merge, then makes it: the heads must be those that Alembic finds, and
    the files in conflict those that git stops at. Gives the run.
    """
    words = ["--base", base] + (["--head", head] if head else [])
    run = repository.miglint(*words, "--format", "json")
    assert run.status in (0, 1), run.err
    commit = repository.git("rev-parse", head) if head else snapshot(repository)
    checkout, conflicts = merges.make(repository, base, commit)
    told = {finding["path"] for finding in run.findings if finding["rule"] == "ML204"}
    assert told == {path for path in conflicts if "/versions/" in path}, run.findings
    if not conflicts:
        sides = [merges.heads(repository, side, config) for side in (base, commit)]
        assert_heads(run, alembic_heads(checkout, config), *sides)
    return run


def assert_heads(run, merged, base, head):
    (project,) = run.json["projects"]
    assert sorted(project["heads_after_merge"]) == merged
    assert head is None or sorted(project["heads"]) == head
    found = [finding for finding in run.findings if finding["rule"] in ("ML101", "ML102")]
    assert [named_heads(finding) for finding in found] == ([merged] if len(merged) > 1 else [])
    if found and None not in (base, head):
        comes_of_merge = len(merged) > max(len(base), len(head))
        assert found[0]["rule"] == ("ML102" if comes_of_merge else "ML101")
