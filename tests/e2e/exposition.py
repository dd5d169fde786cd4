"""A strict reader of Prometheus's text format, as far as roomkey writes it."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?)")
SUFFIXES = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


class Scrape(dict):
    """Samples by (name, labels); ValueError for whatever breaks a rule of the text format 0.0.4."""

    def __init__(self, text):
        super().__init__()
        self.types, self.remarks = {}, []
        lines = text.split("\n")
        if lines.pop() != "":
            raise ValueError("no line feed at the end")
        family, helped = None, set()
        for line in lines:
            if found := re.fullmatch(rf"# HELP ({NAME}) ([^\\]+)", line):
                family = found[1]
                if family in helped:
                    raise ValueError(f"two families of one name: {line}")
                helped.add(family)
            elif found := re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", line):
                if found[1] != family or family in self.types:
                    raise ValueError(f"TYPE out of its place: {line}")
                self.types[family] = found[2]
            elif line.startswith("# remark: "):
                self.remarks.append(line)
            else:
                self.add(family, line)

    def add(self, family, line):
        found = SAMPLE.fullmatch(line)
        if not found or found[1] not in [family + end for end in SUFFIXES[self.types[family]]]:
            raise ValueError(f"no sample, or out of its family: {line}")
        if self.types[family] == "counter" and not family.endswith("_total"):
            raise ValueError(f"a counter without _total: {line}")
        pairs = re.findall(LABEL, found[2] or "")
        key = (found[1], frozenset(pairs))
        if key in self or len(dict(pairs)) != len(pairs):
            raise ValueError(f"twice: {line}")
        self[key] = float(found[0].rsplit(" ", 1)[1])

    def value(self, name, **labels):
        return self.get((f"roomkey_{name}", frozenset(labels.items())))

    def of(self, name):
        """{labels: value} of one name, all labels' values as one tuple in the labels' order."""
        return {tuple(v for _, v in sorted(labels)): value for (key, labels), value in self.items()
                if key == f"roomkey_{name}"}

    def check_histogram(self, name):
        series = {}
        for (key, labels), value in self.items():
            if key == f"{name}_bucket":
                labels = dict(labels)
                end = float(labels.pop("le"))
                series.setdefault(frozenset(labels.items()), []).append((end, value))
        for labels, buckets in series.items():
            counts = [value for _, value in sorted(buckets)]
            if counts != sorted(counts) or max(buckets)[0] != float("inf"):
                raise ValueError(f"buckets are not cumulative: {labels} {buckets}")
            if counts[-1] != self[f"{name}_count", labels]:
                raise ValueError(f"+Inf is not the count: {labels}")
            if (self[f"{name}_sum", labels] > 0) != (counts[-1] > 0):
                raise ValueError(f"the sum does not fit the count: {labels}")
        return series
