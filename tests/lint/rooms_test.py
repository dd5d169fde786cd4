#!/usr/bin/python3
"""A breach of each kind, planted in a copy of the tree, fails tests/lint/rooms.py, and the tree as it
is does not."""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BREACHES = [  # file, a line put at its top, what is said
    ("src/cli/user.cpp", '#include "roomkey/http/router.hpp"', "cli may see only"),
    ("include/roomkey/config/config.hpp", '#include "roomkey/handlers/participants.hpp"',
     "cli may see only base crypto access provider store config: src/cli/"),
    ("src/base/text.cpp", '#include "roomkey/access/decide.hpp"', "base may see only itself"),
    ("src/worker/app.cpp", '#include "cli/session.hpp"', "is private to its room"),
    ("src/store/users.cpp", '#include "roomkey/store/nobody.hpp"', "there is no roomkey/store/nobody.hpp"),
    ("src/loose.cpp", "// in no room", "lies in no room"),
    ("src/http/router.cpp", "#include <fcgiapp.h>", "may use fcgi"),
    ("src/handlers/serve.cpp", "#include <SQLiteCpp/Database.h>", "may use SQLiteCpp/"),
    ("src/store/users.cpp", "#include <sqlite3.h>", "may use SQLiteCpp/|sqlite3"),
    ("src/store/users.cpp", '#include "store/driver/sqlite/connection.hpp"', "and that driver may see"),
    ("include/roomkey/store/users.hpp", '#include "store/driver/sqlite/files.hpp"',
     "and that driver may see"),
    ("src/store/driver/other/driver.cpp", '#include "store/driver/sqlite/fault.hpp"',
     "and that driver may see"),
    ("src/cli/db.cpp", '#include "store/driver/sqlite/backup.hpp"', "is private to its room"),
    ("include/roomkey/store/driver/other/files.hpp", "#pragma once", "no other room may see a driver"),
    ("src/store/users.cpp", '// "PRAGMA secure_delete"', "what only one engine understands"),
    ("src/access/bearer.cpp", "#include <openssl/evp.h>", "may use openssl/"),
    ("src/cli/user.cpp", "#include <CLI/CLI.hpp>", "may use CLI/"),
    ("src/worker/app.cpp", "#include <spdlog/spdlog.h>", "may use spdlog/"),
    ("src/provider/twilio/rest.cpp", "#include <curl/curl.h>", "may use curl/"),
    ("src/handlers/serve.cpp", '// "SELECT id FROM users"', "SQL stands only in store"),
    ("src/worker/routes.cpp", "// as Twilio has it", "a vendor is named only in its folder"),
    ("include/roomkey/access/nobody.hpp", "#pragma once", "no other room uses it"),
]


def said_of(tree):
    done = subprocess.run([sys.executable, ROOT / "tests/lint/rooms.py", tree], capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def main():
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for top in ("src", "include"):
            shutil.copytree(ROOT / top, tree / top)
        status, said = said_of(tree)
        if status != 0:
            faults.append(f"the tree itself: {said}")
        for name, line, wanted in BREACHES:
            path = tree / name
            before = path.read_text(encoding="utf-8") if path.exists() else None
            made = [parent for parent in path.parents if not parent.exists()]
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(f"{line}\n{before or ''}", encoding="utf-8")
            status, said = said_of(tree)
            if status == 0 or wanted not in said:
                faults.append(f"{line} in {name} is not refused with '{wanted}': {said}")
            path.write_text(before, encoding="utf-8") if before is not None else path.unlink()
            for parent in made:
                parent.rmdir()
    for fault in faults:
        print(f"lint: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
