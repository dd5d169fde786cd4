// Joining a call with the provider's own SDK.
//
// A call outlives its Twilio token, a connection that is lost doesn't: twilio-video mends it with
// the token that it was given, and where that has lapsed Twilio refuses (20104). Then, and where
// the SDK gave up, a new token and a new Room are needed. Stream's SDK takes a function that
// fetches tokens.

import { RoomKeyError, explained, scrubbed } from './texts.js'
import { streamFault, wait } from './request.js'

const lapsed = 20104
const lost = [lapsed, 53000, 53001, 53002, 53006, 53405, 53407, 53500, 53501]
const onTheWay = ['offline', 'unreachable', 'cors', 'timeout', 'not_roomkey', 'rate_limited',
  'worker_unavailable', 'store_unavailable', 'internal_error']
const pauses = [0, 1, 2, 4, 8, 15, 15, 15]
const settled = 60000 // a connection that held so long makes the next loss a new one

// At levels below `info` twilio-video prints each message, tokens included.
const quietened = (level) =>
  JSON.parse(JSON.stringify(level).replace(/"(trace|debug)"/gi, '"info"'))

export async function connectTwilio(Video, token, options, texts, requests) {
  if (typeof Video?.connect !== 'function') {
    throw new TypeError('connectTwilio needs the module twilio-video')
  }
  const { signal, region, onReconnecting, onReconnected, onDisconnected, ...rest } = options
  if (rest.logLevel !== undefined) rest.logLevel = quietened(rest.logLevel)
  const stopped = () => requests.fault('aborted', 'stopped by the page')

  async function join(refresh) {
    const t = await token({ refresh, signal })
    const connecting = Video.connect(t.access_token, {
      ...rest, name: t.room_name, region: region ?? t.region ?? 'gll',
    })
    const cancel = () => connecting.cancel?.()
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      const room = await connecting
      if (!signal?.aborted) return watched(room)
      room.disconnect()
      throw stopped()
    } catch (error) {
      throw signal?.aborted ? stopped() : explained(error, texts, 'twilio')
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  // While the browser asked for the camera, a token may have lapsed: one more, and no third.
  async function first() {
    try {
      return await join(false)
    } catch (error) {
      if (error.code !== lapsed) throw error
      return join(true)
    }
  }

  let attempts = 0

  function watched(room) {
    const since = Date.now()
    const leave = () => room.disconnect()
    signal?.addEventListener('abort', leave, { once: true })
    room.once('disconnected', (_, error) => {
      signal?.removeEventListener('abort', leave)
      if (Date.now() - since > settled) attempts = 0
      if (!error || signal?.aborted) onDisconnected?.(null)
      else again(explained(error, texts, 'twilio'))
    })
    return room
  }

  async function again(error) {
    if (!lost.includes(error.code)) {
      onDisconnected?.(error)
      return
    }
    onReconnecting?.(error)
    const [room, fault] = await tried()
    if (room) onReconnected?.(room)
    else onDisconnected?.(signal?.aborted ? null : fault ?? error)
  }

  // [the new room, why there is none]
  async function tried() {
    let last
    while (attempts < pauses.length) {
      await wait(pauses[attempts++], signal)
      try {
        return [await join(true)]
      } catch (fault) {
        last = fault
        // A new token that has lapsed is no matter of time.
        if (![...lost.slice(1), ...onTheWay].includes(fault.code)) break
      }
    }
    return [null, last]
  }

  return first()
}

// With a failed request Stream's SDK prints the whole of it, Authorization header included: so the
// console gets the sentences and nothing else.
const sink = (level, message) => {
  const method = { error: 'error', warn: 'warn' }[level] ?? 'info'
  console[method](scrubbed(message))
}

// What a client is made from, and the function that fetches tokens for it.
export async function streamAccess(requests, body) {
  const { answer: info } = await requests.ask('/api/video-call/', { method: 'POST', body })
  const cid = `${body.callType}:${body.callId}`
  async function token() {
    const { answer, date } = await requests.ask('/api/video-call/token/', { method: 'POST', body })
    const fault = streamFault(answer, info.userId, cid, date ?? Date.now())
    if (fault) throw requests.fault(...fault)
    return answer
  }
  return { info, token }
}

export async function joinStream(StreamVideoClient, options, texts, requests) {
  const { callId, callType = 'default', join = {}, clientOptions = {}, onClient } = options
  if (typeof StreamVideoClient !== 'function') {
    throw new TypeError('joinStream needs the class StreamVideoClient of @stream-io/video-client')
  }
  if (typeof callId !== 'string' || callId === '') throw new TypeError('callId must be a string')
  for (const name of ['token', 'tokenProvider', 'user', 'apiKey']) {
    if (name in options || name in clientOptions) {
      throw new TypeError(`${name} is roomkey's to give: leave it out`)
    }
  }
  const { info, token } = await streamAccess(requests, { callId, callType })

  // A refusal that stays one ends the SDK's own tries, which would hide it.
  let refuse
  const refused = new Promise((_, reject) => { refuse = reject })
  refused.catch(() => {})
  const provider = () => token().then(({ token: fresh }) => fresh, (error) => {
    if (error instanceof RoomKeyError && error.status < 500) refuse(error)
    throw error
  })

  const client = new StreamVideoClient({
    apiKey: info.apiKey, options: { maxConnectUserRetries: 3, ...clientOptions, logger: sink },
  })
  try {
    const { id, name } = info.user
    await Promise.race([client.connectUser({ id, name }, provider), refused])
    const call = client.call(callType, callId)
    await Promise.race([call.join({ create: true, ...join }), refused])
    onClient?.(client)
    endWith(call, client)
    return call
  } catch (error) {
    client.disconnectUser().catch(() => {})
    throw explained(error, texts, 'stream')
  }
}

// The client was made for this call: who leaves the call leaves it, too.
function endWith(call, client) {
  const watch = call.state?.callingState$?.subscribe?.((state) => {
    if (state !== 'left') return
    queueMicrotask(() => watch.unsubscribe())
    client.disconnectUser().catch(() => {})
  })
}
