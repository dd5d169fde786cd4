// diagnose(): all well, and each thing that may be wrong.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { closed, opened, scripted, socketsOf, withRoomKey } from './pages.mjs'
import { stunStandIn } from './standins.mjs'
import { freePort, listening, test } from './support.mjs'

const ofCheck = (report, check) => report.find((finding) => finding.check === check)

export default async function diagnoseTests({ demo, browser }) {
  const stun = `stun:127.0.0.1:${await stunStandIn()}`
  const here = { stun: [stun] }
  const diagnosed = (page, options) =>
    page.evaluate(async (more) => {
      const seen = []
      const began = Date.now()
      const report = await make(more.rk).diagnose({
        onProgress: (each) => seen.push(each.check),
        ...more,
      })
      return { report, seen, took: Date.now() - began }
    }, options)

  await test('diagnose finds all well, and tells each finding as it comes', async () => {
    const page = await withRoomKey(browser, demo)
    const { report, seen, took } = await diagnosed(page, { appointmentId: 47, endpoints: here })
    assert.deepEqual(
      report.map(({ check }) => check),
      [
        'browser',
        'secure_context',
        'camera',
        'microphone',
        'server',
        'clock',
        'token',
        'signalling_region',
        'signalling_global',
        'udp',
      ],
    )
    assert.deepEqual([...seen].sort(), report.map(({ check }) => check).sort())
    for (const finding of report) {
      assert.deepEqual([finding.ok, finding.advice], [true, ''], JSON.stringify(finding))
      assert.deepEqual(Object.keys(finding), ['check', 'ok', 'detail', 'advice'])
    }
    assert.match(ofCheck(report, 'signalling_region').detail, /^au1\.vss\.twilio\.com /)
    assert.ok(took < 10000, `${took} ms`)
    await closed(page)
  })

  await test('without a bearer token it looks at the rest, and asks for none', async () => {
    const page = await withRoomKey(browser, demo)
    const { report } = await diagnosed(page, {
      rk: { bearer: null },
      appointmentId: 47,
      endpoints: here,
      media: false,
      region: 'de1',
    })
    assert.deepEqual(
      report.map(({ check, ok }) => [check, ok]),
      [
        ['browser', true],
        ['secure_context', true],
        ['server', true],
        ['clock', true],
        ['signalling_region', true],
        ['signalling_global', true],
        ['udp', true],
      ],
    )
    assert.match(ofCheck(report, 'signalling_region').detail, /^de1\./)
    await closed(page)
  })

  await test("for Stream it tries Stream's door, with the API key that roomkey names", async () => {
    const page = await withRoomKey(browser, demo)
    const sockets = await socketsOf(page)
    const options = { provider: 'stream', endpoints: here, media: false }
    const { report } = await diagnosed(page, { ...options, appointmentId: 47 })
    assert.ok(
      report.every(({ ok }) => ok),
      JSON.stringify(report),
    )
    assert.match(
      (await sockets())[0],
      /^wss:\/\/video\.stream-io-api\.com\/video\/connect\?api_key=[0-9a-f]{12}&/,
    )
    assert.equal(ofCheck(report, 'token').ok, true)
    const plain = await diagnosed(page, { ...options, rk: { bearer: null } })
    assert.deepEqual(
      [ofCheck(plain.report, 'signalling_global').detail, (await sockets()).length],
      ['video.stream-io-api.com is reached', 1],
    )
    await closed(page)
  })

  await test('a token that is refused is a finding, with the advice of the refusal', async () => {
    const page = await withRoomKey(browser, demo)
    const options = { endpoints: here, media: false }
    const { report } = await diagnosed(page, { ...options, appointmentId: 48 })
    const finding = ofCheck(report, 'token')
    assert.deepEqual([finding.ok, finding.detail], [false, 'Appointment not found'])
    assert.match(finding.advice, /Check the link/)
    assert.equal(ofCheck(report, 'signalling_region'), undefined)
    await scripted(page, '/api/appointments/video-token/', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), room_name: 'another' } })
    })
    const other = ofCheck(
      (await diagnosed(page, { ...options, appointmentId: 47 })).report,
      'token',
    )
    assert.match(other.detail, /room is not the one/)
    await closed(page)
  })

  await test('a clock that is off is said, with its direction', async () => {
    const page = await withRoomKey(browser, demo)
    for (const [seconds, detail] of [
      [95, /^9\d s ahead$/],
      [-3600, /^3(599|60\d) s behind$/],
    ]) {
      await page.evaluate((off) => {
        window.realNow ??= Date.now
        Date.now = () => realNow() + off * 1000
      }, seconds)
      const { report } = await diagnosed(page, { endpoints: here, media: false })
      const clock = ofCheck(report, 'clock')
      assert.equal(clock.ok, false)
      assert.match(clock.detail, detail)
      assert.match(clock.advice, /automatic date and time/)
    }
    await closed(page)
  })

  await test('doors that are shut are told apart: nothing there, or no WebSocket', async () => {
    const page = await withRoomKey(browser, demo)
    const closedPort = await freePort()
    const web = await listening(createServer((_, response) => response.end('a web server')))
    const { report } = await diagnosed(page, {
      region: 'au1',
      media: false,
      endpoints: {
        ...here,
        signalling: [`ws://localhost:${web}/{region}`, `ws://localhost:${closedPort}/`],
      },
    })
    const [region, global] = ['signalling_region', 'signalling_global'].map((c) =>
      ofCheck(report, c),
    )
    assert.deepEqual([region.ok, global.ok], [false, false])
    assert.match(region.detail, /WebSocket\) do not/)
    assert.match(region.advice, /proxy/)
    assert.match(global.detail, /cannot be reached/)
    await closed(page)
  })

  await test('with everything shut or silent it ends within 20 s', async () => {
    const page = await withRoomKey(browser, demo)
    const silent = await stunStandIn({ silent: true })
    const mute = await listening(createServer(() => {}).on('upgrade', () => {}))
    const { report, took } = await diagnosed(page, {
      rk: { baseUrl: `https://localhost:${await freePort()}` },
      appointmentId: 47,
      media: false,
      endpoints: { stun: [`stun:127.0.0.1:${silent}`], signalling: [`ws://localhost:${mute}/`] },
    })
    assert.ok(took < 20000, `${took} ms`)
    assert.deepEqual(
      report.filter(({ ok }) => ok).map(({ check }) => check),
      ['browser', 'secure_context'],
    )
    assert.match(ofCheck(report, 'server').advice, /another network/)
    assert.match(ofCheck(report, 'udp').advice, /3478/)
    for (const { ok, advice } of report) assert.ok(ok || advice.length > 20)
    await closed(page)
  })

  await mediaTests({ demo, browser, here })
}

async function mediaTests({ demo, browser, here }) {
  const looked = (page, prepare, options) =>
    page.evaluate(
      async ([body, more]) => {
        const real = MediaDevices.prototype.getUserMedia.bind(navigator.mediaDevices)
        navigator.mediaDevices.getUserMedia = Function('real', `return ${body}`)(real)
        const report = await make().diagnose({ endpoints: { ...more, signalling: [] } })
        return report.filter(({ check }) => /camera|microphone/.test(check))
      },
      [String(prepare), { ...here, ...options }],
    )

  await test('one that is missing, in use or not allowed is told from the other', async () => {
    const page = await withRoomKey(browser, demo)
    const [camera, microphone] = await looked(page, (wanted) =>
      wanted.video ? Promise.reject(new DOMException('in use', 'NotReadableError')) : real(wanted),
    )
    assert.deepEqual([camera.ok, camera.detail, microphone.ok], [false, 'NotReadableError', true])
    assert.match(camera.advice, /no other program/)
    const refused = await looked(page, () =>
      Promise.reject(new DOMException('no', 'NotAllowedError')),
    )
    assert.deepEqual(
      refused.map(({ ok }) => ok),
      [false, false],
    )
    assert.match(refused[0].advice, /Allow/)
    await closed(page)
  })

  await test('a question nobody answers ends in time, what comes late is stopped', async () => {
    const page = await withRoomKey(browser, demo)
    await page.clock.install()
    const looking = looked(
      page,
      (wanted) =>
        new Promise((resolve) => {
          window.answer = async () => {
            resolve((window.late = await real(wanted)))
          }
        }),
    )
    await page.waitForFunction(() => window.answer)
    await page.clock.runFor(15000)
    const found = await looking
    assert.deepEqual(
      found.map(({ ok }) => ok),
      [false, false],
    )
    assert.match(found[0].advice, /Answer the browser/)
    const states = await page.evaluate(async () => {
      await answer()
      await Promise.resolve()
      return late.getTracks().map((track) => track.readyState)
    })
    assert.deepEqual(states, ['ended', 'ended'])
    await closed(page)
  })

  await test('streams are shown to the page, and stopped but for those that it keeps', async () => {
    const page = await withRoomKey(browser, demo)
    for (const keeps of [false, true]) {
      const [during, after] = await page.evaluate(
        async ([endpoints, keep]) => {
          const [states, streams] = [[], []]
          const state = (stream) =>
            stream.getTracks().map((track) => `${track.kind} ${track.readyState}`)
          await make().diagnose({
            endpoints: { ...endpoints, signalling: [] },
            onMedia: (stream) => {
              states.push(...state(stream))
              streams.push(stream)
              return keep
            },
          })
          return [states, streams.flatMap(state)]
        },
        [here, keeps],
      )
      const end = keeps ? 'live' : 'ended'
      assert.deepEqual(during.sort(), ['audio live', 'video live'])
      assert.deepEqual(after.sort(), [`audio ${end}`, `video ${end}`])
    }
    await closed(page)
  })

  await test('an insecure page is told so, and that it gets no camera there', async () => {
    // Without a port of its own: Chromium holds every name but localhost for insecure.
    const page = await opened(
      browser,
      demo.listed.replace('localhost', 'insecure.example') + '/blank.html',
    )
    assert.equal(await page.evaluate(() => isSecureContext), false)
    const report = await page.evaluate(
      async ([url, endpoints]) => {
        const { RoomKey } = await import(url)
        return new RoomKey({ baseUrl: location.origin }).diagnose({ endpoints })
      },
      [
        `${demo.listed.replace('localhost', 'insecure.example')}/web/roomkey.js`,
        { ...here, signalling: [] },
      ],
    )
    assert.deepEqual(
      ['secure_context', 'camera', 'microphone'].map((c) => ofCheck(report, c).ok),
      [false, false, false],
    )
    assert.match(ofCheck(report, 'secure_context').advice, /https/)
    await closed(page)
  })
}
