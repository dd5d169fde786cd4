"""GET /metrics: what both pools counted, read by a strict parser of the text format."""
import json
import os
import re
import signal
import subprocess
import time
from collections import Counter

import stores
from answers import Connection
from cases import Case, each
from clinic import JANE, SAM, SARAH
from exposition import Scrape
from load import at_once
from stacks import Demo, made_up_settings, shared_demo
from support import ROOT, wait_until
from workers import Worker

TOKEN, REFRESH = "/api/appointments/video-token/47/", "/api/appointments/video-token-refresh/47/"
STATUS, ROOM = "/api/appointments/video-status/47/", "/api/appointments/video-room/47/"


def scrape(stack):
    answer = stack.get("/metrics")
    if answer.status != 200:
        raise AssertionError(answer)
    return Scrape(answer.body.decode("ascii"))


def settled(demo, total):
    """A scrape in which so many requests were counted. (An answer may come before its count.)"""
    def reached():
        found = scrape(demo)
        return found if sum(v for k, v in found.of("requests_total").items()
                            if k[0] not in ("metrics", "healthz")) >= total else None
    return wait_until(reached, f"{total} requests counted")


def without(found, *routes):
    return {k: v for k, v in found.of("requests_total").items() if k[0] not in routes}


class Metrics(Case):
    def mix(self, demo, rounds=5):
        """Some of everything, over both pools and all workers; returns what must be counted."""
        asks = [("video_token", 200, lambda: demo.get(TOKEN, JANE)),
                ("video_token", 200, lambda: demo.get(TOKEN, SARAH)),
                ("video_token", 200, lambda: demo.ask("HEAD", TOKEN, JANE)),
                ("video_token", 403, lambda: demo.get(TOKEN, SAM)),
                ("video_token", 401, lambda: demo.get(TOKEN)),
                ("video_token", 401, lambda: demo.get(TOKEN, token="x.y.z")),
                ("video_token_refresh", 200, lambda: demo.get(REFRESH, JANE)),
                ("stream_token", 200, lambda: demo.post("/api/video-call/token", JANE, body=b"{}")),
                ("video_room", 200, lambda: demo.post(ROOM, JANE)),
                ("video_room", 403, lambda: demo.post(ROOM, SAM)),
                ("video_status", 200, lambda: demo.get(STATUS, JANE)),
                ("video_status", 404, lambda: demo.get(STATUS.replace("47", "9999"), JANE)),
                ("none", 405, lambda: demo.post(TOKEN, JANE)),
                ("none", 404, lambda: demo.get(f"/{JANE}/{'x' * 40}/eyJhbGciOi"))]
        work = asks * rounds
        statuses = at_once(4, lambda i: [ask().status for _, _, ask in work[i::4]])
        for i in range(4):
            self.assertEqual(statuses[i], [status for _, status, _ in work[i::4]])
        return Counter((route, str(status)) for route, status, _ in work)

    def test_counts_exactly_over_both_pools_and_through_deaths_and_restarts(self):
        with Demo(made_up_settings()) as demo:
            before = scrape(demo)
            started = without(before, "healthz", "metrics")
            self.assertEqual(started, {("video_token", "200"): 1})  # the demo's own
            wanted = Counter(started)
            wanted.update(self.mix(demo))
            after = settled(demo, wanted.total())
            self.check_counts(after, wanted)
            self.assertEqual(after.of("workers"), {("token",): 2, ("room",): 2, ("other",): 0})
            self.assertEqual(after.value("audit_events_total"), len(demo.events()))
            self.assertEqual(after.value("tokens_total", provider="twilio", kind="first")
                             + after.value("tokens_total", provider="twilio", kind="refresh")
                             + after.value("tokens_total", provider="stream", kind="any"),
                             len({event["request_id"] for event in demo.granted()}))

            for pool in ("token", "room"):
                for pid in demo.workers(pool):
                    os.kill(pid, signal.SIGKILL)
            twice = {("token",): 4, ("room",): 4, ("other",): 0}
            wait_until(lambda: scrape(demo).of("worker_starts_total") == twice, "workers are back")
            wanted.update(self.mix(demo))
            after = settled(demo, wanted.total())
            self.check_counts(after, wanted)
            self.assertEqual(after.of("worker_starts_total"), twice)
            self.assertEqual(after.of("workers"), {("token",): 2, ("room",): 2, ("other",): 0})

            demo.start()  # nginx and all workers anew, and a token of its own
            wanted["video_token", "200"] += 1
            wanted.update(self.mix(demo, 1))
            after = settled(demo, wanted.total())
            self.check_counts(after, wanted)
            self.assertEqual(after.of("worker_starts_total"),
                             {("token",): 6, ("room",): 6, ("other",): 0})

    def check_counts(self, found, wanted):
        self.assertEqual(without(found, "healthz", "metrics"), dict(wanted))
        tokens = {("first", "twilio"): wanted["video_token", "200"],
                  ("refresh", "twilio"): wanted["video_token_refresh", "200"],
                  ("first", "stream"): 0, ("refresh", "stream"): 0,
                  ("any", "stream"): wanted["stream_token", "200"]} | {
                      (kind, name): 0 for kind in ("first", "refresh")
                      for name in ("livekit", "jitsi", "janus", "custom")}
        self.assertEqual(found.of("tokens_total"), tokens)
        refused = Counter()
        for (route, status), count in wanted.items():
            refused[{"401": "401", "403": "permission_denied", "405": "method_not_allowed"}.get(
                status, "not_found" if route == "none" else "appointment_not_found")] += (
                    count if status >= "400" else 0)
        codes = {code: count for (code,), count in found.of("refusals_total").items() if count}
        codes["401"] = codes.pop("authentication_required") + codes.pop("invalid_token")
        self.assertEqual(codes, {code: count for code, count in refused.items() if count})
        found.check_histogram("roomkey_request_duration_seconds")
        counts = found.of("request_duration_seconds_count")
        by_route = Counter()
        for (route, _), count in found.of("requests_total").items():
            by_route[route] += count
        self.assertEqual({route: n for (route,), n in counts.items() if n}, dict(by_route))

    def test_asking_twilio_is_counted(self):
        with Worker(TWILIO_VIDEO_URL="http://127.0.0.1:9") as worker:
            self.given(worker.get(STATUS, JANE))
            self.assertEqual({k: v for k, v in scrape(worker).of("provider_calls_total").items()
                              if v}, {("find_room", "unreachable", "twilio"): 1})

    def test_tells_of_store_certificate_and_backups(self):
        demo = shared_demo()
        found = scrape(demo)
        end = subprocess.run(["openssl", "x509", "-in", demo.dir / "tls/cert.pem", "-noout",
                              "-enddate", "-dateopt", "iso_8601"], capture_output=True, text=True)
        stamp = time.strftime("%Y-%m-%d %H:%M:%SZ",
                              time.gmtime(found.value("certificate_not_after_timestamp_seconds")))
        self.assertEqual(end.stdout.strip(), f"notAfter={stamp}")
        if not stores.ON_POSTGRESQL:
            self.assertEqual(found.value("store_file_bytes"), demo.db.stat().st_size)
        self.assertEqual(found.value("store_up"), 1)
        self.assertEqual(found.value("backup_timestamp_seconds"), 0)
        self.assertEqual((sum(found.of("metrics_fault").values()), found.remarks), (0, []))
        (demo.dir / "backups").mkdir()
        file = demo.dir / "backups/roomkey-20260101T000000Z.db"
        demo.roomkey("db", "backup", file)
        found = scrape(demo)
        self.assertEqual(found.value("backup_timestamp_seconds"), int(file.stat().st_mtime))
        self.assertEqual(found.value("backup_bytes"), file.stat().st_size)

    def test_answers_as_the_text_format_wants_and_head_without_a_body(self):
        for path in ("/metrics", "/metrics/", "/metrics?a=b"):
            answer = shared_demo().get(path)
            self.assertEqual(answer["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
            self.assertEqual(answer["Cache-Control"], "no-store")
            Scrape(answer.body.decode("ascii"))
        head = shared_demo().ask("HEAD", "/metrics")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        posted = shared_demo().post("/metrics")
        self.refused(posted, 405, "method_not_allowed")
        self.assertEqual(posted["Allow"], "GET, HEAD, OPTIONS")

    def test_is_for_loopback_alone(self):
        demo = shared_demo()
        for path in ("/metrics", "/metrics/", "//metrics", "/x/../metrics"):
            with Connection(demo.port, demo.tls, "127.0.0.2") as elsewhere:
                elsewhere.send(demo.request("GET", path))
                answer = elsewhere.receive()
            self.refused(answer, 403, "permission_denied")

    def test_holds_no_secret_no_token_and_nobody(self):
        demo = shared_demo()
        bearer = demo.bearer(JANE)
        for path in (f"/{bearer}", f"/metrics/{bearer}", f"{TOKEN}?access_token={bearer}", TOKEN):
            demo.get(path, token=bearer)
        text = demo.get("/metrics").body.decode()
        values = {value for _, labels in Scrape(text) for _, value in labels}
        self.assertTrue(all(re.fullmatch(r"[a-zA-Z0-9_.+]{1,40}", value) for value in values))
        settings = [value for name, value in demo.settings.items() if name not in stores.SETTINGS]
        for word in [*settings, *bearer.split("."), str(demo.dir), "jane", "@",
                     "apt-", "/"]:
            if len(word) > 3 or word in "@/":
                self.assertNotIn(word, text.replace("text/plain", ""), word)

    @each([("truncated", lambda file: os.truncate(file, 0)),
           ("taken away", os.unlink),
           ("too long", lambda file: os.truncate(file, 1 << 20)),
           ("full of noise", lambda file: file.write_bytes(b"\xff" * file.stat().st_size))])
    def test_a_worker_starts_and_serves_with_its_file(self, harm):
        with Worker(ROOMKEY_PERSON_RATE=None) as worker:
            worker.stop()
            folder = worker.dir / "metrics"
            folder.mkdir(mode=0o700)
            worker.settings["ROOMKEY_METRICS_DIR"] = str(folder)
            worker.start()
            self.given(worker.token())
            files = sorted(folder.iterdir())
            self.assertEqual(len(files), 3)  # counters, persons, addresses
            worker.stop()
            for file in files:
                harm(file)
            worker.start()
            self.given(worker.token())
            found = scrape(worker)
            self.assertEqual(found.value("workers", pool="other"), 1)
            self.assertEqual(found.value("metrics_fault", part="counters"),
                             float("too_long" in self.id()))

    def test_a_worker_whose_file_is_cut_off_under_it_comes_back_by_itself(self):
        with Demo(made_up_settings()) as demo:
            file, = (demo.dir / "metrics").glob("counters-*")
            os.truncate(file, 0)
            wait_until(lambda: demo.token().status == 200 and demo.get("/metrics").status == 200
                       and scrape(demo).of("workers")[("token",)] == 2, "all is well again")
            self.assertEqual(file.stat().st_size % 8, 0)
            self.given(demo.token())

    def test_without_a_folder_it_says_that_it_counts_alone(self):
        with Worker(ROOMKEY_METRICS_DIR="/nonexistent/metrics") as worker:
            self.given(worker.token())
            found = scrape(worker)
            self.assertEqual(found.of("metrics_fault")[("counters",)], 1)
            self.assertIn("# remark: counters: ROOMKEY_METRICS_DIR: No such file or directory",
                          found.remarks)
            self.assertEqual(found.value("requests_total", route="video_token", status="200"), 1)
            self.assertIn("event=counts_alone", worker.log())
            self.assertNotIn("/nonexistent", worker.log())


class DashboardAndAlerts(Case):
    """Every metric and every label's value that they name is there in a real scrape."""

    def expressions(self):
        alerts = (ROOT / "docs/alerts.yml").read_text()
        board = json.loads((ROOT / "docs/grafana-dashboard.json").read_text())
        found = re.findall(r"expr: (.+)", alerts)
        self.assertEqual(len(found), alerts.count("alert: "))
        for panel in board["panels"]:
            found += [target["expr"] for target in panel.get("targets", [])]
        self.assertGreater(len(found), 30)
        return found

    @stores.of_sqlite("the alerts about its file are among them")
    def test_name_only_what_is_there(self):
        shared_demo().roomkey("db", "reserve", "1")
        found = scrape(shared_demo())
        names = {name for name, _ in found}
        label_values = {}
        for _, labels in found:
            for label, value in labels:
                label_values.setdefault(label, set()).add(value)
        for expression in self.expressions():
            used = set(re.findall(r"roomkey_[a-z_]+", expression)) or set()
            self.assertTrue(used or 'up{job="roomkey"}' in expression, expression)
            self.assertEqual(used - names, set(), expression)
            for label, values in re.findall(r'(\w+)[!=]~?"([^"]*)"', expression):
                if label not in ("job", "instance"):
                    self.assertEqual(set(values.split("|")) - label_values[label], set(),
                                     expression)

    def test_the_manual_names_every_metric_and_every_alert(self):
        manual = (ROOT / "docs/operations.md").read_text()
        for name in scrape(shared_demo()).types:
            self.assertIn(f"`{name}`", manual)
        alerts = re.findall(r"alert: (\w+)", (ROOT / "docs/alerts.yml").read_text())
        self.assertGreater(len(alerts), 10)
        for alert in alerts:
            self.assertIn(f"`{alert}`", manual)


class TheParser(Case):
    """It would see a fault."""

    @each([("no end", "# HELP a_total A.\n# TYPE a_total counter\na_total 1"),
           ("a sample of another family", "# HELP a A.\n# TYPE a gauge\nb 1\n"),
           ("a sample twice", '# HELP a A.\n# TYPE a gauge\na{x="1"} 1\na{x="1"} 2\n'),
           ("a family twice", "# HELP a A.\n# TYPE a gauge\na 1\n# HELP a A.\n"),
           ("a counter's name", "# HELP a A.\n# TYPE a counter\na 1\n"),
           ("a quote", '# HELP a A.\n# TYPE a gauge\na{x="""} 1\n'),
           ("a label twice", '# HELP a A.\n# TYPE a gauge\na{x="1",x="2"} 1\n'),
           ("no number", "# HELP a A.\n# TYPE a gauge\na x\n"),
           ("an empty line", "# HELP a A.\n# TYPE a gauge\n\na 1\n")])
    def test_refuses(self, text):
        with self.assertRaises(ValueError):
            Scrape(text)

    def test_refuses_buckets_that_are_none(self):
        head = "# HELP a A.\n# TYPE a histogram\n"
        good = 'a_bucket{le="1"} 1\na_bucket{le="+Inf"} 2\na_sum 1.5\na_count 2\n'
        self.assertEqual(len(Scrape(head + good).check_histogram("a")), 1)
        for old, new in (('"1"} 1', '"1"} 3'), ("_count 2", "_count 3"), ("sum 1.5", "sum 0"),
                         ("+Inf", "5")):
            with self.assertRaises(ValueError):
                Scrape(head + good.replace(old, new)).check_histogram("a")
