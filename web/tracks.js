// What of the person is in the Room, carried over from a lost one to the next: the same tracks, as
// muted as they are, from the chosen devices. What was switched off or taken out stays so.
//
// twilio-video stops the tracks that its connect() opened when their Room ends, and no others. So
// they are opened again here, and stopped in the end.

// A publication is there only once Twilio has named it, so those are not all.
const tracksOf = ({ _tracks: all, tracks }) =>
  all ? [...all.values()] : [...tracks.values()].map(({ track }) => track)

const mediumOf = (track) => track.mediaStreamTrack ?? track

export class Tracks {
  #given // whether the tracks are the page's own: else connect() opens them
  #opened = new Set() // by connect()
  #stopped = new Map() // a track, and the medium that the page stopped
  #held = null // a track, and the device it came from, of a lost Room
  #handed = [] // of those, what the next connect() was given
  #ended = false

  constructor(given) {
    this.#given = given !== undefined
  }

  watch({ localParticipant: me }) {
    if (!me?.tracks) return
    if (!this.#given && !this.#held) for (const track of tracksOf(me)) this.#opened.add(track)
    // What was taken out while connect() had it already.
    for (const track of this.#handed) if (!this.#held?.has(track)) me.unpublishTrack?.(track)
    this.#handed = []
    this.#held = null
    me.on?.('trackStopped', (track) => this.#stopped.set(track, mediumOf(track)))
  }

  // To be called while a lost Room says that it is: after that it gives its tracks up.
  hold({ localParticipant: me }) {
    if (!me?.tracks) return
    this.#held = new Map(tracksOf(me).map((track) =>
      [track, mediumOf(track).getSettings?.().deviceId]))
    // What happens to them from now on is the page's doing.
    queueMicrotask(() => this.#heed(me))
  }

  #heed(me) {
    const { unpublishTrack } = me
    me.unpublishTrack = (track) => {
      for (const each of this.#held?.keys() ?? []) {
        if (mediumOf(each) === mediumOf(track)) this.#held.delete(each)
      }
      return unpublishTrack?.call(me, track)
    }
    for (const track of this.#opened) {
      const { stop } = track
      track.stop = () => {
        this.#stopped.set(track, mediumOf(track))
        return stop.call(track)
      }
    }
  }

  // For the next connect(): {tracks}, or nothing where none are carried over.
  async ready() {
    if (!this.#held) return {}
    await Promise.all([...this.#held].map(([track, device]) => this.#open(track, device)))
    if (this.#ended) this.end()
    this.#handed = [...this.#held.keys()]
    return { tracks: this.#handed }
  }

  // One that doesn't open any more (unplugged, forbidden) is left out.
  async #open(track, deviceId) {
    if (!this.#opened.has(track) || !track.isStopped || !track.restart) return
    if (this.#stopped.get(track) === mediumOf(track)) return
    const same = { ...mediumOf(track).getConstraints(), deviceId: { exact: deviceId } }
    try {
      await (deviceId ? track.restart(same).catch(() => track.restart()) : track.restart())
    } catch {
      this.#held.delete(track)
    }
  }

  end() {
    this.#ended = true
    for (const track of this.#opened) track.stop?.()
  }
}
