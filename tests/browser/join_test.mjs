// rk.join(): the door, the choice of the provider, and what each provider's SDK is called with. Twilio
// and Stream with the demo's own answers; the others with answers as roomkey gives for them.

import assert from 'node:assert/strict'
import { closed, scripted, withRoomKey } from './pages.mjs'
import { ROOM, JANE_AT, answerOf } from './providers.mjs'
import { JANE, now, part, test } from './support.mjs'
import { withTwilio } from './twilio_test.mjs'
import waitingTests from './waiting_test.mjs'

export const TOKEN = '/api/appointments/video-token'

// `events` of the visit, as [name, ...]; `enter(sdks, options)` joins.
export async function visiting(browser, demo, open = withRoomKey) {
  const page = await open(browser, demo, JANE)
  await page.evaluate(() => {
    window.events = []
    window.stop = new AbortController()
    const note = (name) => (given) => {
      const { code, since } = Object(given)
      events.push([name, code ?? since ?? null])
    }
    const told = Object.fromEntries(
      ['onWaiting', 'onReconnecting', 'onReconnected', 'onDisconnected'].map((each) => [
        each,
        note(each),
      ]),
    )
    window.enter = async (sdks, options) => {
      window.visit = await make().join(47, sdks, { signal: stop.signal, ...told, ...options })
      return visit.provider
    }
  })
  return page
}

export const toldOf = (page, name) =>
  page
    .waitForFunction((wanted) => events.find(([each]) => each === wanted), name)
    .then((found) => found.jsonValue())

export const enter = (page, sdks, options = {}) =>
  page.evaluate(
    ([names, more]) =>
      caught(
        enter(Object.fromEntries(names.map(([name, at]) => [name, window[at]])), {
          ...more,
          ...(more.parent && { parent: document.body }),
        }),
      ),
    [Object.entries(sdks), options],
  )

// With a token of nobody's, for Jane's call at Stream.
export function streamAnswer() {
  const claims = { user_id: 'user_2', exp: now() + 3600, call_cids: [`default:${ROOM}`] }
  const token = `${part({ alg: 'HS256' })}.${part(claims)}.c2lnbmF0dXJl`
  const connect = { api_key: 'key', call_type: 'default', call_id: ROOM, user_id: 'user_2' }
  return answerOf('stream', connect, token, {
    expires_at: new Date(claims.exp * 1000).toISOString(),
  })
}

// From now on the browser asks for camera and microphone until `answer()` is called.
export const asking = (page) =>
  page.evaluate(() => {
    const { mediaDevices } = navigator
    const open = mediaDevices.getUserMedia.bind(mediaDevices)
    window.asked = []
    window.tracks = []
    window.ask = () => {
      asked.length = tracks.length = 0
      window.stop = new AbortController()
      window.answered = new Promise((resolve) => {
        window.answer = resolve
      })
    }
    mediaDevices.getUserMedia = async (wanted) => {
      asked.push(wanted)
      await answered
      const stream = await open(wanted)
      tracks.push(...stream.getTracks())
      return stream
    }
    ask()
  })

// What joining comes to where somebody leaves while asked, and allows it then.
export async function leftWhileAsked(page, joining, leave) {
  await page.evaluate(() => ask())
  const entering = joining()
  await page.waitForFunction(() => asked.length > 0)
  await page.evaluate(leave)
  const late = page.waitForTimeout(2500).then(() => ({ code: 'not at once' }))
  assert.equal((await Promise.race([entering, late])).code, 'aborted')
  await page.evaluate(() => answer())
  await page.waitForFunction(() => tracks.length > 0)
  await page.waitForTimeout(1000)
  const states = await page.evaluate(() => tracks.map(({ readyState }) => readyState))
  assert.deepEqual([...new Set(states)], ['ended'])
}

export default async function joinTests({ demo, browser, twilio, stream }) {
  await test("join() takes Twilio's SDK for an appointment that is there", async () => {
    const page = await visiting(browser, demo, withTwilio)
    twilio.answers = ['in']
    twilio.heard = []
    const options = { twilio: { tracks: [], insights: false } }
    assert.equal((await enter(page, { twilio: 'Video', stream: 'Video' }, options)).value, 'twilio')
    const [call] = await page.evaluate(() => calls)
    assert.match(call.name, /^apt-47-/)
    assert.deepEqual([call.token, call.region], [twilio.heard[0].token, 'au1'])
    assert.equal(await page.evaluate(() => visit.native.name), call.name)
    await page.evaluate(() => visit.leave())
    assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', null])
    await closed(page)
  })

  await test('join() gives the Room of the moment, after a loss the new one', async () => {
    const page = await visiting(browser, demo, withTwilio)
    twilio.answers = ['in', 20104, 'in']
    twilio.heard = []
    await enter(page, { twilio: 'Video' }, { twilio: { tracks: [], insights: false } })
    await page.evaluate(() => {
      window.first = visit.native
    })
    twilio.drop()
    await toldOf(page, 'onReconnected')
    assert.equal(await page.evaluate(() => visit.native !== first), true)
    await page.evaluate(() => visit.leave())
    assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', null])
    await closed(page)
  })

  await test("join() takes Stream's SDK, with the token and user of the answer", async () => {
    const page = await visiting(browser, demo)
    const answer = streamAnswer()
    const token = answer[1].access_token
    await scripted(page, TOKEN, answer)
    await page.evaluate(async (sdk) => {
      window.Stream = (await import(sdk)).StreamVideoClient
    }, `${demo.listed}/sdk/stream-video-client.js`)
    Object.assign(stream, { connects: 'in', joins: 17, heard: [] })
    const error = await enter(page, { stream: 'Stream' })
    assert.equal(error.code, 'stream_17', error.message)
    const [connected, joining] = stream.heard
    assert.deepEqual([connected.key, connected.token, connected.user], ['key', token, 'user_2'])
    assert.equal(joining.path, `/video/call/default/${ROOM}/join`)
    await page.evaluate(() => {
      window.Plain = class {
        async connectUser() {}
        call() {
          const device = { enable: async () => {} }
          const leave = async () => events.push(['left'])
          return { join: async () => {}, leave, microphone: device, camera: device }
        }
      }
    })
    assert.equal((await enter(page, { stream: 'Plain' })).value, 'stream', 'without a state')
    await page.evaluate(() => visit.leave())
    await toldOf(page, 'left')
    await closed(page)
  })

  await test('whoever leaves LiveKit while the browser asks is out, and no device stays on', async () => {
    const page = await visiting(browser, demo)
    await page.addScriptTag({ url: `${demo.listed}/sdk/livekit-client.js` })
    const claims = { sub: JANE_AT, video: { room: ROOM }, exp: now() + 3600 }
    const token = `${part({ alg: 'HS256' })}.${part(claims)}.c2lnbmF0dXJl`
    await scripted(
      page,
      TOKEN,
      answerOf('livekit', { url: 'wss://livekit.example' }, token, {
        expires_at: new Date(claims.exp * 1000).toISOString(),
      }),
    )
    await page.evaluate(() => {
      const { Room, RoomEvent } = LivekitClient
      const connect = async function () {
        this.state = 'connected'
      }
      const Connected = class extends Room {
        connect = connect
      }
      window.Asked = { Room: Connected, RoomEvent }
    })
    await asking(page)
    const own = { audio: { echoCancellation: true }, video: { width: 320 } }
    for (const [options, asks, leave] of [
      [{}, 1, () => stop.abort()],
      [own, 1, () => dispatchEvent(new PageTransitionEvent('pagehide'))],
    ]) {
      await leftWhileAsked(page, () => enter(page, { livekit: 'Asked' }, options), leave)
      assert.equal(await page.evaluate(() => asked.length), asks)
    }
    await closed(page)
  })

  await test('an SDK that was not handed over is named', async () => {
    const page = await visiting(browser, demo)
    const none = await enter(page, { stream: 'Object' })
    assert.deepEqual([none.isRoomKeyError, none.code], [true, 'sdk_missing'])
    assert.match(none.message, /at twilio, .*join\(id, \{ twilio: \.\.\. \}\)/)
    assert.match(none.advice, /support/)
    await scripted(page, TOKEN, answerOf('__proto__', {}))
    assert.match((await enter(page, {})).message, /at __proto__/)
    await page.evaluate(() => {
      window.failing = Promise.reject(new Error('no network'))
      failing.catch(() => {})
    })
    await page.unrouteAll()
    const late = await enter(page, { twilio: 'failing' })
    assert.match(late.message, /at twilio, whose SDK did not load: no network/)
    await closed(page)
  })

  await test('a function of the page joins with an SDK that roomkey does not know', async () => {
    const page = await visiting(browser, demo)
    await scripted(page, TOKEN, answerOf('custom', { domain: 'daily.example' }, 'no.jwt.at-all'))
    await page.evaluate(() => {
      window.own = async (answer, { signal, audio, video }) => {
        signal.addEventListener('abort', () => events.push(['stopped']))
        events.push(['own', answer.access_token, answer.connect.domain, audio, video])
        return { leave: () => events.push(['left']) }
      }
    })
    assert.equal((await enter(page, { custom: 'own' }, { video: false })).value, 'custom')
    await page.evaluate(() => visit.leave())
    assert.deepEqual(await page.evaluate(() => events), [
      ['own', 'no.jwt.at-all', 'daily.example', true, false],
      ['stopped'],
      ['left'],
      ['onDisconnected', null],
    ])
    await closed(page)
  })

  await waitingTests({ demo, browser })
  await tokenTests({ demo, browser })
}

async function tokenTests({ demo, browser }) {
  await test("each provider's token is checked against what was announced with it", async () => {
    const page = await visiting(browser, demo)
    const jwt = (claims) => `${part({ alg: 'HS256' })}.${part({ exp: now() + 3600, ...claims })}.c2ln`
    const fault = async (provider, connect, token) => {
      const answer = answerOf(provider, connect, token)
      const exp = token && /^ey/.test(token) && JSON.parse(atob(token.split('.')[1])).exp
      if (exp) answer[1].expires_at = new Date(exp * 1000).toISOString()
      await scripted(page, TOKEN, answer)
      const { code, value } = await page.evaluate(() => caught(make().videoToken(47)))
      await page.unrouteAll()
      return code ?? value.provider
    }
    const video = { room: ROOM }
    const stream = { call_type: 'default', call_id: ROOM, user_id: 'user_2' }
    const call_cids = [`default:${ROOM}`]
    for (const [provider, connect, good, bad] of [
      ['livekit', {}, { sub: JANE_AT, video }, { sub: JANE_AT, video: { room: 'other' } }],
      ['livekit', {}, { sub: JANE_AT, video }, { sub: '3-sam', video }],
      ['stream', stream, { user_id: 'user_2', call_cids }, { user_id: 'user_3', call_cids }],
      ['stream', stream, { user_id: 'user_2', call_cids }, { user_id: 'user_2' }],
      ['jitsi', { room: 'Apt-47' }, { room: 'apt-47' }, { room: '*' }],
      ['jitsi', { room: 'Apt-47' }, { room: 'apt-47' }, { room: 'apt-48' }],
    ]) {
      assert.equal(await fault(provider, connect, jwt(good)), provider)
      assert.equal(await fault(provider, connect, jwt(bad)), 'bad_token', JSON.stringify(bad))
    }
    assert.equal(await fault('custom', {}, 'whatever'), 'custom')
    assert.equal(await fault('jitsi', { room: 'apt-47' }, 'no token'), 'bad_token')
    const janus = (exp, room) => `${exp},janus.plugin.videoroom,room=${room}:c2ln`
    assert.equal(await fault('janus', { room: ROOM }, janus(1, ROOM)), 'stale')
    assert.equal(await fault('janus', { room: ROOM }, janus(now() + 3600, 'other')), 'bad_token')
    await closed(page)
  })
}
