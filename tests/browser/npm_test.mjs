// The npm package (`make npm`): its types, on a server, and in what bundlers make of it.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { APP, PACKAGE, bundles, frontend, ran, serverBundle } from './bundles.mjs'
import { closed } from './pages.mjs'
import { ROOT, test } from './support.mjs'
import { withTwilio } from './twilio_test.mjs'

const read = (...path) => readFileSync(join(...path), 'utf8')
const own = (name) => /\.(js|d\.ts)$/.test(name)

// As it stands in the frontend: by the package's name.
function writeTypeScript() {
  const use = read(ROOT, 'tests/browser/use.ts')
  const changed = use.replace("'../../web/roomkey.js'", "'roomkey'")
  assert.notEqual(changed, use)
  writeFileSync(join(APP, 'use.ts'), changed)
  writeFileSync(
    join(APP, 'words.ts'),
    `import { RoomKey, type Texts } from 'roomkey'
     import { texts } from 'roomkey/texts.js'
     export const german: Texts = { ...texts, locale: 'de' }
     export const rk = new RoomKey({ baseUrl: 'https://video.clinic.example', texts: german })
     // @ts-expect-error it has words alone
     texts.access_token\n`,
  )
}

async function compiles(file, module, moduleResolution, more) {
  const tsc = join(ROOT, 'tests/browser/node_modules/.bin/tsc')
  const libraries = ['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable']
  const modules = ['--module', module, '--moduleResolution', moduleResolution]
  await ran(tsc, ['--noEmit', '--strict', ...libraries, ...modules, more, file])
}

// In a node where each look at what browsers alone have fails; gives what `script` prints.
const onServer = (script) =>
  ran(process.execPath, [
    '--input-type=module',
    '--eval',
    `const names = () => Object.getOwnPropertyNames(globalThis).join()
     for (const name of ['window', 'self', 'document', 'navigator', 'location', 'localStorage',
       'sessionStorage', 'indexedDB', 'caches', 'screen', 'RTCPeerConnection']) {
       const get = () => { throw new Error('touched: ' + name) }
       Object.defineProperty(globalThis, name, { configurable: true, get })
     }
     const before = names()
     ${script}
     if (names() !== before) throw new Error('left behind: ' + names())`,
  ])

export async function packageTests() {
  await test('make npm makes a tarball of roomkey.js and its types', async () => {
    const tarball = await frontend()
    const [, version] = /^VERSION := (.*)$/m.exec(read(ROOT, 'Makefile'))
    assert.equal(tarball, join(APP, `roomkey-${version}.tgz`))
    assert.equal(JSON.parse(read(PACKAGE, 'package.json')).version, version)
    const [web, given] = [readdirSync(join(ROOT, 'web')), readdirSync(PACKAGE)]
    assert.deepEqual(given.filter(own).sort(), web.filter(own).sort())
    assert.deepEqual(given.filter((name) => !own(name)).sort(), [
      'LICENSE',
      'README.md',
      'package.json',
    ])
  })

  for (const [module, found] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
    ['esnext', 'node10'],
  ]) {
    await test(`the package compiles with tsc --strict, modules found by ${found}`, async () => {
      await frontend()
      writeTypeScript()
      await compiles('words.ts', module, found, '--skipDefaultLibCheck') // its own types in full
    })
  }

  await test("the package's types go with the SDKs' own in NodeNext, too", async () => {
    await frontend()
    writeTypeScript()
    await compiles('use.ts', 'nodenext', 'nodenext', '--skipLibCheck')
  })

  await test('the package is imported on a server, which has no window', async () => {
    await frontend()
    const files = readdirSync(PACKAGE).filter((name) => /\.js$/.test(name))
    const said = await onServer(`
      const { RoomKey } = await import('roomkey')
      const { texts } = await import('roomkey/texts.js')
      new RoomKey({ baseUrl: 'https://video.clinic.example', bearer: () => localStorage.bearer })
      for (const file of ${JSON.stringify(files)}) {
        await import('./node_modules/roomkey/' + file)
      }
      console.log(texts.locale)`)
    assert.equal(said, 'en')
  })

  await test('a server that Vite bundled renders a page with it', async () => {
    const { warnings, file } = await serverBundle()
    assert.deepEqual(warnings, [])
    assert.doesNotMatch(read(file), /from ["']roomkey["']/)
    const said = await onServer(`
      const { render } = await import(${JSON.stringify(file)})
      console.log(render())`)
    assert.equal(said, '<main>Joining was stopped.</main>')
  })

  // By a sentence of each: Twilio's, Stream's and diagnose()'s.
  const partsOf = async () => {
    const words = async (file) => (await import(join(PACKAGE, file))).words
    return [
      (await words('twilio_words.js')).advice[53205],
      (await words('stream_words.js')).advice.stream_9,
      (await words('diagnose_words.js')).details.udp_no[0],
    ]
  }
  for (const [bundler, bundle] of Object.entries(bundles)) {
    await test(`${bundler} bundles the package, and loads its parts when needed`, async () => {
      const { warnings, files } = await bundle()
      assert.deepEqual(warnings, [])
      assert.ok(files.has('app.js'), [...files.keys()].join())
      for (const sentence of await partsOf()) {
        const holders = [...files.keys()].filter((name) => files.get(name).includes(sentence))
        assert.ok(holders.length > 0 && !holders.includes('app.js'), `${sentence}: ${holders}`)
      }
    })
  }
}

export default async function bundleTests({ demo, browser, twilio }) {
  for (const [bundler, bundle] of Object.entries(bundles)) {
    await test(`what ${bundler} made of the package joins a call`, async () => {
      await bundle()
      twilio.answers = ['in']
      const page = await withTwilio(browser, demo)
      const type = bundler === 'webpack' ? 'text/javascript' : 'module'
      await page.addScriptTag({ url: `${demo.listed}/npm/${bundler}/app.js`, type })
      const outcome = await page.evaluate(async (baseUrl) => {
        const { RoomKey } = bundled
        window.make = (more) => new RoomKey({ baseUrl, bearer: () => window.bearer(), ...more })
        const { room_name: named } = await make().videoToken(47)
        const room = await join()
        room.disconnect()
        const report = await make().diagnose({ media: false })
        const { message } = await caught((async () => new RoomKey())())
        return { named, joined: room.name, loaded: report.map(({ check }) => check), message }
      }, demo.url)
      assert.match(outcome.named, /^apt-47-/)
      assert.equal(outcome.joined, outcome.named)
      assert.ok(outcome.loaded.includes('clock'), outcome.loaded.join())
      assert.match(outcome.message, /^baseUrl is missing/)
      await closed(page)
    }, ['chromium'])
  }
}
