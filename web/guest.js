// Who comes by a link (docs/browser.md): a code in place of a login. The first token binds the code to
// this browser by a word, which is kept here and goes along with each request from then on.

import { learn } from './errors.js'
import { words } from './guest_words.js'
import { stoppable } from './rejoin.js'

learn(words)

const path = '/api/video-guest/token/'
const unkept = new Map() // what the browser's storage refuses, until the page goes
const before = new Map() // the last request of each code: two at once would each be the first

// Not the code: whoever reads the storage can't come in with that.
async function placeOf(code) {
  const text = new TextEncoder().encode(`roomkey guest ${code}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
  const hex = [...digest.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0'))
  return `roomkey-guest-${hex.join('')}`
}

// null: forgotten.
function keep(place, device) {
  if (device === null) unkept.delete(place)
  else unkept.set(place, device)
  try {
    if (device === null) localStorage.removeItem(place)
    else localStorage.setItem(place, device)
  } catch { /* a private window, or storage that is forbidden */ }
}

function kept(place) {
  try {
    return localStorage.getItem(place) ?? unkept.get(place)
  } catch {
    return unkept.get(place)
  }
}

export class Guest {
  #code
  #texts
  #requests
  #load

  constructor(code, texts, requests, load) {
    if (typeof code !== 'string') throw new TypeError('code must be what stands behind # in the link')
    this.#code = code.trim()
    this.#texts = texts
    this.#requests = requests
    this.#load = load
  }

  // New each time, checked against what was announced with it.
  async videoToken({ signal } = {}) {
    const given = (before.get(this.#code) ?? Promise.resolve()).then(() => this.#token(signal))
    before.set(this.#code, given.catch(() => {}))
    return stoppable(given, signal, this.#requests)
  }

  async join(sdks, options) {
    const { join } = await this.#load(() => import('./join.js'))
    return join(sdks, options, this.#texts, this.#requests, (how) => this.videoToken(how), this.#load)
  }

  async #token(signal) {
    if (signal?.aborted) return null // nobody waits for it
    const place = await placeOf(this.#code)
    const body = { code: this.#code, device: kept(place) }
    const reader = this.#load(() => import('./tokens.js')).then(({ said, faultOf }) => ({
      said: (answer) => {
        if (answer.device) keep(place, body.device = answer.device)
        return said(answer)
      },
      faultOf: (answer, claims) => faultOf(answer, claims, answer.appointment_id),
    }))
    reader.catch(() => {})
    // Unbound, it is not stopped: the answer has the word without which nobody comes in again. Nor is
    // it sent again: it would find the code bound by the answer that was lost.
    const bound = body.device !== undefined
    const options = { method: 'POST', body, signal: bound ? signal : undefined, again: bound }
    try {
      const { device: _, ...answer } = await this.#requests.token(path, options, reader)
      return answer
    } catch (error) {
      if (error.code === 'guest_not_found') keep(place, null)
      throw error
    }
  }
}
