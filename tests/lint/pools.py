#!/usr/bin/python3
"""That nginx asks the workers which each route's row names (src/worker/*routes.cpp): the pool is what
keeps a route that speaks to a provider out of the workers that may speak to nobody, and the other way
round. Prints a line for each route that goes to the wrong pool, and ends with 1 where there is one."""
import re
import sys
from pathlib import Path

EXAMPLE = {"{id}": "47", "{user}": "2", "{text}": "PA1"}
ROW = re.compile(r'\.pattern = "([^"]+)"(.*?)\.(?:handle|judge)', re.S)
EVENTS = re.compile(r'(?:return|=) "(/api/appointments/[a-z-]+/)";')
PASS = re.compile(r"fastcgi_pass roomkey_(token|room);")


def rows(root):
    """(pattern, pool) of every route; where providers send their events is theirs to say."""
    for path in sorted((root / "src/worker").glob("*routes.cpp")):
        for pattern, rest in ROW.findall(path.read_text(encoding="utf-8")):
            yield pattern, "room" if "Pool::room" in rest else "token"
    for top in ("include/roomkey/provider", "src/provider"):
        for path in sorted((root / top).rglob("*.?pp")):
            for pattern in EVENTS.findall(path.read_text(encoding="utf-8")):
                yield pattern, "room"


def locations(root):
    """(kind, what, pool) of nginx's locations that lead to workers, as they stand."""
    text = (root / "nginx/roomkey.conf.in").read_text(encoding="utf-8")
    for block in re.finditer(r"location (~|=|\^~)? ?(\S+) \{(.*?)\n    \}", text, re.S):
        found = PASS.search(block[3])
        if found and not block[2].startswith("@"):
            yield block[1], block[2], found[1]


def pool_of(path, places):
    """As nginx chooses: a prefix that ends the search, the first expression that fits, else `/`."""
    for kind, what, pool in places:
        if kind == "^~" and path.startswith(what):
            return pool
    for kind, what, pool in places:
        if kind == "~" and re.search(what, path):
            return pool
    return next(pool for kind, what, pool in places if kind is None and what == "/")


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    places, seen, status = list(locations(root)), 0, 0
    for pattern, pool in rows(root):
        seen += 1
        path = re.sub(r"\{\w+\}", lambda found: EXAMPLE[found[0]], pattern)
        for spelling in (path, path.rstrip("/")):
            asked = pool_of(spelling, places)
            if asked != pool:
                print(f"lint: {pattern} is the {pool} pool's, and nginx asks the {asked} pool")
                status = 1
    if seen < 10 or len(places) < 4:
        print(f"lint: only {seen} routes and {len(places)} locations were found")
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
