// rk.join() at a door that is not open yet: what waits, what puts nobody out, and what ends it;
// and in a session that the person is in already.

import assert from 'node:assert/strict'
import { TOKEN, enter, visiting } from './join_test.mjs'
import { closed, scripted } from './pages.mjs'
import { answerOf } from './providers.mjs'
import { now, test } from './support.mjs'

const waiting = (since) => [
  403,
  { error: 'Waiting to be let in', code: 'waiting', waiting_since: since, retry_after: 1 },
  { 'Retry-After': '1' },
]

export default async function waitingTests({ demo, browser }) {
  const own = (page) =>
    page.evaluate(() => {
      window.own = () => ({})
    })
  const let_in = answerOf('custom', {})

  await test('join() waits at the door until it opens, and says since when', async () => {
    const page = await visiting(browser, demo)
    await own(page)
    const away = (route) => route.abort()
    const since = '2025-11-16T09:00:00Z'
    const requests = await scripted(page, TOKEN, waiting(since), away, away, waiting(since), let_in)
    assert.equal((await enter(page, { custom: 'own' })).value, 'custom')
    assert.deepEqual(await page.evaluate(() => events), [['onWaiting', since]])
    assert.equal(requests.length, 5)
    await closed(page)
  })

  await test('a server that is away, or a device, puts nobody out of the waiting room', async () => {
    const page = await visiting(browser, demo)
    await own(page)
    await page.evaluate(() => {
      const sleep = setTimeout
      const short = (time) => (time <= 15000 ? time / 100 : time) // the pauses, not the deadlines
      window.setTimeout = (call, time, ...more) => sleep(call, short(time), ...more)
    })
    const since = '2025-11-16T09:00:00Z'
    const failing = [502, 503, 504].flatMap((status) => Array(8).fill([status, { error: 'Not now',
      code: status === 502 ? 'provider_unavailable' : 'store_unavailable' }, { 'Retry-After': '3' }]))
    const slept = (hours) => (route) =>
      page.evaluate((ahead) => {
        const { now } = Date
        Date.now = () => now() + ahead
      }, hours * 3600e3).then(() => route.abort())
    await scripted(page, TOKEN, waiting(since), ...failing, waiting(since), slept(1), slept(-1), let_in)
    assert.equal((await enter(page, { custom: 'own' })).value, 'custom')
    assert.deepEqual(await page.evaluate(() => events), [['onWaiting', since]])
    await page.unrouteAll()
    const requests = await scripted(page, TOKEN, waiting(since), (route) => route.abort())
    assert.equal((await enter(page, { custom: 'own' })).code, 'unreachable')
    assert.ok(requests.length > 60, `${requests.length} requests: ten minutes, and no more`)
    await closed(page)
  })

  await test('a page that is left waits no longer, nor for an SDK', async () => {
    const page = await visiting(browser, demo)
    await own(page)
    await scripted(page, TOKEN, waiting('2025-11-16T09:00:00Z'))
    const entering = enter(page, { custom: 'own' })
    await page.waitForFunction(() => events.length === 1)
    await page.evaluate(() => dispatchEvent(new Event('pagehide')))
    assert.equal((await entering).code, 'aborted')
    await page.unrouteAll()
    await scripted(page, TOKEN, let_in)
    const loading = page.evaluate(() => caught(enter({ custom: new Promise(() => {}) }, {})))
    await page.waitForTimeout(300)
    await page.evaluate(() => stop.abort())
    assert.equal((await loading).code, 'aborted')
    await closed(page)
  })

  await test('who waits asks at once when the network is back or the page is seen again', async () => {
    const page = await visiting(browser, demo)
    await own(page)
    const [status, body] = waiting('2025-11-16T09:00:00Z')
    const long = [status, body, { 'Retry-After': '40' }]
    const requests = await scripted(page, TOKEN, long, long, let_in)
    const entering = enter(page, { custom: 'own' })
    for (const [count, wake] of [
      [1, () => dispatchEvent(new Event('online'))],
      [2, () => document.dispatchEvent(new Event('visibilitychange'))],
    ]) {
      while (requests.length < count) await new Promise((resolve) => setTimeout(resolve, 50))
      await page.waitForTimeout(100)
      await page.evaluate(wake)
    }
    assert.equal((await entering).value, 'custom')
    assert.equal(requests.length, 3)
    await closed(page)
  })

  await test('who is not let in is told so, and who goes is not asked for again', async () => {
    const page = await visiting(browser, demo)
    await own(page)
    const denied = [403, { error: 'Not admitted', code: 'denied' }]
    await scripted(page, TOKEN, waiting('2025-11-16T09:00:00Z'), denied)
    const error = await enter(page, { custom: 'own' })
    assert.deepEqual([error.code, error.status], ['denied', 403])
    assert.match(error.advice, /not let in/)
    await page.unrouteAll()
    const requests = await scripted(page, TOKEN, waiting('2025-11-16T09:00:00Z'))
    const entering = enter(page, { custom: 'own' })
    await page.waitForFunction(() => events.length === 2)
    await page.evaluate(() => stop.abort())
    assert.equal((await entering).code, 'aborted')
    const asked = requests.length
    await new Promise((resolve) => setTimeout(resolve, 1500))
    assert.equal(requests.length, asked)
    await closed(page)
  })

  await takeoverTests({ demo, browser })
}

async function takeoverTests({ demo, browser }) {
  await test('who is in the session already is asked whether to go on here', async () => {
    const page = await visiting(browser, demo)
    const there = answerOf('custom', {}, undefined, { already_connected: true })
    await scripted(page, TOKEN, there)
    const entering = (onTakeover) =>
      page.evaluate((text) => {
        window.own = () => ({})
        const onTakeover = text && (0, eval)(text)
        return caught(enter({ custom: own }, { onTakeover }))
      }, onTakeover)
    assert.equal((await entering('() => true')).value, 'custom')
    assert.equal((await entering('async () => true')).value, 'custom')
    assert.equal((await entering(undefined)).value, 'custom', 'without it nobody is asked')
    for (const no of ['() => false', '() => {}', 'async () => false', '() => 1']) {
      const error = await entering(no)
      assert.deepEqual([error.code, error.status], ['already_connected', null], no)
      assert.match(error.advice, /another device/)
    }
    const thrown = await entering('() => { throw new Error("mine") }')
    assert.equal(thrown.code, 'already_connected', 'and the console has its fault')
    const waiting = page.evaluate(() =>
      caught(enter({ custom: own }, { onTakeover: () => new Promise(() => {}) })),
    )
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)))
    await page.evaluate(() => stop.abort())
    assert.equal((await waiting).code, 'aborted')
    await closed(page)
  })

  await test('who is in no other place is asked nothing', async () => {
    const page = await visiting(browser, demo)
    await scripted(page, TOKEN, answerOf('custom', {}))
    const { value, asked } = await page.evaluate(async () => {
      let asked = 0
      window.own = () => ({})
      const onTakeover = () => (asked += 1) < 0
      return { ...(await caught(enter({ custom: own }, { onTakeover }))), asked }
    })
    assert.deepEqual([value, asked], ['custom', 0])
    await closed(page)
  })
}
