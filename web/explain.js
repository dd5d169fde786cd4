// What the browser or a provider's SDK threw, as a RoomKeyError; and the words for cameras and
// microphones.

import { RoomKeyError, adviceFor, learn, scrubbed } from './errors.js'

const device = 'Check that camera and microphone are plugged in and switched on, and that no ' +
  'other program uses them. Then join again.'
const permit = 'Allow camera and microphone for this page (the symbol beside the address), then ' +
  'join again.'
const elsewhere = 'Open it in a window of its own, or tell support'

export const words = {
  advice: {
    NotAllowedError: permit,
    SecurityError: permit,
    media_dismissed: 'The question for camera and microphone was closed without an answer. Join ' +
      'again, and answer it with "allow".',
    media_system: 'This device keeps camera and microphone from the browser. Allow them in the ' +
      'system\'s settings, under privacy, for this browser; restart it, then join again.',
    media_frame: 'This page is shown inside another one, which does not pass camera and ' +
      `microphone on. ${elsewhere} (the frame lacks allow="camera; microphone").`,
    media_policy: 'This page forbids itself camera and microphone. Please tell support ' +
      '(Permissions-Policy).',
    NotFoundError: 'There is no camera or no microphone. Plug one in, then join again.',
    NotReadableError: `Camera or microphone do not start. ${device}`,
    AbortError: `Camera or microphone do not start. ${device}`,
    OverconstrainedError: 'Camera or microphone cannot do what was asked of them. Choose another ' +
      'one in the settings, then join again.',
    no_media: 'This browser gives no camera and microphone to this page. Take a current Chrome, ' +
      'Edge, Firefox or Safari, and an address that begins with https.',
  },
}
learn(words)

const mediaFaults = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'AbortError',
  'OverconstrainedError', 'SecurityError']
// As older browsers and webviews name them.
const formerly = {
  PermissionDeniedError: 'NotAllowedError', PermissionDismissedError: 'NotAllowedError',
  DevicesNotFoundError: 'NotFoundError', TrackStartError: 'NotReadableError',
  SourceUnavailableError: 'NotReadableError', HardwareUnavailableError: 'NotReadableError',
  ConstraintNotSatisfiedError: 'OverconstrainedError', NotSupportedError: 'no_media',
}

// Whether the page may use the camera and microphone that it asks for; null where the browser
// doesn't say.
function permitted() {
  const policy = globalThis.document?.permissionsPolicy ?? globalThis.document?.featurePolicy
  return policy ? ['camera', 'microphone'].every((each) => policy.allowsFeature(each)) : null
}

function inForeignFrame() {
  try {
    return globalThis.top !== globalThis.self && !globalThis.top.document
  } catch {
    return true
  }
}

// Why NotAllowedError: by what the browser says (Chromium does, in English everywhere) and by what
// the page may do at all.
function refusal({ message }) {
  const may = permitted()
  const framed = globalThis.top !== globalThis.self
  if (/dismissed/i.test(message)) return 'media_dismissed'
  if (/by system|not granted by the (system|os)|system settings/i.test(message)) {
    return 'media_system'
  }
  if (may === false) return framed ? 'media_frame' : 'media_policy'
  return may === null && inForeignFrame() ? 'media_frame' : 'NotAllowedError'
}

function mediaCode(error) {
  if (error?.name === 'PermissionDismissedError') return 'media_dismissed'
  const name = formerly[error?.name] ?? error?.name
  if (name === 'NotAllowedError') return refusal(error)
  if (mediaFaults.includes(name) || name === 'no_media') return name
  // On a page that isn't secure there is no navigator.mediaDevices; each browser has its words.
  const missing = error instanceof TypeError && /getUserMedia|mediaDevices/.test(error.message)
  return missing ? 'no_media' : null
}

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
export function explained(error, texts, provider) {
  const known = causeOf(error)
  if (known) return known
  const made = (code, message, other, facts) => new RoomKeyError(code, scrubbed(message),
    { ...facts, advice: adviceFor(texts, null, code, other) })
  const code = mediaCode(error)
  if (code) {
    return made(code, error.message || error.name, undefined,
      { constraint: error.constraint, cause: error })
  }
  if (provider === 'twilio' && Number.isInteger(error?.code)) {
    return made(error.code, error.message, 'twilio')
  }
  if (provider === 'stream') {
    const { number, message } = streamFault(error)
    return number === null ? made('stream_network', message, 'stream')
      : made(`stream_${number}`, message, 'stream')
  }
  return made('unknown', error?.message ?? error)
}
