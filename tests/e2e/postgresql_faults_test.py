"""The store on PostgreSQL when the server is in trouble: 503 within two seconds, never a token without its
event, and well again by itself."""
import re
import time

from cases import Case, each
from load import at_once
from postgres import Cluster, PostgresWorker, Road, cluster, kill_hard, needed
from support import told_by_proc, wait_until


setUpModule = needed


class Faults(Case):
    def unavailable(self, worker, says, ask=None):
        """503, in time and in the contract's words."""
        start, began = len(worker.log()), time.monotonic()
        answer = (ask or worker.token)()
        spent = time.monotonic() - began
        self.assertEqual((answer.status, answer.code), (503, "store_unavailable"), answer)
        self.assertEqual(answer["Retry-After"], "1")
        self.assertLess(spent, 2)
        said = [line for line in worker.log()[start:].splitlines() if "status=503" in line]
        self.assertRegex("\n".join(said), says)
        self.assertNotIn("eyJ", answer.body.decode())

    def faults(self, worker):
        """What the metrics have counted, by fault."""
        page = worker.get("/metrics").body.decode()
        counted = re.findall(r'^roomkey_store_faults_total\{fault="(\w+)"\} (\d+)$', page, re.M)
        self.assertGreater(len(counted), 10)
        return {fault: int(count) for fault, count in counted if count != "0"}

    def well(self, worker):
        """Again, by itself."""
        wait_until(lambda: worker.token().status == 200, "tokens again", 5)
        self.assertTrue(worker.alive())

    def worker(self, *arguments, **changes):
        worker = PostgresWorker(*arguments, **changes)
        self.addCleanup(worker.close)
        return worker


class Away(Faults):
    """What is done to a whole server."""

    @classmethod
    def setUpClass(cls):
        cls.server = Cluster()
        cls.name = cls.server.filled()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def test_a_server_that_is_away_comes_back(self):
        worker = self.worker(self.server.address(self.name))
        self.given(worker.token())
        self.server.stop()
        for _ in range(3):
            self.unavailable(worker, "the server can't be reached|No such file|starting or stopping")
        self.server.start()
        self.given(worker.token())
        self.assertEqual(self.faults(worker), {"away": 3})

    def test_a_server_that_restarts_costs_nothing(self):
        worker = self.worker(self.server.address(self.name))
        self.given(worker.token())
        self.server.stop()
        self.server.start()
        self.given(worker.token())

    def test_a_server_that_hangs(self):
        worker = self.worker(self.server.address(self.name))
        self.given(worker.token())
        self.server.freeze()
        for _ in range(3):
            self.unavailable(worker, "does not answer in time|did not answer in time")
        began = time.monotonic()
        answers = at_once(8, lambda _: worker.token())
        self.assertEqual({answer.status for answer in answers}, {503})
        self.assertLess(time.monotonic() - began, 2.5)
        self.server.thaw()
        self.well(worker)
        self.assertIn("is sound", worker.roomkey("db", "verify"))


class Trouble(Faults):
    def worker_about_to_be_cut_off(self):
        """It has given a token; the answer to its next commit is lost, and the connection with it."""
        road = Road(cluster().port)
        self.addCleanup(road.close)
        name = cluster().filled()
        worker = self.worker(cluster().tcp(name, port=road.port), ROOMKEY_DB_PASSWORD=cluster().password)
        worker.name = name
        self.given(worker.token())
        road.cut_after_commit = True
        return worker

    def test_a_connection_that_dies_behind_the_commit(self):
        worker = self.worker_about_to_be_cut_off()
        self.unavailable(worker, "whether it was committed is not known")
        self.given(worker.token())
        self.assertEqual(self.faults(worker), {"unknown_outcome": 1})
        # Whatever became of it, it was tried once.
        self.assertIn(len(worker.granted_requests()), (2, 3))
        self.assertEqual(len(set(worker.granted_requests())), len(worker.granted_requests()))

    def test_nobody_in_a_group_gets_a_token_of_a_commit_that_is_not_known(self):
        worker = self.worker_about_to_be_cut_off()
        answers = at_once(8, lambda _: worker.token())
        tokens = [answer for answer in answers if answer.status == 200]
        statuses = {answer.status for answer in answers}
        self.assertIn(503, statuses)
        self.assertLessEqual(statuses, {200, 503})  # who came in a group after that one
        requests = worker.granted_requests()
        self.assertEqual(len(set(requests)), len(requests), "an event came twice")
        self.assertGreaterEqual(len(requests), 1 + len(tokens))

    def conflict(self, times, seconds=0):
        name = cluster().filled()
        cluster().sql("""
            CREATE SEQUENCE tries;
            CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF nextval('tries') <= %d THEN PERFORM pg_sleep(%f); RAISE 'no' USING ERRCODE = '40001'; END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER conflict BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION conflict()"""
                      % (times, seconds), name)
        worker = self.worker(cluster().address(name))
        worker.name = name
        return worker

    def test_a_conflict_is_tried_once_more(self):
        worker = self.conflict(1)
        self.given(worker.token())
        self.assertEqual(len(worker.granted_requests()), 1)

    def test_and_only_once(self):
        worker = self.conflict(1000)
        self.unavailable(worker, "another transaction was in the way")
        self.assertEqual(cluster().sql("SELECT last_value FROM tries", worker.name).strip(), "2")

    def test_what_is_tried_once_more_has_no_more_time_than_it_had(self):
        worker = self.conflict(2, seconds=1.2)
        self.unavailable(worker, "does not answer in time")
        self.well(worker)

    @each([("older", 7, "has schema 7, needed is"), ("newer", 99, "has schema 99, newer than")])
    def test_a_schema_that_is(self, schema, says):
        name = cluster().filled()
        cluster().sql(f"UPDATE roomkey SET schema = {schema}", name)
        worker = self.worker(cluster().address(name))
        answer = worker.token()
        self.assertEqual((answer.status, answer.code), (503, "store_unavailable"))
        self.assertIn(says, worker.log())

    @each([("with a wrong password", {"ROOMKEY_DB_PASSWORD": "wrong-5f0c1a9be2"}, "refuses the login .28P01"),
           ("without a password", {}, "wants a password, and none is given"),
           ("to another's database", {"ROOMKEY_DB_PASSWORD": None}, "no database of that name .3D000")])
    def test_a_login(self, changes, says):
        known = {name: value or cluster().password for name, value in changes.items()}
        database = "nobodys" if None in changes.values() else cluster().filled()
        worker = self.worker(cluster().tcp(database), **known)
        answer = worker.token()
        self.assertEqual((answer.status, answer.code), (503, "store_unavailable"))
        self.assertRegex(worker.log(), says)
        for secret in (*known.values(), "clinic_"):
            self.assertNotIn(secret, worker.log())

    def test_a_server_without_the_tls_that_is_wanted(self):
        worker = self.worker(cluster().tcp(cluster().filled(), sslmode="require"),
                             ROOMKEY_DB_PASSWORD=cluster().password)
        self.unavailable(worker, "does not support SSL")

    def test_a_server_with_too_many_connections(self):
        name = cluster().filled()
        cluster().sql("CREATE ROLE crowded LOGIN SUPERUSER CONNECTION LIMIT 0; ALTER ROLE crowded NOSUPERUSER")
        worker = self.worker(cluster().address(name, "crowded"))
        self.unavailable(worker, "too many connections .53300")

    def test_no_password_stands_in_its_environment_for_others_to_see(self):
        worker = self.worker(cluster().tcp(cluster().filled()), ROOMKEY_DB_PASSWORD=cluster().password)
        self.given(worker.token())
        self.assertNotIn(cluster().password.encode(), told_by_proc(worker.process.pid))


class Standby(Faults):
    """`full`: no token without a synchronous standby that has its event."""

    @classmethod
    def setUpClass(cls):
        cls.first = Cluster()
        cls.name = cls.first.filled()
        cls.second = Cluster(standby_of=cls.first)

    @classmethod
    def tearDownClass(cls):
        for server in (cls.second, cls.first):
            server.close()

    def worker(self, address, **changes):
        return super().worker(address, **({"ROOMKEY_DB_ALONE": "refuse"} | changes))

    def test_1_no_token_without_a_standby(self):
        worker = self.worker(self.first.address(self.name))
        answer = worker.token()
        self.assertEqual((answer.status, answer.code), (503, "store_unavailable"))
        self.assertIn("has no synchronous standby", worker.log())
        self.assertEqual(self.faults(worker), {"alone": 1})
        self.assertEqual(self.first.events(self.name)[1:], [])

    def test_2_a_token_s_event_is_on_the_standby_before_it_leaves(self):
        self.first.setting("synchronous_standby_names", "*")
        worker = self.worker(self.first.address(self.name))
        wait_until(lambda: worker.token().status == 200, "a token", 10)
        for _ in range(10):
            request = "0123456789abcdef"
            self.given(worker.token(REQUEST_ID=request))
            self.assertEqual(self.second.events(self.name)[-1]["request_id"], request)

    def test_3_no_token_while_the_standby_is_away(self):
        worker = self.worker(self.first.address(self.name))
        self.given(worker.token())
        self.second.stop()
        for _ in range(2):
            began = time.monotonic()
            self.assertEqual(worker.token().status, 503)
            self.assertLess(time.monotonic() - began, 2)
        self.second.start()
        wait_until(lambda: worker.token().status == 200, "tokens again", 10)

    def test_4_the_standby_takes_no_changes(self):
        worker = self.worker(self.second.address(self.name))
        answer = worker.token()
        self.assertEqual((answer.status, answer["Retry-After"]), (503, "1"))
        self.assertRegex(worker.log(), "takes no changes")

    def test_5_of_several_hosts_the_one_that_takes_changes_is_found_and_found_again(self):
        hosts = f"127.0.0.1:{self.second.port},127.0.0.1:{self.first.port}"
        worker = PostgresWorker(f"postgresql://postgres@{hosts}/{self.name}",
                                ROOMKEY_DB_PASSWORD=self.first.password)
        self.addCleanup(worker.close)
        self.given(worker.token())
        before = self.second.events(self.name)
        kill_hard(self.first)
        self.assertEqual(worker.token().status, 503)
        self.second.sql("SELECT pg_promote()")
        wait_until(lambda: worker.token().status == 200, "a token of the new one", 10)
        self.assertEqual(self.second.events(self.name)[:len(before)], before)
        self.assertIn("is sound", worker.roomkey("db", "verify"))
