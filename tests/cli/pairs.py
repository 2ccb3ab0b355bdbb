"""Pairs of upgrade() and downgrade() that autogenerate wrote, and what miglint says of them.

Of what is true about them see autogenerate.py.
"""

import json
import math
import os
import re
import shutil
import subprocess
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

from postgres import Cluster
from repository import miglint

WORKER = Path(__file__).with_name("autogenerate.py")
PYTHON = "/usr/bin/python3"
ENOUGH = 0.95  # of the faults that a rule is for
GROUPS = ("ML3", "ML4", "ML5")


# --- making them -----------------------------------------------------------


def make(folder, count, ages, seed=7):
    """Projects with `count` pairs together, of each age (name: PYTHONPATH), dialect, and with and without names."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = [
        (age, dialect, naming)
        for age in ages
        for dialect in ("sqlite", "postgresql")
        for naming in ("convention", "plain")
    ]
    cluster = Cluster()
    try:
        for age, dialect, naming in kinds:
            if dialect == "postgresql":
                cluster.run("createdb", "-h", cluster.folder, "-U", "postgres", f"{age}_{naming}")

        def one(number):
            age, dialect, naming = kinds[number]
            target = folder / f"{age}-{dialect}-{naming}"
            share = count // len(kinds) + (number < count % len(kinds))
            url = "sqlite:///pairs.db" if dialect == "sqlite" else f"postgresql:///{age}_{naming}"
            arguments = [target, url, str(seed * 100 + number), str(share)]
            done = subprocess.run(
                [PYTHON, "-B", WORKER, *arguments, *["--convention"] * (naming == "convention")],
                env={
                    **os.environ,
                    "PYTHONPATH": ages[age],
                    "PYTHONHASHSEED": "0",
                    "PGHOST": cluster.folder,
                    "PGUSER": "postgres",
                },
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=900,
            )
            assert done.returncode == 0, f"{target.name}: {done.stderr}"
            return Project(target)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(one, range(len(kinds))))
    finally:
        cluster.stop()


class Project:
    def __init__(self, folder):
        self.folder = folder
        self.record = json.loads(folder.with_suffix(".json").read_text())
        self.pairs = self.record["pairs"]
        self.ordinary = [pair for pair in self.pairs if not pair["rename"]]
        self.true = [pair for pair in self.pairs if pair["failure"] or pair["differences"]]

    def summary(self):
        """And what is wrong with its pairs, though nobody put it there."""
        faults = sum(len(pair["faults"]) for pair in self.pairs)
        lines = [
            f"{self.folder.name}: {len(self.ordinary)} pairs and {len(self.pairs) - len(self.ordinary)} renames by "
            f"Alembic {self.record['alembic']}; {len(self.true)} do not come back; {faults} faults"
        ]
        lines += [f"    {pair['path']}: {pair['failure'] or '; '.join(pair['differences'])}" for pair in self.true]
        return "\n".join(lines)


# --- asking miglint --------------------------------------------------------


def known_rules():
    """The rules in question that the program has."""
    run = miglint("rules", cwd="/")
    return [code for code in re.findall(r"^ML\d+", run.out, re.M) if code.startswith(GROUPS)]


class Report:
    """What is said of one project, by revision."""

    def __init__(self, folder, rules):
        run = miglint("--select", ",".join(rules), "--format", "json", cwd=folder, timeout=300)
        assert run.status in (0, 1), run.err
        self.findings, self.unverified = defaultdict(list), defaultdict(list)
        for finding in run.findings:
            self.findings[finding["revision"]].append(finding)
        for item in run.json["unverified"]:
            self.unverified[item["revision"]].append(f"{item['what']}: {item['why']}")


def is_true(finding, pair):
    """Whether running the pair has shown what the finding says."""
    if pair["rename"] and finding["rule"] == pair["rename"][0]:
        return True
    names = set()
    for difference in pair["differences"]:
        what = difference.split(": ")[0].split()[1]
        names |= {what, what.split(".")[-1]}
    words = set(re.findall(r"[\w.]+", finding["message"]))
    return bool(pair["failure"]) or bool(names & words)


def false_alarms(project, report):
    """The errors that are none."""
    pairs = {pair["revision"]: pair for pair in project.pairs}
    return [
        f"{project.folder.name}/{finding['path']}:{finding['line']}: {finding['rule']} {finding['message']}"
        for revision, findings in report.findings.items()
        for finding in findings
        if finding["severity"] == "error" and not (revision in pairs and is_true(finding, pairs[revision]))
    ]


class Tally:
    """What became of the faults that one rule is for."""

    def __init__(self):
        self.seeded, self.missed = 0, []

    def add(self, fault, place, said, unverified):
        """`said` are the findings that are there for the fault's sake."""
        self.seeded += 1
        if any(finding["rule"] in fault["rules"] for finding in said):
            return
        reasons = [f"{finding['rule']} {finding['message']}" for finding in said] + unverified
        self.missed.append(
            f"{place}: {fault['function']}(): {fault['kind']}, {fault['object']}: "
            f"{fault['shown'][:200]} (said instead: {'; '.join(reasons) or 'nothing'})"
        )

    def merge(self, other):
        self.seeded += other.seeded
        self.missed += other.missed

    def is_enough(self):
        return len(self.missed) <= math.ceil(self.seeded * (1 - ENOUGH))


def with_faults(project, chosen, folder, rules):
    """What miglint says when some revisions have a fault each: (pair, fault) as `chosen`."""
    for pair, fault in chosen:
        (folder / pair["path"]).write_text(fault["text"])
    report = Report(folder, rules)
    for pair, _ in chosen:
        shutil.copy(project.folder / pair["path"], folder / pair["path"])
    return report


def rounds(project, rules):
    """Faults that can be looked at together: [(pair, fault)]. One of upgrade() is seen by all that follows."""
    asked = [
        [(pair, fault) for fault in pair["faults"] if set(fault["rules"]) <= set(rules)] for pair in project.pairs
    ]
    down = [[item for item in items if item[1]["function"] == "downgrade"] for items in asked]
    for together in zip_longest(*down):
        yield [item for item in together if item]
    for items in asked:
        yield from ([item] for item in items if item[1]["function"] == "upgrade")


def renames(project, rules):
    """These are in the chain already: (pair, fault)."""
    for pair in project.pairs:
        if pair["rename"] and pair["rename"][0] in rules:
            rule, old, new = pair["rename"]
            yield pair, {
                "kind": "rename written as drop and add",
                "function": "upgrade",
                "rules": [rule],
                "object": f"{old} to {new}",
                "shown": "autogenerate knows no renames",
            }


def seek_faults(project, rules, clean, folder):
    """A tally for each rule that a fault is for first of all; `clean` was said without them."""
    tallies = defaultdict(Tally)

    def add(pair, fault, report, before):
        revision = pair["revision"]
        said = [finding for finding in report.findings[revision] if finding["message"] not in before]
        place = f"{project.folder.name}/{pair['path']}"
        tallies[fault["rules"][0]].add(fault, place, said, report.unverified[revision])

    shutil.copytree(project.folder, folder)
    for chosen in rounds(project, rules):
        report = with_faults(project, chosen, folder, rules)
        for pair, fault in chosen:
            add(pair, fault, report, {finding["message"] for finding in clean.findings[pair["revision"]]})
    shutil.rmtree(folder)
    for pair, fault in renames(project, rules):
        add(pair, fault, clean, set())
    return tallies


class Results:
    """What miglint says of all projects, and of their faults."""

    def __init__(self, projects, folder):
        self.rules = known_rules()
        self.alarms, self.tallies = [], defaultdict(Tally)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for alarms, tallies in pool.map(lambda project: self.look(project, folder), projects):
                self.alarms += alarms
                for rule, tally in tallies.items():
                    self.tallies[rule].merge(tally)

    def look(self, project, folder):
        clean = Report(project.folder, self.rules)
        tallies = seek_faults(project, self.rules, clean, folder / f"{project.folder.name}-faulty")
        return false_alarms(project, clean), tallies

    def are_good(self):
        return not self.alarms and all(tally.is_enough() for tally in self.tallies.values())

    def lines(self):
        for rule in sorted(self.tallies):
            tally = self.tallies[rule]
            yield f"{rule}: {tally.seeded} faults, {tally.seeded - len(tally.missed)} found"
            yield from (f"    missed: {missed}" for missed in tally.missed)
        yield f"{len(self.alarms)} false alarms"
        yield from (f"    {alarm}" for alarm in self.alarms)
