"""--format markdown, as GitHub's own markdown (cmark-gfm) reads it."""

import html.parser
import re
import subprocess

import pytest
from merging import alembic_heads
from repository import sound_revision, without_downgrade

# What a comment on GitHub takes.
COMMENT = 65536

# --- GitHub's side ---------------------------------------------------------------------


class Page(html.parser.HTMLParser):
    """The page that becomes of markdown: its tags, the cells of its tables, its blocks of code."""

    TAGS = set("h3 table thead tbody tr th td details summary p strong a ul li pre code".split())
    # Where the report itself leads to, and nothing else does.
    REFERENCE = re.compile(r"https://[a-z./]+/docs/rules\.md#ml\d{3}-[a-z-]+")

    def __init__(self, markdown):
        super().__init__(convert_charrefs=False)
        extensions = [word for name in ("table", "autolink", "strikethrough", "tagfilter") for word in ("-e", name)]
        run = subprocess.run(
            ["cmark-gfm", "--unsafe", *extensions], input=markdown.encode(), capture_output=True, check=True
        )
        self.tags, self.pieces, self.rows, self.blocks, self.summaries, self.items = [], [], [], [], [], []
        self.links = []
        self.title, self.open = None, []
        self.feed(run.stdout.decode())
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.open.append(tag)
        allowed = {"code": {"class"}, "a": {"href"}}.get(tag, set())
        assert tag in self.TAGS and {name for name, _ in attributes} <= allowed, (tag, attributes)
        if tag == "a":
            assert self.REFERENCE.fullmatch(dict(attributes)["href"])
            self.links.append(dict(attributes)["href"])
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "h3":
            self.title = ""
        elif tag == "code":
            self.blocks.append([dict(attributes)["class"].removeprefix("language-"), ""])
        elif tag == "summary":
            self.summaries.append("")
        elif tag == "li":
            self.items.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, text):
        assert text == " "
        self.pieces.append("")

    def handle_entityref(self, name):
        self.handle_data(html.unescape(f"&{name};"))

    def handle_charref(self, name):
        self.handle_data(html.unescape(f"&#{name};"))

    def handle_data(self, text):
        if not self.open:
            assert text.isspace(), text
            return
        tag = self.open[-1]
        if tag in ("td", "th"):
            self.rows[-1][-1] += text
        elif tag == "h3":
            self.title += text
        elif tag == "code":
            self.blocks[-1][1] += text
        elif tag == "summary":
            self.summaries[-1] += text
        elif tag == "li":
            self.items[-1] += text
        if tag != "code":
            self.pieces.append(text)

    def assert_silent(self):
        """GitHub looks for mentions and references in what stands between two tags."""
        for piece in self.pieces:
            assert not re.search(r"@\w|#\d|!\d", piece), piece

    @property
    def findings(self):
        assert self.rows[0] == ["Severity", "Rule", "Place", "Message"]
        return self.rows[1:]

    @property
    def remedies(self):
        return [text for language, text in self.blocks if language == "text"]

    @property
    def drawing(self):
        drawings = [Drawing(text) for language, text in self.blocks if language == "mermaid"]
        assert len(drawings) <= 1
        return drawings[0] if drawings else None


class Drawing:
    """Boxes and arrows of a mermaid flowchart, by the id on the first line of each box."""

    def __init__(self, text):
        lines = text.splitlines()
        assert lines[0] == "flowchart BT"
        self.boxes, self.arrows, self.projects, names = {}, set(), [], {}
        for line in lines[1:]:
            box = re.fullmatch(r' {8}(n\d+_\w+)\["([^"]*)"\](?::::(\w+))?', line)
            arrow = re.fullmatch(r" {8}(n\w+) (-->|-\.->) (n\w+)", line)
            project = re.fullmatch(r' {4}subgraph p\d+\["([^"]*)"\]', line)
            if box:
                label = [plain(part) for part in box[2].split("<br/>")]
                names[box[1]], *marks = re.split(r" (?=\((?:head|base|new|changed|collides|branchp|mergep|eff))", label[0])
                self.boxes[names[box[1]]] = (box[3], {mark.strip("()") for mark in marks}, *label[1:])
            elif arrow:
                self.arrows.add((names[arrow[1]], names[arrow[3]]))
            elif project:
                self.projects.append(plain(project[1]))
            else:
                assert re.fullmatch(r" {4}classDef \w+ [\w:,#-]+| {4}end", line), line

    def marked(self, mark):
        return sorted(name for name, (_, marks, *_) in self.boxes.items() if mark in marks)


def plain(label):
    return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), label)


# --- ours --------------------------------------------------------------------------------


def markdown(repository, *words, **options):
    return repository.miglint("--format", "markdown", *words, **options).out


def page(repository, *words, **options):
    read = Page(markdown(repository, *words, **options))
    read.assert_silent()
    return read


def visible(text):
    """What stands for what a terminal would act upon."""
    forms = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\033": "\\x1b", "\u202e": "\\u202e"}
    return "".join(forms.get(character, character) for character in text)


def place_of(finding):
    return finding["path"] + (f":{finding['line']}" if finding["line"] else "")


def two_heads(folder):
    folder.revision("aaaa")
    folder.revision("bbbb", "aaaa")
    folder.revision("cccc", "aaaa")
    return folder


def collision(repository):
    """Two branches, each clean; main has gone two revisions on, topic one."""
    repository.revision("aaaa")
    repository.revision("bbbb", "aaaa")
    repository.commit()
    repository.branch("topic")
    repository.revision("eeee", "bbbb")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.revision("cccc", "bbbb")
    repository.revision("dddd", "cccc")
    repository.commit()
    return repository


# --- the findings ------------------------------------------------------------------------


def test_nothing_found_is_one_line(folder):
    folder.revision("aaaa")
    assert markdown(folder) == "### ✅ Migrations: nothing to complain about in 1 revision of migrations\n"


def test_the_table_says_what_json_says(folder):
    two_heads(folder)
    folder.revision("dddd", text=without_downgrade("dddd", "nowhere"))
    found = folder.miglint("--format", "json").findings
    assert len(found) == 3
    expected = [[f["severity"], f"{f['rule']} {f['name']}", place_of(f), f["message"]] for f in found]
    assert sorted(page(folder).findings) == sorted(expected)


def test_the_verdict_is_that_of_the_text(folder):
    two_heads(folder)
    summary = folder.miglint().out.splitlines()[-1]
    assert page(folder).title == f"❌ Migrations: {summary}"


def test_errors_come_first(folder):
    folder.revision("aaaa", text=sound_revision("aaaa").replace("Revises: ", "Revises: zzzz"))
    folder.revision("bbbb", text=without_downgrade("bbbb", "aaaa"))
    assert [row[0] for row in page(folder).findings] == ["error", "note"]


def test_only_a_warning_or_a_note_is_no_cross(folder):
    folder.revision("aaaa", text=sound_revision("aaaa").replace("Revises: ", "Revises: zzzz"))
    assert page(folder).title.startswith("ℹ️")
    folder.revision("bbbb")
    assert page(folder, "--select", "ML106").title.startswith("⚠️")


def test_what_to_do_and_where_else_to_look(folder):
    two_heads(folder)
    [finding] = folder.miglint("--format", "json").findings
    read = page(folder)
    assert read.remedies == [finding["help"] + "\n"] and read.links == [finding["url"]]
    assert [item.strip() for item in read.items] == [f"{place_of(r)}: {r['message']}" for r in finding["related"]]
    assert read.summaries == ["What to do"]


def test_what_is_suppressed_and_what_could_not_be_told_is_counted(folder):
    folder.revision("aaaa", text=without_downgrade("aaaa").replace("def down", "# miglint: ignore[ML301] no\ndef down"))
    unknown = "import os\nrevision = 'bbbb'\ndown_revision = 'aaaa'\ndepends_on = os.environ['X']\n"
    folder.revision("bbbb", text=unknown)
    read = page(folder)
    [unverified] = folder.miglint("--format", "json").json["unverified"]
    assert read.title.endswith(", 1 suppressed")
    assert read.summaries == ["1 unverified"]
    assert [item.strip() for item in read.items] == [
        f"{place_of(unverified)}: {unverified['what']}: {unverified['why']}"
    ]
    assert page(folder, "--quiet").summaries == []


# --- the drawing ---------------------------------------------------------------------------


def test_a_collision_is_drawn(repository, merges):
    collision(repository)
    drawing = page(repository, "--base", "main", "--head", "topic").drawing
    checkout, _ = merges.make(repository, "main", "topic")
    assert drawing.marked("collides") == alembic_heads(checkout) == ["dddd", "eeee"]
    assert drawing.marked("new") == ["eeee"]
    assert drawing.boxes["dddd"][0] == drawing.boxes["eeee"][0] == "colliding"
    assert drawing.arrows == {("aaaa", "bbbb"), ("bbbb", "cccc"), ("cccc", "dddd"), ("bbbb", "eeee")}
    assert drawing.boxes["aaaa"][0] == "ghost"
    assert drawing.projects == ["migrations"]


def test_a_clean_change_is_drawn_with_what_it_follows(repository):
    for number in range(20):
        repository.revision(f"a{number:03}", f"a{number - 1:03}" if number else None)
    repository.commit()
    repository.branch("topic")
    repository.revision("bbbb", "a019")
    repository.revision("a019", text=without_downgrade("a019", "a018"))
    repository.commit()
    drawing = page(repository, "--base", "main").drawing
    assert drawing.arrows == {("a017", "a018"), ("a018", "a019"), ("a019", "bbbb")}
    assert drawing.boxes["a017"][0] == "ghost"
    assert (drawing.marked("new"), drawing.marked("changed"), drawing.marked("collides")) == (["bbbb"], ["a019"], [])


def test_what_changes_no_migration_is_not_drawn(repository):
    repository.revision("aaaa")
    repository.commit()
    repository.branch("topic")
    repository.write("README", "words")
    repository.commit()
    assert page(repository, "--base", "main").drawing is None
    assert page(repository).drawing is None


def test_several_heads_are_drawn_without_a_change(folder):
    drawing = page(two_heads(folder)).drawing
    assert drawing.marked("collides") == ["bbbb", "cccc"]
    assert drawing.arrows == {("aaaa", "bbbb"), ("aaaa", "cccc")}
    assert page(folder, "--quiet").drawing is None


def test_heads_of_lines_that_are_meant_do_not_collide(folder):
    folder.revision("aaaa")
    folder.revision("bbbb", "aaaa", labels=("one",))
    folder.revision("cccc", "aaaa", labels=("two",))
    assert page(folder).drawing is None


def test_the_drawing_is_bounded(repository):
    repository.revision("base")
    repository.commit()
    repository.branch("topic")
    for number in range(100):
        repository.revision(f"n{number:03}", f"n{number - 1:03}" if number else "base")
    repository.commit()
    text = markdown(repository, "--base", "main")
    drawing = Page(text).drawing
    shown = {name for name, (kind, *_) in drawing.boxes.items() if kind != "ghost"}
    assert len(shown) == 40 and "n099" in shown
    assert "\n61 more revisions had no room in the drawing.\n" in text


def test_a_long_way_back_is_cut(repository):
    repository.revision("base")
    repository.commit()
    repository.branch("topic")
    repository.revision("topic", "base")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    for number in range(100):
        repository.revision(f"n{number:03}", f"n{number - 1:03}" if number else "base")
    repository.commit()
    drawing = page(repository, "--base", "main", "--head", "topic").drawing
    assert drawing.marked("collides") == ["n099", "topic"]
    assert {"base", "n098"} <= set(drawing.boxes) and "n001" not in drawing.boxes
    assert len(drawing.boxes) <= 42


def test_several_environments_in_one_drawing(repository):
    repository.environment("billing", "billing.ini")
    two_heads(repository)
    repository.revision("xxxx", folder="billing")
    repository.commit()
    repository.branch("topic")
    repository.revision("yyyy", "xxxx", folder="billing")
    repository.commit()
    drawing = page(repository, "--base", "main").drawing
    assert sorted(drawing.projects) == ["billing", "migrations"]
    assert (drawing.marked("new"), drawing.marked("collides")) == (["yyyy"], ["bbbb", "cccc"])


# --- what is foreign ---------------------------------------------------------------------------

HOSTILE = [
    "a|b",
    "a\\|b",
    "`a`",
    "``` \n```",
    "<b>x</b>",
    "<script>alert(1)</script>",
    "<!-- -->",
    "</details>",
    "&lt;&amp;",
    "[x](http://example.org)",
    "![x](http://example.org/x.png)",
    "http://example.org",
    "www.example.org",
    "someone@example.org",
    "@someone and @org/team",
    "#1, org/repo#1, !1",
    "::error ::x",
    "%0A%25",
    "$(touch x) ${X} $X^2$",
    "a\nb",
    "a\r\n\r\n# b",
    "\n| a | b |\n",
    "\033[2J\u202ex",
    "*a* _b_ ~c~ ~~d~~",
    ":x: :+1:",
    "\"];\nclick n0_0 call x()",
    "%%{init: {'x': 1}}%%",
    "- [ ] x",
    "1. x",
    "    x",
    "\\",
    "\ttab",
]


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_words(folder, word):
    """As a file's name, as a parent's id, as a revision's own id and message."""
    folder.revision("aaaa", text=f"{word!r}\nrevision = {word!r}\ndown_revision = None\n")
    folder.revision("bbbb", text=f"revision = 'bbbb'\ndown_revision = {word + 'x'!r}\n")
    folder.revision("cccc", text=f"revision = 'cccc'\ndown_revision = {word!r}\n", name=word.replace("/", "∕"))
    folder.revision("dddd", text=f"{word!r}\nrevision = 'dddd'\ndown_revision = {word!r}\n")
    found = folder.miglint("--format", "json").findings
    read = page(folder)
    assert {"ML101", "ML103"} <= {finding["rule"] for finding in found}
    shown = {(" ".join(row[2].split()), " ".join(row[3].split())) for row in read.findings}
    for finding in found:
        assert (" ".join(visible(place_of(finding)).split()), " ".join(visible(finding["message"]).split())) in shown
    helped = "".join(read.remedies)
    assert all(visible(line) in helped for f in found if f["help"] for line in f["help"].split("\n"))
    assert visible(word) in read.drawing.boxes


@pytest.mark.parametrize("word", ["`x`", "a|b", "$(touch${IFS}x)", "@someone", "<b>x", "a%0Ab"])
def test_hostile_branch_names(repository, word):
    collision(repository).git("branch", word, "topic")
    read = page(repository, "--base", "main", "--head", word)
    assert read.title.endswith(f", {word} merged into main")
    assert any(f"once {word} is merged into main" in row[3] for row in read.findings)


def test_a_password_is_not_shown_where_a_text_is_cut(folder):
    for length in range(470, 500):
        folder.revision("aaaa", text=f"revision = '{'x' * length} postgresql://me:hush-hush-hush@host/'\ndown_revision = 'no'\n")
        assert "hush" not in markdown(folder)


@pytest.mark.parametrize("letter", ["x", "@", "\033", "é", "`"])
def test_it_fits_into_a_comment(folder, letter):
    for number in range(150):
        name = f"{number}{letter * 400}"
        folder.revision(f"r{number}", text=f"{name!r}\nrevision = {name!r}\ndown_revision = {'no' + name!r}\n")
    text = markdown(folder)
    assert len(text) < COMMENT
    read = Page(text)
    found = len(folder.miglint("--format", "json").findings)
    (left,) = re.findall(r"^(\d+) more had no room here\.$", text, re.M)
    assert len(read.findings) + int(left) == found


def test_many_that_could_not_be_told_fit_too(folder):
    for number in range(300):
        folder.revision(f"r{number}", text=f"import os\nrevision = 'r{number}'\ndown_revision = os.environ['X']\n")
    text = markdown(folder)
    unverified = folder.miglint("--format", "json").json["unverified"]
    assert len(text) < COMMENT and len(unverified) >= 300
    listed = Page(text).items
    assert listed[-1].strip() == f"and {len(unverified) - len(listed) + 1} more"
