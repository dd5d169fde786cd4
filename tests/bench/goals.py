"""What a release has to reach. All of speed is a ratio of two targets that took turns in one run."""
from collections import namedtuple

Goal = namedtuple("Goal", "what measured bound limit unit", defaults=[""])
AT_LEAST, AT_MOST = "at least", "at most"


def table(goals):
    print("\n| goal | measured | met |\n|---|---|---|")
    for what, measured, bound, limit, unit in goals:
        met = measured >= limit if bound is AT_LEAST else measured <= limit
        print(f"| {what}: {bound} {limit:g}{unit} | {measured:.{0 if measured > 99 else 2}f}{unit} "
              f"| {'yes' if met else '**no**'} |")


def at_saturation(token, bare, kept):
    return [
        Goal("requests/s, of the bare responder's with a connection each", token.rate / bare.rate,
             AT_LEAST, 0.95),
        Goal("requests/s, of the bare responder's with kept connections", token.rate / kept.rate,
             AT_LEAST, 0.62),
        Goal("CPU of nginx and worker, of the bare responder's with a connection each",
             token.cpu / bare.cpu, AT_MOST, 1.25),
        Goal("worker CPU above the bare responder's, of its own",
             (token.worker - bare.worker) / bare.worker, AT_MOST, 1.3),
        # What it was before connections were kept: 4.15 ms beside 2.03.
        Goal("p99 at saturation, of the bare responder's with a connection each",
             token.p99 / bare.p99, AT_MOST, 2.04),
    ]


def with_guards(guarded, token):
    return [Goal("requests/s with `ROOMKEY_PERSON_RATE` and `ROOMKEY_AUDIT_KEY`, of those without",
                 guarded.rate / token.rate, AT_LEAST, 0.97)]


def at_half_load(token, kept):
    return [Goal("p99 at half load, of the bare responder's with kept connections",
                 token.p99 / kept.p99, AT_MOST, 2.0)]


def beside_a_crowd(alone, beside):
    return [Goal("p99 at half load beside 64 people who wait, of that without them", beside / alone,
                 AT_MOST, 1.2)]


def under_full(token, durable):
    return [Goal("`full`: requests/s, of one durable commit each", token.rate / durable.rate,
                 AT_LEAST, 2.5)]


def on_a_server(workers, token, insert):
    return [Goal(f"PostgreSQL, {workers} workers: tokens/s, of pgbench's inserts", token.rate / insert.rate,
                 AT_LEAST, 0.5)]


def of_a_worker(allocations, memory, start):
    return [Goal("allocations a token", allocations, AT_MOST, 60),
            Goal("memory (PSS) of a worker with 32 kept connections", memory, AT_MOST, 8, " MiB"),
            Goal("start of a worker to its first answer", start, AT_MOST, 15, " ms")]


def of_peers(token, django, node):
    return [Goal("requests/s, of Django's", token.rate / django.rate, AT_LEAST, 14),
            Goal("requests/s, of Node's", token.rate / node.rate, AT_LEAST, 1.8)]
