// /roomkey/check/: all well, and each thing that may be wrong.

import assert from 'node:assert/strict'
import { closed } from './pages.mjs'
import {
  NOWHERE,
  SHUT,
  badOnes,
  hears,
  onlyBad,
  openCheck,
  paste,
  ran,
  signed,
} from './check_support.mjs'
import { JANE, SAM, now, test } from './support.mjs'

export default async function checkTests({ demo, browser, stun }) {
  await test('the check page is all green, and speaks to nobody else', async () => {
    const hosts = new Set()
    const page = await openCheck(
      browser,
      demo,
      '?signalling=wss://evil.example/&region=evil.example/',
      {
        before: (fresh) => {
          fresh.on('request', (request) => hosts.add(new URL(request.url()).hostname))
          fresh.on('websocket', (socket) => hosts.add(new URL(socket.url()).hostname))
        },
      },
    )
    const violations = await page.evaluateHandle(() => {
      const all = []
      document.addEventListener('securitypolicyviolation', (event) => all.push(event.blockedURI))
      return all
    })
    await hears(page)
    const [took, found] = await ran(page, () => paste(page, demo.bearer(JANE)))
    assert.deepEqual(
      Object.entries(found),
      [
        'browser',
        'secure_context',
        'camera',
        'microphone',
        'speaker',
        'server',
        'clock',
        'signalling_region',
        'signalling_global',
        'udp',
        'token',
      ].map((check) => [check, 'ok']),
    )
    assert.ok(took < 20000, `${took} ms`)
    assert.match(await page.innerText('#verdict'), /^Everything works\.\s+You are ready/)
    assert.match(await page.innerText('#check-token'), /Room\s+apt-47-\S+\s+Region\s+au1\s+.*60/s)
    assert.match(await page.inputValue('#summary'), /^\[ok\] camera: .* width=640 height=480$/m)
    assert.doesNotMatch(await page.innerText('#lines'), /twilio|\d+ ms|UDP/)
    assert.equal(await page.evaluate(() => document.querySelector('#video').videoWidth), 640)
    await page.waitForFunction(
      () => document.querySelector('#level').getAttribute('aria-valuenow') > 20,
    )
    assert.equal(await page.innerText('#level-says'), 'Your microphone hears you.')
    assert.deepEqual([...hosts].sort(), [
      'au1.vss.twilio.com',
      'global.vss.twilio.com',
      'localhost',
    ])
    assert.deepEqual(await violations.jsonValue(), [])
    await closed(page)
  })

  await test('the check runs again, and camera and microphone go off', async () => {
    const page = await openCheck(browser, demo)
    await page.evaluate(() => {
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      window.tracks = []
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await real(wanted)
        window.tracks.push(...stream.getTracks())
        return stream
      }
    })
    const live = () => page.evaluate(() => tracks.map(({ readyState }) => readyState))
    const [, first] = await ran(page)
    assert.equal(first.token, undefined)
    assert.match(await page.innerText('#verdict'), /Play the test sound as well/)
    const [, second] = await ran(page)
    assert.deepEqual(second, first)
    assert.deepEqual(await live(), ['ended', 'ended', 'live', 'live'])
    await page.click('#off')
    assert.deepEqual(await live(), ['ended', 'ended', 'ended', 'ended'])
    assert.equal(await page.locator('#video').isVisible(), false)
    await closed(page)
  })

  await test('a test sound that was not heard is a problem, with advice', async () => {
    const page = await openCheck(browser, demo)
    await ran(page)
    await hears(page, 'no')
    await onlyBad(page, 'speaker', /Turn the volume up/)
    await page.click('#heard-yes')
    assert.match(await page.innerText('#verdict'), /^Everything works/)
    await closed(page)
  })

  await test("for Stream the check page tries Stream's door", async () => {
    const page = await openCheck(browser, demo, '?provider=stream')
    const [, found] = await ran(page, () => paste(page, demo.bearer(JANE)))
    assert.deepEqual(
      [found.signalling_global, found.signalling_region, found.token],
      ['ok', undefined, 'ok'],
    )
    assert.match(
      await page.inputValue('#summary'),
      /^\[ok\] signalling_global: .* host=video\.stream-io-api\.com ms=\d+$/m,
    )
    await closed(page)
  })

  await brokenTests({ demo, browser, stun })
}

// With nobody and nothing answering.
export async function checkSilenceTests({ demo, browser }) {
  await test('with nothing answering, the check page ends within 20 s and says so', async () => {
    const page = await openCheck(browser, demo, '', {
      before: (fresh) =>
        fresh.addInitScript(() => {
          MediaDevices.prototype.getUserMedia = () => new Promise(() => {})
          Object.defineProperty(WebSocket.prototype, 'onopen', { set() {} })
        }),
    })
    const bearer = demo.bearer(JANE)
    await page.route(`${demo.url}/**`, () => {})
    const [, found] = await ran(page, () => paste(page, bearer))
    const [, seconds] = (await page.inputValue('#summary')).match(/, ([\d.]+) s\n/)
    assert.ok(seconds < 20, `${seconds} s`)
    assert.deepEqual(badOnes(found), ['camera', 'server', 'signalling_global'])
    for (const check of ['microphone', 'clock', 'signalling_region', 'token']) {
      assert.equal(found[check], 'skipped', check)
    }
    assert.match(await page.innerText('#check-camera'), /Answer your browser's question/)
    assert.match(await page.innerText('#check-server'), /in time.*another network/s)
    await closed(page)
  })
}

// The page with one thing broken.
async function brokenTests({ demo, browser, stun }) {
  async function broken(name, check, advice, { query, options, after, login } = {}) {
    await test(`the check page says of ${name} what to do, and of nothing else`, async () => {
      const page = await openCheck(browser, demo, query, options)
      await after?.(page)
      const [took] = await ran(page, login && (() => paste(page, ...login)))
      await onlyBad(page, check, advice)
      assert.ok(took < 20000, `${took} ms`)
      await closed(page)
    })
  }
  // Both are asked for at once at first: that fails, too.
  const refused = (kind, name) => ({
    before: (page) =>
      page.addInitScript(
        ([which, fault]) => {
          const real = MediaDevices.prototype.getUserMedia
          MediaDevices.prototype.getUserMedia = function getUserMedia(wanted) {
            if (wanted[which]) return Promise.reject(new DOMException('no', fault))
            return real.call(this, wanted)
          }
        },
        [kind, name],
      ),
  })

  await broken('a camera that is not allowed', 'camera', /symbol beside the address/, {
    options: refused('video', 'NotAllowedError'),
  })
  await broken('a missing microphone', 'microphone', /Plug one in/, {
    options: refused('audio', 'NotFoundError'),
  })
  await broken('a server that is down', 'server', /another network/, {
    after: (page) => page.route(`${demo.url}/**`, (route) => route.abort('connectionrefused')),
    login: [demo.bearer(JANE)],
  })
  await broken('a clock ten minutes ahead', 'clock', /automatic date and time/, {
    options: {
      before: (page) =>
        page.addInitScript(() => {
          const real = Date.now
          Date.now = () => real() + 600000
        }),
    },
    login: [demo.bearer(JANE)],
  })
  await broken(
    'a door that refuses WebSockets',
    'signalling_region',
    /region may be set wrong/,
    {
      query: `?region=${SHUT}`,
    },
  )
  await broken('a wrong region', 'signalling_region', /region may be set wrong/, {
    query: `?region=${NOWHERE}`,
  })
  await broken('an expired login', 'token', /Log in again/, {
    login: [signed(demo, { exp: now() - 3600 })],
  })
  await broken('a login that is none', 'token', /Copy the token alone/, { login: ['not a token'] })
  await broken("a stranger's login", 'token', /right person/, { login: [demo.bearer(SAM)] })
  const appointment = [
    '--patient',
    '2',
    '--psychologist',
    '19',
    '--date',
    '2030-01-02T09:00:00Z',
    '--duration',
    '60',
    '--room',
    'apt-60-1-00000000',
    '--type',
    'telehealth',
  ]
  demo.roomkey('appointment', 'set', '60', ...appointment, '--status', 'cancelled')
  await broken('a cancelled appointment', 'token', /ask for a new appointment/, {
    login: [demo.bearer(JANE), 60],
  })
}
