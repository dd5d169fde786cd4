// All that roomkey.js says to people. Another language is an object of the same shape, given as
// `new RoomKey({ texts })`; what it leaves out stays English. An error whose code is not in here
// has the advice of `http_4xx`, `http_5xx`, `twilio`, `stream`, `livekit` or `unknown`.

import { words as diagnose } from './diagnose_words.js'
import { words as media } from './explain.js'
import { words as guest } from './guest_words.js'
import { words as janus } from './janus_words.js'
import { words as jitsi } from './jitsi_words.js'
import { words as join } from './join_words.js'
import { words as livekit } from './livekit_words.js'
import { words as stream } from './stream_words.js'
import { words as twilio } from './twilio_words.js'
import { texts as core } from './errors.js'

export const texts = {
  locale: 'en', // of {time}
  advice: {
    ...core.advice, ...twilio.advice, ...stream.advice, ...livekit.advice, ...jitsi.advice,
    ...janus.advice, ...join.advice, ...guest.advice, ...media.advice,
  },
  checks: diagnose.checks,
  details: diagnose.details,
}
