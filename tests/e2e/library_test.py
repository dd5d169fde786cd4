"""libcurl, which is loaded when somebody is first asked: where it is broken, and whole again."""
from cases import Case
from clinic import JANE, ROOMLESS, SARAH
from live_support import JANE_THERE, PARTICIPANT, ROOM, STATUS, room_of, settings, twilio
from support import wait_until
from workers import Worker


class Library(Case):
    def setUp(self):
        twilio().tell(reset=True)
        self.addCleanup(twilio().tell, reset=True)
        self.worker = Worker()
        self.addCleanup(self.worker.close)
        self.worker.stop()
        self.library = self.worker.dir / "libcurl.so.4"
        self.library.touch()
        self.worker.settings = settings(TWILIO_ROOMS="rest", LD_LIBRARY_PATH=str(self.worker.dir))
        self.worker.start()

    def ask(self, method, path, user):
        return self.given(self.worker.ask(method, path, user))

    def test_is_to_the_worker_a_provider_that_is_away(self):
        process = self.worker.process.pid
        twilio().create(name := room_of(47))
        jane = twilio().join(name, JANE_THERE)
        self.assertEqual(self.ask("GET", STATUS.format(47), JANE)["source"], "store")
        removal = PARTICIPANT.format(47, JANE_THERE) + "remove/"
        self.assertEqual(self.ask("POST", removal, SARAH)["at_provider"], "pending")
        wait_until(lambda: "event=eviction_failed" in self.worker.log(), "the removal was tried")
        self.assertIn("libcurl.so.4", self.worker.log())
        made = self.worker.ask("POST", ROOM.format(ROOMLESS), SARAH)
        self.assertEqual((made.status, made.json["status"]), (201, "pending"))
        self.library.unlink()
        wait_until(lambda: twilio().status(jane) == "disconnected", "who was removed is out")
        self.assertTrue(self.worker.alive())
        self.assertEqual(self.worker.process.pid, process)
