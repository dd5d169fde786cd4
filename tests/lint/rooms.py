#!/usr/bin/python3
"""The walls of the house (docs/architecture.md): which room may see which, followed through headers to
the end; which files may use which library; SQL; who may name a vendor; headers that are public and need
not be. Prints a line for each breach and ends with 1 where there is one. With --numbers it prints the
numbers of docs/architecture.md instead. Takes the folder of the tree, this one's by default."""
import re
import sys
from collections import Counter
from pathlib import Path

ABOVE = {
    "base": "",
    "metrics": "base",
    "crypto": "base",
    "access": "base crypto",
    "provider": "base crypto access",
    "store": "base crypto access",
    "http": "base access",
    "config": "base crypto access provider store",
    "handlers": "base metrics crypto access provider store http",
    "worker": "base metrics crypto access provider store http config handlers",
    "cli": "base crypto access provider store config",
}
LIBRARIES = [  # what is included, who may
    (r"fcgi", r"src/worker/fcgi_server\.cpp"),
    (r"SQLiteCpp/|sqlite3", r"src/store/driver/sqlite/"),
    (r"libpq-fe|postgresql/", r"src/store/driver/postgresql/"),
    (r"dlfcn", r"include/roomkey/base/library\.hpp"),
    (r"openssl/", r"src/crypto/"),
    (r"CLI/", r"src/(cli|worker)/main\.cpp|src/cli/(setup/)?options\.|include/roomkey/base/validators\.hpp"),
    (r"spdlog/", r"src/base/log\.cpp"),
    (r"curl/", r"src/provider/(https(_line\.hpp|_line\.cpp|\.cpp)|libcurl\.hpp)"),
]
# What is one driver's, by its headers and by its words.
DRIVER = re.compile(r'(roomkey/)?store/driver/(\w+)/')
OWN_WORDS = re.compile(r'"[^"\n]*\b(PRAGMA|sqlite_\w+|pragma_\w+|pg_\w+|to_regclass|current_setting)\b')
SQL = re.compile(r'"[^"\n]*\b(SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM|PRAGMA) ')
INCLUDE = re.compile(r'^#include ([<"])([^>"]+)[>"]', re.M)
VENDOR = re.compile(r"twilio|livekit|jitsi|janus|stream_?(api|token|key|user|call|settings)|getstream|provider::stream", re.I)
# Beside provider/<vendor>/: the table, and the contract's own words for a refusal.
NAMES_VENDORS = {"include/roomkey/provider/all.hpp", "src/provider/all.cpp", "src/cli/demo.cpp"}


class House:
    def __init__(self, root):
        self.root = root
        self.text = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
                     for top in ("src", "include") for path in sorted((root / top).rglob("*.?pp"))}
        self.includes = {name: INCLUDE.findall(text) for name, text in self.text.items()}

    def file_of(self, include):
        """The file of ours that an include names, or nothing."""
        for folder in ("include/", "src/"):
            if folder + include in self.text:
                return folder + include
        return None

    @staticmethod
    def room_of(name):
        return name.removeprefix("include/roomkey/").removeprefix("src/").split("/")[0]

    def ours(self, name):
        return [found for kind, include in self.includes[name] if kind == '"'
                and (found := self.file_of(include))]

    def reached(self, name):
        """Each file that a unit sees, with the way to it."""
        ways, open_ends = {name: name}, [name]
        while open_ends:
            here = open_ends.pop()
            for found in self.ours(here):
                if found not in ways:
                    ways[found] = ways[here] + " > " + found
                    open_ends.append(found)
        return ways

    def users(self):
        """Of each public header the rooms that see it, by itself or in another header."""
        users = {name: set() for name in self.text if name.startswith("include/")}
        for name in self.text:
            for found in self.reached(name):
                users.get(found, set()).add(self.room_of(name))
        return users


def walls(house):
    for name in house.text:
        room = house.room_of(name)
        if room not in ABOVE or name.count("/") < 2:
            yield f"{name}: lies in no room"
            continue
        allowed = {room, *ABOVE[room].split()}
        for found, way in house.reached(name).items():
            if house.room_of(found) not in allowed:
                yield f"{room} may see only {ABOVE[room] or 'itself'}: {way}"
        for found in house.ours(name):
            if found.startswith("src/") and house.room_of(found) != room:
                yield f"{name}: {found} is private to its room"
        for kind, include in house.includes[name]:
            if kind == '"' and not house.file_of(include):
                yield f"{name}: there is no {include}"


def libraries(house):
    for name, includes in house.includes.items():
        for _, include in includes:
            for library, owner in LIBRARIES:
                if re.match(library, include) and not re.match(owner, name):
                    yield f"{name}: only {owner} may use {library}"


def sql(house):
    for name, text in house.text.items():
        if not name.startswith("src/store/") and SQL.search(text):
            yield f"{name}: SQL stands only in store and sql/"


def seam(house):
    """Above the drivers nobody knows any of them but in their table, and no driver another."""
    for name, text in house.text.items():
        if not re.match(r"(src|include/roomkey)/store/", name):
            continue
        if name.startswith("include/roomkey/store/driver/"):
            yield f"{name}: no other room may see a driver, but by what its row says"
        here = DRIVER.search(name)
        for _, include in house.includes[name]:
            driver = DRIVER.match(include)
            if driver and name != "src/store/driver/all.cpp" and not (here and here[2] == driver[2]):
                yield f"{name}: only src/store/driver/all.cpp and that driver may see {include}"
        if not here and OWN_WORDS.search(text):
            yield f"{name}: what only one engine understands stands in its src/store/driver/"


def needless(house):
    for name, rooms in house.users().items():
        if not rooms - {house.room_of(name)}:
            yield f"{name}: no other room uses it, so it belongs beside its source"


def naming_a_vendor(house):
    return {name for name, text in house.text.items()
            if VENDOR.search(text) and not re.search(r"provider/(twilio|stream|livekit|jitsi|janus|custom)/", name)}


def vendors(house):
    for name in sorted(naming_a_vendor(house) - NAMES_VENDORS):
        yield f"{name}: a vendor is named only in its folder; ask its row of provider/all"


def numbers(house):
    sources = Counter(name.rsplit("/", 1)[0] for name in house.text if name.endswith(".cpp"))
    (fullest, most), = sources.most_common(1)
    long = [path.relative_to(house.root).as_posix() for top in ("src", "include", "tests")
            for path in sorted((house.root / top).rglob("*"))
            if path.suffix in (".cpp", ".hpp", ".py", ".mjs") and "node_modules" not in path.parts
            and len(path.read_text(encoding="utf-8").splitlines()) > 300]
    yield "most `.cpp` files in a folder", f"{most} ({fullest})"
    yield "files over 300 lines", f"{sum(not name.startswith('tests/') for name in long)}, and " \
        f"{sum(name.startswith('tests/') for name in long)} of tests"
    yield "headers in include/ that no other room uses", len(list(needless(house)))
    yield "files of `src/` and `include/` outside of provider/<vendor>/ that name a vendor", len(naming_a_vendor(house))


def main():
    arguments = [word for word in sys.argv[1:] if not word.startswith("--")]
    house = House(Path(arguments[0] if arguments else Path(__file__).parents[2]).resolve())
    if "--numbers" in sys.argv:
        for what, number in numbers(house):
            print(f"| {what} | {number} |")
        return 0
    faults = [fault for rule in (walls, libraries, sql, seam, vendors, needless) for fault in rule(house)]
    for fault in faults:
        print(f"lint: {fault}")
    return 1 if faults or not house.text else 0


if __name__ == "__main__":
    sys.exit(main())
