"""What every answer carries, whoever gives it."""
import os
import signal

from cases import Case, each
from clinic import FRESH, JANE
from refusal_support import REFUSALS, ROOM, TOKEN, UNREAD, ask
from stacks import Demo, shared_demo
from support import BROWSER, ORIGIN, wait_until

EXPOSED = "WWW-Authenticate, Retry-After, X-Request-Id, Date"
ALWAYS = "Authorization, Content-Type, Cache-Control, Pragma, X-Requested-With, X-Request-Id"

KINDS = REFUSALS + [
    ("a token", ask("GET", TOKEN.format(60), JANE), 200, None, None),
    ("HEAD", ask("HEAD", TOKEN.format(60), JANE), 200, None, None),
    ("a new room", ask("POST", ROOM.format(FRESH[1]), JANE), 201, None, None),
    ("healthz", ask("GET", "/healthz"), 200, None, None),
    ("readyz", ask("GET", "/readyz"), 200, None, None),
]


class EveryAnswer(Case):
    def carries_all(self, answer, origin=ORIGIN, json=True):
        self.assertRegex(answer.first, "^HTTP/1.1 ")
        names = [name.lower() for name, _ in answer.headers]
        self.assertEqual(len(names), len(set(names)), f"a header stands twice: {answer}")
        wanted = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
                  "Vary": "Origin", "Access-Control-Allow-Origin": origin,
                  "Access-Control-Expose-Headers": origin and EXPOSED}
        if json:
            wanted["Content-Type"] = "application/json"
        for name, value in wanted.items():
            self.assertEqual(answer[name], value, name)
        self.assertRegex(answer["X-Request-Id"], "^[0-9a-f]{32}$")
        self.assertIsNotNone(answer["Date"])
        self.assertIsNone(answer["Access-Control-Allow-Credentials"])
        self.assertEqual(answer["Server"], "nginx")
        self.assertEqual(answer["Retry-After"] is not None, answer.status in (429, 502, 503, 504))
        self.assertEqual(answer["Allow"] is not None, answer.status == 405)
        if json and answer.body:
            self.assertIsInstance(answer.json, dict)

    @each((sentence, sentence, send, status) for sentence, send, status, *_ in KINDS)
    def test_carries_all_headers_once_on(self, sentence, send, status):
        answer = send(shared_demo())
        self.assertEqual(answer.status, status)
        self.carries_all(answer, None if sentence in UNREAD else ORIGIN)

    @each((origin, origin) for origin in (
        "https://localhost:3001", "http://localhost:3000.evil.example", "https://evil.example",
        "null", "*", "HTTPS://LOCALHOST:3000", "https://localhost:3000/", "https://localhostx3000",
        "https://localhost", "https://localhost:3000 https://evil.example", ""))
    def test_no_script_of_an_unlisted_origin_may_read(self, origin):
        for method in ("GET", "OPTIONS"):
            answer = shared_demo().ask(method, TOKEN.format(60), JANE, headers={"Origin": origin})
            self.assertEqual(answer.status, 200 if method == "GET" else 204)
            self.carries_all(answer, origin=None, json=method == "GET")
            self.assertEqual([h for h in answer.headers if h[0].startswith("Access-Control")], [])

    @each((origin, origin) for origin in (ORIGIN, "http://localhost:3000", "http://localhost:5173"))
    def test_preflight_is_answered_for(self, origin):
        for path in (TOKEN.format(47), ROOM.format(47), "/api/nothing/"):
            answer = shared_demo().ask("OPTIONS", path, headers={
                "Origin": origin, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,cache-control,pragma"})
            self.assertEqual((answer.status, answer.body), (204, b""))
            self.carries_all(answer, origin, json=False)
            self.assertEqual(answer["Access-Control-Allow-Methods"], "GET, POST, PUT, OPTIONS")
            self.assertEqual(answer["Access-Control-Allow-Headers"], ALWAYS)
            self.assertEqual(answer["Access-Control-Max-Age"], "7200")

    def preflight(self, asked, origin=ORIGIN):
        answer = shared_demo().ask("OPTIONS", TOKEN.format(47), headers={
            "Origin": origin, "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": asked})
        self.assertEqual((answer.status, answer["Vary"]), (204, "Origin"))
        return answer.all("Access-Control-Allow-Headers")

    @each((asked, asked) for asked in (
        "authorization,baggage,sentry-trace,traceparent,x-release-tag", "x-a, x-b", "X-A\t,\tx-b",
        "x_a", "!#$%&'*+-.^_`|~09azAZ", ",".join(f"x-{n:04}" for n in range(146)),
        ",".join(f"x-{n:04}" for n in range(585))))
    def test_preflight_allows_a_listed_origin_the_names_that_it_asks_for(self, asked):
        self.assertEqual(self.preflight(asked), [f"{ALWAYS}, {asked}"])
        self.assertEqual(self.preflight(asked, "https://evil.example"), [])

    @each((repr(asked)[:40], asked) for asked in (
        None, "", "authorization,x-requested-with", "Content-Type", "*", "x-a,*", "* , x-a", "x a",
        "x-a,", ",x-a", "x-a,,x-b", "x-a;x-b", "x:a", '"x"', "x-\u00fc", "x\x01a", "x-a,x\x7f", "(x)",
        "x/a", "x@a", "x[a]", "x{a}", "x\\a", "x=a", "x?a", "x<a>", "x" * 4097))
    def test_preflight_allows_no_more_than_ever_to(self, asked):
        self.assertEqual(self.preflight(asked), [ALWAYS])

    def test_without_origin_there_are_no_cors_headers_but_vary(self):
        self.carries_all(shared_demo().token(60, headers={"Origin": None}), origin=None)

    def test_the_clients_own_request_id_is_not_taken(self):
        answer = shared_demo().token(60, headers={"X-Request-Id": "f" * 32})
        self.assertNotEqual(answer["X-Request-Id"], "f" * 32)

    def test_a_burst_over_the_rate_is_429_and_ends_by_itself(self):
        with Demo(rate_limit="on") as demo, demo.connect() as connection:
            request = demo.request("GET", "/api/nothing/", headers=BROWSER)

            def burst():
                connection.send(request * 10)
                return [connection.receive() for _ in range(10)]
            answers = [answer for _ in range(15) for answer in burst()]
            self.assertEqual({answer.status for answer in answers}, {404})
            for _ in range(300):
                answers = burst()
                if answers[-1].status == 429:
                    break
            self.refused(answers[-1], 429, "rate_limited", "Too many requests")
            self.assertGreater(int(answers[-1]["Retry-After"]), 0)
            self.carries_all(answers[-1])
            self.assertEqual(demo.get("/healthz").status, 200)
            self.assertEqual(demo.ask("OPTIONS", "/", headers=BROWSER).status, 204)
            wait_until(lambda: demo.token().status == 200, "the limit is over")

    def test_the_demo_without_rate_limit_takes_any_burst(self):
        demo = shared_demo()
        with demo.connect() as connection:
            for _ in range(60):
                connection.send(demo.request("GET", "/api/nothing/") * 10)
                self.assertEqual({connection.receive().status for _ in range(10)}, {404})

    def test_without_any_worker_it_is_502_and_well_again_after_a_start(self):
        with Demo() as demo:
            for pool in ("token", "room"):
                demo.kill_pool(pool)
            for answer in (demo.token(headers=BROWSER),
                           demo.post(ROOM.format(47), JANE, headers=BROWSER)):
                self.refused(answer, 502, "worker_unavailable", "Service temporarily unavailable")
                self.carries_all(answer)
            demo.start()
            self.given(demo.token())

    def test_without_its_socket_it_is_502_and_no_log_holds_the_query_or_the_path(self):
        with Demo() as demo:
            socket = demo.dir / "token.sock"
            socket.rename(demo.dir / "moved.sock")
            before = set(demo.workers())
            for worker in before:  # and with them the connections that nginx keeps
                os.kill(worker, signal.SIGTERM)
            wait_until(lambda: not before & set(demo.workers()), "the workers have gone")
            query = f"?access_token={demo.bearer(JANE)}"
            answer = demo.get(TOKEN.format(47) + query, JANE, headers={"Referer": f"/{query}"})
            self.refused(answer, 502, "worker_unavailable", "Service temporarily unavailable")
            self.carries_all(answer)
            wait_until(lambda: 'worker_status="502, 502, 502"' in demo.log(), "nginx's line")
            for part in ("eyJ", "token.sock", "access_token"):
                self.assertNotIn(part, demo.log())
            (demo.dir / "moved.sock").rename(socket)
            self.given(demo.token())

    def test_workers_that_hang_are_504(self):
        with Demo(workers=1) as demo:
            worker = demo.workers()[0]
            os.kill(worker, signal.SIGSTOP)
            answer = demo.token(headers=BROWSER)
            self.refused(answer, 504, "worker_unavailable", "Service temporarily unavailable")
            self.carries_all(answer)
            os.kill(worker, signal.SIGCONT)
            self.given(demo.token())
