"""What nobody should feed to a program: miglint ends with a finding, or with 2 and one clear line.

That nothing crashes, speaks of a sanitizer, hangs (miglint() has a timeout) or puts a raw control
character out is asserted of every run, in repository.py.
"""

import itertools
import os
import stat
import subprocess

import pytest
from repository import ENVIRONMENT, MIGLINT, Folder, Repository, miglint, place, place_of, sound_revision

FORMATS = ("text", "dot", "mermaid", "json")


def look_at(folder, *arguments):
    """The findings, after all other ways to look at the same have ended well too."""
    for name in FORMATS:
        assert miglint("graph", "--format", name, *arguments, cwd=folder).status in (0, 2)
    miglint(*arguments, cwd=folder)
    return miglint("--format", "json", *arguments, cwd=folder)


def look_once(folder):
    (finding,) = look_at(folder.path).findings
    return finding


# --- revision files ------------------------------------------------------------------------


CONFLICT = '''"""add email"""
revision = "bbbb"
<<<<<<< HEAD
down_revision = "aaaa"
=======
down_revision = None
>>>>>>> add-email
'''


def test_conflict_markers(folder):
    folder.revision("aaaa")
    folder.revision("bbbb", text=CONFLICT)
    run = look_at(folder.path)
    (finding,) = [finding for finding in run.findings if finding["rule"] == "ML001"]
    assert finding["message"] == "the file holds a merge conflict that was never resolved"
    assert place(finding) == place_of(CONFLICT, "<<<<<<<")
    assert finding["path"] == "migrations/versions/bbbb.py"
    assert "migrations/versions/bbbb.py:3:1: error: the file holds a merge conflict" in folder.miglint().out


HEADER = "revision = 'a'\ndown_revision = None\n"

# text, message, and the part that the finding points at (None: the file as a whole)
UNREADABLE = {
    "unclosed": ("revision = " + "(" * 70_000, "Python cannot parse this file|brackets or blocks are nested", ...),
    "deep": (
        "revision = " + "(" * 10_000 + "'a'" + ")" * 10_000 + "\ndown_revision = None\n",
        "brackets or blocks are nested more deeply than Python accepts",
        ...,
    ),
    "deep_lists": ("x = " + "[" * 5_000 + "]" * 5_000 + "\n" + HEADER, "brackets or blocks are", ...),
    "deep_calls": ("x = " + "f(" * 5_000 + ")" * 5_000 + "\n" + HEADER, "brackets or blocks are", ...),
    "deep_blocks": (
        HEADER + "".join(" " * i + "if x:\n" for i in range(600)) + " " * 600 + "pass\n",
        "brackets or blocks are nested",
        ...,
    ),
    "deep_blocks_continued": (
        HEADER + "".join("\n" + " \\\n" * i + "if x:\n" for i in range(600)) + "\n" + " \\\n" * 600 + "pass\n",
        "brackets or blocks are nested",
        ...,
    ),
    "word": ("revision = 'a'\ndown_revision = None\ndef upgrade(:\n    pass\n", "Python cannot parse this file", ...),
    "unclosed_string": ("revision = 'a'\ndown_revision = '''b\n", "Python cannot parse this file", ...),
    "empty": ("", "the file has no `revision`, so Alembic cannot load this folder", None),
    "blank": ("\n\n   \n\t\n", "the file has no `revision`", None),
    "comment": ("# nothing\n", "the file has no `revision`", None),
    "helper": ("def helper():\n    return 1\n", "the file has no `revision`", None),
    "no_parent": ("revision = 'a'\n", "the file has no `down_revision`, so Alembic cannot load this folder", None),
    "call": ("revision = new()\ndown_revision = None\n", "`revision` cannot be told without running the file", "new()"),
    "number": ("revision = 17\ndown_revision = None\n", "`revision` cannot be told", "17"),
    "parent": ("revision = 'a'\ndown_revision = find(1)\n", "`down_revision` cannot be told", "find(1)"),
    "latin1": (b"revision = 'a'\ndown_revision = None  # \xe9\n", "the file is not UTF-8, and names no encoding", ...),
    "nul": (b"revision = 'a'\0\ndown_revision = None\n", "the file holds a NUL byte: it is no Python source", ...),
    "utf16": (HEADER.encode("utf-16"), "the file ", ...),
    "binary": (bytes(range(256)) * 40, "the file ", ...),
    "utf8_lies": (b"# coding: utf-8\nrevision = '\xff'\n", "the file is not UTF-8", ...),
    "encoding": (b"# coding: nothing-known\nrevision = '\xff'\n", "the file is not UTF-8", ...),
    "pickle": (b"\x80\x04\x95" + b"\xff" * 5000, "the file ", ...),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_revision(folder, name):
    text, message, part = UNREADABLE[name]
    folder.revision(None, name="x", text=text)
    finding = look_once(folder)
    assert finding["rule"] == "ML001"
    assert any(finding["message"].startswith(one) for one in message.split("|")), finding["message"]
    if part is None:
        assert place(finding) == (None, None, None, None)
    elif part is not ...:
        assert place(finding) == place_of(text, part)
    else:
        assert finding["line"] >= 1 and finding["column"] >= 1


def doubled(first, step, times):
    """x0 = first, and x1, x2, ... each made twice of the one before."""
    return f"x0 = {first}\n" + "".join(f"x{i + 1} = {step}\n".replace("$", f"x{i}") for i in range(times))


def many(text, times):
    return "".join(text.replace("$", str(i)) for i in range(times))


LONG = {
    "sum": "revision = " + " + ".join(["'a'"] * 20_000) + "\ndown_revision = None\n",
    "doubling": doubled("'a' * 1", "$ + $", 80) + "revision = x80\ndown_revision = None\n",
    "doubling_known": doubled("'a'", "$ + $", 60) + "revision = x60\ndown_revision = None\n",
    "doubling_tuples": doubled("('a',)", "$ + $", 60) + "revision = 'a'\ndown_revision = x60\n",
    "nesting_f": doubled("'a'", "f'{$}{$}'", 60) + "revision = x60\ndown_revision = None\n",
    "chain": doubled("'a'", "$", 5_000) + "revision = x5000\ndown_revision = None\n",
    "assignments": " = ".join(f"x{i}" for i in range(20_000)) + " = 'a'\nrevision = x0\ndown_revision = None\n",
    "attributes": "revision = a" + ".a" * 30_000 + "\ndown_revision = None\n",
    "ifs": HEADER + "".join(" " * i + "if x:\n" for i in range(1_000)) + " " * 1_000 + "pass\n",
    "unary": "revision = " + "-" * 60_000 + "1\ndown_revision = None\n",
    "nots": "revision = " + "not " * 30_000 + "1\ndown_revision = None\n",
    "walrus": HEADER + "(x:=" * 5_000 + "1" + ")" * 5_000 + "\n",
    "cases": HEADER + "match x:\n    case " + "[" * 5_000 + "y" + "]" * 5_000 + ": pass\n",
    "targets": HEADER + "(" * 5_000 + "x" + ",)" * 5_000 + " = y\n",
    "lambdas": "revision = " + "lambda: " * 30_000 + "1\ndown_revision = None\n",
    "comparisons": "revision = " + "1 < " * 50_000 + "1\ndown_revision = None\n",
    "elifs": "revision = 'a'\ndown_revision = None\nif x: pass\n" + "elif x: pass\n" * 5_000,
    "one_line": "revision = 'a'; down_revision = None; " + "x = 1; " * 8_000 + "\n",
    "many_names": many("x$ = $\n", 8_000) + HEADER,
    "reassigned": "revision = 'b'\n" * 8_000 + HEADER,
    "stars": many("from m$ import *\n", 3_000) + HEADER,
    "itself": "from x import *\nfrom x import revision\nrevision = revision\ndown_revision = None\n",
    "long_string": "revision = 'a'\ndown_revision = '" + "b" * 1_000_000 + "'\n",
    "long_docstring": '"""' + "word " * 100_000 + '"""\nrevision = "a"\ndown_revision = None\n',
    "many_parents": "revision = 'a'\ndown_revision = (" + many("'p$', ", 3_000) + ")\n",
    "many_labels": HEADER + "branch_labels = (" + many("'p$', ", 3_000) + ")\n",
    "downgrade": HEADER + "def upgrade():\n" + "    op.execute('" + "-- " * 100_000 + "')\n"
    + "    op.execute('" + "/*" * 2_000 + "')\n" + "def downgrade(): pass\n",
    "mutual": HEADER + many("def f$(): f1$(); f$()\n", 5_000) + "def upgrade(): f0()\n",
}


@pytest.mark.parametrize("name", LONG)
def test_a_file_that_goes_on_and_on(folder, name):
    folder.revision(None, name="x", text=LONG[name])
    folder.miglint("--format", "json", "--format", "text=/dev/null")
    folder.miglint("graph")


def test_garbage_that_a_parser_finds_hard(folder):
    for i, text in enumerate(("def class ( \n" * 5_000, "f'{" * 2_000, "@" * 5_000, "x = [" * 2_000)):
        folder.revision(None, name=f"x{i}", text=text)
    assert folder.miglint("--format", "json").rules == ["ML001"] * 4


def test_byte_order_mark_and_line_ends(folder):
    text = sound_revision("bbbb", "nowhere")
    folder.revision("aaaa", text=("\ufeff" + sound_revision("aaaa")).replace("\n", "\r\n"))
    folder.revision("bbbb", text=("\ufeff" + text).replace("\n", "\r\n"))
    (finding,) = [f for f in look_at(folder.path).findings if f["rule"] == "ML103"]
    assert place(finding) == place_of(text, "'nowhere'")
    folder.revision("bbbb", text="\ufeffrevision = 'bbbb'; down_revision = 'nowhere'\r\n")
    (finding,) = [f for f in look_at(folder.path).findings if f["rule"] == "ML103"]
    assert (finding["line"], finding["column"]) == (1, 36)
    assert "    1 | revision = 'bbbb'; down_revision = 'nowhere'\n" in folder.miglint().out


def test_columns_are_of_characters(folder):
    text = "x = 'é💜\u0301'; revision = 'bbbb'; down_revision = 'nowhere'\n"
    folder.revision("bbbb", text=text)
    finding = look_once(folder)
    assert place(finding) == place_of(text, "'nowhere'")
    lines = folder.miglint().out.splitlines()
    # a purple heart is two cells wide, and the accent none
    assert lines[1].index("'nowhere'") + 1 - 1 == lines[2].index("^")


LIMIT = 16 * 1024 * 1024


def test_a_file_that_is_too_large(folder):
    folder.revision("aaaa")
    folder.revision(None, name="large", text="revision = 'large'\ndown_revision = 'aaaa'\n" + "#" * LIMIT)
    finding = look_once(folder)
    assert finding["rule"] == "ML001" and "has more than 16777216 bytes" in finding["message"]
    repository = Repository(folder.path)
    repository.commit()
    assert look_at(folder.path, "--commit", "HEAD").rules == ["ML001"]


def test_a_file_that_is_as_large_as_it_may_be(folder):
    head = "revision = 'large'\ndown_revision = None\n"
    folder.revision(None, name="large", text=head + "#" * (LIMIT - len(head)))
    run = folder.miglint("--format", "json")
    assert run.json["projects"][0]["heads"] == ["large"] and run.findings == []


def test_what_is_called_py_and_is_no_file(folder):
    versions = folder / "migrations/versions"
    folder.revision("aaaa")
    (versions / "folder.py").mkdir()
    (versions / "folder.py/inner.py").write_text("revision = 'inner'\ndown_revision = 'aaaa'\n")
    os.mkfifo(versions / "fifo.py")
    os.symlink("loop_b.py", versions / "loop_a.py")
    os.symlink("loop_a.py", versions / "loop_b.py")
    os.symlink("fifo.py", versions / "to_fifo.py")
    os.symlink("nowhere", versions / "dangling.py")
    os.symlink("/dev/zero", versions / "zero.py")
    os.symlink("/dev/stdin", versions / "stdin.py")
    os.symlink("..", versions / "up.py")
    os.symlink(".", versions / "self.py")
    os.symlink("../..", versions / "top")
    os.mknod(versions / "socket.py", stat.S_IFSOCK | 0o600)
    for arguments in ([], ["migrations"], ["migrations/versions"]):
        run = look_at(folder.path, *arguments)
        assert run.json["projects"][0]["bases"] == ["aaaa"] and run.rules == []


def test_other_files_that_are_no_files(tmp_path):
    folder = Folder(tmp_path / "x")
    for name in ("alembic.ini", "db/env.py", "db/script.py.mako", "other.ini"):
        (folder / name).parent.mkdir(exist_ok=True)
        os.mkfifo(folder / name)
    (folder / "db/versions").mkdir()
    assert "there is no Alembic environment" in folder.miglint().complaint()
    os.unlink(folder / "alembic.ini")
    (folder / "alembic.ini").mkdir()
    assert "there is no Alembic environment" in folder.miglint().complaint()


def test_folders_in_a_circle(folder):
    folder.revision("aaaa")
    os.symlink("..", folder / "migrations/back")
    os.symlink(".", folder / "migrations/versions/again")
    folder.write(
        "alembic.ini",
        "[alembic]\nscript_location = migrations/back/migrations\nrecursive_version_locations = true\n",
    )
    run = look_at(folder.path)
    assert run.json["projects"][0]["revisions"] == 1


def test_very_deep_folders(tmp_path):
    folder = Folder(tmp_path / "x").environment()
    folder.write("alembic.ini", "[alembic]\nscript_location = migrations\nrecursive_version_locations = true\n")
    place = os.open(folder / "migrations/versions", os.O_RDONLY)
    for i in range(1_000):
        name = "d" * (200 if i < 50 else 1)
        os.mkdir(name, dir_fd=place)
        deeper = os.open(name, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = deeper
    os.close(place)
    try:
        assert look_at(folder.path).status == 0
    finally:
        subprocess.run(["rm", "-rf", str(folder.path)], check=True)


# --- graphs -----------------------------------------------------------------------------------


def chain(folder, parents):
    for revision, parent in parents.items():
        folder.revision(revision, text=f"revision = {revision!r}\ndown_revision = {parent!r}\n")


def test_a_revision_that_is_its_own_parent(folder):
    chain(folder, {"aaaa": "aaaa"})
    finding = look_once(folder)
    assert (finding["rule"], finding["message"]) == ("ML105", "'aaaa' is its own parent")
    assert (finding["line"], finding["column"]) == (2, 17)


def test_circles(folder):
    chain(folder, {"a": None, "b": ("a", "d"), "c": "b", "d": "c", "e": "d"})
    run = look_at(folder.path)
    (finding,) = [f for f in run.findings if f["rule"] == "ML105"]
    assert finding["message"].startswith("revisions follow each other in a circle: ")
    for range_ in ("heads", "a:e", "b:d", "-2:", "c-1", "base:heads", "a:heads"):
        assert folder.miglint("graph", "-r", range_).status in (0, 2)


def test_a_large_circle_and_a_large_chain(folder):
    chain(folder, {f"r{i}": f"r{i + 1}" for i in range(300)} | {"r300": "r0"})
    assert look_at(folder.path).rules == ["ML105"]
    chain(folder, {"r300": None})
    assert look_at(folder.path).rules == []


def test_very_many_branches(folder):
    chain(folder, {"base": None} | {f"r{i}": "base" for i in range(120)} | {"m": tuple(f"r{i}" for i in range(120))})
    assert look_at(folder.path).rules == []
    (folder / "migrations/versions/m.py").unlink()
    assert look_at(folder.path).rules == ["ML101"]


# --- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ini, line",
    [
        ("script_location = migrations\n", 1),
        ("[alembic]\nscript_location = migrations\nnonsense\n", 3),
        ("[alembic]\nscript_location = migrations\n\n[alembic]\n", 4),
        ("[alembic]\nscript_location = a\nscript_location = b\n", 3),
        ("[alembic]\n\nscript_location = %(nothing)s/migrations\n", 3),
        ("[alembic]\nscript_location = migrations%\n", 2),
        ("[alembic]\nscript_location = %(script_location)s\n", 2),
        ("[alembic]\nscript_location = migrations\nversion_locations = a\nversion_path_separator = tab\n", 4),
        ("[alembic]\nscript_location = migrations\nurl = \xff".encode("latin-1"), 3),
        ("[alembic]\nscript_location = migrations\0\n[", 2),
        ("[alembic]\nscript_location = a\x1b[31m\u202e%(b)s\n", 2),
        ("[alembic]\nscript_location = %(x\x1b[31m\u202e)s\n", 2),
        ("[alembic]\nscript_location = m\nx\x1b[31m\u202e\n", 3),
        ("[alembic]\nscript_location = m\nversion_locations = a\nversion_path_separator = \x1b[31m\n", 4),
        ("[alembic]\nscript_location = %(a)s\na = %(b)s%(b)s%(b)s%(b)s\nb = x" + "x%%" * 200_000, 2),
    ],
    ids=itertools.count(),
)
def test_a_broken_ini_is_named_with_its_line(folder, ini, line):
    folder.revision("aaaa")
    folder.write("alembic.ini", ini)
    complaint = folder.miglint().complaint()
    assert complaint.startswith(f"alembic.ini:{line}: "), complaint
    assert folder.miglint("graph").complaint() == complaint
    Repository(folder.path).commit()
    assert folder.miglint("--commit", "HEAD").complaint() == complaint


# It may as well lie outside of the tree, or is no location at all.
OUTSIDE = ("", "/", "..", "/etc", ":", "a:b")
MISSING = ("%%", "a\x1b[31m\u202eb", "a\n  b", "x" * 5000, "a/" * 3000, "migrations/versions/aaaa.py")


@pytest.mark.parametrize("location", [*OUTSIDE, *MISSING], ids=itertools.count())
def test_a_script_location_that_leads_nowhere(folder, location):
    folder.revision("aaaa")
    folder.write("alembic.ini", f"[alembic]\nscript_location = {location}\n")
    run = folder.miglint("--format", "json")
    assert run.rules == ([] if location in OUTSIDE else ["ML906"])
    assert all((finding["path"], finding["line"]) == ("alembic.ini", 2) for finding in run.json["findings"])
    # the folder speaks for itself, as if no ini named it
    assert "migrations" in [p["project"] for p in run.json["projects"]]


def test_hostile_names_in_an_ini(folder):
    folder.revision("aaaa")
    folder.write(
        "alembic.ini",
        "[\x1b[31mname\u202e]\nscript_location = x\x1b]0;title\x07\n"
        "[alembic]\nscript_location = migrations\nversion_locations = \u202e\x1b[2J/x\n",
    )
    look_at(folder.path)
    run = folder.miglint()
    assert "\\u202e\\x1b[2J/x" in run.err and "\\x1b]0;title\\x07" in run.out


# --- git ------------------------------------------------------------------------------------------


def test_an_unknown_commit(repository):
    repository.revision("aaaa")
    repository.commit()
    names = ["nothing", "HEAD~5", "HEAD^3", "main:migrations", "@{-1}", "HEAD..HEAD", "..", ":", "", "-", "--"]
    names += ["0" * 40, "deadbeef", "\x1b[31mx", "a" * 5000, "\udcff"]
    for name in names:
        complaint = repository.miglint("--commit", os.fsencode(name)).complaint()
        assert "commit" in complaint or "'" in complaint, (name, complaint)
    assert repository.miglint("--commit", "nothing").complaint() == (
        "no commit is called 'nothing' in this repository: fetch it, or check the name"
    )
    blob = repository.git("rev-parse", "HEAD:alembic.ini")
    assert "is a blob and not a commit" in repository.miglint("--commit", blob).complaint()


def test_a_repository_without_commits(repository):
    repository.revision("aaaa")
    assert repository.miglint().status == 0
    assert "HEAD has none yet" in repository.miglint("--commit", "HEAD").complaint()


def test_damaged_repositories(repository):
    repository.revision("aaaa")
    repository.commit()
    tree = repository.git("rev-parse", "HEAD^{tree}")
    blob = repository.git("rev-parse", "HEAD:migrations/versions/aaaa.py")
    for name in (blob, tree):
        file = repository / ".git/objects" / name[:2] / name[2:]
        file.chmod(0o600)
        content = file.read_bytes()
        file.write_bytes(content[:10] + b"garbage" + content[17:])
        run = repository.miglint("--commit", "HEAD")
        assert run.status in (1, 2)
        file.unlink()
        run = repository.miglint("--commit", "HEAD")
        assert run.status in (1, 2) and "git fsck" in run.out + run.err
        file.write_bytes(content)
    (repository / ".git/index").write_bytes(b"no index")
    assert "git reset" in repository.miglint().complaint()
    (repository / ".git/index").unlink()
    (repository / ".git/config").write_text("[core\nx")
    assert "git cannot read" in repository.miglint().complaint()
    (repository / ".git/config").write_text("[core]\n\trepositoryformatversion = 99\n")
    assert "git cannot read" in repository.miglint().complaint()


def test_a_git_file_that_leads_nowhere(folder):
    folder.revision("aaaa")
    folder.write(".git", "gitdir: /nonexistent\n")
    assert folder.miglint().status == 0  # as a folder without git
    assert "git" in folder.miglint("--commit", "HEAD").complaint()


# --- what is written must be shown, and not done ------------------------------------------------------


EVIL = "\x1b[31m\x1b]0;t\x07\u202e\u2066\x9b2J\r\n\t\x7f\u2028\ufeff\u200b::error::<b>&#x27;`|%$\"'\\{}"


def test_hostile_text_is_shown_escaped(folder):
    folder.revision("aaaa", text=f'"""{EVIL[:-6]} docstring"""\nrevision = "aaaa"\ndown_revision = None\n')
    text = f"revision = {EVIL!r}\ndown_revision = {EVIL + 'p'!r}\n"
    folder.revision("bbbb", text=text + f"branch_labels = ({EVIL + 'l'!r},)\ndepends_on = {EVIL + 'd'!r}\n")
    raw = EVIL.replace("\n", "").replace("\r", "").replace("'", "").replace("\\", "")
    folder.revision("cccc", text=f"x = '{raw}'; revision = 'cccc'; down_revision = '{raw}'\n")
    hostile = os.fsencode(str(folder / "migrations/versions/")) + b"/\x1b[31m\xff\xe2\x80\xae'\"<&|.py"
    with open(hostile, "w") as file:
        file.write("revision = 'eeee'\ndown_revision = 'aaaa'\n")
    folder.revision("ffff", text=f"revision = {EVIL + 'h'!r}\ndown_revision = 'aaaa'\n")
    run = look_at(folder.path)
    assert {"ML101", "ML103", "ML107"} <= set(run.rules)
    ids = {finding["revision"] for finding in run.findings}
    assert EVIL in ids  # JSON gives it whole
    folder.revision("dddd", text=f"revision = '{raw}\n")
    assert "ML001" in look_at(folder.path).rules
    for command in ([], ["graph"], ["graph", "--format", "dot"], ["graph", "--format", "mermaid"]):
        shown = folder.miglint(*command)
        assert "\\x1b" in shown.out or "x1b" in shown.out
        plain = folder.miglint(*command, "--color", "always", coloured=True)
        assert "\033]" not in plain.out and "\u202e" not in plain.out
    Repository(folder.path).commit()
    look_at(folder.path, "--commit", "HEAD")


def test_hostile_names_of_folders(tmp_path):
    home = Folder(os.fsdecode(os.fsencode(str(tmp_path)) + b"/\x1b[31m\xe2\x80\xae\xff\n x"))
    hostile = "mig\x1b[2J\u202e"
    home.environment(hostile, location=hostile).revision("aaaa", "nowhere", folder=hostile)
    run = look_at(home.path)
    assert run.rules == ["ML103"]
    run = miglint("--format", "json", os.fsencode(str(home.path)), cwd=tmp_path)
    assert run.rules == ["ML103"]
    assert miglint("--git-dir", os.fsencode(str(home.path)), cwd=tmp_path).status == 2
    assert miglint("-C", os.fsencode(str(home / "nothing\x1b[31m")), cwd=tmp_path).status == 2
    assert miglint(os.fsencode(str(home / "nothing\x1b[31m")), cwd=tmp_path).status == 2


def test_hostile_arguments(folder):
    folder.revision("aaaa")
    options = b"--select= --ignore= --fail-on= --format= --color= --commit= --git-dir= -C -- -".split() + [b""]
    for word in (EVIL, "%s%n", "x" * 100_000, "\udcff"):
        word = os.fsencode(word)
        for option in options:
            assert folder.miglint(option + word).status == 2, (option, word)
        for arguments in ([b"-r", word], [b"--format", word], [b"--format=" + word, b"-r" + word], [word]):
            assert folder.miglint(b"graph", *arguments).status == 2, arguments
        assert folder.miglint(b"explain", word).status == 2


def test_the_reader_goes_away(folder):
    chain(folder, {f"r{i}": None for i in range(100)})
    for arguments in ([], ["graph"], ["--format", "json"]):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([MIGLINT, *arguments], cwd=folder.path, env=ENVIRONMENT, **pipes)
        process.stdout.close()
        err = process.stderr.read().decode()
        process.wait(timeout=60)
        assert "Sanitizer" not in err and process.returncode in (2, -13), err
        process.stderr.close()


def test_a_tree_within_itself(tmp_path):
    """A few objects can make more folders than anybody could look into."""
    repository = Repository(tmp_path / "x")
    make = lambda *command, text: subprocess.run(
        ["git", "-C", str(repository.path), *command], input=text, capture_output=True, text=True, check=True
    ).stdout.strip()
    tree = make("mktree", text="")
    for _ in range(12):
        tree = make("mktree", text="".join(f"040000 tree {tree}\td{i}\n" for i in range(10)))
    commit = repository.git("commit-tree", tree, "-m", "x").strip()
    run = repository.miglint("--commit", commit)
    assert run.status == 2 and "more than 100000 folders" in run.err


# --- words in wrong places ------------------------------------------------------------


@pytest.mark.parametrize("words", [["--git-dir", ".git", "forecast"], ["-q", "history"], ["--base", "main", "graph"]])
def test_a_command_behind_options(repository, words):
    repository.revision("aaaa")
    repository.commit()
    assert repository.miglint(*words).complaint() == f"the command comes first: miglint {words[-1]} [OPTIONS]"


@pytest.mark.parametrize("command", ["forecast", "history", "rules"])
def test_arguments_of_a_command_that_takes_none(repository, command):
    repository.revision("aaaa")
    repository.commit()
    for words in (["migrations"], ["--", "migrations"]):
        complaint = repository.miglint(command, *words).complaint()
        assert complaint.startswith(f"{command} takes no arguments, but got 'migrations'"), complaint


def test_a_range_besides_another_state(repository):
    repository.revision("aaaa")
    repository.commit()
    for words in (["--base", "main"], ["--commit", "HEAD"], ["--staged"]):
        complaint = repository.miglint("--commits", "HEAD..", *words).complaint()
        assert complaint == f"{words[0]} and --commits name different states: give one of them"


def test_the_index_of_a_bare_repository(repository, tmp_path):
    repository.revision("aaaa")
    repository.commit()
    bare = repository.bare_clone(tmp_path / "bare.git")
    assert "bare repository" in miglint("--git-dir", str(bare), "--staged", cwd=tmp_path).complaint()


def test_a_path_below_the_root_of_another_repository(repository, tmp_path):
    repository.revision("aaaa")
    repository.environment("other", "other.ini").revision("bbbb", folder="other")
    repository.commit()
    (tmp_path / "elsewhere").mkdir()
    git_dir = ["--git-dir", str(repository / ".git")]
    run = miglint(*git_dir, "migrations", "--format", "json", cwd=tmp_path / "elsewhere")
    assert [project["script_location"] for project in run.json["projects"]] == ["migrations"]
    complaint = miglint(*git_dir, "nowhere", cwd=tmp_path / "elsewhere").complaint()
    assert complaint.startswith("there is no file or folder nowhere")
    (tmp_path / "elsewhere/here").mkdir()
    assert "lies outside of" in miglint(*git_dir, "here", cwd=tmp_path / "elsewhere").complaint()
