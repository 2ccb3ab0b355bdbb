"""What the static rules say of pairs that autogenerate wrote, against what --roundtrip proves of them.

The pairs are those of pairs.py, as they are and with the faults in their downgrades. Where the two
differ, one of them is wrong.
"""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pairs
from repository import miglint

# Errors that speak of the way there and back; the others speak of names, or of rows.
STATIC = ["ML301", "ML303", "ML304", "ML305", "ML306", "ML308", "ML309", "ML310"]


class Said:
    """Of each revision of a project: what the rules say, and the verdict."""

    def __init__(self, folder, database):
        self.static = pairs.Report(folder, STATIC).findings
        run = miglint("--roundtrip", "--database", database, "--select", "ML8", "--format", "json", cwd=folder, timeout=300)
        assert run.status in (0, 1), run.err
        self.verdicts = {verdict["revision"]: verdict for verdict in run.json["roundtrip"]}


def what_differs(verdict):
    """A verdict's proof, in one line."""
    if verdict["differences"]:
        return "; ".join(
            " ".join(str(difference[key]) for key in sorted(difference) if difference[key] is not None)
            for difference in verdict["differences"][:3]
        )
    return f"{verdict['step']}: {verdict['database_message'] or verdict['reason']}"


class Agreement:
    """How often both said the same, and where they did not."""

    def __init__(self, projects, folder):
        self.both, self.neither, self.unverified, self.only_static, self.only_trip = 0, 0, [], [], []
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for told in pool.map(lambda project: list(self.look(project, folder)), projects):
                for place, static, verdict in told:
                    self.add(place, static, verdict)

    def look(self, project, folder):
        """(place, static findings, verdict) of each pair as it is, and of each with a fault."""
        database = project.record["dialect"]
        said = Said(project.folder, database)
        for pair in project.pairs:
            place = f"{project.folder.name}/{pair['path']}"
            yield place, said.static[pair["revision"]], said.verdicts[pair["revision"]]
        scratch = folder / f"{project.folder.name}-tripped"
        shutil.copytree(project.folder, scratch)
        rules = {rule for pair in project.pairs for fault in pair["faults"] for rule in fault["rules"]}
        for chosen in pairs.rounds(project, sorted(rules)):
            if any(fault["function"] != "downgrade" for _, fault in chosen):
                continue  # what it does to the schema is seen by all that follow
            for pair, fault in chosen:
                (scratch / pair["path"]).write_text(fault["text"])
            said = Said(scratch, database)
            for pair, fault in chosen:
                shutil.copy(project.folder / pair["path"], scratch / pair["path"])
                place = f"{project.folder.name}/{pair['path']}: {fault['kind']}, {fault['object']}: {fault['shown'][:120]}"
                yield re.sub(r"\s+", " ", place), said.static[pair["revision"]], said.verdicts[pair["revision"]]
        shutil.rmtree(scratch)

    def add(self, place, static, verdict):
        if verdict["verdict"] == "unverified":
            self.unverified.append(f"{place}: {verdict['reason']}")
        elif static and verdict["verdict"] == "ok":
            self.only_static.append(f"{place}: {static[0]['rule']} {static[0]['message']}")
        elif not static and verdict["verdict"] == "failed":
            self.only_trip.append(f"{place}: {what_differs(verdict)}")
        elif static:
            self.both += 1
        else:
            self.neither += 1

    def are_good(self):
        return not self.only_static and not self.only_trip

    def lines(self):
        yield f"{self.both} are wrong by both, {self.neither} right by both, {len(self.unverified)} unverified"
        for title, places in (("only by the rules", self.only_static), ("only by the round trip", self.only_trip)):
            yield f"{len(places)} are wrong {title}"
            yield from (f"    {place}" for place in places)
        yield from (f"    unverified: {place}" for place in self.unverified[:10])
