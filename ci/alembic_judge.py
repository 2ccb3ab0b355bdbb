#!/usr/bin/python3
"""What Alembic itself says about an environment's revision files; see ci/corpus.

    alembic_judge.py headers IMPORT_ROOT SCRIPT_LOCATION VERSION_LOCATION...
    alembic_judge.py graphs < lists of headers

`headers` prints what each revision file declares. Alembic's ScriptDirectory
imports the files where that works; where they want an application that is not
installed, the declarations are evaluated from Python's own syntax tree.

`graphs` prints the graph that Alembic's RevisionMap makes of each list. Some of
its order depends on PYTHONHASHSEED, so a caller asks several times.
"""

import ast
import contextlib
import functools
import json
import os
import sys
import warnings
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.script.base import _only_source_rev_file
from alembic.script.revision import Revision, RevisionError, RevisionMap


class Unknown(Exception):
    """A value that cannot be told without running the file."""


# --- headers ---------------------------------------------------------------


def headers(import_root, script_location, version_locations):
    """{"judge", "revisions"}, or {"judge", "broken": why} where Alembic refuses the files."""
    try:
        return imported(import_root, script_location, version_locations)
    except RevisionError as refusal:
        return {"judge": "ScriptDirectory", "broken": str(refusal)}
    except (Exception, SystemExit):  # anything may happen while a file is imported
        pass
    try:
        return evaluated(import_root, version_locations)
    except (SyntaxError, Unknown) as refusal:
        return {"judge": "RevisionMap", "broken": str(refusal)}


def imported(import_root, script_location, version_locations):
    sys.dont_write_bytecode = True
    sys.path.append(import_root)
    directory = ScriptDirectory(script_location, version_locations=version_locations)
    with contextlib.redirect_stdout(sys.stderr):
        scripts = list(directory._load_revisions())
    # Alembic 1.8 takes files as the disk lists them, a later one sorted.
    scripts.sort(key=lambda script: (version_locations.index(os.path.dirname(script.path)), script.path))
    return {
        "judge": "ScriptDirectory",
        "revisions": [
            {
                "revision": script.revision,
                "down_revision": as_list(script.down_revision),
                "depends_on": as_list(script.dependencies),
                "branch_labels": as_list(script._orig_branch_labels),
                "path": script.path,
            }
            for script in scripts
        ],
    }


def evaluated(import_root, version_locations):
    modules = Modules(import_root)
    revisions = []
    for location in version_locations:
        for name in sorted(os.listdir(location)):
            if _only_source_rev_file.match(name):
                path = os.path.join(location, name)
                revisions.append({**declarations(modules, path), "path": path})
    return {"judge": "RevisionMap", "revisions": revisions}


def declarations(modules, path):
    declared = {
        "revision": modules.value(path, "revision"),
        "down_revision": as_list(modules.value(path, "down_revision")),
        "depends_on": as_list(modules.value(path, "depends_on", default=None)),
    }
    try:
        declared["branch_labels"] = as_list(modules.value(path, "branch_labels", default=None))
    except Unknown:  # the label is another package's constant
        declared["branch_labels"] = None
    return declared


def as_list(value):
    if not value:
        return []
    return [value] if isinstance(value, str) else list(value)


class Modules:
    """Module-level constants of the files below a root, evaluated and not run."""

    def __init__(self, root):
        self.root = Path(root)
        self.bindings = functools.lru_cache(maxsize=None)(self.bindings)

    def bindings(self, path):
        """What each module-level name is bound to: an expression, or where it is imported from."""
        bound = {}
        for statement in ast.parse(Path(path).read_bytes(), filename=str(path)).body:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        bound[target.id] = statement.value
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                bound[statement.target.id] = statement.value
            elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
                for alias in statement.names:
                    bound[alias.asname or alias.name] = (statement.module, alias.name)
            elif isinstance(statement, ast.Import):
                for alias in statement.names:
                    if alias.asname:
                        bound[alias.asname] = (alias.name, None)
        return bound

    def file(self, module):
        """The file of a dotted module name, or None if the tree has none."""
        base = self.root.joinpath(*module.split("."))
        files = (base.with_suffix(".py"), base / "__init__.py")
        return next((file for file in files if file.is_file()), None)

    def value(self, path, name, **default):
        try:
            bound = self.bindings(path)[name]
        except KeyError:
            if "default" in default:
                return default["default"]
            raise Unknown(f"{path} has no {name}") from None
        if isinstance(bound, tuple):
            module, attribute = bound
            return self.value(self.known_file(module), attribute)
        return self.evaluate(path, bound)

    def known_file(self, module):
        file = self.file(module)
        if file is None:
            raise Unknown(f"{module} is not in the tree")
        return file

    def evaluate(self, path, node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.Tuple, ast.List)):
            return tuple(self.evaluate(path, element) for element in node.elts)
        if isinstance(node, ast.Name):
            return self.value(path, node.id)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.evaluate(path, node.left) + self.evaluate(path, node.right)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            imported_from = self.bindings(path).get(node.value.id)
            if isinstance(imported_from, tuple):
                module = ".".join(part for part in imported_from if part)
                return self.value(self.known_file(module), node.attr)
        raise Unknown(f"{path}:{node.lineno} cannot be told without running it")


# --- graph -----------------------------------------------------------------


def graph(revisions):
    """The graph of such headers, or {"broken": why} where Alembic refuses it."""
    warnings.simplefilter("error", UserWarning)  # Alembic only warns of doubled revisions
    try:
        revision_map = RevisionMap(lambda: [as_revision(header) for header in revisions])
        revision_map._revision_map
        upgrade = list(
            revision_map.iterate_revisions(
                "heads", "base", inclusive=True, assert_relative_length=False
            )
        )
    except (RevisionError, UserWarning, KeyError) as refusal:
        return {"broken": f"{type(refusal).__name__}: {refusal}"}
    nodes = [revision_map.get_revision(header["revision"]) for header in revisions]
    return {
        "heads": [node.revision for node in nodes if node.is_head],
        "effective_heads": [
            node.revision for node in nodes if node.is_head and not node._is_real_head
        ],
        "bases": [node.revision for node in nodes if node.is_base],
        "branch_points": [node.revision for node in nodes if node.is_branch_point],
        "merge_points": [node.revision for node in nodes if node.is_merge_point],
        "branch_labels": {node.revision: sorted(node.branch_labels) for node in nodes},
        "upgrade_order": [node.revision for node in reversed(upgrade)],
    }


def as_revision(header):
    return Revision(
        header["revision"],
        tuple(header["down_revision"]),
        dependencies=tuple(header["depends_on"]) or None,
        branch_labels=tuple(header["branch_labels"] or ()),
    )


def main(arguments):
    if arguments[0] == "headers":
        answer = headers(arguments[1], arguments[2], arguments[3:])
    else:
        answer = [graph(revisions) for revisions in json.load(sys.stdin)]
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
