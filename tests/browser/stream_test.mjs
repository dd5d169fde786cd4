// joinStream with the real @stream-io/video-client, against a stand-in for Stream's coordinator. To
// the media server behind it a stand-in doesn't go: what lies after join() is shown with a class
// that only keeps the order.

import assert from 'node:assert/strict'
import { closed, opened, scripted, withRoomKey } from './pages.mjs'
import streamVisitTests from './stream_visit_test.mjs'
import { JANE, given, part, test } from './support.mjs'

async function withStream(browser, demo) {
  const page = await withRoomKey(browser, demo)
  await page.evaluate(async (sdk) => {
    const { StreamVideoClient } = await import(sdk)
    window.steps = []
    // The real one, watched.
    window.Watched = class extends StreamVideoClient {
      constructor(...given) {
        super(...given)
        steps.push(['new', ...given.map(({ options, ...rest }) => JSON.stringify(rest))])
        const connectUser = this.connectUser
        this.connectUser = (user, token) => {
          steps.push(['connectUser', user, typeof token])
          return connectUser(user, token)
        }
      }
    }
    window.Ordered = class {
      constructor(given) {
        steps.push(['new', given.apiKey, Object.keys(given)])
      }
      async connectUser(user, provider) {
        const tokens = [await provider(), await provider()]
        steps.push(['connectUser', user, tokens.map((token) => token.split('.').length)])
      }
      async disconnectUser() {
        steps.push(['disconnectUser'])
      }
      call(type, id) {
        const listeners = []
        steps.push(['call', type, id])
        return {
          id,
          join: async (how) => {
            steps.push(['join', how])
          },
          leave: async () => listeners.forEach((tell) => tell('left')),
          state: {
            callingState$: {
              subscribe: (tell) => {
                listeners.push(tell)
                tell('joined')
                return { unsubscribe: () => steps.push(['unsubscribed']) }
              },
            },
          },
        }
      }
    }
  }, `${demo.listed}/sdk/stream-video-client.js`)
  return page
}

export default async function streamTests({ demo, browser, stream }) {
  const callId = JSON.parse(demo.roomkey('--json', 'appointment', 'show', '47')).video_room_id
  const join = (page, client, options = {}) =>
    page.evaluate(
      ([name, more]) => caught(make().joinStream(window[name], more)),
      [client, { callId, ...options }],
    )
  const expect = (connects, joins) => Object.assign(stream, { connects, joins, heard: [] })

  await test("Stream's client is made, the user connected, then the call joined", async () => {
    const page = await withStream(browser, demo)
    expect('in', 17)
    const error = await join(page, 'Watched')
    assert.equal(error.code, 'stream_17', error.message)
    assert.match(error.advice, /may not join/)
    const steps = await page.evaluate(() => steps)
    assert.equal(steps[0][0], 'new')
    assert.deepEqual(Object.keys(JSON.parse(steps[0][1])), ['apiKey'])
    assert.deepEqual(steps[1], ['connectUser', { id: 'user_2', name: 'Jane Doe' }, 'function'])
    const [connect, joining] = stream.heard
    assert.equal(connect.what, 'connect')
    assert.equal(connect.user, 'user_2')
    assert.equal(joining.what, 'join')
    assert.equal(joining.path, `/video/call/default/${callId}/join`)
    assert.equal(joining.token, connect.token)
    const claims = JSON.parse(Buffer.from(connect.token.split('.')[1], 'base64url'))
    assert.deepEqual([claims.user_id, claims.call_cids], ['user_2', [`default:${callId}`]])
    await closed(page)
  })

  await test('a token that Stream refuses is said as such', async () => {
    const page = await withStream(browser, demo)
    for (const [code, advice] of [
      [43, /API secret/],
      [5, /set up/],
    ]) {
      expect(code, 17)
      const error = await join(page, 'Watched', { clientOptions: { maxConnectUserRetries: 1 } })
      assert.equal(error.code, `stream_${code}`, error.message)
      assert.match(error.advice, advice)
      assert.ok(stream.heard.every(({ what }) => what === 'connect'))
    }
    await closed(page)
  })

  await test('the client, connectUser, call, join; and left, all is let go', async () => {
    const page = await withStream(browser, demo)
    const requests = await scripted(page, '/api/video-call/token', (route) => route.continue())
    await page.evaluate(
      (id) =>
        make()
          .joinStream(Ordered, {
            callId: id,
            callType: 'default',
            join: { video: true },
            onClient: () => steps.push(['onClient']),
          })
          .then((call) => call.leave()),
      callId,
    )
    await page.waitForFunction(() => steps.length >= 7)
    const steps = await page.evaluate(() => steps)
    assert.deepEqual(steps[0][2], ['apiKey', 'options'])
    assert.deepEqual(steps[1], ['connectUser', { id: 'user_2', name: 'Jane Doe' }, [3, 3]])
    assert.equal(requests.length, 2)
    assert.deepEqual(steps.slice(2), [
      ['call', 'default', callId],
      ['join', { create: true, video: true }],
      ['onClient'],
      ['disconnectUser'],
      ['unsubscribed'],
    ])
    await closed(page)
  })

  await test("a token can't be handed to Stream's client past roomkey", async () => {
    const page = await withStream(browser, demo)
    for (const wrong of [
      { token: 'x' },
      { tokenProvider: 'x' },
      { user: { id: 'x' } },
      { clientOptions: { token: 'x' } },
    ]) {
      const error = await join(page, 'Ordered', wrong)
      assert.equal(error.name, 'TypeError')
      assert.deepEqual(await page.evaluate(() => steps), [])
    }
    await closed(page)
  })

  await test("a refusal of roomkey's comes through Stream's client at once, as it is", async () => {
    const page = await withStream(browser, demo)
    const late = [403, { error: 'Too late to join', code: 'too_late' }]
    expect('in', 17)
    const requests = await scripted(page, '/api/video-call/token', late)
    const error = await join(page, 'Watched')
    assert.deepEqual([error.code, error.status, requests.length], ['too_late', 403, 1])
    await page.unrouteAll()
    const stranger = await join(page, 'Watched', { callId: 'apt-47-1-00000000' })
    assert.equal(stranger.code, 'appointment_not_found')
    await closed(page)
  })

  await test("a token of roomkey's for somebody else is not handed to Stream", async () => {
    const page = await withStream(browser, demo)
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = {
      user_id: 'user_2',
      exp: (Date.now() / 1000 + 999) | 0,
      call_cids: [`default:${callId}`],
    }
    for (const [change, code] of [
      [{ user_id: 'user_3' }, 'bad_token'],
      [{ call_cids: [] }, 'bad_token'],
      [{ exp: 1 }, 'token_lapsed'],
    ]) {
      const token = `${part({})}.${part({ ...claims, ...change })}.c2ln`
      await scripted(page, '/api/video-call/token', [200, { token }])
      assert.equal((await join(page, 'Ordered')).code, code)
      await page.unrouteAll()
    }
    await closed(page)
  })

  await test('the example page joins with Stream, and shows its advice', async () => {
    const page = await opened(browser, demo.listed)
    await page.fill('#server', demo.url)
    await page.fill('#bearer', demo.bearer(JANE))
    expect('in', 17)
    await page.click('button[value=stream]')
    await page.waitForFunction(() => document.querySelector('#advice').textContent !== '')
    assert.match(await page.textContent('#state'), /stream_17/)
    assert.deepEqual(
      stream.heard.map(({ what }) => what),
      ['connect', 'join'],
    )
    await closed(page)
  })

  await streamVisitTests({ demo, browser })
}
