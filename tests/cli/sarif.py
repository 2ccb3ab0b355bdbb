"""
SARIF read by others: the schema of the standard, and Microsoft's validator with
the standard's own rules and GitHub's. What messages mean, which neither looks
into, is read here by section 3.11 of the standard.
"""

import json
import os
import re
import subprocess

import jsonschema
from repository import SOURCES

TOOL = SOURCES / "ci/readers/node_modules/@microsoft/sarif-multitool-linux"
VALIDATOR = jsonschema.Draft7Validator(
    json.loads((TOOL / "sarif-2.1.0.json").read_text()), format_checker=jsonschema.FormatChecker()
)

# It would ask the network for every address.
SETTINGS = {"SARIF2006.UrisShouldBeReachable.Options": {"RuleEnabled": "Disabled"}}


def complaints(file, folder):
    """What is wrong with a file, notes aside."""
    found = [error.message for error in VALIDATOR.iter_errors(json.loads(file.read_text()))]
    settings, report = folder / "validator.json", folder / "validated.sarif"
    settings.write_text(json.dumps(SETTINGS))
    run = subprocess.run(
        [TOOL / "Sarif.Multitool", "validate", file, "--config", settings, "--output", report]
        + ["--log", "ForceOverwrite", "--rule-kind", "Sarif;Ghas"],
        env={"PATH": os.environ["PATH"], "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    if run.returncode != 0 or "Analysis completed successfully." not in run.stdout:
        return [*found, run.stdout + run.stderr]
    results = json.loads(report.read_text(encoding="utf-8-sig"))["runs"][0].get("results", [])
    return found + [f"{one['ruleId']} {one['message']}" for one in results if one.get("level", "warning") != "note"]


LINK = re.compile(r"\[((?:[^][\\]|\\[][\\])*)\]\(([^()]*)\)")


def read_message(text):
    """What a viewer shows, and the links in it as (words, target)."""
    assert not re.search(r"(?<!{)({{)*{(?!{)", text), text
    text, links = text.replace("{{", "{").replace("}}", "}"), []

    def words(match):
        links.append((re.sub(r"\\([][\\])", r"\1", match[1]), match[2]))
        return links[-1][0]

    return LINK.sub(words, text).replace("\\]", "]"), links
