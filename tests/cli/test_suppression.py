"""Comments that say what not to report: what counts then, what is still told, and which comments do nothing."""

import tokenize

import pytest
from repository import place, place_of

# Three things are wrong with it: ML110 in its docstring, ML301, and as a second base ML106.
FAULTY = '''"""add email

Revision ID: other
"""
from alembic import op

revision = "bbbb"
down_revision = None


def upgrade():
    op.add_column("t", None)


def downgrade():
    pass
'''


def with_line(before, line, text=FAULTY):
    assert before in text
    return text.replace(before, line + "\n" + before, 1)


def with_comment(line, comment, text=FAULTY):
    assert line + "\n" in text
    return text.replace(line + "\n", f"{line}  {comment}\n", 1)


def look(folder, text, *arguments):
    folder.revision("aaaa")
    path = folder.revision("bbbb", text=text)
    compile(path.read_text(), path, "exec")
    return folder.miglint("--format", "json", *arguments)


def split(run):
    """Rules that count, and those that are suppressed with how and why."""
    counted = sorted(one["rule"] for one in run.findings if one["suppressed"] is None)
    hidden = {one["rule"]: one["suppressed"] for one in run.findings if one["suppressed"] is not None}
    assert run.json["summary"]["suppressed"] == len(hidden)
    severities = [one["severity"] for one in run.findings if one["suppressed"] is None]
    assert run.json["summary"]["errors"] == severities.count("error")
    assert run.json["summary"]["warnings"] == severities.count("warning")
    assert run.json["summary"]["notes"] == severities.count("note")
    return counted, hidden


def test_what_is_wrong_without_comments(folder):
    run = look(folder, FAULTY)
    assert split(run) == (["ML101", "ML106", "ML110", "ML301"], {})
    assert run.status == 1


@pytest.mark.parametrize(
    "text, kind",
    [
        (with_comment("def downgrade():", "# miglint: ignore[ML301] no way back"), "line"),
        (with_comment("def downgrade():", "# miglint: ignore[missing-downgrade] no way back"), "line"),
        (with_comment("def downgrade():", "# miglint: ignore[ml3] no way back"), "line"),
        (with_comment("def downgrade():", "# noqa # miglint:ignore[ML301]   no way back  "), "line"),
        (with_line("def downgrade():", "# miglint: ignore[ML301] no way back"), "above"),
        (with_line("def downgrade():", "# miglint: ignore[ML301] no way back\n\n# really"), "above"),
        (with_line('"""add', "# miglint: ignore-file[ML301] no way back"), "file"),
        (with_line("from", "# miglint: ignore-file[ML301] no way back"), "file"),
    ],
)
def test_one_rule(folder, text, kind):
    run = look(folder, text)
    assert split(run) == (["ML101", "ML106", "ML110"], {"ML301": {"kind": kind, "reason": "no way back"}})


def test_several_rules_and_all_of_them(folder):
    text = with_comment("down_revision = None", "# miglint: ignore[ML101, ML106] two chains are meant")
    reason = {"kind": "line", "reason": "two chains are meant"}
    assert split(look(folder, text)) == (["ML110", "ML301"], {"ML101": reason, "ML106": reason})
    text = with_comment("down_revision = None", "# miglint: ignore")
    reason = {"kind": "line", "reason": ""}
    assert split(look(folder, text)) == (["ML110", "ML301"], {"ML101": reason, "ML106": reason})
    text = with_line('"""add', "# miglint: ignore-file")
    counted, hidden = split(look(folder, text))
    assert counted == [] and sorted(hidden) == ["ML101", "ML106", "ML110", "ML301"]


def test_a_statement_of_several_lines(folder):
    """The docstring's third line is meant, and no comment can stand there."""
    for text in (
        with_line('"""add', "# miglint: ignore[ML110] by hand"),
        with_comment("Revision ID: other\n\"\"\"", "# miglint: ignore[ML110] by hand"),
    ):
        counted, hidden = split(look(folder, text))
        assert counted == ["ML101", "ML106", "ML301"]
        assert hidden["ML110"]["reason"] == "by hand"


def test_a_whole_function(folder):
    """The raise inside is what ML302 speaks of."""
    raising = FAULTY.replace("pass", "raise NotImplementedError")
    for text in (
        with_comment("def downgrade():", "# miglint: ignore[ML302] no way back", raising),
        with_line("def downgrade():", "# miglint: ignore[ML302] no way back", raising),
        with_comment("    raise NotImplementedError", "# miglint: ignore[ML302] no way back", raising),
    ):
        counted, hidden = split(look(folder, text))
        assert counted == ["ML101", "ML106", "ML110"] and hidden["ML302"]["reason"] == "no way back"
    counted, hidden = split(look(folder, with_comment("def upgrade():", "# miglint: ignore[ML302]", raising)))
    assert "ML302" in counted and "ML003" in counted


def test_what_counts(folder):
    """Neither the exit status nor the text report knows of what is suppressed, but it is counted."""
    text = with_line('"""add', "# miglint: ignore-file[ML1, ML301] an old revision")
    folder.revision("aaaa")
    folder.revision("bbbb", text=text)
    run = folder.miglint("--fail-on", "note")
    assert (run.status, run.out) == (0, "nothing to complain about in 2 revisions of migrations, 4 suppressed\n")
    run = folder.miglint("--fail-on", "note", "--select", "ML301")
    assert (run.status, run.out) == (0, "nothing to complain about in 2 revisions of migrations, 1 suppressed\n")
    text = with_comment("def downgrade():", "# miglint: ignore[ML301]")
    folder.revision("bbbb", text=text)
    run = folder.miglint("--select", "ML3", "--fail-on", "note")
    assert (run.status, run.out) == (0, "nothing to complain about in 2 revisions of migrations, 1 suppressed\n")


def test_only_real_comments(folder):
    text = with_line("revision = ", 'x = "# miglint: ignore[ML101]"\ny = """\n# miglint: ignore-file[ML301]\n"""')
    assert split(look(folder, text)) == (["ML101", "ML106", "ML110", "ML301"], {})


# --- ML003 ------------------------------------------------------------------------------


def useless(run):
    return [one for one in run.findings if one["rule"] == "ML003"]


@pytest.mark.parametrize(
    "text, part, message, help",
    [
        (
            with_comment('revision = "bbbb"', "# miglint: ignore[ML301] why"),
            "ML301",
            "there is nothing to ignore: no ML301 in this statement",
            "ML301 is found on line 15: move the comment there, or drop it",
        ),
        (
            with_comment("def downgrade():", "# miglint: ignore[ML301, ML302]"),
            "ML302",
            "there is nothing to ignore: no ML302 in this statement",
            "drop the rule, or the whole comment",
        ),
        (
            with_line("def upgrade", "# miglint: ignore[ML302] why"),
            "ML302",
            "there is nothing to ignore: no ML302 in the statement below",
            "drop the rule, or the whole comment",
        ),
        (
            with_line('"""add', "# miglint: ignore-file[ML104]"),
            "ML104",
            "there is nothing to ignore: no ML104 in this file",
            "drop the rule, or the whole comment",
        ),
        (
            with_comment("from alembic import op", "# miglint: ignore"),
            "# miglint: ignore",
            "there is nothing to ignore in this statement",
            "drop the comment",
        ),
        (
            with_comment("def downgrade():", "# miglint: ignore[misisng-downgrade]"),
            "misisng-downgrade",
            "'misisng-downgrade' names no rule",
            "no rule is called 'misisng-downgrade': did you mean 'missing-downgrade'? (`miglint rules` lists them)",
        ),
        (
            with_comment("def downgrade():", "# miglint: ignore[ML301] # miglint: ignore[x]").replace("[ML301]", "[ ]"),
            "# miglint: ignore[ ] # miglint: ignore[x]",
            "the list of rules is empty, so nothing is suppressed",
            None,
        ),
        (
            with_comment("def downgrade():", "# miglint: ignore[ML301 why"),
            "# miglint: ignore[ML301 why",
            "the list of rules is never closed, so nothing is suppressed",
            "write # miglint: ignore[ML301] and the reason",
        ),
        (
            with_comment("def downgrade():", "# miglint: ingore[ML301]"),
            "# miglint: ingore[ML301]",
            "'ingore' is no instruction to miglint",
            "write # miglint: ignore[ML301] and the reason",
        ),
        (
            with_line("def downgrade", "# miglint: ignore-file[ML301]"),
            "# miglint: ignore-file[ML301]",
            "ignore-file suppresses nothing behind the first statement",
            "move it to the top of the file",
        ),
    ],
)
def test_useless(folder, text, part, message, help):
    run = look(folder, text)
    (finding,) = useless(run)
    assert (finding["severity"], finding["message"]) == ("warning", message)
    assert place(finding) == place_of(text, part)
    assert (finding["help"] or "").startswith(help or "") and (help is None) == (finding["help"] is None)


def test_useless_is_known_only_of_rules_that_ran(folder):
    text = with_comment('revision = "bbbb"', "# miglint: ignore[ML301] # and so on")
    assert len(useless(look(folder, text))) == 1
    assert len(useless(look(folder, text, "--select", "ML003,ML301"))) == 1
    assert useless(look(folder, text, "--select", "ML003")) == []
    assert useless(look(folder, text, "--ignore", "ML301")) == []
    every = with_comment('revision = "bbbb"', "# miglint: ignore")
    assert len(useless(look(folder, every))) == 1
    assert useless(look(folder, every, "--ignore", "ML106")) == []
    # But what names no rule at all is so whatever runs.
    wrong = with_comment('revision = "bbbb"', "# miglint: ignore[ML3O1]")
    assert len(useless(look(folder, wrong, "--select", "ML003"))) == 1


def test_useless_is_known_only_where_all_could_be_read(folder):
    """A revision that cannot be read may be the other head."""
    folder.revision("aaaa", text="def broken(:\n")
    text = FAULTY.replace("down_revision = None", "down_revision = None  # miglint: ignore[ML101]")
    folder.revision("bbbb", text=text)
    assert useless(folder.miglint("--format", "json")) == []
    folder.revision("aaaa", text=FAULTY.replace("bbbb", "aaaa").replace("None", '"bbbb"'))
    assert len(useless(folder.miglint("--format", "json"))) == 1
    # Nor is known what a file would raise that cannot be read itself.
    folder.revision("bbbb", text=text.replace("def upgrade", "def upgrade(:"))
    assert useless(folder.miglint("--format", "json")) == []


def test_a_path_still_sees_the_whole_environment(folder):
    """Of one file alone ML101 could not be judged; the rest of its environment is read for it."""
    folder.revision("aaaa")
    folder.revision("bbbb", text=with_comment("down_revision = None", "# miglint: ignore[ML101]"))
    run = folder.miglint("--format", "json", "migrations/versions/bbbb.py")
    assert useless(run) == [] and "ML101" in split(run)[1]


def test_a_file_of_two_environments(folder):
    """With the other location there are two heads, without it the comment does nothing."""
    folder.write(
        "alembic.ini",
        "[alembic]\nscript_location = migrations\nversion_locations = migrations/more migrations/versions\n"
        "[small]\nscript_location = migrations\n",
    )
    folder.revision("aaaa", text=FAULTY.replace("bbbb", "aaaa"))
    (folder / "migrations/versions/aaaa.py").rename(folder.write("migrations/more/aaaa.py", ""))
    folder.revision("bbbb", text=with_comment("down_revision = None", "# miglint: ignore[ML101]"))
    run = folder.miglint("--format", "json")
    assert len(run.json["projects"]) == 2
    assert useless(run) == [] and "ML101" in split(run)[1]
    # What does nothing in either is said.
    folder.revision("bbbb", text=with_comment("down_revision = None", "# miglint: ignore[ML104, ML101]"))
    messages = {one["message"] for one in useless(folder.miglint("--format", "json"))}
    assert messages == {"there is nothing to ignore: no ML104 in this statement"}


def test_useless_itself_is_suppressed_by_name_alone(folder):
    text = with_comment('revision = "bbbb"', "# miglint: ignore[ML301, ML003] later")
    counted, hidden = split(look(folder, text))
    assert "ML003" not in counted and hidden["ML003"]["reason"] == "later"
    text = with_line('"""add', "# miglint: ignore-file[useless-suppression]").replace(
        'revision = "bbbb"', 'revision = "bbbb"  # miglint: ignore[ML301]'
    )
    assert "ML003" in split(look(folder, text))[1]
    for words in ("", "[all]", "[ML0]"):
        text = with_comment('revision = "bbbb"', "# miglint: ignore" + words)
        assert split(look(folder, text, "--select", "ML0,ML106"))[1] == {}


# --- Python is the judge of what a comment is ---------------------------------------------


def test_comments_are_those_that_python_sees(folder):
    """Every comment of a file that is full of what looks like one names its own rule word."""
    text = FAULTY + (
        "a = '# miglint: ignore[s1]'  # miglint: ignore[c1]\n"
        'b = """\n# miglint: ignore[s2]\n"""  # miglint: ignore[c2]\n'
        "c = f'{a}# miglint: ignore[s3]'# miglint: ignore[c3]\n"
        "d = ('x'  # miglint: ignore[c4]\n     '# miglint: ignore[s4]')\n"
        "e = r'\\'# miglint: ignore[s5]'\n"
        "g = 1 \\\n    # miglint: ignore[c5]\n"
        "if a:\n    # miglint: ignore[c6]\n    pass\n  # miglint: ignore[c7]\n"
        "h = [\n# miglint: ignore[c8]\n]\n"
    )
    text = text.replace("g = 1 \\\n    #", "g = 1 #")
    path = folder.revision("bbbb", text=text)
    with open(path, "rb") as file:
        comments = [one.string for one in tokenize.tokenize(file.readline) if one.type == tokenize.COMMENT]
    expected = sorted(comment.split("[")[1].rstrip("]") for comment in comments)
    found = sorted(one["message"].split("'")[1] for one in useless(folder.miglint("--format", "json")))
    assert found == expected == [f"c{i}" for i in range(1, 9)]


@pytest.mark.parametrize("part", ["# miglint: ignore[\x1b[31mred]", "# miglint: \x1b]0;x\x07", "# miglint: ignore \u202e"])
def test_nothing_in_a_comment_reaches_the_terminal(folder, part):
    text = with_comment('revision = "bbbb"', part)
    folder.revision("bbbb", text=text)
    folder.miglint("--color", "never")
    folder.miglint("--format", "json")
