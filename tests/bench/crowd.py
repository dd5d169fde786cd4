"""64 people who wait at their doors and ask every 2 s, beside somebody's tokens."""
import contextlib
import http.client
import json
import ssl
import statistics
import threading
import time

import goals
from stack import CONNECTIONS, ROUNDS, TOKEN, Stack, wrk

PEOPLE, EVERY = range(1001, 1065), 2  # seconds


def clinic():
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    people = [{"id": one, "email": f"p{one}@example.com", "name": f"P {one}", "role": "patient"}
              for one in PEOPLE]
    visits = [{"id": one, "patient_id": one, "psychologist_id": 19, "appointment_date": start,
               "duration_minutes": 60} for one in PEOPLE]
    return json.dumps({"users": people, "appointments": visits})


class Crowd:
    def __init__(self, stack):
        file = stack.dir / "crowd.json"
        file.write_text(clinic())
        stack.roomkey("import", file)
        stack.roomkey("appointment", "admit", "47", "2")
        self.port, self.bearers = stack.port, {one: stack.roomkey("bearer", str(one)) for one in PEOPLE}
        self.tls = ssl.create_default_context()
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE

    def wait(self, one, over):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls)
        with contextlib.closing(connection):
            over.wait(EVERY * (one - PEOPLE[0]) / len(PEOPLE))
            while not over.is_set():
                connection.request("GET", f"/api/appointments/video-token/{one}/", None,
                                   {"Authorization": f"Bearer {self.bearers[one]}"})
                answer = connection.getresponse()
                assert b'"waiting"' in answer.read(), answer.status
                over.wait(EVERY)

    @contextlib.contextmanager
    def here(self):
        over = threading.Event()
        threads = [threading.Thread(target=self.wait, args=(one, over)) for one in PEOPLE]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()


def measured(folder, sync, pause):
    with Stack(folder, sync, ROOMKEY_WAITING_ROOM="admit") as stack:
        crowd = Crowd(stack)
        script = stack.paused(stack.scripts()[0], pause)
        alone, beside = [], []
        for _ in range(ROUNDS):
            alone.append(wrk(stack, TOKEN, script)[3])
            with crowd.here():
                beside.append(wrk(stack, TOKEN, script)[3])
    alone, beside = statistics.median(alone), statistics.median(beside)
    print(f"\n{len(PEOPLE)} people wait and ask every {EVERY} s (`{sync}`, {CONNECTIONS} connections "
          f"with pauses of {pause:.1f} ms): p99 {alone:.2f} ms without them, {beside:.2f} ms beside them")
    return goals.beside_a_crowd(alone, beside)
