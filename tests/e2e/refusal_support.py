"""Every refusal of contract 1.1: what is asked, and what comes back."""
import time

from clinic import (ADMIN, CANCELLED, COMPLETED, INACTIVE, JANE, MANAGER, NO_SHOW, SAM, SARAH,
                    SERVICE, STAYS_ROOMLESS)
from support import ORIGIN

TOKEN = "/api/appointments/video-token/{}/"
ROOM = "/api/appointments/video-room/{}/"


def ask(method, path, user=None, **options):
    return lambda demo: demo.ask(method, path, user, **options)


def headers(**given):
    return {"headers": {name.replace("_", "-"): value for name, value in given.items()}}


def raw(head, tls=True, body=b"", **options):
    """A request that no honest client would send; {token} in it becomes a good one."""
    def send(demo):
        text = head.replace("{token}", demo.bearer(JANE)).replace("\n", "\r\n")
        return demo.raw(text.encode("latin-1") + b"\r\n\r\n" + body, tls)
    return send


HOST = f"Host: localhost\nOrigin: {ORIGIN}"
# nginx refuses these before it has read Origin.
UNREAD = ("a malformed request line", "an address of 17 KiB", "an encoded NUL in the address",
          "an address outside the root")

# What is asked, and what comes back: status, code, text.
REFUSALS = [
    ("without Authorization", ask("GET", TOKEN.format(47)),
     401, "authentication_required", "Authentication required"),
    ("with another scheme", ask("GET", TOKEN.format(47), **headers(Authorization="Basic YTpi")),
     401, "authentication_required", "Authentication required"),
    ("with a scheme that begins like Bearer",
     ask("GET", TOKEN.format(47), **headers(Authorization="Bearerx e.y.J")),
     401, "authentication_required", "Authentication required"),
    ("with a broken bearer token", ask("GET", TOKEN.format(47), token="broken"),
     401, "invalid_token", "Invalid token"),
    ("with an expired bearer token",
     lambda demo: demo.token(token=demo.bearer(JANE, exp=int(time.time()) - 60)),
     401, "token_expired", "Token has expired"),
    ("to an unknown user", ask("GET", TOKEN.format(47), 999),
     401, "user_unknown", "User not found or inactive"),
    ("to an inactive user", ask("GET", TOKEN.format(47), INACTIVE),
     401, "user_unknown", "User not found or inactive"),
    ("to a stranger", ask("GET", TOKEN.format(47), SAM), 403, "permission_denied",
     "Permission denied"),
    ("to an admin who wants a token", ask("GET", TOKEN.format(47), ADMIN), 403,
     "permission_denied", "Permission denied"),
    ("to a manager who wants a token", ask("GET", TOKEN.format(47), MANAGER), 403,
     "permission_denied", "Permission denied"),
    ("to a service that wants a token", ask("GET", TOKEN.format(47), SERVICE), 403,
     "permission_denied", "Permission denied"),
    ("without such an appointment", ask("GET", TOKEN.format(9999), JANE),
     404, "appointment_not_found", "Appointment not found"),
    ("without a room", ask("GET", TOKEN.format(STAYS_ROOMLESS), JANE),
     404, "room_not_found", "No video room found for this appointment"),
    ("a refresh without a room",
     ask("GET", "/api/appointments/video-token-refresh/505/", SARAH),
     404, "room_not_found", "No video room found for this appointment"),
    ("without such a route", ask("GET", "/api/nothing/", JANE), 404, "not_found", "Not found"),
    ("the root", ask("GET", "/"), 404, "not_found", "Not found"),
    ("with a wrong method", ask("DELETE", TOKEN.format(47), JANE),
     405, "method_not_allowed", "Method not allowed"),
    ("a cancelled appointment", ask("GET", TOKEN.format(CANCELLED), JANE),
     409, "appointment_closed", "Appointment is cancelled"),
    ("a completed appointment", ask("GET", TOKEN.format(COMPLETED), SARAH),
     409, "appointment_closed", "Appointment is completed"),
    ("a no show appointment", ask("GET", TOKEN.format(NO_SHOW), JANE),
     409, "appointment_closed", "Appointment is no_show"),
    ("a body that is no object", ask("POST", ROOM.format(47), JANE, body=b"[]"),
     400, "bad_request", None),
    ("a body of 4 KiB and a byte", ask("POST", ROOM.format(47), JANE, body=b" " * 4097),
     413, "payload_too_large", "Request body too large"),
    ("a chunked body of 4 KiB and a byte",
     lambda demo: demo.raw(demo.request("POST", ROOM.format(47), JANE, headers={
         "Content-Length": None, "Transfer-Encoding": "chunked"}) +
         b"1001\r\n" + b" " * 4097 + b"\r\n0\r\n\r\n"),
     413, "payload_too_large", "Request body too large"),
    ("a malformed request line", raw(f"GET  bad request /\n{HOST}"), 400, "bad_request", None),
    ("two Host headers", raw(f"GET / HTTP/1.1\n{HOST}\nHost: a"), 400, "bad_request", None),
    ("a request without Host", raw(f"GET / HTTP/1.1\nOrigin: {ORIGIN}"), 400, "bad_request", None),
    ("two Authorization headers",
     raw(f"GET /api/appointments/video-token/47/ HTTP/1.1\n{HOST}\n"
         "Authorization: Bearer {token}\nAuthorization: Bearer x"), 400, "bad_request", None),
    ("two Content-Length headers",
     raw(f"POST / HTTP/1.1\n{HOST}\nContent-Length: 0\nContent-Length: 5"), 400, "bad_request",
     None),
    ("a Content-Length that is no number", raw(f"POST / HTTP/1.1\n{HOST}\nContent-Length: x"),
     400, "bad_request", None),
    ("a header of 17 KiB", raw(f"GET / HTTP/1.1\n{HOST}\nX-Long: {'x' * 17408}"),
     400, "bad_request", "Request header too large"),
    ("an address of 17 KiB", raw(f"GET /{'x' * 17408} HTTP/1.1\n{HOST}"), 414, "bad_request",
     "Request address too long"),
    ("an encoded NUL in the address", raw(f"GET /api/%00 HTTP/1.1\n{HOST}"), 400, "bad_request",
     None),
    ("an address outside the root", raw(f"GET /%2e%2e/etc/passwd HTTP/1.1\n{HOST}"), 400,
     "bad_request", None),
    ("plain HTTP on the TLS port", raw(f"GET /healthz HTTP/1.1\n{HOST}", tls=False),
     400, "bad_request", "Use https:// for this port"),
    ("TRACE, by nginx itself", ask("TRACE", TOKEN.format(47), JANE),
     405, "method_not_allowed", "Method not allowed"),
]
