"""What autogenerate writes is quiet, unless it is truly wrong; what people break in it is found.

MIGLINT_PAIRS says how many pairs; ci/pairs tells more about each.
"""

import ast
import os
from pathlib import Path

import faults
import pairs
import pytest

COUNT = int(os.environ.get("MIGLINT_PAIRS", "60"))


@pytest.fixture(scope="module")
def projects(tmp_path_factory, recent):
    return pairs.make(tmp_path_factory.mktemp("made") / "pairs", COUNT, {"debian": "", "recent": recent})


@pytest.fixture(scope="module")
def results(tmp_path_factory, projects):
    return pairs.Results(projects, tmp_path_factory.mktemp("faulty"))


def test_the_pairs_are_what_they_should_be(projects):
    assert sum(len(project.ordinary) for project in projects) == COUNT
    assert {project.record["dialect"] for project in projects} == {"sqlite", "postgresql"}
    assert len({project.record["alembic"] for project in projects}) == 2
    assert sum(len(project.true) for project in projects) < COUNT / 5
    assert sum(len(pair["faults"]) for project in projects for pair in project.pairs) > 2 * COUNT
    done = {change for project in projects for pair in project.ordinary for change in pair["changes"]}
    assert done >= {"create_table", "add_column", "drop_column", "alter_nullable", "add_index", "add_unique"}


def test_ordinary_pairs_are_quiet(results):
    assert results.alarms == []


def test_faults_are_found(results):
    """Of the rules that there are; ML301 is one."""
    assert results.tallies["ML301"].seeded > COUNT / 10
    assert [rule for rule, tally in results.tallies.items() if not tally.is_enough()] == [], "\n".join(results.lines())


# --- that a fault is in the text what it says ------------------------------

REVISION = '''
from alembic import op
import sqlalchemy as sa

def upgrade():
    """Upgrade schema."""
    sa.Enum('a', 'b', name='mood').create(op.get_bind())
    op.add_column('t', sa.Column('m', sa.Enum('a', 'b', name='mood'), nullable=True))
    op.drop_constraint(op.f('uq_t_n'), 't', type_='unique')
    op.alter_column('t', 'n',
               existing_type=sa.INTEGER(),
               type_=sa.BigInteger(),
               existing_nullable=False)
    op.create_table('u', sa.Column('k', sa.Enum('c', name='kind')))

def downgrade():
    """Downgrade schema."""
    op.drop_table('u')
    with op.batch_alter_table('t') as batch_op:
        batch_op.alter_column('n', existing_type=sa.BigInteger(), type_=sa.INTEGER(), nullable=False)
    with op.batch_alter_table('t') as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_t_n'), ['n'])
        batch_op.drop_column('m')
    op.create_index('i', 't', ['n'], unique=False)
    op.add_column('t', sa.Column('s', sa.String(length=9), server_default='x'))
    op.execute('DROP TYPE kind')
    sa.Enum(name='mood').drop(op.get_bind())
'''


def changed(text):
    """Pairs of what the lines say before and after, in which the two texts differ."""
    before, after = (ast.unparse(ast.parse(version)).splitlines() for version in (REVISION, text))
    gone, come = ([line.strip() for line in one if line not in other] for one, other in ((before, after), (after, before)))
    return gone, come


def edits(function):
    return {(fault.kind, fault.object): (fault.rules, *changed(fault.text)) for fault in function(REVISION)}


@pytest.mark.parametrize(
    "kind, object_, rules, gone, come",
    [
        ("line removed", "drop_table u", ("ML303",), ["op.drop_table('u')"], []),
        (
            "line removed", "alter_column t.n", ("ML304",),
            ["batch_op.alter_column('n', existing_type=sa.BigInteger(), type_=sa.INTEGER(), nullable=False)"], [],
        ),
        ("line removed", "drop_column t.m", ("ML303",), ["batch_op.drop_column('m')"], []),
        ("enum's drop removed", "drop_enum mood", ("ML306",), ["sa.Enum(name='mood').drop(op.get_bind())"], []),
        ("enum's drop removed", "drop_enum DROP TYPE kind", ("ML306",), ["op.execute('DROP TYPE kind')"], []),
        (
            "name changed", "create_unique_constraint t.uq_t_n", ("ML304",),
            ["batch_op.create_unique_constraint(batch_op.f('uq_t_n'), ['n'])"],
            ["batch_op.create_unique_constraint(batch_op.f('uq_t_n_old'), ['n'])"],
        ),
        (
            "name changed", "drop_enum DROP TYPE kind", ("ML305", "ML306"),
            ["op.execute('DROP TYPE kind')"], ["op.execute('DROP TYPE kind_old')"],
        ),
        (
            "type changed", "add_column t.s", ("ML304",),
            ["op.add_column('t', sa.Column('s', sa.String(length=9), server_default='x'))"],
            ["op.add_column('t', sa.Column('s', sa.String(length=10), server_default='x'))"],
        ),
        (
            "default changed", "add_column t.s", ("ML304",),
            ["op.add_column('t', sa.Column('s', sa.String(length=9), server_default='x'))"],
            ["op.add_column('t', sa.Column('s', sa.String(length=9), server_default=None))"],
        ),
        (
            "index changed", "create_index i", ("ML304",),
            ["op.create_index('i', 't', ['n'], unique=False)"], ["op.create_index('i', 't', ['n'], unique=True)"],
        ),
    ],
)
def test_a_fault_of_downgrade(kind, object_, rules, gone, come):
    assert edits(faults.downgrade_faults)[kind, object_] == (rules, gone, come)


@pytest.mark.parametrize(
    "kind, object_, rules, gone, come",
    [
        (
            "enum's creation removed", "create_enum mood", ("ML310",),
            ["sa.Enum('a', 'b', name='mood').create(op.get_bind())"], [],
        ),
        ("enum made twice", "create_table u", ("ML308",), [], ["sa.Enum('c', name='kind').create(op.get_bind())"]),
        (
            "name changed", "drop_constraint uq_t_n", ("ML309",),
            ["op.drop_constraint(op.f('uq_t_n'), 't', type_='unique')"],
            ["op.drop_constraint(op.f('uq_t_n_old'), 't', type_='unique')"],
        ),
        (
            "retype written as drop and add", "alter_column t.n", ("ML503",),
            ["op.alter_column('t', 'n', existing_type=sa.INTEGER(), type_=sa.BigInteger(), existing_nullable=False)"],
            ["op.drop_column('t', 'n')", "op.add_column('t', sa.Column('n', sa.BigInteger(), nullable=False))"],
        ),
    ],
)
def test_a_fault_of_upgrade(kind, object_, rules, gone, come):
    assert edits(faults.upgrade_faults)[kind, object_] == (rules, gone, come)


def test_a_downgrade_that_is_emptied():
    (emptied,) = (fault for fault in faults.downgrade_faults(REVISION) if fault.rules == ("ML301",))
    body = ast.parse(emptied.text).body[-1].body
    assert [type(node) for node in body] == [ast.Expr, ast.Pass]


# --- that the judgement is one ---------------------------------------------

PAIR = {"revision": "a", "path": "a.py", "rename": None, "failure": None, "differences": []}
FINDING = {"rule": "ML303", "severity": "error", "revision": "a", "message": "column t.c is left", "path": "a.py", "line": 9}
FAULT = {"kind": "line removed", "function": "downgrade", "rules": ["ML303"], "object": "drop_column t.c", "shown": ""}


class Said:
    """A report of one finding, and the project that it is about."""

    def __init__(self, severity="error", **pair):
        self.pairs = [{**PAIR, **pair}]
        self.folder = Path("project")
        self.findings = {"a": [{**FINDING, "severity": severity}]}

    def alarms(self):
        return pairs.false_alarms(self, self)


@pytest.mark.parametrize(
    "true",
    [
        {"failure": "downgrade() fails"},
        {"differences": ["column t.c: 'absent' became 'integer'"]},
        {"rename": ["ML303", "t.b", "t.c"]},
    ],
)
def test_an_error_that_was_shown_is_no_false_alarm(true):
    assert Said(**true).alarms() == []


@pytest.mark.parametrize(
    "untrue",
    [{}, {"differences": ["column t.d: 'absent' became 'integer'"]}, {"rename": ["ML501", "t.b", "t.c"]}],
)
def test_any_other_error_is(untrue):
    assert Said(**untrue).alarms() == ["project/a.py:9: ML303 column t.c is left"]


def test_a_warning_is_no_false_alarm():
    assert Said("warning").alarms() == []


@pytest.mark.parametrize("said, missed", [("ML303", 0), ("ML305", 1)])
def test_a_fault_is_found_by_a_finding_of_its_rule(said, missed):
    tally = pairs.Tally()
    for _ in range(20):
        tally.add(FAULT, "a.py", [FINDING], [])
    assert tally.is_enough() and tally.missed == []
    tally.add(FAULT, "a.py", [{**FINDING, "rule": said}], [])
    assert len(tally.missed) == missed
    tally.add(FAULT, "a.py", [], ["op.x: not known"])
    assert tally.missed[-1].endswith("(said instead: op.x: not known)")
    assert tally.is_enough()
    tally.add(FAULT, "a.py", [], [])
    assert tally.is_enough() == (missed == 0)
