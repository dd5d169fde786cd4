"""What became of a fault: what clients saw, what was lost, when all was well, what did not hold."""
import dataclasses
import subprocess

from chaos import BUSY, statuses, unheard
from support import BIN


@dataclasses.dataclass
class Verdict:
    saw: str
    lost: str = "nothing"
    slowest: float = 0
    normal_after: float = 0
    broken: list = dataclasses.field(default_factory=list)

    def must(self, holds, what):
        if not holds:
            self.broken.append(what)


def judge(made, load, since, allowed=(200, 201), stores=()):
    """What every fault has to keep, whatever else it does."""
    verdict = Verdict(statuses(load), normal_after=load.seconds_until_normal(since))
    verdict.slowest = max(one.answered - one.asked for one in load.seen)
    without = unheard(made, load, stores)
    verdict.must(not without, f"{len(without)} tokens left without an event")
    strange = {(one.kind, one.status, one.code) for one in load.seen if one.status not in allowed}
    verdict.must(not strange, f"answers that should not be: {sorted(map(str, strange))[:5]}")
    said = subprocess.run([BIN / "roomkey", "db", "verify"], capture_output=True, text=True,
                          env=made.settings | {"ROOMKEY_DB": str(made.db)})
    verdict.must(said.returncode == 0, f"db verify: {said.stderr.strip()}")
    answer = made.token(BUSY[0])
    verdict.must(answer.status == 200, f"a token afterwards: {answer}")
    return verdict
