"""What miglint and Alembic say that revisions do, in the same words: those of operations_judge.py."""

import json
import os
import re
import subprocess
from pathlib import Path

JUDGE = Path(__file__).with_name("operations_judge.py")
PYTHON = "/usr/bin/python3"


def judged(path, files, projects="nowhere"):
    """What Alembic is told; `path` is Python's, `projects` the folder of what they import."""
    done = subprocess.run(
        [PYTHON, "-B", JUDGE, *files],
        env={**os.environ, "PYTHONPATH": path, "MIGLINT_PROJECTS": str(projects)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout)


# --- miglint's JSON in the judge's words -----------------------------------


def plain(described):
    return {key: value for key, value in described.items() if value not in (None, False, [], {})}


# What SQLAlchemy's generic types are called: on Postgres, and on SQLite where that differs.
SPELLINGS = {
    "BigInteger": "BIGINT",
    "DateTime": "TIMESTAMP DATETIME",
    "Double": "DOUBLE DOUBLE",
    "Interval": "INTERVAL DATETIME",
    "LargeBinary": "BYTEA BLOB",
    "PickleType": "BYTEA BLOB",
    "SmallInteger": "SMALLINT",
    "String": "VARCHAR",
    "Unicode": "VARCHAR",
    "UnicodeText": "TEXT",
    "Uuid": "UUID CHAR(32)",
}


# Other names of a class.
SAME_CLASS = {"INT": "INTEGER", "Binary": "LargeBinary"}


def ddl_of(type_, dialect):
    """As SQLAlchemy writes it where it can; what miglint says must be enough for that."""
    type_ = type_.get("variants", {}).get(dialect, type_)
    if type_["kind"] == "custom":
        return ddl_of(type_["impl"], dialect)
    on_postgres = dialect == "postgresql"
    kind, length, precision = type_["kind"], type_.get("length"), type_.get("precision")
    class_ = SAME_CLASS.get(type_["class"], type_["class"])
    if type_.get("library") == "sqlalchemy.dialects.sqlite" and class_ in ("DATETIME", "TIME"):
        class_ = {"DATETIME": "DateTime", "TIME": "Time"}[class_]
    name = SPELLINGS.get(class_, class_.upper()).split()[0 if on_postgres else -1]
    if kind == "array":
        return ddl_of(type_["item"], dialect) + "[]" * (type_.get("dimensions") or 1)
    if kind == "enum":
        if on_postgres and type_.get("native") is not False:
            return ".".join(quoted(type_[key]) for key in ("schema", "name") if type_.get(key))
        return f"VARCHAR({length or max(map(len, type_['values']))})"
    if kind == "named":
        return named_ddl(type_, name)
    if kind == "numeric" and precision is not None:
        scale = type_.get("scale")
        return f"{name}({precision})" if scale is None else f"{name}({precision}, {scale})"
    if kind == "float" and on_postgres and precision is not None:
        return f"{name}({precision})"
    if kind == "double":
        return "DOUBLE PRECISION" if "_" in name or (class_ == "Double" and on_postgres) else "DOUBLE"
    if kind == "interval" and on_postgres:
        return time_ddl(type_)
    if kind in ("time", "timestamp") and on_postgres and name != "DATETIME":
        return zoned_ddl(type_, name)
    if kind == "uuid" and type_.get("native") is False:
        return "CHAR(32)"
    if name == "CLOB":
        return name
    if length is not None and name not in ("BYTEA", "BLOB", "UUID"):
        name = f"{name}({length})"
    collation = type_.get("collation")
    return f'{name} COLLATE "{collation}"' if collation else name


def quoted(name):
    return name if re.fullmatch("[a-z_][a-z0-9_$]*", name) else f'"{name}"'


def is_bit(type_):
    """Whether it is Postgres' BIT, which is of one bit unless it says otherwise."""
    return type_.get("library") == "sqlalchemy.dialects.postgresql" and type_.get("name") == "bit"


def named_ddl(type_, name):
    length = type_.get("length")
    if type_["name"] in ("bit", "varbit"):
        varying = type_["name"] == "varbit"
        of_length = f"({length})" if length else "" if varying else "(1)"
        return ("BIT VARYING" if varying else "BIT") + of_length
    return ".".join(filter(None, [type_.get("schema"), type_["name"]])) if type_["class"] == "DOMAIN" else name


def time_ddl(type_):
    if type_.get("native") is False:
        return "TIMESTAMP WITHOUT TIME ZONE"
    words = ["INTERVAL", type_.get("parameters"), f"({type_['precision']})" if type_.get("precision") else None]
    return " ".join(filter(None, words))


def zoned_ddl(type_, name):
    precision = f"({type_['precision']})" if type_.get("precision") is not None else ""
    return f"{name}{precision} WITH{'' if type_.get('timezone') else 'OUT'} TIME ZONE"


def type_of(type_):
    if type_ is None:
        return None
    assert "unknown" not in type_, type_
    ddl = {dialect: ddl_of(type_, dialect) for dialect in ("postgresql", "sqlite")}
    if type_["kind"] == "custom":
        return {"class": type_["class"], "ddl": ddl}
    enum = type_["kind"] == "enum"
    has_values = enum or type_["class"] == "SET"
    return plain(
        {
            "class": SAME_CLASS.get(type_["class"], type_["class"]),
            **{key: type_.get(key) for key in ("precision", "timezone", "collation", "values", "dimensions")},
            "length": None if has_values else type_.get("length", 1 if is_bit(type_) else None),
            "scale": type_.get("scale"),
            "name": type_.get("name") if enum else None,
            "schema": type_.get("schema") if enum else None,
            "not_native": enum and type_.get("native") is False,
            "no_create_type": type_.get("create_type") is False,
            "item": type_of(type_.get("item")),
            "variants": {dialect: type_of(variant) for dialect, variant in type_.get("variants", {}).items()},
            "ddl": ddl,
        }
    )


def default_of(default):
    if default is None:
        return None
    described = {key: default.get(key) for key in ("kind", "text", "stored", "always")}
    return plain(described | sequence_of(default.get("sequence") or {}))


def sequence_of(sequence):
    described = {key: value for key, value in sequence.items() if key != "type"}
    for bound in "minvalue", "maxvalue":
        if bound in sequence and sequence[bound] is None:
            described[bound] = "none"
    return plain(described)


def column_of(column, key):
    nullable = column.get("nullable")
    kind = (column.get("server_default") or {}).get("kind")
    if nullable is None:  # as ml_column_is_nullable decides, and as a key makes of it
        nullable = not (column.get("primary_key") or kind == "identity" or column["name"] in key)
    return plain(
        {
            "name": column["name"],
            "type": type_of(column.get("type")),
            "not_null": not nullable,
            "server_default": default_of(column.get("server_default")),
            "comment": column.get("comment"),
            "autoincrement": column.get("autoincrement") is True,
            "no_autoincrement": column.get("autoincrement") is False,
            "keywords": keywords_of(column),
        }
    )


def keywords_of(item, **others):
    keywords = {**others, **item.get("keywords", {})}
    return {key: str(value) for key, value in sorted(keywords.items()) if value not in (None, False, "False")}


def constraint_of(constraint):
    refers = None
    if constraint["kind"] == "foreign_key":
        table = ".".join(filter(None, [constraint.get("referred_schema"), constraint["referred_table"]]))
        refers = [f"{table}.{column}" for column in constraint["referred_columns"]]
    return plain(
        {
            **{key: constraint.get(key) for key in ("kind", "name", "columns", "deferrable", "initially")},
            **{key: constraint.get(key) for key in ("condition", "method", "where")},
            **{key: constraint.get(key) for key in ("ondelete", "onupdate", "match", "use_alter")},
            "refers": refers,
            "parts": [[part_of(part), part["operator"]] for part in constraint.get("parts", [])],
            "keywords": keywords_of(
                constraint,
                postgresql_include=constraint.get("include"),
                postgresql_not_valid=constraint.get("not_valid"),
                postgresql_nulls_not_distinct=constraint.get("nulls_not_distinct"),
            ),
        }
    )


def part_of(part):
    words = [part.get("column") or part["expression"], part.get("order")]
    nulls = part.get("nulls")
    return " ".join(filter(None, [*words, nulls and f"NULLS {nulls}"]))


def index_of(index, operation):
    columns = [part.get("column") for part in index["parts"]]
    name = index.get("name")
    if name is None and "name" not in index:  # SQLAlchemy's own convention
        name = "_".join(filter(None, ["ix", operation.get("schema"), operation["table"], columns[0]]))
    options = index.get("keywords", {})
    storage = {key: int(options.pop(key)) for key in ("fillfactor",) if key in options}
    classes = [part["operator_class"] for part in index["parts"] if "operator_class" in part]
    return plain(
        {
            "name": name,
            "unique": index.get("unique"),
            "parts": [part_of(part) for part in index["parts"]],
            "where": index.get("where"),
            "keywords": keywords_of(
                index,
                postgresql_using=index.get("method"),
                postgresql_include=index.get("include"),
                postgresql_ops=classes or None,
                postgresql_with=storage or None,
                postgresql_nulls_not_distinct=index.get("nulls_not_distinct"),
            ),
        }
    )


def change_of(column):
    if column is None:
        return {}
    nullable = column.get("nullable")
    return plain(
        {
            "type": type_of(column.get("type")),
            "nullable": None if nullable is None else str(nullable),
            "comment": column.get("comment"),
            "drops_comment": "comment" in column and column["comment"] is None,
            "server_default": default_of(column.get("server_default")),
            "drops_server_default": "server_default" in column and column["server_default"] is None,
            "autoincrement": column.get("autoincrement"),
        }
    )


def sorted_by_text(described):
    return sorted(described, key=lambda item: json.dumps(item, sort_keys=True))


def comparable(mine, real):
    """Ours without the dialects in which SQLAlchemy has no DDL for a type."""
    if isinstance(mine, list) and isinstance(real, list):
        return [comparable(*pair) for pair in zip(mine, real)] + mine[len(real) :]
    if not (isinstance(mine, dict) and isinstance(real, dict)):
        return mine
    if "ddl" in mine:
        mine = {**mine, "ddl": {dialect: mine["ddl"][dialect] for dialect in real.get("ddl", ())}}
    return plain({key: value if key == "ddl" else comparable(value, real.get(key)) for key, value in mine.items()})


def rows_of(operation):
    """What operations_judge.py says as well: neither of what it reads, nor of a table that it does not know."""
    kind = operation["op"]
    described = {"op": kind}
    if kind != "select":
        described |= {key: operation.get(key) for key in ("table", "schema")}
    if kind == "insert":
        described["rows"] = operation.get("rows")
    if kind in ("update", "delete"):
        described["filtered"] = operation.get("filtered")
    if kind == "update":
        described["columns_written"] = sorted(operation["columns_written"])
    return plain(described)


def operation_of(operation):
    assert "unknown" not in operation, operation
    return plain({**without_circumstances(operation), "autocommit": operation.get("autocommit")})


def without_circumstances(operation):
    name = operation["op"]
    common = {key: operation.get(key) for key in ("table", "schema", "if_exists", "if_not_exists", "comment", "temporary")}
    if "sql" in operation:
        return {"op": "execute", "sql": operation["sql"]}
    if name in ("insert", "update", "delete", "select"):
        return rows_of(operation)
    if name in ("create_type", "drop_type", "create_sequence", "drop_sequence"):
        values = operation["type"].get("values") if name == "create_type" else None
        sequence = sequence_of({**operation.get("sequence", {}), "name": None, "schema": None})
        described = {key: operation.get(key) for key in ("op", "name", "schema")}
        return plain({**described, "values": values, "sequence": sequence})
    constraints = operation.get("constraints", [])
    key = {column for constraint in constraints if constraint["kind"] == "primary_key" for column in constraint["columns"]}
    made = {
        "columns": [column_of(column, key) for column in operation.get("columns", [])],
        "constraints": sorted_by_text(map(constraint_of, constraints)),
        "indexes": sorted_by_text([index_of(index, operation) for index in operation.get("indexes", [])]),
    }
    if name.startswith("create_") and len(constraints) == 1 and "columns" not in operation:
        return plain({"op": "create_constraint", **common, **made})
    described = {"op": name, **common, **made, "keywords": keywords_of(operation)}
    if name in ("create_index", "drop_index"):
        described["concurrently"] = operation.get("concurrently")
    if name not in ("add_column", "create_index"):
        described["name"] = operation.get("name")
    if name == "alter_column":
        described["change"] = change_of(operation["change"])
        existing = change_of(operation.get("existing"))
        described["existing"] = {key: value for key, value in existing.items() if not key.startswith("drops_")}
        described["using"] = operation.get("using")
    if name.endswith("_comment"):
        described["existing"] = plain({"comment": operation.get("existing", {}).get("comment")})
    for key in "new_name", "constraint_type":
        described[key] = operation.get(key)
    return plain(described)


def told(folder):
    """What miglint says of each revision, by id."""
    (project,) = told_of_all(folder)
    return {revision["revision"]: revision for revision in project["revisions"]}


def told_of_all(folder):
    """The environments below a folder, and what their revisions do."""
    done = subprocess.run(
        [os.environ["MIGLINT"], "graph", "--format", "json", folder],
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["projects"]
