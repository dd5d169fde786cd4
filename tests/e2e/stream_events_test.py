"""What the audit keeps of Stream's routes."""

import stores
from cases import each
from clinic import ADMIN, JANE, SAM, SARAH
from load import at_once
from stream_support import (DOTTED, WAYS, ZOE, ZOES, StreamCase, get_token, room, stream_demo,
                            stream_worker)
from support import wait_until


class Recorded(StreamCase):
    def test_a_token_for_a_call_is_an_event_with_its_appointment_and_expiry(self):
        for user in (JANE, SARAH):
            answer = get_token(stream_demo(), user, {"callId": room(47)})
            event = self.event(answer)
            self.assertEqual(list(event), ["id", "at", "request_id", "user_id", "appointment_id",
                                           "action", "outcome", "reason", "expires_at"])
            self.assertEqual([event[key] for key in list(event)[3:]],
                             [user, 47, "stream_token", "granted", None,
                              self.given(answer)["expires_at"]])

    def test_a_token_without_a_call_is_an_event_for_each_call_that_it_names(self):
        demo = stream_demo()
        answer = get_token(demo, JANE)
        cids = self.opened(self.given(answer)["token"])["call_cids"]
        events = [e for e in demo.events() if e["request_id"] == answer["X-Request-Id"]]
        self.assertEqual(len(events), len(cids))
        for event in events:
            self.assertEqual([event[key] for key in list(event)[3:]],
                             [JANE, event["appointment_id"], "stream_token", "granted", None,
                              answer.json["expires_at"]])
            shown = self.given(demo.get(f"/api/appointments/{event['appointment_id']}/", JANE))
            self.assertIn(f"default:{shown['video_room_id']}", cids)
        self.assertEqual(len({event["appointment_id"] for event in events}), len(cids))

    def test_that_there_is_nothing_to_join_is_a_refusal(self):
        with stream_worker() as worker:  # where it is the first of its kind
            event = self.event(get_token(worker, SAM), worker)
        self.assertEqual([event[key] for key in list(event)[3:]],
                         [SAM, None, "stream_token", "refused", "no_open_appointment", None])

    def test_what_gives_no_token_is_no_granted_event(self):
        for way in ("the call", "the key"):
            answer = WAYS[way](stream_demo(), room(47))
            self.given(answer)
            self.no_event(answer)

    @each((way, ask_for, action) for (way, ask_for), action in
          zip(WAYS.items(), ("stream_token", "stream_call", "stream_key")))
    def test_a_refusal_is_an_event_with_the_appointment_by(self, ask_for, action):
        with stream_worker() as worker:
            for call_id, number, code in ((room(47), 47, "permission_denied"),
                                          ("x", None, "appointment_not_found")):
                event = self.event(ask_for(worker, call_id, SAM), worker)
                self.assertEqual([event[key] for key in list(event)[3:]],
                                 [SAM, number, action, "refused", code, None])

    def test_a_refused_name_is_an_event(self):
        answer = get_token(stream_demo(), JANE, {"userId": "19"})
        self.assertEqual(self.refusal(answer, JANE, None, "permission_denied")["action"],
                         "stream_token")

    def test_the_audit_shows_a_token_without_a_call_to_a_person_and_verifies(self):
        demo = stream_demo()
        answer = get_token(demo, ZOE, {"callId": room(ZOES)})
        get_token(demo, ZOE)
        demo.roomkey("audit", "verify")
        lines = demo.roomkey("audit", "list", "--user", ZOE).splitlines()
        self.assertGreaterEqual(sum("stream_token" in line for line in lines), 2)
        mine = [e["request_id"] for e in demo.events("--appointment", ZOES)]
        self.assertIn(answer["X-Request-Id"], mine)

    def test_where_the_event_cannot_be_committed_no_token_leaves(self):
        with stream_worker() as worker:
            with stores.held(worker):
                answer = get_token(worker, JANE, {"callId": room(60)})
                self.refused(answer, 503, "store_unavailable",
                             "Service temporarily unavailable")
                self.assertGreater(int(answer["Retry-After"]), 0)
            self.assertEqual(worker.events("--user", JANE), [])
            # A server that was too slow is left alone for a second.
            wait_until(lambda: get_token(worker, JANE, {"callId": room(60)}).status == 200, "a token")

    def all_recorded(self, answers, wanted):
        """`wanted` has an event's fields for each of the answers. Refusals that are alike may be
        one event."""
        events = {event["request_id"]: event for event in stream_demo().events()}
        self.assertEqual(len({answer["X-Request-Id"] for answer in answers}), len(answers))
        for answer, fields in zip(answers, wanted):
            if fields[-1]:
                self.refusal(answer, *fields[:2], fields[-1])
                continue
            event = events.get(answer["X-Request-Id"])
            self.assertIsNotNone(event, f"no event: {answer}")
            self.assertEqual(tuple(event[key] for key in ("user_id", "appointment_id", "action",
                                                          "outcome", "reason", "expires_at")),
                             (*fields, answer.json.get("expires_at")))
        stream_demo().roomkey("audit", "verify")

    def test_forty_at_once_all_get_theirs_and_each_has_its_event(self):
        demo = stream_demo()
        kinds = [
            (lambda: demo.token(47, JANE), (JANE, 47, "video_token")),
            (lambda: get_token(demo, SARAH, {"callId": room(47)}), (SARAH, 47, "stream_token")),
            (lambda: get_token(demo, ZOE), (ZOE, ZOES, "stream_token")),
            (lambda: get_token(demo, ZOE, {"callId": room(ZOES)}), (ZOE, ZOES, "stream_token")),
        ]
        answers = at_once(40, lambda i: kinds[i % 4][0]())
        self.assertEqual([getattr(answer, "status", answer) for answer in answers], [200] * 40)
        self.all_recorded(answers, [(*kinds[i % 4][1], "granted", None) for i in range(40)])
        for i, answer in enumerate(answers):
            if i % 4:
                claims = self.opened(answer.json["token"])
                self.assertEqual(claims["user_id"], f"user_{kinds[i % 4][1][0]}")
                self.assertEqual(claims.get("call_cids"),
                                 [f"default:{room(47 if i % 4 == 1 else ZOES)}"])

    def test_refusals_among_them_hurt_nobody_else(self):
        demo = stream_demo()
        kinds = [
            (lambda: get_token(demo, JANE, {"callId": room(47)}), (JANE, 47), 200, None),
            (lambda: get_token(demo, SAM, {"callId": room(47)}), (SAM, 47), 403,
             "permission_denied"),
            (lambda: get_token(demo, SARAH, b"["), (SARAH, None), 400, "bad_request"),
            (lambda: get_token(demo, JANE, {"callId": room(DOTTED)}), (JANE, DOTTED), 500,
             "token_failed"),
            (lambda: get_token(demo, ADMIN), (ADMIN, None), 403, "no_open_appointment"),
        ]
        answers = at_once(40, lambda i: kinds[i % 5][0]())
        self.assertEqual([getattr(answer, "status", answer) for answer in answers],
                         [kinds[i % 5][2] for i in range(40)])
        self.all_recorded(answers, [
            (*kinds[i % 5][1], "stream_token", "refused" if kinds[i % 5][3] else "granted",
             kinds[i % 5][3]) for i in range(40)])
