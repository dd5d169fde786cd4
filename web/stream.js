// Joining a call with Stream's own SDK, which takes a function that fetches tokens and mends a lost
// connection by itself.

import { RoomKeyError, learn, scrubbed, tell } from './errors.js'
import { explained } from './explain.js'
import { offline, wait } from './request.js'
import { Session } from './session.js'
import { words } from './stream_words.js'
import { differs, said } from './tokens.js'

learn(words)

// With what the SDK leaves by itself where it gives a connection up.
const givenUp = ['webrtc_unsupported_network', 'rejoin_attempt_limit_exceeded',
  'repeated_negotiation_failures']
const ends = { removed: 'put out by another participant', ended: 'the call was ended' }
const kicked = 3 // CallEndedReason

const devicesOf = ({ microphone, camera }) => [['audio', microphone], ['video', camera]]

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
  const faultOf = (_, claims) =>
    differs('user', info.userId, claims.user_id) ?? differs('call', cid, claims.call_cids?.[0])
  const token = () => requests.token('/api/video-call/token/', how, { said, faultOf })
  return { info, token }
}

function checkClass(StreamVideoClient) {
  if (typeof StreamVideoClient !== 'function') {
    throw new TypeError('joinStream needs the class StreamVideoClient of @stream-io/video-client')
  }
}

function check({ callId, clientOptions = {}, ...options }) {
  if (typeof callId !== 'string' || callId === '') throw new TypeError('callId must be a string')
  for (const name of ['token', 'tokenProvider', 'user', 'userId', 'apiKey']) {
    if (name in options || name in clientOptions) {
      throw new TypeError(`${name} is roomkey's to give, and joinStream gives it: leave it out`)
    }
  }
}

export async function joinStream(StreamVideoClient, options, texts, requests) {
  checkClass(StreamVideoClient)
  check(options)
  const { callId, callType = 'default' } = options
  const access = async (signal) => {
    const { info, token } = await streamAccess(requests, { callId, callType }, signal)
    return { info, token: async () => (await token()).token }
  }
  const { call } = await enter(StreamVideoClient, access, { ...options, callType }, texts, requests)
  return call
}

// For join(): the answer for the appointment has all that the call needs. Where the SDK gives up,
// the call is joined again, with a new client.
export async function joined(StreamVideoClient, token, page, texts, requests) {
  checkClass(StreamVideoClient)
  const on = { audio: page.audio !== false, video: page.video !== false }
  const connection = () => requests.fault('stream_network', 'the connection was lost')
  // Of a loss the page is told once, though the SDK tries first, then we do.
  let lost = false
  const told = {
    ...page,
    onReconnecting(error) {
      const known = lost
      lost = true
      return known || page.onReconnecting?.(error)
    },
    onReconnected(call) {
      lost = false
      return page.onReconnected?.(call)
    },
  }

  // Before the SDK joins: what nobody touched, it switches on as the call's type says.
  async function prepare(call) {
    for (const [kind, device] of devicesOf(call)) {
      const { deviceId, ...rest } = Object(page[kind])
      const chosen = [deviceId?.exact ?? deviceId?.ideal ?? deviceId].flat()[0]
      if (Object.keys(rest).length > 0) device?.setDefaultConstraints?.(rest)
      if (chosen) await device?.select?.(chosen)
      if (chosen || !on[kind]) await device?.disable?.()
    }
    // It would open a microphone that is off, to notice who speaks all the same.
    if (page.audio === false) await call.microphone?.disableSpeakingWhileMutedNotification?.()
  }

  async function start(call, signal) {
    for (const [kind, device] of devicesOf(call)) {
      if (on[kind]) await device.enable()
      signal.throwIfAborted()
    }
  }

  // What is switched off stays so in the next call, also where that happens in between, and what is
  // over opens no device. (With `true` the SDK itself switches off as it leaves.)
  function heed(call, isOver) {
    for (const [kind, device] of devicesOf(call)) {
      const { enable, disable } = device ?? {}
      if (!enable || !disable) continue
      device.enable = async () => {
        on[kind] = true
        if (!isOver()) await enable.call(device)
      }
      device.disable = (how) => {
        if (how !== true) on[kind] = false
        return disable.call(device, how)
      }
    }
  }

  // {over, end()}; `over` resolves to null after a leave, else to why it ended. `me` is the user.
  function watched(call, me, letGo) {
    let [code, away, done] = [null, false, false]
    const { leave, state } = call
    heed(call, () => done)
    call.leave = (how) => {
      if (givenUp.includes(how?.message)) code ??= 'stream_network'
      return leave.call(call, how)
    }
    call.on?.('call.ended', () => { code ??= 'ended' })
    call.on?.('callEnded', ({ reason }) => { code = reason === kicked ? 'removed' : 'ended' })
    const out = ({ user }) => {
      if (user.id !== me) return
      code = 'removed'
      quietly(() => call.leave())
    }
    call.on?.('call.blocked_user', out)
    call.on?.('call.kicked_user', out)
    let end
    const over = new Promise((resolve) => { end = resolve }).finally(() => { done = true })
    const watch = state?.callingState$?.subscribe?.((is) => {
      if (/^(reconnecting|migrating|offline)$/.test(is)) {
        away = true
        tell(told.onReconnecting, connection())
      } else if (away && is === 'joined') {
        away = false
        tell(told.onReconnected, call)
      } else if (/^(left|reconnecting-failed)$/.test(is)) {
        queueMicrotask(() => watch.unsubscribe())
        if (state.blockedUserIds?.includes(me)) code = 'removed'
        if (is !== 'left') {
          code ??= state.endedAt ? 'ended' : 'stream_network'
          letGo()
        }
        end(code && (ends[code] ? requests.fault(code, ends[code]) : connection()))
      }
    })
    return { over, end }
  }

  const way = {
    lost: ['stream_network'],
    gone: ['ended'],
    explained: (error) => explained(error, texts, 'stream'),
    async open({ connect, access_token: first }, signal) {
      const access = (leaving) => {
        let given = first
        const next = async () => {
          const answer = given ?? (await token({ refresh: true, signal: leaving })).access_token
          given = null
          return answer
        }
        const [apiKey, id] = [connect.api_key, connect.user_id]
        return { info: { apiKey, user: { id } }, token: next }
      }
      const { call, letGo } = await enter(StreamVideoClient, access, {
        ...page.stream, callId: connect.call_id, callType: connect.call_type, signal, prepare,
        start,
      }, texts, requests)
      const { over, end } = watched(call, connect.user_id, letGo)
      const close = async () => {
        await letGo()
        end(null)
      }
      return { native: call, close, over }
    },
  }
  return new Session(way, token, told, requests).begin()
}

// `access` gives {info, token}: what streamAccess() says, and a function that gives a token.
// `prepare` and `start` are called before and after the SDK joins. Resolves to {call, letGo()}.
async function enter(StreamVideoClient, access, options, texts, requests) {
  const { callId, callType, join, clientOptions, onClient, signal, prepare, start } = options
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
  // However it ends, the client goes, too: it was made for this call. What a device still waits for
  // (the browser's question), it lets go of as soon as it is there; we don't wait for that.
  let going
  const letGo = () => (going ??= goneFor(call, client))
  async function goneFor(left, gone) {
    signal?.removeEventListener('abort', leave)
    globalThis.removeEventListener?.('pagehide', leave)
    if (left) {
      for (const [, device] of devicesOf(left)) quietly(() => device.disable(true))
      await Promise.race([quietly(() => left.leave()), wait(2)])
    }
    if (gone) await quietly(() => gone.disconnectUser())
  }
  signal?.addEventListener('abort', leave)
  globalThis.addEventListener?.('pagehide', leave)
  if (signal?.aborted) leave()

  try {
    const { info, token } = await stage(access(leaving.signal))
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
    await stage(prepare?.(joined))
    await stage(joined.join({ create: true, ...join }))
    tell(onClient, client)
    await stage(start?.(joined, leaving.signal))
    const watch = joined.state?.callingState$?.subscribe?.((state) => {
      if (state !== 'left') return
      queueMicrotask(() => watch.unsubscribe())
      call = null
      letGo()
    })
    return { call: joined, letGo }
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
      return await token()
    } catch (error) {
      if (tries === 2 || !['offline', 'unreachable', 'timeout'].includes(error.code)) throw error
      await wait(tries + 1, signal)
    }
  }
}
