"""What ML101 tells people to write, written: Alembic must then find one head."""

import json
import os
import random
import re
import subprocess

import pytest
from alembic.script import ScriptDirectory

SEEDS = range(60)
ORDER = re.compile(r"in '(\w+)' write down_revision = \"(\w+)\"$", re.M)
MERGE = re.compile(r"merge them: alembic merge -m \"merge heads\" (.+)$", re.M)


def write(folder, revision, parents):
    path = folder / "versions" / f"{revision}.py"
    path.write_text(f"revision = {revision!r}\ndown_revision = {parents!r}\n")


def environment(folder):
    (folder / "versions").mkdir()
    (folder / "env.py").write_text("from alembic import context\n")
    return folder


def several_lines(folder, seed):
    """A trunk that two or three lines leave, some of which part and merge again."""
    rng = random.Random(seed)
    names = (f"{number:06x}" for number in rng.sample(range(1 << 24), 64))

    def grow(parent, count):
        for _ in range(count):
            revision = next(names)
            write(folder, revision, parent)
            parent = revision
        return parent

    root = grow(None, rng.choice((1, 2, 3)))
    for _ in range(rng.choice((2, 2, 2, 3))):
        tip = grow(root, rng.choice((1, 1, 2, 3)))
        if rng.random() < 0.2:
            tip = grow((grow(tip, 1), grow(tip, 2)), 1)
            grow(tip, rng.choice((0, 1)))


def heads(folder):
    directory = ScriptDirectory(str(folder))
    assert list(directory.walk_revisions())
    return sorted(directory.get_heads())


def line_merges(folder, head, all_heads):
    """Whether a merge stands between a head and what it has in common with the others."""
    directory = ScriptDirectory(str(folder))
    others = [other for other in all_heads if other != head]
    common = {script.revision for script in directory.iterate_revisions(others, "base")}
    own = [
        script
        for script in directory.iterate_revisions(head, "base")
        if script.revision not in common
    ]
    return any(script.is_merge_point for script in own)


def findings(folder):
    done = subprocess.run(
        [os.environ["MIGLINT"], "--select", "ML101", "--format", "json", folder],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) in ((0, ""), (1, ""))
    return json.loads(done.stdout)["findings"]


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_in_order(tmp_path, seed):
    folder = environment(tmp_path)
    several_lines(folder, seed)
    before = heads(folder)
    (finding,) = findings(folder)
    orders = ORDER.findall(finding["help"])
    movable = [head for head in before if not line_merges(folder, head, before)]
    assert len(orders) == (len(movable) if len(before) == 2 else 0)
    for moved, parent in orders:
        assert parent in before
        file = folder / "versions" / f"{moved}.py"
        text = file.read_text()
        write(folder, moved, parent)
        (head,) = heads(folder)
        assert head in movable and head != parent
        assert findings(folder) == []
        file.write_text(text)


@pytest.mark.parametrize("seed", SEEDS)
def test_merge(tmp_path, seed):
    folder = environment(tmp_path)
    several_lines(folder, seed)
    (finding,) = findings(folder)
    merged = MERGE.search(finding["help"]).group(1).split()
    assert sorted(merged) == heads(folder)
    write(folder, "merged", tuple(merged))
    assert heads(folder) == ["merged"]
    assert findings(folder) == []


def test_the_first_of_a_line_is_shown(tmp_path):
    folder = environment(tmp_path)
    for revision, parent in (("a", None), ("b", "a"), ("c", "a"), ("d", "c")):
        write(folder, revision, parent)
    (finding,) = findings(folder)
    assert ORDER.findall(finding["help"]) == [("c", "b"), ("b", "d")]
    place = [(other["path"], other["line"]) for other in finding["related"] if "begins" in other["message"]]
    assert place == [("versions/c.py", 2)]
