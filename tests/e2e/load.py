"""Many clients at once."""
import threading

from support import PATIENCE, wait_until


def at_once(count, work):
    """Runs work(i) in `count` threads that start together; gives their results in order."""
    gate = threading.Barrier(count)
    results = [None] * count

    def run(i):
        gate.wait(PATIENCE)
        try:
            results[i] = work(i)
        except Exception as fault:  # for the test to see
            results[i] = fault
    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class Load:
    """Clients that ask over and over, on kept connections, until the block ends."""

    def __init__(self, demo, make_request, clients=4):
        self.demo, self.make_request = demo, make_request
        self.answers, self.faults = [], []
        self.done = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]

    def run(self):
        connection = self.demo.connect()
        while not self.done.is_set():
            try:
                connection.send(self.make_request())
                answer = connection.receive()
                self.answers.append(answer)
                if answer["Connection"] == "close":
                    connection.close()
                    connection = self.demo.connect()
            except (OSError, ConnectionError) as fault:
                self.faults.append(repr(fault))
                connection = self.demo.connect()
        connection.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        wait_until(lambda: self.answers or self.faults, "a first answer under load")
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join()
