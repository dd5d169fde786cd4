// A real call on the demo's page, with a waiting room: the patient waits, the psychologist sees it and
// lets her in, and each decodes the other's picture.

import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { done, openDemo } from './demo_support.mjs'
import { startDemo, test } from './support.mjs'

const hasAddress = () => Object.values(networkInterfaces()).flat().some((one) => !one.internal)
const within = (page, selector, seconds) =>
  page.locator(selector).first().waitFor({ timeout: seconds * 1000 })

// Pictures of so many others have come, each anew.
const sees = (page, count) =>
  page.waitForFunction(
    (wanted) => {
      const videos = [...document.querySelectorAll('[data-of=other]')]
      const frames = videos.map((one) => one.getVideoPlaybackQuality().totalVideoFrames)
      return videos.length === wanted && frames.every((each) => each > 3)
    },
    count,
    { timeout: 15000 },
  )

const join = (page) => page.click('[data-does=join]')

export default async function waitingCallTests(browser) {
  if (!hasAddress()) return console.log('skip browser a call after waiting: no address but loopback here')
  const demo = await startDemo({ DEMO_CALL: 'on', DEMO_WAITING_ROOM: 'admit' })

  await test('the psychologist sees who waits, lets her in, and they meet', async () => {
    const jane = await openDemo(browser, demo, 'jane')
    const sarah = await openDemo(browser, demo, 'sarah')
    await join(jane)
    await within(jane, '[data-state=waiting]', 5)
    await within(sarah, '.door li:has-text("Jane Doe")', 5)
    await join(sarah)
    await within(sarah, '[data-state=connected]', 10)
    await sarah.getByRole('button', { name: 'Let in: Jane Doe' }).click()
    await within(jane, '[data-state=connected][data-other=here]', 10)
    await within(sarah, '[data-state=connected][data-other=here]', 10)
    await Promise.all([sees(jane, 1), sees(sarah, 1)])
    assert.match(await sarah.innerText('.state'), /In the session with Jane Doe\./)

    for (const page of [jane, sarah]) await done(page)
  }, ['chromium'])
}
