"""What a project has made its peace with: written down once, then only what is new counts."""

import json

import pytest

from repository import Folder, without_downgrade

LEFT = "def upgrade():\n    op.create_table({0!r}, sa.Column('id', sa.Integer()))\n\n\ndef downgrade():\n    pass\n"


def revision(folder, id, parent=None, body=LEFT, before=""):
    text = f"from alembic import op\nimport sqlalchemy as sa\n\nrevision = {id!r}\ndown_revision = {parent!r}\n\n\n"
    return folder.revision(id, text=before + text + body.format(id))


@pytest.fixture
def past(folder):
    """A project with one revision that cannot be undone, and its baseline."""
    revision(folder, "aaaa")
    run = folder.miglint("--write-baseline", "baseline.json")
    assert (run.status, run.out) == (0, "")
    assert "1 finding written to baseline.json" in run.err
    return folder


def rules(run):
    return sorted(((one["rule"], (one["suppressed"] or {}).get("kind")) for one in run.findings), key=str)


def look(folder, *arguments):
    return folder.miglint("--format", "json", "--baseline", "baseline.json", *arguments)


def test_what_is_known_does_not_count_and_what_is_new_does(past):
    (entry,) = json.loads((past.path / "baseline.json").read_text())["findings"]
    assert (entry["rule"], entry["revision"]) == ("ML301", "aaaa") and "downgrade()" in entry["message"]
    run = look(past)
    assert (run.status, rules(run)) == (0, [("ML301", "baseline")])
    assert run.json["summary"]["suppressed"] == 1 and run.err == ""
    revision(past, "bbbb", "aaaa")
    run = look(past)
    assert (run.status, rules(run)) == (1, [("ML301", "baseline"), ("ML301", None)])


def test_it_holds_where_lines_move(past):
    revision(past, "aaaa", before="# one\n\n# two\n\n\n")
    run = look(past)
    assert (run.status, rules(run), run.err) == (0, [("ML301", "baseline")], "")


def test_a_comment_goes_first(past):
    revision(past, "aaaa", before="# miglint: ignore-file[ML301] old\n")
    assert rules(look(past)) == [("ML301", "file")]


def test_what_no_longer_occurs_is_told(past):
    revision(past, "bbbb", "aaaa")
    assert past.miglint("--write-baseline", "baseline.json").status == 0
    revision(past, "aaaa", body="def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n")
    run = look(past)
    assert run.status == 0
    assert "1 of the 2 findings in baseline.json no longer occurs: write it anew" in run.err
    # Of what was not looked for nothing can be said.
    assert look(past, "--ignore", "ML301").err == ""
    assert look(past, "-q").err == ""


def test_a_baseline_of_another_project(past):
    file = past.path / "baseline.json"
    text = json.loads(file.read_text())
    text["findings"][0]["fingerprint"] = "0" * 64
    file.write_text(json.dumps(text))
    run = look(past)
    assert (run.status, rules(run)) == (1, [("ML301", None)])
    assert "is it of another project?" in run.err


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"schema":2,"findings":[]}', '{"schema":1}', '{"schema":1,"findings":[1]}', '{"schema":1,"findings":[{"rule":"ML301"}]}', "[" * 100000],
)
def test_what_is_no_baseline(past, text):
    (past.path / "baseline.json").write_text(text)
    run = look(past)
    assert (run.status, run.out) == (2, "")
    assert "baseline.json is no baseline of miglint" in run.err
    # It might be something else, and dear to its owner.
    run = past.miglint("--write-baseline", "baseline.json")
    assert run.status == 2 and "remove it first" in run.err
    assert (past.path / "baseline.json").read_text() == text


def test_bad_options(past):
    run = past.miglint("--baseline", "none.json")
    assert run.status == 2 and "none.json" in run.err and "--write-baseline" in run.err
    run = past.miglint("--write-baseline", "no/such/folder.json")
    assert run.status == 2 and "no/such/folder.json" in run.err
    for others, word in ((["--staged"], "--staged"), (["--base", "main"], "--base"), (["--commits", "a..b"], "--commits"), (["migrations"], "the paths")):
        run = past.miglint("--write-baseline", "other.json", *others)
        assert run.status == 2 and word in run.err
        assert not (past.path / "other.json").exists()
    run = past.miglint("--baseline", "baseline.json", "--no-baseline")
    assert run.status == 2 and "exclude each other" in run.err


# --- named in the settings -----------------------------------------------------------


def test_the_settings_name_it(past):
    past.write("miglint.toml", 'baseline = "baseline.json"\n')
    revision(past, "bbbb", "aaaa")
    run = past.miglint("--format", "json")
    assert (run.status, rules(run)) == (1, [("ML301", "baseline"), ("ML301", None)])
    run = past.miglint("--format", "json", "--no-baseline")
    assert (run.status, rules(run)) == (1, [("ML301", None), ("ML301", None)])
    # What is written down is all that there is, not what is new.
    assert past.miglint("--write-baseline", "all.json").status == 0
    run = past.miglint("--format", "json", "--baseline", "all.json")
    assert (run.status, rules(run)) == (0, [("ML301", "baseline")] * 2)
    past.write("miglint.toml", 'baseline = "all.json"\n')
    revision(past, "aaaa", body="def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n")
    assert "1 of the 2 findings in all.json no longer occurs" in past.miglint().err


def test_each_settings_file_names_its_own(tmp_path):
    folder = Folder(tmp_path / "plain")
    for name in ("one", "two"):
        folder.environment(f"{name}/migrations", f"{name}/alembic.ini")
        folder.revision("aaaa", folder=f"{name}/migrations", text=without_downgrade("aaaa"))
        folder.write(f"{name}/miglint.toml", 'baseline = "../past/baseline.json"\n')
    (tmp_path / "plain/past").mkdir()
    assert folder.miglint("one", "--format", "json").status == 2
    assert folder.miglint("--write-baseline", "past/baseline.json").status == 0
    run = folder.miglint("--format", "json")
    assert (run.status, rules(run), run.err) == (0, [("ML301", "baseline")] * 2, "")
    # The settings that lie nearest hold, and they name none.
    folder.write("two/miglint.toml", "")
    run = folder.miglint("--format", "json")
    assert (run.status, rules(run)) == (1, [("ML301", "baseline"), ("ML301", None)])


@pytest.mark.parametrize(
    "setting, error",
    [
        ("past.json", "pyproject.toml:2: the baseline 'past.json' is not there; --write-baseline makes one"),
        ("/etc/passwd", "the baseline '/etc/passwd' is not there"),
        ("../baseline.json", "the baseline '../baseline.json' is not there"),
        ("migrations", "the baseline 'migrations' is not there"),
        ("migrations/env.py", "pyproject.toml:2: migrations/env.py is no baseline of miglint"),
    ],
)
def test_what_the_settings_name_is_none(past, setting, error):
    (past.path.parent / "baseline.json").write_text((past.path / "baseline.json").read_text())
    past.write("pyproject.toml", f'[tool.miglint]\nbaseline = "{setting}"\n')
    run = past.miglint()
    assert (run.status, run.out) == (2, "") and error in run.err and run.err.count("\n") == 1


def test_it_is_that_of_the_state_that_is_read(repository):
    """A commit is judged by the baseline that it holds, whatever lies in the working tree."""
    revision(repository, "aaaa")
    assert repository.miglint("--write-baseline", "baseline.json").status == 0
    repository.write("miglint.toml", 'baseline = "baseline.json"\n')
    repository.commit("a past")
    (repository.path / "baseline.json").unlink()
    assert repository.miglint().status == 2
    assert repository.miglint("--commit", "HEAD").status == 0
    assert repository.miglint("--staged").status == 0
    repository.git("checkout", "-q", "-b", "topic")
    revision(repository, "bbbb", "aaaa")
    repository.git("checkout", "-q", "--", "baseline.json")
    repository.commit("more")
    run = repository.miglint("--format", "json", "--base", "main")
    assert (run.status, rules(run)) == (1, [("ML301", None)])
