"""`miglint graph` on environments that Alembic itself has made, against Alembic's own commands."""

import contextlib
import io
import itertools
import os
import re
import subprocess
import sys

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError, to_tuple
from repository import ENVIRONMENT, Folder, Repository, miglint

# --- environments ----------------------------------------------------------------


class Environment(Folder):
    """Made by `alembic init` with the generic template, and `alembic revision` from then on."""

    def __init__(self, path):
        super().__init__(path)
        with contextlib.chdir(self.path):
            self.alembic(command.init, "migrations")
        ini = self / "alembic.ini"
        ini.write_text(ini.read_text().replace("driver://user:pass@localhost/dbname", "postgresql://"))

    def alembic(self, what, *arguments, **options):
        """What one of Alembic's commands prints."""
        out = io.StringIO()
        config = Config(str(self / "alembic.ini"), stdout=out, output_buffer=out)
        if what is not command.init:
            config.set_main_option("script_location", str(self / "migrations"))
        with contextlib.redirect_stdout(io.StringIO()):
            what(config, *arguments, **options)
        return out.getvalue()

    def add(self, revision, message="a message", head="head", **options):
        self.alembic(command.revision, message, head=head, rev_id=revision, **options)
        return self

    def merge(self, revision, *heads):
        self.alembic(command.merge, heads, message="merge " + " and ".join(heads), rev_id=revision)
        return self

    def graph(self, *options):
        (project,) = self.miglint("graph", "--format", "json", *options).json["projects"]
        return project

    def ids(self, *options):
        return [revision["revision"] for revision in self.graph(*options)["revisions"]]

    @property
    def scripts(self):
        config = Config(str(self / "alembic.ini"))
        config.set_main_option("script_location", str(self / "migrations"))
        directory = ScriptDirectory.from_config(config)
        return {script.revision: script for script in directory.walk_revisions()}


def empty(environment):
    return environment


def line(environment):
    for i in range(6):
        environment.add(f"a{i}a{i}a{i}", f"step {i}")
    return environment


def diamond(environment):
    environment.add("11aa00", "base").add("22aa00", "left")
    environment.add("33aa00", "right", head="11aa00", splice=True)
    return environment.merge("44aa00", "22aa00", "33aa00").add("55aa00", "after")


def two_heads(environment):
    environment.add("b1b1b1").add("b2b2b2").add("b3b3b3", "über 💜")
    return environment.add("b4b4b4", "other", head="b1b1b1", splice=True)


def labels(environment):
    environment.add("c0c0c0", "shop begins", head="base", branch_label="shop")
    environment.add("c1c1c1", "shop goes on")
    environment.add("d0d0d0", "blog begins", head="base", branch_label="blog", splice=False)
    environment.add("d1d1d1", "blog needs shop", head="blog@head", depends_on="c1c1c1")
    environment.add("c2c2c2", "shop needs blog", head="shop@head", depends_on="d0d0d0")
    return environment.add("d2d2d2", "blog needs a label", head="blog@head", depends_on="shop")


def knot(environment):
    environment.add("e00000", "root").add("e10000", branch_label="left")
    environment.add("e20000", head="e00000", splice=True, branch_label="right")
    environment.add("e30000", head="e00000", splice=True)
    environment.add("e11000", head="left@head").merge("e40000", "e11000", "e20000")
    environment.add("e50000", head="base", branch_label="apart", depends_on=["e20000", "e30000"])
    environment.add("e51000", head="apart@head", depends_on="e40000")
    return environment.add("e41000", head="e40000")


def wide(environment):
    environment.add("f00000")
    for i in range(1, 7):
        environment.add(f"f{i}0000", head="f00000", splice=True)
    environment.merge("fa0000", *(f"f{i}0000" for i in range(1, 7)))
    return environment.add("fb0000").add("fc0000", head="fa0000", splice=True)


SHAPES = (empty, line, diamond, two_heads, labels, knot, wide)


@pytest.fixture(scope="module", params=SHAPES, ids=lambda shape: shape.__name__)
def environment(request, tmp_path_factory):
    return request.param(Environment(tmp_path_factory.mktemp(request.param.__name__)))


# --- the graph ----------------------------------------------------------------------


def test_revisions_are_alembics(environment):
    theirs = {
        script.revision: {
            "down_revision": sorted(script._versioned_down_revisions),
            "depends_on": sorted(to_tuple(script.dependencies, default=())),
            "branch_labels": sorted(script.branch_labels),
            "path": os.path.relpath(script.path, environment.path),
            "message": script.doc,
            "is_head": script.is_head,
            "is_base": script.is_base,
            "is_branch_point": script.is_branch_point,
            "is_merge_point": script.is_merge_point,
        }
        for script in environment.scripts.values()
    }
    ours = {revision.pop("revision"): revision for revision in environment.graph()["revisions"]}
    for revision in ours.values():
        revision["down_revision"].sort()
        revision["depends_on"].sort()
        del revision["upgrade"], revision["downgrade"]
    assert ours == theirs


def test_heads_and_branches_are_alembics(environment):
    project = environment.graph()
    heads = [line.split() for line in environment.alembic(command.heads).splitlines()]
    assert {words[0] for words in heads} == set(project["heads"])
    assert {words[0] for words in heads if "(effective" in words} == set(project["effective_heads"])
    branches = re.findall(r"^(\w+)", environment.alembic(command.branches), re.MULTILINE)
    assert set(branches) == {r["revision"] for r in project["revisions"] if r["is_branch_point"]}
    assert set(project["bases"]) == {script.revision for script in environment.scripts.values() if script.is_base}


# A recent Alembic takes the files sorted by name; this one, as the disk lists them.
SORTED_ALEMBIC = """
import os
listdir = os.listdir
os.listdir = lambda *arguments: sorted(listdir(*arguments))
from alembic.config import main
main()
"""


def upgrade_order(environment, seed):
    """The order of `alembic upgrade heads --sql`, some of which depends on the hash seed."""
    run = subprocess.run(
        [sys.executable, "-B", "-c", SORTED_ALEMBIC, "upgrade", "heads", "--sql"],
        cwd=environment.path,
        env={**ENVIRONMENT, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    return re.findall(r"^-- Running upgrade .*-> (\w+)$", run.stdout, re.MULTILINE)


def test_the_upgrade_order_is_one_of_alembics(environment):
    ours = environment.ids("-r", "base:heads")
    assert any(upgrade_order(environment, seed) == ours for seed in range(12)), ours


def test_a_commit_and_a_bare_clone_give_the_same(environment, tmp_path):
    plain = environment.miglint("graph", "--format", "json").out
    repository = Repository(tmp_path / "work")
    subprocess.run(["cp", "-r", f"{environment.path}/.", str(repository.path)], check=True)
    repository.commit()
    bare = repository.bare_clone(tmp_path / "bare.git")
    for arguments in (["--git-dir", str(bare)], ["-C", str(bare), "--commit", "main"], ["-C", str(repository.path)]):
        assert miglint("graph", "--format", "json", *arguments, cwd=tmp_path).out == plain
    for name in ("text", "dot", "mermaid"):
        assert (
            miglint("graph", "--format", name, cwd=bare).out == environment.miglint("graph", "--format", name).out
        )


# --- ranges --------------------------------------------------------------------------------


def words(environment):
    ids = list(environment.scripts)
    some = ids[:: max(1, len(ids) // 5)]
    labels = sorted(set().union(*(script.branch_labels for script in environment.scripts.values())))
    found = ["", "base", "head", "heads", "nothing"] + some + [revision[:4] for revision in some[:2]]
    found += labels + [f"{label}@head" for label in labels] + [f"{label}@base" for label in labels]
    return found + [f"{revision}{step}" for revision in some[:2] for step in ("-1", "+1", "+2")]


def history(environment, range_):
    """The revisions that `alembic history -r` lists, newest first; None where it refuses."""
    try:
        out = environment.alembic(command.history, rev_range=range_)
    except (CommandError, AssertionError):
        return None
    return re.findall(r"^.* -> (\w+)", out, re.MULTILINE)


def test_ranges_are_those_of_alembic_history(environment):
    ranges = [f"{lower}:{upper}" for lower, upper in itertools.product(words(environment), repeat=2)]
    ranges = ranges[:: max(1, len(ranges) // 25)] + ["-2:", ":+2", "-1:head", "base:+1", "base:", ":heads"]
    refused = 0
    for range_ in ranges:
        theirs = history(environment, range_)
        run = environment.miglint("graph", "--format", "json", "-r", range_)
        if theirs is None:
            assert run.complaint(), range_
            refused += 1
            continue
        assert run.status == 0, (range_, theirs, run.err)
        ours = [revision["revision"] for revision in run.json["projects"][0]["revisions"]]
        assert sorted(ours) == sorted(theirs), range_
        placed = {revision: i for i, revision in enumerate(ours)}
        for revision in ours:
            for parent in environment.scripts[revision]._all_down_revisions:
                assert placed.get(parent, -1) < placed[revision], range_
    assert 0 < refused < len(ranges)


def test_one_revision(environment):
    for revision in environment.scripts:
        assert environment.ids("-r", revision) == [revision]
        assert environment.ids("--revisions", revision[:5]) == [revision]


def test_a_range_says_what_is_wrong_with_it(tmp_path):
    environment = two_heads(Environment(tmp_path / "x"))
    cases = {
        "nothing": "there is no revision or branch label 'nothing'",
        "b3b3b4": "there is no revision or branch label 'b3b3b4'; did you mean 'b3b3b3'?",
        "current:heads": "'current' is known to a database alone; name the revision",
        "b1:b2:b3": "'b1:b2:b3' has more than one ':'; a range is OLDER:NEWER",
        "": "a range is missing; write a revision, or OLDER:NEWER",
    }
    for range_, message in cases.items():
        assert environment.miglint("graph", "-r", range_).complaint() == message
    assert "head" in environment.miglint("graph", "-r", "base:head").complaint()
    assert "b2b2b2" in environment.miglint("graph", "-r", "b3b3b3:b2b2b2").complaint()


def test_a_range_in_several_environments(tmp_path):
    folder = Folder(tmp_path / "x").environment("a/db", "a/alembic.ini").environment("b/db", "b/alembic.ini")
    folder.revision("aaaa1111", folder="a/db")
    folder.revision("bbbb1111", folder="b/db")
    run = folder.miglint("graph", "--format", "json", "-r", "bbbb")
    assert [[r["revision"] for r in p["revisions"]] for p in run.json["projects"]] == [["bbbb1111"]]
    assert "cccc" in folder.miglint("graph", "-r", "cccc").complaint()


# --- drawings ---------------------------------------------------------------------------------


def described(script):
    """A revision in Alembic's own words: its labels and marks, and its message."""
    text = script._head_only(include_branches=True)
    marks = [mark for group in re.findall(r"\((.*?)\)", text) for mark in group.split(", ")]
    return set(marks) | ({"base"} if script.is_base else set()), script.doc


def test_the_text_says_what_alembic_says(environment):
    heading, *lines = environment.miglint("graph").out.splitlines()
    scripts = environment.scripts
    heads = sum(script.is_head for script in scripts.values())
    plural = lambda count, noun: f"{count} {noun}{'' if count == 1 else 's'}"
    assert heading == f"migrations: {plural(len(scripts), 'revision')}, {plural(heads, 'head')}"
    drawn = {}
    for text in lines:
        match = re.fullmatch(r"[ |/\\_*-]*\* [ |/\\_-]*(\w+)(.*?), ([^()]*)", text)
        if match:
            groups = re.findall(r"\((.*?)\)", match[2])
            marks = {mark for group in groups if not group.startswith("depends on ") for mark in group.split(", ")}
            drawn[match[1]] = (marks, match[3])
            needs = [group.removeprefix("depends on ") for group in groups if group.startswith("depends on ")]
            assert needs == list(to_tuple(scripts[match[1]].dependencies, default=()))
        else:
            assert re.fullmatch(r"[ |/\\_-]*", text), text
    assert drawn == {revision: described(script) for revision, script in scripts.items()}
    # newest first
    placed = {revision: i for i, revision in enumerate(drawn)}
    for revision, script in scripts.items():
        assert all(placed[parent] > placed[revision] for parent in script._versioned_down_revisions)


def edges_of(environment):
    """(older, newer, whether it is a dependency) of each edge, as Alembic resolves them."""
    edges = set()
    for revision, script in environment.scripts.items():
        edges |= {(parent, revision, False) for parent in script._versioned_down_revisions}
        edges |= {(needed, revision, True) for needed in script._resolved_dependencies}
    return edges


def assert_drawn(environment, boxes, edges):
    names = {}
    for name, label in boxes:
        names[name] = re.match(r"\w+", label)[0]
    assert sorted(names.values()) == sorted(environment.scripts)
    assert sorted((names[a], names[b], dashed) for a, b, dashed in edges) == sorted(edges_of(environment))
    for name, label in boxes:
        assert environment.scripts[names[name]].doc in label


def test_dot(environment):
    out = environment.miglint("graph", "--format", "dot").out
    assert out.startswith("digraph ") and out.endswith("}\n")
    boxes = re.findall(r'^\s*(\w+) \[label="([^"]*)"', out, re.MULTILINE)
    arrows = re.findall(r"^\s*(\w+) -> (\w+)( \[style=dashed\])?;$", out, re.MULTILINE)
    edges = [(older, newer, bool(dashed)) for older, newer, dashed in arrows]
    assert_drawn(environment, boxes, edges)


def test_mermaid(environment):
    out = environment.miglint("graph", "--format", "mermaid").out
    assert out.startswith("flowchart ")
    boxes = re.findall(r'^ {8}(\w+)\["([^"]*)"\]', out, re.MULTILINE)
    arrows = re.findall(r"^\s*(\w+) (-->|-\.->) (\w+)$", out, re.MULTILINE)
    edges = [(older, newer, arrow == "-.->") for older, arrow, newer in arrows]
    assert_drawn(environment, boxes, edges)


def test_graph_options(tmp_path):
    environment = line(Environment(tmp_path / "x"))
    assert environment.miglint("graph", "--format", "png").complaint() == (
        "--format takes one of text, dot, mermaid, svg, json, not 'png'"
    )
    assert environment.miglint("graph", "migrations").out == environment.miglint("graph").out
    assert "there is no file or folder nothing in" in environment.miglint("graph", "nothing").complaint()
    (tmp_path / "empty").mkdir()
    assert "there is no Alembic environment" in miglint("graph", cwd=tmp_path / "empty").complaint()
    environment.revision("zzzz", "nowhere")
    run = environment.miglint("graph")
    assert run.status == 0 and "zzzz (head) (parent nowhere is missing)" in run.out
    environment.revision(None, name="broken", text="revision = (")
    run = environment.miglint("graph")
    assert run.status == 0 and run.out.endswith("not drawn: migrations/versions/broken.py (it is no valid Python)\n")
