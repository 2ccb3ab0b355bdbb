"""`miglint check` as people use it: which files it looks at, what it says of them, and how it ends."""

import json
import os
import pty
import re
import select
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from repository import ENVIRONMENT, MIGLINT, Folder, Repository, assert_sound, miglint, place, place_of, sound_revision

# A revision that one thing alone is wrong with: its parent is missing.
MISSING = """revision = "bad1"
down_revision = "nowhere"
branch_labels = "bad"
"""


def paths(run):
    return [finding["path"] for finding in run.findings]


def shown_paths(run):
    """The file of each finding in a text report."""
    return re.findall(r"^(\S[^:\n]*):(?:\d+:\d+:)? (?:error|warning|note): ", run.out, re.MULTILINE)


# --- which files -------------------------------------------------------------------


def test_a_plain_folder(folder):
    folder.revision("aaaa")
    folder.revision("bbbb", "aaaa")
    run = folder.miglint()
    assert (run.status, run.err) == (0, "")
    assert run.out == "nothing to complain about in 2 revisions of migrations\n"
    run = folder.miglint("check", "--format", "json")
    assert run.status == 0
    assert run.json == {
        "schema": 1,
        "tool": {"name": "miglint", "version": run.json["tool"]["version"]},
        "mode": "tree",
        "base": None,
        "head": None,
        "merge_base": None,
        "projects": [
            {
                "project": "migrations",
                "config": "alembic.ini",
                "script_location": "migrations",
                "version_locations": ["migrations/versions"],
                "dialect": None,
                "engines": [],
                "revisions": 2,
                "heads": ["bbbb"],
                "effective_heads": [],
                "bases": ["aaaa"],
                "heads_after_merge": [],
            }
        ],
        "findings": [],
        "unverified": [],
        "roundtrip": [],
        "summary": {"errors": 0, "warnings": 0, "notes": 0, "suppressed": 0},
    }


def test_a_folder_without_revisions(folder):
    run = folder.miglint()
    assert run.status == 0
    assert run.out == "nothing to look at in 0 revisions of migrations\n"


def test_git_options_need_git(folder):
    folder.revision("aaaa")
    assert "not in a git repository" in folder.miglint("--commit", "HEAD").complaint()
    assert "no git repository" in folder.miglint("--git-dir", "migrations").complaint()


def test_the_working_tree_is_what_is_on_the_disk(repository):
    repository.revision("aaaa")
    gone = repository.revision("bbbb", "aaaa")
    repository.commit()
    gone.unlink()
    repository.revision("cccc", "aaaa")  # untracked
    repository.revision("dddd", "cccc")
    repository.git("add", "migrations/versions/dddd.py")  # staged, then changed
    repository.revision("dddd", "missing")
    run = repository.miglint("--format", "json")
    assert run.json["projects"][0]["heads"] == ["cccc", "dddd"]
    assert {finding["revision"] for finding in run.findings if finding["rule"] == "ML103"} == {"dddd"}


def test_ignored_files_do_not_count(repository):
    repository.revision("aaaa")
    tracked = repository.revision("bbbb", "aaaa", name="tracked_tmp")
    repository.commit()
    repository.write(".gitignore", "*_tmp.py\n/scratch/\n")
    repository.revision("cccc", "aaaa", name="ignored_tmp")
    Folder(repository / "scratch").environment().revision("bad1", "nowhere")
    run = repository.miglint("--format", "json")
    assert run.status == 0 and run.findings == []
    (project,) = run.json["projects"]
    assert project["heads"] == ["bbbb"], tracked


def test_an_ignored_folder_counts_where_it_is_asked_for(repository):
    repository.revision("aaaa")
    repository.write(".gitignore", "/scratch/\n")
    repository.environment("scratch/migrations", "scratch/alembic.ini")
    repository.revision("bad1", folder="scratch/migrations", text=MISSING)
    for path in ("scratch", "scratch/migrations", "scratch/migrations/versions", "scratch/migrations/versions/bad1.py"):
        run = repository.miglint("--format", "json", path)
        assert run.rules == ["ML103"], path
        run = repository.miglint(path)
        assert shown_paths(run) == ["scratch/migrations/versions/bad1.py"], path


def test_a_linked_worktree(repository, tmp_path):
    repository.revision("aaaa")
    repository.commit()
    repository.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
    linked = Folder(tmp_path / "linked")
    linked.revision("bad1", text=MISSING)
    assert shown_paths(linked.miglint()) == ["migrations/versions/bad1.py"]
    assert linked.miglint("--commit", "main").status == 0
    assert repository.miglint().status == 0


def test_the_tree_of_a_submodule_is_its_own(repository, tmp_path):
    inner = Repository(tmp_path / "inner").environment()
    inner.revision("bad1", text=MISSING)
    inner.commit()
    repository.revision("aaaa")
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "sub")
    repository.commit()
    assert repository.miglint().status == 0
    assert paths(miglint("--format", "json", cwd=repository / "sub")) == ["migrations/versions/bad1.py"]


def test_git_variables_mean_what_they_mean_to_git(repository, tmp_path):
    repository.revision("bad1", text=MISSING)
    repository.commit()
    elsewhere = Folder(tmp_path / "elsewhere")
    git_dir, work_tree = str(repository / ".git"), str(repository.path)
    assert paths(elsewhere.miglint("--format", "json", "--commit", "main", GIT_DIR=git_dir)) == [
        "migrations/versions/bad1.py"
    ]
    variables = {"GIT_DIR": git_dir, "GIT_WORK_TREE": work_tree, "GIT_INDEX_FILE": git_dir + "/index"}
    run = repository.miglint("--format", "json", **variables)
    assert paths(run) == ["migrations/versions/bad1.py"]


# --- a commit -------------------------------------------------------------------------


def eventful(repository):
    """Something to say of several files, and all that a checkout may show otherwise than git keeps it."""
    repository.write(".gitattributes", "*.py text eol=crlf\n")
    repository.revision("aaaa")
    repository.revision("bbbb", "aaaa")
    repository.revision("cccc", "aaaa")
    text = sound_revision("dddd", "nowhere")
    repository.revision("dddd", text=text.replace("Revises: nowhere", "Revises: é, 💜"))
    repository.revision("eeee", text='"""e"""\nrevision = "eeee"\ndown_revision = f()\n')
    repository.revision("ffff", "cccc", text='revision = "ffff"\ndown_revision = "cccc"\ndepends_on = f()\n')
    text = b'# coding: latin-1\n"""\xe9"""\nrevision = "latin\xe9"\ndown_revision = "bbbb"\n'
    repository.revision("latin", text=text)
    repository.write("migrations/versions/nö way\u202e\n.py", "revision = 'x'\n")
    repository.write(b"migrations/versions/\xff.py".decode("utf-8", "surrogateescape"), "revision = 'y'\n")
    os.symlink("../shared/linked.py", repository / "migrations/versions/linked.py")
    repository.write("migrations/shared/linked.py", '"""l"""\nrevision = "linked"\ndown_revision = "bbbb"\n')
    os.symlink("/etc/passwd", repository / "migrations/versions/outside.py")
    os.symlink("nowhere.py", repository / "migrations/versions/dangling.py")
    repository.environment("other/db", "other/alembic.ini", location="db")
    repository.revision("1111", folder="other/db", labels=("shop",))
    text = sound_revision("2222").replace('op.drop_table("t_2222")', "pass")
    repository.revision("2222", folder="other/db", text=text)
    return repository.commit("everything")


def body(run):
    """The report's text from the projects on: all that does not say which state was read."""
    return run.out[run.out.index('"projects"') :]


def test_a_commit_in_a_bare_clone_is_its_checkout(repository, tmp_path):
    commit = eventful(repository)
    repository.git("checkout", "--quiet", "--force", "--detach", commit)
    subprocess.run(["rm", "-rf", str(repository / "migrations")], check=True)
    repository.git("checkout", "--quiet", ".")
    assert b"\r\n" in (repository / "migrations/versions/aaaa.py").read_bytes()
    checkout = repository.miglint("--format", "json")
    assert checkout.status == 1 and len(checkout.findings) > 4 and checkout.json["unverified"]

    bare = repository.bare_clone(tmp_path / "bare.git")
    elsewhere = Folder(tmp_path / "elsewhere").path
    for run in (
        miglint("--git-dir", str(bare), "--commit", commit, "--format", "json", cwd=elsewhere),
        miglint("--git-dir", str(bare), "--commit", commit[:9], "--format", "json", cwd=elsewhere),
        miglint("--git-dir", "../bare.git", "--commit", "HEAD", "--format", "json", cwd=elsewhere),
        miglint("--commit", "main", "--format", "json", cwd=bare),
        miglint("--format", "json", cwd=bare),
        miglint("-C", str(bare), "--format", "json", cwd=elsewhere),
        miglint("-C", "..", "--git-dir", "bare.git", "--format", "json", cwd=elsewhere),
        repository.miglint("--commit", commit, "--format", "json"),
        miglint("--commit", commit, "--format", "json", cwd=repository / "migrations/versions"),
    ):
        assert body(run) == body(checkout)
        assert run.status == checkout.status
        assert run.json["mode"] == "commit"
        assert run.json["head"]["commit"] == commit


def test_a_commit_is_not_the_working_tree(repository):
    repository.revision("aaaa")
    first = repository.commit()
    repository.revision("bad1", text=MISSING)
    second = repository.commit()
    repository.git("tag", "-a", "-m", "a tag", "v1")
    shutil.rmtree(repository / "migrations")
    assert repository.miglint("--commit", first).status == 0
    for name in ("HEAD", "main", "v1", second, second[:8], "main~0", "@", ":/a commit", "v1^{commit}"):
        run = repository.miglint("--commit", name, "--format", "json")
        assert run.rules == ["ML103"], name
        assert run.json["head"] == {"ref": name, "commit": second}
    assert repository.miglint("--commit", "HEAD~1").status == 0
    run = repository.miglint("--commit", "HEAD")
    assert run.out.endswith(f"1 error in 2 revisions of migrations at {second[:12]}\n")


def test_a_commit_holds_what_git_ignores_now(repository):
    repository.revision("bad1", text=MISSING)
    repository.commit()
    repository.write(".gitignore", "bad1.py\n")
    assert repository.miglint("--commit", "HEAD").status == 1


def test_a_path_in_a_commit(repository, tmp_path):
    repository.revision("bad1", text=MISSING)
    repository.environment("other/db", "other/alembic.ini").revision("bad2", "nowhere", folder="other/db")
    repository.commit()
    bare = repository.bare_clone(tmp_path / "bare.git")
    assert paths(miglint("--format", "json", "other", cwd=bare)) == ["other/db/versions/bad2.py"]
    shutil.rmtree(repository / "other")
    run = repository.miglint("--commit", "HEAD", "--format", "json", "other/db/versions/bad2.py")
    assert paths(run) == ["other/db/versions/bad2.py"]
    run = miglint("--commit", "HEAD", "--format", "json", "../other", cwd=repository / "migrations")
    assert paths(run) == ["other/db/versions/bad2.py"]
    assert "there is no file or folder nothing in HEAD" in repository.miglint("--commit", "HEAD", "nothing").complaint()


def test_shallow_and_partial_clones(repository, tmp_path):
    repository.revision("aaaa")
    first = repository.commit()
    repository.revision("bad1", text=MISSING)
    repository.commit()
    source = "file://" + str(repository.path)
    repository.git("clone", "--quiet", "--depth=1", source, str(tmp_path / "shallow"))
    assert miglint("--format", "json", cwd=tmp_path / "shallow").rules == ["ML103"]
    assert "git fetch --unshallow" in miglint("--commit", first, cwd=tmp_path / "shallow").complaint()
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git("clone", "--quiet", "--bare", "--filter=blob:none", source, str(tmp_path / "partial.git"))
    complaint = miglint("--commit", "main", cwd=tmp_path / "partial.git")
    assert "git fetch --refetch" in complaint.out + complaint.err


# --- where one stands, and what one asks for ----------------------------------------------


def test_paths_are_said_from_where_one_stands(repository):
    repository.revision("bad1", text=MISSING)
    expected = {
        ".": "migrations/versions/bad1.py",
        "migrations": "versions/bad1.py",
        "migrations/versions": "bad1.py",
        "src/app": "../../migrations/versions/bad1.py",
    }
    (repository / "src/app").mkdir(parents=True)
    for folder, path in expected.items():
        cwd = repository / folder
        assert shown_paths(miglint(cwd=cwd)) == [path]
        assert shown_paths(repository.miglint("-C", folder)) == [path]
        assert paths(miglint("--format", "json", cwd=cwd)) == ["migrations/versions/bad1.py"]
        assert shown_paths(miglint(os.path.relpath(repository / "migrations", cwd), cwd=cwd)) == [path]


def test_through_a_symbolic_link(repository, tmp_path):
    repository.revision("bad1", text=MISSING)
    os.symlink(repository / "migrations", tmp_path / "link")
    assert shown_paths(miglint(cwd=tmp_path / "link")) == ["versions/bad1.py"]
    assert miglint(str(tmp_path / "link" / "versions" / "bad1.py"), cwd=tmp_path).status == 1


def two_branches(repository):
    repository.revision("aaaa")
    repository.revision("bbbb", "aaaa")
    repository.revision("cccc", "aaaa")
    repository.revision("bad1", text=MISSING.replace('"bad"', "None"))


def test_a_file_is_judged_in_its_environment(repository):
    two_branches(repository)
    versions = "migrations/versions/"
    assert repository.miglint("--format", "json").rules == ["ML103", "ML101"]
    expected = {"aaaa.py": [], "bbbb.py": ["ML101"], "cccc.py": ["ML101"], "bad1.py": ["ML103"]}
    for name, rules in expected.items():
        run = repository.miglint("--format", "json", versions + name)
        assert run.rules == rules, name
        assert run.status == (1 if rules else 0)
        assert run.json["projects"][0]["revisions"] == 4
        assert miglint("--format", "json", name, cwd=repository / versions).rules == rules
        assert miglint("--format", "json", str(repository / versions / name), cwd="/").rules == rules


def test_several_paths(repository):
    two_branches(repository)
    repository.environment("other/db", "other/alembic.ini").revision("bad2", "nowhere", folder="other/db")
    versions = "migrations/versions/"
    run = repository.miglint("--format", "json", versions + "bbbb.py", "other")
    assert paths(run) == [versions + "cccc.py", "other/db/versions/bad2.py"]
    assert [p["project"] for p in run.json["projects"]] == ["migrations", "other/db"]
    run = repository.miglint("--format", "json", versions + "aaaa.py", versions + "bad1.py")
    assert run.rules == ["ML103"]
    run = repository.miglint("--format", "json", "--", versions + "bad1.py")
    assert run.rules == ["ML103"]
    assert repository.miglint("--format", "json", "other", "other/db").rules == ["ML103"]


def test_a_folder_by_itself(repository):
    repository.revision("bad1", text=MISSING)
    repository.environment("other/db", "other/alembic.ini").revision("1111", folder="other/db")
    for path in ("other", "other/db", "other/db/versions", "./other/", "other/db/../db"):
        run = repository.miglint("--format", "json", path)
        assert (run.status, run.findings) == (0, []), path
        assert [p["project"] for p in run.json["projects"]] == ["other/db"]
    run = repository.miglint("--format", "json", "alembic.ini")
    assert [p["project"] for p in run.json["projects"]] == ["migrations", "other/db"]


def test_a_command_word_is_a_path_when_it_is_written_as_one(folder):
    Folder(folder / "graph").environment("db", "alembic.ini").revision("bad1", folder="db", text=MISSING)
    folder.revision("aaaa")
    assert shown_paths(folder.miglint("./graph")) == ["graph/db/versions/bad1.py"]
    assert shown_paths(folder.miglint("check", "graph")) == ["graph/db/versions/bad1.py"]


def test_paths_that_lead_nowhere(repository, tmp_path):
    repository.revision("aaaa")
    outside = Folder(tmp_path / "outside").environment()
    outside.revision("bad1", text=MISSING)
    for arguments in (["nothing"], ["migrations", "nothing"], ["migrations/nothing"], ["alembic.ini/nothing"]):
        assert repository.miglint(*arguments).complaint() == f"there is no file or folder {arguments[-1]} in {repository.path}"
    assert outside.miglint("nothing").complaint() == f"there is no file or folder nothing in {outside.path}"
    assert "lies outside of" in outside.miglint("../nothing").complaint()
    assert repository.miglint("-C", "nothing").complaint() == "there is no folder nothing"
    # another tree is looked at by itself, and not together with this one
    assert repository.miglint("../outside").status == 1
    assert "lies outside of" in repository.miglint("migrations", "../outside").complaint()
    assert "lies outside of" in repository.miglint("../outside", "migrations").complaint()


def test_no_environment_at_all(tmp_path):
    repository = Repository(tmp_path / "work")
    repository.write("app/models.py", "x = 1\n")
    repository.write("app/versions/1.py", MISSING)  # of nothing that is Alembic's
    complaint = repository.miglint().complaint()
    assert complaint.startswith("there is no Alembic environment in this folder: ") and "miglint PATH" in complaint
    for path in ("app", "app/models.py"):
        complaint = repository.miglint(path).complaint()
        assert complaint.startswith(f"there is no Alembic environment in {path}: ")
    repository.commit()
    complaint = repository.miglint("--commit", "HEAD").complaint()
    assert complaint.startswith("there is no Alembic environment in this folder: ")


# --- several environments, and how they are set up -------------------------------------------


def test_several_environments(repository):
    for service, parent in (("a", None), ("b", "nowhere")):
        repository.environment(f"services/{service}/db", f"services/{service}/alembic.ini")
        repository.revision("aaaa", parent, folder=f"services/{service}/db")
    shutil.rmtree(repository / "migrations")
    (repository / "alembic.ini").unlink()
    run = repository.miglint("--format", "json")
    assert [p["project"] for p in run.json["projects"]] == ["services/a/db", "services/b/db"]
    assert [(f["rule"], f["project"]) for f in run.findings] == [("ML103", "services/b/db")]
    assert repository.miglint().out.endswith("1 error in 2 revisions of 2 environments\n")


def test_sections_of_one_ini(repository):
    repository.environment("db/one", "databases.ini").environment("db/two", "unused/alembic.ini")
    repository.write("databases.ini", "[one]\nscript_location = db/one\n[two]\nscript_location = %(here)s/db/two\n")
    (repository / "unused/alembic.ini").unlink()
    shutil.rmtree(repository / "migrations")
    (repository / "alembic.ini").unlink()
    repository.revision("aaaa", folder="db/one")
    repository.revision("bbbb", folder="db/two")
    projects = repository.miglint("--format", "json").json["projects"]
    assert [(p["project"], p["config"], p["heads"]) for p in projects] == [
        ("db/one", "databases.ini", ["aaaa"]),
        ("db/two", "databases.ini", ["bbbb"]),
    ]


def test_flask_migrate(tmp_path):
    app = Folder(tmp_path / "app")
    app.write("migrations/alembic.ini", "[alembic]\n# file_template = %%(rev)s_%%(slug)s\n\n[loggers]\nkeys = root\n")
    app.write("migrations/env.py", "from flask import current_app\nfrom alembic import context\n")
    app.write("migrations/script.py.mako", "def downgrade():\n    pass\n")
    app.revision("aaaa")
    app.revision("bad1", text=MISSING)
    for cwd in (app.path, app / "migrations"):
        run = miglint("--format", "json", cwd=cwd)
        assert run.rules == ["ML103"]
        (project,) = run.json["projects"]
        assert project["config"] and project["revisions"] == 2


def test_an_environment_that_no_ini_names(tmp_path):
    app = Folder(tmp_path / "app").environment("pkg/migrations", "gone.ini")
    (app / "gone.ini").unlink()
    app.revision("bad1", folder="pkg/migrations", text=MISSING)
    run = app.miglint("--format", "json")
    assert run.rules == ["ML103"]
    assert run.json["projects"][0]["config"] is None


def test_version_locations(tmp_path):
    app = Folder(tmp_path / "app").environment()
    app.write(
        "alembic.ini",
        "[alembic]\nscript_location = migrations\nversion_path_separator = os\n"
        "version_locations = %(here)s/a/versions:%(here)s/b/versions:gone\n",
    )
    app.revision("aaaa", folder="a", labels=("a",))
    app.revision("bbbb", "aaaa", folder="b")
    app.revision("cccc", text=MISSING)  # in the folder that is not asked for
    run = app.miglint("--format", "json")
    assert run.findings == []
    assert run.json["projects"][0]["version_locations"] == ["a/versions", "b/versions"]
    (note,) = run.err.splitlines()
    assert note.startswith("miglint: note: alembic.ini:4: ") and '"gone"' in note


# --- which rules --------------------------------------------------------------------------------


@pytest.fixture
def mixed(folder):
    """An error (ML103), a warning (ML106) and a note (ML110), apart from each other."""
    folder.revision("aaaa")
    folder.revision("bbbb", "aaaa", text=sound_revision("bbbb", "aaaa").replace("Revises: aaaa", "Revises: eeee"))
    folder.revision("cccc", "nowhere")
    folder.revision("dddd", labels=("side",))
    folder.revision("dde0")
    return folder


ALL = {"ML101", "ML103", "ML106", "ML110"}


@pytest.mark.parametrize(
    "options, rules",
    [
        ([], ALL),
        (["--select", "ML103"], {"ML103"}),
        (["--select", "ml103"], {"ML103"}),
        (["--select", "missing-parent"], {"ML103"}),
        (["--select", "missing-parent,ML106"], {"ML103", "ML106"}),
        (["--select", "missing-parent", "--select", "ML106"], {"ML103", "ML106"}),
        (["--select", "ML1"], ALL),
        (["--select", "ML11"], {"ML110"}),
        (["--select", "ML3"], set()),
        (["--select", "all"], ALL),
        (["--ignore", "ML101"], ALL - {"ML101"}),
        (["--ignore", "ML10,stale-docstring"], set()),
        (["--ignore", "all"], set()),
        (["--select", "ML10", "--ignore", "ML103"], {"ML101", "ML106"}),
        (["--select", "ML103", "--ignore", "ML1"], {"ML103"}),
        (["--select", "ML103", "--ignore", "ML103"], set()),
        (["--ignore", "ML1", "--extend-select", "ML106"], {"ML106"}),
        (["--select", "ML3", "--extend-select", "second-base"], {"ML106"}),
        (["--extend-select", "ML106"], ALL),
    ],
)
def test_selection(mixed, options, rules):
    assert set(mixed.miglint("--format", "json", *options).rules) == rules


@pytest.mark.parametrize("option", ["--select", "--ignore", "--extend-select"])
@pytest.mark.parametrize(
    "word, meant", [("multiple-head", "multiple-heads"), ("ML1O1", "ML101"), ("missing_parent", "missing-parent")]
)
def test_an_unknown_rule(folder, option, word, meant):
    complaint = folder.miglint(option, "ML103," + word).complaint()
    assert complaint == f"no rule is called '{word}': did you mean '{meant}'? (`miglint rules` lists them)"


def test_an_unknown_rule_that_is_like_none(folder):
    assert folder.miglint("--select", "x\033[31mx").complaint().startswith("no rule is called 'x\\x1b[31mx' (")


@pytest.mark.parametrize(
    "options, severities, least",
    [
        (["--select", "ML103"], {"error"}, "error"),
        (["--select", "ML106"], {"warning"}, "warning"),
        (["--select", "ML110"], {"note"}, "note"),
        (["--select", "ML106,ML110"], {"warning", "note"}, "warning"),
        (["--select", "ML3"], set(), None),
    ],
)
def test_fail_on(mixed, options, severities, least):
    levels = ["note", "warning", "error", "never"]
    assert {finding["severity"] for finding in mixed.miglint("--format", "json", *options).findings} == severities
    for level in levels:
        fails = least is not None and levels.index(level) <= levels.index(least)
        assert mixed.miglint("--fail-on", level, *options).status == (1 if fails else 0), level
    assert mixed.miglint(*options).status == (1 if least == "error" else 0)


def test_fail_on_something_else(folder):
    assert folder.miglint("--fail-on", "erorr").complaint().endswith("not 'erorr'; did you mean error?")


# --- every rule once --------------------------------------------------------------------------------

A = sound_revision("aaaa")
B = sound_revision("bbbb", "aaaa")
C = sound_revision("cccc", "aaaa")

# rule -> files, and of the finding: severity, file, what it points at there (and which of it), message, help, related
RULES = {
    "ML001": (
        {"aaaa": A, "bbbb": B.replace("down_revision = ", "down_revisions = ")},
        ("error", "bbbb", None, "the file has no `down_revision`, so Alembic cannot load this folder"),
        'write down_revision = "..."',
        [],
    ),
    "ML002": (
        {"aaaa": A.replace('op.drop_table("t_aaaa")', "op.drop_table(unknown_to_anyone)")},
        (
            "note",
            "aaaa",
            ("unknown_to_anyone", 0),
            "drop_table: 'table' depends on unknown_to_anyone, which is defined outside of the repository",
        ),
        None,
        [],
    ),
    "ML003": (
        {"aaaa": A.replace("revision = 'aaaa'", "revision = 'aaaa'  # miglint: ignore[ML301] no")},
        ("warning", "aaaa", ("ML301", 0), "there is nothing to ignore: no ML301 in this statement"),
        "drop the rule, or the whole comment",
        [],
    ),
    "ML101": (
        {"aaaa": A, "bbbb": B, "cccc": C},
        ("error", "cccc", ("'aaaa'", 0), "there are 2 heads, 'bbbb' and 'cccc', which part at 'aaaa'"),
        'let one line follow the other, as long as it is not deployed ("Revises:" in its docstring too):\n'
        "  in 'cccc' write down_revision = \"bbbb\"\n  or in 'bbbb' write down_revision = \"cccc\"\n"
        'or merge them: alembic merge -m "merge heads" bbbb cccc',
        [("bbbb", "'aaaa'", "the head 'bbbb'")],
    ),
    "ML103": (
        {"aaaa": A, "bbbb": sound_revision("bbbb", "aaab")},
        ("error", "bbbb", ("'aaab'", 0), "down_revision names 'aaab', which no file declares"),
        'did you mean down_revision = "aaaa"?',
        [],
    ),
    "ML104": (
        {"aaaa": A, "copy": A},
        ("error", "copy", ("'aaaa'", 0), "'aaaa' is also the id of another file; Alembic would drop one of them"),
        "give the newer file an id of its own",
        [("aaaa", "'aaaa'", "the other 'aaaa'")],
    ),
    "ML105": (
        {"aaaa": sound_revision("aaaa", "bbbb"), "bbbb": B},
        ("error", "aaaa", ("'bbbb'", 0), "revisions follow each other in a circle: 'aaaa' -> 'bbbb' -> 'aaaa'"),
        "one of them must follow a revision outside of the circle",
        [("bbbb", "'aaaa'", "'bbbb' takes part")],
    ),
    "ML106": (
        {"aaaa": A, "bbbb": B, "cccc": sound_revision("cccc")},
        (
            "warning",
            "cccc",
            ("None", 0),
            "'cccc' starts a second line of revisions: it follows none, as 'aaaa' does already",
        ),
        "name the revision that it follows",
        [("aaaa", "None", "the root of the main line")],
    ),
    "ML107": (
        {"aaaa": A, "bbbb": sound_revision("bbbb", "aaaa", depends="aaab")},
        ("error", "bbbb", ("'aaab'", 0), "depends_on names 'aaab', which is no revision and no branch label"),
        'did you mean depends_on = "aaaa"?',
        [],
    ),
    "ML108": (
        {"aaaa": sound_revision("aaaa", labels=("shop",)), "bbbb": sound_revision("bbbb", "aaaa", labels=("shop",))},
        ("error", "aaaa", ("'shop'", 0), "the branch label 'shop' is already taken"),
        "keep the label on the first revision of the branch",
        [("bbbb", "'bbbb'", "the label's other owner, 'bbbb'")],
    ),
    "ML109": (
        {"a-b": sound_revision("a-b")},
        ("error", "a-b", ("'a-b'", 0), "the id 'a-b' holds a '-', which Alembic rejects"),
        "use letters, digits and underscores",
        [],
    ),
    "ML110": (
        {"aaaa": A, "bbbb": B.replace("Revises: aaaa", "Revises: dddd")},
        ("note", "bbbb", ("dddd", 0), "the docstring says 'Revises: dddd', but down_revision is 'aaaa'"),
        'write "Revises: aaaa"',
        [],
    ),
    "ML111": (
        {"aaaa": A, "bbbb": B, "cccc": sound_revision("cccc", ("bbbb", "aaaa"))},
        ("warning", "cccc", ("'aaaa'", 0), "the parent 'aaaa' is already an ancestor of another parent"),
        "take 'aaaa' out of down_revision",
        [],
    ),
    "ML301": (
        {"aaaa": A.replace('op.drop_table("t_aaaa")', "pass")},
        ("error", "aaaa", ("downgrade", 0), "upgrade() changes the schema, but downgrade() does nothing"),
        "write what undoes it, in reverse order (drop_table for create_table)",
        [("aaaa", "op.create_table", "upgrade() changes the schema here")],
    ),
    "ML302": (
        {"aaaa": A.replace('op.drop_table("t_aaaa")', "raise NotImplementedError")},
        ("note", "aaaa", ("raise NotImplementedError", 0), "downgrade() raises: 'aaaa' cannot be rolled back"),
        None,
        [],
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule(folder, rule):
    files, (severity, file, part, message), help_, related = RULES[rule]
    for name, text in files.items():
        folder.revision(None, name=name, text=text)
    # a comment is useless only where the rule that it speaks of has run
    select = ("--select", rule if rule != "ML003" else "ML003,ML301")
    (finding,) = folder.miglint("--format", "json", *select).findings
    assert (finding["rule"], finding["severity"], finding["message"]) == (rule, severity, message)
    assert finding["path"] == f"migrations/versions/{file}.py"
    assert finding["project"] == "migrations"
    assert place(finding) == (place_of(files[file], *part) if part else (None, None, None, None))
    assert help_ is None and finding["help"] is None or finding["help"].startswith(help_)
    assert finding["related"] == [
        {
            "path": f"migrations/versions/{other}.py",
            "line": place_of(files[other], what)[0],
            "message": text,
        }
        for other, what, text in related
    ]
    shown = folder.miglint(*select).out.splitlines()
    where = f":{finding['line']}:{finding['column']}" if part else ""
    assert shown[0] == f"{finding['path']}{where}: {severity}: {message} [{rule} {finding['name']}]"
    if part:
        line = files[file].splitlines()[finding["line"] - 1]
        carets = " " * (finding["column"] - 1) + "^" * len(part[0])
        assert shown[1:3] == [f"{finding['line']:5} | {line}", f"      | {carets}"]
    # alone, and nothing else is wrong but what follows from it
    assert rule in folder.miglint("--extend-select", rule, "--format", "json").rules


def test_there_is_a_test_for_every_rule(tmp_path):
    """Most groups of rules have a file of their own."""
    rules = [line.split()[0] for line in miglint("rules", cwd=tmp_path).out.splitlines()]
    here = Path(__file__)
    others = "".join(file.read_text() for file in here.parent.glob("test_*.py") if file != here)
    assert [rule for rule in rules if rule not in RULES and rule not in others] == []
    assert [rule for rule in RULES if rule not in rules] == []


# --- how it is written -----------------------------------------------------------------------------


def test_several_formats(mixed, tmp_path):
    report, text = tmp_path / "report.json", tmp_path / "a=b.txt"
    run = mixed.miglint("--format", f"json={report}", "--format", "text", "--format", f"text={text}")
    assert run.status == 1
    assert run.out == mixed.miglint().out == text.read_text()
    assert report.read_text() == mixed.miglint("--format", "json").out
    run = mixed.miglint("--format", "json=relative.json")
    assert (run.status, run.out) == (1, "")
    assert json.loads((mixed / "relative.json").read_text())["schema"] == 1


def test_a_report_is_written_into_what_is_there(mixed, tmp_path):
    report = tmp_path / "report"
    report.write_text("x" * 100_000)
    report.chmod(0o600)
    os.symlink(report, tmp_path / "link")
    assert mixed.miglint("--format", f"json={tmp_path}/link").status == 1
    assert json.loads(report.read_text())["schema"] == 1
    assert stat.S_IMODE(report.stat().st_mode) == 0o600 and (tmp_path / "link").is_symlink()
    assert mixed.miglint("--format", "json=/dev/null").status == 1


def test_files_that_cannot_be_written(mixed, tmp_path):
    assert mixed.miglint("--format", "json=").complaint() == "--format json= names no file"
    for path in ("/nonexistent/report.json", str(tmp_path)):
        run = mixed.miglint("--format", f"json={path}")
        assert run.complaint().startswith(f"cannot write {path}: "), path
    run = mixed.miglint("--format", "text", "--format", "json=/dev/full")
    assert run.status == 2 and run.err == "miglint: cannot write /dev/full: No space left on device\n"
    with open("/dev/full", "w") as full:
        run = subprocess.run([MIGLINT], cwd=mixed.path, env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE)
    assert_sound(run.returncode, "", run.stderr.decode())
    assert run.returncode == 2 and b"cannot write the report" in run.stderr


def test_unknown_formats_and_options(mixed, tmp_path):
    for word, name in (("yaml", "yaml"), ("jsonn=x", "jsonn"), ("js", "js"), ("", ""), ("=x", "")):
        complaint = mixed.miglint("--format", word).complaint()
        assert complaint.startswith("--format takes one of text, json, sarif") and f"not '{name}'" in complaint
    # nothing is written before everything is known to be right
    assert mixed.miglint("--format", f"json={tmp_path}/early", "--format", "yaml").status == 2
    assert not (tmp_path / "early").exists()
    for option in ("--nope", "-z", "--forma", "--fail-on"):
        assert option in mixed.miglint(option).complaint()
    assert mixed.miglint("--color", "sometimes").complaint() == (
        "--color takes one of auto, always, never, not 'sometimes'"
    )


def test_the_text_report(folder):
    text = sound_revision("bbbb", "aaab")
    folder.revision("aaaa")
    folder.revision("bbbb", text=text)
    line, column, _, _ = place_of(text, "'aaab'")
    run = folder.miglint("--select", "ML103")
    path = "migrations/versions/bbbb.py"
    assert run.out.splitlines() == [
        f"{path}:{line}:{column}: error: down_revision names 'aaab', which no file declares [ML103 missing-parent]",
        f"{line:5} | down_revision = 'aaab'",
        "      |                 ^^^^^^",
        '      help: did you mean down_revision = "aaaa"?',
        "",
        "1 error in 2 revisions of migrations",
    ]


def test_the_summary_counts(mixed):
    run = mixed.miglint("--format", "json")
    counts = {"errors": 2, "warnings": 1, "notes": 1, "suppressed": 0}
    assert run.json["summary"] == counts
    assert mixed.miglint().out.splitlines()[-1] == "2 errors, 1 warning, 1 note in 5 revisions of migrations"


def test_what_nobody_can_tell_is_said(folder):
    text = '"""m"""\nrevision = "aaaa"\ndown_revision = None\ndepends_on = somewhere()\n'
    folder.revision("aaaa", text=text)
    run = folder.miglint("--format", "json")
    assert run.status == 0
    assert run.json["unverified"] == [
        {
            "project": "migrations",
            "revision": "aaaa",
            "path": "migrations/versions/aaaa.py",
            "line": 4,
            "what": "depends_on",
            "why": "it cannot be told without running the file",
        }
    ]
    assert "migrations/versions/aaaa.py:4: unverified: depends_on: it cannot be told" in folder.miglint().out


def test_fingerprints_stay_when_lines_move(mixed):
    before = [finding["fingerprint"] for finding in mixed.miglint("--format", "json").findings]
    for file in (mixed / "migrations/versions").iterdir():
        file.write_text(file.read_text().replace("\nrevision =", "\n\n# moved\n\nrevision ="))
    after = mixed.miglint("--format", "json")
    assert [finding["fingerprint"] for finding in after.findings] == before
    assert len(set(before)) == len(before) == 4


def test_the_output_is_the_same_every_time(repository):
    eventful(repository)
    runs = {repository.miglint("--format", "json", "--format", "text").out for _ in range(5)}
    assert len(runs) == 1


def on_a_terminal(*arguments, cwd, **environment):
    """What miglint writes to a terminal, and its exit status."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [MIGLINT, *arguments],
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        stdout=secondary,
        stderr=subprocess.PIPE,
    )
    os.close(secondary)
    out = b""
    while select.select([primary], [], [], 60)[0]:
        try:
            part = os.read(primary, 65536)
        except OSError:  # the terminal's other end is closed
            break
        out += part
    os.close(primary)
    err = process.communicate(timeout=60)[1]
    text = out.decode().replace("\r\n", "\n")
    assert_sound(process.returncode, text, err.decode(), coloured=True)
    return text


@pytest.mark.parametrize("command", [[], ["graph"]])
def test_colour_is_for_terminals(mixed, command):
    def terminal(*options, **environment):
        return "\033[" in on_a_terminal(*command, *options, cwd=mixed.path, **environment)

    def pipe(*options, **environment):
        return "\033[" in mixed.miglint(*command, *options, coloured=True, **environment).out

    assert terminal() and not pipe()
    assert terminal("--color", "auto") and not pipe("--color", "auto")
    assert terminal("--color", "always") and pipe("--color", "always")
    assert not terminal("--color", "never") and not pipe("--color=never")
    assert not terminal(NO_COLOR="1") and terminal(NO_COLOR="")
    assert not terminal(TERM="dumb")
    assert terminal("--color", "always", NO_COLOR="1") and pipe("--color", "always", NO_COLOR="1")
    assert not terminal("--format", "json") and not pipe("--color", "always", "--format", "json")


def test_a_file_has_no_colour(mixed, tmp_path):
    mixed.miglint("--color", "always", "--format", f"text={tmp_path}/report")
    assert "\033" not in (tmp_path / "report").read_text()


def test_colour_changes_no_word(mixed):
    coloured = mixed.miglint("--color", "always", coloured=True).out
    assert re.sub(r"\033\[[0-9;]*m", "", coloured) == mixed.miglint().out


# --- the other commands -------------------------------------------------------------------------------


def test_help_and_version(tmp_path):
    version = miglint("--version", cwd=tmp_path)
    assert version.status == 0 and re.match(r"miglint \d+\.\d+\.\d+\nlibgit2 ", version.out)
    for arguments in (["--help"], ["-h"], ["help"]):
        assert "miglint COMMAND [OPTIONS]" in miglint(*arguments, cwd=tmp_path).out
    for command in ("check", "graph", "rules", "explain"):
        run = miglint(command, "--help", cwd=tmp_path)
        assert run.status == 0 and f"miglint {command}" in run.out and run.err == ""


def test_rules_and_their_explanations(tmp_path):
    listed = miglint("rules", cwd=tmp_path).out.splitlines()
    codes = [line.split()[0] for line in listed]
    assert codes == sorted(set(codes)) and "ML101" in codes
    for line in listed:
        code, name, severity = line.split()[:3]
        by_code = miglint("explain", code, cwd=tmp_path)
        assert by_code.status == 0 and by_code.out.startswith(f"{code} {name} ({severity}")
        assert miglint("explain", name, cwd=tmp_path).out == by_code.out
    assert "did you mean 'multiple-heads'?" in miglint("explain", "multipleheads", cwd=tmp_path).complaint()
    assert "takes one rule" in miglint("explain", cwd=tmp_path).complaint()
    assert "takes one rule" in miglint("explain", "ML101", "ML103", cwd=tmp_path).complaint()
