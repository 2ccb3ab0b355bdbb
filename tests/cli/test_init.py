"""`miglint init`: what it offers, judged by PyYAML, tomllib and pre-commit, and what it never touches."""

import os
import pty
import random
import re
import select
import shutil
import subprocess
import tempfile
import time
import tomllib

import pytest
import yaml
from actionlint import complaints
from repository import ENVIRONMENT, MIGLINT, SOURCES, Folder, Repository, assert_sound, copy_of_sources

WORKFLOW, HOOKS, SETTINGS = ".github/workflows/migrations.yml", ".pre-commit-config.yaml", "miglint.toml"
ENTRY = {"repo": "https://github.com/miglint/miglint", "rev": "v0.1.0", "hooks": [{"id": "miglint"}]}


@pytest.fixture
def project(tmp_path):
    repository = Repository(tmp_path / "project").environment()
    repository.write("alembic.ini", "[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql://localhost/x\n")
    repository.revision("aaaa").parent
    repository.commit()
    repository.git("remote", "add", "origin", "git@github.com:someone/project.git")
    return repository


def files(folder):
    return {
        os.path.relpath(os.path.join(top, name), folder.path)
        for top, _, names in os.walk(folder.path)
        for name in names
        if ".git/" not in top + "/"
    }


def written(folder, *arguments):
    """The files that come of a run."""
    before = files(folder)
    run = folder.miglint("init", *arguments)
    assert run.status == 0, run.err
    return files(folder) - before, run


# --- what it writes ------------------------------------------------------------------


def test_everything_is_written_where_that_is_asked_for(project):
    new, run = written(project, "--yes")
    assert new == {WORKFLOW, HOOKS, SETTINGS}
    assert re.findall(r"^wrote ([^:\n]*)", run.out, re.M) == [WORKFLOW, HOOKS, SETTINGS]
    for name in new:
        for line in (project / name).read_text().splitlines():
            assert f"    + {line}\n" in run.out, "shown before"
    assert complaints((project / WORKFLOW).read_text()) == []
    workflow = yaml.safe_load((project / WORKFLOW).read_text())
    # YAML 1.1 takes `on` for a truth.
    assert workflow[True] == "pull_request" and workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    checkout, action = job["steps"]
    assert checkout == {"uses": "actions/checkout@v5", "with": {"fetch-depth": 0}}
    assert action == {"uses": "miglint/miglint@v0"}
    assert yaml.safe_load((project / HOOKS).read_text()) == {"repos": [ENTRY]}
    assert tomllib.loads((project / SETTINGS).read_text()) == {"base": "main", "dialect": "postgresql"}
    shown = project.miglint("--show-settings").out
    assert SETTINGS in shown and "postgresql" in shown
    assert project.miglint("--base", "auto").status == 0
    nothing, again = written(project, "--yes")
    assert nothing == set() and "There is nothing to write." in again.out


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--dry-run", "--yes"]])
def test_nothing_is_written_unasked(project, options):
    new, run = written(project, *options)
    assert new == set() and "wrote" not in run.out
    assert "Nothing is written" in run.out and "    + repos:" in run.out
    assert project.git("status", "--porcelain") == ""


def test_the_parts_can_be_named(project):
    assert written(project, "settings", "--yes")[0] == {SETTINGS}
    assert written(project, "hook", "workflow", "--yes")[0] == {HOOKS, WORKFLOW}
    assert "did you mean workflow?" in project.miglint("init", "workflows").complaint()


def at_a_terminal(folder, answers):
    """What it prints when somebody answers."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [MIGLINT, "init"], cwd=folder.path, env=ENVIRONMENT, stdin=follower, stdout=follower, stderr=subprocess.PIPE
    )
    os.close(follower)
    out, asked, end = "", 0, time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([leader], [], [], 0.2)[0]:
            continue
        try:
            part = os.read(leader, 65536).decode()
        except OSError:
            break
        out += part
        while out.count("[y/N] ") > asked:
            os.write(leader, answers[asked].encode())
            asked += 1
    err = process.stderr.read().decode()
    process.stderr.close()
    os.close(leader)
    assert_sound(process.wait(), "", err)
    return out.replace("\r\n", "\n"), process.returncode


def test_a_terminal_is_asked_for_each_file(project):
    out, status = at_a_terminal(project, ["y\n", "n\n", "yes\n"])
    assert status == 0 and files(project) >= {WORKFLOW, SETTINGS} and HOOKS not in files(project)
    assert [out.index(f"write {name}? [y/N]") for name in (WORKFLOW, HOOKS, SETTINGS)] == sorted(
        out.index(f"write {name}? [y/N]") for name in (WORKFLOW, HOOKS, SETTINGS)
    )


@pytest.mark.parametrize("answer", ["\n", "n\n", "\x04", "yy\n", "q" * 40 + "\n"])
def test_only_a_yes_is_one(project, answer):
    before = files(project)
    assert at_a_terminal(project, [answer] * 60)[1] == 0
    assert files(project) == before


# --- what it finds --------------------------------------------------------------------


def test_what_the_project_has_no_use_for_is_not_offered(tmp_path):
    plain = Folder(tmp_path / "plain").environment()
    plain.revision("aaaa")
    new, run = written(plain, "--yes")
    assert new == {SETTINGS} and "no git here" in run.out
    assert tomllib.loads((plain / SETTINGS).read_text()) == {}
    assert written(plain, "workflow", "--yes")[0] == {WORKFLOW}
    elsewhere = Repository(tmp_path / "gitlab").environment()
    elsewhere.revision("aaaa")
    elsewhere.git("remote", "add", "origin", "https://gitlab.example.org/github.com.git")
    new, run = written(elsewhere, "--yes")
    assert new == {HOOKS, SETTINGS} and "not on GitHub" in run.out


@pytest.mark.parametrize(
    "url, is_github",
    [
        ("https://github.com/a/b", True),
        ("ssh://git@github.com/a/b", True),
        ("https://user:secret@github.com/a/b", True),
        ("https://notgithub.com/a/b", False),
        ("https://github.com.example.org/a", False),
        ("/srv/github.com", False),
    ],
)
def test_github_is_known_by_the_remote(project, url, is_github):
    project.git("remote", "set-url", "origin", url)
    run = project.miglint("init", "--dry-run")
    assert (f"{WORKFLOW}, a new file:" in run.out) == is_github
    assert "secret" not in run.out


def test_the_base_is_that_of_the_remote(tmp_path, project):
    project.git("branch", "develop")
    bare = project.bare_clone(tmp_path / "bare.git")
    subprocess.run(["git", "-C", str(bare), "symbolic-ref", "HEAD", "refs/heads/develop"], check=True, env=ENVIRONMENT)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(bare), str(clone)], check=True, env=ENVIRONMENT)
    assert written(Folder(clone), "settings", "--yes")[0] == {SETTINGS}
    assert tomllib.loads((clone / SETTINGS).read_text())["base"] == "origin/develop"


@pytest.mark.parametrize("name", ['x";y', "x'$(touch${IFS}z)`touch${IFS}z`", "x#y", "ü💜", "x\u202ey", "-x", "x{{github}}"])
def test_a_hostile_branch_is_a_string(tmp_path, project, name):
    bare = project.bare_clone(tmp_path / "bare.git")
    head = project.git("rev-parse", "HEAD")
    for arguments in (["update-ref", f"refs/heads/{name}", head], ["symbolic-ref", "HEAD", f"refs/heads/{name}"]):
        status = subprocess.run(["git", "-C", str(bare), *arguments], env=ENVIRONMENT, capture_output=True).returncode
        if status != 0:
            pytest.fail(f"git itself refuses {name!r}")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(bare), str(clone)], check=True, env=ENVIRONMENT)
    folder = Folder(clone)
    written(folder, "--yes", "settings")
    assert tomllib.loads((clone / SETTINGS).read_text())["base"] == f"origin/{name}"
    assert folder.miglint("--base", "auto").status == 0, "miglint reads it as well"


@pytest.mark.parametrize(
    "name, text, version",
    [
        ("requirements.txt", "alembic\nSQLAlchemy[asyncio] == 1.4.50\n", "1.4"),
        ("requirements.txt", "sqlalchemy~=2.0.1\n", "2.0"),
        ("requirements.txt", "sqlalchemy-utils==1.4.2\n", None),
        ("requirements.txt", "sqlalchemy>=1.4.2\n", None),
        ("pyproject.toml", '[project]\ndependencies = [\n    "alembic",\n    "SQLAlchemy[asyncio]==2.0.8",\n]\n', "2.0"),
        ("pyproject.toml", '[project]\ndependencies = [\n    "sqlalchemy>=1.4",\n    "sqlalchemy-utils==1.4.0",\n]\n', None),
        ("pyproject.toml", '[tool.poetry.dependencies]\nsqlalchemy = "^1.4.2"\n', "1.4"),
        ("poetry.lock", '[[package]]\nname = "sqlalchemy"\nversion = "1.4.2"\n', "1.4"),
        ("uv.lock", '[[package]]\nname = "sqlalchemy"\nversion = "2.0.2"\n', "2.0"),
        ("Pipfile.lock", '{"default": {"sqlalchemy": {\n "hashes": ["x"],\n "version": "==1.4.2"\n}}}\n', "1.4"),
    ],
)
def test_sqlalchemy_is_told_by_what_is_required(project, name, text, version):
    project.write(name, text)
    written(project, "settings", "--yes")
    assert tomllib.loads((project / SETTINGS).read_text()).get("sqlalchemy") == version
    assert project.miglint("--show-settings").status == 0


def test_the_dialect_is_told_where_all_agree(tmp_path):
    repository = Repository(tmp_path).environment("a", "a/alembic.ini").environment("b", "b/alembic.ini")
    for name, url in (("a", "sqlite://"), ("b", "postgresql://x")):
        repository.write(f"{name}/alembic.ini", f"[alembic]\nscript_location = %(here)s\nsqlalchemy.url = {url}\n")
        repository.revision(f"{name}aaa", folder=name)
    written(repository, "settings", "--yes")
    assert "dialect" not in tomllib.loads((repository / SETTINGS).read_text())


def test_what_is_there_already_stays(project):
    project.write("pyproject.toml", '[tool.miglint]\nignore = ["ML106"]\n')
    project.write(".github/workflows/other.yml", "jobs:\n  x:\n    steps:\n      - uses: miglint/miglint@v0\n")
    project.write(HOOKS, yaml.safe_dump({"repos": [ENTRY]}))
    new, run = written(project, "--yes")
    assert new == set() and run.out.count("already") == 3


def test_another_workflow_of_this_name_stays(project):
    project.write(WORKFLOW, "name: mine\n")
    new, run = written(project, "workflow", "--yes")
    assert new == set() and "another workflow of this name" in run.out
    assert (project / WORKFLOW).read_text() == "name: mine\n"


def test_a_past_is_told_of(project):
    project.revision("bbbb")
    project.revision("cccc", "gone")
    _, run = written(project, "--dry-run")
    total, errors = map(int, re.search(r"(\d+) findings? (?:is|are) there already \((\d+) error", run.out).groups())
    summary = project.miglint("--format", "json").json["summary"]
    assert (total, errors) == (sum(summary[key] for key in ("errors", "warnings", "notes")), summary["errors"])
    command = re.search(r"miglint (--write-baseline \S+)", run.out)[1].split()
    assert project.miglint(*command).status == 0
    assert project.miglint("--baseline", command[1]).status == 0


# --- a list of hooks that is there ------------------------------------------------------

SAMPLE = subprocess.run(["pre-commit", "sample-config"], capture_output=True, text=True, check=True).stdout
OTHER = "repo: https://example.org/x\n{0}rev: v1\n{0}hooks:\n{0}  - id: x\n"
ADDED_TO = {
    "pre-commit's sample": SAMPLE,
    "entries without an indent": "repos:\n- " + OTHER.format("  "),
    "keys around": "ci:\n  skip: [x]\nrepos:\n  - " + OTHER.format("    ") + "\n# end of it\n\ndefault_stages: [commit]\n",
    "a document's start": "---\nrepos:\n  - " + OTHER.format("    "),
    "no last line end": ("repos:\n  - " + OTHER.format("    ")).rstrip("\n"),
    "line ends of Windows": ("repos:\n  - " + OTHER.format("    ")).replace("\n", "\r\n"),
    "comments": "repos:   # the list\n  # first\n  - " + OTHER.format("    ") + "    # last\n",
    "a block of text": "repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: |\n      echo\n\n      # no comment\n    name: x\n",
    "a block of text at the end": "repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: |\n      echo\n      # no comment\nfail_fast: true\n",
    "wide dashes": "repos:\n-   repo: https://example.org/x\n    rev: v1\n    hooks:\n    -   id: x\n",
}


@pytest.mark.parametrize("text", ADDED_TO.values(), ids=ADDED_TO)
def test_the_hook_is_added(project, text):
    before = yaml.safe_load(text)
    (project / HOOKS).write_bytes(text.encode())
    (project / HOOKS).chmod(0o640)
    run = project.miglint("init", "hook", "--yes")
    after = (project / HOOKS).read_bytes().decode()
    assert run.status == 0 and "wrote " + HOOKS in run.out
    expected = {**before, "repos": [*before["repos"], ENTRY]}
    assert yaml.safe_load(after) == expected
    assert after.count("\r\n") == (after.count("\n") if "\r\n" in text else 0)
    kept = iter(after.splitlines())
    assert all(line in kept for line in text.splitlines()), "nothing else is changed"
    assert (project / HOOKS).stat().st_mode & 0o777 == 0o640
    judge = subprocess.run(["pre-commit", "validate-config", HOOKS], cwd=project.path, capture_output=True, text=True)
    assert judge.returncode == 0 or "an unexpected" not in judge.stdout, judge.stdout


def random_list(chance):
    """A configuration as a library writes it, in one of its styles, with comments put in at random."""
    pick = chance.choice
    hook = lambda: {
        "id": pick("abc"),
        "args": pick([["--x", "a b"], [], ["#no"], ["- repo: x"], ["repos:"]]),
        "files": pick(["^x$", "(?x)^(\n  a|\n  b\n)$", "# c\n# d\n", "repos:\n- a\n", "long " * 40, "x\n\n\n"]),
    }
    repositories = [{"repo": "local", "hooks": [hook() for _ in range(pick([1, 2]))]} for _ in range(pick([1, 3]))]
    around = [{"exclude": pick(["^a", "(?x)^(\n  a|\n)$\n"])}, {"ci": {"skip": ["a"]}}, {}]
    options = {"default_flow_style": pick([False, False, None]), "width": pick([20, 80]), "default_style": pick([None] * 4 + list("|>\"'"))}
    lines = yaml.safe_dump({**pick(around), "repos": repositories, **pick(around)}, sort_keys=False, **options).split("\n")
    for _ in range(pick([0, 3])):
        lines.insert(chance.randrange(len(lines)), " " * pick([0, 2, 4, 8]) + pick(["# x", "", "#"]))
    return "\n".join(lines)


def test_random_lists_keep_their_meaning(project):
    """What cannot be added to safely stays; PyYAML judges the rest."""
    chance, added = random.Random(1), 0
    for _ in range(60):
        text = random_list(chance)
        try:
            before = yaml.safe_load(text)
        except yaml.YAMLError:
            continue
        project.write(HOOKS, text)
        assert project.miglint("init", "hook", "--yes").status == 0
        after = (project / HOOKS).read_text()
        if after != text:
            assert yaml.safe_load(after) == {**before, "repos": [*before["repos"], ENTRY]}, text
            added += 1
    assert added > 10


BY_HAND = {
    "a flow list": "repos: []\n",
    "a list in brackets": "repos: [\n  {repo: local, hooks: []}\n]\n",
    "one mapping": "{repos: []}\n",
    "two lists": "repos:\n- repo: meta\n  hooks: []\nrepos:\n- repo: meta\n  hooks: []\n",
    "an anchor at the root": "&x\nrepos:\n- repo: meta\n",
    "two documents": "repos:\n- repo: meta\n---\nx: 1\n",
    "an odd indent": "repos:\n    - repo: meta\n  - repo: meta\n",
    "tabs": "repos:\n-\trepo: meta\n",
    "nothing": "",
    "no list": "fail_fast: true\n",
    "an empty list": "repos:\n",
    "kept line ends": "repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: |+\n      x\n\n",
    "quoted key": '"repos":\n- repo: meta\n',
}


@pytest.mark.parametrize("text", BY_HAND.values(), ids=BY_HAND)
def test_what_is_written_in_another_way_stays(project, text):
    project.write(HOOKS, text)
    run = project.miglint("init", "hook", "--yes")
    assert run.status == 0 and "add by hand:" in run.out and (project / HOOKS).read_text() == text
    lines = re.findall(r"^    \+ (.*)$", run.out, re.M)
    assert yaml.safe_load("repos:\n" + "\n".join(lines)) == {"repos": [ENTRY]}


@pytest.mark.parametrize(
    "content, said",
    [(b"\xff\xfe\n", "no text in UTF-8"), (b"x" * (1024 * 1024 + 1), "too large"), (b"repos:\0\n", "")],
)
def test_what_is_no_text_stays(project, content, said):
    project.write(HOOKS, content)
    run = project.miglint("init", "hook", "--yes")
    assert run.status == 0 and said in run.out and (project / HOOKS).read_bytes() == content


def test_pre_commit_runs_what_was_written(tmp_path, project):
    """The entry as it stands, with the published place replaced by a clone of these sources."""
    published = Repository(tmp_path / "published")
    copy_of_sources(published.path, grammars=True)
    published.commit()
    published.git("tag", "v0.1.0")
    written(project, "hook", "settings", "--yes")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[url "{published.path}"]\n\tinsteadOf = {ENTRY["repo"]}\n')
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "miglint").symlink_to(MIGLINT)
    environment = {**ENVIRONMENT, "HOME": str(home), "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    environment["PATH"] = f"{bin_folder}:{environment['PATH']}"
    environment.pop("XDG_CONFIG_HOME")
    project.git("add", "--all")
    project.revision("bbbb")
    project.git("add", "--all")
    run = subprocess.run(["pre-commit", "run"], cwd=project.path, env=environment, capture_output=True, text=True)
    assert run.returncode == 1 and "heads" in run.stdout, run.stdout + run.stderr
    project.revision("bbbb", "aaaa")
    project.git("add", "--all")
    run = subprocess.run(["pre-commit", "run"], cwd=project.path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0 and "Passed" in run.stdout, run.stdout + run.stderr


# --- where it must not write --------------------------------------------------------------


@pytest.mark.parametrize("name", [".github", HOOKS, SETTINGS])
def test_a_link_that_leads_outside_is_not_written_through(tmp_path, project, name):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("repos:\n- repo: meta\n  hooks: []\n")
    (project / name).symlink_to(outside if name == ".github" else outside / "file")
    run = project.miglint("init", "--yes")
    assert run.status == 0 and "leads out of the project" in run.out
    assert os.listdir(outside) == ["file"] and "miglint" not in (outside / "file").read_text()


def test_a_link_within_the_project_is_followed(project):
    project.write("config/hooks.yaml", "repos:\n- repo: meta\n  hooks: []\n")
    (project / HOOKS).symlink_to("config/hooks.yaml")
    assert project.miglint("init", "hook", "--yes").status == 0
    assert (project / HOOKS).is_symlink()
    assert len(yaml.safe_load((project / "config/hooks.yaml").read_text())["repos"]) == 2


@pytest.mark.parametrize("target", ["nowhere", "../nowhere", HOOKS])
def test_a_link_that_leads_nowhere_stays(project, target):
    (project / HOOKS).symlink_to(target)
    run = project.miglint("init", "hook", "--yes")
    assert run.status == 0 and "leads nowhere" in run.out and (project / HOOKS).is_symlink()


def test_what_is_no_file_is_not_opened(project):
    os.mkfifo(project / HOOKS)
    (project / SETTINGS).mkdir()
    (project / ".github").write_text("a file\n")
    run = project.miglint("init", "hook", "workflow", "--yes")
    assert run.status == 0 and "no plain file" in run.out and "add by hand" in run.out
    assert (project / ".github").read_text() == "a file\n"


def test_a_folder_that_may_not_be_written_is_said(tmp_path):
    """As somebody who is not root: he may write everywhere."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = Folder(os.path.join(place, "project")).environment()
        folder.revision("aaaa")
        for top, names, texts in os.walk(folder.path):
            os.chmod(top, 0o555)
            for name in texts:
                os.chmod(os.path.join(top, name), 0o444)
        program = shutil.copy(MIGLINT, os.path.join(place, "miglint"))
        run = subprocess.run(
            [program, "init", "--yes"],
            cwd=folder.path,
            env=ENVIRONMENT,
            user=65534 if os.getuid() == 0 else None,
            capture_output=True,
            text=True,
        )
        assert_sound(run.returncode, "", run.stderr)
        assert run.returncode == 2 and run.stderr == "miglint: cannot write miglint.toml: Permission denied\n"
        assert not (folder / SETTINGS).exists()


def test_where_nothing_can_be_set_up(tmp_path, project):
    empty = Repository(tmp_path / "empty")
    assert "there is no Alembic environment" in empty.miglint("init", "--yes").complaint()
    bare = project.bare_clone(tmp_path / "bare.git")
    assert "no working tree" in Folder(bare).miglint("init", "--yes").complaint()
    project.write(SETTINGS, "nonsense = 1\n")
    assert "nonsense" in project.miglint("init", "--yes").complaint()


def test_from_a_folder_below(project):
    (project / "migrations/versions").mkdir(exist_ok=True)
    run = Folder(project / "migrations").miglint("init", "--yes")
    assert run.status == 0 and files(project) >= {WORKFLOW, HOOKS, SETTINGS}


def test_the_names_are_those_of_the_sources():
    text = (SOURCES / "CMakeLists.txt").read_text()
    assert f'VERSION {ENTRY["rev"][1:]} ' in text and f'HOMEPAGE_URL "{ENTRY["repo"]}"' in text
