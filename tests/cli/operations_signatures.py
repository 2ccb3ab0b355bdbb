"""What can be called in a revision: prints {"op.drop_table": {"positional": ["table_name", ...],
"named": ["schema", ...]}, ...} of the installed Alembic and SQLAlchemy.

Positional arguments may be named as well. Where `**kw` hides them, they are
those of what they are handed on to, dialects' keywords included.
"""

import inspect
import json

import sqlalchemy as sa
from alembic.operations import BatchOperations, Operations
from sqlalchemy.dialects import mysql, postgresql, sqlite

ITEMS = """
    CheckConstraint Column Computed ForeignKey ForeignKeyConstraint Identity Index
    PrimaryKeyConstraint Sequence UniqueConstraint
""".split()
DIALECTS = {"mysql": mysql, "postgresql": postgresql, "sqlite": sqlite}
# What operations hand their keywords on to.
HANDS_ON = {
    "create_table": sa.Table,
    "create_index": sa.Index,
    "create_unique_constraint": sa.UniqueConstraint,
    "create_foreign_key": sa.ForeignKeyConstraint,
    "create_check_constraint": sa.CheckConstraint,
    "create_exclude_constraint": postgresql.ExcludeConstraint,
}


def arguments(function):
    """Those by position, and those by name alone; Python's own name mangling undone."""
    named = [each for each in inspect.signature(function).parameters.values() if each.name != "self"]
    positional = [each.name for each in named if each.kind is each.POSITIONAL_OR_KEYWORD]
    return positional, [each.name for each in named if each.kind is each.KEYWORD_ONLY]


def of_dialects(construct):
    """postgresql_where, sqlite_autoincrement and their like."""
    found = []
    for name, module in DIALECTS.items():
        for of, options in module.dialect.construct_arguments or []:
            if of is construct:
                found += [f"{name}_{option}" for option in options if option != "*"]
    return found


def of_construct(construct):
    positional, named = arguments(construct.__init__)
    return positional, named + of_dialects(construct)


def of_operation(function, name):
    positional, named = arguments(function)
    if name in HANDS_ON:
        handed = sum(of_construct(HANDS_ON[name]), [])
        named += [each for each in handed if each not in positional + named]
    return positional, named


def is_type(value):
    return isinstance(value, type) and issubclass(value, sa.types.TypeEngine)


def of_type(class_):
    positional, named = arguments(class_.__init__)
    for base in class_.__mro__:  # what a type leaves to those that it inherits from
        function = vars(base).get("__init__")
        if function is not None:
            named += [each for each in sum(arguments(function), []) if each not in positional + named]
            if not any(each.kind is each.VAR_KEYWORD for each in inspect.signature(function).parameters.values()):
                break
    return positional, named


def signatures():
    found = {}
    for prefix, operations in ("op", Operations), ("batch_op", BatchOperations):
        for name, function in inspect.getmembers(operations, inspect.isfunction):
            if not name.startswith("_"):
                found[f"{prefix}.{name}"] = of_operation(function, name)
    for name in ITEMS:
        found[f"sa.{name}"] = of_construct(getattr(sa, name))
    found["postgresql.ExcludeConstraint"] = of_construct(postgresql.ExcludeConstraint)
    for prefix, module in {"sa": sa, **DIALECTS}.items():
        for name in getattr(module, "__all__", dir(sa)):
            if is_type(getattr(module, name, None)):
                found[f"{prefix}.{name}"] = of_type(getattr(module, name))
    return found


if __name__ == "__main__":
    print(json.dumps({name: dict(zip(("positional", "named"), each)) for name, each in signatures().items()}))
