// Looks at all that a call needs, within 20 seconds. Each finding is {check, ok, detail, advice}.

import { streamAccess } from './join.js'
import { reaches } from './request.js'
import { explained } from './texts.js'

// {region} and {apiKey} are filled in; an address whose name isn't known is left out.
const usual = {
  twilio: {
    signalling: [
      'wss://{region}.vss.twilio.com/signaling', 'wss://global.vss.twilio.com/signaling',
    ],
    stun: ['stun:global.stun.twilio.com:3478'],
  },
  stream: {
    signalling: [
      'wss://video.stream-io-api.com/video/connect?api_key={apiKey}&stream-auth-type=jwt',
    ],
    stun: ['stun:global.stun.twilio.com:3478'],
  },
}
const order = ['browser', 'secure_context', 'camera', 'microphone', 'server', 'clock', 'token',
  'signalling_region', 'signalling_global', 'udp']
const tooFarOff = 30 // seconds

export async function diagnose(options, { baseUrl, texts, requests, videoToken }) {
  const provider = options.provider === 'stream' ? 'stream' : 'twilio'
  const endpoints = { ...usual[provider], ...options.endpoints }
  const report = []

  function found(check, key, facts = {}, advice = undefined) {
    const fill = (text) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? '')
    const [detail, cure] = texts.details[key]
    const item = {
      check, ok: cure === undefined, detail: fill(detail), advice: advice ?? fill(cure ?? ''),
    }
    report.push(item)
    options.onProgress?.(item, { ...facts, key })
  }

  function browser() {
    const needed = { RTCPeerConnection: 'WebRTC', WebSocket: 'WebSocket', fetch: 'fetch' }
    const lacking = Object.keys(needed).filter((name) => typeof globalThis[name] !== 'function')
      .map((name) => needed[name])
    // Only a secure page is shown the cameras: its lack of them is no fault of the browser.
    if (globalThis.isSecureContext && !navigator.mediaDevices?.getUserMedia) lacking.push('camera')
    if (lacking.length > 0) found('browser', 'browser_lacks', { what: lacking.join(', ') })
    else found('browser', 'browser_ok')
    found('secure_context', globalThis.isSecureContext ? 'secure_ok' : 'secure_not')
  }

  async function server() {
    try {
      const { ms, offset, requestId } = await requests.probe(6)
      found('server', 'server_ok', { ms, requestId })
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

  // Resolves to what the provider's addresses are made of.
  async function token() {
    const known = { region: options.region ?? null, apiKey: options.apiKey ?? null }
    if (options.appointmentId === undefined || !options.hasBearer) return known
    try {
      const given = await limited(
        provider === 'twilio' ? twilioToken() : streamToken(), 8,
        () => requests.fault('timeout', 'the server did not answer in time'))
      found('token', 'token_ok', { until: given.until })
      return { region: known.region ?? given.region, apiKey: known.apiKey ?? given.apiKey }
    } catch (error) {
      const fault = explained(error, texts)
      found('token', 'token_no', fault, fault.advice)
      return known
    }
  }

  async function twilioToken() {
    const { expires_at: until, region } = await videoToken(options.appointmentId)
    return { until, region }
  }

  async function streamToken() {
    const id = encodeURIComponent(options.appointmentId)
    const { answer: { video_room_id: callId } } = await requests.ask(`/api/appointments/${id}/`)
    if (!callId) throw requests.fault('room_not_found', 'the appointment has no room yet')
    const body = { callId, callType: options.callType ?? 'default' }
    const { info, token: fresh } = await streamAccess(requests, body)
    return { until: (await fresh()).expires_at, apiKey: info.apiKey }
  }

  async function signalling(address, known) {
    const check = address.includes('{region}') ? 'signalling_region' : 'signalling_global'
    const needed = [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const { protocol, host } = new URL(address.replace(/\{\w+\}/g, 'x'))
    const shown = { host: host.replace(/^x\./, `${known.region}.`) }
    const web = `${protocol === 'ws:' ? 'http:' : 'https:'}//${shown.host}/`
    if (needed.includes('region') && !known.region) return
    if (needed.some((name) => !known[name])) {
      found(check, (await reaches(web)) ? 'signalling_web_ok' : 'signalling_unreachable', shown)
      return
    }
    const ms = await opens(address.replace(/\{(\w+)\}/g,
      (_, name) => encodeURIComponent(known[name])))
    if (ms !== null) found(check, 'signalling_ok', { ...shown, ms })
    else found(check, (await reaches(web)) ? 'signalling_blocked' : 'signalling_unreachable', shown)
  }

  async function udp() {
    if (typeof RTCPeerConnection !== 'function') found('udp', 'udp_no')
    else found('udp', (await answersStun(endpoints.stun)) ? 'udp_ok' : 'udp_blocked')
  }

  browser()
  const knowing = token()
  const late = (address) => /\{/.test(address) && !options.region && !options.apiKey
  const signallings = endpoints.signalling.map(async (address) => {
    const known = late(address) ? await knowing
      : { region: options.region, apiKey: options.apiKey }
    await signalling(address, known)
  })
  const media = options.media === false ? null : lookAtMedia(found, texts, options)
  await Promise.all([media, server(), knowing, udp(), ...signallings])
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

// Milliseconds until a WebSocket was open, or null.
function opens(address) {
  return new Promise((resolve) => {
    const began = performance.now()
    let socket
    const end = (ms) => {
      clearTimeout(timer)
      resolve(ms)
      socket?.close()
    }
    const timer = setTimeout(end, 5000, null)
    try {
      socket = new WebSocket(address)
    } catch {
      end(null)
      return
    }
    socket.onopen = () => end(Math.round(performance.now() - began))
    socket.onerror = socket.onclose = () => end(null)
  })
}

// Whether STUN came back. A browser leaves a candidate out that equals one it has, as on a machine
// with a public address: gathering that ended without an error is good then, too.
async function answersStun(urls) {
  const connection = new RTCPeerConnection({ iceServers: [{ urls }] })
  try {
    return await new Promise((resolve) => {
      let hosts = 0
      let errors = 0
      const timer = setTimeout(resolve, 7000, false)
      const end = (answered) => {
        clearTimeout(timer)
        resolve(answered)
      }
      connection.onicecandidateerror = () => { errors += 1 }
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) end(hosts > 0 && errors === 0)
        else if (/ typ srflx /.test(candidate.candidate)) end(true)
        else if (/ typ host /.test(candidate.candidate)) hosts += 1
      }
      connection.createDataChannel('roomkey')
      connection.createOffer().then((offer) => connection.setLocalDescription(offer))
        .catch(() => end(false))
    })
  } finally {
    connection.close()
  }
}


// --- Camera and microphone -----------------------------------------------------------------------

const patience = 14 // seconds, for a person to answer the browser's question
const waiting = Symbol('the question was not answered')

// `found` takes what was found. Each stream is shown to `onMedia`; those for which it doesn't say
// true are stopped by the end() of what is returned. `media` may say which devices.
async function lookAtMedia(found, texts, { onMedia, media }) {
  const { audio = true, video = true } = Object(media)
  const wanted = { camera: { video }, microphone: { audio } }
  const streams = []
  const until = Date.now() + patience * 1000

  async function opened(constraints) {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new TypeError('getUserMedia is not there')
    }
    const asked = navigator.mediaDevices.getUserMedia(constraints)
    let timer
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, until - Date.now(), waiting)
    })
    const stream = await Promise.race([asked, late]).finally(() => clearTimeout(timer))
    if (stream === waiting) {
      asked.then(stop, () => {})
      throw waiting
    }
    if (!taken(stream)) streams.push(stream)
    return stream
  }

  function taken(stream) {
    try {
      return onMedia?.(stream) === true
    } catch {
      return false
    }
  }

  async function tell(check, stream) {
    const [track] = check === 'camera' ? stream.getVideoTracks() : stream.getAudioTracks()
    const { width, height } = track.getSettings()
    if (!(await delivers(track))) found(check, 'media_silent')
    else if (check === 'camera') found(check, 'camera_ok', { width, height })
    else found(check, 'microphone_ok')
  }

  function refuse(check, error) {
    if (error === waiting) {
      found(check, 'media_waiting')
    } else {
      const { code, advice } = explained(error, texts)
      found(check, 'media_no', { code }, advice)
    }
  }

  async function each(check) {
    try {
      await tell(check, await opened(wanted[check]))
    } catch (error) {
      refuse(check, error)
    }
  }

  // Both at once is one question to the person; where that fails, each alone says which it is.
  try {
    const stream = await opened({ audio, video })
    await Promise.all(Object.keys(wanted).map((check) => tell(check, stream)))
  } catch (error) {
    if (error === waiting) for (const check of Object.keys(wanted)) refuse(check, error)
    else for (const check of Object.keys(wanted)) await each(check)
  }
  return { end: () => streams.forEach(stop) }
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop()
}

// A track that is muted got nothing from its device; some are for a moment at first.
async function delivers(track) {
  for (let tries = 0; tries < 10 && track.muted; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return !track.muted && track.readyState === 'live'
}
