"""`miglint graph`: what is chosen to be drawn, what is folded, and the picture that Graphviz makes of it."""

import os
import random
import re
import shutil
import xml.etree.ElementTree as ElementTree

import pytest
from repository import Folder, Repository, is_raw

SVG = "{http://www.w3.org/2000/svg}"


def long_graph(folder, seed, count=120):
    """Lines of some length that part and meet; as {revision: (parents, labels, depends_on)}."""
    chance = random.Random(seed)
    heads, revisions = [None], {}
    for i in range(count):
        revision, labels, needs = f"r{i:04}", (), ()
        if len(heads) < 3 and i > 0 and chance.random() < 0.06:
            heads.append(chance.choice(list(revisions)))
        parent = chance.choice(heads)
        parents = () if parent is None else (parent,)
        if len(heads) > 1 and chance.random() < 0.08:
            parents = tuple(dict.fromkeys(heads))
            heads = heads[:1]
            parent = heads[0]
        if chance.random() < 0.03:
            labels = (f"label{i}",)
        if revisions and chance.random() < 0.04:
            needs = (chance.choice(list(revisions)),)
        heads[heads.index(parent)] = revision
        revisions[revision] = (parents, labels, needs)
        folder.revision(
            revision,
            None if not parents else parents[0] if len(parents) == 1 else parents,
            labels=list(labels) or None,
            depends=list(needs) or None,
        )
    return revisions


@pytest.fixture(scope="module", params=range(3))
def long(request, tmp_path_factory):
    folder = Folder(tmp_path_factory.mktemp("long")).environment()
    return folder, long_graph(folder, request.param)


def children_of(revisions):
    children = {revision: [] for revision in revisions}
    for revision, (parents, _, _) in revisions.items():
        for parent in parents:
            children[parent].append(revision)
    return children


def plain_ones(revisions):
    """Of which there is nothing to say but that they stand in a line."""
    children = children_of(revisions)
    needed = {other for _, _, needs in revisions.values() for other in needs}
    return {
        revision
        for revision, (parents, labels, needs) in revisions.items()
        if len(parents) == 1 and len(children[revision]) == 1 and not labels and not needs and revision not in needed
    }


def runs_of(revisions):
    """{newest: all of the run}, of four revisions or more."""
    plain, children, runs = plain_ones(revisions), children_of(revisions), {}
    for revision in plain:
        if children[revision][0] in plain:
            continue
        run = [revision]
        while revisions[run[-1]][0][0] in plain:
            run.append(revisions[run[-1]][0][0])
        if len(run) >= 4:
            runs[revision] = run
    return runs


def folded(revisions):
    """The boxes and edges of the folded graph: (name, what it stands for) and (older, newer, dashed)."""
    runs = runs_of(revisions)
    name = {member: newest for newest, run in runs.items() for member in run}
    named = lambda revision: name.get(revision, revision)
    edges = {
        (named(parent), named(revision), False)
        for revision, (parents, _, _) in revisions.items()
        for parent in parents
        if named(parent) != named(revision)
    }
    edges |= {(other, revision, True) for revision, (_, _, needs) in revisions.items() for other in needs}
    return runs, edges


DIALECTS = {
    "dot": (r'^ +(\w+) \[label="([^"]*)"', r"^ +(\w+) -> (\w+)( \[style=dashed\])?;$", r"\n"),
    "mermaid": (r'^ {8}(\w+)\["([^"]*)"\]', r"^ {8}(\w+) (?:-->|-(\.)->) (\w+)$", "<br/>"),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_a_diagram_is_folded_at_its_straight_runs_alone(long, name):
    folder, revisions = long
    boxes, arrows, line_break = DIALECTS[name]
    out = folder.miglint("graph", "--format", name).out
    names, runs = {}, {}
    for box, label in re.findall(boxes, out, re.MULTILINE):
        first, _, rest = label.partition(line_break)
        if first.startswith("... "):
            oldest, newest = re.fullmatch(r"(\w+) to (\w+)", rest).groups()
            runs[newest] = (int(re.fullmatch(r"\.\.\. (\d+) revisions", first)[1]), oldest)
            names[box] = newest
        else:
            names[box] = re.match(r"\w+", label)[0]
    expected, edges = folded(revisions)
    assert expected, "nothing to fold"
    assert runs == {newest: (len(run), run[-1]) for newest, run in expected.items()}
    hidden = {member for run in expected.values() for member in run[1:]}
    assert sorted(names.values()) == sorted(revisions.keys() - hidden)
    drawn = {
        (names[found[0]], names[found[1]], bool(found[2])) if name == "dot" else (names[found[0]], names[found[2]], bool(found[1]))
        for found in re.findall(arrows, out, re.MULTILINE)
    }
    assert drawn == edges


def test_the_text_folds_where_that_is_asked_for(long):
    folder, revisions = long
    runs = runs_of(revisions)
    listed = folder.miglint("graph").out
    assert folder.miglint("graph", "--no-fold").out == listed and "... " not in listed
    out = folder.miglint("graph", "--fold").out
    drawn = re.findall(r"^[ |/\\_*-]*\* [ |/\\_-]*\.\.\. (\d+) revisions, (\w+) to (\w+)$", out, re.MULTILINE)
    assert sorted(drawn) == sorted((str(len(run)), run[-1], run[0]) for run in runs.values())
    hidden = {member for run in runs.values() for member in run}
    assert set(re.findall(r"\* [ |/\\_-]*(r\d+)", out)) == revisions.keys() - hidden
    assert set(re.findall(r"\* [ |/\\_-]*(r\d+)", listed)) == set(revisions)


def test_five_hundred_revisions_stay_readable(tmp_path):
    folder = Folder(tmp_path).environment()
    revisions = {}
    for i in range(500):
        revision, parent = f"r{i:04}", f"r{i - 1:04}" if i else None
        if i % 50 == 49:
            parent = (f"r{i - 1:04}", f"r{i - 25:04}")
        if i % 50 == 25:
            parent = f"r{i - 20:04}"
        folder.revision(revision, parent)
        revisions[revision] = parent
    for name in ("dot", "mermaid"):
        out = folder.miglint("graph", "--format", name).out
        assert len(re.findall(DIALECTS[name][0], out, re.MULTILINE)) < 80
    assert len(folder.miglint("graph", "--fold").out.splitlines()) < 160
    assert folder.miglint("graph", "--format", "mermaid", "--no-fold").out.count('["') == 501
    whole = folder.miglint("graph", "--format", "json").json["projects"][0]["revisions"]
    assert {revision["revision"] for revision in whole} == set(revisions)
    assert "--fold is for drawings" in folder.miglint("graph", "--format", "json", "--fold").complaint()
    assert "contradict" in folder.miglint("graph", "--fold", "--no-fold").complaint()


def test_a_small_diagram_is_whole_unless_asked(tmp_path):
    folder = Folder(tmp_path).environment()
    for i in range(12):
        folder.revision(f"a{i:03}", f"a{i - 1:03}" if i else None)
    assert "... " not in folder.miglint("graph", "--format", "dot").out
    assert "... 10 revisions" in folder.miglint("graph", "--format", "dot", "--fold").out


def test_circles_and_gaps_are_drawn_as_ever(tmp_path):
    folder = Folder(tmp_path).environment()
    for i in range(8):
        folder.revision(f"c{i:03}", f"c{(i - 1) % 8:03}")
    for i in range(9):
        folder.revision(f"d{i:03}", f"d{i - 1:03}" if i else "gone")
    folder.revision("e001", "c003")
    for options in ((), ("--fold",), ("--fold", "--format", "dot"), ("--fold", "--format", "svg")):
        run = folder.miglint("graph", *options)
        assert run.status == 0 and "gone" in run.out, options
    assert "7 revisions, d001 to d007" in folder.miglint("graph", "--fold").out


# --- what is chosen -----------------------------------------------------------------


def ids(run):
    return [revision["revision"] for project in run.json["projects"] for revision in project["revisions"]]


def reach(revisions, start, steps):
    beside = {revision: set() for revision in revisions}
    for revision, (parents, _, needs) in revisions.items():
        for other in parents + needs:
            beside[revision].add(other)
            beside[other].add(revision)
    found = {start}
    for _ in range(steps):
        found |= {other for revision in found for other in beside[revision]}
    return found


def test_around_is_what_lies_so_many_steps_away(long):
    folder, revisions = long
    for start in list(revisions)[::29]:
        for steps in (0, 1, 4):
            run = folder.miglint("graph", "--format", "json", "--around", f"{start},{steps}")
            assert set(ids(run)) == reach(revisions, start, steps)
        run = folder.miglint("graph", "--format", "json", "--around", start)
        assert set(ids(run)) == reach(revisions, start, 3)
    assert len(ids(folder.miglint("graph", "--format", "json", "--around", f"{start},4294967295"))) == len(
        reach(revisions, start, len(revisions))
    )


def test_what_was_asked_for_is_never_folded(tmp_path):
    folder = Folder(tmp_path).environment()
    for i in range(40):
        folder.revision(f"a{i:03}", f"a{i - 1:03}" if i else None)
    out = folder.miglint("graph", "--fold", "--around", "a020,10").out
    assert [line.split(",")[0] for line in out.splitlines()[1:]] == [
        "* a030",
        "* ... 9 revisions",
        "* a020",
        "* ... 9 revisions",
        "* a010",
        "~",
    ]


@pytest.mark.parametrize("word", ["a001,", "a001,x", "a001,-1", ",", "a001,99999999999999999999"])
def test_around_says_what_it_takes(tmp_path, word):
    folder = Folder(tmp_path).environment()
    folder.revision("a001")
    assert "--around takes a revision and how many steps" in folder.miglint("graph", "--around", word).complaint()
    assert "there is no revision or branch label" in folder.miglint("graph", "--around", "zzz,2").complaint()
    assert "give one of them" in folder.miglint("graph", "--around", "a001", "-r", "a001").complaint()


def test_since_is_what_git_says_is_new(tmp_path):
    repository = Repository(tmp_path / "x").environment()
    for i in range(4):
        repository.revision(f"a{i:03}", f"a{i - 1:03}" if i else None)
    repository.commit()
    repository.git("tag", "v1")
    repository.revision("b001", "a001")
    repository.revision("b002", "b001")
    repository.commit()
    repository.revision("c001", ("a003", "b002"))
    run = lambda *options: repository.miglint("graph", "--format", "json", "--since", *options)
    assert sorted(ids(run("v1"))) == ["a001", "a003", "b001", "b002", "c001"]
    assert sorted(ids(run("HEAD"))) == ["a003", "b002", "c001"]
    assert sorted(ids(run("v1", "--commit", "HEAD"))) == ["a001", "b001", "b002"]
    text = repository.miglint("graph", "--since", "HEAD").out
    assert "c001 (head) (mergepoint) (new)" in text and text.count("(new)") == 1
    nothing = repository.miglint("graph", "--since", "HEAD", "--commit", "HEAD")
    assert nothing.status == 0 and "no revision is new since HEAD" in nothing.err
    assert nothing.out == "migrations: 0 of 6 revisions, 2 heads\n"
    assert "--since: " in run("no-such-ref").complaint()
    moved = repository.path / "db"
    shutil.move(repository / "migrations", moved)
    repository.write("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n")
    assert sorted(ids(run("HEAD"))) == ["a003", "b002", "c001"], "an environment that has moved"


def test_since_before_there_was_an_environment(tmp_path):
    repository = Repository(tmp_path / "x")
    repository.write("README", "nothing yet\n")
    repository.commit()
    repository.environment().revision("a001")
    assert ids(repository.miglint("graph", "--format", "json", "--since", "HEAD")) == ["a001"]


# --- pictures -----------------------------------------------------------------------


def texts(svg):
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    return [text.text for text in root.iter(f"{SVG}text")], root


def test_a_picture_has_what_is_drawn(long):
    folder, revisions = long
    run = folder.miglint("graph", "--format", "svg")
    assert run.status == 0 and run.err == ""
    found, root = texts(run.out)
    runs, edges = folded(revisions)
    assert sum(text.startswith("... ") for text in found) == len(runs)
    groups = [group.get("class") for group in root.iter(f"{SVG}g")]
    assert groups.count("node") == len(revisions) - sum(len(run) - 1 for run in runs.values())
    assert groups.count("edge") == len(edges)


HOSTILE = [
    '</text><script>alert(1)</script>', '"]; x [image="/etc/passwd", label="', "<b>&lt;&amp;</b>", "\\N\\G\\L\\",
    "\x1b[31m\x07\x7f", "</svg>", "]]>", "<?xml?>", "💜 über \u202e", "%s%n", "$(touch x)", "`touch x`",
]


@pytest.mark.parametrize("message", HOSTILE)
def test_hostile_names_are_text_in_a_picture(tmp_path, message):
    folder = Folder(tmp_path).environment()
    text = f'"""x"""\nrevision = {message!r}\ndown_revision = None\n'
    folder.revision(None, name="hostile", text=text.replace('"""x"""', repr(message)))
    run = folder.miglint("graph", "--format", "svg")
    assert run.status == 0, run.err
    found, root = texts(run.out)
    shown = "".join(f"\\x{ord(c):02x}" if is_raw(c) and ord(c) < 0x80 else f"\\u{ord(c):04x}" if is_raw(c) else c for c in message)
    assert [" ".join(text.split()) for text in found[1:]] == [f"{shown} (head) (base)", shown]
    assert {element.tag for element in root.iter()} <= {SVG + tag for tag in ("svg", "g", "title", "polygon", "text", "path")}
    assert not (tmp_path / "x").exists()


def programs(folder, **scripts):
    folder.mkdir()
    for name, script in scripts.items():
        (folder / name).write_text("#!/bin/sh\n" + script)
        (folder / name).chmod(0o755)
    return str(folder)


def test_what_is_wrong_with_graphviz_is_said(tmp_path):
    folder = Folder(tmp_path / "x").environment()
    folder.revision("a001")
    none = folder.miglint("graph", "--format", "svg", PATH=programs(tmp_path / "none"))
    assert none.complaint() == (
        "the program dot, which draws an svg, is not there: install graphviz, or take --format mermaid"
    )
    broken = programs(tmp_path / "broken", dot="echo 'no plugin\nmore' >&2\nexit 1\n")
    assert folder.miglint("graph", "--format", "svg", PATH=broken).complaint() == (
        "dot could not draw the graph: no plugin"
    )
    # It is the alarm that ends a dot that never does; its coming is sped up here.
    slow = programs(tmp_path / "slow", dot="kill -ALRM $$\n")
    assert "has not drawn the graph within" in folder.miglint("graph", "--format", "svg", PATH=slow).complaint()


@pytest.mark.parametrize("name", ["text", "dot", "mermaid", "svg", "json"])
def test_the_output_goes_to_a_file(tmp_path, name):
    folder = Folder(tmp_path / "x").environment()
    folder.revision("a001")
    shown = folder.miglint("graph", "--format", name).out
    run = folder.miglint("graph", "--format", name, "-o", str(tmp_path / "out"))
    assert (run.status, run.out, (tmp_path / "out").read_text()) == (0, "", shown)
    for path in (tmp_path / "no" / "out", tmp_path, "/dev/full"):
        complaint = folder.miglint("graph", "--format", name, "-o", str(path)).complaint()
        assert complaint.startswith(f"cannot write {path}: ")
    assert not os.path.exists(tmp_path / "no")
