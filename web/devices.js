// Camera and microphone, tried out.

import { explained } from './explain.js'

const patience = 14 // seconds, for a person to answer the browser's question
const waiting = Symbol('the question was not answered')

// `found` takes what was found. Each stream is shown to `onMedia`; those for which it doesn't say
// true are stopped by the end() of what is returned. `media` may say which devices.
export async function lookAtMedia(found, texts, { onMedia, media }) {
  const { audio = true, video = true } = Object(media)
  const wanted = { camera: { video }, microphone: { audio } }
  const devices = globalThis.navigator?.mediaDevices
  const streams = []
  const until = Date.now() + patience * 1000

  async function opened(constraints) {
    if (!devices?.getUserMedia) throw new TypeError('getUserMedia is not there')
    const asked = devices.getUserMedia(constraints)
    let timer
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, until - Date.now(), waiting)
    })
    const stream = await Promise.race([asked, late]).finally(() => clearTimeout(timer))
    if (stream === waiting) {
      asked.then(stop, () => {})
      throw waiting
    }
    if (!taken(stream)) streams.push(stream)
    return stream
  }

  function taken(stream) {
    try {
      return onMedia?.(stream) === true
    } catch {
      return false
    }
  }

  async function tell(check, stream) {
    const [track] = check === 'camera' ? stream.getVideoTracks() : stream.getAudioTracks()
    const { width, height } = track.getSettings()
    if (!(await delivers(track))) found(check, 'media_silent')
    else if (check === 'camera') found(check, 'camera_ok', { width, height })
    else found(check, 'microphone_ok')
  }

  function refuse(check, error) {
    if (error === waiting) {
      found(check, 'media_waiting')
    } else {
      const { code, advice } = explained(error, texts)
      found(check, 'media_no', { code }, advice)
    }
  }

  async function each(check) {
    try {
      await tell(check, await opened(wanted[check]))
    } catch (error) {
      refuse(check, error)
    }
  }

  // One question to the person, for both at once. Where that fails, each alone says which it is.
  const checks = Object.keys(wanted)
  try {
    const stream = await opened({ audio, video })
    await Promise.all(checks.map((check) => tell(check, stream)))
  } catch (error) {
    const open = await worthAsking(error, checks)
    for (const check of checks) {
      if (open.includes(check)) await each(check)
      else refuse(check, error)
    }
  }
  return { end: () => streams.forEach(stop) }
}

// After a refusal only the one that is allowed for good, if the other is not: that asks nobody.
async function worthAsking(error, checks) {
  if (error === waiting) return []
  if (!/^(NotAllowed|Security|Permission)/.test(error?.name)) return checks
  const states = await Promise.all(checks.map(granted))
  return states.every(Boolean) ? [] : checks.filter((_, i) => states[i])
}

async function granted(name) {
  try {
    return (await navigator.permissions.query({ name })).state === 'granted'
  } catch {
    return false
  }
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop()
}

// A track that is muted got nothing from its device; some are for a moment at first.
async function delivers(track) {
  for (let tries = 0; tries < 10 && track.muted; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return !track.muted && track.readyState === 'live'
}
