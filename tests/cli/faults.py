"""Faults that people make in revisions, each a small edit of the text at one operation.

A fault found by position in the syntax tree is only a candidate: whether it is one
is for the database to say (see autogenerate.py).
"""

import ast
import re
from dataclasses import dataclass

# What a removed line of downgrade() leaves undone.
REMOVED = {
    "drop_table": ["ML303"],
    "drop_column": ["ML303"],
    "drop_index": ["ML303"],
    "drop_constraint": ["ML303"],
    "drop_enum": ["ML306"],
    "create_enum": ["ML304", "ML310"],
    "create_table": ["ML304", "ML305"],  # what is done to it behind that fails
}
# What a line of downgrade() does with another name than the one that is meant.
MISNAMED = {
    "drop_table": ["ML305", "ML303"],
    "drop_column": ["ML305", "ML303"],
    "drop_index": ["ML305", "ML303"],
    "drop_constraint": ["ML305", "ML303"],
    "drop_enum": ["ML305", "ML306"],
    "alter_column": ["ML305", "ML304"],
    "create_enum": ["ML304", "ML310"],
    "create_table": ["ML304", "ML305"],
}


@dataclass(frozen=True)
class Fault:
    kind: str
    function: str  # upgrade, downgrade
    rules: tuple  # any of them is right
    object: str
    table: str  # that the operation is on; None for one on an enum type
    line: int
    text: str  # the whole revision with the fault in it


@dataclass(frozen=True)
class Statement:
    node: ast.Expr
    function: ast.FunctionDef
    block: ast.AST  # the function, or the `with` of a batch
    table: str = None  # the batch's

    @property
    def call(self):
        return self.node.value

    @property
    def operation(self):
        name = self.call.func.attr
        if name in ("create", "drop"):
            return f"{name}_enum"
        if name == "execute":
            return self.call.args[0].value.split(" TYPE ")[0].lower() + "_enum"
        return name

    @property
    def name(self):
        """The constant that names what is made, dropped or altered; None where it has no name."""
        operation, arguments = self.operation, self.call.args
        if self.call.func.attr == "execute":  # DROP TYPE ends with the name
            return arguments[0] if operation == "drop_enum" else None
        if operation.endswith("_enum"):
            return keyword(self.call.func.value, "name")
        if operation.endswith("_comment"):
            return None
        in_table = operation in ("add_column", "drop_column", "alter_column") and self.table is None
        name = arguments[1 if in_table else 0]
        if isinstance(name, ast.Call):  # op.f("..."), sa.Column("...")
            name = name.args[0]
        return name if isinstance(name.value, str) else None

    @property
    def on(self):
        """The table that it is about; None for an enum type."""
        if self.table or self.operation.endswith("_enum"):
            return self.table
        if self.operation == "drop_index":
            return keyword(self.call, "table_name").value
        named = self.operation.endswith(("_index", "_constraint", "_key"))
        return self.call.args[1 if named else 0].value

    @property
    def object(self):
        column = self.operation.endswith("_column")
        name = self.name.value if self.name else ast.unparse(self.call.args[0]) if self.call.args else ""
        return f"{self.operation} {self.on + '.' if self.table or column else ''}{name}"


def keyword(call, name):
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


class Source:
    """A revision's text and where everything is in it."""

    def __init__(self, text):
        self.text = text
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.functions = {
            node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)
        }

    def statements(self, function):
        function = self.functions[function]
        for node in function.body:
            if isinstance(node, ast.With):
                table = node.items[0].context_expr.args[0].value
                yield from (Statement(inner, function, node, table) for inner in node.body)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                yield Statement(node, function, function)

    def columns(self, statement):
        """The calls of sa.Column in a statement."""
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "Column":
                yield node

    def source(self, node):
        return ast.get_source_segment(self.text, node)

    def replaced(self, node, new, last=None):
        """The text with `new` instead of a node, or of all from it to `last`."""
        last = last or node
        start = self.starts[node.lineno - 1] + node.col_offset  # bytes, and the generated text is ASCII
        end = self.starts[last.end_lineno - 1] + last.end_col_offset
        return self.text[:start] + new + self.text[end:]

    def without(self, statement):
        """The text without a statement; nothing but `pass` stays of a function's last."""
        node, block = statement.node, statement.block
        if block is not statement.function and len(block.body) == 1:
            node, block = block, statement.function
        others = [other for other in block.body if other is not node and not is_docstring(other)]
        return self.replaced(node, "" if others else "pass")

    def emptied(self, function):
        body = [node for node in self.functions[function].body if not is_docstring(node)]
        return self.replaced(body[0], "pass", body[-1])


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def other_type(spelling):
    """Another type than this, as near as can be."""
    length = re.search(r"length=(\d+)", spelling)
    if length:
        return spelling.replace(length[0], f"length={int(length[1]) + 1}")
    return "sa.Date()" if "Text" in spelling else "sa.Text()"


def types_of(source, statement):
    """What says a type in a statement: the node."""
    for column in source.columns(statement):
        yield column.args[1]
    if statement.operation == "alter_column" and keyword(statement.call, "type_"):
        yield keyword(statement.call, "type_")


def said(source, statement, name):
    """The values of a keyword of the columns in a statement, or of the alteration itself."""
    calls = list(source.columns(statement))
    if statement.operation in ("alter_column", "create_index"):
        calls.append(statement.call)
    return [value for value in (keyword(call, name) for call in calls) if value is not None]


def downgrade_faults(text):
    source = Source(text)
    statements = list(source.statements("downgrade"))

    def fault(kind, statement, rules, new):
        return Fault(kind, "downgrade", tuple(rules), statement.object, statement.on, statement.node.lineno, new)

    line = source.functions["downgrade"].lineno
    yield Fault("downgrade emptied", "downgrade", ("ML301",), "all", None, line, source.emptied("downgrade"))
    for statement in statements:
        operation, name = statement.operation, statement.name
        if len(statements) > 1:
            kind = "enum's drop removed" if operation == "drop_enum" else "line removed"
            yield fault(kind, statement, REMOVED.get(operation, ["ML304"]), source.without(statement))
        if name:
            new = source.replaced(name, repr(name.value + "_old"))
            yield fault("name changed", statement, MISNAMED.get(operation, ["ML304"]), new)
        if operation.startswith("drop_") and operation != "drop_table_comment":
            twice = source.source(statement.node)
            new = source.replaced(statement.node, f"{twice}\n{' ' * statement.node.col_offset}{twice}")
            yield fault("dropped twice", statement, ["ML305"], new)
        for value in said(source, statement, "nullable"):
            yield fault("nullable changed", statement, ["ML304"], source.replaced(value, str(not value.value)))
        for value in types_of(source, statement):
            new = source.replaced(value, other_type(source.source(value)))
            yield fault("type changed", statement, ["ML304"], new)
        for value in said(source, statement, "server_default"):
            none = isinstance(value, ast.Constant) and value.value is None
            yield fault("default changed", statement, ["ML304"], source.replaced(value, "'9'" if none else "None"))
        for value in said(source, statement, "unique"):
            yield fault("index changed", statement, ["ML304"], source.replaced(value, str(not value.value)))


def upgrade_faults(text):
    source = Source(text)

    def fault(kind, statement, rule, new):
        return Fault(kind, "upgrade", (rule,), statement.object, statement.on, statement.node.lineno, new)

    for statement in source.statements("upgrade"):
        operation, name = statement.operation, statement.name
        if name and (operation.startswith("drop_") or operation == "alter_column"):
            new = source.replaced(name, repr(name.value + "_old"))
            yield fault("name changed", statement, "ML309", new)
        if operation == "create_enum":
            yield fault("enum's creation removed", statement, "ML310", source.without(statement))
        if operation == "create_table":
            for column in source.columns(statement):
                if source.source(column.args[1]).startswith("sa.Enum("):
                    create = f"{source.source(column.args[1])}.create(op.get_bind())\n    "
                    new = source.replaced(statement.node, create + source.source(statement.node))
                    yield fault("enum made twice", statement, "ML308", new)
        type_ = keyword(statement.call, "type_")
        if operation == "alter_column" and type_:
            yield fault("retype written as drop and add", statement, "ML503", recreated(source, statement, type_))


def recreated(source, statement, type_):
    call = statement.call
    before = "" if statement.table else f"{source.source(call.args[0])}, "
    nullable = keyword(call, "nullable") or keyword(call, "existing_nullable")
    column = f"sa.Column({statement.name.value!r}, {source.source(type_)}, nullable={source.source(nullable)})"
    owner = source.source(call.func.value)
    drop = f"{owner}.drop_column({before}{statement.name.value!r})"
    indent = " " * statement.node.col_offset
    return source.replaced(statement.node, f"{drop}\n{indent}{owner}.add_column({before}{column})")
