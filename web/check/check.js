// The check page: runs diagnose() and shows what comes of it. docs/browser.md says how to link this
// page and how a frontend hands a login over.

import { RoomKey } from '../roomkey.js'
import { current, isId, keep, listen } from './handover.js'
import { element, lineOf, nameOf, settled, show, timeOf } from './lines.js'
import { Media } from './media.js'
import { copied, summaryOf } from './summary.js'
import { chosen, filled, languages } from './texts.js'

const $ = (id) => document.getElementById(id)
const query = new URLSearchParams(location.search)
const language = chosen(query)
const words = languages[language]
const say = (key, facts = {}) => filled(words.page[key], facts)

// What nginx knows: {origins, provider, region}. Without it the rest is checked all the same.
const config = fetch(new URL('config.json', import.meta.url), { credentials: 'omit' })
  .then((response) => response.json()).then(Object).catch(() => ({}))

const asRegion = (text) => (/^[a-z0-9-]{1,20}$/.test(text ?? '') ? text : undefined)
const asProvider = (text) => (['twilio', 'stream'].includes(text) ? text : undefined)

// diagnose() gets a token by videoToken(). What was announced with it is shown, the token is not.
class Watching extends RoomKey {
  announced = null

  async videoToken(id, how) {
    const answer = await super.videoToken(id, how)
    this.announced = answer
    return answer
  }
}

const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language
const media = new Media({
  video: $('video'), noPicture: $('no-picture'), level: $('level'),
  onHeard: (heard) => { $('level-says').textContent = say(heard ? 'level_heard' : 'level_quiet') },
})
let lines = []
let report = null // {began, seconds, ...} of the last run
let running = false

function put(line) {
  const index = lines.findIndex(({ check }) => check === line.check)
  if (index < 0) lines.push(line)
  else lines[index] = line
  show($('lines'), line, words)
}

// --- A run ---------------------------------------------------------------------------------------

async function target() {
  const known = await config
  const provider = asProvider(query.get('provider')) ?? asProvider(known.provider) ?? 'twilio'
  const region = asRegion(query.get('region')) ?? asRegion(known.region)
  return { provider, region: provider === 'twilio' ? region : undefined }
}

function checksOf({ provider, region }, login) {
  return ['browser', 'secure_context', 'camera', 'microphone', 'speaker', 'server', 'clock',
    ...(region || (login && provider === 'twilio') ? ['signalling_region'] : []),
    'signalling_global', ...(provider === 'twilio' ? ['udp'] : []), ...(login ? ['token'] : [])]
}

function begin(checks, state) {
  const speaker = lines.find(({ check }) => check === 'speaker') ??
    { check: 'speaker', state: 'waiting', detail: say('speaker_open') }
  lines = []
  $('lines').replaceChildren()
  for (const check of checks) put(check === 'speaker' ? speaker : { check, state })
}

function progress() {
  const asked = lines.filter(({ check }) => check !== 'speaker')
  const done = asked.filter(({ state }) => state !== 'checking').length
  $('progress').max = asked.length
  $('progress').value = done
  $('count').textContent = say('done_of', { done, all: asked.length })
}

// What a token says, but for whom: that is a name.
function partsOf(token, until) {
  const parts = [{ name: say('part_until'), value: timeOf(until, locale), exact: until }]
  if (!token) return parts
  return [
    { name: say('part_room'), value: token.room_name },
    { name: say('part_region'), value: token.region ?? say('part_none') },
    { name: say('part_minutes'), value: String(token.appointment_duration_minutes) },
    ...parts,
  ]
}

async function look(login, where) {
  const roomkey = new Watching({ bearer: login?.bearer, texts: words.roomkey })
  await roomkey.diagnose({
    ...where, appointmentId: login?.appointmentId, onMedia: (stream) => media.take(stream),
    onProgress: (finding, facts) => {
      const line = lineOf(finding, facts, words, locale)
      if (facts.until) line.parts = partsOf(roomkey.announced, facts.until)
      put(line)
      progress()
      const check = nameOf(line.check, words)
      if (!finding.ok) $('status').textContent = say('one_bad', { check })
    },
  })
}

async function run() {
  if (running) return
  running = true
  busy(true)
  media.end()
  media.wake()
  const login = current()
  const [began, since] = [Date.now(), performance.now()]
  try {
    const where = await target()
    begin(checksOf(where, login), 'checking')
    progress()
    await look(login, where)
    for (const line of settled(lines, words)) put(line)
    report = {
      ...where, began, seconds: (performance.now() - since) / 1000, language,
      appointmentId: login?.appointmentId,
    }
    conclude()
    $('status').textContent = $('verdict').innerText
  } catch (error) {
    report = null
    verdict('bad', say('broke'), element('p', {}, say('broke_more')))
    throw error
  } finally {
    running = false
    busy(false)
  }
}

// The button keeps its focus, so it is never disabled for good.
function busy(now) {
  const button = $('start')
  button.setAttribute('aria-disabled', String(now))
  button.textContent = say(now ? 'checking' : 'start_again')
  $('status').textContent = now ? say('checking') : $('status').textContent
  $('progress').hidden = $('count').hidden = !now
  $('off').hidden = now || !media.on
  if (now) $('verdict').hidden = $('lead').hidden = true
}

// --- What comes of it ----------------------------------------------------------------------------

function verdict(state, heading, ...rest) {
  const box = $('verdict')
  box.dataset.state = state
  box.replaceChildren(element('p', { className: 'heading' }, heading), ...rest)
  box.hidden = false
}

function conclude() {
  const bad = lines.filter(({ state }) => state === 'bad')
  if (bad.length === 0) {
    const heard = lines.some(({ check, state }) => check === 'speaker' && state === 'ok')
    verdict('ok', say('well'), element('p', {}, say(heard ? 'well_heard' : 'well_more')))
  } else {
    const links = bad.map(({ check }) => element('li', {},
      element('a', { href: `#check-${check}` }, nameOf(check, words))))
    verdict('bad', say(bad.length === 1 ? 'problem' : 'problems', { n: bad.length }),
      element('ul', {}, ...links))
  }
  $('summary').value = summaryOf({ ...report, lines })
  $('report').hidden = false
  $('no-report').hidden = true
  $('copied').textContent = ''
}

// --- The speaker ---------------------------------------------------------------------------------

async function playTone() {
  const button = $('tone')
  if (button.getAttribute('aria-disabled') === 'true') return
  button.setAttribute('aria-disabled', 'true')
  button.textContent = say('playing')
  const played = await media.tone()
  button.setAttribute('aria-disabled', 'false')
  button.textContent = say('tone')
  $('heard').hidden = !played
  $('status').textContent = say(played ? 'heard' : 'speaker_none')
  if (!played) hear('skipped', 'speaker_none')
}

function hear(state, detail = `speaker_${state}`) {
  $('heard-yes').setAttribute('aria-pressed', String(state === 'ok'))
  $('heard-no').setAttribute('aria-pressed', String(state === 'bad'))
  put({ check: 'speaker', state, detail: say(detail), advice: say('speaker_advice') })
  if (report && !running) conclude()
}

// --- The page ------------------------------------------------------------------------------------

function useLogin(event) {
  event.preventDefault()
  const [appointment, bearer] = [$('appointment').value.trim(), $('bearer').value.trim()]
  $('bearer').value = ''
  const fault = !isId(appointment) ? 'appointment' : !bearer ? 'bearer' : null
  $('login-fault').textContent = fault ? say(`fault_${fault}`) : ''
  for (const field of ['appointment', 'bearer']) {
    $(field).setAttribute('aria-invalid', String(field === fault))
  }
  if (fault) {
    $(fault).focus()
    return
  }
  keep(bearer.replace(/^"(.*)"$/, '$1'), appointment)
  $('start').focus()
  run()
}

function switchOff() {
  media.end()
  $('level-says').textContent = say('level_off')
  $('off').hidden = true
  $('start').focus()
}

function languageLinks() {
  const links = Object.entries(languages).map(([code, { name }]) => {
    const other = new URLSearchParams(query)
    other.set('lang', code)
    const link = element('a', { href: `?${other}`, lang: code, hreflang: code }, name)
    if (code === language) link.setAttribute('aria-current', 'true')
    return link
  })
  $('languages').setAttribute('aria-label', say('languages'))
  $('languages').append(...links)
}

function fillIn() {
  document.documentElement.lang = language
  document.title = say('title')
  for (const place of document.querySelectorAll('[data-text]')) {
    place.textContent = say(place.dataset.text)
  }
  $('video').setAttribute('aria-label', say('picture'))
  $('progress').setAttribute('aria-label', say('progress'))
  $('appointment').value = isId(query.get('appointment') ?? '') ? query.get('appointment') : ''
  languageLinks()
}

async function open() {
  fillIn()
  $('start').addEventListener('click', run)
  $('tone').addEventListener('click', playTone)
  $('heard-yes').addEventListener('click', () => hear('ok'))
  $('heard-no').addEventListener('click', () => hear('bad'))
  $('off').addEventListener('click', switchOff)
  $('login').addEventListener('submit', useLogin)
  $('copy').addEventListener('click', async () => {
    $('copied').textContent = say(await copied($('summary')) ? 'copied' : 'not_copied')
  })
  begin(checksOf({}, null), 'waiting')
  $('unsupported').remove()
  $('page').hidden = false
  // Comes back without the login that it was left with.
  addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload() })
  const { origins } = await config
  listen(Array.isArray(origins) ? origins : [], query.get('appointment'), (id) => {
    $('handed').textContent = say('handed', { id })
    $('handed').hidden = false
    $('appointment').value = id
    outline()
  })
  outline()
}

// What will be looked at.
async function outline() {
  const where = await target()
  if (!running && !report) begin(checksOf(where, current()), 'waiting')
}

open()
