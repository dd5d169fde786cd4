// The check page: runs diagnose() and shows what comes of it. docs/browser.md says how to link this
// page and how a frontend hands a login over.

import { RoomKey } from '../roomkey.js'
import { appointmentOf } from './appointment.js'
import { sensed, settled } from './causes.js'
import { config, target } from './config.js'
import { Devices } from './devices.js'
import { current, keep, listen } from './handover.js'
import { element, lineOf, nameOf, show, tokenParts } from './lines.js'
import { Media } from './media.js'
import { showPractice } from './practice.js'
import { Sound } from './sound.js'
import { copied, summaryOf } from './summary.js'
import { $, conclude, fillIn, language, locale, query, say, verdict, words } from './view.js'

// diagnose() gets a token by videoToken(). What was announced with it is shown, the token is not.
class Watching extends RoomKey {
  announced = null

  async videoToken(id, how) {
    const answer = await super.videoToken(id, how)
    this.announced = answer
    return answer
  }
}

const sound = new Sound()
const media = new Media({
  video: $('video'), noPicture: $('no-picture'), level: $('level'), changed: () => redraw(),
}, sound)
const devices = new Devices(
  { camera: $('camera'), microphone: $('microphone'), output: $('output') }, take)
let found = [] // lines, as diagnose() and the person said
let lines = [] // lines, as they are shown
let report = null // {began, seconds, ...} of the last run
let running = false

function put(line) {
  const index = found.findIndex(({ check }) => check === line.check)
  if (index < 0) found.push(line)
  else found[index] = line
}

// Shows what is known by now; only lines that changed are touched.
function redraw() {
  const before = lines
  const done = report !== null && !running
  const sense = (line) => sensed(line, media, words)
  lines = settled(found.map(sense), words, done).map((line) =>
    before.find((old) => JSON.stringify(old) === JSON.stringify(line)) ?? line)
  for (const line of lines) if (!before.includes(line)) show($('lines'), line, words)
  const heard = { heard: 'level_heard', unknown: media.on ? 'level_quiet' : 'level_off' }
  const says = say(heard[media.hearing] ?? 'level_quiet')
  if ($('level-says').textContent !== says) $('level-says').textContent = says
  if (done) finish()
}

// --- A run ---------------------------------------------------------------------------------------

function checksOf({ provider, region }, login) {
  return ['browser', 'secure_context', 'camera', 'microphone', 'speaker', 'server', 'clock',
    ...(region || (login && provider === 'twilio') ? ['signalling_region'] : []),
    'signalling_global', ...(provider === 'twilio' ? ['udp'] : []), ...(login ? ['token'] : [])]
}

function begin(checks, state) {
  const speaker = found.find(({ check }) => check === 'speaker') ??
    { check: 'speaker', state: 'waiting', detail: say('speaker_open') }
  found = checks.map((check) => (check === 'speaker' ? speaker : { check, state }))
  lines = []
  $('lines').replaceChildren()
}

function progress() {
  const asked = found.filter(({ check }) => check !== 'speaker')
  const done = asked.filter(({ state }) => state !== 'checking').length
  $('progress').max = asked.length
  $('progress').value = done
  $('count').textContent = say('done_of', { done, all: asked.length })
}

async function look(login, where) {
  const roomkey = new Watching({ bearer: login?.bearer, texts: words.roomkey })
  const wanted = { audio: devices.wanted('microphone'), video: devices.wanted('camera') }
  await roomkey.diagnose({
    ...where, appointmentId: login?.appointmentId, media: wanted, onMedia,
    onProgress: (finding, facts) => {
      const line = lineOf(finding, facts, words, locale)
      if (facts.until) line.parts = tokenParts(roomkey.announced, facts.until, words, locale)
      put(line)
      if (/camera|microphone/.test(line.check)) asking(isAsking())
      progress()
      redraw()
      const check = nameOf(line.check, words)
      const shown = lines.find((each) => each.check === line.check)
      if (shown?.state === 'bad') $('status').textContent = say('one_bad', { check })
    },
  })
}

function onMedia(stream) {
  const used = Object.fromEntries(stream.getTracks().map((track) =>
    [track.kind === 'video' ? 'camera' : 'microphone', track.getSettings().deviceId]))
  devices.fill(used)
  return media.take(stream)
}

const isAsking = () => found.some(({ check, state }) =>
  /camera|microphone/.test(check) && state === 'checking')

// The browser's question is easily overlooked: this stays until it is answered.
function asking(now) {
  $('asking').hidden = !now
}

async function run() {
  if (running) return
  running = true
  busy(true)
  media.end()
  sound.wake()
  const login = current()
  const [began, since] = [Date.now(), performance.now()]
  try {
    const where = await target()
    begin(checksOf(where, login), 'checking')
    progress()
    redraw()
    asking(true)
    await look(login, where)
    report = {
      ...where, began, seconds: (performance.now() - since) / 1000, language,
      appointmentId: login?.appointmentId,
    }
  } catch (error) {
    report = null
    verdict('bad', say('broke'), element('p', {}, say('broke_more')))
    throw error
  } finally {
    running = false
    asking(false)
    busy(false)
    redraw()
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
  devices.lock(now)
  if (now) $('verdict').hidden = $('lead').hidden = true
}

function finish() {
  conclude(lines)
  $('summary').value = summaryOf({ ...report, lines })
  $('report').hidden = false
  $('no-report').hidden = true
  $('copied').textContent = ''
  if ($('status').textContent !== $('verdict').innerText) {
    $('status').textContent = $('verdict').innerText
  }
}

// --- Another device, and the speaker -------------------------------------------------------------

async function take(which, id) {
  if (which === 'output') {
    sound.choose(id)
    return
  }
  const kind = which === 'camera' ? 'video' : 'audio'
  media.end(kind)
  try {
    const wanted = { [kind]: { deviceId: { exact: id } } }
    onMedia(await navigator.mediaDevices.getUserMedia(wanted))
    put(lineOf({ check: which, ok: true }, { key: `${which}_ok` }, words, locale))
  } catch ({ name: code }) {
    const advice = words.roomkey.advice[code] ?? words.roomkey.advice.unknown
    put(lineOf({ check: which, ok: false, advice }, { key: 'media_no', code }, words, locale))
  }
  $('off').hidden = !media.on
  redraw()
}

async function playTone() {
  const button = $('tone')
  if (button.getAttribute('aria-disabled') === 'true') return
  button.setAttribute('aria-disabled', 'true')
  button.textContent = say('playing')
  const played = await sound.tone() && !(await devices.lacksSpeaker())
  button.setAttribute('aria-disabled', 'false')
  button.textContent = say('tone')
  $('heard').hidden = !played
  $('status').textContent = say(played ? 'heard' : 'speaker_none')
  if (!played) hear('bad', 'speaker_none', 'speaker_none_advice')
}

function hear(state, detail = `speaker_${state}`, advice = 'speaker_advice') {
  $('heard-yes').setAttribute('aria-pressed', String(state === 'ok'))
  $('heard-no').setAttribute('aria-pressed', String(state === 'bad'))
  put({ check: 'speaker', state, detail: say(detail), advice: say(advice) })
  redraw()
}

// --- The page ------------------------------------------------------------------------------------

function useLogin(event) {
  event.preventDefault()
  const [appointment, bearer] = [appointmentOf($('appointment').value), $('bearer').value.trim()]
  $('bearer').value = ''
  const fault = !appointment ? 'appointment' : !bearer ? 'bearer' : null
  $('login-fault').textContent = fault ? say(`fault_${fault}`) : ''
  for (const field of ['appointment', 'bearer']) {
    $(field).setAttribute('aria-invalid', String(field === fault))
  }
  if (fault) {
    $(fault).focus()
    return
  }
  know(appointment)
  keep(bearer.replace(/^"(.*)"$/, '$1'), appointment)
  $('start').focus()
  run()
}

// What was heard and seen stays so.
function switchOff() {
  media.end()
  for (const line of lines.filter(({ check }) => /camera|microphone/.test(check))) {
    const open = line.state === 'checking'
    put(open ? { ...line, state: 'skipped', detail: '' } : { ...line, kept: true })
  }
  $('off').hidden = true
  $('start').focus()
  redraw()
}

async function know(appointment) {
  $('appointment').value = appointment
  const { practice } = await config
  const places = {
    name: $('practice-name'), actions: $('practice'), back: $('back'), call: $('call'),
  }
  showPractice(practice, places, appointment, say)
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
  redraw()
  $('loading').remove()
  $('page').hidden = false
  // Comes back without the login that it was left with.
  addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload() })
  know(appointmentOf(query.get('appointment') ?? ''))
  devices.fill()
  const { origins } = await config
  listen(Array.isArray(origins) ? origins : [], query.get('appointment'), (id) => {
    $('handed').textContent = say('handed', { id })
    $('handed').hidden = false
    know(id)
    outline()
  })
  outline()
}

// What will be looked at.
async function outline() {
  const where = await target()
  if (running || report) return
  begin(checksOf(where, current()), 'waiting')
  redraw()
}

open()
