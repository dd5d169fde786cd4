// diagnose() and the check page at a clinic's own servers: whose door is tried, and where it is, the
// token's answer says, or else the page.

import assert from 'node:assert/strict'
import { openCheck, ran } from './check_support.mjs'
import { TOKEN } from './join_test.mjs'
import { closed, scripted, socketsOf, withRoomKey } from './pages.mjs'
import { answerOf, janusAnswer, janusStandIn, livekitToken } from './providers.mjs'
import { freePort, test } from './support.mjs'

export default async function doorsTests({ demo, browser }) {
  const janus = await janusStandIn()
  const found = async (page, options) => {
    const report = await page.evaluate(
      (more) => make(more.rk).diagnose({ media: false, ...more }),
      options,
    )
    const doors = report.filter(({ check }) => /^(signalling|udp)/.test(check))
    return doors.map(({ check, ok, detail, advice }) => [check, ok, detail, advice])
  }

  await test('the door of Janus is the one of the answer, and a WebSocket opens it', async () => {
    const page = await withRoomKey(browser, demo)
    const sockets = await socketsOf(page)
    await scripted(page, TOKEN, janusAnswer(janus.url))
    const [[check, ok, detail], ...more] = await found(page, { appointmentId: 47 })
    assert.deepEqual([check, ok, more], ['signalling_global', true, []])
    assert.match(detail, /^localhost:\d+ connects in \d+ ms$/)
    assert.deepEqual(await sockets(), [janus.url])
    const away = `ws://localhost:${await freePort()}/janus`
    const known = { rk: { bearer: null }, provider: 'janus', address: away }
    const [[, good, said, advice]] = await found(page, known)
    assert.equal(good, false)
    assert.match(said, /^localhost:\d+ cannot be reached$/)
    assert.match(advice, /allow wss:\/\/localhost:\d+ and localhost:\d+ \(TCP 443\), UDP/)
    await closed(page)
  })

  await test("LiveKit's and Jitsi's doors are tried without a token, and let nobody in", async () => {
    const page = await withRoomKey(browser, demo)
    const sockets = await socketsOf(page)
    const token = await livekitToken()
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
    const expires_at = new Date(exp * 1000).toISOString()
    const url = janus.url.replace('/janus', '')
    await scripted(page, TOKEN, answerOf('livekit', { url }, token, { expires_at }))
    const [[check, ok, detail], ...more] = await found(page, { appointmentId: 47 })
    assert.deepEqual([check, ok, more], ['signalling_global', true, []])
    assert.match(detail, /^localhost:\d+ is reached$/)
    const jitsi = { rk: { bearer: null }, provider: 'jitsi', address: 'meet.example' }
    const [[, good, said]] = await found(page, jitsi)
    assert.deepEqual([good, said], [false, 'meet.example cannot be reached'])
    assert.deepEqual(await found(page, { ...jitsi, address: null }), [])
    assert.deepEqual(await sockets(), [])
    await closed(page)
  })

  await test('the check page tries the door of the Janus that the installation has', async () => {
    const address = `${demo.url.replace('https', 'wss')}/janus`
    const config = { origins: [], provider: 'janus', region: null, address }
    const opened = []
    const before = async (page) => {
      await page.route('**/roomkey/check/config.json', (route) => route.fulfill({ json: config }))
      await page.routeWebSocket(address, (socket) => opened.push(socket.url()))
    }
    const page = await openCheck(browser, demo, '', { before })
    const [, states] = await ran(page)
    assert.deepEqual(Object.keys(states).filter((name) => /^(signalling|udp)/.test(name)), [
      'signalling_global',
    ])
    assert.deepEqual([states.signalling_global, opened], ['ok', [address]])
    assert.match(await page.inputValue('#summary'), /^provider: janus$/m)
    await closed(page)
  })
}
