"""``make cluster``: replicas over one PostgreSQL go through every failure, and no question may be lost."""

import argparse
import random
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.cluster import Failure, Report, ask_while, cluster, killed, nothing, restarted, stopped
from tests.cluster.pooler import pooling, program
from tests.postgresql import Server, programs, serving


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the replicas go through. ``chats``: among so many the questions are asked."""

    failure: Failure = nothing
    replicas: int = 2
    ahead_s: float = 0.0
    pooled: bool = False
    questions: int | None = None
    chats: int = 400


SCENARIOS: Mapping[str, Scenario] = {
    "all is well": Scenario(),
    "one of two is killed": Scenario(killed),
    "one of three is killed": Scenario(killed, replicas=3),
    "one stands still for 12 s": Scenario(stopped),
    "PostgreSQL is restarted": Scenario(restarted),
    "one clock is an hour ahead": Scenario(ahead_s=3600.0),
    "one is killed behind pgbouncer": Scenario(killed, pooled=True),
    "5,000 wait in one chat": Scenario(killed, questions=5_000, chats=1),
}


def run(server: Server, scenario: Scenario, seed: int, questions: int) -> Report:
    """Go through one scenario."""
    count = scenario.questions or questions
    with tempfile.TemporaryDirectory() as folder:
        if not scenario.pooled:
            with cluster(server, Path(folder), scenario.replicas, ahead_s=scenario.ahead_s) as running:
                return ask_while(running, seed, count, scenario.chats, scenario.failure)
        with pooling(server) as url, cluster(server, Path(folder), scenario.replicas, through=url) as running:
            return ask_while(running, seed, count, scenario.chats, scenario.failure)


def main() -> int:
    """All scenarios, or those that are named; exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(SCENARIOS))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--questions", type=int, default=2_000)
    chosen = parser.parse_args()
    if not (programs() and program()):
        print("PostgreSQL or pgbouncer is not installed: skipped.")
        return 0
    fine = True
    with serving() as server:
        for name in chosen.names:
            report = run(server, SCENARIOS[name], chosen.seed, chosen.questions)
            fine &= report.fine
            print(
                f"{name}, seed {chosen.seed}: {len(report.lost)} lost, {report.twice} answered twice "
                f"({len(report.unexplained)} of them unexplained, {report.in_flight} chats in flight), "
                f"{len(report.disordered)} chats out of order, taken over in {report.taken_over_s:.1f} s, "
                f"all in {report.seconds:.1f} s, the log is {'exact' if report.log_is_exact else 'WRONG'}",
                flush=True,
            )
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
