"""What `miglint sql` writes, taken apart again."""

import itertools
import re
import subprocess
from dataclasses import dataclass, field

from repository import ENVIRONMENT, MIGLINT, assert_sound

HEADING = re.compile(r"-- Running (?=(upgrade|downgrade) )(?:downgrade (\S+) -> |upgrade .*? -> (\S+?)(?:,|$))")
VERSION = re.compile(r"INSERT INTO (\S+) \(version_num\)|UPDATE (\S+) SET version_num=|DELETE FROM (\S+) WHERE \3\.version_num = ")


@dataclass
class Section:
    """What one function does."""

    function: str
    revision: str
    statements: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    raises: bool = False


def sql(*arguments, cwd, statuses=(0, 1)):
    done = subprocess.run(
        [MIGLINT, "sql", "--quiet", *map(str, arguments)],
        cwd=cwd, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
    )
    err = done.stderr.decode()
    assert "Sanitizer" not in err and "runtime error" not in err, err
    assert done.returncode in statuses, (done.returncode, err)
    return done.stdout.decode()


def is_index(statement):
    return statement.startswith(("CREATE INDEX ", "CREATE UNIQUE INDEX "))


def normal(statements):
    """White space apart; the indexes of a table are a set to SQLAlchemy, so they come in any order."""
    squeezed = [" ".join(statement.split()) for statement in statements]
    runs = itertools.groupby(filter(None, squeezed), is_index)
    return [statement for indexes, run in runs for statement in (sorted(run) if indexes else run)]


def pieces(script):
    """Comments, and statements without their ';'."""
    for piece in re.split(r"(?<=;)\n\n|^(--.*)\n\n", script, flags=re.MULTILINE):
        if piece and piece.strip():
            yield piece.strip()


def sections(script):
    """The parts of a script, without the book-keeping and the transactions around them."""
    found, table = [], None
    for piece in pieces(script):
        if heading := HEADING.match(piece):
            found.append(Section(heading[1], heading[2] or heading[3]))
        elif piece.startswith("-- NOT RENDERED: "):
            found[-1].refused.append(piece)
        elif piece.startswith("-- RAISES: "):
            found[-1].raises = True
        elif version := VERSION.match(piece):
            table = version[version.lastindex]
        elif found and piece != f"DROP TABLE {table};":
            found[-1].statements.append(piece.removesuffix(";").rstrip())
    for section in found:
        for word in ("BEGIN", "COMMIT"):
            if section.statements[-1:] == [word]:
                section.statements.pop()
    return found
