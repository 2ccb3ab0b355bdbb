"""
The examples of README.md and docs/reports.md: what miglint prints in the shop.
`MIGLINT=build/miglint python3 tests/cli/readme.py` writes them anew; a test compares.

In a fence whose first line is "$ miglint ...", the rest is what that prints. What a
comment "<!-- miglint ... -->" precedes is all of it.
"""

import json
import re
import shlex
import tempfile

from repository import SOURCES
from shop import Shop

FENCE = re.compile(r"(?<=```\n)(?P<line>\$ miglint(?P<words>.*)\n)(?:.*\n)*?(?=```$)", re.M)
COMMENT = re.compile(r"(?P<line><!-- miglint(?P<words> .*) -->\n```\w+\n)(?:.*\n)*?(?=```$)", re.M)

# The parts of the README on SQL and on the round trip have tests of their own, on revisions of their own.
ELSEWHERE = re.compile(r" sql |NOT RENDERED|^ --roundtrip$")

REPORTS = """# Reports

What `miglint --base main` says of the branch in the README, in each of its formats. A report is written to a file by `--format NAME=FILE`, and several can be had at once.
"""
FORMATS = [
    ("text", "text", "For people: the place, the line, and what to do."),
    ("github", "text", "Annotations on the lines of a pull request, as the runner reads them out of the log."),
    ("gitlab", "json", "GitLab's Code Quality."),
    ("junit", "xml", "JUnit's XML: a case a revision that the branch brings, and one for the environment."),
    ("markdown", "markdown", "For a comment or a summary; GitHub and GitLab draw the diagram."),
    ("sarif", "json", "SARIF 2.1.0, for code scanning and editors. The rules, of which the file has all, are left out here."),
    ("json", "json", "All there is, for programs."),
]


def steady(text):
    """Without what differs from one making of the shop to the next: commits, and days."""
    revisions = r"(?!5d02a91c7f36|8b71e4d0c295|c3f8067b19ad|e96a2d58f014|7a40d9c2e815|b62f07e9d3a1)"
    text = re.sub(rf"\b{revisions}(?:[0-9a-f]{{40}}|[0-9a-f]{{12}}|[0-9a-f]{{7}})\b", "COMMIT", text)
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", "DAY", text)


def output(shop, words):
    run = shop.miglint(*shlex.split(words))
    assert run.status in (0, 1), run.err
    return run.out


def readme(shop, text):
    fill = lambda match: match[0] if ELSEWHERE.search(match["words"]) else match["line"] + output(shop, match["words"])
    return COMMENT.sub(fill, FENCE.sub(fill, text))


def report(shop, name):
    out = output(shop, f"--base main --format {name}")
    if name == "sarif":
        whole = json.loads(out)
        whole["runs"][0]["tool"]["driver"]["rules"] = ["..."]
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    return out.replace("\t", "  ") if name in ("json", "gitlab") else out


def reports(shop):
    parts = [REPORTS]
    for name, language, about in FORMATS:
        parts.append(f"\n## {name}\n\n{about}\n\n````{language}\n{report(shop, name)}````\n")
    return "".join(parts)


def written(shop):
    """{file: what it should hold}"""
    file = SOURCES / "README.md"
    return {file: readme(shop, file.read_text()), SOURCES / "docs/reports.md": reports(shop)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for file, text in written(Shop(f"{folder}/shop")).items():
            if not file.exists() or steady(file.read_text()) != steady(text):
                file.write_text(text)
