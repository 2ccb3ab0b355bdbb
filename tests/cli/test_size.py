"""What is too large is left out, and it is said so."""

import json
import os
import subprocess

FILE = 15 * 1024 * 1024


def test_files_over_the_limit_in_all(tmp_path):
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "migrations" / "env.py").touch()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    comment = "#" + "x" * (FILE - 100) + "\n"
    parent = None
    for name in "abcde":
        header = f"revision = {name!r}\ndown_revision = {parent!r}\n"
        (versions / f"{name}.py").write_text(header + comment)
        parent = name
    done = subprocess.run(
        [os.environ["MIGLINT"], "--select", "ML001", "--format", "json", tmp_path],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, "")
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["path"] == "migrations/versions/e.py"
    assert "64 MB in all" in finding["message"]
