"""The SQL of operations is what both ages of Alembic print offline, on both dialects, white space apart: of every
argument of every operation, of what stands in a table and of every type; and of written cases where arguments meet."""

from collections import Counter

import operations_calls
import pytest
import render_cases
from catalogs import write_environment
from renders import difference, judged, rendered

# What is in a call that differs, and why.
KNOWN = {
    "system=True": "a column that the database has by itself: no migration makes one",
    "Identity(True, True, 4, 2, 1, 99, True": "a bound and none at once, which Postgres refuses",
    "Identity(order=True)": "Oracle's, which Postgres refuses",
    "mysql.DOUBLE(precision=7))": "of MySQL, and refused by its own class",
    "mysql.DOUBLE(scale=2))": "the same",
    "mysql.DOUBLE(7))": "the same",
    "mysql.REAL(precision=7))": "the same",
    "mysql.REAL(scale=2))": "the same",
    "mysql.REAL(7))": "the same",
    "batch_op.add_column(sa.Column('c', sa.Integer), ": "a place among the columns, in a batch on SQLite",
    "'postgresql','sqlite')": "SQLAlchemy 1.4 takes one dialect at a time",
    "server_default=sa.FetchedValue()": "Alembic 1.8 sets the default None",
    "server_default=sa.schema.FetchedValue()": "the same",
    "sa.text(':x')": "a parameter that is not given, which SQLAlchemy makes NULL of",
    "sa.Enum('x', name='e'))).drop(": "what a Table drops with itself is not read",
    "op.drop_constraint(None, 't', type_='unique')": "a convention makes half a name of nothing",
    "sa.Column('Id', sa.Integer, quote=False)": "a name is not left without the quotes that it needs",
    "sa.Column('a', sa.Integer), quote=True)": "quotes that a table's name can do without",
    "quote_schema=True": "the same of its schema",
    "sa.Index('i', 'a', quote=True)": "the same of an index",
    "quoted_name('a', True)": "the same of any name",
}


@pytest.fixture(params=["debian", "recent"])
def alembic(request):
    """The PYTHONPATH of an age of Alembic."""
    return "" if request.param == "debian" else request.getfixturevalue("recent")


def differences(folder, files, alembic, dialect, convention=None):
    mine = rendered(folder, dialect, alembic)
    found = []
    equal, known = 0, Counter()
    for file, real in zip(files, judged(alembic, files, dialect, convention)):
        call = file.read_text().split("def upgrade():")[1].strip()
        differs = difference(mine[file.stem]["upgrade"], real["upgrade"])
        reason = next((part for part in KNOWN if part in call), None)
        if differs and reason is None:
            found.append(f"{call}\n{differs}\n")
        equal += not differs
        known.update([reason] if differs and reason else [])
    print(f"{dialect}: {equal} of {len(files)} are equal; known to differ: {dict(known)}")
    return found


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_every_argument(tmp_path, alembic, dialect):
    folder = write_environment(tmp_path / "migrations")
    files = operations_calls.write_revisions(folder / "versions", alembic)
    found = differences(folder, files, alembic, dialect)
    assert found == [], f"{len(found)} of {len(files)}\n" + "\n".join(found)
    assert len(files) > 1000


@pytest.mark.parametrize("convention", [None, render_cases.CONVENTION], ids=["no-convention", "convention"])
@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_cases(tmp_path, alembic, dialect, convention):
    folder = write_environment(tmp_path / "migrations", convention)
    files = render_cases.write_revisions(folder / "versions")
    found = differences(folder, files, alembic, dialect, convention)
    assert found == [], f"{len(found)} of {len(files)}\n" + "\n".join(found)
    assert len(files) > 900
