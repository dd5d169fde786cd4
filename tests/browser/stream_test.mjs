// joinStream with the real @stream-io/video-client, against a stand-in for Stream's coordinator. To
// the media server behind it a stand-in doesn't go: what lies after join() is shown with a class
// that only keeps the order, and with the SDK's own calls, whose join() is in at once.

import assert from 'node:assert/strict'
import {
  TOKEN,
  asking,
  enter,
  leftWhileAsked,
  streamAnswer,
  toldOf,
  visiting,
} from './join_test.mjs'
import { closed, opened, scripted, withRoomKey } from './pages.mjs'
import { answerOf } from './providers.mjs'
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

  await visitTests({ demo, browser })
}

// rk.join() at Stream. In the page, `usual` is whether the call's type has camera and microphone on,
// `calls` are the SDK's own, and `clients` says how many users are connected.
async function visitTests({ demo, browser }) {
  const opened = async () => {
    const page = await visiting(browser, demo)
    await asking(page)
    await page.evaluate(async (sdk) => {
      const { StreamVideoClient } = await import(sdk)
      Object.assign(window, { usual: true, calls: [], clients: 0 })
      window.Client = class extends StreamVideoClient {
        connectUser = async (_, provider) => {
          await provider()
          this.streamClient.userID = 'user_2'
          clients += 1
        }
        disconnectUser = async () => {
          clients -= 1
        }
        call = (type, id) => {
          const call = new StreamVideoClient({ apiKey: 'key' }).call(type, id)
          call.streamClient.userID = 'user_2'
          calls.push(call)
          call.state.setOwnCapabilities(['send-audio', 'send-video'])
          call.permissionsContext.setPermissions(['send-audio', 'send-video'])
          call.permissionsContext.setCallSettings({ audio: {}, video: {} })
          call.publish = call.stopPublish = async () => {}
          call.join = async () => {
            await call.setup()
            call.state.setCallingState('joined')
            const speaker = { speaker_default_on: true, default_device: 'speaker' }
            const target_resolution = { width: 640, height: 480, bitrate: 1 }
            const video = { enabled: true, camera_default_on: usual, target_resolution }
            const audio = { mic_default_on: usual, ...speaker }
            await call.applyDeviceConfig({ audio, video }, { publish: true })
          }
          return call
        }
      }
    }, `${demo.listed}/sdk/stream-video-client.js`)
    return page
  }
  const join = (page, options) => enter(page, { stream: 'Client' }, options)
  const joined = async (page, { usual = true, ...options } = {}) => {
    await page.evaluate((is) => {
      window.usual = is
      events.length = 0
      ask()
      answer()
    }, usual)
    const { value, message } = await join(page, options)
    assert.equal(value, 'stream', message)
  }
  const areOn = (page) =>
    page.evaluate(() => {
      const { microphone, camera } = visit.native
      return [microphone, camera].map(({ state }) => state.status === 'enabled')
    })
  const allGone = async (page) => {
    await page.waitForFunction(() => clients === 0)
    await page.waitForFunction(() => tracks.every(({ readyState }) => readyState === 'ended'))
  }

  await test('at Stream, too, camera and microphone are as the page says', async () => {
    const page = await opened()
    await scripted(page, TOKEN, streamAnswer())
    const none = async () => {
      await joined(page, { audio: false, video: false })
      await page.waitForTimeout(300)
      assert.deepEqual(await areOn(page), [false, false])
      assert.deepEqual(await page.evaluate(() => asked), [])
      await page.evaluate(() => visit.leave())
      assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', null])
      await allGone(page)
    }
    await none()

    await joined(page, { usual: false })
    assert.deepEqual(await areOn(page), [true, true])
    const camera = await page.evaluate(async () => {
      const all = await navigator.mediaDevices.enumerateDevices()
      return all.findLast(({ kind }) => kind === 'videoinput').deviceId
    })
    await page.evaluate(() => visit.leave())
    await allGone(page)

    await joined(page, { audio: { autoGainControl: false }, video: { deviceId: { exact: camera } } })
    assert.deepEqual(await areOn(page), [true, true])
    const wanted = await page.evaluate(() => asked)
    assert.ok(wanted.some(({ audio }) => audio?.autoGainControl === false))
    const pictures = wanted.map(({ video }) => video).filter((video) => video?.width)
    assert.deepEqual([...new Set(pictures.map(({ deviceId }) => deviceId?.exact))], [camera])
    await page.evaluate(() => visit.leave())
    await allGone(page)
    await none() // now that the browser need not ask any more
    await closed(page)
  })

  await test('whoever leaves Stream while the browser asks is out, and no device stays on', async () => {
    const page = await opened()
    await scripted(page, TOKEN, streamAnswer())
    for (const is of [false, true]) {
      for (const leave of [
        () => stop.abort(),
        () => dispatchEvent(new PageTransitionEvent('pagehide')),
      ]) {
        await page.evaluate((usual) => Object.assign(window, { usual }), is)
        await leftWhileAsked(page, () => join(page), leave)
        await allGone(page)
        const cameras = await page.evaluate(() => asked.filter(({ video }) => video).length)
        if (!is) assert.equal(cameras, 0)
      }
    }
    await closed(page)
  })

  await test('how a call at Stream ended is told: left, ended, put out or moved', async () => {
    const page = await opened()
    const ended = () => said({ type: 'call.ended', call: { session: {}, ended_at: new Date() } })
    const ends = async (end, code) => {
      await page.evaluate(() => {
        const { native } = visit
        const to = native.streamClient
        window.said = (event) => to.dispatchEvent({ call_cid: native.cid, ...event })
        window.callEnded = (reason) => {
          const eventPayload = { oneofKind: 'callEnded', callEnded: { reason } }
          native.dispatcher.dispatch({ eventPayload }, 'sfu')
        }
        said({ type: 'call.kicked_user', user: { id: 'user_3' } })
      })
      await page.evaluate(end)
      assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', code], `${end}`)
      assert.equal(await page.evaluate(() => events.length), 1)
      await allGone(page)
    }
    await scripted(page, TOKEN, streamAnswer())
    for (const [end, code] of [
      [() => visit.native.leave(), null],
      [ended, 'ended'],
      [() => callEnded(1), 'ended'],
      [() => callEnded(3), 'removed'],
      [() => said({ type: 'call.blocked_user', user: { id: 'user_2' } }), 'removed'],
      [() => said({ type: 'call.kicked_user', user: { id: 'user_2' } }), 'removed'],
    ]) {
      await joined(page)
      await ends(end, code)
    }
    await joined(page)
    await page.unrouteAll()
    await scripted(page, TOKEN, answerOf('custom', {}))
    await ends(ended, 'moved')
    await closed(page)
  })

  await test('a call that Stream gave up is joined again, and what was off stays off', async () => {
    const page = await opened()
    const requests = await scripted(page, TOKEN, streamAnswer())
    const once = [
      ['onReconnecting', 'stream_network'],
      ['onReconnected', null],
    ]
    await joined(page)
    await page.evaluate(async () => {
      await visit.native.microphone.disable()
      visit.native.state.setCallingState('reconnecting')
      visit.native.state.setCallingState('reconnecting-failed')
    })
    await toldOf(page, 'onReconnected')
    assert.deepEqual(await page.evaluate(() => events), once)
    assert.equal(requests.length, 2)
    assert.match(requests[1].url(), /video-token-refresh/)
    assert.equal(await page.evaluate(() => visit.native === calls[1]), true)
    assert.equal(await page.evaluate(() => calls[0].state.callingState), 'left')
    assert.deepEqual(await areOn(page), [false, true])
    assert.equal(await page.evaluate(() => clients), 1)

    // What the SDK mends by itself stays the same call.
    await page.evaluate(() => {
      events.length = 0
      visit.native.state.setCallingState('reconnecting')
      visit.native.state.setCallingState('joined')
    })
    assert.deepEqual(await page.evaluate(() => events), once)
    assert.equal(requests.length, 2)

    // Switched off and on in between.
    await page.evaluate(async () => {
      events.length = 0
      await visit.native.leave({ message: 'rejoin_attempt_limit_exceeded' })
      await calls[1].camera.disable()
      await calls[1].microphone.enable()
    })
    await toldOf(page, 'onReconnected')
    assert.deepEqual(await areOn(page), [true, false])
    assert.equal(await page.evaluate(() => calls[1].microphone.state.status), 'disabled')

    // Whoever may not come back is told why.
    await page.unrouteAll()
    await scripted(page, TOKEN, [403, { error: 'Removed from this session', code: 'removed' }])
    await page.evaluate(() => {
      events.length = 0
      visit.native.state.setCallingState('reconnecting-failed')
    })
    assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', 'removed'])
    await allGone(page)
    await closed(page)
  })
}
