"""What Alembic itself makes of revisions: operations_judge.py FILE... prints, for each file,
{"upgrade": [...], "downgrade": [...]}; instead of a list stands a string that says why
it cannot be run.

The functions are run in offline mode, with an Operations.invoke() and a
connection that record what they are given and do nothing else.
"""

import contextlib
import importlib.util
import io
import json
import logging
import os
import sys
import warnings
from unittest import mock

import sqlalchemy as sa
import sqlalchemy.orm
from absent_modules import Absent, attempt, install
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import BatchOperations, Operations, ops
from alembic.operations.schemaobj import SchemaObjects
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.schema import CreateIndex, CreateSequence, CreateTable, DropIndex, DropSequence, DropTable
from sqlalchemy.sql import dml, selectable

DIALECT = postgresql.dialect()
DIALECTS = {"postgresql": DIALECT, "sqlite": sqlite.dialect()}


def sql(clause):
    if clause is None or isinstance(clause, str):
        return clause
    text = str(clause.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))
    return text.replace("%%", "%")


def is_said(value):
    return bool(value) if isinstance(value, (bool, list, dict)) else value is not None


def plain(described):
    return {key: value for key, value in described.items() if is_said(value)}


# --- types -----------------------------------------------------------------


def compiled(type_):
    """The type's DDL in each dialect that has one for it."""
    ddl = {}
    for name, dialect in DIALECTS.items():
        with contextlib.suppress(sa.exc.CompileError, AttributeError, TypeError):
            ddl[name] = type_.compile(dialect=dialect)
    return ddl


def variants(type_):
    mapping = getattr(type_, "mapping", None) or getattr(type_, "_variant_mapping", None) or {}
    return {dialect: describe_type(variant) for dialect, variant in dict(mapping).items()}


def describe_type(type_):
    if type_ is None or type_ is False:
        return None
    type_ = sa.types.to_instance(type_)
    if isinstance(type_, sa.types.NullType):
        return None
    if isinstance(type_, sa.types.Variant):  # of SQLAlchemy 1.4 alone
        return {**describe_type(type_.impl), "variants": variants(type_), "ddl": compiled(type_)}
    if not type(type_).__module__.startswith("sqlalchemy."):
        return {"class": type(type_).__name__, "ddl": compiled(type_)}
    enum = isinstance(type_, sa.Enum)
    has_values = enum or isinstance(type_, mysql.SET)
    native = getattr(type_, "native_enum", None) is False
    return plain(
        {
            "class": type(type_).__name__,
            "length": None if has_values else getattr(type_, "length", None),
            "precision": getattr(type_, "precision", getattr(type_, "second_precision", None)),
            "scale": getattr(type_, "scale", None),
            "timezone": getattr(type_, "timezone", None),
            "collation": getattr(type_, "collation", None),
            "values": list(type_.enums if enum else type_.values) if has_values else None,
            "name": type_.name if enum else None,
            "schema": type_.schema if enum else None,
            "not_native": native,
            "no_create_type": enum and getattr(type_, "create_type", True) is False,
            "dimensions": getattr(type_, "dimensions", None),
            "item": describe_type(type_.item_type) if isinstance(type_, sa.ARRAY) else None,
            "variants": variants(type_),
            "ddl": compiled(type_),
        }
    )


# --- columns ---------------------------------------------------------------


def describe_sequence(sequence):
    """What a sequence, or an identity, says of the numbers that it gives."""
    described = {name: getattr(sequence, name) for name in ("start", "increment", "minvalue", "maxvalue", "cache", "cycle")}
    for bound in "minvalue", "maxvalue":
        if getattr(sequence, f"no{bound}"):
            described[bound] = "none"
    return plain(described)


def describe_default(default):
    if default is None:
        return None
    if isinstance(default, str):
        return {"kind": "string", "text": default}
    if isinstance(default, sa.Computed):
        return plain({"kind": "computed", "text": sql(default.sqltext), "stored": default.persisted})
    if isinstance(default, sa.Identity):
        return plain({"kind": "identity", "always": default.always, **describe_sequence(default)})
    if isinstance(default, sa.Sequence):
        return plain({"kind": "sequence", "name": default.name, "schema": default.schema, **describe_sequence(default)})
    if isinstance(default, sa.DefaultClause):
        return describe_default(default.arg)
    if isinstance(default, sa.FetchedValue):
        return {"kind": "fetched"}
    return {"kind": "sql", "text": sql(default)}


def describe_column(column):
    default = column.server_default
    if default is None and isinstance(column.default, sa.Sequence):
        default = column.default
    return plain(
        {
            "name": column.name,
            "type": describe_type(column.type),
            "not_null": not column.nullable,
            "server_default": describe_default(default),
            "comment": column.comment,
            "autoincrement": column.autoincrement is True,
            "no_autoincrement": column.autoincrement is False,
            "keywords": dialect_options(column),
        }
    )


# --- constraints and indexes -----------------------------------------------


def dialect_options(item):
    return {key: str(value) for key, value in sorted(item.kwargs.items()) if value is not None and value is not False}


def describe_constraint(constraint):
    described = {
        "kind": constraint.__visit_name__.removeprefix("table_or_column_").removesuffix("_constraint"),
        "name": constraint.name,
        "deferrable": constraint.deferrable,
        "initially": constraint.initially,
        "keywords": dialect_options(constraint),
    }
    if isinstance(constraint, sa.CheckConstraint):
        described["condition"] = sql(constraint.sqltext)
    elif isinstance(constraint, postgresql.ExcludeConstraint):
        described["kind"] = "exclude"
        described["method"] = constraint.using
        described["where"] = sql(constraint.where)
        described["parts"] = [[sql(part).split(".")[-1], operator] for part, _, operator in constraint._render_exprs]
    elif isinstance(constraint, sa.ForeignKeyConstraint):
        described["kind"] = "foreign_key"
        described["columns"] = list(constraint.column_keys)
        targets = [element._get_colspec() if hasattr(element, "_get_colspec") else element.target_fullname for element in constraint.elements]
        described["refers"] = targets
        for option in "ondelete", "onupdate", "match", "use_alter":
            described[option] = getattr(constraint, option)
    else:
        described["columns"] = [column.name for column in constraint.columns]
    return plain(described)


def describe_index(index):
    options = dialect_options(index)
    parts = [expression.name if isinstance(expression, sa.Column) else sql(expression) for expression in index.expressions]
    where = index.kwargs.get("postgresql_where")
    if where is None:
        where = index.kwargs.get("sqlite_where")
        options.pop("sqlite_where", None)
    if "postgresql_ops" in options:  # its keys are names of columns, or labels of expressions
        options["postgresql_ops"] = str(list(index.kwargs["postgresql_ops"].values()))
    options.pop("postgresql_where", None)
    return plain({"name": index.name, "unique": index.unique, "parts": parts, "where": sql(where), "keywords": options})


def made(table, with_key):
    """What a table brings with its columns; what a type makes of its own is left out."""
    constraints = [
        describe_constraint(constraint)
        for constraint in table.constraints
        if not getattr(constraint, "_type_bound", False)
        and (with_key or not isinstance(constraint, sa.PrimaryKeyConstraint))
        and not (isinstance(constraint, sa.PrimaryKeyConstraint) and not constraint.columns)
    ]
    return {
        "constraints": sorted(constraints, key=lambda constraint: json.dumps(constraint, sort_keys=True)),
        "indexes": sorted(map(describe_index, table.indexes), key=lambda index: json.dumps(index, sort_keys=True)),
    }


# --- operations ------------------------------------------------------------


def describe_created(operation, table):
    return {
        "op": "create_table",
        "table": table.name,
        "schema": table.schema,
        "columns": list(map(describe_column, table.columns)),
        "comment": table.comment,
        "keywords": dialect_options(table),
        "temporary": "TEMPORARY" in table._prefixes,
        "if_not_exists": getattr(operation, "if_not_exists", None),
        **made(table, True),
    }


def dropped(operation):
    """if_exists, which older ones have among the other keywords, and these."""
    keywords = {key: str(value) for key, value in operation.kw.items() if value not in (None, False)}
    hidden = keywords.pop("if_exists", None)
    exists = getattr(operation, "if_exists", None)
    return bool(hidden) if exists is None else exists, keywords


def describe(operation):
    schema = getattr(operation, "schema", None)
    if isinstance(operation, ops.AddColumnOp):
        column = operation.column
        table = SchemaObjects().table(operation.table_name, column, schema=schema)
        keyed = bool(getattr(operation, "inline_primary_key", None))
        return {
            "op": "add_column",
            "table": operation.table_name,
            "schema": schema,
            "columns": [describe_column(table.columns[0])],
            "keywords": {key: str(value) for key, value in operation.kw.items()},
            "if_not_exists": getattr(operation, "if_not_exists", None),
            **made(table, keyed),
        }
    if isinstance(operation, ops.DropColumnOp):
        exists, keywords = dropped(operation)
        return {
            "op": "drop_column",
            "table": operation.table_name,
            "schema": schema,
            "name": operation.column_name,
            "if_exists": exists,
            "keywords": keywords,
        }
    if isinstance(operation, ops.AlterColumnOp):
        return describe_alter(operation)
    if isinstance(operation, ops.CreateIndexOp):
        index = operation.to_index()
        options = describe_index(index)
        concurrently = options.get("keywords", {}).pop("postgresql_concurrently", None)
        if not options.get("keywords", True):
            del options["keywords"]
        return {
            "op": "create_index",
            "table": operation.table_name,
            "schema": schema,
            "concurrently": bool(concurrently),
            "if_not_exists": getattr(operation, "if_not_exists", None),
            "indexes": [options],
        }
    if isinstance(operation, ops.DropIndexOp):
        exists, keywords = dropped(operation)
        return {
            "op": "drop_index",
            "table": operation.table_name,
            "schema": schema,
            "name": operation.index_name,
            "concurrently": bool(keywords.pop("postgresql_concurrently", None)),
            "if_exists": exists,
            "keywords": keywords,
        }
    if isinstance(operation, ops.AddConstraintOp):
        constraint = operation.to_constraint()
        return {
            "op": "create_constraint",
            "table": constraint.table.name if constraint.table is not None else operation.table_name,
            "schema": constraint.table.schema if constraint.table is not None else schema,
            "constraints": [describe_constraint(constraint)],
        }
    if isinstance(operation, ops.DropConstraintOp):
        return {
            "op": "drop_constraint",
            "table": operation.table_name,
            "schema": schema,
            "name": operation.constraint_name,
            "constraint_type": operation.constraint_type,
            "if_exists": getattr(operation, "if_exists", None),
        }
    if isinstance(operation, ops.RenameTableOp):
        return {
            "op": "rename_table",
            "table": operation.table_name,
            "schema": schema,
            "new_name": operation.new_table_name,
        }
    if isinstance(operation, ops.DropTableOp):
        return {
            "op": "drop_table",
            "table": operation.table_name,
            "schema": schema,
            "if_exists": getattr(operation, "if_exists", None),
        }
    if isinstance(operation, (ops.CreateTableCommentOp, ops.DropTableCommentOp)):
        create = isinstance(operation, ops.CreateTableCommentOp)
        return {
            "op": "create_table_comment" if create else "drop_table_comment",
            "table": operation.table_name,
            "schema": schema,
            "comment": operation.comment if create else None,
            "existing": plain({"comment": operation.existing_comment}),
        }
    if isinstance(operation, ops.BulkInsertOp):
        return {"op": "insert", "table": operation.table.name, "rows": len(operation.rows)}
    if isinstance(operation, ops.ExecuteSQLOp):
        return describe_executed(operation.sqltext)
    return {"op": type(operation).__name__}


def describe_alter(operation):
    def given(value):
        return None if value is False else value

    keywords = {key: value for key, value in operation.kw.items() if value is not None}
    default = operation.modify_server_default
    change = {
        "type": describe_type(operation.modify_type),
        "nullable": None if operation.modify_nullable is None else str(operation.modify_nullable),
        "comment": operation.modify_comment or None,
        "drops_comment": operation.modify_comment is None,
        "server_default": None if default is False else describe_default(default),
        "drops_server_default": default is None,
        "autoincrement": keywords.pop("autoincrement", None),
    }
    existing_default = operation.existing_server_default
    existing = {
        "type": describe_type(operation.existing_type),
        "nullable": None if operation.existing_nullable is None else str(operation.existing_nullable),
        "comment": operation.existing_comment,
        "server_default": describe_default(given(existing_default)),
        "autoincrement": keywords.pop("existing_autoincrement", None),
    }
    using = keywords.pop("postgresql_using", None)
    return {
        "op": "alter_column",
        "table": operation.table_name,
        "schema": operation.schema,
        "name": operation.column_name,
        "new_name": operation.modify_name,
        "change": plain(change),
        "existing": plain(existing),
        "using": sql(using),
        "keywords": {key: str(value) for key, value in keywords.items()},
    }


# --- what a connection is given ----------------------------------------------


def describe_rows(statement):
    """A statement on rows, without what it is compared or filled with."""
    if isinstance(statement, selectable.SelectBase):
        return {"op": "select"}
    described = {"op": type(statement).__name__.lower(), "table": statement.table.name, "schema": statement.table.schema}
    if isinstance(statement, dml.Insert):
        return described
    described["filtered"] = bool(statement._where_criteria)
    if isinstance(statement, dml.Update):
        values = statement._ordered_values or (statement._values or {}).items()
        described["columns_written"] = sorted(getattr(column, "name", column) for column, _ in values)
    return described


def describe_element(element):
    """DDL that is made by hand; None where it is something else."""
    made = element.element if hasattr(element, "element") else None
    if isinstance(element, CreateTable):
        return {**describe_created(element, made), "if_not_exists": None}
    if isinstance(element, DropTable):
        return {"op": "drop_table", "table": made.name, "schema": made.schema}
    if isinstance(element, (CreateSequence, DropSequence)):
        create = isinstance(element, CreateSequence)
        kind = "create_sequence" if create else "drop_sequence"
        numbers = describe_sequence(made) if create else None
        return {"op": kind, "name": made.name, "schema": made.schema, "sequence": numbers}
    if isinstance(element, CreateIndex):
        return {"op": "create_index", "table": made.table.name, "schema": made.table.schema, "indexes": [describe_index(made)]}
    if isinstance(element, DropIndex):
        return {"op": "drop_index", "table": made.table.name, "schema": made.table.schema, "name": made.name}
    if isinstance(element, (postgresql.CreateEnumType, postgresql.DropEnumType)):
        create = isinstance(element, postgresql.CreateEnumType)
        values = list(made.enums) if create else None
        return {"op": "create_type" if create else "drop_type", "name": made.name, "schema": made.schema, "values": values}
    return None


def describe_executed(statement):
    if isinstance(statement, (str, sa.sql.elements.TextClause, sa.DDL)):
        text = getattr(statement, "statement", statement)
        return {"op": "execute", "sql": getattr(text, "text", text)}
    if isinstance(statement, (dml.UpdateBase, selectable.SelectBase)):
        return describe_rows(statement)
    return describe_element(statement) or {"op": "execute", "sql": sql(statement)}


class Recorded(list):
    """The operations, and whether they are within an autocommit block."""

    autocommit = False

    def add(self, described):
        self.append(plain({**described, "autocommit": self.autocommit}))

    @contextlib.contextmanager
    def autocommit_block(self):
        self.autocommit = True
        yield
        self.autocommit = False


class Connection(MockConnection):
    """Records what is executed; of what it would answer nothing can be told."""

    def __init__(self, recorded):
        super().__init__(DIALECT, None)
        self.recorded = recorded
        self.execute = self.scalar = self.exec_driver_sql = self.run

    def close(self):
        pass

    def run(self, statement, *parameters, **named):
        self.recorded.add(describe_executed(statement))
        return Absent("what the database answers")


# --- running ---------------------------------------------------------------


def record(module, function):
    recorded = Recorded()

    def invoke(operations, operation):
        if not isinstance(operation, ops.CreateTableOp):
            recorded.add(describe(operation))
            return Absent("what the database answers") if isinstance(operation, ops.ExecuteSQLOp) else None
        table = operation.to_table()  # once: it takes the indexes for its own
        recorded.add(describe_created(operation, table))
        return table

    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": io.StringIO()}
    )
    context.connection = context.impl.connection = Connection(recorded)
    environment = EnvironmentContext(Config(), None, as_sql=True)
    environment._migration_context = context
    with environment, Operations.context(context):
        for operations in Operations, BatchOperations:
            mock.patch.object(operations, "invoke", invoke).start()
        mock.patch.object(MigrationContext, "autocommit_block", lambda context: recorded.autocommit_block()).start()
        try:
            failure = attempt(getattr(module, function))
        finally:
            mock.patch.stopall()
    return failure or recorded


def judge(path):
    spec = importlib.util.spec_from_file_location("revision", path)
    module = importlib.util.module_from_spec(spec)
    functions = "upgrade", "downgrade"
    failure = attempt(lambda: spec.loader.exec_module(module))
    if failure is not None:
        return dict.fromkeys(functions, failure)
    return {function: record(module, function) if hasattr(module, function) else [] for function in functions}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()
    sys.dont_write_bytecode = True
    install(os.environ["MIGLINT_PROJECTS"])
    with contextlib.redirect_stdout(sys.stderr):  # what revisions print
        verdicts = [judge(path) for path in sys.argv[1:]]
    print(json.dumps(verdicts, default=repr))
