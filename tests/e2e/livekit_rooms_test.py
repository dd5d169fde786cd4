"""Rooms that roomkey makes at LiveKit, through nginx."""
from clinic import SAM, SARAH
from livekit_support import JANE_THERE, LivekitCase, demo_that_makes_rooms, livekit, next_number, room_of


class RoomsMade(LivekitCase):
    """LIVEKIT_ROOMS=rest: the token pool, which speaks to nobody, hands the request to the room pool."""

    def setUp(self):
        super().setUp()
        self.demo = demo_that_makes_rooms()

    def creations(self):
        return [one for one in livekit().tell()["requests"] if one["path"].endswith("/CreateRoom")]

    def test_are_made_for_two_with_the_first_token_and_once(self):
        number = next_number()
        given = self.given(self.demo.token(number))
        self.assertEqual((given["provider"], given["room_name"]), ("livekit", room_of(number)))
        [asked] = self.creations()
        self.assertEqual(asked["body"], {"name": room_of(number), "empty_timeout": 1800,
                                         "departure_timeout": 900, "max_participants": 2})
        self.assertEqual(asked["video"], {"room": room_of(number), "roomCreate": True})
        refresh = f"/api/appointments/video-token-refresh/{number}/"
        for answer in (self.demo.token(number, SARAH), self.demo.get(refresh, SARAH)):
            self.assertEqual(self.given(answer)["room_name"], room_of(number))
        self.assertEqual(len(self.creations()), 1)
        actions = [one["action"] for one in self.demo.granted("--appointment", number)]
        self.assertEqual(actions, ["video_token", "video_token", "video_token_refresh"])

    def test_a_token_is_given_though_livekit_is_away_and_the_next_makes_the_room(self):
        number = next_number()
        for fault in ("away", "html"):
            livekit().tell(fault=fault)
            self.given(self.demo.token(number))
            self.later(number)
        self.assertEqual(livekit().tell()["rooms"], {})
        livekit().tell(fault=None)
        self.given(self.demo.token(number))
        self.assertEqual(list(livekit().tell()["rooms"]), [room_of(number)])

    def test_are_made_for_nobody_who_gets_no_token(self):
        number = next_number()
        self.refused(self.demo.token(number, SAM), 403, "permission_denied")
        self.given(self.change("remove", number, JANE_THERE))
        self.refused(self.demo.token(number), 403, "removed")
        self.assertEqual(self.creations(), [])
