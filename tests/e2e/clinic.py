"""The clinic that every store of the end-to-end tests begins with: its people and appointments."""
import time
from datetime import datetime, timezone

MOST_ID = 2**63 - 1

ADMIN, JANE, SAM, MANAGER, INACTIVE, SARAH, SERVICE = 1, 2, 3, 4, 5, 19, 90
ROOMLESS, RULED, IN_PERSON, CLOSED_IN_PERSON, STAYS_ROOMLESS = 501, 502, 503, 504, 505
CANCELLED, COMPLETED, NO_SHOW, CONFIRMED, CLOSED_ROOMLESS = 401, 402, 403, 404, 405
FRESH = range(601, 610)  # without a room, one for each test that makes it


def utc(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def appointment(number, minutes=60, status="scheduled", kind="telehealth", room=True, start=None):
    return {"id": number, "patient_id": JANE, "psychologist_id": SARAH,
            "appointment_date": utc(start or time.time() + 600), "duration_minutes": minutes,
            "status": status, "session_type": kind,
            "video_room_id": f"apt-{number}-1763138954-46eb915c" if room else None}


def seed():
    people = [(ADMIN, "ada.admin", "admin"), (JANE, "jane.doe", "patient"),
              (SAM, "sam.stranger", "patient"), (MANAGER, "mo.manager", "practice_manager"),
              (INACTIVE, "ina.inactive", "patient"), (SARAH, "dr.sarah", "psychologist"),
              (SERVICE, "booking", "service")]
    return {
        "users": [{"id": number, "email": f"{name}@example.com",
                   "name": name.replace(".", " ").title(), "role": role,
                   "active": number != INACTIVE} for number, name, role in people],
        "appointments": [
            appointment(47), appointment(MOST_ID),
            *(appointment(minutes, minutes) for minutes in (15, 60, 200, 300)),
            appointment(CANCELLED, status="cancelled"), appointment(COMPLETED, status="completed"),
            appointment(NO_SHOW, status="no_show"), appointment(CONFIRMED, status="confirmed"),
            appointment(CLOSED_ROOMLESS, status="cancelled", room=False),
            appointment(IN_PERSON, kind="in_person", room=False),
            appointment(CLOSED_IN_PERSON, status="cancelled", kind="in_person", room=False),
            *(appointment(n, room=False) for n in (ROOMLESS, RULED, STAYS_ROOMLESS, *FRESH)),
        ]}
