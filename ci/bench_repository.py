#!/usr/bin/python3
"""Write a repository with a long past and many branches, the same every time.

usage: ci/bench_repository.py FOLDER [COMMITS REVISIONS BRANCHES]

A bare repository whose main line grows by COMMITS commits, some of which add one
of REVISIONS revisions in a row. Each branch leaves it somewhere in its last
tenth and adds one revision to the newest one there.
"""

import random
import subprocess
import sys

REVISION = '''"""add column {number}

Revision ID: {id}
Revises: {parent}
Create Date: 2024-01-01 12:00:00

"""
from alembic import op
import sqlalchemy as sa

revision = "{id}"
down_revision = {quoted}
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("account", sa.Column("c_{id}", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("account", "c_{id}")
'''


class Writer:
    """The stream that `git fast-import` reads."""

    def __init__(self, folder):
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", folder], check=True)
        self.process = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE)
        self.mark = 0

    def commit(self, branch, parent, files):
        self.mark += 1
        lines = [f"commit refs/heads/{branch}", f"mark :{self.mark}"]
        lines += [f"committer Ada <ada@example.org> {1600000000 + self.mark * 60} +0000", "data 4", "work"]
        if parent:
            lines.append(f"from :{parent}")
        for path, text in files.items():
            lines += [f"M 100644 inline {path}", f"data {len(text.encode())}", text]
        self.process.stdin.write(("\n".join(lines) + "\n").encode())
        return self.mark

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit("git fast-import failed")


def revision(number, name, parent):
    text = REVISION.format(number=number, id=name, parent=parent or "", quoted=f'"{parent}"' if parent else "None")
    return {f"migrations/versions/{name}_add_column_{number}.py": text}


def write_repository(folder, commits=20000, revisions=300, branches=2000):
    chance = random.Random(7)
    writer = Writer(folder)
    mark = writer.commit(
        "main",
        None,
        {
            "alembic.ini": "[alembic]\nscript_location = migrations\n",
            "migrations/env.py": "from alembic import context\n",
            "migrations/script.py.mako": "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n",
        },
    )
    head, past = None, []
    every = max(1, commits // revisions)
    for number in range(commits):
        files = {f"src/part{number % 40}/file{number % 500}.py": f"VALUE = {number}\n"}
        if number % every == 0 and number // every < revisions:
            name = f"{chance.getrandbits(48):012x}"
            files.update(revision(number // every, name, head))
            head = name
        mark = writer.commit("main", mark, files)
        past.append((mark, head))
    for number in range(branches):
        parent, newest = past[-1 - chance.randrange(max(1, commits // 10))]
        name = f"{chance.getrandbits(48):012x}"
        writer.commit(f"topic/{number}", parent, revision(f"b{number}", name, newest))
    writer.close()
    subprocess.run(["git", "-C", folder, "gc", "-q"], check=True)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 5):
        sys.exit(__doc__)
    write_repository(sys.argv[1], *map(int, sys.argv[2:]))
