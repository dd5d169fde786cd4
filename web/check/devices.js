// The choice of camera, microphone and speaker. A browser names them once one was allowed.

import { Sound } from './sound.js'

const kinds = { camera: 'videoinput', microphone: 'audioinput', output: 'audiooutput' }

export class Devices {
  #choices // {camera, microphone, output}: select elements, each in a box with its label

  // `chosen(which, id)` is called where the person takes another one.
  constructor(choices, chosen) {
    this.#choices = choices
    for (const [which, choice] of Object.entries(choices)) {
      choice.addEventListener('change', () => chosen(which, choice.value))
    }
    navigator.mediaDevices?.addEventListener?.('devicechange', () => this.fill())
  }

  // Shows what there is now; `used` are the devices that are on.
  async fill(used = {}) {
    const all = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []) ?? []
    for (const [which, choice] of Object.entries(this.#choices)) {
      const there = all.filter(({ kind, label }) => kind === kinds[which] && label !== '')
      const before = used[which] ?? choice.value
      choice.replaceChildren(...there.map(({ deviceId, label }) => new Option(label, deviceId)))
      if (there.some(({ deviceId }) => deviceId === before)) choice.value = before
      choice.parentElement.hidden = there.length === 0 || (which === 'output' && !Sound.canChoose)
    }
  }

  // What to ask getUserMedia() for: the chosen one where it is still there, else any.
  wanted(which) {
    const { value } = this.#choices[which]
    return value ? { deviceId: { ideal: value } } : true
  }

  lock(now) {
    for (const choice of Object.values(this.#choices)) choice.disabled = now
  }

  // Chromium names all speakers beside the microphones; others don't, and then nobody knows.
  async lacksSpeaker() {
    const all = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []) ?? []
    return 'setSinkId' in (globalThis.AudioContext?.prototype ?? {}) &&
      all.some(({ label }) => label !== '') && all.every(({ kind }) => kind !== 'audiooutput')
  }
}
