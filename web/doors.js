// The providers' doors, and whether they open from here.

// As the providers' pages on firewalls name them. {region} and {apiKey} are filled in; an address
// whose name isn't known is left out. Stream names the servers of a call in that call alone, and so do
// LiveKit, Jitsi and Janus. Only a guest with a token is let in at LiveKit's and Jitsi's: there it is
// tried whether anything comes from there.
const usual = {
  twilio: {
    signalling: [
      'wss://{region}.vss.twilio.com/signaling', 'wss://global.vss.twilio.com/signaling',
    ],
    stun: ['stun:global.stun.twilio.com:3478'],
    turn: ['turns:global.turn.twilio.com:443?transport=tcp'],
    allow: '*.vss.twilio.com and sdkgw.us1.twilio.com (TCP 443), global.stun.twilio.com and ' +
      'global.turn.twilio.com (UDP 3478, TLS 443), UDP 10000 - 60000',
  },
  stream: {
    signalling: [
      'wss://video.stream-io-api.com/video/connect?api_key={apiKey}&stream-auth-type=jwt',
    ],
    allow: '*.stream-io-api.com, *.stream-io-video.com and *.getstream.io (TCP 443, TCP and UDP ' +
      '3478), UDP and TCP 32768 - 60999',
  },
  livekit: { signalling: ['{web}'], allow: '{host} (TCP 443, TCP 7881), UDP 50000 - 60000' },
  jitsi: { signalling: ['{web}'], allow: '{host} (TCP 443), UDP 10000' },
  janus: {
    signalling: ['{socket}'], protocol: 'janus-protocol',
    allow: '{host} (TCP 443), UDP 10000 - 65535',
  },
  custom: { signalling: [], allow: '' },
}

// {signalling, stun, turn, allow, protocol} of a provider; `endpoints` go before the usual ones.
export function doorsOf({ provider = 'twilio', iceServers = [] }, endpoints = {}) {
  const urls = iceServers.flatMap((server) => server.urls ?? [])
  const named = (scheme) => urls.filter((url) => url.startsWith(scheme))
  const { signalling, stun, turn, ...rest } = usual[provider] ?? usual.custom
  return {
    ...rest,
    signalling: endpoints.signalling ?? signalling,
    stun: endpoints.stun ?? stun ?? named('stun:'),
    turn: endpoints.turn ?? turn ?? named('turns:'),
  }
}

// {web} and {socket} are a server of the clinic's own, by the address or the name that it has.
export function filled(door, { address, ...known }) {
  if (address) {
    const socket = /^wss?:/.test(address) ? address : `wss://${address.replace(/^\w+:\/\//, '')}`
    if (door === '{socket}') return socket
    if (door === '{web}') return `${new URL(socket.replace(/^ws/, 'http')).origin}/`
  }
  return door.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(known[name] ?? 'x'))
}

// Milliseconds until a WebSocket was open, or null.
export function opens(address, protocol) {
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
      socket = protocol ? new WebSocket(address, protocol) : new WebSocket(address)
    } catch {
      end(null)
      return
    }
    socket.onopen = () => end(Math.round(performance.now() - began))
    socket.onerror = socket.onclose = () => end(null)
  })
}

// Whether STUN came back. A browser leaves a candidate out that equals one it has, as on a machine
// with a public address: gathering that ended without an error is good then, too, where errors are
// told.
export function answersStun(urls) {
  const connection = new RTCPeerConnection({ iceServers: [{ urls }] })
  const told = 'onicecandidateerror' in connection
  let hosts = 0
  let errors = 0
  return gathered(connection, 7000, (end) => {
    connection.onicecandidateerror = () => { errors += 1 }
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) end(told && hosts > 0 && errors === 0)
      else if (/ typ srflx /.test(candidate.candidate)) end(true)
      else if (/ typ host /.test(candidate.candidate)) hosts += 1
    }
  })
}

// Whether TURN over TLS answers: to a stranger it says 401, where nothing gets through there is an
// error of its own (701). null where the browser doesn't tell the two apart.
export async function answersTurn(urls) {
  if (urls.length === 0 || !('onicecandidateerror' in RTCPeerConnection.prototype)) return null
  const connection = new RTCPeerConnection({
    iceServers: [{ urls, username: 'roomkey', credential: 'roomkey' }], iceTransportPolicy: 'relay',
  })
  return gathered(connection, 6000, (end) => {
    connection.onicecandidateerror = ({ errorCode }) => {
      if (errorCode >= 300 && errorCode < 700) end(true)
    }
    connection.onicecandidate = ({ candidate }) => { if (candidate === null) end(false) }
  })
}

// What `watch` says, or false after so long.
async function gathered(connection, milliseconds, watch) {
  let timer
  try {
    return await new Promise((resolve) => {
      timer = setTimeout(resolve, milliseconds, false)
      watch(resolve)
      connection.createDataChannel('roomkey')
      connection.createOffer().then((offer) => connection.setLocalDescription(offer))
        .catch(() => resolve(false))
    })
  } finally {
    clearTimeout(timer)
    connection.close()
  }
}
