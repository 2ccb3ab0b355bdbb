"""docs/rules.md: what the program writes, and what cmark-gfm makes of it, against `miglint explain`."""

import html.parser
import re
import subprocess

import pytest
from repository import SOURCES, miglint


def output(*arguments):
    run = miglint(*arguments, cwd=SOURCES)
    assert run.status == 0
    return run.out


class Page(html.parser.HTMLParser):
    """The blocks below each heading, as (tag, text), and every link."""

    BLOCKS = ("h1", "h2", "p", "pre", "td")

    def __init__(self, markdown):
        super().__init__()
        self.sections, self.links, self.text = {}, [], None
        rendered = subprocess.run(
            ["cmark-gfm", "--extension", "table", "--extension", "strikethrough", "--extension", "autolink"],
            input=markdown, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert "raw HTML omitted" not in rendered
        self.feed(rendered)

    def handle_starttag(self, tag, attributes):
        assert tag in (*self.BLOCKS, "table", "thead", "tbody", "tr", "th", "a", "code", "strong"), tag
        if tag in self.BLOCKS:
            self.text = ""
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag in ("h1", "h2"):
            self.section = self.sections.setdefault(self.text, [])
        elif tag in self.BLOCKS:
            self.section.append((tag, self.text))
        if tag in self.BLOCKS:
            self.text = None


def anchor(heading):
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def words(text):
    return " ".join(text.replace("`", "").split())


def explained(code):
    """Its parts, as `miglint explain` prints them."""
    text = output("explain", code)
    head, rest = text.split("This raises it:\n\n")
    bad, rest = rest.split("This does not:\n\n")
    good = re.match(r"(?: {4}.*\n|\n)*", rest)[0]
    _, found, *why = head.strip().split("\n\n")
    examples = [re.sub(r"(?m)^ {4}", "", example).strip("\n") + "\n" for example in (bad, good)]
    reference = re.search(r"^See (\S+)$", rest, re.M)
    return found.removeprefix("What it finds: "), why, examples, reference and reference[1]


RULES = [line.split(None, 3) for line in output("rules").splitlines()]


@pytest.fixture(scope="module")
def page():
    return Page(output("rules", "--format", "markdown"))


def test_the_page_is_what_the_program_writes():
    written = output("rules", "--format", "markdown")
    assert (SOURCES / "docs/rules.md").read_text() == written, "miglint rules --format markdown >docs/rules.md"


def test_each_rule_has_a_section_and_a_row_that_leads_there(page):
    headings = [f"{code} {name}" for code, name, *_ in RULES]
    first, *sections = page.sections
    assert sections == headings
    cells = [text for tag, text in page.sections[first] if tag == "td"]
    rows = [cells[start : start + 4] for start in range(0, len(cells), 4)]
    for row, (code, name, severity, summary) in zip(rows, RULES, strict=True):
        off = ", off" if summary.endswith(" (off)") else ""
        assert row == [code, name, severity + off, words(summary.removesuffix(" (off)"))]
    anchors = [anchor(heading) for heading in headings]
    assert [link for link in page.links if link.startswith("#")] == ["#" + one for one in anchors]
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize("code, name, severity, summary", RULES, ids=[code for code, *_ in RULES])
def test_a_section_says_what_explain_says(page, code, name, severity, summary):
    found, why, examples, reference = explained(code)
    blocks = page.sections[f"{code} {name}"]
    off = ", not selected by default" if summary.endswith(" (off)") else ""
    assert blocks[0] == ("p", f"{severity}{off}: {words(found)}")
    assert [(tag, words(text)) for tag, text in blocks[1 : 1 + len(why)]] == [("p", words(one)) for one in why]
    rest = blocks[1 + len(why) :]
    assert [text for tag, text in rest if tag == "pre"] == examples
    told = "\n".join(text for tag, text in rest if tag == "p")
    assert reference is None or f"See {reference}." in told and reference in page.links
    for way in (f"# miglint: ignore[{code}]", f'ignore = ["{code}"]', f"--ignore {code}"):
        assert way in told


def test_a_rule_that_stands_in_for_others_names_them(page):
    """ML302, a downgrade that raises, is all that is said of that downgrade."""
    [told] = [text for _, text in page.sections["ML302 irreversible-downgrade"] if text.startswith("It stands in for")]
    assert re.findall(r"ML\d+", told) == ["ML301", "ML303", "ML304"]


def test_formats_that_there_are_not():
    assert "did you mean markdown?" in miglint("rules", "--format", "markdwn", cwd=SOURCES).complaint()
