"""What ci/release makes: the Debian package, judged by dpkg, apt and lintian, and the archive that the Action takes."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import tarfile
import threading

import pytest
import yaml
from actionlint import complaints
from repository import ENVIRONMENT, MIGLINT, SOURCES, Repository, copy_of_sources
from test_action import Hub, collision, hub, rules  # noqa: F401

VERSION = re.search(r"^project\(miglint VERSION (\S+) ", (SOURCES / "CMakeLists.txt").read_text(), re.M)[1]
MACHINE = os.uname().machine
# The program is another build than that of the tests, and has nothing to do with sanitizers.
PLAIN = {name: value for name, value in ENVIRONMENT.items() if not name.endswith("SAN_OPTIONS") and name != "G_SLICE"}


def run(*command, status=0, env=PLAIN, **options):
    process = subprocess.run([str(word) for word in command], env=env, capture_output=True, text=True, **options)
    assert process.returncode == status, (command, process.stdout, process.stderr)
    return process.stdout


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """That say of themselves that they come from a server of this machine."""
    folder = copy_of_sources(tmp_path_factory.mktemp("sources"), grammars=True)
    published = tmp_path_factory.mktemp("published")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=published)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.func.log_message = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = folder / "CMakeLists.txt"
    url = f"http://127.0.0.1:{server.server_port}"
    file.write_text(re.sub(r'HOMEPAGE_URL "[^"]*"', f'HOMEPAGE_URL "{url}"', file.read_text()))
    yield folder, published
    server.shutdown()


@pytest.fixture(scope="module")
def dist(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sources[0] / "ci/release", folder, timeout=1700)
    return folder


@pytest.fixture(scope="module")
def package(dist):
    (package,) = dist.glob("*.deb")
    return package


# --- the Debian package -----------------------------------------------------------------


def test_what_is_made(dist):
    architecture = run("dpkg", "--print-architecture").strip()
    names = {f"miglint_{VERSION}-1_{architecture}.deb", f"miglint-{VERSION}-linux-{MACHINE}.tar.gz", "SHA256SUMS"}
    assert {file.name for file in dist.iterdir()} == names
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=dist)


def test_lintian_has_one_thing_to_say(package):
    """That no bug asked for the package is so: it is not in Debian."""
    told = run("lintian", "--tag-display-limit", "0", "--pedantic", "--display-info", package, env={**PLAIN, "HOME": "/tmp"})
    tags = {line.split()[2] for line in told.splitlines() if re.match(r"[EWIP]: ", line)}
    # The others are remarks: on a word that is mistyped on purpose, and on what `strip` leaves.
    assert tags <= {"initial-upload-closes-no-bugs", "spelling-error-in-binary", "binary-has-unneeded-section"}, told


def test_its_dependencies_can_be_had(package):
    told = run("apt-get", "install", "--simulate", "--no-install-recommends", package, env={**PLAIN, "LC_ALL": "C"})
    assert f"Inst miglint ({VERSION}-1 " in told
    fields = run("dpkg-deb", "--field", package)
    for library in ("libgit2", "libglib2.0", "libpg-query", "libsqlite3", "libcjson", "libprotobuf-c"):
        assert re.search(rf"^Depends: .*\b{re.escape(library)}", fields, re.M), fields
    assert re.search(r"^Recommends: .*\blibpq5\b", fields, re.M), "it is loaded when it is first wanted"


def test_it_installs_runs_and_leaves_nothing(package, tmp_path):
    """In a root of its own: the machine's stays as it is."""
    root = tmp_path / "root"
    for folder in ("info", "updates"):
        (root / "var/lib/dpkg" / folder).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    dpkg = ["fakeroot", "dpkg", f"--root={root}", "--force-depends", "--force-not-root", "--log=/dev/null"]
    files = lambda: {os.path.join(top, name) for top, _, names in os.walk(root / "usr") for name in names}
    run(*dpkg, "--install", package)
    installed = files()
    assert run(root / "usr/bin/miglint", "--version").startswith(f"miglint {VERSION}\n")
    for product, file in (
        ("bash", "bash-completion/completions/miglint"),
        ("zsh", "zsh/vendor-completions/_miglint"),
        ("fish", "fish/vendor_completions.d/miglint.fish"),
    ):
        assert (root / "usr/share" / file).read_text() == run(root / "usr/bin/miglint", "generate", product)
    page = run("man", "-l", root / "usr/share/man/man1/miglint.1.gz")
    assert "NAME" in page and "miglint init" in page
    for name in ("copyright", "changelog.gz", "changelog.Debian.gz", "README.md.gz"):
        assert str(root / "usr/share/doc/miglint" / name) in installed
    assert run("dpkg-parsechangelog", "-l", "-", "-S", "Version", input=run("zcat", root / "usr/share/doc/miglint/changelog.Debian.gz")) == f"{VERSION}-1\n"
    project = Repository(tmp_path / "project").environment()
    project.revision("aaaa")
    project.revision("bbbb")
    assert "ML101" in run(root / "usr/bin/miglint", "--roundtrip", "--database", "sqlite", cwd=project.path, status=1)
    run(*dpkg, "--purge", "miglint")
    assert files() == set() and not (root / "usr").exists()


def test_zsh_finds_the_completion_where_the_package_puts_it():
    assert "/usr/share/zsh/vendor-completions" in run("zsh", "-fc", "print -l $fpath").splitlines()


# --- the archive --------------------------------------------------------------------------


def test_the_archive_runs_with_nothing_installed(sources, dist):
    told = run(sources[0] / "ci/try-release", dist)
    assert told.startswith(f"miglint {VERSION}\n") and "ML101" in told


def test_the_archive_brings_its_libraries_and_their_licences(dist, tmp_path):
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    linked = re.findall(r"=> (\S+) \(", run("ldd", folder / "miglint"))
    elsewhere = {os.path.basename(path) for path in linked if not path.startswith(f"{folder}/lib/")}
    assert {re.sub(r"\.so.*", "", name) for name in elsewhere} <= {"libc", "libm", "libresolv", "libdl", "libpthread", "librt"}
    assert sorted(re.sub(r"\.so.*", "", name) for name in os.listdir(folder / "lib"))
    licences = {file.name: file.read_text() for file in (folder / "licences").iterdir()}
    assert "miglint" in licences and any(name.startswith("libgit2") for name in licences)
    assert all("icen" in text for text in licences.values())
    for path in folder.rglob("*"):
        if path.is_file():
            needed = re.findall(r"GLIBC_2\.(\d+)", subprocess.run(["objdump", "-T", path], capture_output=True, text=True).stdout)
            assert max(map(int, needed), default=0) <= 35, f"{path.name} does not run on Ubuntu 22.04"


def test_what_needs_a_newer_machine_is_refused(sources, dist, tmp_path):
    """The same program, held against a C library that nobody has any more."""
    folder = copy_of_sources(tmp_path / "old", grammars=True)
    script = folder / "ci/release"
    (archive,) = dist.glob("*.tar.gz")
    build = f'mkdir "$folder" && tar -C "$folder" --strip-components=1 -xzf {archive}'
    text = script.read_text().replace("newest_libc=2.35", "newest_libc=2.3").replace("\nmake_package\n", "\n")
    assert '"$top/ci/build" "$folder"' in text
    script.write_text(text.replace('"$top/ci/build" "$folder"', build))
    process = subprocess.run([script, tmp_path / "out"], env=PLAIN, capture_output=True, text=True)
    assert process.returncode == 2 and "is to run with 2.3" in process.stderr
    assert not list((tmp_path / "out").glob("*.tar.gz"))


# --- the Action takes it -------------------------------------------------------------------


@pytest.fixture
def release(sources, dist):
    """Published, and taken back afterwards."""
    action, published = sources
    folder = published / f"releases/download/v{VERSION}"
    shutil.copytree(dist, folder)
    yield folder
    shutil.rmtree(published / "releases")


def use(hub, action, cache):  # noqa: F811
    runner = hub.runner_of(action)
    # A build would be the wrong way: it is made impossible.
    (hub.folder / "programs/cmake").write_text("#!/bin/sh\necho no cmake here >&2\nexit 1\n")
    (hub.folder / "programs/cmake").chmod(0o755)
    return hub.on_pull_request(hub.checkout("refs/pull/1/merge"), runner=runner, inputs={"miglint": ""}, cache=cache)


def test_the_action_takes_the_release_of_its_sources(hub, sources, release):  # noqa: F811
    collision(hub)
    cache = {}
    job = use(hub, sources[0], cache)
    assert (job.status, rules(job)) == (1, ["ML102"])
    assert f"took the release of miglint {VERSION}" in job.log.text
    (kept,) = [given["path"] for name, given in job.used if name.endswith("save")]
    assert sorted(os.listdir(kept)) == ["lib", "miglint"]
    again = use(hub, sources[0], cache)
    assert "a build of miglint is there already" in again.log.text


def test_the_hook_takes_it_too(sources, release, tmp_path):
    """Without an installed miglint, and where nothing could be built."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "cmake").write_text("#!/bin/sh\nexit 1\n")
    (programs / "cmake").chmod(0o755)
    folders = [folder for folder in PLAIN["PATH"].split(":") if not os.path.exists(f"{folder}/miglint")]
    environment = {**PLAIN, "PATH": ":".join([str(programs), *folders])}
    project = Repository(tmp_path / "project").environment()
    project.revision("aaaa")
    project.commit()
    project.revision("bbbb")
    project.git("add", "--all")
    try:
        for _ in range(2):
            assert "there are 2 heads" in run(sources[0] / "ci/hook", cwd=project.path, env=environment, status=1)
        assert "took the release" in (sources[0] / ".hook/log").read_text()
    finally:
        shutil.rmtree(sources[0] / ".hook")


def spoil(release, how):
    archive = release / f"miglint-{VERSION}-linux-{MACHINE}.tar.gz"
    sums = release / "SHA256SUMS"
    if how == "another archive":
        archive.write_bytes(archive.read_bytes()[:-1] + b"x")
    elif how == "no sums":
        sums.unlink()
    elif how == "sums of something else":
        sums.write_text("0" * 64 + "  other.tar.gz\n")
    elif how == "no archive":
        archive.unlink()
    elif how == "no release":
        shutil.rmtree(release)
    elif how == "no archive at all, though the sum is right":
        archive.write_bytes(b"nonsense")
        sums.write_text(run("sha256sum", archive.name, cwd=release))


@pytest.mark.parametrize(
    "how",
    ["another archive", "no sums", "sums of something else", "no archive", "no release", "no archive at all, though the sum is right"],
)
def test_a_release_that_is_not_whole_is_not_taken(hub, sources, release, how):  # noqa: F811
    collision(hub)
    spoil(release, how)
    job = use(hub, sources[0], {})
    assert job.status == 2 and job.ran == ["Look for miglint", "Get miglint"], "a build was tried"
    assert "could not be built here" in job.log.annotations[0][2]
    assert "ci/take-release: " in job.err


def test_other_sources_are_built(hub, sources, release, tmp_path):  # noqa: F811
    """A branch of the Action that has moved on since the release."""
    collision(hub)
    action = copy_of_sources(tmp_path / "action", grammars=True)
    shutil.copy(sources[0] / "CMakeLists.txt", action / "CMakeLists.txt")
    with open(action / "src/cli/main.c", "a") as file:
        file.write("\n")
    assert use(hub, action, {}).ran == ["Look for miglint", "Get miglint"]


# --- what the release is called, and how it comes about ----------------------------------------


def test_the_version_is_the_same_everywhere():
    assert run(MIGLINT, "--version", env=ENVIRONMENT).startswith(f"miglint {VERSION}\n")
    assert re.search(r"^## (\S+)$", (SOURCES / "CHANGELOG.md").read_text(), re.M)[1] == VERSION
    readme = (SOURCES / "README.md").read_text()
    named = set(re.findall(r"rev: v(\S+)", readme))
    assert named == {VERSION}, "the hook that the README shows"
    assert set(re.findall(r"miglint/miglint@v(\d+)", readme)) == {VERSION.split(".")[0]}


def test_the_workflow_does_what_is_tested_here():
    text = (SOURCES / ".github/workflows/release.yml").read_text()
    assert complaints(text) == []
    assert complaints(text.replace("needs: build", "needs: bild")) != [], "it would see a fault"
    workflow = yaml.safe_load(text)
    assert workflow[True] == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}}
    assert workflow["permissions"] == {"contents": "read"}
    jobs = workflow["jobs"]
    assert list(jobs) == ["build", "try", "publish"]
    commands = lambda job: [step["run"] for step in jobs[job]["steps"] if "run" in step]
    assert "ci/release dist" in commands("build") and "ci/try-release dist" in commands("try")
    for job in jobs.values():
        for step in job["steps"]:
            for script in re.findall(r"ci/[\w-]+", step.get("run", "")):
                assert os.access(SOURCES / script, os.X_OK), script
            # What an event says is no program: it comes in variables.
            assert "${{" not in step.get("run", "")
    checks = [command for command in commands("build") if "TAG" in command]
    for tag, status in ((f"v{VERSION}", 0), ("v9.9.9", 1), ("v0", 1), (f"v{VERSION}0", 1)):
        subprocess_status = subprocess.run(["bash", "-e", "-c", checks[0]], cwd=SOURCES, env={**PLAIN, "TAG": tag}).returncode
        assert subprocess_status == status, tag


