// What a call costs Debian's Janus: the CPU of its process with 1, 2 and 3 calls of two Chromiums, each
// with picture and sound both ways, and what it relays meanwhile. The browsers cost far more than
// Janus, so what they send is told beside: what one packet costs is what counts. CALL_SECONDS (20) each.

import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChromium } from '../browser/browsers.mjs'
import { withRoomKey } from '../browser/pages.mjs'
import { JANE, SARAH, contexts, endAll, startDemo } from '../browser/support.mjs'

const CALLS = [1, 2, 3]
const SECONDS = Number(process.env.CALL_SECONDS ?? 20)
const SETTLES = 15 // until the browsers have found out how much they may send
const TICK = 100 // USER_HZ: of a second
const SCRIPTS = ['webrtc-adapter/adapter.js', 'janus-gateway/janus.js']

const appointment = (id) => ({
  id,
  patient_id: JANE,
  psychologist_id: SARAH,
  appointment_date: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
  duration_minutes: 60,
  status: 'scheduled',
  session_type: 'telehealth',
  video_room_id: `apt-${id}-${Math.floor(Date.now() / 1000)}-0123abcd`,
})

function invite(demo, ids) {
  const file = join(demo.dir, 'calls.json')
  writeFileSync(file, JSON.stringify({ users: [], appointments: ids.map(appointment) }))
  demo.roomkey('import', file)
}

async function enter(browser, demo, user, id) {
  const page = await withRoomKey(browser, demo, user)
  await page.evaluate(() => {
    window.connections = []
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(...options) {
        super(...options)
        window.connections.push(this)
      }
    }
  })
  for (const script of SCRIPTS) await page.addScriptTag({ path: `/usr/share/javascript/${script}` })
  await page.evaluate(async (number) => {
    const show = (people) => {
      document.body.replaceChildren(...people.map(({ stream }) =>
        Object.assign(document.createElement('video'), { srcObject: stream, autoplay: true, muted: true })))
    }
    window.visit = await window.make().join(number, { janus: window.Janus },
      { audio: true, video: true, janus: { onPeople: show } })
  }, id)
  return page
}

// Since the page was opened.
const received = (page) => page.evaluate(async () => {
  const sum = { packets: 0, bytes: 0, frames: 0, lost: 0, size: '' }
  for (const connection of window.connections) {
    for (const stat of (await connection.getStats()).values()) {
      if (stat.type !== 'inbound-rtp') continue
      sum.packets += stat.packetsReceived
      sum.bytes += stat.bytesReceived + stat.headerBytesReceived
      sum.lost += stat.packetsLost
      sum.frames += stat.framesDecoded ?? 0
      if (stat.kind === 'video') sum.size = `${stat.frameWidth}x${stat.frameHeight}`
    }
  }
  return sum
})

async function all(pages) {
  const sum = { packets: 0, bytes: 0, frames: 0, lost: 0, size: '' }
  for (const one of await Promise.all(pages.map(received))) {
    for (const name of ['packets', 'bytes', 'frames', 'lost']) sum[name] += one[name]
    sum.size = one.size
  }
  return sum
}

// Seconds of CPU, user's and the kernel's, and memory in MB.
function costs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]
  return { user: fields[11] / TICK, system: fields[12] / TICK, memory: memory / 1024 }
}

async function measured(pid, pages, calls) {
  const [before, began, spent] = [await all(pages), Date.now(), costs(pid)]
  await sleep(SECONDS * 1000)
  const [after, seconds, now] = [await all(pages), (Date.now() - began) / 1000, costs(pid)]
  const rate = (name) => (after[name] - before[name]) / seconds
  const cpu = (now.user + now.system - spent.user - spent.system) / seconds
  return [
    calls,
    after.size,
    (rate('frames') / pages.length).toFixed(1),
    ((rate('bytes') * 8) / 1000 / pages.length).toFixed(0),
    rate('packets').toFixed(0),
    rate('lost').toFixed(1),
    (((now.user - spent.user) / seconds) * 100).toFixed(1),
    (((now.system - spent.system) / seconds) * 100).toFixed(1),
    ((cpu / rate('packets')) * 1e6).toFixed(0),
    now.memory.toFixed(0),
    loadavg()[0].toFixed(1),
  ]
}

async function main() {
  const demo = await startDemo({ DEMO_CALL: 'on' })
  const ids = Array.from({ length: Math.max(...CALLS) }, (_, at) => 101 + at)
  invite(demo, ids)
  const pid = readFileSync(join(demo.dir, 'janus.pid'), 'utf8').trim()
  const browser = await startChromium({}, 20)
  const idle = costs(pid)
  await sleep(5000)
  const rest = costs(pid)
  console.log(`${cpus().length} cores, ${cpus()[0].model}; Janus with nobody in it: `
    + `${((rest.user + rest.system - idle.user - idle.system) * 20).toFixed(1)} % of a core, `
    + `${rest.memory.toFixed(0)} MB\n`)
  const heads = ['calls', 'picture', 'pictures/s', 'kbit/s each way', 'packets/s relayed', 'lost/s',
    'user % of a core', 'system %', 'CPU us a packet', 'MB', 'load']
  console.log(`| ${heads.join(' | ')} |\n|${'---|'.repeat(heads.length)}`)
  const pages = []
  for (const calls of CALLS) {
    while (pages.length < 2 * calls) {
      const id = ids[pages.length / 2]
      pages.push(await enter(browser, demo, JANE, id), await enter(browser, demo, SARAH, id))
    }
    await sleep(SETTLES * 1000)
    console.log(`| ${(await measured(pid, pages, calls)).join(' | ')} |`)
  }
}

try {
  await contexts.run(new Set(), main)
} catch (error) {
  process.exitCode = 1
  console.error(error)
}
await endAll()
