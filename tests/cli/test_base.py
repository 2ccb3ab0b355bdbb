"""`--base`: what comes of a merge, told before it is made; git and Alembic make it and say whether that was right."""

import json

import pytest
from merging import alembic_heads, assert_foreseen, try_git
from repository import Checkout, Repository, miglint, sound_revision, without_downgrade

def with_root(repository):
    """One revision on main, as far as main and topic go together."""
    repository.revision("aaaa")
    repository.commit("aaaa")
    return repository


def add(repository, branch, *revisions, **options):
    """Revisions on a branch, each a commit: (id, parent)."""
    repository.git("checkout", "--quiet", branch)
    for revision, parent in revisions:
        repository.revision(revision, parent, **options)
        repository.commit(revision)


def diverge(repository):
    """main and topic have each added a revision to the same one."""
    with_root(repository)
    repository.branch("topic")
    add(repository, "topic", ("bbbb", "aaaa"))
    add(repository, "main", ("cccc", "aaaa"))
    return repository


# --- histories --------------------------------------------------------------------


def fast_forward(repository):
    with_root(repository)
    repository.branch("topic")
    add(repository, "topic", ("bbbb", "aaaa"))


def base_ahead(repository):
    with_root(repository)
    repository.branch("topic")
    add(repository, "main", ("bbbb", "aaaa"))


def base_ahead_with_two_heads(repository):
    base_ahead(repository)
    add(repository, "main", ("cccc", "aaaa"))


def same_commit(repository):
    with_root(repository)
    repository.branch("topic")


def apart_in_other_files(repository):
    """The base moved, but not its migrations."""
    fast_forward(repository)
    repository.git("checkout", "--quiet", "main")
    repository.write("README", "read me\n")
    repository.commit()


def criss_cross(repository):
    """Each has merged the other, and gone on."""
    diverge(repository)
    repository.git("checkout", "--quiet", "-b", "crossed", "main")
    repository.git("merge", "--quiet", "--no-edit", "topic")
    repository.git("checkout", "--quiet", "topic")
    repository.git("merge", "--quiet", "--no-edit", "main")
    repository.git("checkout", "--quiet", "main")
    repository.git("reset", "--quiet", "--hard", "crossed")
    repository.git("branch", "--quiet", "-D", "crossed")
    add(repository, "topic", ("eeee", ["bbbb", "cccc"]))
    add(repository, "main", ("ffff", ["bbbb", "cccc"]))
    assert len(repository.git("merge-base", "--all", "main", "topic").splitlines()) == 2


def octopus(repository):
    with_root(repository)
    for name in ("one", "two", "three"):
        repository.branch(name)
        add(repository, name, (name, "aaaa"))
    repository.branch("topic")
    repository.write("README", "read me\n")
    repository.commit()
    repository.git("merge", "--quiet", "--no-edit", "one", "two", "three")
    assert len(repository.git("rev-parse", "HEAD^@").splitlines()) == 4
    add(repository, "main", ("bbbb", "aaaa"))


def unrelated(repository):
    with_root(repository)
    repository.git("checkout", "--quiet", "--orphan", "topic")
    (repository / "migrations/versions/aaaa.py").unlink()
    repository.revision("zzzz")
    repository.commit()


def unrelated_with_the_same_files(repository):
    with_root(repository)
    repository.git("checkout", "--quiet", "--orphan", "topic")
    repository.revision("bbbb", "aaaa")
    repository.commit()


def deleted_and_added_again(repository):
    """On topic a revision goes and comes back; main goes on behind it."""
    with_root(repository)
    add(repository, "main", ("bbbb", "aaaa"))
    repository.branch("topic")
    file = repository / "migrations/versions/bbbb.py"
    text = file.read_bytes()
    file.unlink()
    repository.commit()
    file.write_bytes(text)
    repository.commit()
    add(repository, "topic", ("cccc", "bbbb"))
    add(repository, "main", ("dddd", "bbbb"))


def deleted_on_one_side(repository):
    """The newest revision of main is taken back there, while topic builds upon the one before."""
    with_root(repository)
    add(repository, "main", ("bbbb", "aaaa"))
    repository.branch("topic")
    add(repository, "topic", ("cccc", "bbbb"))
    repository.git("rm", "--quiet", "migrations/versions/cccc.py")
    repository.commit()
    add(repository, "topic", ("dddd", "bbbb"))
    add(repository, "main", ("eeee", "bbbb"))


def renamed_file(repository):
    with_root(repository)
    add(repository, "main", ("bbbb", "aaaa"))
    repository.branch("topic")
    repository.git("mv", "migrations/versions/bbbb.py", "migrations/versions/2024_bbbb_add.py")
    repository.commit()
    add(repository, "main", ("cccc", "bbbb"))


def renamed_folder_on_head(repository):
    """topic moves the whole environment; what main adds to the old folder goes along."""
    with_root(repository)
    add(repository, "main", ("bbbb", "aaaa"))
    repository.branch("topic")
    repository.git("mv", "migrations", "db")
    repository.write("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n")
    repository.commit()
    add(repository, "topic", ("cccc", "bbbb"), folder="db")
    add(repository, "main", ("dddd", "bbbb"))


def renamed_folder_on_base(repository):
    with_root(repository)
    add(repository, "main", ("bbbb", "aaaa"))
    repository.branch("topic")
    add(repository, "topic", ("dddd", "bbbb"))
    repository.git("checkout", "--quiet", "main")
    repository.git("mv", "migrations", "db")
    repository.write("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n")
    repository.commit()
    add(repository, "main", ("cccc", "bbbb"), folder="db")


def different_lines(repository):
    """Both sides change one revision, in lines apart."""
    with_root(repository)
    repository.revision("bbbb", "aaaa", text=long_revision())
    repository.commit()
    repository.branch("topic")
    repository.revision("bbbb", text=long_revision(first="'first'"))
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.revision("bbbb", text=long_revision(last="'last'"))
    repository.commit()


def same_lines(repository):
    with_root(repository)
    repository.revision("bbbb", text=long_revision())
    repository.commit()
    repository.branch("topic")
    repository.revision("bbbb", text=long_revision(first="'ours'"))
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.revision("bbbb", text=long_revision(first="'theirs'"))
    repository.commit()


def same_new_file(repository):
    with_root(repository)
    repository.branch("topic")
    repository.revision("bbbb", text=long_revision(first="'ours'"))
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.revision("bbbb", text=long_revision(first="'theirs'"))
    repository.commit()


def same_change(repository):
    """Both sides have made the very same revision, as a cherry-pick does."""
    with_root(repository)
    repository.branch("topic")
    for branch in ("topic", "main"):
        add(repository, branch, ("bbbb", "aaaa"))
    add(repository, "topic", ("cccc", "bbbb"))


def changed_and_deleted(repository):
    same_lines(repository)
    repository.git("rm", "--quiet", "migrations/versions/bbbb.py")
    repository.commit()


def repaired_on_head(repository):
    """main has two heads, which topic joins."""
    with_root(repository)
    add(repository, "main", ("bbbb", "aaaa"), ("cccc", "aaaa"))
    repository.branch("topic")
    add(repository, "topic", ("dddd", ["bbbb", "cccc"]))
    repository.git("checkout", "--quiet", "main")


def two_heads_on_both(repository):
    with_root(repository)
    add(repository, "main", ("bbbb", "aaaa"), ("cccc", "aaaa"))
    repository.branch("topic")
    repository.write("README", "read me\n")
    repository.commit()


def three_heads_of_two(repository):
    two_heads_on_both(repository)
    add(repository, "topic", ("dddd", "cccc"))
    add(repository, "main", ("eeee", "cccc"))


def squash_merged(repository):
    """topic landed as one commit and went on."""
    with_root(repository)
    repository.branch("topic")
    add(repository, "topic", ("bbbb", "aaaa"))
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--squash", "topic")
    repository.git("commit", "--quiet", "--message", "squashed")
    add(repository, "main", ("cccc", "bbbb"))
    add(repository, "topic", ("dddd", "bbbb"))


def reverted(repository):
    """main took topic in and back again: git brings nothing of it anew, but what came since."""
    with_root(repository)
    repository.branch("topic")
    add(repository, "topic", ("bbbb", "aaaa"))
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
    repository.git("revert", "--no-edit", "--mainline", "1", "HEAD")
    repository.git("checkout", "--quiet", "topic")
    repository.write("README", "read me\n")
    repository.commit()


def submodule(repository):
    """A submodule beside the migrations, whose own are none of ours; main moves it, topic does not."""
    other = Repository(repository.path.parent / "other").environment()
    other.revision("zzzz")
    other.commit()
    with_root(repository)
    repository.git("submodule", "--quiet", "add", other.path.as_uri(), "vendor")
    repository.commit()
    repository.branch("topic")
    add(repository, "topic", ("bbbb", "aaaa"))
    other.revision("yyyy", "zzzz")
    other.commit()
    repository.git("checkout", "--quiet", "main")
    repository.git("submodule", "--quiet", "update", "--remote", "vendor")
    add(repository, "main", ("cccc", "aaaa"))


HISTORIES = [
    fast_forward, diverge, base_ahead, base_ahead_with_two_heads, same_commit, apart_in_other_files, criss_cross,
    octopus, unrelated, unrelated_with_the_same_files, deleted_and_added_again, deleted_on_one_side, renamed_file,
    renamed_folder_on_head, renamed_folder_on_base, different_lines, same_lines, same_new_file, same_change,
    changed_and_deleted, repaired_on_head, two_heads_on_both, three_heads_of_two, squash_merged, reverted, submodule,
]  # fmt: skip


def long_revision(first="'first_column'", last="'last_column'"):
    """A revision with lines so far apart that git can merge a change of each."""
    columns = "".join(f"    op.drop_column('t', 'c{number}')\n" for number in range(8))
    return (
        sound_revision("bbbb", "aaaa").split("\n\ndef upgrade")[0]
        + f"\n\ndef upgrade():\n    op.drop_column('t', {first})\n{columns}    op.drop_column('t', {last})\n"
        + "\n\ndef downgrade():\n    raise NotImplementedError\n"
    )


@pytest.mark.parametrize("make", HISTORIES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("head", ["topic", None], ids=["head", "working tree"])
def test_a_merge_is_foreseen(repository, merges, make, head):
    make(repository)
    if head is None:
        repository.git("checkout", "--quiet", "--force", "topic")
    assert_foreseen(merges, repository, "main", head)


def test_what_is_told_of_the_two_sides(repository):
    diverge(repository)
    run = repository.miglint("--base", "main", "--head", "topic", "--format", "json")
    assert run.json["mode"] == "base"
    assert run.json["base"] == {"ref": "main", "commit": repository.git("rev-parse", "main")}
    assert run.json["head"] == {"ref": "topic", "commit": repository.git("rev-parse", "topic")}
    assert run.json["merge_base"] == repository.git("merge-base", "main", "topic")
    repository.git("checkout", "--quiet", "topic")
    run = repository.miglint("--base", "main", "--format", "json")
    assert run.json["head"] == {"ref": "the working tree", "commit": None}
    assert run.json["merge_base"] == repository.git("merge-base", "main", "topic")


# --- the working tree ---------------------------------------------------------------


def test_uncommitted_and_untracked_revisions_count(repository, merges):
    diverge(repository)
    repository.git("checkout", "--quiet", "topic")
    repository.revision("dddd", "bbbb")  # untracked
    repository.revision("bbbb", "cccc")  # changed, so that it follows what main has
    (repository / "migrations/versions/cccc.py").parent.joinpath("readme.txt").write_text("no revision\n")
    run = assert_foreseen(merges, repository, "main")
    assert run.json["projects"][0]["heads_after_merge"] == ["dddd"]
    repository.revision("eeee", "aaaa")
    run = assert_foreseen(merges, repository, "main")
    assert "the head 'eeee', not committed yet" in [related["message"] for related in run.findings[0]["related"]]


def test_ignored_files_do_not_count(repository, merges):
    diverge(repository)
    repository.write(".gitignore", "scratch_*.py\n")
    repository.revision("dddd", "cccc", name="scratch_dddd")
    assert_foreseen(merges, repository, "topic")


def test_a_merge_in_progress(repository, merges):
    """The conflict is solved on the disk, and not committed: what is merged in is part of the working tree."""
    same_lines(repository)
    repository.git("checkout", "--quiet", "topic")
    assert not try_git(repository, "merge", "--no-edit", "main")
    repository.revision("bbbb", text=long_revision(first="'both'"))
    run = assert_foreseen(merges, repository, "main")
    assert "ML204" not in run.rules
    repository.git("add", "--all")
    assert "ML204" not in assert_foreseen(merges, repository, "main").rules


def test_a_merge_in_progress_brings_heads(repository, merges):
    diverge(repository)
    repository.git("checkout", "--quiet", "topic")
    repository.git("merge", "--no-commit", "--no-ff", "main")
    run = assert_foreseen(merges, repository, "main")
    assert run.rules == ["ML101"]  # the working tree itself has them by now
    repository.revision("dddd", ["bbbb", "cccc"])
    assert assert_foreseen(merges, repository, "main").rules == []


def test_a_conflict_that_is_not_solved(repository):
    same_lines(repository)
    repository.git("checkout", "--quiet", "topic")
    assert not try_git(repository, "merge", "--no-edit", "main")
    run = repository.miglint("--base", "main", "--select", "ML0,ML1,ML2", "--format", "json")
    assert run.rules == ["ML001"] and "merge conflict" in run.findings[0]["message"]


# --- kinds of repositories -------------------------------------------------------------


def test_a_linked_worktree(repository, merges):
    diverge(repository)
    repository.git("worktree", "add", "--quiet", str(repository.path.parent / "linked"), "topic")
    linked = Checkout(repository.path.parent / "linked")
    linked.revision("dddd", "bbbb")
    run = assert_foreseen(merges, linked, "main")
    assert run.json["projects"][0]["heads_after_merge"] == ["cccc", "dddd"]


def test_a_detached_head(repository, merges):
    diverge(repository)
    repository.git("checkout", "--quiet", "--detach", "topic")
    assert assert_foreseen(merges, repository, "main").rules == ["ML102"]
    assert assert_foreseen(merges, repository, "main", "HEAD").rules == ["ML102"]


@pytest.mark.parametrize("arguments", [(), ("--annotate", "--message", "the first")], ids=["light", "annotated"])
def test_a_tag_as_base(repository, merges, arguments):
    diverge(repository)
    repository.git("tag", *arguments, "v1.0", "main")
    assert assert_foreseen(merges, repository, "v1.0", "topic").rules == ["ML102"]


@pytest.mark.parametrize("base", ["main~0", "main@{0}", "refs/heads/main", ":/cccc", "main^{commit}"])
def test_a_base_as_git_names_commits(repository, merges, base):
    diverge(repository)
    assert assert_foreseen(merges, repository, base, "topic").rules == ["ML102"]


def test_an_empty_repository(repository):
    repository.revision("aaaa")
    complaint = repository.miglint("--base", "main").complaint()
    assert "main" in complaint
    assert repository.miglint("--base", "auto").complaint()


def test_a_branch_without_commits_onto_one_that_has_some(repository):
    """What is on the disk has no history in common with main, but the same files."""
    with_root(repository)
    repository.git("checkout", "--quiet", "--orphan", "new")
    repository.revision("bbbb", "aaaa")
    run = repository.miglint("--base", "main", "--format", "json")
    assert run.status == 0
    assert run.json["projects"][0]["heads_after_merge"] == ["bbbb"]
    assert run.json["merge_base"] is None


@pytest.mark.parametrize("words", [["--base", "nowhere"], ["--base", "main", "--head", "nowhere"]])
def test_a_ref_that_is_not_there(repository, words):
    with_root(repository)
    assert "'nowhere'" in repository.miglint(*words).complaint()


def test_a_sparse_checkout(repository, merges):
    """The revisions are not on the disk; git has them in the index."""
    diverge(repository)
    repository.write("docs/index", "docs\n")
    repository.commit()
    repository.git("checkout", "--quiet", "topic")
    repository.git("sparse-checkout", "set", "--no-cone", "/alembic.ini")
    assert not (repository / "migrations/versions").exists()
    assert assert_foreseen(merges, repository, "main").rules == ["ML102"]


def test_a_sparse_index_is_told_how_to_mend(repository):
    diverge(repository)
    repository.write("docs/index", "docs\n")
    repository.commit()
    repository.git("sparse-checkout", "set", "--cone", "--sparse-index", "docs")
    run = repository.miglint("--base", "topic")
    if run.status == 2:
        assert "git sparse-checkout" in run.complaint()


def many_commits(repository):
    """Before they part and after, so that a clone may end in between."""
    with_root(repository)
    for number in range(3):
        repository.write("README", f"{number}\n")
        repository.commit()
    repository.branch("topic")
    add(repository, "topic", ("bbbb", "aaaa"), ("cccc", "bbbb"))
    add(repository, "main", ("dddd", "aaaa"), ("eeee", "dddd"))
    return repository


def test_a_shallow_clone_without_the_merge_base(repository, tmp_path):
    many_commits(repository)
    clone = repository.clone(tmp_path / "shallow", "--depth", "1", "--no-single-branch", "--branch", "topic")
    complaint = clone.miglint("--base", "origin/main").complaint()
    assert "shallow" in complaint and "`fetch-depth: 0`" in complaint and "`git fetch --unshallow`" in complaint
    clone.git("fetch", "--quiet", "--unshallow")
    assert clone.miglint("--base", "origin/main", "--format", "json").rules == ["ML102"]


def test_a_shallow_clone_with_the_merge_base(repository, merges, tmp_path):
    many_commits(repository)
    clone = repository.clone(tmp_path / "shallow", "--depth", "3", "--no-single-branch", "--branch", "topic")
    assert clone.git("rev-parse", "--is-shallow-repository") == "true"
    assert assert_foreseen(merges, clone, "origin/main").rules == ["ML102"]
    assert assert_foreseen(merges, clone, "origin/main", "origin/topic").rules == ["ML102"]


def test_a_bare_repository(repository, merges, tmp_path):
    diverge(repository)
    bare = Checkout(repository.bare_clone(tmp_path / "bare.git"))
    run = assert_foreseen(merges, bare, "main", "topic")
    assert run.rules == ["ML102"]
    assert run.json == miglint("--git-dir", str(bare.path), "--base", "main", "--head", "topic", "--format", "json",
                               cwd=tmp_path).json  # fmt: skip
    assert assert_foreseen(merges, bare, "topic", "HEAD").rules == ["ML102"]
    assert bare.miglint("--base", "topic", "--format", "json").rules == ["ML102"]  # HEAD, as there is nothing else


def test_a_plain_folder_has_no_base(folder):
    folder.revision("aaaa")
    assert "git" in folder.miglint("--base", "main").complaint()


def test_a_subfolder(repository, merges):
    """Asked in it or by its name, the environments elsewhere do not count."""
    repository.environment("other/migrations", "other/alembic.ini")
    repository.revision("xxxx", folder="other/migrations")
    diverge(repository)
    add(repository, "topic", ("yyyy", "xxxx"), folder="other/migrations")
    run = repository.miglint("--base", "main", "--head", "topic", "--format", "json", "other")
    assert [project["project"] for project in run.json["projects"]] == ["other/migrations"]
    assert run.rules == []
    run = miglint("--base", "main", "--format", "json", cwd=repository / "other")
    assert {project["project"] for project in run.json["projects"]} == {"migrations", "other/migrations"}
    assert run.rules == ["ML102"]


def test_several_environments(repository, merges):
    """Each is merged for itself."""
    repository.environment("other/migrations", "other/alembic.ini")
    repository.revision("aaaa", folder="other/migrations")  # an id may stand in both
    diverge(repository)
    add(repository, "topic", ("bbbb", "aaaa"), folder="other/migrations")
    run = repository.miglint("--base", "main", "--head", "topic", "--format", "json")
    checkout, conflicts = merges.make(repository, "main", "topic")
    for project in run.json["projects"]:
        assert project["heads_after_merge"] == alembic_heads(checkout, project["config"])
    assert conflicts == set() and [finding["project"] for finding in run.findings] == ["migrations"]


# --- what is reported ---------------------------------------------------------------------



def test_revisions_that_the_head_does_not_bring_are_not_judged(repository):
    repository.revision("aaaa", text=without_downgrade("aaaa", None))
    repository.commit()
    repository.branch("topic")
    repository.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.revision("cccc", text=without_downgrade("cccc", "aaaa"))
    repository.commit()
    assert repository.miglint("--format", "json").rules == ["ML301", "ML301"]
    run = repository.miglint("--base", "main", "--head", "topic", "--select", "ML3", "--format", "json")
    assert [finding["revision"] for finding in run.findings] == ["bbbb"]
    run = repository.miglint("--base", "topic", "--head", "main", "--select", "ML3", "--format", "json")
    assert [finding["revision"] for finding in run.findings] == ["cccc"]


def test_a_revision_that_the_head_changes_is_judged(repository):
    repository.revision("aaaa", text=without_downgrade("aaaa", None))
    repository.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    repository.commit()
    repository.branch("topic")
    repository.revision("bbbb", text=without_downgrade("bbbb", "aaaa") + "# changed\n")
    repository.commit()
    run = repository.miglint("--base", "main", "--head", "topic", "--format", "json")
    assert [(finding["rule"], finding["revision"]) for finding in run.findings] == [("ML301", "bbbb")]
    repository.git("mv", "migrations/versions/aaaa.py", "migrations/versions/renamed.py")  # is no change
    repository.commit()
    run = repository.miglint("--base", "main", "--head", "topic", "--format", "json")
    assert [(finding["rule"], finding["revision"]) for finding in run.findings] == [("ML301", "bbbb")]


def test_the_graph_is_judged_after_the_merge(repository):
    """main takes away what topic builds upon: neither side shows it."""
    with_root(repository)
    add(repository, "main", ("bbbb", "aaaa"))
    repository.branch("topic")
    add(repository, "topic", ("cccc", "bbbb"))
    repository.git("checkout", "--quiet", "main")
    repository.git("rm", "--quiet", "migrations/versions/bbbb.py")
    repository.commit()
    for state in ("main", "topic"):
        assert repository.miglint("--commit", state, "--format", "json").rules == []
    run = repository.miglint("--base", "main", "--head", "topic", "--format", "json")
    assert ("ML103", "cccc") in [(finding["rule"], finding["revision"]) for finding in run.findings]


def test_a_graph_that_the_base_has_already(repository):
    """A second base, and a parent too many: told to who brings them, not to all who come after."""
    with_root(repository)
    repository.branch("topic")
    add(repository, "topic", ("bbbb", "aaaa"), ("cccc", ["aaaa", "bbbb"]), ("dddd", None), ("eeee", ["cccc", "dddd"]))
    select = ("--select", "ML106,ML111", "--format", "json")
    told = [("ML111", "cccc"), ("ML106", "dddd")]
    look = lambda *arguments: [(f["rule"], f["revision"]) for f in repository.miglint(*arguments, *select).findings]
    assert look() == look("--base", "main", "--head", "topic") == told
    repository.branch("later", "topic")
    add(repository, "later", ("ffff", "eeee"))
    assert look() == look("--base", "main", "--head", "later") == told
    assert look("--base", "topic", "--head", "later") == []


def test_one_id_on_both_sides(repository):
    """Two files, one id: git merges them."""
    with_root(repository)
    repository.branch("topic")
    repository.revision("bbbb", "aaaa", name="ours")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.revision("bbbb", "aaaa", name="theirs", labels="other")
    repository.commit()
    run = repository.miglint("--base", "main", "--head", "topic", "--select", "ML1", "--format", "json")
    assert run.rules == ["ML104"]


PASSWORD = "sqlalchemy.url = postgresql://me:secret@db/app\n"


def test_the_configuration_is_judged_where_the_head_changes_it(repository):
    ini = (repository / "alembic.ini").read_text()
    repository.write("alembic.ini", ini + PASSWORD)
    fast_forward(repository)
    assert "ML901" in repository.miglint("--format", "json").rules
    assert repository.miglint("--base", "main", "--format", "json").rules == []
    repository.write("alembic.ini", ini + PASSWORD + "# changed\n")
    assert repository.miglint("--base", "main", "--format", "json").rules == ["ML901"]
    repository.write("alembic.ini", ini)
    assert repository.miglint("--base", "main", "--format", "json").rules == []


def test_a_configuration_that_only_the_base_has_changed(repository):
    ini = (repository / "alembic.ini").read_text()
    fast_forward(repository)
    repository.git("checkout", "--quiet", "main")
    repository.write("alembic.ini", ini + PASSWORD)
    repository.commit()
    assert repository.miglint("--base", "main", "--head", "topic", "--format", "json").rules == []
    assert repository.miglint("--base", "topic", "--head", "main", "--format", "json").rules == ["ML901"]


def test_suppressions_that_the_head_does_not_bring(repository):
    """A comment that suppresses nothing is told to who writes it, not to all who come after."""
    repository.revision("aaaa", text="# miglint: ignore[ML109]\n" + sound_revision("aaaa"))
    repository.commit()
    repository.branch("topic")
    assert repository.miglint("--format", "json").rules == ["ML003"]
    add(repository, "topic", ("bbbb", "aaaa"))
    assert repository.miglint("--base", "main", "--format", "json").rules == []


# --- --base auto ----------------------------------------------------------------------------


def with_remote(repository, tmp_path):
    """A clone that stands on topic; the remote's own branch is main, and there is a release too."""
    diverge(repository)
    repository.git("branch", "release", "topic")
    clone = repository.clone(tmp_path / "clone", "--branch", "topic")
    return clone


def base_of(run):
    return run.json["base"]["ref"]


def auto(clone, *words, **environment):
    return clone.miglint("--base", "auto", *words, "--format", "json", **environment)


def event(tmp_path, content):
    file = tmp_path / "event.json"
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return str(file)


def test_a_path_that_was_deleted(repository):
    """As `miglint --base main $(git diff --name-only main)` gives it."""
    repository.revision("aaaa")
    repository.revision("bbbb", "aaaa")
    repository.commit()
    repository.branch("topic")
    path = "migrations/versions/bbbb.py"
    (repository / path).unlink()
    run = repository.miglint("--base", "main", path, "--format", "json")
    assert [(one["rule"], one["revision"]) for one in run.findings] == [("ML202", "bbbb")]
    assert repository.miglint("--staged", path, "--format", "json").rules == []  # on the disk alone
    repository.git("rm", "--quiet", path)
    assert repository.miglint("--staged", path, "--format", "json").rules == ["ML202"]
    repository.commit()
    assert repository.miglint("--base", "main", "--head", "topic", path, "--format", "json").rules == ["ML202"]
    complaint = repository.miglint("--base", "main", path, "migrations/versions/none.py").complaint()
    assert complaint.startswith("there is no file or folder migrations/versions/none.py")


def test_auto_without_a_remote(repository):
    """The settings are looked through without a loss: here the sanitizer's exceptions do not hold."""
    repository.revision("aaaa")
    commit = repository.commit()
    assert auto(repository, LSAN_OPTIONS="").json["base"] == {"ref": "main", "commit": commit}


def test_auto_is_the_remotes_default_branch(repository, tmp_path):
    clone = with_remote(repository, tmp_path)
    run = auto(clone)
    assert (base_of(run), run.rules) == ("origin/main", ["ML102"])
    clone.git("remote", "rename", "origin", "upstream")
    clone.git("remote", "set-head", "upstream", "release")
    assert base_of(auto(clone)) == "upstream/release"


def test_auto_on_github(repository, tmp_path):
    clone = with_remote(repository, tmp_path)
    run = auto(clone, GITHUB_BASE_REF="release")
    assert (base_of(run), run.rules) == ("origin/release", [])
    complaint = auto(clone, GITHUB_BASE_REF="gone").complaint()
    assert "'gone'" in complaint and "`git fetch origin +refs/heads/gone:refs/remotes/origin/gone`" in complaint
    assert "fetch-depth: 0" in complaint
    assert base_of(auto(clone, GITHUB_BASE_REF="")) == "origin/main"


def test_auto_is_fetched_as_the_complaint_says(repository, tmp_path):
    """The very command: a clone of one branch lacks the base, and has it afterwards."""
    diverge(repository)
    clone = repository.clone(tmp_path / "single", "--single-branch", "--branch", "topic")
    complaint = auto(clone, GITHUB_BASE_REF="main").complaint()
    command = complaint.split("`")[1].split()
    assert command[:2] == ["git", "fetch"]
    clone.git(*command[1:])
    assert auto(clone, GITHUB_BASE_REF="main").rules == ["ML102"]


def test_auto_in_a_merge_group(repository, tmp_path):
    clone = with_remote(repository, tmp_path)
    commit = clone.git("rev-parse", "origin/main")
    group = {"merge_group": {"base_sha": commit, "base_ref": "refs/heads/main", "head_sha": "0" * 40}}
    run = auto(clone, GITHUB_EVENT_PATH=event(tmp_path, group))
    assert (run.json["base"]["commit"], run.rules) == (commit, ["ML102"])
    group["merge_group"]["base_sha"] = "1" * 40  # not fetched: the branch does as well
    assert base_of(auto(clone, GITHUB_EVENT_PATH=event(tmp_path, group))) == "origin/main"
    group["merge_group"]["base_ref"] = "refs/heads/release"
    assert base_of(auto(clone, GITHUB_EVENT_PATH=event(tmp_path, group))) == "origin/release"


def test_auto_in_another_event_of_github(repository, tmp_path):
    clone = with_remote(repository, tmp_path)
    for content in ({}, {"ref": "refs/heads/topic"}, {"pull_request": {"base": {"ref": "release"}}}):
        assert base_of(auto(clone, GITHUB_EVENT_PATH=event(tmp_path, content))) == "origin/main"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'"merge_group"', b'{"merge_group": 7}', b'{"merge_group": null}',
        b'{"merge_group": {"base_sha": 7, "base_ref": []}}', b'{"merge_group": {"base_sha": "", "base_ref": ""}}',
        b"[" * 100000, b'{"merge_group": {"base_sha": "' + b"a" * 100000 + b'"}}',
        b'{"merge_group": {"base_sha": "--upload-pack=touch", "base_ref": "../../etc/passwd"}}',
        b'{"merge_group": {"base_ref": "refs/heads/\\u001b[31m\\n::error::x"}}', b"\0" * 1000,
        b'{"merge_group": {"base_ref": "`rm -rf /`"}}',
    ],
)  # fmt: skip
def test_hostile_events(repository, tmp_path, content):
    """Whatever is written there is a branch at most, and never one that is not there."""
    clone = with_remote(repository, tmp_path)
    run = auto(clone, GITHUB_EVENT_PATH=event(tmp_path, content))
    assert run.status == 2 or base_of(run) == "origin/main"
    if run.status == 2:
        run.complaint()


def test_events_that_are_no_file(repository, tmp_path):
    clone = with_remote(repository, tmp_path)
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(1 << 33)
    for path in (tmp_path / "nowhere", tmp_path, "/dev/full", huge):
        assert base_of(auto(clone, GITHUB_EVENT_PATH=str(path))) == "origin/main"


def test_auto_on_gitlab(repository, tmp_path):
    clone = with_remote(repository, tmp_path)
    assert base_of(auto(clone, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="release")) == "origin/release"
    assert "'gone'" in auto(clone, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="gone").complaint()


def test_auto_by_the_settings(repository, tmp_path):
    clone = with_remote(repository, tmp_path)
    clone.write("miglint.toml", 'base = "origin/release"\n')
    assert base_of(auto(clone)) == "origin/release"
    assert base_of(auto(clone, GITHUB_BASE_REF="main")) == "origin/main"  # the pull request knows better
    assert base_of(auto(clone, "--head", "HEAD")) == "origin/main"  # the settings are those of the head
    clone.write("miglint.toml", 'base = "nowhere"\n')
    assert "'nowhere'" in auto(clone).complaint()
    (clone / "miglint.toml").unlink()
    clone.write("pyproject.toml", '[tool.miglint]\nbase = "origin/release"\n')
    assert base_of(auto(clone)) == "origin/release"


def test_auto_without_a_remote(repository, tmp_path):
    diverge(repository)
    repository.git("branch", "--move", "main", "trunk")
    complaint = repository.miglint("--base", "auto").complaint()
    assert "--base origin/main" in complaint and "`git remote set-head origin --auto`" in complaint
    repository.git("branch", "--move", "trunk", "master")
    assert base_of(auto(repository)) == "master"
