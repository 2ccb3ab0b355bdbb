"""--format gitlab, by what GitLab documents of Code Quality reports, and what its parser asks for."""

import jsonschema
from repository import Folder, Repository, sound_revision, without_downgrade

# GitLab takes no entry, and none of those behind it, that is otherwise.
REPORT = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "pattern": "^ML[0-9]+$"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    # Relative to the repository, and not begun by "./".
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
SEVERITIES = {"note": "info", "warning": "major", "error": "critical"}


def report(folder, *arguments):
    """The report, and the findings of JSON that count."""
    entries = folder.miglint("--format", "gitlab", *arguments).json
    jsonschema.validate(entries, REPORT)
    fingerprints = [entry["fingerprint"] for entry in entries]
    # Of several with one fingerprint GitLab shows the first.
    assert len(set(fingerprints)) == len(fingerprints)
    findings = folder.miglint("--format", "json", *arguments).findings
    return entries, [finding for finding in findings if finding["suppressed"] is None]


def make(path):
    folder = Repository(path).environment()
    folder.revision("aaaa", text=sound_revision("aaaa").replace("Revises: ", "Revises: 0000"))
    folder.revision("bbbb", ["aaaa", "gone"])
    folder.write("migrations/script.py.mako", "def upgrade():\n    pass\n")
    return folder


def test_an_entry_says_what_json_says(tmp_path):
    entries, findings = report(make(tmp_path))
    assert {finding["severity"] for finding in findings} == set(SEVERITIES)
    assert any(finding["line"] is None for finding in findings)
    for entry, finding in zip(entries, findings, strict=True):
        assert entry == {
            "check_name": finding["rule"],
            "description": finding["message"],
            "fingerprint": finding["fingerprint"],
            "severity": SEVERITIES[finding["severity"]],
            "location": {"path": finding["path"], "lines": {"begin": finding["line"] or 1}},
        }


def test_nothing_found_is_an_empty_list(tmp_path):
    folder = Folder(tmp_path).environment()
    folder.revision("aaaa")
    assert report(folder) == ([], [])


def test_paths_are_the_repositorys_wherever_one_stands(tmp_path):
    folder = make(tmp_path)
    assert report(folder, "-C", "migrations/versions") == report(folder)


def test_what_is_suppressed_is_left_out(tmp_path):
    folder = make(tmp_path)
    folder.write("miglint.toml", '[per-path-ignores]\n"*" = ["ML110"]\n')
    entries, findings = report(folder)
    assert entries and "ML110" not in [entry["check_name"] for entry in entries]
    assert len(folder.miglint("--format", "json").findings) > len(findings) == len(entries)


def test_hostile_names(tmp_path):
    folder = Folder(tmp_path).environment()
    names = ['"', "\\", "a\nb", "\x1b[2J", "\u202e", "é日🎉", "%0A", "]]>", "{0}"]
    for number, name in enumerate(names):
        folder.revision(f"a{number}", name=name, text=without_downgrade(f"a{number}"))
    with open(str(tmp_path).encode() + b"/migrations/versions/\xff.py", "w", encoding="utf-8") as file:
        file.write(without_downgrade("b"))
    entries, _ = report(folder, "--select", "ML301")
    paths = sorted(entry["location"]["path"] for entry in entries)
    assert paths == sorted(f"migrations/versions/{name}.py" for name in [*names, "\ufffd"])
