// RoomKey.guest(): what is sent, and what binds the link to this browser and where that is kept. With
// answers as roomkey gives for them; demo_call's guest is let in by roomkey itself.

import assert from 'node:assert/strict'
import { closed, scripted, withRoomKey } from './pages.mjs'
import { answerOf } from './providers.mjs'
import { secrets, test } from './support.mjs'

const TOKEN = '/api/video-guest/token'
const CODE = 'c0de-c0de-c0de-c0de-c0de-c0de-c0de-c0de-43b'
const refusal = (status, code) => [status, { error: 'Refused', code }]

function inFor(device) {
  const [status, body, headers] = answerOf('custom', {}, undefined, { user_identity: 'guest-1' })
  return [status, { ...body, ...(device && { device }) }, headers]
}

// A page with `guest`, and a second one like it in the same browser where `again` says.
async function guestPage(browser, demo, prepare = () => {}) {
  secrets.add(CODE)
  const page = await withRoomKey(browser, demo)
  await page.evaluate(prepare)
  await begin(page, demo)
  return page
}

const begin = (page, demo) =>
  page.evaluate(
    async ([baseUrl, code]) => {
      const { RoomKey, RoomKeyError } = await import(`${baseUrl}/roomkey/roomkey.js`)
      window.caught ??= async (promise) => {
        try {
          return { value: await promise }
        } catch (error) {
          return { ...error, message: error.message, isRoomKeyError: error instanceof RoomKeyError }
        }
      }
      window.code = code
      window.guest = await RoomKey.guest({ baseUrl, code })
    },
    [demo.url, CODE],
  )

const ask = (page) => page.evaluate(() => caught(guest.videoToken()))
// Over BiDi no body of a request is told.
const sent = (requests) => requests.map((one) => one.postDataJSON())

export default async function guestTests({ demo, browser }) {
  await test("a guest's code is sent alone, and then with what binds it to this browser", async () => {
    const page = await guestPage(browser, demo)
    const requests = await scripted(page, TOKEN, inFor('a-word-of-32-letters-for-this-one'), inFor())
    const { value } = await ask(page)
    assert.deepEqual([value.user_identity, 'device' in value], ['guest-1', false])
    assert.equal((await ask(page)).value.user_identity, 'guest-1')
    const [first, second] = sent(requests)
    assert.deepEqual(first, { code: CODE })
    assert.deepEqual(second, { code: CODE, device: 'a-word-of-32-letters-for-this-one' })
    assert.equal(requests[0].method(), 'POST')
    assert.equal(requests[0].headers().authorization, undefined)
    assert.ok(!requests[0].url().includes(CODE))
    const kept = await page.evaluate(() => Object.entries(localStorage))
    assert.equal(kept.length, 1)
    assert.match(kept[0][0], /^roomkey-guest-[0-9a-f]{32}$/)
    assert.equal(kept[0][1], 'a-word-of-32-letters-for-this-one')
    assert.ok(!JSON.stringify(kept).includes(CODE.slice(0, 9)))
    await closed(page)
  }, ['chromium'])

  await test('two at once, and who stops the first, are let in as one', async () => {
    const page = await guestPage(browser, demo)
    const late = async (route) => {
      await page.waitForFunction(() => window.stopped)
      const [status, body] = inFor('word')
      await route.fulfill({ status, json: body,
        headers: { 'Access-Control-Allow-Origin': await page.evaluate(() => location.origin) } })
    }
    const requests = await scripted(page, TOKEN, late, inFor())
    const first = page.evaluate(() => {
      window.stop = new AbortController()
      return caught(guest.videoToken({ signal: stop.signal }))
    })
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await page.evaluate(async (baseUrl) => {
      stop.abort()
      const { RoomKey } = await import(`${baseUrl}/roomkey/roomkey.js`)
      window.other = await RoomKey.guest({ baseUrl, code: window.code })
    }, demo.url)
    assert.equal((await first).code, 'aborted')
    const both = page.evaluate(() => Promise.all([guest, other].map((one) => caught(one.videoToken()))))
    await page.evaluate(() => { window.stopped = true })
    assert.deepEqual((await both).map(({ value }) => value?.user_identity), ['guest-1', 'guest-1'])
    assert.deepEqual(sent(requests).map(({ device }) => device), [undefined, 'word', 'word'])
    await closed(page)
  }, ['chromium'])

  await test('a guest who reloads the page is known again, and forgotten with the link', async () => {
    const page = await guestPage(browser, demo)
    const requests = await scripted(page, TOKEN, inFor('first'), refusal(404, 'guest_not_found'),
      inFor('second'))
    await ask(page)
    await page.reload()
    await begin(page, demo)
    const error = await ask(page)
    assert.deepEqual([error.code, error.isRoomKeyError], ['guest_not_found', true])
    assert.match(error.advice, /Ask the practice for a new one/)
    await ask(page)
    assert.deepEqual(
      sent(requests).map(({ device }) => device ?? null),
      [null, 'first', null],
    )
    await closed(page)
  }, ['chromium'])

  await test('where the browser keeps nothing, a guest is known as long as the page', async () => {
    const page = await guestPage(browser, demo, () => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('no storage here', 'SecurityError')
        },
      })
    })
    const requests = await scripted(page, TOKEN, inFor('a-word'), inFor())
    await ask(page)
    await begin(page, demo)
    await ask(page)
    assert.deepEqual(
      sent(requests).map(({ device }) => device ?? null),
      [null, 'a-word'],
    )
    await page.context().close() // its storage can't be looked at
  }, ['chromium'])

  await test('two requests of a guest at once are not two first ones', async () => {
    const page = await guestPage(browser, demo)
    const requests = await scripted(page, TOKEN, inFor('a-word'), inFor())
    const both = await page.evaluate(() =>
      Promise.all([caught(guest.videoToken()), caught(guest.videoToken())]),
    )
    assert.deepEqual(
      both.map(({ code }) => code ?? null),
      [null, null],
    )
    assert.deepEqual(
      sent(requests).map(({ device }) => device ?? null),
      [null, 'a-word'],
    )
    await closed(page)
  }, ['chromium'])

  await test("a guest's first request is sent once, whatever becomes of it", async () => {
    const page = await guestPage(browser, demo)
    const away = (route) => route.abort()
    const requests = await scripted(page, TOKEN, away, inFor('a-word'), away, inFor())
    assert.equal((await ask(page)).code, 'unreachable')
    assert.equal(requests.length, 1)
    await ask(page)
    assert.equal((await ask(page)).value?.user_identity, 'guest-1')
    assert.equal(requests.length, 4, 'with its word it may be sent again')
    await closed(page)
  })

  await test('a guest waits at the door, joins, and is told of another device', async () => {
    const page = await guestPage(browser, demo)
    const waiting = [
      403,
      { error: 'Waiting to be let in', code: 'waiting', waiting_since: '2025-11-16T09:00:00Z' },
      { 'Retry-After': '1' },
    ]
    await scripted(page, TOKEN, waiting, inFor('a-word'), refusal(403, 'guest_elsewhere'))
    const told = await page.evaluate(async () => {
      const events = []
      const own = ({ user_identity: who }) => events.push(['own', who])
      const visit = await guest.join(
        { custom: own },
        { onWaiting: ({ since }) => events.push(['waiting', since]) },
      )
      await visit.leave()
      return [...events, visit.provider]
    })
    assert.deepEqual(told, [['waiting', '2025-11-16T09:00:00Z'], ['own', 'guest-1'], 'custom'])
    const error = await ask(page)
    assert.equal(error.code, 'guest_elsewhere')
    assert.match(error.advice, /on another device/)
    const german = await page.evaluate(async (base) => {
      const { default: de } = await import(`${base}/roomkey/check/de.js`)
      return [de.roomkey.advice.guest_elsewhere, de.codes.guest_not_found]
    }, demo.url)
    assert.match(german.join(' '), /Gerät freizugeben.*Gast-Link/s)
    await closed(page)
  })

  await test("a guest's code must be a text", async () => {
    const page = await guestPage(browser, demo)
    const [name, message] = await page.evaluate(async (baseUrl) => {
      const { RoomKey } = await import(`${baseUrl}/roomkey/roomkey.js`)
      return RoomKey.guest({ baseUrl }).catch(({ name, message }) => [name, message])
    }, demo.url)
    assert.deepEqual([name, /behind # in the link/.test(message)], ['TypeError', true])
    await closed(page)
  })
}
