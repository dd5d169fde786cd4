// A real call: two Chromiums with fake cameras and microphones, through nginx, roomkey and Debian's
// Janus, which the demo runs.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { request } from 'node:https'
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChromium } from './browsers.mjs'
import { closed, withRoomKey } from './pages.mjs'
import { JANE, SAM, SARAH, startDemo, test } from './support.mjs'

const SCRIPTS = ['webrtc-adapter/adapter.js', 'janus-gateway/janus.js']
const PLUGIN = 'janus.plugin.videoroom'

// Janus makes no use of loopback.
const hasAddress = () => Object.values(networkInterfaces()).flat().some((one) => !one.internal)

async function until(what, within, look) {
  const end = Date.now() + within
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`${what}: not within ${within / 1000} s`)
    await sleep(200)
  }
}

// --- roomkey, as a program asks it --------------------------------------------------------------

function asked(demo, path, user, method = 'GET') {
  return new Promise((resolve, reject) => {
    const options = { method, ca: demo.tls.cert, headers: { Authorization: `Bearer ${demo.bearer(user)}` } }
    request(demo.url + path, options, async (response) => {
      let text = ''
      for await (const part of response) text += part
      resolve({ status: response.statusCode, body: JSON.parse(text) })
    }).on('error', reject).end()
  })
}

const token = (demo, user) => asked(demo, '/api/appointments/video-token/47/', user)
const moved = (demo, who, what) =>
  asked(demo, `/api/appointments/video-participant/47/${encodeURIComponent(who)}/${what}/`, SARAH,
    'POST')

// --- Janus, as a browser asks it ----------------------------------------------------------------

// What Janus says to who asks with these tokens: 'joined', or its error's number.
async function said(page, { connect, access_token: access }) {
  return page.evaluate(async ([url, core, body]) => {
    const socket = new WebSocket(url, 'janus-protocol')
    await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject })
    const answers = []
    let heard = () => {}
    socket.onmessage = ({ data }) => { answers.push(JSON.parse(data)); heard() }
    const answer = async (more) => {
      socket.send(JSON.stringify({ transaction: 'a', token: core, ...more }))
      for (;;) {
        while (answers.length === 0) await new Promise((resolve) => { heard = resolve })
        const one = answers.shift()
        if (one.janus !== 'ack' && one.janus !== 'timeout') return one
      }
    }
    try {
      const session = await answer({ janus: 'create' })
      if (session.error) return session.error.code
      const at = { session_id: session.data.id }
      const handle = await answer({ janus: 'attach', plugin: 'janus.plugin.videoroom', ...at })
      if (handle.error) return handle.error.code
      const event = await answer({ janus: 'message', body, handle_id: handle.data.id, ...at })
      const { videoroom, error_code: code } = event.plugindata.data
      return code ?? videoroom
    } finally {
      socket.close()
    }
  }, [connect.url, connect.core_token,
    { request: 'join', ptype: 'publisher', room: connect.room, id: `x~${Math.random()}`, token: access }])
}

function signed(demo, ...parts) {
  const secret = /^JANUS_TOKEN_SECRET=(.*)$/m.exec(readFileSync(join(demo.dir, 'roomkey.env'), 'utf8'))[1]
  const data = parts.join(',')
  return `${data}:${createHmac('sha1', secret).update(data).digest('base64')}`
}

// --- A page in a call ---------------------------------------------------------------------------

async function page(browser, demo, user) {
  const one = await withRoomKey(browser, demo, user)
  await one.evaluate(() => {
    window.connections = []
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(...options) {
        super(...options)
        window.connections.push(this)
      }
    }
  })
  for (const script of SCRIPTS) await one.addScriptTag({ path: `/usr/share/javascript/${script}` })
  return one
}

const enter = (one) => one.evaluate(async () => {
  const show = (people) => {
    document.body.replaceChildren(...people.map(({ stream }) =>
      Object.assign(document.createElement('video'), { srcObject: stream, autoplay: true, muted: true })))
  }
  const joined = await window.caught(window.make().join(47, { janus: window.Janus },
    { audio: true, video: true, janus: { onPeople: show },
      onDisconnected: (error) => { window.ended = error?.code ?? 'left' } }))
  window.visit = joined.value
  return joined.value ? { provider: window.visit.provider } : joined
})

// What has arrived from the other since the page was opened.
const received = (one) => one.evaluate(async () => {
  const sum = { frames: 0, samples: 0, bytes: 0 }
  for (const connection of window.connections) {
    for (const stat of (await connection.getStats()).values()) {
      if (stat.type !== 'inbound-rtp') continue
      sum.frames += stat.framesDecoded ?? 0
      sum.samples += stat.totalSamplesReceived ?? 0
      if (stat.kind === 'audio') sum.bytes += stat.bytesReceived ?? 0
    }
  }
  return sum
})

async function decodes(one) {
  const before = await received(one)
  return until('sound and picture', 15000, async () => {
    const now = await received(one)
    return now.frames > before.frames + 3 && now.bytes > before.bytes && now.samples > before.samples && now
  })
}

export default async function callTests(browser) {
  if (!hasAddress()) return console.log('skip browser a real call: no address but loopback here')
  const demo = await startDemo({ DEMO_CALL: 'on' })
  const other = await startChromium()

  await test('two browsers meet at Janus, and each decodes the other\'s picture and sound', async () => {
    const [jane, sarah] = [await page(browser, demo, JANE), await page(other, demo, SARAH)]
    const began = Date.now()
    const entered = await Promise.all([enter(jane), enter(sarah)])
    assert.deepEqual(entered, [{ provider: 'janus' }, { provider: 'janus' }])
    await Promise.all([decodes(jane), decodes(sarah)])
    assert.ok(Date.now() - began < 15000, `${Date.now() - began} ms`)

    // Janus is asked once in 5 s, and was when the room was made.
    const status = await until('both are told of', 10000, async () => {
      const { body } = await asked(demo, '/api/appointments/video-status/47/', SARAH)
      return body.participants_count === 2 && body
    })
    assert.equal(status.status, 'in-progress')
    assert.deepEqual([status.patient_connected, status.psychologist_connected], [true, true])

    // Out within 5 s, and out for good: the token that Jane holds opens nothing any more.
    const old = (await token(demo, JANE)).body
    const out = await moved(demo, '2-jane.doe@example.com', 'remove')
    assert.deepEqual([out.status, out.body.at_provider], [200, 'removed'])
    await until('Jane is told', 5000, () => jane.evaluate(() => window.ended === 'removed'))
    const last = await received(jane)
    assert.equal((await token(demo, JANE)).body.code, 'removed')
    assert.equal(await said(jane, old), 426)
    const back = (await token(demo, SARAH)).body
    assert.notEqual(back.room_name, old.room_name)
    await until('Sarah is in the new room', 15000, async () => {
      const { participants_count: count, room_name: room } =
        (await asked(demo, '/api/appointments/video-status/47/', SARAH)).body
      return count === 1 && room === back.room_name
    })
    assert.equal(await said(jane, { ...back, access_token: old.access_token }), 433)
    assert.equal((await received(jane)).frames, last.frames, 'nothing came to Jane since')

    // Let in again, they meet again.
    assert.equal((await moved(demo, '2-jane.doe@example.com', 'readmit')).status, 200)
    assert.deepEqual(await enter(jane), { provider: 'janus' })
    await Promise.all([decodes(jane), decodes(sarah)])
    await closed(jane)
    await closed(sarah)
  }, ['chromium'])

  await test('nobody else gets into a room of Janus\'s', async () => {
    const stranger = await page(browser, demo, SAM)
    assert.equal((await token(demo, SAM)).status, 403)
    assert.equal((await enter(stranger)).code, 'permission_denied')
    const good = (await token(demo, SARAH)).body
    const { connect } = good
    assert.equal(await said(stranger, good), 'joined')

    const soon = Math.floor(Date.now() / 1000) + 60
    const past = soon - 120
    const room = `room=${connect.room}`
    const with_ = (access, core = connect.core_token) =>
      said(stranger, { connect: { ...connect, core_token: core }, access_token: access })
    assert.equal(await with_(undefined), 433)
    assert.equal(await with_(signed(demo, past, PLUGIN, room)), 433)
    assert.equal(await with_(signed(demo, soon, PLUGIN, 'room=apt-48-1763138954-46eb915c')), 433)
    assert.equal(await with_(good.access_token.replace(/^\d+/, String(soon + 9999))), 433)
    assert.equal(await with_(connect.core_token), 433)
    assert.equal(await with_(good.access_token, ''), 403)
    assert.equal(await with_(good.access_token, signed(demo, past, 'janus', PLUGIN)), 403)
    assert.equal(await with_(good.access_token, good.access_token), 403)
    await closed(stranger)
  }, ['chromium'])
}
