"""What real Alembic runs, and tells alembic_version, for graphs and words that are read as JSON.

A question is {"revisions": [[id, parents, dependencies, labels]], "plans": [[from, to, downgrade]]}.
A plan's answer is null where Alembic refuses it, or {"from": rows, "order": ids, "steps": [[id, statements,
rows]]}; the steps end where Alembic itself fails to keep the rows.
"""

import json
import sys
import warnings
from types import SimpleNamespace

from alembic.runtime.migration import HeadMaintainer, MigrationStep
from alembic.script.revision import Revision, RevisionMap
from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table
from sqlalchemy.dialects import sqlite


class Script(Revision):
    """A revision that does nothing."""

    module = SimpleNamespace(upgrade=lambda: None, downgrade=lambda: None)
    doc = ""


def map_of(revisions):
    made = RevisionMap(
        lambda: [
            Script(name, tuple(parents) or None, tuple(dependencies) or None, tuple(labels) or None)
            for name, parents, dependencies, labels in revisions
        ]
    )
    for revision in filter(None, made._revision_map.values()):
        # Alembic makes this tuple of a set, so any order of it is Alembic's; ours is the written one.
        kept = set(revision._normalized_resolved_dependencies)
        revision._normalized_resolved_dependencies = tuple(
            name for name in dict.fromkeys(revision._resolved_dependencies) if name in kept
        )
    return made


class Versions:
    """alembic_version, and what it is told."""

    def __init__(self, heads):
        table = Table(
            "alembic_version", MetaData(), Column("version_num", String(32), nullable=False),
            PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
        )
        self.said = []
        context = SimpleNamespace(impl=SimpleNamespace(_exec=self.execute), _version=table, as_sql=True)
        self.maintainer = HeadMaintainer(context, heads)

    def execute(self, construct):
        self.said.append(str(construct.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})))

    def take(self, step):
        self.said = []
        self.maintainer.update_to_step(step)
        return self.said, sorted(self.maintainer.heads)


def rows_of(made, word):
    """The rows that a database at `word` has; two of which one needs the other it has never."""
    nodes = made.get_revisions(word)
    for node in nodes:
        if set(made._get_ancestor_nodes([node])) & (set(nodes) - {node}):
            raise ValueError(word)
    return tuple(node.revision for node in nodes)


def plan(made, start, target, downgrade):
    rows = rows_of(made, start or ("heads" if downgrade else "base"))
    target = target or ("base" if downgrade else "heads")
    if downgrade:
        found = made.iterate_revisions(rows, target, select_for_downgrade=True)
        make, order = MigrationStep.downgrade_from_script, list(found)
    else:
        found = made.iterate_revisions(target, rows, implicit_base=True)
        make, order = MigrationStep.upgrade_from_script, list(found)[::-1]
    versions, answer = Versions(rows), {"from": list(rows), "order": [script.revision for script in order], "steps": []}
    for script in order:
        try:
            said, left = versions.take(make(made, script))
        except (AssertionError, KeyError, IndexError):
            break
        answer["steps"].append([script.revision, said, left])
    return answer


def answer(question):
    made, plans = map_of(question["revisions"]), []
    for words in question["plans"]:
        try:
            plans.append(plan(made, *words))
        except Exception:  # Alembic's own assertions and KeyErrors are refusals too
            plans.append(None)
    return plans


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
