#!/usr/bin/python3
"""Every test that docs/security.md names is there: `FILE`: sentence, sentence."""
import re
import sys
from pathlib import Path

page = " ".join(Path("docs/security.md").read_text(encoding="utf-8").split())
faults = []
named = 0
for file, sentences in re.findall(r"`(tests/[^`]+)`(?:: ([^|;()`]+))?", page):
    if not Path(file).is_file():
        faults.append(f"{file} is not there")
        continue
    text = Path(file).read_text(encoding="utf-8")
    for sentence in filter(None, (part.strip(" .") for part in sentences.split(", "))):
        named += 1
        if sentence not in text:
            faults.append(f"{file} has no test {sentence}")
for fault in faults:
    print(f"docs/security.md: {fault}", file=sys.stderr)
sys.exit(1 if faults or named < 30 else 0)
