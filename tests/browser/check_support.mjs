// The check page as a person uses it.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { opened } from './pages.mjs'
import { JANE, now, part, secrets } from './support.mjs'

export const SHUT = 'br1' // a region whose door refuses WebSockets
export const NOWHERE = 'xx9' // a region that there isn't

// Firefox measures no sound on a machine without a device for it: there it is told what it hears.
function voice() {
  const is = (name, get) =>
    Object.defineProperty(AudioContext.prototype, name, { get, configurable: true })
  is('state', () => 'running')
  is('currentTime', () => performance.now() / 1000)
  AnalyserNode.prototype.getFloatTimeDomainData = (samples) => samples.fill(0.1)
}

export async function openCheck(browser, demo, query = '', options = {}) {
  // Without motion: what turns and glides is painted over and over.
  const still = { locale: 'en-US', reducedMotion: 'reduce' }
  const page = await opened(browser, 'about:blank', { ...still, ...options })
  if (browser.browserType().name() === 'firefox') await page.addInitScript(voice)
  await options.before?.(page)
  await page.goto(`${demo.url}/roomkey/check/${query}`)
  await page.locator('#start').waitFor()
  return page
}

// Answers the speaker's question, so that a verdict can be all green.
export async function hears(page, what = 'yes') {
  await page.click('#tone')
  await page.click(`#heard-${what}`)
}

// [milliseconds, state of each line]
export async function ran(page, start = () => page.click('#start')) {
  const began = Date.now()
  await start()
  await page.locator('#start[aria-disabled="false"]').waitFor({ timeout: 25000 })
  // What was heard and seen may come later.
  await page.locator('#lines:not(:has([data-state="checking"]))').waitFor()
  return [Date.now() - began, await states(page)]
}

export const states = (page) =>
  page
    .locator('#lines li')
    .evaluateAll((items) =>
      Object.fromEntries(
        items.map(({ id, dataset }) => [id.slice('check-'.length), dataset.state]),
      ),
    )

export async function paste(page, bearer, appointment = 47) {
  if (!(await page.locator('#login').isVisible())) await page.click('details > summary')
  await page.fill('#appointment', String(appointment))
  await page.fill('#bearer', bearer)
  await page.click('#login button')
}

// A bearer token with claims of our own, signed as the clinic's login would.
export function signed(demo, claims) {
  const [, secret] = readFileSync(join(demo.dir, 'roomkey.env'), 'utf8').match(
    /^ROOMKEY_JWT_SECRET=(.*)$/m,
  )
  const all = { user_id: JANE, iat: now() - 7200, ...claims }
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(all)}`
  const bearer = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
  secrets.add(bearer)
  return bearer
}

export const badOnes = (found) => Object.keys(found).filter((name) => found[name] === 'bad')

// The line of `check` is the only bad one, says what to do, and the verdict leads to it.
export async function onlyBad(page, check, advice) {
  const found = await states(page)
  assert.deepEqual(badOnes(found), [check], JSON.stringify(found))
  const line = page.locator(`#check-${check}`)
  assert.match(await line.locator('.state').innerText(), /^Problem$/)
  assert.match(await line.locator('.advice').innerText(), advice)
  assert.match(await page.innerText('#verdict'), /^One thing needs your attention/)
  assert.deepEqual(
    await page.locator('#verdict a').evaluateAll((links) => links.map(({ hash }) => hash)),
    [`#check-${check}`],
  )
  assert.match(await page.inputValue('#summary'), new RegExp(`^\\[PROBLEM\\] ${check}: `, 'm'))
}
