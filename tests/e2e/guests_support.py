"""An appointment for each test of guests, and how they are invited and come."""
import functools
import json

from cases import Case
from clinic import SARAH, appointment
from stacks import Demo, made_up_settings

GUESTS = "/api/appointments/video-guests/{}/"
GUEST = GUESTS + "{}/{}/"
TOKEN = "/api/video-guest/token/"
NUMBERS = range(901, 941)
WANTED = {"name": "Ines Dolmetsch", "kind": "interpreter"}
next_number = functools.partial(next, iter(NUMBERS))


@functools.cache
def house(**changes):
    demo = Demo(made_up_settings(**changes))
    demo.fill({"appointments": [appointment(number) for number in NUMBERS]})
    return demo


class GuestCase(Case):
    demo = property(lambda self: house())

    def invite(self, number, user=SARAH, demo=None, **changes):
        answer = (demo or self.demo).post(GUESTS.format(number), user,
                                          body=json.dumps(WANTED | changes).encode())
        self.assertEqual(answer.status, 201, answer)
        return answer.json

    def enter(self, code, demo=None, **more):
        return (demo or self.demo).post(TOKEN, body=json.dumps({"code": code} | more).encode())

    def listed(self, number, user=SARAH):
        return self.given(self.demo.get(GUESTS.format(number), user))["guests"]

    def entered(self):
        """(appointment, what was answered to the invitation, the guest's device)"""
        number = next_number()
        made = self.invite(number)
        return number, made, self.given(self.enter(made["code"]))["device"]
