"""Chains of revisions of real projects: Debian packages, which ci/corpus fetches."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CACHE = TOP / "ci" / "cache" / "corpus"
MODULES = "usr/lib/python3/dist-packages"

# What the revisions of several projects are not run without.
LIBRARIES = """
    python3-debtcollector python3-iso8601 python3-oslo.config python3-oslo.db python3-oslo.i18n python3-oslo.utils
""".split()


# Chains that miglint knows from base on, as far as it is followed.
LOCATIONS = {
    "gertty": "gertty/alembic",
    "python3-aodh": "aodh/storage/sqlalchemy/alembic",
    "python3-ironic": "ironic/db/sqlalchemy/alembic",
    "python3-magnum": "magnum/db/sqlalchemy/alembic",
    "python3-mistral": "mistral/db/sqlalchemy/migration/alembic_migrations",
    "python3-octavia": "octavia/db/migration/alembic_migrations",
    "python3-placement": "placement/db/sqlalchemy/alembic",
    "python3-sahara": "sahara/db/migration/alembic_migrations",
    "python3-zaqar": "zaqar/storage/sqlalchemy/migration/alembic_migrations",
}

# For the judges that run Alembic online.
ENV = """from alembic import context

attributes = context.config.attributes
with attributes["engine"].connect() as connection:
    context.configure(connection=connection, version_table=attributes["version_table"])
    with context.begin_transaction():
        context.run_migrations()
"""


@dataclass
class Chain:
    """An environment of a package, on a database."""

    package: str
    location: str
    dialect: str

    def __str__(self):
        return f"{self.package}-{self.dialect}"

    @property
    def versions(self):
        return CACHE / self.package / MODULES / self.location / "versions"


@dataclass
class Followed(Chain):
    revisions: int  # how many at least are run

    __str__ = Chain.__str__


def on_both(**rows):
    """By package, without its python3-: revisions on Postgres, on SQLite."""
    return [
        Followed(package, location, dialect, revisions)
        for package, location in LOCATIONS.items()
        if (counts := rows.get(package.removeprefix("python3-")))
        for dialect, revisions in zip(("postgresql", "sqlite"), counts)
    ]


def fetch(chains):
    packages = sorted({chain.package for chain in chains})
    fetched = subprocess.run([TOP / "ci" / "corpus", "--fetch", *packages, *LIBRARIES], capture_output=True, text=True)
    assert fetched.returncode == 0, fetched.stderr


def roots(chain):
    """The folders of Python modules that the chain needs."""
    return [str(CACHE / name / MODULES) for name in [chain.package, *LIBRARIES]]
