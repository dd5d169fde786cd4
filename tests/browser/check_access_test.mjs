// /roomkey/check/: for everybody. Screen reader, keyboard, languages, themes and sizes; screenshots
// stand in build/browser/check/.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import { closed } from './pages.mjs'
import { NOWHERE, hears, openCheck, paste, ran } from './check_support.mjs'
import { JANE, ROOT, test } from './support.mjs'
import { texts } from '../../web/texts.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = join(ROOT, 'build/browser/check')
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } }

// Looks at the page as it is now, in each theme and size.
async function looked(page, name) {
  await page.evaluate(axe)
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const violations = await page.evaluate(async (dark) => {
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
        // In the dark only the colours are others.
        const runOnly = dark ? ['color-contrast'] : { type: 'tag', values: tags }
        const report = await globalThis.axe.run({ runOnly, resultTypes: ['violations'] })
        return report.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
      }, colorScheme === 'dark')
      assert.deepEqual(violations, [], `${name}, ${size}, ${colorScheme}`)
      await page.evaluate(() => scrollTo(0, 0))
      await page.screenshot({
        path: join(pictures, `${name}-${size}-${colorScheme}.png`),
        fullPage: true,
      })
    }
  }
  await page.setViewportSize({ width: 320, height: 600 }) // WCAG 1.4.10
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(wide <= 320, `${name}: ${wide} wide on 320`)
  await large(page, name)
  assert.deepEqual(await page.evaluate(() => document.getAnimations().length), 0)
  await page.setViewportSize(sizes.desktop)
}

// Text of twice the size on a phone (WCAG 1.4.4): nothing is beside the page, nothing is cut.
async function large(page, name) {
  await page.setViewportSize(sizes.phone)
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
  const outside = await page.evaluate(() =>
    [...document.querySelectorAll('#page *')]
      .filter(
        (each) => each.checkVisibility() && !each.closest('.unseen, textarea, select, .state'),
      )
      .filter(
        (each) =>
          each.getBoundingClientRect().right > 390 || each.scrollWidth > each.clientWidth + 1,
      )
      .filter((each) => getComputedStyle(each).display !== 'inline' && !each.closest('svg'))
      .map((each) => each.outerHTML.slice(0, 100)),
  )
  await page.screenshot({ path: join(pictures, `${name}-large.png`), fullPage: true })
  assert.deepEqual(outside, [], name)
  await page.evaluate(() => (document.documentElement.style.fontSize = ''))
}

const keysOf = (value, path = '') =>
  Object.entries(value).flatMap(([key, each]) =>
    typeof each === 'object' && !Array.isArray(each)
      ? keysOf(each, `${path}${key}.`)
      : `${path}${key}`,
  )

export default async function checkAccessTests({ demo, browser }) {
  mkdirSync(pictures, { recursive: true })
  const bearer = demo.bearer(JANE)

  for (const language of ['en', 'de']) {
    await test(`axe finds nothing on the check page, whatever it shows (${language})`, async () => {
      let hold = true
      const page = await openCheck(browser, demo, `?lang=${language}`)
      assert.equal(await page.evaluate(() => document.documentElement.lang), language)
      await looked(page, `${language}-start`)

      const held = []
      await page.route(`${demo.url}/api/**`, (route) =>
        hold ? held.push(route) : route.continue(),
      )
      await page.click('#start')
      await page.locator('#check-camera[data-state="ok"]').waitFor()
      await page.locator('#check-microphone[data-state="ok"]').waitFor()
      await page.locator('#check-server[data-state="checking"]').waitFor()
      await page.evaluate(axe)
      await page.screenshot({ path: join(pictures, `${language}-running.png`), fullPage: true })
      const running = await page.evaluate(() => globalThis.axe.run())
      assert.deepEqual(
        running.violations.map(({ id }) => id),
        [],
      )
      hold = false
      await Promise.all(held.map((route) => route.continue()))
      await page.locator('#verdict').waitFor()
      await closed(page)
    })

    await test(`nor where all is well (${language})`, async () => {
      const page = await openCheck(browser, demo, `?lang=${language}`)
      await hears(page)
      await ran(page, () => paste(page, bearer))
      await looked(page, `${language}-well`)
      await closed(page)
    })

    await test(`nor with problems (${language})`, async () => {
      const page = await openCheck(browser, demo, `?lang=${language}&region=${NOWHERE}`, {
        before: (fresh) =>
          fresh.addInitScript(() => {
            MediaDevices.prototype.getUserMedia = () =>
              Promise.reject(new DOMException('no', 'NotAllowedError'))
          }),
      })
      await paste(page, '', '')
      await page.route(`${demo.url}/**`, (route) => route.abort())
      await ran(page)
      await hears(page, 'no')
      assert.equal(await page.locator('[data-state="bad"] .advice').count(), 4)
      await looked(page, `${language}-problems`)
      await closed(page)
    })
  }

  await keyboardTests({ demo, browser, bearer })
  await languageTests({ demo, browser })
}

async function keyboardTests({ demo, browser, bearer }) {
  // Tabs on until there, past what can be seen and has a focus that can be seen.
  async function tabTo(page, id) {
    const passed = []
    for (let tabs = 0; tabs < 40; tabs += 1) {
      await page.keyboard.press('Tab')
      const at = await page.evaluate(() => {
        const { activeElement: here } = document
        const style = getComputedStyle(here)
        const { width, height } = here.getBoundingClientRect()
        const clear = style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2
        return { id: here.id || here.localName, clear, large: width >= 24 && height >= 24 }
      })
      assert.ok(at.clear && at.large, JSON.stringify(at))
      passed.push(at.id)
      if (at.id === id) return passed
    }
    throw new Error(`no ${id} among ${passed}`)
  }

  await test('the check page works with the keyboard alone', async () => {
    const page = await openCheck(browser, demo, `?region=${NOWHERE}`)
    assert.deepEqual(await tabTo(page, 'start'), ['a', 'a', 'start'])
    await page.keyboard.press('Enter')
    await page.locator('#verdict').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement.id), 'start')
    await page.keyboard.press('Shift+Tab') // the verdict's link
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement.id === 'check-signalling_region')
    await page.locator('#start').focus()
    await tabTo(page, 'tone')
    await page.keyboard.press('Space')
    await page.locator('#heard').waitFor()
    await tabTo(page, 'heard-yes')
    await page.keyboard.press('Space')
    assert.equal(await page.getAttribute('#check-speaker', 'data-state'), 'ok')
    assert.ok((await tabTo(page, 'copy')).includes('summary'))
    await tabTo(page, 'summary')
    await page.keyboard.press('Enter')
    await tabTo(page, 'appointment')
    await page.keyboard.type('47')
    await tabTo(page, 'bearer')
    await page.keyboard.insertText(bearer)
    await page.keyboard.press('Enter')
    await page.locator('#check-token[data-state="ok"]').waitFor()
    await closed(page)
  })

  await test('a screen reader hears how the check goes', async () => {
    const page = await openCheck(browser, demo, `?region=${NOWHERE}`)
    await page.evaluate(() => {
      window.said = []
      const status = document.getElementById('status')
      new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true })
    })
    await ran(page)
    const said = (await page.evaluate(() => said)).filter((text, i, all) => text !== all[i - 1])
    assert.equal(said[0], 'Checking …')
    assert.ok(said.includes('Found a problem: Video service in your region.'), said.join(' | '))
    assert.match(said.at(-1), /^One thing needs your attention:\s+Video service in your region$/)
    assert.equal(await page.getAttribute('#status', 'role'), 'status')
    const names = await page.locator('#lines').ariaSnapshot()
    assert.match(names, /heading "Camera Works" \[level=3\]/)
    assert.match(names, /heading "Video service in your region Problem" \[level=3\]/)
    await closed(page)
  })
}

async function languageTests({ demo, browser }) {
  await test('each language of the check page has the same words, and none is empty', async () => {
    const { languages } = await import('../../web/check/texts.js')
    assert.deepEqual(Object.keys(languages), ['en', 'de'])
    const { en, de } = languages
    for (const part of ['page', 'codes', 'found']) {
      assert.deepEqual(keysOf(de[part]), keysOf(en[part]))
    }
    assert.deepEqual(keysOf(de.roomkey).sort(), keysOf(texts).sort())
    for (const key of keysOf(en.roomkey)) assert.ok(keysOf(texts).includes(key), key)
    for (const [key, said] of Object.entries(texts.details)) {
      assert.equal(de.roomkey.details[key].length, said.length, key)
      for (const { found } of [en, de]) {
        assert.equal(typeof found[key]?.[said.length - 1], 'string', `no words for ${key}`)
      }
    }
    const all = (value) => (typeof value === 'object' ? Object.values(value).flatMap(all) : [value])
    for (const text of all(languages)) assert.match(text, /\p{L}/u)
    const fields = (text) => (text.match(/\{\w+\}/g) ?? []).sort()
    for (const part of ['page', 'codes']) {
      for (const key of Object.keys(en[part])) {
        assert.deepEqual(fields(de[part][key]), fields(en[part][key]), key)
      }
    }
  })

  await test("the check page speaks the person's language, or the one asked for", async () => {
    for (const [locale, query, language] of [
      ['de-AT', '', 'de'],
      ['fr-FR', '', 'en'],
      ['de-DE', '?lang=en', 'en'],
      ['en-GB', '?lang=de-CH', 'de'],
      ['en-GB', '?lang=constructor', 'en'],
    ]) {
      const page = await openCheck(browser, demo, query, { locale })
      const title = { en: /^Check your device/, de: /^Prüfen Sie/ }[language]
      assert.match(await page.title(), title, `${locale} ${query}`)
      assert.equal(await page.evaluate(() => document.documentElement.lang), language)
      await closed(page)
    }
    const page = await openCheck(browser, demo, '?region=au1&appointment=47', { locale: 'en-GB' })
    await page.click('nav a[lang=de]')
    await page.locator('nav a[lang=de][aria-current]').waitFor()
    assert.match(page.url(), /\?region=au1&appointment=47&lang=de$/)
    assert.equal(await page.inputValue('#appointment'), '47')
    await closed(page)
  })

  await test('the check page has no inline script or style, and says so without any', async () => {
    const html = readFileSync(join(ROOT, 'web/check/index.html'), 'utf8')
    assert.doesNotMatch(
      html,
      /<style|style=| on\w+=|<script(?! type="module" src="check.js"><| defer src="boot.js"><)|https?:/,
    )
    const page = await openCheck(browser, demo)
    const answer = await page.request.get(`${demo.url}/roomkey/check/`)
    const policy = answer.headers()['content-security-policy']
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe|\*(?!\.vss\.twilio\.com)/)
    await closed(page)
    const plain = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false })
    const bare = await plain.newPage()
    await bare.goto(`${demo.url}/roomkey/check/`)
    assert.match(await bare.innerText('main:visible'), /needs JavaScript.*braucht JavaScript/s)
    assert.doesNotMatch(await bare.innerText('main:visible'), /Loading/)
    await plain.close()
  })
}
