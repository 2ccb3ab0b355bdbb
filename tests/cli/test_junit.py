"""--format junit, read by junitparser and by Python's XML parser."""

import os
import xml.etree.ElementTree

import pytest
from junitparser import Failure, JUnitXml, Skipped
from repository import Folder, Repository, sound_revision, without_downgrade

UNKNOWN = "import os\nrevision = {!r}\ndown_revision = {!r}\ndepends_on = os.environ['X']\n"


def report(folder, *arguments):
    """The cases by suite and name, and the findings of JSON that count."""
    file = folder / "report.xml"
    run = folder.miglint("--format", "json", "--format", f"junit={file}", *arguments)
    suites = JUnitXml.fromfile(str(file))
    file.unlink()
    cases = {(suite.name, case.name): case for suite in suites for case in suite}
    assert all(case.classname == suite for (suite, _), case in cases.items())
    assert len(cases) == suites.tests == sum(suite.tests for suite in suites)
    assert suites.failures == len(failed(cases)) and suites.skipped == len(skipped(cases)) and suites.errors == 0
    for suite in suites:
        own = {key: case for key, case in cases.items() if key[0] == suite.name}
        assert (suite.failures, suite.skipped, suite.errors) == (len(failed(own)), len(skipped(own)), 0)
    return cases, [finding for finding in run.findings if finding["suppressed"] is None]


def failed(cases):
    return [name for (_, name), case in cases.items() if any(isinstance(one, Failure) for one in case.result)]


def skipped(cases):
    return [name for (_, name), case in cases.items() if any(isinstance(one, Skipped) for one in case.result)]


def path_of(revision, folder="migrations"):
    return f"{folder}/versions/{revision}.py"


def lines_of(finding):
    """As the text report has them."""
    place = finding["path"] + "".join(f":{finding[key]}" for key in ("line", "column") if finding[key])
    yield f"{place}: {finding['severity']}: {finding['message']} [{finding['rule']} {finding['name']}]"
    for related in finding["related"]:
        yield f"= {related['path']}:{related['line']}: {related['message']}"
    yield from (f"help: {finding['help']}" if finding["help"] else "").splitlines()


# --- what is a case ----------------------------------------------------------------


def test_a_case_is_a_revision_and_one_the_environment(tmp_path):
    folder = Repository(tmp_path).environment()
    folder.revision("aaaa")
    folder.revision("bbbb", "aaaa")
    cases, findings = report(folder)
    assert findings == []
    assert list(cases) == [("migrations", name) for name in ("environment", path_of("aaaa"), path_of("bbbb"))]
    assert all(case.result == [] and case.system_out is None for case in cases.values())


def test_what_a_revision_is_blamed_for_is_one_failure(tmp_path):
    folder = Repository(tmp_path).environment()
    folder.revision("aaaa")
    stale = without_downgrade("bbbb", "aaaa").replace("Revises: aaaa", "Revises: 0000")
    folder.revision("bbbb", text=stale)
    folder.revision("cccc", "aaaa")
    cases, findings = report(folder)
    assert failed(cases) == [path_of("bbbb"), path_of("cccc")]
    for name in failed(cases):
        own = [finding for finding in findings if finding["path"] == name]
        own.sort(key=lambda finding: ["error", "warning", "note"].index(finding["severity"]))
        case = cases["migrations", name]
        [failure] = case.result
        assert (failure.type, failure.message) == (own[0]["rule"], own[0]["message"])
        assert failure.text.splitlines() == [line for finding in own for line in lines_of(finding)]
        assert case.system_out is None
        assert case._elem.get("file") == name
    assert [finding["severity"] for finding in findings if finding["path"] == path_of("bbbb")] == ["note", "error"]


def test_what_concerns_no_revision_is_of_the_environment(tmp_path):
    folder = Repository(tmp_path).environment()
    folder.revision("aaaa")
    folder.write("migrations/script.py.mako", "def upgrade():\n    pass\n")
    cases, [finding] = report(folder)
    assert (finding["rule"], finding["severity"]) == ("ML904", "warning")
    environment = cases["migrations", "environment"]
    assert environment.result == [] and environment.system_out.splitlines() == list(lines_of(finding))
    assert failed(report(folder, "--fail-on", "warning")[0]) == ["environment"]


@pytest.mark.parametrize("level, failing", [("error", 1), ("warning", 2), ("note", 3), ("never", 0)])
def test_a_case_fails_where_the_run_does(tmp_path, level, failing):
    folder = Repository(tmp_path).environment()
    folder.revision("aaaa", text=without_downgrade("aaaa"))
    folder.revision("bbbb", text=sound_revision("bbbb", "aaaa").replace("Revises: aaaa", "Revises: 0000"))
    folder.revision("cccc", ["bbbb", "aaaa"])
    cases, findings = report(folder, "--fail-on", level)
    assert sorted(finding["severity"] for finding in findings) == ["error", "note", "warning"]
    assert len(failed(cases)) == failing
    said = "".join((case.result[0].text if case.result else case.system_out or "") for case in cases.values())
    assert all(line in said.splitlines() for finding in findings for line in lines_of(finding))
    assert folder.miglint("--fail-on", level).status == (1 if failing else 0)


def test_what_could_not_be_judged_is_skipped(tmp_path):
    folder = Repository(tmp_path).environment()
    folder.revision("aaaa")
    folder.revision("bbbb", text=UNKNOWN.format("bbbb", "aaaa"))
    cases, _ = report(folder)
    assert skipped(cases) == [path_of("bbbb")]
    [result] = cases["migrations", path_of("bbbb")].result
    [unverified] = folder.miglint("--format", "json").json["unverified"]
    assert result.text == f"{path_of('bbbb')}:4: unverified: {unverified['what']}: {unverified['why']}\n"
    assert skipped(report(folder, "--quiet")[0]) == []


def test_each_environment_is_a_suite(tmp_path):
    folder = Repository(tmp_path)
    for name in ("one", "two"):
        folder.environment(name, f"{name}/alembic.ini")
        folder.revision("aaaa", folder=name)
    folder.revision("bbbb", folder="two", text=without_downgrade("bbbb", "aaaa"))
    cases, _ = report(folder)
    names = {suite: [name for own, name in cases if own == suite] for suite in ("one", "two")}
    assert names["one"] == ["environment", path_of("aaaa", "one")]
    assert names["two"] == ["environment", path_of("aaaa", "two"), path_of("bbbb", "two")]
    assert failed(cases) == [path_of("bbbb", "two")]


# --- which revisions --------------------------------------------------------------------


def test_only_what_was_asked_for_is_a_case(tmp_path):
    folder = Repository(tmp_path).environment()
    folder.revision("aaaa")
    folder.revision("bbbb", "aaaa")
    folder.revision("cccc", "bbbb")
    cases, _ = report(folder, path_of("bbbb"))
    assert [name for _, name in cases] == ["environment", path_of("bbbb")]


def test_with_a_base_only_what_is_judged_is_a_case(tmp_path):
    folder = Repository(tmp_path).environment()
    folder.revision("aaaa", text=without_downgrade("aaaa"))
    folder.commit()
    folder.branch("topic")
    folder.revision("bbbb", "aaaa")
    folder.commit()
    cases, findings = report(folder, "--base", "main")
    assert findings == [] and [name for _, name in cases] == ["environment", path_of("bbbb")]


def test_what_is_found_in_another_revision_is_told_all_the_same(tmp_path):
    """A revision of the base is not judged by itself, but the graph is."""
    folder = Repository(tmp_path).environment()
    folder.revision("aaaa")
    folder.revision("bbbb", "aaaa")
    folder.commit()
    folder.branch("topic")
    (folder / path_of("aaaa")).unlink()
    folder.commit()
    cases, findings = report(folder, "--base", "main")
    assert {"ML103", "ML202"} == {finding["rule"] for finding in findings}
    assert failed(cases) == list(dict.fromkeys(["environment", path_of("bbbb")]))
    told = "".join(case.result[0].text for case in cases.values())
    assert all(line in told.splitlines() for finding in findings for line in lines_of(finding))


# --- hostile names -----------------------------------------------------------------------

NAMES = {
    "]]>": "]]>",
    "<!--": "<!--",
    "</failure>": None,
    "&amp;&#0;": "&amp;&#0;",
    "\"'": "\"'",
    "a\nb": "a\\nb",
    "a\tb\rc": "a\\tb\\rc",
    "\x1b[2J\x01": "\\x1b[2J\\x01",
    "\u202e": "\\u202e",
    "\ufffe\uffff": "\\ufffe\\uffff",
    "é日🎉": "é日🎉",
    "%0A{0}": "%0A{0}",
}


def test_hostile_file_names(tmp_path):
    folder = Folder(tmp_path).environment()
    shown = {name: visible for name, visible in NAMES.items() if visible is not None}
    for number, name in enumerate(shown):
        folder.revision(f"a{number}", name=name, text=without_downgrade(f"a{number}"))
    with open(os.fsencode(tmp_path) + b"/migrations/versions/\xff.py", "w", encoding="utf-8") as file:
        file.write(without_downgrade("b"))
    cases, findings = report(folder, "--select", "ML301")
    expected = [f"migrations/versions/{name}.py" for name in (*shown.values(), "\\xff")]
    assert sorted(failed(cases)) == sorted(expected) and len(findings) == len(expected)
    for name in failed(cases):
        # A line end stays one where there are lines.
        assert cases["migrations", name].result[0].text.startswith(name.replace("\\n", "\n") + ":")


def test_hostile_words(tmp_path):
    folder = Folder(tmp_path).environment()
    folder.revision("aaaa")
    for number, name in enumerate(NAMES):
        folder.revision(f"b{number}", text=f"revision = 'b{number}'\ndown_revision = {name!r}\n")
    cases, findings = report(folder, "--select", "ML103")
    for number, (name, visible) in enumerate(NAMES.items()):
        [failure] = cases["migrations", path_of(f"b{number}")].result
        [finding] = [finding for finding in findings if finding["revision"] == f"b{number}"]
        assert name in finding["message"]
        assert failure.message == finding["message"].replace(name, visible or name)
        first = failure.text.split(" [ML103 ")[0]
        assert first.endswith(failure.message.replace("\\n", "\n") if "\n" in name else failure.message)


def test_another_parser_reads_the_same(tmp_path):
    folder = Folder(tmp_path).environment()
    folder.revision("aaaa", text=without_downgrade("aaaa"))
    out = folder.miglint("--format", "junit").out
    root = xml.etree.ElementTree.fromstring(out.encode())
    assert out.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    assert [element.tag for element in root.iter()] == ["testsuites", "testsuite", "testcase", "testcase", "failure"]
