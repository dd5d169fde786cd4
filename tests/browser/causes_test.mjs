// Why it failed, where a browser alone can tell: each cause has a code and words of its own.

import assert from 'node:assert/strict'
import { closed, opened, scripted, withRoomKey } from './pages.mjs'
import { stunStandIn, turnStandIn } from './standins.mjs'
import { JANE, freePort, test } from './support.mjs'

const tokenPath = '/api/appointments/video-token/47/'

// What becomes of camera and microphone that are asked for while joining; `fault` is thrown instead,
// where there is one.
const joiningWith = (fault) => {
  const { mediaDevices } = navigator
  const asked = () => mediaDevices.getUserMedia({ audio: true, video: true })
  const connect = () => (fault ? Promise.reject(fault) : asked())
  return make()
    .connectTwilio({ connect }, 47)
    .catch(({ code, advice, constraint, cause }) => ({ code, advice, constraint, cause: cause?.name }))
}

export default async function causesTests({ demo, browser }) {
  const here = async (address) => {
    const page = await withRoomKey(browser, demo)
    await page.goto(address)
    await prepared(page)
    return page
  }
  const prepared = async (frame) => {
    const bearer = demo.bearer(JANE)
    await frame.evaluate(
      async ([baseUrl, token, body]) => {
        const { RoomKey } = await import(`${baseUrl}/roomkey/roomkey.js`)
        window.make = () => new RoomKey({ baseUrl, bearer: () => token })
        window.joiningWith = Function(`return ${body}`)()
      },
      [demo.url, bearer, String(joiningWith)],
    )
  }

  await test('a request that was cut off is no matter of CORS, and was tried twice', async () => {
    const page = await withRoomKey(browser, demo)
    const requests = await scripted(page, tokenPath, (route) => route.abort('connectionreset'))
    const fault = await page.evaluate(() => caught(make().videoToken(47)))
    assert.deepEqual([fault.code, fault.status, requests.length], ['unreachable', null, 2])
    await page.unrouteAll()
    const fetched = (route) => route.continue()
    await scripted(page, tokenPath, (route) => route.abort('connectionreset'), fetched)
    const token = await page.evaluate(() => caught(make().videoToken(47)))
    assert.equal(token.value.appointment_id, 47)
    await closed(page)
  })

  await test('the time when a session opens is said in the zone of this device', async () => {
    const page = await withRoomKey(browser, demo, JANE, demo.listed, {
      timezoneId: 'Australia/Sydney',
      locale: 'en-GB',
    })
    const times = { opens_at: '2025-11-16T08:45:00Z', closes_at: '2025-11-16T10:30:00Z' }
    const refused = (code) => [403, { error: 'Refused', code, ...times }]
    await scripted(page, tokenPath, refused('too_early'), refused('too_late'))
    const advice = (texts) =>
      page.evaluate(
        async (words) => (await caught(make({ texts: words }).videoToken(47))).advice,
        texts,
      )
    assert.match(await advice(), /opens \(Sunday,? 16 November 2025 at 19:45\)/)
    assert.match(await advice(), /over \(Sunday,? 16 November 2025 at 21:30\)/)
    const german = { locale: 'de', advice: { too_late: 'Vorbei{time}.' } }
    assert.equal(await advice(german), 'Vorbei (Sonntag, 16. November 2025 um 21:30).')
    await closed(page)
  }, ['chromium'])

  await test('a page that forbids itself the camera, and a frame without allow, are told', async () => {
    const page = await here(`${demo.listed}/closed.html`)
    const policy = await page.evaluate(() => joiningWith())
    assert.equal(policy.code, 'media_policy')
    assert.match(policy.advice, /Permissions-Policy/)
    await closed(page)

    const outer = await opened(browser, `${demo.unlisted}/blank.html`)
    const loaded = outer.waitForEvent('framenavigated')
    await outer.evaluate((src) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src }))
    }, `${demo.listed}/blank.html`)
    await loaded
    const frame = outer.frames()[1]
    await frame.waitForLoadState()
    await prepared(frame)
    const framed = await frame.evaluate(() => joiningWith())
    assert.equal(framed.code, 'media_frame')
    assert.match(framed.advice, /allow="camera; microphone"/)
    await closed(outer)
  }, ['chromium'])

  await test('a question that was closed, a system that forbids and a refusal are three', async () => {
    const page = await here(`${demo.listed}/blank.html`)
    for (const [name, message, code, advice] of [
      ['NotAllowedError', 'Permission dismissed', 'media_dismissed', /closed/],
      ['NotAllowedError', 'Permission denied by system', 'media_system', /system's settings/],
      ['NotAllowedError', 'Permission denied', 'NotAllowedError', /Allow/],
      ['NotAllowedError', 'The request is not allowed by the user agent or the platform in the ' +
        'current context.', 'NotAllowedError', /Allow/],
      ['NotFoundError', 'The object can not be found here.', 'NotFoundError', /Plug/],
      ['NotReadableError', 'Failed to allocate videosource', 'NotReadableError', /no other/],
      ['AbortError', 'Starting videoinput failed', 'AbortError', /no other/],
      ['PermissionDeniedError', '', 'NotAllowedError', /Allow/],
      ['DevicesNotFoundError', '', 'NotFoundError', /Plug/],
      ['TrackStartError', '', 'NotReadableError', /no other/],
      ['TypeError', 'navigator.mediaDevices is undefined', 'no_media', /https/],
    ]) {
      const told = await page.evaluate(
        ([what, text]) =>
          joiningWith(what === 'TypeError' ? new TypeError(text) : new DOMException(text, what)),
        [name, message],
      )
      assert.deepEqual([told.code, told.constraint], [code, null], `${name} ${message}`)
      assert.match(told.advice, advice)
    }
    const device = await page.evaluate(async () => {
      const wanted = { video: { deviceId: { exact: 'gone' } } }
      return joiningWith(await navigator.mediaDevices.getUserMedia(wanted).catch((error) => error))
    })
    assert.deepEqual(
      [device.code, device.constraint, device.cause],
      ['OverconstrainedError', 'deviceId', 'OverconstrainedError'],
    )
    await closed(page)
  })

  await test('a service worker that keeps answers hands no old token on', async () => {
    const page = await withRoomKey(browser, demo)
    await page.evaluate(async () => {
      await navigator.serviceWorker.register('/keeping-worker.js')
      await navigator.serviceWorker.ready
      if (!navigator.serviceWorker.controller) {
        await new Promise((resolve) => {
          navigator.serviceWorker.oncontrollerchange = resolve
        })
      }
    })
    const codes = await page.evaluate(async () => {
      const rk = make()
      const first = await caught(rk.videoToken(47))
      const real = Date.now
      Date.now = () => real() + 3600e3
      const later = await caught(rk.videoToken(47))
      const fresh = await caught(rk.videoToken(47, { refresh: true })) // which the worker lets pass
      return [first, later, fresh].map(({ code, value }) => code ?? value.appointment_id)
    })
    assert.deepEqual(codes, [47, 'stale', 47])
    await closed(page)
  })

  await test('where UDP is blocked, it is said whether TURN over TCP is left', async () => {
    const page = await withRoomKey(browser, demo)
    const silent = await stunStandIn({ silent: true })
    const looked = (port, provider) =>
      page.evaluate(
        async ([stun, turn, whose]) => {
          const endpoints = { signalling: [], stun, turn: [`turn:127.0.0.1:${turn}?transport=tcp`] }
          const report = await make().diagnose({ media: false, provider: whose, endpoints })
          return report.find(({ check }) => check === 'udp')
        },
        [provider ? undefined : [`stun:127.0.0.1:${silent}`], port, provider],
      )
    const [left, none] = [await turnStandIn(), await freePort()]
    const [open, shut, stream] = await Promise.all([
      looked(left),
      looked(none),
      looked(left, 'stream'),
    ])
    assert.deepEqual([open.ok, shut.ok, stream], [false, false, undefined])
    assert.match(open.detail, /TLS on port 443 does$/)
    assert.match(shut.detail, /does not either/)
    assert.match(shut.advice, /global\.turn\.twilio\.com/)
    await closed(page)
  }, ['chromium'])

  await test('camera and microphone are one question, and a refusal asks no second time', async () => {
    const page = await withRoomKey(browser, demo)
    const asked = await page.evaluate(async () => {
      const questions = []
      navigator.mediaDevices.getUserMedia = (wanted) => {
        questions.push(Object.keys(wanted).join())
        return Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
      }
      const report = await make().diagnose({ endpoints: { signalling: [], stun: [] } })
      return { questions, report: report.filter(({ check }) => /camera|micro/.test(check)) }
    })
    assert.deepEqual(asked.questions, ['audio,video'])
    assert.deepEqual(
      asked.report.map(({ ok, advice }) => [ok, /Allow/.test(advice)]),
      [
        [false, true],
        [false, true],
      ],
    )
    await closed(page)
  })
}
