"""What miglint's catalogs and a real database have after each revision, and how the two are compared."""

import json
import os
import subprocess
from pathlib import Path

JUDGE = Path(__file__).with_name("catalog_judge.py")
DUMP = os.environ["MIGLINT_CATALOG_DUMP"]
PYTHON = "/usr/bin/python3"

ENV = """import sqlalchemy as sa
from alembic import context

convention = {convention!r}
target_metadata = {metadata}
with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()
"""


def write_environment(folder, convention=None):
    """What Alembic needs besides revisions."""
    folder.mkdir(parents=True)
    metadata = "sa.MetaData(naming_convention=convention)" if convention else "sa.MetaData()"
    (folder / "env.py").write_text(ENV.format(convention=convention, metadata=metadata))
    (folder / "script.py.mako").write_text("def upgrade():\n    pass\n\ndef downgrade():\n    pass\n")
    return folder


class Databases:
    def __init__(self, cluster, folder):
        self.cluster, self.folder, self.made = cluster, folder, []

    def fresh(self, dialect):
        if dialect == "sqlite":
            return f"sqlite:///{self.folder}/database.db"
        name = f"d{os.urandom(6).hex()}"
        self.cluster.run("createdb", "-h", self.cluster.folder, "-U", "postgres", name)
        self.made.append(name)
        return f"postgresql+psycopg2://postgres@/{name}?host={self.cluster.folder}"

    def drop(self):
        for name in self.made:
            self.cluster.run("dropdb", "-h", self.cluster.folder, "-U", "postgres", name)


# --- what miglint says -----------------------------------------------------------


def unescaped(field):
    return field.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in field else field


def dumped(folder, dialect, *options):
    done = subprocess.run([DUMP, "--dialect", dialect, *options, folder], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and not done.stderr, done.stderr
    states, differences, table = {}, {}, None
    for line in done.stdout.splitlines():
        kind, *fields = [unescaped(field) for field in line.split("\t")]
        if kind == "state":
            revision, _, moment = fields
            state = states.setdefault(revision, {}).setdefault(moment, {"tables": {}, "objects": [], "doubt": False})
        elif kind == "doubt":
            state["doubt"] = True
        elif kind == "table":
            presence, schema, name, openness, comment = fields
            table = {"presence": presence, "open": openness == "open", "comment": comment}
            table |= {"columns": [], "constraints": [], "indexes": []}
            state["tables"][name if schema == "-" else f"{schema}.{name}"] = table
        elif kind in ("column", "constraint"):
            table[f"{kind}s"].append(fields)
        elif kind == "index":
            table["indexes"].append(fields)
        elif kind == "object":
            state["objects"].append(fields)
        elif kind == "difference":
            differences.setdefault(revision, []).append(fields)
    return states, differences


def judged(url, folder, path, *options):
    done = subprocess.run(
        [PYTHON, "-B", JUDGE, url, folder, *options],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    states = json.loads(done.stdout)
    return states.pop("base")["upgraded"], states


ANY = object()  # what is not compared

# --- the comparison ----------------------------------------------------------------


class Comparison:
    """Contradictions between what is known and what there is; what is unknown contradicts nothing."""

    def __init__(self):
        self.wrong, self.unknown, self.known = [], [], 0

    def say(self, where, what, ours, theirs):
        self.wrong.append(f"{where}: {what}: miglint {ours!r}, database {theirs!r}")

    def equal(self, where, what, ours, theirs):
        if ours == "?":
            self.unknown.append(f"{where} {what}")
        elif ours != theirs:
            self.say(where, what, ours, theirs)
        else:
            self.known += 1

    def columns(self, where, ours, theirs):
        there = {}
        for presence, name, *properties in ours["columns"]:
            if presence == "there":
                there[name] = properties
            elif presence == "perhaps":
                self.unknown.append(f"{where} column {name}")
                theirs["columns"].pop(name, None)
            elif name in theirs["columns"]:
                self.say(where, f"column {name}", "absent", "there")
        for name, (type_, nullable, default, comment) in theirs["columns"].items():
            if name not in there:
                if ours["open"]:
                    self.unknown.append(f"{where} column {name}")
                else:
                    self.say(where, f"column {name}", "none", "there")
                continue
            our_type, our_null, our_default, our_comment = there.pop(name)
            self.equal(f"{where}.{name}", "type", our_type, type_)
            self.equal(f"{where}.{name}", "nullable", our_null, "NULL" if nullable else "NOT NULL")
            self.equal(f"{where}.{name}", "default", our_default.split(" ")[0] if our_default.startswith("computed") else our_default, default)
            if comment is not None:
                self.equal(f"{where}.{name}", "comment", our_comment, comment)
        for name in there:
            self.say(where, f"column {name}", "there", "none")

    def parts(self, where, kind, ours, theirs, is_open, tell):
        """Each that is known to be there is found; each that is found is known, if all are."""
        left = [tell(part) for part in theirs]
        perhaps = any(part[0] == "perhaps" or part[1] == "?" for part in ours)
        for presence, *part in ours:
            if presence != "there":
                continue
            found = [other for other in left if all(mine in ("?", ANY, its) for mine, its in zip(part, other))]
            if not found:
                self.say(where, kind, part, left)
            else:
                left.remove(found[0])
                self.known += 1
                if "?" in part:
                    self.unknown.append(f"{where} {kind} {part}")
        if left and not is_open and not perhaps:
            self.say(where, kind, "none", left)
        elif left:
            self.unknown.append(f"{where} {kind} {left}")

    def table(self, where, ours, theirs):
        self.columns(where, ours, theirs)
        self.parts(
            where,
            "constraint",
            [
                [presence, name, kind, ANY if kind == "check" else columns, referred, ANY if referred_columns in ("", "-") else referred_columns]
                for presence, name, kind, columns, referred, referred_columns in ours["constraints"]
            ],
            theirs["constraints"],
            ours["open"],
            lambda part: [part[0] or "-", part[1], ",".join(part[2] or []), part[3] or "-", ",".join(part[4] or [])],
        )
        self.parts(
            where,
            "index",
            ours["indexes"],
            theirs["indexes"],
            ours["open"],
            lambda part: [part[0], ",".join(part[1]), "unique" if part[2] else "-"],
        )
        if theirs["comment"] is not None:
            self.equal(where, "comment", ours["comment"], theirs["comment"])

    def state(self, where, ours, theirs):
        tables = dict(theirs["tables"])
        for name, table in ours["tables"].items():
            found = tables.pop(name, None)
            if table["presence"] == "there" and found is None:
                self.say(where, f"table {name}", "there", "none")
            elif table["presence"] != "there":
                self.unknown.append(f"{where} table {name}")
            else:
                self.table(f"{where} {name}", table, found)
        for name in tables:
            self.not_known_of(where, ours, f"table {name}")
        self.objects(where, ours, theirs)

    def objects(self, where, ours, theirs):
        left = [[name, kind, ",".join(values)] for name, kind, values in theirs["objects"]]
        for presence, schema, name, kind, values in ours["objects"]:
            full = name if schema == "-" else f"{schema}.{name}"
            found = [other for other in left if other[0] == full and (other[1] == kind or kind == "domain")]
            if presence == "there" and kind in ("type", "sequence", "view", "materialized_view", "domain"):
                if not found or (values not in ("?", "") and found[0][2] != values):
                    self.say(where, f"object {name}", values, found)
            if found:
                left.remove(found[0])
                self.known += 1
        for name, kind, _ in left:
            self.not_known_of(where, ours, f"{kind} {name}")

    def not_known_of(self, where, ours, what):
        if ours["doubt"]:
            self.unknown.append(f"{where} {what}")
        else:
            self.say(where, what, "none", "there")


def compare(folder, dialect, url, path):
    ours, _ = dumped(folder, dialect)
    _, theirs = judged(url, folder, path)
    comparison = Comparison()
    for revision, moments in theirs.items():
        assert "failure" not in moments, (revision, moments["failure"])
        for moment in ("upgraded", "downgraded"):
            if moment in moments:
                comparison.state(f"{revision} {moment}", ours[revision][moment], moments[moment])
    return comparison, theirs
