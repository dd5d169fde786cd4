// rk.join() at LiveKit and Jitsi: the real livekit-client against a stand-in for LiveKit, which has no
// media, and a stand-in for Jitsi's external_api.js, which comes from each Jitsi server itself.

import assert from 'node:assert/strict'
import { TOKEN, enter, toldOf, visiting } from './join_test.mjs'
import { closed, scripted } from './pages.mjs'
import { JANE_AT, ROOM, answerOf, livekitStandIn, livekitToken } from './providers.mjs'
import { freePort, now, part, test } from './support.mjs'

const expiryOf = (token) => {
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
  return new Date(exp * 1000).toISOString().replace('.000Z', 'Z')
}

async function livekitAnswer(url, how = {}) {
  const token = await livekitToken(how)
  return answerOf('livekit', { url }, token, { expires_at: expiryOf(token) })
}

export default async function ownServerTests(all) {
  await livekitTests(all)
  await jitsiTests(all)
}

async function livekitTests({ demo, browser }) {
  const standIn = await livekitStandIn()
  const open = async () => {
    const page = await visiting(browser, demo)
    await page.addScriptTag({ url: `${demo.listed}/sdk/livekit-client.js` })
    return page
  }
  const joined = async (page, answer) => {
    standIn.heard = []
    await scripted(page, TOKEN, answer)
    const connect = { peerConnectionTimeout: 1000, maxRetries: 0 }
    const outcome = await enter(page, { livekit: 'LivekitClient' }, { livekit: { connect } })
    await page.unrouteAll()
    return outcome
  }

  await test("livekit-client gets the token, room and address, and LiveKit lets it in", async () => {
    const page = await open()
    const error = await joined(page, await livekitAnswer(standIn.url))
    const [{ identity, room }] = standIn.heard
    assert.deepEqual([identity, room], [JANE_AT, ROOM])
    assert.equal(error.code, 'livekit_media', error.message) // the stand-in has no media
    assert.match(error.advice, /do not get through/)
    await closed(page)
  })

  await test("LiveKit's refusals are said by status and number, never by the SDK's names", async () => {
    const page = await open()
    const wrong = await joined(page, await livekitAnswer(standIn.url, { secret: 'x'.repeat(32) }))
    assert.deepEqual([wrong.code, wrong.isRoomKeyError], ['livekit_401', true])
    standIn.gone.add(ROOM)
    assert.equal((await joined(page, await livekitAnswer(standIn.url))).code, 'livekit_404')
    standIn.gone.clear()
    const nowhere = `ws://localhost:${await freePort()}`
    const down = await joined(page, await livekitAnswer(nowhere))
    assert.equal(down.code, 'livekit_unreachable', down.message)
    await closed(page)
  })

  await test('a Room that LiveKit gave up is joined again, one that was taken away is not', async () => {
    const page = await open()
    await page.evaluate(() => {
      const { RoomEvent } = LivekitClient
      window.rooms = []
      class Room extends EventTarget {
        localParticipant = {
          enableCameraAndMicrophone: async () => events.push(['both']),
          setMicrophoneEnabled: async (is) => events.push(['microphone', is]),
          setCameraEnabled: async (is) => events.push(['camera', is]),
        }
        listeners = {}
        constructor() {
          super()
          rooms.push(this)
        }
        on(name, told) {
          ;(this.listeners[name] ??= []).push(told)
          return this
        }
        once(name, told) {
          return this.on(name, told)
        }
        say(name, ...given) {
          const told = this.listeners[name] ?? []
          if (name === RoomEvent.Disconnected) this.listeners[name] = []
          told.forEach((each) => each(...given))
        }
        async connect(url, token) {
          events.push(['connect', url, token.split('.').length])
        }
        async disconnect() {
          this.say(RoomEvent.Disconnected, 1)
        }
      }
      window.Ordered = { Room, RoomEvent }
    })
    await scripted(page, TOKEN, await livekitAnswer('wss://livekit.example'))
    assert.equal((await enter(page, { livekit: 'Ordered' })).value, 'livekit')
    await page.evaluate(() => {
      const { TrackMuted, Disconnected } = Ordered.RoomEvent
      rooms[0].say(TrackMuted, { source: 'camera' }, { isLocal: true })
      rooms[0].say(Disconnected, 9)
    })
    await toldOf(page, 'onReconnected')
    assert.deepEqual(await page.evaluate(() => events), [
      ['connect', 'wss://livekit.example', 3],
      ['both'],
      ['onReconnecting', 'livekit_lost'],
      ['connect', 'wss://livekit.example', 3],
      ['microphone', true], // the camera was off
      ['onReconnected', null],
    ])
    // Switched off while the room is joined again, where LiveKit's SDK has no track to mute.
    await page.evaluate(() => {
      events.length = 0
      rooms[0].say(Ordered.RoomEvent.Disconnected, 9)
      rooms[0].localParticipant.setMicrophoneEnabled(false)
    })
    await toldOf(page, 'onReconnected')
    assert.deepEqual(await page.evaluate(() => events), [
      ['microphone', false],
      ['onReconnecting', 'livekit_lost'],
      ['connect', 'wss://livekit.example', 3],
      ['onReconnected', null],
    ])
    await page.evaluate(() => rooms[0].say(Ordered.RoomEvent.Disconnected, 4))
    assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', 'removed'])
    await closed(page)
  })
}

async function jitsiTests({ demo, browser }) {
  const connect = { domain: 'meet.example', room: ROOM, tenant: null }
  const token = () => {
    const claims = { room: ROOM, exp: now() + 3600 }
    return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`
  }
  const open = async (more = {}) => {
    const page = await visiting(browser, demo)
    const jwt = token()
    const answer = answerOf('jitsi', { ...connect, ...more }, jwt, { expires_at: expiryOf(jwt) })
    await scripted(page, TOKEN, answer)
    await page.evaluate(() => {
      window.frames47 = []
      window.Jitsi = class {
        told = {}
        disposed = false
        constructor(domain, { parentNode, configOverwrite, jwt, ...rest }) {
          Object.assign(this, { domain, jwt, config: configOverwrite, rest })
          this.inBody = parentNode === document.body
          frames47.push(this)
        }
        addListener(name, tell) {
          ;(this.told[name] ??= []).push(tell)
        }
        say(name, event = {}) {
          for (const tell of this.told[name] ?? []) tell(event)
        }
        executeCommand(name) {
          if (name === 'hangup') this.say('videoConferenceLeft')
        }
        dispose() {
          this.disposed = true
        }
      }
    })
    return { page, jwt }
  }
  const say = (page, name, event, at = 0) =>
    page
      .waitForFunction((index) => window.frames47[index], at)
      .then(() => page.evaluate(([index, ...what]) => frames47[index].say(...what), [at, name, event]))

  await test('JitsiMeetExternalAPI gets the domain, the room of the tenant and the token', async () => {
    const { page, jwt } = await open({ tenant: 'clinic' })
    const entering = enter(page, { jitsi: 'Jitsi' }, { parent: true, video: false })
    await say(page, 'errorOccurred', { error: { name: 'conference.connectionError.membersOnly' } })
    await say(page, 'videoConferenceJoined')
    assert.equal((await entering).value, 'jitsi')
    const frame = await page.evaluate(() => ({ ...frames47[0], told: null }))
    assert.deepEqual([frame.domain, frame.jwt, frame.inBody], ['meet.example', jwt, true])
    assert.equal(frame.rest.roomName, `clinic/${ROOM}`)
    assert.deepEqual(frame.config, {
      prejoinConfig: { enabled: false },
      startWithAudioMuted: false,
      startWithVideoMuted: true,
    })
    assert.deepEqual(await toldOf(page, 'onWaiting'), ['onWaiting', null])
    await page.evaluate(() => visit.leave())
    assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', null])
    assert.equal(await page.evaluate(() => frames47[0].disposed), true)
    await closed(page)
  })

  await test("Jitsi's faults are said, a lapsed token gets a new frame, who was kicked stays out", async () => {
    const { page } = await open()
    assert.match((await enter(page, { jitsi: 'Jitsi' })).message, /parent/)
    const entering = enter(page, { jitsi: 'Jitsi' }, { parent: true })
    await say(page, 'errorOccurred', { error: { name: 'connection.passwordRequired' } })
    const refused = await entering
    assert.equal(refused.code, 'jitsi_passwordRequired')
    assert.match(refused.advice, /does not accept/)
    const again = enter(page, { jitsi: 'Jitsi' }, { parent: true })
    await say(page, 'videoConferenceJoined', {}, 1)
    await again
    await say(page, 'errorOccurred', { error: { name: 'connection.passwordRequired' } }, 1)
    await say(page, 'videoConferenceJoined', {}, 2)
    await toldOf(page, 'onReconnected')
    assert.deepEqual(await page.evaluate(() => frames47.map(({ disposed }) => disposed)), [
      true, true, false,
    ])
    await say(page, 'participantKickedOut', { kicked: { local: true } }, 2)
    assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', 'removed'])
    await closed(page)
  })
}
