"""action.yml, run step by step as a runner would, in checkouts as actions/checkout makes them."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from merging import alembic_heads
from repository import ENVIRONMENT, MIGLINT, SOURCES, Repository, copy_of_sources, sound_revision, without_downgrade, without_release
from sarif import complaints
from test_markdown import Page
from workflow import Runner

ZEROS = "0" * 40

# What a runner gives to every step; no token is among it. Sanitizers have options of their own.
VARIABLES = {
    name: ENVIRONMENT[name]
    for name in ("PATH", "LC_ALL", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "G_SLICE")
    if name in ENVIRONMENT
}
NO_PYTHON = "#!/bin/sh\necho \"$0 $*\" >>'{record}'\nexit 1\n"


class Hub:
    """A repository as GitHub keeps it, whose branches are grown in a working tree beside it."""

    def __init__(self, folder):
        self.folder, self.checkouts, self.left = folder, 0, set()
        self.work = Repository(folder / "work").environment()
        self.path = folder / "hub.git"
        self.work.git("init", "--quiet", "--bare", "--initial-branch", "main", str(self.path))
        self.work.git("remote", "add", "origin", self.path.as_uri())
        self.runner = self.runner_of(SOURCES)

    def runner_of(self, action):
        programs = self.folder / "programs"
        programs.mkdir(exist_ok=True)
        for name in ("python", "python3", "alembic", "pip"):
            (programs / name).write_text(NO_PYTHON.format(record=self.folder / "python-was-run"))
            (programs / name).chmod(0o755)
        return Runner(action, self.folder / "runner", {**VARIABLES, "PATH": f"{programs}:{VARIABLES['PATH']}"})

    def push(self, message="a commit", *force):
        commit = self.work.commit(message)
        self.work.git("push", "--quiet", *force, "origin", "HEAD")
        return commit

    def grow(self, count):
        """So many commits on the branch that is checked out, none of which touches a file."""
        branch = self.work.git("symbolic-ref", "HEAD")
        stream = "".join(
            f"commit {branch}\ncommitter A <a@example.org> {1700000000 + number} +0000\ndata {len(branch)}\n{branch}\n"
            + (f"from {branch}^0\n" if number == 0 else "")
            for number in range(count)
        )
        subprocess.run(["git", "fast-import", "--quiet"], input=stream.encode(), cwd=self.work.path, check=True)

    def pull_request(self, head, base="main"):
        """refs/pull/1/merge, made of the two as they are now."""
        self.work.git("checkout", "--quiet", "--detach", base)
        self.work.git("merge", "--quiet", "--no-ff", "--no-edit", head)
        merge = self.work.git("rev-parse", "HEAD")
        self.work.git("push", "--quiet", "--force", "origin", "HEAD:refs/pull/1/merge", f"{head}:refs/pull/1/head")
        self.work.git("checkout", "--quiet", base)
        return merge

    def checkout(self, commit, depth=1):
        """As actions/checkout does, with its fetch-depth; 0 is everything."""
        self.checkouts += 1
        folder = Repository(self.folder / f"workspace{self.checkouts}")
        folder.git("remote", "add", "origin", self.path.as_uri())
        options = [f"--depth={depth}"] if depth else []
        everything = [] if depth else ["+refs/heads/*:refs/remotes/origin/*"]
        folder.git("fetch", "--quiet", "--no-tags", *options, "origin", *everything, f"+{commit}:refs/remotes/x")
        folder.git("checkout", "--quiet", "--force", "--detach", "refs/remotes/x")
        folder.git("update-ref", "-d", "refs/remotes/x")
        return folder

    def run(self, workspace, event_name, event=None, inputs=None, runner=None, cache=None, **variables):
        repository = {"default_branch": "main"}
        inputs = {"miglint": MIGLINT, **(inputs or {})}
        job = (runner or self.runner).run(
            workspace.path, event_name, {"repository": repository, **(event or {})}, inputs, cache, **variables
        )
        assert "Sanitizer" not in job.err and "runtime error" not in job.err, job.err
        assert not (self.folder / "python-was-run").exists()
        assert not list(workspace.path.rglob("pwned")) and not list((self.folder / "runner").rglob("pwned"))
        left = {job.outputs["sarif"]} - {""}
        assert {str(file) for file in (self.folder / "runner" / "temp").iterdir()} == left | self.left
        self.left |= left
        return job

    def on_pull_request(self, workspace, base="main", **options):
        return self.run(
            workspace, "pull_request", GITHUB_BASE_REF=base, GITHUB_HEAD_REF="topic", GITHUB_REF="refs/pull/1/merge", **options
        )

    def on_push(self, workspace, before, ref="refs/heads/main", **options):
        return self.run(workspace, "push", {"before": before}, GITHUB_REF=ref, **options)


@pytest.fixture
def hub(tmp_path):
    hub = Hub(tmp_path)
    hub.work.revision("aaaa")
    hub.work.revision("bbbb", "aaaa")
    hub.push("the first two revisions")
    return hub


def rules(job):
    return sorted(properties["title"].split()[0] for _, properties, _ in job.log.annotations)


def heads(job):
    return sorted(json.loads(job.outputs["heads"]))


def collision(hub, between=0):
    """A pull request that was clean when it was opened; main has since got another revision."""
    hub.work.branch("topic")
    hub.grow(between)
    hub.work.revision("eeee", "bbbb")
    hub.push("topic")
    merge = hub.pull_request("topic")
    hub.grow(between)
    hub.work.revision("cccc", "bbbb")
    hub.push("main goes on")
    return merge


# --- pull requests ---------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [1, 2, 0])
def test_a_collision_that_only_the_merge_brings(hub, merges, depth):
    checkout = hub.checkout(collision(hub), depth)
    assert checkout.miglint().status == 0
    assert hub.work.miglint("--commit", "topic").status == hub.work.miglint("--commit", "main").status == 0
    merged, _ = merges.make(hub.work, "main", "topic")
    expected = alembic_heads(merged)
    assert expected == ["cccc", "eeee"]

    job = hub.on_pull_request(checkout)
    assert job.status == 1
    [(command, properties, message)] = job.log.annotations
    assert (command, properties["title"]) == ("error", "ML102 heads-after-merge")
    assert properties["file"] == "migrations/versions/eeee.py"
    assert "once the working tree is merged into origin/main there are 2 heads, 'cccc' and 'eeee'" in message
    assert (job.outputs["findings"], job.outputs["errors"], heads(job)) == ("1", "1", expected)
    assert "the same at your desk: git fetch origin && miglint --base origin/main" in job.log.text
    page = Page(job.summary)
    assert [row[1] for row in page.findings] == ["ML102 heads-after-merge"]
    assert page.drawing.marked("collides") == expected and page.drawing.marked("new") == ["eeee"]


def test_the_same_with_another_parent_passes(hub):
    collision(hub)
    hub.work.git("checkout", "--quiet", "topic")
    hub.work.git("rebase", "--quiet", "main")
    hub.work.revision("eeee", "cccc")
    hub.push("re-parented", "--force")
    job = hub.on_pull_request(hub.checkout(hub.pull_request("topic")))
    assert (job.status, job.log.annotations, heads(job)) == (0, [], ["eeee"])
    assert (job.outputs["findings"], job.outputs["errors"]) == ("0", "0")
    assert Page(job.summary).title.startswith("✅")
    assert Page(job.summary).drawing.marked("new") == ["eeee"]


@pytest.mark.parametrize("between", [30, 200, 700])
def test_a_merge_base_far_below_a_shallow_checkout(hub, between):
    hub.grow(1000)
    checkout = hub.checkout(collision(hub, between))
    assert checkout.git("rev-list", "--count", "HEAD") == "1"
    assert rules(hub.on_pull_request(checkout)) == ["ML102"]
    everything = int(hub.work.git("rev-list", "--count", "main", "topic"))
    fetched = int(checkout.git("rev-list", "--count", "--all", "HEAD"))
    assert between < fetched and (fetched < everything) == (between < 700)


def test_the_head_instead_of_the_merge(hub):
    collision(hub)
    assert rules(hub.on_pull_request(hub.checkout("refs/pull/1/head"))) == ["ML102"]


def test_what_the_base_has_already_is_not_blamed_on_the_pull_request(hub):
    hub.work.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    hub.push()
    assert hub.work.miglint().status == 1
    hub.work.branch("topic")
    hub.work.revision("eeee", "bbbb")
    hub.push()
    job = hub.on_pull_request(hub.checkout(hub.pull_request("topic")))
    assert (job.status, job.log.annotations) == (0, [])


def test_another_base_than_the_default_branch(hub):
    hub.work.branch("release/1.x")
    hub.push()
    hub.work.branch("topic")
    hub.work.revision("eeee", "bbbb")
    hub.push()
    merge = hub.pull_request("topic", "release/1.x")
    hub.work.git("checkout", "--quiet", "main")
    hub.work.revision("cccc", "bbbb")
    hub.push()
    assert hub.on_pull_request(hub.checkout(merge), "release/1.x").status == 0
    assert rules(hub.on_pull_request(hub.checkout(merge), "main")) == ["ML102"]


def test_a_base_that_cannot_be_fetched(hub):
    head = collision(hub)
    whole, shallow = hub.checkout(head, 0), hub.checkout(head)
    hub.path.rename(hub.folder / "gone.git")
    job = hub.on_pull_request(whole)
    warning, error = job.log.annotations
    assert (job.status, warning[0]) == (1, "warning") and "could not fetch" in warning[2]
    assert error[1]["title"] == "ML102 heads-after-merge"
    job = hub.on_pull_request(shallow)
    assert job.status == 2 and job.outputs == {"findings": "", "errors": "", "heads": "", "sarif": ""}
    assert [command for command, _, _ in job.log.annotations] == ["warning", "error"]
    assert "the base, 'main', is not in this clone" in job.log.annotations[-1][2]


def test_a_checkout_of_somebody_else(hub):
    """In a container the runner's files belong to another user than the one that runs the steps."""
    checkout = hub.checkout(collision(hub))
    command = ["setpriv", "--reuid=65534", "--clear-groups", "git", "-C", str(checkout.path), "status"]
    if os.getuid() == 0:  # as in the container that this is about
        subprocess.run(["chown", "--recursive", "65534", str(checkout.path)], check=True)
        assert subprocess.run(command[3:], env=ENVIRONMENT, capture_output=True).returncode != 0
    assert rules(hub.on_pull_request(checkout)) == ["ML102"]


# --- other events ----------------------------------------------------------------------------------


def test_a_push_is_compared_with_what_was_there(hub):
    hub.work.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    before = hub.push()
    hub.grow(70)
    hub.work.revision("cccc", text=without_downgrade("cccc", "bbbb"))
    job = hub.on_push(hub.checkout(hub.push()), before)
    assert (job.status, rules(job), heads(job)) == (1, ["ML301"], ["cccc"])
    assert job.log.annotations[0][1]["file"] == "migrations/versions/cccc.py"


@pytest.mark.parametrize("before", ["replaced", "unknown", "none"])
def test_a_push_that_builds_on_nothing_known(hub, before):
    """The tree is then judged alone: what was thrown away is no base."""
    hub.work.revision("cccc", "bbbb")
    replaced = hub.push()
    hub.work.git("reset", "--quiet", "--hard", "HEAD~")
    hub.work.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    head = hub.push("another history", "--force")
    commit = {"replaced": replaced, "unknown": "1" * 40, "none": ZEROS}[before]
    job = hub.on_push(hub.checkout(head), commit)
    assert (job.status, heads(job)) == (1, ["bbbb"])
    assert [title for title in rules(job) if title != "miglint"] == ["ML301"]


@pytest.mark.parametrize("before", ["before", ZEROS])
def test_a_push_to_a_branch_is_compared_with_the_default_branch(hub, before):
    """What its author edits there is not published yet."""
    hub.work.branch("topic")
    hub.work.revision("eeee", "bbbb")
    before = hub.push() if before == "before" else before
    hub.work.write("migrations/versions/eeee.py", sound_revision("eeee", "bbbb").replace("t_eeee", "t_other"))
    head = hub.push()
    job = hub.on_push(hub.checkout(head), before, "refs/heads/topic")
    assert (job.status, job.log.annotations, heads(job)) == (0, [], ["eeee"])
    hub.work.git("checkout", "--quiet", "main")
    hub.work.revision("cccc", "bbbb")
    hub.push()
    assert rules(hub.on_push(hub.checkout(head), before, "refs/heads/topic")) == ["ML102"]


def test_a_tag_is_judged_alone(hub):
    hub.work.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    head = hub.push()
    assert rules(hub.on_push(hub.checkout(head), ZEROS, "refs/tags/v1")) == ["ML301"]


def test_a_merge_group(hub):
    collision(hub)
    base = hub.work.git("rev-parse", "main")
    hub.work.git("checkout", "--quiet", "--detach", "main")
    hub.work.git("merge", "--quiet", "--no-edit", "topic")
    head = hub.work.git("rev-parse", "HEAD")
    ref = "refs/heads/gh-readonly-queue/main/pr-1-" + base
    hub.work.git("push", "--quiet", "origin", f"HEAD:{ref}")
    event = {"merge_group": {"base_sha": base, "base_ref": "refs/heads/main", "head_sha": head, "head_ref": ref}}
    job = hub.run(hub.checkout(head), "merge_group", event, GITHUB_REF=ref)
    assert job.status == 1 and heads(job) == ["cccc", "eeee"]
    assert Page(job.summary).drawing.marked("new") == ["eeee"]
    assert rules(job) in (["ML101"], ["ML102"])


def test_by_hand(hub):
    hub.work.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    head = hub.push()
    job = hub.run(hub.checkout(head), "workflow_dispatch", GITHUB_REF="refs/heads/main")
    assert rules(job) == ["ML301"]  # everything that is wrong
    hub.work.branch("topic")
    hub.work.revision("eeee", "bbbb")
    job = hub.run(hub.checkout(hub.push()), "workflow_dispatch", GITHUB_REF="refs/heads/topic")
    assert (job.status, rules(job), heads(job)) == (0, [], ["eeee"])


def test_an_event_that_does_not_tell_the_default_branch(hub):
    head = collision(hub)
    event = {"repository": None}
    job = hub.run(hub.checkout(head), "workflow_dispatch", event, GITHUB_REF="refs/heads/topic")
    assert rules(job) == ["ML102"]


@pytest.mark.parametrize("depth", [1, 0])
def test_on_a_schedule_it_looks_ahead(hub, depth):
    collision(hub)
    job = hub.run(hub.checkout("main", depth), "schedule", {"schedule": "0 5 * * 1"}, GITHUB_REF="refs/heads/main")
    assert (job.status, job.log.annotations) == (0, [])
    assert job.outputs == {"findings": "", "errors": "", "heads": "", "sarif": ""}
    assert "forecast onto origin/main" in job.summary and "| multiple heads | origin/topic |" in job.summary
    failing = hub.run(
        hub.checkout("main", depth), "schedule", inputs={"fail-on": "note"}, GITHUB_REF="refs/heads/main"
    )
    assert failing.status == 1 and "| multiple heads | origin/topic |" in failing.summary


def test_a_forecast_that_fails_says_so(hub):
    job = hub.run(hub.checkout("main"), "schedule", inputs={"base": "nowhere"}, GITHUB_REF="refs/heads/main")
    [(command, _, message)] = job.log.annotations
    assert (job.status, command) == (2, "error") and "nowhere" in message


# --- inputs -------------------------------------------------------------------------------------------


def test_every_input_and_output_is_described(hub):
    definition = hub.runner.definition
    expected = {"base", "config", "fail-on", "select", "ignore", "working-directory", "args", "miglint", "roundtrip"}
    assert set(definition["inputs"]) == expected
    assert set(definition["outputs"]) == {"findings", "errors", "heads", "sarif"}
    assert all(one["description"] for kind in ("inputs", "outputs") for one in definition[kind].values())
    text = (SOURCES / "action.yml").read_text()
    assert "token" not in text and "secrets" not in text
    assert all("${{" not in step.get("run", "") for step in definition["runs"]["steps"])


def test_the_workflow_of_the_readme():
    (text,) = re.findall(r"```yaml\n(on:.*?)```", (SOURCES / "README.md").read_text(), re.S)
    workflow = yaml.safe_load(text)
    (job,) = workflow["jobs"].values()
    assert workflow[True] == ["pull_request"] and job["runs-on"] == "ubuntu-latest"  # YAML's on is true
    assert [step["uses"].split("@")[0] for step in job["steps"]] == ["actions/checkout", "miglint/miglint"]
    assert len(text.splitlines()) == 5


@pytest.mark.parametrize("base", ["release/1.x", "origin/release/1.x", "v1", "commit"])
@pytest.mark.parametrize("depth", [1, 0])
def test_a_base_of_ones_own(hub, base, depth):
    """As a branch, as a tag, as a commit that the checkout does not have."""
    head = collision(hub)
    hub.work.branch("release/1.x", "main")
    hub.push()
    hub.work.git("tag", "--annotate", "-m", "x", "v1")
    hub.work.git("push", "--quiet", "origin", "v1")
    base = hub.work.git("rev-parse", "HEAD") if base == "commit" else base
    hub.work.git("push", "--quiet", "origin", "--force", "main~:main")  # which does not collide
    assert hub.on_pull_request(hub.checkout(head, depth)).status == 0
    assert rules(hub.on_pull_request(hub.checkout(head, depth), inputs={"base": base})) == ["ML102"]


def test_the_report_for_code_scanning(hub):
    """What counts, with paths of the repository wherever the action looks, and nothing that is suppressed."""
    hub.work.branch("topic")
    hub.work.revision("cccc", text=without_downgrade("cccc", "bbbb"))
    excused = without_downgrade("dddd", "cccc").replace("def downgrade():", "def downgrade():  # miglint: ignore[ML301] so")
    hub.work.revision("dddd", text=excused)
    hub.push()
    job = hub.on_pull_request(hub.checkout(hub.pull_request("topic")), inputs={"working-directory": "migrations"})
    file = Path(job.outputs["sarif"])
    assert (job.status, job.outputs["findings"]) == (1, "1") and file.suffix == ".sarif"
    assert complaints(file, hub.folder) == []
    [result] = json.loads(file.read_text())["runs"][0]["results"]
    assert result["ruleId"] == "ML301"
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "migrations/versions/cccc.py"


def test_code_scanning_hears_of_all_that_the_default_branch_has(hub):
    """The run itself tells what the push brings."""
    hub.work.revision("cccc", text=without_downgrade("cccc", "bbbb"))
    before = hub.push()
    hub.work.revision("dddd", text=without_downgrade("dddd", "cccc"))
    after = hub.push()
    for ref, expected in (("refs/heads/main", ["cccc", "dddd"]), ("refs/heads/topic", [])):
        job = hub.on_push(hub.checkout(after, 0), before, ref)
        assert job.outputs["findings"] == ("1" if expected else "0")
        results = json.loads(Path(job.outputs["sarif"]).read_text())["runs"][0]["results"]
        assert sorted(result["properties"]["revision"] for result in results) == expected


def test_the_step_of_the_readme_that_uploads(hub):
    (text,) = re.findall(r"```yaml\n( +steps:.*?)```", (SOURCES / "README.md").read_text(), re.S)
    _, lint, upload = yaml.safe_load(text)["steps"]
    assert lint["uses"].startswith("miglint/miglint@") and upload["uses"].startswith("github/codeql-action/upload-sarif@")
    named = "steps.%s.outputs." % lint["id"]
    assert upload["with"]["sarif_file"] == "${{ %ssarif }}" % named and named in upload["if"]
    assert "sarif" in hub.runner.definition["outputs"]


def test_two_steps_of_a_job_keep_two_reports(hub):
    checkout = hub.checkout("main")
    files = {hub.on_push(checkout, ZEROS).outputs["sarif"] for _ in range(2)}
    assert len(files) == 2
    assert all(json.loads(Path(file).read_text())["runs"][0]["results"] == [] for file in files)


def test_select_ignore_fail_on(hub):
    hub.work.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    checkout = hub.checkout(hub.push())

    def run(**inputs):
        inputs = {name.replace("_", "-"): value for name, value in inputs.items()}
        job = hub.run(checkout, "workflow_dispatch", inputs=inputs, GITHUB_REF="refs/heads/main")
        return job.status, job.outputs["findings"]

    assert run() == (1, "1")
    assert run(select="ML1, ML9") == run(ignore="missing-downgrade") == (0, "0")
    assert run(fail_on="never") == (0, "1")
    assert run(args="  --ignore\n  ML301 --extend-select=ML111 ") == (0, "0")
    assert run(args="*")[0] == run(args="--ignore 'ML301'")[0] == 2  # no shell reads them


def test_a_round_trip(hub):
    twice = sound_revision("bbbb", "aaaa").replace("def downgrade():", "def downgrade():\n    op.drop_table('t_aaaa')")
    hub.work.revision("bbbb", text=twice)
    checkout = hub.checkout(hub.push())

    def run(where):
        inputs = {"select": "ML8", **({"roundtrip": where} if where else {})}
        return hub.run(checkout, "workflow_dispatch", inputs=inputs, GITHUB_REF="refs/heads/main")

    assert run("").status == run("off").status == 0
    job = run("sqlite")
    assert rules(job) == ["ML803"] and "1 of 2 revisions ok, 1 failed" in job.summary
    job = run("mysql")
    assert job.status == 2 and "'roundtrip' is off, sqlite or postgresql, not 'mysql'" in job.log.annotations[0][2]


def test_a_folder_and_a_configuration(hub):
    hub.work.environment("services/billing/db", "services/billing/billing.ini")
    hub.work.revision("xxxx", folder="services/billing/db", text=without_downgrade("xxxx"))
    hub.work.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    checkout = hub.checkout(hub.push())

    def files(**inputs):
        inputs = {name.replace("_", "-"): value for name, value in inputs.items()}
        job = hub.run(checkout, "workflow_dispatch", inputs=inputs, GITHUB_REF="refs/heads/main")
        return [properties["file"].split("/")[-1] for _, properties, _ in job.log.annotations]

    assert sorted(files()) == ["bbbb.py", "xxxx.py"]
    assert files(working_directory="services/billing") == ["xxxx.py"]
    assert files(working_directory="services", config="billing/billing.ini") == ["xxxx.py"]
    assert files(config="alembic.ini") == ["bbbb.py"]
    job = hub.run(checkout, "push", {"before": ZEROS}, {"working-directory": "nowhere"}, GITHUB_REF="refs/heads/main")
    assert job.status == 2 and "there is no folder 'nowhere'" in job.log.annotations[0][2]


HOSTILE = [
    '"; touch pwned #',
    "'; touch pwned #",
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned",
    "x\ntouch pwned\n",
    "x\n::add-mask::x\n::error::pwned",
    "--upload-pack=touch pwned",
    "--output=pwned",
    "*",
    "a[$(touch pwned)]",
    "${IFS}",
    "ext::sh -c touch% pwned",
]


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("event", ["workflow_dispatch", "schedule"])
def test_hostile_inputs(hub, word, event):
    checkout = hub.checkout(collision(hub), 0)
    for name in hub.runner.definition["inputs"]:
        job = hub.run(checkout, event, inputs={name: word}, GITHUB_REF="refs/heads/main")
        assert {command for command, _, _ in job.log.commands} <= {"error", "warning", "notice"}, name
        titles = {properties.get("title") for _, properties, _ in job.log.commands}
        assert all(title == "miglint" or title.startswith("ML") for title in titles), name


# --- what comes from a pull request is foreign ---------------------------------------------------------------

WORDS = [
    "a\n::error::x",
    "a\r::error::x",
    "::stop-commands::x",
    "::add-mask::a",
    "##[error]x",
    "##[add-mask]a",
    "%0A::error::x",
    "a%25b",
    "`touch pwned`",
    "$(touch pwned)",
    "a|b|c",
    "</details><script>x</script>",
    "@someone #1",
    "\033[2J\033]0;x\a",
    "EOF",
    "heads<<EOF",
    "\"], \"x",
    "\\\"]",
    "\"heads_after_merge\": [\"x\"]",
    "\"errors\": 77",
    "-n",
]


@pytest.mark.parametrize("word", WORDS)
def test_hostile_files_revisions_and_messages(hub, word):
    word = word.replace("/", "∕")
    hub.work.branch("topic")
    text = f"{word!r}\nrevision = {word!r}\ndown_revision = 'bbbb'\nbranch_labels = None\n"
    hub.work.revision("eeee", text=text, name=word)
    hub.work.revision("ffff", text=without_downgrade("ffff", word), name=f"{word}2")
    hub.push(word)
    merge = hub.pull_request("topic")
    hub.work.revision("cccc", "bbbb")
    hub.push()
    checkout = hub.checkout(merge)
    job = hub.on_pull_request(checkout)
    assert job.status == 1
    report = checkout.miglint("--base", "origin/main", "--format", "json").json
    assert len(job.log.commands) == len(report["findings"]) + len(report["unverified"])
    assert {properties["title"].split()[0] for _, properties, _ in job.log.commands} <= (
        {finding["rule"] for finding in report["findings"]} | {"unverified"}
    )
    for _, properties, _ in job.log.annotations:
        assert (checkout / properties["file"]).exists() or "\\x" in properties["file"], properties
    assert job.outputs["findings"] == str(len(report["findings"]))
    assert job.outputs["errors"] == str(report["summary"]["errors"])
    assert json.loads(job.outputs["heads"]) == report["projects"][0]["heads_after_merge"]
    Page(job.summary).assert_silent()
    assert "\033" not in job.out + job.err + job.summary


@pytest.mark.parametrize("word", ["::error::x", "##[error]x", "%25::error::x", "\033[2J", "`touch pwned`", "\r::error::x"])
def test_hostile_words_in_what_miglint_cannot_read(hub, word):
    hub.work.write("alembic.ini", f"[alembic]\nscript_location = %({word})s\n")
    job = hub.on_push(hub.checkout(hub.push()), ZEROS)
    [(command, properties, message)] = job.log.commands
    assert (job.status, command, properties) == (2, "error", {"title": "miglint"})
    assert not {"\033", "\r", "\n"} & set(message)
    assert word in message or {"\033", "\r"} & set(word)
    assert "\033" not in job.out + job.err


@pytest.mark.parametrize("name", ["$(touch${IFS}pwned)", "`touch${IFS}pwned`", "a%0Ab", "a|b", "a;b&&c", "'\"", "@x", "-", "a=b", "é"])
def test_hostile_branch_names(hub, name):
    if name == "-":
        name = "x/-q"
    head = collision(hub)
    hub.work.git("push", "--quiet", "origin", f"main:refs/heads/{name}")
    hub.work.git("push", "--quiet", "origin", "--force", "main~:refs/heads/main")
    job = hub.on_pull_request(hub.checkout(head), name)
    assert rules(job) == ["ML102"]
    Page(job.summary).assert_silent()
    assert f"merged into origin/{name}" in Page(job.summary).title
    job = hub.run(hub.checkout(head), "workflow_dispatch", inputs={"base": name}, GITHUB_REF="refs/heads/x")
    assert rules(job) == ["ML102"]
    job = hub.run(hub.checkout("main"), "schedule", GITHUB_REF="refs/heads/main")
    assert job.status == 0


def test_nothing_of_the_checkout_is_run(hub):
    """Not by git either: hooks and filters of a repository are nobody's but its owner's."""
    hub.work.branch("topic")
    for name in ("migrations/env.py", "sitecustomize.py", "migrations/versions/eeee.py"):
        hub.work.write(name, "open('pwned', 'w')\nrevision = 'eeee'\ndown_revision = 'bbbb'\n")
    hub.work.write(".gitattributes", "* filter=x\n")
    for name in ("git", "miglint", "sed", "bash", "ci/action.sh", ".git-hooks/post-checkout"):
        hub.work.write(name, "#!/bin/sh\ntouch pwned\n").chmod(0o755)
    hub.push()
    checkout = hub.checkout(hub.pull_request("topic"))
    assert hub.on_pull_request(checkout).status in (0, 1)


# --- the program ----------------------------------------------------------------------------------------------


def test_a_program_that_is_not_there(hub):
    job = hub.run(hub.checkout("main"), "push", {"before": ZEROS}, {"miglint": "no-such-program"})
    [(command, _, message)] = job.log.annotations
    assert (job.status, command, job.ran) == (2, "error", ["Look for miglint"])
    assert "there is no program 'no-such-program'" in message


def test_a_folder_that_is_no_clone(hub):
    hub.work.path.joinpath(".git").rename(hub.folder / "git")
    job = hub.run(hub.work, "push", {"before": ZEROS}, GITHUB_REF="refs/heads/main")
    assert job.status == 2 and "actions/checkout" in job.log.annotations[0][2]


def test_it_is_built_once(hub):
    action = without_release(copy_of_sources(hub.folder / "action", grammars=True))
    runner, cache = hub.runner_of(action), {}
    checkout = hub.checkout(collision(hub))
    job = hub.on_pull_request(checkout, runner=runner, inputs={"miglint": ""}, cache=cache)
    assert job.ran == ["Look for miglint", "Get miglint", "Run miglint"]
    assert [name for name, _ in job.used] == ["actions/cache/restore", "actions/cache/save"]
    assert (job.status, rules(job)) == (1, ["ML102"])

    # It runs by itself, and what is kept is all that it takes.
    [(_, kept)] = {name: given for name, given in job.used if "save" in name}.items()
    assert sorted(os.listdir(kept["path"])) == ["lib", "miglint"]
    linked = subprocess.run(["ldd", Path(kept["path"]) / "miglint"], capture_output=True, text=True, check=True).stdout
    for library in ("libgit2", "libglib-2.0", "libcjson", "libpcre2-8"):
        assert f"{kept['path']}/lib/{library}" in linked, linked

    again = hub.on_pull_request(hub.checkout("refs/pull/1/merge"), runner=runner, inputs={"miglint": ""}, cache=cache)
    assert [name for name, _ in again.used] == ["actions/cache/restore"]
    assert "a build of miglint is there already" in again.log.text
    first, second = ({**one.outputs, "sarif": Path(one.outputs["sarif"]).read_text()} for one in (job, again))
    assert (again.status, second) == (job.status, first)


@pytest.mark.parametrize("name", ["src/cli/main.c", "ci/grammars/package-lock.json", "README.md"])
def test_another_source_is_another_build(hub, name):
    action = copy_of_sources(hub.folder / "action")
    keys = []
    for _ in range(2):
        with open(action / name, "a") as file:
            file.write("\n")
        environment = {**VARIABLES, "INPUT_MIGLINT": "", "RUNNER_TEMP": "/x", "GITHUB_OUTPUT": str(hub.folder / "out")}
        subprocess.run([action / "ci" / "action.sh", "find"], env=environment, check=True)
        keys.append((hub.folder / "out").read_text())
        (hub.folder / "out").unlink()
    lines = [[line for line in key.split("\n") if line.startswith("miglint-")] for key in keys]
    assert lines[0] and (lines[0] == lines[1]) == (name == "README.md")
