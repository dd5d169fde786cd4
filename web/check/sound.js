// The test sound, on the speaker that was chosen.

const mayChoose = (one) => typeof one?.setSinkId === 'function'

export class Sound {
  #audio = null
  #speaker = '' // the usual one
  #element = null // plays for a context that can't choose

  // To be called by a click: a browser lets sound begin with one only.
  wake() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext
    try {
      this.#audio ??= Context ? new Context() : null
    } catch {
      this.#audio = null // no device for sound at all
    }
    this.#audio?.resume().catch(() => {})
    return this.#audio
  }

  static get canChoose() {
    return mayChoose(globalThis.AudioContext?.prototype) ||
      mayChoose(globalThis.HTMLMediaElement?.prototype)
  }

  choose(speaker) {
    this.#speaker = speaker
  }

  // Resolves once it has been played; to false where there is no way to.
  async tone() {
    const audio = this.wake()
    if (!audio) return false
    try {
      const out = await this.#out(audio)
      const start = audio.currentTime + 0.05
      const ends = [523.25, 659.25, 783.99].map((pitch, i) => // C, E, G
        note(audio, out, pitch, start + i * 0.3))
      await Promise.race([ends.at(-1), new Promise((resolve) => setTimeout(resolve, 3000))])
      // Without a device the time stands still.
      return audio.state === 'running' && audio.currentTime > start
    } catch {
      return false
    }
  }

  async #out(audio) {
    if (mayChoose(audio)) {
      await audio.setSinkId(this.#speaker)
      return audio.destination
    }
    if (this.#speaker === '') return audio.destination
    const out = audio.createMediaStreamDestination()
    this.#element ??= new Audio()
    this.#element.srcObject = out.stream
    await this.#element.setSinkId(this.#speaker)
    await this.#element.play()
    return out
  }
}

// Swells and fades, so that nothing clicks.
function note(audio, out, pitch, start) {
  const sound = new OscillatorNode(audio, { frequency: pitch })
  const gain = new GainNode(audio, { gain: 0 })
  sound.connect(gain).connect(out)
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(0.25, start + 0.04)
  gain.gain.exponentialRampToValueAtTime(0.001, start + 0.7)
  sound.start(start)
  sound.stop(start + 0.75)
  return new Promise((resolve) => { sound.onended = resolve })
}
