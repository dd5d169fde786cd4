"""What must not leak of what Twilio is asked with."""
from clinic import JANE
from live_support import STATUS, LiveCase, ad_hoc_demo, next_room, rest_demo, twilio


class Secrecy(LiveCase):
    def test_the_api_secret_is_in_no_log(self):
        twilio().tell(fault={"mode": "status", "status": 500})
        for demo in (ad_hoc_demo(), rest_demo()):
            self.given(demo.get(STATUS.format(next_room()), JANE))
            log = demo.log()
            self.assertIn("route=video_status", log)
            for secret in (twilio().secret, twilio().basic, demo.settings["STREAM_API_SECRET"]):
                self.assertNotIn(secret, log)
