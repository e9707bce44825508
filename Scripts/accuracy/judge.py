"""What advisories say of a version: the evaluation of the OSV schema and the precedence of distributions, written out plainly.

A statement is a dict: `rank`, `ranges` (lists of events), `versions`, `state`, `withdrawn`. Events are texts: `>=V` introduced, `<V` fixed,
`<=V` last affected, `>V` introduced just above, `|V` limit. A range may begin with the word `semver`.
"""
from orders import Unordered

OPERATORS = (">=", "<=", "<", ">", "|")


def split(event):
    operator = next(o for o in OPERATORS if event.startswith(o))
    return operator, event[len(operator) :]


def bounds(statement):
    """Every version text of a statement."""
    for events in statement["ranges"]:
        for event in events:
            if event != "semver" and split(event)[1] not in ("0", "*"):
                yield split(event)[1]
    yield from statement["versions"]


class Judge:
    def __init__(self, order):
        self.order = order

    def sorted_events(self, events):
        """By version, those at equal versions in document order; "0" stands before everything."""
        placed = [split(e) for e in events if e != "semver" and not e.startswith("|")]
        result = []
        for operator, version in placed:
            at = len(result)
            while at > 0 and self.before(version, result[at - 1][1]):
                at -= 1
            result.insert(at, (operator, version))
        return result

    def before(self, a, b):
        if b == "0":
            return False
        return a == "0" or self.order(a, b) < 0

    def in_range(self, version, events):
        """https://ossf.github.io/osv-schema/#evaluation"""
        limits = [split(e)[1] for e in events if e.startswith("|")]
        if limits and "*" not in limits and not any(self.order(version, limit) < 0 for limit in limits):
            return False
        vulnerable = False
        for operator, bound in self.sorted_events(events):
            if operator == ">=" and (bound == "0" or self.order(version, bound) >= 0):
                vulnerable = True
            elif operator == ">" and self.order(version, bound) > 0:
                vulnerable = True
            elif operator == "<" and self.order(version, bound) >= 0:
                vulnerable = False
            elif operator == "<=" and self.order(version, bound) > 0:
                vulnerable = False
        return vulnerable

    def passed_fix(self, version, statement):
        """Whether the version is at or above a repair of a stretch that had been affected."""
        for events in statement["ranges"]:
            open_stretch = False
            for operator, bound in self.sorted_events(events):
                if operator in (">=", ">"):
                    open_stretch = True
                elif operator == "<=":
                    open_stretch = False
                elif open_stretch and self.order(version, bound) >= 0:
                    return True
        return False

    def outcome(self, version, statement):
        """affected, undetermined, fixed or not_affected, by one statement."""
        state = statement["state"]
        if state in ("not_affected", "undetermined"):
            return state
        if not statement["ranges"] and not statement["versions"]:
            return "affected" if state in ("unfixed", "end_of_life", "ignored") else "undetermined"
        if any(self.in_range(version, events) for events in statement["ranges"]):
            return "affected"
        if any(self.order(version, listed) == 0 for listed in statement["versions"]):
            return "affected"
        return "fixed" if self.passed_fix(version, statement) else "not_affected"

    def fixes(self, version, statement):
        """Repairs above the version that end a stretch."""
        found = []
        for events in statement["ranges"]:
            limits = [split(e)[1] for e in events if e.startswith("|")]
            open_stretch = False
            for operator, bound in self.sorted_events(events):
                if operator in (">=", ">"):
                    open_stretch = True
                elif operator == "<=":
                    open_stretch = False
                elif operator == "<" and open_stretch:
                    open_stretch = False
                    if self.order(version, bound) < 0 and not limits:
                        found.append(bound)
        return found

    def label(self, version, statements):
        """The answer of all statements together, and the repair to be named (several texts where equal ones are published)."""
        standing = self.joined(s for s in statements if not s["withdrawn"])
        if not standing:
            return "not_affected", None
        rank = min(s["rank"] for s in standing)
        deciding = [s for s in standing if s["rank"] == rank]
        outcomes = [self.outcome(version, s) for s in deciding]
        answer = next(a for a in ("affected", "undetermined", "fixed", "not_affected") if a in outcomes)
        if answer != "affected":
            return answer, None
        candidates = [f for s, o in zip(deciding, outcomes) if o == "affected" for f in self.fixes(version, s)]
        clean = [f for f in candidates if all(self.outcome(f, s) != "affected" for s in deciding)]
        return answer, self.lowest(clean or candidates)

    @staticmethod
    def joined(statements):
        """What one advisory says of a package in several entries is one statement: a fix of a later branch repairs an earlier one, too."""
        found = {}
        for one in statements:
            key = one.get("feed"), one.get("id"), one["rank"], one["state"], one.get("stream"), str(one.get("condition"))
            known = found.get(key)
            found[key] = one | {"ranges": known["ranges"] + one["ranges"], "versions": known["versions"] + one["versions"]} if known else one
        return list(found.values())

    def lowest(self, versions):
        if not versions:
            return None
        low = versions[0]
        for version in versions[1:]:
            if self.order(version, low) < 0:
                low = version
        return "|".join(sorted({v for v in versions if self.order(v, low) == 0}))


__all__ = ["Judge", "Unordered", "bounds", "split"]
