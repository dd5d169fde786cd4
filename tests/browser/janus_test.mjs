// rk.join() at Janus: the real janus.js against a stand-in for Janus, which has no media. (Two browsers
// in a real call: the test of make demo-call.)

import assert from 'node:assert/strict'
import { TOKEN, enter, toldOf, visiting } from './join_test.mjs'
import { closed, scripted } from './pages.mjs'
import { JANE_AT, ROOM, janusAnswer, janusStandIn } from './providers.mjs'
import { freePort, test } from './support.mjs'

export default async function janusTests({ demo, browser }) {
  const janus = await janusStandIn()
  const open = async () => {
    const page = await visiting(browser, demo)
    await page.addScriptTag({ url: `${demo.listed}/sdk/adapter.js` })
    await page.evaluate(async (sdk) => {
      window.Janus = (await import(sdk)).default
    }, `${demo.listed}/sdk/janus.js`)
    return page
  }
  const join = (page) => enter(page, { janus: 'Janus' })

  await test('janus.js gets both tokens, the room and the address; who leaves is gone', async () => {
    janus.expect()
    const page = await open()
    const answer = janusAnswer(janus.url)
    await scripted(page, TOKEN, answer)
    assert.equal((await join(page)).value, 'janus')
    const [{ access_token: access, connect }] = [answer[1]]
    assert.deepEqual([...new Set(janus.heard.map(({ token }) => token))], [connect.core_token])
    const [body] = janus.bodies('join')
    assert.deepEqual(
      [body.room, body.token, body.display, body.ptype],
      [ROOM, access, JANE_AT, 'publisher'],
    )
    assert.match(body.id, /^2-jane\.doe@example\.com~[a-z2-7]{8}$/)
    const { jsep } = janus.heard.find(({ body: said }) => said?.request === 'publish')
    assert.match(jsep.sdp, /m=audio[\s\S]*a=sendonly[\s\S]*m=video[\s\S]*a=sendonly/)
    await page.evaluate(() => visit.leave())
    assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', null])
    assert.ok(janus.heard.some(({ janus: what }) => what === 'destroy'))
    await closed(page)
  })

  await test("each of Janus's refusals becomes a RoomKeyError with advice", async () => {
    const page = await open()
    await scripted(page, TOKEN, janusAnswer(janus.url))
    const unauthorized = { code: 403, reason: 'Unauthorized request (wrong or missing token)' }
    for (const [refusal, code, advice] of [
      [{ create: unauthorized }, 'janus_403', /set up/],
      [{ join: [426, 'No such room'] }, 'janus_426', /does not exist/],
      [{ join: [432, 'Maximum number of publishers'] }, 'janus_432', /full/],
      [{ join: [433, 'Unauthorized (wrong token)'] }, 'janus_433', /not accepted/],
    ]) {
      janus.expect(refusal)
      const error = await join(page)
      assert.deepEqual([error.code, error.isRoomKeyError], [code, true], error.message)
      assert.match(error.advice, advice)
    }
    await page.unrouteAll()
    await scripted(page, TOKEN, janusAnswer(`ws://localhost:${await freePort()}/janus`))
    assert.equal((await join(page)).code, 'janus_unreachable')
    await closed(page)
  })

  await test('after a loss it is joined again with a new token, and as muted as it was', async () => {
    janus.expect()
    const page = await open()
    const asked = await scripted(page, TOKEN, janusAnswer(janus.url))
    await page.evaluate(() => {
      window.own = []
    })
    await page.evaluate(() =>
      enter({ janus: Janus }, { janus: { onLocal: (stream) => own.push(...stream.getTracks()) } }),
    )
    await page.evaluate(() => {
      own.find(({ kind }) => kind === 'audio').enabled = false
    })
    janus.talks[0].drop()
    assert.deepEqual(await toldOf(page, 'onReconnecting'), ['onReconnecting', 'janus_lost'])
    await toldOf(page, 'onReconnected')
    assert.match(asked[1].url(), /video-token-refresh/)
    const [first, second] = janus.bodies('join')
    assert.notEqual(first.id, second.id)
    const states = await page.evaluate(() =>
      own.map(({ kind, enabled, readyState }) => [kind, enabled, readyState]),
    )
    assert.deepEqual(states.slice(2), [
      ['audio', false, 'live'],
      ['video', true, 'live'],
    ])
    await page.evaluate(() => visit.leave())
    assert.deepEqual(await page.evaluate(() => own.map(({ readyState }) => readyState)), [
      'ended', 'ended', 'ended', 'ended',
    ])
    await closed(page)
  })

  await test('what the page has stopped stays so, what was unplugged is opened again', async () => {
    janus.expect()
    const page = await open()
    await scripted(page, TOKEN, janusAnswer(janus.url))
    await page.evaluate(() => {
      window.own = () => streams.at(-1).getTracks()
        .map(({ kind, readyState }) => `${kind} ${readyState}`).sort()
      window.of = (wanted) => streams.at(-1).getTracks().find(({ kind }) => kind === wanted)
      window.streams = []
      return enter({ janus: Janus }, { janus: { onLocal: (stream) => streams.push(stream) } })
    })
    await page.evaluate(() => of('video').stop())
    janus.talks[0].drop()
    await page.waitForFunction(() => streams.length === 2)
    assert.deepEqual(await page.evaluate(() => own()), ['audio live', 'video ended'])
    await toldOf(page, 'onReconnected')
    await page.evaluate(() => {
      of('audio').stop()
      of('audio').dispatchEvent(new Event('ended')) // as when it is unplugged
    })
    janus.talks[1].drop()
    await page.waitForFunction(() => streams.length === 3)
    assert.deepEqual(await page.evaluate(() => own()), ['audio live'])
    await page.evaluate(() => visit.leave())
    await closed(page)
  })

  await test('who was put out stays out; in a room that moved it goes on', async () => {
    janus.expect()
    const page = await open()
    await scripted(page, TOKEN, janusAnswer(janus.url), janusAnswer(janus.url, { room: 'apt-47-2' }))
    await join(page)
    janus.talks[0].event({ videoroom: 'destroyed', room: ROOM })
    await toldOf(page, 'onReconnected')
    assert.deepEqual(janus.bodies('join').map(({ room }) => room), [ROOM, 'apt-47-2'])
    janus.talks[1].event({ leaving: 'ok', reason: 'kicked' })
    assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', 'removed'])
    assert.equal(janus.talks.length, 2)
    await closed(page)
  })

  await test('a room that is gone for good is said to have ended', async () => {
    janus.expect()
    const page = await open()
    await scripted(page, TOKEN, janusAnswer(janus.url))
    await join(page)
    janus.talks[0].event({ videoroom: 'destroyed', room: ROOM })
    assert.deepEqual(await toldOf(page, 'onDisconnected'), ['onDisconnected', 'ended'])
    await closed(page)
  })

  await test('before its token lapses Janus gets a new one', async () => {
    janus.expect()
    const page = await open()
    await page.clock.install()
    // By the clock of the page, which is ahead then, it was not made long ago.
    const fresh = janusAnswer(janus.url, { expires_in: 3000 })
    await scripted(page, TOKEN, janusAnswer(janus.url, { expires_in: 600 }), fresh)
    const joining = join(page)
    for (let tries = 0; tries < 50 && janus.talks.length === 0; tries += 1) await page.clock.runFor(100)
    assert.equal((await joining).value, 'janus')
    const before = janus.heard.length
    await page.clock.runFor(515000)
    for (let tries = 0; tries < 50 && janus.bodies('exists').length === 0; tries += 1) {
      await page.clock.runFor(1000)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const renewed = janus.heard.slice(before).find(({ body }) => body?.request === 'exists')
    assert.equal(renewed.token, fresh[1].connect.core_token)
    await closed(page)
  })
}
