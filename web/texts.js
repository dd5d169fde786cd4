// What roomkey.js says to people. Another language is an object of the same shape, given as
// `new RoomKey({ texts })`; what it leaves out stays English. An error whose code is not in here
// has the advice of `http_4xx`, `http_5xx`, `twilio`, `stream` or `unknown`.

const again = 'Try again in a minute. If it stays so, tell support.'
const support = 'Please tell support; trying again does not help.'
const network = 'Check your internet connection, or try another network (a mobile phone\'s, for ' +
  'instance): this one may block video calls.'
const expired = 'Your access has expired. Join again.'
const login = 'Please log in again, then join.'
const setup = 'The video service is not set up right. Please tell support.'
const device = 'Check that camera and microphone are plugged in and switched on, and that no ' +
  'other program uses them. Then join again.'
const permit = 'Allow camera and microphone for this page (the symbol beside the address), then ' +
  'join again.'
const clock = 'Set this device\'s clock: switch on automatic date and time in its settings.'

export const texts = {
  advice: {
    // roomkey's own
    authentication_required: login,
    token_expired: 'Your login has expired. Please log in again, then join.',
    invalid_token: `${login} If that does not help, tell support.`,
    user_unknown: `The video service does not know you, or no longer. ${support}`,
    permission_denied: 'You have no part in this appointment. Check that you are logged in as ' +
      'the right person.',
    removed: 'You were put out of this session. Please call the practice.',
    too_early: 'It is too early to join. Come back when the session opens.',
    too_late: 'This session is over. Please call the practice for a new appointment.',
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
    cors: 'The server does not allow this page to use it. Please tell support (the page\'s ' +
      'address is missing in the server\'s list of origins).',
    blocked_by_page: 'This page forbids itself to reach the server. Please tell support ' +
      '(Content-Security-Policy, connect-src).',
    timeout: `The server takes too long to answer. ${network}`,
    aborted: 'Joining was stopped.',
    not_roomkey: 'Something between you and the server answered instead of it. In a hotel, a ' +
      'train or a guest network, open any web page and log in there first; then try again.',
    bearer_missing: login,
    bearer_malformed: login,
    bad_token: support,
    token_lapsed: 'The new access has expired already. The server\'s clock is wrong: please tell ' +
      'support.',

    // Twilio
    20101: setup,
    20102: setup,
    20103: `${setup} (The account or API key of the access token is not right.)`,
    20104: expired,
    20105: `The access is not valid yet: the server's clock is ahead. ${support}`,
    20106: setup,
    20107: `${setup} (The API secret is not right.)`,
    53000: `The connection to the video service was lost. ${network}`,
    53001: `The connection to the video service was lost. ${network}`,
    53002: `The video service does not answer in time. ${network}`,
    53006: 'The video service is busy. Wait a minute, then join again.',
    53105: 'The session is full. Close it in other windows and on other devices, then join again.',
    53106: 'The session does not exist (any more). Join again from the appointment\'s page.',
    53116: setup,
    53118: 'The session was ended.',
    53204: 'You are not in the session any more. Join again.',
    53205: 'You joined from another window or device, so this one was put out. Go on there, or ' +
      'join again here.',
    53206: 'The session does not allow this. Please tell support.',
    53400: `Sound and picture could not be set up. Update the browser. ${again}`,
    53402: `Sound and picture could not be set up. Update the browser. ${again}`,
    53404: 'This browser lacks the picture format of the session. Take a current Chrome, Edge, ' +
      'Firefox or Safari.',
    53405: `Sound and picture do not get through. ${network}`,
    53407: `Sound and picture do not get through. ${network}`,
    53500: `The video service could not be prepared. ${network}`,
    53501: `The video service could not be prepared. ${network}`,
    twilio: again,

    // Stream
    stream_2: setup,
    stream_4: setup,
    stream_5: setup,
    stream_9: 'Too many attempts. Wait a minute, then try again.',
    stream_16: 'The session does not exist (any more). Join again from the appointment\'s page.',
    stream_17: 'You may not join this session. Please tell support.',
    stream_40: expired,
    stream_41: `The access is not valid yet: the server's clock is ahead. ${support}`,
    stream_42: `The access is not valid yet: the server's clock is ahead. ${support}`,
    stream_43: `${setup} (The API secret is not right.)`,
    stream: again,
    stream_network: `The connection to the video service failed. ${network}`,

    // camera and microphone
    NotAllowedError: permit,
    SecurityError: permit,
    NotFoundError: 'There is no camera or no microphone. Plug one in, then join again.',
    NotReadableError: `Camera or microphone do not start. ${device}`,
    AbortError: `Camera or microphone do not start. ${device}`,
    OverconstrainedError: 'Camera or microphone cannot do what was asked of them. Choose another ' +
      'one in the settings, then join again.',
    no_media: 'This browser gives no camera and microphone to this page. Take a current Chrome, ' +
      'Edge, Firefox or Safari, and an address that begins with https.',
    unknown: again,
  },

  checks: {
    browser: 'Browser',
    secure_context: 'Secure page',
    camera: 'Camera',
    microphone: 'Microphone',
    server: 'Way to the server',
    clock: 'Clock',
    token: 'Access to the appointment',
    signalling_region: 'Video service, your region',
    signalling_global: 'Video service',
    udp: 'Sound and picture (UDP)',
  },

  // [what was found, what to do]; without a second part it is well. {x} is filled in.
  details: {
    browser_ok: ['has all that a video call needs'],
    browser_lacks: ['lacks {what}', 'Take a current Chrome, Edge, Firefox or Safari. In an ' +
      'app\'s built-in browser, choose "open in browser".'],
    secure_ok: ['the page is secure'],
    secure_not: ['the page did not come over https', 'Open the page with https:// at the ' +
      'beginning of its address.'],
    camera_ok: ['gives a picture of {width} x {height}'],
    microphone_ok: ['is on'],
    media_no: ['{code}', ''],
    media_waiting: ['the browser\'s question was not answered', 'Answer the browser\'s question ' +
      'for camera and microphone with "allow", then test again.'],
    media_silent: ['gives nothing', 'Switch it on: a cover, a key or a setting of the system may ' +
      'have switched it off.'],
    server_ok: ['answers in {ms} ms'],
    server_no: ['{message}', ''],
    clock_ok: ['right, within {seconds} s'],
    clock_ahead: ['{seconds} s ahead', clock],
    clock_behind: ['{seconds} s behind', clock],
    clock_unknown: ['cannot be compared: the server was not reached', 'See to the way to the ' +
      'server first.'],
    token_ok: ['good until {until}'],
    token_no: ['{message}', ''],
    signalling_ok: ['{host} connects in {ms} ms'],
    signalling_web_ok: ['{host} is reached'],
    signalling_blocked: ['{host}: web pages get through, calls (WebSocket) do not', 'A firewall, ' +
      'proxy or virus scanner blocks WebSocket. Switch off VPN and web protection, or try ' +
      'another network. For the network\'s administrator: allow wss://{host}.'],
    signalling_unreachable: ['{host} cannot be reached', `${network} For the network's ` +
      'administrator: allow wss://{host}.'],
    udp_ok: ['gets through'],
    udp_blocked: ['does not get through', 'Calls may work all the same, with worse sound and ' +
      'picture. Try another network. For the network\'s administrator: allow UDP to port 3478 ' +
      'and to ports 10000 to 60000.'],
    udp_no: ['cannot be tried in this browser', 'Take a current Chrome, Edge, Firefox or Safari.'],
  },
}

// Every failure becomes one of these. Nothing of a request or of a provider's answer is kept in it:
// those hold tokens.
export class RoomKeyError extends Error {
  constructor(code, message, facts = {}) {
    super(message)
    this.name = 'RoomKeyError'
    this.code = code
    this.status = facts.status ?? null
    this.advice = facts.advice ?? ''
    this.retryAfter = facts.retryAfter ?? null
    this.opensAt = facts.opensAt ?? null
    this.closesAt = facts.closesAt ?? null
    this.requestId = facts.requestId ?? null
  }
}

// The English words, with those given in their place.
export function worded(given = {}) {
  const words = {}
  for (const part of Object.keys(texts)) words[part] = { ...texts[part], ...given[part] }
  return words
}

export function adviceFor(words, code, ...others) {
  const key = [code, ...others, 'unknown'].find((each) => Object.hasOwn(words.advice, each))
  return words.advice[key]
}

// Whatever looks like a JWT: a message may quote what it was given.
export const scrubbed = (text) =>
  String(text ?? '').replace(/[\w-]{15,}\.[\w-]{15,}(\.[\w-]*)?|eyJ[\w-]*/g, '(token)')

const mediaFaults = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'AbortError',
  'OverconstrainedError', 'SecurityError']

// Stream's SDK throws JSON as text, wraps what a token provider threw, or throws objects with a
// code; axios' own faults (no answer came) have codes that are words.
function streamFault(error) {
  let code = error?.code
  let message = error?.message
  try {
    const said = JSON.parse(message)
    if (said && typeof said === 'object') ({ code, message } = said)
  } catch { /* a plain sentence */ }
  return { number: /^\d+$/.test(code) ? Number(code) : null, message }
}

function causeOf(error) {
  for (let each = error, depth = 0; each && depth < 5; each = each.cause, depth += 1) {
    if (each instanceof RoomKeyError) return each
  }
  return null
}

// Any failure of the browser or of a provider's SDK ('twilio', 'stream' or none).
export function explained(error, words, provider) {
  const known = causeOf(error)
  if (known) return known
  const made = (code, message, ...others) =>
    new RoomKeyError(code, scrubbed(message), { advice: adviceFor(words, code, ...others) })
  if (mediaFaults.includes(error?.name)) return made(error.name, error.message || error.name)
  if (provider === 'twilio' && Number.isInteger(error?.code)) {
    return made(error.code, error.message, 'twilio')
  }
  if (provider === 'stream') {
    const { number, message } = streamFault(error)
    return number === null ? made('stream_network', message, 'stream')
      : made(`stream_${number}`, message, 'stream')
  }
  if (error instanceof TypeError && /getUserMedia/.test(error.message)) {
    return made('no_media', error.message)
  }
  return made('unknown', error?.message ?? error)
}
