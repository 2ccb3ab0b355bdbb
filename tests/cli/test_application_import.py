"""ML609: what counts as the application's code, and what as a use of it."""

import pytest
from repository import place, place_of

APPLICATION = {
    "bank/models.py": "class Account:\n    table = None\n",
    "bank/types.py": "class Money:\n    pass\n",
    "bank/errors.py": "class Gone(Exception):\n    pass\n",
    "bank/migrating.py": "def move():\n    pass\n",
    "bank/tables.py": "from alembic import op\n\n\ndef drop_quietly(name):\n    op.execute(f'DROP TABLE IF EXISTS {name}')\n",
    "bank/later.py": "def clear(name):\n    import alembic.op\n\n    alembic.op.drop_table(name)\n",
    "bank/setup.py": "from alembic import command\n\n\ndef clear():\n    'from alembic import op'\n",
    "migrations/helpers.py": "def move():\n    pass\n",
    "migrations/versions/beside.py": "def move():\n    pass\n",
}


def imports(folder, text):
    for name, content in APPLICATION.items():
        folder.write(name, content)
    folder.revision("a", text=f'revision = "a"\ndown_revision = None\nfrom alembic import op\nimport sqlalchemy as sa\n{text}')
    return folder.miglint("--select", "ML609", "--format", "json").findings


UPGRADE = "\n\ndef upgrade():\n    {}\n"

APPLICATION_CODE = {
    "a name": ("from bank.models import Account", "op.execute(Account.table.delete())", "Account"),
    "another name for it": ("from bank.models import Account as A", "op.execute(A.table.delete())", "A"),
    "a module": ("from bank import models", "op.execute(models.Account.table.delete())", "models"),
    "a package": ("import bank.models", "op.execute(bank.models.Account.table.delete())", "bank"),
    "in the function": ("", "from bank.models import Account; op.execute(Account.table.delete())", "Account"),
    "in several lines": ("from bank.models import (\n    Account,\n)", "op.execute(Account.table.delete())", "Account"),
    "a type that is called": ("from bank.models import Account", "op.execute(sa.select(Account))", "Account"),
    "what a type has": (
        "from bank.models import Account",
        "c: orm.Mapped[Account] = orm.mapped_column(Account, default=Account.table)",
        "Account",
    ),
    "behind a parameter": (
        "from bank.models import Account",
        "f = lambda: 0\n    def one(*, account=Account.table): account",
        "Account",
    ),
    "behind an annotation": (
        "from bank.models import Account",
        "rows: list[Account] = op.get_bind().execute(sa.select(Account))",
        "Account",
    ),
    "behind a type": (
        "from bank.models import Account",
        "op.alter_column('t', 'c', type_=Account(), existing_type=Account(), comment=Account.table)",
        "Account",
    ),
}


@pytest.mark.parametrize("case", APPLICATION_CODE)
def test_application_code(folder, case):
    statement, body, name = APPLICATION_CODE[case]
    (finding,) = imports(folder, statement + UPGRADE.format(body))
    assert (finding["rule"], finding["severity"]) == ("ML609", "warning")
    assert "'bank.models'" in finding["message"]
    text = (folder / "migrations/versions/a.py").read_text()
    start = text.index(body)
    nth = {"in the function": 1, "behind an annotation": 1, "behind a type": 2, "what a type has": 2}
    which = nth.get(case, 0)
    at = start + place_offset(body, name, which)
    assert place(finding)[:2] == place_of(text, text[at:])[:2]


def place_offset(body, name, which):
    offset = -1
    for _ in range(which + 1):
        offset = body.index(name, offset + 1)
    return offset


@pytest.mark.parametrize(
    "statement, body",
    [
        ("from bank.types import Money", "op.add_column('t', sa.Column('c', Money(), nullable=True))"),
        ("import bank.types", "op.add_column('t', sa.Column('c', bank.types.Money(), nullable=True))"),
        ("from bank.types import Money", "op.alter_column('t', 'c', type_=Money(), existing_type=Money)"),
        ("from bank.types import Money", "op.execute(sa.table('t', sa.column('c', Money)).update().values(c=1))"),
        ("from bank.types import Money", "sa.Column(Money(), nullable=False); orm.mapped_column(Money, index=True)"),
        ("from bank.types import Money", "c: orm.Mapped[Money | None] = orm.mapped_column('c', Money)"),
        ("from bank.models import Account", "found: list[Account] = []\n    def one(a: Account) -> Account: ..."),
        ("from bank import models", "def one(models):\n        op.execute(models)\n    one(1)"),
        ("from bank import models", "models = [1]\n    op.execute(models)"),
        ("from bank.errors import Gone", "raise Gone('no way')"),
        ("from bank.models import Account\ndef f(a: Account | None) -> list[Account]:\n    return [a]", "rows: Account = f(1)"),
        ("from bank.models import Account", "pass"),  # and nothing of it is used
        ("from bank.models import Account", "op.execute(sa.text('x'), Account=1)"),
        ("from bank.models import Account", "op.execute(op.Account)"),
        ("from bank.migrating import move", "move()"),
        ("from bank.tables import drop_quietly", "drop_quietly('a')"),
        ("from bank import tables", "tables.drop_quietly('a')"),
        ("from bank.later import clear", "clear('a')"),
        ("from migrations.helpers import move", "move()"),
        ("from .beside import move", "move()"),
        ("from nowhere.models import Account", "op.execute(Account.table.delete())"),
        ("import os, json", "op.execute(os.environ['SQL'])"),
    ],
)
def test_what_is_no_application_code(folder, statement, body):
    assert imports(folder, statement + UPGRADE.format(body)) == []


def test_what_runs_alembic_is_application_code(folder):
    (finding,) = imports(folder, "from bank.setup import clear" + UPGRADE.format("clear()"))
    assert "'bank.setup'" in finding["message"]


def test_a_module_is_told_once(folder):
    text = "from bank.models import Account\nfrom bank import models" + UPGRADE.format(
        "op.execute(Account.table.delete())\n    op.execute(models.Account.table.delete())"
    )
    assert len(imports(folder, text)) == 1


@pytest.mark.parametrize("package, expected", [(True, []), (False, ["ML609"])])
def test_a_package_is_no_place_to_import_from(repository, package, expected):
    """shop/packaging is shop.packaging; what `packaging` is, is known where shop/ is no package."""
    if package:
        repository.write("shop/__init__.py", "")
    repository.write("shop/packaging/__init__.py", "")
    repository.write("shop/packaging/utils.py", "def canonicalize(name):\n    return name\n")
    repository.write("shop/migrations/env.py", "from alembic import context\n")
    text = "from packaging.utils import canonicalize" + UPGRADE.format("op.execute(canonicalize('x'))")
    repository.write("shop/migrations/versions/a.py", f'revision = "a"\ndown_revision = None\nfrom alembic import op\n{text}')
    assert [one["rule"] for one in repository.miglint("--select", "ML609", "--format", "json").findings] == expected
