// rk.join() at Stream. In the page, `usual` is whether the call's type has camera and microphone on,
// `calls` are the SDK's own, and `clients` says how many users are connected.
// Their join() is in at once: there is no media server of Stream's here.

import assert from 'node:assert/strict'
import { TOKEN, asking, enter, leftWhileAsked, streamAnswer, toldOf, visiting } from './join_test.mjs'
import { closed, scripted } from './pages.mjs'
import { answerOf } from './providers.mjs'
import { test } from './support.mjs'

export default async function streamVisitTests({ demo, browser }) {
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
