// Requests to roomkey: uncached, without cookies, with the login's bearer token of this moment;
// sent again after a 401, a wait that the server asked for, and a fault of the network.

import { RoomKeyError, adviceFor, scrubbed } from './errors.js'

const secretive = { cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' }
const busy = { 429: 'rate_limited', 502: 'worker_unavailable', 503: 'worker_unavailable',
  504: 'worker_unavailable' }
export const offline = () => globalThis.navigator?.onLine === false

// Until so many seconds are over, or `signal` says stop.
export function wait(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, seconds * 1000)
    function done() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
    if (signal?.aborted) done()
  })
}

// Whether anything comes from there; with `cors`: that this page may read.
export async function reaches(address, mode = 'no-cors') {
  try {
    await fetch(address, { ...secretive, mode, signal: AbortSignal.timeout(3000) })
    return true
  } catch {
    return false
  }
}

export class Requests {
  #options
  #texts
  #refresh = null // {token: a promise, done}
  #open = 0
  #ahead = 0 // milliseconds, of the server's clock

  constructor(options, texts) {
    this.#options = options
    this.#texts = texts
  }

  fault(code, message, facts = {}) {
    const { status, opensAt, closesAt } = facts
    const at = code === 'too_late' ? closesAt : opensAt
    const advice = adviceFor(this.#texts, at, code, status && `http_${Math.floor(status / 100)}xx`)
    return new RoomKeyError(code, scrubbed(message), { ...facts, advice })
  }

  // {answer, date, ...}: the JSON; the server's time in milliseconds, NaN where it is not readable.
  // `again`: a second sending does no harm.
  async ask(path, { method = 'GET', body, signal, again = method === 'GET' } = {}) {
    const harmless = again
    const tried = { refresh: this.#refresh?.done && this.#refresh }
    const violations = []
    const note = ({ disposition, blockedURI }) =>
      disposition === 'report' || violations.push(blockedURI)
    globalThis.document?.addEventListener('securitypolicyviolation', note)
    this.#open += 1
    try {
      let bearer = await this.#bearer(signal)
      for (let waits = 0; ; ) {
        const reply = bearer === null
          ? { error: this.fault('authentication_required', 'no bearer token', { status: 401 }) }
          : await this.sent(path, { method, body, bearer, signal })
        const { error } = reply
        if (reply.answer) return reply
        if (!error) {
          if (!again || offline()) throw await this.whyNot(violations)
          again = false
          await wait(0.3, signal)
        } else if (error.status === 401 && error.code !== 'user_unknown' &&
          (bearer = await this.#renewed(bearer, tried, signal))) {
          continue
        } else if (waits++ < 2 && this.#worthWaiting(error, harmless)) {
          await wait(error.retryAfter, signal)
        } else {
          throw error
        }
      }
    } finally {
      globalThis.document?.removeEventListener('securitypolicyviolation', note)
      if (--this.#open === 0) this.#refresh = null
    }
  }

  // An answer with an access token in which no fault is found; `reader` gives {said, faultOf}
  // (tokens.js). One that a service worker or proxy kept is asked for once more.
  async token(path, options, reader) {
    for (let kept; ; ) {
      const reply = await this.ask(path, options)
      const { answer } = reply
      const { said, faultOf } = await reader
      const claims = said(answer)
      const fault = this.#age(reply, claims, kept) ?? faultOf(answer, claims)
      if (!fault) return answer
      if (fault[0] !== 'stale' || kept) throw this.fault(...fault)
      kept = reply
    }
  }

  #age({ date, sent, took, requestId }, { iat, exp }, kept) {
    if (!Number.isFinite(exp)) return ['bad_token', 'the access token has no expiry']
    const before = (time) => iat * 1000 < time - 60000
    const stale = ['stale', 'the access token is older than the request for it']
    const old = before(date - took)
    const seemsOld = before(sent + this.#ahead)
    if (exp * 1000 <= (date || sent) && !(old && seemsOld)) {
      return ['token_lapsed', 'the access token has expired already']
    }
    if (old || (seemsOld && !kept)) return stale
    if (!seemsOld) return null
    // Either this device's clock is wrong, or the same came again.
    if (requestId === kept.requestId && date === kept.date) return stale
    this.#ahead = date - sent
    return null
  }

  // Resolves to `work`, within `timeout` and until `signal` says stop.
  async #within(work, what, signal, timeout = this.#options.timeout) {
    let timer
    let stop
    const end = new Promise((_, reject) => {
      timer = setTimeout(() => reject(this.fault('timeout', `${what} did not answer in time`)),
        timeout * 1000)
      stop = () => reject(this.fault('aborted', 'stopped by the page'))
      signal?.addEventListener('abort', stop)
      if (signal?.aborted) stop()
    })
    try {
      return await Promise.race([end, signal?.aborted || work()])
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    }
  }

  // null: there is no login; undefined: none is needed.
  async #bearer(signal) {
    const { bearer } = this.#options
    if (bearer === undefined || bearer === null) return undefined
    return this.#called('bearer', signal)
  }

  async #called(name, signal) {
    const callback = this.#options[name]
    try {
      return this.#checked(await this.#within(
        async () => (typeof callback === 'function' ? callback() : callback), name, signal))
    } catch (error) {
      if (error instanceof RoomKeyError) throw error
      throw this.fault('bearer_missing', `no bearer token: ${error?.message ?? error}`)
    }
  }

  // RFC 6750's b64token. The browser's own message about a bad header would quote it.
  #checked(bearer) {
    const token = typeof bearer === 'string' ? bearer.trim().replace(/^Bearer +/i, '') : bearer
    if ([undefined, null, '', 'null', 'undefined'].includes(token)) return null
    if (/^[\w.~+/-]+=*$/.test(token) && typeof token === 'string') return token
    throw this.fault('bearer_malformed', 'bearer must give the token alone, without quotes')
  }

  // Another bearer token than the one refused, or null. Requests that were refused together share
  // one call of refreshBearer.
  async #renewed(refused, tried, signal) {
    if (!this.#options.refreshBearer || tried.over) return null
    try {
      const current = tried.switched ? null : await this.#bearer(signal)
      if (current && current !== refused) {
        tried.switched = true
        return current
      }
      tried.over = true
      if (!this.#refresh || this.#refresh === tried.refresh) {
        const token = this.#called('refreshBearer').then((fresh) => fresh ?? this.#bearer())
        const refresh = { token }
        refresh.token.catch(() => {}).then(() => { refresh.done = true })
        this.#refresh = refresh
      }
      return await this.#within(() => this.#refresh.token, 'refreshBearer', signal)
    } catch (error) {
      if (error.code === 'aborted') throw error
      return null
    }
  }

  // {answer} or {error}; neither where nothing came.
  async sent(path, { method = 'GET', body, bearer, signal, timeout }) {
    const stop = new AbortController()
    const sent = Date.now()
    const fresh = method === 'GET' ? `${path.includes('?') ? '&' : '?'}_t=${sent}` : ''
    try {
      const { response, text } = await this.#within(async () => {
        const headers = { Accept: 'application/json' }
        if (bearer) headers.Authorization = `Bearer ${bearer}`
        if (body !== undefined) headers['Content-Type'] = 'application/json'
        const response = await fetch(this.#options.baseUrl + path + fresh, {
          method, headers, body: body === undefined ? undefined : JSON.stringify(body),
          ...secretive, mode: 'cors', redirect: 'manual', signal: stop.signal,
        })
        return { response, text: await response.text() }
      }, 'the server', signal, timeout)
      return this.#read(response, text, sent)
    } catch (error) {
      if (error instanceof RoomKeyError) throw error
      return {}
    } finally {
      stop.abort()
    }
  }

  #read({ status, ok, headers }, text, sent) {
    const answer = parsed(text)
    const date = Date.parse(headers.get('Date'))
    const requestId = headers.get('X-Request-Id')
    const reply = { date, sent, took: Date.now() - sent, requestId }
    if (ok && answer) return { answer, ...reply }
    const { error, code, opens_at: opensAt, closes_at: closesAt, waiting_since: waitingSince } =
      answer ?? {}
    const known = typeof code === 'string' && /^[a-z_]+$/.test(code) ? code
      : busy[status] ?? (answer || status >= 500 ? `http_${status}` : 'not_roomkey')
    const retryAfter = secondsOf(headers.get('Retry-After'), date)
    const said = error ?? `no answer of roomkey's (status ${status})`
    return { ...reply, error: this.fault(known, said,
      { status: status || null, retryAfter, opensAt, closesAt, waitingSince, requestId }) }
  }

  // A browser doesn't say why a fetch failed; what it lets through says something.
  async whyNot(violations = []) {
    const { baseUrl } = this.#options
    const { origin } = new URL(baseUrl)
    if (offline()) return this.fault('offline', 'this device is offline')
    const probe = `${baseUrl}/roomkey/roomkey.js?_t=${Date.now()}`
    const [answers, readable] = await Promise.all([reaches(probe), reaches(probe, 'cors')])
    await wait(0.05) // a violation is told after the fetch has failed
    if (violations.some((uri) => uri.startsWith(origin))) {
      return this.fault('blocked_by_page', `the page's policy forbids ${origin}`)
    }
    return answers && !readable
      ? this.fault('cors', `${origin} does not answer scripts of ${globalThis.location?.origin}`)
      : this.fault('unreachable', `${origin} can't be reached (name, certificate or network)`)
  }

  // A worker that gave no answer may have done it.
  #worthWaiting({ code, retryAfter }, harmless) {
    return (['rate_limited', 'store_unavailable'].includes(code) ||
      (harmless && code === 'worker_unavailable')) &&
      retryAfter !== null && retryAfter <= this.#options.maxWait
  }
}

function parsed(text) {
  try {
    const answer = JSON.parse(text)
    return answer && typeof answer === 'object' ? answer : null
  } catch {
    return null
  }
}

// Retry-After is a number of seconds or a date.
function secondsOf(text, now) {
  const seconds = /^\d+$/.test(text) ? Number(text)
    : Math.ceil((Date.parse(text) - (now || Date.now())) / 1000)
  return seconds >= 0 ? seconds : null
}
