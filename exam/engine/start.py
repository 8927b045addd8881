"""A first draw of a form: pilot slots, quotas per sub-domain, candidates, a weighted start."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .blueprint import BlueprintSpec
from .pool import BoolArray, FloatArray, IntArray, ItemPool
from .stock import Part, parts

KEEP = 20
"""Candidates kept per sub-domain, the least exposed of twice as many drawn."""
PEEK = 32
_LATER = float(2**40)


class Stuck(Exception):
    """Enemies left a domain without enough questions; `filled` of `needed` were found."""

    def __init__(self, part: Part, filled: int) -> None:
        self.part, self.filled = part, filled
        super().__init__(f"Domain {part.number} holds only {filled} questions.")


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A form that meets the hard constraints, and who else could have been drawn.

    `candidates` (M,) are item indices, row by row; `rows` says where each sub-domain's row
    lies in them, domain by domain; `chosen` are positions in `candidates`.
    """

    pilots: list[int]
    candidates: IntArray
    rows: list[list[range]]
    chosen: list[int]

    def groups(self, by_domain: bool) -> list[range]:
        """The candidates that may stand in for each other, sub-domain or domain at a time."""
        if by_domain:
            return [range(row[0].start, row[-1].stop) for row in self.rows]
        return [span for row in self.rows for span in row]


@dataclass(slots=True, eq=False)
class Starter:
    """What every start of one assembly shares. `allowed` (J,) may grow between starts."""

    pool: ItemPool
    spec: BlueprintSpec
    exposure: IntArray
    allowed: BoolArray
    rng: np.random.Generator
    sparing: bool = False
    """Prefer items with few enemies, after a start got stuck."""

    def start(self) -> Start:
        """One random start, or Stuck."""
        filling = parts(self.pool, self.spec, self.allowed)
        blocked: set[int] = set()
        pilots = [item for part in filling for item in self._pilots(part, blocked)]
        free = self.allowed & ~self.pool.is_pilot_status
        free[list(blocked)] = False
        rows: list[list[range]] = []
        chosen: list[int] = []
        found: list[IntArray] = []
        size = 0
        for part in filling:
            quotas = _quotas(part, self.rng)
            drawn = [
                self._row(subdomain, quota, free)
                for subdomain, quota in zip(part.subdomains, quotas, strict=True)
            ]
            spans = []
            for row in drawn:
                spans.append(range(size, size + row.size))
                size += row.size
            found += drawn
            rows.append(spans)
            candidates = np.concatenate(drawn)
            chosen += self._fill(part, candidates, spans, quotas, blocked)
        return Start(pilots, np.concatenate(found), rows, chosen)

    def _pilots(self, part: Part, blocked: set[int]) -> list[int]:
        """Items in pilot status first, then those with the least data.

        An item served but not yet counted has data on its way, so the larger of responses and
        exposure speaks; candidates who start at the same time then get different pilot items.
        """
        if not part.pilots:
            return []
        members = [self.pool.members[s] for s in part.subdomains if s >= 0]
        usable = np.concatenate(members)
        usable = usable[self.allowed[usable]]
        data = np.maximum(self.pool.responses[usable], self.exposure[usable])
        key = data + self.rng.random(usable.size) + self._reluctance(usable)
        key[~self.pool.is_pilot_status[usable]] += _LATER
        taken: list[int] = []
        for place in _ascending(key):
            item = int(usable[place])
            slot = part.subdomains.index(int(self.pool.subdomain[item]))
            if item in blocked or not part.take_pilot(slot, bool(self.pool.is_pilot_status[item])):
                continue
            taken.append(item)
            blocked |= {item, *self.pool.enemies.get(item, ())}
            if not part.pilots:
                return taken
        raise Stuck(part, len(taken))

    def _row(self, subdomain: int, quota: int, free: BoolArray) -> IntArray:
        """Candidates of one sub-domain in the order in which a start takes them."""
        members = self.pool.members[subdomain] if subdomain >= 0 else np.empty(0, np.int64)
        usable = members[free[members]]
        if not self.sparing:
            keep = max(KEEP, 3 * quota)
            drawn = self.rng.choice(usable, min(2 * keep, usable.size), replace=False)
            usable = drawn[np.argsort(self.exposure[drawn], kind="stable")[:keep]]
        if not usable.size:
            return usable
        excess = self.exposure[usable] - self.exposure[usable].min()
        key = self.rng.exponential(size=usable.size) * (1 + excess) + self._reluctance(usable)
        ordered: IntArray = usable[np.argsort(key, kind="stable")]
        return ordered

    def _fill(
        self,
        part: Part,
        candidates: IntArray,
        spans: Sequence[range],
        quotas: Sequence[int],
        blocked: set[int],
    ) -> list[int]:
        """Take each quota from the front of its row; what enemies prevent comes from other rows."""
        offset = spans[0].start
        items = candidates.tolist()
        chosen: list[int] = []

        def take(span: range, count: int) -> int:
            before = len(chosen)
            for position in span:
                if len(chosen) - before == count:
                    break
                item = items[position - offset]
                if item not in blocked:
                    blocked.update({item, *self.pool.enemies.get(item, ())})
                    chosen.append(position)
            return len(chosen) - before

        for span, quota, need in zip(spans, quotas, part.need, strict=True):
            if take(span, quota) < need:
                raise Stuck(part, part.counts.pilot + len(chosen))
        for span in spans:
            take(span, part.scored - len(chosen))
        if len(chosen) < part.scored:
            raise Stuck(part, part.counts.pilot + len(chosen))
        return chosen

    def _reluctance(self, items: IntArray) -> FloatArray | float:
        if not self.sparing:
            return 0.0
        enemies = self.pool.enemies
        count = [sum(bool(self.allowed[e]) for e in enemies.get(i, ())) for i in items.tolist()]
        return np.asarray(count, np.float64) * float(2**20)


def _quotas(part: Part, rng: np.random.Generator) -> list[int]:
    """Scored items per sub-domain: proportional to what is left, from the minimum to the stock.

    Shares of what is left, not of the whole bank, keep a sub-domain from running out before the
    others. The rounding is random, so that over many forms every item gets its turn.
    """
    quotas = list(part.need)
    scale = part.scored / max(sum(part.operational), 1)
    luck = rng.random(len(quotas)).tolist()
    wanted = [stock * scale + lot for stock, lot in zip(part.operational, luck, strict=True)]
    for _ in range(part.scored - sum(quotas)):
        unfilled = [i for i, quota in enumerate(quotas) if quota < part.operational[i]]
        quotas[max(unfilled, key=lambda i: wanted[i] - quotas[i])] += 1
    return quotas


def _ascending(key: FloatArray) -> Iterator[int]:
    """Positions by ascending key; the first few without sorting everything."""
    if key.size > 2 * PEEK:
        head = np.argpartition(key, PEEK)[:PEEK]
        yield from head[np.argsort(key[head])].tolist()
        yield from np.argsort(key)[PEEK:].tolist()
    else:
        yield from np.argsort(key).tolist()
