"""NVD's configurations as statements. Product versions are compared as dotted numbers."""
import gzip
import json
import re

from facts import statement


def components(criteria):
    return re.split(r"(?<!\\):", criteria)


def versions(match):
    """The range, or the one version, that a match means; `None` where it is neither a plain number nor open."""
    keys = {"versionStartIncluding": ">=", "versionStartExcluding": ">", "versionEndExcluding": "<", "versionEndIncluding": "<="}
    found = [sign + match[key] for key, sign in keys.items() if key in match]
    version, update = components(match["criteria"])[5:7]
    if any(not re.fullmatch(r"\d+(\.\d+)*", f.lstrip("<>=")) for f in found) or update not in ("*", "-"):
        return None
    if match.get("vulnerable") and any(part != "*" for part in components(match["criteria"])[7:]):
        return None
    if found:
        return {"ranges": [[*([] if found[0][0] == ">" else [">=0"]), *found]]}
    if version == "*":
        return {"ranges": [[">=0"]]}
    return {"versions": [version]} if re.fullmatch(r"\d+(\.\d+)*", version) else None


def statements(folder):
    for path in sorted(folder.glob("nvd/*.json*")):
        with (gzip.open if path.suffix == ".gz" else open)(path) as file:
            records = json.load(file)["vulnerabilities"]
        for record in records:
            yield from of_record(record["cve"])


def of_record(cve):
    """All of a record's matches, or nothing when one of them is beyond what is judged here."""
    identity = {"id": cve["id"], "aliases": [], "upstream": [], "withdrawn": cve.get("vulnStatus") == "Rejected"}
    found = []
    for configuration in cve.get("configurations") or []:
        nodes = configuration.get("nodes") or []
        if any(n.get("negate") for n in nodes) or configuration.get("negate") or any(n["operator"] != "OR" for n in nodes):
            return []
        is_and = configuration.get("operator") == "AND"
        for place, node in enumerate(nodes):
            others = [n for i, n in enumerate(nodes) if i != place] if is_and else []
            if any(m["vulnerable"] for n in others for m in n["cpeMatch"]):
                return []
            platforms = [[m["criteria"] for m in n["cpeMatch"]] for n in others]
            if any(versions({"criteria": m["criteria"], **m}) != {"ranges": [[">=0"]]} for n in others for m in n["cpeMatch"]) and others:
                return []
            for match in node["cpeMatch"]:
                if not match["vulnerable"]:
                    continue
                part, vendor, product = components(match["criteria"])[2:5]
                meant = versions(match)
                if meant is None or "\\" in vendor + product or "*" in vendor + product:
                    return []
                found.append(statement(identity, "nvd", f"cpe:{part}", f"{vendor}:{product}".lower(), condition={"cpe": match["criteria"], "platforms": platforms}, **meant))
    for one in found:
        one["vulnerabilities"] = [cve["id"]]
    return found
