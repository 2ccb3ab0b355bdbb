"""ci/Dockerfile, as far as it can be tried without Docker: by dockerfilelint, and in copies of what it would see."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from repository import ENVIRONMENT, MIGLINT, SOURCES, Repository, assert_sound, copy_of_sources

TEXT = (SOURCES / "ci/Dockerfile").read_text()


def instructions():
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", TEXT, flags=re.M)).splitlines()
    return [line.split(None, 1) for line in lines if line]


def of(name):
    return [arguments for word, arguments in instructions() if word == name]


def test_a_linter_has_nothing_to_say(tmp_path):
    tool = SOURCES / "ci/readers/node_modules/dockerfilelint/bin/dockerfilelint"
    lint = lambda file: subprocess.run(["node", tool, "-o", "json", file], capture_output=True, text=True)
    assert json.loads(lint(SOURCES / "ci/Dockerfile").stdout)["totalIssues"] == 0
    (tmp_path / "Dockerfile").write_text(TEXT.replace("WORKDIR /work\n", "WORKDIR\n"))
    assert json.loads(lint(tmp_path / "Dockerfile").stdout)["totalIssues"] > 0, "it would see a fault"


def test_it_ends_as_somebody_who_is_not_root():
    last = [word for word, _ in instructions()]
    assert last.index("USER") < last.index("ENTRYPOINT") and of("USER") == ["miglint"]
    assert "useradd --uid" in of("RUN")[-1]
    assert of("FROM") == ["debian:12-slim AS build", "debian:12-slim"]
    assert of("WORKDIR")[-1] == "/work" and json.loads(of("ENTRYPOINT")[0]) == ["miglint"]


def test_what_it_copies_is_there_and_no_more_is_sent():
    ignored = (SOURCES / "ci/Dockerfile.dockerignore").read_text().split()
    for arguments in of("COPY"):
        *sources, _ = [word for word in arguments.split() if not word.startswith("--from")]
        if "--from=" not in arguments:
            assert all((SOURCES / source).exists() for source in sources), arguments
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files"], cwd=SOURCES, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    lost = [name for name in listed for glob in ignored if fnmatch.fnmatch(name, glob) or name.startswith(glob + "/")]
    assert not lost
    assert {".git", "ci/grammars/node_modules"} <= set(ignored)


def test_what_is_sent_can_be_built(tmp_path):
    """The first two steps want no more than the files that were copied by then; the third has all that a build reads."""
    early = tmp_path / "early"
    for arguments in of("COPY")[:2]:
        *sources, target = arguments.split()
        for source in sources:
            into = early / target / (os.path.basename(source) if target.endswith("/") else "")
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SOURCES / source, into)
    (early / "ci/grammars/node_modules").symlink_to(SOURCES / "ci/grammars/node_modules")
    assert of("RUN")[0] == "ci/setup build"
    told = subprocess.run(["ci/setup", "build"], cwd=early, capture_output=True, text=True)
    assert told.returncode == 0 and "is there" in told.stdout, told.stdout + told.stderr
    sent = copy_of_sources(tmp_path / "sent", grammars=True)
    assert of("RUN")[1].startswith("ci/build /opt/miglint ")
    configure = ["cmake", "-S", sent, "-B", sent / "build", "-G", "Ninja", "-DBUILD_TESTING=OFF"]
    subprocess.run(configure, check=True, capture_output=True)
    dry = subprocess.run(["ninja", "-C", sent / "build", "-n", "miglint"], capture_output=True, text=True)
    assert dry.returncode == 0 and "missing" not in dry.stdout, dry.stdout


def test_a_repository_of_somebody_else_is_read():
    """As the user of the container meets one that is mounted: git itself would refuse it."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        repository = Repository(Path(place) / "work").environment()
        repository.revision("aaaa")
        repository.commit()
        repository.revision("bbbb")
        repository.commit()
        program = shutil.copy(MIGLINT, place)
        stranger = 65534 if os.getuid() == 0 else None
        assert stranger, "only root can be somebody else"
        git = ["git", "log", "--oneline"]
        refused = subprocess.run(git, cwd=repository.path, env=ENVIRONMENT, user=stranger, capture_output=True, text=True)
        assert "dubious ownership" in refused.stderr
        run = subprocess.run(
            [program, "--base", "HEAD~1"], cwd=repository.path, env=ENVIRONMENT, user=stranger, capture_output=True, text=True
        )
        assert_sound(run.returncode, run.stdout, run.stderr)
        assert run.returncode == 1 and "there are 2 heads" in run.stdout, run.stderr
