// The pictures of the others in the session, as rk.join() tells of them.

export class People {
  #place
  #named
  #quiet
  #shown = new Map() // by id: {figure, video, person}

  // `named` gives what to call somebody, by their name at the provider.
  constructor(place, named, quiet) {
    this.#place = place
    this.#named = named
    this.#quiet = quiet
  }

  // Those who send something.
  show(people) {
    const here = people.filter(({ stream }) => stream.getTracks().length > 0)
    for (const [id, { figure }] of this.#shown) {
      if (here.some((person) => person.id === id)) continue
      figure.remove()
      this.#shown.delete(id)
    }
    for (const person of here) this.#put(person)
    this.#place.dataset.count = String(this.#shown.size)
    return here
  }

  #put(person) {
    if (!this.#shown.has(person.id)) this.#add(person)
    const { video, caption } = this.#shown.get(person.id)
    if (video.srcObject !== person.stream) video.srcObject = person.stream
    const name = this.#named(person.name)
    caption.textContent = name
    video.setAttribute('aria-label', `Picture of ${name}`)
  }

  #add({ id }) {
    const figure = document.createElement('figure')
    const [video, caption] = ['video', 'figcaption'].map((tag) => document.createElement(tag))
    Object.assign(video, { autoplay: true, playsInline: true, muted: this.#quiet })
    video.dataset.of = 'other'
    figure.append(video, caption)
    this.#place.append(figure)
    this.#shown.set(id, { figure, video, caption })
  }
}
