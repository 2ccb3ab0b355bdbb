#!/usr/bin/python3 -B
"""The usual stairway test with Alembic: each revision is upgraded, downgraded and upgraded again.

usage: ci/bench_stairway.py FOLDER URL STAIRS

Climbs STAIRS of the revisions, evenly spread over those whose parent is the only
head, and goes past the others untimed; prints the seconds that all would take.
"""

import logging
import sys
import time
import warnings

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def main(folder, url, stairs):
    warnings.simplefilter("ignore")
    logging.disable()
    config = Config(f"{folder}/alembic.ini")
    config.set_main_option("sqlalchemy.url", url)
    order = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    # ci/bench_project.py: two branches begin behind the eleventh of every twenty.
    simple = [number for number in range(1, len(order)) if number % 20 < 10]
    chosen = simple[:: max(1, len(simple) // stairs)]
    took = 0
    for number in chosen:
        command.upgrade(config, order[number - 1])
        begun = time.perf_counter()
        command.upgrade(config, order[number])
        command.downgrade(config, order[number - 1])
        command.upgrade(config, order[number])
        took += time.perf_counter() - begun
    print(took * len(order) / len(chosen))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
