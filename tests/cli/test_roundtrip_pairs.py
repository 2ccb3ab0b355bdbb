"""The static rules and the round trip agree on what autogenerate writes, as it is and with faults in it.

MIGLINT_PAIRS says how many pairs; ci/pairs --roundtrip tells more about each.
"""

import os

import pairs
import pairs_roundtrip

COUNT = int(os.environ.get("MIGLINT_PAIRS", "24"))


def test_they_agree(tmp_path, recent):
    projects = pairs.make(tmp_path / "pairs", COUNT, {"debian": "", "recent": recent})
    agreement = pairs_roundtrip.Agreement(projects, tmp_path)
    told = "\n".join(agreement.lines())
    assert agreement.are_good(), told
    assert agreement.both > COUNT and agreement.neither >= COUNT / 2, told
    assert len(agreement.unverified) < agreement.both / 4, told
