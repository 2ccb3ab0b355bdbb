#!/usr/bin/python3 -B
"""Count the calls in revision files that are operations, by Python's own ast.

usage: ci/operation_sites.py ROOT FILE...

Prints a JSON object: of each file "asks", whether it or a function of another
file that it calls ever asks for the connection, and "sites", the calls that change or read the database in
upgrade(), in downgrade() and in the functions of the file that they reach:
"line" and "column" (from 1, in code points), "end_line", "end_column", "call"
and "function". The call of a function of another file below ROOT is a site
where that function holds one. Nothing of this knows of miglint: it is what
ci/corpus holds miglint's operations against, so it would rather count a call
too many.
"""

import ast
import json
import sys
from functools import cache
from pathlib import Path

# Methods of op and of a batch that are no operations themselves.
NO_OPERATION = {
    "batch_alter_table", "f", "get_bind", "get_context", "inline_literal", "register_operation",
}
# Whatever they are called on, they reach the database.
EXECUTING = {
    "add_all", "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings", "create_all",
    "drop_all", "exec_driver_sql", "execute", "executemany", "executescript", "run_callable",
    "run_sync", "scalars",
}
# Of a session's query, they run it.
QUERYING = {
    "all", "count", "delete", "first", "get", "one", "one_or_none", "scalar", "update",
}
CONNECTION = {"get_bind", "bind", "connection", "migration_context", "impl"}
LIBRARIES = ("sqlalchemy", "alembic", "sqlmodel")
BUILTINS = set(dir(__builtins__))


class Module:
    """A parsed file: what its names are, and its functions and classes."""

    def __init__(self, path):
        self.path = path
        self.text = path.read_bytes()
        self.tree = ast.parse(self.text)
        self.lines = self.text.splitlines(keepends=True)
        self.imports = {}
        self.definitions = {
            node.name: node
            for node in self.tree.body
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        }
        self.batches, self.tainted = set(), set()
        for node in ast.walk(self.tree):
            self.note_imports(node)
        for node in ast.walk(self.tree):
            self.note_names(node)

    def note_imports(self, node):
        if isinstance(node, ast.Import):
            for name in node.names:
                first = name.name.partition(".")[0]
                self.imports[name.asname or first] = name.name if name.asname else first
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            for name in node.names:
                dot = "" if start.endswith(".") or not start else "."
                self.imports[name.asname or name.name] = f"{start}{dot}{name.name}"

    def note_names(self, node):
        """What is bound to a batch, and what comes of the connection."""
        pairs = []
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            pairs = [(node.optional_vars, node.context_expr)]
        for target, value in pairs:
            if not isinstance(target, ast.Name):
                continue
            if isinstance(value, ast.Call) and self.dotted(value.func) == "alembic.op.batch_alter_table":
                self.batches.add(target.id)
            elif self.reaches_connection(value):
                self.tainted.add(target.id)

    def dotted(self, node):
        """ "alembic.op.add_column"; None for what is no dotted name. """
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, "alembic.op" if node.id == "op" else node.id)
        if isinstance(node, ast.Attribute):
            before = self.dotted(node.value)
            return before and f"{before}.{node.attr}"
        return None

    def reaches_connection(self, node):
        """Whether a value is the connection or a session, or is made by a method of one."""
        if isinstance(node, ast.Call):
            name = (self.dotted(node.func) or "").rpartition(".")[2]
            if name in {"Session", "sessionmaker", "create_engine"}:
                return True
            return isinstance(node.func, ast.Attribute) and self.reaches_connection(node.func)
        if isinstance(node, ast.Attribute):
            return node.attr in CONNECTION or (
                node.attr in {"connect", "begin", "cursor"} and self.reaches_connection(node.value)
            )
        return isinstance(node, ast.Name) and (node.id in self.tainted or node.id in CONNECTION)

    @staticmethod
    def asks(nodes):
        names = {"Session", "sessionmaker", "create_engine"}
        return any(
            (isinstance(node, ast.Attribute) and node.attr in CONNECTION | names)
            or (isinstance(node, ast.Name) and node.id in names)
            for node in nodes
        )

    def column(self, line, offset):
        """ast counts in bytes of UTF-8."""
        return len(self.lines[line - 1][:offset].decode("utf-8", "replace")) + 1


@cache
def module_of(path):
    try:
        return Module(path)
    except (OSError, SyntaxError, ValueError):
        return None


class Counter:
    def __init__(self, root):
        self.root = root
        self.running = set()
        self.asks = False

    # --- another file ---

    def find(self, module, name):
        """The file and the definition of an imported "package.helper.function"."""
        level = len(name) - len(name.lstrip("."))
        parts = name[level:].split(".")
        folder = module.path.parent
        if level:
            roots = [folder.parents[level - 2] if level > 1 else folder]
        else:
            roots = [folder, *folder.parents]
            roots = [root for root in roots if root == self.root or self.root in root.parents]
        for root in roots:
            for last in (len(parts) - 1, len(parts) - 2):
                if last < 1 and not level:
                    continue
                stem = root.joinpath(*parts[:last])
                for file in (stem / "__init__.py", stem.with_suffix(".py") if last else None):
                    other = module_of(file) if file and file.is_file() else None
                    if other and parts[last] in other.definitions:
                        return other, parts[last]
        return None

    def holds_sites(self, module, name):
        key = module.path, name
        if key in self.running:
            return False
        self.running.add(key)
        sites = bool(self.sites_from(module, [name]))
        self.running.discard(key)
        return sites

    # --- one file ---

    def sites_from(self, module, names):
        """The sites in what is defined under the names, and in what these reach."""
        sites, waiting, seen = [], list(names), set()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in module.definitions:
                continue
            seen.add(name)
            self.asks |= module.asks(ast.walk(module.definitions[name]))
            for node in ast.walk(module.definitions[name]):
                if isinstance(node, ast.Name):
                    waiting.append(node.id)
                    if node.id == "globals":
                        waiting += [other for other in module.definitions if other.startswith(f"{name}_")]
                elif isinstance(node, ast.Call):
                    called = self.called(module, node)
                    if called:
                        sites.append((node, called, name))
        return sites

    def called(self, module, call):
        """What a call is called, where it is an operation; otherwise None."""
        name = module.dotted(call.func)
        if name and name.startswith("alembic.op.") and name.count(".") == 2:
            last = name.rpartition(".")[2]
            return None if last in NO_OPERATION else f"op.{last}"
        if isinstance(call.func, ast.Attribute):
            if isinstance(call.func.value, ast.Name) and call.func.value.id in module.batches:
                return None if call.func.attr in NO_OPERATION else f"batch_op.{call.func.attr}"
            found = self.method(module, call)
            if found:
                return found
        if name and self.elsewhere(module, name):
            return name.lstrip(".")
        return self.given_connection(module, call, name)

    def method(self, module, call):
        name, receiver = call.func.attr, ast.unparse(call.func.value)
        in_session = "session" in receiver.lower() and "." not in receiver
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if (
            name in EXECUTING
            or (name == "scalar" and arguments)
            or (name in {"create", "drop"} and (not arguments or any(map(module.reaches_connection, arguments))))
            or (name in QUERYING and ".query(" in receiver)
            or (name in {"add", "delete", "merge"} and in_session)
        ):
            return f"{receiver.split('(')[0]}.{name}"[:60]
        return None

    def elsewhere(self, module, name):
        """Whether it is a function of another file of the tree that holds a site."""
        if name.startswith(LIBRARIES) or "." not in name:
            return False
        found = self.find(module, name)
        return bool(found) and self.holds_sites(*found)

    def given_connection(self, module, call, name):
        """A function that nobody can look into, and the connection or op is handed to it."""
        if name is None or name.startswith(LIBRARIES) or name in BUILTINS:
            return None
        if name in module.definitions or name.rpartition(".")[2] in {"reflect", "from_engine"}:
            return None
        if not any(name == given or name.startswith(f"{given}.") for given in module.imports.values()):
            return None
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        handed = any(
            module.reaches_connection(value) or module.dotted(value) == "alembic.op"
            for value in arguments
        )
        found = handed and self.find(module, name)
        return name.lstrip(".") if handed and not found else None


def report(root, path):
    module = module_of(path)
    if module is None:
        return {"asks": False, "sites": []}
    counter = Counter(root)
    sites = [
        {
            "line": node.lineno,
            "column": module.column(node.lineno, node.col_offset),
            "end_line": node.end_lineno,
            "end_column": module.column(node.end_lineno, node.end_col_offset),
            "call": called,
            "function": function,
        }
        for node, called, function in counter.sites_from(module, ["upgrade", "downgrade"])
    ]
    return {"asks": counter.asks or module.asks(ast.walk(module.tree)), "sites": sites}


def main():
    root, *files = map(Path, sys.argv[1:])
    json.dump({str(path): report(root, path) for path in files}, sys.stdout)


if __name__ == "__main__":
    main()
