// A real call of three on the demo's page, with a waiting room: the patient and a guest wait, the
// psychologist sees it and lets them in or turns them away, and each decodes the others' pictures.

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

export default async function callOfThreeTests(browser) {
  if (!hasAddress()) return console.log('skip browser a call of three: no address but loopback here')
  const demo = await startDemo({ DEMO_CALL: 'on', DEMO_WAITING_ROOM: 'admit' })

  await test('three meet: a patient who waited, a guest by a link, the psychologist', async () => {
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

    await sarah.click('.guests summary')
    await sarah.fill('.guests [name=name]', 'Ian Terpreter')
    await sarah.getByRole('button', { name: 'Invite' }).click()
    await within(sarah, '.invited', 5)
    const code = new URL(await sarah.innerText('.link')).hash.slice(1)
    const ian = await openDemo(browser, demo, 'guest', { hash: code })
    await join(ian)
    await within(ian, '[data-state=waiting]', 5)
    await within(sarah, '.door li:has-text("Ian Terpreter")', 5)
    await sarah.getByRole('button', { name: 'Turn away: Ian Terpreter' }).click()
    await within(ian, '[data-state=failed]', 15)
    assert.match(await ian.innerText('.advice'), /not let in/)
    await sarah.getByRole('button', { name: 'Let in: Ian Terpreter' }).click()
    await sarah.locator('.door li').first().waitFor({ state: 'detached' })
    await join(ian)
    await within(ian, '[data-state=connected]', 10)
    await Promise.all([sees(jane, 2), sees(sarah, 2), sees(ian, 2)])
    assert.match(await sarah.innerText('.state'), /with (Jane Doe and Ian Terpreter|Ian Terpreter and Jane Doe)/)

    // A reload is let in again, without waiting; the link elsewhere is not.
    await ian.reload()
    await join(ian)
    await within(ian, '[data-state=connected]', 10)
    await sees(ian, 2)
    const other = await openDemo(browser, demo, 'guest', { hash: code })
    await join(other)
    await within(other, '[data-state=failed]', 10)
    assert.match(await other.innerText('.code'), /guest_elsewhere/)

    // Withdrawn: out of the session, and not let in again.
    await sarah.reload()
    await join(sarah)
    await within(sarah, '[data-state=connected][data-other=here]', 15)
    await sarah.click('.guests summary')
    await sarah.getByRole('button', { name: 'Withdraw: Ian Terpreter' }).click()
    await within(ian, '[data-state=failed]', 10)
    await join(ian)
    await within(ian, '[data-state=failed]', 10)
    assert.match(await ian.innerText('.code'), /guest_not_found|ended|removed/)
    for (const page of [jane, sarah, ian, other]) await done(page)
  }, ['chromium'])
}
