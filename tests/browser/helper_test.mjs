// RoomKey itself: requests, tokens, and what becomes of failures.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { closed, scripted, withRoomKey } from './pages.mjs'
import { ROOT, SARAH, given, now, test } from './support.mjs'
import { texts } from '../../web/texts.js'

const tokenPath = '/api/appointments/video-token/47/'
const refusal = (status, code, more, headers) => [
  status,
  { error: 'Refused', code, ...more },
  headers,
]

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
    const later = now() + 3600
    const announced = { expires_at: new Date(later * 1000).toISOString().replace('.000Z', 'Z') }
    const cases = [
      [given(), undefined],
      [given({ claims: { exp: later + 0.75 }, answer: announced }), undefined],
      [given({ claims: { exp: 253402300800 }, answer: announced }), 'bad_token'],
      [given({ claims: { exp: `${later}` }, answer: announced }), 'bad_token'],
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
      [
        given({ headers: { Date: new Date(Date.now() + 2 * 3600e3).toUTCString() } }),
        'token_lapsed',
      ],
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
    await page.evaluate(() => {
      Date.now = () => Date.UTC(2040, 1, 1)
    })
    assert.equal((await token(page)).value.appointment_id, 47)
    await closed(page)
  })

  await test('a 401 asks for a new bearer token, once for all requests', async () => {
    const page = await withRoomKey(browser, demo)
    const expired = refusal(401, 'token_expired')
    const requests = await scripted(page, tokenPath, expired, expired, given())
    const refreshed = await page.evaluate(async () => {
      let [times, bearer] = [0, 'old']
      const rk = make({
        bearer: () => bearer,
        refreshBearer: async () => {
          times += 1
          bearer = 'new'
        },
      })
      const two = await Promise.all([caught(rk.videoToken(47)), caught(rk.videoToken(47))])
      return [times, ...two.map(({ value }) => value.room_name)]
    })
    assert.deepEqual(refreshed, [1, 'apt-47', 'apt-47'])
    assert.deepEqual(
      requests.map((each) => each.headers().authorization),
      ['Bearer old', 'Bearer old', 'Bearer new', 'Bearer new'],
    )

    for (const [code, tries] of [
      ['token_expired', 2],
      ['user_unknown', 1],
    ]) {
      await page.unrouteAll()
      const others = await scripted(page, tokenPath, refusal(401, code))
      const outcome = await page.evaluate(() =>
        caught(make({ refreshBearer: () => window.bearer() }).videoToken(47)),
      )
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

  await test("a refusal keeps the server's words, when it opens, and its request id", async () => {
    const page = await withRoomKey(browser, demo)
    const opens = '2025-11-16T08:45:00Z'
    await scripted(page, tokenPath, refusal(403, 'too_early', { opens_at: opens, closes_at: null }))
    const early = await token(page)
    assert.deepEqual(
      [
        early.name,
        early.status,
        early.code,
        early.message,
        early.opensAt,
        early.closesAt,
        early.requestId,
      ],
      ['RoomKeyError', 403, 'too_early', 'Refused', opens, null, 'scripted'],
    )
    const german = await token(page, { texts: { advice: { too_early: 'Noch zu früh.' } } })
    assert.equal(german.advice, 'Noch zu früh.')
    await closed(page)
  })

  await test("every code of docs/api.md and of Twilio's has advice, in the manual", async () => {
    const table = readFileSync(join(ROOT, 'docs/api.md'), 'utf8')
      .split('## Errors')[1]
      .split('\n## ')[0]
    const codes = [...table.matchAll(/^\| [\d, ]+ \| `(\w+)`/gm)].map(([, code]) => code)
    assert.ok(codes.length > 20)
    const { advice } = texts
    for (const code of [
      ...codes,
      20101,
      20102,
      20103,
      20104,
      20105,
      20106,
      20107,
      53000,
      53001,
      53002,
      53006,
      53105,
      53106,
      53118,
      53204,
      53205,
      53206,
      53400,
      53402,
      53404,
      53405,
      'NotAllowedError',
      'NotFoundError',
      'NotReadableError',
      'OverconstrainedError',
    ]) {
      assert.ok(advice[code]?.length > 20, `no advice for ${code}`)
    }
    const manual = readFileSync(join(ROOT, 'docs/browser.md'), 'utf8')
    for (const code of Object.keys(advice)) {
      assert.ok(manual.includes(`\`${code}\``), `${code} is missing in docs/browser.md`)
    }
  })
}
