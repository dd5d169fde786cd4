// Joining with a function of the page's, for the provider `custom`.

import { explained } from './explain.js'
import { Session } from './session.js'

export async function joined(enter, token, page, texts, requests) {
  if (typeof enter !== 'function') {
    throw new TypeError('join() needs a function for the provider custom')
  }
  const way = {
    lost: [],
    gone: [],
    explained: (error) => explained(error, texts),
    // It is the page's to say when it is over: by its signal, or leave().
    async open(answer, signal) {
      const native = await enter(answer, { ...page, signal })
      let left
      const over = new Promise((resolve) => { left = resolve })
      const close = async () => {
        await native?.leave?.()
        left(null)
      }
      return { native, close, over }
    },
  }
  return new Session(way, token, page, requests).begin()
}
