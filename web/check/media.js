// The camera's picture and the microphone's level, and what they tell: a device that is on may give
// nothing. Nothing is kept of picture or sound.

const loudEnough = 0.008 // of 1, the loudest; noise in a quiet room is below
const readings = 3 // as loud as that, until a voice was heard
const lowest = -60 // dB, the left end of the bar
const patience = 12 // seconds of silence, until something must be wrong
const darkest = 28 // of 255; no point of a black picture is brighter, noise included
const looks = 3 // that were black, one after the other
const frameless = 15 // looks without any picture

export class Media {
  #page // {video, noPicture, level, changed()}
  #sound
  #streams = []
  #source = null

  // What the microphone gave: 'unknown' while nothing was heard yet, 'heard', 'silent', or
  // 'unmeasured' where this browser can't tell (Firefox without a device for sound, for one). What
  // the camera gives: 'unknown', 'seen' or 'black'.
  hearing = 'unknown'
  picture = 'unknown'

  constructor(page, sound) {
    this.#page = page
    this.#sound = sound
    addEventListener('pagehide', () => this.end())
  }

  get on() {
    return this.#streams.length > 0
  }

  take(stream) {
    this.#streams.push(stream)
    if (stream.getVideoTracks().length > 0) this.#show(stream)
    if (stream.getAudioTracks().length > 0) this.#measure(stream)
    return true
  }

  // Of one kind ('audio' or 'video') alone, or all.
  end(kind = undefined) {
    const tracks = this.#streams.flatMap((stream) => stream.getTracks())
    for (const track of tracks) if (!kind || track.kind === kind) track.stop()
    this.#streams = this.#streams.filter((stream) =>
      stream.getTracks().some(({ readyState }) => readyState === 'live'))
    if (kind !== 'video') this.#silence()
    if (kind !== 'audio') this.#hide()
  }

  #silence() {
    this.#source?.disconnect()
    this.#source = null
    this.hearing = 'unknown'
    this.#draw(0)
  }

  #hide() {
    const { video, noPicture } = this.#page
    video.srcObject = null
    video.hidden = true
    noPicture.hidden = false
    this.picture = 'unknown'
  }

  #show(stream) {
    const { video, noPicture } = this.#page
    const shown = new MediaStream(stream.getVideoTracks())
    video.srcObject = shown
    video.hidden = false
    noPicture.hidden = true
    video.play().catch(() => {}) // autoplay does it, too
    this.picture = 'unknown'
    this.#watch(shown)
  }

  #watch(shown) {
    const { video } = this.#page
    const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 24 })
    const context = canvas.getContext('2d', { willReadFrequently: true })
    let [black, empty] = [0, 0]
    const look = () => {
      if (video.srcObject !== shown) return
      if (video.readyState < 2) {
        empty += 1
      } else {
        context.drawImage(video, 0, 0, canvas.width, canvas.height)
        black = isBlack(context.getImageData(0, 0, canvas.width, canvas.height)) ? black + 1 : 0
        if (black === 0) this.#set('picture', 'seen')
      }
      if (black >= looks || empty >= frameless) this.#set('picture', 'black')
      setTimeout(look, 400)
    }
    look()
  }

  #measure(stream) {
    this.hearing = 'unknown'
    const audio = this.#sound.wake()
    if (!audio) {
      this.#set('hearing', 'unmeasured')
      return
    }
    const analyser = audio.createAnalyser()
    const source = audio.createMediaStreamSource(new MediaStream(stream.getAudioTracks()))
    source.connect(analyser)
    this.#source = source
    const samples = new Float32Array(analyser.fftSize)
    const began = performance.now()
    let [shown, loud] = [0, 0]
    const measure = () => {
      if (this.#source !== source) return
      analyser.getFloatTimeDomainData(samples)
      const rms = Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length)
      const level = Math.max(0, 1 - (20 * Math.log10(rms || 1e-9)) / lowest)
      shown = Math.max(level, shown * 0.8) // up at once, slowly down: steadier for the eye
      this.#draw(shown)
      if (rms > loudEnough) loud += 1
      if (loud >= readings) this.#set('hearing', 'heard')
      else if (performance.now() - began > (audio.state === 'running' ? patience : 4) * 1000) {
        this.#set('hearing', audio.state === 'running' ? 'silent' : 'unmeasured')
      }
      setTimeout(measure, 80)
    }
    measure()
  }

  #set(what, value) {
    if (this[what] === value) return
    this[what] = value
    this.#page.changed()
  }

  #draw(share) {
    const { level } = this.#page
    level.setAttribute('aria-valuenow', Math.round(share * 100))
    level.firstElementChild.style.transform = `scaleX(${share.toFixed(3)})`
  }
}

function isBlack({ data }) {
  for (let at = 0; at < data.length; at += 4) {
    if (Math.max(data[at], data[at + 1], data[at + 2]) > darkest) return false
  }
  return true
}
