"""ML102: what it says, and what it tells people to write, written: after the merge Alembic must find one head."""

import random
import re
import shlex
import subprocess
import sys

import pytest
from merging import alembic_heads, assert_foreseen, named_heads
from repository import ENVIRONMENT, sound_revision

ORDER = re.compile(r"^  in '(\w+)' write down_revision = \"(\w+)\"(?: and in its docstring \"Revises: (\w+)\")?$", re.M)
MERGE = re.compile(r"^(?:or )?merge (\S+) first, then join the heads: (alembic merge .+)$", re.M)

TEMPLATE = """\
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
"""


@pytest.fixture
def project(repository):
    repository.write("migrations/script.py.mako", TEMPLATE)
    repository.revision("aaaa")
    repository.commit()
    repository.branch("topic")
    return repository


def commit_as(repository, name, date="2024-07-03T12:00:00+0000", message="a commit"):
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "-m", message, GIT_AUTHOR_NAME=name, GIT_AUTHOR_DATE=date)
    return repository.git("rev-parse", "HEAD")


def check(repository, *words):
    run = repository.miglint("--base", "main", "--select", "ML102", "--format", "json", *words)
    return run.findings


# --- what it says ---------------------------------------------------------------------


def test_who_brought_each_head(project):
    project.revision("bbbb", "aaaa")
    commit_as(project, "Ada Lovelace")
    project.git("mv", "migrations/versions/bbbb.py", "migrations/versions/renamed_bbbb.py")
    renamed = commit_as(project, "Grace Hopper", "2024-07-04T12:00:00+0000")
    project.git("checkout", "--quiet", "main")
    project.revision("cccc", "aaaa")
    cccc = commit_as(project, "Alan\x1b[31m Turing", "2024-06-01T12:00:00+0000")
    (finding,) = check(project, "--head", "topic")
    assert finding["message"] == "once topic is merged into main there are 2 heads, 'cccc' and 'bbbb', which part at 'aaaa'"
    assert (finding["path"], finding["revision"]) == ("migrations/versions/renamed_bbbb.py", "bbbb")
    assert finding["commit"] == renamed
    told = {related["path"]: related["message"] for related in finding["related"] if "the head" in related["message"]}
    assert told["migrations/versions/renamed_bbbb.py"] == f"the head 'bbbb', brought by {renamed[:7]} of Grace Hopper on 2024-07-04"
    assert told["migrations/versions/cccc.py"] == f"the head 'cccc', brought by {cccc[:7]} of Alan\x1b[31m Turing on 2024-06-01"
    text = project.miglint("--base", "main", "--head", "topic").out
    assert "Alan\\x1b[31m Turing" in text and cccc[:7] in text


def test_heads_of_the_working_tree(project):
    project.git("checkout", "--quiet", "main")
    project.revision("cccc", "aaaa")
    project.commit()
    project.git("checkout", "--quiet", "topic")
    project.revision("bbbb", "aaaa")
    (finding,) = check(project)
    assert finding["message"].startswith("once the working tree is merged into main there are 2 heads")
    assert finding["commit"] is None
    assert "the head 'bbbb', not committed yet" in [related["message"] for related in finding["related"]]


def test_in_a_shallow_clone_nobody_is_blamed(project, tmp_path):
    """The oldest commit that a clone has did not bring all that is in it."""
    project.revision("bbbb", "aaaa")
    for number in range(3):
        project.write("README", f"{number}\n")
        project.commit()
    project.git("branch", "--force", "main")
    project.revision("cccc", "aaaa")
    cccc = project.commit()
    clone = project.clone(tmp_path / "shallow", "--depth", "2", "--no-single-branch", "--branch", "topic")
    (finding,) = clone.miglint("--base", "origin/main", "--format", "json").findings
    told = [related["message"] for related in finding["related"]]
    assert finding["rule"] == "ML101" and "the head 'bbbb'" in told
    assert any(message.startswith(f"the head 'cccc', brought by {cccc[:7]} of ") for message in told)


def test_labels_keep_heads_apart(project, merges):
    project.revision("bbbb", "aaaa", labels=("billing",))
    project.commit()
    project.git("checkout", "--quiet", "main")
    project.revision("cccc", "aaaa")
    project.commit()
    checkout, _ = merges.make(project, "main", "topic")
    assert alembic_heads(checkout) == ["bbbb", "cccc"]
    assert check(project, "--head", "topic") == []


def test_branches_of_the_settings_keep_heads_apart(project):
    project.revision("bbbb", "aaaa")
    project.write("miglint.toml", 'branches = ["bbbb"]\n')
    project.commit()
    project.git("checkout", "--quiet", "main")
    project.revision("cccc", "aaaa")
    project.commit()
    assert check(project, "--head", "topic") == []


# --- what it tells people to write ----------------------------------------------------------


def some_history(repository, seed):
    """A trunk; main and topic each leave it somewhere, topic perhaps more than once."""
    rng = random.Random(seed)
    names = (f"{number:06x}" for number in rng.sample(range(1 << 24), 64))

    def grow(parent, count):
        for _ in range(count):
            revision = next(names)
            repository.revision(revision, parent)
            parent = revision
        return parent

    repository.git("checkout", "--quiet", "main")
    trunk = ["aaaa"]
    for _ in range(rng.choice((0, 1, 3))):
        trunk.append(grow(trunk[-1], 1))
    repository.commit("trunk")
    repository.git("branch", "--force", "topic")
    grow(trunk[-1], rng.choice((1, 1, 2)))
    repository.commit("main goes on")
    repository.git("checkout", "--quiet", "topic")
    tip = grow(trunk[-1], rng.choice((1, 1, 2, 3)))
    if rng.random() < 0.3:
        tip = grow([grow(tip, 1), grow(tip, 2)], 1)
    repository.commit("topic goes on")


def rewrite(repository, revision, parent, stated):
    """Does what the lines say, to the letter."""
    file = repository / f"migrations/versions/{revision}.py"
    text = file.read_text()
    changed = re.sub(r"(?m)^down_revision = .*$", f'down_revision = "{parent}"', text)
    if stated:
        changed = re.sub(r"(?m)^Revises: .*$", f"Revises: {stated}", changed)
    assert changed != text
    file.write_text(changed)


@pytest.mark.parametrize("seed", range(30))
def test_one_line_behind_the_other(project, merges, seed):
    some_history(project, seed)
    checkout, conflicts = merges.make(project, "main", "topic")
    heads = alembic_heads(checkout)
    (finding,) = check(project)
    assert conflicts == set() and len(heads) == 2 and named_heads(finding) == heads
    orders = ORDER.findall(finding["help"])
    assert len(orders) <= 1
    for revision, parent, stated in orders:
        assert stated == parent
        rewrite(project, revision, parent, stated)
        project.commit("as told")
        run = assert_foreseen(merges, project, "main", "topic")
        assert len(run.json["projects"][0]["heads_after_merge"]) == 1
        assert run.rules == []


@pytest.mark.parametrize("seed", range(0, 30, 3))
def test_a_merge_revision(project, merges, seed):
    some_history(project, seed)
    (finding,) = check(project)
    ((base, command),) = MERGE.findall(finding["help"])
    project.git("merge", "--quiet", "--no-edit", base)
    # Once that is done it is no longer asked for.
    (finding,) = project.miglint("--base", base, "--select", "ML101", "--format", "json").findings
    assert finding["help"].endswith(f"join the heads: {command}") and "first" not in finding["help"]
    words = shlex.split(command)
    assert words[0] == "alembic"
    subprocess.run([sys.executable, "-B", "-m", *words], cwd=project.path, env=ENVIRONMENT, check=True)
    assert len(alembic_heads(project)) == 1
    project.commit("as told")
    run = assert_foreseen(merges, project, "main", "topic")
    assert [rule for rule in run.rules if rule.startswith(("ML1", "ML2"))] == []


def test_several_lines_behind_each_other(project, merges):
    """topic has two heads of its own and main a third: one order for all of them."""
    for revision in ("bbbb", "cccc"):
        project.revision(revision, "aaaa")
    project.revision("dddd", "cccc")
    project.commit()
    project.git("checkout", "--quiet", "main")
    project.revision("eeee", "aaaa")
    project.commit()
    project.git("checkout", "--quiet", "topic")
    (finding,) = check(project)
    assert named_heads(finding) == ["bbbb", "dddd", "eeee"]
    orders = ORDER.findall(finding["help"])
    assert {revision for revision, _, _ in orders} == {"bbbb", "cccc"}
    for order in orders:
        rewrite(project, *order)
    project.commit("as told")
    run = assert_foreseen(merges, project, "main", "topic")
    assert len(run.json["projects"][0]["heads_after_merge"]) == 1


def test_the_places_to_write_at(project):
    """Each line that is to change is pointed at."""
    project.revision("bbbb", "aaaa")
    project.revision("cccc", "bbbb")
    project.commit()
    project.git("checkout", "--quiet", "main")
    project.revision("dddd", "aaaa")
    project.commit()
    (finding,) = check(project, "--head", "topic")
    lines = sound_revision("bbbb", "aaaa").splitlines()
    places = [(related["path"], related["line"], related["message"]) for related in finding["related"]]
    path = "migrations/versions/bbbb.py"
    assert (path, lines.index("down_revision = 'aaaa'") + 1, 'write down_revision = "dddd"') in places
    assert (path, lines.index("Revises: aaaa") + 1, 'write "Revises: dddd"') in places


def test_a_revision_without_docstring(project, merges):
    project.revision("bbbb", text="revision = 'bbbb'\ndown_revision = 'aaaa'\n")
    project.commit()
    project.git("checkout", "--quiet", "main")
    project.revision("dddd", "aaaa")
    project.commit()
    project.git("checkout", "--quiet", "topic")
    (finding,) = check(project)
    assert ORDER.findall(finding["help"]) == [("bbbb", "dddd", "")]
    rewrite(project, "bbbb", "dddd", "")
    project.commit()
    assert check(project) == []


def test_what_main_has_is_never_told_to_change(project):
    """topic builds upon a revision of main that is not the newest: only its own lines may change."""
    project.git("checkout", "--quiet", "main")
    project.revision("bbbb", "aaaa")
    project.revision("cccc", "bbbb")
    project.commit()
    project.git("checkout", "--quiet", "topic")
    project.git("merge", "--quiet", "main~1")
    project.revision("dddd", "aaaa")
    project.commit()
    (finding,) = check(project)
    assert ORDER.findall(finding["help"]) == [("dddd", "cccc", "cccc")]
