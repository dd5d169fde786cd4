// roomkey.js outside a browser, against a server of the test's own: what a request does when the
// login, the network or something on the way doesn't do what it should.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT, atEnd, given, listening, now, part, test } from './support.mjs'

// As a package would have it.
async function imported() {
  const folder = mkdtempSync(join(tmpdir(), 'roomkey-web-'))
  atEnd(() => rmSync(folder, { recursive: true }))
  cpSync(join(ROOT, 'web'), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  return import(pathToFileURL(join(folder, 'roomkey.js')))
}

// `answers` are [status, body, headers] or functions of (request, response); the last of them for ever.
async function serving(...answers) {
  const heard = []
  const port = await listening(
    createServer((request, response) => {
      heard.push(request)
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      if (typeof answer === 'function') return answer(request, response)
      const [status, body, headers] = answer
      response.writeHead(status, { 'X-Request-Id': String(heard.length), ...headers })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }),
  )
  return { heard, baseUrl: `http://127.0.0.1:${port}` }
}

const codeOf = (promise) =>
  promise.then(
    () => 'none',
    ({ code }) => code,
  )
const never = () => new Promise(() => {})
const reset = (request) => request.socket.destroy()
const toReset = (request, response) =>
  request.url.startsWith('/api/') ? reset(request) : response.end()
const expired = [401, { error: 'Token has expired', code: 'token_expired' }]

export default async function requestsTests() {
  const { RoomKey } = await imported()
  const asking = (server, options) =>
    new RoomKey({ baseUrl: server.baseUrl, ...options }).videoToken(47)

  await test('each request has an address of its own, so that no cache answers it', async () => {
    const server = await serving(given())
    const rk = new RoomKey(server)
    await rk.videoToken(47)
    await rk.request('/api/appointments/47/?fields=all')
    assert.match(server.heard[0].url, /\/47\/\?_t=\d+$/)
    assert.match(server.heard[1].url, /\/47\/\?fields=all&_t=\d+$/)
  })

  await test('a token older than its request is asked for once more, and then refused', async () => {
    const old = { claims: { iat: now() - 3600 } }
    const [once, always] = [await serving(given(old), given()), await serving(given(old))]
    assert.equal((await asking(once)).room_name, 'apt-47')
    assert.equal(await codeOf(asking(always)), 'stale')
    assert.deepEqual([once.heard.length, always.heard.length], [2, 2])
  })

  await test('an answer that was kept with its Date is told from a wrong clock', async () => {
    const ago = (headers) =>
      given({
        claims: { iat: now() - 3000 },
        headers: { Date: new Date(Date.now() - 3000e3).toUTCString(), ...headers },
      })
    const kept = await serving(ago({ 'X-Request-Id': 'the-first' }))
    assert.equal(await codeOf(asking(kept)), 'stale')
    const ahead = await serving(ago())
    const rk = new RoomKey(ahead)
    await rk.videoToken(47)
    await rk.videoToken(47)
    assert.equal(ahead.heard.length, 3) // asked twice once, and known from then on
  })

  await test('bearer and refreshBearer that never settle obey timeout and signal', async () => {
    const server = await serving(given())
    const quick = { timeout: 0.2 }
    assert.equal(await codeOf(asking(server, { ...quick, bearer: never })), 'timeout')
    const rk = new RoomKey({ ...server, bearer: never })
    const signal = AbortSignal.timeout(100)
    assert.equal(await codeOf(rk.videoToken(47, { signal })), 'aborted')
    assert.equal(server.heard.length, 0)
    const refused = await serving(expired)
    const options = { ...quick, bearer: () => 'a', refreshBearer: never }
    assert.equal(await codeOf(asking(refused, options)), 'token_expired')
  })

  await test('no request is sent without a login, or for a signal that was aborted', async () => {
    const server = await serving(given())
    for (const none of ['', null, undefined, 'undefined', 'null']) {
      assert.equal(await codeOf(asking(server, { bearer: () => none })), 'authentication_required')
    }
    let asked = 0
    const rk = new RoomKey({ ...server, bearer: () => (asked += 1) })
    assert.equal(await codeOf(rk.videoToken(47, { signal: AbortSignal.abort() })), 'aborted')
    assert.deepEqual([asked, server.heard.length], [0, 0])
    await asking(server, { bearer: () => 'undefined', refreshBearer: () => 'new' })
    assert.equal(server.heard[0].headers.authorization, 'Bearer new')
  })

  await test('requests refused together share one refresh, however late their answer', async () => {
    let refreshed = 0
    const slowly = (request, response) => {
      const fresh = request.headers.authorization === 'Bearer new'
      const [status, body] = fresh ? [200, {}] : expired
      const late = request.url.startsWith('/api/late/') && !fresh
      response.writeHead(status)
      setTimeout(() => response.end(JSON.stringify(body)), late ? 300 : 0)
    }
    const rk = new RoomKey({
      ...(await serving(slowly)),
      bearer: () => 'old',
      refreshBearer: () => {
        refreshed += 1
        return 'new'
      },
    })
    await Promise.all([rk.request('/api/soon/'), rk.request('/api/late/')])
    assert.equal(refreshed, 1)
    await rk.request('/api/soon/')
    assert.equal(refreshed, 2)
    const refused = await serving(expired)
    const options = { bearer: () => 'a', refreshBearer: () => 'b' }
    assert.equal(await codeOf(asking(refused, options)), 'token_expired')
    assert.equal(refused.heard.length, 2)
  })

  await test("a load balancer's page is the server's failure, with its Retry-After", async () => {
    const page = '<h1>Service Unavailable</h1>'
    const later = new Date(Date.now() + 60e3).toUTCString()
    for (const [status, header, code, least] of [
      [503, '30', 'worker_unavailable', 30],
      [502, '30', 'worker_unavailable', 30],
      [429, later, 'rate_limited', 50],
      [500, '30', 'http_500', 30],
    ]) {
      const server = await serving([status, page, { 'Retry-After': header }])
      await assert.rejects(asking(server), (error) => {
        assert.deepEqual([error.code, error.status], [code, status])
        return error.retryAfter >= least && error.advice.length > 20
      })
    }
    assert.equal(await codeOf(asking(await serving([200, page]))), 'not_roomkey')
    const soon = await serving([503, page, { 'Retry-After': '0' }], given())
    assert.equal((await asking(soon)).room_name, 'apt-47')
  })

  await test('a fault of the network is tried once more, and is not taken for CORS', async () => {
    const once = await serving(reset, given())
    assert.equal((await asking(once)).room_name, 'apt-47')
    const always = await serving(toReset)
    assert.equal(await codeOf(asking(always)), 'unreachable')
    assert.equal(always.heard.filter(({ url }) => url.startsWith('/api/')).length, 2)
    const post = await serving(toReset)
    const sent = new RoomKey(post).request('/api/appointments/1/', { method: 'PUT', body: {} })
    assert.equal(await codeOf(sent), 'unreachable')
    assert.equal(post.heard.filter(({ url }) => url.startsWith('/api/')).length, 1)
  })

  await test('what a worker without an answer may have done is not sent again', async () => {
    const busy = { 'Retry-After': '0' }
    for (const [status, code, times] of [
      [504, 'worker_unavailable', 1],
      [502, 'worker_unavailable', 1],
      [503, 'store_unavailable', 3],
      [429, 'rate_limited', 3],
    ]) {
      const server = await serving([status, { error: 'Not now', code }, busy])
      const sent = new RoomKey(server).request('/api/appointments/1/', { method: 'POST', body: {} })
      assert.equal(await codeOf(sent), code)
      assert.equal(server.heard.length, times, `${status}`)
    }
  })

  await test('a missing baseUrl is said at once where roomkey.js is bundled', async () => {
    assert.throws(() => new RoomKey(), /baseUrl is missing/)
    for (const baseUrl of [undefined, null, '', 'undefined']) {
      assert.throws(() => new RoomKey({ baseUrl }), /^TypeError: baseUrl/)
    }
  })

  await test('diagnose rejects for nothing, and a callback that throws stops nothing', async () => {
    const server = await serving([401, { error: 'x', code: 'authentication_required' }])
    const rk = new RoomKey({ ...server, bearer: never, timeout: 0.2 })
    const report = await rk.diagnose({
      appointmentId: 'none',
      endpoints: { signalling: ['::'], stun: ['stun:'] },
      onProgress() {
        throw new Error('of the page')
      },
    })
    const bad = report.filter(({ ok }) => !ok)
    assert.deepEqual(
      bad.map(({ check }) => check).filter((check) => /token|signalling|udp/.test(check)),
      ['token', 'signalling_global', 'udp'],
    )
    for (const { advice } of bad) assert.ok(advice.length > 10)
  })

  await streamSignalTests(RoomKey)
}

// Stream's class, as far as the order goes; `hang` names the step that never ends.
const orderedClient = (steps, hang) =>
  class {
    constructor() {
      steps.push('new')
    }
    async connectUser(_, provider) {
      steps.push('connectUser')
      await (hang === 'connectUser' ? never() : provider())
    }
    async disconnectUser() {
      steps.push('disconnectUser')
    }
    call() {
      return {
        join: async () => {
          steps.push('join')
          if (hang === 'join') await never()
        },
        leave: async () => steps.push('leave'),
      }
    }
  }

async function streamSignalTests(RoomKey) {
  const info = { userId: 'user_2', apiKey: 'key', user: { id: 'user_2', name: 'Jane' } }
  const claims = { user_id: 'user_2', iat: now(), exp: now() + 999, call_cids: ['default:apt-47'] }
  const stream = (faults = 0) =>
    serving((request, response) => {
      const isToken = request.url.startsWith('/api/video-call/token')
      if (isToken && faults-- > 0) return reset(request)
      const token = `${part({})}.${part(claims)}.c2ln`
      response.end(JSON.stringify(isToken ? { token } : info))
    })
  const joining = (server, client, options) =>
    new RoomKey(server).joinStream(client, { callId: 'apt-47', ...options })

  await test('of two effects, the first aborted, there is one client and one join', async () => {
    const [steps, server] = [[], await stream()]
    const [first, second] = [new AbortController(), new AbortController()]
    const gone = codeOf(joining(server, orderedClient(steps), { signal: first.signal }))
    first.abort()
    await joining(server, orderedClient(steps), { signal: second.signal })
    assert.equal(await gone, 'aborted')
    assert.deepEqual(steps, ['new', 'connectUser', 'join'])
    second.abort()
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepEqual(steps.slice(3), ['leave', 'disconnectUser'])
  })

  await test("joinStream's signal ends each of its steps", async () => {
    for (const [hang, end] of [
      ['connectUser', ['disconnectUser']],
      ['join', ['leave', 'disconnectUser']],
    ]) {
      const steps = []
      const stop = new AbortController()
      const joined = joining(await stream(), orderedClient(steps, hang), { signal: stop.signal })
      const code = codeOf(joined)
      while (!steps.includes(hang)) await new Promise((resolve) => setTimeout(resolve, 5))
      stop.abort()
      assert.equal(await code, 'aborted')
      await new Promise((resolve) => setTimeout(resolve, 20))
      assert.deepEqual(steps.slice(steps.indexOf(hang) + 1), end)
    }
  })

  await test("a fault of the network in Stream's token request is tried again", async () => {
    const steps = []
    await joining(await stream(2), orderedClient(steps), {
      onClient() {
        throw new Error('of the page')
      },
    })
    assert.equal(steps.at(-1), 'join')
  })
}
