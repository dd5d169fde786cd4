// rk.join(): the door, the choice of the provider, and what each provider's SDK is called with. Twilio
// and Stream with the demo's own answers; the others with answers as roomkey gives for them.

import assert from 'node:assert/strict'
import { closed, scripted, withRoomKey } from './pages.mjs'
import { ROOM, JANE_AT, answerOf } from './providers.mjs'
import { JANE, now, part, test } from './support.mjs'
import { withTwilio } from './twilio_test.mjs'

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

const waiting = (since) => [
  403,
  { error: 'Waiting to be let in', code: 'waiting', waiting_since: since, retry_after: 1 },
  { 'Retry-After': '1' },
]

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

  await doorTests({ demo, browser })
  await takeoverTests({ demo, browser })
  await tokenTests({ demo, browser })
}

async function doorTests({ demo, browser }) {
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
