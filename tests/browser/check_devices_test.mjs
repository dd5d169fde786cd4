// /roomkey/check/: the choice of devices, the way back, and how the page comes.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { closed, opened } from './pages.mjs'
import { onlyBad, openCheck, ran } from './check_support.mjs'
import { ROOT, test } from './support.mjs'
import { appointmentOf } from '../../web/check/appointment.js'
import { pageOf, telephoneOf } from '../../web/check/practice.js'

export default async function checkDevicesTests({ demo, browser }) {
  await test(
    'another microphone and speaker can be chosen, and are then the ones that are checked',
    async () => {
      const page = await openCheck(browser, demo, '', {
        before: (fresh) =>
          fresh.addInitScript(() => {
            window.asked = []
            const real = MediaDevices.prototype.getUserMedia
            MediaDevices.prototype.getUserMedia = function getUserMedia(wanted) {
              window.asked.push(wanted)
              return real.call(this, wanted)
            }
            const choose = AudioContext.prototype.setSinkId
            AudioContext.prototype.setSinkId = function setSinkId(id) {
              window.speaker = id
              return choose.call(this, id)
            }
          }),
      })
      await ran(page)
      const options = page.locator('#microphone option')
      assert.ok((await options.count()) > 1)
      const another = await options.last().getAttribute('value')
      await page.selectOption('#microphone', another)
      await page.waitForFunction(() => window.asked.length === 2)
      await page.locator('#verdict[data-state="ok"]').waitFor()
      assert.deepEqual(await page.evaluate(() => asked[1]), {
        audio: { deviceId: { exact: another } },
      })
      await ran(page)
      assert.deepEqual(await page.evaluate(() => asked[2].audio), { deviceId: { ideal: another } })

      const speaker = await page.locator('#output option').last().getAttribute('value')
      await page.selectOption('#output', speaker)
      await page.click('#tone')
      await page.locator('#heard').waitFor()
      assert.equal(await page.evaluate(() => window.speaker), speaker)
      assert.doesNotMatch(await page.inputValue('#summary'), /Fake/) // a device's name may be a person's
      await closed(page)
    },
    ['chromium'],
  )

  await test('a device without a way to play sound is told so', async () => {
    const page = await openCheck(browser, demo, '', {
      before: (fresh) =>
        fresh.addInitScript(() => {
          Object.defineProperty(AudioContext.prototype, 'currentTime', { get: () => 0 })
        }),
    })
    await page.click('#tone')
    await page.locator('#check-speaker[data-state="bad"]').waitFor()
    assert.equal(await page.locator('#heard').isVisible(), false)
    await ran(page)
    await onlyBad(page, 'speaker', /Connect a speaker or headphones/)
    await closed(page)
  })

  await test('the practice is named, with its telephone and the way back', async () => {
    const practice = {
      name: 'Praxis "Dr. Müller" & <b>Söhne</b>',
      phone: '+49 (30) 123-45 67',
      url: 'https://clinic.example/visits/{id}?from=check',
    }
    const page = await openCheck(browser, demo, '?appointment=apt-47', {
      before: (fresh) =>
        fresh.route('**/check/config.json', (route) =>
          route.fulfill({ json: { origins: [], provider: 'twilio', region: null, practice } }),
        ),
    })
    await page.locator('#practice').waitFor()
    assert.equal(await page.innerText('#practice-name'), practice.name)
    assert.equal(await page.getAttribute('#call', 'href'), 'tel:+49301234567')
    assert.equal(await page.innerText('#call'), 'Call the practice: +49 (30) 123-45 67')
    assert.equal(
      await page.getAttribute('#back', 'href'),
      'https://clinic.example/visits/47?from=check',
    )
    await closed(page)
    const none = await openCheck(browser, demo, '', {
      before: (fresh) =>
        fresh.route('**/check/config.json', (route) => route.fulfill({ json: { origins: [] } })),
    })
    await none.waitForLoadState('networkidle')
    assert.equal(await none.locator('#practice').isVisible(), false)
    assert.equal(await none.locator('#practice-name').isVisible(), false)
    await closed(none)
  })

  await plainTests()
  await loadingTests({ demo, browser })
}

async function plainTests() {
  await test('the number of an appointment is understood as people write it', () => {
    for (const text of [
      '47',
      ' 47 ',
      '#47',
      '47/',
      '"47"',
      'apt-47',
      '"apt-47"',
      'No. 47',
      'Nr 47',
    ]) {
      assert.equal(appointmentOf(text), '47', text)
    }
    for (const text of [
      'apt-47-1763138954-46eb915c',
      'APT-47-1763138954-46EB915C',
      '０47',
      'https://clinic.example/appointments/47/',
      'https://clinic.example/join/apt-47-1763138954-46eb915c?x=1',
      'https://video.clinic.example/roomkey/check/?appointment=47',
      9007199254740993n,
    ]) {
      assert.match(appointmentOf(text), /^(47|9007199254740993)$/, String(text))
    }
    for (const text of [
      '',
      '0',
      'my visit',
      '4 7',
      '-47',
      '47.5',
      '9223372036854775808',
      '../47',
    ]) {
      assert.equal(appointmentOf(text), '', text)
    }
    assert.equal(appointmentOf('9223372036854775807'), '9223372036854775807')
  })

  await test('the way back is a page of the web, whatever was written', () => {
    assert.equal(pageOf('https://a.example/x/{id}', '47'), 'https://a.example/x/47')
    assert.equal(pageOf('https://a.example/x/{id}', ''), 'https://a.example/')
    assert.equal(pageOf('https://a.example/x', ''), 'https://a.example/x')
    for (const bad of ['javascript:alert(1)', 'data:,x', 'x', '', null, 5, {}]) {
      assert.equal(pageOf(bad, '47'), '', String(bad))
    }
    assert.equal(telephoneOf('030/123 45+6'), '030123456')
  })
}

// What a module loads, and what those load.
function loadedBy(file, seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = readFileSync(join(ROOT, 'web/check', file), 'utf8')
  for (const [, name] of text.matchAll(/^(?:import|export)[^'"]*from '(\.[^']+)'/gm)) {
    loadedBy(normalize(join(dirname(file), name)), seen)
  }
  return seen
}

async function loadingTests({ demo, browser }) {
  await test('all modules of the check page are fetched at once', () => {
    const html = readFileSync(join(ROOT, 'web/check/index.html'), 'utf8')
    const named = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(
      ([, to]) => to,
    )
    const needed = loadedBy('../diagnose.js', loadedBy('check.js')) // it comes when the check starts
    assert.deepEqual(named.sort(), [...needed].sort())
    const scripts = readdirSync(join(ROOT, 'web/check')).filter((name) => name.endsWith('.js'))
    const words = scripts.filter((name) => !named.includes(name) && name !== 'boot.js')
    assert.deepEqual(words, [], 'nothing of the folder is left out')
  })

  await test('while the check page loads it says so, and no more', async () => {
    const page = await opened(browser, 'about:blank')
    let go
    const held = new Promise((resolve) => (go = resolve))
    await page.route('**/roomkey/check/lines.js', (route) => held.then(() => route.continue()))
    await page.goto(`${demo.url}/roomkey/check/`, { waitUntil: 'commit' })
    await page.locator('#loading h1').waitFor()
    const text = await page.innerText('#loading')
    assert.match(text, /Loading …/)
    assert.doesNotMatch(text, /JavaScript|too old/)
    go()
    await page.locator('#start').waitFor()
    assert.equal(await page.locator('#loading').count(), 0)
    await closed(page)
  })

  await test('a module of the check page that does not come is said, with a way to go on', async () => {
    const page = await opened(browser, 'about:blank')
    await page.route('**/roomkey/check/lines.js', (route) => route.abort())
    await page.goto(`${demo.url}/roomkey/check/`)
    await page.locator('#incomplete').waitFor()
    assert.match(await page.innerText('#loading'), /did not load completely.*nicht vollständig/s)
    assert.doesNotMatch(await page.innerText('#loading'), /Loading …/)
    await page.unrouteAll()
    await page.click('#reload')
    await page.locator('#start').waitFor()
    await closed(page)
  })

  await test('a browser that can not read the modules is told to be too old', async () => {
    const page = await opened(browser, 'about:blank')
    await page.route('**/roomkey/check/lines.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: 'export const new syntax' }),
    )
    await page.goto(`${demo.url}/roomkey/check/`)
    await page.locator('#outdated').waitFor()
    assert.match(await page.innerText('#loading'), /current Chrome.*aktuellen\s+Browser/s)
    await closed(page)
  })
}
