"""--format sarif, as the standard and GitHub's code scanning read it."""

import json
import os
from urllib.parse import unquote_to_bytes

from repository import Folder, Repository, is_raw, place, sound_revision, without_downgrade
from sarif import complaints, read_message

LEVELS = {"error", "warning", "note"}


def make(path):
    """An environment with several heads, a revision that has no way back, and one that only Python can tell."""
    folder = Repository(path).environment()
    folder.revision("aaaa")
    folder.revision("bbbb", text=sound_revision("bbbb", "aaaa").replace("Revises: aaaa", "Revises: 0000"))
    folder.revision("cccc", text=without_downgrade("cccc", "aaaa"))
    folder.revision("dddd", text="import os\nrevision = 'dddd'\ndown_revision = 'bbbb'\ndepends_on = os.environ['X']\n")
    return folder


def report(folder, *arguments):
    """The only run of a report that its readers have nothing to say against, and the same as JSON."""
    file = folder / "report.sarif"
    run = folder.miglint("--format", "json", "--format", f"sarif={file}", *arguments)
    text = file.read_text()
    file.unlink()
    assert not any(is_raw(character) for character in text.replace("\t", ""))
    beside = Folder(folder.path.parent / "readers")
    assert complaints(beside.write("report.sarif", text), beside.path) == []
    [sarif] = json.loads(text)["runs"]
    return sarif, run.json


def uri_of(location):
    artifact = location["physicalLocation"]["artifactLocation"]
    assert artifact["uriBaseId"] == "%SRCROOT%"
    return unquote_to_bytes(artifact["uri"])


# --- what it says -------------------------------------------------------------------


def test_the_readers_complain_of_what_is_wrong(tmp_path):
    folder = make(tmp_path / "work")
    sarif, _ = report(folder)
    bad = {
        "level": lambda result: result.update(level="bad"),
        "a property that there is not": lambda result: result.update(extra=1),
        "no message": lambda result: result.pop("message"),
        "an end before its start": lambda result: result["locations"][0]["physicalLocation"]["region"].update(endLine=1, startLine=9),
        "a path that is no URI": lambda result: result["locations"][0]["physicalLocation"]["artifactLocation"].update(uri="a b"),
    }
    for name, spoil in bad.items():
        log = {"version": "2.1.0", "runs": [json.loads(json.dumps(sarif))]}
        spoil(log["runs"][0]["results"][0])
        assert complaints(Folder(tmp_path / "bad").write("bad.sarif", json.dumps(log)), tmp_path), name


def test_it_says_what_json_says(tmp_path):
    sarif, expected = report(make(tmp_path / "work"))
    assert len(sarif["results"]) == len(expected["findings"]) > 2
    rules = sarif["tool"]["driver"]["rules"]
    for result, finding in zip(sarif["results"], expected["findings"]):
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"] == finding["rule"]
        assert result["level"] == finding["severity"] in LEVELS
        [location] = result["locations"]
        assert uri_of(location).decode() == finding["path"]
        region = location["physicalLocation"]["region"]
        assert tuple(region[key] for key in ("startLine", "startColumn", "endLine", "endColumn")) == place(finding)
        assert result["partialFingerprints"] == {"miglintFinding/v1": finding["fingerprint"]}
        assert result["suppressions"] == []
        assert result["properties"] == {"project": "migrations", "revision": finding["revision"]}
    assert sarif["columnKind"] == "unicodeCodePoints"
    assert sarif["invocations"][0]["executionSuccessful"] is True


def test_related_places_are_linked(tmp_path):
    sarif, expected = report(make(tmp_path / "work"))
    related = 0
    for result, finding in zip(sarif["results"], expected["findings"]):
        shown, links = read_message(result["message"]["text"])
        lines = [f"{one['path']}:{one['line']}: {one['message']}" for one in finding["related"]]
        assert shown == "\n".join([finding["message"], *lines, *([f"help: {finding['help']}"] if finding["help"] else [])])
        for number, (one, link, location) in enumerate(zip(finding["related"], links, result["relatedLocations"], strict=True), 1):
            assert link == (f"{one['path']}:{one['line']}", str(number)) and location["id"] == number
            assert uri_of(location).decode() == one["path"]
            assert location["physicalLocation"]["region"] == {"startLine": one["line"]}
            assert read_message(location["message"]["text"])[0] == one["message"]
            related += 1
    assert related >= 3


def test_every_rule_is_described(tmp_path):
    folder = make(tmp_path / "work")
    sarif, _ = report(folder)
    rules = {rule["id"]: rule for rule in sarif["tool"]["driver"]["rules"]}
    listed = [line.split(None, 3) for line in folder.miglint("rules").out.splitlines()]
    assert [code for code, *_ in listed] == list(rules)
    for code, name, severity, summary in listed:
        rule = rules[code]
        assert (rule["name"], rule["shortDescription"]["text"]) == (name, summary.removesuffix(" (off)"))
        configuration = rule["defaultConfiguration"]
        assert configuration == {"enabled": not summary.endswith(" (off)"), "level": severity}
        assert rule["helpUri"].endswith(f"/docs/rules.md#{code.lower()}-{name}")
        assert "```" in rule["help"]["markdown"] and rule["help"]["text"].startswith(rule["fullDescription"]["text"])
        # What GitHub cuts off.
        assert len(rule["shortDescription"]["text"]) <= 1024 and len(rule["fullDescription"]["text"]) <= 1024


def test_a_whole_file_is_its_first_line(tmp_path):
    folder = Folder(tmp_path / "work").environment()
    folder.revision("aaaa")
    folder.write("migrations/script.py.mako", "def upgrade():\n    pass\n")
    sarif, expected = report(folder)
    [index] = [i for i, finding in enumerate(expected["findings"]) if finding["rule"] == "ML904"]
    assert expected["findings"][index]["line"] is None
    assert sarif["results"][index]["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_nothing_found(tmp_path):
    folder = Repository(tmp_path / "work").environment()
    folder.revision("aaaa")
    sarif, _ = report(folder)
    assert sarif["results"] == []


# --- from run to run ------------------------------------------------------------------


def test_fingerprints_survive_moved_lines(tmp_path):
    folder = make(tmp_path / "work")
    before, _ = report(folder)
    for file in (folder / "migrations/versions").iterdir():
        file.write_text("# a line\n\n# and another\n" + file.read_text())
    after, _ = report(folder)

    def prints(sarif):
        return [result["partialFingerprints"]["miglintFinding/v1"] for result in sarif["results"]]

    def lines(sarif):
        return [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in sarif["results"]]

    assert prints(before) == prints(after) and len(set(prints(before))) == len(prints(before))
    assert lines(after) == [line + 3 for line in lines(before)]


def test_it_is_the_same_wherever_it_is_made(tmp_path):
    here = make(tmp_path / "here")
    commit = here.commit()
    there = Repository(tmp_path / "elsewhere" / "there")
    there.git("pull", "--quiet", str(here.path), "main")
    bare = here.bare_clone(tmp_path / "bare.git")
    expected = here.miglint("--format", "sarif", "--commit", commit).out
    assert expected == there.miglint("--format", "sarif").out
    assert expected == there.miglint("--format", "sarif", "-C", "migrations").out
    assert expected == there.miglint("--format", "sarif", "--git-dir", bare).out
    assert str(tmp_path) not in expected


# --- what is not a result -------------------------------------------------------------------


def test_what_is_suppressed_says_so(tmp_path):
    folder = make(tmp_path / "work")
    file = folder / "migrations/versions/cccc.py"
    file.write_text(file.read_text().replace("def downgrade():", "def downgrade():  # miglint: ignore[ML301] it {is} so"))
    folder.write("miglint.toml", '[per-path-ignores]\n"migrations/versions/*" = ["ML101"]\n')
    sarif, expected = report(folder)
    said = {result["ruleId"]: result["suppressions"] for result in sarif["results"]}
    assert said["ML301"] == [{"kind": "inSource", "justification": "it {is} so"}]
    assert said["ML101"] == [{"kind": "external", "justification": "per-path-ignores of miglint.toml:2"}]
    assert {f["rule"]: f["suppressed"]["kind"] for f in expected["findings"] if f["suppressed"]} == {"ML301": "line", "ML101": "settings"}


def test_a_baseline_is_outside_of_the_source(tmp_path):
    folder = make(tmp_path / "work")
    folder.miglint("--write-baseline", str(tmp_path / "baseline.json"))
    sarif, _ = report(folder, "--baseline", str(tmp_path / "baseline.json"))
    assert sarif["results"] and all(result["suppressions"] == [{"kind": "external"}] for result in sarif["results"])


def test_quiet_leaves_findings_alone(tmp_path):
    folder = make(tmp_path / "work")
    file = folder / "migrations/versions/cccc.py"
    file.write_text(file.read_text().replace("def downgrade():", "def downgrade():  # miglint: ignore[ML301]"))
    loud, expected = report(folder)
    quiet, _ = report(folder, "--quiet")
    suppressed = [finding["suppressed"] is not None for finding in expected["findings"]]
    assert any(suppressed)
    assert quiet["results"] == [result for result, is_gone in zip(loud["results"], suppressed) if not is_gone]
    assert loud["invocations"][0]["toolExecutionNotifications"]
    assert quiet["invocations"][0]["toolExecutionNotifications"] == []


def test_what_could_not_be_judged_is_a_notification(tmp_path):
    sarif, expected = report(make(tmp_path / "work"))
    told = sarif["invocations"][0]["toolExecutionNotifications"]
    assert len(told) == len(expected["unverified"]) > 0
    for one, unverified in zip(told, expected["unverified"]):
        assert one["descriptor"]["id"] in [kind["id"] for kind in sarif["tool"]["driver"]["notifications"]]
        assert one["level"] == "note"
        assert read_message(one["message"]["text"])[0] == f"{unverified['what']}: {unverified['why']}"
        assert uri_of(one["locations"][0]).decode() == unverified["path"]
        assert one["locations"][0]["physicalLocation"]["region"]["startLine"] == (unverified["line"] or 1)


def test_each_commit_says_which_it_was(tmp_path):
    folder = Repository(tmp_path / "work").environment()
    folder.revision("aaaa")
    start = folder.commit()
    folder.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    commit = folder.commit()
    sarif, _ = report(folder, "--commits", f"{start}..HEAD")
    assert {result["properties"]["commit"] for result in sarif["results"]} == {commit}


# --- hostile names ---------------------------------------------------------------------------

NAMES = [
    b"a b", b"100%", b"%2e%2E", b'"quotes"', b"a:b", b"http:x", b"a?b#c", b"[a](b)", b"{0}", b"<b>&amp;", b"a\nb", b"\x1b[2J",
    b"\xe2\x80\xaex", b"\xff\xfe", b"\xc3\xa9\xe6\x97\xa5\xf0\x9f\x8e\x89", b"]]>", b"back\\slash", b"~+,;=@!$'()*",
]  # fmt: skip


def test_hostile_file_names_are_uris(tmp_path):
    folder = Repository(tmp_path / "work").environment()
    folder.revision("aaaa")
    paths = {f"b{number}": b"migrations/versions/" + name + b".py" for number, name in enumerate(NAMES)}
    for revision, path in paths.items():
        with open(os.fsencode(folder.path) + b"/" + path, "w", encoding="utf-8") as file:
            file.write(without_downgrade(revision, "aaaa"))
    sarif, _ = report(folder)
    results = {result["properties"]["revision"]: result for result in sarif["results"] if result["ruleId"] == "ML301"}
    assert results.keys() == paths.keys()
    for revision, path in paths.items():
        result = results[revision]
        assert uri_of(result["locations"][0]) == path
        assert {uri_of(location) for location in result["relatedLocations"]} == {path}
        _, links = read_message(result["message"]["text"])
        assert [target for _, target in links] == ["1"]
        assert links[0][0].rsplit(":", 1)[0] == path.decode(errors="replace")


WORDS = [
    "{0}", "{", "}}", "[x](1)", "[x](http://example.org)", "\\[x\\](1)", "x](1)", "[", "]", "](", "%SRCROOT%", '"', "\\",
    "a\nb", "\U0001f389", "\u202e\x1b[0m",
]  # fmt: skip


def test_hostile_words_are_neither_arguments_nor_links(tmp_path):
    folder = Repository(tmp_path / "work").environment()
    folder.revision("aaaa")
    for number, word in enumerate(WORDS):
        folder.revision(f"b{number}", text=f"revision = 'b{number}'\ndown_revision = {word!r}\n")
    sarif, expected = report(folder)
    said = {finding["revision"]: index for index, finding in enumerate(expected["findings"]) if finding["rule"] == "ML103"}
    for number, word in enumerate(WORDS):
        finding, result = (found[said[f"b{number}"]] for found in (expected["findings"], sarif["results"]))
        assert word in finding["message"]
        shown, links = read_message(result["message"]["text"])
        # What would end a link is escaped, and nothing tells that backslash from one of the word's own.
        assert shown.replace("\\]", "]").startswith(finding["message"].replace("\\]", "]"))
        assert [target for _, target in links] == [str(i + 1) for i, one in enumerate(finding["related"]) if one["path"]]


def test_a_path_that_cannot_be_written_is_one_line(tmp_path):
    folder = make(tmp_path / "work")
    for name in ("sarif", "gitlab", "junit"):
        assert folder.miglint("--format", f"{name}=no/such/folder").complaint() == (
            "cannot write no/such/folder: No such file or directory"
        )
