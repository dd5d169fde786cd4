// What the tests of the demo's page share.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { opened } from './pages.mjs'
import { JanusTalk, janusAnswer } from './providers.mjs'
import { ROOT } from './support.mjs'

const require = createRequire(import.meta.url)
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const scripts = {
  'adapter.js': join(ROOT, 'tests/browser/node_modules/webrtc-adapter/out/adapter.js'),
  'janus.js': join(ROOT, 'tests/browser/node_modules/janus-gateway/npm/dist/janus.es.js'),
}

// As Debian's janus.js: a script, and no module.
const scriptOf = (name) =>
  readFileSync(scripts[name], 'utf8').replace(/^export \{ Janus as default \};$/m, '')

export async function openDemo(browser, demo, as, { prepare, hash, ...options } = {}) {
  const page = await opened(browser, 'about:blank', { locale: 'en-US', ...options })
  await prepare?.(page)
  const path = hash ? `guest/#${hash}` : as ? `?as=${as}` : ''
  await page.goto(`${demo.url}/roomkey/demo/${path}`)
  await page.locator(as ? '.side' : '#choice').first().waitFor()
  return page
}

// The appointment is at Janus: its answers, its scripts, and what it says.
export async function atJanus(page, demo, standIn) {
  const answer = janusAnswer(`${demo.url.replace('https', 'wss')}/janus`)[1]
  await page.route(/\/api\/appointments\/video-token/, (route) =>
    route.fulfill({ json: answer, headers: { Date: new Date().toUTCString() } }),
  )
  await page.route(/demo-data\/(adapter|janus)\.js$/, (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1)
    return route.fulfill({ contentType: 'text/javascript', body: scriptOf(name) })
  })
  await page.routeWebSocket(/\/janus$/, (socket) => {
    const talk = new JanusTalk((text) => socket.send(text), standIn)
    standIn.talks.push(talk)
    socket.onMessage((text) => talk.hear(text))
  })
}

export async function findsNothing(page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run())
  assert.deepEqual(
    violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    [],
  )
}

export const done = (page) => page.context().close()
