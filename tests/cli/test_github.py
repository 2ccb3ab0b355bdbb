"""--format github, read back by the rules that GitHub documents for its workflow commands."""

import json
import os
import subprocess

import pytest
from workflow import parse

MIGLINT = os.environ["MIGLINT"]

# --- ours ------------------------------------------------------------------------


def run(folder, *arguments):
    return subprocess.run([MIGLINT, *arguments], cwd=folder, capture_output=True, check=False)


def annotations(folder, *arguments):
    result = run(folder, "--format", "github", *arguments)
    assert result.returncode in (0, 1), result.stderr
    # The runner reads lines, whichever way they end.
    return [parse(line) for line in result.stdout.decode().splitlines()]


def findings(folder, *arguments):
    return json.loads(run(folder, "--format", "json", *arguments).stdout)["findings"]


def environment(folder, revisions, name="migrations"):
    versions = folder / name / "versions"
    versions.mkdir(parents=True)
    (folder / name / "env.py").write_text("")
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = %s\n" % name.replace("%", "%%"))
    for file, text in revisions.items():
        (versions / file).write_text(text)
    subprocess.run(["git", "init", "-q", folder], check=True)


def revision(identifier, parent=None, more="", docstring="something"):
    return '"""%s"""\nrevision = %r\ndown_revision = %r\n%s' % (docstring, identifier, parent, more)


TWO_HEADS = {"a.py": revision("aaa"), "b.py": revision("bbb", "aaa"), "c.py": revision("ccc", "aaa")}
NO_WAY_BACK = "def upgrade():\n    op.create_table('x')\n\n\ndef downgrade():\n    pass\n"
IMPORT = "from alembic import op\n"

# --- the tests -------------------------------------------------------------------------


def test_nothing_found_says_nothing(tmp_path):
    environment(tmp_path, {"a.py": revision("aaa")})
    result = run(tmp_path, "--format", "github")
    assert (result.returncode, result.stdout) == (0, b"")


def test_an_annotation_says_what_json_says(tmp_path):
    environment(tmp_path, TWO_HEADS)
    [(command, properties, message)] = annotations(tmp_path)
    [finding] = findings(tmp_path)
    assert command == "error"
    assert properties == {
        "title": "ML101 multiple-heads",
        "file": finding["path"],
        "line": str(finding["line"]),
        "endLine": str(finding["end_line"]),
        "col": str(finding["column"]),
        "endColumn": str(finding["end_column"]),
    }
    lines = message.split("\n")
    related = finding["related"]
    assert lines[0] == finding["message"]
    assert lines[1:1 + len(related)] == ["%s:%d: %s" % (r["path"], r["line"], r["message"]) for r in related]
    assert "\n".join(lines[1 + len(related):]) == "help: %s\n%s" % (finding["help"], finding["url"])


def test_paths_are_the_repositorys_wherever_one_stands(tmp_path):
    environment(tmp_path, TWO_HEADS)
    from_below = annotations(tmp_path / "migrations" / "versions")
    assert from_below == annotations(tmp_path)
    assert from_below[0][1]["file"] == "migrations/versions/c.py"


def test_errors_come_first_and_notes_are_notices(tmp_path):
    environment(
        tmp_path,
        {
            "a.py": revision("aaa", docstring="a\n\nRevises: zzz\n"),
            "b.py": revision("bbb", "aaa", IMPORT + NO_WAY_BACK),
        },
    )
    found = annotations(tmp_path)
    assert [command for command, _, _ in found] == ["error", "notice"]
    assert [finding["severity"] for finding in findings(tmp_path)] == ["note", "error"]


def test_a_place_of_several_lines_has_no_columns(tmp_path):
    parent = "revision = 'ccc'\ndown_revision = (\n    'aaa',\n)\n"
    environment(tmp_path, {**TWO_HEADS, "c.py": parent})
    [(_, properties, _)] = annotations(tmp_path)
    [finding] = findings(tmp_path)
    assert (finding["line"], finding["end_line"]) == (2, 4)
    assert (properties["line"], properties["endLine"]) == ("2", "4")
    assert "col" not in properties and "endColumn" not in properties


def test_what_cannot_be_told_comes_last(tmp_path):
    unknown = "import os\nrevision = 'bbb'\ndown_revision = 'aaa'\ndepends_on = os.environ['X']\n"
    environment(tmp_path, {"a.py": revision("aaa", None, IMPORT + NO_WAY_BACK), "b.py": unknown})
    report = json.loads(run(tmp_path, "--format", "json").stdout)
    found = annotations(tmp_path)
    assert report["unverified"]
    last = found[-len(report["unverified"]):]
    assert all(command == "notice" and p["title"] == "unverified" for command, p, _ in last)
    assert [p["file"] for _, p, _ in last] == [one["path"] for one in report["unverified"]]
    assert len(annotations(tmp_path, "--quiet")) == len(found) - len(last) == len(report["findings"])


HOSTILE = [
    "a,b",
    "a:b",
    "::error ::",
    "100%",
    "%0A",
    "%250A",
    "a\nb",
    "a\rb",
    "a\r\n::warning file=x::y",
    "title=x,line=1",
    "é日🎉",
    "##[error]x",
    " leading",
    "'\"`$(x)",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_names(tmp_path, name):
    environment(tmp_path, {name + ".py": revision("aaa", None, IMPORT + NO_WAY_BACK)})
    [(command, properties, _)] = annotations(tmp_path)
    assert command == "error"
    assert properties["file"] == "migrations/versions/" + name + ".py"
    assert os.path.exists(tmp_path / properties["file"])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_in_messages(tmp_path, name):
    environment(tmp_path, {"a.py": revision("aaa"), "b.py": revision("bbb", name)})
    found = annotations(tmp_path)
    expected = findings(tmp_path)
    assert len(found) == len(expected)
    message = next(m for _, p, m in found if p["title"] == "ML103 missing-parent")
    finding = next(f for f in expected if f["rule"] == "ML103")
    assert finding["message"] in message and name in message
    assert finding["help"] is None or finding["help"] in message


def test_what_a_terminal_would_obey_does_not_pass(tmp_path):
    environment(tmp_path, {"a.py": revision("aaa"), "b.py": revision("bbb", "\033[2J\u202ex")})
    out = run(tmp_path, "--format", "github").stdout.decode()
    assert not set("\033\u202e") & set(out)
    assert "\\x1b[2J\\u202e" in out


def test_bytes_that_are_no_utf8(tmp_path):
    environment(tmp_path, {"a.py": revision("aaa")})
    odd = os.fsencode(tmp_path) + b"/migrations/versions/\xff\xfe,.py"
    with open(odd, "w", encoding="utf-8") as file:
        file.write(revision("bbb", "aaa", IMPORT + NO_WAY_BACK))
    [(_, properties, _)] = annotations(tmp_path)
    assert properties["file"] == "migrations/versions/\\xff\\xfe,.py"


# --- several reports at once ----------------------------------------------------------


def test_three_reports_at_once(tmp_path):
    environment(tmp_path, TWO_HEADS)
    alone = {name: run(tmp_path, "--format", name).stdout for name in ("text", "json", "github")}
    result = run(tmp_path, "--format", "json=a file=.json", "--format", "text=out.txt", "--format", "github")
    assert result.returncode == 1
    assert result.stdout == alone["github"]
    assert (tmp_path / "a file=.json").read_bytes() == alone["json"]
    assert (tmp_path / "out.txt").read_bytes() == alone["text"]


def test_three_reports_to_files_leave_standard_output_alone(tmp_path):
    environment(tmp_path, TWO_HEADS)
    result = run(tmp_path, "--format=json=1", "--format=text=2", "--format=github=3")
    assert (result.returncode, result.stdout) == (1, b"")
    assert all((tmp_path / name).stat().st_size for name in "123")


def test_a_mistyped_format_writes_nothing(tmp_path):
    environment(tmp_path, TWO_HEADS)
    result = run(tmp_path, "--format", "json=1", "--format", "githib")
    assert result.returncode == 2
    assert b"did you mean github?" in result.stderr
    assert not (tmp_path / "1").exists()
