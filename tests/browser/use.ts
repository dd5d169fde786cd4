// roomkey.d.ts as a frontend in TypeScript uses it, with the types of the SDKs themselves.
// Compiled, never run.

import { StreamVideoClient, type Call } from '@stream-io/video-client'
import * as LiveKit from 'livekit-client'
import * as Video from 'twilio-video'
import {
  RoomKey,
  RoomKeyError,
  texts,
  type Finding,
  type Provider,
  type Texts,
  type Visit,
} from '../../web/roomkey.js'

// A script's.
declare const Janus: { init(options: { debug: boolean }): void }
declare class JitsiMeetExternalAPI {
  constructor(domain: string, options?: { roomName: string })
}

const german: Texts = { advice: { too_early: 'Noch zu früh.' }, checks: { camera: 'Kamera' } }
const rk = new RoomKey({
  baseUrl: 'https://video.clinic.example',
  bearer: () => localStorage.getItem('access_token'),
  refreshBearer: async () => 'new',
  texts: german,
})

export async function use(): Promise<void> {
  const t = await rk.videoToken(47)
  const region: string | null = t.region
  const room: Video.Room = await rk.connectTwilio<Video.Room>(Video, 47, {
    audio: true,
    video: true,
    signal: new AbortController().signal,
    onReconnected: (another) => another.localParticipant.identity,
    onDisconnected: (error) => error?.advice,
  })
  const call: Call = await rk.joinStream(StreamVideoClient, {
    callId: t.room_name,
    onClient: (client) => client.disconnectUser(),
  })
  const visit: Visit = await rk.join(
    47,
    {
      twilio: Video,
      stream: StreamVideoClient,
      livekit: import('livekit-client'),
      janus: Janus,
      jitsi: JitsiMeetExternalAPI,
      custom: async ({ access_token, connect }, { signal, audio }) =>
        [access_token, connect.url, signal.aborted, audio],
    },
    {
      video: { width: 640 },
      parent: document.body,
      onWaiting: ({ since }) => since?.length,
      onTakeover: async () => confirm('Go on here?'),
      onDisconnected: (error) => error?.waitingSince,
      livekit: { room: { adaptiveStream: true } },
      janus: { onPeople: (people) => people.map(({ name, stream }) => [name, stream.id]) },
    },
  )
  const provider: Provider = visit.provider
  await rk.join(47, { livekit: LiveKit })
  await visit.leave()
  // @ts-expect-error a provider that there isn't
  await rk.join(47, { zoom: Video })
  // @ts-expect-error a misspelt option
  await rk.join(47, { twilio: Video }, { onWaitting: () => {} })
  const guest = await RoomKey.guest({ code: location.hash.slice(1), texts: german })
  const theirs: Visit = await guest.join({ twilio: Video }, { audio: false })
  console.log(theirs.provider, (await guest.videoToken()).already_connected)
  // @ts-expect-error a guest has no login
  await RoomKey.guest({ code: 'x', bearer: 'x' })
  // @ts-expect-error a guest has one appointment alone
  await guest.join(47, { twilio: Video })
  const report: Finding[] = await rk.diagnose({
    appointmentId: '47',
    onMedia: (stream) => stream.active,
    endpoints: { stun: [], turn: [] },
  })
  try {
    await rk.request('/api/appointments/47/')
  } catch (error) {
    if (error instanceof RoomKeyError) {
      const waits: number | null = error.retryAfter
      const code: string | number = error.code
      console.log(error.advice, waits, code, error.opensAt?.length, texts.checks.udp)
    }
  }
  console.log(
    provider,
    region,
    room.sid,
    call.cid,
    report.every(({ ok }) => ok),
  )

  // @ts-expect-error an appointment is named by its number
  await rk.videoToken({})
  // @ts-expect-error a token can't be handed in
  await rk.joinStream(StreamVideoClient, { callId: 'x', token: 'x' })
  // The SDK's own types are those of its options.
  const inferred = await rk.connectTwilio(Video, 47, { audio: true, video: { width: 640 } })
  console.log(inferred.localParticipant.identity)
  // @ts-expect-error a misspelt option
  await rk.connectTwilio(Video, 47, { audoi: true })
  // @ts-expect-error the same, where the types of the SDK are not asked
  await rk.connectTwilio<Video.Room>(Video, 47, { audoi: true })
  // @ts-expect-error a misspelt callback
  await rk.connectTwilio(Video, 47, { audio: true, onDisconected: () => {} })
  // @ts-expect-error the room is roomkey's to name
  await rk.connectTwilio(Video, 47, { name: 'x' })
  const untyped: any = Video
  await rk.connectTwilio(untyped, 47, { audio: true, logLevel: 'off' })
  await rk.joinStream(StreamVideoClient, {
    callId: 'x',
    join: { ring: true },
    clientOptions: { timeout: 3 },
    signal: new AbortController().signal,
  })
  // @ts-expect-error a misspelt option of Stream's
  await rk.joinStream(StreamVideoClient, { callId: 'x', join: { craete: true } })
  // @ts-expect-error the names are fixed
  report[0].check === 'weather'
}
