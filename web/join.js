// rk.join(): waits at the door, then joins with the part of whichever provider the answer names.

import { learn, scrubbed, tell } from './errors.js'
import { words } from './join_words.js'
import { onTheWay, stoppable } from './rejoin.js'
import { wait } from './request.js'

learn(words)

const parts = {
  twilio: () => import('./twilio.js'),
  stream: () => import('./stream.js'),
  livekit: () => import('./livekit.js'),
  jitsi: () => import('./jitsi.js'),
  janus: () => import('./janus.js'),
  custom: () => import('./custom.js'),
}
// Seconds of pauses without an answer, of who waits and is not offline. Not by the clock: a phone
// that slept has heard nothing for long, and its network is back a little after it.
const patience = 600

// Until so many seconds are over, or `signal` says stop; sooner where the page is seen again or the
// network is back: of a page that is hidden the timers sleep.
async function pause(seconds, signal) {
  const over = new AbortController()
  const end = () => over.abort()
  const seen = () => document.visibilityState === 'visible' && end()
  signal?.addEventListener('abort', end)
  globalThis.document?.addEventListener('visibilitychange', seen)
  globalThis.addEventListener?.('online', end)
  if (signal?.aborted) end()
  await wait(seconds, over.signal)
  signal?.removeEventListener('abort', end)
  globalThis.document?.removeEventListener('visibilitychange', seen)
  globalThis.removeEventListener?.('online', end)
}

// A function like `ask` that waits where the door is not open yet. What fails on the way puts nobody
// out of the waiting room.
function patient(ask, onWaiting) {
  return async (how) => {
    let since
    for (let waited = 0, misses = 0; ; ) {
      try {
        return await ask(how)
      } catch (error) {
        const { code, waitingSince, retryAfter } = error
        const passing = since !== undefined && waited < patience &&
          (onTheWay.includes(code) || error.status > 500)
        if (code !== 'waiting' && !passing) throw error
        if (!passing) {
          waited = misses = 0
          if (since !== waitingSince) tell(onWaiting, { since: waitingSince })
          since = waitingSince
        }
        const longest = passing ? Math.min((misses += 1) * 3, 15) : 3
        const seconds = Math.min(Math.max(retryAfter ?? longest, 1), 60)
        if (passing && code !== 'offline') waited += seconds
        await pause(seconds, how.signal)
      }
    }
  }
}

// Where this person is in the session already, from elsewhere, the page is asked whether this is to
// take its place.
async function takeover({ already_connected: elsewhere }, { onTakeover, signal }, requests) {
  if (!elsewhere || !onTakeover) return
  const asked = (async () => onTakeover())().catch((error) => tell(() => { throw error }))
  if (await stoppable(asked, signal, requests) === true) return
  throw requests.fault('already_connected', 'in the session already, and not to be taken over')
}

// A function that gives the answer that came first, and from then on new ones.
function doorOf(ask, first, requests) {
  let given = first
  return async ({ refresh, signal }) => {
    if (!refresh && given) {
      const answer = given
      given = null
      return answer
    }
    const answer = await ask({ refresh, signal })
    if (answer.provider === first.provider) return answer
    throw requests.fault('moved', `the appointment is at ${answer.provider} now`)
  }
}

// `work` is given a signal that tells of `signal`, and of a page that is left.
async function untilLeft(signal, work) {
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  signal?.addEventListener('abort', leave)
  globalThis.addEventListener?.('pagehide', leave)
  if (signal?.aborted) leave()
  try {
    return await work(leaving.signal)
  } finally {
    signal?.removeEventListener('abort', leave)
    globalThis.removeEventListener?.('pagehide', leave)
  }
}

async function sdkFor(provider, sdks, requests) {
  const missing = (why) => requests.fault('sdk_missing', `the appointment is at ${provider}, ${why}`)
  let sdk
  try {
    sdk = await sdks?.[provider]
  } catch (error) {
    throw missing(`whose SDK did not load: ${scrubbed(error?.message ?? error)}`)
  }
  if (sdk && Object.hasOwn(parts, provider)) return sdk
  throw missing(`and join() was given no SDK for it: join(id, { ${provider}: ... })`)
}

export async function join(sdks, options, texts, requests, videoToken, load) {
  const { onWaiting, ...page } = { audio: true, video: true, ...options }
  const ask = patient(videoToken, onWaiting)
  const { first, sdk, joined } = await untilLeft(page.signal, async (signal) => {
    const first = await ask({ signal })
    await takeover(first, { ...page, signal }, requests)
    const sdk = await stoppable(sdkFor(first.provider, sdks, requests), signal, requests)
    const { joined } = await load(parts[first.provider])
    return { first, sdk, joined }
  })
  const { provider } = first
  const visit = await joined(sdk, doorOf(ask, first, requests), { ...page, onWaiting }, texts,
    requests)
  return {
    provider,
    get native() {
      return visit.native()
    },
    leave: async () => {
      await visit.leave()
    },
  }
}
