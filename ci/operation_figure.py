"""How much of what revisions do miglint knows, against the calls that ast counts.

The unit is a call in a revision file that is an operation (ci/operation_sites.py
finds them). It is known if miglint tells at least one operation of it, and of
all that it tells of it nothing is unknown; in a loop, or in a function that is
called twice, one call may be many operations.
"""

import json
import re
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

SITES = Path(__file__).resolve().parent / "operation_sites.py"
PYTHON = "/usr/bin/python3"
AIM_PLAIN, AIM_ALL = 0.97, 0.90


@dataclass
class Figure:
    """Counts of calls by whether their revision ever asks for the connection."""

    calls: Counter = field(default_factory=Counter)
    known: Counter = field(default_factory=Counter)
    conditional: int = 0
    operations: int = 0
    strangers: list = field(default_factory=list)  # operations where ast sees none
    unknown: list = field(default_factory=list)  # (why, call, place)

    def add(self, root, files, graph, absolute):
        """Takes the revision files of a tree into account, and what `miglint graph` says of it."""
        if not files:
            return
        told = operations_by_file(graph, absolute)
        asked = subprocess.run(
            [PYTHON, "-B", SITES, root, *files], stdout=subprocess.PIPE, text=True, check=True
        )
        for path, counted in json.loads(asked.stdout).items():
            self.add_file(Path(path), counted, told.get(path))

    def add_file(self, path, counted, operations):
        by_place = defaultdict(list)
        for operation in operations or []:
            by_place[operation.get("line"), operation.get("column")].append(operation)
            self.operations += 1
        for site in counted["sites"]:
            place = f"{path}:{site['line']}"
            made = by_place.pop((site["line"], site["column"]), [])
            why = self.why_unknown(made, operations)
            self.calls[counted["asks"]] += 1
            if why:
                asks = "asks" if counted["asks"] else "never asks"
                self.unknown.append((why, site["call"], f"{place} ({asks})"))
            else:
                self.known[counted["asks"]] += 1
                self.conditional += any(operation.get("conditional") for operation in made)
        self.strangers += [
            (made[0]["op"], f"{path}:{line}")
            for (line, _), made in by_place.items()
            if made[0]["op"] not in {"raise", "transaction", "unknown_call"}
        ]

    @staticmethod
    def why_unknown(made, operations):
        if operations is None:
            return "the file was not read"
        if not made:
            return "nothing is told of the call"
        parts = [part for operation in made for part in operation.get("unknown", [])]
        if parts:
            part = parts[0]["part"]
            return f"{part}: {parts[0]['why']}" if part else parts[0]["why"]
        return None

    def share(self, asks):
        calls = sum(self.calls[kind] for kind in asks)
        return sum(self.known[kind] for kind in asks) / calls if calls else 1.0

    @property
    def reached(self):
        return self.share([False]) >= AIM_PLAIN and self.share([False, True]) >= AIM_ALL

    def print(self, every):
        for words, asks, aim in (
            ("in revisions that never ask for the connection", [False], AIM_PLAIN),
            ("in all revisions", [False, True], AIM_ALL),
        ):
            known, calls = (sum(count[kind] for kind in asks) for count in (self.known, self.calls))
            print(
                f"operations known {words}: {known} of {calls} calls,"
                f" {100 * self.share(asks):.2f} % (the aim is {100 * aim:.0f} %)"
            )
        print(f"    {self.operations} operations; {self.conditional} known calls are conditional")
        self.print_groups("unknown", [(why, call, place) for why, call, place in self.unknown], every)
        self.print_groups(
            "told, though ast sees no operation there",
            [(operation, "", place) for operation, place in self.strangers],
            every,
        )

    @staticmethod
    def print_groups(title, found, every):
        groups = defaultdict(list)
        for why, call, place in found:
            groups[re.sub(r"'[^']*'", "'...'", why)].append((call, place))
        for why, members in sorted(groups.items(), key=lambda group: -len(group[1])):
            print(f"{len(members):5} {title}: {why}")
            for call, place in members if every else members[:1]:
                print(f"          {place} {call}".rstrip())


def operations_by_file(graph, absolute):
    return {
        str(absolute(revision["path"])): revision.get("upgrade", []) + revision.get("downgrade", [])
        for project in graph.get("projects", [])
        for revision in project["revisions"]
    }
