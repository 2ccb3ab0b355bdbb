"""README.md and docs/reports.md show what the program prints, and their table of what it finds is true."""

import re

import pytest
from readme import ELSEWHERE, FENCE, steady, written
from repository import SOURCES, miglint
from shop import Shop

README = (SOURCES / "README.md").read_text()


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path / "shop")


def test_the_examples_are_what_is_printed(shop):
    for file, text in written(shop).items():
        assert steady(file.read_text()) == steady(text), f"{file.name}: see tests/cli/readme.py"
    shown = [match["words"] for match in FENCE.finditer(README) if not ELSEWHERE.search(match["words"])]
    assert ["--base", "init", "forecast", "graph"] == [words.split()[0] for words in shown]


def test_every_link_leads_somewhere():
    headings = {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in re.findall(r"^#+ (.*)$", README, re.M)}
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith("https://"):
            assert (SOURCES / target.split("#")[0]).exists(), target


# --- the table ----------------------------------------------------------------------------

EMAIL = "migrations/versions/e96a2d58f014_add_email_to_customer.py"
INDEX = "migrations/versions/8b71e4d0c295_index_customer_name.py"


def edit(shop, name, before, after):
    text = (shop / name).read_text()
    assert before in text
    (shop / name).write_text(text.replace(before, after))


def as_it_is(shop):
    pass


def edit_what_is_published(shop):
    edit(shop, INDEX, "'customer', ['name']", "'customer', ['name'], unique=True")


def undo_something_else(shop):
    edit(shop, EMAIL, "op.drop_column('customer', 'email')", "op.drop_column('customer', 'name')")


def lose_the_folder(shop):
    edit(shop, "alembic.ini", "%(here)s/migrations", "%(here)s/migration")


def alter_on_sqlite(shop):
    edit(shop, EMAIL, "op.add_column('customer', sa.Column('email', sa.String(length=320), nullable=True))", "op.alter_column('customer', 'name', nullable=True)")


def land_the_collision(shop):
    shop.git("checkout", "--quiet", "main")
    shop.git("merge", "--quiet", "--no-ff", "--no-edit", "add-email", **shop.who("Eve", 0))


ROWS = [
    ("miglint --base main", as_it_is, "ML102"),
    ("miglint forecast --base main", as_it_is, "add-fax and add-notes are each clean"),
    ("miglint --base main", edit_what_is_published, "ML201"),
    ("miglint --select ML3", undo_something_else, "ML3"),
    ("miglint --roundtrip --database sqlite", undo_something_else, "ML8"),
    ("miglint --select ML9", lose_the_folder, "ML906"),
    ("miglint history", land_the_collision, "Eve"),
    ("miglint --commit main", as_it_is, "nothing to report"),
    ("miglint --select ML75 --dialect sqlite", alter_on_sqlite, "ML751"),
]


def test_the_table_has_these_rows():
    table = README.split("## Beside other tools")[1].split("\n## ")[0]
    assert re.findall(r"^\| [^|]+ \| `(miglint [^`]+)` \|", table, re.M) == [command for command, _, _ in ROWS]


@pytest.mark.parametrize("command, change, expected", ROWS)
def test_each_row_is_true(shop, tmp_path, command, change, expected):
    change(shop)
    folder = shop.path
    if "--commit" in command:
        folder = shop.bare_clone(tmp_path / "bare.git")
    run = miglint(*command.split()[1:], cwd=folder)
    found = run.out if expected != "nothing to report" else f"nothing to report {run.status}" if run.status == 0 else run.out
    assert expected in found, run.out + run.err
