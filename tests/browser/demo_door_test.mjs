// The demo's page where somebody has to wait: what the psychologist sees and does, a guest by link, and
// who is in the session already. With answers as roomkey gives; the tests of make demo-call have its own.

import assert from 'node:assert/strict'
import { answerOf, janusAnswer } from './providers.mjs'
import { atJanus, done, findsNothing, openDemo } from './demo_support.mjs'
import { given, test } from './support.mjs'

const WAITING = /\/api\/appointments\/video-waiting\/47\//
const GUESTS = /\/api\/appointments\/video-guests\/47\//
const since = '2025-11-16T08:58:00Z'
const jane = { user_id: 2, name: 'Jane Doe', waiting_since: since, last_seen: since, here: true }
const code = 'c0de-c0de-c0de-c0de-c0de-c0de-c0de-c0de-43b'

// The waiting room of `state`, which who is asked changes. Gives what was done in it.
async function withDoor(page, state) {
  const heard = []
  await page.route(WAITING, (route) => {
    const { pathname } = new URL(route.request().url())
    const [, who, what] = /47\/([^/]+)\/(admit|deny)\/$/.exec(pathname) ?? []
    if (who) {
      heard.push([route.request().method(), who, what])
      const named = ({ user_id, guest_id }) => who === String(user_id ?? `guest-${guest_id}`)
      const one = [...state.waiting, ...state.denied].find(named)
      for (const list of ['waiting', 'denied']) state[list] = state[list].filter((each) => each !== one)
      state[what === 'admit' ? 'admitted' : 'denied'].push(one)
      return route.fulfill({ json: { appointment_id: 47, state: what } })
    }
    return route.fulfill({ json: { appointment_id: 47, mode: 'admit', ...state } })
  })
  return heard
}

async function withGuests(page, guests) {
  const heard = []
  await page.route(GUESTS, (route) => {
    const request = route.request()
    const { pathname } = new URL(request.url())
    const [, id, what] = /47\/(\d+)\/(\w+)\/$/.exec(pathname) ?? []
    if (request.method() !== 'GET') heard.push([id ?? null, what ?? request.postDataJSON()])
    if (what) {
      guests.find(({ guest_id }) => guest_id === Number(id)).state = { revoke: 'revoked',
        unbind: 'invited' }[what]
    } else if (request.method() === 'POST') {
      const guest = { guest_id: guests.length + 1, ...request.postDataJSON(),
        expires_at: '2025-11-16T14:00:00Z' }
      guests.push({ ...guest, state: 'invited', last_used_at: null })
      return route.fulfill({ status: 201, json: { ...guest, code, link: null } })
    }
    return route.fulfill({ json: { appointment_id: 47, guests } })
  })
  return heard
}

export default async function demoDoorTests({ demo, browser }) {
  for (const colorScheme of ['light', 'dark']) {
    await test(`the psychologist sees who waits, and lets them in (${colorScheme})`, async () => {
      const state = { waiting: [], admitted: [], denied: [] }
      let heard
      const prepare = async (page) => {
        heard = await withDoor(page, state)
        await withGuests(page, [])
      }
      const page = await openDemo(browser, demo, 'sarah', { prepare, colorScheme })
      await page.locator('.nobody-waits').waitFor()
      const before = Date.now()
      state.waiting.push(jane, { ...jane, user_id: undefined, guest_id: 3, name: 'Ian Terpreter',
        here: false })
      await page.locator('.door li').nth(1).waitFor()
      assert.ok(Date.now() - before < 5000, `${Date.now() - before} ms`)
      const [first, second] = await page.locator('.door li').allInnerTexts()
      assert.match(first, /Jane Doe[\s\S]*waiting since [\s\S]*Let in[\s\S]*Turn away/)
      assert.match(second, /Ian Terpreter[\s\S]*not seen since/)
      await findsNothing(page)
      await page.getByRole('button', { name: 'Let in: Jane Doe' }).click()
      await page.getByRole('button', { name: 'Turn away: Ian Terpreter' }).click()
      await page.getByText('turned away').waitFor()
      assert.deepEqual(heard, [['POST', '2', 'admit'], ['POST', 'guest-3', 'deny']])
      await page.getByRole('button', { name: 'Let in: Ian Terpreter' }).click()
      await page.locator('.door li').first().waitFor({ state: 'detached' })
      assert.equal(await page.locator('.nobody-waits').isVisible(), true)
      await findsNothing(page)
      await done(page)
    })
  }

  await test('the patient hears that she waits, then joins; who is turned away is told', async () => {
    const answers = [
      [403, { error: 'Waiting to be let in', code: 'waiting', waiting_since: since }],
      answerOf('custom', {}),
      [403, { error: 'Not admitted', code: 'denied' }],
    ]
    const prepare = (page) =>
      page.route(/\/api\/appointments\/video-token/, (route) => {
        const [status, json, headers] = answers.shift()
        return route.fulfill({ status, json, headers: { 'Retry-After': '2', ...headers } })
      })
    const page = await openDemo(browser, demo, 'jane', { prepare })
    await page.click('[data-does=join]')
    await page.locator('[data-state=waiting]').waitFor()
    assert.match(await page.innerText('.state'), /In the waiting room since .*Dr\. Sarah will let you in/)
    assert.equal(await page.innerText('[data-does=leave]'), 'Stop')
    await findsNothing(page)
    await page.locator('[data-state=over]').waitFor()
    assert.match(await page.innerText('.state'), /a token for custom/)
    await page.click('[data-does=join]')
    await page.locator('[data-state=failed]').waitFor()
    assert.match(await page.innerText('.advice'), /not let in.*call the practice/)
    assert.equal(await page.locator('.door, .guests').first().isVisible(), false, 'not hers to see')
    await done(page)
  })

  await test('the psychologist invites a guest, whose link is shown once', async () => {
    const guests = []
    let heard
    const prepare = async (page) => {
      heard = await withGuests(page, guests)
      await withDoor(page, { waiting: [], admitted: [], denied: [] })
    }
    const page = await openDemo(browser, demo, 'sarah', { prepare })
    await page.click('.guests summary')
    await page.fill('.guests [name=name]', ' Ian Terpreter ')
    await page.selectOption('.guests select', 'relative')
    await page.getByRole('button', { name: 'Invite' }).click()
    await page.locator('.invited').waitFor()
    assert.equal(await page.innerText('.link'), `${demo.url}/roomkey/demo/guest/#${code}`)
    assert.deepEqual(heard, [[null, { name: 'Ian Terpreter', kind: 'relative' }]])
    assert.match(await page.innerText('.guests li'), /Ian Terpreter[\s\S]*relative, invited/)
    await findsNothing(page)
    guests[0].state = 'used'
    await page.reload()
    await page.click('.guests summary')
    assert.doesNotMatch(await page.content(), new RegExp(code), 'this once')
    await page.getByRole('button', { name: 'Free for another device' }).click()
    await page.getByText('relative, invited').waitFor()
    await page.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByText('relative, withdrawn').waitFor()
    assert.deepEqual(heard.slice(1), [['1', 'unbind'], ['1', 'revoke']])
    await done(page)
  })

  await test("a guest comes by the link, which leaves the address, and by a reload", async () => {
    const janus = { heard: [], talks: [] }
    const sent = []
    const prepare = async (page) => {
      await atJanus(page, demo, janus)
      await page.route(/\/api\/video-guest\/token/, (route) => {
        sent.push(route.request().postDataJSON())
        const [, answer] = janusAnswer(`${demo.url.replace('https', 'wss')}/janus`,
          { user_identity: 'guest-1' })
        return route.fulfill({ json: { ...answer, ...(sent.length === 1 && { device: 'word' }) },
          headers: { Date: new Date().toUTCString() } })
      })
    }
    const page = await openDemo(browser, demo, 'guest', { prepare, hash: code })
    assert.equal(new URL(page.url()).hash, '')
    assert.match(await page.innerText('.side h2'), /Guest/)
    assert.equal(await page.locator('nav').isVisible(), false)
    for (const times of [1, 2]) {
      await page.click('[data-does=join]')
      await page.locator('[data-state=connected]').waitFor()
      assert.equal(janus.heard.filter(({ body }) => body?.request === 'join').at(-1).body.display,
        'guest-1')
      assert.equal(sent.length, times)
      if (times === 1) await page.reload()
    }
    assert.deepEqual(sent, [{ code }, { code, device: 'word' }])
    assert.doesNotMatch(await page.content(), new RegExp(code))
    await findsNothing(page)
    await done(page)
  })

  await test('three in a session are all seen, by name', async () => {
    const janus = { heard: [], talks: [] }
    const page = await openDemo(browser, demo, 'sarah', {
      prepare: async (page) => {
        await atJanus(page, demo, janus)
        await withGuests(page, [{ guest_id: 1, name: 'Ian Terpreter', kind: 'interpreter', state: 'used' }])
      },
    })
    await page.evaluate(async () => {
      const { People } = await import('./people.js')
      const stream = () => document.createElement('canvas').captureStream()
      const people = new People(document.querySelector('.others'), (name) => name, true)
      const three = ['2-jane', 'guest-1', 'guest-2'].map((name) => ({ id: name, name, stream: stream() }))
      people.show(three)
      window.shown = () => [...document.querySelectorAll('figure')].map((one) => one.innerText)
      window.people = { people, three }
    })
    assert.deepEqual(await page.evaluate(() => shown()), ['2-jane', 'guest-1', 'guest-2'])
    await findsNothing(page)
    await page.evaluate(() => people.people.show(people.three.slice(1)))
    assert.deepEqual(await page.evaluate(() => shown()), ['guest-1', 'guest-2'])
    await done(page)
  })

  await test('who is in the session already may go on here, or leave it', async () => {
    const [, answer] = given({ answer: { provider: 'custom', connect: {}, already_connected: true } })
    const prepare = (page) =>
      page.route(/\/api\/appointments\/video-token/, (route) =>
        route.fulfill({ json: answer, headers: { Date: new Date().toUTCString() } }),
      )
    const page = await openDemo(browser, demo, 'jane', { prepare })
    const enter = async () => {
      await page.click('[data-does=join]')
      await page.locator('[data-state=elsewhere]').waitFor()
    }
    await enter()
    await findsNothing(page)
    assert.equal(await page.evaluate(() => document.activeElement.dataset.does), 'take')
    await page.click('[data-does=leave]')
    await page.locator('[data-state=failed]').waitFor()
    assert.match(await page.innerText('.advice'), /another device or in another window/)
    await enter()
    await page.click('[data-does=take]')
    await page.locator('[data-state=over]').waitFor()
    assert.match(await page.innerText('.state'), /a token for custom/)
    await done(page)
  })
}
