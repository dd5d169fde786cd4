"""The test case, and one test for each row of a table."""
import re
import unittest

SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE FROM|BEGIN IMMEDIATE|COMMIT|PRAGMA)\b")


def each(rows):
    """One test for each row (a sentence and its arguments): its sentence ends the test's name."""
    def mark(method):
        method.rows = list(rows)
        return method
    return mark


def bound(method, arguments):
    return lambda self: method(self, *arguments)


class Case(unittest.TestCase):
    def __init_subclass__(cls):
        for name, method in list(vars(cls).items()):
            if not hasattr(method, "rows"):
                continue
            delattr(cls, name)
            for sentence, *arguments in method.rows:
                full = f"{name}_{re.sub(r'[^A-Za-z0-9]+', '_', sentence).strip('_')}"
                while hasattr(cls, full):
                    full += "_too"
                setattr(cls, full, bound(method, arguments))

    def refused(self, answer, status, code, text=None):
        """A refusal in the shape of the contract, and nothing given away."""
        self.assertEqual((answer.status, answer.code), (status, code), answer)
        self.assertIsInstance(answer.json["error"], str)
        if text is not None:
            self.assertEqual(answer.json["error"], text)
        if code not in ("too_early", "too_late"):
            self.assertEqual(set(answer.json), {"error", "code"})
        self.assertNotIn(b"eyJ", answer.body)

    def given(self, answer):
        self.assertEqual(answer.status, 200, answer)
        return answer.json
