"""What the tests of git's judgement share: histories made quickly, git, and miglint's answers."""

import os
import subprocess

from repository import ENVIRONMENT


def git(folder, *arguments, status=(0,), **options):
    process = subprocess.run(
        ["git", *arguments], cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, **options
    )
    assert process.returncode in status, (arguments, process)
    return process.stdout


def words(folder, *arguments):
    return git(folder, *arguments).decode().split()


def commit_stream(ref, mark, time, parents, tree):
    """A commit for git fast-import; `parents` are marks, `tree` is {path: text}."""
    lines = [f"commit {ref}\nmark :{mark}\ncommitter A <a@example.org> {time} +0000\ndata 0\n"]
    lines += [f"{'merge' if i else 'from'} :{parent}\n" for i, parent in enumerate(parents)]
    lines.append("deleteall\n")
    lines += [f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in tree.items()]
    return "".join(lines)


def fast_import(folder, stream):
    git(folder, "fast-import", "--quiet", input="".join(stream).encode())


class SourceDump:
    """One process that answers all questions."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [os.environ["MIGLINT_SOURCE_DUMP"], folder],
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *question):
        self.process.stdin.write("\t".join(question) + "\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline()) != "\n":
            assert line, "the program ended"
            lines.append(line.rstrip("\n"))
        return lines

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0
