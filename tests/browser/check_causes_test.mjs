// /roomkey/check/: one cause is one line, and what a device gives counts.

import assert from 'node:assert/strict'
import { closed } from './pages.mjs'
import { badOnes, onlyBad, openCheck, paste, ran, states } from './check_support.mjs'
import { JANE, test } from './support.mjs'

// A camera whose picture is black until `window.open` is true, beside a real microphone.
function covered() {
  const real = MediaDevices.prototype.getUserMedia
  MediaDevices.prototype.getUserMedia = async function getUserMedia(wanted) {
    const stream = await real.call(this, wanted)
    if (!wanted.video) return stream
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 })
    const context = canvas.getContext('2d')
    setInterval(() => {
      context.fillStyle = window.open_lid ? '#c94' : '#030303'
      context.fillRect(0, 0, 640, 480)
    }, 100)
    return new MediaStream([...stream.getAudioTracks(), ...canvas.captureStream(5).getTracks()])
  }
}

// A microphone that gives nothing until `window.speaks` is true.
function mute() {
  AnalyserNode.prototype.getFloatTimeDomainData = (samples) => samples.fill(window.speaks ? 0.1 : 0)
}

const fails = (fault) => ({
  before: (page) =>
    page.addInitScript((how) => {
      MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException(...how))
    }, fault),
})

export default async function checkCausesTests({ demo, browser, stun, twilio }) {
  await test('no green verdict stands before the microphone was heard', async () => {
    const page = await openCheck(browser, demo, '', { before: (page) => page.addInitScript(mute) })
    await page.click('#start')
    await page.locator('#start[aria-disabled="false"]').waitFor()
    await page.locator('#check-camera[data-state="ok"]').waitFor()
    assert.match(await page.innerText('#verdict'), /^Please say a few words/)
    assert.equal((await states(page)).microphone, 'checking')
    assert.equal(await page.innerText('#level-says'), 'Say a few words: the bar should move.')
    await page.evaluate(() => {
      window.speaks = true
    })
    await page.locator('#verdict[data-state="ok"]').waitFor()
    assert.match(await page.inputValue('#summary'), /^\[ok\] microphone: /m)
    await closed(page)
  })

  await test('a microphone that nothing is heard of is a problem, until it is heard', async () => {
    const page = await openCheck(browser, demo, '', { before: (page) => page.addInitScript(mute) })
    await page.clock.install()
    await page.click('#start')
    await page.locator('#start[aria-disabled="false"]').waitFor()
    await page.clock.fastForward(13000)
    await page.locator('#verdict[data-state="bad"]').waitFor()
    await onlyBad(page, 'microphone', /no key or switch has muted.*another microphone/)
    await page.evaluate(() => {
      window.speaks = true
    })
    await page.locator('#verdict[data-state="ok"]').waitFor()
    await closed(page)
  })

  await test('a black picture is a problem, until there is one', async () => {
    const page = await openCheck(browser, demo, '', {
      before: (page) => page.addInitScript(covered),
    })
    await ran(page)
    await onlyBad(page, 'camera', /slide over the lens/)
    await page.evaluate(() => {
      window.open_lid = true
    })
    await page.locator('#verdict[data-state="ok"]').waitFor()
    await closed(page)
  })

  await test('that the browser asks stays in sight until it is answered', async () => {
    const page = await openCheck(browser, demo, '', {
      before: (page) =>
        page.addInitScript(() => {
          const real = MediaDevices.prototype.getUserMedia
          MediaDevices.prototype.getUserMedia = async function getUserMedia(wanted) {
            await new Promise((resolve) => (window.allow = resolve))
            return real.call(this, wanted)
          }
        }),
    })
    await page.click('#start')
    await page.locator('#check-udp[data-state="ok"]').waitFor() // all else is done
    assert.match(await page.innerText('#asking'), /please allow camera and microphone/)
    await page.evaluate(() => window.allow())
    await page.locator('#asking').waitFor({ state: 'hidden' })
    await page.locator('#verdict[data-state="ok"]').waitFor()
    await closed(page)
  })

  await test('blocked UDP is a note: the visit may take place', async () => {
    stun.silent = true
    const page = await openCheck(browser, demo)
    const [, found] = await ran(page)
    stun.silent = false
    assert.deepEqual([badOnes(found), found.udp], [[], 'warn'])
    // TURN over TLS isn't there either.
    assert.match(await page.innerText('#verdict'), /^Sound and picture may not get through here/)
    assert.match(await page.innerText('#check-udp'), /Note.*Try another network/s)
    assert.match(await page.inputValue('#summary'), /^\[warning\] udp: .* allow=.*3478/m)
    await closed(page)
  })

  await test('a refusal of camera and microphone is one problem', async () => {
    const page = await openCheck(browser, demo, '', fails(['denied', 'NotAllowedError']))
    await ran(page)
    await onlyBad(page, 'camera', /symbol beside the address/)
    assert.match(await page.innerText('#check-microphone'), /same as with the camera/)
    await closed(page)
  })

  await test('a network that reaches nothing is one problem', async () => {
    const page = await openCheck(browser, demo, '', {
      before: (fresh) =>
        fresh.addInitScript(() => {
          const { fetch, WebSocket } = window
          window.fetch = (...how) =>
            /config\.json/.test(how[0]) ? fetch(...how) : Promise.reject(new TypeError('no'))
          window.WebSocket = class extends WebSocket {
            constructor() {
              super('wss://nowhere.invalid/')
            }
          }
        }),
    })
    await ran(page, () => paste(page, demo.bearer(JANE)))
    await onlyBad(page, 'server', /another network/)
    assert.match(await page.innerText('#check-server'), /Nothing on the internet/)
    await closed(page)
  })

  await test(
    'a device that is offline has one problem',
    async () => {
      const page = await openCheck(browser, demo)
      const bearer = demo.bearer(JANE)
      await page.context().setOffline(true)
      await ran(page, () => paste(page, bearer))
      await onlyBad(page, 'server', /Connect this device to the internet/)
      for (const check of ['clock', 'signalling_region', 'signalling_global', 'token']) {
        assert.equal((await states(page))[check], 'skipped', check)
      }
      await page.context().setOffline(false)
      await closed(page)
    },
    ['chromium'],
  )

  await test('devices that fail are said in words, whichever browser it is', async () => {
    const page = await openCheck(browser, demo, '', {
      before: (fresh) =>
        fresh.addInitScript(() => {
          MediaDevices.prototype.getUserMedia = () =>
            Promise.reject(new DOMException(...window.how))
        }),
    })
    for (const [name, message, advice] of wordings) {
      await page.evaluate((how) => (window.how = how), [message, name])
      await ran(page)
      const line = await page.innerText('#check-camera')
      assert.match(line, advice, message)
      assert.doesNotMatch(line, /It failed|Error/)
    }
    await closed(page)
  })
}

// Chromium's, Firefox's and WebKit's.
const current =
  'The request is not allowed by the user agent or the platform in the current context'
const wordings = [
  ['NotFoundError', 'Requested device not found', /Plug one in/],
  ['NotFoundError', 'The object can not be found here.', /Plug one in/],
  ['NotReadableError', 'Could not start video source', /no other program/],
  ['NotReadableError', 'Failed to allocate videosource', /no other program/],
  ['AbortError', 'Starting videoinput failed', /no other program/],
  ['NotAllowedError', 'Permission denied', /symbol beside the address/],
  ['NotAllowedError', `${current}.`, /symbol beside the address/],
  [
    'NotAllowedError',
    `${current}, possibly because the user denied permission.`,
    /symbol beside the address/,
  ],
]
