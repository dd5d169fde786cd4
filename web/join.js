// rk.join(): waits at the door, then joins with the part of whichever provider the answer names.

import { learn, scrubbed, tell } from './errors.js'
import { words } from './join_words.js'
import { onTheWay } from './rejoin.js'
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
const misses = 10 // in a row, of who waits

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
    for (let missed = 0; ; ) {
      try {
        return await ask(how)
      } catch (error) {
        const passing = since !== undefined && onTheWay.includes(error.code)
        if (error.code !== 'waiting' && !(passing && (missed += 1) <= misses)) throw error
        if (!passing) {
          missed = 0
          if (since !== error.waitingSince) tell(onWaiting, { since: error.waitingSince })
          since = error.waitingSince
        }
        await pause(Math.min(Math.max(error.retryAfter ?? 3, 1), 60), how.signal)
      }
    }
  }
}

// Where this person is in the session already, from elsewhere, the page is asked whether this is to
// take its place.
async function takeover({ already_connected: elsewhere }, { onTakeover, signal }, requests) {
  if (!elsewhere || !onTakeover) return
  const asked = (async () => onTakeover())().catch((error) => tell(() => { throw error }))
  const stopped = new Promise((resolve) => {
    signal?.addEventListener('abort', resolve, { once: true })
    if (signal?.aborted) resolve()
  }).then(() => { throw requests.fault('aborted', 'stopped by the page') })
  if (await Promise.race([asked, stopped]) === true) return
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
  const first = await ask({ signal: page.signal })
  await takeover(first, page, requests)
  const { provider } = first
  const sdk = await sdkFor(provider, sdks, requests)
  const { joined } = await load(parts[provider])
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
