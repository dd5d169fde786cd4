// roomkey in the browser: access tokens, and calls joined with them (docs/browser.md). No token is
// kept here, neither the login's nor roomkey's: each is fetched when it is needed and handed on.
// None ever gets into an address, the page, storage, the console or an error.

import { diagnose } from './diagnose.js'
import { connectTwilio, joinStream } from './join.js'
import { Requests, twilioFault } from './request.js'
import { RoomKeyError, texts, worded } from './texts.js'

export { RoomKeyError, texts }

export class RoomKey {
  static texts = texts
  #requests
  #options
  #texts

  constructor({ baseUrl = new URL(import.meta.url).origin, bearer, refreshBearer, timeout = 20,
    maxWait = 5, texts: words } = {}) {
    const { origin, protocol, pathname, username, search } = new URL(baseUrl)
    if (!/^https?:$/.test(protocol) || username || search) {
      throw new TypeError('baseUrl must be like https://video.clinic.example')
    }
    if (refreshBearer !== undefined && typeof refreshBearer !== 'function') {
      throw new TypeError('refreshBearer must be a function')
    }
    const base = origin + pathname.replace(/\/+$/, '')
    this.#options = { baseUrl: base, bearer, refreshBearer, timeout, maxWait }
    this.#texts = worded(words)
    this.#requests = new Requests(this.#options, this.#texts)
  }

  // Any route of docs/api.md, as its JSON.
  async request(path, options) {
    if (!/^\/api\//.test(path)) throw new TypeError('path must begin with /api/')
    return (await this.#requests.ask(path, options)).answer
  }

  // A new access token of Twilio's, each time, checked against what was announced with it.
  async videoToken(id, { refresh = false, signal } = {}) {
    const number = idOf(id)
    const route = refresh ? 'video-token-refresh' : 'video-token'
    const { answer, date } = await this.#requests.ask(`/api/appointments/${route}/${number}/`,
      { signal })
    const fault = twilioFault(answer, number, date ?? Date.now())
    if (fault) throw this.#requests.fault(...fault)
    return answer
  }

  // Twilio's Room. `Video` is the module twilio-video.
  connectTwilio(Video, id, options = {}) {
    const token = (how) => this.videoToken(id, how)
    return connectTwilio(Video, token, options, this.#texts, this.#requests)
  }

  // Stream's Call, joined. `StreamVideoClient` is the class of @stream-io/video-client.
  joinStream(StreamVideoClient, options = {}) {
    return joinStream(StreamVideoClient, options, this.#texts, this.#requests)
  }

  // [{check, ok, detail, advice}], within 20 seconds. Never throws for what it finds.
  diagnose(options = {}) {
    const hasBearer = this.#options.bearer !== undefined && this.#options.bearer !== null
    return diagnose({ ...options, hasBearer }, {
      baseUrl: this.#options.baseUrl, texts: this.#texts, requests: this.#requests,
      videoToken: (id, how) => this.videoToken(id, how),
    })
  }
}

function idOf(id) {
  const text = String(id)
  if (/^[1-9]\d{0,18}$/.test(text) && (typeof id !== 'number' || Number.isSafeInteger(id))) {
    return text
  }
  throw new TypeError('an appointment\'s id is a whole number from 1 on')
}
