"""The rules on downgrades and enum types, each case also run by Alembic on a real database.

A case is a revision that comes after another. What miglint says of it must be just what
is expected; where that is anything, the database must show the fault, and where it is
nothing, there must be none, unless the case says that miglint cannot know (UNTOLD).
"""

import re
from textwrap import dedent, indent

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from autogenerate import Database, differences
from postgres import Cluster
from repository import Folder, Repository

BOTH, POSTGRES, SQLITE = ("postgresql", "sqlite"), ("postgresql",), ("sqlite",)
UNTOLD = None
RULES = "ML303,ML304,ML305,ML306,ML307,ML308,ML309,ML310"

ACCOUNT = """
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(255)),
        sa.Column("age", sa.Integer, nullable=False, server_default="18"),
    )
"""
INDEXED = ACCOUNT + """
    op.create_index("ix_account_email", "account", ["email"])
"""
ORDERS = ACCOUNT + """
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer),
        sa.Column("code", sa.String(9)),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_orders_account", ondelete="CASCADE"),
        sa.UniqueConstraint("code", name="uq_orders_code"),
    )
"""
PERSON = """
    op.create_table("person", sa.Column("id", sa.Integer, primary_key=True))
"""
MOODY = """
    op.create_table("person", sa.Column("mood", sa.Enum("ok", "sad", name="mood")))
"""
FUNCTION = """
    exec('op.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1")')
"""

# name: (dialects, the revision before, upgrade, downgrade, what is said)
CASES = {
    # --- ML303 ---
    "table left": (
        BOTH, ACCOUNT, 'op.create_table("a", sa.Column("id", sa.Integer)); op.create_table("b", sa.Column("id", sa.Integer))',
        'op.drop_table("a")', ["ML303 downgrade() leaves table 'b', which upgrade() makes"],
    ),
    "column left, and what is on it": (
        BOTH, ACCOUNT,
        'op.add_column("account", sa.Column("name", sa.String)); op.create_index("ix_account_name", "account", ["name"])',
        'op.execute("SELECT 1")', ["ML303 downgrade() leaves column 'name' of 'account', which upgrade() makes"],
    ),
    "columns left, and an index on both": (
        BOTH, ACCOUNT,
        """
        op.add_column("account", sa.Column("name", sa.String))
        op.add_column("account", sa.Column("born", sa.Integer))
        op.create_index("ix_account_name_born", "account", ["name", "born"])
        op.create_index("ix_account_name", "account", ["name"])
        """,
        'op.execute("SELECT 1")',
        [
            "ML303 downgrade() leaves column 'born' of 'account', which upgrade() makes",
            "ML303 downgrade() leaves column 'name' of 'account', which upgrade() makes",
        ],
    ),
    "column left in a batch, and what is on it": (
        BOTH, ACCOUNT,
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.add_column(sa.Column("name", sa.String))
            batch_op.create_index("ix_account_name", ["name", "email"])
            batch_op.create_unique_constraint("uq_account_name", ["name"])
        """,
        'op.execute("SELECT 1")',
        ["ML303 downgrade() leaves column 'name' of 'account', which upgrade() makes"],
    ),
    "column left, and its index dropped": (
        BOTH, ACCOUNT,
        'op.add_column("account", sa.Column("name", sa.String)); op.create_index("ix_account_name", "account", ["name"])',
        'op.drop_index("ix_account_name", "account")',
        ["ML303 downgrade() leaves column 'name' of 'account', which upgrade() makes"],
    ),
    "index left": (
        BOTH, ACCOUNT, 'op.create_index("ix_account_age", "account", ["age"])', 'op.execute("SELECT 1")',
        ["ML303 downgrade() leaves index 'ix_account_age' of 'account', which upgrade() makes"],
    ),
    "constraint left in a batch": (
        BOTH, ACCOUNT,
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.create_unique_constraint("uq_account_email", ["email"])
        """,
        'op.execute("SELECT 1")',
        ["ML303 downgrade() leaves unique constraint 'uq_account_email' of 'account', which upgrade() makes"],
    ),
    "check left, named by the database": (
        POSTGRES, ACCOUNT, 'op.execute("ALTER TABLE account ADD CHECK (age > 0)")', 'op.execute("SELECT 1")',
        ["ML303 downgrade() leaves check constraint 'account_age_check' of 'account', which upgrade() makes"],
    ),
    "DDL with a context": (
        POSTGRES, ACCOUNT,
        """
        for column in ["email", "age"]:
            op.execute(sa.DDL('ALTER TABLE "%(table)s" ALTER "%(column)s" TYPE text', context={"table": "account", "column": column}))
        """,
        """
        op.execute(sa.DDL("ALTER TABLE %(table)s ALTER age DROP DEFAULT", {"table": "account"}))
        op.execute(sa.DDL("ALTER TABLE %(table)s ALTER age TYPE integer USING age::integer", {"table": "account"}))
        op.execute(sa.DDL("ALTER TABLE %(table)s ALTER age SET DEFAULT '18'", {"table": "account"}))
        """,
        ["ML304 downgrade() leaves column 'email' of 'account' with type text instead of character varying(255), as it was before upgrade()"],
    ),
    "check goes with its column, in whichever letters": (
        POSTGRES, ACCOUNT,
        'op.add_column("account", sa.Column("rank", sa.Integer)); op.create_check_constraint("ck", "account", "RANK > 0")',
        'op.drop_column("account", "rank")', [],
    ),
    "sequence left": (
        POSTGRES, ACCOUNT, 'op.execute("CREATE SEQUENCE numbers")', 'op.execute("SELECT 1")',
        ["ML303 downgrade() leaves sequence 'numbers', which upgrade() makes"],
    ),
    "index goes with its table": (
        BOTH, ACCOUNT,
        'op.create_table("a", sa.Column("id", sa.Integer)); op.create_index("ix_a_id", "a", ["id"])', 'op.drop_table("a")', [],
    ),
    "column goes with SQL": (
        POSTGRES, ACCOUNT, 'op.add_column("account", sa.Column("name", sa.Text))',
        'op.execute("ALTER TABLE account DROP COLUMN name")', [],
    ),
    "perhaps it was there before": (
        BOTH, ACCOUNT, 'op.execute("CREATE TABLE IF NOT EXISTS a (id integer)")', 'op.execute("SELECT 1")', UNTOLD,
    ),
    "only under a condition": (
        BOTH, ACCOUNT,
        """
        if sa.inspect(op.get_bind()).has_table("account"):
            op.create_table("a", sa.Column("id", sa.Integer))
        """,
        'op.execute("SELECT 1")', UNTOLD,
    ),
    "downgrade may do anything": (
        BOTH, ACCOUNT, 'op.create_table("a", sa.Column("id", sa.Integer))',
        "sa.Table('a', sa.MetaData()).drop(op.get_bind())", [],
    ),
    "partitions go with their table": (
        POSTGRES, ACCOUNT,
        """
        op.execute("CREATE TABLE log (at date) PARTITION BY RANGE (at)")
        op.execute("CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")
        op.execute("CREATE TABLE log_2025 (at date)")
        op.execute("ALTER TABLE log ATTACH PARTITION log_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
        """,
        'op.drop_table("log")', [],
    ),
    "partitions go with their table, which SQLAlchemy's words have made": (
        POSTGRES, ACCOUNT,
        """
        op.create_table("log", sa.Column("kind", sa.Text()), postgresql_partition_by="LIST (kind)")
        op.execute("CREATE TABLE log_error PARTITION OF log FOR VALUES IN ('error')")
        """,
        'op.drop_table("log")', [],
    ),
    "schema goes with all that is in it": (
        POSTGRES, ACCOUNT,
        """
        op.execute("CREATE SCHEMA shop; CREATE TYPE shop.mood AS ENUM ('ok'); CREATE SEQUENCE shop.numbers")
        op.execute("CREATE TABLE shop.a (id integer); CREATE VIEW shop.v AS SELECT * FROM shop.a")
        """,
        'op.execute("DROP SCHEMA shop CASCADE")', [],
    ),
    "sequence goes with its owner": (
        POSTGRES, ACCOUNT,
        """
        op.execute("CREATE SEQUENCE numbers")
        op.add_column("account", sa.Column("n", sa.Integer))
        op.execute("ALTER SEQUENCE numbers OWNED BY account.n")
        """,
        'op.drop_column("account", "n")', [],
    ),
    "trigger goes with its table, and its function does not": (
        POSTGRES, ACCOUNT,
        """
        op.create_table("a", sa.Column("id", sa.Integer))
        op.execute("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
        op.execute("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()")
        """,
        'op.drop_table("a")', ["ML303 downgrade() leaves function 'f', which upgrade() makes"],
    ),
    "table that is made anew": (
        SQLITE, INDEXED,
        """
        op.create_table("new", sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.String(255)))
        op.execute("INSERT INTO new (id) SELECT id FROM account")
        op.drop_table("account")
        op.rename_table("new", "account")
        """,
        """
        op.add_column("account", sa.Column("age", sa.Integer, nullable=False, server_default="18"))
        op.create_index("ix_account_email", "account", ["email"])
        """, [],
    ),
    # --- renames ---
    "table not renamed back": (
        BOTH, ACCOUNT, 'op.rename_table("account", "user")', 'op.execute("SELECT 1")',
        ["ML304 downgrade() does not bring back table 'account', which upgrade() renames to 'user'"],
    ),
    "column not renamed back": (
        BOTH, ACCOUNT, 'op.execute("ALTER TABLE account RENAME COLUMN email TO mail")', 'op.execute("SELECT 1")',
        ["ML304 downgrade() does not bring back column 'email' of 'account', which upgrade() renames to 'mail'"],
    ),
    "renamed there and back": (
        BOTH, INDEXED,
        'op.rename_table("account", "user"); op.execute(\'ALTER TABLE "user" RENAME COLUMN email TO mail\')',
        'op.execute(\'ALTER TABLE "user" RENAME COLUMN mail TO email\'); op.rename_table("user", "account")', [],
    ),
    "constraint renamed there and back": (
        POSTGRES, ORDERS, 'op.execute("ALTER TABLE orders RENAME CONSTRAINT uq_orders_code TO uq_code")',
        'op.execute("ALTER TABLE orders RENAME CONSTRAINT uq_code TO uq_orders_code")', [],
    ),
    # --- ML304: what does not come back ---
    "table missing": (
        BOTH, ORDERS, 'op.drop_table("orders"); op.add_column("account", sa.Column("x", sa.Integer))',
        'op.drop_column("account", "x")', ["ML304 downgrade() does not bring back table 'orders', which upgrade() drops"],
    ),
    "column missing": (
        BOTH, ACCOUNT, 'op.drop_column("account", "email")', 'op.execute("SELECT 1")',
        ["ML304 downgrade() does not bring back column 'email' of 'account', which upgrade() drops"],
    ),
    "column back, and its index not": (
        POSTGRES, INDEXED, 'op.drop_column("account", "email")', 'op.add_column("account", sa.Column("email", sa.String(255)))',
        ["ML304 downgrade() does not bring back index 'ix_account_email' of 'account', which upgrade() drops"],
    ),
    "foreign key missing": (
        POSTGRES, ORDERS, 'op.drop_constraint("fk_orders_account", "orders", type_="foreignkey")', 'op.execute("SELECT 1")',
        ["ML304 downgrade() does not bring back foreign key 'fk_orders_account' of 'orders', which upgrade() drops"],
    ),
    "downgrade drops what upgrade left": (
        BOTH, ACCOUNT, 'op.add_column("account", sa.Column("x", sa.Integer))',
        'op.drop_column("account", "x"); op.drop_column("account", "email")',
        ["ML304 downgrade() drops column 'email' of 'account', which was there before upgrade()"],
    ),
    "made once more than there is to drop": (
        BOTH, ACCOUNT, 'op.add_column("account", sa.Column("email", sa.String(255)))', 'op.drop_column("account", "email")',
        ["ML304 downgrade() drops column 'email' of 'account', which was there before upgrade()"],
    ),
    "made unless it is there": (
        POSTGRES, ACCOUNT, 'op.execute("ALTER TABLE account ADD COLUMN IF NOT EXISTS email varchar(255)")',
        'op.drop_column("account", "email")',
        ["ML304 downgrade() drops column 'email' of 'account', which was there before upgrade()"],
    ),
    "enum missing": (
        POSTGRES, MOODY, 'op.drop_table("person"); op.execute("DROP TYPE mood")',
        'op.create_table("person", sa.Column("mood", sa.String))',
        [
            "ML304 downgrade() brings back column 'mood' of 'person' with type character varying instead of mood, as it was before upgrade()",
            "ML304 downgrade() does not bring back enum type 'mood', which upgrade() drops",
        ],
    ),
    "function that upgrade may have made itself": (
        POSTGRES, ACCOUNT, FUNCTION + """
    op.execute("DROP FUNCTION f()")
        """,
        'op.execute("SELECT 1")', [],
    ),
    "function that an earlier revision may have made": (
        POSTGRES, ACCOUNT + FUNCTION, 'op.execute("DROP FUNCTION f()")', 'op.execute("SELECT 1")',
        ["ML304 downgrade() does not bring back function 'f', which upgrade() drops"],
    ),
    # --- ML304: what comes back different ---
    "text instead of a type that Postgres makes of no text by itself": (
        POSTGRES, 'op.create_table("orders", sa.Column("account_id", sa.Integer))',
        'op.alter_column("orders", "account_id", type_=sa.Text)',
        'op.alter_column("orders", "account_id", type_=sa.String)',
        ["ML304 downgrade() leaves column 'account_id' of 'orders' with type character varying instead of integer, as it was before upgrade()"],
    ),
    "column of a table that is made again": (
        BOTH, ORDERS, 'op.drop_table("orders")', """
        op.create_table(
            "orders",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("account_id", sa.Integer),
            sa.Column("code", sa.String(9), nullable=False),
            sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_orders_account", ondelete="CASCADE"),
            sa.UniqueConstraint("code", name="uq_orders_code"),
        )
        """,
        ["ML304 downgrade() brings back column 'code' of 'orders' NOT NULL instead of nullable, as it was before upgrade()"],
    ),
    "constraint left with another action": (
        POSTGRES, ORDERS,
        """
        op.drop_constraint("fk_orders_account", "orders", type_="foreignkey")
        op.create_foreign_key("fk_orders_account", "orders", "account", ["account_id"], ["id"])
        """,
        'op.execute("SELECT 1")',
        ["ML304 downgrade() leaves foreign key 'fk_orders_account' of 'orders' with ON DELETE none instead of CASCADE, as it was before upgrade()"],
    ),
    "type": (
        BOTH, ACCOUNT,
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.alter_column("email", type_=sa.String(400))
        """,
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.alter_column("email", type_=sa.String(100))
        """,
        {
            "postgresql": ["ML304 downgrade() leaves column 'email' of 'account' with type character varying(100) instead of character varying(255), as it was before upgrade()"],
            "sqlite": ["ML304 downgrade() leaves column 'email' of 'account' with type VARCHAR(100) instead of VARCHAR(255), as it was before upgrade()"],
        },
    ),
    "nullable, of a column that is made again": (
        BOTH, ACCOUNT, 'op.drop_column("account", "age")', 'op.add_column("account", sa.Column("age", sa.Integer, server_default="18"))',
        ["ML304 downgrade() brings back column 'age' of 'account' nullable instead of NOT NULL, as it was before upgrade()"],
    ),
    "default": (
        POSTGRES, ACCOUNT, 'op.alter_column("account", "age", server_default=None)', 'op.alter_column("account", "age", server_default="21")',
        ["ML304 downgrade() leaves column 'age' of 'account' with server default 21 instead of 18, as it was before upgrade()"],
    ),
    "two properties of one column": (
        POSTGRES, """
        op.create_table("account",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("age",
                sa.Integer(
                ),
                nullable=False,
                server_default="18",
            ),
        )
        """, 'op.drop_column("account", "age")', 'op.add_column("account", sa.Column("age", sa.BigInteger))',
        ["ML304 downgrade() brings back column 'age' of 'account' with type bigint instead of integer and nullable instead of NOT NULL"
         " and with server default none instead of 18, as it was before upgrade()"],
    ),
    "index on other columns": (
        BOTH, INDEXED, 'op.drop_index("ix_account_email", table_name="account")', 'op.create_index("ix_account_email", "account", ["email", "age"])',
        ["ML304 downgrade() brings back index 'ix_account_email' of 'account' with columns email, age instead of email, as it was before upgrade()"],
    ),
    "unique index": (
        BOTH, INDEXED, 'op.drop_index("ix_account_email", table_name="account")', 'op.create_index("ix_account_email", "account", ["email"], unique=True)',
        ["ML304 downgrade() brings back index 'ix_account_email' of 'account' with unique true instead of false, as it was before upgrade()"],
    ),
    "foreign key without its action": (
        POSTGRES, ORDERS, 'op.drop_constraint("fk_orders_account", "orders", type_="foreignkey")',
        'op.create_foreign_key("fk_orders_account", "orders", "account", ["account_id"], ["id"])',
        ["ML304 downgrade() brings back foreign key 'fk_orders_account' of 'orders' with ON DELETE none instead of CASCADE, as it was before upgrade()"],
    ),
    "constraint by another name": (
        POSTGRES, ORDERS, 'op.drop_constraint("uq_orders_code", "orders", type_="unique")',
        'op.create_unique_constraint("uq_code", "orders", ["code"])',
        ["ML304 downgrade() brings back unique constraint 'uq_code' of 'orders' by the name 'uq_code' instead of 'uq_orders_code', as it was before upgrade()"],
    ),
    "the same in other words": (
        POSTGRES, ACCOUNT, 'op.drop_column("account", "age"); op.drop_column("account", "email")',
        'op.execute("ALTER TABLE account ADD COLUMN email varchar(255), ADD COLUMN age int4 DEFAULT \'18\' NOT NULL")', [],
    ),
    "order of columns": (
        BOTH, ACCOUNT, 'op.drop_column("account", "email")', 'op.add_column("account", sa.Column("email", sa.String(255)))', [],
    ),
    "unnamed constraint comes back": (
        POSTGRES, 'op.create_table("a", sa.Column("n", sa.Integer, unique=True))',
        'op.drop_constraint("a_n_key", "a", type_="unique")', 'op.create_unique_constraint(None, "a", ["n"])', [],
    ),
    "enum that gets a value": (
        POSTGRES, MOODY,
        """
        op.add_column("person", sa.Column("n", sa.Integer))
        op.execute("ALTER TYPE mood ADD VALUE 'glad'")
        """,
        'op.drop_column("person", "n")',
        ["ML304 downgrade() leaves enum type 'mood' with values ok, sad, glad instead of ok, sad, as it was before upgrade()"],
    ),
    "enum of many values that gets one": (
        POSTGRES, "op.execute(\"CREATE TYPE week AS ENUM ('mo', 'tu', 'we', 'th', 'fr', 'sa')\")",
        """
        op.create_table("a", sa.Column("n", sa.Integer))
        op.execute("ALTER TYPE week ADD VALUE 'su'")
        """,
        'op.drop_table("a")',
        ["ML304 downgrade() leaves enum type 'week' with 7 values instead of 6, with 'su', as it was before upgrade()"],
    ),
    "enum of many values that is made anew without one": (
        POSTGRES, "op.execute(\"CREATE TYPE week AS ENUM ('mo', 'tu', 'we', 'th', 'fr', 'sa')\")",
        'op.execute("DROP TYPE week")',
        "op.execute(\"CREATE TYPE week AS ENUM ('mo', 'tu', 'we', 'th', 'sa')\")",
        ["ML304 downgrade() brings back enum type 'week' with 5 values instead of 6, without 'fr', as it was before upgrade()"],
    ),
    "enum that is made anew, there and back": (
        POSTGRES, MOODY,
        """
        op.execute("ALTER TYPE mood RENAME TO mood_old")
        op.execute("CREATE TYPE mood AS ENUM ('ok', 'sad', 'glad')")
        op.execute("ALTER TABLE person ALTER COLUMN mood TYPE mood USING mood::text::mood")
        op.execute("DROP TYPE mood_old")
        """,
        """
        op.execute("ALTER TYPE mood RENAME TO mood_old")
        op.execute("CREATE TYPE mood AS ENUM ('ok', 'sad')")
        op.execute("ALTER TABLE person ALTER COLUMN mood TYPE mood USING mood::text::mood")
        op.execute("DROP TYPE mood_old")
        """, [],
    ),
    "column to an enum and back": (
        POSTGRES, ACCOUNT,
        """
        mood = sa.Enum("ok", "sad", name="mood")
        mood.create(op.get_bind())
        op.alter_column("account", "email", type_=mood, postgresql_using="email::mood")
        """,
        """
        op.alter_column("account", "email", type_=sa.String(255), postgresql_using="email::text")
        sa.Enum(name="mood").drop(op.get_bind())
        """, [],
    ),
    "view that is replaced": (
        POSTGRES, 'op.execute("CREATE VIEW v AS SELECT 1 AS a")', 'op.execute("CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b")',
        'op.execute("DROP VIEW v"); op.execute("CREATE VIEW v AS SELECT 1 AS a")', [],
    ),
    # --- ML305 ---
    "constraint that goes with its column": (
        POSTGRES, ACCOUNT,
        'op.add_column("account", sa.Column("n", sa.Integer)); op.create_unique_constraint("uq", "account", ["email", "n"])',
        'op.drop_column("account", "n"); op.drop_constraint("uq", "account", type_="unique")',
        ["ML305 downgrade() drops constraint 'uq' of 'account', which went with column 'n'"],
    ),
    "dropped before": (
        BOTH, ACCOUNT, 'op.create_table("a", sa.Column("id", sa.Integer)); op.create_index("ix_a_id", "a", ["id"])',
        'op.drop_table("a"); op.drop_index("ix_a_id", table_name="a")',
        ["ML305 downgrade() drops index 'ix_a_id' of 'a', a table that it has dropped"],
    ),
    "index gone with its column": (
        POSTGRES, ACCOUNT, 'op.add_column("account", sa.Column("n", sa.Integer)); op.create_index("ix_account_n", "account", ["n"])',
        'op.drop_column("account", "n"); op.drop_index("ix_account_n", table_name="account")',
        ["ML305 downgrade() drops index 'ix_account_n' of 'account', which went with column 'n'"],
    ),
    "dropped by upgrade": (
        POSTGRES, ACCOUNT, 'op.drop_column("account", "email")',
        'op.alter_column("account", "email", nullable=False); op.add_column("account", sa.Column("email", sa.String(255)))',
        ["ML305 downgrade() alters column 'email' of 'account', which upgrade() has dropped"],
    ),
    "mistyped": (
        BOTH, ACCOUNT, 'op.add_column("account", sa.Column("nickname", sa.Integer))', 'op.drop_column("account", "nickame")',
        [
            "ML303 downgrade() leaves column 'nickname' of 'account', which upgrade() makes",
            "ML305 downgrade() drops column 'nickame' of 'account', which is not there",
        ],
    ),
    "asks whether it is there": (
        POSTGRES, ACCOUNT, 'op.create_table("a", sa.Column("id", sa.Integer))',
        'op.drop_table("a"); op.execute("DROP INDEX IF EXISTS ix_a_id"); op.execute("DROP TABLE IF EXISTS a")', [],
    ),
    "index of a table by its new name": (
        BOTH, INDEXED, 'op.rename_table("account", "user")',
        'op.drop_index("ix_account_email", table_name="user"); op.rename_table("user", "account");'
        ' op.create_index("ix_account_email", "account", ["email"])', [],
    ),
    "batch that loses what it does not see, on the way down": (
        SQLITE, ACCOUNT + """
    op.create_index("ix_account_lower", "account", [sa.text("lower(email)")])
""",
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.add_column(sa.Column("n", sa.Integer))
        """,
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.drop_column("n")
        """,
        ["ML304 downgrade() loses index 'ix_account_lower' of 'account': batch mode makes the table anew and does not see it"],
    ),
    "batch that loses what it does not see, on the way up": (
        SQLITE, ACCOUNT + """
    op.create_index("ix_account_lower", "account", [sa.text("lower(email)")])
""",
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.alter_column("age", nullable=True)
        """,
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.alter_column("age", nullable=False)
        """,
        ["ML304 downgrade() does not bring back index 'ix_account_lower' of 'account', which upgrade() loses: batch mode makes the table anew and does not see it"],
    ),
    "batch that does all at once": (
        SQLITE, INDEXED,
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.add_column(sa.Column("n", sa.Integer))
            batch_op.create_index("ix_account_n", ["n"])
        """,
        """
        with op.batch_alter_table("account", recreate="always") as batch_op:
            batch_op.drop_index("ix_account_n")
            batch_op.drop_column("n")
        """, [],
    ),
    "constraint of a batch's table_args": (
        SQLITE, ACCOUNT,
        """
        with op.batch_alter_table("account", table_args=(sa.UniqueConstraint("email", name="uq"),)) as batch_op:
            batch_op.add_column(sa.Column("n", sa.Integer))
            batch_op.alter_column("age", nullable=True)
        """,
        """
        with op.batch_alter_table("account") as batch_op:
            batch_op.drop_constraint("uq", type_="unique")
            batch_op.drop_column("n")
            batch_op.alter_column("age", nullable=False)
        """, [],
    ),
    "constraint of a column's type": (
        BOTH, 'op.create_table("a", sa.Column("m", sa.Enum("x", name="ck_m", native_enum=False, create_constraint=True)))',
        """
        with op.batch_alter_table("a") as batch_op:
            batch_op.drop_constraint("ck_m", type_="check")
        """,
        """
        with op.batch_alter_table("a") as batch_op:
            batch_op.create_check_constraint("ck_m", sa.text("m in ('x')"))
        """, [],
    ),
    # --- ML306 ---
    "enum left": (
        POSTGRES, ACCOUNT, MOODY, 'op.drop_table("person")',
        ["ML306 downgrade() leaves enum type 'mood', which upgrade() makes along with table 'person': the next upgrade fails"],
    ),
    "enum left that was made by itself": (
        POSTGRES, PERSON,
        """
        postgresql.ENUM("ok", "sad", name="mood").create(op.get_bind(), checkfirst=False)
        op.add_column("person", sa.Column("mood", postgresql.ENUM("ok", "sad", name="mood")))
        """,
        'op.drop_column("person", "mood")',
        ["ML306 downgrade() leaves enum type 'mood', which upgrade() makes: the next upgrade fails"],
    ),
    "enum dropped by SQL": (POSTGRES, ACCOUNT, MOODY, 'op.drop_table("person"); op.execute("DROP TYPE mood")', []),
    "enum dropped by Enum": (
        POSTGRES, ACCOUNT, MOODY, 'op.drop_table("person"); sa.Enum(name="mood").drop(op.get_bind(), checkfirst=False)', [],
    ),
    "no type of its own": (
        BOTH, ACCOUNT,
        'op.create_table("person", sa.Column("mood", sa.Enum("ok", "sad", name="mood", native_enum=False)))',
        'op.drop_table("person")', [],
    ),
    "no types on SQLite": (SQLITE, ACCOUNT, MOODY, 'op.drop_table("person")', []),
    "two tables share an enum": (
        POSTGRES, ACCOUNT, MOODY + '    op.create_table("pet", sa.Column("mood", sa.Enum("ok", "sad", name="mood")))\n',
        'op.drop_table("pet"); op.drop_table("person"); op.execute("DROP TYPE mood")', [],
    ),
    # --- ML307 ---
    "not null": (
        BOTH, ACCOUNT + '    op.execute("INSERT INTO account (id) VALUES (1)")\n', 'op.drop_column("account", "email")',
        'op.add_column("account", sa.Column("email", sa.String(255), nullable=False, default="x"))',
        [
            "ML304 downgrade() brings back column 'email' of 'account' NOT NULL instead of nullable, as it was before upgrade()",
            "ML307 downgrade() adds column 'email' of 'account' as NOT NULL without a server default: it fails where 'account' has rows",
        ],
    ),
    "not null, with a default": (
        BOTH, ACCOUNT + '    op.execute("INSERT INTO account (id) VALUES (1)")\n', 'op.drop_column("account", "age")',
        'op.add_column("account", sa.Column("age", sa.Integer, nullable=False, server_default="18"))', [],
    ),
    "not null, of a serial": (
        POSTGRES, 'op.create_table("a", sa.Column("n", sa.Integer)); op.execute("ALTER TABLE a ADD COLUMN id serial");'
        ' op.execute("INSERT INTO a (n) VALUES (1)")',
        'op.drop_column("a", "id")', 'op.execute("ALTER TABLE a ADD COLUMN id serial")', [],
    ),
    "not null, in a table that is made": (
        BOTH, ACCOUNT, 'op.drop_table("account")',
        ACCOUNT.replace('        sa.Column("age", sa.Integer, nullable=False, server_default="18"),\n', "")
        + '    op.add_column("account", sa.Column("age", sa.Integer, nullable=False, server_default="18"))\n', [],
    ),
    "not null, in a table that was emptied": (
        POSTGRES, 'op.create_table("a", sa.Column("n", sa.Integer), sa.Column("m", sa.Integer, nullable=False))',
        'op.drop_column("a", "m")', 'op.execute("DELETE FROM a"); op.add_column("a", sa.Column("m", sa.Integer, nullable=False))', [],
    ),
    # --- ML308 ---
    "enum made twice": (
        POSTGRES, ACCOUNT, '    sa.Enum("ok", "sad", name="mood").create(op.get_bind())' + MOODY,
        'op.drop_table("person"); op.execute("DROP TYPE mood")',
        ["ML308 create_table of 'person' makes enum type 'mood', which upgrade() has made already"],
    ),
    "enum made by an earlier revision": (
        POSTGRES, MOODY, 'op.create_table("pet", sa.Column("mood", sa.Enum("ok", "sad", name="mood")))', 'op.drop_table("pet")',
        ["ML308 create_table of 'pet' makes enum type 'mood', which revision 'one' has made"],
    ),
    "enum made again by downgrade": (
        POSTGRES, MOODY, 'op.drop_table("person")', MOODY,
        ["ML308 create_table of 'person' makes enum type 'mood', which revision 'one' has made"],
    ),
    "enum not made again": (
        POSTGRES, MOODY, 'op.create_table("pet", sa.Column("mood", postgresql.ENUM("ok", "sad", name="mood", create_type=False)))',
        'op.drop_table("pet")', [],
    ),
    "enum that newer versions do not make again": (
        POSTGRES, MOODY, 'op.create_table("pet", sa.Column("mood", sa.Enum("ok", "sad", name="mood", create_type=False)))',
        'op.drop_table("pet")', ["ML308 create_table of 'pet' makes enum type 'mood', which revision 'one' has made"],
    ),
    "enum of a column that is added": (
        POSTGRES, MOODY, 'op.add_column("person", sa.Column("other", sa.Enum("ok", "sad", name="mood")))',
        'op.drop_column("person", "other")', [],
    ),
    # --- ML309 ---
    "mistyped in upgrade": (
        BOTH, ACCOUNT, 'op.drop_column("account", "emial")', 'op.add_column("account", sa.Column("emial", sa.Integer))',
        [
            "ML309 upgrade() drops column 'emial' of 'account', which is not there",
        ],
    ),
    "table mistyped": (
        BOTH, ACCOUNT, 'op.rename_table("acount", "user")', 'op.rename_table("user", "account")',
        [
            "ML304 downgrade() does not bring back table 'acount', which upgrade() renames to 'user'",
            "ML309 upgrade() renames table 'acount', which is not there",
        ],
    ),
    "table that somebody else made": (BOTH, ACCOUNT, 'op.execute("SELECT 1")', 'op.execute("DROP TABLE legacy")', UNTOLD),
    "table of a column mistyped": (
        BOTH, ACCOUNT, 'op.add_column("account", sa.Column("n", sa.Integer))', 'op.drop_column("acount", "n")',
        [
            "ML303 downgrade() leaves column 'n' of 'account', which upgrade() makes",
            "ML305 downgrade() drops column 'n' of 'acount', a table that is not there",
        ],
    ),
    "table that is gone": (
        BOTH, ACCOUNT, 'op.drop_table("account"); op.add_column("account", sa.Column("n", sa.Integer))', ACCOUNT,
        ["ML309 upgrade() alters table 'account', which it has dropped"],
    ),
    "constraint in a batch": (
        BOTH, ORDERS,
        """
        with op.batch_alter_table("orders") as batch_op:
            batch_op.drop_constraint("uq_orders_cod", type_="unique")
        """,
        'op.execute("SELECT 1")',
        ["ML309 upgrade() drops constraint 'uq_orders_cod' of 'orders', which is not there"],
    ),
    # --- ML310 ---
    "enum never made": (
        POSTGRES, PERSON, 'op.add_column("person", sa.Column("mood", sa.Enum("ok", "sad", name="mood")))',
        'op.drop_column("person", "mood")',
        ["ML310 add_column uses enum type 'mood' in upgrade(), which nothing has made by then"],
    ),
    "enum never made, of an altered column": (
        POSTGRES, ACCOUNT,
        'op.alter_column("account", "email", type_=sa.Enum("ok", "sad", name="mood"), postgresql_using="email::mood")',
        'op.alter_column("account", "email", type_=sa.String(255))',
        ["ML310 alter_column uses enum type 'mood' in upgrade(), which nothing has made by then"],
    ),
    "enum gone when downgrade needs it": (
        POSTGRES, MOODY, 'op.drop_column("person", "mood"); op.execute("DROP TYPE mood")',
        'op.add_column("person", sa.Column("mood", sa.Enum("ok", "sad", name="mood")))',
        [
            "ML304 downgrade() does not bring back enum type 'mood', which upgrade() drops",
            "ML310 add_column uses enum type 'mood' in downgrade(), which nothing has made by then",
        ],
    ),
    "enum that SQL makes": (
        POSTGRES, PERSON,
        """
        op.execute("CREATE TYPE mood AS ENUM ('ok', 'sad')")
        op.add_column("person", sa.Column("mood", sa.Enum("ok", "sad", name="mood")))
        """,
        'op.drop_column("person", "mood"); op.execute("DROP TYPE mood")', [],
    ),
}

ENV = """from alembic import context
from sqlalchemy import MetaData

context.configure(target_metadata=MetaData())
"""

RUNS = [(dialect, name) for name, case in CASES.items() for dialect in case[0]]


def body(text):
    return indent(dedent(text).strip() or "pass", "    ")


def revision(name, parent, upgrade, downgrade):
    return f'''from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = {name!r}
down_revision = {parent!r}


def upgrade():
{body(upgrade)}


def downgrade():
{body(downgrade)}
'''


# --- what miglint says ------------------------------------------------------------


def slug(name):
    return name.replace(" ", "_").replace(",", "")


def said(folder, dialect):
    """Of all cases of a dialect, each an environment of its own: messages by the case."""
    for name, (dialects, before, upgrade, downgrade, _) in CASES.items():
        if dialect in dialects:
            home = slug(name)
            folder.environment(f"{home}/migrations", ini=f"{home}/alembic.ini")
            folder.write(f"{home}/migrations/env.py", ENV)
            folder.revision("one", folder=f"{home}/migrations", text=revision("one", None, before, "raise NotImplementedError"))
            folder.revision("two", folder=f"{home}/migrations", text=revision("two", "one", upgrade, downgrade))
    run = folder.miglint("--select", RULES, "--dialect", dialect, "--format", "json")
    messages = {}
    for finding in run.findings:
        assert finding["revision"] == "two", finding
        messages.setdefault(finding["path"].split("/")[0], []).append(f"{finding['rule']} {finding['message']}")
    return messages


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    return {dialect: said(Folder(tmp_path_factory.mktemp(dialect)), dialect) for dialect in BOTH}


@pytest.mark.parametrize("dialect, name", RUNS)
def test_what_is_said(reports, dialect, name):
    expected = CASES[name][4] or []
    if isinstance(expected, dict):
        expected = expected[dialect]
    assert sorted(reports[dialect].get(slug(name), [])) == sorted(expected)


# --- what is true --------------------------------------------------------------------


@pytest.fixture(scope="module")
def databases():
    cluster = Cluster()
    made = {
        "postgresql": Database(f"postgresql+psycopg2://postgres@/postgres?host={cluster.folder}"),
        "sqlite": Database("sqlite://"),
    }
    yield made
    for database in made.values():
        database.connection.close()
        database.engine.dispose()
    cluster.stop()


def fault(database, before, upgrade, downgrade):
    """What Alembic makes of it, there and back and there again: what goes wrong, or None."""

    def run(text, function):
        module = {}
        exec(compile(revision("two", "one", text, text), "revision", "exec"), module)
        with Operations.context(MigrationContext.configure(database.connection)):
            module[function]()

    with database.undone():
        try:
            run(before, "upgrade")
            start = database.snapshot()
            run(upgrade, "upgrade")
            there = database.snapshot()
            run(downgrade, "downgrade")
            back = differences(start, database.snapshot())
            run(upgrade, "upgrade")
            return back + differences(there, database.snapshot()) or None
        except (sa.exc.SQLAlchemyError, ValueError, KeyError) as error:
            return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("dialect, name", RUNS)
def test_that_it_is_true(databases, dialect, name):
    _, before, upgrade, downgrade, expected = CASES[name]
    if expected is not UNTOLD:
        found = fault(databases[dialect], before, upgrade, downgrade)
        assert bool(found) == bool(expected), found


# --- what to write instead ------------------------------------------------------------

REMEDY = re.compile(r"write (?:at the end of |in )downgrade\(\):\s(.+)", re.S)

# Of these the message alone tells what to do.
NOT_SPELT_OUT = {
    "table not renamed back", "column not renamed back", "table missing", "downgrade drops what upgrade left",
    "function that an earlier revision may have made", "enum that gets a value", "enum of many values that gets one",
    "enum missing", "column of a table that is made again",
    "made once more than there is to drop", "made unless it is there",
    "batch that loses what it does not see, on the way down", "batch that loses what it does not see, on the way up",
}


def is_told_what_to_write(dialect, name):
    said = CASES[name][4] or []
    said = said[dialect] if isinstance(said, dict) else said
    return said and name not in NOT_SPELT_OUT and all(message.startswith(("ML303", "ML304")) for message in said)


def remedies(folder, dialect, name):
    """What is to be written in downgrade(), beside what is there or instead of it, by its message."""
    _, before, upgrade, downgrade, _ = CASES[name]
    folder.environment().write("migrations/env.py", ENV)
    folder.revision("one", text=revision("one", None, before, "raise NotImplementedError"))
    folder.revision("two", text=revision("two", "one", upgrade, downgrade))
    findings = folder.miglint("--select", RULES, "--dialect", dialect, "--format", "json").findings
    return {finding["message"]: REMEDY.fullmatch(finding["help"] or "") for finding in findings}


@pytest.mark.parametrize("dialect, name", [run for run in RUNS if is_told_what_to_write(*run)])
def test_what_is_to_be_written_helps(tmp_path, databases, dialect, name):
    told = remedies(Folder(tmp_path), dialect, name)
    assert all(told.values()), told
    again = [remedy[1] for message, remedy in told.items() if " brings back " in message]
    _, before, upgrade, downgrade, _ = CASES[name]
    lines = again or [dedent(downgrade).strip(), *(remedy[1] for remedy in told.values())]
    assert fault(databases[dialect], before, upgrade, "\n".join(lines)) is None, lines


COMMENTED = 'op.add_column("account", sa.Column("email", sa.String(255), {}))'


@pytest.mark.parametrize(
    "before, downgrade, severity",
    [
        ("", "comment='where to'", "note"),
        ("comment='where to'", "", "note"),
        ("nullable=False", "nullable=False, server_default='?'", "note"),
        ("nullable=False", "nullable=False, server_default='?', comment='where to'", "note"),
        ("", "server_default='?'", "error"),
        ("nullable=False", "server_default='?'", "error"),
        ("nullable=False, server_default='!'", "nullable=False, server_default='?'", "error"),
    ],
)
def test_how_bad_it_is(folder, before, downgrade, severity):
    folder.revision("one", text=revision("one", None, ACCOUNT, "raise NotImplementedError"))
    drop = 'op.drop_column("account", "email")'
    folder.revision("two", text=revision("two", "one", f"{drop}; {COMMENTED.format(before)}", drop))
    folder.revision("three", text=revision("three", "two", drop, COMMENTED.format(downgrade)))
    findings = folder.miglint("--select", "ML304", "--dialect", "postgresql", "--format", "json").findings
    assert [finding["severity"] for finding in findings if finding["revision"] == "three"] == [severity]


def test_what_made_it_as_it_was_is_shown(tmp_path):
    folder = Folder(tmp_path).environment()
    lengthen = 'op.alter_column("account", "email", type_=sa.String({}))'
    folder.revision("one", text=revision("one", None, ACCOUNT, "raise NotImplementedError"))
    folder.revision("two", text=revision("two", "one", lengthen.format(300), lengthen.format(255)))
    folder.revision("three", text=revision("three", "two", lengthen.format(400), lengthen.format(255)))
    (finding,) = folder.miglint("--select", "ML304", "--dialect", "postgresql", "--format", "json").findings
    shown = [(related["path"].split("/")[-1], related["message"]) for related in finding["related"]]
    assert shown == [("one.py", "it was made here"), ("two.py", "it was changed here")]


@pytest.mark.parametrize("dialect", BOTH)
def test_a_column_is_to_be_written_into_its_table(tmp_path, databases, dialect):
    _, before, upgrade, downgrade, _ = CASES["column of a table that is made again"]
    folder = Folder(tmp_path).environment()
    folder.revision("one", text=revision("one", None, before, "raise NotImplementedError"))
    folder.revision("two", text=revision("two", "one", upgrade, downgrade))
    (finding,) = folder.miglint("--select", "ML304", "--dialect", dialect, "--format", "json").findings
    place, column = finding["help"].split(": ")
    assert place == "write in op.create_table(...) of downgrade()"
    mended = downgrade.replace('sa.Column("code", sa.String(9), nullable=False)', column)
    assert fault(databases[dialect], before, upgrade, mended) is None


@pytest.mark.parametrize(
    "name, told",
    [("made once more than there is to drop", ["upgrade() makes it again here, and fails since it is there"]), ("made unless it is there", [])],
)
def test_why_downgrade_drops_too_much(folder, name, told):
    _, before, upgrade, downgrade, _ = CASES[name]
    folder.revision("one", text=revision("one", None, before, "raise NotImplementedError"))
    folder.revision("two", text=revision("two", "one", upgrade, downgrade))
    (finding,) = folder.miglint("--select", "ML304", "--dialect", "postgresql", "--format", "json").findings
    assert [other["message"] for other in finding["related"]] == ["it was made here", *told]


# --- which rule speaks ---------------------------------------------------------------

LEFT = 'op.drop_table("account"); op.create_table("b", sa.Column("id", sa.Integer))'


@pytest.mark.parametrize(
    "downgrade, rules",
    [
        ("pass", ["ML301"]),
        ("return", ["ML301"]),
        ('raise NotImplementedError("no way back")', ["ML302"]),
        ('op.execute("SELECT 1"); raise NotImplementedError', ["ML302"]),
        ('op.execute("SELECT 1")', ["ML303", "ML304"]),
    ],
)
def test_a_downgrade_that_does_nothing_is_told_once(folder, downgrade, rules):
    folder.revision("one", text=revision("one", None, ACCOUNT, 'op.drop_table("account")'))
    folder.revision("two", text=revision("two", "one", LEFT, downgrade))
    assert sorted(folder.miglint("--select", "ML3", "--format", "json").rules) == rules


def test_an_enum_that_is_left_is_told_once(folder):
    folder.revision("one", text=revision("one", None, MOODY, 'op.drop_table("person")'))
    arguments = ["--dialect", "postgresql", "--format", "json"]
    assert folder.miglint("--select", "ML3", *arguments).rules == ["ML306"]
    assert folder.miglint("--select", "ML3", "--ignore", "ML306", *arguments).rules == ["ML303"]
    assert folder.miglint("--select", "ML3", "--dialect", "sqlite", "--format", "json").rules == []


def test_values_of_an_enum_are_a_note(folder):
    folder.revision("one", text=revision("one", None, MOODY, 'op.drop_table("person"); op.execute("DROP TYPE mood")'))
    values = 'op.execute("ALTER TYPE mood ADD VALUE \'glad\'"); op.add_column("person", sa.Column("n", sa.Integer))'
    folder.revision("two", text=revision("two", "one", values, 'op.drop_column("person", "n")'))
    found = folder.miglint("--select", "ML3", "--dialect", "postgresql", "--format", "json").findings
    assert [(finding["rule"], finding["severity"]) for finding in found] == [("ML304", "note")]


def test_what_one_run_makes_it_remembers(tmp_path):
    """A database that has neither revision gets both at once; one that has the first fails."""
    repository = Repository(tmp_path / "work").environment()
    base = repository.commit()
    repository.revision("one", text=revision("one", None, MOODY, 'op.drop_table("person"); op.execute("DROP TYPE mood")'))
    first = repository.commit()
    pet = 'op.create_table("pet", sa.Column("mood", sa.Enum("ok", "sad", name="mood")))'
    repository.revision("two", text=revision("two", "one", pet, 'op.drop_table("pet")'))
    repository.commit()
    arguments = ["--select", "ML308", "--dialect", "postgresql", "--format", "json"]
    assert repository.miglint("--base", base, *arguments).rules == []
    assert repository.miglint("--base", first, *arguments).rules == ["ML308"]
    assert repository.miglint(*arguments).rules == ["ML308"]


# --- where miglint cannot know ----------------------------------------------------------


@pytest.mark.parametrize(
    "upgrade, downgrade",
    [
        # names that differ in case, which most databases do not tell apart
        ('op.execute("DROP TABLE Account")', 'op.create_table("Account", sa.Column("id", sa.Integer))'),
        ('op.create_table("Other", sa.Column("id", sa.Integer))', 'op.execute("DROP TABLE other")'),
        # MySQL makes an index for a foreign key, and drops an index with the last of its columns
        ('op.execute("SELECT 1")', 'op.drop_index("fk_orders_account", table_name="orders")'),
        (
            'op.create_index("ix_two", "account", ["email", "age"])',
            'op.drop_column("account", "email"); op.drop_index("ix_two", table_name="account");'
            ' op.add_column("account", sa.Column("email", sa.String(255)))',
        ),
        # and drops a primary key under any name
        (
            'op.drop_constraint("PRIMARY", "orders", type_="primary"); op.create_primary_key("pk", "orders", ["id"])',
            'op.drop_constraint("pk", "orders", type_="primary"); op.create_primary_key("PRIMARY", "orders", ["id"])',
        ),
        # two databases have other names for a type that is the same in both revisions
        ('op.alter_column("account", "email", type_=sa.Text())', 'op.alter_column("account", "email", type_=sa.types.X())'),
        # a name that is not known, and one that a convention may make
        ('op.drop_constraint("uq_orders_code", "orders")', 'op.create_unique_constraint(None, "orders", ["code"])'),
        ('op.create_unique_constraint("u", "orders", ["id"])', 'op.drop_constraint(None, "orders", type_="unique")'),
        # what may do anything
        ('op.create_table("b", sa.Column("id", sa.Integer))', 'op.execute(open("down.sql").read())'),
        ('op.create_table("b", sa.Column("id", sa.Integer))', "drop_everything()"),
        # errors that do not matter
        (
            'op.create_table("b", sa.Column("id", sa.Integer))',
            """
            op.drop_table("b")
            try:
                op.drop_table("b")
            except Exception:
                pass
            """,
        ),
    ],
)
def test_nothing_is_said_where_the_database_is_not_known(folder, upgrade, downgrade):
    for name, parent, *functions in (("one", None, ORDERS, "raise NotImplementedError"), ("two", "one", upgrade, downgrade)):
        folder.revision(name, text=revision(name, parent, *functions).replace("from sqlalchemy.dialects import postgresql\n", ""))
    found = folder.miglint("--select", "ML303,ML304,ML305,ML309", "--format", "json").findings
    assert [finding["message"] for finding in found] == []


@pytest.mark.parametrize("name, found", [('"fk_other"', ["ML304", "ML305"]), ("None", [])])
def test_none_is_the_name_of_no_constraint(folder, name, found):
    """Not even of the one that has no name."""
    folder.write("migrations/env.py", ENV)
    nameless = ORDERS.replace(', name="fk_orders_account"', "")
    folder.revision("one", text=revision("one", None, nameless, "raise NotImplementedError"))
    made = 'op.create_foreign_key("fk_more", "orders", "account", ["id"], ["id"])'
    dropped = f'op.drop_constraint({name}, "orders", type_="foreignkey")'
    folder.revision("two", text=revision("two", "one", made, dropped))
    assert sorted(folder.miglint("--select", "ML304,ML305", "--dialect", "sqlite", "--format", "json").rules) == found


def behind(folder, statement):
    """What is said of an index that goes with its column, where a statement was run before that."""
    functions = {
        "one": (INDEXED, "raise NotImplementedError"),
        "two": (f"from uuid import uuid4; key = str(uuid4()); {statement}", "raise NotImplementedError"),
        "three": CASES["column back, and its index not"][2:4],
    }
    parent = None
    for name, (upgrade, downgrade) in functions.items():
        folder.revision(name, text=revision(name, parent, upgrade, downgrade))
        parent = name
    findings = folder.miglint("--select", "ML304", "--dialect", "postgresql", "--format", "json").findings
    return [f"{finding['rule']} {finding['message']}" for finding in findings]


@pytest.mark.parametrize(
    "statement",
    [
        "op.execute(f\"INSERT INTO account (email) VALUES ('{key}')\")",
        "op.execute(\"INSERT INTO account (email) VALUES ('{}');\".format(key))",
        "op.execute(\"UPDATE account SET email = '\" + key + \"'\")",
        "op.execute(\"\\n update account SET email = '%s' ;\\n\" % key)",
        "op.execute(sa.text(f\"DELETE FROM account WHERE email = '{key}'\"))",
        "sql = f\"SELECT id FROM account WHERE email = '{key}'\"; op.get_bind().execute(sa.text(sql))",
        "op.execute(f\"SELECT * INTO other FROM account WHERE email = '{key}'\")",
        "op.execute(f'CREATE INDEX ON other ({key})')",
        "op.execute(f'GRANT SELECT ON account TO {key}')",
        "op.execute('ALTER TABLE other ADD COLUMN {} vector({:d})'.format(key, key))",
    ],
)
def test_the_schema_is_known_behind_what_leaves_it_alone(folder, statement):
    """Whichever these are."""
    assert behind(folder, statement) == CASES["column back, and its index not"][4]


@pytest.mark.parametrize(
    "statement",
    [
        "op.execute(f\"UPDATE account SET email = '{key}'; DROP TABLE account\")",
        "op.execute(\"UPDATE account SET email = '{}';\".format(key) + 'DROP TABLE account')",
        "op.execute(\"UPDATE account SET email = '\" + key + \"';\" + 'DROP TABLE account')",
        "op.execute(\"UPDATE account SET email = '{}';\" 'DROP TABLE account'.format(key))",
        "tail = 'DROP TABLE account'; op.execute(\"UPDATE account SET email = '{}';\".format(key) + tail)",
        "UPDATE = \"UPDATE account SET email = '{}'; DROP TABLE account\"; op.execute(UPDATE.format(key))",
        "op.execute(f'DROP INDEX {key}')",
        "op.execute(f'ALTER TABLE account DROP COLUMN {key}')",
        "op.execute(f'ALTER TABLE account {key}')",
        "op.execute('; '.join(['DELETE FROM account', key]))",
        "op.execute(f\"SELECT drop_partitions('account', '{key}')\")",
        "op.execute(f'CREATE TABLE account_{key} (id integer)')",
        "op.execute(f'{key} account SET email = NULL')",
    ],
)
def test_the_schema_is_unknown_behind_what_may_change_it(folder, statement):
    assert behind(folder, statement) == []


def test_each_engine_has_a_schema_of_its_own(folder):
    folder.write(
        "alembic.ini",
        "[alembic]\nscript_location = migrations\ndatabases = one, two\n"
        "[one]\nsqlalchemy.url = postgresql://h/one\n[two]\nsqlalchemy.url = postgresql://h/two\n",
    )
    text = revision("a", None, 'globals()["upgrade_" + engine]()', 'globals()["downgrade_" + engine]()')
    text = text.replace("grade()", "grade(engine)")
    for name, dropped in (("one", "t"), ("two", "u")):
        text += f"\n\ndef upgrade_{name}():\n    op.create_table('t', sa.Column('id', sa.Integer))\n"
        text += f"\n\ndef downgrade_{name}():\n    op.drop_table('{dropped}')\n"
    folder.revision("a", text=text)
    found = folder.miglint("--select", "ML3", "--format", "json").findings
    line = text.splitlines().index("def upgrade_two():") + 2
    assert [(finding["rule"], finding["line"]) for finding in found if finding["rule"] == "ML303"] == [("ML303", line)]
