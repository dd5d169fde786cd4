// One request to roomkey: never cached, without cookies, with the login's bearer token of this very
// moment; once more with a new one after a 401, and after a wait that the server asked for.

import { RoomKeyError, adviceFor, scrubbed } from './texts.js'

// Until so many seconds are over, the network is back, or `signal` says stop.
export function wait(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, seconds * 1000)
    function done() {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', done)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    globalThis.addEventListener?.('online', done)
    signal?.addEventListener('abort', done)
  })
}

const secretive = { cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' }

// Whether anything at all comes from there, readable or not.
export async function reaches(address) {
  try {
    await fetch(address, { ...secretive, mode: 'no-cors', signal: AbortSignal.timeout(3000) })
    return true
  } catch {
    return false
  }
}

export class Requests {
  #options
  #texts
  #refreshing = null

  constructor(options, texts) {
    this.#options = options
    this.#texts = texts
  }

  fault(code, message, facts) {
    const status = facts?.status
    const others = status ? [`http_${Math.floor(status / 100)}xx`] : []
    const advice = adviceFor(this.#texts, code, ...others)
    return new RoomKeyError(code, scrubbed(message), { ...facts, advice })
  }

  // {answer, date}: the JSON, and the server's time in milliseconds (null where not readable).
  async ask(path, { method = 'GET', body, signal } = {}) {
    let bearer = await this.#bearer()
    let refreshed = false
    for (let waits = 0; ; ) {
      const { response, text } = await this.#send(path, { method, body, bearer, signal })
      const answer = this.#read(response, text)
      if (response.ok) return { answer, date: Date.parse(response.headers.get('Date')) || null }
      const error = this.#refusal(response, answer)
      const renewed = response.status === 401 && error.code !== 'user_unknown' && !refreshed &&
        await this.#renewed(bearer).catch(() => null)
      if (renewed) {
        refreshed = true
        bearer = renewed
      } else if (waits < 2 && this.#worthWaiting(error)) {
        waits += 1
        await wait(error.retryAfter, signal)
      } else {
        throw error
      }
    }
  }

  // How long an answer takes, and how many seconds this clock is ahead of the server's (NaN where
  // that can't be seen). A stranger's question: a 401 is the right answer.
  async probe(timeout) {
    const began = Date.now()
    const { response, text } = await this.#send('/api/video-call/', { timeout })
    const ms = Date.now() - began
    const answer = this.#read(response, text)
    if (response.status !== 401) throw this.#refusal(response, answer)
    // Date is cut to whole seconds.
    const server = Date.parse(response.headers.get('Date')) + 500
    const requestId = response.headers.get('X-Request-Id')
    return { ms, offset: (began + ms / 2 - server) / 1000, requestId }
  }

  async #bearer() {
    const { bearer } = this.#options
    return this.#checked(await this.#called(bearer))
  }

  // Another bearer token than the one refused, or null. Requests that were refused together share
  // one: whoever comes late finds that `bearer` gives another by now.
  async #renewed(refused) {
    const { refreshBearer } = this.#options
    if (!refreshBearer) return null
    const current = await this.#bearer()
    if (current && current !== refused) return current
    this.#refreshing ??= this.#called(refreshBearer)
      .then((fresh) => (typeof fresh === 'string' ? this.#checked(fresh) : this.#bearer()))
      .finally(() => { this.#refreshing = null })
    return this.#refreshing
  }

  async #called(callback) {
    try {
      return await (typeof callback === 'function' ? callback() : callback)
    } catch (error) {
      if (error instanceof RoomKeyError) throw error
      throw this.fault('bearer_missing', `no bearer token: ${error?.message ?? error}`)
    }
  }

  // RFC 6750's b64token. The browser's own message about a bad header would quote it.
  #checked(bearer) {
    if (bearer === null || bearer === undefined || bearer === '') return null
    const token = typeof bearer === 'string' && bearer.trim().replace(/^Bearer +/i, '')
    if (token && /^[\w.~+/-]+=*$/.test(token)) return token
    throw this.fault('bearer_malformed', 'the bearer token is none (it must be the token alone, ' +
      'without quotes)')
  }

  async #send(path, { method = 'GET', body, bearer, signal, timeout = this.#options.timeout }) {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), timeout * 1000)
    const abort = () => stop.abort()
    signal?.addEventListener('abort', abort, { once: true })
    const violations = []
    const note = (event) => violations.push(event.blockedURI)
    globalThis.document?.addEventListener('securitypolicyviolation', note)
    try {
      if (signal?.aborted) throw signal.reason
      const headers = { Accept: 'application/json' }
      if (bearer) headers.Authorization = `Bearer ${bearer}`
      if (body !== undefined) headers['Content-Type'] = 'application/json'
      const response = await fetch(this.#options.baseUrl + path, {
        method, headers, body: body === undefined ? undefined : JSON.stringify(body),
        ...secretive, mode: 'cors', redirect: 'manual', signal: stop.signal,
      })
      return { response, text: await response.text() }
    } catch {
      if (signal?.aborted) throw this.fault('aborted', 'stopped by the page')
      if (stop.signal.aborted) throw this.fault('timeout', 'the server did not answer in time')
      throw await this.#whyNot(violations)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      globalThis.document?.removeEventListener('securitypolicyviolation', note)
    }
  }

  // A browser doesn't say why a fetch failed; what it lets through says something.
  async #whyNot(violations) {
    const { baseUrl } = this.#options
    const { origin } = new URL(baseUrl)
    if (globalThis.navigator?.onLine === false) return this.fault('offline', 'this device is offline')
    const answers = await reaches(`${baseUrl}/roomkey/roomkey.js`)
    await wait(0.05) // the violation is told after the fetch has failed
    if (violations.some((uri) => uri.startsWith(origin))) {
      return this.fault('blocked_by_page', `the page's policy forbids connections to ${origin}`)
    }
    return answers ? this.fault('cors', `${origin} does not answer scripts of ${globalThis.location?.origin}`)
      : this.fault('unreachable', `${origin} can't be reached (name, certificate or network)`)
  }

  #read(response, text) {
    try {
      const answer = JSON.parse(text)
      if (answer && typeof answer === 'object') return answer
    } catch { /* not JSON, as of a redirect */ }
    throw this.fault('not_roomkey', `no answer of roomkey's (status ${response.status})`,
      { status: response.status || null })
  }

  #refusal(response, answer) {
    const { status, headers } = response
    return this.fault(String(answer.code ?? `http_${status}`), answer.error ?? `status ${status}`, {
      status, retryAfter: Number(headers.get('Retry-After')) || null,
      opensAt: answer.opens_at, closesAt: answer.closes_at,
      requestId: headers.get('X-Request-Id'),
    })
  }

  #worthWaiting({ code, retryAfter }) {
    return ['rate_limited', 'worker_unavailable', 'store_unavailable'].includes(code) &&
      retryAfter !== null && retryAfter <= this.#options.maxWait
  }
}

// What an access token itself says. Its signature is the provider's business; these checks find
// the token that was made for something else, or is not the one that was announced.

// The claims, none where it is no JWT.
function claimsOf(token) {
  try {
    const bytes = atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)))
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

// [code, message] of the first fault of a Twilio token, or null. `now` is the server's time.
export function twilioFault(answer, id, now) {
  const claims = claimsOf(answer.access_token)
  const { grants } = claims
  return lapse(claims, now) ?? differs('room', answer.room_name, grants?.video?.room) ??
    differs('identity', answer.user_identity, grants?.identity) ??
    differs('exp', Date.parse(answer.expires_at), claims.exp * 1000) ??
    // Past 2^53 both are rounded alike.
    differs('appointment', answer.appointment_id, Number(id))
}

// The same of a Stream token.
export function streamFault(answer, userId, cid, now) {
  const claims = claimsOf(answer.token)
  return lapse(claims, now) ?? differs('user', userId, claims.user_id) ??
    differs('call', cid, claims.call_cids?.[0])
}

function differs(name, announced, found) {
  return announced !== undefined && announced === found ? null
    : ['bad_token', `the access token's ${name} is not the one that was announced`]
}

function lapse({ exp }, now) {
  if (!Number.isInteger(exp)) return ['bad_token', 'the access token is no JWT with an expiry']
  return exp * 1000 > now ? null : ['token_lapsed', 'the access token has expired already']
}
