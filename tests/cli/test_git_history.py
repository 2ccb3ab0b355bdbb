"""Merge bases, walks and introductions against git, on random histories."""

import random

import pytest
from source_dump import SourceDump, commit_stream, fast_import, git, words

SEEDS = range(12)
COMMITS = 40
PAIRS = 25


def random_commits(seed):
    """[(parents, time, tree)], newest last; parents are indices."""
    rng = random.Random(seed)
    merging = rng.choice((0.1, 0.3, 0.5))
    commits = []
    for i in range(COMMITS):
        # Now and then several commits of one second, and another root.
        time = commits[-1][1] + rng.choice((0, 60, 60, 60)) if commits else 1700000000
        recent = range(max(0, i - 6), i)
        parents = rng.sample(recent, 1) if i and rng.random() > 0.05 else []
        if parents and rng.random() < merging:
            parents += [p for p in rng.sample(recent, min(i, rng.choice((1, 1, 1, 2)))) if p not in parents]
        tree = {}
        for parent in reversed(parents):
            tree.update(commits[parent][2])
        for _ in range(rng.choice((0, 1, 2)) if len(parents) < 2 else 0):
            path = f"{rng.choice(('a', 'b/c', 'b'))}/{rng.randrange(4)}"
            if path in tree and rng.random() < 0.5:
                del tree[path]
            else:
                tree[path] = f"{seed} {i} {rng.random()}\n"
        commits.append((parents, time, tree))
    return commits


@pytest.fixture(scope="module", params=SEEDS)
def history(request, tmp_path_factory):
    """The repository, its commits as random_commits has them, and their ids."""
    folder = tmp_path_factory.mktemp("history")
    git(folder, "init", "-q")
    commits = random_commits(request.param)
    stream = []
    for i, (parents, time, tree) in enumerate(commits):
        stream.append(commit_stream("refs/heads/made", i + 1, time, [p + 1 for p in parents], tree))
        stream.append(f"reset refs/heads/made\n\nreset refs/made/{i:03}\nfrom :{i + 1}\n\n")
    fast_import(folder, stream)
    ids = words(folder, "for-each-ref", "--format=%(objectname)", "refs/made")
    assert len(ids) == COMMITS
    dump = SourceDump(folder)
    yield folder, commits, ids, dump, random.Random(request.param)
    dump.close()


def test_merge_bases(history):
    folder, _, ids, dump, rng = history
    for _ in range(PAIRS):
        ours, *theirs = rng.sample(ids, rng.choice((2, 2, 2, 3, 4)))
        expected = git(folder, "merge-base", "--all", ours, *theirs, status=(0, 1)).decode().split()
        assert sorted(dump.ask("merge-bases", ours, *theirs)) == sorted(expected)


def test_one_set_of_ancestors_serves_many(history):
    folder, _, ids, dump, rng = history
    base, others = rng.choice(ids), rng.sample(ids, PAIRS)
    behind = set(words(folder, "rev-list", base))
    for commit, line in zip(others, dump.ask("ancestors", base, *others), strict=True):
        has, *bases = line.split()
        assert has == str(int(commit in behind))
        expected = git(folder, "merge-base", "--all", base, commit, status=(0, 1)).decode().split()
        assert sorted(bases) == sorted(expected)


def test_walks(history):
    folder, commits, ids, dump, rng = history
    place = {id: i for i, id in enumerate(ids)}
    for _ in range(PAIRS):
        old, new = rng.sample(ids, 2)
        range_ = rng.choice((f"{old}..{new}", new))
        old = old if ".." in range_ else ""
        walked = dump.ask("walk", old, new)
        assert sorted(walked) == sorted(words(folder, "rev-list", range_))
        for i, commit in enumerate(walked):
            assert not {ids[parent] for parent in commits[place[commit]][0]} & set(walked[i + 1 :])
        expected = words(folder, "rev-list", "--first-parent", "--reverse", "--topo-order", range_)
        assert dump.ask("walk-first-parent", old, new) == expected


def test_introductions(history):
    folder, commits, ids, dump, rng = history
    for tip in rng.sample(range(COMMITS), PAIRS):
        paths = sorted(commits[tip][2])
        for path, found in zip(paths, dump.ask("introductions", ids[tip], *paths), strict=True):
            log = ("log", "-1", "--no-renames", "--diff-filter=A", "--format=%H", ids[tip], "--", path)
            assert [found] == words(folder, *log)
