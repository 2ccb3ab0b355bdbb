"""`miglint forecast`: what git and Alembic make of every branch when it really lands, alone and after another."""

import itertools
import json
import random
import re
import warnings

import pytest
from merging import alembic_heads, try_git
from repository import miglint, sound_revision

CLEAN, SEVERAL, CONFLICT, BROKEN, UNRELATED = "clean", "multiple-heads", "conflict", "broken", "unrelated"


# --- the judges -------------------------------------------------------------------------


def heads_of(checkout):
    """None where Alembic cannot read the graph."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return alembic_heads(checkout)
        except Exception:  # its own, or whatever the import of a file raises
            return None


def true_status(merges, repository, base, ref):
    """What comes of it, and the heads then; None for what the base has already."""
    if try_git(repository, "merge-base", "--is-ancestor", ref, base):
        return None, None
    if not try_git(repository, "merge-base", base, ref):
        return UNRELATED, None
    checkout, conflicts = merges.make(repository, base, ref)
    if any("/versions/" in path for path in conflicts):
        return CONFLICT, None
    heads, before = heads_of(checkout), merges.heads(repository, base)
    if heads is None:
        return BROKEN, None
    return (SEVERAL if len(heads) > max(len(before), 1) else CLEAN), heads


def true_collision(merges, repository, base, one, other):
    """Whether two that are clean alone make several heads together."""
    checkout, conflicts = merges.make(repository, base, one, other)
    assert not conflicts
    heads = heads_of(checkout)
    return heads is None or len(heads) > max(len(merges.heads(repository, base)), 1)


def forecast(repository, *words, **options):
    run = repository.miglint("forecast", "--base", "main", "--format", "json", *words, **options)
    assert run.status == 0, run.err
    return run.json


def by_ref(told):
    return {ref["ref"]: ref for ref in told["refs"]}


def assert_true(merges, repository, told, refs, pairs=True):
    """Every status, the heads, and every pair."""
    listed = by_ref(told)
    for ref in refs:
        status, heads = true_status(merges, repository, "main", ref)
        assert (ref in listed) <= (status is not None), ref
        if ref not in listed:
            continue
        assert listed[ref]["status"] == status, (ref, listed[ref])
        for project in listed[ref]["projects"] if heads is not None else []:
            assert sorted(project["heads_after_merge"]) == heads, ref
    clean = [ref["ref"] for ref in told["refs"] if ref["status"] == CLEAN]
    groups = [set(collision["refs"]) for collision in told["collisions"]]
    assert set().union(*groups) <= set(clean)
    true = {pair for pair in itertools.combinations(clean, 2) if pairs and true_collision(merges, repository, "main", *pair)}
    for pair in true:
        assert any(set(pair) <= group for group in groups), pair
    for group in groups if pairs else []:
        for ref in group:
            assert any(ref in pair and set(pair) <= group for pair in true), (ref, group)


# --- branches of every kind -----------------------------------------------------------------


@pytest.fixture
def project(repository):
    """main stands at cccc; who left it before lags behind."""
    for revision, parent in (("aaaa", None), ("bbbb", "aaaa"), ("cccc", "bbbb")):
        repository.revision(revision, parent)
        repository.write("README", f"{revision}\n")
        repository.commit(revision)
        repository.git("tag", f"at-{revision}")
    return repository


def branch(repository, ref, *revisions, start="main", **options):
    """A branch with revisions (id, parent); main is checked out afterwards."""
    repository.branch(ref, start)
    for revision, parent in revisions:
        repository.revision(revision, parent, **options)
    repository.commit(ref)
    repository.git("checkout", "--quiet", "main")


def edit(repository, name, path, content, start="main"):
    repository.branch(name, start)
    if content is None:
        repository.git("rm", "--quiet", path)
    else:
        repository.write(path, content)
    repository.commit(name)
    repository.git("checkout", "--quiet", "main")


VERSIONS = "migrations/versions/"


def all_kinds(repository, prefix=""):
    """{ref: status}, read off by eye; the judges are asked besides."""
    p = prefix
    branch(repository, p + "clean", ("c1", "cccc"), ("c2", "c1"))
    branch(repository, p + "other", ("d1", "cccc"))
    branch(repository, p + "labelled", ("l1", "cccc"), labels=("side",))
    branch(repository, p + "behind-but-right", ("r1", "cccc"), start="at-aaaa")
    branch(repository, p + "behind", ("e1", "bbbb"), start="at-bbbb")
    branch(repository, p + "two-of-its-own", ("f1", "cccc"), ("f2", "cccc"))
    branch(repository, p + "orphan", ("g1", "nowhere"))
    branch(repository, p + "second-root", ("h1", None))
    branch(repository, p + "twice", ("cccc", "bbbb"), name="again")
    branch(repository, p + "circle", ("i1", "i2"), ("i2", "i1"))
    edit(repository, p + "not-python", VERSIONS + "j1.py", "def (:\n")
    edit(repository, p + "readme", "docs/index", "docs\n")
    edit(repository, p + "support", "migrations/helper.py", "x = 1\n")
    edit(repository, p + "removes-last", VERSIONS + "cccc.py", None)
    edit(repository, p + "removes-middle", VERSIONS + "bbbb.py", None)
    edit(repository, p + "reparents", VERSIONS + "cccc.py", sound_revision("cccc", "aaaa"))
    edit(repository, p + "edits", VERSIONS + "aaaa.py", sound_revision("aaaa").replace("t_aaaa", "other"))
    repository.git("branch", p + "merged", "at-bbbb")
    return {
        "clean": CLEAN,
        "other": CLEAN,
        "labelled": CLEAN,
        "behind-but-right": CLEAN,
        "behind": SEVERAL,
        "two-of-its-own": SEVERAL,
        "orphan": BROKEN,
        "second-root": SEVERAL,
        "twice": BROKEN,
        "circle": BROKEN,
        "not-python": BROKEN,
        "readme": None,
        "support": None,
        "removes-last": None,
        "removes-middle": BROKEN,
        "reparents": SEVERAL,
        "edits": None,
        "merged": None,
    }


def refs(names, prefix=""):
    return [f"refs/heads/{prefix}{name}" for name in names]


def test_every_kind(project, merges):
    kinds = all_kinds(project)
    told = forecast(project)
    assert {ref["ref"].removeprefix("refs/heads/"): ref["status"] for ref in told["refs"]} == {
        name: status for name, status in kinds.items() if status is not None
    }
    apart = {"labelled", "twice"}  # heads that are meant to be apart; Alembic only warns of an id that is there twice
    assert_true(merges, project, told, refs(set(kinds) - apart), pairs=False)


def test_collisions(project, merges):
    branch(project, "one", ("c1", "cccc"))
    branch(project, "two", ("d1", "cccc"), ("d2", "d1"))
    branch(project, "stacked-on-two", ("d3", "d2"), start="two")
    branch(project, "same-as-one", start="one")
    branch(project, "cherry-of-one", ("c1", "cccc"), start="at-bbbb")
    branch(project, "late", ("e1", "bbbb"), start="at-bbbb")
    told = forecast(project)
    (collision,) = told["collisions"]
    assert set(collision["refs"]) == set(refs(["one", "two", "stacked-on-two", "same-as-one", "cherry-of-one"]))
    assert (collision["id"], collision["project"], collision["parent"]) == ("c1", "migrations", "cccc")
    assert by_ref(told)["refs/heads/one"]["collisions"] == ["c1"]
    assert by_ref(told)["refs/heads/late"]["collisions"] == []
    assert_true(merges, project, told, [ref["ref"] for ref in told["refs"]])


def test_stacked_branches_do_not_collide(project, merges):
    branch(project, "one", ("c1", "cccc"))
    branch(project, "two", ("c2", "c1"), start="one")
    branch(project, "three", ("c3", "c2"), start="two")
    told = forecast(project)
    assert told["collisions"] == []
    assert_true(merges, project, told, refs(["one", "two", "three"]))


def test_stacked_branches_that_fork(project, merges):
    """Two upon one: each alone is clean, and one of them makes the other a second head."""
    branch(project, "one", ("c1", "cccc"))
    branch(project, "two", ("d1", "c1"), start="one")
    branch(project, "three", ("e1", "c1"), start="one")
    told = forecast(project)
    assert {frozenset(collision["refs"]) for collision in told["collisions"]} == {frozenset(refs(["two", "three"]))}
    assert_true(merges, project, told, refs(["one", "two", "three"]))


def test_labels_do_not_collide(project):
    branch(project, "one", ("c1", "cccc"), labels=("one",))
    branch(project, "two", ("d1", "cccc"), labels=("two",))
    branch(project, "plain", ("e1", "cccc"))
    told = forecast(project)
    assert told["collisions"] == []
    assert {ref["status"] for ref in told["refs"]} == {CLEAN}


@pytest.mark.parametrize("way", ["short", "long"])
def test_branches_of_the_settings_do_not_collide(project, way):
    """Alembic has no word for them: lines that the settings mean to stay apart."""
    project.revision("side", "bbbb")
    project.write("miglint.toml", 'branches = ["side"]\n')
    project.commit()
    for name, parent in (("one", "cccc"), ("two", "side"), ("three", "bbbb")):
        project.branch(name, "main")
        project.revision(name, parent)
        if way == "long":
            project.write(f"{name}.ini", "")
        project.commit()
    project.git("checkout", "--quiet", "main")
    told = forecast(project)
    assert {ref["ref"]: ref["status"] for ref in told["refs"]} == dict(zip(refs(["one", "two", "three"]), (CLEAN, CLEAN, SEVERAL)))
    assert told["collisions"] == []
    branch(project, "four", ("four", "side"))
    (collision,) = forecast(project)["collisions"]
    assert set(collision["refs"]) == set(refs(["two", "four"]))


def test_settings_that_cannot_be_read(project):
    branch(project, "one", ("d1", "cccc"))
    edit(project, "unreadable", "miglint.toml", "branches = 7\n")
    assert by_ref(forecast(project))["refs/heads/one"]["status"] == CLEAN
    project.write("miglint.toml", "branches = 7\n")
    project.commit()
    assert "miglint.toml:1: " in project.miglint("forecast", "--base", "main").complaint()


def test_the_first_revisions_collide(repository, merges):
    """Before there is any revision: both would be the first."""
    repository.write("migrations/versions/.keep", "")
    repository.commit()
    branch(repository, "one", ("c1", None))
    branch(repository, "two", ("d1", None))
    told = forecast(repository)
    (collision,) = told["collisions"]
    assert (set(collision["refs"]), collision["parent"]) == (set(refs(["one", "two"])), "base")
    assert_true(merges, repository, told, refs(["one", "two"]))


def test_a_merge_revision_collides_with_neither(project, merges):
    """One that joins the other's line waits for it, and does not fork it."""
    branch(project, "one", ("c1", "cccc"))
    branch(project, "two", ("d1", "cccc"))
    project.branch("both", "one")
    project.git("merge", "--quiet", "--no-edit", "two")
    project.revision("m1", ["c1", "d1"])
    project.commit()
    project.git("checkout", "--quiet", "main")
    told = forecast(project)
    assert_true(merges, project, told, refs(["one", "two", "both"]))
    assert {frozenset(collision["refs"]) for collision in told["collisions"]} == {frozenset(refs(["one", "two"]))}


def test_environments_do_not_collide_with_each_other(project):
    project.environment("other/migrations", "other/alembic.ini")
    project.revision("cccc", folder="other/migrations")
    project.commit()
    branch(project, "one", ("c1", "cccc"))
    branch(project, "two", ("d1", "cccc"), folder="other/migrations")
    branch(project, "three", ("e1", "cccc"), folder="other/migrations")
    told = forecast(project)
    assert [project["project"] for project in told["projects"]] == ["migrations", "other/migrations"]
    (collision,) = told["collisions"]
    assert (collision["project"], set(collision["refs"])) == ("other/migrations", set(refs(["two", "three"])))


# --- the long way ---------------------------------------------------------------------------


def test_the_long_way_comes_to_the_same(project):
    """With env.py changed as well each branch is really merged, and nothing may come out otherwise."""
    kinds = all_kinds(project, "plain/")
    for name in kinds:
        project.git("branch", f"long/{name}", f"plain/{name}")
        project.git("checkout", "--quiet", f"long/{name}")
        if name != "merged":
            project.write("migrations/env.py", "from alembic import context\nx = 1\n")
            project.commit()
    project.git("checkout", "--quiet", "main")

    def outline(prefix):
        told = forecast(project, "--refs", f"{prefix}/*")

        for ref in told["refs"]:
            for added in ref["projects"]:
                added["adds"].sort()  # of two that follow one revision either may come first

        def short(ref):
            return ref.removeprefix(f"refs/heads/{prefix}/")

        for ref in told["refs"]:
            for one in ref["projects"]:
                one["adds"].sort()  # siblings may come in any order
        return (
            {short(ref["ref"]): (ref["status"], ref["merge_base"], ref["projects"], ref["collisions"]) for ref in told["refs"]},
            [{**collision, "refs": sorted(map(short, collision["refs"]))} for collision in told["collisions"]],
            told["summary"],
        )

    for short_way, long_way in zip(outline("plain"), outline("long")):
        assert short_way == long_way


@pytest.mark.parametrize("side", ["head", "base"])
def test_a_renamed_folder(project, merges, side):
    """git moves what the other side adds along, and says that somebody should look at it."""

    def move():
        project.git("mv", "migrations", "db")
        project.write("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n")
        project.commit("moved")

    if side == "head":
        project.branch("moves", "main")
        move()
        project.revision("c1", "cccc", folder="db")
        project.commit()
        project.branch("moves-too", "at-bbbb")
        move()
        project.revision("e1", "bbbb", folder="db")
        project.commit()
        project.git("checkout", "--quiet", "main")
        branch(project, "stays", ("d1", "cccc"))
        names = ["moves", "moves-too", "stays"]
    else:
        branch(project, "stays", ("d1", "cccc"))
        branch(project, "late", ("e1", "bbbb"), start="at-bbbb")
        project.git("checkout", "--quiet", "main")
        move()
        names = ["stays", "late"]
    told = forecast(project)
    assert {ref["ref"] for ref in told["refs"]} == set(refs(names))
    assert_true(merges, project, told, refs(names), pairs=side == "base")
    if side == "head":
        (moved,) = by_ref(told)["refs/heads/moves"]["projects"]
        assert (moved["project"], moved["adds"]) == ("db", ["c1"])


def test_environments_that_were_moved(project):
    """Each is known by its revisions, and what it adds is what the ref adds."""
    project.environment("other/migrations", "other/alembic.ini")
    project.revision("xxxx", folder="other/migrations")
    project.commit()
    project.branch("topic", "main")
    for old, new, ini in (("migrations", "db", "alembic.ini"), ("other/migrations", "last", "other/alembic.ini")):
        project.git("mv", old, new)
        project.write(ini, f"[alembic]\nscript_location = {new}\n")
    project.revision("d1", "cccc", folder="db")
    project.revision("yyyy", "xxxx", folder="last")
    project.commit()
    project.git("checkout", "--quiet", "main")
    (ref,) = forecast(project)["refs"]
    assert {one["project"]: one["adds"] for one in ref["projects"]} == {"db": ["d1"], "last": ["yyyy"]}


def test_conflicts(project, merges):
    edit(project, "edits", VERSIONS + "cccc.py", sound_revision("cccc", "bbbb").replace("t_cccc", "mine"))
    edit(project, "removes", VERSIONS + "cccc.py", None)
    branch(project, "adds", ("d1", "cccc"))
    project.write(VERSIONS + "cccc.py", sound_revision("cccc", "bbbb").replace("t_cccc", "theirs"))
    project.revision("d1", "cccc", labels=("other",))
    project.commit()
    told = forecast(project)
    assert {ref["ref"]: ref["status"] for ref in told["refs"]} == dict.fromkeys(refs(["edits", "removes", "adds"]), CONFLICT)
    assert_true(merges, project, told, refs(["edits", "removes", "adds"]))


def test_a_conflict_elsewhere_is_none_of_ours(project):
    project.branch("topic", "at-bbbb")
    project.write("README", "mine\n")
    project.revision("d1", "cccc")
    project.commit()
    project.git("checkout", "--quiet", "main")
    assert by_ref(forecast(project))["refs/heads/topic"]["status"] == CLEAN


def test_criss_cross(project, merges):
    """Several merge bases: the long way again."""
    branch(project, "topic", ("d1", "cccc"))
    project.branch("mainline", "main")
    project.revision("e1", "cccc")
    project.commit()
    project.git("merge", "--quiet", "--no-edit", "topic")
    crossed = project.git("rev-parse", "HEAD")
    project.git("checkout", "--quiet", "topic")
    project.git("merge", "--quiet", "--no-edit", "mainline~1")
    project.revision("f1", ["d1", "e1"])
    project.commit()
    project.git("checkout", "--quiet", "main")
    project.git("reset", "--quiet", "--hard", crossed)
    project.git("branch", "--quiet", "-D", "mainline")
    branch(project, "worse", ("f2", "e1"), start="topic~1")
    told = forecast(project)
    assert len(project.git("merge-base", "--all", "main", "topic").splitlines()) == 2
    assert_true(merges, project, told, refs(["topic", "worse"]), pairs=False)


def criss_cross(project, ref):
    """main, and a branch of that name that has two merge bases with it."""
    for name in ("left", "right"):
        project.branch(name, "main")
        project.write(f"docs/{name}", "docs\n")
        project.commit()
    for name, other in (("main", "right"), (ref, "left")):
        project.git("checkout", "--quiet", "-B", name, "left" if name == "main" else "right")
        project.git("merge", "--quiet", "--no-edit", other)
    project.git("branch", "--quiet", "-D", "left", "right")
    assert len(project.git("merge-base", "--all", "main", ref).splitlines()) == 2


@pytest.mark.parametrize("change", ["nothing", "adds", "undoes"])
def test_criss_cross_of_little_importance(project, merges, change):
    """What of it has nothing to do with migrations is silent; what has is not, be it like one of the merge bases."""
    if change == "undoes":
        project.git("branch", "--quiet", "topic")
        project.git("checkout", "--quiet", "-b", "left")
        project.revision("d1", "cccc")
        project.commit()
        project.git("checkout", "--quiet", "-b", "right", "topic")
        project.write("docs/right", "docs\n")
        project.commit()
        project.git("checkout", "--quiet", "-B", "topic", "right")
        project.git("merge", "--quiet", "--no-edit", "left")
        project.git("rm", "--quiet", VERSIONS + "d1.py")
        project.commit()
        project.git("checkout", "--quiet", "-B", "main", "left")
        project.git("merge", "--quiet", "--no-edit", "right")
        project.revision("e1", "d1")
    else:
        criss_cross(project, "topic")
        project.git("checkout", "--quiet", "topic")
        if change == "adds":
            project.revision("d1", "bbbb")
        project.write("docs/topic", "docs\n")
        project.commit()
        project.git("checkout", "--quiet", "main")
        project.revision("e1", "cccc")
    project.commit()
    assert len(project.git("merge-base", "--all", "main", "topic").splitlines()) == 2
    told = forecast(project)
    expected = {"nothing": None, "adds": SEVERAL, "undoes": BROKEN}[change]
    status, heads = true_status(merges, project, "main", "topic")
    assert status == (expected or CLEAN)
    assert by_ref(told).get("refs/heads/topic", {}).get("status") == expected


def test_unrelated(project):
    project.git("checkout", "--quiet", "--orphan", "pages")
    project.git("rm", "--quiet", "-r", "--force", ".")
    project.write("index.html", "<p>\n")
    project.commit()
    project.git("checkout", "--quiet", "main")
    told = forecast(project)
    (ref,) = told["refs"]
    assert (ref["status"], ref["merge_base"], ref["projects"], ref["collisions"]) == (UNRELATED, None, [], [])


def test_a_base_that_has_two_heads_already(project, merges):
    """Who only builds upon one of them does no harm; who brings a third does."""
    project.revision("dddd", "bbbb")
    project.commit()
    branch(project, "builds", ("e1", "dddd"))
    branch(project, "joins", ("f1", ["cccc", "dddd"]))
    branch(project, "third", ("g1", "bbbb"))
    told = forecast(project)
    assert {ref["ref"]: ref["status"] for ref in told["refs"]} == dict(
        zip(refs(["builds", "joins", "third"]), (CLEAN, CLEAN, SEVERAL))
    )
    assert_true(merges, project, told, refs(["builds", "joins", "third"]), pairs=False)


def test_a_new_environment(project):
    project.branch("topic", "main")
    project.environment("other/migrations", "other/alembic.ini")
    project.revision("xxxx", folder="other/migrations")
    project.commit()
    project.git("checkout", "--quiet", "main")
    (ref,) = forecast(project)["refs"]
    assert (ref["status"], ref["projects"]) == (
        CLEAN,
        [{"project": "other/migrations", "adds": ["xxxx"], "heads_after_merge": ["xxxx"]}],
    )


def random_branches(repository, seed):
    """main with a few revisions, and branches that leave it, or one another, anywhere."""
    rng = random.Random(seed)
    names = (f"{number:06x}" for number in rng.sample(range(1 << 24), 99))
    known = {"main": ["aaaa"]}
    tips = []
    repository.revision("aaaa")
    repository.commit()

    def grow(where, count):
        for _ in range(count):
            revision = next(names)
            parent = known[where][-1] if rng.random() < 0.8 else rng.choice(known[where])
            repository.revision(revision, parent)
            known[where].append(revision)
            repository.commit()

    for _ in range(rng.choice((1, 2, 3))):
        parent, revision = known["main"][-1], next(names)
        repository.revision(revision, parent)
        known["main"].append(revision)
        repository.commit()
        tips.append(("main", repository.git("rev-parse", "HEAD"), list(known["main"])))
    for number in range(7):
        _, start, inherited = rng.choice(tips)
        name = f"b{number}"
        known[name] = list(inherited)
        repository.branch(name, start)
        grow(name, rng.choice((0, 1, 1, 2)))
        if rng.random() < 0.2:
            repository.write(f"package{number}/pyproject.toml", "[project]\n")  # so that it goes the long way
            repository.commit()
        tips.append((name, repository.git("rev-parse", "HEAD"), known[name]))
    repository.git("checkout", "--quiet", "main")


@pytest.mark.parametrize("seed", range(8))
def test_random_branches(repository, merges, seed):
    random_branches(repository, seed)
    told = forecast(repository)
    assert_true(merges, repository, told, [f"refs/heads/b{number}" for number in range(7)])


# --- which refs ---------------------------------------------------------------------------------


def test_which_refs_count(project, tmp_path):
    branch(project, "topic", ("d1", "cccc"))
    project.git("update-ref", "refs/pull/7/head", "topic")
    project.git("update-ref", "refs/pull/7/merge", "topic")
    project.git("update-ref", "refs/notes/x", "topic")
    project.git("tag", "v1", "topic")
    clone = project.clone(tmp_path / "clone")
    clone.git("fetch", "--quiet", "origin", "+refs/pull/*/head:refs/pull/*/head", "+refs/tags/*:refs/tags/*")
    clone.git("branch", "mine", "origin/topic")

    def listed(*words):
        told = clone.miglint("forecast", "--format", "json", *words).json
        return {ref["ref"] for ref in told["refs"]}, told["summary"]

    everything, summary = listed()
    assert everything == {"refs/heads/mine", "refs/remotes/origin/topic", "refs/pull/7/head"}
    assert summary["refs"] == len(clone.git("for-each-ref", "refs/heads", "refs/remotes", "refs/pull").splitlines()) - 1
    assert listed("--refs", "refs/pull/*")[0] == {"refs/pull/7/head"}
    assert listed("--refs", "pull/*/head", "--refs", "mine")[0] == {"refs/pull/7/head", "refs/heads/mine"}
    assert listed("--refs", "refs/remotes/origin/to*")[0] == {"refs/remotes/origin/topic"}
    assert listed("--refs", "tags/v1")[0] == {"refs/tags/v1"}
    assert listed("--refs", "m?ne")[0] == {"refs/heads/mine"}
    complaint = clone.miglint("forecast", "--refs", "nowhere/*").complaint()
    assert "--refs nowhere/*" in complaint and "`git for-each-ref`" in complaint


def test_the_same_branch_here_and_there_does_not_collide(project, tmp_path):
    branch(project, "topic", ("d1", "cccc"))
    clone = project.clone(tmp_path / "clone")
    clone.git("branch", "topic", "origin/topic")
    told = clone.miglint("forecast", "--format", "json").json
    assert len(told["refs"]) == 2 and told["collisions"] == []


def test_bases(project, tmp_path):
    branch(project, "topic", ("d1", "cccc"))
    clone = project.clone(tmp_path / "clone")
    for words, ref in (([], "origin/main"), (["--base", "auto"], "origin/main"), (["--base", "at-aaaa"], "at-aaaa")):
        told = clone.miglint("forecast", "--format", "json", *words).json
        assert told["base"] == {"ref": ref, "commit": clone.git("rev-parse", f"{ref}^{{commit}}")}
    assert "'nowhere'" in clone.miglint("forecast", "--base", "nowhere").complaint()
    told = miglint("forecast", "--git-dir", str(project.bare_clone(tmp_path / "bare.git")), "--base", "main", "--format",
                   "json", cwd=tmp_path).json  # fmt: skip
    assert [ref["ref"] for ref in told["refs"]] == ["refs/heads/topic"]


def test_the_base_of_the_settings(project):
    """`base` in the settings holds for forecast as it does for check."""
    branch(project, "release", ("d1", "cccc"))
    project.write("miglint.toml", 'base = "release"\n')
    project.commit()
    told = project.miglint("forecast", "--format", "json").json
    assert told["base"]["ref"] == "release"


def test_where_there_is_nothing_to_tell(repository, folder):
    assert "git" in folder.miglint("forecast").complaint()
    assert repository.miglint("forecast", "--base", "main").complaint()
    assert "--base origin/main" in repository.miglint("forecast").complaint()
    repository.commit()
    told = forecast(repository)
    assert (told["refs"], told["collisions"]) == ([], [])


def test_a_shallow_clone(project, tmp_path):
    """A branch whose way back to main is cut off is not said to be unrelated."""
    branch(project, "topic", ("d1", "aaaa"), start="at-aaaa")
    branch(project, "near", ("e1", "cccc"))
    clone = project.clone(tmp_path / "shallow", "--depth", "2", "--no-single-branch")
    clone.git("fetch", "--quiet", "--depth", "1", "origin", "topic", "main")
    run = clone.miglint("forecast", "--base", "origin/main", "--format", "json")
    assert run.status == 0
    ref = by_ref(run.json)["refs/remotes/origin/topic"]
    assert ref["status"] not in (UNRELATED, CLEAN) and "shallow" in ref["detail"]


# --- how it is reported ------------------------------------------------------------------------


def test_json(project):
    """Field by field, as DESIGN has it."""
    branch(project, "one", ("d1", "cccc"), ("d2", "d1"))
    branch(project, "two", ("e1", "cccc"))
    branch(project, "late", ("f1", "bbbb"), start="at-bbbb")
    edit(project, "readme", "docs/index", "docs\n")
    told = forecast(project)
    rev = project.git
    assert set(told) == {"schema", "base", "projects", "refs", "collisions", "summary"}
    assert told["schema"] == 1
    assert told["base"] == {"ref": "main", "commit": rev("rev-parse", "main")}
    assert told["projects"] == [{"project": "migrations", "heads": ["cccc"]}]
    assert told["collisions"] == [
        {"id": "c1", "project": "migrations", "parent": "cccc", "refs": refs(["one", "two"])}
    ]
    for ref in told["refs"]:
        assert set(ref) == {
            "ref", "commit", "merge_base", "date", "author", "projects", "status", "detail", "collisions"
        }  # fmt: skip
        assert ref["commit"] == rev("rev-parse", ref["ref"])
        assert ref["merge_base"] == rev("merge-base", "main", ref["ref"])
        date = rev("show", "-s", "--format=%ad", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", ref["ref"], TZ="UTC")
        assert ref["date"] == date
        assert ref["author"] == rev("show", "-s", "--format=%an <%ae>", ref["ref"])
    told_refs = by_ref(told)
    one, late = told_refs["refs/heads/one"], told_refs["refs/heads/late"]
    assert (one["status"], one["collisions"]) == (CLEAN, ["c1"])
    assert one["projects"] == [{"project": "migrations", "adds": ["d1", "d2"], "heads_after_merge": ["d2"]}]
    assert (late["status"], late["collisions"]) == (SEVERAL, [])
    assert late["projects"][0]["adds"] == ["f1"]
    assert sorted(late["projects"][0]["heads_after_merge"]) == ["cccc", "f1"]
    assert told["summary"]["refs"] == 5  # main is one of them
    assert (told["summary"]["merged"], told["summary"]["without_revisions"]) == (1, 1)
    assert (told["summary"][CLEAN], told["summary"][SEVERAL], told["summary"]["collisions"]) == (2, 1, 1)


def test_text_is_sorted_by_trouble(project):
    branch(project, "clean", ("d1", "cccc"), labels=("own",))
    branch(project, "one", ("e1", "cccc"))
    branch(project, "two", ("f1", "cccc"))
    branch(project, "late", ("g1", "bbbb"), start="at-bbbb")
    branch(project, "orphan", ("h1", "nowhere"))
    run = project.miglint("forecast", "--base", "main")
    rows = [re.split(r"  +", line) for line in run.out.splitlines()]
    table = rows[: rows.index([""])]
    assert [row[0] for row in table] == ["broken", "multiple heads", "collides", "collides", "clean"]
    assert {row[1] for row in table} == {"orphan", "late", "one", "two", "clean"}
    assert {row[3] for row in table} == {"A U Thor"}
    assert run.err == ""  # a progress bar is for terminals
    quiet = project.miglint("forecast", "--base", "main", "-q").out
    assert "\nclean" not in quiet and "orphan" in quiet


HOSTILE = ["a|b", "`whoami`", "<script>alert(1)</script>", "@everyone", "#1", "[x](http://evil)", "**bold**",
           "a&amp;b", "$(touch${IFS}x)", "-->", "|---|", "ünï", "!img", "a'b\"c"]  # fmt: skip


def test_markdown_with_hostile_names(project):
    """git allows nearly anything in a name; none of it may be more than text in a comment or summary."""
    names = [name for name in HOSTILE if "[" not in name and "*" not in name]
    assert all(not try_git(project, "check-ref-format", "refs/heads/" + name) for name in set(HOSTILE) - set(names))
    commit = project.git("rev-parse", "main")
    for number, name in enumerate(names):
        project.git("checkout", "--quiet", "--detach", commit)
        project.revision(f"d{number}", "cccc")
        project.git("add", "--all")
        project.git("commit", "--quiet", "-m", "x", GIT_AUTHOR_NAME="@admin | <b>`x`</b>")
        project.git("update-ref", "refs/heads/" + name, "HEAD")
    project.git("checkout", "--quiet", "main")
    told = forecast(project)
    assert {ref["ref"] for ref in told["refs"]} == {"refs/heads/" + name for name in names}
    out = project.miglint("forecast", "--base", "main", "--format", "markdown").out
    table = [line for line in out.splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(names)
    for line in table:
        assert len(re.findall(r"(?<!\\)\|", line)) == 6, line
    assert not re.search(r"<(?!!-- -->)", out)
    assert not re.search(r"(?<!\\)[`*\[\]]", out)
    assert not re.search(r"@\w", out)
    rendered = render(out)
    for name in names:
        assert name in rendered, name


def render(markdown):
    """The text that a reader sees: escapes and entities undone, comments dropped."""
    text = re.sub(r"\\(.)", r"\1", markdown.replace("<!-- -->", ""))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_text_with_hostile_names(project):
    names = ["bidi\u202eevil", "zero\u200bwidth", "c1\u009b31m"]
    for number, name in enumerate(names):
        branch(project, name, (f"d{number}", "cccc"))
    for words in ([], ["--format", "markdown"], ["--format", "json"]):
        project.miglint("forecast", "--base", "main", *words)  # the helper looks for raw letters


@pytest.mark.parametrize(
    "make, statuses",
    [
        (lambda project: None, {"error": 0, "warning": 0}),
        (lambda project: branch(project, "one", ("d1", "cccc")), {"error": 0, "warning": 0}),
        (lambda project: [branch(project, n, (n, "cccc")) for n in ("d1", "d2")], {"error": 0, "warning": 1}),
        (lambda project: branch(project, "late", ("e1", "bbbb"), start="at-bbbb"), {"error": 1, "warning": 1}),
        (lambda project: branch(project, "orphan", ("e1", "nowhere")), {"error": 1, "warning": 1}),
    ],
    ids=["nothing", "clean", "collision", "several heads", "broken"],
)
def test_fail_on(project, make, statuses):
    make(project)
    for words, status in (([], 0), (["--fail-on", "never"], 0), *((["--fail-on", w], s) for w, s in statuses.items())):
        assert project.miglint("forecast", "--base", "main", *words).status == status, words
    assert "error, warning, never" in project.miglint("forecast", "--base", "main", "--fail-on", "note").complaint()


def test_json_is_json_with_bytes_that_are_no_utf8(project):
    """git itself takes such names for refs and authors."""
    project.branch("topic", "main")
    project.revision("d1", "cccc")
    project.git("add", "--all")
    project.git("commit", "--quiet", "-m", "x", GIT_AUTHOR_NAME=b"J\xf6rg \x1b[31m".decode("utf-8", "surrogateescape"))
    project.git("checkout", "--quiet", "main")
    packed = project.path / ".git" / "packed-refs"
    commit = project.git("rev-parse", "topic")
    packed.write_bytes(b"# pack-refs with: peeled fully-peeled sorted \n" + commit.encode() + b" refs/heads/t\xf6pic\n")
    told = forecast(project)
    assert len(told["refs"]) == 2
    json.dumps(told)
