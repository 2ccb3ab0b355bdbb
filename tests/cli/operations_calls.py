"""Calls that give every argument of every operation, of what stands in a table and of every type that an
installed Alembic and SQLAlchemy know once by name and, where it can be, by position.

What is called comes from their own signatures: an argument for which there is no
value here is an error.
"""

import json
import os
import subprocess
from pathlib import Path

PYTHON = "/usr/bin/python3"
SIGNATURES = Path(__file__).with_name("operations_signatures.py")

# What `**kw` hides, and no signature tells.
HIDDEN = {
    "alter_column": ["autoincrement", "existing_autoincrement", "postgresql_using", "mysql_existing"],
    "drop_column": ["if_exists", "mssql_drop_check", "mssql_drop_default", "mssql_drop_foreign_key"],
    "drop_index": ["if_exists", "postgresql_concurrently"],
    "create_index": ["unique"],
    "create_unique_constraint": ["deferrable", "initially"],
    "create_table": ["schema", "comment", "info", "prefixes"],
    "create_exclude_constraint": ["deferrable", "initially", "using", "where"],
    "UniqueConstraint": ["name", "deferrable", "initially"],
    "PrimaryKeyConstraint": ["name", "deferrable", "initially"],
    "ExcludeConstraint": ["name", "deferrable", "initially", "using", "where"],
    "Index": ["unique"],
    "Column": """
        name type_ autoincrement default doc key index unique info nullable onupdate primary_key
        server_default server_onupdate quote system comment
    """.split(),
    "Enum": "name native_enum create_constraint schema inherit_schema metadata values_callable length".split(),
    "ENUM": "name native_enum schema inherit_schema metadata".split(),
}

# Why an argument is not given.
LEFT_OUT = {
    "_Column__name_pos": "name, by position",
    "_Column__type_pos": "type_, by position",
    "autoload_with": "asks the database",
    "comparator": "a function",
    "convert_unicode": "of Python 2",
    "for_update": "of a statement, not of DDL",
    "include_columns": "of a table that is read from the database",
    "listeners": "functions",
    "pickler": "a module",
    "regexp": "what SQLite's values look like in Python",
    "resolve_fks": "of a table that is read from the database",
    "quote": "names are quoted where they have to be",
    "unicode_error": "of Python 2",
}
# The same, of one function; "" is the function itself.
LEFT_OUT_OF = {
    "op.invoke.": "takes an operation of Alembic's own classes",
    "op.run_async.": "takes a function",
    "batch_op.batch_alter_table.": "Alembic refuses it within a batch",
    "batch_op.bulk_insert.": "the same",
    "batch_op.create_table.": "the same",
    "batch_op.drop_table.": "the same",
    "batch_op.invoke.": "as op.invoke",
    "batch_op.rename_table.": "Alembic refuses it within a batch",
    "batch_op.run_async.": "as op.run_async",
    "postgresql.NamedType.": "no type by itself",
    "sa.CheckConstraint.table": "the table that it stands in",
    "sa.ForeignKeyConstraint.table": "the same",
    "sa.TupleType.": "no type of a column",
    "sa.TypeDecorator.": "no type by itself",
    "sa.TypeEngine.": "the same",
    "sa.UserDefinedType.": "the same",
}
# The same, where the older Alembic or SQLAlchemy takes an argument and forgets it.
FORGOTTEN = {"batch_op.alter_column.insert_before", "batch_op.alter_column.insert_after", "sa.Enum.length", "postgresql.ENUM.length"}
# What an operation calls otherwise, or brings itself, where it makes a construct.
OF_CONSTRUCTS = {"name", "sqltext", "table", "columns", "refcolumns", "metadata"}

VALUES = {
    "always": "True",
    "as_tuple": "True",
    "as_uuid": "True",
    "ascii": "True",
    "asdecimal": "True",
    "astext_type": "sa.Text()",
    "autoincrement": "False",
    "autoload_replace": "True",
    "binary": "True",
    "cache": "3",
    "charset": "'utf8'",
    "check": "'VALUE > 1'",
    "collation": "'C'",
    "column": "sa.Column('c', sa.Integer)",
    "column_name": "'c'",
    "columns": "['a', 'b']",
    "comment": "'said'",
    "condition": "'a > 1'",
    "constraint_name": "'named'",
    "copy_from": "sa.Table('t', sa.MetaData(), sa.Column('x', sa.Integer))",
    "create_constraint": "False",
    "create_type": "False",
    "cycle": "True",
    "data_type": "sa.BigInteger",
    "day_precision": "2",
    "decimal_return_scale": "2",
    "default": "5",
    "deferrable": "True",
    "dimensions": "2",
    "display_width": "5",
    "doc": "'said'",
    "execution_options": "{'a': 1}",
    "existing_autoincrement": "True",
    "existing_comment": "'old'",
    "existing_nullable": "False",
    "existing_server_default": "'old'",
    "existing_type": "sa.String(5)",
    "extend_existing": "True",
    "fields": "'YEAR'",
    "fsp": "6",
    "if_exists": "True",
    "if_not_exists": "True",
    "impl": "sa.LargeBinary",
    "implicit_returning": "False",
    "increment": "2",
    "index": "True",
    "index_name": "'ix'",
    "info": "{'a': 1}",
    "inherit_schema": "True",
    "initially": "'DEFERRED'",
    "inline_primary_key": "True",
    "inline_references": "True",
    "insert_after": "'a'",
    "insert_before": "'b'",
    "insert_default": "5",
    "insert_sentinel": "True",
    "item_type": "sa.Integer",
    "keep_existing": "False",
    "key": "'key'",
    "length": "9",
    "link_to_name": "True",
    "local_cols": "['a', 'b']",
    "match": "'FULL'",
    "maxvalue": "99",
    "metadata": "sa.MetaData()",
    "minvalue": "1",
    "mssql_drop_check": "True",
    "mssql_drop_default": "True",
    "mssql_drop_foreign_key": "True",
    "multiinsert": "False",
    "mysql_existing": "1",
    "mysql_length": "10",
    "mysql_prefix": "'FULLTEXT'",
    "mysql_using": "'hash'",
    "mysql_with_parser": "'ngram'",
    "name": "'named'",
    "naming_convention": "{'uq': 'uq_%(table_name)s'}",
    "national": "True",
    "native": "False",
    "native_enum": "False",
    "native_uuid": "False",
    "new_column_name": "'renamed'",
    "new_table_name": "'renamed'",
    "nomaxvalue": "True",
    "nominvalue": "True",
    "none_as_null": "True",
    "not_null": "True",
    "nullable": "False",
    "old_table_name": "'t'",
    "on_null": "True",
    "ondelete": "'CASCADE'",
    "onupdate": "'SET NULL'",
    "optional": "True",
    "order": "True",
    "partial_reordering": "[('a', 'b')]",
    "persisted": "True",
    "postgresql_concurrently": "True",
    "postgresql_ignore_search_path": "True",
    "postgresql_include": "['d']",
    "postgresql_inherits": "'parent'",
    "postgresql_not_valid": "True",
    "postgresql_nulls_not_distinct": "True",
    "postgresql_on_commit": "'DROP'",
    "postgresql_ops": "{'a': 'text_pattern_ops'}",
    "postgresql_partition_by": "'RANGE (x)'",
    "postgresql_tablespace": "'fast'",
    "postgresql_using": "'hash'",
    "postgresql_where": "sa.text('a > 1')",
    "postgresql_with": "{'fillfactor': 50}",
    "postgresql_with_oids": "True",
    "precision": "7",
    "prefixes": "['TEMPORARY']",
    "primary_key": "True",
    "protocol": "4",
    "quote": "True",
    "quote_schema": "True",
    "recreate": "'never'",
    "refcolumns": "['r.c', 'r.d']",
    "referent_schema": "'rs'",
    "referent_table": "'r'",
    "reflect_args": "[sa.Column('x', sa.Boolean())]",
    "reflect_kwargs": "{'a': 1}",
    "remote_cols": "['c', 'd']",
    "rows": "[{'x': 1}, {'x': 2}]",
    "scale": "2",
    "schema": "'s'",
    "second_precision": "3",
    "server_default": "sa.text('now()')",
    "server_onupdate": "sa.FetchedValue()",
    "source_schema": "'s'",
    "source_table": "'t'",
    "sqlite_autoincrement": "True",
    "sqlite_on_conflict_not_null": "'FAIL'",
    "sqlite_on_conflict_primary_key": "'FAIL'",
    "sqlite_on_conflict_unique": "'FAIL'",
    "sqlite_strict": "True",
    "sqlite_where": "sa.text('b > 1')",
    "sqlite_with_rowid": "False",
    "sqltext": "'a > 1'",
    "start": "4",
    "storage_format": "None",
    "system": "True",
    "table": "sa.table('t', sa.column('x'))",
    "table_args": "[sa.UniqueConstraint('x')]",
    "table_kwargs": "{'mysql_engine': 'InnoDB'}",
    "table_name": "'t'",
    "text_type": "sa.Text()",
    "timezone": "True",
    "type_": "sa.Integer()",
    "unicode": "True",
    "unique": "True",
    "unsigned": "True",
    "use_alter": "True",
    "using": "'gist'",
    "value": "'x'",
    "values_callable": "None",
    "varying": "True",
    "where": "sa.text('a > 1')",
    "zero_indexes": "True",
    "zerofill": "True",
}
# The same, of one function.
VALUES_OF = {
    "Column.type_": "sa.Integer",
    "Column.onupdate": "5",
    "ForeignKey.column": "'r.id'",
    "ForeignKeyConstraint.columns": "['a', 'b']",
    "DOMAIN.collation": "'C'",
    "DOMAIN.default": "sa.text('1')",
    "inline_literal.type_": "sa.String()",
    "op.bulk_insert.table": "sa.table('t', sa.column('x'))",
    "execute.sqltext": "'DROP TABLE gone'",
    "batch_op.create_index.columns": "['a', 'b']",
    "drop_constraint.type_": "'unique'",
    "create_table_comment.comment": "'said'",
    "create_index.mysql_length": "{'a': 10}",
    "postgresql_ops": "{'a': 'text_pattern_ops'}",
}

# What has to be given, in the order of positions; "*" stands for any number of others.
REQUIRED = {
    "add_column": ["table_name", "column"],
    "alter_column": ["table_name", "column_name"],
    "batch_alter_table": ["table_name"],
    "bulk_insert": ["table", "rows"],
    "create_check_constraint": ["constraint_name", "table_name", "condition"],
    "create_exclude_constraint": ["constraint_name", "table_name", "*"],
    "create_foreign_key": ["constraint_name", "source_table", "referent_table", "local_cols", "remote_cols"],
    "create_index": ["index_name", "table_name", "columns"],
    "create_primary_key": ["constraint_name", "table_name", "columns"],
    "create_table": ["table_name", "*"],
    "create_table_comment": ["table_name", "comment"],
    "create_unique_constraint": ["constraint_name", "table_name", "columns"],
    "drop_column": ["table_name", "column_name"],
    "drop_constraint": ["constraint_name", "table_name"],
    "drop_index": ["index_name", "table_name"],
    "drop_table": ["table_name"],
    "drop_table_comment": ["table_name"],
    "execute": ["sqltext"],
    "f": ["name"],
    "inline_literal": ["value"],
    "rename_table": ["old_table_name", "new_table_name"],
    "ARRAY": ["item_type"],
    "CheckConstraint": ["sqltext"],
    "Column": ["name", "type_"],
    "Computed": ["sqltext"],
    "DOMAIN": ["name", "data_type"],
    "ENUM": ["*"],
    "Enum": ["*"],
    "ExcludeConstraint": ["*"],
    "ForeignKey": ["column"],
    "ForeignKeyConstraint": ["columns", "refcolumns"],
    "Index": ["name", "*"],
    "PrimaryKeyConstraint": ["*"],
    "SET": ["*"],
    "Sequence": ["name"],
    "UniqueConstraint": ["*"],
}
OTHERS = {
    "create_exclude_constraint": "('a', '&&'), (sa.column('b'), '=')",
    "create_table": "sa.Column('x', sa.Integer)",
    "ENUM": "'on', 'off'",
    "Enum": "'on', 'off'",
    "ExcludeConstraint": "('a', '&&'), (sa.column('b'), '=')",
    "Index": "'a', 'b'",
    "PrimaryKeyConstraint": "'a', 'b'",
    "SET": "'on', 'off'",
    "UniqueConstraint": "'a', 'b'",
}
OF_COLUMNS = {"Computed", "ForeignKey", "Identity", "Sequence"}
OF_TABLES = {"CheckConstraint", "ExcludeConstraint", "ForeignKeyConstraint", "Index", "PrimaryKeyConstraint", "UniqueConstraint"}

HEADER = """import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql, sqlite

revision = "{}"
down_revision = None


"""


# --- calls -------------------------------------------------------------------


def value_of(function, argument):
    last = function.split(".")[-1]
    for key in f"{function}.{argument}", f"{last}.{argument}":
        if key in VALUES_OF:
            return VALUES_OF[key]
    assert argument in VALUES, f"{function}() takes {argument}, which is never given"
    return VALUES[argument]


def given(function, argument, required, forgotten):
    name = f"{function}.{argument}"
    if argument.startswith("_") or argument in LEFT_OUT or name in LEFT_OUT_OF or name in forgotten:
        return False
    return argument in required or not (function.split(".")[-1].startswith("create_") and argument in OF_CONSTRUCTS)


def calls(function, signature, forgotten):
    """The function's call with each argument."""
    last = function.split(".")[-1]
    required = [name for name in REQUIRED.get(last, []) if name == "*" or not is_of_batch(function, name)]
    texts = [OTHERS[last] if name == "*" else value_of(function, name) for name in required]
    yield f"{function}({', '.join(texts)})"
    hidden = [name for name in HIDDEN.get(last, []) if name not in signature["positional"] + signature["named"]]
    for argument in [*signature["positional"], *signature["named"], *hidden]:
        if not given(function, argument, required, forgotten) or (last in ("Enum", "ENUM") and argument == "name"):
            continue
        if argument not in required:
            yield f"{function}({', '.join([*texts, f'{argument}={value_of(function, argument)}'])})"
        elif "*" not in required:
            named = [f"{name}={text}" for name, text in zip(required, texts)]
            yield f"{function}({', '.join(named)})"
    if "*" not in required:
        yield from by_position(function, signature["positional"], len(required), forgotten)


def by_position(function, arguments, least, forgotten):
    for count in range(least + 1, len(arguments) + 1):
        if not all(given(function, argument, arguments, forgotten) for argument in arguments[:count]):
            return
        yield f"{function}({', '.join(value_of(function, argument) for argument in arguments[:count])})"


def is_of_batch(function, argument):
    """Whether the batch says it, and not the operation within."""
    return function.startswith("batch_op.") and argument in ("table_name", "source_table")


def statement(function, call):
    """The call where it can stand."""
    prefix, last = function.split(".")
    table = "" if prefix == "batch_op" else "'t', "
    if last == "f":
        call = f"{prefix}.create_unique_constraint({call}, {table}['a'])"
    if last == "inline_literal":
        call = f"{prefix}.alter_column({table}'c', server_default={call})"
    if last == "get_bind":
        call = f"{call}.execute(sa.text('DROP TABLE gone'))"
    if last == "get_context":
        call = f"with {call}.autocommit_block(): {prefix}.execute('DROP TABLE gone')"
    if function == "op.batch_alter_table":
        return f"with {call} as batch_op:\n        batch_op.drop_column('x')"
    if prefix == "batch_op":
        return f"with op.batch_alter_table('t') as batch_op:\n        {call}"
    if prefix == "op":
        return call
    if last == "Column":
        return f"op.create_table('t', {call})"
    if last in OF_TABLES:
        return f"op.create_table('t', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer), {call})"
    return f"op.create_table('t', sa.Column('x', {f'sa.Integer, {call}' if last in OF_COLUMNS else call}))"


def signatures(path):
    done = subprocess.run(
        [PYTHON, "-B", SIGNATURES], env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


def write_revisions(versions, path):
    """A revision for each call: the files, in the order in which they are called r0, r1, ..."""
    versions.mkdir()
    files = []
    for function, signature in signatures(path).items():
        if f"{function}." in LEFT_OUT_OF:
            continue
        for call in calls(function, signature, FORGOTTEN if path == "" else ()):
            files.append(versions / f"r{len(files)}.py")
            body = f"def upgrade():\n    {statement(function, call)}\n"
            files[-1].write_text(HEADER.format(files[-1].stem) + body)
    return files
