// Joining a call with Stream's own SDK, which takes a function that fetches tokens and mends a lost
// connection by itself.

import { RoomKeyError, learn, scrubbed, tell } from './errors.js'
import { explained } from './explain.js'
import { differs, offline, wait } from './request.js'
import { words } from './stream_words.js'

learn(words)

// With a failed request Stream's SDK prints the whole of it, Authorization header included: so the
// console gets the sentences and nothing else.
const sink = (level, message) => {
  const method = { error: 'error', warn: 'warn' }[level] ?? 'info'
  console[method](scrubbed(message))
}

// What a client is made from, and the function that fetches tokens for it.
export async function streamAccess(requests, body, signal) {
  const how = { method: 'POST', body, signal, again: true }
  const { answer: info } = await requests.ask('/api/video-call/', how)
  const cid = `${body.callType}:${body.callId}`
  const token = () => requests.token('/api/video-call/token/', how, (_, claims) =>
    differs('user', info.userId, claims.user_id) ?? differs('call', cid, claims.call_cids?.[0]))
  return { info, token }
}

function check(StreamVideoClient, { callId, clientOptions = {}, ...options }) {
  if (typeof StreamVideoClient !== 'function') {
    throw new TypeError('joinStream needs the class StreamVideoClient of @stream-io/video-client')
  }
  if (typeof callId !== 'string' || callId === '') throw new TypeError('callId must be a string')
  for (const name of ['token', 'tokenProvider', 'user', 'userId', 'apiKey']) {
    if (name in options || name in clientOptions) {
      throw new TypeError(`${name} is roomkey's to give, and joinStream gives it: leave it out`)
    }
  }
}

export async function joinStream(StreamVideoClient, options, texts, requests) {
  check(StreamVideoClient, options)
  const { callId, callType = 'default', join, clientOptions, onClient, signal } = options
  let client
  let call
  // Ends the SDK's own tries, which would hide a refusal that stays one, or go on after a leave.
  let refuse
  const refused = new Promise((_, reject) => { refuse = reject })
  refused.catch(() => {})
  const stage = (work) => Promise.race([refused, work])

  const leaving = new AbortController()
  const leave = () => {
    refuse(requests.fault('aborted', 'stopped by the page'))
    leaving.abort()
    letGo()
  }
  // However it ends, the client goes, too: it was made for this call.
  async function letGo() {
    signal?.removeEventListener('abort', leave)
    globalThis.removeEventListener?.('pagehide', leave)
    const [left, gone] = [call, client]
    call = client = null
    if (left) await quietly(() => left.leave())
    if (gone) await quietly(() => gone.disconnectUser())
  }
  signal?.addEventListener('abort', leave)
  globalThis.addEventListener?.('pagehide', leave)
  if (signal?.aborted) leave()

  try {
    const { info, token } = await stage(
      streamAccess(requests, { callId, callType }, leaving.signal))
    const provider = () => tried(token, leaving.signal).catch((error) => {
      if (error instanceof RoomKeyError && error.status < 500) refuse(error)
      throw error
    })
    client = new StreamVideoClient({
      apiKey: info.apiKey, options: { maxConnectUserRetries: 3, ...clientOptions, logger: sink },
    })
    const { id, name } = info.user
    await stage(client.connectUser({ id, name }, provider))
    call = client.call(callType, callId)
    const joined = call
    await stage(call.join({ create: true, ...join }))
    tell(onClient, client)
    const watch = joined.state?.callingState$?.subscribe?.((state) => {
      if (state !== 'left') return
      queueMicrotask(() => watch.unsubscribe())
      call = null
      letGo()
    })
    return joined
  } catch (error) {
    letGo()
    throw explained(error, texts, 'stream')
  }
}

async function quietly(work) {
  try {
    await work()
  } catch { /* it is over either way */ }
}

// A token, once the network is back: after a loss late in the call the SDK asks while it is away.
async function tried(token, signal) {
  for (let tries = 0; ; tries += 1) {
    while (offline() && !signal.aborted) await wait(1, signal)
    try {
      return (await token()).token
    } catch (error) {
      if (tries === 2 || !['offline', 'unreachable', 'timeout'].includes(error.code)) throw error
      await wait(tries + 1, signal)
    }
  }
}
