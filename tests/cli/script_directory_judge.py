"""Which revision files Alembic finds: a program for test_setups.py.

Reads a JSON array of [folder, arguments] and writes one of what
`alembic ARGUMENTS` has for its ScriptDirectory when it is started in that
folder: sorted paths, or the error. Each is asked in a process of its own, as
sys.path and the modules it imports change.
"""

import json
import os
import sys
import warnings
from pathlib import Path

from alembic import config, script


def configuration(arguments):
    line = config.CommandLine()
    options = line.parser.parse_args([*arguments, "heads"])
    if hasattr(line, "_inis_from_config"):
        toml, ini = line._inis_from_config(options)
        return config.Config(file_=ini, toml_file=toml, ini_section=options.name)
    return config.Config(file_=options.config, ini_section=options.name)


def revision_files(folder, arguments):
    os.chdir(folder)
    try:
        scripts = script.ScriptDirectory.from_config(configuration(arguments))
        return sorted(str(Path(found.path).resolve()) for found in scripts._load_revisions())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def in_a_process(folder, arguments):
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, json.dumps(revision_files(folder, arguments)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = json.load(pipe)
    os.wait()
    return answer


warnings.simplefilter("ignore")
json.dump([in_a_process(*question) for question in json.load(sys.stdin)], sys.stdout)
