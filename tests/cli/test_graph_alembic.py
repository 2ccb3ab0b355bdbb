"""The graph against Alembic's own RevisionMap, on random graphs."""

import os
import subprocess
import warnings

import pytest
from alembic.script.revision import Revision, RevisionMap
from random_graphs import broken_graph, random_graph, random_ranges, without_doubles

SEEDS = range(400)

# --- the two sides --------------------------------------------------------------


def ask(questions):
    """What graph_dump makes of [(revisions, ranges)]: one dict a question."""
    lines = []
    for revisions, ranges in questions:
        for revision, *lists in revisions:
            lines.append("\t".join(["rev", revision] + [",".join(names) for names in lists]))
        lines += ["range\t" + text for text in ranges] + ["end"]
    run = subprocess.run(
        [os.environ["MIGLINT_GRAPH_DUMP"]],
        input="\n".join(lines) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answers, answer = [], {"nodes": {}, "problems": [], "ranges": []}
    for line in run.stdout.splitlines():
        kind, *fields = line.split("\t")
        if kind == "node":
            answer["nodes"][fields[0]] = [fields[1]] + [f.split(",") if f else [] for f in fields[2:]]
        elif kind == "problem":
            answer["problems"].append((fields[0], fields[1].split(","), fields[2]))
        elif kind == "range":
            answer["ranges"].append((fields[0], fields[1], fields[2]))
        elif kind == "end":
            answers.append(answer)
            answer = {"nodes": {}, "problems": [], "ranges": []}
        else:
            answer[kind] = fields[0].split(",") if fields[0] else []
    assert len(answers) == len(questions)
    return answers


def alembic_map(revisions):
    """Alembic's map, made in full; raises where Alembic does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = RevisionMap(
            lambda: [
                Revision(revision, tuple(parents) or None, tuple(dependencies) or None, tuple(labels) or None)
                for revision, parents, dependencies, labels in revisions
            ]
        )
        made._revision_map
    return made


def alembic_order(revisions):
    made = alembic_map(revisions)
    for revision in filter(None, made._revision_map.values()):
        # Alembic makes this tuple of a set, so any order of it is Alembic's; ours is the written one.
        kept = set(revision._normalized_resolved_dependencies)
        revision._normalized_resolved_dependencies = tuple(
            name for name in dict.fromkeys(revision._resolved_dependencies) if name in kept
        )
    return [revision.revision for revision in made.iterate_revisions("heads", "base")][::-1]


def alembic_range(made, text):
    """As `alembic history -r`; a word alone as the target of `alembic upgrade`, or counted from the heads."""
    if ":" in text:
        base, head = text.split(":")
        found = made.iterate_revisions(head or "heads", base or "base", inclusive=True, assert_relative_length=False)
    elif text.rpartition("@")[2].startswith("-"):
        found = made.get_revisions(text)
    else:
        found = made._parse_upgrade_target("base", text, assert_relative_length=False)
    return {revision.revision for revision in found}


def expected_range(made, text):
    try:
        return "ok", alembic_range(made, text)
    except Exception:  # Alembic's own assertions and KeyErrors are refusals too
        return "error", None


def assert_topological(order, nodes):
    place = {revision: i for i, revision in enumerate(order)}
    assert len(place) == len(order)
    for revision, (_, parents, dependencies, *_) in nodes.items():
        for before in parents + dependencies:
            if revision in place and before in place:
                assert place[before] < place[revision]


# --- graphs without a fault -----------------------------------------------------


@pytest.fixture(scope="module")
def sound():
    questions = []
    for seed in SEEDS:
        revisions = random_graph(seed)
        questions.append((revisions, random_ranges(seed, revisions)))
    return list(zip(questions, ask(questions)))


def test_the_graph_is_alembics(sound):
    for (revisions, _), answer in sound:
        made = alembic_map(revisions)
        assert answer["problems"] == []
        assert answer["heads"] == list(made.heads)
        assert answer["bases"] == list(made.bases)
        assert list(answer["nodes"]) == [r[0] for r in revisions]
        for revision, (flags, parents, dependencies, children, dependents, labels) in answer["nodes"].items():
            theirs = made.get_revision(revision)
            assert parents == list(theirs._versioned_down_revisions)
            assert dependencies == list(dict.fromkeys(theirs._resolved_dependencies))
            assert set(children) == theirs.nextrev
            assert set(children) | set(dependents) == theirs._all_nextrev
            assert labels == sorted(theirs.branch_labels)
            assert ("h" in flags) == theirs.is_head
            assert ("e" in flags) == (theirs.is_head and not theirs._is_real_head)
            assert ("b" in flags) == theirs.is_base
            assert ("p" in flags) == theirs.is_branch_point
            assert ("m" in flags) == theirs.is_merge_point


def test_the_upgrade_order_is_alembics(sound):
    for (revisions, _), answer in sound:
        assert answer["order"] == alembic_order(revisions)
        assert_topological(answer["order"], answer["nodes"])


def test_heads_part_at_their_nearest_common_ancestors(sound):
    for (revisions, _), answer in sound:
        made = alembic_map(revisions)
        ancestors = {
            r: {a.revision for a in made._get_ancestor_nodes([made.get_revision(r)], include_dependencies=False)}
            for r, *_ in revisions
        }
        common = set(ancestors).intersection(*(ancestors[head] for head in made.heads)) if revisions else set()
        nearest = {r for r in common if not any(r in ancestors[other] for other in common - {r})}
        assert set(answer["parting"]) == nearest


def test_ranges_are_alembics(sound):
    outcomes = {"ok": 0, "error": 0}
    for (revisions, _), answer in sound:
        made = alembic_map(revisions)
        for text, outcome, found in answer["ranges"]:
            expected, names = expected_range(made, text)
            case = (text, found, revisions)
            assert outcome == expected, case
            outcomes[outcome] += 1
            if outcome == "error":
                continue
            order = found.split(",") if found else []
            assert set(order) == names, case
            assert_topological(order, answer["nodes"])
    assert min(outcomes.values()) > 1000


# --- graphs with faults ---------------------------------------------------------


def reaches(edges):
    """All that can be reached from each node, itself only by a circle."""
    reached = {node: set() for node in edges}
    for node in edges:
        todo = list(edges[node])
        while todo:
            found = todo.pop()
            if found not in reached[node]:
                reached[node].add(found)
                todo += edges[found]
    return reached


def circles(edges):
    reached = reaches(edges)
    return {
        frozenset(other for other in reached[node] if node in reached[other]) for node in edges if node in reached[node]
    }


def assert_circles(problems, edges, expected):
    found = set()
    for _, ids, _ in problems:
        assert len(set(ids)) == len(ids)
        for node, above in zip(ids, ids[1:] + ids[:1]):
            assert above in edges[node]
        found |= {group for group in expected if set(ids) <= group}
    assert len(problems) == len(expected)
    assert found == expected


@pytest.fixture(scope="module")
def broken():
    graphs = [broken_graph(seed) for seed in SEEDS]
    return list(zip(graphs, ask([(graph, random_ranges(seed, graph)) for seed, graph in zip(SEEDS, graphs)])))


def test_problems_are_what_is_wrong(broken):
    kinds = {}
    for revisions, answer in broken:
        problems = {}
        for problem in answer["problems"]:
            problems.setdefault(problem[0], []).append(problem)
            kinds[problem[0]] = kinds.get(problem[0], 0) + 1
        nodes = {r[0]: r for r in without_doubles(revisions)}
        labels = {}
        for revision, *_, own in nodes.values():
            for label in own:
                labels.setdefault(label, []).append(revision)
        named = {label: users[0] for label, users in labels.items()}
        named.update({revision: revision for revision in nodes})

        all_ids = [r[0] for r in revisions]
        doubles = [("duplicate", [i] * all_ids.count(i), "") for i in nodes if all_ids.count(i) > 1]
        assert problems.get("duplicate", []) == doubles
        assert problems.get("missing-parent", []) == [
            ("missing-parent", [r], p) for r, parents, *_ in nodes.values() for p in parents if p not in nodes
        ]
        assert problems.get("missing-dependency", []) == [
            ("missing-dependency", [r], d) for r, _, needs, _ in nodes.values() for d in needs if d not in named
        ]
        clashes = [
            ("label-clash", list(dict.fromkeys(users)) + ([label] if label in nodes else []), label)
            for label, users in labels.items()
            if len(users) > 1 or label in nodes
        ]
        assert problems.get("label-clash", []) == clashes

        parents = {r: [p for p in written if p in nodes] for r, written, *_ in nodes.values()}
        needs = {r: parents[r] + [named[d] for d in nodes[r][2] if d in named] for r in nodes}
        lines = circles(parents)
        assert_circles(problems.get("cycle", []), parents, lines)
        explained = {group for group in circles(needs) if any(group & line for line in lines)}
        assert_circles(problems.get("dependency-cycle", []), needs, circles(needs) - explained)
    assert len(kinds) == 6 and min(kinds.values()) > 10


def test_alembic_raises_where_there_is_a_problem(broken):
    raised = 0
    for revisions, answer in broken:
        kinds = {problem[0] for problem in answer["problems"]} - {"duplicate"}
        try:
            made = alembic_map(without_doubles(revisions))
        except Exception:
            assert kinds, revisions
            raised += 1
            continue
        # Alembic doesn't see a circle that leads to a head and to a base.
        assert kinds <= {"cycle", "dependency-cycle"}, revisions
        if not kinds:
            assert answer["heads"] == list(made.heads)
            assert answer["bases"] == list(made.bases)
    assert raised > len(SEEDS) / 4


def test_a_broken_graph_is_still_a_graph(broken):
    for revisions, answer in broken:
        nodes = without_doubles(revisions)
        ids = {r[0] for r in nodes}
        parents = {r: [p for p in written if p in ids] for r, written, *_ in nodes}
        assert answer["heads"] == [r for r in answer["nodes"] if not any(r in p for p in parents.values())]
        assert answer["bases"] == [r for r, written, *_ in nodes if not written]
        assert sorted(answer["order"]) == sorted(ids)
        stuck = set().union(*circles({r: n[1] + n[2] for r, n in answer["nodes"].items()}))
        above = reaches({r: n[1] + n[2] for r, n in answer["nodes"].items()})
        stuck |= {r for r in ids if above[r] & stuck}
        runnable = [r for r in answer["order"] if r not in stuck]
        assert_topological(runnable, answer["nodes"])
        assert answer["order"] == runnable + [r for r in answer["nodes"] if r in stuck]
        for _, outcome, found in answer["ranges"]:
            assert outcome == "error" or set(found.split(",") if found else []) <= ids
