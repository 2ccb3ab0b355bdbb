"""The merge against `git merge-tree --write-tree`, on random histories."""

import os
import random

import pytest
from source_dump import SourceDump, commit_stream, fast_import, git

SEEDS = range(400)

# --- trees: {path: text} ---------------------------------------------------------

VERSION = """\
\"\"\"{message}

Revision ID: {id}
Revises: {parent}
\"\"\"
from alembic import op
import sqlalchemy as sa

revision = '{id}'
down_revision = '{parent}'


def upgrade():
{upgrade}


def downgrade():
{downgrade}
"""


def some_word(rng):
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.choice((4, 6, 9))))


def some_lines(rng, count):
    return [f"    op.add_column('{some_word(rng)}', sa.Column('{some_word(rng)}'))" for _ in range(count)]


def version_text(rng):
    return VERSION.format(
        message=some_word(rng),
        id=some_word(rng),
        parent=some_word(rng),
        upgrade="\n".join(some_lines(rng, rng.choice((1, 2, 5, 12)))),
        downgrade="\n".join(some_lines(rng, rng.choice((1, 2, 5)))),
    )


def first_tree(rng):
    tree = {
        "alembic.ini": "[alembic]\nscript_location = migrations\n\n" + "".join(f"key{i} = {i}\n" for i in range(9)),
        "migrations/env.py": "from alembic import context\n" + "\n".join(some_lines(rng, 12)) + "\n",
        "migrations/versions/__init__.py": "",
        "app/__init__.py": "",
        "app/models.py": "\n".join(some_lines(rng, 60)) + "\n",
        "app/core/base.py": "\n".join(some_lines(rng, 6)) + "\n",
        "docs/index.txt": "\n".join(some_lines(rng, 3)) + "\n",
    }
    for _ in range(rng.choice((1, 4, 8))):
        tree[f"migrations/versions/{some_word(rng)}.py"] = version_text(rng)
    if rng.random() < 0.2:
        tree["app/image"] = "\0" + "".join(f"{i}\n" for i in range(20))
    return tree


# --- what a commit does to one ---------------------------------------------------


def edited(rng, text, share=None):
    lines = text.splitlines(keepends=True)
    for _ in range(rng.choice((1, 1, 2)) if share is None else max(1, int(len(lines) * share))):
        line = rng.choice(some_lines(rng, 1) + ["    pass", "", "x = 1"]) + "\n"
        place = rng.randrange(len(lines) + 1)
        what = rng.choice(("insert", "replace", "replace", "delete"))
        if what == "insert" or place == len(lines):
            lines.insert(place, line)
        elif what == "replace":
            lines[place] = line
        else:
            del lines[place]
    return "".join(lines)


def edit(rng, tree, names):
    path = rng.choice(sorted(tree))
    tree[path] = edited(rng, tree[path])


def edit_settings(rng, tree, names):
    path = rng.choice(("alembic.ini", "migrations/env.py"))
    if path in tree:
        tree[path] = edited(rng, tree[path])


def edit_much(rng, tree, names):
    path = rng.choice(sorted({"migrations/env.py", "app/models.py"} & {*tree}) or sorted(tree))
    tree[path] = edited(rng, tree[path], rng.choice((0.1, 0.3, 0.6)))


def add(rng, tree, names):
    folder = rng.choice(sorted({os.path.dirname(path) for path in tree}))
    tree[os.path.join(folder, rng.choice(names) + ".py")] = version_text(rng)


def delete(rng, tree, names):
    del tree[rng.choice(sorted(tree))]


def rename(rng, tree, names):
    path = rng.choice(sorted(tree))
    text = tree.pop(path)
    if rng.random() < 0.5:
        text = edited(rng, text, rng.choice((0.05, 0.2, 0.4, 0.6)))
    folder = os.path.dirname(path) if rng.random() < 0.6 else rng.choice(("", "app", "migrations/old", "new"))
    name = rng.choice(names) + ".py" if rng.random() < 0.6 else os.path.basename(path)
    tree[os.path.join(folder, name)] = text


def rename_folder(rng, tree, names):
    old = rng.choice(("migrations/versions", "migrations", "app", "app/core"))
    new = rng.choice(("alembic", "migrations/revisions", "src/app", "db/migrations"))
    for path in [path for path in tree if path.startswith(old + "/")]:
        if rng.random() < 0.95:
            text = tree.pop(path)
            tree[new + path[len(old) :]] = edited(rng, text) if text and rng.random() < 0.1 else text


def replace_by_folder(rng, tree, names):
    path = rng.choice(sorted(tree)[:4])
    tree[path + "/inside"] = tree.pop(path)


def replace_by_file(rng, tree, names):
    folder = rng.choice(sorted({os.path.dirname(path) for path in tree} - {""}) or ["none"])
    for path in [path for path in tree if path.startswith(folder + "/")]:
        del tree[path]
    tree[folder] = version_text(rng)


def edit_first(rng, tree, names):
    path = rng.choice(sorted(tree)[:4])
    tree[path] = edited(rng, tree[path])


COMMON = (edit, edit, edit, edit_settings, add, add, delete, rename)
KINDS = (
    (*COMMON,),
    (edit, edit_settings),
    (add, add, edit, delete),
    (*COMMON, rename, rename, rename),
    (*COMMON, rename_folder),
    (add, add, add, edit, rename_folder, rename_folder),
    (*COMMON, replace_by_folder, replace_by_folder, replace_by_file, edit_first, edit_first),
    (*COMMON, edit_much, edit_much, edit_much),
)


def is_possible(tree):
    """No file where another path has a folder."""
    folders = {"/".join(path.split("/")[:i]) for path in tree for i in range(1, path.count("/") + 1)}
    return not folders & set(tree)


def changed(rng, tree, kinds, names, most=3):
    for _ in range(rng.randint(1, most)):
        after = dict(tree)
        rng.choice(kinds)(rng, after, names)
        if after and is_possible(after):
            tree = after
    return tree


def joined(rng, base, ours, theirs):
    """A merge as a person might make it."""
    tree = dict(ours)
    for path in sorted({*base, *theirs}):
        if base.get(path) != theirs.get(path) and (ours.get(path) == base.get(path) or rng.random() < 0.5):
            tree.pop(path, None)
            if path in theirs:
                tree[path] = theirs[path]
    return tree if is_possible(tree) else ours


# --- histories: [(tree, parents)], the last two of which are merged ------------------


def random_history(seed):
    rng = random.Random(seed)
    kinds = rng.choice(KINDS)
    names = [some_word(rng) for _ in range(rng.choice((2, 5, 20)))]
    commits = [(first_tree(rng), ())]

    def commit(parents, tree):
        commits.append((tree, parents))
        return len(commits) - 1

    def advance(parent, most=3):
        return commit((parent,), changed(rng, commits[parent][0], kinds, names, most))

    ours, theirs, base = advance(0), advance(0), 0
    # A merge of merge bases has names of its own for files where there are folders.
    for _ in range(0 if replace_by_folder in kinds else rng.choice((0, 0, 0, 1, 1, 2))):
        trees = [commits[i][0] for i in (base, ours, theirs)]
        crossed = (
            commit((ours, theirs), joined(rng, trees[0], trees[1], trees[2])),
            commit((theirs, ours), joined(rng, trees[0], trees[2], trees[1])),
        )
        base, (ours, theirs) = ours, (advance(i, 2) for i in crossed)
    if rng.random() < 0.1:
        theirs = base
    return commits, ours, theirs


def stream_of(histories):
    """What makes refs/ours/N and refs/theirs/N of each."""
    first = 1
    for number, (commits, ours, theirs) in enumerate(histories):
        for i, (tree, parents) in enumerate(commits):
            marks = [first + parent for parent in parents]
            yield commit_stream(f"refs/made/{number}", first + i, 1700000000 + i * 60, marks, tree)
        for name, which in (("ours", ours), ("theirs", theirs)):
            yield f"reset refs/{name}/{number}\nfrom :{first + which}\n\n"
        yield f"reset refs/made/{number}\n\n"
        first += len(commits)


def git_merge(folder, ours, theirs):
    """{path: id}, of what is in conflict {path: {stage: id}}, and git's messages."""
    # Their names stand in the conflict markers.
    for name, commit in (("ours", ours), ("theirs", theirs)):
        (folder / ".git/refs/heads" / name).write_text(commit + "\n")
    out = git(folder, "merge-tree", "--write-tree", "-z", "ours", "theirs", status=(0, 1)).decode()
    fields = out.split("\0")
    tree, conflicts = fields[0], {}
    end = 1
    while end < len(fields) and fields[end]:
        (mode, id, stage), path = fields[end].split("\t", 1)[0].split(), fields[end].split("\t", 1)[1]
        conflicts.setdefault(path, {})[stage] = id
        end += 1
    listed = git(folder, "ls-tree", "-rz", tree).decode().split("\0")[:-1]
    files = {line.split("\t")[1]: line.split()[2] for line in listed}
    return files, conflicts, "\n".join(fields[end + 1 :])


def merged_by_lines(folder, stages):
    """As git merges files on their own. `git merge` pairs lines by its histogram diff; this does as
    libgit2 does, which can cut a conflict elsewhere where lines repeat."""
    for stage, id in stages.items():
        (folder / f"stage{stage}").write_bytes(git(folder, "cat-file", "blob", id))
    names = [argument for name in ("ours", "base", "theirs") for argument in ("-L", name)]
    merged = git(folder, "merge-file", "-p", *names, "stage2", "stage1", "stage3", status=range(1, 128))
    return git(folder, "hash-object", "--stdin", input=merged).decode().strip()


def beside(path):
    """Whether git laid a file there because there is a folder where it belongs."""
    return path.endswith(("~ours", "~theirs"))


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    folder = tmp_path_factory.mktemp("histories")
    git(folder, "init", "-q")
    fast_import(folder, stream_of([random_history(seed) for seed in SEEDS]))
    return folder


def test_merges_are_those_of_git(histories):
    listed = git(histories, "for-each-ref", "--format=%(refname) %(objectname)").decode()
    commits = dict(line.split() for line in listed.splitlines())
    dump = SourceDump(histories)
    seen = dict.fromkeys(("clean", "conflict", "renamed", "folder", "beside", "recursive"), 0)
    for number, seed in enumerate(SEEDS):
        ours, theirs = commits[f"refs/ours/{number}"], commits[f"refs/theirs/{number}"]
        files, conflicts, messages = git_merge(histories, ours, theirs)
        answer = dump.ask("merge", ours, theirs, *sorted({*files, *conflicts}))
        told = [line.split(" ", 2) for line in answer]
        found = {path: id for what, id, path in told if what == "file"}
        expected = {path: id for path, id in files.items() if not beside(path)}
        for path in [path for path in expected if path in found and found[path] != expected[path]]:
            if len(conflicts.get(path, {})) == 3:
                expected[path] = merged_by_lines(histories, conflicts[path])
        assert found == expected, seed
        # A file that could not follow its folder: git has a message, and no entry that conflicts.
        stays = {path for what, kind, path in told if what == "conflict" and path not in conflicts}
        assert not stays or "implicit dir rename" in messages or "rename split" in messages, (seed, stays)
        conflicting = {path for what, kind, path in told if what == "conflict"}
        assert conflicting - stays == {path for path in conflicts if not beside(path)}, seed
        seen["clean"] += not conflicts
        seen["conflict"] += "CONFLICT (content)" in messages
        seen["renamed"] += "CONFLICT (rename" in messages
        seen["folder"] += "CONFLICT (file location)" in messages
        seen["beside"] += any(beside(path) for path in files)
        seen["recursive"] += len(dump.ask("merge-bases", ours, theirs)) > 1
    dump.close()
    # What the histories are made for has come up.
    assert all(count >= 5 for count in seen.values()), seen
