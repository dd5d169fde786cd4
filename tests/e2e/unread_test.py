"""Who asks and never reads the answer: over HTTP/2 a client says itself how much it will take."""
import time

import http2
import stores
from callback_support import NINE, PARTICIPANTS, CallbackCase, Session, next_number
from clinic import JANE
from support import PATIENCE

AT_ONCE = 60


def ask_and_never_read(demo, path):
    """One connection with many requests and no room for any byte of an answer's body."""
    asked = http2.GET + http2.HTTPS + b"".join(http2.field(name, value) for name, value in (
        (":authority", f"localhost:{demo.port}"), (":path", path),
        ("authorization", f"Bearer {demo.bearer(JANE)}")))
    connection = http2.Http2(demo.port, window=0)
    connection.ask(*[asked] * AT_ONCE)
    return connection


class Unread(CallbackCase):
    def crowded(self):
        """A room in which 250 people were, whose names are as long as they can be."""
        session = Session(next_number())
        stores.put(self.demo, "room_sessions", [(session.sid, session.number, 250)])
        stores.put(self.demo, "room_events",
                   [(session.sid, n, "participant-connected", NINE + n, f"PA{n:032}", "\x7f" * 512, None)
                    for n in range(250)])
        return session

    def test_an_answer_that_nobody_reads_holds_up_nobody_else(self):
        path = PARTICIPANTS.format(self.crowded().number)
        body = self.demo.get(path, JANE)
        self.assertGreater(len(body.body), 300_000)
        self.assertEqual(len(body.json["participants"]), 100)
        with ask_and_never_read(self.demo, path):
            time.sleep(0.2)
            started = time.monotonic()
            for _ in range(20):
                self.given(self.demo.get(path, JANE))
                self.given(self.demo.token())
            self.assertLess(time.monotonic() - started, PATIENCE)
        self.assertEqual(list(self.demo.dir.glob("**/fastcgi*/**/*[0-9]")), [])
