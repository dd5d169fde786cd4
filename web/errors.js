// What every failure becomes, and what the core says of it; texts.js has all words.

export const again = 'Try again in a minute. If it stays so, tell support.'
export const support = 'Please tell support; trying again does not help.'
export const network = 'Check your internet connection, or try another network (a mobile ' +
  'phone\'s, for instance): this one may block video calls.'
export const setup = 'The video service is not set up right. Please tell support.'
export const expired = 'Your access has expired. Join again.'
const login = 'Please log in again, then join.'

export const texts = {
  advice: {
    __proto__: null,
    authentication_required: login,
    token_expired: `Your login has expired. ${login}`,
    invalid_token: `${login} If that does not help, tell support.`,
    user_unknown: `The video service does not know you, or no longer. ${support}`,
    permission_denied: 'You have no part in this appointment. Are you logged in as the right ' +
      'person?',
    removed: 'You were put out of this session. Please call the practice.',
    waiting: 'You are in the waiting room: you will be let in.',
    denied: 'You were not let in. Please call the practice.',
    too_early: 'It is too early to join. Come back when the session opens{time}.',
    too_late: 'This session is over{time}. Please call the practice for a new appointment.',
    no_open_appointment: 'You have no session to join now. Come back when one is due.',
    bad_signature: support,
    appointment_not_found: 'There is no such appointment. Check the link; a booking made just ' +
      'now may take a minute to get here.',
    room_not_found: 'This appointment has no video room yet. Please call the practice.',
    participant_not_found: 'This person has not been in the session.',
    not_found: support,
    method_not_allowed: support,
    appointment_closed: 'This appointment is closed. Please call the practice if that is wrong.',
    bad_request: support,
    not_telehealth: 'This appointment is not a video session. Please call the practice.',
    invalid_fields: support,
    payload_too_large: support,
    rate_limited: 'Too many attempts. Wait a little, then try again.',
    token_failed: setup,
    provider_not_configured: setup,
    internal_error: again,
    provider_unavailable: `The video service does not answer. ${again}`,
    worker_unavailable: again,
    store_unavailable: again,
    http_4xx: support,
    http_5xx: again,

    // on the way
    offline: 'This device is offline. Connect it to the internet, then try again.',
    unreachable: `The server cannot be reached. ${network}`,
    cors: 'The server does not allow this page to use it. Please tell support (list of origins).',
    blocked_by_page: 'This page forbids itself to reach the server. Please tell support ' +
      '(Content-Security-Policy, connect-src).',
    timeout: `The server takes too long to answer. ${network}`,
    aborted: 'Joining was stopped.',
    not_roomkey: 'Something else answered instead of the server. In a hotel, a train or a guest ' +
      'network, open any web page and log in there first; then try again.',
    bearer_missing: login,
    bearer_malformed: login,
    bad_token: support,
    token_lapsed: 'The new access has expired already. The server\'s clock is wrong: please tell ' +
      'support.',
    stale: 'Something in this browser or network hands out old answers. Close all windows of ' +
      'this page, then open it again.',
    unknown: again,
  },
  checks: { __proto__: null },
  details: { __proto__: null },
}

// Nothing of a request or of a provider's answer is kept in it: those hold tokens. `cause` is the
// browser's own error about a camera or microphone.
export class RoomKeyError extends Error {
  constructor(code, message, { advice = '', cause, ...facts } = {}) {
    super(message, cause && { cause })
    this.name = 'RoomKeyError'
    this.code = code
    this.advice = advice
    for (const each of ['status', 'retryAfter', 'opensAt', 'closesAt', 'waitingSince', 'requestId',
      'constraint']) {
      this[each] = facts[each] ?? null
    }
  }
}

// Whatever looks like a JWT: a message may quote what it was given.
export const scrubbed = (text) =>
  String(text ?? '').replace(/[\w-]{15,}\.[\w-]{15,}(\.[\w-]*)?|eyJ[\w-]*/g, '(token)')

// A part that is loaded brings its words along.
export function learn(words) {
  for (const name of Object.keys(words)) Object.assign(texts[name], words[name])
}

// The English words, later ones too, with the given ones in their place.
export function worded(given = {}) {
  const words = { locale: given.locale }
  for (const name of Object.keys(texts)) words[name] = { __proto__: texts[name], ...given[name] }
  return words
}

// Of the first code that has some; {time} is `at`, in this device's zone.
export function adviceFor(words, at, ...codes) {
  const code = [...codes, 'unknown'].find((each) => words.advice[each])
  return words.advice[code].replace('{time}', timeOf(at, words.locale))
}

function timeOf(text, locale) {
  const time = new Date(text ?? NaN)
  if (Number.isNaN(time.getTime())) return ''
  return ` (${time.toLocaleString(locale, { dateStyle: 'full', timeStyle: 'short' })})`
}

// What the page's own function throws ends here.
export async function tell(callback, ...given) {
  try {
    await callback?.(...given)
  } catch (error) {
    console.error(`a callback given to roomkey.js failed: ${scrubbed(error)}`)
  }
}
