// The package that `make npm` makes, in a frontend of its own, and what bundlers make of it.

import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import { build as vite } from 'vite'
import webpack from 'webpack'
import { ROOT } from './support.mjs'

export const APP = join(ROOT, 'build/browser/npm')
export const PACKAGE = join(APP, 'node_modules/roomkey')
const MODULES = join(ROOT, 'tests/browser/node_modules')

const sources = {
  'package.json': '{ "name": "frontend", "private": true, "type": "module" }',
  'app.js': "import * as bundled from 'roomkey'\nglobalThis.bundled = bundled\n",
  'server.js': `import { RoomKey } from 'roomkey'
    const Page = ({ rk }) => '<main>' + rk.constructor.texts.advice.aborted + '</main>'
    export const render = () => Page({ rk: new RoomKey({
      baseUrl: 'https://video.clinic.example', bearer: () => localStorage.getItem('access_token'),
    }) })\n`,
}

// Make's own variables would have this one take part in the build that runs the tests.
export async function ran(command, args, folder = APP) {
  const env = { ...process.env }
  for (const name of ['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKEOVERRIDES']) delete env[name]
  try {
    return (await promisify(execFile)(command, args, { cwd: folder, env })).stdout.trim()
  } catch ({ message, stdout }) {
    throw new Error(`${message}\n${stdout}`)
  }
}

const once = (make) => {
  let made
  return () => (made ??= make())
}

// As the README says; the SDKs are those of the tests.
export const frontend = once(async () => {
  rmSync(APP, { recursive: true, force: true })
  mkdirSync(APP, { recursive: true })
  for (const [file, text] of Object.entries(sources)) writeFileSync(join(APP, file), text)
  const tarball = await ran('make', ['--no-print-directory', 'npm', `NPM_DIR=${APP}`], ROOT)
  await ran('npm', ['install', '--offline', '--loglevel=error', tarball])
  for (const sdk of ['twilio-video', '@stream-io/video-client', 'livekit-client']) {
    const link = join(APP, 'node_modules', sdk)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(MODULES, sdk), link)
  }
  return tarball
})

const outOf = (bundler) => join(APP, bundler)

async function withEsbuild() {
  const { warnings } = await esbuild.build({
    absWorkingDir: APP,
    entryPoints: ['app.js'],
    outdir: outOf('esbuild'),
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    logLevel: 'silent',
  })
  return warnings.map(({ text }) => text)
}

async function withVite(options = {}) {
  const warnings = []
  await vite({
    root: APP,
    configFile: false,
    logLevel: 'silent',
    base: './',
    ...options,
    build: {
      outDir: outOf('vite'),
      ...options.build,
      rollupOptions: {
        input: join(APP, 'app.js'),
        output: { entryFileNames: '[name].js' },
        ...options.build?.rollupOptions,
        onwarn: ({ message }) => warnings.push(message),
      },
    },
  })
  return warnings
}

async function withWebpack() {
  const stats = await promisify(webpack)({
    context: APP,
    entry: './app.js',
    mode: 'production',
    output: { path: outOf('webpack'), filename: 'app.js' },
  })
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true })
  return [...errors, ...warnings].map(({ message }) => message)
}

const bundlers = { esbuild: withEsbuild, vite: withVite, webpack: withWebpack }

// {warnings, files: their texts by name}; app.js is what a page names.
export const bundles = Object.fromEntries(
  Object.entries(bundlers).map(([name, bundle]) => [
    name,
    once(async () => {
      await frontend()
      const warnings = await bundle()
      const files = new Map()
      for (const file of readdirSync(outOf(name), { recursive: true })) {
        if (/\.js$/.test(file)) files.set(file, readFileSync(join(outOf(name), file), 'utf8'))
      }
      return { warnings, files }
    }),
  ]),
)

// What a server renders with: all of it in one file, which is given.
export async function serverBundle() {
  await frontend()
  const warnings = await withVite({
    ssr: { noExternal: true },
    build: { ssr: 'server.js', outDir: outOf('server'), rollupOptions: { input: undefined } },
  })
  return { warnings, file: join(outOf('server'), 'server.js') }
}
