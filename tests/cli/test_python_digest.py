"""What two texts say and do, against Python's own ast, which is the judge.

digest_dump prints the digest of each file. Two digests must be equal exactly
when the syntax trees are, once what a digest disregards is taken out of them.
"""

import ast
import os
import random
import re
import subprocess

import pytest

DUMP = os.environ["MIGLINT_DIGEST_DUMP"]
HEADER = {"revision", "down_revision", "branch_labels", "depends_on"}


# --- the judge ---------------------------------------------------------------------


class Imports(ast.AST):
    """Imports with no other statement between them."""

    _fields = ("bound",)


def bindings(statement):
    """(name, how it is bound), as Python binds it."""
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            where = "." * statement.level + (statement.module or "")
            yield alias.asname or alias.name, f"{alias.name} of {where}"
        elif alias.asname not in (None, alias.name):
            yield alias.asname, f"module {alias.name}"
        else:
            yield alias.name.partition(".")[0], f"packages of {alias.name}"


def is_star(statement):
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


def is_import(statement):
    return isinstance(statement, (ast.Import, ast.ImportFrom)) and not is_star(statement)


def gather(run):
    bound = {}
    for statement in run:
        for name, way in bindings(statement):
            ways = bound.setdefault(name, set())
            if not (way.startswith("packages") and all(w.startswith("packages") for w in ways)):
                ways.clear()
            ways.add(way)
    return Imports(bound=bound)


def gather_imports(body):
    run = []
    for statement in body:
        if is_import(statement):
            run.append(statement)
            continue
        if run:
            yield gather(run)
            run = []
        yield statement
    if run:
        yield gather(run)


def is_header(statement):
    if not isinstance(statement, ast.Assign):
        return False
    names = []
    for target in statement.targets:
        names += target.elts if isinstance(target, ast.Tuple) else [target]
    return all(isinstance(name, ast.Name) and name.id in HEADER for name in names)


class Plain(ast.NodeTransformer):
    """Takes out what is disregarded, but for unused imports."""

    def visit_Pass(self, node):
        return None

    def visit_Expr(self, node):
        self.generic_visit(node)
        return None if isinstance(node.value, ast.Constant) else node

    def visit_Constant(self, node):
        return ast.Constant(value=node.value)

    def visit_JoinedStr(self, node):
        self.generic_visit(node)
        values = []
        for value in node.values:
            if values and isinstance(value, ast.Constant) and isinstance(values[-1], ast.Constant):
                values[-1] = ast.Constant(values[-1].value + value.value)
            else:
                values.append(value)
        if all(isinstance(value, ast.Constant) for value in values):
            return ast.Constant(values[0].value if values else "")
        return ast.JoinedStr(values)

    def visit_BoolOp(self, node):
        """`and` and `or` do not care how their operands are grouped."""
        self.generic_visit(node)
        values = []
        for value in node.values:
            same = isinstance(value, ast.BoolOp) and type(value.op) is type(node.op)
            values += value.values if same else [value]
        return ast.BoolOp(node.op, values)

    def visit_List(self, node):
        self.generic_visit(node)
        return ast.Tuple(node.elts, node.ctx) if isinstance(node.ctx, ast.Store) else node

    def visit_Delete(self, node):
        self.generic_visit(node)
        only = node.targets[0]
        return ast.Delete(only.elts) if isinstance(only, ast.Tuple) else node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_arg(self, node):
        return ast.arg(node.arg)

    def visit_ImportFrom(self, node):
        return None if node.module == "__future__" else node

    def generic_visit(self, node):
        if hasattr(node, "returns"):
            node.returns = None
        super().generic_visit(node)
        if isinstance(node, ast.Module):
            node.body = [statement for statement in node.body if not is_header(statement)]
        for field in ("body", "orelse", "finalbody"):
            if isinstance(getattr(node, field, None), list):
                setattr(node, field, list(gather_imports(getattr(node, field))))
        return node


def names_in(tree):
    for node in ast.walk(tree):
        for field in ("id", "arg", "name", "rest"):
            is_keyword = isinstance(node, (ast.keyword, ast.alias))
            if isinstance(getattr(node, field, None), str) and not is_keyword:
                yield getattr(node, field)
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names


class Used(ast.NodeTransformer):
    def __init__(self, names):
        self.names = names

    def visit_Imports(self, node):
        used = {name: sorted(ways) for name, ways in node.bound.items() if name in self.names}
        return Imports(bound=sorted(used.items())) if used else None


def judge(text):
    tree = Plain().visit(ast.parse(text))
    return ast.dump(Used(set(names_in(tree))).visit(tree))


# --- our side ----------------------------------------------------------------------


def digests(folder, texts):
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"{number}.py")
        paths[-1].write_bytes(text if isinstance(text, bytes) else text.encode())
    names = "".join(f"{path}\n" for path in paths)
    run = subprocess.run([DUMP], input=names, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()
