"""What miglint makes of revision headers, against Python that really imports them.

Alembic's Script.from_filename is the judge. miglint may say that it cannot tell
(ML001 for an id or a parent, "unverified" for the rest); it must never tell
otherwise than Python. Where a file is of the kind that people write, it must
also be able to tell.
"""

import json
import random
import subprocess
import sys

from repository import ENVIRONMENT, Folder

JUDGE = """
import json, os, sys, warnings
from alembic import util
from alembic.script import Script, ScriptDirectory

def names(value):
    return list(util.to_tuple(value, default=()))

warnings.simplefilter("ignore")
sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
versions = os.path.join(os.getcwd(), "migrations", "versions")
directory = ScriptDirectory("migrations")
told = {}
for name in sorted(os.listdir(versions)):
    try:
        script = Script._from_filename(directory, versions, name)
    except (Exception, SystemExit) as error:
        told[name] = repr(error)
        continue
    told[name] = {
        "revision": script.revision,
        "down_revision": names(script.down_revision),
        "depends_on": names(script.dependencies or None),
        "branch_labels": sorted(script.branch_labels),
        "ordered": not isinstance(script.module.down_revision, (set, frozenset)),
    }
json.dump(told, sys.stdout)
"""

# What stands beside the revisions: every way to write a constant that they can import.
MODULES = {
    "consts.py": """
        from pkg.deep import FAR as NEAR
        ONE = "one"
        TWO = ONE + "-two"
        PAIR = (ONE, TWO)
        LIST = ["l1", "l2"]
        LATER = "before"
        LATER = "after"
        if ONE == "one":
            CONDITIONAL = "yes"
        else:
            CONDITIONAL = "no"
        def function():
            return "called"
        _PRIVATE = "private"
    """,
    "starred.py": """
        __all__ = ["SHOWN", "_odd"]
        SHOWN = "shown"
        HIDDEN = "hidden"
        _odd = "odd"
    """,
    "starred_twice.py": "from starred import *\nfrom consts import *\nOWN = 'own'",
    "unclear_all.py": "__all__ = ['SHOWN']\n__all__ += ['MORE']\nSHOWN = 'u-shown'\nMORE = 'u-more'\nHIDDEN = 'u-hidden'",
    "pkg/__init__.py": """
        from . import deep
        from .deep import FAR
        from .sub.leaf import LEAF as LOCAL
        TOP = "top"
    """,
    "pkg/deep.py": "FAR = 'far'",
    "pkg/sub/__init__.py": "from .. import deep\nSUB = 'sub' + deep.FAR",
    "pkg/sub/leaf.py": "from ..deep import FAR\nLEAF = f'leaf-{FAR}'",
    "space/inner.py": "INNER = 'namespace'",  # no __init__.py
    "both.py": "WHICH = 'module'",
    "both/__init__.py": "WHICH = 'package'",
    "holder.py": "class consts:\n    ONE = 'of the class'\nimport pkg as deep\n",
    "circle_a.py": "A = 'a'\nimport circle_b\n",
    "circle_b.py": "from circle_a import A\nB = A + 'b'\n",
    "src/in_src.py": "IN_SRC = 'src'",
}


def dedent(text):
    lines = text.strip("\n").split("\n")
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] for line in lines).rstrip() + "\n"


def judge(folder):
    run = subprocess.run(
        [sys.executable, "-c", JUDGE],
        cwd=folder.path,
        env={**ENVIRONMENT, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def told_by_miglint(folder):
    """The header of each file, None where it is told to be unreadable, and without the parts that are unverified."""
    check = folder.miglint("--format", "json", "--select", "ML001")
    graph = folder.miglint("graph", "--format", "json")
    told = {}
    for revision in graph.json["projects"][0]["revisions"]:
        parts = ("revision", "down_revision", "depends_on", "branch_labels")
        told[revision["path"]] = {part: revision[part] for part in parts}
    for unverified in check.json["unverified"]:
        told.get(unverified["path"], {}).pop(unverified["what"], None)
    told.update({finding["path"]: None for finding in check.findings})
    return told


def compare(tmp_path, headers, may_raise=False):
    """`headers`: name -> (text, whether miglint must be able to tell). Gives how many it could tell."""
    folder = Folder(tmp_path / "app").environment()
    folder.write("alembic.ini", "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n")
    for name, text in MODULES.items():
        folder.write(name, dedent(text))
    for name, (text, _) in headers.items():
        folder.revision(None, name=name, text=text)
    truth, told = judge(folder), told_by_miglint(folder)
    wrong, counts = [], {"told": 0, "unknown": 0, "raises": 0}
    for name, (text, must_tell) in headers.items():
        python = truth[name + ".py"]
        path = f"migrations/versions/{name}.py"
        assert path in told, (text, "is neither in the graph nor complained about")
        ours = told[path]
        if isinstance(python, str):
            counts["raises"] += 1
            if must_tell or not may_raise:
                wrong.append((text, python))
            continue
        if not python.pop("ordered") and ours:
            python["down_revision"].sort()
            ours["down_revision"].sort()
        if ours and ours.get("depends_on") == [""]:  # to Alembic that is none
            ours["depends_on"] = []
        complete = ours is not None and len(ours) == 4
        counts["told" if complete else "unknown"] += 1
        if (must_tell and not complete) or any(python[part] != value for part, value in (ours or {}).items()):
            wrong.append((text, python, ours))
    assert not wrong, "\n\n".join("\n".join(map(str, case)) for case in wrong)
    return counts


# --- written by hand ---------------------------------------------------------------------

# What people write, and what is as plain: miglint must be able to tell. $ is an id of the file's own.
KNOWN = [
    "revision = '$'\ndown_revision = None",
    'revision = "$"\ndown_revision = "p"\nbranch_labels = None\ndepends_on = None',
    "revision: str = '$'\ndown_revision: 'str | None' = 'p'\nbranch_labels: list = ['l$']\ndepends_on: tuple = ('d',)",
    "revision = '$'\ndown_revision = ''\nbranch_labels = ()\ndepends_on = []",
    "revision = '$'; down_revision = 'p'; depends_on = 'd'",
    "revision = \\\n  '$'\ndown_revision = (\n  # why\n  'p'  # because\n)",
    "revision = '$'\ndown_revision = ('p', 'q')",
    "revision = '$'\ndown_revision = ['p', 'q',]",
    "revision = '$'\ndown_revision = {'p', 'q'}",
    "revision = '$'\ndown_revision = 'p', 'q'",
    "revision = '$'\ndown_revision = 'p',",
    "revision = '$'\ndown_revision = ('p')\nbranch_labels = ('l$')\ndepends_on = (('d'), ('e'))",
    "revision = '$'\ndown_revision = ('p',) + ('q', 'r')\ndepends_on = ['d'] + ['e']",
    "revision = '$'\ndown_revision = ()",
    # strings
    "revision = u'$'\ndown_revision = r'p\\n'\nbranch_labels = R'l$\\x41'\ndepends_on = U'd'",
    "revision = '$'\ndown_revision = (r'\\\\', \\\n r'\\'', r'p\\\\')\ndepends_on = r\"\"\"\\\\\\\\\"\"\"",
    "revision = '''$'''\ndown_revision = \"\"\"p'q\"r\"\"\"",
    "revision = '$'\ndown_revision = '\\x70\\u0071\\U00000072\\163\\t\\\\\\'\\\"\\a\\b\\f\\v\\n\\r'",
    "revision = '$'\ndown_revision = '\\60\\0601\\q\\8\\é\\ \\u00e9'",
    "revision = '$'\ndown_revision = 'one\\\ntwo'\ndepends_on = r'one\\\ntwo'",
    "revision = '$'\ndown_revision = '''one\ntwo\r\nthree\rfour'''",
    "revision = '$'\r\ndown_revision = '''one\r\ntwo\\\r\nthree'''\r\n",
    "revision = '$'\ndown_revision = 'p' 'q' \"r\" r'\\s' '''t'''",
    "revision = ('$'\n            'x')\ndown_revision = 'p' + 'q' + ('r' + 's')",
    "revision = '$'\ndown_revision = 'é💜' + '\\U0001F49C'\nbranch_labels = 'l$ß'",
    "\ufeffrevision = '$'\ndown_revision = 'p'",
    "revision = '$'\ndown_revision = 'a%%b'",
    "revision = '$'\ndown_revision = 'a%sb%%' % 'x'\ndepends_on = '%s-%s' % ('d', 'e')",
    "revision = '$'\ndown_revision = ''\ndepends_on = '' 'd' ''",
    # names
    "rev = '$'\nrevision = rev\nparent = 'p'\ndown_revision = parent",
    "revision = revision_id = '$'\na = b = down_revision = 'p'",
    "revision, down_revision = '$', 'p'",
    "(revision, down_revision) = ('$', None)",
    "[revision, down_revision] = ['$', ('p', 'q')]",
    "a, b = '$', 'p'\nb, a = a, b\nrevision = b\ndown_revision = a",
    "a, b, c = '1', '2', '3'\na, b, c = c, a, b\nrevision = '$'\ndown_revision = (a, b, c)",
    "a = '1'\na, b = '2', a\nrevision = '$'\ndown_revision = (a, b)",
    "revision = 'x'\nrevision = '$'\ndown_revision = 'x'\ndown_revision = 'y'",
    "revision = '$'\ndown_revision = revision + '-p'\nrevision = revision + 'z'",
    "down_revision = 'p'\ndown_revision = down_revision, 'q'\nrevision = '$'",
    "P = 'p'\nrevision = '$'\ndown_revision = f'{P}-{P}q{{x}}'\ndepends_on = f'a{\"b\"}c'\nbranch_labels = rf'l$\\{P}'",
    "P = 'p'\nrevision = '$'\ndown_revision = 'a' f'{P}' 'b{P}'\ndepends_on = f'{7}{P}'",
    "revision = '$'\ndown_revision = 'p'\nimport os  # x\ndef upgrade(): revision = 'no'\nclass A: down_revision = 'no'",
    "match = '$'\ntype = 'p'\ncase = print = _ = 'x'\nrevision = match\ndown_revision = type + case + print",
    "revision = '$'\ndown_revision = 'p'\nif __name__ == '__main__':\n    x = 1\nfor i in (): pass",
    "try:\n    import nothing\nexcept ImportError:\n    nothing = None\nrevision = '$'\ndown_revision = 'p'",
    "depends_on: str\nbranch_labels: list[str]\nrevision = '$'\ndown_revision = 'p'",
    # encodings
    b"# coding: latin-1\nrevision = '$'\ndown_revision = 'p\xe9'",
    b"#!/usr/bin/python\n# -*- coding: latin-1 -*-\nrevision = '$'\ndown_revision = 'p\xe9'",
    b"# vim: set fileencoding=cp1252 :\nrevision = '$'\ndown_revision = 'p\x80\xe9'",
    b"# coding: utf_8\nrevision = '$'\ndown_revision = 'p\xc3\xa9'",
    b"# coding: utf8\nrevision = '$'\ndown_revision = 'p\xc3\xa9'",
    b"# coding: latin_1\nrevision = '$'\ndown_revision = 'p\xe9'",
    b"# coding: l1\nrevision = '$'\ndown_revision = 'p\xe9'",
    b"# coding: iso8859-15\nrevision = '$'\ndown_revision = 'p\xa4'",
    b"# coding: latin-1-unix\nrevision = '$'\ndown_revision = 'p\xe9'",
    b"# coding: koi8-r\nrevision = '$'\ndown_revision = 'p\xc1'",
    b"# coding: cp1251\nrevision = '$'\ndown_revision = 'p\xc1'",
    b"# coding: windows_1251\nrevision = '$'\ndown_revision = 'p\xc1'",
    b"# coding: latin-1\nrevision = '$'\ndown_revision = 'p\xc3\xa9'",  # valid as UTF-8, and still no UTF-8
    # constants from elsewhere in the tree
    "import consts\nrevision = '$'\ndown_revision = consts.ONE\ndepends_on = consts.PAIR",
    "import consts as c\nrevision = '$'\ndown_revision = c.TWO\ndepends_on = c.LIST",
    "from consts import ONE\nrevision = '$'\ndown_revision = ONE",
    "from consts import ONE as X, TWO\nrevision = '$'\ndown_revision = X, TWO",
    "from consts import (\n    LATER,\n    NEAR,\n)\nrevision = '$'\ndown_revision = LATER + NEAR",
    "from consts import *\nrevision = '$'\ndown_revision = TWO\ndepends_on = NEAR",
    "from consts import ONE as down_revision\nrevision = '$'",
    "from consts import _PRIVATE as p\nrevision = '$'\ndown_revision = p",
    "import pkg\nrevision = '$'\ndown_revision = pkg.TOP\ndepends_on = pkg.FAR, pkg.LOCAL",
    "import pkg.deep\nrevision = '$'\ndown_revision = pkg.deep.FAR\ndepends_on = pkg.TOP",
    "import pkg.sub.leaf\nrevision = '$'\ndown_revision = pkg.sub.leaf.LEAF\ndepends_on = pkg.sub.SUB",
    "import pkg.sub.leaf as l\nrevision = '$'\ndown_revision = l.LEAF",
    "from pkg import deep, TOP\nrevision = '$'\ndown_revision = deep.FAR + TOP",
    "from pkg.sub import leaf as l\nrevision = '$'\ndown_revision = f'{l.LEAF}!'",
    "from pkg.sub.leaf import LEAF, FAR\nrevision = '$'\ndown_revision = LEAF, FAR",
    "from space.inner import INNER\nrevision = '$'\ndown_revision = INNER",
    "import both\nrevision = '$'\ndown_revision = both.WHICH",
    "from circle_a import A\nrevision = '$'\ndown_revision = A",
    "from in_src import IN_SRC\nrevision = '$'\ndown_revision = IN_SRC",
    "from starred import *\nrevision = '$'\ndown_revision = SHOWN",
    "from starred_twice import *\nrevision = '$'\ndown_revision = OWN, SHOWN, ONE",
    "ONE = 'mine'\nfrom consts import *\nrevision = '$'\ndown_revision = ONE",
    "from consts import *\nONE = 'mine'\nrevision = '$'\ndown_revision = ONE",
    "HIDDEN = 'mine'\nfrom starred import *\nrevision = '$'\ndown_revision = HIDDEN",
    "_PRIVATE = 'mine'\nfrom consts import *\nrevision = '$'\ndown_revision = _PRIVATE",
    "import space.inner\nrevision = '$'\ndown_revision = space.inner.INNER",
    "from space import inner\nrevision = '$'\ndown_revision = inner.INNER",
    "import consts\nc = consts\nrevision = '$'\ndown_revision = c.ONE",
    # functions that do little
    "import consts\nrevision = '$'\ndown_revision = consts.function()",
    "from consts import function as f\nrevision = '$'\ndown_revision = f() + '-x'",
    "def f():\n    'doc'\n    a = 'p'\n    return a, b\nb = 'q'\nrevision = '$'\ndown_revision = f()",
    "def f(): return x\nx = 'p'\ng = f\nrevision = '$'\ndown_revision = g()\nx = 'q'\ndepends_on = f()",
    "def f(): return 'p'\ndef g(): return f() + 'g'\nrevision = '$'\ndown_revision = g()\ndef f(): return 'q'",
    "def f(): return 'p'\ndown_revision = f()\ndef f(): return 'q'\ndepends_on = f()\nrevision = '$'",
    "def f():\n    y = x\n    return y\nx = 'p'\ndown_revision = f()\nx = 'q'\ndepends_on = f()\nrevision = '$'",
    "def f(a='x', *b, **c):\n    from consts import TWO\n    return TWO\nrevision = '$'\ndown_revision = f()",
]

# What nobody needs to tell, as long as it is not told wrongly. Not here: a list that is changed
# behind its name's back (inside of a function, by way of a second name of the same statement), and
# star imports of what is not in the tree, which are taken to bind nothing that is bound already.
ODD = [
    "revision, (down_revision, x) = '$', ('p', 'q')",
    "revision = '$'\ndown_revision = 'a' if True else 'b'",
    "revision = '$'\ndown_revision = 'a' and 'b'",
    "revision = '$'\ndown_revision = not 'a' or 'p'",
    "revision = '$'\ndown_revision = 'pq'[0]",
    "revision = '$'\ndown_revision = ('p', 'q')[1]",
    "revision = '$'\ndown_revision = 'p' * 3",
    "revision = '$'\ndown_revision = ('p',) * 2",
    "revision = '$'\ndown_revision = 'p'.upper()",
    "revision = '$'\ndown_revision = '{}-{}'.format('p', 'q')",
    "revision = '$'\ndown_revision = ''.join(['p', 'q'])",
    "revision = '$'\ndown_revision = str('p')",
    "revision = '$'\ndown_revision = [x for x in 'pq']",
    "revision = '$'\ndown_revision = tuple('pq')",
    "revision = '$'\ndown_revision = frozenset(['p', 'q'])",
    "revision = '$'\ndown_revision = {'p': 1, 'q': 2}",
    "revision = '$'\ndown_revision = {}",
    "revision = '$'\ndown_revision = *('p', 'q'), 'r'",
    "revision = '$'\ndown_revision = ['p', *['q']]",
    "revision = '$'\ndown_revision = (lambda: 'p')()",
    "revision = '$'\ndown_revision = '\\N{LATIN SMALL LETTER A}'",
    "revision = '$'\ndown_revision = '\\ud800'",
    "revision = '$'\ndown_revision = 'a\\0b'",
    "revision = '$'\ndown_revision = b'p'.decode()",
    "revision = '$'\ndown_revision = '%(x)s' % {'x': 'p'}",
    "revision = '$'\ndown_revision = '%d-%5s|%-5s|%r' % (1, 'p', 'q', 'r')",
    "revision = '$'\ndown_revision = '%s' % 7",
    "revision = '$'\ndown_revision = '%s%s' % tuple('pq')",
    "revision = '$'\ndown_revision = '%s' % None",
    "revision = '$'\ndown_revision = '%s' % ('p',) + 'x'",
    "revision = '$'\ndown_revision = 'a' '%s' % 'p' 'q'",
    "P = 'p'\nrevision = '$'\ndown_revision = f'{P!r}'\ndepends_on = f'{P:>5}'\nbranch_labels = f'l${P=}'",
    "P = 'p'\nrevision = '$'\ndown_revision = f'{P = }'",
    "P = 'p'\nrevision = '$'\ndown_revision = f'{P,}'",
    "P = 'p'\nrevision = '$'\ndown_revision = f'{P}' '{P}' rf'\\n{P}'",
    "revision = '$'\ndown_revision = f'{True}{None}{1.5}{0x10}{1_0}{-1}{(1)}'",
    "revision = '$'\ndown_revision = f'{0x10}'",
    "revision = '$'\ndown_revision = f'{1_0}'",
    "revision = '$'\ndown_revision = f'{[1, 2]}{(\"a\",)}'",
    "revision = '$'\ndown_revision = f'\\x41{\"b\"}\\N{DIGIT ONE}{{}}'",
    "revision = '$'\ndown_revision = f'''{\n'p'\n}'''",
    "revision = '$'\ndown_revision = f'{\"p\" \"q\"}'",
    "W = '5'\nrevision = '$'\ndown_revision = f'{\"p\":{W}}'",
    "revision, down_revision = ('$', 'p') if True else ('x', 'y')",
    "revision, *down_revision = '$', 'p', 'q'",
    "*x, down_revision = 'p', 'q'\nrevision = '$'",
    "revision = '$'\n(a, b), down_revision = 'pq', 'r'\ndepends_on = a, b",
    "revision = '$'\na, b = 'pq'\ndown_revision = a + b",
    "x = a, b = 'p', 'q'\nrevision = '$'\ndown_revision = x\ndepends_on = b",
    "a, b = x = 'p', 'q'\nrevision = '$'\ndown_revision = x\ndepends_on = b",
    "b, a = a = 'p', 'q'\nrevision = '$'\ndown_revision = a\ndepends_on = b",
    "a = b, a = 'p', 'q'\nrevision = '$'\ndown_revision = a\ndepends_on = b",
    "a = 'p'\na += 'q'\nrevision = '$'\ndown_revision = a",
    "revision = '$'\ndown_revision = 'p'\ndown_revision += 'q'",
    "revision = '$'\ndown_revision = ['p']\ndown_revision.append('q')",
    "revision = '$'\ndown_revision = ['p']\ndown_revision += ['q']",
    "revision = '$'\ndown_revision = ['p', 'q']\ndown_revision[0] = 'x'",
    "revision = '$'\ndown_revision = ['p', 'q']\ndel down_revision[0]",
    "revision = '$'\ndown_revision = ['p', 'q']\ndown_revision[:] = ['z']",
    "revision = '$'\nx = ['p']\ndown_revision = x\nx.append('q')",
    "revision = '$'\nx = ['p']\ny = x\ndown_revision = y\nx += ['q']",
    "revision = '$'\nx = ['p']\ndown_revision = x\nx[0] = 'q'",
    "revision = '$'\nx = ['p']\ndown_revision = x\nx = ['q']",
    "revision = '$'\nx = ['p']\ndown_revision = x + ['r']\nx.append('q')",
    "revision = '$'\ndown_revision = ['p']\nfor x in 'qr': down_revision.append(x)",
    "revision = '$'\ndown_revision = ['p']\nif True: down_revision.append('q')",
    "revision = '$'\ndown_revision = 'p'\ndef f():\n    global down_revision\n    down_revision = 'q'\nf()",
    "revision = '$'\ndown_revision = 'p'\nif True:\n    down_revision = 'q'",
    "revision = '$'\ndown_revision = 'p'\nif False:\n    down_revision = 'q'\nelif True:\n    down_revision = 'r'\nelse:\n    pass",
    "revision = '$'\nif True: down_revision = 'p'",
    "revision = '$'\nfor down_revision in ('p', 'q'): pass",
    "revision = '$'\nfor i, down_revision in enumerate('pq'): pass",
    "revision = '$'\nfor (i, (down_revision, j)) in [(1, ('p', 2))]: pass",
    "revision = '$'\nfor x in ('p', 'q'):\n    down_revision = x",
    "revision = '$'\ndown_revision = 'x'\nfor x in ():\n    down_revision = x\nelse:\n    down_revision = 'y'",
    "revision = '$'\ndown_revision = 'x'\nwhile True:\n    down_revision = 'y'\n    break",
    "revision = '$'\ndown_revision = 'x'\ntry:\n    1 / 0\n    down_revision = 'y'\nexcept ZeroDivisionError:\n    pass",
    "revision = '$'\ntry:\n    down_revision = 'y'\nexcept ZeroDivisionError:\n    pass",
    "revision = '$'\ndown_revision = 'x'\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    down_revision = 'y'",
    "revision = '$'\ndown_revision = 'x'\ntry:\n    pass\nexcept ZeroDivisionError:\n    pass\nelse:\n    down_revision = 'y'",
    "revision = '$'\ndown_revision = 'x'\ntry:\n    try:\n        1 / 0\n    finally:\n        down_revision = 'y'\nexcept ZeroDivisionError:\n    pass",
    "revision = '$'\ndown_revision = 'x'\ntry:\n    try:\n        1 / 0\n        down_revision = 'z'\n    finally:\n        pass\nexcept ZeroDivisionError:\n    pass",
    "from contextlib import suppress\nrevision = '$'\ndown_revision = 'x'\nwith suppress(Exception):\n    1 / 0\n    down_revision = 'y'",
    "from contextlib import nullcontext\nrevision = '$'\ndown_revision = 'x'\nwith nullcontext('y') as down_revision:\n    pass",
    "from contextlib import nullcontext\nrevision = '$'\ndown_revision = 'x'\nwith nullcontext(), nullcontext(('y', 'z')) as (down_revision, d):\n    pass",
    "from contextlib import nullcontext\nrevision = '$'\nwith nullcontext():\n    down_revision = 'y'",
    "revision = '$'\ndown_revision = 'x'\nmatch 'y':\n    case down_revision:\n        pass",
    "revision = '$'\ndown_revision = 'x'\nmatch ['y', 'z']:\n    case [down_revision, *depends_on]:\n        pass",
    "revision = '$'\ndown_revision = 'x'\nmatch 1:\n    case 1 as n:\n        down_revision = 'y'",
    "revision = '$'\ndown_revision = 'x'\n(down_revision := 'y')",
    "revision = '$'\ndown_revision = 'x'\nlen(down_revision := 'y')",
    "revision = '$'\ndown_revision = 'x'\nif (down_revision := 'y'): pass",
    "revision = '$'\ndown_revision = 'x'\nz = [down_revision := 'y', 'q']",
    "revision = '$'\ndown_revision = 'x'\nany((down_revision := x) for x in 'yz')",
    "revision = '$' + (x := 'p')\ndown_revision = x",
    "revision = '$'\ndown_revision = 'x'\ndel down_revision\ndown_revision = 'y'",
    "revision = '$'\ndown_revision = depends_on = 'x'\ndel depends_on",
    "revision = '$'\ndown_revision = depends_on = branch_labels = 'x$'\ndel depends_on, branch_labels",
    "revision = '$'\ndown_revision = depends_on = branch_labels = 'x$'\ndel (depends_on, branch_labels)",
    "revision = '$'\ndown_revision = 'x'\ndef depends_on(): pass\ndel depends_on",
    "revision = '$'\ndown_revision = 'x'\nimport sys as depends_on\ndepends_on = 'y'",
    "revision = '$'\ndown_revision = 'x'\ntry:\n    1/0\nexcept Exception as depends_on:\n    pass",
    "revision = '$'\ndown_revision = 'x'\ndepends_on = 'z'\ntry:\n    1/0\nexcept Exception as depends_on:\n    pass",
    "revision = '$'\ndown_revision = __name__",
    "revision = '$'\ndown_revision = __doc__",
    "'doc'\nrevision = '$'\ndown_revision = __doc__",
    "revision = '$'\ndown_revision = 'p'\ndepends_on = 'x' < 'y' and 'z' or 'w'",
    "f = g = lambda: 'z$'\nrevision = '$'\ndown_revision = 'p'\ndepends_on = f()\nbranch_labels = g()",
    "f = lambda: 'z$'\nrevision = '$'\ndown_revision = f()\ndepends_on = f()\nbranch_labels = f()",
    "f = lambda: 'z$'\nrevision = f()\ndown_revision = 'p'",
    "revision = '$'\ndown_revision = ('p', 'p')\nbranch_labels = ['l$', 'l$']",
    "class revision: pass\nrevision = '$'\ndown_revision = 'p'",
    "revision = '$'\ndown_revision = 'p' if 0 else None",
    "revision = '$'\ndown_revision = 0",
    "revision = '$'\ndown_revision = False",
    "revision = '$'\ndown_revision = 'p'\n\x0crevision = '$f'",
    "revision = '$'\ndown_revision = 'p' \\\n    'q'",
    "if 1:\n  if 1:\n    revision = '$'\n    down_revision = 'p'",
    "revision = '$'; down_revision = 'p'; down_revision = 'q';",
    "revision = '$'\ndown_revision = 'p'\nclass A:\n    global down_revision\n    down_revision = 'q'",
    "revision = '$'\ndown_revision: str = 'p'\ndown_revision: str",
    "revision = '$'\ndown_revision = 'p'\ndepends_on = 'x'\ndepends_on: None",
    "revision = '$'\nx = 'p'\nx.y if 0 else x\ndown_revision = x",
    "async def f(): pass\nrevision = '$'\ndown_revision = 'p'",
    "revision = '$'\ndown_revision = (yield_ := 'p')",
    "revision = '$'\ndown_revision = 'p'\n@(lambda f: 'q')\ndef down_revision(): pass",
    "revision = '$'\n@(lambda f: 'q')\nclass down_revision: pass",
    # functions
    "def f(): yield 'p'\nrevision = '$'\ndown_revision = list(f())",
    "def f(a): return a\na = 'no'\nrevision = '$'\ndown_revision = f('p')",
    "def f(a='p'): return a\na = 'no'\nrevision = '$'\ndown_revision = f()",
    "def f(*, a='p', **b): return a\na = 'no'\nrevision = '$'\ndown_revision = f()",
    "def f(a: str, /, b='p'): return a + b\na = b = 'no'\nrevision = '$'\ndown_revision = f('q')",
    "def f(*a): return a\na = 'no'\nrevision = '$'\ndown_revision = f('p', 'q')",
    "def f():\n    a = 'p'\n    a += 'q'\n    return a\nrevision = '$'\ndown_revision = f()",
    "def f():\n    a = ['p']\n    a.append('q')\n    return a\nrevision = '$'\ndown_revision = f()",
    "def f():\n    if x: return 'p'\n    return 'q'\nx = 1\nrevision = '$'\ndown_revision = f()",
    "def f():\n    for x in 'pq': return x\n    return 'r'\nrevision = '$'\ndown_revision = f()",
    "def f():\n    try: return 'p'\n    finally: return 'q'\nrevision = '$'\ndown_revision = f()",
    "def f(): return (a := 'p') + a\na = 'no'\nrevision = '$'\ndown_revision = f()",
    "def f():\n    global a\n    a = 'p'\n    return a\na = 'no'\nrevision = '$'\ndown_revision = f()\ndepends_on = a",
    "def f():\n    def g(): return 'p'\n    return g()\nrevision = '$'\ndown_revision = f()",
    "def f():\n    a = 'p'\n    def g(): return a\n    return g\na = 'no'\nrevision = '$'\ndown_revision = f()()",
    "def f(): return\nrevision = '$'\ndown_revision = f()",
    "def f(): pass\nrevision = '$'\ndown_revision = f()",
    "def f(): return xs\nxs = ['p']\nrevision = '$'\ndown_revision = f()\nxs.append('q')",
    "@(lambda f: lambda: 'p')\ndef f(): return 'q'\nrevision = '$'\ndown_revision = f()",
    "class A:\n    def f(): return 'p'\nrevision = '$'\ndown_revision = A.f()",
    "class A:\n    a = 'p'\n    b = a + 'q'\na = 'no'\nrevision = '$'\ndown_revision = A.b",
    "class str:\n    def __new__(self, a): return 'q'\nrevision = '$'\ndown_revision = str('p')",
    "def dict(**a): return 'p'\nrevision = '$'\ndown_revision = dict(a='q')",
    "d = dict(a='p')\nrevision = '$'\ndown_revision = d['a']\ndepends_on = tuple(d)",
    "d = {'a': 'p', **{'b': 'q'}}\nrevision = '$'\ndown_revision = d",
    "d = {'a': 'p'}\nd['b'] = 'q'\nrevision = '$'\ndown_revision = tuple(d.values())",
    # modules
    "import consts\nrevision = '$'\ndown_revision = consts.CONDITIONAL",
    "from consts import CONDITIONAL\nrevision = '$'\ndown_revision = CONDITIONAL",
    "import holder\nrevision = '$'\ndown_revision = holder.consts.ONE",
    "import holder\nrevision = '$'\ndown_revision = holder.deep.FAR",
    "from holder import consts\nrevision = '$'\ndown_revision = consts.ONE",
    "from holder import deep\nrevision = '$'\ndown_revision = deep.TOP",
    "import pkg.deep, pkg as q\nrevision = '$'\ndown_revision = q.deep.FAR",
    "import pkg\npkg = pkg.deep\nrevision = '$'\ndown_revision = pkg.FAR",
    "from starred import _odd\nrevision = '$'\ndown_revision = _odd",
    "_odd = 'mine'\nfrom starred import *\nrevision = '$'\ndown_revision = _odd",
    "HIDDEN = MORE = 'mine'\nfrom unclear_all import *\nrevision = '$'\ndown_revision = HIDDEN\ndepends_on = MORE",
    "HIDDEN = 'mine'\nfrom starred_twice import *\nrevision = '$'\ndown_revision = HIDDEN",
    "ONE = 'mine'\ntry:\n    from nothing import ONE\nexcept ImportError:\n    pass\nrevision = '$'\ndown_revision = ONE",
    "try:\n    from nothing import ONE\nexcept ImportError:\n    from consts import ONE\nrevision = '$'\ndown_revision = ONE",
    "try:\n    from consts import ONE\nexcept ImportError:\n    ONE = 'mine'\nrevision = '$'\ndown_revision = ONE",
    "import circle_b\nrevision = '$'\ndown_revision = circle_b.B",
    "import json\nrevision = '$'\ndown_revision = json.__name__",
    "from os.path import sep\nrevision = '$'\ndown_revision = 'a' + sep",
    "from os import *\nrevision = '$'\ndown_revision = 'a' + sep",
    "revision = 'mine'\nfrom os import *\nrevision = '$'\ndown_revision = None",
    "from importlib import import_module\nrevision = '$'\ndown_revision = import_module('consts').ONE",
]


def numbered(prefix, texts):
    def text_of(text, name):
        return text.replace(b"$", name.encode()) if isinstance(text, bytes) else text.replace("$", name)

    return {f"{prefix}{i:03}": text_of(text, f"{prefix}{i:03}") for i, text in enumerate(texts)}


def test_what_people_write_is_told(tmp_path):
    headers = {name: (text, True) for name, text in numbered("known", KNOWN).items()}
    assert compare(tmp_path, headers) == {"told": len(KNOWN), "unknown": 0, "raises": 0}


def test_what_is_odd_is_not_told_wrongly(tmp_path):
    compare(tmp_path, {name: (text, False) for name, text in numbered("odd", ODD).items()})


# --- written by chance ---------------------------------------------------------------------

STRINGS, LISTS = ("s", "t", "u"), ("xs", "ys")
IMPORTS = """import consts, pkg.deep
import consts as c
from consts import ONE, TWO as two
from pkg import deep as d
from pkg.sub.leaf import *
"""
IMPORTED = ("consts.ONE", "c.TWO", "ONE", "two", "pkg.TOP", "pkg.deep.FAR", "d.FAR", "LEAF")
LETTERS = "aab-é💜%{}'\"# \\\n\t\x7f0"
QUOTES = ("'", '"', "'''", '"""')
FORMATS = ("!r", "!s", ":>9", "=", " ", " = ", "[0:1]", ".upper()")


class Writer:
    """Headers of any kind, whose names keep their types so that most of them can be imported."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)()

    def escaped(self, letter):
        """A letter as an escape sequence."""
        code = ord(letter)
        forms = [f"\\U{code:08x}"]
        forms += [f"\\u{code:04x}"] if code < 0x10000 else []
        forms += [f"\\x{code:02x}", f"\\{code:03o}"] if code < 0x100 else []
        return self.random.choice(forms)

    def literal(self):
        prefix = self.random.choice(["", "", "", "u", "r", "f", "R", "fr"])
        quote = self.random.choice(QUOTES)
        body = ""
        for letter in self.random.choices(LETTERS, k=self.random.randint(0, 5)):
            special = letter in "'\"\\" or (letter == "\n" and len(quote) == 1)
            if "r" in prefix.lower() and special:
                continue
            if letter == "\n" and special:
                body += self.random.choice(["\\n", "\\\n"])
            elif special:
                body += "\\" + letter
            elif letter in "{}" and "f" in prefix:
                body += letter * 2
            elif not prefix and self.random.random() < 0.2:
                body += self.escaped(letter)
            else:
                body += letter
        return prefix + quote + body + quote

    def string(self, depth=0):
        def part():
            return self.string(depth + 1)

        def name():
            return self.random.choice(STRINGS)

        def imported():
            return self.random.choice(IMPORTED)

        if depth > 2:
            return self.literal()
        if self.random.random() < 0.06:
            return self.odd_string(name, part)
        return self.pick(
            self.literal,
            self.literal,
            name,
            imported,
            lambda: f"({part()})",
            lambda: f"({self.literal()} {self.literal()})",
            lambda: f"{part()} + {part()}",
            lambda: f"'x%sy' % ({part()})",
            lambda: f"'%s%%%s' % ({part()}, {part()})",
            lambda: f"f'a{{{name()}}}b{{{{{name()}}}}}'",
            lambda: f"f'{{{name()}}}' f'{{{imported()}}}' '{{{name()}}}'",
        )

    def odd_string(self, name, part):
        return self.pick(
            lambda: f"f'{{{name()}{self.random.choice(FORMATS)}}}'",
            lambda: f"({part()} if {name()} else {part()})",
            lambda: f"'{{}}'.format({part()})",
            lambda: f"({part()}).replace('a', 'b')",
            lambda: f"({name()} := {part()})",
            lambda: f"(lambda: {part()})()",
            lambda: f"str({part()})",
            lambda: f"{self.random.choice(('given', 'local', 'late'))}()",
        )

    def sequence(self):
        items = [self.string(1) for _ in range(self.random.randint(0, 3))]
        return self.pick(
            lambda: f"({', '.join(items)}{',' if items else ''})",
            lambda: f"[{', '.join(items)}]",
            lambda: f"[{', '.join(items)}] + [{self.string(1)}]",
            lambda: f"({', '.join(items)}{',' if items else ''}) + ({self.string(1)},)",
            lambda: f"[*{self.random.choice(LISTS)}]",
            lambda: f"list({self.random.choice(LISTS)})",
            lambda: f"[z for z in {self.random.choice(LISTS)}]",
        )

    def block(self, depth):
        """An indented statement; one that goes on over lines in a string cannot be indented."""
        while True:
            statement = self.statement(depth + 1)
            if not any(mark in statement for mark in ("'''", '"""', "\\\n")):
                return "\n".join("    " + line for line in statement.split("\n"))

    def simple(self):
        s, t = self.random.sample(STRINGS, 2)
        xs = self.random.choice(LISTS)
        return self.pick(
            lambda: f"{s} = {self.string()}",
            lambda: f"{s}: str = {self.string()}",
            lambda: f"{s} = {t} = {self.string()}",
            lambda: f"{s}, {t} = {t}, {s}",
            lambda: f"{s}, {t} = {self.string()}, {self.string()}",
            lambda: f"[{s}, ({t})] = ({self.string()}, {s})",
            lambda: f"({s}, {t}), {xs} = ({self.string()}, {s}), [{t}]",
            lambda: f"{s}, *{xs} = {self.string()}, {self.string()}, {t}",
            lambda: f"{s} += {self.string()}",
            lambda: f"{xs} = list({self.sequence()})",
            lambda: f"{xs} = [{self.string()}]",
            lambda: f"{xs}.append({self.string()})",
            lambda: f"{xs} += [{self.string()}]",
            lambda: f"{xs}[:1] = [{self.string()}]",
            lambda: f"{s} = {self.string()}; {t} = {s}  # {s} = 'no'",
            lambda: f"def f(): {s} = 'local'",
            lambda: f"class A: {s} = 'attribute'",
            lambda: f"_ = [{s} for {s} in 'ab']",
            lambda: f"{s} = \\\n  {self.string()}",
            lambda: f"def f(a={s}): return a\n{t} = f()",
            lambda: f"del {s}\n{s} = {self.string()}",
            lambda: f"from consts import LATER as {s}",
            lambda: "from consts import *",
            lambda: f"from starred import SHOWN as {s}, HIDDEN as {t}",
            lambda: f"ONE = {s}\n{t} = ONE",
        )

    def statement(self, depth=0):
        s, t = self.random.sample(STRINGS, 2)
        if depth > 1 or self.random.random() < 0.7:
            return self.simple()

        def block():
            return self.block(depth)

        return self.pick(
            lambda: f"if {s}:\n{block()}\nelse:\n{block()}",
            lambda: f"for {s} in ['p', 'q']:\n{block()}",
            lambda: f"for {s}, {t} in [('p', 'q')]: pass",
            lambda: f"for {s} in []:\n{block()}\nelse:\n{block()}",
            lambda: f"while not {s}:\n    {s} = 'w'",
            lambda: f"try:\n{block()}\n    raise ValueError\nexcept ValueError:\n{block()}",
            lambda: f"try:\n    raise ValueError\n{block()}\nexcept ValueError: pass\nfinally:\n{block()}",
            lambda: f"try:\n{block()}\nfinally:\n{block()}",
            lambda: f"with suppress(ValueError):\n    raise ValueError\n{block()}",
            lambda: f"with nullcontext('n') as {s}:\n{block()}",
            lambda: f"match {s}:\n    case {t}:\n        pass",
            lambda: f"def f():\n    global {s}\n    {s} = 'global'\nf()",
        )

    def header(self):
        lines = ["from contextlib import nullcontext, suppress", IMPORTS]
        lines += [f"{name} = {self.literal()}" for name in STRINGS]
        lines += [f"{name} = ['{name}']" for name in LISTS]
        s, t = self.random.sample(STRINGS, 2)
        lines += [f"def given({s}={t}): return {s}", f"def late(): return {s} + {t}"]
        lines += [f"def local():\n    {s} = 'l'\n    z = {t} + {s}\n    return z + given()"]
        lines += [self.statement() for _ in range(self.random.randint(0, 4))]
        variables = ["revision = '$'", f"branch_labels = '$' 'l' + {self.string(1)}"]
        for name in ("down_revision", "depends_on"):
            values = (self.string, self.string, self.sequence, lambda: "None", lambda: self.random.choice(LISTS))
            variables.append(f"{name} = {self.pick(*values)}")
        self.random.shuffle(variables)
        for line in variables:
            lines.append(line)
            if self.random.random() < 0.1:
                lines.append(self.statement())
        return "\n".join(lines) + "\n"


def test_chance_finds_nothing_that_is_told_wrongly(tmp_path):
    texts = [Writer(seed).header() for seed in range(600)]
    headers = {name: (text, False) for name, text in numbered("chance", texts).items()}
    counts = compare(tmp_path, headers, may_raise=True)
    # enough of each kind that all of this means something
    assert counts["told"] > 150 and counts["unknown"] > 150 and counts["raises"] < 60, counts
