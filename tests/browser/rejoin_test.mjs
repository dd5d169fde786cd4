// What of the person is carried over when connectTwilio joins again, and who has left: with the real
// twilio-video, against a stand-in for Twilio's signalling.

import assert from 'node:assert/strict'
import { closed, errorsOf, scripted } from './pages.mjs'
import { test } from './support.mjs'
import { told, withTwilio } from './twilio_test.mjs'

export default async function rejoinTests({ demo, browser, twilio }) {
  const expect = (...answers) => Object.assign(twilio, { answers, heard: [] })
  // {kind: enabled}, as Twilio heard it last.
  const sent = () =>
    Object.fromEntries(
      twilio.heard.at(-1).participant.tracks.map(({ kind, enabled }) => [kind, enabled]),
    )
  // A machine that is busy takes its time; what does not hold even then, the test says itself.
  const soon = async (page, holds) => {
    for (let tries = 0; !holds() && tries < 100; tries += 1) await page.waitForTimeout(100)
  }
  // In a Room with camera and microphone, which are known to it.
  const inRoom = async (options = {}) => {
    expect('in')
    const page = await withTwilio(browser, demo)
    await page.evaluate(async (more) => {
      window.asked = 0
      const { mediaDevices } = navigator
      const real = mediaDevices.getUserMedia.bind(mediaDevices)
      mediaDevices.getUserMedia = (wanted) => {
        asked += 1
        return real(wanted)
      }
      window.room = await join({ tracks: undefined, audio: true, video: true, ...more })
      window.first = room
    }, options)
    await page.waitForFunction(() => room.localParticipant.tracks.size === 2)
    await page.evaluate(() => {
      const [audio] = room.localParticipant.audioTracks.values()
      const [video] = room.localParticipant.videoTracks.values()
      Object.assign(window, { audio: audio.track, video: video.track })
    })
    return page
  }
  const live = (page) =>
    page.evaluate(() => [audio, video].map(({ mediaStreamTrack: { readyState } }) => readyState))

  await test('muted, the token lapsed, joined again: still muted', async () => {
    const page = await inRoom()
    assert.deepEqual(sent(), { audio: true, video: true })
    await page.evaluate(() => audio.disable())
    expect(20104, 'in')
    twilio.drop()
    await told(page, 'reconnected')
    assert.deepEqual(sent(), { audio: false, video: true })
    assert.deepEqual(
      await page.evaluate(() => [audio.isEnabled, audio.mediaStreamTrack.enabled, room !== first]),
      [false, false, true],
    )
    assert.deepEqual(await live(page), ['live', 'live'])
    // A page that still holds the first Room leaves by it, and lets the devices go.
    await page.evaluate(() => first.disconnect())
    assert.equal((await told(page, 'disconnected'))[1], null)
    assert.equal(await page.evaluate(() => room.state), 'disconnected')
    assert.deepEqual(await live(page), ['ended', 'ended'])
    await closed(page)
  })

  await test('what was switched off or taken out stays so, meanwhile too', async () => {
    const page = await inRoom()
    await page.evaluate(() => video.stop())
    expect(20104, 'in')
    twilio.drop()
    await told(page, 'reconnecting')
    await page.evaluate(() => audio.disable())
    await told(page, 'reconnected')
    await soon(page, () => sent().audio === false)
    assert.equal(sent().audio, false)
    assert.deepEqual(await live(page), ['live', 'ended'])
    expect(20104, 'in')
    await page.evaluate(() => {
      events.length = 0
      room.localParticipant.unpublishTrack(audio)
    })
    twilio.drop()
    await told(page, 'reconnecting')
    await page.evaluate(() => room.localParticipant.unpublishTrack(video))
    await told(page, 'reconnected')
    await soon(page, () => Object.keys(sent()).length === 0)
    assert.deepEqual(sent(), {})
    await page.evaluate(() => room.disconnect())
    await closed(page)
  })

  await test('what is taken out while connect() has it already is out of the next Room', async () => {
    const page = await inRoom()
    await page.evaluate(() => {
      const { connect } = Video
      Video.connect = (...given) => {
        room.localParticipant.unpublishTrack(video)
        return connect.apply(Video, given)
      }
    })
    expect(20104, 'in')
    twilio.drop()
    await told(page, 'reconnected')
    await soon(page, () => !('video' in sent()))
    assert.deepEqual(sent(), { audio: true })
    await page.evaluate(() => room.disconnect())
    await closed(page)
  })

  await test("the page's own tracks go along, as they are, and are its own to stop", async () => {
    const page = await withTwilio(browser, demo)
    expect('in', 20104, 'in')
    await page.evaluate(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true })
      window.own = stream.getTracks()
      window.room = await join({ tracks: own })
      own.find(({ kind }) => kind === 'video').enabled = false
    })
    twilio.drop()
    await told(page, 'reconnected')
    assert.deepEqual(sent(), { audio: true, video: false })
    await page.evaluate(() => room.disconnect())
    await told(page, 'disconnected')
    assert.deepEqual(await page.evaluate(() => own.map(({ readyState }) => readyState)), [
      'live',
      'live',
    ])
    await closed(page)
  })

  await test('whoever hangs up while it joins again has left', async () => {
    const page = await inRoom()
    const hung = await scripted(page, '/api/appointments/video-token-refresh/', () => {})
    expect(20104, 'in')
    twilio.drop()
    await told(page, 'reconnecting')
    await soon(page, () => hung.length > 0)
    assert.equal(hung.length, 1)
    await page.evaluate(() => first.disconnect())
    assert.equal((await told(page, 'disconnected'))[1], null)
    await page.waitForTimeout(1500)
    assert.equal(twilio.heard.filter(({ type }) => type === 'connect').length, 0)
    assert.deepEqual(await live(page), ['ended', 'ended'])
    assert.equal(await page.evaluate(() => events.length), 2)
    await closed(page)
  })

  await test('a page that is left says goodbye, and comes back without a call', async () => {
    const page = await inRoom()
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })))
    assert.equal((await told(page, 'disconnected'))[1], null)
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
    await page.waitForTimeout(300)
    assert.deepEqual(
      await page.evaluate(() => [room.state, calls.length, asked]),
      ['disconnected', 1, 1],
    )
    assert.deepEqual(await live(page), ['ended', 'ended'])
    await closed(page)
  })

  await test("callbacks of the page's that throw break nothing", async () => {
    const page = await withTwilio(browser, demo)
    expect('in', 20104, 'in')
    await page.evaluate(async () => {
      window.room = await join({
        onReconnecting() {
          throw new Error('of the page')
        },
        async onReconnected(next) {
          window.next = next
          throw new Error('of the page')
        },
      })
    })
    twilio.drop()
    await page.waitForFunction(() => window.next)
    await page.evaluate(() => room.disconnect())
    await told(page, 'disconnected')
    assert.deepEqual(errorsOf(page), [])
    await closed(page)
  })
}
