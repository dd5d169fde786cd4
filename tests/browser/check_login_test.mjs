// /roomkey/check/: a login handed over by the frontend or pasted, and what may never show of it.

import assert from 'node:assert/strict'
import { closed, opened } from './pages.mjs'
import { onlyBad, openCheck, paste, ran } from './check_support.mjs'
import { JANE, test } from './support.mjs'

// A frontend's page that opens the check page and answers it, as docs/browser.md says; `message` is
// what it hands over. Gives the check page.
async function openedBy(page, demo, message, path = '/roomkey/check/') {
  const [check] = await Promise.all([
    page.context().waitForEvent('page'),
    page.evaluate(
      ([url, message, roomkey]) => {
        window.asked = []
        addEventListener('message', ({ origin, source, data }) => {
          window.asked.push([origin, data])
          if (origin === roomkey) source.postMessage(message, roomkey)
        })
        window.check = window.open(url)
      },
      [demo.url + path, message, demo.url],
    ),
  ])
  await check.locator('#start').waitFor()
  await page.waitForFunction(() => window.asked.length > 0)
  return check
}

export default async function checkLoginTests({ demo, browser }) {
  const bearer = demo.bearer(JANE)
  const message = { bearer, appointmentId: 47 }

  await test('a frontend in the list hands a login over to the check page', async () => {
    const page = await opened(browser, `${demo.listed}/blank.html`)
    const check = await openedBy(page, demo, message)
    await check.locator('#handed').waitFor()
    assert.match(await check.innerText('#handed'), /appointment 47 will be checked/)
    assert.deepEqual(await page.evaluate(() => asked), [[demo.url, { roomkey: 'check' }]])
    assert.equal((await ran(check))[1].token, 'ok')
    await check.reload() // the login is gone with the page, and handed over again
    await check.locator('#handed').waitFor()
    await closed(check)
  })

  await test('the address may name the appointment, and COOP may allow popups only', async () => {
    const page = await opened(browser, 'about:blank')
    await page.route('**/blank.html', async (route) => {
      const response = await route.fetch()
      const headers = {
        ...response.headers(),
        'cross-origin-opener-policy': 'same-origin-allow-popups',
      }
      await route.fulfill({ response, headers })
    })
    await page.goto(`${demo.listed}/blank.html`)
    const check = await openedBy(page, demo, { bearer }, '/roomkey/check/?appointment=48')
    await check.locator('#handed').waitFor()
    await ran(check)
    await onlyBad(check, 'token', /Check the link/)
    await closed(check)
  })

  await test('a login from an origin that is not in the list is not taken', async () => {
    const page = await opened(browser, `${demo.unlisted}/blank.html`)
    const check = await openedBy(page, demo, message)
    await page.evaluate(
      ([message, url]) => window.check.postMessage(message, url),
      [message, demo.url],
    )
    await check.evaluate((message) => window.postMessage(message, '*'), message) // its own, too
    const [, found] = await ran(check)
    assert.equal(found.token, undefined)
    assert.equal(await check.locator('#handed').isVisible(), false)
    await closed(check)
  })

  await test('a message that holds no login is not taken', async () => {
    const page = await opened(browser, `${demo.listed}/blank.html`)
    const check = await openedBy(page, demo, null)
    for (const wrong of [
      'bearer',
      47,
      {},
      { bearer },
      { bearer: '', appointmentId: 47 },
      { bearer: 47, appointmentId: 47 },
      { bearer, appointmentId: '../47' },
      { bearer, appointmentId: 0 },
    ]) {
      await page.evaluate(([data, url]) => window.check.postMessage(data, url), [wrong, demo.url])
    }
    assert.equal((await ran(check))[1].token, undefined)
    assert.equal(await check.locator('#handed').isVisible(), false)
    await page.evaluate(([data, url]) => window.check.postMessage(data, url), [message, demo.url])
    await check.locator('#handed').waitFor() // the same way, a right one
    await closed(check)
  })

  await test('a pasted login leaves its field at once, and mistakes are said', async () => {
    const page = await openCheck(browser, demo)
    await paste(page, bearer, 'my visit')
    assert.match(await page.innerText('#login-fault'), /number of the appointment is missing/)
    assert.equal(await page.evaluate(() => document.activeElement.id), 'appointment')
    assert.equal(await page.inputValue('#bearer'), '')
    await paste(page, '  ')
    assert.match(await page.innerText('#login-fault'), /login token is missing/)
    assert.equal(await page.getAttribute('#bearer', 'aria-invalid'), 'true')
    assert.equal(await page.getAttribute('#bearer', 'type'), 'password')
    const room = 'apt-47-1763138954-46eb915c'
    const [, found] = await ran(page, () => paste(page, `Bearer ${bearer}`, room))
    assert.equal(await page.inputValue('#appointment'), '47')
    assert.equal(found.token, 'ok')
    assert.equal(await page.inputValue('#bearer'), '')
    assert.equal((await ran(page, () => paste(page, `"${bearer}"`)))[1].token, 'ok')
    assert.ok(!page.url().includes('?'))
    await closed(page)
  })

  await test('the summary names what support needs, and nobody', async () => {
    const page = await openCheck(browser, demo, '?lang=de', {
      locale: 'en-AU',
      timezoneId: 'Australia/Sydney',
    })
    await ran(page, () => paste(page, bearer))
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', {
        value: {
          writeText: async (text) => {
            window.copiedText = text
          },
        },
      })
    })
    await page.click('#copy')
    await page.waitForFunction(() => window.copiedText)
    assert.match(await page.innerText('#copied'), /^Kopiert/)
    const text = await page.inputValue('#summary')
    assert.equal(await page.evaluate(() => copiedText), text)
    assert.match(
      text,
      /^roomkey check, \d{4}-\d\d-\d\dT[\d:.]+Z \(here UTC\+1[01]:00\), \d+\.\d s\n/,
    )
    for (const needed of [
      /^browser: Mozilla.*Chrome\/\d+/m,
      /^provider: twilio, region au1$/m,
      /^appointment: 47$/m,
      /^\[ok\] server: .* ms=\d+ request_id=[0-9a-f]{32}$/m,
      /^\[ok\] signalling_region: .* host=au1\.vss\.twilio\.com ms=\d+$/m,
      /^ {4}Raum: apt-47-/m,
      /^\[ok\] udp: /m,
    ]) {
      assert.match(text, needed)
    }
    assert.doesNotMatch(text, /jane|sarah|@|eyJ/i)
    await ran(page, () => paste(page, bearer, 4711))
    assert.match(
      await page.inputValue('#summary'),
      /^\[PROBLEM\] token: Diesen .* code=appointment_not_found request_id=[0-9a-f]{32}$/m,
    )
    await closed(page)
  })

  await test('where copying is forbidden, the summary is selected', async () => {
    const page = await openCheck(browser, demo)
    await ran(page)
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined })
      document.execCommand = () => false
    })
    await page.click('#copy')
    assert.match(await page.innerText('#copied'), /^Copying was not allowed/)
    const selected = await page.evaluate(() => {
      const { id, selectionStart, selectionEnd, value } = document.activeElement
      return [id, selectionStart, selectionEnd === value.length]
    })
    assert.deepEqual(selected, ['summary', 0, true])
    await closed(page)
  })
}
