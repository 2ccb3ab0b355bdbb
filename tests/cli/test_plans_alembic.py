"""What one upgrade or downgrade runs, and what alembic_version is told, against real Alembic on random graphs."""

import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest
from random_graphs import random_graph, random_word

SEEDS = range(400)
PLANS_A_GRAPH = 24
JUDGE = Path(__file__).with_name("plan_judge.py")


def start_word(rng, revisions):
    """Where a database may be."""
    names = [r[0] for r in revisions] * 2 + sum((r[3] for r in revisions), []) + ["heads", "base", "nothing"]
    word = rng.choice(names)
    return rng.choice(("", word, word, word, word[:4], word + "@head", word + "@heads", "-1"))


def random_plans(seed, revisions):
    rng = random.Random(seed)
    return [
        [start_word(rng, revisions), rng.choice((start_word, random_word))(rng, revisions), rng.random() < 0.5]
        for _ in range(PLANS_A_GRAPH)
    ]


def ask(questions, age):
    """What graph_dump makes of the questions, for an age of SQLAlchemy."""
    lines = []
    for question in questions:
        for revision, *lists in question["revisions"]:
            lines.append("\t".join(["rev", revision] + [",".join(names) for names in lists]))
        for start, target, downgrade in question["plans"]:
            lines.append(f"{'downgrade' if downgrade else 'upgrade'}\t{start}:{target}\t{age}")
        lines.append("end")
    run = subprocess.run(
        [os.environ["MIGLINT_GRAPH_DUMP"]], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True
    )
    answers, plans = [], []
    for line in run.stdout.splitlines():
        kind, *fields = line.split("\t")
        if kind == "plan":
            _, outcome, rest = fields
            rows = rest.split(",") if rest else []
            plans.append({"from": rows, "steps": []} if outcome == "ok" else {"error": rest})
        elif kind == "step":
            plans[-1]["steps"].append([fields[0], fields[1:]])
        elif kind == "end":
            answers.append(plans)
            plans = []
    return answers


def ask_alembic(questions, path):
    run = subprocess.run(
        ["/usr/bin/python3", "-B", JUDGE], input=json.dumps(questions), stdout=subprocess.PIPE, text=True, check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    return json.loads(run.stdout)


@pytest.fixture(scope="module", params=["debian", "recent"])
def plans(request):
    """(graph, words, what miglint answers, what Alembic does) of each plan."""
    old = request.param == "debian"
    path = "" if old else request.getfixturevalue("recent")
    questions = [{"revisions": random_graph(seed), "plans": random_plans(seed, random_graph(seed))} for seed in SEEDS]
    return [
        (question["revisions"], words, our, their)
        for question, ours, theirs in zip(questions, ask(questions, "1.4" if old else "2.0"), ask_alembic(questions, path))
        for words, our, their in zip(question["plans"], ours, theirs)
    ]


def is_refused_by_us_alone(words, error):
    """Where Alembic takes a word that does not say what is meant, or a label that is none."""
    label = words[1].rpartition("@")[0]
    return "ambiguous which of" in error or bool(label) and f"'{label}'" in error


def test_the_same_revisions_are_run_in_the_same_order(plans):
    outcomes = {"ok": 0, "empty": 0, "error": 0, "apart": 0}
    for revisions, words, our, their in plans:
        case = (revisions, words, our, their)
        if their is None:
            assert "error" in our, case
            outcomes["error"] += 1
        elif "error" in our:
            assert is_refused_by_us_alone(words, our["error"]), case
            outcomes["apart"] += 1
        else:
            assert our["from"] == their["from"], case
            assert [step[0] for step in our["steps"]] == their["order"], case
            outcomes["ok" if our["steps"] else "empty"] += 1
    assert outcomes["ok"] > 2000 and outcomes["error"] > 1000 and outcomes["apart"] < 500, outcomes


STATEMENT = re.compile(
    r"INSERT INTO alembic_version \(version_num\) VALUES \('(?P<inserted>\w+)'\)(?: RETURNING version_num)?|"
    r"DELETE FROM alembic_version WHERE alembic_version.version_num = '(?P<deleted>\w+)'|"
    r"UPDATE alembic_version SET version_num='(?P<to>\w+)' WHERE alembic_version.version_num = '(?P<from_>\w+)'"
)


def tell(rows, statement):
    """The rows after a statement, which must have fitted those before."""
    said = STATEMENT.fullmatch(statement)
    assert said, statement
    gone, new = said["deleted"] or said["from_"], said["inserted"] or said["to"]
    assert gone is None or gone in rows
    assert new is None or new not in rows
    return rows - {gone} | ({new} if new else set())


def test_alembic_version_is_kept_as_alembic_keeps_it(plans):
    steps = {"one": 0, "several": 0}
    for revisions, words, our, their in plans:
        if their is None or "error" in our:
            continue
        rows = set(our["from"])
        for (revision, said), (_, wanted, left) in zip(our["steps"], their["steps"]):
            case = (revisions, words, revision, said, wanted)
            for statement in said:
                rows = tell(rows, statement)
            assert rows == set(left), case
            # Which of several rows is updated, and which are deleted, Alembic leaves to a set's order.
            assert len(said) == len(wanted), case
            assert len(said) > 1 or said == wanted, case
            steps["several" if len(said) > 1 else "one"] += 1
    assert steps["one"] > 10000 and steps["several"] > 100, steps
