"""`--commits A..B`: commit by commit, each finding once, with the commit that brought it."""

import pytest
from merging import named_heads
from repository import miglint, sound_revision


def without_downgrade(revision, parent):
    return sound_revision(revision, parent).split("\n\ndef downgrade")[0] + "\n\ndef downgrade():\n    pass\n"


def brought(run):
    """(rule, revision, commit) of each finding, in the order of the report."""
    return [(finding["rule"], finding["revision"], finding["commit"]) for finding in run.findings]


def commits(repository, span, *words):
    return repository.miglint("--commits", span, "--format", "json", *words)


@pytest.fixture
def started(repository):
    repository.revision("aaaa")
    repository.commit("aaaa")
    repository.git("tag", "start")
    return repository


def test_each_finding_once(started):
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    bbbb = started.commit("no downgrade")
    started.write("README", "read me\n")
    started.commit("nothing")
    started.revision("cccc", "aaaa")
    cccc = started.commit("a second head")
    started.write("README", "read it\n")
    last = started.commit("nothing again")
    run = commits(started, "start..main")
    assert brought(run) == [("ML301", "bbbb", bbbb), ("ML101", "cccc", cccc)]
    assert run.status == 1
    assert run.json["mode"] == "commits"
    assert run.json["base"] == {"ref": "start", "commit": started.git("rev-parse", "start")}
    assert run.json["head"] == {"ref": "main", "commit": last}
    message = f"brought by {bbbb[:7]} of A U Thor on {started.git('show', '-s', '--date=format:%Y-%m-%d', '--format=%ad')}"
    assert f"{message}: no downgrade" in [related["message"] for related in run.findings[0]["related"]]


def test_what_was_there_before(started):
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    started.revision("cccc", "aaaa")
    started.commit()
    started.git("tag", "known")
    started.write("README", "read me\n")
    started.commit()
    assert brought(commits(started, "known..main")) == []
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa") + "# changed\n")  # is judged anew, and is no news
    started.commit()
    assert brought(commits(started, "known..main")) == []


def test_heads_that_go_on(started):
    """Two heads were there before; to write behind one of them brings no third."""
    started.revision("bbbb", "aaaa")
    started.revision("cccc", "aaaa")
    started.commit()
    started.git("tag", "known")
    started.revision("dddd", "bbbb")
    started.commit()
    started.revision("eeee", "cccc")
    started.commit()
    assert brought(commits(started, "known..main")) == []
    started.revision("ffff", "cccc")
    ffff = started.commit()
    run = commits(started, "known..main")
    assert brought(run) == [("ML101", "ffff", ffff)]
    assert named_heads(run.findings[0]) == ["dddd", "eeee", "ffff"]


def test_what_is_mended_on_the_way(started):
    started.revision("bbbb", "nowhere")
    bbbb = started.commit()
    started.revision("bbbb", "aaaa")
    started.commit()
    run = commits(started, "start..main", "--select", "ML103")
    assert brought(run) == [("ML103", "bbbb", bbbb)]


def test_published_revisions_are_those_of_the_commit_before(started):
    started.revision("bbbb", "aaaa")
    started.commit()
    started.revision("bbbb", text=sound_revision("bbbb", "aaaa").replace("t_bbbb", "other"))
    edited = started.commit()
    started.git("rm", "--quiet", "migrations/versions/bbbb.py")
    removed = started.commit()
    run = commits(started, "start..main")
    assert brought(run) == [("ML201", "bbbb", edited), ("ML202", "bbbb", removed)]


def test_the_whole_history(repository):
    """From the first commit on, which has none before it."""
    repository.revision("aaaa", text=without_downgrade("aaaa", None))
    repository.commit()
    repository.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    bbbb = repository.commit()
    root = repository.git("rev-list", "--max-parents=0", "HEAD")
    assert brought(commits(repository, f"{root}..")) == [("ML301", "bbbb", bbbb)]
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.git("rm", "--quiet", "-r", "--cached", ".")
    repository.git("commit", "--quiet", "--allow-empty", "--message", "another root")
    assert brought(commits(repository, "other..main")) == [("ML301", "aaaa", root), ("ML301", "bbbb", bbbb)]


def test_ends_that_are_left_out(started):
    started.revision("bbbb", "nowhere")
    bbbb = started.commit()
    for span in ("start..main", "start..", "start..HEAD", "HEAD~1..", "HEAD~1..main"):
        assert brought(commits(started, span, "--select", "ML103")) == [("ML103", "bbbb", bbbb)], span
    started.git("checkout", "--quiet", "--detach", "start")
    assert brought(commits(started, "..main", "--select", "ML103")) == [("ML103", "bbbb", bbbb)]
    assert brought(commits(started, "..start")) == []


@pytest.mark.parametrize("span", ["main", "start...main", "", "...", "nowhere..main", "start..nowhere"])
def test_spans_that_are_none(started, span):
    complaint = started.miglint("--commits", span).complaint()
    assert "nowhere" in complaint if "nowhere" in span else "--commits takes a range" in complaint


def test_an_empty_span(started):
    run = commits(started, "main..main")
    assert (run.status, run.findings) == (0, [])
    started.revision("bbbb", "nowhere")
    started.commit()
    assert brought(commits(started, "main..start")) == []  # the wrong way round


def test_commits_without_any_environment_in_between(started):
    """The migrations were away for a time."""
    started.git("rm", "--quiet", "-r", "migrations", "alembic.ini")
    started.commit()
    started.write("README", "read me\n")
    started.commit()
    started.environment()
    started.revision("aaaa")
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    bbbb = started.commit()
    assert brought(commits(started, "start..main")) == [("ML301", "bbbb", bbbb)]
    assert brought(commits(started, "start..HEAD")) == [("ML301", "bbbb", bbbb)]


def test_a_configuration_that_cannot_be_read_in_between(started):
    ini = (started / "alembic.ini").read_text()
    started.write("alembic.ini", "[alembic\nscript_location\n")
    started.commit()
    started.write("alembic.ini", ini)
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    bbbb = started.commit()
    assert ("ML301", "bbbb", bbbb) in brought(commits(started, "start..main"))


def test_merges_along_first_parents(started):
    """A branch is one commit of main: its merge, which brought what the branch had."""
    started.branch("topic")
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    started.commit("on the branch")
    started.revision("bbb2", "bbbb")
    started.commit("on the branch again")
    started.git("checkout", "--quiet", "main")
    started.revision("cccc", "aaaa")
    started.commit("on main")
    started.git("merge", "--quiet", "--no-edit", "topic")
    merge = started.git("rev-parse", "HEAD")
    started.write("README", "read me\n")
    started.commit()
    run = commits(started, "start..main")
    assert sorted(brought(run)) == sorted([("ML301", "bbbb", merge), ("ML101", run.findings[-1]["revision"], merge)])


def test_a_start_on_another_branch(started):
    """A need not lie behind B: what B has since they parted."""
    started.branch("topic")
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    bbbb = started.commit()
    started.git("checkout", "--quiet", "main")
    started.revision("cccc", text=without_downgrade("cccc", "aaaa"))
    cccc = started.commit()
    assert brought(commits(started, "main..topic")) == [("ML301", "bbbb", bbbb)]
    assert brought(commits(started, "topic..main")) == [("ML301", "cccc", cccc)]


def test_suppressions_are_those_of_the_commit(started):
    unwanted = "def downgrade():  # miglint: ignore[ML301] cannot be undone"
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa").replace("def downgrade():", unwanted))
    started.commit()
    started.revision("cccc", text=without_downgrade("cccc", "bbbb"))
    started.commit()
    run = commits(started, "start..main")
    assert [(one["revision"], one["suppressed"] is None) for one in run.findings] == [("cccc", True), ("bbbb", False)]


def test_settings_are_those_of_the_end(started):
    """However they were then, mistyped even."""
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    started.write("miglint.toml", 'ingore = ["ML301"]\n')
    bbbb = started.commit()
    started.revision("cccc", text=without_downgrade("cccc", "bbbb"))
    started.write("miglint.toml", "")
    cccc = started.commit()
    assert brought(commits(started, "start..main")) == [("ML301", "bbbb", bbbb), ("ML301", "cccc", cccc)]
    started.write("miglint.toml", 'ignore = ["ML301"]\n')
    started.commit()
    run = commits(started, "start..main")
    assert (run.status, brought(run)) == (0, [])
    started.write("miglint.toml", 'ingore = ["ML301"]\n')
    started.commit()
    assert "miglint.toml:1" in commits(started, "start..main").complaint()


def test_what_comes_back(started):
    """Two heads that were joined, and are two again as soon as the merge is deleted."""
    started.revision("bbbb", "aaaa")
    started.revision("cccc", "aaaa")
    started.commit("two heads")
    started.git("tag", "known")
    started.revision("mmmm", ["bbbb", "cccc"])
    started.commit("joined")
    (started / "migrations/versions/mmmm.py").unlink()
    parted = started.commit("parted")
    started.write("README", "read me\n")
    started.commit()
    rules = [(rule, commit) for rule, _, commit in brought(commits(started, "known..main", "--select", "ML101"))]
    assert rules == [("ML101", parted)]


def test_a_fault_that_comes_back(started):
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    first = started.commit()
    started.revision("bbbb", "aaaa")
    started.commit()
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    again = started.commit()
    run = commits(started, "start..main", "--select", "ML301")
    assert brought(run) == [("ML301", "bbbb", first), ("ML301", "bbbb", again)]


def test_what_could_not_be_judged(started):
    """As it is in the end, once."""
    unknown = sound_revision("bbbb", "aaaa").replace("down_revision = 'aaaa'", "down_revision = find_parent()")
    mended = sound_revision("cccc", "aaaa").replace("down_revision = 'aaaa'", "down_revision = find_parent()")
    started.revision("bbbb", text=unknown)
    started.revision("cccc", text=mended)
    started.commit()
    started.revision("cccc", "aaaa")
    started.commit()
    started.write("README", "read me\n")
    started.commit()
    unverified = commits(started, "start..main").json["unverified"]
    assert [one["path"] for one in unverified] == ["migrations/versions/bbbb.py"]
    assert unverified == started.miglint("--format", "json").json["unverified"]


def test_notes_once(started):
    """Of the range's end alone, however many commits there are."""
    started.write("miglint.toml", 'branches = ["zzzz"]\n')
    started.write("migrations/versions/old/bbbb.py", sound_revision("bbbb", "aaaa"))
    started.commit()
    for name, parent in (("cccc", "bbbb"), ("dddd", "cccc")):
        started.revision(name, parent)
        started.commit()
    run = commits(started, "start..main")
    assert len(run.err.splitlines()) == 2, run.err
    assert "branches names 'zzzz'" in run.err and "the subfolders of its version locations" in run.err
    assert commits(started, "start..main", "--quiet").err == ""


def test_a_path(started):
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    started.commit()
    started.revision("cccc", text=without_downgrade("cccc", "bbbb"))
    cccc = started.commit()
    assert brought(commits(started, "start..main", "migrations/versions/cccc.py")) == [("ML301", "cccc", cccc)]


def test_a_moved_environment(started):
    """To move it brings no fault anew."""
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    bbbb = started.commit()
    started.git("mv", "migrations", "db")
    started.write("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n")
    started.commit()
    assert brought(commits(started, "start..main")) == [("ML301", "bbbb", bbbb)]


def test_a_shallow_clone(started, tmp_path):
    for name in ("bbbb", "cccc", "dddd"):
        started.revision(name, text=without_downgrade(name, "aaaa"))
        started.commit()
    clone = started.clone(tmp_path / "shallow", "--depth", "2")
    run = commits(clone, "HEAD~1..", "--select", "ML3")
    assert brought(run) == [("ML301", "dddd", clone.git("rev-parse", "HEAD"))]
    assert "HEAD~2" in clone.miglint("--commits", "HEAD~2..").complaint()


def test_a_bare_repository(started, tmp_path):
    started.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    bbbb = started.commit()
    run = miglint("--commits", "start..", "--format", "json", cwd=started.bare_clone(tmp_path / "bare.git"))
    assert brought(run) == [("ML301", "bbbb", bbbb)]
