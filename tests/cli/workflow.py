"""
GitHub's side of an action: what the runner reads out of a log and out of the
files that it gives to a step, and composite actions, run step by step. Of the
expressions only what action.yml needs is known; anything else is an error.
"""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import yaml


# --- commands in a log -----------------------------------------------------------------


def unescape(text, escapes):
    # %25 comes last: what it gives may look like another escape.
    for escape, character in escapes:
        text = text.replace(escape, character)
    return text.replace("%25", "%")


def parse(line):
    """A workflow command as (command, properties, message)."""
    assert line.startswith("::"), line
    head, separator, message = line[2:].partition("::")
    assert separator, line
    command, _, listed = head.partition(" ")
    properties = {}
    for pair in listed.split(",") if listed else []:
        name, equals, value = pair.partition("=")
        assert equals and name not in properties, line
        properties[name] = unescape(value, (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")))
    return command, properties, unescape(message, (("%0D", "\r"), ("%0A", "\n")))


class Log:
    """What the runner takes for commands, in the new form and in the old, and what for text."""

    OLD = re.compile(r"##\[([\w-]+)[^\]]*\]")

    def __init__(self, text):
        self.commands, self.text, stopped = [], [], None
        for line in re.split(r"\r\n|\r|\n", text):
            if stopped is not None:
                if line.strip() == f"::{stopped}::":
                    stopped = None
                else:
                    self.text.append(line)
            elif line.lstrip().startswith("::"):
                command = parse(line.lstrip())
                if command[0] == "stop-commands":
                    stopped = command[2]
                    assert re.fullmatch(r"[0-9a-f]{32}", stopped)
                else:
                    self.commands.append(command)
            elif self.OLD.search(line):
                self.commands.append((self.OLD.search(line)[1], {}, line))
            else:
                self.text.append(line)
        assert stopped is None, "the log ends before it is told to go on"

    @property
    def annotations(self):
        return [command for command in self.commands if command[0] in ("error", "warning", "notice")]


def read_pairs(text):
    """GITHUB_OUTPUT and GITHUB_ENV: NAME=VALUE, or NAME<<END, lines, and END."""
    pairs, lines = {}, iter(text.split("\n"))
    for line in lines:
        if line == "":
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, end = line.split("<<", 1)
            value = []
            for inner in lines:
                if inner == end:
                    break
                value.append(inner)
            else:
                raise AssertionError(f"no line {end} ends the value of {name}")
            pairs[name] = "\n".join(value)
        else:
            assert equals > 0, line
            pairs[line[:equals]] = line[equals + 1 :]
    return pairs


# --- expressions -----------------------------------------------------------------------------


def look_up(path, contexts):
    assert re.fullmatch(r"\w+(\.[\w-]+)*", path), path
    value = contexts
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return "" if value is None else value


def substitute(text, contexts):
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda match: str(look_up(match[1], contexts)), text)


def holds(condition, contexts):
    for comparison in condition.split(" && "):
        match = re.fullmatch(r"([\w.-]+) (==|!=) '([^']*)'", comparison)
        assert match, comparison
        if (look_up(match[1], contexts) == match[3]) != (match[2] == "=="):
            return False
    return True


# --- a composite action ------------------------------------------------------------------------


class Job:
    """What came of the action in a job."""

    def __init__(self):
        self.status, self.out, self.err, self.summary = 0, "", "", ""
        self.ran, self.used, self.outputs = [], [], {}

    @property
    def log(self):
        # The runner reads both streams.
        return Log(self.out + self.err)


class Runner:
    def __init__(self, action, folder, variables):
        self.folder, self.variables = Path(folder), dict(variables)
        self.action = Path(action)
        self.definition = yaml.safe_load((self.action / "action.yml").read_text())
        assert self.definition["runs"]["using"] == "composite"
        for name in ("temp", "tools"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def run(self, workspace, event_name, event, inputs=None, cache=None, **variables):
        """
        `variables` are those that GitHub sets for the event; `cache` maps the keys
        of actions/cache to whether they are there, and learns what is saved.
        """
        job, inputs = Job(), inputs or {}
        unknown = set(inputs) - set(self.definition["inputs"])
        assert not unknown, unknown
        event_path = self.folder / "event.json"
        event_path.write_text(json.dumps(event))
        defaults = {name: one.get("default", "") for name, one in self.definition["inputs"].items()}
        contexts = {"inputs": {**defaults, **inputs}, "github": {"event": event, "event_name": event_name}, "steps": {}}
        environment = {
            **self.variables,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_EVENT_NAME": event_name,
            "GITHUB_EVENT_PATH": str(event_path),
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_BASE_REF": "",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.folder / "temp"),
            "RUNNER_TOOL_CACHE": str(self.folder / "tools"),
            **variables,
        }
        for step in self.definition["runs"]["steps"]:
            if job.status == 0 and ("if" not in step or holds(step["if"], contexts)):
                outputs = (self.use if "uses" in step else self.step)(job, step, contexts, environment, {} if cache is None else cache)
                contexts["steps"][step.get("id")] = {"outputs": outputs}
        job.outputs = {
            name: substitute(one["value"], contexts) for name, one in self.definition["outputs"].items()
        }
        return job

    def step(self, job, step, contexts, environment, _):
        assert set(step) <= {"name", "id", "if", "shell", "run", "env"}, step
        assert step["shell"] == "bash"
        own = {name: substitute(value, contexts) for name, value in step.get("env", {}).items()}
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            files = {
                name: Path(folder) / name.lower()
                for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")
            }
            for file in files.values():
                file.touch()
            script = Path(folder) / "step.sh"
            script.write_text(substitute(step["run"], contexts))
            run = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                cwd=environment["GITHUB_WORKSPACE"],
                env={**environment, **{name: str(file) for name, file in files.items()}, **own},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=580,
            )
            job.ran.append(step["name"])
            job.status = run.returncode
            job.out += run.stdout.decode()
            job.err += run.stderr.decode()
            job.summary += files["GITHUB_STEP_SUMMARY"].read_text()
            assert files["GITHUB_ENV"].read_text() == files["GITHUB_PATH"].read_text() == ""
            return read_pairs(files["GITHUB_OUTPUT"].read_text())

    def use(self, job, step, contexts, environment, cache):
        """An action of somebody else's: of those only the two halves of actions/cache are known."""
        given = {name: substitute(value, contexts) for name, value in step["with"].items()}
        job.used.append((step["uses"].split("@")[0], given))
        assert set(given) == {"path", "key"} and all(given.values())
        if step["uses"].startswith("actions/cache/restore@"):
            return {"cache-hit": "true" if given["key"] in cache else ""}
        assert step["uses"].startswith("actions/cache/save@"), step
        assert os.listdir(given["path"])
        cache[given["key"]] = True
        return {}
