// roomkey in the browser: access tokens, and calls joined with them (docs/browser.md). No token is
// kept: each is fetched when it is needed and handed on, and gets into no address, page, storage,
// console or error. What a provider's SDK or diagnose() needs is loaded when it is needed.

import { RoomKeyError, tell, texts, worded } from './errors.js'
import { Requests, offline } from './request.js'

export { RoomKeyError, texts }

export class RoomKey {
  static texts = texts
  #requests
  #options
  #texts

  constructor({ baseUrl = home(), bearer, refreshBearer, timeout = 20, maxWait = 5,
    texts: words } = {}) {
    if (refreshBearer !== undefined && typeof refreshBearer !== 'function') {
      throw new TypeError('refreshBearer must be a function')
    }
    this.#options = { baseUrl: addressOf(baseUrl), bearer, refreshBearer, timeout, maxWait }
    this.#texts = worded(words)
    this.#requests = new Requests(this.#options, this.#texts)
  }

  // The same door for who comes by a link, with a code and no login.
  static async guest({ code, ...options } = {}) {
    const rk = new RoomKey({ ...options, bearer: null, refreshBearer: undefined })
    const load = (part) => rk.#part(part)
    const { Guest } = await load(() => import('./guest.js'))
    return new Guest(code, rk.#texts, rk.#requests, load)
  }

  async request(path, options) {
    if (!/^\/api\//.test(path)) throw new TypeError('path must begin with /api/')
    return (await this.#requests.ask(path, options)).answer
  }

  // New each time, checked against what was announced with it.
  async videoToken(id, { refresh = false, signal } = {}) {
    const number = idOf(id)
    const route = refresh ? 'video-token-refresh' : 'video-token'
    const reader = this.#part(() => import('./tokens.js')).then(({ said, faultOf }) =>
      ({ said, faultOf: (answer, claims) => faultOf(answer, claims, number) }))
    reader.catch(() => {})
    return this.#requests.token(`/api/appointments/${route}/${number}/`, { signal }, reader)
  }

  // {provider, native, leave()}, at whichever provider the appointment is. `sdks`: the SDKs that the
  // page has loaded, by provider.
  async join(id, sdks, options) {
    const number = idOf(id)
    const { join } = await this.#part(() => import('./join.js'))
    return join(sdks, options, this.#texts, this.#requests, (how) => this.videoToken(number, how),
      (load) => this.#part(load))
  }

  // Twilio's Room. `Video` is the module twilio-video.
  async connectTwilio(Video, id, options = {}) {
    const number = idOf(id)
    const { connectTwilio } = await this.#part(() => import('./twilio.js'))
    return connectTwilio(Video, (how) => this.videoToken(number, how), options, this.#texts,
      this.#requests)
  }

  // Stream's Call. `StreamVideoClient` is the class of @stream-io/video-client.
  async joinStream(StreamVideoClient, options = {}) {
    const { joinStream } = await this.#part(() => import('./stream.js'))
    return joinStream(StreamVideoClient, options, this.#texts, this.#requests)
  }

  // [{check, ok, detail, advice}]
  async diagnose(options) {
    const { baseUrl, bearer } = this.#options
    const [texts, requests] = [this.#texts, this.#requests]
    try {
      const { diagnose } = await this.#part(() => import('./diagnose.js'))
      return await diagnose({ ...options, hasBearer: bearer !== undefined && bearer !== null }, {
        baseUrl, texts, requests, videoToken: (id, how) => this.videoToken(id, how),
      })
    } catch ({ code, message, advice }) {
      const finding = { check: 'server', ok: false, detail: message, advice }
      tell(options?.onProgress, finding, { code })
      return [finding]
    }
  }

  async #part(load) {
    try {
      if (!offline()) return await load() // Firefox would keep its failure
    } catch { /* the same */ }
    throw await this.#requests.whyNot()
  }
}

// Where this file came from, if that is an installation: in a bundle it may be anywhere.
function home() {
  const [, base] = /^(https?:\/\/.+)\/roomkey\/roomkey\.js([?#].*)?$/.exec(import.meta.url) ?? []
  if (base) return base
  throw new TypeError('baseUrl is missing: where roomkey is, like https://video.clinic.example')
}

function addressOf(baseUrl) {
  try {
    const { origin, protocol, pathname, username, search } = new URL(baseUrl)
    if (/^https?:$/.test(protocol) && !username && !search) {
      return origin + pathname.replace(/\/+$/, '')
    }
  } catch { /* not an address */ }
  throw new TypeError('baseUrl must be like https://video.clinic.example')
}

function idOf(id) {
  const text = String(id)
  if (/^[1-9]\d{0,18}$/.test(text) && (typeof id !== 'number' || Number.isSafeInteger(id))) {
    return text
  }
  throw new TypeError('an appointment\'s id is a whole number from 1 on')
}
