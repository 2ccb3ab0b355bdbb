"""The shop of the README: what ci/quickstart shows, and the branches that are open a few days later."""

import time

from repository import Repository

HEADER = '''"""{message}

Revision ID: {revision}
Revises: {revises}

"""
from alembic import op
import sqlalchemy as sa

revision = '{revision}'
down_revision = {parent}
branch_labels = None
depends_on = None


def upgrade():
    {up}


def downgrade():
    {down}
'''

CUSTOMER = """op.create_table(
        'customer',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_customer'),
    )"""

HOUR, DAY = 3600, 86400


class Shop(Repository):
    """On branch add-email, as its developer meets it."""

    def __init__(self, path):
        super().__init__(path)
        self.now = int(time.time())
        self.write("alembic.ini", "[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = postgresql://localhost/shop\n")
        self.write("migrations/env.py", "from alembic import context\nfrom shop.models import Base\n\ntarget_metadata = Base.metadata\n")
        self.write("shop/models.py", "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n")
        self.add("5d02a91c7f36", None, "Create customer", CUSTOMER, "op.drop_table('customer')")
        index = "op.create_index('ix_customer_name', 'customer', ['name'])", "op.drop_index('ix_customer_name', table_name='customer')"
        self.add("8b71e4d0c295", "5d02a91c7f36", "Index customer name", *index)
        self.record("A shop with customers", "Ada", 9 * DAY)
        self.grow("docs", "main", "Dan", 8 * DAY)
        self.column("add-phone", "c3f8067b19ad", "8b71e4d0c295", "phone", 40, "Ada", 4 * DAY)
        self.column("add-email", "e96a2d58f014", "8b71e4d0c295", "email", 320, "Bob", 3 * DAY)
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", "add-phone", **self.who("Ada", 2 * DAY + HOUR))
        self.column("add-fax", "7a40d9c2e815", "c3f8067b19ad", "fax", 40, "Cyd", 5 * HOUR)
        self.column("add-notes", "b62f07e9d3a1", "c3f8067b19ad", "notes", 2000, "Dan", 2 * DAY)
        self.git("checkout", "--quiet", "add-email")

    def who(self, name, age):
        when = f"{self.now - age - HOUR // 2} +0000"
        person = {"NAME": name, "EMAIL": f"{name.lower()}@example.org", "DATE": when}
        return {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}

    def record(self, message, name, age):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message, **self.who(name, age))

    def add(self, revision, parent, message, up, down):
        fields = {"revision": revision, "parent": repr(parent), "revises": parent or "", "message": message}
        name = f"{revision}_{message.lower().replace(' ', '_')}.py"
        self.write(f"migrations/versions/{name}", HEADER.format(up=up, down=down, **fields))

    def grow(self, branch, start, name, age):
        self.git("checkout", "--quiet", "-b", branch, start)
        self.write(f"{branch}.md", "To be written.\n")
        self.record(f"Work on {branch}", name, age)

    def column(self, branch, revision, parent, column, length, name, age):
        """A branch that adds a column to the customer, on top of what main is by then."""
        self.git("checkout", "--quiet", "-b", branch, "main")
        up = f"op.add_column('customer', sa.Column('{column}', sa.String(length={length}), nullable=True))"
        self.add(revision, parent, f"Add {column} to customer", up, f"op.drop_column('customer', '{column}')")
        self.record(f"Customers have {column}", name, age)
