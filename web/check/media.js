// The camera's picture, the microphone's level, and the test sound. Nothing is kept of any of them.

const silence = 0.004 // of 1, the loudest; a quiet room is below
const lowest = -60 // dB, the left end of the bar

export class Media {
  #page // {video, noPicture, level, onHeard(boolean)}
  #audio = null
  #streams = []
  #source = null

  constructor(page) {
    this.#page = page
    addEventListener('pagehide', () => this.end())
  }

  // To be called by a click: a browser lets sound begin with one only.
  wake() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext
    this.#audio ??= Context ? new Context() : null
    this.#audio?.resume().catch(() => {})
    return this.#audio
  }

  get on() {
    return this.#streams.length > 0
  }

  take(stream) {
    this.#streams.push(stream)
    if (stream.getVideoTracks().length > 0) this.#show(stream)
    if (stream.getAudioTracks().length > 0 && this.#audio) this.#measure(stream)
    return true
  }

  end() {
    for (const track of this.#streams.flatMap((stream) => stream.getTracks())) track.stop()
    this.#streams = []
    this.#source?.disconnect()
    this.#source = null
    const { video, noPicture } = this.#page
    video.srcObject = null
    video.hidden = true
    noPicture.hidden = false
    this.#draw(0)
  }

  #show(stream) {
    const { video, noPicture } = this.#page
    video.srcObject = new MediaStream(stream.getVideoTracks())
    video.hidden = false
    noPicture.hidden = true
    video.play().catch(() => {}) // autoplay does it, too
  }

  #measure(stream) {
    const analyser = this.#audio.createAnalyser()
    const source = this.#audio.createMediaStreamSource(new MediaStream(stream.getAudioTracks()))
    source.connect(analyser)
    this.#source = source
    const samples = new Float32Array(analyser.fftSize)
    let shown = 0
    let heard = false
    this.#page.onHeard(false)
    const measure = () => {
      if (this.#source !== source) return
      analyser.getFloatTimeDomainData(samples)
      const loud = Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length)
      const level = Math.max(0, 1 - (20 * Math.log10(loud || 1e-9)) / lowest)
      shown = Math.max(level, shown * 0.8) // up at once, slowly down: steadier for the eye
      this.#draw(shown)
      if (loud > silence && !heard) this.#page.onHeard(heard = true)
      setTimeout(measure, 80)
    }
    measure()
  }

  #draw(share) {
    const { level } = this.#page
    level.setAttribute('aria-valuenow', Math.round(share * 100))
    level.firstElementChild.style.transform = `scaleX(${share.toFixed(3)})`
  }

  // Resolves once it has been played; to false where there is no way to.
  async tone() {
    const audio = this.wake()
    if (!audio) return false
    const start = audio.currentTime + 0.05
    const ends = [523.25, 659.25, 783.99].map((pitch, i) => // C, E, G
      note(audio, pitch, start + i * 0.3))
    await Promise.race([ends.at(-1), new Promise((resolve) => setTimeout(resolve, 3000))])
    return true
  }
}

// Swells and fades, so that nothing clicks.
function note(audio, pitch, start) {
  const sound = new OscillatorNode(audio, { frequency: pitch })
  const gain = new GainNode(audio, { gain: 0 })
  sound.connect(gain).connect(audio.destination)
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(0.25, start + 0.04)
  gain.gain.exponentialRampToValueAtTime(0.001, start + 0.7)
  sound.start(start)
  sound.stop(start + 0.75)
  return new Promise((resolve) => { sound.onended = resolve })
}
