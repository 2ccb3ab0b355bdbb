"""Help, offers for what was mistyped, and what is generated: judged by man's and the shells' own tools."""

import os
import pathlib
import re
import shlex
import subprocess

import pytest

MIGLINT = os.environ["MIGLINT"]
COMMANDS = ["check", "forecast", "history", "graph", "sql", "init", "rules", "explain"]


def run(*arguments, cwd=None):
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run([MIGLINT, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def output(*arguments, cwd=None):
    result = run(*arguments, cwd=cwd)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    return result.stdout


def options(command):
    """What --help lists: {long name: metavariable or None}."""
    found = re.findall(r"^  (?:-\w, )?--([a-z-]+)(?:=(\S+))?  ", output(command, "--help"), re.M)
    return {name: metavariable or None for name, metavariable in found}


def rules():
    return [line.split()[:2] for line in output("rules").splitlines()]


# --- help -------------------------------------------------------------------------


def test_help_lists_the_commands():
    text = output("--help")
    assert text == output("help") == output("-h")
    assert re.findall(r"^  (\w+)  +\S", text.split("Commands:")[1].split("Examples:")[0], re.M) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(command):
    text = output(command, "--help")
    assert text == output("help", command)
    assert text.startswith("Usage:\n  miglint " + command)
    assert max(map(len, text.splitlines())) <= 140
    assert "help" in text


def test_no_option_lacks_a_description():
    for command in COMMANDS:
        for line in output(command, "--help").splitlines():
            if line.startswith("  -"):
                assert re.search(r"\S  +\S", line), line


@pytest.mark.parametrize("command", ["check", "graph"])
def test_every_choice_that_is_listed_is_one(command, tmp_path):
    repository(tmp_path)
    listed = {name: choices for name, choices in options(command).items() if choices and "|" in choices}
    assert {"format", "color"} <= set(listed)
    for name, choices in listed.items():
        needed = ["--roundtrip"] if name in ("database", "engine") else []
        for choice in choices.split("[")[0].split("|"):
            if choice.islower():
                result = run(command, *needed, "--%s=%s" % (name, choice), cwd=tmp_path)
                assert result.returncode in (0, 1), (name, choice, result.stderr)


def test_the_examples_can_be_parsed():
    for command in ("check", "graph", "sql"):
        text = output(command, "--help").split("Examples:\n")[1]
        for example in re.findall(r"^  (miglint.*)$", text, re.M):
            arguments = shlex.split(example.split("|")[0].split(">")[0])[1:]
            message = run(*arguments, cwd="/").stderr
            assert "option" not in message and " takes " not in message and "no rule" not in message, message


def test_help_says_that_several_reports_can_be_had():
    assert "several times" in output("check", "--help")


# --- version ------------------------------------------------------------------------


def test_version_names_the_libraries():
    first, *others = output("--version").splitlines()
    assert re.fullmatch(r"miglint \d+\.\d+\.\d+", first)
    versions = dict(line.split(" ", 1) for line in others)
    for package, name in (("libgit2", "libgit2"), ("glib-2.0", "GLib"), ("libcjson", "cJSON")):
        installed = subprocess.run(["pkg-config", "--modversion", package], capture_output=True, text=True, check=True)
        assert versions[name] == installed.stdout.strip()
    for grammar in ("tree-sitter-python", "tree-sitter-toml"):
        assert re.fullmatch(r"(\d+\.\d+\.\d+ )?\(ABI \d+\)", versions[grammar])
    assert "tree-sitter" in versions


# --- what was mistyped ---------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["chekc"], "did you mean the command 'check'?"),
        (["--commit", "HEAD", "grpah"], "did you mean the command 'graph'?"),
        (["--color", "never", "rules"], "the command comes first: miglint rules"),
        (["help", "grpah"], "there is no command 'grpah': did you mean 'graph'?"),
        (["--selct", "ML1"], "unknown option --selct: did you mean --select?"),
        (["--selct=ML1"], "unknown option --selct: did you mean --select?"),
        (["graph", "--revision=x"], "unknown option --revision: did you mean --revisions?"),
        (["rules", "--hepl"], "unknown option --hepl: did you mean --help?"),
        (["--format", "--selct", "--slect"], "unknown option --slect: did you mean --select?"),
        (["--format=jsn"], "--format takes one of text, json, sarif, github, gitlab, junit, markdown, not 'jsn'; did you mean json?"),
        (["graph", "--format=mermiad"], "did you mean mermaid?"),
        (["--fail-on=warn"], "did you mean warning?"),
        (["--color=allways"], "did you mean always?"),
        (["--select=multiple-head"], "no rule is called 'multiple-head': did you mean 'multiple-heads'?"),
        (["--ignore=ML1O1"], "did you mean 'ML101'?"),
        (["explain", "stale-docstrng"], "did you mean 'stale-docstring'?"),
    ],
)
def test_did_you_mean(tmp_path, arguments, said):
    repository(tmp_path)
    result = run(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1 and said in result.stderr


@pytest.mark.parametrize("arguments", [["--zzzzzzzz"], ["-Z"], ["qqqqqqqq"], ["--format=yyyyyyyy"], ["-qZ"]])
def test_no_offer_where_nothing_is_near(tmp_path, arguments):
    repository(tmp_path)
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2 and "did you mean" not in result.stderr
    assert arguments[0].split("=")[-1] in result.stderr


def test_a_folder_with_a_commands_name_is_a_path(tmp_path):
    repository(tmp_path, "graph")
    for arguments in (["./graph"], ["check", "graph"], ["--", "graph"]):
        assert "1 revision of graph" in output(*arguments, cwd=tmp_path)
    assert "(head)" in output("graph", "graph", cwd=tmp_path)


# --- how much is told ---------------------------------------------------------------------


def repository(folder, location="migrations", revisions=("aaa",)):
    versions = folder / location / "versions"
    versions.mkdir(parents=True)
    (folder / location / "env.py").write_text("")
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = %s\n" % location)
    for index, name in enumerate(revisions):
        parent = None if index == 0 else revisions[0]
        (versions / (name + ".py")).write_text("revision = %r\ndown_revision = %r\n" % (name, parent))
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qmx"]):
        subprocess.run(["git", "-C", folder, *command], check=True)


def test_verbose_tells_what_was_found_and_how(tmp_path):
    repository(tmp_path, "db/migrations", ("aaa", "bbb"))
    result = run("-v", "--format", "json", cwd=tmp_path)
    assert result.stdout == output("--format", "json", cwd=tmp_path)
    for part in ("alembic.ini [alembic]", "db/migrations/versions", "revisions: 2", str(tmp_path), " ms"):
        assert part in result.stderr
    assert "HEAD" in run("graph", "-v", "--commit", "HEAD", cwd=tmp_path).stderr


def test_verbose_of_an_environment_that_nothing_configures(tmp_path):
    repository(tmp_path)
    (tmp_path / "alembic.ini").unlink()
    (tmp_path / "migrations" / "env.py").write_text("from alembic import context\n")
    assert "no configuration names it" in run("--verbose", cwd=tmp_path).stderr


def test_quiet_leaves_findings_alone(tmp_path):
    repository(tmp_path, revisions=("aaa", "bbb", "ccc"))
    (tmp_path / "old.ini").write_text("[alembic]\nscript_location = /gone\n")
    loud, quiet = run(cwd=tmp_path), run("-q", cwd=tmp_path)
    assert "gone" in loud.stderr and quiet.stderr == ""
    assert loud.returncode == quiet.returncode == 1
    assert loud.stdout.startswith(quiet.stdout) and "ML101" in quiet.stdout
    assert "1 error in 3 revisions" in loud.stdout and "3 revisions" not in quiet.stdout


def test_quiet_says_nothing_where_nothing_is_wrong(tmp_path):
    repository(tmp_path)
    assert output("--quiet", cwd=tmp_path) == ""


def test_statistics_count_what_json_lists(tmp_path):
    repository(tmp_path, revisions=("aaa", "bbb", "ccc"))
    for name in ("d", "e"):
        (tmp_path / "migrations" / "versions" / (name + ".py")).write_text(
            '"""x\n\nRevises: zzz\n"""\nrevision = %r\ndown_revision = "aaa"\n' % (name * 3)
        )
    text = run("--statistics", cwd=tmp_path).stdout
    table = re.findall(r"^ +(\d+)  (ML\d+) +(\S+)$", text, re.M)
    assert table == [("2", "ML110", "stale-docstring"), ("1", "ML101", "multiple-heads")]
    assert run("--statistics", "--format=json", cwd=tmp_path).stdout == run("--format=json", cwd=tmp_path).stdout


# --- the manual ------------------------------------------------------------------------------


@pytest.fixture(name="manual", scope="module")
def written_manual(tmp_path_factory):
    page = tmp_path_factory.mktemp("man") / "miglint.1"
    page.write_text(output("generate", "man"))
    return page


def test_mandoc_has_nothing_to_say(manual):
    result = subprocess.run(["mandoc", "-Tlint", "-W", "warning", manual], capture_output=True, text=True, check=False)
    complaints = [line for line in result.stdout.splitlines() if "referenced manual not found" not in line]
    assert complaints == []


def test_groff_has_nothing_to_say(manual):
    result = subprocess.run(["groff", "-man", "-ww", "-Tutf8", manual], capture_output=True, text=True, check=True)
    assert result.stderr == ""


def test_the_manual_says_what_the_help_says(manual):
    page = subprocess.run(["mandoc", "-Tutf8", "-O", "width=1000", manual], capture_output=True, text=True, check=True)
    text = re.sub(".\b", "", page.stdout)
    for command in COMMANDS:
        assert "miglint " + command in text
        for name, metavariable in options(command).items():
            if name != "help":
                assert "--%s%s" % (name, "=" + metavariable if metavariable else "") in text
    for code, name in rules():
        assert "%s %s" % (code, name) in text
    assert "git for" not in text and "miglint --format github --format json=report.json" in text


# --- completions --------------------------------------------------------------------------------


@pytest.fixture(name="place", scope="module")
def prepared_place(tmp_path_factory):
    """A repository to complete in, with the scripts beside it and miglint on the path."""
    place = tmp_path_factory.mktemp("complete")
    repository(place)
    subprocess.run(["git", "-C", place, "tag", "v2.1"], check=True)
    (place / "two words.py").write_text("")
    for shell in ("bash", "zsh", "fish"):
        (place / ("." + shell)).write_text(output("generate", shell))
    return place


def bash(place, line):
    """What a real bash offers for a line with the cursor at its end."""
    # Bash parts words at COMP_WORDBREAKS, which holds the equals sign.
    words = [word for word in re.split(r"(=)|\s+", line) if word] + ([""] if line[-1] in " " else [])
    script = "source ./.bash; complete -p miglint >/dev/null || exit 9\nCOMP_WORDS=(%s); COMP_CWORD=%d\n_miglint\n" % (
        " ".join(map(shlex.quote, words)),
        len(words) - 1,
    )
    script += 'printf "%s\\n" "${COMPREPLY[@]}"'
    result = subprocess.run(
        ["bash", "--norc", "-c", script], cwd=place, capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    return {word for word in result.stdout.splitlines() if word}


def fish(place, line):
    script = "source .fish; complete -C %s" % shlex.quote(line)
    environment = {**os.environ, "HOME": str(place / ".git"), "TERM": "dumb"}
    result = subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=place, env=environment, capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    return {word.split("\t")[0] for word in result.stdout.splitlines()}


def zsh(place, line):
    """What a real, interactive zsh offers: it runs in a terminal of its own, and writes its matches to a file."""
    setup = place / ".git" / "zdot"
    setup.mkdir(exist_ok=True)
    functions = setup / "functions"
    functions.mkdir(exist_ok=True)
    (functions / "_miglint").write_text((place / ".zsh").read_text())
    script = r"""
zmodload zsh/zpty
zpty -b z zsh -f -i
zpty -w z 'PS1= PS2= ; stty -echo; fpath=(%(functions)s $fpath); autoload -Uz compinit; compinit -u -D'
zpty -w z 'compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    typeset -a hits; builtin compadd -A hits "$@"; print -rl -- $IPREFIX${^hits} >> %(file)s; builtin compadd "$@" }'
zpty -w z 'finish() { zle complete-word; print done >> %(file)s; zle kill-buffer; }; zle -N finish; bindkey "^X" finish'
zpty -w z 'cd %(place)s; print ready > %(file)s'
for ((i = 0; i < 200; i++)); do [[ -s %(file)s ]] && break; sleep 0.05; done
zpty -n -w z %(line)s$'\x18'
for ((i = 0; i < 400; i++)); do grep -qx done %(file)s && break; sleep 0.05; done
cat %(file)s
zpty -d z
""" % {
        "functions": functions,
        "file": setup / "matches",
        "place": place,
        "line": shlex.quote(line),
    }
    (setup / "matches").write_text("")
    result = subprocess.run(["zsh", "-f", "-c", script], cwd=place, capture_output=True, text=True, check=True)
    words = result.stdout.splitlines()
    assert words[0] == "ready" and "done" in words, (result.stdout, result.stderr)
    return set(words[1:]) - {"done", ""}


SHELLS = pytest.mark.parametrize("shell", [bash, zsh, fish])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shells_can_read_their_scripts(place, shell):
    subprocess.run([shell, "-n", "." + shell], cwd=place, check=True)


@SHELLS
def test_completes_commands(place, shell):
    assert set(COMMANDS) <= shell(place, "miglint ")
    assert "generate" not in shell(place, "miglint ")
    assert "graph" in shell(place, "miglint gr")


@SHELLS
def test_completes_every_option(place, shell):
    for command in COMMANDS:
        offered = shell(place, "miglint %s --" % command)
        assert {"--" + name for name in options(command)} <= {word.rstrip("=") for word in offered}
    offered = {word.rstrip("=") for word in shell(place, "miglint --")}
    assert {"--" + name for name in options("check")} <= offered
    assert "--revisions" in {word.rstrip("=") for word in shell(place, "miglint graph --rev")}
    assert "--select" not in {word.rstrip("=") for word in shell(place, "miglint graph --")}


@SHELLS
def test_completes_rules(place, shell):
    known = {word for pair in rules() for word in pair}
    assert known <= shell(place, "miglint explain ")
    assert known <= shell(place, "miglint --select ")
    assert known <= shell(place, "miglint check --ignore ")
    assert "multiple-heads" in shell(place, "miglint explain multi")


@SHELLS
def test_completes_the_last_of_several_rules(place, shell):
    offered = shell(place, "miglint --select ML001,multi")
    assert offered & {"ML001,multiple-heads", "multiple-heads"}
    assert not offered & {"ML001", "stale-docstring"}
    offered = {word.split("=")[-1] for word in shell(place, "miglint --select=ML001,multi")}
    assert offered & {"ML001,multiple-heads", "multiple-heads"}


@SHELLS
def test_completes_choices(place, shell):
    for command in ("check", "graph"):
        for name, metavariable in options(command).items():
            if metavariable and "|" in metavariable:
                choices = set(metavariable.split("[")[0].split("|"))
                assert choices <= shell(place, "miglint %s --%s " % (command, name))
                offered = shell(place, "miglint %s --%s=" % (command, name))
                assert choices <= {word.split("=")[-1] for word in offered}


@SHELLS
def test_completes_folders_files_and_commits(place, shell):
    assert {"migrations", "migrations/"} & shell(place, "miglint -C mig")
    assert not {"alembic.ini"} & shell(place, "miglint -C al")
    assert "alembic.ini" in shell(place, "miglint al")
    assert "alembic.ini" in shell(place, "miglint graph al")
    assert "v2.1" in shell(place, "miglint --commit v")
    assert not shell(place, "miglint graph -r ")


@SHELLS
def test_names_of_git_are_not_run(place, shell):
    name = "v$(touch${IFS}run)"
    subprocess.run(["git", "-C", place, "branch", name], check=True)
    assert "v2.1" in shell(place, "miglint --commit v")
    subprocess.run(["git", "-C", place, "branch", "-qD", name], check=True)
    assert not (place / "run").exists()


def test_completes_the_file_of_a_format(place):
    for line in ("miglint --format json=al", "miglint --format=json=al", "miglint -q --format=json=al"):
        assert bash(place, line) == {"alembic.ini"}
        assert "alembic.ini" in {word.split("=")[-1] for word in zsh(place, line)}
    assert bash(place, "miglint two") == {"two words.py"}


def test_completes_the_parts_of_a_set_up(place):
    for shell in (bash, zsh, fish):
        assert shell(place, "miglint init h") == {"hook"}


# --- where it is installed -----------------------------------------------------------------------


def test_install_puts_everything_in_its_place(tmp_path):
    build = pathlib.Path(MIGLINT).parent
    command = ["cmake", "--install", build, "--prefix", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    for product, file in (
        ("man", "share/man/man1/miglint.1"),
        ("bash", "share/bash-completion/completions/miglint"),
        ("zsh", "share/zsh/site-functions/_miglint"),
        ("fish", "share/fish/vendor_completions.d/miglint.fish"),
    ):
        assert (tmp_path / file).read_text() == output("generate", product)
    assert os.access(tmp_path / "bin" / "miglint", os.X_OK)
