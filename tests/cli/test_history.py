"""`miglint history`: when the mainline had several heads, commit by commit as Alembic counts them."""

import random

import pytest
from merging import alembic_heads, try_git
from repository import Folder, miglint


def history(repository, *words, **options):
    run = repository.miglint("history", "--format", "json", *words, **options)
    assert run.status == 0, run.err
    return run.json


def spans(told):
    """(from, to) of each episode, as commits."""
    return [(episode["from"]["commit"], episode["to"] and episode["to"]["commit"]) for episode in told["episodes"]]


def true_spans(merges, repository, tip="HEAD"):
    """The same by Alembic: it is asked at every commit along first parents."""
    found, begun = [], None
    for commit in repository.git("rev-list", "--first-parent", "--reverse", tip).splitlines():
        several = len(merges.heads(repository, commit)) > 1
        if several and begun is None:
            begun = commit
        elif not several and begun is not None:
            found.append((begun, commit))
            begun = None
    return found + ([(begun, None)] if begun else [])


def commit(repository, name, parent=None, author="A U Thor", date="2024-07-03T12:00:00+0000"):
    if name != "nothing":
        repository.revision(name, parent)
    repository.git("add", "--all")
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    repository.git("commit", "--quiet", "--allow-empty", "-m", name, GIT_AUTHOR_NAME=author, **dates)
    return repository.git("rev-parse", "HEAD")


@pytest.fixture
def past(repository):
    """Two episodes: one that a merge revision repaired, and one that lasts."""
    repository.first = commit(repository, "aaaa")
    commit(repository, "bbbb", "aaaa")
    repository.brought = commit(repository, "cccc", "aaaa", "Ada", "2024-01-02T03:04:05+0100")
    repository.during = commit(repository, "nothing")
    repository.repaired = commit(repository, "dddd", ["bbbb", "cccc"], "Grace", "2024-01-05T03:04:05+0000")
    repository.between = commit(repository, "eeee", "dddd")
    repository.again = commit(repository, "ffff", "dddd", "Alan")
    return repository


def test_episodes(past, merges):
    told = history(past)
    assert told == {
        "schema": 1,
        "commits": 7,
        "episodes": [
            {
                "project": "migrations",
                "from": {"commit": past.brought, "date": "2024-01-02T02:04:05Z", "author": "Ada <author@example.org>"},
                "to": {"commit": past.repaired, "date": "2024-01-05T03:04:05Z", "author": "Grace <author@example.org>"},
                "heads": ["bbbb", "cccc"],
            },
            {
                "project": "migrations",
                "from": {"commit": past.again, "date": "2024-07-03T12:00:00Z", "author": "Alan <author@example.org>"},
                "to": None,
                "heads": ["eeee", "ffff"],
            },
        ],
    }
    assert spans(told) == true_spans(merges, past)


def test_text(past):
    out = past.miglint("history").out
    assert f"brought by {past.brought[:7]} of Ada on 2024-01-02: cccc" in out
    assert f"repaired by {past.repaired[:7]} of Grace on 2024-01-05: dddd" in out
    assert "2 heads, bbbb, cccc, for 3 days" in out
    assert "2 heads, eeee, ffff, to this day, for " in out
    assert out.endswith("2 times with several heads in 7 commits\n")


def test_a_past_without_any(repository):
    commit(repository, "aaaa")
    commit(repository, "bbbb", "aaaa")
    run = repository.miglint("history")
    assert (run.status, run.out, run.err) == (0, "never several heads in 2 commits\n", "")


def test_merges_count_by_their_first_parent(repository, merges):
    """What a branch had for itself is not the mainline's; its merge brings the heads."""
    commit(repository, "aaaa")
    repository.branch("topic")
    commit(repository, "bbbb", "aaaa", "Ada")
    commit(repository, "bbb2", "aaaa", "Ada")
    commit(repository, "bbb3", ["bbbb", "bbb2"], "Ada")
    repository.git("checkout", "--quiet", "main")
    commit(repository, "cccc", "aaaa")
    repository.git("merge", "--quiet", "--no-edit", "topic")
    merge = repository.git("rev-parse", "HEAD")
    told = history(repository)
    assert spans(told) == true_spans(merges, repository) == [(merge, None)]
    assert told["episodes"][0]["heads"] == alembic_heads(repository)
    assert told["commits"] == 3


def test_repaired_by_another_parent(repository, merges):
    commit(repository, "aaaa")
    commit(repository, "bbbb", "aaaa")
    commit(repository, "cccc", "aaaa")
    commit(repository, "cccc", "bbbb")
    assert spans(history(repository)) == true_spans(merges, repository)


def test_three_heads_and_then_two(repository):
    """One episode from the first to the last of them; its heads are those when there were most."""
    commit(repository, "aaaa")
    commit(repository, "bbbb", "aaaa")
    begun = commit(repository, "cccc", "aaaa")
    commit(repository, "dddd", "aaaa")
    commit(repository, "eeee", ["bbbb", "cccc"])
    ended = commit(repository, "ffff", ["eeee", "dddd"])
    told = history(repository)
    assert spans(told) == [(begun, ended)]
    assert told["episodes"][0]["heads"] == ["bbbb", "cccc", "dddd"]


def test_labels_and_settings_keep_lines_apart(repository):
    commit(repository, "aaaa")
    repository.revision("bbbb", "aaaa", labels=("side",))
    commit(repository, "cccc", "aaaa")
    assert spans(history(repository)) == []
    begun = commit(repository, "dddd", "aaaa")
    assert spans(history(repository)) == [(begun, None)]
    repository.write("miglint.toml", 'branches = ["dddd"]\n')
    commit(repository, "nothing")
    assert spans(history(repository)) == []


# --- where the migrations were not always the same -----------------------------------------


def move(repository):
    repository.git("mv", "migrations", "db")
    repository.write("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n")
    return commit(repository, "nothing")


def test_an_environment_that_was_moved(repository, merges):
    """It is the same one: nobody repaired anything, and nobody brought the heads anew."""
    commit(repository, "aaaa")
    commit(repository, "bbbb", "aaaa")
    begun = commit(repository, "cccc", "aaaa")
    move(repository)
    assert spans(history(repository)) == true_spans(merges, repository) == [(begun, None)]
    assert history(repository)["episodes"][0]["project"] == "db"
    repository.revision("dddd", ["bbbb", "cccc"], folder="db")
    ended = commit(repository, "nothing")
    assert spans(history(repository)) == true_spans(merges, repository) == [(begun, ended)]


def test_environments_that_take_each_others_place(repository):
    """Names tell less than revisions do only where a name is gone."""
    repository.environment("other/migrations", "other/alembic.ini")
    repository.revision("xxxx", folder="other/migrations")
    commit(repository, "aaaa")
    commit(repository, "bbbb", "aaaa")
    begun = commit(repository, "cccc", "aaaa")
    for revision in ("yyyy", "zzzz"):
        repository.revision(revision, "xxxx", folder="other/migrations")
    both = commit(repository, "nothing")
    repository.git("mv", "other/migrations", "last")
    repository.write("other/alembic.ini", "[alembic]\nscript_location = %(here)s/../last\n")
    move(repository)
    repository.revision("dddd", ["bbbb", "cccc"], folder="db")
    ended = commit(repository, "nothing")
    told = history(repository)
    assert [episode["project"] for episode in told["episodes"]] == ["db", "last"]
    assert spans(told) == [(begun, ended), (both, None)]


def test_an_environment_that_was_moved_between_episodes(repository, merges):
    commit(repository, "aaaa")
    move(repository)
    for name in ("bbbb", "cccc"):
        repository.revision(name, "aaaa", folder="db")
    commit(repository, "nothing")
    assert spans(history(repository)) == true_spans(merges, repository)


def test_an_environment_that_was_removed(repository, merges):
    commit(repository, "aaaa")
    commit(repository, "bbbb", "aaaa")
    begun = commit(repository, "cccc", "aaaa")
    repository.git("rm", "--quiet", "-r", "migrations", "alembic.ini")
    gone = commit(repository, "nothing")
    commit(repository, "nothing")
    Folder(repository.path).environment()
    commit(repository, "zzzz")
    assert spans(history(repository)) == true_spans(merges, repository) == [(begun, gone)]


def test_an_environment_that_came_late(repository, merges):
    """And came with several heads."""
    repository.git("rm", "--quiet", "-r", "--force", "--ignore-unmatch", ".")
    for name in ("migrations", "alembic.ini"):
        (repository / name).rename(repository.path.parent / name)
    repository.write("README", "read me\n")
    commit(repository, "nothing")
    for name in ("migrations", "alembic.ini"):
        (repository.path.parent / name).rename(repository / name)
    for name in ("bbbb", "cccc"):
        repository.revision(name, "aaaa")
    begun = commit(repository, "aaaa")
    assert spans(history(repository)) == true_spans(merges, repository) == [(begun, None)]


def test_commits_that_cannot_be_read(repository):
    """A commit with a broken configuration, or a broken graph, neither begins nor ends anything by that."""
    commit(repository, "aaaa")
    commit(repository, "bbbb", "aaaa")
    begun = commit(repository, "cccc", "aaaa")
    text = (repository / "migrations/versions/bbbb.py").read_text()
    repository.write("migrations/versions/bbbb.py", "def (:\n")
    commit(repository, "nothing")
    repository.write("migrations/versions/bbbb.py", text)
    commit(repository, "nothing")
    repository.git("mv", "alembic.ini", "kept")
    repository.write("alembic.ini", "neither a section\n")
    commit(repository, "nothing")
    repository.git("mv", "--force", "kept", "alembic.ini")
    commit(repository, "nothing")
    ended = commit(repository, "dddd", ["bbbb", "cccc"])
    assert spans(history(repository)) == [(begun, ended)]


def test_several_environments(repository):
    repository.environment("other/migrations", "other/alembic.ini")
    repository.revision("aaaa", folder="other/migrations")
    commit(repository, "aaaa")
    commit(repository, "bbbb", "aaaa")
    begun = commit(repository, "cccc", "aaaa")
    for name in ("bbbb", "cccc"):
        repository.revision(name, "aaaa", folder="other/migrations")
    both = commit(repository, "nothing")
    ended = commit(repository, "dddd", ["bbbb", "cccc"])
    told = history(repository)
    assert [(episode["project"], *span) for episode, span in zip(told["episodes"], spans(told))] == [
        ("migrations", begun, ended),
        ("other/migrations", both, None),
    ]
    assert spans(history(repository, "--config", "other/alembic.ini")) == [(both, None)]


# --- which commits ----------------------------------------------------------------------------


def test_since(past):
    assert spans(history(past, "--since", past.between)) == [(past.again, None)]
    assert spans(history(past, "--since", past.again)) == [(past.again, None)]  # and it lasts
    told = history(past, "--since", past.repaired)
    assert (told["commits"], spans(told)) == (2, [(past.again, None)])
    told = history(past, "--since", past.first)
    assert (told["commits"], len(told["episodes"])) == (6, 2)


def test_since_amid_an_episode(past):
    """It did not begin with the first commit that is looked at."""
    for since in (past.brought, past.during):
        assert spans(history(past, "--since", since)) == [(past.brought, past.repaired), (past.again, None)]


def test_another_commit(past):
    told = history(past, "--commit", past.between)
    assert (told["commits"], spans(told)) == (6, [(past.brought, past.repaired)])
    told = history(past, "--commit", past.during, "--since", past.first)
    assert (told["commits"], spans(told)) == (3, [(past.brought, None)])
    assert spans(history(past, "--since", "HEAD")) == [(past.again, None)]


def test_refs_that_are_not_there(past, folder):
    assert "'nowhere'" in past.miglint("history", "--since", "nowhere").complaint()
    assert "'nowhere'" in past.miglint("history", "--commit", "nowhere").complaint()
    assert "git" in folder.miglint("history").complaint()


def test_a_repository_without_commits(repository):
    repository.revision("aaaa")
    assert repository.miglint("history").complaint()


def test_a_shallow_clone(past, tmp_path):
    """Its history ends early, which is told."""
    clone = past.clone(tmp_path / "shallow", "--depth", "2")
    run = clone.miglint("history", "--format", "json")
    assert "`git fetch --unshallow`" in run.err
    assert spans(run.json) == [(past.again, None)]


def test_a_bare_repository(past, tmp_path):
    run = miglint("history", "--format", "json", cwd=past.bare_clone(tmp_path / "bare.git"))
    assert run.json == history(past)


@pytest.mark.parametrize("seed", range(6))
def test_random_pasts(repository, merges, seed):
    """Merges, repairs, moves and commits that have nothing to do with it, in any order."""
    rng = random.Random(seed)
    folder, known = "migrations", ["aaaa"]
    repository.revision("aaaa")
    commit(repository, "nothing")
    for number in range(14):
        name, what = f"r{number}", rng.random()
        if what < 0.4:
            repository.revision(name, rng.choice(known[-3:]), folder=folder)
            known.append(name)
        elif what < 0.6:
            heads = alembic_heads(repository)
            repository.revision(name, heads if len(heads) > 1 else heads[0], folder=folder)
            known.append(name)
        elif what < 0.7 and folder == "migrations":
            move(repository)
            folder = "db"
        elif what < 0.85:
            repository.branch("side", "main")
            repository.revision(name, rng.choice(known[-3:]), folder=folder)
            commit(repository, "nothing")
            repository.git("checkout", "--quiet", "main")
            assert try_git(repository, "merge", "--quiet", "--no-ff", "--no-edit", "side")
            repository.git("branch", "--quiet", "-D", "side")
            known.append(name)
        commit(repository, "nothing")
    assert spans(history(repository)) == true_spans(merges, repository)
