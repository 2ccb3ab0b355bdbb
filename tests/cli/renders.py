"""The SQL of revisions as miglint renders it, and as real Alembic prints it."""

import json
import os
import re
import subprocess
from pathlib import Path

JUDGE = Path(__file__).with_name("render_judge.py")
DUMP = os.environ["MIGLINT_RENDER_DUMP"]
PYTHON = "/usr/bin/python3"


def judged(path, files, dialect, convention=None):
    """Of each file what Alembic prints of upgrade() and downgrade(); `path` is Python's: the age."""
    options = [json.dumps(convention)] if convention else []
    done = subprocess.run(
        [PYTHON, "-B", JUDGE, dialect, *options],
        input="".join(f"{file}\n" for file in files),
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    )
    return json.loads(done.stdout)


def unescaped(field):
    return field.encode("latin-1").decode("unicode_escape").encode("latin-1").decode()


def rendered(folder, dialect, path):
    """{revision: {"upgrade": [(kind, text), ...], "downgrade": ...}}"""
    options = ["--dialect", dialect] + (["--old"] if path == "" else [])
    done = subprocess.run([DUMP, *options, folder], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0 and not done.stderr, done.stderr
    found = {}
    for line in done.stdout.splitlines():
        kind, *fields = line.split("\t")
        if kind == "passage":
            passage = found.setdefault(fields[0], {}).setdefault(fields[1], [])
        else:
            passage.append((kind, unescaped(fields[0])))
    return found


def normal(statement):
    """White space, and what Alembic leaves to chance: nothing."""
    return re.sub(r"\s+", " ", statement).strip()


def difference(mine, real):
    """None where both say the same; what Alembic refuses has to be refused."""
    statements = [normal(text) for kind, text in mine if kind == "statement"]
    refused = [text for kind, text in mine if kind != "statement"]
    wanted = [normal(text) for text in real["statements"] if text not in ("BEGIN", "COMMIT")]  # a script's matter
    if real["failure"]:
        return None if refused else f"- {real['failure']}\n+ {statements}"
    if not refused and sorted(statements) == sorted(wanted) and statements[:1] == wanted[:1]:
        return None
    return "\n".join([f"- {each}" for each in wanted] + [f"+ {each}" for each in statements + refused])
