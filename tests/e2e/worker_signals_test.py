"""One worker that is stopped, and one whose socket systemd hands over."""
import ctypes
import errno
import os
import signal
import socket
import struct
import subprocess
import threading
import time

from cases import Case, each
from clinic import JANE
from fastcgi import fcgi_answer
from support import BIN, PATIENCE, wait_until
from workers import Worker


EPOLL_PWAIT2 = 441  # on every architecture


class Signals(Case):
    def half_sent(self, worker):
        connection = worker.connect()
        data = worker.request(user=JANE)
        connection.sendall(data[:150])
        # In hand once another one has to wait; the worker sleeps in read() then.
        time.sleep(0.3)
        return connection, data[150:]

    @each([("SIGTERM", signal.SIGTERM), ("SIGINT", signal.SIGINT), ("SIGUSR1", signal.SIGUSR1)])
    def test_finishes_the_request_in_hand_and_exits_with_0_on(self, number):
        with Worker() as worker:
            connection, rest = self.half_sent(worker)
            with connection:
                worker.process.send_signal(number)
                time.sleep(0.3)
                self.assertTrue(worker.alive(), "it left in the middle of a request")
                connection.sendall(rest)
                self.given(fcgi_answer(connection.makefile("rb")))
            self.assertEqual(worker.process.wait(PATIENCE), 0)
            self.assertEqual(len(worker.granted()), 1)
            self.assertIn("event=stopped", worker.log())

    def test_an_idle_worker_exits_with_0_at_once(self):
        with Worker() as worker:
            self.given(worker.token())
            started = time.monotonic()
            self.assertEqual(worker.stop(), 0)
            self.assertLess(time.monotonic() - started, 10)

    def test_a_worker_that_is_stopped_while_it_starts_exits_with_0_too(self):
        with Worker() as worker, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            worker.stop()
            os.unlink(worker.path)
            worker.settings["NOTIFY_SOCKET"] = str(worker.dir / "notify")
            systemd.bind(worker.settings["NOTIFY_SOCKET"])
            systemd.settimeout(PATIENCE)
            waiting = 0
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
                other.setblocking(False)
                with self.assertRaises(BlockingIOError):  # full: the worker can't say READY=1
                    while waiting < 100000:
                        other.sendto(b"x", worker.settings["NOTIFY_SOCKET"])
                        waiting += 1
            worker.start()
            wait_until(lambda: "event=started" in worker.log().rpartition("event=stopped")[2],
                       "its first line")
            worker.process.terminate()
            time.sleep(0.2)
            self.assertTrue(worker.alive())
            while systemd.recv(100) != b"READY=1":
                continue
            self.assertEqual(worker.process.wait(PATIENCE), 0)

    def test_a_second_worker_takes_over_the_path_of_the_first(self):
        with Worker() as worker:
            worker.process.kill()
            worker.process.wait()
            worker.start()
            wait_until(lambda: worker.token() is not None, "an answer")
            self.given(worker.token())


class GivenSocket(Worker):
    """The listening socket is file descriptor 0, as systemd hands it over, and stays ours too."""

    def start(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen(64)
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "roomkey-fcgi"], stdin=self.socket, stdout=log, stderr=log,
                env=self.settings | {"ROOMKEY_DB": str(self.db)})

    def stop(self):
        self.socket.close()
        return super().stop()


def on_an_older_kernel():
    """No epoll_pwait2, by a filter of system calls: seccomp(2)."""
    code, equals, answer, deny, allow = 0x20, 0x15, 0x06, 0x00050000 | errno.ENOSYS, 0x7FFF0000
    steps = [(code, 0, 0, 0), (equals, 0, 1, EPOLL_PWAIT2), (answer, 0, 0, deny),
             (answer, 0, 0, allow)]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    filters = ctypes.create_string_buffer(program)
    fprog = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(filters))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
    assert libc.prctl(22, 2, fprog, 0, 0) == 0  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER


class AnOlderKernel(Case):
    def test_without_epoll_pwait2_it_waits_in_milliseconds(self):
        with Worker(before=on_an_older_kernel) as worker, worker.connect() as half:
            half.sendall(worker.request(user=JANE)[:50])
            for _ in range(20):
                self.given(worker.token())
            with self.assertRaises(ConnectionResetError):  # its time is up
                half.recv(1)
            self.given(worker.token())
            self.assertEqual(worker.stop(), 0, worker.log())


class ASharedSocket(Case):
    """systemd makes it blocking again with each worker that it starts, also with one that fails."""

    def answers_soon(self, worker):
        started = time.monotonic()
        with worker.connect() as connection:
            connection.settimeout(5)
            connection.sendall(worker.request(user=JANE))
            self.given(fcgi_answer(connection.makefile("rb")))
        self.assertLess(time.monotonic() - started, 1)

    def test_that_became_blocking_holds_no_request_until_the_next_comes(self):
        with GivenSocket() as worker:
            self.answers_soon(worker)
            for _ in range(3):
                worker.socket.setblocking(True)
                self.answers_soon(worker)

    def test_that_becomes_blocking_at_any_moment_holds_none_either(self):
        over = threading.Event()

        def meddle(listening):
            while not over.is_set():
                listening.setblocking(True)
        with GivenSocket() as worker:
            self.answers_soon(worker)
            meddler = threading.Thread(target=meddle, args=(worker.socket,))
            meddler.start()
            try:
                for _ in range(50):
                    self.answers_soon(worker)
            finally:
                over.set()
                meddler.join()
