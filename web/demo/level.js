// How loud a stream is, as a bar. Whether a person is heard at all can be seen by it.

const rate = 150 // milliseconds
const loud = 0.01 // of full scale
const memory = 2000 // milliseconds that something counts as heard

export class Level {
  #bar
  #told
  #audio = null
  #source = null
  #track = null
  #timer = null

  // `told`: none, silent or heard.
  constructor(bar, told) {
    this.#bar = bar
    this.#told = told
  }

  // To be called by a click: a browser lets sound begin with one only.
  wake() {
    try {
      this.#audio ??= new AudioContext()
      this.#audio.resume().catch(() => {})
    } catch { /* no device for sound: the bar stays empty */ }
  }

  hear(stream) {
    const [track = null] = stream?.getAudioTracks() ?? []
    if (track === this.#track) return
    this.#end()
    this.#track = track
    if (!track || !this.#audio) return
    this.#source = this.#audio.createMediaStreamSource(new MediaStream([track]))
    const analyser = this.#audio.createAnalyser()
    this.#source.connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let heard = -Infinity
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      const level = Math.hypot(...samples) / Math.sqrt(samples.length)
      if (level > loud) heard = performance.now()
      this.#show(level)
      this.#told(performance.now() - heard < memory ? 'heard' : 'silent')
    }, rate)
  }

  #show(level) {
    const part = Math.min(1, level * 4)
    this.#bar.firstElementChild.style.transform = `scaleX(${part})`
    this.#bar.setAttribute('aria-valuenow', String(Math.round(part * 100)))
  }

  #end() {
    clearInterval(this.#timer)
    this.#source?.disconnect()
    this.#source = null
    this.#show(0)
    this.#told('none')
  }
}
