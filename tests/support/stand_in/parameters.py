"""What Twilio's operations take, and how it refuses."""
import re

REGIONS = ("au1", "br1", "de1", "gll", "ie1", "in1", "jp1", "sg1", "us1", "us2")
ROOM_STATUSES = ("in-progress", "completed", "failed")
PARTICIPANT_STATUSES = ("connected", "disconnected", "reconnecting")
ERRORS = {400: (20001, "Bad request"), 401: (20003, "Authenticate"), 403: (20403, "Forbidden"),
          404: (20404, "The requested resource was not found"),
          405: (20004, "Method not allowed"), 429: (20429, "Too Many Requests"),
          500: (20500, "Internal Server Error"), 503: (20503, "Service Unavailable")}


def whole(least, most):
    return lambda text: text.isdigit() and least <= int(text) <= most


def one_of(words):
    return lambda text: text in words


def anything(_):
    return True


PAGE = {"PageSize": whole(1, 1000), "Page": whole(0, 10**9), "PageToken": anything}
# What each operation takes, and what is right there: a misspelt parameter is refused.
CREATE_ROOM = {
    "UniqueName": lambda text: 0 < len(text) <= 128, "Type": one_of(("group",)),
    "MaxParticipants": whole(1, 50), "MediaRegion": one_of(REGIONS),
    "EmptyRoomTimeout": whole(1, 60), "UnusedRoomTimeout": whole(1, 60),
    "StatusCallback": lambda text: re.fullmatch(r"https?://[^\s]+", text),
    "StatusCallbackMethod": one_of(("GET", "POST"))}
UPDATE_ROOM = {"Status": one_of(("completed",))}
LIST_ROOMS = PAGE | {"Status": one_of(ROOM_STATUSES), "UniqueName": anything}
UPDATE_PARTICIPANT = {"Status": one_of(("disconnected",))}
LIST_PARTICIPANTS = PAGE | {"Status": one_of(PARTICIPANT_STATUSES), "Identity": anything}


class Refusal(Exception):
    def __init__(self, status, code=None, message=None):
        super().__init__(status)
        usual = ERRORS.get(status, (20500, "Error"))
        self.status, self.code, self.message = status, code or usual[0], message or usual[1]

    def body(self):
        return {"code": self.code, "message": self.message, "status": self.status,
                "more_info": f"https://www.twilio.com/docs/errors/{self.code}"}
