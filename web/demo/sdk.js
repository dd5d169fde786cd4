// janus.js and webrtc-adapter, where `make demo-call` put them.

function script(name) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script')
    element.src = new URL(`../demo-data/${name}`, import.meta.url).href
    element.onload = resolve
    element.onerror = () => reject(new Error(`${name} is not here; make demo-call brings it`))
    document.head.append(element)
  })
}

let loaded

export function janus() {
  loaded ??= (async () => {
    await script('adapter.js')
    await script('janus.js')
    return globalThis.Janus
  })()
  loaded.catch(() => { loaded = undefined })
  return loaded
}
