// Trying again to join a call that was lost, for about a minute; while the device is offline, for as
// long as it is.

import { offline, wait } from './request.js'

// What may be over in a moment.
export const onTheWay = ['offline', 'unreachable', 'cors', 'timeout', 'not_roomkey', 'rate_limited',
  'worker_unavailable', 'store_unavailable', 'internal_error']

// Resolves to `work`, until `signal` says stop.
export async function stoppable(work, signal, requests) {
  let stop
  const stopped = new Promise((_, reject) => {
    stop = () => reject(requests.fault('aborted', 'stopped by the page'))
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
  })
  try {
    return await Promise.race([stopped, work])
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

const pauses = [0, 1, 2, 4, 8, 15, 15, 15]
const settled = 60000 // a connection that held so long makes the next loss a new one

export class Rejoining {
  #attempts = 0
  #signal
  #passing // codes of what may be over in a moment

  constructor(signal, passing) {
    this.#signal = signal
    this.#passing = [...passing, ...onTheWay]
  }

  // Of a connection that began then.
  lost(since) {
    if (Date.now() - since > settled) this.#attempts = 0
  }

  // {joined: what join() gave, or fault}. What fails while the device is offline is not counted.
  async tried(join) {
    let fault
    while (this.#attempts < pauses.length && !this.#signal.aborted) {
      await this.#pause(pauses[this.#attempts])
      if (this.#signal.aborted) break
      this.#attempts += 1
      try {
        return { joined: await join() }
      } catch (error) {
        fault = error
        if (offline() || fault.code === 'offline') this.#attempts -= 1
        else if (!this.#passing.includes(fault.code)) break
      }
    }
    return { fault }
  }

  // The network's return ends it early, and its absence prolongs it; half a second at least, lest a
  // network that comes and goes use up all attempts.
  async #pause(seconds) {
    const signal = this.#signal
    await wait(Math.min(seconds, 0.5), signal)
    const until = Date.now() + (seconds - 0.5) * 1000
    while (!signal.aborted && (offline() || Date.now() < until)) {
      const back = new AbortController()
      const end = () => back.abort()
      signal.addEventListener('abort', end)
      globalThis.addEventListener?.('online', end)
      await wait(offline() ? 3600 : (until - Date.now()) / 1000, back.signal)
      globalThis.removeEventListener?.('online', end)
      signal.removeEventListener('abort', end)
      if (back.signal.aborted && !offline()) break
    }
  }
}
