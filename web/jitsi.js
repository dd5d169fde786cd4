// Joining with Jitsi Meet's external_api.js: the whole of Jitsi in a frame of the page, which mends a
// lost connection by itself. Where its token has lapsed by then, a new frame gets a new one.

import { learn, tell } from './errors.js'
import { explained } from './explain.js'
import { words } from './jitsi_words.js'
import { wait } from './request.js'
import { Session } from './session.js'

learn(words)

const patience = 60000 // milliseconds, until Jitsi says anything
const waiting = 'membersOnly' // of a lobby: that is no failure
const broken = ['connectionDropped', 'connectionDroppedError', 'connectionError', 'otherError',
  'serverError', 'iceFailed', 'networkError']

const nameOf = ({ error } = {}) => String(error?.name ?? error ?? 'unknown').split('.').at(-1)
const codeOf = (event) => {
  const name = nameOf(event)
  return broken.includes(name) ? 'jitsi_lost' : `jitsi_${name.replace(/\W/g, '')}`
}

export async function joined(JitsiMeetExternalAPI, token, page, texts, requests) {
  if (typeof JitsiMeetExternalAPI !== 'function') {
    throw new TypeError('join() needs the class JitsiMeetExternalAPI of external_api.js')
  }
  const { configOverwrite, ...more } = page.jitsi ?? {}
  const parentNode = page.parent ?? more.parentNode
  if (!parentNode) throw new TypeError('join() needs `parent`, the element that Jitsi gets into')

  function begun({ connect: { domain, room, tenant }, access_token: jwt }) {
    return new JitsiMeetExternalAPI(domain, {
      width: '100%', height: '100%', ...more, parentNode, jwt,
      roomName: tenant ? `${tenant}/${room}` : room,
      configOverwrite: {
        prejoinConfig: { enabled: false }, startWithAudioMuted: page.audio === false,
        startWithVideoMuted: page.video === false, ...configOverwrite,
      },
    })
  }

  // Resolves to {over} once Jitsi says that it is in the room.
  function entered(api, signal) {
    return new Promise((resolve, reject) => {
      const fail = (code, message) => reject(requests.fault(code, message))
      const timer = setTimeout(fail, patience, 'jitsi_timeout', 'Jitsi did not answer in time')
      const stop = () => fail('aborted', 'stopped by the page')
      signal.addEventListener('abort', stop)
      let end
      const over = new Promise((ended) => { end = ended })
      const settle = (code, message) => {
        fail(code, message)
        end(requests.fault(code, message))
      }
      const leave = () => {
        fail('ended', 'Jitsi was left')
        end(null)
      }
      api.addListener('videoConferenceJoined', () => resolve({ over }))
      api.addListener('videoConferenceLeft', leave)
      api.addListener('readyToClose', leave)
      api.addListener('participantKickedOut', ({ kicked }) => {
        if (kicked?.local) settle('removed', 'put out by another participant')
      })
      api.addListener('errorOccurred', (event) => {
        if (nameOf(event) === waiting) {
          clearTimeout(timer)
          tell(page.onWaiting, { since: null })
        } else if (event?.error?.isFatal !== false) {
          settle(codeOf(event), nameOf(event))
        }
      })
      over.finally(() => signal.removeEventListener('abort', stop))
      api.addListener('videoConferenceJoined', () => clearTimeout(timer))
    })
  }

  const way = {
    lost: ['jitsi_lost', 'jitsi_passwordRequired', 'jitsi_timeout'],
    gone: [],
    explained: (error) => explained(error, texts),
    async open(answer, signal) {
      const api = begun(answer)
      try {
        const { over } = await entered(api, signal)
        const close = async () => {
          api.executeCommand('hangup')
          await Promise.race([over, wait(2)])
          api.dispose()
        }
        return { native: api, close, over: over.finally(() => api.dispose()) }
      } catch (error) {
        api.dispose()
        throw error
      }
    },
  }
  return new Session(way, token, page, requests).begin()
}
