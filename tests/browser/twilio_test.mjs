// connectTwilio with the real twilio-video, against a stand-in for Twilio's signalling.

import assert from 'node:assert/strict'

// A page with twilio-video in it, and `calls`: what its connect() was given.

import { closed, opened, scripted, withRoomKey } from './pages.mjs'
import { answerOf } from './providers.mjs'
import { JANE, given, secrets, test } from './support.mjs'

export async function withTwilio(browser, demo) {
  const page = await withRoomKey(browser, demo)
  await page.addScriptTag({ url: `${demo.listed}/sdk/twilio-video.js` })
  await page.evaluate(() => {
    window.calls = []
    window.Video = {
      connect(token, options) {
        calls.push({
          token,
          name: options.name,
          region: options.region,
          keys: Object.keys(options),
        })
        return Twilio.Video.connect(token, options)
      },
    }
    window.events = []
    window.join = (options) =>
      make().connectTwilio(Video, 47, {
        tracks: [],
        insights: false,
        onReconnecting: ({ code }) => events.push(['reconnecting', code]),
        onReconnected: (room) => {
          window.room = room
          events.push(['reconnected', room.name])
        },
        onDisconnected: (error) =>
          events.push(['disconnected', error?.code ?? null, error?.advice]),
        ...options,
      })
  })
  return page
}

export const told = (page, event) =>
  page
    .waitForFunction((name) => events.find(([each]) => each === name), event)
    .then((found) => found.jsonValue())

// Two tokens of the same second are the same; so what counts is that one was asked for.
function tokensAsked(page) {
  const asked = []
  page.on('request', (request) => {
    const [, route] = /\/(video-token[\w-]*)\/47/.exec(request.url()) ?? []
    if (route && request.method() === 'GET') asked.push(route)
  })
  return asked
}

export default async function twilioTests({ demo, browser, twilio }) {
  const expect = (...answers) => {
    twilio.answers = answers
    twilio.heard = []
  }

  await test('connect() gets the exact token, room and region, and gets there', async () => {
    const page = await withTwilio(browser, demo)
    expect('in')
    const answer = page
      .waitForResponse((response) => /video-token/.test(response.url()) && response.status() === 200)
      .then((response) => response.json())
    const name = await page.evaluate(async () => {
      window.room = await join()
      return room.name
    })
    const given = await answer
    const [call] = await page.evaluate(() => calls)
    assert.deepEqual(
      [call.token, call.name, call.region],
      [given.access_token, given.room_name, 'au1'],
    )
    assert.deepEqual(call.keys.sort(), ['insights', 'name', 'region', 'tracks'])
    const [heard] = twilio.heard
    assert.deepEqual(
      [heard.token, heard.name, heard.host],
      [given.access_token, given.room_name, 'au1.vss.twilio.com'],
    )
    assert.equal(name, given.room_name)
    await page.evaluate(() => room.disconnect())
    assert.deepEqual(await told(page, 'disconnected'), ['disconnected', null, undefined])
    await closed(page)
  })

  await test("the page's region goes before roomkey's, and its room's name never", async () => {
    const page = await withTwilio(browser, demo)
    expect('in')
    await page.evaluate(() =>
      join({ region: 'de1', name: 'another' }).then((room) => room.disconnect()),
    )
    assert.equal(twilio.heard[0].host, 'de1.vss.twilio.com')
    assert.match(twilio.heard[0].name, /^apt-47-/)
    await closed(page)
  })

  await test("another provider's token is not handed to Twilio", async () => {
    const page = await withTwilio(browser, demo)
    await scripted(page, '/api/appointments/video-token/47', answerOf('custom', {}))
    const error = await page.evaluate(() => caught(join()))
    assert.deepEqual([error.code, /Join again/.test(error.advice)], ['moved', true])
    assert.deepEqual(await page.evaluate(() => calls), [])
    await closed(page)
  })

  await test("each error of Twilio's becomes a RoomKeyError with advice", async () => {
    const page = await withTwilio(browser, demo)
    for (const [code, advice] of [
      [20101, /set up/],
      [20103, /account or API key/],
      [20105, /clock/],
      [20107, /API secret/],
      [53105, /full/],
      [53118, /ended/],
      [53999, /support/],
    ]) {
      expect(code)
      const error = await page.evaluate(() => caught(join()))
      assert.ok(error.isRoomKeyError, `${code}: ${error.stack}`)
      assert.equal(error.code, code)
      assert.match(error.advice, advice)
      assert.equal(twilio.heard.length, 1)
    }
    await closed(page)
  })

  await test('a token that lapsed on the way is replaced once, and not twice', async () => {
    const page = await withTwilio(browser, demo)
    const asked = tokensAsked(page)
    expect(20104, 'in')
    await page.evaluate(() => join().then((room) => room.disconnect()))
    assert.equal(twilio.heard.length, 2)
    assert.deepEqual(asked, ['video-token', 'video-token-refresh'])
    expect(20104, 20104)
    const error = await page.evaluate(() => caught(join()))
    assert.equal(error.code, 20104)
    assert.match(error.advice, /expired/)
    assert.equal(twilio.heard.length, 2)
    await closed(page)
  })

  await test('a call whose token lapsed is joined again with a new one after a loss', async () => {
    const page = await withTwilio(browser, demo)
    const asked = tokensAsked(page)
    expect('in', 20104, 'in')
    await page.evaluate(async () => {
      window.room = await join()
    })
    twilio.drop()
    assert.deepEqual(await told(page, 'reconnecting'), ['reconnecting', 20104])
    const [, name] = await told(page, 'reconnected')
    const [first, sync, again] = twilio.heard
    assert.deepEqual([first.type, sync.type, again.type], ['connect', 'sync', 'connect'])
    assert.equal(sync.token, first.token) // all that the SDK itself can do
    assert.deepEqual(asked, ['video-token', 'video-token-refresh'])
    assert.deepEqual([again.name, name], [first.name, first.name])
    await page.evaluate(() => room.disconnect())
    await told(page, 'disconnected')
    await closed(page)
  })

  await test('a loss after which roomkey gives no token ends with its reason', async () => {
    const page = await withTwilio(browser, demo)
    expect('in', 20104)
    await page.evaluate(() => join())
    await scripted(page, '/api/appointments/video-token-refresh/', [
      403,
      { error: 'Too late to join', code: 'too_late', opens_at: null, closes_at: null },
    ])
    twilio.drop()
    const [, code, advice] = await told(page, 'disconnected')
    assert.equal(code, 'too_late')
    assert.match(advice, /over/)
    await closed(page)
  })

  await test('a session that was ended, or joined elsewhere, is not joined again', async () => {
    const page = await withTwilio(browser, demo)
    for (const reason of [53118, 53205]) {
      expect('in', reason)
      await page.evaluate(() => {
        events.length = 0
        return join()
      })
      twilio.drop()
      assert.equal((await told(page, 'disconnected'))[1], reason)
      assert.deepEqual(await page.evaluate(() => events.length), 1)
    }
    await closed(page)
  })

  await test('a signal leaves the room, and stops joining', async () => {
    const page = await withTwilio(browser, demo)
    expect('in')
    await page.evaluate(async () => {
      window.stop = new AbortController()
      await join({ signal: stop.signal })
      stop.abort()
    })
    assert.equal((await told(page, 'disconnected'))[1], null)
    const early = await page.evaluate(() => caught(join({ signal: AbortSignal.abort() })))
    assert.equal(early.code, 'aborted')
    await closed(page)
  })

  await test('camera and microphone that may not be used are said as such', async () => {
    const page = await withTwilio(browser, demo)
    for (const [name, advice] of [
      ['NotAllowedError', /Allow/],
      ['NotFoundError', /Plug/],
      ['NotReadableError', /no other program/],
      ['OverconstrainedError', /settings/],
    ]) {
      const error = await page.evaluate((fault) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', fault))
        return caught(join({ tracks: undefined, audio: true, video: true }))
      }, name)
      assert.equal(error.code, name)
      assert.match(error.advice, advice)
    }
    await closed(page)
  })

  await test('with its log turned up, twilio-video still prints no token', async () => {
    const page = await withTwilio(browser, demo)
    const lines = []
    page.on('console', (message) => lines.push(message.text()))
    expect('in')
    await page.evaluate(() => join({ logLevel: 'debug' }).then((room) => room.disconnect()))
    assert.ok(lines.length > 0)
    const [{ token }] = twilio.heard
    assert.ok(secrets.has(token))
    assert.ok(!lines.some((line) => line.includes(token)))
    await closed(page)
  })

  await test('the example page joins with Twilio, and shows advice for 20103', async () => {
    const page = await opened(browser, demo.listed)
    await page.fill('#server', demo.url)
    await page.fill('#bearer', demo.bearer(JANE))
    expect(20103)
    await page.click('button[value=twilio]')
    await page.waitForFunction(() => document.querySelector('#advice').textContent !== '')
    assert.match(await page.textContent('#advice'), /account or API key/)
    assert.match(await page.textContent('#state'), /20103/)
    expect('in')
    await page.click('button[value=twilio]')
    await page.waitForFunction(() =>
      /in the room apt-47/.test(document.querySelector('#state').textContent),
    )
    await page.click('button[value=leave]')
    await page.waitForFunction(() => document.querySelector('#state').textContent === 'left')
    await closed(page)
  })
}
