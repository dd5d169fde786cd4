// RoomKey itself: requests, tokens, and what becomes of failures.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { ROOT, SARAH, closed, freePort, listening, opened, scripted, test,
  withRoomKey } from './support.mjs'

const tokenPath = '/api/appointments/video-token/47/'
const refusal = (status, code, more, headers) => [status, { error: 'Refused', code, ...more }, headers]

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = () => Math.floor(Date.now() / 1000)

// As roomkey answers, with a token of nobody's; `claims` and `answer` change it.
function given({ claims = {}, answer = {}, headers = {} } = {}) {
  const exp = now() + 3600
  const all = { iat: now(), exp, grants: { identity: '2-jane', video: { room: 'apt-47' } }, ...claims }
  return [200, {
    access_token: `${part({ alg: 'HS256' })}.${part(all)}.c2lnbmF0dXJl`, room_name: 'apt-47',
    user_identity: '2-jane', expires_in: 3600, appointment_id: 47, region: null,
    expires_at: new Date(exp * 1000).toISOString().replace('.000Z', 'Z'), ...answer,
  }, { Date: new Date().toUTCString(), ...headers }]
}

const token = (page, options) => page.evaluate((more) => caught(make(more).videoToken(47)), options)

export default async function helperTests({ demo, browser }) {
  await test('videoToken gives a new token each time, to each person their own', async () => {
    const jane = await withRoomKey(browser, demo)
    const sarah = await withRoomKey(browser, demo, SARAH)
    const [first, other] = [await token(jane), await token(sarah)]
    assert.deepEqual(first.value.appointment_id, 47)
    assert.equal(first.value.region, 'au1')
    assert.equal(first.value.room_name, other.value.room_name)
    assert.notEqual(first.value.access_token, other.value.access_token)
    const fresh = await jane.evaluate(() => make().videoToken('47', { refresh: true }))
    assert.ok(fresh.refreshed_at)
    const requests = await scripted(jane, tokenPath, (route) => route.continue())
    await token(jane)
    await token(jane)
    assert.equal(requests.length, 2)
    await closed(sarah)
    await closed(jane)
  })

  await test('a token that is not what was announced is not handed on', async () => {
    const page = await withRoomKey(browser, demo)
    const cases = [
      [given(), undefined],
      [given({ answer: { room_name: 'apt-48' } }), 'bad_token'],
      [given({ answer: { user_identity: '3-sam' } }), 'bad_token'],
      [given({ answer: { appointment_id: 48 } }), 'bad_token'],
      [given({ answer: { expires_at: '2030-01-01T00:00:00Z' } }), 'bad_token'],
      [given({ answer: { access_token: 'none' } }), 'bad_token'],
      [given({ answer: { access_token: undefined } }), 'bad_token'],
      [given({ claims: { exp: undefined } }), 'bad_token'],
      [given({ claims: { grants: null } }), 'bad_token'],
      [given({ claims: { exp: now() - 10 }, answer: {} }), 'token_lapsed'],
      // The server's clock counts, not this device's.
      [given({ headers: { Date: new Date(Date.now() + 2 * 3600e3).toUTCString() } }), 'token_lapsed'],
    ]
    await scripted(page, tokenPath, ...cases.map(([answer]) => answer), cases[0][0])
    for (const [, code] of cases) {
      const outcome = await token(page)
      assert.equal(outcome.code, code, outcome.message)
      if (code) assert.ok(outcome.isRoomKeyError && outcome.advice.length > 20)
    }
    await closed(page)
  })

  await test('a device whose clock is years off gets its token all the same', async () => {
    const page = await withRoomKey(browser, demo)
    await page.evaluate(() => { Date.now = () => Date.UTC(2040, 1, 1) })
    assert.equal((await token(page)).value.appointment_id, 47)
    await closed(page)
  })

  await test('a 401 asks for one new bearer token, once for all requests, and then gives up', async () => {
    const page = await withRoomKey(browser, demo)
    const expired = refusal(401, 'token_expired')
    const requests = await scripted(page, tokenPath, expired, expired, given())
    const refreshed = await page.evaluate(async () => {
      let [times, bearer] = [0, 'old']
      const rk = make({
        bearer: () => bearer, refreshBearer: async () => { times += 1; bearer = 'new' },
      })
      const two = await Promise.all([caught(rk.videoToken(47)), caught(rk.videoToken(47))])
      return [times, ...two.map(({ value }) => value.room_name)]
    })
    assert.deepEqual(refreshed, [1, 'apt-47', 'apt-47'])
    assert.deepEqual(requests.map((each) => each.headers().authorization),
      ['Bearer old', 'Bearer old', 'Bearer new', 'Bearer new'])

    for (const [code, tries] of [['token_expired', 2], ['user_unknown', 1]]) {
      await page.unrouteAll()
      const others = await scripted(page, tokenPath, refusal(401, code))
      const outcome = await page.evaluate(
        () => caught(make({ refreshBearer: () => window.bearer() }).videoToken(47)))
      assert.deepEqual([outcome.status, outcome.code, others.length], [401, code, tries])
      assert.equal(outcome.requestId, 'scripted')
    }
    await closed(page)
  })

  await test('Retry-After is waited for where it is short, and told where it is long', async () => {
    const page = await withRoomKey(browser, demo)
    const busy = (seconds) => refusal(429, 'rate_limited', {}, { 'Retry-After': seconds })
    const requests = await scripted(page, tokenPath, busy('1'), given())
    const began = Date.now()
    assert.equal((await token(page)).value.room_name, 'apt-47')
    assert.ok(Date.now() - began >= 1000)
    assert.equal(requests.length, 2)
    await page.unrouteAll()
    const others = await scripted(page, tokenPath, busy('60'), busy('1'))
    const long = await token(page)
    assert.deepEqual([long.status, long.retryAfter, others.length], [429, 60, 1])
    const never = await token(page, { maxWait: 0 })
    assert.deepEqual([never.retryAfter, others.length], [1, 2])
    await closed(page)
  })

  await test('a refusal keeps the server\'s words, when it opens, and its request id', async () => {
    const page = await withRoomKey(browser, demo)
    const opens = '2025-11-16T08:45:00Z'
    await scripted(page, tokenPath, refusal(403, 'too_early', { opens_at: opens, closes_at: null }))
    const early = await token(page)
    assert.deepEqual([early.name, early.status, early.code, early.message, early.opensAt,
      early.closesAt, early.requestId],
    ['RoomKeyError', 403, 'too_early', 'Refused', opens, null, 'scripted'])
    const german = await token(page, { texts: { advice: { too_early: 'Noch zu früh.' } } })
    assert.equal(german.advice, 'Noch zu früh.')
    await closed(page)
  })

  await test('every code of docs/api.md and every error of Twilio\'s has advice and is documented', async () => {
    const table = readFileSync(join(ROOT, 'docs/api.md'), 'utf8').split('## Errors')[1]
      .split('\n## ')[0]
    const codes = [...table.matchAll(/^\| [\d, ]+ \| `(\w+)`/gm)].map(([, code]) => code)
    assert.ok(codes.length > 20)
    const page = await withRoomKey(browser, demo)
    const advice = await page.evaluate(() => make().constructor.texts.advice)
    for (const code of [...codes, 20101, 20102, 20103, 20104, 20105, 20106, 20107, 53000, 53001,
      53002, 53006, 53105, 53106, 53118, 53204, 53205, 53206, 53400, 53402, 53404, 53405,
      'NotAllowedError', 'NotFoundError', 'NotReadableError', 'OverconstrainedError']) {
      assert.ok(advice[code]?.length > 20, `no advice for ${code}`)
    }
    const manual = readFileSync(join(ROOT, 'docs/browser.md'), 'utf8')
    for (const code of Object.keys(advice)) {
      assert.ok(manual.includes(`\`${code}\``), `${code} is missing in docs/browser.md`)
    }
    await closed(page)
  })

  await networkTests({ demo, browser })

  await test('a bearer token that is none is said without being quoted', async () => {
    const page = await withRoomKey(browser, demo)
    for (const [bearer, code] of [['"quoted-secret"', 'bearer_malformed'], ['a\nsecret', 'bearer_malformed'],
      [42, 'bearer_malformed'], ['', 'authentication_required'], [null, 'authentication_required']]) {
      const outcome = await page.evaluate((value) => caught(make({ bearer: () => value }).videoToken(47)),
        bearer)
      assert.equal(outcome.code, code)
      assert.ok(!JSON.stringify(outcome).includes('secret'))
    }
    const thrown = await page.evaluate(() => caught(make({
      bearer: () => { throw new Error(`no login for eyJhbGciOiJIUzI1NiJ9.${'x'.repeat(20)}.y`) },
    }).videoToken(47)))
    assert.equal(thrown.message, 'no bearer token: no login for (token)')
    await closed(page)
  })

  await test('what a developer got wrong is a TypeError at once', async () => {
    const page = await withRoomKey(browser, demo)
    const names = await page.evaluate(async () => {
      const faults = [
        () => make({ baseUrl: 'ftp://x' }), () => make({ baseUrl: 'https://a:b@x' }),
        () => make({ refreshBearer: 'x' }), () => make().videoToken(0), () => make().videoToken('47/'),
        () => make().videoToken(2 ** 60), () => make().request('https://evil.example/'),
        () => make().connectTwilio({}, 47), () => make().joinStream({}, { callId: 'x' }),
      ]
      return Promise.all(faults.map(async (fault) => {
        try {
          await fault()
        } catch (error) {
          return error.name
        }
      }))
    })
    assert.deepEqual(names, names.map(() => 'TypeError'))
    await closed(page)
  })
}

async function networkTests({ demo, browser }) {
  await test('failures of the network are told apart', async () => {
    const page = await withRoomKey(browser, demo)
    const elsewhere = async (url, more = {}) => page.evaluate(([baseUrl, options]) =>
      caught(make({ baseUrl, ...options }).videoToken(47)), [url, more])
    assert.equal((await elsewhere(`https://localhost:${await freePort()}`)).code, 'unreachable')
    assert.equal((await elsewhere('https://no-such-name.example')).code, 'unreachable')

    const silent = await listening(createServer(() => {}))
    assert.equal((await elsewhere(`http://localhost:${silent}`, { timeout: 0.3 })).code, 'timeout')

    const answers = { '/portal': [302, { Location: 'http://portal.example/' }], '/page': [200, {}] }
    const portal = await listening(createServer((request, response) => {
      const [status, headers] = answers[`/${request.url.split('/')[1]}`] ?? [204, {}]
      response.writeHead(request.method === 'OPTIONS' ? 204 : status, {
        'Access-Control-Allow-Origin': demo.listed, 'Access-Control-Allow-Headers': 'authorization',
        ...(request.method === 'OPTIONS' ? {} : headers),
      })
      response.end('<h1>Welcome to the hotel</h1>')
    }))
    for (const path of Object.keys(answers)) {
      assert.equal((await elsewhere(`http://localhost:${portal}${path}`)).code, 'not_roomkey', path)
    }

    await page.context().setOffline(true)
    const offline = await token(page)
    assert.deepEqual([offline.code, offline.status], ['offline', null])
    assert.match(offline.advice, /offline/)
    await page.context().setOffline(false)
    await closed(page)
  })

  await test('an origin that is not in the list is told so, and a page\'s own policy', async () => {
    const imported = async (address) => {
      const page = await opened(browser, address, { bypassCSP: false })
      // As in a frontend that has roomkey.js in its own bundle.
      await page.route(`${demo.listed}/bundled/**`, (route) => route.fulfill({
        path: join(ROOT, 'web', new URL(route.request().url()).pathname.split('/').pop()),
        contentType: 'text/javascript', headers: { 'Access-Control-Allow-Origin': '*' },
      }))
      const outcome = await page.evaluate(async ([module, baseUrl]) => {
        const { RoomKey } = await import(module)
        return new RoomKey({ baseUrl }).videoToken(47).catch(({ code, advice }) => ({ code, advice }))
      }, [`${demo.listed}/bundled/roomkey.js`, demo.url])
      await closed(page)
      return outcome
    }
    const refused = await imported(`${demo.unlisted}/blank.html`)
    assert.equal(refused.code, 'cors')
    assert.match(refused.advice, /list of origins/)
    assert.equal((await imported(`${demo.listed}/strict.html`)).code, 'blocked_by_page')
  })

  await test('a request is stopped by its signal', async () => {
    const page = await withRoomKey(browser, demo)
    const silent = await listening(createServer(() => {}))
    const outcome = await page.evaluate((baseUrl) => {
      const stop = new AbortController()
      setTimeout(() => stop.abort(), 100)
      return caught(make({ baseUrl }).videoToken(47, { signal: stop.signal }))
    }, `http://localhost:${silent}`)
    assert.equal(outcome.code, 'aborted')
    await closed(page)
  })
}
