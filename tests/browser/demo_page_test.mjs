// The demo's page (web/demo/), with keyboard, screen reader and in two colour schemes: what it says
// where the appointment is at a provider whose SDK it has not, and a call through janus.js with a
// stand-in for Janus. The call with picture and sound is the test of make demo-call.

import assert from 'node:assert/strict'
import { atJanus, done, findsNothing, openDemo } from './demo_support.mjs'
import { JANE_AT } from './providers.mjs'
import { test } from './support.mjs'

export default async function demoPageTests({ demo, browser }) {
  await test("the demo's page opens either side, or both", async () => {
    const page = await openDemo(browser, demo)
    assert.deepEqual(
      await page.locator('#choice a').evaluateAll((links) => links.map(({ search }) => search)),
      ['?as=jane', '?as=sarah', '?as=both'],
    )
    await findsNothing(page)
    await page.click('#choice a[href="?as=both"]')
    await page.locator('.side').nth(1).waitFor()
    assert.deepEqual(
      await page.locator('.side').evaluateAll((sides) => sides.map((side) => side.dataset.person)),
      ['2', '19'],
    )
    await done(page)
  })

  await test("the demo's page shows the token where it has not the provider's SDK", async () => {
    const page = await openDemo(browser, demo, 'jane')
    await page.click('[data-does=join]')
    await page.locator('.instead pre').first().waitFor()
    assert.equal(await page.innerText('.state'), 'roomkey gave a token for twilio.')
    assert.match(await page.innerText('.instead'), /rk\.join\(47, \{ twilio: Video \}\)/)
    assert.match(await page.innerText('.instead'), /make demo-call/)
    const answered = await page.innerText('.answer dl')
    assert.match(answered, /user_identity\s+2-jane\.doe@example\.com/)
    assert.match(answered, /connect\.room\s+apt-47-/)
    const html = () => page.evaluate(() => document.documentElement.outerHTML)
    assert.doesNotMatch(await html(), /eyJ/)
    await findsNothing(page)
    await page.click('[data-does=show]')
    assert.match(await page.innerText('.answer pre'), /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/)
    await page.click('[data-does=show]')
    assert.doesNotMatch(await html(), /eyJ/)
    await done(page)
  })

  await test('a refusal is said to the person, with what support needs', async () => {
    const page = await openDemo(browser, demo, 'jane')
    await page.route(/\/api\/appointments\/video-token/, (route) =>
      route.fulfill({
        status: 403,
        headers: { 'X-Request-Id': 'r-1' },
        json: { error: 'Removed from this appointment', code: 'removed' },
      }),
    )
    await page.click('[data-does=join]')
    await page.locator('[data-state=failed]').waitFor()
    assert.match(await page.innerText('.advice'), /put out of this session.*call the practice/)
    assert.match(await page.innerText('.code'), /removed, request r-1$/)
    assert.ok(await page.locator('[data-does=join]').isVisible())
    await findsNothing(page)
    await done(page)
  })

  for (const colorScheme of ['light', 'dark']) {
    await test(`a call in the demo's page by keyboard alone (${colorScheme})`, async () => {
      const janus = { heard: [], talks: [] }
      const prepare = (page) => atJanus(page, demo, janus)
      const page = await openDemo(browser, demo, 'sarah', { colorScheme, prepare })
      const press = async (does) => {
        await page.focus(`[data-does=${does}]`)
        await page.keyboard.press('Enter')
      }
      await press('join')
      await page.locator('[data-state=connected][data-self]').waitFor()
      assert.equal(janus.heard.find(({ body }) => body?.request === 'join').body.display, JANE_AT)
      assert.match(await page.innerText('.state'), /Jane Doe is not here/)
      await press('microphone')
      assert.equal(await page.getAttribute('.side', 'data-microphone'), 'off')
      assert.equal(await page.getAttribute('[data-does=microphone]', 'aria-pressed'), 'true')
      const tracks = () =>
        page
          .locator('[data-of=self]')
          .evaluate(({ srcObject }) => srcObject?.getTracks().map((each) => each.enabled) ?? null)
      assert.deepEqual(await tracks(), [false, true])
      await press('camera')
      assert.deepEqual(await tracks(), [false, false])
      await findsNothing(page)
      await press('leave')
      await page.locator('[data-state=over]').waitFor()
      assert.equal(await tracks(), null)
      assert.equal(
        await page.evaluate(() => document.activeElement.dataset.does),
        'join',
        'the focus stays',
      )
      await press('join')
      await page.locator('[data-state=connected]').waitFor()
      janus.talks.at(-1).event({ leaving: 'ok', reason: 'kicked' })
      await page.locator('[data-state=failed]').waitFor()
      assert.match(await page.innerText('.says'), /out of the session[\s\S]*call the practice/)
      await findsNothing(page)
      await done(page)
    })
  }

  await test("the demo's page fits a phone", async () => {
    const page = await openDemo(browser, demo, 'both', { viewport: { width: 320, height: 640 } })
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
    await done(page)
  })
}
