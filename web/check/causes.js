// One cause is one line: what follows from another line is no fault of its own. And what a device
// gives counts as well as that it is on.

import { filled } from './texts.js'

// A device that is on is well once it was heard, or its picture seen.
export function sensed(line, media, words) {
  if (line.state !== 'ok' || line.kept) return line
  const as = (state, key) => {
    const [detail, advice = ''] = words.found[key]
    return { ...line, state, key, detail, advice }
  }
  if (line.check === 'microphone') {
    if (media.hearing === 'silent') return as('bad', 'microphone_silent')
    if (media.hearing === 'unmeasured') return as('warn', 'microphone_unmeasured')
    if (media.hearing !== 'heard') return as('checking', 'microphone_listening')
  }
  if (line.check === 'camera') {
    if (media.picture === 'black') return as('bad', 'camera_black')
    if (media.picture !== 'seen') return as('checking', 'camera_looking')
  }
  return line
}

const ofOneDevice = ['NotFoundError', 'NotReadableError', 'AbortError', 'OverconstrainedError']

// `done`: nothing more will be found out.
export function settled(lines, words, done) {
  const of = Object.fromEntries(lines.map((line) => [line.check, line]))
  const bad = (check) => of[check]?.state === 'bad'
  const changes = {}
  const follows = (checks, why) => {
    for (const check of checks) {
      if (of[check] && of[check].state !== 'ok') {
        changes[check] = { state: 'skipped', detail: words.page[why], advice: '' }
      }
    }
  }
  if (bad('udp') && /^udp_(blocked|tls|nothing)$/.test(of.udp.key)) changes.udp = { state: 'warn' }
  devices(of, bad, follows)
  network(of, bad, follows, changes, words)
  return lines.map((line) => {
    if (changes[line.check]) return { ...line, ...changes[line.check] }
    const open = line.state === 'waiting' || (line.state === 'checking' && !line.key)
    return done && open && line.check !== 'speaker'
      ? { ...line, state: 'skipped', detail: words.page.no_answer } : line
  })
}

function devices(of, bad, follows) {
  const none = (check) => bad(check) && of[check].code === 'no_media'
  if (bad('secure_context') || bad('browser')) {
    follows(['camera', 'microphone'].filter(none), 'after_browser')
    if (of.udp?.key === 'udp_no') follows(['udp'], 'after_browser')
  }
  const { camera, microphone } = of
  const same = bad('camera') && bad('microphone') && camera.key === microphone.key &&
    camera.code === microphone.code
  if (same && !none('camera') && !ofOneDevice.includes(camera.code)) {
    follows(['microphone'], 'as_camera')
  }
}

function network(of, bad, follows, changes, words) {
  const doors = ['signalling_region', 'signalling_global'].filter((check) => of[check])
  const shut = doors.length > 0 && doors.every(bad)
  const nowhere = shut && doors.every((check) => of[check].key === 'signalling_unreachable')
  if (bad('server') && (of.server.code === 'offline' || nowhere)) {
    follows(['clock', 'token', 'udp', ...doors], 'after_network')
    if (of.server.code !== 'offline') {
      const [detail, advice] = words.found.network_no
      changes.server = { detail, advice }
    }
  } else {
    if (bad('server')) follows(['clock', 'token'], 'after_server')
    if (shut) {
      follows(['signalling_region'].filter(() => doors.length > 1), 'as_service')
      follows(['udp'], 'as_service')
    } else if (bad('signalling_region')) {
      changes.signalling_region = { advice: filled(words.page.region_only, of.signalling_region) }
    } else if (bad('signalling_global')) {
      changes.signalling_global = { state: 'warn' } // the region's is the one that is used
    }
  }
}
