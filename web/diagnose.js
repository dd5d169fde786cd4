// Looks at all that a call needs, within 20 seconds. Each finding is {check, ok, detail, advice}.

import { learn, tell } from './errors.js'
import { lookAtMedia } from './devices.js'
import { words } from './diagnose_words.js'
import { answersStun, answersTurn, doorsOf, filled, opens } from './doors.js'
import { explained } from './explain.js'
import { reaches } from './request.js'
import { streamAccess } from './stream.js'

learn(words)

const order = ['browser', 'secure_context', 'camera', 'microphone', 'server', 'clock', 'token',
  'signalling_region', 'signalling_global', 'udp']
const tooFarOff = 30 // seconds

export async function diagnose(options, { baseUrl, texts, requests, videoToken }) {
  const report = []

  function found(check, key, facts = {}, advice = undefined) {
    const fill = (text) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? '')
    const [detail, cure] = texts.details[key]
    const item = {
      check, ok: cure === undefined, detail: fill(detail), advice: advice ?? fill(cure ?? ''),
    }
    report.push(item)
    tell(options.onProgress, item, { ...facts, key })
  }

  // What can't even be tried is a finding, too.
  async function each(check, look) {
    try {
      await look()
    } catch (error) {
      found(check, 'check_broke', { message: explained(error, texts).message })
    }
  }

  function browser() {
    const needed = { RTCPeerConnection: 'WebRTC', WebSocket: 'WebSocket', fetch: 'fetch' }
    const lacking = Object.keys(needed).filter((name) => typeof globalThis[name] !== 'function')
      .map((name) => needed[name])
    // Only a secure page is shown the cameras: its lack of them is no fault of the browser.
    const devices = globalThis.navigator?.mediaDevices
    if (globalThis.isSecureContext && !devices?.getUserMedia) lacking.push('camera')
    if (lacking.length > 0) found('browser', 'browser_lacks', { what: lacking.join(', ') })
    else found('browser', 'browser_ok')
    found('secure_context', globalThis.isSecureContext ? 'secure_ok' : 'secure_not')
  }

  async function server() {
    try {
      // A stranger's question: 401 is the right answer.
      const { error, date, sent, took: ms, requestId } =
        await requests.sent('/api/video-call/', { timeout: 6 })
      if (error?.status !== 401) throw error ?? await requests.whyNot()
      found('server', 'server_ok', { ms, requestId })
      const offset = (sent + ms / 2 - date - 500) / 1000 // Date is cut to whole seconds
      const seconds = Math.round(Math.abs(offset))
      if (Number.isNaN(offset)) found('clock', 'clock_unknown')
      else if (seconds <= tooFarOff) found('clock', 'clock_ok', { seconds: Math.max(1, seconds) })
      else found('clock', offset > 0 ? 'clock_ahead' : 'clock_behind', { seconds })
    } catch (error) {
      const fault = explained(error, texts)
      found('server', 'server_no', fault, fault.advice)
      found('clock', 'clock_unknown')
    }
  }

  // Resolves to whose doors they are, and what their addresses are made of.
  async function token() {
    const { provider, region, apiKey, address } = options
    if (options.appointmentId === undefined || !options.hasBearer) return options
    try {
      const given = await limited(
        provider === 'stream' ? streamToken() : anyToken(), 8,
        () => requests.fault('timeout', 'the server did not answer in time'))
      found('token', 'token_ok', { until: given.until })
      return {
        provider: given.provider ?? provider, region: region ?? given.region,
        apiKey: apiKey ?? given.apiKey, address: given.address ?? address,
        iceServers: given.iceServers,
      }
    } catch (error) {
      const fault = explained(error, texts)
      found('token', 'token_no', fault, fault.advice)
      return options
    }
  }

  async function anyToken() {
    const { expires_at: until, region, provider, connect } = await videoToken(options.appointmentId)
    const { url, domain, api_key: apiKey, ice_servers: iceServers } = connect ?? {}
    return { until, region, provider, apiKey, address: url ?? domain, iceServers }
  }

  async function streamToken() {
    const id = encodeURIComponent(options.appointmentId)
    const { answer: { video_room_id: callId } } = await requests.ask(`/api/appointments/${id}/`)
    if (!callId) throw requests.fault('room_not_found', 'the appointment has no room yet')
    const body = { callId, callType: options.callType ?? 'default' }
    const { info, token: fresh } = await streamAccess(requests, body)
    return { until: (await fresh()).expires_at, apiKey: info.apiKey }
  }

  async function signalling(door, known, { allow, protocol }) {
    const check = door.includes('{region}') ? 'signalling_region' : 'signalling_global'
    const needed = [...door.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const lacks = (name) => !known[/^(web|socket)$/.test(name) ? 'address' : name]
    if (needed.some((name) => name !== 'apiKey' && lacks(name))) return
    const address = filled(door, known)
    const { protocol: scheme, host, origin } = new URL(address.replace(/^ws/, 'http'))
    const shown = { host, allow: allow.replace('{host}', host) }
    const web = () => reaches(`${origin}/`)
    if (scheme === new URL(address).protocol || needed.some(lacks)) {
      found(check, (await web()) ? 'signalling_web_ok' : 'signalling_unreachable', shown)
      return
    }
    const ms = await opens(address, protocol)
    if (ms !== null) found(check, 'signalling_ok', { ...shown, ms })
    else found(check, (await web()) ? 'signalling_blocked' : 'signalling_unreachable', shown)
  }

  // TURN over TLS is what is left to a call whose UDP is blocked.
  async function udp({ stun, turn: turns, allow }) {
    if (typeof RTCPeerConnection !== 'function') {
      found('udp', 'udp_no')
    } else if (stun.length > 0) {
      const turn = answersTurn(turns)
      if (await answersStun(stun)) {
        turn.catch(() => {})
        found('udp', 'udp_ok')
        return
      }
      const tls = await turn
      const key = { true: 'udp_tls', false: 'udp_nothing', null: 'udp_blocked' }[tls]
      found('udp', key, { tls, allow })
    }
  }

  // Whose they are, and where, the token's answer says best.
  async function doors() {
    const known = await knowing
    const { signalling: addresses, ...rest } = doorsOf(known, options.endpoints)
    await Promise.all([each('udp', () => udp(rest)), ...addresses.map((address) =>
      each('signalling_global', () => signalling(address, known, rest)))])
  }

  await each('browser', async () => browser())
  const knowing = token()
  const media = options.media === false ? null : lookAtMedia(found, texts, options)
  await Promise.all([media, server(), doors()])
  ;(await media)?.end()
  return report.sort((a, b) => order.indexOf(a.check) - order.indexOf(b.check))
}

// What comes of it, or after so many seconds the error made.
function limited(promise, seconds, error) {
  let timer
  const end = new Promise((_, reject) => {
    timer = setTimeout(() => reject(error()), seconds * 1000)
  })
  return Promise.race([promise, end]).finally(() => clearTimeout(timer))
}
