"""Random graphs for Alembic to judge: lists of (id, parents, dependencies, labels) in load order."""

import random

RANGES_A_GRAPH = 30


def some_id(rng):
    return "".join(rng.choice("ab1") for _ in range(rng.choice((2, 3, 4, 4, 5, 6, 12))))


def distinct_ids(rng, count):
    ids = []
    while len(ids) < count:
        candidate = some_id(rng)
        if candidate not in ids:
            ids.append(candidate)
    return ids


def random_labels(rng, count):
    pool = ["lab", "label", "labelled", "ab", "abab", "other", "main", "1a1a1"]
    return rng.sample(pool, min(count, len(pool)))


def random_graph(seed):
    """A graph without a fault, of a shape that depends on the seed."""
    rng = random.Random(seed)
    ids = distinct_ids(rng, rng.choice((0, 1, 2, 5, 8, 12, 16, 60)))
    new_base, merge, branch = rng.choice(((0.0, 0.0, 0.0), (0.0, 0.3, 0.4), (0.2, 0.2, 0.3), (0.5, 0.1, 0.1)))
    depends = rng.choice((0.0, 0.0, 0.3, 0.6))
    labels = [name for name in random_labels(rng, rng.choice((0, 0, 1, 3))) if name not in ids]
    revisions, declared = [], []
    for i, revision in enumerate(ids):
        tips = [r for r in ids[:i] if not any(r in other[1] for other in revisions)]
        parents, dependencies, own = [], [], []
        if i and rng.random() >= new_base:
            if len(tips) > 1 and rng.random() < merge:
                parents = rng.sample(tips, 2 if len(tips) == 2 else rng.choice((2, 3)))
            else:
                parents = [rng.choice(ids[:i]) if rng.random() < branch else rng.choice(tips)]
        if i and rng.random() < depends:
            dependencies = rng.sample(ids[:i] + declared, rng.choice((1, 1, 2)) if i > 1 else 1)
        while labels and rng.random() < 0.25:
            own.append(labels.pop())
        declared += own
        revisions.append((revision, parents, dependencies, own))
    if rng.random() < 0.7:
        rng.shuffle(revisions)
    return revisions


def broken_graph(seed):
    """A graph with faults: edges in any direction, missing and doubled names."""
    rng = random.Random(seed)
    revisions = [tuple(list(f) if isinstance(f, list) else f for f in r) for r in random_graph(seed)]
    ids = [r[0] for r in revisions] or ["aaaa"]
    for _ in range(rng.choice((1, 1, 2, 4))):
        if not revisions:
            break
        revision = rng.choice(revisions)
        fault = rng.choice(("edge", "edge", "edge", "depends", "depends", "missing", "gone", "double", "label"))
        if fault == "edge":
            revision[1].append(rng.choice(ids))
        elif fault == "depends":
            revision[2].append(rng.choice(ids + sum((r[3] for r in revisions), [])))
        elif fault == "missing":
            revision[1].append("missing")
        elif fault == "gone":
            revision[2].append("gone")
        elif fault == "double":
            copy = rng.choice(ids)
            revisions.insert(rng.randrange(len(revisions) + 1), (copy, [rng.choice(ids)], [], []))
        elif fault == "label":
            revision[3].append(rng.choice(ids + ["label", "label", "other"]))
    return revisions


def without_doubles(revisions):
    first = {}
    for revision in revisions:
        first.setdefault(revision[0], revision)
    return list(first.values())


def random_word(rng, revisions):
    ids = [r[0] for r in revisions]
    names = ids + ids + sum((r[3] for r in revisions), []) + ["heads", "head", "base", "nothing"]

    def name():
        full = rng.choice(names)
        return full[: rng.choice((1, 2, 3, 4))] if rng.random() < 0.15 else full

    def steps():
        return rng.choice("+-") + rng.choice("01123459")

    return rng.choice(
        (
            lambda: "",
            name,
            name,
            name,
            lambda: name() + "@" + name(),
            lambda: name() + "@" + rng.choice(("head", "heads", "base")),
            lambda: name() + steps(),
            lambda: name() + "@" + name() + steps(),
            lambda: name() + "@" + steps(),
            steps,
            lambda: rng.choice(("@head", "a@b@head", "x@", "@+1", "@-1", "a@b@+1", "heads@head")),
        )
    )()


def random_ranges(seed, revisions):
    rng = random.Random(seed)
    words = [random_word(rng, revisions) for _ in range(RANGES_A_GRAPH)]
    return [word + ":" + random_word(rng, revisions) for word in words] + [w for w in words if w]
